"""What is ahead of each customer? Contracts and purchases behind one view: payments or purchases to come."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.doors import ArgumentError
from winback.expectations import Expectations
from winback.periods import PAYMENTS, PURCHASES, Period, parse_period, periods_in
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.table import PurchaseRows, check_pandas, read_numbers, read_rows
from winback.tables import Problem, ProblemList, TableError
from winback.tables.headings import refuse_shared_names
from winback.tables.kinds import WHAT_IS_READ, parse_flag
from winback.tables.likeness import to_choose_from
from winback.value import constant_churn
from winback.value.constant_churn import ConstantChurn
from winback.value.contracts.checks import AFTER_PAYMENT, BEFORE_RENEWAL, MOMENTS, moment_of
from winback.value.contracts.contract_fit import ContractFit

CUSTOMERS = "table of customers"
NEXT_RENEWAL = "next_renewal"
YEAR = Period(1, "Y")
WHOLE = "Count whole periods as a customer."
MOST_STEPS = 25  # horizons: between two of them what is expected hardly bends
MANY_WEEKS = 20  # from here on a time is said in weeks, below it in days


@dataclass(frozen=True)
class _Ahead:
    """A fit, and customers of whom something is ahead."""

    fit: ContractFit | PurchaseFit
    customers: pd.DataFrame = field(repr=False)

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.customers)

    @property
    def period(self) -> Period:
        """Unit of time of the fit."""
        return self.fit.period


@dataclass(frozen=True)
class ContractsAhead(_Ahead):
    """Customers under contract and the payments to come."""

    renewals: np.ndarray = field(repr=False)
    moment: str
    unit = "payments"

    @property
    def watched(self) -> Period | None:
        """How long the fit's customers were watched, None for a model with known parameters."""
        return Period(self.fit.last_period * self.period.n_units, self.period.unit) if self.fit.n else None

    @property
    def timing(self) -> str:
        """When money is counted."""
        new = "; new ones pay for the first time now" if (self.renewals == 0).any() else ""
        return f"customers are valued {MOMENTS[self.moment]}{new}; {PAYMENTS}"

    def columns(self) -> dict[str, np.ndarray]:
        """Return what is known of each customer."""
        return {"next_renewal": self.renewals.astype(int)}

    def expected(self, annual_discount: float, horizon: Period | None) -> Expectations:
        """Return each customer's expected discounted payments."""
        n_periods = self._n_periods(horizon)
        return self.fit.expectations(self.renewals, annual_discount, n_periods, self.moment, self.customers)

    def expected_within_data(self, annual_discount: float, horizon: Period | None) -> np.ndarray | None:
        """Return the expected payments at ages at which the fit has seen customers, shape (n,); None without a fit."""
        if not self.fit.n:
            return None
        longest = self._n_periods(horizon) or np.inf
        found = np.zeros(len(self))
        for renewal in np.unique(self.renewals):
            n_periods = int(min(longest, self.fit.last_period - max(renewal, 1) + 1 + (renewal == 0)))
            if n_periods > 0:
                rows = self.renewals == renewal
                some = (self.renewals[rows], annual_discount, n_periods, self.moment, self.customers[rows])
                found[rows] = self.fit.expectations(*some).each()
        return found

    def constant_churn(self, terms, counts, annual_churn, active_within) -> ConstantChurn:
        """Return the payments expected of each if one retention rate held for everybody."""
        if active_within is not None:
            raise ValueError("active_within is for purchases: under a contract it is known who is still a customer.")
        logs = np.broadcast_to(self.fit.logs(self.customers)[0], (3, len(self)))
        return constant_churn.of_contracts(
            logs,
            self.renewals,
            counts,
            period=self.period,
            annual_discount=terms.annual_discount,
            horizon=self._n_periods(terms.horizon),
            moment=self.moment,
            annual_churn=annual_churn,
        )

    def _n_periods(self, horizon) -> int | None:
        return None if horizon is None else int(periods_in(horizon, self.period, whole=True))


