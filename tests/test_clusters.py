"""Are means of customers who belong together as sure as they look? Against statsmodels, and laws."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from winback.clusters import cluster_codes, covariance_of_means, drawn_whole, error_of_mean, part_of, sums_within
from winback.skewness import skewed_mean
from winback.uncertainty import mean_interval


def drawn(rng, n=200, n_clusters=40):
    return rng.gamma(1.0, 30.0, (n, 3)), rng.integers(0, n_clusters, n)


def test_the_error_of_a_mean_is_statsmodels_cluster_robust_one(rng):
    values, clusters = drawn(rng)
    for column, found in zip(values.T, error_of_mean(values, clusters), strict=True):
        fit = sm.OLS(column, np.ones(len(column))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
        assert found == pytest.approx(fit.bse[0], rel=1e-10)


def test_the_covariance_of_means_has_the_errors_on_its_diagonal_and_is_statsmodels_for_a_difference(rng):
    values, clusters = drawn(rng)
    covariance = covariance_of_means(values, clusters)
    assert np.sqrt(np.diag(covariance)) == pytest.approx(error_of_mean(values, clusters), rel=1e-12)
    gap = values[:, 0] - values[:, 1]
    fit = sm.OLS(gap, np.ones(len(gap))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert np.sqrt([1, -1, 0] @ covariance @ [1, -1, 0]) == pytest.approx(fit.bse[0], rel=1e-10)


def test_everybody_on_their_own_is_as_without_clusters(rng):
    values, _ = drawn(rng)
    alone = rng.permutation(len(values))
    assert error_of_mean(values, alone) == pytest.approx(error_of_mean(values), rel=1e-12)
    assert covariance_of_means(values, alone) == pytest.approx(covariance_of_means(values), rel=1e-12)


@given(st.integers(2, 5), st.integers(0, 2**31))
def test_copies_of_everybody_tell_no_more(copies, seed):
    values, _ = drawn(np.random.default_rng(seed), n=30)
    again, own = np.tile(values, (copies, 1)), np.tile(np.arange(30), copies)
    assert error_of_mean(again, own) == pytest.approx(error_of_mean(values), rel=1e-9)


def test_intervals_of_means_take_clusters(rng):
    values, clusters = drawn(rng)
    mean, error, low, high = mean_interval(values, 0.9, clusters)
    assert error == pytest.approx(error_of_mean(values, clusters))
    assert (high - low) / 2 / error == pytest.approx(1.6449, abs=1e-4)
    assert skewed_mean(values, 0.0, 0.9, clusters)[2] == pytest.approx(low)
    assert mean == pytest.approx(values.mean(axis=0))


def test_sums_are_those_of_pandas(rng):
    values, clusters = drawn(rng)
    assert sums_within(values, clusters) == pytest.approx(pd.DataFrame(values).groupby(clusters).sum().to_numpy())


def test_customers_without_a_cluster_stand_for_themselves():
    codes = cluster_codes(pd.Series(["A", None, "A", np.nan, "B"]))
    assert codes.tolist() == [0, 2, 0, 3, 1]


def test_a_cluster_is_drawn_whole_where_all_its_customers_are_in_one_group():
    clusters = np.array([0, 0, 1, 1, 2])
    assert drawn_whole(clusters, np.array([0, 0, 1, 1, 1]))
    assert not drawn_whole(clusters, np.array([0, 1, 1, 1, 1]))


def test_parts_keep_their_clusters():
    assert part_of(None, np.array([0])) is None
    assert part_of(np.array([5, 6, 6]), np.array([False, True, True])).tolist() == [6, 6]
