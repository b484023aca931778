"""Do the figures of key moments say what the result says?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from jumping_lives import jumping_base

import winback as wb
from winback.plots import alt_text, plot_hazard, plot_key_moments


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def found():
    return wb.key_moments(jumping_base(3_000, rng=3, welcome=3.0))


def names_of(ax):
    return [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]


def notes_of(ax):
    return " ".join(text.get_text().replace("\n", " ") for text in ax.texts)


def test_each_moment_is_a_row_and_what_may_be_chance_an_open_mark(found):
    ax = plot_key_moments(found)
    rows = found.frame.sort_values("ratio", ascending=False)
    title = f"After the end of the welcome discount {rows['ratio'].iloc[0]:.1f} times as many leave"
    assert ax.get_title(loc="left").replace("\n", " ") == title
    assert names_of(ax) == ["the end of the welcome discount"]
    assert ax.get_xlabel().replace("\n", " ").endswith("not drawn, as not clearly different: a price change")
    assert f"{rows['ratio'].iloc[0]:.1f}" in alt_text(ax)
    within = found.frame.assign(inside=["the end of the welcome discount", None][:: 1 if rows.index[0] else -1])
    within["inside"] = within["inside"].where(within["verdict"] != "higher")
    ax = plot_key_moments(replace(found, frame=within))
    assert names_of(ax) == ["the end of the welcome discount", "a price change"]
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks] == pytest.approx(rows["ratio"].tolist())
    assert [line.get_markerfacecolor() == "white" for line in marks] == [False, True]
    assert "as many as others after the end of the welcome discount" in notes_of(ax)
    assert ax.get_xlabel().replace("\n", " ").endswith("intervals allow for all")


def test_where_nothing_is_clearly_different_all_is_drawn(found):
    ax = plot_key_moments(replace(found, frame=found.frame.assign(verdict="not clearly different")))
    assert len(names_of(ax)) == 2
    assert ax.get_title(loc="left") == "After no moment more customers leave"


def test_the_hazard_in_windows_stands_above_the_line_without(found):
    ax = plot_hazard(found)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0].replace("\n", " ") == "without these, smoothed; gaps: months just after one"
    assert labels[1:] == ["after the end of the welcome discount"]
    assert ax.get_ylabel() == "leave, a month"
    title = ax.get_title(loc="left").replace("\n", " ")
    assert "a month leave after the end of the welcome discount, instead of " in title
    line = max((line.get_ydata() for line in ax.lines), key=len)
    assert np.isnan(line[6])  # the month after the discount's end
    assert np.isfinite(line[3])
    assert len(found.marks) == 2
    named = plot_hazard(found, moments="welcome_discount_end").get_legend().get_texts()[0].get_text()
    assert named.replace("\n", " ").startswith("without the moments that matter, smoothed")


def test_without_a_moment_that_has_its_place_in_life_there_is_one_line(found):
    ax = plot_hazard(wb.key_moments(jumping_base(1_500, rng=4), "price_change"))
    assert ax.get_title(loc="left").startswith("Most leave in month ")
    assert ax.get_legend() is None


def test_of_the_ends_of_offers_customers_lost_are_drawn_the_most_first(study):
    found = wb.key_moments(study.trial, of="leaving again")
    ax = plot_key_moments(found)
    rows = found.ranked()
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert marks == pytest.approx(rows["excess"].tolist())
    said = ax.get_title(loc="left").replace("\n", " ")
    assert said == "With no offer clearly more leave when it ends than with any other"
    apart = found.frame.assign(excess_low=found.frame["excess"] - 1, excess_high=found.frame["excess"] + 1)
    said = plot_key_moments(replace(found, frame=apart)).get_title(loc="left").replace("\n", " ")
    most = f"{rows['excess'].iloc[0]:,.0f} more left when the {rows['moment'].iloc[0]} offer ended than in the months"
    assert said == f"{most} around it, more than with any other"
    hazard = plot_hazard(found)
    low, high = (f"{100 * each:.1f}%" for each in (rows["hazard"].min(), rows["hazard"].max()))
    title = hazard.get_title(loc="left").replace("\n", " ")
    assert title.startswith(f"When an offer ends, {low} to {high} a month leave again")  # as is said in words
    assert title == found.describe().splitlines()[1].removesuffix(".")
    assert hazard.get_xlim()[1] == 12
    assert "after 3 or 6 months" in " ".join(
        text.get_text().replace("\n", " ") for text in hazard.get_legend().get_texts()
    )
