"""Who stays how much longer? Accelerated failure time models of tenure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from winback.discounting import check_horizon, discount_factor
from winback.formulas import Design, bind_formula
from winback.results import Sentences
from winback.survival.duration_maximum import Maximum, maximise
from winback.survival.durations_table import check_ends, row_counts, used_rows
from winback.survival.durations_text import describe_durations
from winback.survival.families import FAMILIES
from winback.survival.groups import check_lifetime, months_and_ended
from winback.survival.wording import MonthsResult
from winback.uncertainty import normal_interval, normal_quantile

SCALE, INTERCEPT = "scale", "Intercept"
NODES = 64  # of the quadrature over months
TRIED = [name for name, family in FAMILIES.items() if family.log_tenure]


@dataclass(frozen=True, repr=False)
class DurationFit(MonthsResult):
    """A fitted model of tenure.

    Attributes
    ----------
    params : pandas.DataFrame
        One row per term and one for the scale, see `fit_duration`.
    distribution : str
        ``lognormal``, ``weibull`` or ``loglogistic``.
    aic : pandas.DataFrame
        One row per candidate, best first: ``distribution``, ``log_likelihood``, ``aic``, ``converged``.
    log_likelihood : float
        Of the lengths in months.
    n, n_ended : int
        Customers, and how many of them have left.
    covariance : numpy.ndarray, shape (p + 1, p + 1)
        Of the coefficients and the scale.
    """

    params: pd.DataFrame
    distribution: str
    aic: pd.DataFrame
    log_likelihood: float
    n: int
    n_ended: int
    converged: bool
    covariance: np.ndarray = field(repr=False)
    design: Design = field(repr=False)
    lifetime: str
    weights: str | None
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "term": ("Term", "text"),
        "estimate": ("Effect on log months", "number"),
        "p_value": ("p-value", "p_value"),
        "time_ratio": ("Time ratio", "number"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per term, the scale last."""
        return self.params.copy()

    def describe(self) -> Sentences:
        """Say who stays how much longer, and what the model rests on."""
        return describe_durations(self)

    @property
    def sigma(self) -> float:
        """Spread of log months, given the covariates."""
        return float(self.params["estimate"].iloc[-1])

    def log_months(self, customers: pd.DataFrame) -> np.ndarray:
        """Return each customer's location of log months, shape (n,)."""
        return self.design.matrix(customers) @ self.params["estimate"].to_numpy()[:-1]

    def cumulative_hazard(self, customers: pd.DataFrame, months: ArrayLike) -> np.ndarray:
        """Return -log of the share still there; months broadcast against (n, 1)."""
        return self.hazard_at(self.log_months(customers), months)

    def survival(self, customers: pd.DataFrame, months: ArrayLike) -> np.ndarray:
        """Return each customer's chance to be still there after so many months, shape (n, m)."""
        return np.exp(-self.cumulative_hazard(customers, np.atleast_1d(months)))

    def median(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the months by which half of such customers have left, shape (n,)."""
        return np.exp(self.log_months(customers) + self.sigma * FAMILIES[self.distribution].median)

    def predict(self, customers: pd.DataFrame, horizon_months: float) -> pd.DataFrame:
        """Return ``customer_id`` (where there is one), ``median_months`` and ``expected_months`` within the horizon."""
        columns = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
        columns["median_months"] = self.median(customers)
        columns["expected_months"] = self.restricted_mean(customers, horizon_months)
        return pd.DataFrame(columns)

    def restricted_mean(
        self, customers: pd.DataFrame, horizon_months: float, annual_discount: float = 0.0
    ) -> np.ndarray:
        """Return each customer's expected (discounted) months within the horizon, shape (n,)."""
        return self.remaining(customers, 0.0, horizon_months, annual_discount)

    def remaining(
        self, customers: pd.DataFrame, after_months: ArrayLike, horizon_months: float, annual_discount: float = 0.0
    ) -> np.ndarray:
        r"""Return the expected further (discounted) months within the next ``horizon_months``, shape (n,).

        .. math:: \int_0^h \frac{S(a + u)}{S(a)} e^{-ku} du

        Parameters
        ----------
        customers : pandas.DataFrame
            Customers who are still there.
        after_months : array_like, shape () or (n,)
            How long each has been there already.
        horizon_months : float
            Counted from then on.
        annual_discount : float
            Annual discount rate; zero counts plain months.
        """
        horizon, location = check_horizon(horizon_months), self.log_months(customers)
        after = np.broadcast_to(np.asarray(after_months, dtype=float), location.shape)
        if not (after >= 0).all():
            raise ValueError("after_months must be at least 0 for every customer.")
        survived = self.hazard_at(location, after[:, None])[:, 0]
        points, weights = np.polynomial.legendre.leggauss(NODES)
        place = (points + 1) / 2  # months = horizon x place^3: close together at first, where the curve may be steep
        total = np.zeros(len(location))
        for share, weight in zip(place, weights / 2 * 3 * place**2, strict=True):
            ahead = horizon * share**3
            stays = np.exp(survived - self.hazard_at(location, (after + ahead)[:, None])[:, 0])
            total += horizon * weight * discount_factor(ahead, annual_discount) * stays
        return total

    def hazard_at(self, location: np.ndarray, months: ArrayLike) -> np.ndarray:
        """Return the cumulative hazard at locations of log months, shape (n,); months broadcast against (n, 1)."""
        with np.errstate(divide="ignore"):
            log_months = np.log(np.asarray(months, dtype=float))
        return FAMILIES[self.distribution].cumulative_hazard((log_months - location[:, None]) / self.sigma)


def fit_duration(
    customers: pd.DataFrame,
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
    customers : pandas.DataFrame
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
    >>> from winback.survival.durations import fit_duration
    >>> study = wb.load_telecom_study()
    >>> fit = fit_duration(study.lapsed, "reason + log(first_tenure)", "lognormal")
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
    check_ends(used, design, matrix, ended, counts, lifetime)
    tried = TRIED if distribution == "auto" else [distribution]
    found = {name: maximise(FAMILIES[name], matrix, months, ended, counts) for name in tried}
    aic = _compared(found, matrix.shape[1] + 1)
    best = aic["distribution"].iloc[0]
    _refuse_unfitted(found[best], design, distribution)
    return DurationFit(
        _params(design.names, found[best], level),
        best,
        aic,
        found[best].log_likelihood,
        int(counts.sum()),
        int(counts[ended].sum()),
        found[best].converged,
        found[best].covariance,
        design,
        lifetime,
        weights,
        level,
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
