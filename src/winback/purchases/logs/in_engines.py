"""How is a log summarised where it lies? Written once for polars, DuckDB and Spark, by way of narwhals.

Nothing is collected before it is grouped by customer or by day.
"""

from __future__ import annotations

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.logs import checks
from winback.tables import Problem, TableError

FIRST_TROUBLE = len(checks.FATES)  # what cannot be used at all is counted like a fate, behind them
CAST_DATE = "Cast it first: str.to_date() in polars, CAST(... AS DATE) in SQL."
CAST_NUMBER = "Cast it first: cast(pl.Float64) in polars, CAST(... AS DOUBLE) in SQL."


def summary_in_engine(purchases, customer: str, date: str, amount: str | None, end: int | None):
    """Return customers (first_day, last_day, n_days, repeat_money), the counts of rows, the end, and purchase days."""
    log, end = _log_with_fates(purchases, customer, date, amount, end)
    daily = _by_day(log)
    return _by_customer(daily), _counts(log, daily, (date, amount, customer)), end, purchase_days(daily)


def daily_in_engine(purchases, customer: str, date: str, amount: str | None, end: int | None):
    """Return the days on which customers bought (customer, day, amount), not yet computed, and the last day."""
    log, end = _log_with_fates(purchases, customer, date, amount, end)
    return _by_day(log), end


def purchase_days(daily: nw.LazyFrame) -> np.ndarray:
    """Return the days on which somebody bought, ascending."""
    days = collected(daily.group_by("day").agg(nw.len().alias("n")))
    return np.sort(days["day"].to_numpy(dtype=np.int64))


def _log_with_fates(purchases, customer, date, amount, end) -> tuple[nw.LazyFrame, int]:
    log = _typed_log(purchases, customer, date, amount)
    if end is None:
        end = _end_of_data(log, date)
    return log.with_columns(_fate(end).alias("fate")), end


def _by_day(log) -> nw.LazyFrame:
    return log.filter(nw.col("fate") == checks.KEPT).group_by("customer", "day").agg(nw.col("amount").sum())


def _typed_log(purchases, customer, date, amount) -> nw.LazyFrame:
    """Return customer, day (number) and amount of every row, not yet computed where the engine can wait."""
    try:
        frame = nw.from_native(purchases)
    except TypeError:
        what = type(purchases).__name__
        problem = Problem(
            "table", f"must be a pandas, polars, DuckDB or Spark frame, not {what}", 0, "", "Read it first."
        )
        raise TableError(checks.TABLE, [problem]) from None
    schema = frame.collect_schema()
    _check_columns(schema, customer, date, amount)
    given = nw.col(date)
    if getattr(schema[date], "time_zone", None) is not None:
        given = given.dt.replace_time_zone(None)  # what the clock shows; older releases of polars count days in UTC
    year = given.dt.year().cast(nw.Int64) - 1
    leap_days = year // 4 - year // 100 + year // 400
    who, blurred = nw.col(customer), nw.lit(False)
    if schema[customer].is_float():
        who, blurred = _none_for_nan(who), _none_for_nan(who).abs() > checks.largest_exact(schema[customer])
    return frame.lazy().select(
        who.alias("customer"),
        (365 * year + leap_days + given.dt.ordinal_day().cast(nw.Int64)).alias("day"),
        (nw.lit(1.0) if amount is None else _none_for_nan(nw.col(amount).cast(nw.Float64))).alias("amount"),
        blurred.alias("blurred"),
        given.alias("moment"),
    )


def _none_for_nan(number) -> nw.Expr:
    """Return a number, missing where it is not a number, so that sums and comparisons pass over it."""
    return nw.when(~number.is_nan()).then(number)


def _check_columns(schema, customer, date, amount):
    """Refuse columns that are not there or of the wrong kind, all at once."""
    problems = list(checks.name_problems(customer, date, amount, schema.names()))
    if date in schema and not isinstance(schema[date], nw.Date | nw.Datetime):
        problems.append(Problem(date, f"must be a date or timestamp, not {schema[date]}", 0, "", CAST_DATE))
    if isinstance(schema.get(customer), nw.Boolean):
        problems.append(Problem(customer, checks.IDS[0], 0, "", checks.IDS[1]))
    if amount in schema and not schema[amount].is_numeric():
        problems.append(Problem(amount, f"must be a number, not {schema[amount]}", 0, "", CAST_NUMBER))
    if problems:
        raise TableError(checks.TABLE, problems)


