r"""How may months be spread? Four families, each tied to a normal variable by its quantiles.

Every family says :math:`y = \mu + \sigma w` where :math:`y = \log T` (or :math:`T` itself for the Gaussian family) and
:math:`w` has a fixed distribution :math:`F`: normal (lognormal, gaussian), logistic (loglogistic) or the smallest
extreme value (weibull). The normal score :math:`e(w) = \Phi^{-1}(F(w))` makes it a standard normal variable, which may
then be correlated with others (a Gaussian copula). Names are those of R's survreg.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_expit, log_ndtr, ndtri_exp

LOG_ROOT_2PI = 0.5 * np.log(2 * np.pi)
LARGEST = 700.0  # the exponential of more is no number
Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Family:
    """One distribution of the error w; all functions are elementwise."""

    name: str
    in_words: str
    log_tenure: bool  # y is log T; False: y is T itself
    terms: Callable  # w, ended -> log-likelihood of the error, its first and second derivative
    cumulative_hazard: Function  # -log share still there
    median: float
    log_density: Function
    log_density_slope: Function
    score: Function  # e(w)
    quantile: Function  # w(e), the inverse

    def outcome(self, tenure: np.ndarray) -> np.ndarray:
        """Return y, the scale on which covariates act."""
        return np.log(tenure) if self.log_tenure else np.asarray(tenure, dtype=float)

    def tenure(self, y: np.ndarray) -> np.ndarray:
        """Return months from y; none is below zero."""
        return np.exp(np.minimum(y, LARGEST)) if self.log_tenure else np.maximum(y, 0.0)

    def score_slope(self, w: np.ndarray, score: np.ndarray) -> np.ndarray:
        r"""Return :math:`e'(w) = f(w) / \phi(e(w))`."""
        return np.exp(self.log_density(w) - log_normal_density(score))


def log_normal_density(x: ArrayLike) -> np.ndarray:
    r"""Return :math:`\log \phi(x)` of the standard normal distribution.

    Examples
    --------
    >>> float(log_normal_density(0.0).round(6))
    -0.918939
    """
    return -0.5 * np.square(x) - LOG_ROOT_2PI


def _weibull_terms(z, ended):
    force = np.exp(np.minimum(z, LARGEST))
    return np.where(ended, z, 0.0) - force, ended - force, -force


def _lognormal_terms(z, ended):
    log_left = log_ndtr(-z)
    log_density = log_normal_density(z)
    ratio = np.exp(log_density - log_left)
    value = np.where(ended, log_density, log_left)
    return value, np.where(ended, -z, -ratio), np.where(ended, -1.0, -ratio * (ratio - z))


def _loglogistic_terms(z, ended):
    share, times = expit(z), 1.0 + ended
    return np.where(ended, z, 0.0) - times * np.logaddexp(0.0, z), ended - times * share, -times * share * (1 - share)


def _logistic_score(w):
    """Return the normal score where F(w) = 1 / (1 + exp(-w))."""
    return np.where(w < 0, ndtri_exp(log_expit(np.minimum(w, 0))), -ndtri_exp(log_expit(-np.maximum(w, 0))))


_NORMAL = Family(
    "lognormal",
    "the logarithm of tenure is normal",
    log_tenure=True,
    terms=_lognormal_terms,
    cumulative_hazard=lambda w: -log_ndtr(-w),
    median=0.0,
    log_density=log_normal_density,
    log_density_slope=lambda w: -w,
    score=lambda w: w,
    quantile=lambda e: e,
)
_WEIBULL = Family(
    "weibull",
    "tenure is Weibull",
    log_tenure=True,
    terms=_weibull_terms,
    cumulative_hazard=lambda w: np.exp(np.minimum(w, LARGEST)),
    median=float(np.log(np.log(2))),
    log_density=lambda w: w - np.exp(w),
    log_density_slope=lambda w: 1 - np.exp(w),
    score=lambda w: -ndtri_exp(-np.exp(np.clip(w, -LARGEST, LARGEST))),  # F(w) = 1 - exp(-exp(w))
    quantile=lambda e: np.log(-log_ndtr(-e)),
)
_LOGISTIC = Family(
    "loglogistic",
    "tenure is log-logistic",
    log_tenure=True,
    terms=_loglogistic_terms,
    cumulative_hazard=lambda w: np.logaddexp(0.0, w),
    median=0.0,
    log_density=lambda w: log_expit(w) + log_expit(-w),
    log_density_slope=lambda w: -np.tanh(w / 2),
    score=_logistic_score,
    quantile=lambda e: log_ndtr(e) - log_ndtr(-e),
)
_GAUSSIAN = replace(_NORMAL, name="gaussian", in_words="tenure itself is normal", log_tenure=False)
FAMILIES = {family.name: family for family in (_NORMAL, _WEIBULL, _LOGISTIC, _GAUSSIAN)}


def find_family(name: str) -> Family:
    """Return the family of that name.

    Examples
    --------
    >>> find_family("weibull").in_words
    'tenure is Weibull'
    """
    if name not in FAMILIES:
        raise ValueError(f"distribution must be one of {', '.join(FAMILIES)}; got {name!r}.")
    return FAMILIES[name]
