"""Who stays how much longer? Accelerated failure time models of tenure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.formulas import bind_formula
from winback.survival.duration_fit import DurationFit
from winback.survival.duration_maximum import Maximum, maximise
from winback.survival.durations_table import check_ends, row_counts, used_rows
from winback.survival.families import FAMILIES
from winback.survival.groups import check_lifetime, months_and_ended
from winback.tables import AnyTable
from winback.uncertainty import normal_interval, normal_quantile

SCALE, INTERCEPT = "scale", "Intercept"
TRIED = [name for name, family in FAMILIES.items() if family.log_tenure]


def fit_duration(
    customers: AnyTable,
    formula: str,
    distribution: str = "auto",
    *,
    lifetime: str = "second",
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
    customers : pandas.DataFrame, path or Trial
        Table of lapsed customers (`winback.tables.LAPSED`).
    formula : str
        Right-hand side, such as ``"reason + log(first_tenure)"``, see `winback.formulas`.
    distribution : {"auto", "lognormal", "weibull", "loglogistic"}
        ``auto`` takes the one of lowest AIC.
    lifetime : {"second", "first"}
        Second lifetimes of those who returned, or first lifetimes of everyone.
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
    check_lifetime(lifetime)
    if distribution not in ("auto", *TRIED):
        raise ValueError(f"distribution must be one of auto, {', '.join(TRIED)}; got {distribution!r}.")
    used = used_rows(customers, lifetime, weights, formula)
    design = bind_formula(formula, used, equation="tenure")
    months, ended = months_and_ended(used, lifetime)
    counts = row_counts(used, weights)
    matrix = design.matrix(used)
    check_ends(used, design, matrix, ended, counts=counts, lifetime=lifetime)
    tried = TRIED if distribution == "auto" else [distribution]
    found = {name: maximise(FAMILIES[name], matrix, months, ended, counts) for name in tried}
    aic = _compared(found, matrix.shape[1] + 1)
    best = aic["distribution"].iloc[0]
    _refuse_unfitted(found[best], design, distribution)
    return DurationFit(
        params=_params(design.names, found[best], level),
        distribution=best,
        aic=aic,
        log_likelihood=found[best].log_likelihood,
        n=int(counts.sum()),
        n_ended=int(counts[ended].sum()),
        converged=found[best].converged,
        covariance=found[best].covariance,
        design=design,
        lifetime=lifetime,
        weights=weights,
        level=level,
    )


def _compared(found: Mapping[str, Maximum], n_params: int) -> pd.DataFrame:
    rows = [
        {
            "distribution": name,
            "log_likelihood": one.log_likelihood if one.converged else np.nan,
            "aic": 2 * n_params - 2 * one.log_likelihood if one.converged else np.nan,
            "converged": one.converged,
        }
        for name, one in found.items()
    ]
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
    z = np.where(np.append(np.ones(len(names), dtype=bool), False), estimate / std_error, np.nan)
    with np.errstate(over="ignore"):
        ratios = {
            name: np.where(is_effect, np.exp(values), np.nan)
            for name, values in (("time_ratio", estimate), ("time_ratio_low", low), ("time_ratio_high", high))
        }
    tests = {"std_error": std_error, "z": z, "p_value": 2 * ndtr(-np.abs(z)), "low": low, "high": high}
    return pd.DataFrame({"term": [*names, SCALE], "estimate": estimate, **tests, **ratios})
