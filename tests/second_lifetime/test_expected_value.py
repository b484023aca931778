"""Is the expected value of a lost customer right: by simulation, by quadrature and in closed form?"""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import norm
from simulated_lives import SHAPES, errors

from winback.discounting import discounted_months
from winback.second_lifetime.expected_value import (
    Outlook,
    expected_margin,
    expected_tenure,
    expected_value,
    expected_value_slopes,
    lifetime_value_without_end,
)
from winback.survival.families import FAMILIES

EVERY = pytest.mark.parametrize("family", FAMILIES)


def some_customers(rng, family, n=200, sd=None):
    """Draw customers far more varied than those of a real table, with correlations up to .9."""
    log_tenure = FAMILIES[family].log_tenure
    rho_um, rho_tm, partial = np.tanh(rng.uniform(-1.5, 1.5, 3))
    rho = rho_um * rho_tm + partial * np.sqrt((1 - rho_um**2) * (1 - rho_tm**2))
    return Outlook(
        a=rng.uniform(-3, 3, n),
        mean_tenure=rng.uniform(-0.5, 5.0, n) if log_tenure else rng.uniform(5, 80, n),
        mean_margin=rng.uniform(10, 80, n),
        sd_tenure=sd or (rng.uniform(0.3, 1.5) if log_tenure else rng.uniform(5, 25)),
        sd_margin=rng.uniform(2, 20),
        rho_return_tenure=float(rho),
        rho_return_margin=float(rho_um),
        rho_tenure_margin=float(rho_tm),
        family=FAMILIES[family],
    )


def months_of(outlook, y, horizon):
    tenure = np.exp(np.minimum(y, 700)) if outlook.family.log_tenure else np.maximum(y, 0)
    return np.minimum(tenure, horizon)


def by_simulation(rng, one, horizon, rate, n=400_000):
    """Return the mean of z m A(T) over draws of the errors, and its Monte Carlo standard error."""
    u, e_tenure, e_margin = errors(rng, n, (one.rho_return_tenure, one.rho_return_margin, one.rho_tenure_margin))
    w = SHAPES[one.family.name].ppf(norm.cdf(e_tenure))
    months = discounted_months(months_of(one, one.mean_tenure + one.sd_tenure * w, horizon), rate)
    value = (one.a + u > 0) * (one.mean_margin + one.sd_margin * e_margin) * months
    return value.mean(), value.std() / np.sqrt(n)


def by_quadrature(outlook, horizon, rate):
    """Integrate over the tenure score with 160 nodes between kinks: given it, return and margin are normal."""
    rho, rho_um, rho_tm = outlook.rho_return_tenure, outlook.rho_return_margin, outlook.rho_tenure_margin
    c, sd = np.sqrt(1 - rho**2), outlook.sd_margin
    ends = [np.full_like(outlook.a, -9.0)]
    for kink in (0.0, horizon):
        if np.isfinite(kink) and (kink > 0 or not outlook.family.log_tenure):
            w = (outlook.family.outcome(np.float64(kink)) - outlook.mean_tenure) / outlook.sd_tenure
            ends.append(np.maximum(ends[-1], np.clip(outlook.family.score(w), -9, 9)))
    ends.append(np.full_like(outlook.a, 20.0 if horizon == np.inf else 9.0))
    total = np.zeros_like(outlook.a)
    for low, high in pairwise(ends):
        for node, weight in zip(*np.polynomial.legendre.leggauss(160), strict=True):
            t = low + (high - low) / 2 * (node + 1)
            y = outlook.mean_tenure + outlook.sd_tenure * outlook.family.quantile(t)
            months = discounted_months(months_of(outlook, y, horizon), rate)
            g = (outlook.a + rho * t) / c
            margin = (outlook.mean_margin + sd * rho_tm * t) * ndtr(g) + sd * (rho_um - rho * rho_tm) / c * norm.pdf(g)
            total += weight * (high - low) / 2 * norm.pdf(t) * months * margin
    return total


