"""How does a linear part become a chance of return? Probit and logit, with what their slopes and likelihoods need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, log_ndtr, ndtr, ndtri

from winback.second_lifetime.bivariate_normal import normal_density


@dataclass(frozen=True)
class Link:
    """Functions of the linear part, shape (n,) each."""

    chance: Callable[[np.ndarray], np.ndarray]
    density: Callable[[np.ndarray], np.ndarray]  # its slope
    density_slope: Callable[[np.ndarray], np.ndarray]
    log_chance: Callable[[np.ndarray], np.ndarray]


def _logit_density(linear: np.ndarray) -> np.ndarray:
    return expit(linear) * expit(-linear)


LINKS = {
    "probit": Link(ndtr, normal_density, lambda a: -a * normal_density(a), log_ndtr),
    "logit": Link(expit, _logit_density, lambda a: _logit_density(a) * (1 - 2 * expit(a)), log_expit),
}


def probit_of_logit(linear: np.ndarray) -> np.ndarray:
    """Return the probit index with the same chance of return as a logit index.

    Examples
    --------
    >>> probit_of_logit(np.array([-1.0, 2.0])).round(3).tolist()
    [-0.616, 1.179]
    """
    return np.where(linear < 0, ndtri(expit(linear)), -ndtri(expit(-linear)))


def probit_slope(linear: np.ndarray) -> np.ndarray:
    """Return how the probit index of `probit_of_logit` moves with the logit index."""
    return _logit_density(linear) / normal_density(probit_of_logit(linear))
