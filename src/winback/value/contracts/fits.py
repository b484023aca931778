"""Who renews, and for how long? Models of contracts whose customers differ in their loyalty."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.contract_base import ContractBase
from winback.doors import ArgumentError, door_of_settings
from winback.periods import Period, PeriodError, parse_period
from winback.tables import CUSTOMERS_TABLE, Problem, TableError, has_table
from winback.tables.foreign import as_pandas
from winback.uncertainty import normal_quantile
from winback.value.contracts.base_periods import customers_in_periods
from winback.value.contracts.checks import all_checked
from winback.value.contracts.contract_fit import ContractFit
from winback.value.contracts.counts import COUNTS, CUSTOMERS, ContractData, from_customers, from_survivors
from winback.value.contracts.curves import LikelihoodRatio
from winback.value.contracts.edges import fit_beta_geometric, fit_beta_weibull
from winback.value.contracts.maximum import Maximum
from winback.value.contracts.parameters import parameters

SBG, BDW = "sBG", "BdW"


@door_of_settings
def fit_contracts(
    data: ArrayLike | pd.DataFrame | ContractBase,
    model: str = "sbg",
    *,
    period: str | Period | None = None,
    tenure: str | None = None,
    ended: str | None = None,
    formula: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
) -> ContractFit:
    r"""Fit a model of renewals, in which customers differ in their loyalty.

    "sbg", the shifted-beta-geometric [1]_: each customer leaves at the end of every period with a chance of their own,
    which is Beta distributed (equations 5 and 6; the mean chance is :math:`\alpha / (\alpha + \beta)`, and the
    smaller the two, the more customers differ):

    .. math::
        P(T = t) = \frac{B(\alpha + 1, \beta + t - 1)}{B(\alpha, \beta)}, \qquad
        S(t) = \frac{B(\alpha, \beta + t)}{B(\alpha, \beta)}

    "bdw", the beta-discrete-Weibull [2]_: each customer's own risk may change with time. With c above 1 it rises, below
    1 it falls; at 1 this is the sBG, and the likelihood-ratio test of that is in ``against_sbg``:

    .. math:: S(t) = \frac{B(\gamma, \delta + t^c)}{B(\gamma, \delta)}

    A model with known parameters, such as published ones, comes from `winback.value.contracts.fits.contract_model`.

    Parameters
    ----------
    data : sequence, sequence of sequences, pandas.DataFrame or ContractBase
        Survivors of one cohort after 0, 1, 2, ... periods, such as ``[1000, 869, 743]``; several cohorts, oldest first
        (a list of lists, or a frame with one row each, empty where the period lies ahead); or, with ``tenure`` and
        ``ended``, one row per customer. Of a base of contracts the first lives, in whole periods.
    model : {"sbg", "bdw"}
    period : str
        Length of a period: ``"Y"``, ``"M"``, ``"W"``, ``"30D"``, ..., see `winback.periods`. Required.
    tenure, ended : str, optional
        Columns of customer rows: whole periods as a customer, the last one counted, so at least 1 for those who left;
        and whether the customer left at the end of them. False: still here after them.
    formula : str, optional
        Right-hand side, such as ``"channel + log(price)"``: log alpha and log beta (gamma and delta) are linear in it;
        c is shared.
    weights : str, optional
        Column that counts the customers each row stands for.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    ContractFit
        A fit on an edge (all customers alike, nobody left after the first period) says so in ``describe()``, and so
        does an sBG where each customer's own risk changes with time: the likelihood-ratio test is in ``against_bdw``.

    Raises
    ------
    TableError
        Listing every problem of the data, the formula and the period.
    ValueError
        When there is no such model.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2007). How to project customer retention. Journal of Interactive
       Marketing 21(1), 76-90.
    .. [2] Fader, P. S., Hardie, B. G. S., Liu, Y., Davin, J. & Steenburgh, T. (2018). "How to project customer
       retention" revisited: the role of duration dependence. Journal of Interactive Marketing 43, 1-16.

    Examples
    --------
    >>> import winback as wb
    >>> survivors = [1000, 869, 743, 653, 593, 551, 517, 491]
    >>> fit = wb.fit_contracts(survivors, period="Y")
    >>> fit.params[["equation", "estimate", "std_error"]].round(4)
      equation  estimate  std_error
    0    alpha    0.6681     0.1037
    1     beta    3.8061     0.7855
    >>> fit.survival([8, 12]).round(3).tolist(), round(fit.discounted_lifetime(0.10), 2)
    ([0.46, 0.378], 5.92)
    >>> fit = wb.fit_contracts(survivors, "bdw", period="Y")
    >>> fit.params["estimate"].round(4).tolist(), round(fit.against_sbg.statistic, 2)
    ([0.2143, 1.4266, 1.7236], 11.69)
    """
    if model not in ("sbg", "bdw"):
        raise ValueError(f"model must be sbg or bdw; got {model!r}.")
    asked = {"tenure": tenure, "ended": ended, "formula": formula, "weights": weights}
    if isinstance(data, ContractBase):
        data, asked = customers_in_periods(data, period, asked)
    if has_table(data, CUSTOMERS_TABLE):
        raise ArgumentError("data are customers who buy without a contract: fit_purchases(base).")
    found, unit = _read(as_pandas(data), period, asked, level)
    settings = {
        "period": unit,
        "level": level,
        "columns": None if asked["tenure"] is None else (asked["tenure"], asked["ended"]),
    }
    geometric = fit_beta_geometric(found.cells)
    if model == "sbg":
        return _fitted(SBG, geometric, found, **settings)
    best = fit_beta_weibull(found.cells, geometric)
    return _fitted(BDW, best, found, against_sbg=LikelihoodRatio.between(geometric, best), **settings)


def contract_model(alpha: float, beta: float, *, c: float = 1.0, period: str | Period | None = None) -> ContractFit:
    """Return a model with known parameters, such as published ones: the sBG, or with another c the BdW.

    Intervals of what it says have no width.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.value.contracts.fits import contract_model
    >>> model = contract_model(3.80, 15.20, period="Y")
    >>> model.residual_lifetime([1, 2, 3, 4, 5], annual_discount=0.10).round(2).tolist()
    [3.31, 3.45, 3.59, 3.72, 3.84]
    """
    given = {"alpha": alpha, "beta": beta, "c": c}
    period, *values = all_checked(
        lambda: parse_period(period), *(partial(_positive, name, value) for name, value in given.items())
    )
    name = SBG if c == 1 else BDW
    titles = ("alpha", "beta") if name == SBG else ("gamma", "delta", "c")
    params = pd.DataFrame({"equation": titles, "term": "", "estimate": values[: len(titles)], "std_error": 0.0})
    params = params.assign(z=np.nan, p_value=np.nan, low=params["estimate"], high=params["estimate"])
    return ContractFit(name, period, params, location=np.log(values), covariance=np.zeros((3, 3)))


def _positive(name: str, value: ArrayLike) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number above 0; got {value!r}.")
    return float(value)


def _read(data, period, asked: Mapping[str, str | None], level) -> tuple[ContractData, Period]:
    """Return the counts and the period, or one error with what is wrong of both."""
    normal_quantile(level)
    rows = isinstance(data, pd.DataFrame) and not (asked["tenure"] is None and asked["ended"] is None)
    problems, found, unit = [], None, None
    try:
        unit = parse_period(period)
    except PeriodError as error:
        problems.append(Problem("period", error.problem, 0, "", error.remedy or "Say how long one period is."))
    if not rows:
        for name in [name for name, value in asked.items() if value is not None]:
            problem, remedy = "needs one row per customer", "Give a DataFrame with tenure='...' and ended='...'."
            problems.append(Problem(name, problem, 0, "", remedy))
    try:
        found = from_customers(data, **asked) if rows else from_survivors(data)
    except TableError as error:
        problems += error.found
    if problems:
        raise TableError(CUSTOMERS if rows else COUNTS, problems)
    return found, unit


def _fitted(model: str, found: Maximum, data: ContractData, *, level: float, **settings) -> ContractFit:
    settings |= {name: getattr(data, name) for name in ("n", "n_ended", "n_cohorts", "last_period", "design", "cells")}
    params = parameters(model, found, data.design.names if data.design else None, level)
    return ContractFit(model, params=params, level=level, **vars(found), **settings)