def real_customers(rng, family, largest=0.6):
    """Draw customers as real tables have them, with correlations of at most so much."""
    outlook = some_customers(rng, family, 50)
    rho = np.array([outlook.rho_return_tenure, outlook.rho_return_margin, outlook.rho_tenure_margin])
    rho = rho * min(1, largest / np.abs(rho).max())
    names = ("rho_return_tenure", "rho_return_margin", "rho_tenure_margin")
    outlook = replace(outlook, a=rng.uniform(-2, 2.5, 50), **dict(zip(names, rho, strict=True)))
    if outlook.family.log_tenure:
        outlook = replace(outlook, mean_tenure=rng.uniform(1.5, 4.5, 50), sd_tenure=rng.uniform(0.3, 1))
    return outlook


def far_off(outlook, horizon, rate):
    """Return the largest error, relative to a customer's value or to that of the median customer."""
    right = by_quadrature(outlook, horizon, rate)
    found = expected_value(outlook, horizon, rate)
    return (np.abs(found - right) / np.maximum(np.abs(right), np.median(np.abs(right)))).max()


@EVERY
@pytest.mark.parametrize(("horizon", "rate"), [(24.0, 0.1), (6.0, 0.0), (np.inf, 0.3)])
def test_simulation_finds_it(rng, family, horizon, rate):
    for one in (some_customers(rng, family, 1) for _ in range(3)):
        mean, error = by_simulation(rng, one, horizon, rate)
        assert abs(expected_value(one, horizon, rate)[0] - mean) < 4 * error + 1e-9


CASES = [
    (family, horizon, rate)
    for family in FAMILIES
    for horizon, rate in ((6, 0), (24, 0.1), (120, 0), (np.inf, 0.1))
    if (family, horizon) != ("loglogistic", np.inf)  # its tail is too heavy: such values are refused
]


@pytest.mark.parametrize(
    ("family", "horizon", "rate"),
    CASES,
)
def test_quadrature_is_within_a_thousandth(family, horizon, rate):
    assert (
        max(
            far_off(real_customers(np.random.default_rng(seed), family), horizon, rate)
            for seed in range(4 if family == "loglogistic" else 2)
        )
        < 1e-3
    )


@pytest.mark.slow
@pytest.mark.parametrize("family", ["lognormal", "weibull"])
def test_quadrature_with_strong_correlations(family):
    assert max(far_off(real_customers(np.random.default_rng(seed), family, 0.9), 60, 0.1) for seed in range(8)) < 1e-3


def test_the_quadrature_of_the_tests_agrees_with_simulation(rng):
    one = some_customers(rng, "loglogistic", 1)
    mean, error = by_simulation(rng, one, 24.0, 0.1)
    assert abs(by_quadrature(one, 24.0, 0.1)[0] - mean) < 4 * error


def test_closed_form_without_end(rng):
    outlook, real = some_customers(rng, "lognormal", 20, sd=0.75), real_customers(rng, "lognormal")
    closed = lifetime_value_without_end(outlook)
    assert expected_value(outlook, np.inf, 0.0) == pytest.approx(closed, rel=1e-12)
    by_nodes = expected_value(real, np.inf, 1e-9)
    assert by_nodes == pytest.approx(lifetime_value_without_end(real), rel=2e-3)
    with pytest.raises(ValueError, match="no closed form when tenure is Weibull"):
        lifetime_value_without_end(some_customers(rng, "weibull", 2))


@EVERY
@pytest.mark.parametrize("horizon", [6.0, 36.0])
def test_independence_is_the_product_of_three_means(rng, family, horizon):
    outlook = real_customers(rng, family)
    apart = replace(outlook, rho_return_tenure=0.0, rho_return_margin=0.0, rho_tenure_margin=0.0)
    months = by_quadrature(replace(apart.months_only(), a=np.full(50, 37.0)), horizon, 0.0)
    product = ndtr(apart.a) * apart.mean_margin * months
    assert expected_value(apart, horizon, 0.0) == pytest.approx(product, rel=1e-4)
    assert expected_tenure(apart, horizon) == pytest.approx(months, rel=1e-4)
    assert expected_margin(apart) == pytest.approx(apart.mean_margin, rel=1e-12)


