"""Are intervals the ones their names promise, alone and together?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from winback.uncertainty import (
    DRAWS,
    best_probability,
    fieller_interval,
    max_t_quantile,
    normal_draws,
    normal_interval,
    normal_quantile,
    share_interval,
)

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.99)
Z = stats.norm.ppf(0.975)
CRITICAL = 2e-3  # accuracy of quasi-random critical values that the source states
PAIRS_OF_FOUR = np.array([[1, -1, 0, 0], [1, 0, -1, 0], [1, 0, 0, -1], [0, 1, -1, 0], [0, 1, 0, -1], [0, 0, 1, -1]])

sizes = st.floats(0.1, 100)


def ratios(lowest, highest):
    """Draw numerator, denominator, their variances and covariance; the denominator so many std errors from zero."""
    parts = st.tuples(st.floats(-100, 100), st.floats(lowest, highest), sizes, sizes, st.floats(-0.95, 0.95), SIGNS)
    return parts.map(lambda x: (x[0], x[1] * x[3] * x[5], x[2] ** 2, x[3] ** 2, x[2] * x[3] * x[4]))


SIGNS = st.sampled_from([-1, 1])
anything, bounded, unbounded = ratios(0.01, 100), ratios(1.97, 100), ratios(0.01, 1.95)  # z is 1.96


@pytest.mark.parametrize("level", LEVELS)
def test_the_normal_interval_is_that_of_scipy(level):
    assert np.allclose(normal_interval([3.0, -1.0], [2.0, 0.5], level), stats.norm.interval(level, [3, -1], [2, 0.5]))


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, np.nan])
def test_what_is_no_level_is_refused(level):
    with pytest.raises(ValueError, match=r"level must be between 0 and 1, such as 0\.95"):
        normal_quantile(level)


@pytest.mark.parametrize("level", LEVELS)
def test_the_interval_of_a_share_is_the_wilson_interval_of_statsmodels(level):
    n_yes, n = np.array([0, 1, 5, 50, 99, 100, 4_500]), np.array([100] * 6 + [10_000])
    assert np.allclose(share_interval(n_yes, n, level), proportion_confint(n_yes, n, 1 - level, "wilson"), atol=1e-15)


@given(n=st.integers(1, 10_000), part=st.floats(0, 1))
def test_the_interval_of_no_mirrors_that_of_yes(n, part):
    n_yes = round(part * n)
    low, high = share_interval(n_yes, n)
    assert np.allclose(share_interval(n - n_yes, n), (1 - high, 1 - low), rtol=0, atol=1e-14)
    assert low <= n_yes / n <= high
    assert share_interval(0, n)[0] == 0
    assert share_interval(n, n)[1] == 1


def holds(ratio, a, b, va, vb, cab):
    """Tell whether Fieller's defining inequality holds for these ratios."""
    return (a - ratio * b) ** 2 <= Z**2 * (va - 2 * ratio * cab + ratio**2 * vb)


@given(bounded)
def test_fieller_holds_exactly_the_ratios_that_the_inequality_allows(parts):
    found = fieller_interval(*parts)
    width = found.high - found.low
    inside = np.linspace(found.low + 1e-6 * width, found.high - 1e-6 * width, 101)
    below, above = found.low - width * np.geomspace(1e-6, 1e6, 50), found.high + width * np.geomspace(1e-6, 1e6, 50)
    assert holds(inside, *parts).all()
    assert not holds(below, *parts).any()
    assert not holds(above, *parts).any()


@given(anything)
def test_fieller_is_bounded_exactly_when_the_denominator_differs_from_zero(parts):
    _, b, _, vb, _ = parts
    low, high = normal_interval(b, np.sqrt(vb))
    assert fieller_interval(*parts).bounded == (low > 0 or high < 0)


@given(unbounded)
def test_where_fieller_is_unbounded_the_inequality_allows_ratios_without_end(parts):
    found = fieller_interval(*parts)
    assert (found.low, found.high) == (-np.inf, np.inf)
    assert holds(1e9, *parts)
    assert holds(-1e9, *parts)


