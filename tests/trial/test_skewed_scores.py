"""Is the skewness of a mean of scores that of the money behind it? Known cases, laws, and a false gain."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tailored_trials import free
from trials import Z, leaning, length_by_loop

import winback as wb
from winback.skewness import studentised_quantile
from winback.trial.moments import COST, PROFIT, RETURNED, VALUE, pooled, skew_length
from winback.trial.skewed_scores import own_arm, score_length

RETURN, N, TREATED, FOLDS = 0.25, 5_000, 4_500, 5
COSTS = [wb.Offer(name="offer", paid="on_acceptance", amount=3.0)]


def drawn(rng, sizes, *, sigma=1.0, back=None, **columns):
    """Draw a trial of log-normal money; ``back`` gives exact numbers of those who return."""
    offer = np.repeat(list(sizes), list(sizes.values()))
    returned = rng.random(len(offer)) < RETURN
    if back is not None:
        returned = np.concatenate([np.arange(n) < back[name] for name, n in sizes.items()])
    value = np.where(returned, rng.lognormal(3, sigma, len(offer)), np.nan)
    table = pd.DataFrame({"customer_id": range(len(offer)), "offer": offer, "returned": returned, "value": value})
    return table.assign(**columns)


def differences(trial):
    """Return what own arms count in the effect of the first offer."""
    own = own_arm(trial)
    return own[:, 0] - own[:, trial.arms.index("none")]


@pytest.mark.parametrize("weights", [("profit", PROFIT), ("value", VALUE), ("cost", COST), ("returned", RETURNED)])
@pytest.mark.parametrize("recorded", [True, False])
def test_an_effect_leans_as_the_plain_difference_of_means(rng, weights, recorded):
    """Where the chances are the groups' shares, recorded or not."""
    table = drawn(rng, {"offer": 900, "none": 100})
    if recorded:
        table["offer_probability"] = table["offer"].map({"offer": 0.9, "none": 0.1})
    trial = wb.read_trial(table, COSTS)
    arms, control = trial.moments["offer"], trial.moments["none"]
    wanted = skew_length(pooled(arms, control), weights[1], arms, control)[0]
    assert score_length(trial, differences(trial), weights[0]) == pytest.approx(wanted, rel=1e-9)
    assert wanted < 0  # the small group weighs, and is taken off


def test_the_mean_of_an_arm_leans_as_its_plain_mean(rng):
    trial = wb.read_trial(drawn(rng, {"offer": 900, "none": 100}), COSTS)
    arms = [trial.moments[name] for name in trial.arms]
    wanted = [skew_length(pooled(*arms), PROFIT, each)[0] for each in arms]
    np.testing.assert_allclose(score_length(trial, own_arm(trial)), wanted, rtol=1e-9)


def test_groups_of_one_size_and_return_do_not_lean(rng):
    trial = wb.read_trial(drawn(rng, {"offer": 400, "none": 400}, back={"offer": 100, "none": 100}), COSTS)
    assert abs(score_length(trial, differences(trial))) < 1e-12
    uneven = wb.read_trial(drawn(rng, {"offer": 400, "none": 400}, back={"offer": 200, "none": 100}), COSTS)
    assert score_length(uneven, differences(uneven)) > 0.01  # more money at stake where it is added


def test_a_loop_over_customers_agrees_with_chances_of_their_own(rng):
    """Second implementation; counts that are no whole numbers, and a part of the customers."""
    n = 600
    table = drawn(rng, {"offer": 400, "second": 120, "none": 80}, offer_probability=rng.uniform(0.1, 0.9, n))
    trial, counts = wb.read_trial(table, free("offer", "second")), rng.normal(size=(3, n)).T
    money, some = table["value"].fillna(0), np.sort(rng.permutation(n)[:150])
    whole = [length_by_loop(table, money, each) for each in counts.T]
    np.testing.assert_allclose(score_length(trial, counts), whole, rtol=1e-9)
    part = length_by_loop(table, money, counts[some, 0], some)
    assert score_length(trial, counts[some, 0], rows=some) == pytest.approx(part, rel=1e-9)


def test_means_in_which_no_arm_counts_do_not_lean(rng):
    trial = wb.read_trial(drawn(rng, {"offer": 90, "none": 10}), COSTS)
    assert score_length(trial, np.zeros((100, 2))).tolist() == [0.0, 0.0]


