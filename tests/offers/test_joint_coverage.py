"""Do simultaneous intervals hold all together? Four arms and a shared control, of unequal size and spread."""

from functools import cache

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage, shortfall

from winback.offers.comparison_figures import joint_errors
from winback.trial.moments import PROFIT, ArmMoments, arm_moments, profit, stack_arms
from winback.uncertainty import max_t_quantile, normal_quantile

N_TRIALS, PART, SEED = 10_000, 200, 20160301
# the control is last; values are gamma of shape 4, so that trials of this size try the critical value alone
N = np.array([600, 900, 1_500, 2_400, 500])
RETURN = np.array([0.6, 0.5, 0.4, 0.3, 0.3])
SCALE = np.array([100.0, 250.0, 50.0, 150.0, 150.0])
MEAN = 4 * SCALE * RETURN
VARIANCE = 20 * SCALE**2 * RETURN - MEAN**2  # of one customer's value
FIRST, SECOND = np.triu_indices(4, 1)
CONTRASTS = {
    "each arm": np.eye(5)[:4],
    "each arm over the control": np.eye(5)[:4] - np.eye(5)[4],
    "all pairs": np.eye(5)[FIRST] - np.eye(5)[SECOND],
}


def critical_value(variance, contrast):
    """Return the critical value that a comparison uses, given the variances of one customer's value."""
    covariance = np.zeros((5, 3, 3))
    covariance[:, 1, 1] = variance
    offered = ArmMoments(N[:4], np.zeros((4, 3)), covariance[:4])
    control = ArmMoments(N[4:], np.zeros((1, 3)), covariance[4:])
    return max_t_quantile(joint_errors(offered, PROFIT, control) @ contrast.T)


@cache
def simulated():
    """Return estimates of the mean values and their variances, each (trials, 5)."""
    rng, parts = np.random.default_rng(SEED), []
    for _ in range(N_TRIALS // PART):
        arms = []
        for n, chance, scale in zip(N, RETURN, SCALE, strict=True):
            value = (rng.random((PART, n)) < chance) * scale * rng.standard_gamma(4.0, (PART, n))
            arms.append(arm_moments(value > 0, value, np.zeros((PART, n))))
        parts.append(profit(stack_arms(arms)))
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


def intervals(contrast, critical):
    estimate, variance = simulated()
    margin = critical * np.sqrt(variance @ (contrast**2).T)
    return estimate @ contrast.T - margin, estimate @ contrast.T + margin


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTRASTS)
def test_all_of_them_hold_95_percent_of_the_time(name):
    contrast = CONTRASTS[name]
    assert_covers(*intervals(contrast, critical_value(VARIANCE, contrast)), contrast @ MEAN)


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTRASTS)
def test_intervals_made_for_one_do_not_hold_together(name):
    contrast = CONTRASTS[name]
    assert shortfall(coverage(intervals(contrast, normal_quantile()), contrast @ MEAN)) > 10


@pytest.mark.slow
def test_taking_the_shared_control_for_independent_would_be_too_cautious():
    contrast = CONTRASTS["each arm over the control"]
    sidak = normal_quantile(0.95 ** (1 / 4))
    assert shortfall(coverage(intervals(contrast, sidak), contrast @ MEAN)) < -3


@pytest.mark.slow
@pytest.mark.parametrize("name", CONTRASTS)
def test_the_critical_value_of_estimated_variances_is_that_of_the_true_ones(name):
    """A difference of .03 would move joint coverage by a third of a point."""
    contrast, variances = CONTRASTS[name], simulated()[1][:200] * N
    estimated = np.array([critical_value(each, contrast) for each in variances])
    assert np.abs(estimated - critical_value(VARIANCE, contrast)).max() < 0.03