@given(anything)
def test_a_denominator_known_exactly_gives_the_normal_interval_divided_by_it(parts):
    a, b, va, _, _ = parts
    found = fieller_interval(a, b, va, 0, 0)
    ends = np.sort(np.divide(normal_interval(a, np.sqrt(va)), b))
    assert np.allclose((found.low, found.high), ends, rtol=1e-9, atol=1e-9 * np.ptp(ends))


@given(bounded, sizes, sizes)
def test_fieller_scales_with_the_numerator_and_against_the_denominator(parts, up, down):
    (a, b, va, vb, cab), plain = parts, fieller_interval(*parts)
    scaled = fieller_interval(a * up, b * down, va * up**2, vb * down**2, cab * up * down)
    ends = np.array([plain.ratio, plain.low, plain.high]) * up / down
    assert np.allclose((scaled.ratio, scaled.low, scaled.high), ends, rtol=1e-6, atol=1e-6 * np.ptp(ends))


def test_fieller_of_the_inverse_ratio_is_the_inverse_interval():
    plain, inverse = fieller_interval(3, 5, 0.2, 0.4, -0.1), fieller_interval(5, 3, 0.4, 0.2, -0.1)
    assert (inverse.low, inverse.high) == pytest.approx((1 / plain.high, 1 / plain.low), rel=1e-12)


def test_a_ratio_to_zero_is_not_a_number_and_unbounded():
    found = fieller_interval([1.0, 0.0], 0.0, 1.0, 0.0, 0.0)
    assert np.isnan(found.ratio).all()
    assert not found.bounded.any()


@pytest.mark.parametrize(
    "covariance", [np.diag([4.0, 1, 0.25]), [[2, 1, 0], [1, 3, 0.5], [0, 0.5, 1]], np.ones((3, 3))]
)
def test_draws_have_the_covariance_asked_for(covariance):
    draws = normal_draws(covariance)
    assert np.allclose(np.cov(draws.T), covariance, rtol=0, atol=2e-4)
    assert np.allclose(draws.mean(axis=0), 0, atol=2e-4)


def test_draws_of_equal_errors_are_equal():
    first, second = normal_draws(np.ones((2, 2))).T
    assert np.allclose(first, second, rtol=0, atol=1e-14)


def test_draws_are_the_same_at_each_call():
    assert np.array_equal(normal_draws([[2, 1], [1, 2]]), normal_draws([[2, 1], [1, 2]]))


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("k", [2, 4, 8])
def test_independent_estimates_need_the_quantile_of_sidak(k, level):
    draws = normal_draws(np.diag(np.arange(1.0, k + 1)))
    assert max_t_quantile(draws, level) == pytest.approx(normal_quantile(level ** (1 / k)), abs=CRITICAL)


def test_all_pairs_of_four_equal_arms_need_the_quantile_of_tukey():
    tukey = stats.studentized_range.ppf(0.95, 4, np.inf) / np.sqrt(2)
    assert tukey == pytest.approx(2.569, abs=5e-4)
    assert max_t_quantile(normal_draws(np.eye(4)) @ PAIRS_OF_FOUR.T) == pytest.approx(tukey, abs=CRITICAL)


@pytest.mark.parametrize(("k", "published"), [(2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51)])
def test_many_to_one_with_equal_arms_needs_the_quantile_of_dunnetts_table(k, published):
    """Dunnett (1964), two-sided, 5%, infinitely many degrees of freedom, printed to two digits."""
    assert max_t_quantile(normal_draws(np.eye(k) + 1)) == pytest.approx(published, abs=0.005 + CRITICAL)


def test_with_unequal_variances_the_box_holds_95_percent_of_the_normal_distribution():
    covariance = np.diag([1.0, 2, 4]) + 0.5
    ends = max_t_quantile(normal_draws(covariance)) * np.sqrt(np.diag(covariance))
    held = stats.multivariate_normal.cdf(ends, np.zeros(3), covariance, lower_limit=-ends, rng=np.random.default_rng(1))
    assert held == pytest.approx(0.95, abs=3e-4)