@given(seed=st.integers(0, 2**32 - 1), currency=st.floats(0.01, 100), factor=st.floats(0.01, 100))
def test_a_length_is_in_money_and_grows_with_the_figure(seed, currency, factor):
    """Another currency, k times the mean and its other sign; the skewness itself stays, or changes its sign."""
    table = drawn(np.random.default_rng(seed), {"offer": 90, "none": 30})
    trial, other = (wb.read_trial(table.assign(value=table["value"] * by), free("offer")) for by in (1, currency))
    counts = differences(trial)
    length = score_length(trial, counts)
    assert score_length(other, counts) == pytest.approx(currency * length, rel=1e-9)
    assert score_length(trial, factor * counts) == pytest.approx(factor * length, rel=1e-9)
    assert score_length(trial, -counts) == pytest.approx(-length, rel=1e-12)


@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_customers_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    table = drawn(rng, {"offer": 90, "none": 30})
    one, other = (wb.read_trial(each, free("offer")) for each in (table, table.sample(frac=1, random_state=seed)))
    lengths = [score_length(each, differences(each)) for each in (one, other)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-9)


def test_the_intervals_of_scores_lean_so(rng):
    table = drawn(rng, {"offer": 900, "none": 100})
    row = wb.offer_scores(wb.read_trial(table, free("offer"))).frame.iloc[0]
    money, own = table["value"].fillna(0), (table["offer"] == "offer").astype(int)
    for name, counts in (("mean", own), ("effect", 2 * own - 1)):
        error = row[f"{name}_std_error"]
        margins = [row[f"{name}_{end}"] - row[name] for end in ("low", "high")]
        skewness = length_by_loop(table, money, counts) / error
        assert margins == pytest.approx(leaning(0.0, error, skewness), rel=1e-6)


@cache
def scored(n_trials=2_000, seed=20160301):
    """Return effect, standard error and skewness of an offer that does nothing, (3, n_trials), and the first trials."""
    rng, found, first = np.random.default_rng(seed), [], []
    for _ in range(n_trials // 100):
        returned = rng.random((100, N)) < RETURN
        value = np.where(returned, rng.lognormal(3, 1.5, (100, N)), 0.0)
        found.append(scored_at_once(returned, value))
        first = first or list(zip(returned[:3], value[:3], strict=True))
    return np.concatenate(found, axis=1), first


def scored_at_once(returned, value):
    """Score many trials, a second implementation; without covariates predictions are the other folds' means."""
    gains, predicted, third, variance, square, cube = [], 0.0, 0.0, 0.0, 0.0, 0.0
    for sign, rows in ((1, slice(0, TREATED)), (-1, slice(TREATED, N))):
        money, size = value[:, rows], rows.stop - rows.start
        by_fold = money.reshape(len(money), -1, FOLDS)  # customers are dealt to the folds in turn
        others = (by_fold.sum(axis=(1, 2))[:, None] - by_fold.sum(axis=1)) / (size - size / FOLDS)
        weight, n_back = sign * N / size, returned[:, rows].sum(axis=1)
        gains.append(weight * (by_fold - others[:, None]).reshape(money.shape))
        predicted = predicted + sign * others
        third = third + ((money - money.mean(axis=1, keepdims=True)) ** 3).sum(axis=1)
        variance = variance + size * money.var(axis=1, ddof=1)
        square, cube = square + weight**2 * n_back, cube + weight**3 * n_back
    gains = np.concatenate(gains, axis=1) + np.tile(predicted, N // FOLDS)
    error = gains.std(axis=1, ddof=1) / np.sqrt(N)
    return gains.mean(axis=1), error, third / variance * cube / square / N / error


@pytest.mark.slow
def test_many_trials_at_once_are_scored_as_one_by_one():
    (effect, error, skewness), first = scored()
    for place, (returned, value) in enumerate(first):
        table = pd.DataFrame({"customer_id": range(N), "returned": returned})
        table["offer"] = np.repeat(["offer", "none"], [TREATED, N - TREATED])
        trial = wb.read_trial(table.assign(value=np.where(returned, value, np.nan)), free("offer"), covariates=[])
        row = wb.offer_scores(trial, folds=np.arange(N) % FOLDS).frame.iloc[0]
        assert row["effect"] == pytest.approx(effect[place], rel=1e-9)
        assert row["effect_std_error"] == pytest.approx(error[place], rel=1e-9)
        ends = leaning(effect[place], error[place], skewness[place])
        assert [row["effect_low"], row["effect_high"]] == pytest.approx(ends, rel=1e-6)


@pytest.mark.slow
def test_an_offer_without_effect_is_said_to_pay_or_lose_no_more_often_than_it_should():
    """A tenth is left alone, money is log-normal: symmetric intervals say more than twice as often that it pays."""
    effect, error, skewness = scored()[0]
    most = 0.025 + 3 * np.sqrt(0.025 * 0.975 / len(effect))
    assert (effect > error * studentised_quantile(Z, skewness)).mean() < most
    assert (effect < error * studentised_quantile(-Z, skewness)).mean() < most
    assert (effect > error * Z).mean() > 0.05  # or nothing would be tested
