"""Is the winner's curse lifted: is the best of several right on average over trials, and its interval honest?"""

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from winback.uncertainty import normal_interval
from winback.winner import OtherFigures, corrected_winner

Z = stats.norm.ppf(0.975)
SHARED = np.diag([1.0, 1.5, 0.8, 1.2]) + 2.0  # differences from one control, whose error is in all of them
SPREAD = np.array([1.0, 2.0, 3.0])
CONFIGURATIONS = {
    "three equal": (np.zeros(3), np.eye(3)),
    "five equal": (np.zeros(5), np.eye(5)),
    "one far ahead": (np.array([9.0, 0, 0, 0]), np.eye(4)),
    "two close": (np.array([3.0, 2.7, 0, 0]), np.eye(4)),
    "shared control": (np.array([1.0, 1.0, 0.5, 0]), SHARED),
    "unequal variances": (np.array([0.5, 0.0, 0.0, 1.0]), np.diag([1.0, 9.0, 0.25, 4.0])),
    "held from above": (np.array([0.5, 0.0, 0.0]), np.outer(SPREAD, SPREAD) * (0.8 + 0.2 * np.eye(3))),
    "one known exactly": (np.array([0.5, 0.4, 0.0]), np.diag([1.0, 0.0, 1.0])),
}


def drawn(name, n_trials, seed=20160301):
    """Draw estimates, trials by arms; return them with their covariance and the truth."""
    truth, covariance = CONFIGURATIONS[name]
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal(truth, covariance, n_trials, method="eigh"), covariance, truth


def share_is_half(above, n_trials):
    """Demand a share of one half within 3 Monte Carlo standard errors."""
    assert abs(above - 0.5) < 3 * 0.5 / np.sqrt(n_trials)


# published


@pytest.mark.parametrize(("k", "bias"), [(3, 0.85), (5, 1.16)])
def test_the_best_of_equal_arms_is_biased_as_published(k, bias):
    """The expected maximum of k standard normal variables, by Monte Carlo, to the printed digits."""
    draws = np.random.default_rng(1).standard_normal((200_000, k))
    best = corrected_winner(draws[:1000], np.eye(k)).naive
    assert np.array_equal(best, draws[:1000].max(axis=1))
    assert draws.max(axis=1).mean() == pytest.approx(bias, abs=0.005 + 3 * 0.75 / np.sqrt(200_000))


def test_the_naive_interval_of_the_best_of_five_covers_88_percent():
    draws, *_ = drawn("five equal", 100_000)
    found = coverage(normal_interval(draws.max(axis=1), 1.0), 0.0)
    assert found.share == pytest.approx(0.88, abs=0.005 + 3 * found.std_error)


# coverage and median bias


def holds(name, n_trials, hybrid=True):
    draws, covariance, truth = drawn(name, n_trials)
    best = corrected_winner(draws, covariance, hybrid=hybrid)
    moving = np.diag(covariance)[best.position] > 0  # a figure known exactly is right, whatever was picked
    aim = truth[best.position][moving]
    assert_covers(best.low[moving], best.high[moving], aim)
    known = ~np.isnan(best.estimate[moving])
    share_is_half((best.estimate[moving] > aim)[known].mean(), known.sum())
    assert np.array_equal(best.estimate[~moving], truth[best.position][~moving])


def test_the_corrected_interval_covers_and_the_estimate_is_median_unbiased():
    holds("five equal", 4_000)


@pytest.mark.slow
@pytest.mark.parametrize("hybrid", [True, False])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_coverage_and_median_bias_are_right_in_many_configurations(name, hybrid):
    holds(name, 10_000, hybrid)


@pytest.mark.parametrize("name", ["three equal", "two close", "shared control"])
def test_the_uncorrected_estimate_is_too_high_more_often_than_not(name):
    """The tests above could fail: without the correction they do."""
    draws, _, truth = drawn(name, 4_000)
    above = (draws.max(axis=1) > truth[draws.argmax(axis=1)]).mean()
    assert above > 0.5 + 3 * 0.5 / np.sqrt(4_000)


def test_another_figure_of_the_winner_is_corrected_for_the_pick():
    """Picked by X, read as Y = X + noise that is its own: less is to be corrected than of X, and the truth is held."""
    rng, n = np.random.default_rng(3), 4_000
    picked_by = rng.standard_normal((n, 3))
    read = picked_by + 0.7 * rng.standard_normal((n, 3))
    best = corrected_winner(picked_by, np.eye(3), figures=OtherFigures(read, np.full(3, 1.49), np.eye(3)))
    assert_covers(best.low, best.high, 0.0)
    share_is_half((best.estimate > 0).mean(), n)
    assert (best.naive > 0).mean() > 0.6


