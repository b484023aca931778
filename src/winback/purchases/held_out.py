"""What was bought after a day on which one might have predicted it? A log of purchases, split by date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date as date_type
from typing import ClassVar

import narwhals as nw
import numpy as np
import pandas as pd

from winback.periods import parse_period
from winback.purchases.transactions.checks import day_of
from winback.purchases.transactions.in_engines import collected, purchase_days
from winback.purchases.transactions.span import Span
from winback.purchases.transactions.summary import TransactionSummary, daily_purchases, summarize_transactions
from winback.purchases.transactions.wording import counted
from winback.results import Result, Sentences, format_count, format_money, format_percent

HELD_OUT = 5  # one part of so many is held out
MOST_ALONE = 6  # repeat purchases; customers with more are one row of the table


@dataclass(frozen=True, repr=False)
class HeldOutPurchases(Result):
    """Customers as they were on a day, and what they bought afterwards, see `hold_out_purchases`.

    Attributes
    ----------
    summary : TransactionSummary
        Of everything until ``calibration_until``.
    customers : pandas.DataFrame
        Its customers, to fit a model to, with ``held_out_frequency`` (days with a purchase afterwards, up to ``until``)
        and ``held_out_spend`` (money on them; no such column where amounts were not given).
    daily : pandas.DataFrame
        One row per day from the first purchase to ``until``: ``day`` (number of `datetime.date.toordinal`),
        ``new_customers`` whose first purchase was that day, ``repeat_purchases`` of all customers of the calibration.
    periods : float
        Length of the held-out part.
    n_later : int
        Customers first seen in the held-out part, who are left out.
    calibration_until, until : datetime.date
    until_given : bool
        False where ``until`` is the last date of the log.
    span : Span
        First and last day with a purchase, and the longest pause between two of them, in both parts together.
    currency : str
        Sign or code put before money.
    """

    summary: TransactionSummary = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    daily: pd.DataFrame = field(repr=False)
    periods: float
    n_later: int
    calibration_until: date_type
    until: date_type
    until_given: bool
    span: Span
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "bought": ("Repeat purchases so far", "text"),
        "n": ("Customers", "count"),
        "again": ("Bought again", "percent"),
        "purchases": ("Purchases each", "number"),
        "spend": ("Spend each", "money"),
    }

    @property
    def period(self) -> str:
        """Unit of time."""
        return self.summary.period

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
        return Sentences.of(_lines(self))


def hold_out_purchases(
    transactions,
    *,
    period: str,
    calibration_until: date_type | str | None = None,
    until: date_type | str | None = None,
    customer: str = "customer_id",
    date: str = "date",
    amount: str | None = "amount",
    currency: str = "$",
) -> HeldOutPurchases:
    """Split a log of purchases by date: what a model may be fitted to, and what it is to be judged by.

    Rows are kept, put together and counted as by `summarize_transactions`. Customers first seen after
    ``calibration_until`` are left out and counted: nothing could have been predicted of them. Those who bought
    first on that very day are kept, at an age of zero: they tell a model nothing, but they are predicted.

    Parameters
    ----------
    transactions : pandas, polars, DuckDB or Spark frame
        One row per purchase.
    period : str
        Unit of time: "D", "W", "30D", "M", "Y".
    calibration_until : date or text, optional
        Last day that a model may know of; the last fifth of the days is held out without it.
    until : date or text, optional
        Last day on which purchases were recorded. The last date of the log where not given. Not after tomorrow.
    customer, date, amount : str
        Names of the columns. ``amount=None``: every row is a purchase, and nothing is said of spend.
    currency : str
        Sign or code put before money.

    Returns
    -------
    HeldOutPurchases
        Its frames are pandas, whatever the log is.

    Raises
    ------
    TableError
        When a column is missing or is no date or number.
    ValueError
        When one of the two parts has no day in it, or ``until`` lies in the future.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> dates = ["2024-01-01", "2024-01-08", "2024-01-20", "2024-01-03", "2024-01-22"]
    >>> log = pd.DataFrame({"customer_id": [1, 1, 1, 2, 3], "date": dates, "amount": [10.0, 5.0, 7.0, 3.0, 4.0]})
    >>> found = wb.hold_out_purchases(log, period="W", calibration_until="2024-01-14", until="2024-01-28")
    >>> found.customers[["customer_id", "frequency", "held_out_frequency", "held_out_spend"]].to_dict("list")
    {'customer_id': [1, 2], 'frequency': [1, 0], 'held_out_frequency': [1, 0], 'held_out_spend': [7.0, 0.0]}
    >>> found.periods, found.n_later
    (2.0, 1)
    """
    length = parse_period(period)
    split = None if calibration_until is None else day_of(calibration_until, "calibration_until")
    columns = {"customer": customer, "date": date, "amount": amount}
    days, end = daily_purchases(transactions, **columns, until=until)
    bought_on = purchase_days(days)
    if split is None:
        split = end - (end - int(bought_on.min(initial=end))) // HELD_OUT
    _check_split(bought_on, split, end)
    cut = date_type.fromordinal(split)
    summary = summarize_transactions(transactions, period=period, until=cut, currency=currency, **columns)
    known = nw.from_native(summary.customers).lazy()
    customers = _with_held_out(known, days, customer, split, amount is not None)
    everybody = _in_memory(days.select(nw.col("customer").n_unique())).iloc[0, 0]
    return HeldOutPurchases(
        summary,
        customers,
        _by_day(customers, known, days, customer, end),
        (end - split) / length.days,
        int(everybody) - len(customers),
        cut,
        date_type.fromordinal(end),
        until is not None,
        Span.of(bought_on),
        currency,
    )


def _check_split(bought_on, split, end):
    """Refuse a split that leaves nothing to fit to, or nothing to judge by."""
    cut, last = (date_type.fromordinal(max(day, 1)) for day in (split, end))
    if len(bought_on) == 0 or bought_on[0] > split:
        there = f"the first is of {date_type.fromordinal(int(bought_on[0]))}" if len(bought_on) else "there is none"
        raise ValueError(f"calibration_until leaves no purchase to fit to: {cut}, and {there}. Split later.")
    if split >= end:
        raise ValueError(
            f"calibration_until must lie before the end of the data, or no day is held out: {cut}, and the data end on "
            f"{last}. Split earlier, or say with `until` how long purchases were recorded."
        )


def _in_memory(frame) -> pd.DataFrame:
    """Compute a frame; in pandas ids stay of their kind."""
    return frame.collect().to_native() if frame.implementation.is_pandas() else collected(frame)


def _with_held_out(known, days, customer, split, with_spend) -> pd.DataFrame:
    """Return the customers of the calibration with what they bought afterwards."""
    later = days.filter(nw.col("day") > split).group_by("customer")
    later = later.agg(nw.len().alias("held_out_frequency"), nw.col("amount").sum().alias("held_out_spend"))
    found = _in_memory(known.join(later, left_on=customer, right_on="customer", how="left"))
    found = found.drop(columns="customer", errors="ignore") if customer != "customer" else found
    found["held_out_frequency"] = found["held_out_frequency"].fillna(0).astype("int64")
    found["held_out_spend"] = found["held_out_spend"].fillna(0.0).astype(float)
    return found if with_spend else found.drop(columns="held_out_spend")


def _by_day(customers, known, days, customer, end) -> pd.DataFrame:
    """Return new customers and repeat purchases of each day."""
    firsts = known.select(nw.col(customer).alias("customer"), "first_day")
    repeat = days.join(firsts, on="customer", how="inner").filter(nw.col("day") > nw.col("first_day"))
    repeat = _in_memory(repeat.group_by("day").agg(nw.len().alias("n")))
    first_days = customers["first_day"].to_numpy(dtype=np.int64)
    start = int(first_days.min())
    at = repeat["day"].to_numpy(dtype=np.int64) - start
    n_days = end - start + 1
    return pd.DataFrame(
        {
            "day": np.arange(start, end + 1),
            "new_customers": np.bincount(first_days - start, minlength=n_days),
            "repeat_purchases": np.bincount(at, weights=repeat["n"], minlength=n_days).astype(np.int64),
        }
    )


def _lines(found) -> Iterator[str]:
    customers, length = found.customers, parse_period(found.period)
    bought, n = customers["held_out_frequency"], len(customers)
    worth, source = "", "" if found.until_given else " (the last date of the log)"
    if "held_out_spend" in customers:
        worth = f", worth {format_money(float(customers['held_out_spend'].sum()), found.currency)}"
    yield (
        f"{counted(n, 'customers')} bought until {found.calibration_until}; held out are "
        f"{length.count(found.periods)}, until {found.until}{source}."
    )
    yield (
        f"Of them, {format_count((bought > 0).sum())} ({format_percent((bought > 0).mean())}) made "
        f"{counted(bought.sum(), 'purchases')} then{worth}."
    )
    if found.n_later:
        who = counted(found.n_later, "customers")
        yield f"{who} first seen in the held-out part: left out, as nothing could have been predicted of them."
    yield from found.span.cautions(found.until)
