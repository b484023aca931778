"""Is what is left once covariates are allowed for right, and as sure as it says? Statsmodels, laws, coverage."""

import households as hh
import numpy as np
import pytest
import statsmodels.api as sm
from adjustable_trials import drawn, over_the_last
from coverage_harness import assert_covers
from hypothesis import given
from hypothesis import strategies as st

from winback.trial import moments as m
from winback.trial.adjusted import regression_adjusted
from winback.trial.group_moments import clustered_moments


def lin(outcome, groups, matrix, **robust):
    """Fit groups, centred covariates and their products, as Lin (2013) does, by statsmodels."""
    arms = (groups[:, None] == np.arange(groups.max() + 1)).astype(float)
    products = [arms[:, [place]] * (matrix - matrix.mean(axis=0)) for place in range(arms.shape[1])]
    return sm.OLS(outcome, np.column_stack([arms, *products])).fit(**robust)


def test_adjusted_means_and_their_errors_are_those_of_lins_regression(rng):
    triple, groups, matrix = drawn(rng, (60, 40, 25), 3, "money")
    every, k = regression_adjusted(triple, groups, matrix), 3
    for weights in (m.PROFIT, m.RETURNED):
        fit = lin(triple @ weights, groups, matrix, cov_type="HC2")
        assert every.combine(weights)[0] == pytest.approx(fit.params[:k], rel=1e-10)
        assert every.own.joint(weights) == pytest.approx(fit.cov_params()[:k, :k], rel=1e-10, abs=1e-12)
        # on top: who the customers of the trial happen to be, and how that goes with what is left of them
        told = (matrix - matrix.mean(axis=0)) @ fit.params[k:].reshape(k, -1).T
        n = len(groups)
        left = np.linalg.pinv(fit.model.exog)[:k].T * (fit.resid / np.sqrt(1 - leverage(fit)))[:, None]
        crossed = left.T @ told / n * np.sqrt(n / (n - 1))
        expected = fit.cov_params()[:k, :k] + np.cov(told.T) / n + crossed + crossed.T
        assert every.joint(weights) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def leverage(fit):
    return np.einsum("ij,ji->i", fit.model.exog, np.linalg.pinv(fit.model.exog))


def test_errors_of_households_are_statsmodels_cluster_robust_ones(rng):
    triple, groups, households = hh.customers(rng, 3_000, 4)
    matrix = np.column_stack([rng.normal(size=3_000)[households], rng.normal(size=len(groups))])
    triple[:, 1] += 20 * matrix[:, 0] - 5 * matrix[:, 1]
    every = regression_adjusted(triple, groups, matrix, households)
    fit = lin(triple @ m.PROFIT, groups, matrix, cov_type="cluster", cov_kwds={"groups": households})
    assert every.combine(m.PROFIT)[0] == pytest.approx(fit.params[:2], rel=1e-10)
    assert every.own.joint(m.PROFIT) == pytest.approx(fit.cov_params()[:2, :2], rel=3e-3, abs=1e-8)


@pytest.mark.parametrize("columns", [np.empty((300, 0)), np.full((300, 2), 7.0)], ids=["none", "constant"])
def test_with_nothing_to_allow_for_the_moments_are_the_plain_ones(rng, columns):
    triple, groups, households = hh.customers(rng, 100, 3, shares=(0.5, 0.3, 0.2))
    adjusted = regression_adjusted(triple, groups, columns)
    plain = m.stack_arms([m.arm_moments(*triple[groups == place].T) for place in range(3)])
    for name in ("n", "mean", "covariance", "third", "n_returned"):
        assert getattr(adjusted, name) == pytest.approx(getattr(plain, name), rel=1e-10, abs=1e-12), name
        assert getattr(adjusted.own, name) == pytest.approx(getattr(plain, name), rel=1e-10, abs=1e-12), name
    assert adjusted.joint(m.PROFIT) == pytest.approx(plain.joint(m.PROFIT), rel=1e-10, abs=1e-14)
    clustered = clustered_moments(triple, groups, households)
    adjusted = regression_adjusted(triple, groups, columns, households)
    for name in ("mean", "covariance", "third", "beside", "n_independent"):
        assert getattr(adjusted, name) == pytest.approx(getattr(clustered, name), rel=1e-9, abs=1e-12), name


