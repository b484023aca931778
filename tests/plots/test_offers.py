"""Does each figure carry its message and its units, and does it draw every offer, whatever the trial?"""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from trials import measured, random_values

import winback as wb
from winback.plots import plot_acceptance_against_cost, plot_profit_and_roi, plot_ranking_against_organic
from winback.plots.style import house_styles
from winback.terms.catalog import Offer

NAMES = ("discount", "upgrade", "bundle", "tailored")


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def compared(amount=10, paid="on_acceptance", currency="$", **arms):
    """Compare a trial whose arms are lists of values, or shares that return."""
    listed = isinstance(next(iter(arms.values())), list)
    table = measured(**arms) if listed else random_values(np.random.default_rng(3), 200, **arms)
    offers = [Offer(name=name, amount=amount, paid=paid) for name in arms if name != "none"]
    return wb.compare_offers(wb.read_trial(table, wb.OfferCatalog(tuple(offers), currency=currency)))


def drawn(ax):
    """Draw, so that layout and tick labels are made, and return the axes."""
    ax.figure.canvas.draw()
    return ax


def title(ax):
    return " ".join(ax.get_title(loc="left").split())


def ticks(axis):
    return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]


def points(ax):
    """Return the marked points: one per offer and interval."""
    return [line for line in ax.lines if line.get_marker() not in ("None", None) and len(line.get_xdata()) == 1]


def value_of(text):
    return float(text.strip("$%").replace(",", ""))


# the study


def test_profit_beside_roi_names_both_winners_with_units(comparison):
    figure = plot_profit_and_roi(comparison)
    assert isinstance(figure, Figure)
    profit, roi = (drawn(ax) for ax in figure.axes)
    assert (title(profit), title(roi)) == ("Discount earns most, narrowly", "Upgrade returns most per dollar spent")
    assert profit.get_xlabel().replace("\n", " ") == "incremental profit per customer offered"
    assert roi.get_xlabel().replace("\n", " ") == "incremental return on investment (profit / cost)"
    assert all(text.startswith("$") for text in ticks(profit.xaxis))
    assert all(text.endswith("%") for text in ticks(roi.xaxis))
    assert ticks(profit.yaxis) == list(NAMES)


def test_a_lead_is_called_narrow_where_the_comparison_says_so_and_not_because_intervals_overlap(comparison):
    low, high = (comparison.frame[f"incremental_profit_{end}"] for end in ("low", "high"))
    assert low[0] <= high[1]
    assert "discount leads upgrade narrowly" in comparison.describe().lower()
    clear = replace(comparison, trial=replace(comparison.trial, scatter_assumed=False))
    assert "narrowly" not in clear.describe()
    assert title(plot_profit_and_roi(clear).axes[0]) == "Discount earns most"


def test_titles_begin_alike_and_what_bars_and_axes_are_is_said(comparison):
    figure = plot_profit_and_roi(comparison)
    figure.canvas.draw()
    tops = [ax._left_title.get_window_extent().y1 for ax in figure.axes]
    assert tops[0] == pytest.approx(tops[1], abs=1)
    assert figure.get_supxlabel() == "bars: 95% intervals; axes do not begin at 0"
    level = plot_profit_and_roi(replace(comparison, settings=replace(comparison.settings, level=0.9)))
    assert level.get_supxlabel().startswith("bars: 90% intervals")


def test_amounts_at_the_ends_of_panels_beside_each_other_do_not_touch(comparison):
    figure = plot_profit_and_roi(comparison)
    figure.canvas.draw()
    profit, roi = figure.axes
    ends = [label.get_window_extent().x1 for label in profit.get_xticklabels() if seen(profit, label)]
    begins = [label.get_window_extent().x0 for label in roi.get_xticklabels() if seen(roi, label)]
    assert min(begins) - max(ends) > 8 * figure.dpi / 72


