r"""How much of an outcome is who was selected? Heckman's two-step correction by the Mills ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from winback.survival.families import log_normal_density


def mills_ratio(linear: ArrayLike) -> np.ndarray:
    r"""Return :math:`\lambda(a) = \phi(a) / \Phi(a)`, the mean of the return error among those who returned.

    Examples
    --------
    >>> mills_ratio([0.0, -40.0]).round(3).tolist()
    [0.798, 40.025]
    """
    linear = np.asarray(linear, dtype=float)
    return np.exp(log_normal_density(linear) - log_ndtr(linear))


@dataclass(frozen=True)
class HeckmanStep:
    """The second step of Heckman's estimator; the last coefficient belongs to the Mills ratio."""

    coefficients: np.ndarray  # (p + 1,)
    covariance: np.ndarray  # (p + 1, p + 1)
    sigma: float  # spread of the outcome beyond the covariates, selection undone
    rho: float  # implied correlation with return; outside [-1, 1] the model is wrong for these data
    residual_sd: float  # among those who returned
    r_squared: float


def heckman_step(
    outcome: np.ndarray, covariates: np.ndarray, linear: np.ndarray, selected_by: np.ndarray, covariance: np.ndarray
) -> HeckmanStep:
    r"""Regress an outcome of those who returned on covariates and the Mills ratio [1]_.

    With :math:`\delta_i = \lambda_i (\lambda_i + a_i)`, :math:`X^*` the covariates and the Mills ratio, W those of
    reacquisition and V their coefficients' covariance,

    .. math:: \hat\sigma^2 = \frac{e'e}{n} + \hat\beta_\lambda^2 \bar\delta, \quad \hat\rho = \hat\beta_\lambda /
              \hat\sigma, \quad \hat\sigma^2 (X^{*\prime} X^*)^{-1} [X^{*\prime} (I - \hat\rho^2 \Delta) X^* +
              \hat\rho^2 (X^{*\prime} \Delta W) V (W' \Delta X^*)] (X^{*\prime} X^*)^{-1}

    is the covariance of the coefficients.

    Parameters
    ----------
    outcome, covariates, linear, selected_by : numpy.ndarray, shapes (n,), (n, p), (n,), (n, q)
        Of those who returned: outcome, its design, linear part of reacquisition, design of reacquisition.
    covariance : numpy.ndarray, shape (q, q)
        Of the coefficients of reacquisition.

    References
    ----------
    .. [1] Heckman, J. J. (1979). Sample Selection Bias as a Specification Error. Econometrica 47(1), 153-161;
       standard errors as in Greene, W. H. (1981), Econometrica 49(3), 795-798.
    """
    ratio = mills_ratio(linear)
    design = np.column_stack([covariates, ratio])
    coefficients = np.linalg.lstsq(design, outcome, rcond=None)[0]
    residual = outcome - design @ coefficients
    delta = ratio * (ratio + linear)
    variance = residual @ residual / len(outcome) + coefficients[-1] ** 2 * delta.mean()
    rho = coefficients[-1] / np.sqrt(variance)
    inverse = np.linalg.pinv(design.T @ design)
    by_first_step = design.T @ (delta[:, None] * selected_by)
    middle = design.T @ ((1 - rho**2 * delta)[:, None] * design) + rho**2 * by_first_step @ covariance @ by_first_step.T
    return HeckmanStep(
        coefficients=coefficients,
        covariance=variance * inverse @ middle @ inverse,
        sigma=float(np.sqrt(variance)),
        rho=float(rho),
        residual_sd=float(np.sqrt(residual @ residual / len(outcome))),
        r_squared=float(1 - residual @ residual / np.square(outcome - outcome.mean()).sum()),
    )
