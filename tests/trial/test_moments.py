"""Are an arm's figures and their standard errors right? Second implementations from the customers themselves."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from winback.skewness import skewed_interval, studentised_quantile
from winback.trial.moments import (
    COST,
    PROFIT,
    RETURNED,
    VALUE,
    ArmMoments,
    arm_moments,
    break_even_organic,
    pooled,
    profit,
    profit_and_roi_at,
    return_on_investment,
    skew_length,
    stack_arms,
    value_per_returned,
)

Z = stats.norm.ppf(0.975)
N, N_CONTROL = 400, 150


def customers(seed, n=N, acceptance=0.4):
    """Draw one arm: returned, value, cost; the cost varies among those who returned."""
    rng = np.random.default_rng(seed)
    returned = rng.random(n) < acceptance
    months = rng.exponential(12, n)
    return returned, returned * months * rng.gamma(4, 10, n), 2 + 20.0 * returned * np.minimum(months, 6)


def untreated(seed):
    returned, value, _ = customers(seed, N_CONTROL, 0.1)
    return returned, value, np.zeros(N_CONTROL)


def influence(statistic, arm):
    """Return what each customer adds to a function of the arm's three means, by numeric derivatives."""
    data = np.column_stack(arm).astype(float)
    mean, steps = data.mean(axis=0), np.diag(1e-5 * data.mean(axis=0))
    slope = [(statistic(*(mean + step)) - statistic(*(mean - step))) / (2 * step.sum()) for step in steps]
    return data @ slope


def delta_std_error(statistic, arm):
    """Return the std error of a function of the arm's three means."""
    return stats.sem(influence(statistic, arm))


def scale(*groups):
    """Return third moment over variance within groups, over all their customers."""
    return sum(len(x) * stats.moment(x, 3) for x in groups) / sum(len(x) * np.var(x, ddof=1) for x in groups)


def skewed_ends(arm):
    """Return how many standard errors from zero both ends of the interval of an arm's mean lie, from its customers."""
    return studentised_quantile([Z, -Z], scale(arm) / len(arm) / stats.sem(arm))


def test_mean_and_covariance_are_those_of_numpy():
    arm, moments = customers(1), arm_moments(*customers(1))
    assert moments.n.tolist() == [N]
    assert np.allclose(moments.mean[0], np.mean(arm, axis=1), rtol=1e-13)
    assert np.allclose(moments.covariance[0], np.cov(np.array(arm, dtype=float)), rtol=1e-12)


@pytest.mark.parametrize("weights", [VALUE, COST, PROFIT, np.array([1.0, -2, 3])])
def test_the_skew_scale_is_that_of_each_customers_own_combination(weights):
    own = weights @ np.array(customers(2), dtype=float)
    assert arm_moments(*customers(2)).skew_scale(weights)[0] == pytest.approx(scale(own), rel=1e-10)


def test_pooled_groups_have_the_moments_of_all_customers_within_their_groups():
    (_, value, cost), (_, organic, _) = customers(4), untreated(5)
    pool = pooled(arm_moments(*customers(4)), arm_moments(*untreated(5)))
    assert pool.n.tolist() == [N + N_CONTROL]
    assert pool.skew_scale(PROFIT)[0] == pytest.approx(scale(value - cost, organic), rel=1e-10)


def test_figures_without_third_moments_have_the_intervals_of_normal_ones():
    arm = arm_moments(*customers(6))
    unknown = ArmMoments(arm.n, arm.mean, arm.covariance)
    assert skew_length(pooled(unknown), PROFIT, unknown).tolist() == [0.0]


def test_groups_of_one_size_and_one_return_cancel_their_skewness():
    arm = arm_moments(*customers(6))
    assert skew_length(pooled(arm, arm), PROFIT, arm, arm).tolist() == [0.0]


def test_trials_side_by_side_are_trials_one_by_one():
    together = arm_moments(*np.stack([customers(seed) for seed in range(3)], axis=1))
    one_by_one = [arm_moments(*customers(seed)) for seed in range(3)]
    assert np.allclose(together.mean, [arm.mean for arm in one_by_one], rtol=1e-13)
    assert np.allclose(together.covariance, [arm.covariance for arm in one_by_one], rtol=1e-12)
    assert np.allclose(together.third, [arm.third for arm in one_by_one], rtol=1e-12)


def test_stacked_arms_keep_their_order_and_are_found_again():
    arms = [arm_moments(*customers(seed, n=100 * (seed + 1))) for seed in range(3)]
    stacked = stack_arms(arms)
    assert stacked.n.tolist() == [100, 200, 300]
    assert np.array_equal(stacked.mean[1], arms[1].mean[0])
    assert np.array_equal(stacked.covariance[2], arms[2].covariance[0])


