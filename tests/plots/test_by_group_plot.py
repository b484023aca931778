"""Does the map of offers and groups draw what was found, and mark what is not shown?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from tailored_trials import by_segment, free

import winback as wb
from winback.offers.by_group import offers_by_group
from winback.plots import plot_offers_by_group
from winback.plots.style import OFFERS

CHANCES = {"a": {"x": 0.7, "y": 0.2}, "b": {"x": 0.2, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def found():
    table = by_segment(np.random.default_rng(1), 1200, **CHANCES)[0]
    return offers_by_group(wb.compare_offers(wb.read_trial(table, free("b", "a"))), "segment")


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def cells(ax):
    """Return the amounts drawn, groups x offers."""
    return np.ma.getdata(ax.collections[0].get_array()).reshape(2, -1)


def frames(ax, label):
    return {(round(p.get_y() + 0.44), round(p.get_x() + 0.46)): p for p in ax.patches if p.get_label() == label}


def test_every_cell_has_its_amount_in_the_catalogues_order(found):
    ax = plot_offers_by_group(found)
    wide = found.frame.pivot(index="in_words", columns="offer", values="profit")
    groups = list(dict.fromkeys(found.frame["in_words"]))
    assert np.allclose(cells(ax), wide.loc[groups, ["b", "a"]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["b", "a"]
    assert title(ax).startswith("Beyond chance")


def test_the_first_of_a_row_is_framed_in_its_own_colour(found):
    first = frames(plot_offers_by_group(found), "first")
    assert {place: to_hex(frame.get_edgecolor()) for place, frame in first.items()} == {
        (0, 1): OFFERS[1],
        (1, 0): OFFERS[0],
    }
    assert not frames(plot_offers_by_group(found), "not clearly different")


def test_what_is_not_told_apart_is_dashed_and_what_may_be_nothing_is_hatched(found):
    unsure = replace(found, frame=found.frame.assign(told_apart=False, profit_low=-1.0), beaten={})
    ax = plot_offers_by_group(unsure)
    assert len(frames(ax, "not clearly different")) == 2
    assert len(frames_of(ax, "may be nothing")) == 4
    assert title(ax) == "In no group is any offer shown to pay"
    sure = replace(found, frame=found.frame.assign(profit_low=1.0, few=False))
    assert not any(patch.get_hatch() for patch in plot_offers_by_group(sure).patches)


def frames_of(ax, label):
    return [patch for patch in ax.patches if patch.get_label() == label and patch.get_hatch()]


@pytest.mark.parametrize(
    ("low", "few", "said", "unsaid"),
    [
        (5.0, True, "dotted: fewer than 30 came back of those sent nothing, too few to be sure", "striped"),
        (-5.0, False, "striped: may be nothing", "dotted"),
    ],
)
def test_too_few_to_say_and_may_be_nothing_are_two_marks(found, low, few, said, unsaid):
    frame = found.frame.assign(profit_low=5.0, few=False)
    frame.loc[0, ["profit_low", "few"]] = low, few
    ax = plot_offers_by_group(replace(found, frame=frame))
    dotted, striped = (frames_of(ax, name) for name in ("too few", "may be nothing"))
    assert (len(dotted), len(striped)) == (int(few), int(low <= 0))
    (mark,) = dotted + striped
    assert mark.get_hatch() == (".." if few else "///")
    key = ax.get_xlabel().replace("\n", " ")
    assert said in key
    assert unsaid not in key


def test_the_key_names_only_marks_that_are_there(found):
    sure = replace(found, frame=found.frame.assign(profit_low=1.0, few=False))
    assert plot_offers_by_group(sure).get_xlabel() == "framed: earns most in its row"


def test_a_missing_cell_is_left_white_and_odd_names_stand_as_written(found):
    frame = found.frame.drop(index=0).assign(in_words=lambda each: each["in_words"] + " $5 $6 _x_")
    ax = plot_offers_by_group(replace(found, frame=frame))
    ax.figure.canvas.draw()
    assert ax.collections[0].get_array().mask.sum() == 1
    assert "$5 $6 _x_" in ax.get_yticklabels()[0].get_text().replace("\n", " ")


def test_amounts_are_written_with_their_intervals(found):
    texts = [text.get_text() for text in plot_offers_by_group(found).texts]
    row = found.frame.iloc[0]
    assert any(f"{abs(row['profit']):.0f}" in text for text in texts)
    assert sum(text.startswith("[") for text in texts) == 4


@pytest.mark.parametrize(
    ("returned", "said"),
    [([5, 9], "of those sent it,"), ([50, 90], "of those sent nothing,"), ([5, 90], "of those sent it or nothing,")],
)
def test_of_whom_too_few_came_back_is_said_and_figures_stand_free_of_dots(found, returned, said):
    frame = found.frame.assign(few=False, profit_low=5.0)
    frame.loc[[0, 1], "few"], frame.loc[[0, 1], "n_returned"] = True, returned
    ax = plot_offers_by_group(replace(found, frame=frame))
    assert f"fewer than 30 came back {said} too few" in ax.get_xlabel().replace("\n", " ")
    free = [text for text in ax.texts if text.get_bbox_patch() is not None]
    assert 0 < len(free) < len(ax.texts)
