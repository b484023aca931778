"""Who stays how much longer? Accelerated failure time models of tenure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.doors import door
from winback.formula_checks import repeated_columns
from winback.formulas import bind_formula
from winback.results import counted
from winback.survival.duration_fit import DurationFit
from winback.survival.duration_maximum import Maximum, maximise
from winback.survival.families import FAMILIES
from winback.survival.groups import months_and_ended, row_counts, used_rows
from winback.survival.watched_from import lifetime_of, months_watched_from
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList
from winback.uncertainty import normal_interval, normal_quantile

SCALE, INTERCEPT = "scale", "Intercept"
TRIED = [name for name, family in FAMILIES.items() if family.log_tenure]


@door
def fit_duration(
    customers: AnyTable,
    formula: str,
    distribution: str = "auto",
    *,
    lifetime: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
) -> DurationFit:
    r"""Fit how covariates lengthen or shorten a tenure.

    .. math:: \log T = x'\beta + \sigma \varepsilon

    so that :math:`e^{\beta}` is a time ratio: everything a customer does happens so many times later. The error is
    normal, logistic or of the smallest extreme value (lognormal, loglogistic, weibull); customers still there count
    as longer than seen.

    Parameters
    ----------
    customers : pandas.DataFrame, path, Trial or Base
        Table of lapsed customers (`winback.tables.LAPSED`), or a base of all customers.
    formula : str
        Right-hand side, such as ``"reason + log(first_tenure)"``, see `winback.formulas`.
    distribution : {"auto", "lognormal", "weibull", "loglogistic"}
        ``auto`` takes the one of lowest AIC.
    lifetime : {"second", "first"}, optional
        Second lifetimes of those who returned, or first lifetimes of everyone; by default as in `survival_curve`, and
        as there earlier time than ``first_watched_from`` is not at risk.
    weights : str, optional
        Column that counts the customers each row stands for, where equal rows were collapsed into one.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    DurationFit
        ``params`` has ``term``, ``estimate``, ``std_error``, ``z``, ``p_value``, ``low``, ``high``, ``time_ratio``,
        ``time_ratio_low``, ``time_ratio_high``; its last row, ``scale``, is :math:`\sigma` in all three families.

    Raises
    ------
    TableError
        Listing every problem of the table or the formula; when nobody or too few have left to estimate from.
    ValueError
        When no distribution can be fitted.

    References
    ----------
    .. [1] Kalbfleisch, J. D. & Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit = wb.fit_duration(study.lapsed, "reason + log(first_tenure)", "lognormal")
    >>> fit.params[["term", "estimate", "std_error"]].round(3).tail(2)
                    term  estimate  std_error
    3  log(first_tenure)     0.092      0.010
    4              scale     0.893      0.005
    """
    normal_quantile(level)
    if distribution not in ("auto", *TRIED):
        raise ValueError(f"distribution must be one of auto, {', '.join(TRIED)}; got {distribution!r}.")
    lifetime = lifetime_of(customers, lifetime)
    used = used_rows(customers, lifetime, weights, formula)
    design = bind_formula(formula, used, equation="tenure")
    months, ended = months_and_ended(used, lifetime)
    counts = row_counts(used, weights)
    matrix = design.matrix(used)
    _check_ends(used, design, matrix, ended, counts=counts, lifetime=lifetime)
    tried = TRIED if distribution == "auto" else [distribution]
    since = months_watched_from(used, lifetime)
    found = {name: maximise(FAMILIES[name], matrix, months, ended, counts, since=since) for name in tried}
    aic = _compared(found, matrix.shape[1] + 1)
    best = aic["distribution"].iloc[0]
    top = found[best]
    _refuse_unfitted(top, design, distribution)
    return DurationFit(
        params=_params(design.names, top, level),
        distribution=best,
        aic=aic,
        log_likelihood=top.log_likelihood,
        n=int(counts.sum()),
        n_ended=int(counts[ended].sum()),
        converged=top.converged,
        covariance=top.covariance,
        design=design,
        lifetime=lifetime,
        weights=weights,
        level=level,
    )


def _check_ends(used, design, matrix, ended, counts, lifetime) -> None:
    """Refuse lengths of which too few are known to their end for the terms to be told apart."""
    problems = ProblemList(LAPSED_TABLE, used)
    column = "second_ended" if lifetime == "second" else "first_ended" if "first_ended" in used else "first_tenure"
    n_ended, n_params = counts[ended].sum(), matrix.shape[1] + 1
    if n_ended == 0:
        remedy = "Wait until some have left: before that nothing tells how long they stay."
        problems.add(column, "is false for everyone: nobody has left yet", remedy)
    elif n_ended < n_params:
        remedy = "Shorten the formula, or wait until more have left."
        problems.add(column, f"is true for {counted(n_ended, 'customers')}, too few for {n_params} parameters", remedy)
    else:
        for name in repeated_columns(matrix[ended], design.names):
            problem = "has no effect that can be told among those who left: nobody there differs in it alone"
            problems.add(name, problem, "Leave it out of the tenure formula, or merge the label.")
    problems.raise_if_any()


def _compared(found: Mapping[str, Maximum], n_params: int) -> pd.DataFrame:
    rows = []
    for name, one in found.items():
        value = one.log_likelihood if one.converged else np.nan
        fit = {"log_likelihood": value, "aic": 2 * n_params - 2 * value, "converged": one.converged}
        rows.append({"distribution": name, **fit})
    return pd.DataFrame(rows).sort_values("aic", kind="stable", ignore_index=True)


def _refuse_unfitted(one, design, distribution):
    if one.converged:
        return
    tried = "None of the distributions could" if distribution == "auto" else f"The {distribution} could not"
    terms = ", ".join(f"`{name}`" for name in design.names if name != INTERCEPT) or "no covariates"
    raise ValueError(
        f"{tried} be fitted with {terms}: the likelihood has no maximum. Either the lengths follow from the "
        "covariates without any error, or a term separates those who left from those who did not. Shorten the "
        "formula, or check that the lengths differ."
    )


def _params(names, one: Maximum, level) -> pd.DataFrame:
    estimate = np.append(one.coefficients, one.sigma)
    std_error = np.sqrt(np.diag(one.covariance))
    low, high = normal_interval(estimate, std_error, level)
    factor = np.exp(normal_quantile(level) * std_error[-1] / one.sigma)  # the scale is positive: on the log scale
    low[-1], high[-1] = one.sigma / factor, one.sigma * factor
    is_effect = np.array([*(name != INTERCEPT for name in names), False])
    z = np.append((estimate / std_error)[:-1], np.nan)
    with np.errstate(over="ignore"):
        ratios = {
            name: np.where(is_effect, np.exp(values), np.nan)
            for name, values in (("time_ratio", estimate), ("time_ratio_low", low), ("time_ratio_high", high))
        }
    tests = {"std_error": std_error, "z": z, "p_value": 2 * ndtr(-np.abs(z)), "low": low, "high": high}
    return pd.DataFrame({"term": [*names, SCALE], "estimate": estimate, **tests, **ratios})
