r"""What does the two-part model say, and what of it is in doubt? The two-part fit and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import log_ndtr, ndtr

from winback.results import Sentences, format_count
from winback.second_lifetime.expected_value import Outlook
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.survival.families import find_family, log_normal_density
from winback.uncertainty import normal_interval


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


@dataclass(frozen=True, repr=False, kw_only=True)
class TwoPartFit(SecondLifetimeFit):
    """A fitted two-part model, see `fit_two_part`.

    Attributes
    ----------
    mills : mapping
        Equation -> `HeckmanStep`, when the Mills ratio was asked for.
    """

    mills: Mapping[str, HeckmanStep] = field(default_factory=dict, repr=False)
    kind: ClassVar[str] = "two-part"

    @cached_property
    def params(self) -> pd.DataFrame:
        """Parameters, with a row for the Mills ratio and its implied correlation where asked for."""
        frame = super().params
        return pd.concat([frame, *(self._mills_rows(name) for name in self.mills)], ignore_index=True)

    def _mills_rows(self, equation) -> pd.DataFrame:
        step = self.mills[equation]
        estimate, error = step.coefficients[-1], np.sqrt(step.covariance[-1, -1])
        low, high = normal_interval(estimate, error, self.level)
        row = {"equation": equation, "term": "mills_ratio", "in_words": "Mills ratio (who returned)"}
        row |= {"estimate": estimate, "std_error": error, "z": estimate / error}
        return pd.DataFrame([row | {"p_value": 2 * ndtr(-abs(estimate / error)), "low": low, "high": high}])

    def outlook(self, numbers: Mapping[str, np.ndarray]) -> Outlook:
        """Return what the model says about customers; with the Mills ratio, about those who return."""
        outlook = super().outlook(numbers)
        moved = {
            f"mean_{name}": getattr(outlook, f"mean_{name}") + step.coefficients[-1] * mills_ratio(outlook.a)
            for name, step in self.mills.items()
        }
        return replace(outlook, **moved)

    def describe(self) -> Sentences:
        """Say what was fitted, what the Mills ratio finds, and what is in doubt."""
        return Sentences.of([self.basis(), *self._most_important()[:2]])

    def details(self) -> Sentences:
        """Say which shapes are assumed, and what else is in doubt."""
        return Sentences.of([self.shapes(), *self._most_important()[2:]])

    def _most_important(self) -> list[str]:
        """Return what there is to say of these figures, what changes them most first."""
        wrong, found = list(_outside(self)), list(_mills(self))
        unrelated = ["Return, tenure and margin are taken as unrelated beyond the covariates: fit_joint looks at that."]
        return [*wrong, *self.doubts_of_the_search(), *found, *([] if self.mills else unrelated)]


def _outside(fit: TwoPartFit) -> Iterator[str]:
    for equation, step in fit.mills.items():
        if abs(step.rho) > 1:
            yield (
                f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.3f}, outside [-1, 1]: "
                f"the shape assumed ({find_family(fit.distribution).in_words}) does not suit these data, try another "
                "distribution."
            )


def _mills(fit: TwoPartFit) -> Iterator[str]:
    for equation, step in fit.mills.items():
        if abs(step.rho) <= 1:
            yield f"The Mills ratio implies a correlation of return and {equation} of {step.rho:.2f}."
    if fit.mills and "tenure" not in fit.mills:
        running = format_count(fit.n_returned - fit.n_ended)
        yield (
            f"Tenure is not corrected by the Mills ratio: {running} second lifetimes are still running, and the "
            "correction needs all to have ended; fit_joint allows for them."
        )
