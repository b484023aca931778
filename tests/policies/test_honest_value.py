"""Is what a contact is expected to earn what it earns? Simulated trials, and the study's truth."""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from tailored_trials import by_segment, free

import winback as wb
from winback.policies.honest_value import honest_value, predicted_profit
from winback.trial.read import read_trial

N_TRIALS = 300
SAME = {"a": {"x": 0.3, "y": 0.3}, "b": {"x": 0.3, "y": 0.3}, "none": {"x": 0.1, "y": 0.1}}


def linear_trial(seed, n, spread=30.0):
    """Draw a trial in which the gain of offer a is 40 and ``spread`` times what is known of the customer."""
    rng = np.random.default_rng(seed)
    known, arm = rng.normal(size=n), rng.permutation(np.arange(n) % 2)
    value = 200 + 10 * known + arm * (40 + spread * known) + rng.normal(0, 60, n)
    offer = np.where(arm == 1, "a", "none")
    table = pd.DataFrame({"customer_id": np.arange(n), "known": known, "offer": offer, "returned": True})
    return table.assign(value=value), 40 + spread * known


def test_right_predictions_can_be_taken_at_their_word():
    table, gain = linear_trial(1, 20_000)
    found = honest_value(read_trial(table, free("a")))
    assert found.slope_std_error < 0.05
    assert abs(found.slope - 1) < 3 * found.slope_std_error
    assert found.ranks
    assert abs(found.average - gain.mean()) < 3 * 2 * 60 / sqrt(20_000)
    offers = pd.Series("a", index=table.index)
    expected = found.expected(table, offers)
    error = 2 * 60 * sqrt(2 / 20_000)  # of a straight line one standard deviation from its middle
    assert np.abs(expected - gain)[np.abs(table["known"]) < 1].max() < 4 * error
    np.testing.assert_array_equal(found.expected(table, pd.Series("none", index=table.index)), 0.0)


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_nobody_is_expected_to_earn_more_or_less_than_those_at_the_ends_of_the_trial(known):
    table = linear_trial(7, 400)[0]
    trial, ends = read_trial(table, free("a")), table["known"].agg(["min", "max"])
    asked, offers = pd.DataFrame({"known": known}), pd.Series("a", index=range(len(known)))
    found = predicted_profit(trial, asked, offers)
    np.testing.assert_allclose(found, predicted_profit(trial, asked.clip(*ends), offers), rtol=1e-9)
    corners = predicted_profit(trial, pd.DataFrame({"known": ends}), pd.Series("a", index=ends.index))
    assert (found >= corners.min() - 1e-6).all()
    assert (found <= corners.max() + 1e-6).all()


@pytest.mark.parametrize("offer", ["a", "none"])
def test_one_wrong_cell_of_a_trial_is_not_worth_millions(offer):
    table, gain = linear_trial(8, 2_000)
    row = (table["offer"] == offer).idxmax()
    wrong = table.assign(known=table["known"].where(table.index != row, 999_999_999.0))
    found = honest_value(read_trial(wrong, free("a")))
    assert abs(found.average - gain.mean()) < 5 * 2 * 60 / sqrt(2_000)
    expected = found.expected(wrong, pd.Series("a", index=table.index))
    assert np.abs(expected).max() < 10 * gain.max()


def test_fifths_are_what_they_truly_gain():
    table, gain = linear_trial(2, 20_000)
    groups = honest_value(read_trial(table, free("a"))).groups
    true = np.sort(gain)[::-1].reshape(5, -1).mean(axis=1)  # predictions order customers as the truth does
    error = (groups["measured_high"] - groups["measured_low"]) / 3.919928
    assert ((groups["measured"] - true).abs() < 3.5 * error).all()
    assert groups["part"].tolist() == [1, 2, 3, 4, 5]


