r"""Which shapes may second tenures have? Location-scale families, each tied to a normal variable by its quantiles.

Every family says :math:`y = \mu + \sigma w` where :math:`y = \log T` (or :math:`T` itself for the Gaussian family) and
:math:`w` has a fixed distribution :math:`F`. The normal score :math:`e(w) = \Phi^{-1}(F(w))` makes it a standard normal
variable, which may then be correlated with others (a Gaussian copula). Names are those of R's survreg.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import log_expit, log_ndtr, ndtri_exp

from winback.second_lifetime.bivariate_normal import log_normal_density

Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class TenureFamily:
    r"""One shape of second tenures; all functions are elementwise."""

    name: str
    in_words: str
    log_tenure: bool  # y is log T; False: y is T itself
    log_density: Function  # log f(w)
    log_density_slope: Function
    score: Function  # e(w)
    quantile: Function  # w(e), the inverse

    def outcome(self, tenure: np.ndarray) -> np.ndarray:
        """Return y, the scale on which covariates act."""
        return np.log(tenure) if self.log_tenure else np.asarray(tenure, dtype=float)

    def tenure(self, y: np.ndarray) -> np.ndarray:
        """Return months from y; none is below zero."""
        return np.exp(np.minimum(y, 700.0)) if self.log_tenure else np.maximum(y, 0.0)

    def score_slope(self, w: np.ndarray, score: np.ndarray) -> np.ndarray:
        r"""Return :math:`e'(w) = f(w) / \phi(e(w))`."""
        return np.exp(self.log_density(w) - log_normal_density(score))


def _gumbel_score(w):
    """F(w) = 1 - exp(-exp(w))."""
    return -ndtri_exp(-np.exp(np.clip(w, -700, 700)))


def _logistic_score(w):
    """F(w) = 1 / (1 + exp(-w))."""
    return np.where(w < 0, ndtri_exp(log_expit(np.minimum(w, 0))), -ndtri_exp(log_expit(-np.maximum(w, 0))))


_NORMAL = {
    "log_density": log_normal_density,
    "log_density_slope": lambda w: -w,
    "score": lambda w: w,
    "quantile": lambda e: e,
}
FAMILIES = {
    family.name: family
    for family in (
        TenureFamily("lognormal", "the logarithm of tenure is normal", log_tenure=True, **_NORMAL),
        TenureFamily(
            "weibull",
            "tenure is Weibull",
            log_tenure=True,
            log_density=lambda w: w - np.exp(w),
            log_density_slope=lambda w: 1 - np.exp(w),
            score=_gumbel_score,
            quantile=lambda e: np.log(-log_ndtr(-e)),
        ),
        TenureFamily(
            "loglogistic",
            "tenure is log-logistic",
            log_tenure=True,
            log_density=lambda w: log_expit(w) + log_expit(-w),
            log_density_slope=lambda w: -np.tanh(w / 2),
            score=_logistic_score,
            quantile=lambda e: log_ndtr(e) - log_ndtr(-e),
        ),
        TenureFamily("gaussian", "tenure itself is normal", log_tenure=False, **_NORMAL),
    )
}


def tenure_family(name: str) -> TenureFamily:
    """Return the family of that name.

    Examples
    --------
    >>> tenure_family("weibull").in_words
    'tenure is Weibull'
    """
    if name not in FAMILIES:
        raise ValueError(f"distribution must be one of {', '.join(FAMILIES)}; got {name!r}.")
    return FAMILIES[name]