# second implementation


def by_integration(p, seen, low, high, std_error):
    """Find the mean by integrating the truncated density, one number at a time."""

    def excess(mean):
        def density(x):
            return np.exp(-0.5 * ((x - mean) / std_error) ** 2)

        below, _ = integrate.quad(density, low, seen, epsabs=0, epsrel=1e-11)
        return below / (below + integrate.quad(density, seen, high, epsabs=0, epsrel=1e-11)[0]) - p

    return optimize.brentq(excess, seen - 9 * std_error, seen + 9 * std_error, xtol=1e-12)


def by_truncnorm(p, seen, low, high, std_error):
    def excess(mean):
        ends = (low - mean) / std_error, (high - mean) / std_error
        return stats.truncnorm.cdf(seen, *ends, loc=mean, scale=std_error) - p

    return optimize.brentq(excess, seen - 9 * std_error, seen + 9 * std_error, xtol=1e-12)


@pytest.mark.parametrize("other", [by_integration, by_truncnorm])
@pytest.mark.parametrize(
    ("estimates", "covariance", "low", "high"),
    [
        ([2.0, 1.0], np.eye(2), 1.0, 14.0),
        ([2.0, 1.0], np.diag([4.0, 1.0]), 1.0, 26.0),
        ([2.0, 1.4, 0.0], np.diag([1.0, 2.0, 1.0]) + 3.0, 2 - 0.6 * 4, 26.0),  # the control's error moves all alike
        ([2.0, 1.0, 1.5], np.array([[1.0, 1.5, 0], [1.5, 4.0, 0], [0, 0, 1.0]]), 1.5, 4.0),  # the second rises faster
    ],
)
def test_the_conditional_interval_is_that_of_the_truncated_normal(other, estimates, covariance, low, high):
    best = corrected_winner(estimates, covariance, hybrid=False)
    std_error = np.sqrt(covariance[0, 0])
    for p, found in ((0.975, best.low), (0.5, best.estimate), (0.025, best.high)):
        assert float(found) == pytest.approx(other(p, 2.0, low, high, std_error), rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("lead", [0.05, 0.4, 1.5, 6.0])
def test_the_hybrid_is_cut_to_its_outer_interval_as_well(lead):
    """Truncated also at mean -/+ c, with Sidak's c for two at 99.5% and the level that remains."""
    best = corrected_winner([lead, 0.0], np.eye(2))
    reach = stats.norm.ppf((1 + np.sqrt(0.995)) / 2)

    def share(mean):
        ends = max(0.0, mean - reach) - mean, reach
        return stats.truncnorm.cdf(lead, *ends, loc=mean)

    tail = (0.05 - 0.005) / 0.995 / 2
    for p, found in ((1 - tail, best.low), (0.5, best.estimate), (tail, best.high)):
        assert share(float(found)) == pytest.approx(p, abs=1e-7)


# limits


def test_far_ahead_the_correction_vanishes():
    best = corrected_winner([40.0, 0, 0], np.diag([1.0, 4.0, 1.0]), hybrid=False)
    assert [best.low, best.estimate, best.high] == pytest.approx([40 - Z, 40, 40 + Z], abs=1e-6)
    hybrid = corrected_winner([40.0, 0, 0], np.diag([1.0, 4.0, 1.0]))
    assert float(hybrid.estimate) == pytest.approx(40, abs=1e-6)
    assert 40 - 1.03 * Z < hybrid.low < 40 - Z  # the price of its limit where offers tie


@pytest.mark.parametrize("hybrid", [True, False])
def test_a_single_estimate_was_not_picked(hybrid):
    best = corrected_winner([3.0], [[4.0]], hybrid=hybrid)
    assert [best.low, best.estimate, best.high] == pytest.approx([3 - 2 * Z, 3, 3 + 2 * Z], abs=1e-9)


@pytest.mark.parametrize("covariance", [np.zeros((2, 2)), np.diag([0.0, 1.0])])
def test_a_winner_known_exactly_is_left_as_it_is(covariance):
    best = corrected_winner([3.0, 2.0], covariance)
    assert (best.low, best.estimate, best.high) == (3, 3, 3)


def test_a_rival_that_moves_with_the_winner_could_never_have_won():
    best = corrected_winner([3.0, 2.99], np.ones((2, 2)), hybrid=False)
    assert float(best.estimate) == pytest.approx(3.0, abs=1e-9)


@pytest.mark.parametrize("hybrid", [True, False])
@pytest.mark.parametrize("lead", [0.0, 1e-9])
def test_of_an_exact_tie_only_the_interval_that_holds_for_all_is_known(lead, hybrid):
    best = corrected_winner([5.0 + lead, 5.0, 1.0], np.eye(3), hybrid=hybrid)
    reach = stats.norm.ppf((1 + 0.95 ** (1 / 3)) / 2)
    assert best.position == 0
    assert np.isnan(best.estimate)
    assert [best.low, best.high] == pytest.approx([5 - reach, 5 + reach], abs=1e-8)


@pytest.mark.parametrize("lead", [2e-3, 1e-2, 0.1, 1.0])
def test_near_a_tie_the_hybrid_stays_where_the_conditional_interval_runs_away(lead):
    alone, hybrid = (corrected_winner([lead, 0.0], np.eye(2), hybrid=each) for each in (False, True))
    reach = stats.norm.ppf((1 + np.sqrt(0.995)) / 2)
    assert lead - reach <= hybrid.low < hybrid.estimate < hybrid.high <= lead + reach
    assert alone.low < hybrid.low
    assert float(alone.estimate * lead) == pytest.approx(-np.log(2), rel=0.02) or lead > 0.05  # exponential tail


def test_out_in_the_tail_the_probability_is_still_exact():
    """A lead of 2e-3 standard errors: the excess over the bound is exponential, so all three quantiles are known."""
    best = corrected_winner([2e-3, 0.0], np.eye(2), hybrid=False)
    expected = [np.log(0.025), np.log(0.5)]
    assert [float(best.low) * 2e-3, float(best.estimate) * 2e-3] == pytest.approx(expected, rel=1e-4)


# laws

leads = st.lists(st.floats(0.01, 5), min_size=1, max_size=4)


def answers(best):
    return np.array([best.low, best.estimate, best.high])


@settings(max_examples=25)
@given(leads=leads, shift=st.floats(-1e3, 1e3), control=st.floats(0, 3))
def test_a_shift_of_all_shifts_the_answer(leads, shift, control):
    estimates, covariance = -np.array([0.0, *leads]), np.eye(len(leads) + 1) + control
    before, after = corrected_winner(estimates, covariance), corrected_winner(estimates + shift, covariance)
    assert np.allclose(answers(before) + shift, answers(after), rtol=0, atol=1e-8)


@settings(max_examples=25)
@given(leads=leads, scale=st.floats(1e-3, 1e3), hybrid=st.booleans())
def test_other_money_is_the_same_answer(leads, scale, hybrid):
    estimates, covariance = 1 - np.array([0.0, *leads]), np.diag(1.0 + np.arange(len(leads) + 1))
    before = corrected_winner(estimates, covariance, hybrid=hybrid)
    after = corrected_winner(scale * estimates, scale**2 * covariance, hybrid=hybrid)
    assert np.allclose(scale * answers(before), answers(after), rtol=1e-9, atol=1e-9 * scale)


@settings(max_examples=25)
@given(leads=leads, seed=st.integers(0, 99))
def test_the_order_of_the_losers_does_not_matter(leads, seed):
    k = len(leads) + 1
    factor = np.random.default_rng(seed).standard_normal((k, k))
    estimates, covariance = -np.array([0.0, *leads]), factor @ factor.T
    order = np.random.default_rng(seed + 1).permutation(k)
    before = corrected_winner(estimates, covariance)
    after = corrected_winner(estimates[order], covariance[np.ix_(order, order)])
    assert order[after.position] == 0
    assert np.allclose(answers(before), answers(after), rtol=1e-9, atol=1e-9, equal_nan=True)


@settings(max_examples=25)
@given(leads=leads)
def test_independent_rivals_can_only_lower_the_estimate(leads):
    best = corrected_winner(-np.array([0.0, *leads]), np.eye(len(leads) + 1))
    assert best.low < best.estimate <= best.naive + 1e-12


# refusals


@pytest.mark.parametrize(
    ("estimates", "covariance", "said"),
    [
        ([1.0, 2.0], np.eye(3), r"covariance must be k x k .* got \(3, 3\) for estimates of shape \(2,\)"),
        (1.0, 1.0, "covariance must be k x k"),
        ([1.0, np.nan], np.eye(2), "must be finite"),
        ([1.0, 2.0], -np.eye(2), "variances at least 0"),
    ],
)
def test_what_does_not_fit_together_is_refused(estimates, covariance, said):
    with pytest.raises(ValueError, match=said):
        corrected_winner(estimates, covariance)
