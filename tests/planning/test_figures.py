"""Do the figures of a plan carry its message, its units and its points?"""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from trials import random_values

import winback as wb
from winback.plots import plot_holdout, plot_trial_sizes
from winback.terms.catalog import Offer, OfferCatalog


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def drawn(ax):
    ax.figure.canvas.draw()
    return ax


def test_sizes_are_drawn_against_differences(with_none):
    plan = wb.plan_trial(with_none)
    ax = drawn(plot_trial_sizes(plan))
    assert title(ax) == "Discount against upgrade: 34,647 customers per offer find $19.33 with 80% power"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("difference in profit per customer", "customers per offer")
    rows = plan.frame[plan.frame["kind"] == "difference"]
    points = {(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines if len(line.get_xdata()) == 1}
    assert points == set(zip(rows["difference"], rows["n_per_arm"], strict=True))
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert "$20" in labels


def test_each_line_passes_through_its_point(with_none):
    plan = wb.plan_trial(with_none)
    ax = plot_trial_sizes(plan)
    curves, points = ([line for line in ax.lines if (len(line.get_xdata()) > 1) == many] for many in (True, False))
    lines = {point.get_label(): line for line, point in zip(curves, points, strict=True)}  # drawn one after the other
    assert all(line.get_color() == point.get_color() for line, point in zip(curves, points, strict=True))
    for row in plan.frame[plan.frame["kind"] == "difference"].itertuples():
        line = lines[row.question]
        at = np.exp(np.interp(np.log(row.difference), np.log(line.get_xdata()), np.log(line.get_ydata())))
        assert at == pytest.approx(row.n_per_arm, rel=0.02)


def test_of_many_comparisons_the_six_hardest_are_drawn(with_none):
    more = with_none.iloc[[0, 1, 2, 0]].assign(offer=list("abcd"), value=[900.0, 950, 1000, 1040])
    ax = plot_trial_sizes(wb.plan_trial(more, difference=30))
    assert len(ax.get_legend().get_texts()) == 6


def test_the_holdout_is_drawn_as_cost_against_what_it_finds(with_none):
    plan = wb.plan_trial(with_none, holdout=0.1, n_available=45_000)
    ax = drawn(plot_holdout(plan))
    assert title(ax).startswith("Leaving 4,500 customers untreated (10.0%) forgoes $1.38 million and finds $27.32")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("profit forgone by the holdout", "smallest difference found")
    points = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [point.get_markerfacecolor() != "white" for point in points].count(True) == 1
    assert [text.get_text() for text in ax.texts] == ["2%", "5%", "10%", "20%", "30%", "50%"]


def test_a_plan_without_holdout_is_drawn_and_says_so(with_none):
    assert title(plot_holdout(wb.plan_trial(with_none, holdout=0))) == (
        "Without a holdout nothing is forgone, and no incremental figure is identified"
    )


def test_what_is_not_there_cannot_be_drawn(published, with_none):
    with pytest.raises(ValueError, match="plan with a row none"):
        plot_holdout(wb.plan_trial(published))


@pytest.mark.parametrize("plot", [plot_trial_sizes, plot_holdout])
def test_a_figure_is_drawn_where_it_is_asked_for(plot):
    pilot = random_values(np.random.default_rng(5), 400, discount=0.5, none=0.2)
    catalog = OfferCatalog((Offer(name="discount", amount=10, paid="on_acceptance"),), currency="CHF")
    own = plt.subplots()[1]
    assert drawn(plot(wb.plan_trial(wb.read_trial(pilot, catalog)), own)) is own
    assert len(plt.get_fignums()) == 1
    assert "CHF" in own.get_xticklabels()[1].get_text()
