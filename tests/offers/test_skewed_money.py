"""Does skewed money deceive a comparison? Offers that add nothing, sent to 90% of the customers, are found out.

A quarter returns in both arms, each worth log-normal(3, sigma); a contact costs a cent, so the offer truly loses one.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from coverage_harness import Coverage
from scipy import stats

import winback as wb
from winback.skewness import is_skewed, skewed_interval, studentised_quantile
from winback.terms.catalog import Offer
from winback.trial.moments import PROFIT, arm_moments, pooled, profit, skew_length
from winback.uncertainty import normal_quantile

N, RETURN, CONTACT, DRAWS, AT_ONCE = (9_000, 1_000), 0.25, 0.01, 1_000, 20
OFFER = [Offer(name="offer", paid="per_contact", amount=CONTACT)]


def arm(rng, n, sigma, trials, cost):
    returned = rng.random((trials, n)) < RETURN
    value = returned * rng.lognormal(3, sigma, (trials, n))
    return arm_moments(returned, value, np.full((trials, n), cost))


@cache
def compared(sigma, n=N, draws=DRAWS):
    """Return low, high and skewness of incremental profit, trial by trial."""
    rng, rows = np.random.default_rng(20160301), []
    for _ in range(draws // AT_ONCE):
        offered, control = (arm(rng, size, sigma, AT_ONCE, cost) for size, cost in zip(n, (CONTACT, 0.0), strict=True))
        estimate, variance = profit(offered, control)
        length = skew_length(pooled(offered, control), PROFIT, offered, control)
        ends = skewed_interval(estimate, np.sqrt(variance), length, normal_quantile())
        rows.append((*ends, length / np.sqrt(variance)))
    return np.concatenate(rows, axis=1)[..., 0]


def misses(sigma, **sizes):
    """Return how often an offer that loses a cent is said to pay, and to lose more."""
    low, high, _ = compared(sigma, **sizes)
    return (Coverage(float((end).mean()), len(low)) for end in (low > -CONTACT, high < -CONTACT))


def too_many(found: Coverage, nominal=0.025, slack=0.0):
    return found.share > nominal + slack + 3 * np.sqrt(nominal * (1 - nominal) / found.n_trials)


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [1.0, 1.5, 2.0])
def test_an_offer_that_adds_nothing_is_said_to_pay_no_more_often_than_it_should(sigma):
    pays, loses = misses(sigma)
    assert not too_many(pays), f"pays {pays}"
    assert not too_many(loses, slack=0.01), f"loses {loses}"


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_where_a_small_holdout_meets_skewed_money_the_interval_is_marked(sigma):
    assert is_skewed(compared(sigma)[2]).all()


def test_groups_of_one_size_are_not_marked_and_not_widened():
    skewness = compared(1.0, n=(2_000, 2_000), draws=200)[2]
    assert not is_skewed(skewness).any()
    assert np.abs(skewness).max() < 0.03


def drawn(rng, sizes, sigma):
    groups = {name: (rng.random(n) < RETURN) * rng.lognormal(3, sigma, n) for name, n in sizes.items()}
    table = pd.concat([pd.DataFrame({"offer": name, "value": money}) for name, money in groups.items()])
    table = table.assign(returned=table["value"] > 0, customer_id=range(len(table)))
    return wb.read_trial(table.assign(value=table["value"].where(table["returned"])), OFFER), groups


def chance_by_permutation(rng, one, other):
    """Return how often a difference so low comes of dealing the same customers at random.

    Whoever brought nothing need not be dealt: only how many of the others the second group gets.
    """
    money, n = np.concatenate([one[one > 0], other[other > 0]]), len(one) + len(other)
    dealt = rng.permuted(np.broadcast_to(money, (2_000, len(money))), axis=1).cumsum(axis=1)
    n_back = rng.hypergeometric(len(money), n - len(money), len(other), 2_000)
    taken = np.where(n_back > 0, dealt[np.arange(2_000), n_back - 1], 0.0)
    return ((money.sum() - taken) / len(one) - taken / len(other) <= one.mean() - other.mean()).mean()


@pytest.mark.slow
def test_the_chance_of_a_difference_is_that_of_a_permutation_test(rng):
    """Second implementation, exact where the offer does nothing.

    A symmetric chance is two to three hundredths too high. Ours is right on average, within a quarter of that, and
    trial by trial clearly nearer: at five to seven tenths of the distance, from seed to seed.
    """
    rows = []
    for _ in range(100):
        one, other = ((rng.random(n) < RETURN) * rng.lognormal(3, 0.8, n) for n in (1_800, 200))
        arms, control = (arm_moments(each > 0, each, np.zeros(len(each))) for each in (one, other))
        estimate, variance = profit(arms, control)
        t = (estimate / np.sqrt(variance))[0]
        skewness = (skew_length(pooled(arms, control), PROFIT, arms, control) / np.sqrt(variance))[0]
        grid = np.linspace(-8, 8, 4_001)
        z = np.interp(t, studentised_quantile(grid, skewness), grid)
        rows.append((chance_by_permutation(rng, one, other), stats.norm.cdf(z), stats.norm.cdf(t)))
    exact, ours, symmetric = np.array(rows).T
    assert (symmetric - exact).mean() > 0.02
    assert abs((ours - exact).mean()) < 0.25 * (symmetric - exact).mean()
    assert np.abs(ours - exact).mean() < 0.75 * np.abs(symmetric - exact).mean()
    assert np.abs(ours - exact).mean() < 0.02


def test_a_marked_interval_is_said_to_be_moved(rng):
    trial, _ = drawn(rng, {"offer": 9_000, "none": 1_000}, 1.0)
    found = wb.compare_offers(trial)
    assert "a few large amounts weigh: interval allows for them" in found.frame["remark"].iloc[0]
    assert "its interval is moved below what a symmetric one would be" in found.describe() + found.details()


def test_an_interval_that_large_amounts_decide_is_doubted(rng):
    trial, _ = drawn(rng, {"offer": 9_000, "none": 300}, 2.5)
    found = wb.compare_offers(trial)
    assert "a few large amounts decide: interval not reliable" in found.frame["remark"].iloc[0]
    assert "its interval cannot be relied on" in found.describe() + found.details()
