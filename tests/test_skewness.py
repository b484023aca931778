"""Do intervals for skewed money obey their laws, and agree with the bootstrap where that is known to be right?"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from winback.skewness import is_skewed, skewed_interval, skewed_ratio, standardised, studentised_quantile
from winback.uncertainty import fieller_interval, normal_interval, normal_quantile

Z = normal_quantile(0.95)
money, sizes = st.floats(-1e3, 1e3), st.floats(0.01, 100)
skews = st.floats(-3, 3)


@given(estimate=money, std_error=sizes)
def test_without_skewness_the_interval_is_the_normal_one_to_the_last_bit(estimate, std_error):
    assert skewed_interval(estimate, std_error, 0.0, Z) == normal_interval(estimate, std_error)


@given(estimate=money, std_error=sizes, skewness=skews)
def test_the_mirror_of_an_estimate_has_the_mirrored_interval(estimate, std_error, skewness):
    low, high = skewed_interval(estimate, std_error, skewness * std_error, Z)
    assert np.allclose(skewed_interval(-estimate, std_error, -skewness * std_error, Z), (-high, -low), rtol=1e-12)


@given(estimate=money, std_error=sizes, skewness=skews, factor=st.floats(1e-3, 1e3))
def test_money_in_another_currency_has_the_interval_in_that_currency(estimate, std_error, skewness, factor):
    ends = np.array(skewed_interval(estimate, std_error, skewness * std_error, Z))
    scaled = skewed_interval(factor * estimate, factor * std_error, factor * skewness * std_error, Z)
    assert np.allclose(scaled, factor * ends, rtol=1e-9, atol=1e-9 * factor)


@given(skewness=st.floats(-30, 30), level=st.floats(0.5, 0.999))
def test_the_interval_contains_the_estimate_and_never_turns_round(skewness, level):
    low, high = skewed_interval(0.0, 1.0, skewness, normal_quantile(level))
    assert low <= 0 <= high
    assert low < high


@given(level=st.floats(0.5, 0.99))
def test_more_skewness_moves_the_long_end_further_out_and_the_short_end_further_in(level):
    low, high = skewed_interval(0.0, 1.0, np.linspace(0, 3, 60), normal_quantile(level))
    assert (np.diff(high) > 0).all()
    assert (np.diff(low) >= 0).all()


@pytest.mark.parametrize("z", [-2.576, -1.96, -1.0, 1.0, 1.96, 2.576])
def test_the_quantile_is_that_of_the_edgeworth_expansion_to_first_order(z):
    """The remainder falls with the square of the skewness: a tenth of it leaves a hundredth."""
    gamma = np.array([0.02, 0.002])
    remainder = studentised_quantile(z, gamma) - (z - gamma * (2 * z**2 + 1) / 6)
    assert abs(remainder[1]) <= abs(remainder[0]) / 95 + 1e-12


def test_the_short_end_undoes_halls_cubic():
    gamma, z = 0.3, 1.96
    t = studentised_quantile(z, gamma)
    assert t + gamma * t**2 / 3 + gamma**2 * t**3 / 27 + gamma / 6 == pytest.approx(z, abs=1e-12)


@given(skewness=st.floats(-0.05, 0.05))
def test_mild_skewness_leaves_the_width_as_it_was(skewness):
    low, high = skewed_interval(0.0, 1.0, skewness, Z)
    assert high - low == pytest.approx(2 * Z, rel=0.002)


def test_the_first_edgeworth_term_is_what_marks_an_interval():
    term = 0.2 * (2 * Z**2 + 1) * stats.norm.pdf(Z) / 6
    assert term > 0.01
    assert is_skewed(-0.2)
    least = 0.2 * 0.01 / term
    assert is_skewed([least * 1.001, least * 0.999]).tolist() == [True, False]


def test_an_estimate_known_exactly_is_its_own_interval():
    assert standardised(5.0, 0.0) == 0
    assert skewed_interval(3.0, 0.0, 5.0, Z) == (3.0, 3.0)


def moved_by_skewness(found_low, found_high, x):
    """Return what skewness moves of the ends by a bootstrap, and how far ours are from it, in parts of that."""
    error = x.std(ddof=1) / np.sqrt(len(x))
    theirs = np.array([found_low, found_high])
    ours = skewed_interval(x.mean(), error, stats.moment(x, 3) / x.var(ddof=1) / len(x), Z)
    moved = theirs - normal_interval(x.mean(), error)
    return moved / error, np.abs(ours - theirs) / np.abs(moved)


SKEWED = np.random.default_rng(3).lognormal(0, 1, 400)


def test_the_interval_of_a_mean_is_near_the_bootstrap_t():
    n, mean, error = len(SKEWED), SKEWED.mean(), SKEWED.std(ddof=1) / np.sqrt(len(SKEWED))
    drawn = SKEWED[np.random.default_rng(4).integers(0, n, (40_000, n))]
    t = (drawn.mean(axis=1) - mean) / (drawn.std(axis=1, ddof=1) / np.sqrt(n))
    moved, apart = moved_by_skewness(*(mean - error * np.quantile(t, [0.975, 0.025])), SKEWED)
    assert (moved > 0.25).all()
    assert (apart < 1 / 3).all()


def test_the_interval_of_a_mean_is_near_that_of_bca():
    found = stats.bootstrap((SKEWED,), np.mean, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    moved, apart = moved_by_skewness(found.low, found.high, SKEWED)
    assert (moved > 0.25).all()
    assert (apart < 1 / 8).all()


ratios = st.tuples(st.floats(-10, 10), st.floats(3, 50), sizes, st.floats(-0.9, 0.9))


@given(parts=ratios)
def test_without_skewness_a_ratio_has_fiellers_interval(parts):
    a, b, spread, correlation = parts
    given_parts = (a, b, spread**2, 1.0, correlation * spread)
    plain, ours = fieller_interval(*given_parts), skewed_ratio(*given_parts, length=lambda q: 0.0)
    assert np.allclose((ours.low, ours.high), (plain.low, plain.high), rtol=1e-9, atol=1e-9)


near = st.tuples(st.floats(-10, 10), st.floats(2.02, 5), sizes, st.floats(-0.9, 0.9))  # plain ends from 1.96 on


def told_from_zero(found, parts, length):
    """Return how far each end is from where profit is just told from zero, in standard errors."""
    a, b, spread, correlation = parts
    away = []
    for q, side in ((found.low, 1), (found.high, -1)):
        error = np.sqrt(spread**2 - 2 * q * correlation * spread + q**2)
        low, high = skewed_interval(a - q * b, error, length(q), Z)
        away.append((low if side == 1 else high) / error)
    return away


def ratio_of(parts, length):
    a, b, spread, correlation = parts
    return skewed_ratio(a, b, spread**2, 1.0, correlation * spread, length=length)


@given(parts=ratios | near, skewness=st.floats(-1, 1))
@example(parts=(0.0, 3.0, 1.0, 0.75), skewness=0.5)  # each third round of the search was the plain end
def test_an_end_of_a_ratio_is_where_its_profit_is_just_told_from_zero(parts, skewness):
    """Profit as skewed at every ratio has ends wherever the cost is told from zero: further out it is less skewed."""

    def length(q):
        return skewness * parts[2]

    found = ratio_of(parts, length)
    assert found.bounded
    assert found.low <= found.ratio <= found.high
    assert told_from_zero(found, parts, length) == pytest.approx([0, 0], abs=1e-6)


@given(parts=ratios | near, skewness=st.floats(-1, 1))
def test_a_ratio_to_a_skewed_cost_has_ends_that_hold_or_is_unbounded(parts, skewness):
    """Far out all that is left is the cost: there are ends if it is told from zero with its skewness allowed for."""

    def length(q):
        variance = parts[2] ** 2 - 2 * q * parts[3] * parts[2] + q**2
        return -skewness * q**3 / variance

    found, (cost_low, _) = ratio_of(parts, length), skewed_interval(parts[1], 1.0, skewness, Z)
    if found.bounded:
        assert told_from_zero(found, parts, length) == pytest.approx([0, 0], abs=1e-6)
    else:
        assert (found.low, found.high) == (-np.inf, np.inf)
        assert cost_low < 1e-3


def test_a_cost_that_skewness_keeps_from_being_told_from_zero_bounds_no_ratio():
    parts = (6.0, 2.5, 1.0, 0.0)
    assert fieller_interval(*parts[:2], 1.0, 1.0, 0.0).bounded
    found = ratio_of(parts, lambda q: 0.8 * q**3 / (1 + q**2))
    assert (found.bounded, found.low, found.high) == (False, -np.inf, np.inf)


def test_a_ratio_known_exactly_stays_so_however_skewed_its_cost():
    found = skewed_ratio(6.0, 3.0, 4.0, 1.0, 2.0, length=lambda q: -5.0 * q)
    assert (found.low, found.high, found.bounded) == (2.0, 2.0, True)


def test_of_several_ratios_each_has_its_own_ends():
    """What one of them needs changes nothing of the others."""
    several = [(0.0, 3.0, 1.0, 0.75), (5.0, 40.0, 2.0, 0.0), (1.0, 1.5, 1.0, 0.0)]
    a, b, spread, correlation = np.array(several).T
    found = skewed_ratio(a, b, spread**2, np.ones(3), correlation * spread, length=lambda q: 0.5 * spread)
    alone = [ratio_of(parts, lambda q, parts=parts: 0.5 * parts[2]) for parts in several]
    assert found.bounded.tolist() == [True, True, False]
    assert found.low == pytest.approx([float(each.low) for each in alone], rel=1e-9)
    assert found.high == pytest.approx([float(each.high) for each in alone], rel=1e-9)


def test_a_ratio_to_a_cost_known_exactly_is_the_interval_of_profit_over_it():
    found = skewed_ratio(2.0, 0.5, 0.3**2, 0.0, 0.0, length=lambda q: -0.05)
    low, high = skewed_interval(2.0, 0.3, -0.05, Z)
    assert (found.low, found.high) == (pytest.approx(low / 0.5), pytest.approx(high / 0.5))
