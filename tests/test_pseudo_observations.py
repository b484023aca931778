"""Do pseudo-observations undo censoring, one customer at a time?"""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from coverage_harness import assert_covers
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from scipy import stats
from scipy.integrate import quad

from winback.discounting import discounted_months
from winback.pseudo_observations import longest_supported_horizon, pseudo_months
from winback.uncertainty import normal_interval

HORIZON = 24.0


def second_lives(n, seed, ties=False):
    """Draw months seen and whether they ended: log-normal tenure, cut off after 6 to 36 months."""
    rng = np.random.default_rng(seed)
    tenure, followed = rng.lognormal(2.5, 0.75, n), rng.uniform(6, 36, n)
    if ties:
        tenure, followed = np.ceil(tenure), np.ceil(followed)
    return np.minimum(tenure, followed), tenure <= followed


def restricted_mean(months, ended, weights, horizon=HORIZON):
    """Area under the weighted Kaplan-Meier curve, from its definition."""
    area, survival, previous = 0.0, 1.0, 0.0
    for time in np.unique(months[ended & (months < horizon)]):
        area += survival * (time - previous)
        survival *= 1 - weights[ended & (months == time)].sum() / weights[months >= time].sum()
        previous = time
    return area + survival * (horizon - previous)


def kaplan_meier(months, ended):
    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        return KaplanMeierFitter().fit(months, ended)


def jackknife(months, ended):
    """Return n theta - (n - 1) theta without customer i: pseudo-observations as first defined."""
    n, ones = len(months), np.ones(len(months))
    without = [restricted_mean(*(np.delete(each, i) for each in (months, ended, ones))) for i in range(n)]
    return n * restricted_mean(months, ended, ones) - (n - 1) * np.array(without)


lives = st.tuples(st.integers(2, 60), st.integers(0, 2**32 - 1), st.booleans()).map(
    lambda x: tuple(np.append(each, last) for each, last in zip(second_lives(*x), (40.0, False), strict=True))
)  # one customer more, still here after 40 months: every horizon up to there is supported


@pytest.mark.parametrize("rate", [0.0, 0.1])
def test_without_censoring_before_the_horizon_each_is_the_customers_own_months(rate):
    months, ended = np.array([3.0, 24.0, 30.0, 24.0, 50.0]), np.array([True, True, False, False, True])
    own = discounted_months(np.minimum(months, HORIZON), rate)
    assert np.array_equal(pseudo_months(months, ended, HORIZON, rate), own)


def test_one_cut_off_where_nobody_ends_later_is_given_the_whole_horizon():
    months, ended = np.array([3.0, 5.0, 23.9, 30.0]), np.array([True, True, False, False])
    assert np.allclose(pseudo_months(months, ended, HORIZON), [3, 5, 24, 24], rtol=1e-14)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_their_mean_is_the_restricted_mean_of_lifelines(seed, ties):
    months, ended = second_lives(300, seed, ties)
    expected = restricted_mean_survival_time(kaplan_meier(months, ended), t=HORIZON)
    assert pseudo_months(months, ended, HORIZON).mean() == pytest.approx(expected, rel=1e-10)


def test_their_discounted_mean_is_the_discounted_area_under_the_curve():
    months, ended = second_lives(200, 4, ties=True)
    curve = kaplan_meier(months, ended)
    steps = np.append(np.unique(np.append(0, months[months < HORIZON])), HORIZON)
    area = sum(curve.predict(start) * quad(lambda t: 1.1 ** (-t / 12), start, end)[0] for start, end in pairwise(steps))
    assert pseudo_months(months, ended, HORIZON, 0.10).mean() == pytest.approx(area, rel=1e-10)