@dataclass(frozen=True)
class PurchasesAhead(_Ahead):
    """Customers without a contract and the purchases to come."""

    rows: PurchaseRows = field(repr=False)
    unit = "purchases"
    timing = PURCHASES

    @property
    def watched(self) -> Period:
        """How long the fit's customers were watched."""
        longest = float(self.fit.cells.age.max())
        if self.fit.columns.whole:
            return Period(int(longest) * self.period.n_units, self.period.unit)
        return _in_weeks(longest * self.period.days)

    def columns(self) -> dict[str, np.ndarray]:
        """Return what is known of each customer."""
        return {"chance_active": self.fit.probability_alive(self.customers)}

    def expected(self, annual_discount: float, horizon: Period | None) -> Expectations:
        """Return each customer's expected discounted purchases."""
        periods = np.inf if horizon is None else periods_in(horizon, self.period, self.fit.columns.whole)
        return self.fit.expectations(self.customers, periods, annual_discount)

    def expected_within_data(self, annual_discount: float, horizon: Period | None) -> np.ndarray:
        """Return the expected purchases at ages at which the fit has seen customers, shape (n,).

        Where customers are of many ages, what is expected until each has reached the highest is read off straight
        lines between a few horizons: the curve is flat there and hardly bends within such a step.
        """
        longest = np.inf if horizon is None else periods_in(horizon, self.period, self.fit.columns.whole)
        left = np.clip(self.fit.cells.age.max() - self.rows.age, 0, longest)
        steps = np.unique(left)
        if len(steps) > MOST_STEPS:
            steps = np.linspace(0, steps[-1], MOST_STEPS)
        after = np.searchsorted(steps, left)  # a step that is no shorter
        found = np.zeros(len(self))
        for place, periods in enumerate(steps):
            rows = (after == place) & (left > 0)
            if rows.any():
                found[rows] = self._until(rows, periods, annual_discount)
                before = steps[place - 1] if place else 0.0
                part = (left[rows] - before) / (periods - before)
                if (part < 1).any():
                    shorter = self._until(rows, before, annual_discount) if before else 0.0
                    found[rows] = part * found[rows] + (1 - part) * shorter
        return found

    def _until(self, rows: np.ndarray, periods: float, annual_discount: float) -> np.ndarray:
        """Return what is expected of some customers within so many periods."""
        return self.fit.expectations(self.customers[rows], float(periods), annual_discount).each()

    def constant_churn(self, terms, counts, annual_churn, active_within) -> ConstantChurn:
        """Return the purchases expected of each if one rate of buying and one of leaving held for everybody."""
        within = self._active_within(active_within)
        found = constant_churn.of_purchases(
            self.rows.frequency,
            self.rows.recency,
            self.rows.age,
            counts,
            active_within=within.years / self.period.years,
            period=self.period,
            annual_discount=terms.annual_discount,
            horizon=np.inf if terms.horizon is None else periods_in(terms.horizon, self.period),
            annual_churn=annual_churn,
        )
        return replace(found, active_within=within)

    def _active_within(self, asked: str | Period | None) -> Period:
        """Return after how long without a purchase customers are given up: a year, or half of a short log."""
        watched = self.watched
        if asked is None:
            return YEAR if 2 * YEAR.days <= watched.days else _in_weeks(watched.days / 2)
        within = parse_period(asked, "active_within")
        if within.days >= watched.days:
            raise ValueError(
                f"active_within must be shorter than the fit has watched customers, {watched.in_words}, or nobody is "
                f'taken for lost; got "{within}".'
            )
        return within


def _in_weeks(days: float) -> Period:
    """Return so many days as a period: whole weeks where they are many."""
    return Period(int(days / 7), "W") if days >= 7 * MANY_WEEKS else Period(max(1, int(days)), "D")


def read_ahead(fit, customers, moment: str | None) -> ContractsAhead | PurchasesAhead:
    """Return a fit's customers with what is ahead of them; refuse a fit of another kind, and a table with problems."""
    if not isinstance(fit, ContractFit | PurchaseFit):
        raise ArgumentError(
            f"fit must come from fit_contracts or fit_purchases; got {type(fit).__name__}. Lost customers are valued "
            "by second_lifetime_value."
        )
    check_pandas(customers)
    refuse_shared_names(customers, CUSTOMERS)
    if not len(customers):
        raise TableError(CUSTOMERS, [Problem("table", "has no rows", 0, "", "Give at least one customer.")])
    if isinstance(fit, PurchaseFit):
        if moment is not None:
            raise ValueError("moment is for contracts: without one no payment is due on a day.")
        return PurchasesAhead(fit, customers, read_rows(customers, fit.columns, fit=False))
    moment = moment_of(moment or BEFORE_RENEWAL)
    return ContractsAhead(fit, customers, _renewals(fit, customers, moment), moment)


def _renewals(fit, customers, moment) -> np.ndarray:
    """Return the number of each customer's next renewal, also from the tenure that the fit was made on."""
    problems = ProblemList(CUSTOMERS, customers)
    by_tenure = NEXT_RENEWAL not in customers and fit.columns is not None and fit.columns[0] in customers
    column = fit.columns[0] if by_tenure else NEXT_RENEWAL
    if fit.columns is not None and fit.columns[1] in customers:
        _refuse_ended(customers, fit.columns[1], problems)
    elif by_tenure:
        problems.add(
            fit.columns[1], "is missing from the table", "It says who has left; if nobody has, set it to False."
        )
    if column not in customers:
        own = f", or give {' and '.join(fit.columns)} as for the fit" if fit.columns else ""
        remedy = f"Give the number of the renewal that comes next under this name{own}. "
        remedy += to_choose_from(column, customers.columns)
        problems.add(column, "is missing from the table", remedy)
        problems.raise_if_any()
    number = read_numbers(customers, column, problems) + by_tenure
    bad = np.isfinite(number) & ((number < by_tenure) | (number != np.floor(number)))
    remedy = "1 is the first renewal: customers in their first period; 0 are new ones, who pay now."
    problems.add_rows(column, bad, "must be a whole number of at least 0", remedy if not by_tenure else WHOLE)
    if moment == AFTER_PAYMENT:
        remedy = "Value new customers before their first payment, which is made now."
        problems.add_rows(column, number == 0, "must be at least 1 just after a payment", remedy)
    problems.raise_if_any()
    return number


def _refuse_ended(customers, ended, problems) -> None:
    """Refuse customers who have left, or of whom that is not known."""
    flags, unread = parse_flag(customers[ended])[:2]
    problems.add_rows(ended, unread, *WHAT_IS_READ["flag"])
    missing = customers[ended].isna().to_numpy()
    problems.add_rows(ended, missing, "must not be missing", "Say who has left.")
    gone = flags.fillna(False).to_numpy(dtype=bool)
    problems.add_rows(ended, gone, "is true: they have left", f"Value those still here, where `{ended}` is false.")