@given(st.integers(0, 10_000))
def test_order_units_and_turns_of_what_was_known_change_nothing(seed):
    rng = np.random.default_rng(seed)
    triple, groups, matrix = drawn(rng, (30, 20), 2, "money")
    expected = over_the_last(regression_adjusted(triple, groups, matrix))
    order = rng.permutation(50)
    turned = matrix @ np.array([[2.0, 1.0, 3.0], [-1.0, 5.0, 4.0]]) + 9.0  # one column more, a sum of the others
    for same in (
        regression_adjusted(triple[order], groups[order], matrix[order]),
        regression_adjusted(triple, groups, turned),
    ):
        assert over_the_last(same) == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_what_covariates_tell_wholly_is_known_without_error(rng):
    _, groups, matrix = drawn(rng, (30, 20), 2)
    value = 5 * (groups == 0) + matrix @ [3.0, -2.0]
    every = regression_adjusted(np.column_stack([value * 0, value, value * 0]), groups, matrix)
    estimate, error, *_ = over_the_last(every)
    assert estimate == pytest.approx(5, abs=1e-10)
    assert error < 1e-6
    gross = every.variance(m.PROFIT)  # of an expected value: other customers could have been in the trial
    assert gross == pytest.approx(np.var(matrix @ [3.0, -2.0], ddof=1) / 50, rel=1e-9)


def test_allowing_for_a_label_weighs_its_groups_as_all_customers_have_it(rng):
    triple, groups, _ = drawn(rng, (60, 40), 1)
    label = rng.integers(0, 4, 100)
    every = regression_adjusted(triple, groups, (label[:, None] == np.arange(4)).astype(float))
    share = np.bincount(label) / 100
    for place in range(2):
        by_label = [triple[(groups == place) & (label == one), 1].mean() for one in range(4)]
        assert every.mean[place, 1] == pytest.approx(share @ by_label, rel=1e-10)


def test_a_label_of_one_customer_takes_nothing_and_makes_nothing_endless(rng):
    triple, groups, _ = drawn(rng, (40, 12), 1)
    alone = (np.arange(52) == np.flatnonzero(groups == 1)[0])[:, None].astype(float)
    every = regression_adjusted(triple, groups, np.column_stack([alone, 1 - alone]))
    others = triple[(groups == 1) & (alone[:, 0] == 0), 1]
    own = triple[alone[:, 0] == 1, 1][0]
    assert every.mean[1, 1] == pytest.approx((51 * others.mean() + own) / 52, rel=1e-10)
    assert every.mean[0, 1] == pytest.approx(triple[groups == 0, 1].mean(), rel=1e-10)
    assert np.isfinite(every.covariance).all()


def test_a_difference_gets_narrower_by_what_is_explained_and_gross_figures_do_not(rng):
    triple, groups, matrix = drawn(rng, (20_000, 20_000), 1)
    plain = m.stack_arms([m.arm_moments(*triple[groups == place].T) for place in range(2)])
    explained = np.corrcoef(triple[:, 1], matrix[:, 0])[0, 1] ** 2
    narrow = over_the_last(regression_adjusted(triple, groups, matrix))[1] / over_the_last(plain)[1]
    assert narrow == pytest.approx(np.sqrt(1 - explained), rel=0.01)
    whole = regression_adjusted(triple, np.zeros(40_000, dtype=int), matrix)  # one group is all customers
    assert whole.variance(m.VALUE) == pytest.approx(triple[:, 1].var(ddof=1) / 40_000, rel=1e-3)
    assert whole.mean[0, 1] == pytest.approx(triple[:, 1].mean(), rel=1e-10)


