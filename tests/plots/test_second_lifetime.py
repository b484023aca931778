"""Do the figures of second lifetimes carry their message, their units and a second cue?"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

import winback as wb
from winback import plots
from winback.labels import value_words
from winback.second_lifetime.first_and_second import first_and_second_value

FORMULAS = {
    "reacquisition": "offer + reason + contact_attempts",
    "tenure": "offer + reason",
    "margin": "offer + reason + first_margin",
}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def small():
    return wb.simulate_telecom_study(10_600, calibrate=False, deal_seekers=0, rng=3)


def test_effects_open_marks_are_those_that_may_be_none(small):
    effects = wb.fit_two_part(small.trial, **FORMULAS).effects(small.trial)
    ax = plots.plot_return_effects(effects)
    rows = effects.frame.sort_values("change")
    marks = [line for line in ax.lines if line.get_marker() not in ("None", None, "")]
    open_marks = [mark.get_markerfacecolor() == "white" for mark in marks]
    assert open_marks == list((rows["change_low"] < 0) & (rows["change_high"] > 0))
    assert "rather than nothing" in ax.get_title(loc="left").replace("\n", " ")
    assert [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()] == list(rows["in_words"])


def test_validation_shows_tenths_and_the_share_found(small):
    found = wb.fit_two_part(small.lapsed, **FORMULAS).check(small.lapsed)
    left, right = plots.plot_validation(found).axes
    assert "tenths" in left.get_title(loc="left")
    assert f"{found.frame['cumulative_share'][2]:.0%}" in right.get_title(loc="left")
    assert right.lines[0].get_linestyle() != right.lines[1].get_linestyle()


def test_rankings_say_what_is_forgone_or_that_nothing_is(small):
    values = wb.second_lifetime_value(wb.fit_two_part(small.lapsed, **FORMULAS), small.trial)
    found = values.rankings()
    ax = plots.plot_rankings(found)
    title = ax.get_title(loc="left")
    clear = found.frame["forgone_low"][0] > 0
    assert ("forgoes" in title) == clear
    assert not clear or " gross per customer" in " ".join(title.split())
    assert list(ax.lines[0].get_ydata()) == list(found.frame["by_value"])
    assert ax.lines[0].get_marker() != ax.lines[1].get_marker()


def test_values_by_acceptance_are_those_of_the_result(small):
    fit = wb.fit_joint(small.lapsed, **FORMULAS)
    found = fit.value_by_acceptance(small.trial, offer="upgrade", horizon_months=48, annual_discount=0.1)
    ax = plots.plot_value_by_acceptance(found)
    assert f"{abs(found.frame['two_part_off'].iloc[-1]):.0%}" in ax.get_title(loc="left")
    assert list(ax.lines[0].get_ydata()) == list(found.frame["joint"])


def test_first_and_second_values_in_the_order_of_the_groups(small):
    found = first_and_second_value(small.trial, horizon_months=60, annual_discount=0, by="reason")
    ax = plots.plot_first_and_second(found)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        value_words("reason", group) for group in found.frame["group"]
    ]
    assert "second lifetime" in ax.get_title(loc="left")


def test_groups_stand_below_everybody_of_whom_the_title_speaks(small):
    settings = {"horizon_months": 60, "annual_discount": 0}
    found, parts = (first_and_second_value(small.trial, by=by, **settings) for by in (None, "reason"))
    ax = plots.plot_first_and_second(found, parts=parts)
    names = [value_words("reason", group) for group in parts.frame["group"]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["everybody", *names]
    assert ax.get_title(loc="left") == plots.plot_first_and_second(found).get_title(loc="left")
    marks = [bar.lines[0].get_xdata().astype(float) for bar in ax.containers]
    np.testing.assert_allclose(marks[0], [*found.frame["first_value"], *parts.frame["first_value"]])


def test_amounts_stand_off_each_other_and_off_the_other_mark_of_their_row(small):
    settings = {"horizon_months": 60, "annual_discount": 0}
    found, parts = (first_and_second_value(small.trial, by=by, **settings) for by in (None, "reason"))
    ax = plots.plot_first_and_second(found, parts=parts)
    ax.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    inside = sorted(
        (box for box in boxes if ax.bbox.x0 - 5 <= (box.x0 + box.x1) / 2 <= ax.bbox.x1 + 5), key=lambda b: b.x0
    )
    assert len(inside) > 1
    apart = [right.x0 - left.x1 for left, right in pairwise(inside)]
    assert min(apart) > 4 * ax.figure.dpi / 72
    marks = np.vstack([bar.lines[0].get_xydata().astype(float) for bar in ax.containers])
    for x, y in ax.transData.transform(marks):
        for text in ax.texts:
            box = text.get_window_extent()
            assert not (box.x0 <= x <= box.x1 and box.y0 <= y <= box.y1), text.get_text()


def test_a_figure_can_be_drawn_on_given_axes(small):
    effects = wb.fit_two_part(small.trial, **FORMULAS).effects(small.trial)
    _, ax = plt.subplots()
    assert plots.plot_return_effects(effects, ax) is ax
