"""Which days were bought on, and what has each customer bought? A log of purchases, wherever it lies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pandas as pd

from winback.purchases.transactions.in_engines import daily_in_engine, summary_in_engine
from winback.purchases.transactions.in_memory import daily_in_memory, summary_in_memory


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
