"""What does a fitted model of tenure say of customers? Chances to be still there, medians, months still to come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.discounting import check_horizon, discount_factor
from winback.doors import door
from winback.formulas import Design
from winback.results import Result, Sentences
from winback.survival import durations_text
from winback.survival.families import FAMILIES
from winback.survival.goodness_of_fit import GoodnessOfFit, check_fit
from winback.survival.groups import group_lifetimes, months_and_ended, row_counts, used_rows
from winback.survival.watched_from import months_watched_from, table_of_lifetime

NODES = 64  # of the quadrature over months


@dataclass(frozen=True, repr=False)
class DurationFit(Result):
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
        "estimate": ("Difference in log months", "number"),
        "p_value": ("p-value", "p_value"),
        "time_ratio": ("Time ratio", "number"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per term, the scale last."""
        return self.params.copy()

    def describe(self) -> Sentences:
        """Say who stays how much longer, what cannot be told, and the doubt that matters most."""
        return Sentences.of(durations_text.answer_lines(self))

    def details(self) -> Sentences:
        """Say the other effects, why this distribution, and what the model rests on."""
        return Sentences.of(durations_text.detail_lines(self))

    @property
    def sigma(self) -> float:
        """Spread of log months, given the covariates."""
        return float(self.params["estimate"].iloc[-1])

    def log_months(self, customers: pd.DataFrame) -> np.ndarray:
        """Return each customer's location of log months, shape (n,)."""
        return self.design.matrix(table_of_lifetime(customers, self.lifetime)) @ self.params["estimate"].to_numpy()[:-1]

    @door
    def survival(self, customers: pd.DataFrame, months: ArrayLike) -> np.ndarray:
        """Return each customer's chance to be still there after so many months, shape (n, m)."""
        months = np.atleast_1d(np.asarray(months, dtype=float))
        if not (months >= 0).all():
            raise ValueError("months must be at least 0.")
        return np.exp(-self.hazard_at(self.log_months(customers), months))

    @door
    def median(self, customers: pd.DataFrame) -> np.ndarray:
        """Return the months by which half of such customers have left, shape (n,)."""
        return np.exp(self.log_months(customers) + self.sigma * FAMILIES[self.distribution].median)

    @door
    def predict(self, customers: pd.DataFrame, horizon_months: float) -> pd.DataFrame:
        """Return ``customer_id`` (where there is one), ``median_months`` and ``expected_months`` within the horizon."""
        customers = table_of_lifetime(customers, self.lifetime)
        columns = {"customer_id": customers["customer_id"].to_numpy()} if "customer_id" in customers else {}
        columns["median_months"] = self.median(customers)
        columns["expected_months"] = self.restricted_mean(customers, horizon_months)
        return pd.DataFrame(columns)

    @door
    def restricted_mean(
        self, customers: pd.DataFrame, horizon_months: float, annual_discount: float = 0.0
    ) -> np.ndarray:
        """Return each customer's expected (discounted) months within the horizon, shape (n,)."""
        return self.remaining(customers, 0.0, horizon_months, annual_discount)

    @door
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
        after = np.asarray(after_months, dtype=float)
        if after.ndim and after.shape != location.shape:
            raise ValueError(f"after_months must be one number, or one for each of {len(location):,} customers.")
        after = np.broadcast_to(after, location.shape)
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

    @door
    def check_shape(self, customers: pd.DataFrame, by: str | None = None) -> GoodnessOfFit:
        """Compare the model with what customers did, see `winback.survival.goodness_of_fit`.

        Parameters
        ----------
        customers : pandas.DataFrame
            The table it was fitted to, or another one.
        by : str, optional
            Column whose values make groups to be checked one by one; all rows are used.

        Examples
        --------
        >>> import winback as wb
        >>> study = wb.load_telecom_study()
        >>> fit = wb.fit_duration(study.lapsed, "reason + log(first_tenure)")
        >>> fit.check_shape(study.lapsed).frame[["gap", "gap_month"]].round(3)
             gap  gap_month
        0 -0.04       7.955
        """
        used = used_rows(customers, self.lifetime, self.weights, self.design.formula)
        lives = group_lifetimes(used.drop(columns="eligible", errors="ignore"), by, self.lifetime)
        used = used.iloc[lives.rows]
        location = self.log_months(used)
        found = check_fit(
            *months_and_ended(used, self.lifetime),
            lambda months: self.hazard_at(location, months),
            codes=lives.codes,
            names=lives.names,
            counts=row_counts(used, self.weights),
            since=months_watched_from(used, self.lifetime),
            model=self.distribution,
            level=self.level,
        )
        return replace(found, said=lives.said)
