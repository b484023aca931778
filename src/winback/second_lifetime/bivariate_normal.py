r"""How likely are two correlated normal variables both below their bounds? Distribution function and its logarithm."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr, owens_t

from winback.survival.families import LOG_ROOT_2PI, log_normal_density

INVERSE_ROOT_2PI = np.exp(-LOG_ROOT_2PI)
NEAR = 1e-150  # taken as zero, so that products of bounds are no underflow
FAR = 38.0  # beyond it a normal probability is 0 or 1 in floating point
FARTHEST = 1e6  # bounds beyond are taken as these
SMALL = 1e-7  # below it the difference of terms near one half has lost too many digits for a logarithm
NODES, WEIGHTS = np.polynomial.legendre.leggauss(64)


def normal_density(x: ArrayLike) -> np.ndarray:
    r"""Return :math:`\phi(x)` of the standard normal distribution.

    Examples
    --------
    >>> float(normal_density(0.0).round(6))
    0.398942
    """
    return np.exp(-0.5 * np.square(x)) * INVERSE_ROOT_2PI


def bivariate_normal_cdf(h: ArrayLike, k: ArrayLike, r: ArrayLike) -> np.ndarray:
    r"""Return :math:`\Phi_2(h, k; r) = P(X \le h, Y \le k)` for standard normals with correlation :math:`r`.

    By Owen's T function (1956), which holds for every :math:`-1 < r < 1`, near the ends as well:

    .. math:: \Phi_2 = \tfrac12 \Phi(h) + \tfrac12 \Phi(k) - T(h, a_h) - T(k, a_k) - \delta, \quad
              a_h = \frac{k - r h}{h \sqrt{1 - r^2}}

    with :math:`\delta = \tfrac12` when one bound is below and the other above zero, else 0.

    Parameters
    ----------
    h, k : array_like
        Bounds; broadcast against each other.
    r : array_like
        Correlation, between -1 and 1.

    Returns
    -------
    numpy.ndarray
        Probabilities, exact to about 1e-15.

    References
    ----------
    .. [1] Owen, D. B. (1956). Tables for Computing Bivariate Normal Probabilities. Annals of Mathematical
       Statistics 27(4), 1075-1090, equation (3.1).

    Examples
    --------
    >>> float(bivariate_normal_cdf(0.0, 0.0, 0.5).round(12))   # 1/4 + arcsin(r) / (2 pi)
    0.333333333333
    """
    h, k, r = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (h, k, r)))
    h, k = (np.where(np.abs(x) < NEAR, 0.0, np.clip(x, -FAR, FAR)) for x in (h, k))  # no infinity, no negative zero
    if not (np.abs(r) < 1).all():
        raise ValueError("A correlation must lie between -1 and 1.")
    root = np.sqrt((1 - r) * (1 + r))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_h, slope_k = (k - r * h) / (h * root), (h - r * k) / (k * root)
        both = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, slope_h) - owens_t(k, slope_k)
    sides = np.sign(h) * np.sign(k)
    both = both - 0.5 * ((sides < 0) | ((sides == 0) & (h + k < 0)))
    at_zero = (h == 0) & (k == 0)
    return np.clip(np.where(at_zero, 0.25 + np.arcsin(r) / (2 * np.pi), both), 0.0, 1.0)


def log_bivariate_normal_cdf(h: ArrayLike, k: ArrayLike, r: ArrayLike) -> np.ndarray:
    r"""Return :math:`\log \Phi_2(h, k; r)`, with small relative error also where :math:`\Phi_2` is tiny.

    Below 1e-7 the probability is integrated on the log scale: with :math:`k` the lower bound,

    .. math:: \Phi_2 = \phi(k) \int_0^\infty e^{ks - s^2/2} \Phi\Big(\frac{h - r (k - s)}{\sqrt{1 - r^2}}\Big) ds

    Examples
    --------
    >>> float(log_bivariate_normal_cdf(-30.0, 50.0, 0.3).round(3))   # the far tail of one normal
    -454.321
    """
    h, k, r = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (h, k, r)))
    h, k = np.clip(h, -FARTHEST, FARTHEST), np.clip(k, -FARTHEST, FARTHEST)
    both = bivariate_normal_cdf(h, k, r)
    small = both < SMALL
    log_both = np.array(np.log(np.where(small, 1.0, both)))
    if small.any():
        log_both[small] = _log_tail(np.maximum(h, k)[small], np.minimum(h, k)[small], r[small])
    return log_both


def _log_tail(h, k, r):
    """Integrate the formula of `log_bivariate_normal_cdf` around the highest point of its log-concave integrand."""
    root = np.sqrt((1 - r) * (1 + r))
    start, slope = (h - r * k) / root, r / root
    top = _highest_point(k, start, slope)
    fall = np.maximum(-_slope_and_curvature(top, k, start, slope)[0], 0.0)  # positive only where the top is at zero
    _, curvature = _slope_and_curvature(top, k, start, slope)
    width = np.minimum(9.0, 40.0 / np.maximum(fall, 1e-9))
    low = np.maximum(top - np.minimum(9.0, 12 / np.sqrt(curvature)), 0.0)
    left, right = (_piece(k, start, slope, *ends) for ends in ((low, top), (top, top + width)))
    return log_normal_density(k) + np.logaddexp(left, right)


def _piece(k, start, slope, low, high):
    """Return the logarithm of the integral between two points, -inf where they are one."""
    s = low + 0.5 * (high - low) * (NODES[:, None] + 1)
    log_integrand = k * s - 0.5 * s**2 + log_ndtr(start + slope * s)
    peak = log_integrand.max(axis=0)
    with np.errstate(divide="ignore"):
        return peak + np.log(0.5 * (high - low) * (WEIGHTS @ np.exp(log_integrand - peak)))


def _highest_point(k, start, slope, rounds=60):
    """Find the non-negative top of a log-concave integrand by safeguarded Newton steps."""
    low = np.zeros_like(k)
    high = np.maximum(k + np.abs(slope) * (np.abs(start) + np.abs(slope) + 10), 0.0) + np.abs(start) + 10
    s = np.zeros_like(k)
    for _ in range(rounds):
        gradient, curvature = _slope_and_curvature(s, k, start, slope)
        low, high = np.where(gradient > 0, s, low), np.where(gradient > 0, high, s)
        step = s + gradient / curvature
        s = np.where((step > low) & (step < high), step, 0.5 * (low + high))
    return s


def _slope_and_curvature(s, k, start, slope):
    x = start + slope * s
    ratio = np.exp(log_normal_density(x) - log_ndtr(x))
    return k - s + slope * ratio, 1 + slope**2 * np.clip(
        ratio * (ratio + x), 0.0, 1.0
    )  # but for rounding it lies there
