"""What has each customer bought so far, and what after a day on which one might have predicted it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date as date_type
from typing import ClassVar

import pandas as pd
from narwhals.typing import IntoFrame

from winback.doors import ArgumentError, door
from winback.periods import Period, parse_period
from winback.purchases.logs.checks import KEPT, TABLE, LogSummary, day_of, end_of
from winback.purchases.logs.customer_days import CustomerDays
from winback.purchases.logs.in_engines import LogInEngine
from winback.purchases.logs.in_memory import LogInMemory
from winback.purchases.logs.log import PurchaseLog, by_day, check_split, in_periods, with_held_out
from winback.purchases.logs.wording import Span, held_out_lines, summary_lines
from winback.results import Result, Sentences
from winback.tables import CUSTOMERS_TABLE, FIRST_LIVES, Problem, TableError
from winback.tables.foreign import as_pandas
from winback.tables.nouns import has_table

HELD_OUT = 5  # one part of so many is held out
MOST_ALONE = 6  # repeat purchases; customers with more are one row of the table


@dataclass(frozen=True, repr=False, kw_only=True)
class FromLog(Result):
    """What is read from a log of purchases."""

    until: date_type  # end of the data
    until_given: bool  # False: it is the last date of the log
    span: Span  # first and last day with a purchase, and the longest pause between two of them
    currency: str = "$"  # sign or code put before money


@dataclass(frozen=True, repr=False, kw_only=True)
class PurchaseSummary(FromLog):
    """One row per customer, see `summarize_purchases`; its other attributes are those of `FromLog`.

    Attributes
    ----------
    customers : pandas.DataFrame
        ``customer_id``, ``frequency`` (days with a purchase, after the first one), ``recency`` (first to last
        purchase), ``age`` (first purchase to ``until``), both in periods, ``n_paid`` (those of the repeat purchases'
        days on which something was paid) and ``mean_spend`` on each of them (missing without one), ``first_day`` and
        ``last_day`` (numbers of `datetime.date.toordinal`).
    frame : pandas.DataFrame
        What was dropped or put together: ``what``, ``n`` rows, ``amount`` in money.
    period : Period
    log : PurchaseLog
        What was summarised, as it was given.
    days : CustomerDays or None
        The days on which each of the customers bought, where the rows were at hand.
    """

    customers: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    period: Period
    log: PurchaseLog = field(repr=False)
    days: CustomerDays | None = field(default=None, repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "what": ("What", "text"),
        "n": ("Rows", "count"),
        "amount": ("Amount", "money"),
    }

    def describe(self) -> Sentences:
        """Say what was dropped or put together, and what looks odd."""
        return Sentences.of(summary_lines(self))

    @door
    def hold_out(self, after: date_type | str | None = None) -> HeldOutPurchases:
        """Split the log by date: what a model may be fitted to, and what it is to be judged by.

        Customers first seen after that day are left out and counted: nothing could have been predicted of them. Those
        who bought first on that very day are kept, at an age of zero: they tell a model nothing, but they are
        predicted.

        Parameters
        ----------
        after : date or text, optional
            Last day that a model may know of; the last fifth of the days is held out without it.

        Raises
        ------
        ValueError
            When one of the two parts has no day in it.

        Examples
        --------
        >>> dates = ["2024-01-01", "2024-01-08", "2024-01-20", "2024-01-03", "2024-01-22"]
        >>> log = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3], "date": dates, "amount": [10.0, 5.0, 7.0, 3.0, 4.0]})
        >>> found = summarize_purchases(log, period="W", until="2024-01-28").hold_out(after="2024-01-14")
        >>> found.customers[["customer_id", "frequency", "held_out_frequency", "held_out_spend"]].to_dict("list")
        {'customer_id': [1, 2], 'frequency': [1, 0], 'held_out_frequency': [1, 0], 'held_out_spend': [7.0, 0.0]}
        >>> found.periods, found.n_later
        (2.0, 1)
        """
        rows, end = self.log.read(), self.until.toordinal()
        days = rows.customer_days(end)
        bought_on = days.bought_on
        split = end - (end - int(bought_on[0])) // HELD_OUT if after is None else day_of(after, "after")
        check_split(bought_on, split, end)
        summary = _summary(rows.summary(split), self.log, self.period, self.currency)
        place = days.ids.get_indexer(summary.customers[self.log.customer])
        customers = with_held_out(summary.customers, place, days, split)
        return HeldOutPurchases(
            summary=summary,
            customers=customers if self.log.amount else customers.drop(columns="held_out_spend"),
            daily=by_day(customers, place, days, end),
            periods=(end - split) / self.period.days,
            n_later=len(days.ids) - len(customers),
            **{each.name: getattr(self, each.name) for each in fields(FromLog)},
        )


@dataclass(frozen=True, repr=False, kw_only=True)
class HeldOutPurchases(FromLog):
    """Customers as they were on a day, and what they bought afterwards, see `PurchaseSummary.hold_out`.

    Attributes
    ----------
    summary : PurchaseSummary
        Of everything until ``calibration_until``.
    customers : pandas.DataFrame
        Its customers, to fit a model to, with ``held_out_frequency`` (days with a purchase afterwards, up to ``until``)
        and ``held_out_spend`` (money on them; no such column where amounts were not given).
    daily : pandas.DataFrame
        One row per day from the first purchase to ``until``: ``day`` (number of `datetime.date.toordinal`),
        ``new_customers`` whose first purchase was that day, ``repeat_purchases`` of all customers of the calibration.
    """

    summary: PurchaseSummary = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    daily: pd.DataFrame = field(repr=False)
    periods: float  # length of the held-out part
    n_later: int  # customers first seen in the held-out part, who are left out
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "bought": ("Repeat purchases so far", "text"),
        "n": ("Customers", "count"),
        "again": ("Bought again", "percent"),
        "purchases": ("Purchases each", "number"),
        "spend": ("Spend each", "money"),
    }

    @property
    def period(self) -> Period:
        """Unit of time."""
        return self.summary.period

    @property
    def calibration_until(self) -> date_type:
        """Last day that a model may know of."""
        return self.summary.until

    def to_frame(self) -> pd.DataFrame:
        """Return one row per customer."""
        return self.customers.copy()

    def table(self) -> pd.DataFrame:
        """Return what customers bought in the held-out part by what they had bought before, rounded, as text."""
        table = self.customers.assign(again=self.customers["held_out_frequency"] > 0)
        names = {"again": "again", "held_out_frequency": "purchases", "held_out_spend": "spend"}
        groups = table.groupby(table["frequency"].clip(upper=MOST_ALONE + 1))
        found = groups[[name for name in names if name in table]].mean().rename(columns=names)
        bought = [f"{x} or more" if x > MOST_ALONE else str(x) for x in found.index]
        found = found.assign(n=groups.size(), bought=bought)
        return self.rounded(found)

    def describe(self) -> Sentences:
        """Say how the log was split, and who bought again."""
        return Sentences.of(held_out_lines(self))


@door
def summarize_purchases(
    purchases: IntoFrame,
    *,
    period: str,
    until: date_type | str | None = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    currency: str = "$",
) -> PurchaseSummary:
    r"""Summarise a log of purchases as one row per customer: what purchase models are fitted to.

    Time is counted in whole days and divided by the period's length at the end, so that nothing is rounded to weeks.
    Purchases of one customer on one day are one purchase. The first day with a purchase starts the clock and is no
    repeat purchase; its amount is not in ``mean_spend``. Rows without a customer, a date or an amount, rows after
    ``until`` and refunds are no purchases; all of them are counted in ``frame``. A refund is not taken off any
    purchase, so no day and no customer is below zero. A purchase of zero is one, and left out of spend alone:
    ``mean_spend`` is the average over the ``n_paid`` days with a repeat purchase that was paid for, as gamma-gamma
    models of spend, which know no zeros, ask for. Customers may come in any order.

    Parameters
    ----------
    purchases : pandas, polars, DuckDB or Spark frame
        One row per purchase, in any order. Dates are dates or timestamps, which count for the day on the clock of
        their own time zone (in DuckDB: the session's); in pandas text as YYYY-MM-DD is read, too.
    period : str
        Unit of ``recency`` and ``age``: "D", "W", "30D", "M", "Y".
    until : date or text, optional
        Last day on which purchases were recorded. The last date of the log where not given, and then said; that
        date is refused as a likely slip when it lies after tomorrow, or over a year after the one before it.
        Given ones are refused after tomorrow, too.
    customer, date, amount : str
        Names of the columns. ``amount=None``: every row with a customer and a date is a purchase, and nothing is said
        of spend: no ``mean_spend``, no amounts of what was dropped.
    currency : str
        Sign or code put before money.

    Returns
    -------
    PurchaseSummary
        Its frames are pandas, whatever the log is.

    Raises
    ------
    TableError
        When a column is missing or is no date or number, ids cannot be told apart, or nothing is left.
    ValueError
        When ``period`` or ``until`` is none, or ``until`` lies in the future.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2005). "Counting Your Customers" the Easy Way. Marketing Science 24(2).

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame(
    ...     {"customer_id": [1, 1, 1, 2], "date": ["2024-01-01", "2024-01-08", "2024-01-08", "2024-01-03"],
    ...      "amount": [10.0, 5.0, 7.0, -3.0]}
    ... )
    >>> found = summarize_purchases(log, period="W", until="2024-01-29")
    >>> found.customers[["customer_id", "frequency", "recency", "age", "mean_spend"]].to_dict("records")
    [{'customer_id': 1, 'frequency': 1, 'recency': 1.0, 'age': 4.0, 'mean_spend': 12.0}]
    >>> print(found.describe().splitlines()[1])
    Dropped: 1 refund (below zero), -$3.00.
    """
    log = PurchaseLog(purchases, customer, date, amount)
    unit, end = parse_period(period), end_of(until)
    rows = log.read(ends=end is None)
    found = rows.summary(_last_day(rows) if end is None else end)
    del rows  # they may fill the memory
    return replace(_summary(found, log, unit, currency), until_given=end is not None)


def _last_day(rows: LogInMemory | LogInEngine) -> int:
    """Return the last day of a log; what is wrong with it is said with what is wrong with the rows."""
    try:
        return rows.end()
    except TableError as error:
        try:
            rows.summary(date_type.max.toordinal())
        except TableError as others:
            raise TableError(TABLE, [*error.found, *others.found]) from None
        raise


def _summary(found: LogSummary, log: PurchaseLog, period: Period, currency: str) -> PurchaseSummary:
    """Return what every engine says of a log, in periods."""
    counts, customers = found.counts, in_periods(found, period.days, log.customer)
    if counts["n"][KEPT] == 0:
        remedy = "Check the columns, the signs of amounts and `until`."
        raise TableError(TABLE, [Problem(log.amount or log.date, "has no purchase in it", 0, "", remedy)])
    if log.amount is None:  # each row counted for 1 so far
        customers, counts = customers.drop(columns=["n_paid", "mean_spend"]), counts.assign(amount=float("nan"))
    return PurchaseSummary(
        customers=customers,
        frame=counts,
        period=period,
        until=date_type.fromordinal(found.end),
        until_given=True,
        span=Span.of(found.bought_on),
        log=log,
        days=found.days,
        currency=currency,
    )


def summarised(customers):
    """Return the summary of a base of buyers, a frame of another package as one of pandas, and all else as it is."""
    if has_table(customers, FIRST_LIVES) and not has_table(customers, CUSTOMERS_TABLE):
        raise ArgumentError("customers have contracts, and this is a model of purchases: fit_contracts(base, ...).")
    return customers.summary if has_table(customers, CUSTOMERS_TABLE) else as_pandas(customers)


def own_period(summary: PurchaseSummary | HeldOutPurchases, asked: str | Period | None) -> Period:
    """Return the period of a summary; another one that was asked for is refused."""
    if asked is not None and parse_period(asked) != summary.period:
        raise ValueError(f"The summary counts time in {summary.period}, not in {asked}: leave period out.")
    return summary.period
