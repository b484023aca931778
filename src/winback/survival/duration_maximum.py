r"""Where is the likelihood of a family highest? At the one top of its concave form.

In each family :math:`y = x'\beta + \sigma w`. With :math:`\gamma = \beta / \sigma`, :math:`\theta = 1 / \sigma` and
:math:`z = \theta y - x'\gamma` every one of the log-likelihoods is concave, so there is one maximum, found to the last
digits: equal data written as rows or as counts give equal answers.

Customers who came under observation late had not left by then: their likelihood is divided by that share still there.
This takes a concave part away, so what is found is a top near the one without it, of which a climb makes sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from winback.newton import Peak, climb
from winback.orthonormal import orthonormal
from winback.survival.families import Family

LEAST_SIGMA = 1e-6  # below it the lengths follow from the covariates but for rounding


@dataclass(frozen=True)
class Maximum:
    """The likelihood of one family at its maximum; p coefficients."""

    coefficients: np.ndarray  # (p,) on y: log months, or months in the Gaussian family
    sigma: float  # spread of y
    covariance: np.ndarray  # (p + 1, p + 1) of coefficients and sigma
    log_likelihood: float  # of the months
    converged: bool


def maximise(
    family: Family,
    matrix: np.ndarray,
    months: np.ndarray,
    ended: np.ndarray,
    counts: np.ndarray,
    since: np.ndarray | None = None,
) -> Maximum:
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
    since : numpy.ndarray, shape (n,), optional
        Months that had passed when each came under observation; 0: watched from the start.

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
    y = family.outcome(months)
    unit = 1.0 if family.log_tenure else max(float(np.abs(y).max()), 1e-300)
    columns, triangle = orthonormal(matrix, counts)
    design = np.column_stack([-columns, y / unit])  # column after column, which makes products quick
    late = np.zeros(len(y), dtype=bool) if since is None else since > 0
    then = design[late]
    if late.any():
        then = np.column_stack([then[:, :-1], family.outcome(since[late]) / unit])
    likelihood = _Likelihood(family, design, ended, counts, then=then, late=late)
    peak = climb(likelihood, likelihood.start())
    jacobian = float((counts * y)[ended].sum()) if family.log_tenure else likelihood.n_ended * np.log(unit)
    return _in_months(peak, peak.value - jacobian, np.linalg.inv(triangle), unit)


@dataclass(frozen=True)
class _Likelihood:
    """Of gamma and theta, the last; the design's columns are -x and y."""

    family: Family
    design: np.ndarray
    ended: np.ndarray
    counts: np.ndarray
    then: np.ndarray  # the design of those who came under observation late, y being that of the moment
    late: np.ndarray  # (n,) bool, who that is

    @cached_property
    def n_ended(self) -> float:
        return float(self.counts[self.ended].sum())

    def start(self) -> np.ndarray:
        """Return what least squares say."""
        design, counts = self.design, self.counts
        beta = -design[:, :-1].T @ (counts * design[:, -1]) / counts.sum()  # of orthonormal covariates
        residual = design[:, -1] + design[:, :-1] @ beta
        sigma = np.sqrt((counts * residual**2).sum() / counts.sum())
        theta = 1 / max(sigma, 1e-3)
        return np.append(beta * theta, theta)

    def __call__(self, place):
        """Return value, slope and information."""
        theta, n_ended, design = place[-1], self.n_ended, self.design
        if theta <= 0:
            return -np.inf, np.zeros(len(place)), np.zeros((len(place), len(place)))
        value, first, second = self.family.terms(design @ place, self.ended)
        slope = design.T @ (self.counts * first)
        slope[-1] += n_ended / theta
        information = design.T @ (design * (self.counts * -second)[:, None])
        information[-1, -1] += n_ended / theta**2
        total = float((self.counts * value).sum() + n_ended * np.log(theta))
        if len(self.then):  # given that they had not left by then
            then, counts = self.then, self.counts[self.late]
            value, first, second = self.family.terms(then @ place, np.zeros(len(then), dtype=bool))
            total -= float((counts * value).sum())
            slope -= then.T @ (counts * first)
            information -= then.T @ (then * (counts * -second)[:, None])
        return total, slope, information


def _in_months(peak: Peak, value, back, unit) -> Maximum:
    """Turn the concave parameters into coefficients and sigma; the covariance follows by the delta method."""
    theta = peak.place[-1]
    beta = back @ peak.place[:-1] / theta
    slopes = np.zeros((len(peak.place), len(peak.place)))
    slopes[:-1, :-1], slopes[:-1, -1], slopes[-1, -1] = back / theta, -beta / theta, -1 / theta**2
    covariance = slopes @ peak.covariance @ slopes.T * unit**2
    told = peak.converged and theta * LEAST_SIGMA < 1 and bool((np.diag(covariance) > 0).all())
    return Maximum(beta * unit, float(unit / theta), covariance, value, told)
