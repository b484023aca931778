"""Which days were bought on, by whom, until a day and after it? A log of purchases, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date as date_type
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.logs.checks import LogSummary
from winback.purchases.logs.customer_days import CustomerDays
from winback.purchases.logs.in_engines import LogInEngine
from winback.purchases.logs.in_file import LogInFile
from winback.purchases.logs.in_memory import LogInMemory


@dataclass(frozen=True)
class PurchaseLog:
    """A log of purchases and the names of its columns; ``amount`` of None: every row is a purchase."""

    frame: Any = field(repr=False)
    customer: str
    date: str
    amount: str | None

    @property
    def names(self) -> list[str]:
        """Names of the columns, also of those that nothing is asked of."""
        is_listed = isinstance(self.frame, pd.DataFrame | LogInFile)
        return list(self.frame) if is_listed else nw.from_native(self.frame).collect_schema().names()

    def read(self, *, ends: bool = False) -> LogInMemory | LogInEngine:
        """Return the rows, checked; where they lie in an engine, only what became of them is computed.

        Where the last date ``ends`` the data, one to come is among what is wrong with the rows.
        """
        asked = self.customer, self.date, self.amount
        if isinstance(self.frame, LogInFile):
            rows = LogInMemory.of(self.frame.columns(*filter(None, asked)), *asked, ends=ends)
            return replace(rows, ids=rows.ids.astype(object)) if rows.ids.dtype == "category" else rows  # texts again
        if isinstance(self.frame, pd.DataFrame):
            return LogInMemory.of(self.frame, *asked, ends=ends)
        return LogInEngine.of(self.frame, *asked)

    def n_rows_of(self, name: object) -> int:
        """Return in how many rows a customer is named, wherever the log lies."""
        frame = self.frame.columns(self.customer) if isinstance(self.frame, LogInFile) else self.frame
        rows = nw.from_native(frame).lazy().filter(nw.col(self.customer) == name).select(nw.len())
        return int(rows.collect().item())


def in_periods(log: LogSummary, days: float, name: str) -> pd.DataFrame:
    """Return frequency, recency and age of customers by first and last day, periods having so many days."""
    seen = log.customers
    return pd.DataFrame(
        {
            name: seen["customer"],
            "frequency": seen["n_days"] - 1,
            "recency": (seen["last_day"] - seen["first_day"]) / days,
            "age": (log.end - seen["first_day"]) / days,
            "n_paid": seen["n_paid"],
            "mean_spend": seen["repeat_money"] / seen["n_paid"].where(seen["n_paid"] > 0),
            "first_day": seen["first_day"],
            "last_day": seen["last_day"],
        },
        copy=False,
    )


def check_split(bought_on: np.ndarray, split: int, end: int) -> None:
    """Refuse a split that leaves nothing to fit to, or nothing to judge by."""
    cut, last = (date_type.fromordinal(max(day, 1)) for day in (split, end))
    if len(bought_on) == 0 or bought_on[0] > split:
        there = f"the first is of {date_type.fromordinal(int(bought_on[0]))}" if len(bought_on) else "there is none"
        raise ValueError(f"`after` leaves no purchase to fit to: {cut}, and {there}. Split later.")
    if split >= end:
        raise ValueError(
            f"`after` must lie before the end of the data, or no day is held out: {cut}, and the data end on "
            f"{last}. Split earlier, or say with `until` how long purchases were recorded."
        )


def with_held_out(customers: pd.DataFrame, place: np.ndarray, days: CustomerDays, split: int) -> pd.DataFrame:
    """Return the customers of the calibration with what they bought afterwards; ``place`` is theirs among all."""
    later = days.day > split
    who, n = days.customer[later], len(days.ids)
    bought, spent = np.bincount(who, minlength=n), np.bincount(who, weights=days.amount[later], minlength=n)
    return customers.assign(held_out_frequency=bought[place], held_out_spend=spent[place])


def by_day(customers: pd.DataFrame, place: np.ndarray, days: CustomerDays, end: int) -> pd.DataFrame:
    """Return new customers and repeat purchases of each day."""
    first_days = customers["first_day"].to_numpy()
    start = int(first_days.min())
    n_days = end - start + 1
    known = np.zeros(len(days.ids), dtype=bool)
    known[place] = True
    new = np.bincount(first_days - start, minlength=n_days)
    bought = np.bincount(days.day[known[days.customer]] - start, minlength=n_days)
    return pd.DataFrame({"day": np.arange(start, end + 1), "new_customers": new, "repeat_purchases": bought - new})