def _end_of_data(log, date) -> int:
    """Return the last day of the log, see `last_day`."""
    days = log.filter(~nw.col("day").is_null()).group_by("day").agg(nw.len().alias("n"))
    days = collected(days).sort_values("day")
    return checks.last_day(days["day"].to_numpy(dtype=np.int64), days["n"].to_numpy(dtype=np.int64), date)


def _fate(end) -> nw.Expr:
    """Return the position in `FATES` of what becomes of a row, or beyond them what is wrong with it."""
    day, amount = nw.col("day"), nw.col("amount")
    tests = {
        FIRST_TROUBLE: (day < 1) | (day > checks.LAST_DAY),
        FIRST_TROUBLE + 1: (amount == np.inf) | (amount == -np.inf),
        FIRST_TROUBLE + 2: nw.col("blurred"),
        0: nw.col("customer").is_null(),
        1: day.is_null(),
        2: amount.is_null(),
        3: day > end,
        4: amount < 0,
        5: amount == 0,
    }
    fate = nw.lit(checks.KEPT)
    for place, test in reversed(tests.items()):
        fate = nw.when(test).then(nw.lit(place)).otherwise(fate)
    return fate


def _counts(log, daily, columns) -> pd.DataFrame:
    """Return what became of the rows, see `PurchaseSummary.frame`; refuse what cannot be used at all."""
    found = collected(log.group_by("fate").agg(nw.len().alias("n"), nw.col("amount").sum())).set_index("fate")
    total = int(found["n"].sum())
    problems = [
        Problem(name, said, int(found["n"][place]), "", remedy, n_checked=total)
        for place, (name, (said, remedy)) in enumerate(
            zip(columns, (checks.CALENDAR, checks.FINITE, checks.TOLD_APART), strict=True), start=FIRST_TROUBLE
        )
        if place in found.index
    ]
    if problems:
        raise TableError(checks.TABLE, problems)
    found = found.astype(float).reindex(range(len(checks.FATES)), fill_value=0.0)
    found["amount"] = found["amount"].fillna(0.0)  # a sum of nothing
    known = _n_known(log, columns[-1])
    n_days, n_customers = collected(daily.select(nw.len().alias("n"), nw.col("customer").n_unique())).iloc[0]
    several = columns[1] is not None and found["n"][checks.KEPT] > n_days
    n_equal = found["n"][checks.KEPT] - _n_different(log) if several else 0
    sizes = {"n_days": n_days, "n_customers": n_customers, "n_known": known, "n_equal": n_equal}
    return checks.counts_frame(found["n"], found["amount"], **sizes)


def _n_known(log, name) -> float:
    """Count the customers of all rows; refuse ids that only blanks tell apart."""
    customer = nw.col("customer")
    is_text = isinstance(log.collect_schema()["customer"], nw.String)
    bare = customer.str.strip_chars() if is_text else customer
    known = log.filter(~customer.is_null()).select(customer.n_unique().alias("n"), bare.n_unique().alias("n_bare"))
    n, n_bare = collected(known).iloc[0]
    if n > n_bare:
        raise TableError(checks.TABLE, [Problem(name, checks.BLANKS[0], 0, "", checks.BLANKS[1])])
    return n


def _n_different(log) -> int:
    """Count the purchases that differ in customer, date and time, or amount."""
    bought = log.filter(nw.col("fate") == checks.KEPT).group_by("customer", "moment", "amount").agg(nw.len().alias("n"))
    return int(collected(bought.select(nw.len().alias("n"))).iloc[0, 0])


def _by_customer(daily) -> nw.LazyFrame:
    """Return first and last day, number of days and money after the first day of each customer."""
    repeat = nw.when(nw.col("day") > nw.col("day").min().over("customer")).then(nw.col("amount")).otherwise(0.0)
    return (
        daily.with_columns(repeat.alias("repeat_money"))
        .group_by("customer")
        .agg(
            nw.col("day").min().alias("first_day"),
            nw.col("day").max().alias("last_day"),
            nw.len().alias("n_days"),
            nw.col("repeat_money").sum(),
        )
    )


def collected(frame) -> pd.DataFrame:
    """Compute a small frame and bring it to pandas, without the pyarrow that polars would ask for."""
    frame = frame.collect(backend=None if frame.implementation.is_polars() else "pandas")
    return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
