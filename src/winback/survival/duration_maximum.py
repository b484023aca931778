r"""Where is the likelihood of a family highest? Newton's method on its concave form.

In each family :math:`y = x'\beta + \sigma w`. With :math:`\gamma = \beta / \sigma`, :math:`\theta = 1 / \sigma` and
:math:`z = \theta y - x'\gamma` every one of the log-likelihoods is concave, so Newton's method finds the one maximum,
to the last digits: equal data written as rows or as counts give equal answers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.survival.families import Family

MOST_STEPS, ENOUGH = 100, 1e-12  # gain of the last step, relative; after it Newton's method is exact to rounding
LEAST_SIGMA = 1e-6  # below it the lengths follow from the covariates but for rounding


@dataclass(frozen=True)
class Maximum:
    """The likelihood of one family at its maximum; p coefficients."""

    coefficients: np.ndarray  # (p,) on y: log months, or months in the Gaussian family
    sigma: float  # spread of y
    covariance: np.ndarray  # (p + 1, p + 1) of coefficients and sigma
    log_likelihood: float  # of the months
    converged: bool


def maximise(family: Family, matrix: np.ndarray, months: np.ndarray, ended: np.ndarray, counts: np.ndarray) -> Maximum:
    """Return the maximum of one family's likelihood.

    Parameters
    ----------
    family : Family
        One of `FAMILIES`.
    matrix : numpy.ndarray, shape (n, p)
        Design of full rank, also among those who ended.
    months : numpy.ndarray, shape (n,)
        Observed length.
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
    >>> from winback.survival.families import find_family
    >>> months, one = np.array([1.0, 2.0, 4.0]), np.ones((3, 1))
    >>> found = maximise(find_family("lognormal"), one, months, np.array([True] * 3), np.ones(3))
    >>> found.coefficients.round(4).tolist(), round(float(found.sigma) ** 2, 4)   # mean and variance of log months
    ([0.6931], 0.3203)
    """
    size = np.abs(matrix).max(axis=0)
    y = family.outcome(months)
    unit = 1.0 if family.log_tenure else max(float(np.abs(y).max()), 1e-300)
    design = np.column_stack([-matrix / size, y / unit])
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
    jacobian = float((counts * y)[ended].sum()) if family.log_tenure else total * np.log(unit)
    return _in_months(place, value - jacobian, curve, size / unit, unit, converged)


def _start(design, counts) -> np.ndarray:
    """Start from least squares."""
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


def _in_months(place, value, curve, size, unit, converged) -> Maximum:
    """Turn the concave parameters into coefficients and sigma; the covariance follows by the delta method."""
    theta = place[-1]
    beta = place[:-1] / theta
    turn = np.eye(len(place)) / theta
    turn[:-1, -1], turn[-1, -1] = -beta / theta, -1 / theta**2
    try:
        covariance = turn @ np.linalg.inv(-curve) @ turn.T
    except np.linalg.LinAlgError:
        covariance, converged = np.full_like(curve, np.nan), False
    scale = np.append(1 / size, unit)
    usable = converged and bool((np.diag(covariance) > 0).all())
    return Maximum(beta / size, float(unit / theta), covariance * np.outer(scale, scale), value, usable)
