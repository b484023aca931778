"""What has each customer bought so far? From a log of purchases to one row per customer, and what was dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date as date_type
from typing import Any, ClassVar

import narwhals as nw
import pandas as pd

from winback.periods import parse_period
from winback.purchases.transactions.checks import KEPT, TABLE, end_of
from winback.purchases.transactions.in_engines import collected, daily_in_engine, summary_in_engine
from winback.purchases.transactions.in_memory import daily_in_memory, summary_in_memory
from winback.purchases.transactions.span import Span
from winback.purchases.transactions.wording import summary_lines
from winback.results import Result, Sentences
from winback.tables import Problem, TableError


@dataclass(frozen=True, repr=False)
class TransactionSummary(Result):
    """One row per customer, see `summarize_transactions`.

    Attributes
    ----------
    customers : frame of the same kind as the log
        ``customer_id``, ``frequency`` (days with a purchase, after the first one), ``recency`` (first to last
        purchase), ``age`` (first purchase to ``until``), both in periods, ``mean_spend`` per day with a repeat
        purchase (missing without one), ``first_day`` and ``last_day`` (numbers of `datetime.date.toordinal`).
    frame : pandas.DataFrame
        What was dropped or put together: ``what``, ``n`` rows, ``amount`` in money.
    period : str
    until : datetime.date
        End of the data.
    until_given : bool
        False where ``until`` is the last date of the log.
    span : Span
        First and last day with a purchase, and the longest pause between two of them.
    currency : str
        Sign or code put before money.
    """

    customers: Any = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    period: str
    until: date_type
    until_given: bool
    span: Span
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "what": ("What", "text"),
        "n": ("Rows", "count"),
        "amount": ("Amount", "money"),
    }

    def describe(self) -> Sentences:
        """Say what was dropped or put together, and what looks odd."""
        return Sentences.of(summary_lines(self))

    def in_pandas(self) -> TransactionSummary:
        """Return the same with ``customers`` computed and in pandas, as fits and values take them."""
        if isinstance(self.customers, pd.DataFrame):
            return self
        return replace(self, customers=collected(nw.from_native(self.customers).lazy()))


def summarize_transactions(
    transactions,
    *,
    period: str,
    until: date_type | str | None = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    currency: str = "$",
) -> TransactionSummary:
    r"""Summarise a log of purchases as one row per customer: what purchase models are fitted to.

    Time is counted in whole days and divided by the period's length at the end, so that nothing is rounded to weeks.
    Purchases of one customer on one day are one purchase. The first day with a purchase starts the clock and is no
    repeat purchase; its amount is not in ``mean_spend``. Rows without a customer, a date or an amount, rows after
    ``until``, refunds and amounts of zero are no purchases; all of them are counted in ``frame``. A refund is not
    taken off any purchase, so no day and no customer is below zero. Customers may come in any order.

    Parameters
    ----------
    transactions : pandas, polars, DuckDB or Spark frame
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
    TransactionSummary
        ``customers`` is a frame of the same kind as the log; fits take those of its ``in_pandas()``.

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
    >>> found = summarize_transactions(log, period="W", until="2024-01-29")
    >>> found.customers[["customer_id", "frequency", "recency", "age", "mean_spend"]].to_dict("records")
    [{'customer_id': 1, 'frequency': 1, 'recency': 1.0, 'age': 4.0, 'mean_spend': 12.0}]
    >>> print(found.describe().splitlines()[1])
    Dropped: 1 refund (below zero), -$3.00.
    """
    length = parse_period(period)
    end = end_of(until)
    summarise = summary_in_memory if isinstance(transactions, pd.DataFrame) else summary_in_engine
    customers, counts, end, days = summarise(transactions, customer, date, amount, end)
    if counts["n"][KEPT] == 0:
        remedy = "Check the columns, the signs of amounts and `until`."
        raise TableError(TABLE, [Problem(amount or date, "has no purchase in it", 0, "", remedy)])
    customers = nw.from_native(customers).lazy()  # pandas computes at once all the same
    customers = _in_periods(customers, end, length.days, customer)
    if amount is None:  # each row counted for 1 so far
        customers, counts = customers.drop("mean_spend"), counts.assign(amount=float("nan"))
    customers = _as_given(customers, transactions)
    told = (date_type.fromordinal(end), until is not None)
    return TransactionSummary(customers, counts, period, *told, Span.of(days), currency)


def daily_purchases(transactions, customer: str, date: str, amount: str | None, until) -> tuple[nw.LazyFrame, int]:
    """Return the days on which customers bought (``customer``, ``day``, ``amount``), and the last day of the data.

    Rows are kept, put together and refused as by `summarize_transactions`.
    """
    end = end_of(until)
    read = daily_in_memory if isinstance(transactions, pd.DataFrame) else daily_in_engine
    daily, end = read(transactions, customer, date, amount, end)
    return nw.from_native(daily).lazy(), end


def _in_periods(customers, end, days, name) -> nw.LazyFrame:
    n_repeat = nw.col("n_days").cast(nw.Int64) - 1
    return customers.select(
        nw.col("customer").alias(name),
        n_repeat.alias("frequency"),
        ((nw.col("last_day") - nw.col("first_day")).cast(nw.Float64) / days).alias("recency"),
        ((end - nw.col("first_day")).cast(nw.Float64) / days).alias("age"),
        nw.when(n_repeat > 0).then(nw.col("repeat_money") / n_repeat).alias("mean_spend"),
        nw.col("first_day"),
        nw.col("last_day"),
    )


def _as_given(customers, transactions):
    """Return the summary as a frame of the kind that was given."""
    given = nw.from_native(transactions)
    return (customers.collect() if isinstance(given, nw.DataFrame) else customers).to_native()