def seen(ax, label):
    low, high = ax.get_xlim()
    return label.get_text() and low <= label.get_position()[0] <= high


@pytest.mark.parametrize(("panel", "column"), [(0, "incremental_profit"), (1, "incremental_roi")])
def test_each_offer_is_one_point_with_its_interval(comparison, panel, column):
    ax = plot_profit_and_roi(comparison).axes[panel]
    frame = comparison.frame
    assert [point.get_xdata()[0] for point in points(ax)] == frame[column].tolist()
    bars = [list(line.get_xdata()) for line in ax.lines if len(line.get_xdata()) == 2]
    assert bars == frame[[f"{column}_low", f"{column}_high"]].to_numpy().tolist()


@pytest.mark.parametrize(("panel", "best"), [(0, "discount"), (1, "upgrade")])
def test_only_the_best_of_each_panel_is_drawn_full(comparison, panel, best):
    full = [point.get_markerfacecolor() != "white" for point in points(plot_profit_and_roi(comparison).axes[panel])]
    assert full == [name == best for name in comparison.frame["offer"]]


def test_figures_are_written_beside_the_points(comparison):
    texts = [text.get_text() for text in plot_profit_and_roi(comparison).axes[0].texts]
    assert texts == [f"${amount:.0f}" for amount in comparison.frame["incremental_profit"]]


def test_acceptance_against_cost_says_who_wins_back_most(comparison):
    ax = drawn(plot_acceptance_against_cost(comparison))
    assert isinstance(ax, Axes)
    assert title(ax) == "Bundle wins back most (47%) and costs most ($106 per customer offered)"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("cost per customer offered", "share who came back")
    assert all(text.startswith("$") for text in ticks(ax.xaxis))
    assert all(text.endswith("%") for text in ticks(ax.yaxis))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(NAMES)
    assert [text.get_text() for text in ax.texts] == ["without an offer 6.0%"]


def test_acceptance_against_cost_has_one_point_per_offer(comparison):
    ax = plot_acceptance_against_cost(comparison)
    found = [(bar.lines[0].get_xdata()[0], bar.lines[0].get_ydata()[0]) for bar in ax.containers]
    assert found == list(comparison.frame[["cost_per_customer", "acceptance"]].itertuples(index=False, name=None))


def test_the_ranking_says_where_it_turns_and_marks_what_was_measured(comparison):
    ax = drawn(plot_ranking_against_organic(comparison))
    assert title(ax) == "Above 22.8% organic return discount overtakes upgrade on ROI as well"
    assert ax.get_xlabel() == "share who would have returned without an offer"
    assert ax.get_ylabel() == "incremental ROI"
    assert all(text.endswith("%") for text in ticks(ax.xaxis) + ticks(ax.yaxis))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(NAMES)
    assert [text.get_text() for text in ax.texts] == ["measured 6.0%"]


def test_lines_of_the_ranking_start_at_the_gross_roi_and_end_where_the_offer_stops_paying(comparison):
    lines = plot_ranking_against_organic(comparison).get_lines()[:4]
    frame = comparison.frame
    assert [line.get_ydata()[0] for line in lines] == pytest.approx(frame["gross_roi"].tolist(), rel=1e-12)
    step = frame["break_even_organic"].max() / 100
    for line, even in zip(lines, frame["break_even_organic"], strict=True):
        assert even - step <= line.get_xdata()[-1] <= even + 1e-12
        assert (np.diff(line.get_ydata()) < 0).all()


@pytest.mark.parametrize("plot", [plot_acceptance_against_cost, plot_ranking_against_organic])
def test_a_figure_is_drawn_where_it_is_asked_for(comparison, plot):
    own = plt.subplots()[1]
    assert plot(comparison, own) is own
    assert len(plt.get_fignums()) == 1


# other trials

