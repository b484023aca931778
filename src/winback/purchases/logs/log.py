"""Which days were bought on, by whom, until a day and after it? A log of purchases, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as date_type
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.logs.in_engines import collected, daily_in_engine, summary_in_engine
from winback.purchases.logs.in_memory import daily_in_memory, summary_in_memory


@dataclass(frozen=True)
class PurchaseLog:
    """A log of purchases and the names of its columns; ``amount`` of None: every row is a purchase."""

    frame: Any = field(repr=False)
    customer: str
    date: str
    amount: str | None

    def by_customer(self, end: int | None):
        """Return customers (first_day, last_day, n_days, repeat_money), counts of rows, the end, and purchase days."""
        summarise = summary_in_memory if isinstance(self.frame, pd.DataFrame) else summary_in_engine
        customers, counts, end, days = summarise(self.frame, self.customer, self.date, self.amount, end)
        return nw.from_native(customers).lazy(), counts, end, days  # pandas computes at once all the same

    def by_day(self, end: int) -> nw.LazyFrame:
        """Return the days on which customers bought: ``customer``, ``day``, ``amount``."""
        read = daily_in_memory if isinstance(self.frame, pd.DataFrame) else daily_in_engine
        return nw.from_native(read(self.frame, self.customer, self.date, self.amount, end)[0]).lazy()

    def as_given(self, customers: nw.LazyFrame):
        """Return customers as a frame of the kind that was given."""
        given = nw.from_native(self.frame)
        return (customers.collect() if isinstance(given, nw.DataFrame) else customers).to_native()


def in_periods(customers: nw.LazyFrame, end: int, days: float, name: str) -> nw.LazyFrame:
    """Return frequency, recency and age of customers by first and last day, periods having so many days."""
    n_repeat = nw.col("n_days").cast(nw.Int64) - 1
    columns = [
        nw.col("customer").alias(name),
        n_repeat.alias("frequency"),
        ((nw.col("last_day") - nw.col("first_day")).cast(nw.Float64) / days).alias("recency"),
        ((end - nw.col("first_day")).cast(nw.Float64) / days).alias("age"),
        nw.when(n_repeat > 0).then(nw.col("repeat_money") / n_repeat).alias("mean_spend"),
        nw.col("first_day"),
        nw.col("last_day"),
    ]
    return customers.select(columns)


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


def in_pandas(frame) -> pd.DataFrame:
    """Compute a frame; in pandas ids stay of their kind."""
    return frame.collect().to_native() if frame.implementation.is_pandas() else collected(frame)


def with_held_out(known, days, customer: str, split: int, with_spend: bool) -> pd.DataFrame:
    """Return the customers of the calibration with what they bought afterwards."""
    later = days.filter(nw.col("day") > split).group_by("customer")
    later = later.agg(nw.len().alias("held_out_frequency"), nw.col("amount").sum().alias("held_out_spend"))
    found = in_pandas(known.join(later, left_on=customer, right_on="customer", how="left"))
    found = found.drop(columns="customer", errors="ignore") if customer != "customer" else found
    found["held_out_frequency"] = found["held_out_frequency"].fillna(0).astype("int64")
    found["held_out_spend"] = found["held_out_spend"].fillna(0.0).astype(float)
    return found if with_spend else found.drop(columns="held_out_spend")


def by_day(customers: pd.DataFrame, known, days, customer: str, end: int) -> pd.DataFrame:
    """Return new customers and repeat purchases of each day."""
    firsts = known.select(nw.col(customer).alias("customer"), "first_day")
    repeat = days.join(firsts, on="customer", how="inner").filter(nw.col("day") > nw.col("first_day"))
    repeat = in_pandas(repeat.group_by("day").agg(nw.len().alias("n")))
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