@pytest.mark.parametrize("n_returned", [0, 1, 7, 3_333, 9_999])
def test_the_number_of_returned_survives_the_mean(n_returned):
    returned = np.arange(10_000) < n_returned
    assert arm_moments(returned, returned, returned).n_returned.tolist() == [n_returned]


@pytest.mark.parametrize("weights", [RETURNED, VALUE, COST, PROFIT, np.array([1.0, -2, 3])])
def test_a_combination_is_the_mean_of_each_customers_own(weights):
    own = weights @ np.array(customers(2), dtype=float)
    estimate, variance = arm_moments(*customers(2)).combine(weights)
    assert (estimate[0], variance[0]) == pytest.approx((own.mean(), stats.sem(own) ** 2), rel=1e-10)


def test_gross_profit_is_the_mean_of_value_minus_cost():
    _, value, cost = customers(3)
    estimate, variance = profit(arm_moments(*customers(3)))
    assert (estimate[0], variance[0] ** 0.5) == pytest.approx(
        (np.mean(value - cost), stats.sem(value - cost)), rel=1e-10
    )


def test_incremental_profit_is_the_difference_of_means_with_welchs_error():
    (_, value, cost), (_, organic, _) = customers(4), untreated(5)
    estimate, variance = profit(arm_moments(*customers(4)), arm_moments(*untreated(5)))
    welch = stats.ttest_ind(value - cost, organic, equal_var=False).statistic
    assert estimate[0] == pytest.approx(np.mean(value - cost) - organic.mean(), rel=1e-12)
    assert estimate[0] / variance[0] ** 0.5 == pytest.approx(welch, rel=1e-10)


def test_incremental_profit_is_the_slope_of_a_regression_with_hc2_errors():
    (_, value, cost), (_, organic, _) = customers(4), untreated(5)
    offered = sm.add_constant(np.repeat([1.0, 0.0], [N, N_CONTROL]))
    fitted = sm.OLS(np.append(value - cost, organic), offered).fit(cov_type="HC2")
    estimate, variance = profit(arm_moments(*customers(4)), arm_moments(*untreated(5)))
    assert (estimate[0], variance[0] ** 0.5) == pytest.approx((fitted.params[1], fitted.bse[1]), rel=1e-10)


def test_at_an_end_of_the_gross_roi_profit_minus_roi_times_cost_is_z_errors_from_zero():
    _, value, cost = customers(6)
    roi = return_on_investment(arm_moments(*customers(6)))
    left = [value - cost - end * cost for end in (roi.low[0], roi.high[0])]
    assert roi.ratio[0] == pytest.approx(value.sum() / cost.sum() - 1, rel=1e-12)
    for place, each in enumerate(left):
        assert stats.ttest_1samp(each, 0).statistic == pytest.approx(skewed_ends(each)[place], rel=1e-9)


def test_at_an_end_of_the_incremental_roi_the_same_holds_against_the_untreated():
    (_, value, cost), (_, organic, _) = customers(6), untreated(7)
    roi = return_on_investment(arm_moments(*customers(6)), arm_moments(*untreated(7)))
    assert roi.ratio[0] == pytest.approx((np.mean(value - cost) - organic.mean()) / cost.mean(), rel=1e-12)
    back, back_untreated = customers(6)[0].sum(), untreated(7)[0].sum()
    shares = (back / N**2, back_untreated / N_CONTROL**2)
    for end, side in ((roi.low[0], Z), (roi.high[0], -Z)):
        left = value - cost - end * cost
        length = scale(left, organic) * (shares[0] / N - shares[1] / N_CONTROL) / sum(shares)
        error = np.hypot(stats.sem(left), stats.sem(organic))
        distance = stats.ttest_ind(left, organic, equal_var=False).statistic
        assert distance == pytest.approx(studentised_quantile(side, length / error), rel=1e-9)


def test_an_arm_without_cost_has_no_roi():
    roi = return_on_investment(arm_moments(*untreated(8)))
    assert np.isnan(roi.ratio).all()
    assert not roi.bounded.any()


def test_value_per_returned_is_the_mean_of_the_returned_with_the_error_of_their_regression_on_a_constant():
    """HC0 divides by the number of customers, the moments by one less."""
    returned, value, _ = customers(9)
    fitted = sm.OLS(value[returned], np.ones(returned.sum())).fit(cov_type="HC0")
    estimate, std_error, _ = value_per_returned(arm_moments(*customers(9)))
    expected = (fitted.params[0], fitted.bse[0] * np.sqrt(N / (N - 1)))
    assert (estimate[0], std_error[0]) == pytest.approx(expected, rel=1e-10)


def test_where_nobody_returned_there_is_no_value_per_returned():
    nobody = arm_moments(np.zeros(10), np.zeros(10), np.ones(10))
    assert np.isnan(value_per_returned(nobody)[:2]).all()
    assert np.isnan(break_even_organic(nobody)[:2]).all()


