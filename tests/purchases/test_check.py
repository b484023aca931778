"""Does the judgement of a purchase model hold: by hand, by law, in coverage, and against models known to be wrong?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from held_out_shoppers import AHEAD, CASES, drawn, judged
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import all_of, hold_to_three

import winback as wb
from winback.periods import Period
from winback.purchases.judging import expected_by_day
from winback.purchases.outcomes import outcome_interval, outcome_variance

SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def found():
    """Judge a model that is right, with spend."""
    return judged(drawn(np.random.default_rng(5)), spend=True)


# by hand


def test_interval_of_a_sum_is_wide_above_and_whole_where_counted():
    low, high = outcome_interval(4.0, 8.0)
    assert 0 < low < 4 < high
    assert high - 4 > 4 - low
    assert outcome_interval(0.5, 0.5, counted=True)[0] == 0.0
    low, high = outcome_interval(1e6, 1e6)
    assert (low, high) == pytest.approx((1e6 - 1960, 1e6 + 1960), abs=3)
    assert outcome_interval(0.0, 0.0) == (0.0, 0.0)


def test_variance_keeps_the_sum_of_squares_and_is_never_below_chance():
    rng = np.random.default_rng(1)
    predicted = rng.gamma(0.5, 2.0, 4000)
    observed = rng.negative_binomial(1 / 0.6, 1 / (1 + 0.6 * predicted))  # variance m + .6 m^2
    found = outcome_variance(predicted, observed, np.ones(4000))
    assert found.sum() == pytest.approx(np.square(observed - predicted).sum())
    for low, high in ((0.0, 0.3), (0.3, 1.0), (1.0, 3.0)):
        some = (predicted > low) & (predicted <= high)
        true = (predicted + 0.6 * predicted**2)[some].mean()
        assert found[some].mean() == pytest.approx(true, rel=0.2)
    assert outcome_variance(np.full(9, 0.2), np.zeros(9), np.ones(9)).sum() == pytest.approx(1.8)


def test_expectations_are_those_of_the_fit_and_add_up(found):
    given = drawn(np.random.default_rng(5))
    fit = wb.fit_purchases(given.customers, "bg_nbd", period="W")
    predicted = fit.predict(given.customers, AHEAD, intervals=False)["expected"]
    total = found.totals.iloc[0]
    assert total["predicted"] == pytest.approx(predicted.sum())
    assert total["observed"] == given.customers["held_out_frequency"].sum()
    assert found.error == pytest.approx(predicted.sum() / total["observed"] - 1)
    for name in ("predicted", "observed", "predicted_money", "observed_money"):
        row, column = (1, name.removesuffix("_money")) if name.endswith("money") else (0, name)
        assert found.frame[name].sum() == pytest.approx(found.totals[column][row])
    assert found.frame["n"].tolist() == [150] * 10
    assert found.frame["predicted"].is_monotonic_decreasing


def test_tracking_expects_each_days_customers_from_their_first_day_on():
    days = [0, 0, 3, 30, 40, 9, 50, 77]
    dates = [f"{pd.Timestamp('2024-01-01') + pd.Timedelta(days=day):%Y-%m-%d}" for day in days]
    log = pd.DataFrame({"customer_id": [1, 2, 3, 1, 2, 2, 3, 1], "date": dates, "amount": 1.0})
    given = wb.summarize_purchases(log, period="W", until="2024-03-20").hold_out("2024-02-25")
    fit = wb.fit_purchases(drawn(np.random.default_rng(1), n=300).customers.query("age < 40"), "bg_nbd", period="W")
    fit = replace(fit, cells=fit.cells.scaled(0.1))  # as if seen no longer than this log
    tracking = fit.check(given).tracking
    start, split = pd.Timestamp("2024-01-01").toordinal(), pd.Timestamp("2024-02-25").toordinal()
    assert tracking["day"].tolist() == [*range(start + 6, split + 1, 7), split + 7, split + 14, split + 21, split + 24]
    assert tracking["held_out"].tolist() == [False] * 8 + [True] * 4
    assert tracking["observed"].tolist() == [0, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4, 5]
    for row in tracking.itertuples():
        ages = [(row.day - start - day) / 7 for day in (0, 0, 3)]
        expected = fit.expected_purchases([age for age in ages if age > 0])["expected"].sum()
        assert row.expected == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_expected_purchases_between_the_days_asked_for(name):
    fit = CASES[name][0](drawn(np.random.default_rng(1), name, 500).customers, period="W")
    days = np.array([1, 2, 5, 33, 100, 365, 700])
    exact = fit.expected_purchases(days / 7)["expected"]
    np.testing.assert_allclose(expected_by_day(fit, 700, 7.0)[days], exact, rtol=2e-4)


# verdicts and words


@pytest.mark.parametrize("name", CASES)
def test_a_right_model_fits(name):
    found = judged(drawn(np.random.default_rng(11), name, 4000), name, spend=True)
    assert f"The {found.model} fits: it predicts" in found.verdict
    assert found.covered[0] >= 8
    assert 0.3 < found.gini < 1


@pytest.mark.parametrize(("slower", "word"), [(0.5, "many"), (1.6, "few")])
def test_rates_that_change_after_the_calibration_are_found_out(slower, word):
    found = judged(drawn(np.random.default_rng(11), n=2000, slower=slower))
    assert found.verdict.startswith("The BG/NBD misses: it predicts")
    assert f"too {word} purchases, more than chance" in found.verdict


def changed(found, **columns):
    return replace(found, totals=found.totals.assign(**columns))


def test_verdicts_name_what_chance_can_and_cannot_do(found):
    for error, low, high, said in (
        (0.03, 0.01, 0.05, "The BG/NBD misses, but little: it predicts 3% too many purchases, more than chance"),
        (-0.2, -0.3, -0.1, "The BG/NBD misses: it predicts 20% too few purchases, more than chance"),
        (0.02, -0.1, 0.1, "The BG/NBD fits: it predicts 2% too many purchases, no more than chance"),
        (0.001, -0.1, 0.1, "The BG/NBD fits: it predicts the total of purchases to the percent"),
        (0.12, -0.1, 0.2, "Too few purchases were held out to tell whether the BG/NBD fits: it predicts 12% too many"),
        (0.01, -0.3, 0.3, "Too few purchases were held out to tell"),
    ):
        assert changed(found, error=error, error_low=low, error_high=high).verdict.startswith(said)
    off = changed(found, error=0.0, error_low=-0.1, error_high=0.1)
    off = replace(
        off, frame=found.frame.assign(inside=np.arange(10) < 5, observed=found.frame["observed"].to_numpy()[::-1])
    )
    assert off.verdict == (
        "The BG/NBD misses who buys: 5 of 10 tenths of customers are off by more than chance, the total is not"
    )


def test_words_and_table(found):
    hold_to_three(found)
    said = all_of(found)
    named = found.verdict.replace(found.model, f"forecast of purchases ({found.model})", 1)  # by whom no model is known
    assert said.startswith(f"{named}.")
    assert "1,500 customers: " in said
    assert "predicted for 26 weeks [" in said
    assert "money" in said
    assert found.table().columns.tolist()[-1] == "Money observed"
    assert len(str(found).splitlines()) <= 12
    assert found.lorenz["measure"].unique().tolist() == ["purchases", "money"]


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (
            lambda fit, given: (replace(fit, period=Period(1, "M")), given),
            ValueError,
            "fit counts time in M, held_out in W",
        ),
        (lambda fit, given: (replace(fit, cells=fit.cells.scaled(2)), given), ValueError, "has seen what it is to be"),
        (
            lambda fit, given: (fit, given.customers),
            TypeError,
            "`held_out` must be a HeldOutPurchases; got a DataFrame",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(change, error, said):
    given = drawn(np.random.default_rng(5), n=300)
    fit, given = change(wb.fit_purchases(given.customers, "bg_nbd", period="W"), given)
    with pytest.raises(error, match=said):
        fit.check(given)


def test_a_fit_of_nobody_who_bought_again_is_refused_and_doubts_are_told():
    given = drawn(np.random.default_rng(5), n=300)
    nobody = given.customers.assign(frequency=0, recency=0.0)
    with pytest.raises(ValueError, match="Nobody bought again until the end of the calibration"):
        wb.fit_purchases(nobody, "bg_nbd", period="W").check(given)
    fit = replace(wb.fit_purchases(given.customers, "bg_nbd", period="W"), converged=False)
    assert "No maximum of the likelihood of purchases was found" in all_of(fit.check(given))


def test_opportunities_and_spend_without_amounts_are_refused():
    given = drawn(np.random.default_rng(5), n=300)
    gave = pd.DataFrame({"frequency": [0, 1, 3, 2, 5] * 9, "recency": [0, 4, 5, 2, 6] * 9, "opportunities": 6})
    with pytest.raises(ValueError, match="The BG/BB counts opportunities, a log of purchases days"):
        wb.fit_purchases(gave, "bg_bb", period="W").check(given)
    bare = replace(given, customers=given.customers.drop(columns="held_out_spend"))
    with pytest.raises(ValueError, match="spend needs amounts"):
        judged(bare, spend=True)


# laws


def assert_same(one, other, rtol=1e-6):
    for name in ("frame", "totals", "lorenz"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), rtol=rtol)


@settings(max_examples=6, deadline=None)
@given(SEEDS)
def test_row_order_does_not_matter(seed):
    given = drawn(np.random.default_rng(seed), n=250)
    shuffled = replace(given, customers=given.customers.sample(frac=1, random_state=seed % 2**31))
    fit, spend = wb.fit_purchases(given.customers, "bg_nbd", period="W"), wb.fit_spend(given.customers)
    assert_same(*(fit.check(each, spend=spend) for each in (given, shuffled)), rtol=1e-9)


@settings(max_examples=6, deadline=None)
@given(SEEDS)
def test_doubling_customers_leaves_errors_and_ranking(seed):
    given = drawn(np.random.default_rng(seed), n=250)
    twice = replace(given, customers=pd.concat([given.customers] * 2, ignore_index=True))
    fit = wb.fit_purchases(given.customers, "bg_nbd", period="W")
    one, both = (fit.check(each) for each in (given, twice))
    for name in ("error", "gini", "gini_outcomes"):
        assert both.totals[name][0] == pytest.approx(one.totals[name][0])
    for name in ("predicted", "observed"):
        np.testing.assert_allclose(both.frame[f"{name}_each"], one.frame[f"{name}_each"])
    pd.testing.assert_frame_equal(one.lorenz, both.lorenz)


@settings(max_examples=4, deadline=None)
@given(SEEDS, st.sampled_from([0.01, 7.0, 1000.0]))
def test_money_scales(seed, factor):
    given = drawn(np.random.default_rng(seed), n=400)
    money = given.customers[["mean_spend", "held_out_spend"]] * factor
    dear = replace(given, customers=given.customers.assign(**money))
    one, other = judged(given, spend=True), judged(dear, spend=True)
    pd.testing.assert_series_equal(one.totals.iloc[0], other.totals.iloc[0])
    for name in ("predicted_money", "predicted_money_low", "predicted_money_high", "observed_money"):
        np.testing.assert_allclose(other.frame[name], factor * one.frame[name], rtol=2e-3)
    assert other.totals["error"][1] == pytest.approx(one.totals["error"][1], abs=2e-3)