def test_predictions_that_promise_too_little_are_not_stretched():
    """A slope above one, as chance may have it, is taken as one."""
    seeds = [seed for seed in range(6) if honest_value(read_trial(linear_trial(seed, 400)[0], free("a"))).slope > 1]
    table = linear_trial(seeds[0], 400)[0]
    found = honest_value(read_trial(table, free("a")))
    expected = found.expected(table, pd.Series("a", index=table.index))
    fit = [
        np.polyfit(table["known"][table["offer"] == arm], table["value"][table["offer"] == arm], 1)
        for arm in ("a", "none")
    ]
    predicted = np.polyval(fit[0] - fit[1], table["known"])
    np.testing.assert_allclose(expected, found.average + predicted - found.centre, rtol=1e-9)


def test_the_order_among_those_contacted_is_not_that_of_those_left_alone():
    """Customers x gain from a, all others lose; nothing orders the customers x."""
    chances = {"a": {"x": 0.6, "y": 0.1, "z": 0.1}, "none": {"x": 0.1, "y": 0.4, "z": 0.4}}
    table, truth = by_segment(np.random.default_rng(1), 3_000, **chances)
    policy = wb.learn_policy(wb.read_trial(table, free("a")), by="segment", splits=wb.Splits(repeats=2))
    found = policy.contact_list()
    x = (table["segment"] == "x").to_numpy()
    gain = (truth["a"] - truth["none"])[x]
    error = (found.groups["measured_high"] - found.groups["measured_low"]).mean() / 3.919928 / sqrt(5)
    assert abs(found.value.average - gain.mean()) < 3 * error
    assert gain.mean() > 80  # of all customers together it would be about a third of that
    assert not found.value.ranks
    assert found.groups["n"].sum() == x.sum()


