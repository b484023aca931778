"""Who comes back, for how long, worth how much? One model for all three, since what is unseen may move all three."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from scipy.linalg import block_diag
from scipy.optimize import minimize

from winback.doors import door_of_settings
from winback.newton import climb
from winback.orthonormal import orthonormal
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.joint_fit import JointFit, doubts
from winback.second_lifetime.joint_likelihood import N_SHARED, JointData, hessian, log_likelihood
from winback.second_lifetime.margin_fit import margin_shape
from winback.second_lifetime.sample import EQUATIONS, Sample, draw_sample
from winback.second_lifetime.tenure_fit import shape_test
from winback.second_lifetime.two_part import fit_sample, heckman_steps
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.survival.families import Family, find_family
from winback.survival.goodness_of_fit import chi_squared_test
from winback.tables import AnyTable
from winback.uncertainty import normal_quantile

LARGEST_FREE_CORRELATION = 7.0  # tanh(7) = .999998


@door_of_settings
def fit_joint(
    customers: AnyTable,
    *,
    reacquisition: str | None = None,
    tenure: str | None = None,
    margin: str | None = None,
    distribution: str = "lognormal",
    level: float = 0.95,
) -> JointFit:
    r"""Fit return, second tenure and second margin together.

    What the covariates do not explain may be correlated across the three equations: those who return against the odds
    may also stay longer. With :math:`F` the distribution of tenure,

    .. math:: z^* = x_1'\alpha + u, \quad y = x_2'\beta + \sigma_T F^{-1}(\Phi(e_T)), \quad m = x_3'\delta + \sigma_M
              e_M, \qquad (u, e_T, e_M) \sim N_3(0, R)

    by maximum likelihood, second lifetimes still running included; the likelihood is written out in
    `winback.second_lifetime.joint_likelihood`. Standard errors come from the observed information. Telling the
    correlations from the effects needs a covariate that moves return and neither tenure nor margin, such as the number
    of contact attempts planned beforehand. A randomised offer is none: it moves tenure and margin too.

    Parameters
    ----------
    customers : pandas.DataFrame, path or Trial
        Lapsed customers with ``returned``, ``second_tenure`` (months), ``second_ended``, ``second_margin`` (money per
        month) and the columns of the formulas. Rows whose ``eligible`` is false are left out and counted.
    reacquisition, tenure, margin : str, optional
        Right-hand sides; where not given, of the usual columns that can explain something
        (`winback.second_lifetime.usual.usual_formulas`). Such as ``"offer + reason + contact_attempts"``.
    distribution : {"lognormal", "weibull", "loglogistic", "gaussian"}
        Of second tenure; gaussian: tenure itself is linear in its covariates.
    level : float
        Of all intervals.

    Returns
    -------
    JointFit
        With ``doubts``: reasons not to trust it (no excluded driver, few returned, a correlation at its limit, an
        information matrix that is not positive definite, a correlation hardly known, independence not rejected, second
        tenures of another shape, a margin that bends or spreads unevenly). Where there is one, the two-part answer is
        shown first; it is always there as ``two_part``.

    Raises
    ------
    TableError
        Listing everything that stands in the way of a fit.

    References
    ----------
    .. [1] Thomas, J. S., Blattberg, R. C. & Fox, E. J. (2004). Recapturing Lost Customers. Journal of Marketing
       Research 41(1), 31-45.
    .. [2] Kumar, V., Bhagwat, Y. & Zhang, X. (2015). Regaining "Lost" Customers. Journal of Marketing 79(4), 34-55.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=1)
    >>> fit = wb.fit_joint(
    ...     study.lapsed,
    ...     reacquisition="offer + reason + referrals + contact_attempts + months_away",
    ...     tenure="offer + reason + referrals",
    ...     margin="offer + reason + first_margin",
    ... )
    >>> fit.params.query("equation == 'correlation'")[["term", "estimate", "std_error"]].round(2)
                 term  estimate  std_error
    28  return-tenure      0.35       0.10
    29  return-margin      0.26       0.11
    30  tenure-margin     -0.08       0.04
    """
    find_family(distribution)
    normal_quantile(level)
    sample = draw_sample(customers, {"reacquisition": reacquisition, "tenure": tenure, "margin": margin})
    return fit_jointly(sample, distribution, level=level)


def fit_jointly(sample: Sample, distribution: str, *, level: float = 0.95, start: TwoPartFit | None = None) -> JointFit:
    """Fit the joint model to a checked sample; ``start`` is where the two-part model beside it begins."""
    two_part = fit_sample(sample, "probit", distribution, level=level, start=start)
    found = _highest(two_part.theta, *_scaled(sample, find_family(distribution)))
    shared = {field.name: getattr(two_part, field.name) for field in fields(SecondLifetimeFit)} | found
    independence = chi_squared_test(2 * (found["log_likelihood"] - two_part.log_likelihood), 3)
    place = two_part.places["reacquisition"]
    implied = None
    if sample.ended.all():  # only then has tenure a second step
        steps = heckman_steps(sample, distribution, two_part.theta[place], two_part.covariance[place, place])
        implied = steps["tenure"].rho if "tenure" in steps else None
    fit = SecondLifetimeFit(**shared)
    tests = {"independence": independence, "shape": shape_test(fit, sample), "margin_shape": margin_shape(fit, sample)}
    reasons = tuple(doubts(fit, *tests.values(), implied))
    return JointFit(**shared | {"doubts": reasons}, two_part=two_part, **tests)


@dataclass(frozen=True)
class _Scaling:
    """From parameters in months and money to those of scaled outcomes and orthonormal covariates."""

    matrix: np.ndarray  # (p, p), that of the coefficients of each equation along its diagonal
    shift: np.ndarray  # (p,) added afterwards: spreads are in scaled units
    log_jacobian: float  # log-likelihood in months and money less that of the scaled outcomes


def _scaled(sample: Sample, family: Family) -> tuple[JointData, _Scaling]:
    """Return the numbers of the likelihood, all of about size one, and the way to them."""
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
    matrix = block_diag(turns[0], turns[1] / units[0], turns[2] / units[1], np.eye(N_SHARED))
    shift = np.concatenate([np.zeros(len(matrix) - N_SHARED), -scales, np.zeros(3)])
    return data, _Scaling(matrix, shift, float(jacobian))


def _highest(start: np.ndarray, data: JointData, scaling: _Scaling) -> dict:
    """Return the maximum of the joint likelihood; without an information that is positive definite no covariance."""
    peak = climb(
        lambda theta: (*log_likelihood(theta, data), None),
        _near(scaling.matrix @ start + scaling.shift, data),
        curvature=lambda theta, free: -hessian(theta, data),
        known=_is_known,
    )
    back = np.linalg.inv(scaling.matrix)
    covariance = np.full_like(peak.information, np.nan)
    if np.linalg.eigvalsh(peak.information)[0] > 0:  # also where the climb did not settle: then doubts say so
        covariance = back @ np.linalg.inv(peak.information) @ back.T
    found = {"theta": back @ (peak.place - scaling.shift), "covariance": covariance}
    return found | {"log_likelihood": peak.value + scaling.log_jacobian, "converged": peak.converged}


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