def test_returned_customers_of_one_value_have_a_value_per_returned_without_error():
    returned = np.arange(400) < 2
    _, std_error, _ = value_per_returned(arm_moments(returned, 5.0 * returned, 10.0 * returned + 1))
    assert std_error[0] == pytest.approx(0, abs=1e-6)


def test_of_one_returned_customer_no_error_is_known():
    returned = np.arange(400) < 1
    value, std_error, _ = value_per_returned(arm_moments(returned, 5.0 * returned, 10.0 * returned + 1))
    assert value[0] == pytest.approx(5)
    assert np.isnan(std_error[0])


@pytest.mark.parametrize("organic_value", [None, 300.0])
def test_break_even_organic_has_the_error_of_the_delta_method(organic_value):
    def break_even(back, value, cost):
        return (value - cost) / (value / back if organic_value is None else organic_value)

    arm = customers(10)
    estimate, std_error, _ = break_even_organic(arm_moments(*arm), organic_value)
    expected = break_even(*np.mean(arm, axis=1)), delta_std_error(break_even, arm)
    assert (estimate[0], std_error[0]) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("organic_value", [None, 300.0])
@pytest.mark.parametrize("organic", [0.0, 0.06, 0.5])
def test_profit_at_an_assumed_organic_return_has_the_error_of_the_delta_method(organic, organic_value):
    def incremental(back, value, cost):
        return value - cost - organic * (value / back if organic_value is None else organic_value)

    arm = customers(11)
    estimate, low, high, _ = profit_and_roi_at(arm_moments(*arm), organic, organic_value)
    assert estimate[0] == pytest.approx(incremental(*np.mean(arm, axis=1)), rel=1e-10)
    own = influence(incremental, arm)
    assert (estimate[0] - [low[0], high[0]]) / stats.sem(own) == pytest.approx(skewed_ends(own), rel=1e-6)


@pytest.mark.parametrize("organic_value", [None, 300.0])
def test_at_an_end_of_the_assumed_roi_profit_minus_roi_times_cost_is_z_errors_from_zero(organic_value):
    arm, organic = customers(12), 0.06
    *_, roi = profit_and_roi_at(arm_moments(*arm), organic, organic_value)
    for place, end in enumerate((roi.low[0], roi.high[0])):

        def left(back, value, cost, end=end):
            return value - cost - organic * (value / back if organic_value is None else organic_value) - end * cost

        own = influence(left, arm)
        assert left(*np.mean(arm, axis=1)) / stats.sem(own) == pytest.approx(skewed_ends(own)[place], rel=1e-5)


def test_at_the_break_even_organic_return_nothing_is_earned():
    arm = arm_moments(*customers(13))
    organic = float(break_even_organic(arm)[0][0])
    assert profit_and_roi_at(arm, organic, None)[0][0] == pytest.approx(0, abs=1e-10)


def test_no_organic_return_leaves_the_gross_figures():
    arm = arm_moments(*customers(14))
    estimate, low, high, roi = profit_and_roi_at(arm, 0.0, None)
    ends = skewed_interval(estimate, np.sqrt(profit(arm)[1]), skew_length(arm, PROFIT, arm), Z)
    assert np.allclose((low, high), ends, rtol=1e-12)
    assert (estimate[0], roi.low[0]) == pytest.approx((profit(arm)[0][0], return_on_investment(arm).low[0]), rel=1e-12)


def test_more_confidence_gives_wider_intervals():
    arm = arm_moments(*customers(15))
    rois = [return_on_investment(arm, level=level) for level in (0.5, 0.8, 0.95, 0.99)]
    widths = [np.ptp([roi.low, roi.high]) for roi in rois]
    assert (np.diff(widths) > 0).all()


def test_figures_of_a_published_table_need_no_customers():
    """Hillstrom, Mens E-Mail: spend 1.422617 (sd 17.7542) of 21,307 customers; half is margin, $.10 a contact."""
    spend = np.diag([0.0, 0.25 * 17.7542**2, 0.0])[None]
    arm = ArmMoments(np.array([21_307]), np.array([[0.012531, 0.5 * 1.422617, 0.10]]), spend)
    none = ArmMoments(np.array([21_306]), np.array([[0.005726, 0.5 * 0.652789, 0.0]]), spend * (11.5882 / 17.7542) ** 2)
    roi = return_on_investment(arm, none)
    assert (profit(arm, none)[0][0], profit(arm, none)[1][0] ** 0.5) == pytest.approx((0.2849, 0.0726), abs=5e-5)
    assert (roi.ratio[0], roi.low[0], roi.high[0]) == pytest.approx((2.85, 1.43, 4.27), abs=5e-3)