def test_new_customers_of_the_study_earn_what_is_expected(study):
    learn_from, listed = wb.hold_out(study.lapsed[study.lapsed["eligible"]], 0.5)
    policy = wb.learn_policy(wb.read_trial(learn_from, study.offers), by="reason", splits=wb.Splits(repeats=1))
    before = listed.drop(columns=["followed", "returned", "second_reason"])  # as they were when the offer went out
    found = policy.contact_list(before)
    true = study.true_profits()
    rows = true.loc[found.frame["customer_id"]]
    gain = rows.to_numpy()[np.arange(len(rows)), true.columns.get_indexer(found.frame["offer"])] - rows["none"]
    of_average = (found.groups["measured_high"] - found.groups["measured_low"]).mean() / 3.919928 / sqrt(5)
    error = np.hypot(len(rows) * of_average, gain.std() * sqrt(len(rows)))
    assert abs(found.frame["expected_profit"].sum() - gain.sum()) < 3 * error
    assert found.n_left_alone + len(rows) + sum(n for _, n in found.left_out) == len(listed)
    best, worst = gain.iloc[: len(rows) // 5], gain.iloc[-(len(rows) // 5) :]
    assert best.mean() - worst.mean() > 3 * np.hypot(best.std(), worst.std()) / sqrt(len(rows) / 5)


@pytest.fixture(scope="module")
def nothing_known():
    """Judge trials where what is known of customers says nothing, and two offers earn the same."""
    rows = []
    for seed in range(N_TRIALS):
        table, truth = by_segment(np.random.default_rng(seed), 600, **SAME)
        found = honest_value(read_trial(table, free("a", "b")), rng=seed)
        expected = found.expected(table, pd.Series("a", index=table.index))
        flat = np.ptp(expected) < 1e-9
        rows.append(
            (found.ranks, flat, found.average - (truth["a"] - truth["none"]).mean(), "No order was" in found.says("$"))
        )
    return pd.DataFrame(rows, columns=["ranks", "flat", "gap", "said"])


@pytest.mark.slow
def test_where_nothing_is_known_an_order_is_seldom_claimed(nothing_known):
    assert abs(nothing_known["ranks"].mean() - 0.025) < 3 * sqrt(0.025 * 0.975 / N_TRIALS)
    assert (nothing_known["flat"] == ~nothing_known["ranks"]).all()
    assert (nothing_known["said"] == ~nothing_known["ranks"]).all()


@pytest.mark.slow
def test_the_better_of_two_equal_offers_is_not_expected_to_earn_more(nothing_known):
    """Chosen and measured by the same customers, it would seem to earn 5 more of 40."""
    gap = nothing_known["gap"]
    assert abs(gap.mean()) < 3 * gap.std() / sqrt(N_TRIALS)
    assert 3 * gap.std() / sqrt(N_TRIALS) < 4


@pytest.mark.slow
def test_a_tree_that_pays_is_not_expected_to_earn_more_than_it_does():
    """Where its leaves were chosen by the same customers, it would seem to earn 2 more of 70."""
    chances = {"a": {"x": 0.45, "y": 0.2}, "b": {"x": 0.2, "y": 0.45}, "none": {"x": 0.1, "y": 0.1}}
    gaps = []
    for seed in range(60):
        table, truth = by_segment(np.random.default_rng(seed), 900, **chances)
        policy = wb.learn_policy(
            wb.read_trial(table, free("a", "b")), by=["segment", "calls"], splits=wb.Splits(repeats=5, rng=seed)
        )
        if policy.evaluation.pays:
            found = policy.contact_list(rng=seed)
            money, true = truth.to_numpy(), []
            for decided in policy.evaluation.gains.decided:
                true.append((money[np.arange(900), decided] - money[:, 2]).mean())
            gaps.append(found.value.average - np.mean(true))
    assert len(gaps) > 45
    assert abs(np.mean(gaps)) < 3 * np.std(gaps) / sqrt(len(gaps))


def listed(seed, n, shift, spread):
    """Return the honest mean of new customers worth a contact, its interval, and what they truly gain on average."""
    found = honest_value(read_trial(linear_trial(seed, n, spread)[0], free("a")))
    known = np.random.default_rng([seed, 1]).normal(shift, 1, 500)
    new = pd.DataFrame({"customer_id": np.arange(500), "known": known})
    expected = found.expected(new, pd.Series("a", index=new.index))
    mean = expected[expected > 0].mean()
    return mean, *found.around(mean), (40 + spread * known[expected > 0]).mean(), found


def test_the_interval_of_a_mean_is_that_of_the_regression_line_there():
    """A second implementation: the line's robust standard error at the mean prediction, by statsmodels."""
    mean, low, high, _, found = listed(seed=3, n=2_000, shift=0.5, spread=30)
    assert 0 < found.slope < 1
    design = sm.add_constant(found.centred)
    line = sm.OLS(found.earned, design).fit(cov_type="HC0")
    at = np.array([1.0, (mean - found.average) / found.slope])
    assert line.params @ at == pytest.approx(mean)
    error = sqrt(at @ line.cov_params() @ at * 2_000 / 1_999)
    assert high - low == pytest.approx(2 * 1.959964 * error, rel=1e-3)  # equal arms: hardly skewed
    assert low < mean < high


def test_the_interval_of_customers_like_those_of_the_trial_is_that_of_their_mean_score():
    found = listed(seed=3, n=2_000, shift=0.0, spread=30)[-1]
    low, high = found.around(found.average)
    rest = found.earned - found.slope * found.centred
    assert high - low == pytest.approx(2 * 1.959964 * rest.std(ddof=1) / sqrt(2_000), rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize(("shift", "spread"), [(0.0, 30.0), (1.0, 30.0), (0.0, 0.0)])
def test_intervals_of_what_a_list_earns_cover(shift, spread):
    """Also of a list that is more promising than the trial was, and where nothing tells customers apart."""
    hits = [low <= true <= high for _, low, high, true, _ in (listed(seed, 600, shift, spread) for seed in range(300))]
    assert abs(np.mean(hits) - 0.95) < 3 * sqrt(0.95 * 0.05 / N_TRIALS)
