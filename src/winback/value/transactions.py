"""What has each customer bought so far? From a log of purchases to one row per customer, and what was dropped.

Written once for pandas, polars, DuckDB and Spark (narwhals): nothing is collected before it is grouped by customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as date_type
from typing import Any, ClassVar

import narwhals as nw
import pandas as pd

from winback.periods import parse_period
from winback.results import Result, Sentences, format_count, format_money
from winback.tables import Problem, TableError
from winback.value.transactions_in_memory import FATES, KEPT, TABLE, counts_frame, day_of, summary_in_memory


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
    """

    customers: Any = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    period: str
    until: date_type
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "what": ("What", "text"),
        "n": ("Rows", "count"),
        "amount": ("Amount", "money"),
    }

    def describe(self) -> Sentences:
        """Say what was dropped or put together."""
        return Sentences.of(_lines(self))


def summarize_transactions(
    transactions,
    *,
    period: str,
    until: date_type | str | None = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
) -> TransactionSummary:
    r"""Summarise a log of purchases as one row per customer: what purchase models are fitted to.

    Time is counted in whole days and divided by the period's length at the end, so that nothing is rounded to weeks.
    Purchases of one customer on one day are one purchase. The first day with a purchase starts the clock and is no
    repeat purchase; its amount is not in ``mean_spend``. Rows without a customer, a date or an amount, rows after
    ``until``, refunds and amounts of zero are no purchases; all of them are counted in ``frame``.

    Parameters
    ----------
    transactions : pandas, polars, DuckDB or Spark frame
        One row per purchase. Dates are dates or timestamps; in pandas text as YYYY-MM-DD is read, too.
    period : str
        Unit of ``recency`` and ``age``: "D", "W", "30D", "M", "Y".
    until : date or text, optional
        Last day on which purchases were recorded. The last date of the log where not given, and then said.
    customer, date, amount : str
        Names of the columns. ``amount=None``: every row is a purchase, and nothing is said of spend.

    Returns
    -------
    TransactionSummary
        ``customers`` is a frame of the same kind as the log.

    Raises
    ------
    TableError
        When a column is missing or is no date or number, or nothing is left.

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
    Dropped: 1 refunds (below zero), -$3.00.
    """
    length = parse_period(period)
    names = (customer, date, amount)
    if isinstance(transactions, pd.DataFrame):
        customers, counts, end = summary_in_memory(transactions, *names, until)
        customers = nw.from_native(customers).lazy()
    else:
        log = _typed_log(transactions, *names)
        end = _end_of_data(log, until)
        log = log.with_columns(_fate(end).alias("fate"))
        daily = log.filter(nw.col("fate") == KEPT).group_by("customer", "day").agg(nw.col("amount").sum())
        customers = _by_customer(daily)
        counts = _counts(log, daily, customers)
    if counts["n"][KEPT] == 0:
        remedy = "Check the columns, the signs of amounts and `until`."
        raise TableError(TABLE, [Problem(amount or date, "has no purchase in it", 0, "", remedy)])
    customers = _as_given(_in_periods(customers, end, length.days, customer), transactions)
    return TransactionSummary(customers, counts, period, date_type.fromordinal(end))


def _typed_log(transactions, customer, date, amount) -> nw.LazyFrame:
    """Return customer, day (number) and amount of every row, not yet computed where the engine can wait."""
    try:
        frame = nw.from_native(transactions)
    except TypeError:
        what = type(transactions).__name__
        problem = Problem(
            "table", f"must be a pandas, polars, DuckDB or Spark frame, not {what}", 0, "", "Read it first."
        )
        raise TableError(TABLE, [problem]) from None
    schema = frame.collect_schema()
    names = [name for name in (customer, date, amount) if name is not None]
    missing = [name for name in names if name not in schema]
    if missing:
        there = ", ".join(schema.names())
        raise TableError(
            TABLE,
            [Problem(name, "is missing from the table", 0, "", f"Name it; columns: {there}.") for name in missing],
        )
    _check_kinds(schema, date, amount)
    given = nw.col(date)
    year = given.dt.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    return frame.lazy().select(
        nw.col(customer).alias("customer"),
        (365 * year + leap_days + given.dt.ordinal_day().cast(nw.Int64)).alias("day"),
        (nw.lit(1.0) if amount is None else nw.col(amount).cast(nw.Float64)).alias("amount"),
    )