def test_a_column_that_tells_nothing_moves_the_figure_by_little(rng):
    triple, groups, _ = drawn(rng, (2_000, 1_000), 1, "money")
    plain = m.stack_arms([m.arm_moments(*triple[groups == place].T) for place in range(2)])
    estimate, error, *_ = over_the_last(plain)
    adjusted = over_the_last(regression_adjusted(triple, groups, rng.normal(size=(3_000, 1))))
    assert adjusted[0] == pytest.approx(estimate, abs=0.2 * error)
    assert adjusted[1] == pytest.approx(error, rel=0.01)


def test_a_difference_leans_as_what_is_left_does_and_a_gross_figure_as_all_of_it():
    rng = np.random.default_rng(7)
    every = regression_adjusted(*drawn(rng, (9_000, 1_000), 1, "skewed covariate"))
    pool, offered, control = m.pooled(every), every.arm(0), every.arm(1)
    plain = m.skew_length(m.pooled(replaced(every)), m.VALUE, offered, control)
    assert abs(m.skew_length(pool, m.VALUE, offered, control)[0]) < 0.1 * abs(plain[0])
    assert m.skew_length(pool, m.VALUE, every)[0] > 1 / 9_000  # the covariate's skewness is in who was drawn


def replaced(every):
    return m.ArmMoments(every.n, every.mean, every.covariance, third=every.third)


def test_moments_stack_and_part_with_what_is_left_in_them(rng):
    every = regression_adjusted(*drawn(rng, (50, 40, 30), 2, "money"))
    both = m.stack_arms([every.arm(2), every.arm(0)])
    assert both.joint(m.PROFIT) == pytest.approx(every.joint(m.PROFIT)[np.ix_([2, 0], [2, 0])])
    assert both.own.covariance == pytest.approx(every.own.covariance[[2, 0]])
    assert both.n_returned.tolist() == every.n_returned[[2, 0]].tolist()
    assert m.pooled(both).apart.skew_scale(m.PROFIT) == pytest.approx(m.pooled(both.own).skew_scale(m.PROFIT))


def ends(draws, sizes, n_columns, kind, seed=20160301):
    rng = np.random.default_rng(seed)
    found = [over_the_last(regression_adjusted(*drawn(rng, sizes, n_columns, kind)))[2:] for _ in range(draws)]
    return np.array(found).T


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "n_columns", "kind"), [((50, 50), 4, "even"), ((450, 50), 4, "money")])
def test_intervals_of_adjusted_differences_hold_as_often_as_they_say(sizes, n_columns, kind):
    assert_covers(*ends(1_000, sizes, n_columns, kind), 0.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sizes", "n_columns", "kind"),
    [
        ((100, 100), 9, "even"),
        ((1_000, 100), 4, "even"),
        ((900, 100), 4, "money"),
        ((1_000, 1_000), 2, "skewed covariate"),
    ],
)
def test_intervals_hold_with_many_columns_small_groups_and_skewed_money(sizes, n_columns, kind):
    assert_covers(*ends(4_000, sizes, n_columns, kind), 0.0)


@pytest.mark.slow
def test_where_what_is_left_is_skewed_and_groups_are_uneven_no_side_misses_too_often():
    low, high = ends(4_000, (900, 100), 2, "skewed noise")
    most = 0.025 + 3 * np.sqrt(0.025 * 0.975 / 4_000)
    assert max((low > 0).mean(), (high < 0).mean()) < most  # it may hold a little too often


@pytest.mark.slow
@pytest.mark.parametrize("whole", [True, False])
def test_intervals_of_households_hold_as_often_as_they_say(whole):
    rng, found = np.random.default_rng(20160301), []
    for _ in range(2_000):
        triple, groups, households = hh.customers(rng, 300, 4, whole=whole)
        income, age = rng.normal(size=300)[households], rng.normal(size=len(groups))
        triple[:, 1] += 15 * income + 5 * age + 8 * rng.normal(size=300)[households]
        every = regression_adjusted(triple, groups, np.column_stack([income, age]), households)
        found.append(over_the_last(every)[2:])
    assert_covers(*np.array(found).T, -hh.CONTACT)