@pytest.mark.parametrize("ties", [False, True])
def test_each_is_the_mean_and_its_derivative_by_the_customers_weight(ties):
    months, ended = second_lives(60, 5, ties)
    n, step = len(months), 1e-4
    slopes = [
        (restricted_mean(months, ended, 1 + bump) - restricted_mean(months, ended, 1 - bump)) / (2 * step)
        for bump in step * np.eye(n)
    ]
    expected = restricted_mean(months, ended, np.ones(n)) + n * np.array(slopes)
    assert np.allclose(pseudo_months(months, ended, HORIZON), expected, rtol=0, atol=1e-6)


def test_the_distance_to_the_leave_one_out_jackknife_halves_when_customers_double():
    months, ended = second_lives(60, 6, ties=True)
    distance = []
    for copies in (1, 2, 4, 8):
        data = np.tile(months, copies), np.tile(ended, copies)
        distance.append(np.abs(pseudo_months(*data, HORIZON) - jackknife(*data)).max())
    assert np.divide(distance[:-1], distance[1:]) == pytest.approx(2, rel=0.1)
    assert distance[-1] < 0.1


@given(lives, st.floats(1, 40), st.integers(0, 100))
def test_the_order_of_customers_does_not_matter(life, horizon, seed):
    months, ended = life
    order = np.random.default_rng(seed).permutation(len(months))
    expected = pseudo_months(months, ended, horizon)[order]
    assert np.allclose(pseudo_months(months[order], ended[order], horizon), expected, rtol=0, atol=1e-9)


@given(lives, st.floats(1, 40), st.floats(0.01, 100))
def test_the_unit_of_time_scales_them(life, horizon, unit):
    months, ended = life
    expected = unit * pseudo_months(months, ended, horizon)
    assert np.allclose(pseudo_months(unit * months, ended, unit * horizon), expected, rtol=1e-9, atol=1e-9 * unit)


@given(lives, st.floats(1, 39), st.floats(0.01, 1))
def test_a_longer_horizon_adds_to_the_mean_at_most_itself(life, horizon, more):
    added = pseudo_months(*life, horizon + more).mean() - pseudo_months(*life, horizon).mean()
    assert -1e-9 <= added <= more + 1e-9


@given(lives, st.floats(1, 40))
def test_discounting_lowers_the_mean(life, horizon):
    assert pseudo_months(*life, horizon, 0.1).mean() < pseudo_months(*life, horizon, 0.0).mean()


@given(lives, st.floats(1, 40))
def test_doubling_every_customer_changes_none_of_them(life, horizon):
    expected = np.tile(pseudo_months(*life, horizon), 2)
    assert np.allclose(pseudo_months(*(np.tile(each, 2) for each in life), horizon), expected, rtol=0, atol=1e-9)


def test_a_horizon_beyond_the_data_is_refused_with_the_longest_that_is_not():
    with pytest.raises(ValueError, match=r"horizon_months = 24 reaches beyond the data.* 9 months.* at most 9"):
        pseudo_months([3.0, 9.0], [True, False], HORIZON)


@pytest.mark.parametrize("ended", [[True, False, False], [True, True, False], [True, False, True]])
def test_the_longest_supported_horizon_is_just_supported(ended):
    months = np.array([3.0, 9.0, 9.0]) - [0, 0, 1e-3]
    longest = longest_supported_horizon(months, ended)
    assert pseudo_months(months, ended, longest).mean() <= longest == 9
    with pytest.raises(ValueError, match="at most 9; beyond it only a model speaks"):
        pseudo_months(months, ended, longest + 0.01)


def test_where_every_stay_ended_any_horizon_is_supported():
    months, ended = np.array([3.0, 9.0]), np.array([True, True])
    assert longest_supported_horizon(months, ended) == np.inf
    assert pseudo_months(months, ended, 1000.0).tolist() == [3, 9]


def test_nobody_gives_nothing():
    assert pseudo_months([], [], HORIZON).shape == (0,)


# Recovery: a quarter of 1,000 customers return for a log-normal tenure that the end of the data cuts off after 6 to 36
# months. Each returned customer's margin grows with the tenure: log margin = log 20 + .3 z, z the tenure's own.
RETURN, N_CUSTOMERS, N_TRIALS, MARGIN_SLOPE = 0.25, 1_000, 4_000, 0.3


