"""Is the bivariate normal distribution right in its middle, at its edges and far out?"""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import log_ndtr, ndtr
from scipy.stats import multivariate_normal

from winback.second_lifetime.bivariate_normal import (
    bivariate_normal_cdf,
    log_bivariate_normal_cdf,
    log_normal_density,
    normal_density,
)

BOUNDS = st.one_of(
    st.floats(-9, 9).map(lambda bound: 0.0 if abs(bound) < 1e-150 else bound),
    st.sampled_from([0.0, -0.0, 1e-100, -1e-9, 40.0, -40.0, np.inf, -np.inf]),
)
# the logarithm of 1 -/+ r is uniform, so that both ends are met as often as the middle
CORRELATIONS = st.one_of(
    st.floats(-0.999999, 0.999999),
    st.builds(lambda sign, power: sign * (1 - 10.0**power), st.sampled_from([-1, 1]), st.floats(-6, 0)),
    st.sampled_from([0.0, 0.999999, -0.999999, 0.5, 0.9250000001]),
)
NOT_AT_THE_LIMIT = CORRELATIONS.map(lambda r: float(np.clip(r, -0.9999, 0.9999)))


def scipys(h, k, r):
    return multivariate_normal.cdf([h, k], mean=[0, 0], cov=[[1, r], [r, 1]])


@settings(max_examples=150, deadline=None)
@given(h=BOUNDS, k=BOUNDS, r=CORRELATIONS)
@example(h=0.0, k=0.0, r=-0.999999)
@example(h=1.5, k=1.5, r=0.999999)
@example(h=1.5, k=-1.5, r=-0.999999)
@example(h=0.0, k=-2.0, r=0.3)
def test_it_is_scipys(h, k, r):
    h_scipy, k_scipy = np.clip([h, k], -37, 37)  # scipy knows no infinity here
    assert bivariate_normal_cdf(h, k, r) == pytest.approx(scipys(h_scipy, k_scipy, r), abs=1e-12)


@settings(max_examples=80, deadline=None)
@given(h=BOUNDS, k=BOUNDS, r=CORRELATIONS)
def test_laws(h, k, r):
    both = bivariate_normal_cdf(h, k, r)
    assert both == pytest.approx(bivariate_normal_cdf(k, h, r), abs=1e-15)
    assert both + bivariate_normal_cdf(h, -k, -r) == pytest.approx(ndtr(h), abs=2e-15)  # with Y and with -Y
    assert bivariate_normal_cdf(-h, -k, r) == pytest.approx(1 - ndtr(h) - ndtr(k) + both, abs=2e-15)
    assert max(0.0, ndtr(h) + ndtr(k) - 1) - 1e-15 <= both <= min(ndtr(h), ndtr(k)) + 1e-15
    assert bivariate_normal_cdf(h, k, 0.0) == pytest.approx(ndtr(h) * ndtr(k), abs=1e-15)


@given(r=CORRELATIONS)
def test_quarter_of_the_plane(r):
    assert bivariate_normal_cdf(0.0, 0.0, r) == pytest.approx(0.25 + np.arcsin(r) / (2 * np.pi), abs=1e-15)


def test_bounds_so_small_that_their_product_is_zero():
    assert bivariate_normal_cdf([1e-200, -1e-200], [-1e-200, 1e-200], 0.0) == pytest.approx([0.25, 0.25])


def test_a_subnormal_bound_is_zero():
    assert bivariate_normal_cdf(1.0, 1e-310, 0.0) == pytest.approx(ndtr(1.0) / 2)


def test_it_rises_with_bounds_and_correlation():
    grid = np.linspace(-6, 6, 241)
    for r in (-0.99, -0.3, 0.0, 0.7, 0.999):
        assert (np.diff(bivariate_normal_cdf(grid, 0.4, r)) >= -1e-15).all()
    assert (np.diff(bivariate_normal_cdf(0.3, -0.8, np.linspace(-0.9999, 0.9999, 301))) > -1e-15).all()


def test_arrays_are_broadcast():
    found = bivariate_normal_cdf(np.zeros((3, 1)), np.arange(4.0), 0.2)
    assert found.shape == (3, 4)
    assert found[2, 3] == bivariate_normal_cdf(0.0, 3.0, 0.2)