def test_ignoring_the_correlations_can_be_far_off(rng):
    one = replace(some_customers(rng, "lognormal", 1, sd=0.75), a=np.array([-0.5]), mean_tenure=np.array([3.0]))
    one = replace(one, mean_margin=np.array([40.0]), sd_margin=12.0)
    joint = replace(one, rho_return_tenure=0.4, rho_return_margin=0.3, rho_tenure_margin=0.2)
    apart = replace(one, rho_return_tenure=0.0, rho_return_margin=0.0, rho_tenure_margin=0.0)
    assert expected_value(apart, np.inf, 0.0)[0] < 0.75 * expected_value(joint, np.inf, 0.0)[0]


@EVERY
def test_slopes(rng, family):
    outlook = some_customers(rng, family, 6)
    for horizon, rate in ((24.0, 0.1), (6.0, 0.0)):
        found = expected_value_slopes(outlook, horizon, rate)
        step = 1e-4
        for row, change in enumerate(MOVES):
            ends = [expected_value(change(outlook, side * step), horizon, rate) for side in (1, -1)]
            numeric = (ends[0] - ends[1]) / (2 * step)
            scale = np.abs(numeric).max()
            assert found[row] == pytest.approx(numeric, rel=2e-3, abs=1e-3 * scale + 1e-6), row


MOVES = (
    lambda one, d: replace(one, a=one.a + d),
    lambda one, d: replace(one, mean_tenure=one.mean_tenure + d),
    lambda one, d: replace(one, mean_margin=one.mean_margin + d),
    lambda one, d: replace(one, sd_tenure=one.sd_tenure * np.exp(d)),
    lambda one, d: replace(one, sd_margin=one.sd_margin * np.exp(d)),
    lambda one, d: replace(one, rho_return_tenure=one.rho_return_tenure + d),
    lambda one, d: replace(one, rho_return_margin=one.rho_return_margin + d),
    lambda one, d: replace(one, rho_tenure_margin=one.rho_tenure_margin + d),
)


@EVERY
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10, deadline=None)
def test_laws(family, seed):
    outlook = real_customers(np.random.default_rng(seed), family)
    value = expected_value(outlook, 24.0, 0.1)
    assert np.isfinite(value).all()
    richer = replace(outlook, mean_margin=7 * outlook.mean_margin, sd_margin=7 * outlook.sd_margin)
    assert expected_value(richer, 24.0, 0.1) == pytest.approx(7 * value, rel=1e-12)
    plain = outlook.months_only()
    months = expected_value(plain, 24.0, 0.0)
    assert (months <= expected_value(plain, 36.0, 0.0) * (1 + 1e-3) + 1e-2).all()
    assert (expected_value(plain, 24.0, 0.1) <= months * (1 + 1e-3) + 1e-2).all()
    assert (months <= 24 * ndtr(outlook.a) * (1 + 1e-3) + 1e-2).all()
    assert (expected_tenure(outlook, 24.0) <= 24 * (1 + 1e-3) + 1e-2).all()


def test_pieces_of_many_rows_are_put_together(rng):
    outlook = some_customers(rng, "lognormal", 9_000, sd=0.75)
    outlook = replace(outlook, rho_return_tenure=0.3, rho_return_margin=0.2, rho_tenure_margin=-0.1)
    value, slopes = expected_value(outlook, 24.0, 0.1), expected_value_slopes(outlook, 24.0, 0.1)
    picked = np.array([0, 4_095, 4_096, 8_191, 8_192, 8_999])
    assert value[picked] == pytest.approx(expected_value(outlook.rows(picked), 24.0, 0.1), rel=1e-4)
    assert slopes[:, picked] == pytest.approx(
        expected_value_slopes(outlook.rows(picked), 24.0, 0.1), rel=1e-2, abs=1e-1
    )
