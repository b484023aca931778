r"""How is log time spread? Three families, read alike, and their likelihood at its maximum.

In each family :math:`\log T = x'\beta + \sigma \varepsilon`; only the error differs: normal (lognormal), logistic
(loglogistic) or the smallest extreme value (weibull). With :math:`\gamma = \beta / \sigma`, :math:`\theta = 1 / \sigma`
and :math:`z = \theta \log t - x'\gamma` every one of the log-likelihoods is concave, so Newton's method finds the one
maximum, to the last digits: equal data written as rows or as counts give equal answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_ndtr

MOST_STEPS, ENOUGH = 100, 1e-12  # gain of the last step, relative; after it Newton's method is exact to rounding
LEAST_SIGMA = 1e-6  # below it the lengths follow from the covariates but for rounding
LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Family:
    """One distribution of the error of log time."""

    name: str
    terms: Callable  # z, ended -> log-likelihood of the error, its first and second derivative
    cumulative_hazard: Callable  # z -> -log share still there
    median: float  # of the error


def _weibull_terms(z, ended):
    force = np.exp(np.minimum(z, 700.0))
    return np.where(ended, z, 0.0) - force, ended - force, -force


def _lognormal_terms(z, ended):
    log_left = log_ndtr(-z)
    ratio = np.exp(-0.5 * z**2 - LOG_ROOT_2PI - log_left)
    value = np.where(ended, -0.5 * z**2 - LOG_ROOT_2PI, log_left)
    return value, np.where(ended, -z, -ratio), np.where(ended, -1.0, -ratio * (ratio - z))


def _loglogistic_terms(z, ended):
    share, times = expit(z), 1.0 + ended
    return np.where(ended, z, 0.0) - times * np.logaddexp(0.0, z), ended - times * share, -times * share * (1 - share)


FAMILIES = {
    family.name: family
    for family in (
        Family("lognormal", _lognormal_terms, lambda z: -log_ndtr(-z), 0.0),
        Family("weibull", _weibull_terms, lambda z: np.exp(np.minimum(z, 700.0)), float(np.log(np.log(2)))),
        Family("loglogistic", _loglogistic_terms, lambda z: np.logaddexp(0.0, z), 0.0),
    )
}


@dataclass(frozen=True)
class Maximum:
    """The likelihood of one family at its maximum; p coefficients."""

    coefficients: np.ndarray  # (p,) on log months
    sigma: float  # spread of log months
    covariance: np.ndarray  # (p + 1, p + 1) of coefficients and sigma
    log_likelihood: float
    converged: bool


def maximise(family: Family, matrix: np.ndarray, log_months: np.ndarray, ended: np.ndarray, counts: np.ndarray):
    """Return the maximum of one family's likelihood.

    Parameters
    ----------
    family : Family
        One of `FAMILIES`.
    matrix : numpy.ndarray, shape (n, p)
        Design of full rank, also among those who ended.
    log_months : numpy.ndarray, shape (n,)
        Logarithm of the observed length.
    ended : numpy.ndarray of bool, shape (n,)
        False where the data end first.
    counts : numpy.ndarray, shape (n,)
        How many customers each row stands for.

    Returns
    -------
    Maximum
        ``converged`` is False where there is none, as when the lengths are explained without error.

    Examples
    --------
    >>> import numpy as np
    >>> months, one = np.array([1.0, 2.0, 4.0]), np.ones((3, 1))
    >>> found = maximise(FAMILIES["lognormal"], one, np.log(months), np.array([True] * 3), np.ones(3))
    >>> found.coefficients.round(4).tolist(), round(float(found.sigma) ** 2, 4)   # mean and variance of log months
    ([0.6931], 0.3203)
    """
    size = np.abs(matrix).max(axis=0)
    design = np.column_stack([-matrix / size, log_months])
    total = float(counts[ended].sum())
    place, converged = _start(design, counts), False
    value, slope, curve = _value(family, design, ended, counts, total, place)
    for _ in range(MOST_STEPS):
        try:
            step = np.linalg.solve(curve, -slope)
        except np.linalg.LinAlgError:
            break
        if slope @ step < ENOUGH * max(1.0, abs(value)):
            place = place + step  # the last one, taken whole: the likelihood is too flat here to see it rise
            value, slope, curve = _value(family, design, ended, counts, total, place)
            converged = bool(np.isfinite(value) and place[-1] * LEAST_SIGMA < 1)
            break
        place, value, slope, curve, moved = _step(family, design, ended, counts, total, place, step, value)
        if not moved:
            break
    return _in_log_months(place, value - float((counts * log_months)[ended].sum()), curve, size, converged)


def _start(design, counts) -> np.ndarray:
    """Start from least squares on log months."""
    root = np.sqrt(counts)[:, None]
    beta, *_ = np.linalg.lstsq(-design[:, :-1] * root, design[:, -1] * root[:, 0], rcond=None)
    residual = design[:, -1] + design[:, :-1] @ beta
    sigma = np.sqrt((counts * residual**2).sum() / counts.sum())
    theta = 1 / max(sigma, 1e-3)
    return np.append(beta * theta, theta)


def _value(family, design, ended, counts, total, place):
    value, first, second = family.terms(design @ place, ended)
    slope = design.T @ (counts * first)
    slope[-1] += total / place[-1]
    curve = design.T @ (design * (counts * second)[:, None])
    curve[-1, -1] -= total / place[-1] ** 2
    return float((counts * value).sum() + total * np.log(place[-1])), slope, curve


def _step(family, design, ended, counts, total, place, step, value):
    """Go as far along Newton's step as the likelihood rises."""
    for halved in range(40):
        there = place + step * 0.5**halved
        if there[-1] > 0:
            found = _value(family, design, ended, counts, total, there)
            if found[0] >= value:
                return there, *found, True
    return place, *_value(family, design, ended, counts, total, place), False


def _in_log_months(place, value, curve, size, converged) -> Maximum:
    """Turn the concave parameters into coefficients and sigma; the covariance follows by the delta method."""
    theta = place[-1]
    beta = place[:-1] / theta
    turn = np.eye(len(place)) / theta
    turn[:-1, -1], turn[-1, -1] = -beta / theta, -1 / theta**2
    try:
        covariance = turn @ np.linalg.inv(-curve) @ turn.T
    except np.linalg.LinAlgError:
        covariance, converged = np.full_like(curve, np.nan), False
    scale = np.append(1 / size, 1.0)
    usable = converged and bool((np.diag(covariance) > 0).all())
    return Maximum(beta / size, float(1 / theta), covariance * np.outer(scale, scale), value, usable)
