"""Does the shipped codebook code texts as a reader does? Own texts in seven languages, labelled by hand.

`exit_texts.csv`: language, part, text, and the reasons a reader finds, in any order. Patterns were written for the
first part and mended by the second (``seen``); the third (``held_out``) was written after they were fixed, so that only
it says what is to be expected of other texts. Whoever changes patterns after it writes a new one.
"""

from pathlib import Path

import pandas as pd
import pytest

import winback as wb

TEXTS = pd.read_csv(Path(__file__).with_name("exit_texts.csv"), keep_default_na=False)


def judged(texts):
    """Return for each text whether its first reason is right, wrong, or none was found where there is one."""
    found = wb.code_reasons(texts["text"].tolist()).to_frame()
    order = list(found["reason"].cat.categories)
    wanted = texts["reasons"].map(lambda names: min(names.split("; "), key=order.index) if names else "")
    got = found["reason"].astype(object).where(found["reason"].notna(), "").set_axis(texts.index)
    return pd.DataFrame(
        {"language": texts["language"], "part": texts["part"]}
        | {"right": got == wanted, "missed": (got == "") & (wanted != ""), "wrong": (got != "") & (got != wanted)}
    )


SHARES = judged(TEXTS).groupby("part")[["right", "missed", "wrong"]].mean()


def test_every_language_has_its_share_of_each_part():
    counts = TEXTS.groupby(["part", "language"]).size().unstack()
    assert (counts.loc["held_out"] == 14).all()
    assert (counts.loc["written_for"] == 29).all()
    assert not TEXTS["text"].duplicated().any()


def test_texts_that_patterns_were_written_for_are_coded_as_a_reader_does():
    assert SHARES.loc["written_for", "right"] == 1
    assert SHARES.loc["seen", "right"] > 0.95


def test_of_other_texts_few_are_coded_wrongly_and_those_missed_are_listed():
    held_out = SHARES.loc["held_out"]
    assert held_out["right"] > 0.8  # of 98
    assert held_out["wrong"] < 0.05


@pytest.mark.parametrize("language", sorted(TEXTS["language"].unique()))
def test_no_language_is_left_behind(language):
    rows = TEXTS[(TEXTS["language"] == language) & (TEXTS["part"] == "held_out")]
    assert judged(rows)["right"].mean() > 0.7


# The reasons of IBM's public table of telecom customers (Telco customer churn, 11.1.3), with its own categories.
# Patterns were written with these in view.
PUBLIC = {
    "Attitude": ["Attitude of support person", "Attitude of service provider"],
    "Competitor": [
        "Competitor offered higher download speeds",
        "Competitor offered more data",
        "Competitor made better offer",
        "Competitor had better devices",
    ],
    "Dissatisfaction": [
        "Network reliability",
        "Product dissatisfaction",
        "Service dissatisfaction",
        "Lack of self-service on Website",
        "Limited range of services",
        "Poor expertise of phone support",
        "Poor expertise of online support",
    ],
    "Price": [
        "Price too high",
        "Extra data charges",
        "Long distance charges",
        "Lack of affordable download/upload speed",
    ],
    "Other": ["Moved", "Deceased", "Don't know"],
}
REASONS = {
    "Attitude": {"service"},
    "Competitor": {"better offer"},
    "Dissatisfaction": {"service", "quality"},
    "Price": {"price", "billing"},
    "Other": {"moved", "died", None},
}


@pytest.mark.parametrize("category", PUBLIC)
def test_reasons_of_a_public_table_fall_into_the_categories_it_gives_them(category):
    found = wb.code_reasons(PUBLIC[category]).to_frame()["reason"].astype(object)
    assert set(found.where(found.notna(), None)) == REASONS[category]