TRIALS = {
    "one offer": {"discount": 0.4, "none": 0.1},
    "ties": {"discount": [90.0, None] * 50, "upgrade": [90.0, None] * 50, "none": [90.0] + [None] * 99},
    "no control": {"currency": "CHF", "discount": 0.4, "upgrade": 0.3},
    "free": {"amount": 0, "discount": 0.4, "none": 0.1},
    "unbounded ROI": {"discount": [90.0] + [None] * 99, "upgrade": [90.0, None] * 50},
    "nobody returned in one arm": {"paid": "per_contact", "discount": [None] * 100, "upgrade": [90.0, None] * 50},
    "everybody returned": {"discount": 1.0, "upgrade": 1.0, "none": 1.0},
    "no offer pays": {"amount": 500, "discount": 0.4, "upgrade": 0.3, "none": 0.2},
    "nine offers": {f"offer {number}": 0.3 + number / 50 for number in range(9)},
}


@cache
def trial(name):
    return compared(**TRIALS[name])


def assert_readable(ax):
    """Demand a title, a label and no nan, once drawn."""
    drawn(ax)
    assert title(ax)
    assert ax.get_xlabel()
    assert "nan" not in " ".join([title(ax), *(text.get_text() for text in ax.texts)])


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIALS)
def test_profit_and_roi_show_every_offer_of_any_trial(name):
    n = len(trial(name).frame)
    profit, roi = plot_profit_and_roi(trial(name)).axes
    assert_readable(profit)
    assert_readable(roi)
    assert (len(points(profit)), len(points(roi))) == (n, 0 if name == "free" else n)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIALS)
def test_acceptance_against_cost_shows_every_offer_of_any_trial(name):
    ax = plot_acceptance_against_cost(trial(name))
    assert_readable(ax)
    assert len(ax.containers) == len(trial(name).frame)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRIALS)
def test_the_ranking_shows_every_offer_of_any_trial(name):
    ax = plot_ranking_against_organic(trial(name))
    assert_readable(ax)
    assert len(ax.get_legend().get_texts()) == len(trial(name).frame)


def test_without_a_control_group_the_panels_are_gross_and_nothing_is_marked():
    result = trial("no control")
    assert [ax.get_xlabel().split()[0] for ax in plot_profit_and_roi(result).axes] == ["gross", "gross"]
    assert not plot_acceptance_against_cost(result).texts
    assert not plot_ranking_against_organic(result).texts


def test_an_unbounded_roi_is_called_so():
    roi = plot_profit_and_roi(trial("unbounded ROI")).axes[1]
    assert sorted(text.get_text().endswith("(unbounded)") for text in roi.texts) == [False, True]


def test_a_free_offer_has_no_roi():
    roi = plot_profit_and_roi(trial("free")).axes[1]
    assert title(roi) == "No ROI: nothing was spent"
    assert not roi.texts


@pytest.mark.parametrize(("currency", "unit"), [("$", "dollar"), ("€", "euro"), ("CHF", "CHF")])
def test_the_unit_of_the_roi_is_the_currency(currency, unit):
    roi = plot_profit_and_roi(compared(currency=currency, discount=0.4)).axes[1]
    assert title(roi) == f"Discount also returns most per {unit} spent"


def test_neighbours_differ_in_colour_marker_and_line():
    styles = list(house_styles(map(str, range(12))).values())
    for one, other in pairwise(styles):
        assert all(one[cue] != other[cue] for cue in ("color", "marker", "linestyle"))


@pytest.mark.parametrize("name", ["ties", "no offer pays"])
def test_the_title_does_not_name_a_winner_where_there_is_none(name):
    profit, _ = plot_profit_and_roi(trial(name)).axes
    assert "earns most" not in title(profit)


def test_the_title_of_the_ranking_names_a_share_or_none():
    words = title(plot_ranking_against_organic(compared(amount=500, discount=0.4, upgrade=0.3))).split()
    assert all(0 <= value_of(word) <= 100 for word in words if word.endswith("%"))
