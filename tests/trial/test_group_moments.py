"""Are figures of customers who belong together as sure as they look? Against statsmodels, laws, and coverage."""

import households as hh
import numpy as np
import pytest
import statsmodels.api as sm
from coverage_harness import assert_covers, coverage

from winback.skewness import skewed_interval
from winback.trial import moments as m
from winback.trial.group_moments import clustered_moments
from winback.uncertainty import normal_quantile


def incremental(triple, groups, clusters):
    """Return profit of the letter over no letter, its standard error, low and high."""
    every = clustered_moments(triple, groups, clusters)
    offered, control = every.arm(0), every.arm(len(every.n) - 1)
    estimate, variance = m.profit(offered, control)
    length = m.skew_length(m.pooled(offered, control), m.PROFIT, offered, control)
    ends = skewed_interval(estimate, np.sqrt(variance), length, normal_quantile())
    return tuple(float(figure[0]) for figure in (estimate, np.sqrt(variance), *ends))


def robust(outcome, groups, clusters):
    """Return statsmodels' cluster-robust covariance of the groups' means, without its small-sample factor."""
    arms = (groups[:, None] == np.arange(groups.max() + 1)).astype(float)
    robust = {"groups": clusters, "use_correction": False}
    return sm.OLS(outcome, arms).fit(cov_type="cluster", cov_kwds=robust).cov_params()


@pytest.mark.parametrize("whole", [True, False])
def test_variances_and_covariances_are_statsmodels_cluster_robust_ones(rng, whole):
    triple, groups, clusters = hh.customers(rng, 150, 4, shares=(0.5, 0.3, 0.2), whole=whole)
    every = clustered_moments(triple, groups, clusters)
    n_clusters = np.array([len(np.unique(clusters[groups == place])) for place in range(3)])
    factor = np.sqrt(n_clusters / (n_clusters - 1))
    expected = robust(triple @ m.PROFIT, groups, clusters) * np.outer(factor, factor)
    assert every.joint(m.PROFIT) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert every.variance(m.PROFIT) == pytest.approx(np.diag(expected), rel=1e-10)
    assert np.abs(every.joint(m.PROFIT)[0, 1]) < 1e-12 if whole else every.joint(m.PROFIT)[0, 1] > 0


def test_a_difference_of_customers_of_one_household_is_as_sure_as_statsmodels_says(rng):
    triple, groups, clusters = hh.customers(rng, 3_000, 4, whole=False)
    outcome = triple @ m.VALUE - np.where(groups == 0, hh.CONTACT, 0.0)
    fit = sm.OLS(outcome, sm.add_constant((groups == 0).astype(float)))
    expected = fit.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    estimate, error, *_ = incremental(triple, groups, clusters)
    assert estimate == pytest.approx(expected.params[1], rel=1e-10)
    assert error == pytest.approx(expected.bse[1], rel=2e-3)  # its factor is of all households, ours of each group's


def test_everybody_on_their_own_is_as_without_clusters(rng):
    triple, groups, _ = hh.customers(rng, 300, 1)
    every = clustered_moments(triple, groups, rng.permutation(300))
    for place in range(2):
        alone, own = m.arm_moments(*triple[groups == place].T), every.arm(place)
        for name in ("n", "mean", "covariance", "third"):
            assert getattr(own, name) == pytest.approx(getattr(alone, name), rel=1e-9, abs=1e-9), name
        assert own.n_independent == pytest.approx(alone.n_independent, rel=1e-9)


def test_everybody_twice_tells_no_more_than_once(rng):
    triple, groups, clusters = hh.customers(rng, 200, 3)
    twice = (np.tile(triple, (2, 1)), np.tile(groups, 2), np.tile(clusters, 2))
    assert incremental(*twice) == pytest.approx(incremental(triple, groups, clusters), rel=1e-9)


def test_stacked_arms_keep_what_they_share(rng):
    every = clustered_moments(*hh.customers(rng, 200, 3, shares=(0.4, 0.3, 0.3), whole=False))
    both = m.stack_arms([every.arm(2), every.arm(0)])
    joint = every.joint(m.PROFIT)
    assert both.joint(m.PROFIT) == pytest.approx(joint[np.ix_([2, 0], [2, 0])])
    assert every.arm(0).joint(m.PROFIT, every.arm(2), m.VALUE).shape == (1, 1)
    plain = m.arm_moments([True, False], [3.0, 0.0], [0.0, 0.0])
    assert plain.joint(m.PROFIT, plain, m.VALUE).tolist() == [[0.0]]  # independent, unless told otherwise


def test_a_group_of_one_cluster_is_refused(rng):
    triple, groups, clusters = hh.customers(rng, 40, 3)
    with pytest.raises(ValueError, match="one cluster only"):
        clustered_moments(triple, groups, np.where(groups == 1, -1, clusters))


def ends(seed, draws, size, whole):
    """Return the intervals by household, and as if customers were independent, of an offer that gains nothing."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        triple, groups, clusters = hh.customers(rng, 1_600 // size, size, whole=whole)
        alone = np.arange(len(groups))
        found.append((*incremental(triple, groups, clusters)[2:], *incremental(triple, groups, alone)[2:]))
    return np.array(found).T


@pytest.mark.slow
@pytest.mark.parametrize(("size", "whole"), [(4, True), (10, True), (4, False)])
def test_intervals_by_household_hold_as_often_as_they_say(size, whole):
    low, high, *alone = ends(20160301, 1_500, size, whole)
    assert_covers(low, high, -hh.CONTACT)
    if whole:  # the fault that was found: as if independent, they do not
        assert coverage(alone, -hh.CONTACT).share < 0.95 - 4 * np.sqrt(0.95 * 0.05 / 1_500)
