"""Do the words and intervals of values and of their validation come from the right figures, customers and weights?"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from held_out_shoppers import followed, held_out, with_spend
from sentences import all_of

import winback as wb
from winback.held_out import Ranking
from winback.plots import plot_value_concentration
from winback.purchases.outcomes import outcome_interval, outcome_variance
from winback.value.lifetime_value import tenths

SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]
AHEAD = 26.0


def drawn(n, seed=5):
    rng = np.random.default_rng(seed)
    return held_out(
        with_spend(rng, followed(rng, "bg_nbd", (0.6, 4.0, 0.9, 2.4), n, (30, 50), AHEAD), (6.0, 4.0, 15.0)), AHEAD
    )


# values


@pytest.mark.parametrize(("period", "watched", "said"), [("M", "7M", "7 months"), ("3M", "21M", "21 months")])
def test_counts_weigh_in_the_difference_of_segments_and_beyond_the_data(period, watched, said):
    fit = wb.fit_contracts(SURVIVORS, "sbg", period=period)
    rows = pd.DataFrame({"next_renewal": [1, 3, 6, 1, 3, 6], "n": [900, 30, 1, 1, 30, 900], "kind": list("aaabbb")})
    terms = {"margin": 10.0, "annual_discount": 0.1}
    few = wb.base_value(fit, rows, weights="n", by="kind", **terms)
    each = rows.loc[rows.index.repeat(rows["n"])].drop(columns="n")
    many = wb.base_value(fit, each, by="kind", **terms)
    for name in ("difference", "low", "high"):
        assert getattr(few.contrast, name) == pytest.approx(getattr(many.contrast, name))
    assert (few.contrast.first, few.contrast.last) == ("b", "a")
    counts = {n: rows.loc[rows["next_renewal"] == n, "n"].sum() for n in (1, 3, 6)}
    ages = {n: f"{int(watched[:-1]) * (8 - n) // 7}M" for n in counts}  # until all have been seen for seven periods
    seen = sum(wb.base_value(fit, {n: counts[n]}, horizon=ages[n], **terms).total for n in counts)
    assert few.beyond_data == pytest.approx(1 - seen / many.total)
    assert f"at ages above {said}" in all_of(few)


def test_the_last_row_of_the_table_is_the_whole_base():
    rows = pd.DataFrame({"next_renewal": [1, 2, 5], "kind": ["new", "new", "old"]})
    terms = {"margin": 1000.0, "annual_discount": 0.1}
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="Y")
    apart, whole = (wb.base_value(fit, rows, by=by, **terms).table().iloc[-1] for by in ("kind", None))
    pd.testing.assert_series_equal(apart, whole, check_names=False)
    assert (apart["Segment"], apart["Share of all value"]) == ("everybody", "100.0%")


def test_a_difference_whose_interval_holds_zero_tells_nobody_apart():
    base = wb.base_value(
        wb.fit_contracts(SURVIVORS, "sbg", period="Y"), [20, 10], by="next_renewal", margin=1.0, annual_discount=0.1
    )
    gap = base.contrast.difference
    for low, unclear in ((-0.1 * gap, True), (0.1 * gap, False)):
        said = all_of(replace(base, contrast=replace(base.contrast, low=low, high=2 * gap)))
        assert ("Not clearly different" in said) is unclear


def test_words_name_the_share_of_the_least_valuable_half():
    fees = pd.DataFrame({"next_renewal": 1, "fee": np.arange(1.0, 21.0) ** 3})
    values = wb.lifetime_value(wb.fit_contracts(SURVIVORS, "sbg", period="Y"), fees, margin="fee", annual_discount=0.1)
    least = (np.arange(1, 11) ** 3).sum() / (np.arange(1, 21) ** 3).sum()
    assert f"the least valuable half {least:.0%}." in all_of(values)


def test_a_fifth_is_a_fifth_where_tenths_are_uneven_in_words_and_figure_alike():
    """Of eleven customers a fifth is 2.2; the first two tenths have three."""
    fees = pd.DataFrame({"next_renewal": 1, "fee": [100.0] * 3 + [1.0] * 8})
    values = wb.lifetime_value(wb.fit_contracts(SURVIVORS, "sbg", period="Y"), fees, margin="fee", annual_discount=0.1)
    assert values.frame["n"].iloc[:2].sum() == 3
    assert values.carried_by(0.2) == pytest.approx(220 / 308)
    assert f"fifth carries {220 / 308:.0%} of it, the least valuable half {5.5 / 308:.0%}." in all_of(values)
    title = plot_value_concentration(values).get_title(loc="left").replace("\n", " ")
    assert f"carries {220 / 308:.0%} of all value" in title
    plt.close("all")


@pytest.mark.parametrize(("horizon", "beyond"), [("5Y", False), ("7Y", False), ("8Y", True), ("20Y", True)])
def test_a_horizon_longer_than_anybody_was_watched_is_extrapolated(horizon, beyond):
    fit, terms = wb.fit_contracts(SURVIVORS, "sbg", period="Y"), {"margin": 10.0, "annual_discount": 0.1}
    found, watched = (wb.base_value(fit, [20], horizon=years, **terms) for years in (horizon, "7Y"))
    assert found.beyond_data == pytest.approx(1 - watched.total / found.total if beyond else 0.0)
    assert ("extrapolated" in all_of(found)) is beyond


@pytest.mark.parametrize("n", [4, 10, 15, 23])
def test_values_and_their_validation_cut_the_same_tenths(n):
    sizes = [float(part.sum()) for part in Ranking.of(np.arange(float(n))).tenths()]
    assert sizes == tenths(np.arange(float(n)))["n"].tolist()


# validation


@pytest.mark.parametrize("n", [80, 1000])
def test_intervals_of_what_will_be_observed_hold_both_sources_of_error(n):
    given = drawn(n)
    table = given.customers
    fit, spend = wb.fit_purchases(table, "bg_nbd", period="W"), wb.fit_spend(table)
    found = fit.check(given, spend=spend)
    purchases, each = fit.expectations(table, AHEAD), spend.expectations(table)
    bought, paid, times = (
        table[name].to_numpy(float) for name in ("held_out_frequency", "held_out_spend", "frequency")
    )
    money = purchases.each() * each.each()
    chance = outcome_variance(purchases.each(), bought, np.ones(n))
    chance_of_money = outcome_variance(money, paid, each.each(), each.each() / (1 + times))
    parts = Ranking.of(purchases.each()).tenths()
    for row, part in zip(found.frame.to_dict("records"), parts, strict=True):
        error = part**2 @ chance + purchases.total(part)[1] ** 2
        ends = outcome_interval(part @ purchases.each(), error, counted=True)
        assert (row["predicted_low"], row["predicted_high"]) == pytest.approx(ends)
        error = part**2 @ chance_of_money
        error += purchases.total(part * each.each())[1] ** 2 + each.total(part * purchases.each())[1] ** 2
        low, high = outcome_interval(part @ money, error)
        low = 0.0 if ends[0] == 0 else low  # it may well be that nobody buys
        assert (row["predicted_money_low"], row["predicted_money_high"]) == pytest.approx((low, high))
    assert (found.frame["predicted_low"] == 0).any()
    assert (found.frame["predicted_money_low"] > 0).any()


def test_the_ranking_is_measured_against_a_perfect_one():
    given = drawn(500)
    bought = given.customers["held_out_frequency"].to_numpy(float)
    fit = wb.fit_purchases(given.customers, "bg_nbd", period="W")
    total = fit.check(given).totals.iloc[0]
    predicted = fit.predict(given.customers, AHEAD)["expected"].to_numpy()
    apart = np.abs(bought[:, None] - bought).sum() / (2 * len(bought) ** 2 * bought.mean())
    place = pd.Series(predicted).rank().to_numpy() - (len(bought) + 1) / 2  # equal predictions share a place
    assert total["gini_outcomes"] == pytest.approx(apart)
    assert total["gini"] == pytest.approx(2 * place @ bought / (len(bought) * bought.sum()) / apart)


@pytest.mark.parametrize(("missed", "said"), [(2, "fits: "), (3, "misses who buys: 3 of 10 tenths")])
def test_three_missed_tenths_are_a_miss_and_two_are_chance(missed, said):
    found = wb.fit_purchases(drawn(1000).customers, "bg_nbd", period="W").check(drawn(1000))
    totals = found.totals.assign(error=0.0, error_low=-0.1, error_high=0.1)
    frame = found.frame.assign(inside=np.arange(10) >= missed, observed=found.frame["observed"].to_numpy()[::-1])
    assert said in replace(found, totals=totals, frame=frame).verdict
