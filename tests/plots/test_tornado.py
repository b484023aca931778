"""Do the bars reach to what the comparison says at each setting, and is it said where another offer takes over?"""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from trials import random_lives, random_values

import winback as wb
from winback.plots import plot_tornado
from winback.plots.style import OFFERS, money_axis
from winback.plots.tornado import UNMOVED


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def compared(amounts, table, **terms):
    offers = [wb.Offer(name=name, amount=amount, paid="per_contact") for name, amount in amounts.items()]
    return wb.compare_offers(wb.read_trial(table, offers, **terms))


def lives(**returns):
    return random_lives(np.random.default_rng(3), 400, **returns)


@pytest.fixture(scope="module")
def what_if():
    table = lives(call=0.5, gift=0.6, none=0.1)
    return compared({"call": 20, "gift": 60}, table, horizon_months=18.0, annual_discount=0.1).what_if()


def title(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def reached(ax):
    """Return where each row's bars end, the light one first, and where the trial itself lies."""
    names = [label.get_text() for label in ax.get_yticklabels()]
    bars = [bar.get_x() + bar.get_width() for bar in ax.patches]
    rest = ax.lines[0].get_xdata()[0]
    return dict(zip(names, zip(bars[: len(names)], bars[len(names) :], strict=True), strict=True)), rest


def under(what_if, longest=False, **moved):
    """Return the leader's gain and lead under one other assumption, by the comparison made again."""
    leader = what_if.comparison.frame["offer"].iloc[0]
    found = what_if.comparison.longer if longest else what_if.at(**moved)
    profit = found.frame.set_index("offer")[f"{found.kind}_profit"]
    return profit[leader], profit[leader] - profit.drop(leader).max()


def test_bars_reach_to_what_the_comparison_says_when_made_again(what_if):
    gain, lead = plot_tornado(what_if).axes
    ends = {
        "would come anyway": [{"organic": 0.0}, {"organic": _highest_organic(what_if)}],
        "cost of the offers": [{"cost": 0.5}, {"cost": 1.5}],
        "months counted": [{"horizon_months": _lowest_horizon(what_if)}, {}],
        "interest rate": [{"annual_discount": 0.0}, {"annual_discount": 0.2}],
    }
    for place, ax in enumerate((gain, lead)):
        drawn, rest = reached(ax)
        assert set(drawn) == set(ends)
        assert rest == pytest.approx(under(what_if)[place])
        for name, settings in ends.items():
            assert drawn[name] == pytest.approx([under(what_if, **each)[place] for each in settings], abs=1e-6)


def _highest_organic(what_if):
    own = float(what_if.comparison.control.mean[0, 0])
    return max(each for each in what_if.steps.values("organic") if each is not None and each <= max(0.2, 3 * own))


def _lowest_horizon(what_if):
    return min(each for each in what_if.steps.values("horizon_months") if each >= 9)


def test_the_assumption_that_moves_the_gain_most_stands_on_top_in_the_leaders_colour(what_if):
    figure = plot_tornado(what_if)
    drawn, rest = reached(figure.axes[0])
    width = [max(*ends, rest) - min(*ends, rest) for ends in drawn.values()]
    assert width == sorted(width, reverse=True)
    leader = what_if.comparison.frame["offer"].iloc[0]
    color = OFFERS[what_if.comparison.catalogue.index(leader)]
    assert {to_hex(bar.get_facecolor()) for ax in figure.axes for bar in ax.patches} == {color}
    assert title(figure.axes[0]).startswith(f"{leader.capitalize()} gains $")


def test_the_title_says_where_another_offer_takes_over():
    table = random_values(np.random.default_rng(3), 400, call=0.5, gift=0.6, none=0.1)
    close = compared({"call": 20, "gift": 41}, table).what_if()
    figure = plot_tornado(close)
    drawn, _ = reached(figure.axes[1])
    leader, other = close.comparison.frame["offer"]
    assert min(min(ends) for ends in drawn.values()) < 0
    assert title(figure.axes[1]).startswith(f"{leader.capitalize()} stays ahead, but for {other} ")
    assert "left of zero that is ahead" in figure.axes[1].get_xlabel().replace("\n", " ")


def test_where_none_does_the_leader_is_said_to_stay_ahead():
    table = random_values(np.random.default_rng(3), 400, call=0.9, gift=0.2, none=0.1)
    figure = plot_tornado(compared({"call": 20, "gift": 20}, table).what_if())
    assert title(figure.axes[1]) == "Within these bounds call stays ahead, whichever is moved alone"
    assert "months counted" not in reached(figure.axes[0])[0]
    assert "left of zero" not in figure.axes[1].get_xlabel()


@pytest.mark.slow
def test_months_reach_as_far_as_customers_were_watched_and_name_who_is_first_there():
    what_if = wb.compare_offers(wb.load_telecom_study().trial).what_if()
    over = what_if.comparison.longer
    months, first = f"{over.settings.horizon_months:g}", over.frame["offer"].iloc[0]
    assert first != what_if.comparison.frame["offer"].iloc[0]
    gain, lead = plot_tornado(what_if).axes
    for place, ax in enumerate((gain, lead)):
        assert reached(ax)[0]["months counted"][1] == pytest.approx(under(what_if, longest=True)[place])
    costs = "at 50% of the cost and at 150% of the cost that may be chance"
    assert title(lead).endswith(f", but for {first} over {months} months; {costs}")
    assert lead.get_xlim()[0] < 0
    assert f"; over {months}, " in what_if.describe()


def test_one_offer_has_no_lead_and_gross_figures_are_called_so():
    figure = plot_tornado(compared({"call": 20}, random_values(np.random.default_rng(3), 200, call=0.5)).what_if())
    (ax,) = figure.axes
    assert "gross" in ax.get_xlabel()
    figure.canvas.draw()


def rare(**kept):
    """Return what came of mails that hardly anybody answers."""
    return random_values(np.random.default_rng(8), 6_000, **kept)


def test_where_few_return_organic_return_is_moved_by_tenths_of_a_percent_and_none_is_said():
    amounts = {"mail": 0.5, "card": 0.6}
    gross = compared(amounts, rare(mail=0.012, card=0.011))
    steps = gross.what_if().steps.slider("organic").values
    assert gross.highest_organic == 0.02 == steps[-1]
    figure = plot_tornado(gross.what_if())
    assert "if none would come anyway" in title(figure.axes[0])
    assert "not known" not in title(figure.axes[0])
    measured = compared(amounts, rare(mail=0.012, card=0.011, none=0.006))
    assert measured.what_if().steps.slider("organic").values[-1] <= 0.02
    shares = measured.sensitivity("organic").frame["setting"].unique()
    assert shares.tolist() == ["0%", "0.25%", "0.5%", "1%", "1.5%", "2%"]


@pytest.mark.parametrize("span", [(0.12, 0.15), (-2e6, 3e6), (100, 400), (0.001, 0.0011)])
@pytest.mark.parametrize("width", [3.6, 9.0])
def test_amounts_on_an_axis_stand_beside_each_other(span, width):
    figure, ax = plt.subplots(figsize=(width, 2))
    ax.set_xlim(*span)
    money_axis("$", ax.xaxis)
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    inside = [box for box in boxes if ax.bbox.x0 <= (box.x0 + box.x1) / 2 <= ax.bbox.x1]
    assert len(inside) >= 2
    assert all(one.x1 < other.x0 for one, other in itertools.pairwise(inside))


def test_what_moves_nothing_is_said_where_there_is_room():
    figure = plot_tornado(compared({"mail": 0.5, "card": 0.5}, rare(mail=0.012, card=0.011)).what_if())
    for ax in figure.axes:
        low, high = ax.get_xlim()
        for text in [each for each in ax.texts if each.get_text() == UNMOVED]:
            assert (text.xy[0] < (low + high) / 2) == (text.get_ha() == "left")


def test_a_free_offers_cost_is_not_moved():
    table = random_values(np.random.default_rng(3), 200, **{"$5_off_$10": 0.5, "b": 0.4, "none": 0.1})
    figure = plot_tornado(compared({"$5_off_$10": 0, "b": 0}, table).what_if())
    figure.canvas.draw()
    assert set(reached(figure.axes[0])[0]) == {"would come anyway"}
    assert title(figure.axes[0]).startswith("$5_off_$10 gains $")


def test_intervals_are_those_of_the_comparison_made_again_and_what_may_be_chance_is_said():
    table = random_values(np.random.default_rng(3), 400, call=0.5, gift=0.6, none=0.1)
    close = compared({"call": 20, "gift": 28}, table).what_if()
    gain, lead = plot_tornado(close).axes
    first = close.comparison.frame["offer"].iloc[0]
    drawn = [
        {tuple(np.round(line[:, 0], 6)) for part in ax.collections[1:] for line in part.get_segments()}
        for ax in (gain, lead)
    ]
    for cost in (0.5, 1.5):
        again = close.at(cost=cost)
        row, pair = again.frame.set_index("offer").loc[first], again.differences.iloc[0]
        ends = [pair["difference_low"], pair["difference_high"]]
        ends = ends if pair["first"] == first else [-ends[1], -ends[0]]
        assert tuple(np.round([row["incremental_profit_low"], row["incremental_profit_high"]], 6)) in drawn[0]
        assert any(ends == pytest.approx(each, rel=0.02, abs=0.02) for each in drawn[1])
    may_be = close.comparison.differences["told_apart"].iloc[0]
    assert ("that may be chance" in title(lead)) == (not may_be or any(low <= 0 <= high for low, high in drawn[1]))
