"""Is profit by month what came in and was spent by then, and is an offer paid back from where it stays positive?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex
from trials import measured, second_lives

import winback as wb
from winback.offers.comparison import comparison_from_moments
from winback.offers.payback import MOST_MONTHS, payback
from winback.plots import plot_payback
from winback.plots.style import OFFERS

CALL = wb.Offer(name="call", amount=30, paid="per_contact")
GIFT = wb.Offer(name="gift", amount=60, paid="on_acceptance")


@pytest.fixture(autouse=True)
def _closed_figures():
    yield
    plt.close("all")


def lives(seed=1, n=120, **returns):
    """Draw a trial in which every second life has ended, so that each month is simply counted."""
    rng = np.random.default_rng(seed)
    arms = {}
    for offer, share in returns.items():
        months, margin = rng.gamma(2, 6, n).round(2) + 0.1, rng.gamma(4, 5, n).round(2)
        back = rng.random(n) < share
        arms[offer] = [
            (*life, *money) if here else None
            for life, money, here in zip(
                zip(months, [True] * n, strict=True), zip(margin, strict=True), back, strict=True
            )
        ]
    return second_lives(**arms)


def compared(table, horizon=20.0, offers=(GIFT, CALL), **terms):
    return wb.compare_offers(wb.read_trial(table, offers, horizon_months=horizon, annual_discount=0.0, **terms))


def by_hand(table, month):
    """Return mean margin within so many months of each group."""
    brought = table["second_margin"] * table["second_tenure"].clip(upper=month)
    return brought.fillna(0.0).groupby(table["offer"]).mean()


def test_profit_of_each_month_is_margin_by_then_less_cost_and_what_came_anyway():
    table = lives(call=0.5, gift=0.6, none=0.2)
    found = payback(compared(table))
    cost = {"call": 30.0, "gift": 60 * table.loc[table["offer"] == "gift", "returned"].mean()}
    for row in found.months[found.months["month"] > 0].itertuples():
        mean = by_hand(table, row.month)
        assert row.profit == pytest.approx(mean[row.offer] - cost[row.offer] - mean["none"], rel=1e-9)
    start = found.months[found.months["month"] == 0].set_index("offer")["profit"]
    assert start["call"] == pytest.approx(-30, abs=0.5)
    assert list(found.frame["offer"]) == ["gift", "call"]


def test_the_last_month_is_the_comparison_itself_interval_and_all():
    result = compared(lives(call=0.5, gift=0.6, none=0.2))
    last = payback(result).months.groupby("offer").last()
    whole = result.frame.set_index("offer")
    for end in ("", "_low", "_high"):
        assert np.allclose(last.loc[whole.index, f"profit{end}"], whole[f"incremental_profit{end}"], rtol=1e-12)


def test_an_assumed_organic_return_comes_in_as_that_of_the_offers_does():
    table = lives(call=0.5, gift=0.6)
    result = compared(table, organic=0.1, organic_value=200)
    found = payback(result)
    assert found.months.groupby("offer").last()["profit"].to_dict() == pytest.approx(
        result.frame.set_index("offer")["incremental_profit"].to_dict()
    )
    start = found.months[found.months["month"] == 0].set_index("offer")["profit"]
    assert start["call"] == pytest.approx(-30, abs=1)
    assert "less what is assumed" in str(found.details())


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_from_the_month_of_payback_on_profit_is_never_below_zero(seed):
    found = payback(compared(lives(seed, n=40, call=0.5, gift=0.6, none=0.2), 12.0))
    for row in found.frame.itertuples():
        rows = found.months[found.months["offer"] == row.offer].set_index("month")["profit"]
        if np.isnan(row.pays_back):
            assert rows.iloc[-1] < 0
        else:
            assert (rows.loc[row.pays_back :] >= 0).all()
            before = rows[rows.index < row.pays_back]
            assert before.empty or before.iloc[-1] < 0
        assert np.isnan(row.surely) or row.surely >= row.pays_back


def test_a_dearer_offer_pays_back_later_and_one_too_dear_never():
    table = lives(call=0.5, none=0.1)
    months = [
        payback(compared(table, offers=[wb.Offer(name="call", amount=amount, paid="per_contact")])).frame["pays_back"][
            0
        ]
        for amount in (0.0, 20.0, 60.0, 2000.0)
    ]
    assert months[0] == 0
    assert months[0] < months[1] < months[2]
    assert np.isnan(months[3])


def test_a_long_horizon_is_looked_at_in_steps():
    table = lives(call=0.5, gift=0.6)
    table["second_tenure"] *= 10
    found = payback(compared(table, 100.0))
    assert found.months["month"].nunique() <= MOST_MONTHS + 2
    assert found.months["month"].max() == 100


def test_sentences_say_when_and_how_surely():
    found = payback(compared(lives(n=30, call=0.4, gift=0.5)))
    assert found.headline.startswith("Paid back: ")
    assert "gross" not in found.headline
    assert "which is not known" in str(found.details())
    dear = payback(compared(lives(call=0.4), offers=[wb.Offer(name="call", amount=5000, paid="per_contact")]))
    assert str(dear.describe()).startswith("No offer pays back within 20 months.")


def test_what_does_not_tell_when_money_came_is_refused():
    table = measured(call=[90.0, None] * 30, gift=[90.0, None] * 30)
    direct = wb.compare_offers(wb.read_trial(table, [CALL, GIFT]))
    with pytest.raises(ValueError, match="`value` was measured directly, so nothing tells when money came in"):
        payback(direct)
    moments = direct.trial.moments
    bare = comparison_from_moments({name: moments[name] for name in ("call", "gift")}, None, direct.settings)
    with pytest.raises(ValueError, match="Only figures of each offer are known"):
        payback(bare)


# the figure


def test_the_figure_draws_every_month_in_the_offers_colour_and_rings_the_paybacks():
    found = payback(compared(lives(call=0.5, gift=0.6, none=0.2)))
    ax = plot_payback(found)
    lines = {line.get_label(): line for line in ax.lines}
    for place, name in enumerate(("gift", "call")):
        rows = found.months[found.months["offer"] == name]
        assert list(lines[name].get_ydata()) == rows["profit"].tolist()
        assert to_hex(lines[name].get_color()) == OFFERS[place]
    rings = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    assert [float(line.get_xdata()[0]) for line in rings] == found.frame["pays_back"].tolist()
    assert {float(line.get_ydata()[0]) for line in rings} == {0.0}  # where lines cross zero
    assert ax.get_xlim()[1] > found.horizon_months  # marks at the end are whole


def test_offers_that_pay_back_in_one_month_have_rings_around_each_other():
    found = payback(compared(lives(call=0.5, gift=0.6, none=0.2)))
    both = replace(found, frame=found.frame.assign(pays_back=3.0))
    rings = [line for line in plot_payback(both).lines if line.get_markerfacecolor() == "none"]
    sizes = [line.get_markersize() for line in rings]
    assert sorted(set(sizes)) == sorted(sizes)
    assert len({to_hex(line.get_markeredgecolor()) for line in rings}) == len(sizes) == 2


def test_the_figures_title_is_its_headline():
    found = payback(compared(lives(call=0.5, gift=0.6, none=0.2)))
    ax = plot_payback(found)
    title = ax.get_title(loc="left").replace("\n", " ")
    assert title == found.headline


def test_the_figure_of_offers_that_never_pay_back_says_so():
    table = lives(call=0.4)
    found = payback(compared(table, offers=[wb.Offer(name="call", amount=5000, paid="per_contact")]))
    ax = plot_payback(found)
    assert ax.get_title(loc="left") == "No offer pays back within 20 months"
    assert "gross" in ax.get_ylabel()
    assert "paid back" not in [text.get_text() for text in ax.get_legend().get_texts()]
    assert isinstance(found.frame, pd.DataFrame)