def test_estimates_with_one_common_error_need_no_more_than_one_of_them():
    assert max_t_quantile(normal_draws(np.ones((3, 3)))) == pytest.approx(normal_quantile(), abs=CRITICAL)


def test_estimates_known_exactly_are_passed_over():
    assert max_t_quantile(normal_draws(np.diag([1.0, 0, 1]))) == pytest.approx(normal_quantile(0.95**0.5), abs=CRITICAL)


def test_where_everything_is_known_exactly_the_normal_quantile_remains():
    assert max_t_quantile(np.zeros((100, 2)), 0.9) == normal_quantile(0.9)


def test_a_difference_of_equal_errors_is_passed_over():
    draws = normal_draws([[1, 1, 0.3], [1, 1, 0.3], [0.3, 0.3, 1]])
    differences = np.column_stack([draws[:, 0] - draws[:, 1], draws[:, 2]])
    assert max_t_quantile(differences) == pytest.approx(normal_quantile(), abs=CRITICAL)


def test_one_estimate_needs_no_less_than_the_normal_quantile():
    assert max_t_quantile(normal_draws([[3.0]])) >= normal_quantile()


def random_error(chance):
    """Return the standard error that a chance would have from as many random draws."""
    return np.sqrt(np.multiply(chance, np.subtract(1, chance)) / DRAWS)


@pytest.mark.parametrize("lead", [0.0, 0.5, 2.0, 5.0])
def test_the_better_of_two_has_its_chance_in_closed_form(lead):
    chance, _ = best_probability([lead, 0.0], normal_draws(np.diag([2.0, 1.0])))
    exact = stats.norm.cdf([lead / 3**0.5, -lead / 3**0.5])
    assert (np.abs(chance - exact) < random_error(exact) / 2).all()


@pytest.mark.parametrize("lead", [0.0, 0.5, 2.0, 5.0])
def test_the_better_of_two_has_its_expected_loss_in_closed_form(lead):
    _, loss = best_probability([lead, 0.0], normal_draws(np.diag([2.0, 1.0])))
    exact = 3**0.5 * stats.norm.pdf(lead / 3**0.5) - lead * stats.norm.sf(lead / 3**0.5)
    assert np.allclose(loss, [exact, exact + lead], rtol=0, atol=1e-4)


def test_equal_options_share_the_chance():
    chance, _ = best_probability(np.ones(4), normal_draws(np.eye(4)))
    assert np.allclose(chance, 0.25, rtol=0, atol=random_error(0.25) / 2)


def test_chances_are_as_accurate_as_stated():
    chance, _ = best_probability(np.ones(4), normal_draws(np.eye(4)))
    assert np.allclose(chance, 0.25, rtol=0, atol=1.5e-3)


def test_chances_sum_to_one():
    assert best_probability([1, 2, 1.5], normal_draws(np.diag([1.0, 2, 3])))[0].sum() == pytest.approx(1, abs=1e-15)


def test_a_certain_winner_loses_nothing_and_the_others_their_distance():
    chance, loss = best_probability([100, 0, -50], normal_draws(np.eye(3)))
    assert chance.tolist() == [1, 0, 0]
    assert loss == pytest.approx([0, 100, 150], abs=1e-3)


def test_the_better_option_loses_less():
    estimates = np.array([0.3, 0.1, 0.2])
    _, loss = best_probability(estimates, normal_draws(np.diag([1.0, 5, 0.1])))
    assert np.array_equal(np.argsort(loss), np.argsort(-estimates))


def test_a_shift_common_to_all_options_changes_nothing():
    estimates, draws = np.array([0.3, 0.1, 0.2]), normal_draws(np.eye(3))
    for plain, shifted in zip(
        best_probability(estimates, draws), best_probability(estimates + 1000, draws), strict=True
    ):
        assert np.allclose(plain, shifted, rtol=0, atol=1e-10)
