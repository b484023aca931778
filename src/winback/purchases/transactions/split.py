"""What did the customers of a log buy after a day, and on which days did they buy at all?"""

from __future__ import annotations

from datetime import date as date_type

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.transactions.in_engines import collected


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