@pytest.mark.parametrize("r", [1.0, -1.0, 1.5, np.nan])
def test_no_correlation_is_refused(r):
    with pytest.raises(ValueError, match="must lie between -1 and 1"):
        bivariate_normal_cdf(0.0, 0.0, r)


def test_density():
    assert normal_density([0.0, 1.0]) == pytest.approx([0.3989422804014327, 0.24197072451914337], rel=1e-15)
    assert log_normal_density(-40.0) == pytest.approx(-800.9189385332047, rel=1e-15)


# the logarithm


def logarithm_by_quadrature(h, k, r):
    """Integrate phi(y) Phi((h - r y) / root) over y < k around its highest point, after dividing by it."""
    root = np.sqrt((1 - r) * (1 + r))

    def log_integrand(y):
        return log_normal_density(y) + log_ndtr((h - r * y) / root)

    low, high = min(k, h, 0.0) - 60.0, k
    for _ in range(200):  # golden sections: the integrand is log-concave
        left, right = low + 0.382 * (high - low), low + 0.618 * (high - low)
        low, high = (low, right) if log_integrand(left) > log_integrand(right) else (left, high)
    top = 0.5 * (low + high)
    peak = log_integrand(top)

    def share(y):
        return np.exp(log_integrand(y) - peak)

    width = 1.0
    while log_integrand(top - width) - peak > -45:
        width *= 1.3
    while width > 1e-12 and log_integrand(top - width) - peak < -60:
        width /= 1.3
    steps = [top - width * 2.0**-power for power in range(12)] + [top]
    areas = [quad(share, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(steps)]
    up = min(k - top, 14.0)
    if up > 1e-9:
        areas += [quad(share, top + up * a / 16, top + up * (a + 1) / 16, epsabs=0, epsrel=1e-12)[0] for a in range(16)]
    return peak + np.log(sum(areas))


@settings(max_examples=80, deadline=None)
@given(h=st.integers(-3500, 1000), k=st.integers(-3500, 1000), r=st.floats(-0.95, 0.999))
@example(h=-800, k=-800, r=-0.9)
@example(h=-3000, k=-3000, r=0.99)
@example(h=-600, k=600, r=-0.95)
@example(h=-500, k=520, r=-0.99)
def test_logarithm_in_the_far_tails(h, k, r):
    h, k = h / 100, k / 100
    assert log_bivariate_normal_cdf(h, k, r) == pytest.approx(logarithm_by_quadrature(h, k, r), abs=1e-8, rel=1e-8)


@settings(max_examples=80, deadline=None)
@given(h=BOUNDS.filter(np.isfinite), k=BOUNDS.filter(np.isfinite), r=NOT_AT_THE_LIMIT)
def test_logarithm_is_the_logarithm(h, k, r):
    both = bivariate_normal_cdf(h, k, r)
    log_both = log_bivariate_normal_cdf(h, k, r)
    assert log_both <= 0
    if both > 1e-5:
        assert log_both == pytest.approx(np.log(both), abs=1e-9)


@pytest.mark.parametrize("h", [-500.0, -5.0, 2.0, 500.0])
@pytest.mark.parametrize("k", [-1e5, -300.0, 0.0, 1e5, np.inf])
@pytest.mark.parametrize("r", [-0.99, 0.0, 0.5, 0.999])
def test_logarithm_stays_finite(h, k, r):
    found = log_bivariate_normal_cdf(h, k, r)
    assert np.isfinite(found)
    assert found <= min(log_ndtr(h), log_ndtr(k)) + 1e-9 * abs(found)
    if r == 0:
        assert found == pytest.approx(log_ndtr(h) + log_ndtr(k), rel=1e-10)


@pytest.mark.parametrize("r", [-0.99999, -0.999999])
def test_logarithm_at_the_limit_of_correlation(rng, r):
    h, k = rng.uniform(-40, 20, (2, 20_000))
    assert np.isfinite(log_bivariate_normal_cdf(h, k, r)).all()


def test_logarithm_of_a_bound_out_of_reach():
    assert log_bivariate_normal_cdf(3.0, -np.inf, -0.75) < -1e10


def test_logarithm_has_no_step_where_the_method_changes():
    h = np.linspace(-3, -6, 4001)  # the probability crosses 1e-7
    for r in (-0.5, 0.2, 0.8):
        found = log_bivariate_normal_cdf(h, -1.0, r)
        assert np.abs(np.diff(found, 3)).max() < 1e-7