def _check_kinds(schema, date, amount):
    problems = []
    if not isinstance(schema[date], nw.Date | nw.Datetime):
        problems.append(Problem(date, f"must be a date or timestamp, not {schema[date]}", 0, "", "Cast it first."))
    if amount is not None and not schema[amount].is_numeric():
        problems.append(Problem(amount, f"must be a number, not {schema[amount]}", 0, "", "Cast it first."))
    if problems:
        raise TableError(TABLE, problems)


def _end_of_data(log, until) -> int:
    if until is not None:
        return day_of(until)
    last = log.select(nw.col("day").max()).collect(backend="pandas").to_native().iloc[0, 0]
    if pd.isna(last):
        raise TableError(TABLE, [Problem("date", "has no date in it", 0, "", "Check the export.")])
    return int(last)


def _fate(end) -> nw.Expr:
    """Return the position in `FATES` of what becomes of a row."""
    fate = nw.lit(KEPT)
    amount = nw.col("amount")
    tests = (
        nw.col("customer").is_null(),
        nw.col("day").is_null(),
        amount.is_null() | amount.is_nan(),
        nw.col("day") > end,
        amount < 0,
        amount == 0,
    )
    for place, test in reversed(list(enumerate(tests))):
        fate = nw.when(test).then(nw.lit(place)).otherwise(fate)
    return fate


def _counts(log, daily, customers) -> pd.DataFrame:
    """Return what became of the rows, see `TransactionSummary.frame`."""
    found = log.group_by("fate").agg(nw.len().alias("n"), nw.col("amount").sum()).collect(backend="pandas").to_native()
    found = found.set_index("fate").astype(float).reindex(range(len(FATES)), fill_value=0.0)
    known = log.filter(~nw.col("customer").is_null()).select(nw.col("customer").n_unique()).collect(backend="pandas")
    return counts_frame(found["n"], found["amount"], _length(daily), _length(customers), known.to_native().iloc[0, 0])


def _by_customer(daily) -> nw.LazyFrame:
    """Return first and last day, number of days and money of each customer."""
    customers = daily.group_by("customer").agg(
        nw.col("day").min().alias("first_day"),
        nw.col("day").max().alias("last_day"),
        nw.len().alias("n_days"),
        nw.col("amount").sum().alias("total"),
    )
    first = daily.select("customer", nw.col("day").alias("first_day"), nw.col("amount").alias("first_amount"))
    return customers.join(first, on=["customer", "first_day"], how="inner")


def _in_periods(customers, end, days, name) -> nw.LazyFrame:
    n_repeat = nw.col("n_days").cast(nw.Int64) - 1
    repeat_money = nw.col("total") - nw.col("first_amount")
    return customers.select(
        nw.col("customer").alias(name),
        n_repeat.alias("frequency"),
        ((nw.col("last_day") - nw.col("first_day")).cast(nw.Float64) / days).alias("recency"),
        ((end - nw.col("first_day")).cast(nw.Float64) / days).alias("age"),
        nw.when(n_repeat > 0).then(repeat_money / n_repeat).alias("mean_spend"),
        nw.col("first_day"),
        nw.col("last_day"),
    )


def _length(frame) -> int:
    return int(frame.select(nw.len()).collect(backend="pandas").to_native().iloc[0, 0])


def _as_given(customers, transactions):
    """Return the summary as a frame of the kind that was given."""
    given = nw.from_native(transactions)
    return (customers.collect() if isinstance(given, nw.DataFrame) else customers).to_native()


def _lines(summary) -> Iterator[str]:
    n = summary.frame.set_index("what")["n"]
    amounts = summary.frame.set_index("what")["amount"]
    yield (
        f"{format_count(n['customers'])} customers with {format_count(n['purchases'])} purchases until "
        f"{summary.until:%Y-%m-%d}; time is counted in periods of {summary.period}."
    )
    for what in (*FATES[:-1], "customers without a purchase, left out"):
        if n[what]:
            money = amounts[what]
            said = f", {format_money(money, summary.currency)}" if money and money == money else ""
            yield f"Dropped: {format_count(n[what])} {what}{said}."
    together = "second purchases of a day, put together"
    if n[together]:
        yield f"{format_count(n[together])} {together} with the first."