def true_mean(margin):
    """Return E[returned x margin x min(tenure, horizon)] by quadrature over the normal z of the tenure."""
    kink = (np.log(HORIZON) - 2.5) / 0.75

    def integrand(z):
        return margin(z) * min(np.exp(2.5 + 0.75 * z), HORIZON) * stats.norm.pdf(z)

    return RETURN * sum(quad(integrand, *ends, epsabs=1e-12)[0] for ends in ((-12, kink), (kink, 12)))


def margin(z):
    return 20 * np.exp(MARGIN_SLOPE * z)


@cache
def recovered():
    """Return the mean and its std error over customers, trial by trial: (naive, pseudo, pseudo times margin)."""
    rng = np.random.default_rng(20160301)
    mean, error = np.empty((2, N_TRIALS, 3))
    for trial in range(N_TRIALS):
        returned = rng.binomial(N_CUSTOMERS, RETURN)
        z, followed = rng.standard_normal(returned), rng.uniform(6, 36, returned)
        tenure = np.exp(2.5 + 0.75 * z)
        seen = np.minimum(tenure, followed)
        months = pseudo_months(seen, tenure <= followed, HORIZON)
        outcomes = np.zeros((N_CUSTOMERS, 3))
        outcomes[:returned] = np.column_stack([np.minimum(seen, HORIZON), months, months * margin(z)])
        mean[trial], error[trial] = outcomes.mean(axis=0), outcomes.std(axis=0, ddof=1) / np.sqrt(N_CUSTOMERS)
    return mean, error


def bias(column, truth, n_trials=N_TRIALS):
    """Return the bias over trials and its Monte Carlo standard error."""
    means = recovered()[0][:n_trials, column]
    return means.mean() - truth, means.std(ddof=1) / np.sqrt(n_trials)


def test_the_true_mean_agrees_with_its_closed_form():
    kink = (np.log(HORIZON) - 2.5) / 0.75
    closed = np.exp(2.5 + 0.75**2 / 2) * stats.norm.cdf(kink - 0.75) + HORIZON * stats.norm.sf(kink)
    assert true_mean(lambda z: 1.0) == pytest.approx(RETURN * closed, rel=1e-9)


@pytest.mark.slow
def test_months_are_recovered_from_censored_lives():
    found, std_error = bias(1, true_mean(lambda z: 1.0), n_trials=1_000)
    assert abs(found) < 3 * std_error


@pytest.mark.slow
def test_observed_months_are_too_few_by_far():
    def still_seen(t):
        return stats.norm.sf((np.log(t) - 2.5) / 0.75) * min(1, (36 - t) / 30)

    found, std_error = bias(0, true_mean(lambda z: 1.0), n_trials=1_000)
    seen = RETURN * quad(still_seen, 0, HORIZON, points=[6])[0]
    assert found == pytest.approx(seen - true_mean(lambda z: 1.0), abs=3 * std_error)
    assert found < -50 * std_error


@pytest.mark.slow
def test_value_is_recovered_when_margin_goes_with_tenure():
    found, std_error = bias(2, true_mean(margin))
    assert abs(found) < 3 * std_error


@pytest.mark.slow
def test_mean_months_times_mean_margin_would_be_wrong_here():
    """So the recovery above has something to find: the margin of each customer must meet the months of the same."""
    apart = true_mean(lambda z: 1.0) * 20 * np.exp(MARGIN_SLOPE**2 / 2)
    found, std_error = bias(2, apart)
    assert found > 10 * std_error


@pytest.mark.slow
@pytest.mark.parametrize(("column", "worth"), [(1, lambda z: 1.0), (2, margin)], ids=["months", "value"])
def test_the_normal_interval_of_the_mean_covers(column, worth):
    mean, error = recovered()
    assert_covers(*normal_interval(mean[:, column], error[:, column]), true_mean(worth))
