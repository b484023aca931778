"""Who comes back, for how long, worth how much? The two-part model: return, then tenure and margin of the returned."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.linalg import block_diag
from statsmodels.discrete.discrete_model import Logit, Probit
from statsmodels.regression.linear_model import OLS
from statsmodels.tools.sm_exceptions import ModelWarning, PerfectSeparationError

from winback.doors import door_of_settings
from winback.orthonormal import orthonormal
from winback.second_lifetime.links import LINKS
from winback.second_lifetime.sample import (
    EQUATIONS,
    Sample,
    draw_sample,
    outliers,
    refuse_separated,
    weighted_products,
)
from winback.second_lifetime.two_part_fit import HeckmanStep, TwoPartFit, heckman_step
from winback.survival.duration_maximum import maximise
from winback.survival.families import find_family
from winback.tables import AnyTable
from winback.uncertainty import normal_quantile

MODELS = {"probit": Probit, "logit": Logit}


@door_of_settings
def fit_two_part(
    customers: AnyTable,
    *,
    reacquisition: str | None = None,
    tenure: str | None = None,
    margin: str | None = None,
    link: str = "probit",
    distribution: str = "lognormal",
    mills_ratio: bool = False,
    level: float = 0.95,
) -> TwoPartFit:
    r"""Fit the two-part model of second lifetimes.

    .. math:: P(z = 1) = \Phi(x_1'\alpha), \qquad y = x_2'\beta + \sigma_T w, \qquad m = x_3'\delta + \sigma_M e

    Return is explained among all lost customers (statsmodels' probit or logit), tenure and margin among those who
    returned: tenure by a survival regression that allows for second lifetimes still running, margin by least squares.
    Simple, and biased when what makes people return also makes them stay: `fit_joint` looks at that.

    Parameters
    ----------
    customers : pandas.DataFrame, path or Trial
        Lapsed customers with ``returned``, ``second_tenure`` (months), ``second_ended``, ``second_margin`` (money per
        month) and the columns of the formulas. Rows whose ``eligible`` is false are left out and counted.
    reacquisition, tenure, margin : str, optional
        Right-hand sides; where not given, of the usual columns that can explain something
        (`winback.second_lifetime.usual.usual_formulas`). Such as ``"offer + reason + referrals"``.
    link : {"probit", "logit"}
        Of the return equation.
    distribution : {"lognormal", "weibull", "loglogistic", "gaussian"}
        Of second tenure; gaussian: tenure itself is linear in its covariates.
    mills_ratio : bool
        Correct margin, and tenure where every second lifetime has ended, for who returned (Heckman's two steps, with
        his standard errors). Needs the probit link and a lognormal or gaussian tenure.
    level : float
        Of all intervals.

    Returns
    -------
    TwoPartFit

    Raises
    ------
    TableError
        Listing everything that stands in the way: gaps, unknown columns, outcomes as covariates, labels of which all
        or none returned, terms that cannot be told apart.

    References
    ----------
    .. [1] Kumar, V. & Petersen, J. A. (2012). Statistical Methods in Customer Relationship Management, chapter 7.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="offer + reason", tenure="offer + reason", margin="reason")
    >>> fit.n, fit.offers[:2], fit.converged
    (4500, ('discount', 'upgrade'), True)
    >>> fit.predict(study.lapsed.head(2), ["discount", "none"])["chance_of_return"].round(2).tolist()
    [0.57, 0.16, 0.09, 0.01]
    """
    if not isinstance(link, str) or link not in MODELS:
        raise ValueError(f"link must be probit or logit; got {link!r}.")
    family = find_family(distribution)
    normal_quantile(level)
    if mills_ratio and (link != "probit" or distribution not in ("lognormal", "gaussian")):
        raise ValueError("mills_ratio=True needs link='probit' and a lognormal or gaussian distribution.")
    sample = draw_sample(customers, {"reacquisition": reacquisition, "tenure": tenure, "margin": margin})
    return fit_sample(sample, link, family.name, with_mills=mills_ratio, level=level)


def fit_sample(
    sample: Sample,
    link: str,
    distribution: str,
    *,
    with_mills: bool = False,
    level: float = 0.95,
    start: TwoPartFit | None = None,
) -> TwoPartFit:
    """Fit the two-part model to a checked sample, on the way from the coefficients of ``start`` where given."""
    family = find_family(distribution)
    x_return, x_tenure, x_margin = (sample.numbers(equation) for equation in EQUATIONS)
    alpha = None if start is None else start.coefficients("reacquisition")
    alpha, alpha_covariance, converged = _fit_return(x_return, sample.returned, link, alpha)
    linear = x_return @ alpha
    log_return = float(LINKS[link].log_chance(np.where(sample.returned, linear, -linear)).sum())
    stay = maximise(family, x_tenure, sample.months, sample.ended, np.ones(len(sample.months)))
    delta, delta_covariance, sd_margin, log_margin = _fit_margin(sample.margin, x_margin)
    blocks = [alpha_covariance, *_log_spread(stay.covariance, stay.sigma), delta_covariance]
    parts = {"reacquisition": alpha, "tenure": stay.coefficients, "margin": delta}
    mills = heckman_steps(sample, distribution, parts["reacquisition"], alpha_covariance) if with_mills else {}
    for name, step in mills.items():
        parts[name] = step.coefficients[:-1]
        blocks[{"tenure": 1, "margin": 3}[name]] = step.covariance[:-1, :-1]
    log_spreads = [np.log(stay.sigma), np.log(sd_margin)]
    return TwoPartFit(
        designs=sample.designs,
        theta=np.concatenate([*parts.values(), log_spreads, np.zeros(3)]),
        covariance=_stacked(blocks[0], blocks[1], blocks[3], [blocks[2], 1 / (2 * len(sample.margin))]),
        distribution=distribution,
        link=link,
        log_likelihood=log_return + stay.log_likelihood + log_margin,
        n=sample.n,
        n_returned=len(sample.margin),
        n_ended=int(sample.ended.sum()),
        n_set_aside=sample.n_set_aside,
        offers=known_offers(sample),
        longest=float(sample.months.max()),
        converged=converged and stay.converged,
        level=level,
        seen=sample.ids,
        mills=mills,
        cautions=outliers(
            sample,
            (family.outcome(sample.months) - x_tenure @ stay.coefficients) / stay.sigma,
            (sample.margin - x_margin @ delta) / sd_margin,
            family,
        ),
    )


def heckman_steps(sample: Sample, distribution: str, alpha, covariance) -> dict[str, HeckmanStep]:
    """Return the second steps of Heckman's estimator; tenure has one only where every second lifetime has ended."""
    family, back, x_return = find_family(distribution), sample.returned, sample.numbers("reacquisition")
    outcomes = {"tenure": family.outcome(sample.months), "margin": sample.margin}
    if not (sample.ended.all() and distribution in ("lognormal", "gaussian")):
        del outcomes["tenure"]
    linear = x_return[back] @ alpha
    return {
        name: heckman_step(outcome, sample.numbers(name), linear, x_return[back], covariance)
        for name, outcome in outcomes.items()
    }


def known_offers(sample: Sample) -> tuple[str, ...]:
    """Return the labels of ``offer`` that the formulas use, in their order."""
    found = [design.labels["offer"] for design in sample.designs.values() if "offer" in design.labels]
    return tuple(found[0]) if found else ()


def _fit_return(covariates, returned, link, start):
    """Fit who returns, on columns made orthonormal, which are known to be independent."""
    columns, turn = orthonormal(covariates)
    start = None if start is None else turn @ start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)  # what they warn of is checked below and said in words
        try:
            model = MODELS[link](returned.astype(float), columns, check_rank=False, hasconst=False)
            model.hessian = lambda params: weighted_products(columns, model.hessian_factor(params))
            fit = model.fit(start_params=start, disp=0, method="newton", maxiter=100)
        except (PerfectSeparationError, np.linalg.LinAlgError):
            refuse_separated(np.where(returned, 1.0, -1.0), returned)
    refuse_separated(columns @ fit.params, returned)
    back = np.linalg.inv(turn)
    return back @ fit.params, back @ fit.cov_params() @ back.T, bool(fit.mle_retvals["converged"])


def _fit_margin(margin, covariates):
    """Fit margin by least squares."""
    fit = OLS(margin, covariates).fit()
    return fit.params, fit.cov_params(), float(np.sqrt(fit.scale)), float(fit.llf)


def _log_spread(covariance, sigma):
    """Split a covariance of (coefficients, sigma) into that of the coefficients and of (them, log sigma)."""
    turn = np.append(np.ones(len(covariance) - 1), 1 / sigma)
    turned = covariance * np.outer(turn, turn)
    return turned[:-1, :-1], turned[:, -1]


def _stacked(reacquisition, tenure, margin, spreads) -> np.ndarray:
    """Put the covariances of the parts together; the free correlations have none."""
    with_sigma, margin_spread = spreads
    covariance = block_diag(reacquisition, tenure, margin, np.zeros((5, 5)))
    start, rows = len(covariance) - 5, slice(len(reacquisition), len(reacquisition) + len(tenure))
    covariance[rows, start] = covariance[start, rows] = with_sigma[:-1]
    covariance[start, start] = with_sigma[-1]
    covariance[start + 1, start + 1] = margin_spread
    return covariance
