"""Does the figure of keeping, winning back and acquiring say what its result says, segment by segment?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import winback as wb
from winback import plots
from winback.offers import Acquire, ByThemselves, Keep, WinBack
from winback.offers.strategy_words import ALL

STATED = {"keep": Keep(5.0, (0.2, 0.4)), "by_themselves": ByThemselves(0.05, 90.0), "horizon_months": 12}
STATED |= {"win_back": WinBack(0.4, None, 20.0), "acquire": Acquire(0.05, (85.0, 95.0), 2.0), "annual_discount": 0.1}


def compared(n_segments=2):
    values = [60.0 + 700.0 * place for place in range(n_segments)]
    table = pd.DataFrame({"segment": [f"group {place}" for place in range(n_segments)], "win_back_value": values})
    return wb.compare_win_back_keep_acquire(table.assign(n=range(1, n_segments + 1), hazard=0.05, margin=9.0), **STATED)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def test_every_gain_stands_at_its_place_with_its_interval():
    found = compared()
    ax = plots.plot_keep_or_win_back(found)
    rows = found.frame[(found.frame["segment"] != ALL) & (found.frame["strategy"] != "keep the riskiest")]
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_marker() not in ("None", None, "")]
    assert marks == rows["gain"].tolist()
    ends = [tuple(line.get_xdata()) for line in ax.lines[1:] if line.get_marker() in ("None", None, "")]
    assert ends == list(zip(rows["gain_low"], rows["gain_high"], strict=True))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [f"{row.segment}: {row.strategy}" for row in rows.itertuples()]


def test_the_strategy_ahead_of_each_segment_is_named_so_and_every_gain_stands_with_what_is_spent():
    found = compared()
    ax = plots.plot_keep_or_win_back(found)
    rows = found.frame[(found.frame["segment"] != ALL) & (found.frame["strategy"] != "keep the riskiest")]
    notes = [text.get_text() for text in ax.texts]
    assert ["ahead" in text for text in notes] == (
        rows["gain"] == rows.groupby("segment")["gain"].transform("max")
    ).tolist()
    assert [text.split(", costs ")[1] for text in notes] == found.formats([*rows["spending"], *rows["gain"]], "money")[
        : len(rows)
    ]


def test_a_hollow_mark_is_what_is_assumed():
    found = compared()
    measured = replace(found, inputs=replace(found.inputs, assumed=frozenset({"share_prevented", "acquire_chance"})))
    for result, wanted in ((found, [True] * 8), (measured, [True, False, True, True] * 2)):
        ax = plots.plot_keep_or_win_back(result)
        marks = [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
        assert [line.get_markerfacecolor() == "white" for line in marks] == wanted
        assert "hollow: rests on what is assumed" in " ".join(ax.get_xlabel().split())
        plt.close("all")
    certain = replace(found, inputs=replace(found.inputs, assumed=frozenset()))
    assert "hollow" not in plots.plot_keep_or_win_back(certain).get_xlabel()


def test_the_title_is_the_message_and_the_text_names_every_row():
    found = compared()
    ax = plots.plot_keep_or_win_back(found)
    title = " ".join(ax.get_title(loc="left").split())
    assert title == found.headline == "Acquire instead earns most among group 0, wait and win back among group 1"
    assert "group 1: wait and win back: " in plots.alt_text(ax)


def test_of_many_segments_the_largest_are_drawn():
    ax = plots.plot_keep_or_win_back(compared(9))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert len(names) == 6 * 4
    assert names[0].startswith("group 3:")
    assert "the 6 largest segments" in " ".join(ax.get_xlabel().split())


def test_those_whom_keeping_pays_are_drawn_where_that_is_ahead():
    table = pd.DataFrame({"segment": ["poor", "rich"], "n": 10, "hazard": 0.05, "margin": [1.0, 90.0]})
    terms = {"by_themselves": ByThemselves(0.0), "horizon_months": 12, "annual_discount": 0.0}
    ahead = wb.compare_win_back_keep_acquire(table, keep=Keep(9.0, 0.3), **terms)
    names = [" ".join(label.get_text().split()) for label in plots.plot_keep_or_win_back(ahead).get_yticklabels()]
    assert names[:2] == ["poor: keep everybody", "poor: keep those whom it pays"]
    back = wb.compare_win_back_keep_acquire(table, keep=Keep(9.0, 0.3), win_back=WinBack(0.9, 900.0), **terms)
    assert "keep those whom it pays" in set(back.frame["strategy"])
    names = [" ".join(label.get_text().split()) for label in plots.plot_keep_or_win_back(back).get_yticklabels()]
    assert "rich: keep those whom it pays" not in names
