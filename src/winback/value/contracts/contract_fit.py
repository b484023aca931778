"""What is a customer under contract worth? Lifetimes and values, on top of who is still here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.discounting import check_annual_discount
from winback.doors import door_of_settings
from winback.expectations import Expectations
from winback.purchases.table import read_numbers
from winback.tables import ProblemList
from winback.value.contracts import checks
from winback.value.contracts.check import ContractCheck
from winback.value.contracts.counts import CUSTOMERS, equal_rows
from winback.value.contracts.curves import ContractCurves
from winback.value.contracts.judging import judge_contracts
from winback.value.contracts.parameters import gradients, slopes
from winback.value.contracts.payments import expected_payments


@dataclass(frozen=True, repr=False)
class ContractFit(ContractCurves):
    """A model of renewals, fitted (`fit_contracts`) or known (`contract_model`).

    Its attributes are those of `ContractCurves`. Payments are made at the start of each period; whether the one due now
    counts is said by ``moment``.
    """

    @door_of_settings
    def expected_lifetime(self, customers: pd.DataFrame | None = None) -> np.ndarray | float:
        """Return the expected number of periods of a new customer, the first one counted; it may be infinite."""
        return self.discounted_lifetime(0.0, customers)

    @door_of_settings
    def discounted_lifetime(
        self, annual_discount: float, customers: pd.DataFrame | None = None, horizon_periods: int | None = None
    ) -> np.ndarray | float:
        """Return a new customer's expected discounted number of payments (DEL), the one made now counted."""
        _, horizon = checks.all_checked(
            lambda: check_annual_discount(annual_discount), lambda: checks.payments_counted(horizon_periods)
        )
        logs, matrix = self.logs(customers)
        found = self.payments(logs, np.zeros(len(matrix)), annual_discount, horizon)
        return found if customers is not None else float(found[0])

    @door_of_settings
    def residual_lifetime(
        self,
        next_renewal: ArrayLike,
        annual_discount: float,
        *,
        horizon_periods: int | None = None,
        moment: str = checks.BEFORE_RENEWAL,
        customers: pd.DataFrame | None = None,
    ) -> np.ndarray:
        r"""Return the expected discounted payments to come of customers before their n-th renewal (DERL).

        .. math:: \sum_{t=n}^\infty \frac{S(t)}{S(n - 1)} (1 + d)^{n - t}

        counted just before the renewal, the payment due now being made only by those who renew (Fader & Hardie 2010,
        equation 6); after the previous payment all of it is a period further away.
        """
        terms = {"annual_discount": annual_discount, "horizon_periods": horizon_periods, "moment": moment}
        return self.residual_value(next_renewal, margin=1.0, customers=customers, **terms)["lifetime"].to_numpy()

    @door_of_settings
    def residual_value(
        self,
        next_renewal: ArrayLike,
        *,
        margin: ArrayLike,
        annual_discount: float,
        horizon_periods: int | None = None,
        moment: str = checks.BEFORE_RENEWAL,
        customers: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Return what customers of today are still expected to pay, discounted, with intervals.

        Parameters
        ----------
        next_renewal : array_like
            Number of the renewal that comes next, 1 for customers in their first period.
        margin : array_like
            Money per period, paid at its start.
        annual_discount : float
            Annual rate as a share.
        horizon_periods : int, optional
            Payments counted, the next one first; all of them without.
        moment : {"before_renewal", "after_payment"}
            Just before the renewal, or just after the previous payment.
        customers : pandas.DataFrame, optional
            One row per customer, where the model has covariates.

        Returns
        -------
        pandas.DataFrame
            ``next_renewal``, ``lifetime``, ``value``, each with ``_low`` and ``_high``.
        """
        renewals, margin, _, horizon, moment = checks.all_checked(
            lambda: checks.whole_periods(next_renewal, "next_renewal", least=1),
            lambda: checks.margin_per_period(margin),
            lambda: check_annual_discount(annual_discount),
            lambda: checks.payments_counted(horizon_periods),
            lambda: checks.moment_of(moment),
        )
        frame = self._values(self.expectations(renewals, annual_discount, horizon, moment, customers), margin)
        frame.insert(0, "next_renewal", np.broadcast_to(renewals, len(frame)).astype(int))
        return frame if customers is None else frame.set_index(customers.index)

    @door_of_settings
    def new_customer_value(
        self,
        *,
        margin: ArrayLike,
        annual_discount: float,
        horizon_periods: int | None = None,
        customers: pd.DataFrame | None = None,
    ) -> pd.DataFrame:
        """Return what a new customer is expected to pay, the first payment made now, with intervals."""
        margin, _, horizon = checks.all_checked(
            lambda: checks.margin_per_period(margin),
            lambda: check_annual_discount(annual_discount),
            lambda: checks.payments_counted(horizon_periods),
        )
        found = self.expectations(np.zeros(1), annual_discount, horizon, customers=customers)
        frame = self._values(found, margin)
        return frame if customers is None else frame.set_index(customers.index)

    @door_of_settings
    def predict(
        self,
        customers: pd.DataFrame,
        *,
        next_renewal: str | int,
        margin: str | float,
        annual_discount: float,
        horizon_periods: int | None = None,
    ) -> pd.DataFrame:
        """Return each customer's residual value, see `residual_value`; columns may be named instead of numbers."""
        problems = ProblemList(CUSTOMERS, customers)
        renewals, money = (
            read_numbers(customers, given, problems) if isinstance(given, str) else given
            for given in (next_renewal, margin)
        )
        if isinstance(next_renewal, str):
            bad = np.isfinite(renewals) & ~((renewals >= 1) & (renewals == np.floor(renewals)))
            problems.add_rows(next_renewal, bad, "must be a whole number of at least 1", "Number renewals from 1.")
        problems.raise_if_any()
        terms = {"annual_discount": annual_discount, "horizon_periods": horizon_periods}
        return self.residual_value(renewals, margin=money, customers=customers, **terms)

    @door_of_settings
    def check(self, survivors) -> ContractCheck:
        r"""Judge the model, fitted to the first periods of cohorts, by their later counts [1]_.

        Expected of a cohort of which :math:`n_s` were left when the fit ended, s periods old, is the share that stays
        of those, :math:`n_s S(s + h) / S(s)` after h more periods; the interval holds the parameters' uncertainty
        (delta method) and the chance with which each of the :math:`n_s` stays (binomial). Cohorts are added up.

        Parameters
        ----------
        survivors : sequence, or DataFrame
            Survivors as for `fit_contracts`, followed longer. A model with known parameters has seen nothing: all
            of it is held out.

        Raises
        ------
        ValueError
            When the fit has covariates, which counts do not show.
        TableError
            Listing every problem of the counts, also when they are not those of the fit or do not go on beyond them.

        References
        ----------
        .. [1] Fader, P. S. & Hardie, B. G. S. (2007). How to project customer retention. Journal of Interactive
           Marketing 21(1).

        Examples
        --------
        >>> import winback as wb
        >>> left = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
        >>> wb.fit_contracts(left[:5], "sbg", period="Y").check(left).verdict
        'The sBG misses: it expects 8.7 points too few still here at age 12, more than chance'
        >>> wb.fit_contracts(left[:5], "bdw", period="Y").check(left).verdict
        'The BdW fits: it expects 0.5 points too few still here at age 12, no more than chance'
        """
        return judge_contracts(self, survivors)

    def expectations(
        self,
        next_renewal: np.ndarray,
        annual_discount: float,
        horizon_periods: int | None = None,
        moment: str = checks.BEFORE_RENEWAL,
        customers: pd.DataFrame | None = None,
    ) -> Expectations:
        """Return customers' expected discounted payments with their slopes in the coefficients, see `residual_value`.

        A next renewal of 0 stands for a new customer, whose first payment is made now.
        """
        logs, matrix, renewals = self._matched(np.asarray(next_renewal, dtype=float), customers)
        first, codes = equal_rows([*matrix.T, renewals])
        some, at = logs[:, first], renewals[first]

        def payments(parameters):
            return self.payments(parameters, at, annual_discount, horizon_periods, moment)[:, None]

        def slope(_):
            return gradients(slopes(payments, some, self.model), matrix[first])[:, 0, :].T

        return Expectations(lambda _: payments(some)[:, 0], self.location, codes, self.covariance, slope)

    def payments(self, logs, renewals, annual_discount, horizon, moment=checks.BEFORE_RENEWAL) -> np.ndarray:
        """Return expected discounted payments of customers before these renewals; 0 is a new customer, who pays now."""
        factor = float(self.period.discount_factor(annual_discount))
        later = factor if moment == checks.AFTER_PAYMENT else 1.0
        return later * expected_payments(logs, np.maximum(renewals - 1, 0), renewals, factor, horizon)

    def _values(self, found: Expectations, margin) -> pd.DataFrame:
        """Multiply lifetimes and their intervals by the margin."""
        life, (low, high) = found.each(), found.intervals(self.level)
        ends = np.sort([np.asarray(margin) * low, np.asarray(margin) * high], axis=0)
        columns = {"lifetime": life, "lifetime_low": low, "lifetime_high": high}
        return pd.DataFrame({**columns, "value": margin * life, "value_low": ends[0], "value_high": ends[1]})

    def _matched(self, renewals, customers):
        """Return parameters for each renewal, or renewals for each customer."""
        logs, matrix = self.logs(customers)
        n = max(len(renewals), len(matrix))
        if {len(renewals), len(matrix)} - {1, n}:
            raise ValueError(f"next_renewal has {len(renewals)} numbers for {len(matrix)} customers.")
        places = np.arange(n) if len(matrix) == n else np.zeros(n, dtype=int)
        return logs[:, places], matrix[places], np.broadcast_to(renewals, (n,))
