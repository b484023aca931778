"""Where is the joint likelihood highest? Scaled data, quasi-Newton steps, and the climber to finish."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from winback.newton import climb
from winback.second_lifetime.joint_likelihood import N_SHARED, JointData, hessian, log_likelihood
from winback.second_lifetime.sample import EQUATIONS, Sample, orthonormal
from winback.survival.families import Family

LARGEST_FREE_CORRELATION = 7.0  # tanh(7) = .999998


@dataclass(frozen=True)
class JointMaximum:
    """The joint likelihood at its maximum, in months and money."""

    theta: np.ndarray  # (p,)
    covariance: np.ndarray  # (p, p), inverse of the observed information; of NaN where there is none
    log_likelihood: float
    converged: bool
    positive_definite: bool  # the observed information is


@dataclass(frozen=True)
class Scaling:
    """Between parameters in months and money, and those of scaled outcomes and orthonormal covariates."""

    turns: tuple[np.ndarray, ...]  # scaled coefficients = turn @ coefficients, by equation
    log_scales: np.ndarray  # (2,) of tenure's and margin's unit
    log_jacobian: float  # log-likelihood in months and money less that of the scaled outcomes

    @property
    def matrix(self) -> np.ndarray:
        """Return the matrix that turns parameters into scaled ones, spreads apart from a shift."""
        sizes = [len(turn) for turn in self.turns]
        matrix = np.eye(sum(sizes) + N_SHARED)
        start = 0
        for turn in self.turns:
            matrix[start : start + len(turn), start : start + len(turn)] = turn
            start += len(turn)
        return matrix

    @property
    def shift(self) -> np.ndarray:
        """What is added to parameters afterwards: spreads are in scaled units."""
        return np.concatenate([np.zeros(sum(map(len, self.turns))), -self.log_scales, np.zeros(3)])


def scaled_data(sample: Sample, family: Family) -> tuple[JointData, Scaling]:
    """Return the numbers of the likelihood, all of about size one, and the way back."""
    order = np.argsort(~sample.ended, kind="stable")  # ended ones first
    y = family.outcome(sample.months)[order]
    units = np.array([1.0 if family.log_tenure else y.std(), sample.margin.std()])
    columns, turns = zip(*(orthonormal(sample.numbers(equation)) for equation in EQUATIONS), strict=True)
    n_ended = int(sample.ended.sum())
    data = JointData(
        x_lost=columns[0][~sample.returned],
        x_back=columns[0][sample.returned][order],
        x_tenure=columns[1][order],
        x_margin=columns[2][order],
        y=y / units[0],
        margin=sample.margin[order] / units[1],
        n_ended=n_ended,
        family=family,
    )
    scales = np.log(units)
    jacobian = -n_ended * scales[0] - len(y) * scales[1] - (y[:n_ended].sum() if family.log_tenure else 0.0)
    turns = (turns[0], turns[1] / units[0], turns[2] / units[1])
    return data, Scaling(turns, scales, float(jacobian))


def maximise_joint(start: np.ndarray, data: JointData, scaling: Scaling) -> JointMaximum:
    """Return the maximum of the joint likelihood.

    Parameters
    ----------
    start : numpy.ndarray, shape (p,)
        In months and money, such as the two-part estimates.
    data, scaling : JointData, Scaling
        From `scaled_data`.
    """
    peak = climb(
        lambda theta: (*log_likelihood(theta, data), None),
        _near(scaling.matrix @ start + scaling.shift, data),
        curvature=lambda theta, free: -hessian(theta, data),
        known=_is_known,
    )
    positive_definite = bool(np.linalg.eigvalsh(peak.information)[0] > 0)
    back = np.linalg.inv(scaling.matrix)
    covariance = np.full_like(peak.information, np.nan)
    if positive_definite:  # also where the climb did not settle: then doubts say so
        covariance = back @ np.linalg.inv(peak.information) @ back.T
    theta = back @ (peak.place - scaling.shift)
    return JointMaximum(theta, covariance, peak.value + scaling.log_jacobian, peak.converged, positive_definite)


def _is_known(theta) -> bool:
    """Say whether correlations differ from one."""
    return bool(np.abs(theta[-3:]).max() <= LARGEST_FREE_CORRELATION)


def _near(theta, data):
    """Come near the top by quasi-Newton steps, from the curvature at the start: cheaper than a curvature each."""
    n = len(data.x_lost) + len(data.y)

    def misfit(theta):
        if not _is_known(theta) or np.abs(theta[-5:-3]).max() > 50:
            return 1e10, np.zeros_like(theta)
        with np.errstate(all="ignore"):
            value, gradient = log_likelihood(theta, data)
        usable = np.isfinite(value) and np.isfinite(gradient).all()
        return (-value / n, -gradient / n) if usable else (1e10, np.zeros_like(theta))

    scale, directions = np.linalg.eigh(-hessian(theta, data) / n)
    first_guess = (directions / np.maximum(scale, max(1e-3, 1e-9 * scale.max()))) @ directions.T
    options = {"hess_inv0": 0.5 * (first_guess + first_guess.T), "gtol": 1e-7, "maxiter": 500}
    return minimize(misfit, theta, jac=True, method="BFGS", options=options).x
