"""Who comes back, for how long, worth how much? One model for all three, since what is unseen may move all three."""

from __future__ import annotations

from dataclasses import fields

from winback.second_lifetime.chi_squared import chi_squared_test
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.joint_fit import JointFit
from winback.second_lifetime.joint_maximum import maximise_joint, scaled_data
from winback.second_lifetime.sample import EQUATIONS, Sample, draw_sample
from winback.second_lifetime.tenure_fit import shape_test
from winback.second_lifetime.trust import doubts
from winback.second_lifetime.two_part import fit_sample, heckman_steps
from winback.second_lifetime.two_part_fit import TwoPartFit
from winback.survival.families import find_family
from winback.tables import AnyTable
from winback.uncertainty import normal_quantile


def fit_joint(
    customers: AnyTable,
    *,
    reacquisition: str,
    tenure: str,
    margin: str,
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
    reacquisition, tenure, margin : str
        Right-hand sides, such as ``"offer + reason + contact_attempts"``.
    distribution : {"lognormal", "weibull", "loglogistic", "gaussian"}
        Of second tenure; gaussian: tenure itself is linear in its covariates.
    level : float
        Of all intervals.

    Returns
    -------
    JointFit
        With ``doubts``: reasons not to trust it (no excluded driver, few returned, a correlation at its limit, an
        information matrix that is not positive definite, a correlation hardly known, independence not rejected, second
        tenures of another shape). Where
        there is one, the two-part answer is shown first; it is always there as ``two_part``.

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
    sample = draw_sample(customers, dict(zip(EQUATIONS, (reacquisition, tenure, margin), strict=True)))
    return fit_jointly(sample, distribution, level=level)


def fit_jointly(sample: Sample, distribution: str, *, level: float = 0.95, start: TwoPartFit | None = None) -> JointFit:
    """Fit the joint model to a checked sample; ``start`` is where the two-part model beside it begins."""
    family = find_family(distribution)
    two_part = fit_sample(sample, "probit", distribution, level=level, start=start)
    found = maximise_joint(two_part.theta, *scaled_data(sample, family))
    independence = chi_squared_test(2 * (found.log_likelihood - two_part.log_likelihood), 3)
    shared = {field.name: getattr(two_part, field.name) for field in fields(SecondLifetimeFit)}
    estimated = ("theta", "covariance", "log_likelihood", "converged")
    shared |= {name: getattr(found, name) for name in estimated}
    place = two_part.places["reacquisition"]
    steps = {}
    if sample.ended.all():  # only then has tenure a second step
        steps = heckman_steps(sample, distribution, two_part.theta[place], two_part.covariance[place, place])
    implied = steps["tenure"].rho if "tenure" in steps else None
    fit = SecondLifetimeFit(**shared)
    shape = shape_test(fit, sample)
    reasons = tuple(doubts(fit, found.positive_definite, independence, shape, implied))
    return JointFit(**shared | {"doubts": reasons}, two_part=two_part, independence=independence, shape=shape)
