"""What does a fitted model of purchases say of customers, new ones and those seen so far?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from winback.doors import door
from winback.expectations import Expectations
from winback.periods import Period
from winback.purchases.cells import LONGEST_AGE, PurchaseCells, collapse_rows, one_cell
from winback.purchases.check import PurchaseCheck
from winback.purchases.judging import judge_purchases
from winback.purchases.limits import highest_mean_dropout
from winback.purchases.logs.summary import HeldOutPurchases
from winback.purchases.maximum import FitAtMaximum, edges_in_words
from winback.purchases.model import NOBODY, Edge, PurchaseModel
from winback.purchases.spend import SpendFit
from winback.purchases.table import TABLE, Columns, check_periods, read_groups, read_rows
from winback.purchases.wording import describe_purchases
from winback.results import Sentences
from winback.tables import Problem, TableError


@dataclass(frozen=True, repr=False, kw_only=True)
class PurchaseFit(FitAtMaximum):
    """A fitted model of repeat purchases without a contract.

    Every time is in units of ``period``; customers are given with the columns of the table that was fitted. Intervals
    are for what is expected, not for what one customer will do. Where nobody bought again (``n_repeat`` of 0) nothing
    is expected of customers like them, without an upper limit, and whether they have left is missing, see
    `winback.purchases.limits`. What every fit has stands in `FitAtMaximum`.
    """

    model: PurchaseModel = field(repr=False)
    n_repeat: int  # customers who bought again
    period: Period  # unit of time; with opportunities, the time from one to the next
    edges: tuple[Edge, ...]  # ends of the parameters on which the fit lies, none inside
    columns: Columns
    cells: PurchaseCells = field(repr=False)

    def describe(self) -> Sentences:
        """Say who buys again and how often, and what the model rests on."""
        return describe_purchases(self)

    @property
    def edge(self) -> str:
        """On which edge of the model the fit lies, in words; empty for none."""
        return edges_in_words(self.edges)

    @cached_property
    def highest_dropout(self) -> float:
        """One-sided upper limit of the mean chance to drop out where nobody does; missing elsewhere."""
        if NOBODY not in {each.leave for each in self.edges}:
            return np.nan
        unit = float(self.cells.age.max()) / LONGEST_AGE if self.model.timed else 1.0
        theta = self.theta
        theta[list(self.model.timed)] -= np.log(unit)
        return highest_mean_dropout(self.model, theta, self.cells.scaled(1 / unit), self.level)

    def expectations(self, customers: pd.DataFrame, periods: float, annual_discount: float = 0.0) -> Expectations:
        """Return each customer's expected purchases with their slopes in the logarithms of the parameters.

        Parameters
        ----------
        customers : pandas.DataFrame
            One row per customer, with frequency, recency and age.
        periods : float
            Horizon from the end of the data, in units of ``period``; may be infinite with a discount.
        annual_discount : float
            Annual rate as a share; zero counts plain purchases.
        """
        if len(customers) == 0:
            raise TableError(TABLE, [Problem("table", "has no rows", 0, "", "Give at least one customer.")])
        cells, rows = self._cells(customers)
        return self._expected(cells, rows, periods, annual_discount)

    @door
    def predict(
        self, customers: pd.DataFrame, periods: float, annual_discount: float = 0.0, *, intervals: bool = True
    ) -> pd.DataFrame:
        """Return each customer's expected purchases within the next periods, given the purchases so far.

        Parameters
        ----------
        customers, periods, annual_discount
            As in `expectations`.
        intervals : bool
            False leaves out ``low`` and ``high``, which take longer than the expectation itself.

        Returns
        -------
        pandas.DataFrame
            In the order and with the index of the customers: ``expected``, ``low``, ``high``.
        """
        found = self.expectations(customers, periods, annual_discount)
        if not intervals:
            return pd.DataFrame({"expected": found.each()}, index=customers.index)
        return found.to_frame(self.level, customers.index)

    @door
    def total(
        self,
        customers: pd.DataFrame,
        periods: float,
        annual_discount: float = 0.0,
        *,
        by: str | None = None,
        weights: str | None = None,
    ) -> pd.DataFrame:
        """Return the expected purchases of a group of customers together, with the interval of the total.

        Parameters
        ----------
        customers, periods, annual_discount
            As in `expectations`.
        by : str, optional
            Column of the groups; everybody together without it.
        weights : str, optional
            Column that counts the customers each row stands for.

        Returns
        -------
        pandas.DataFrame
            One row per group: ``group``, ``n``, ``expected``, ``std_error``, ``low``, ``high``.
        """
        found = self.expectations(customers, periods, annual_discount)
        counts = read_rows(customers, self.columns, weights, fit=False).counts
        counts = np.ones(len(customers)) if counts is None else counts
        names, codes = read_groups(customers, by)
        groups = [(name, counts * (codes == code)) for code, name in enumerate(names)]
        rows = [(name, int(each.sum()), *found.total(each, self.level)) for name, each in groups]
        return pd.DataFrame(rows, columns=["group", "n", "expected", "std_error", "low", "high"])

    @door
    def expected_purchases(self, periods: ArrayLike) -> pd.DataFrame:
        """Return the repeat purchases expected of a new customer, with interval.

        One row per time since the first purchase: ``periods``, ``expected``, ``low``, ``high``.
        """
        new, times = one_cell(), np.atleast_1d(np.asarray(periods, dtype=float))
        found = (self._expected(new, np.zeros(1, dtype=int), float(time), 0.0) for time in times)
        return pd.concat([one.to_frame(self.level) for one in found], ignore_index=True).assign(periods=times)[
            ["periods", "expected", "low", "high"]
        ]

    @door
    def probability_alive(self, customers: pd.DataFrame) -> np.ndarray:
        """Return each customer's chance to be still a customer at the end of the data, shape (n,)."""
        cells, rows = self._cells(customers)
        if self.n_repeat == 0:
            return np.full(len(rows), np.nan)
        return expit(-self.model.log_odds_left(self.theta, cells))[rows]

    @door
    def residual_purchases(self, customers: pd.DataFrame, annual_discount: float) -> pd.DataFrame:
        """Return each customer's discounted expected purchases from the end of the data to infinity (DERT).

        A purchase t years ahead counts :math:`(1 + d)^{-t}`; without a discount the sum may have no end. As `predict`.
        """
        return self.predict(customers, np.inf, annual_discount)

    @door
    def check(self, held_out: HeldOutPurchases, *, spend: SpendFit | None = None) -> PurchaseCheck:
        """Judge the model by what its customers bought afterwards [1]_.

        Intervals are for what will be observed: the parameters are uncertain (delta method), and customers' purchases
        vary about what is expected of them (`winback.purchases.outcomes`, from the residuals, not from the model that
        is judged). Customers with equal predictions share their mean outcome before they are cut into tenths. Money in
        a tenth that buys little has a longer tail than its interval, which then holds somewhat less often than its
        level; it reaches at least to what the most purchases of its interval are expected to bring.

        Parameters
        ----------
        held_out : HeldOutPurchases
            From `PurchaseSummary.hold_out`; the model was fitted to its ``customers`` or a sample of them.
        spend : SpendFit, optional
            From `fit_spend` on the same customers: then money is judged as well, purchases times spend.

        Raises
        ------
        TypeError, ValueError
            When the fit counts time in another unit, or has seen what was held out.

        References
        ----------
        .. [1] Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way. Marketing
           Science 24, figures 2 and 3.

        Examples
        --------
        >>> import winback as wb
        >>> rng = np.random.default_rng(3)
        >>> days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 180, 900), unit="D")
        >>> log = pd.DataFrame({"customer_id": rng.integers(0, 150, 900), "date": days, "amount": 10.0})
        >>> held_out = wb.summarize_purchases(log, period="W").hold_out(after="2024-03-31")
        >>> wb.fit_purchases(held_out, "mbg_nbd").check(held_out).verdict
        'The MBG/NBD fits: it predicts the total of purchases to the percent'
        """
        return judge_purchases(self, held_out, spend)

    def _cells(self, customers):
        rows = read_rows(customers, self.columns, fit=False)
        return collapse_rows(rows.frequency, rows.recency, rows.age)

    def _expected(self, cells, rows, periods, annual_discount):
        force = self.period.force(annual_discount)
        if periods == np.inf and force == 0:
            raise ValueError("annual_discount must be above 0 for all purchases to come: without one there is no end.")
        periods = periods if periods == np.inf else check_periods(periods, self.columns)

        def value(theta):
            if self.n_repeat == 0:  # of customers who did buy again nothing is known
                return np.where(cells.frequency > 0, np.nan, 0.0)
            return expit(-self.model.log_odds_left(theta, cells)) * self.model.ahead(theta, cells, periods, force)

        return Expectations(value, self.theta, rows, self.covariance)
