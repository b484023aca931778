"""How is a log summarised where it lies? Written once for polars, DuckDB and Spark, by way of narwhals.

Nothing is collected before it is grouped. Rows are read twice: by day, which tells where the data end and what became
of every row, and by customer and day. What is left to be done for a row per customer is done in pandas.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.logs import checks
from winback.purchases.logs.customer_days import CustomerDays
from winback.tables import Problem, TableError

TROUBLES = (checks.CALENDAR, checks.FINITE, checks.TOLD_APART)  # counted like fates, behind them
TROUBLE = len(checks.FATES)
FREE = TROUBLE + len(TROUBLES)  # a purchase of zero
MOST_NAMED = 20_000  # customers in a filter
ROWS_A_NAME = 400  # of the log; a name in a filter costs an engine as much as 100 to 200 rows
DIGITS = 14  # of a sum; a double has hardly 16, and adding up costs the last ones
CAST_DATE = "Cast it first: str.to_date() in polars, CAST(... AS DATE) in SQL."
CAST_NUMBER = "Cast it first: cast(pl.Float64) in polars, CAST(... AS DOUBLE) in SQL."
CALENDAR = tuple(nw.lit(day).str.to_date("%Y-%m-%d") for day in ("0001-01-01", "9999-12-31"))  # Spark writes 1-01-01


@dataclass(frozen=True)
class LogInEngine:
    """The rows of a log, not yet computed: ``customer``, ``moment``, ``day``, ``amount``, ``blurred``."""

    rows: nw.LazyFrame
    columns: tuple[str, str | None, str]  # names of date, amount and customer, in the order of `TROUBLES`
    n_rows: pd.DataFrame  # day, fate (as if no data had an end), n, amount: collected

    @classmethod
    def of(cls, log, customer: str, date: str, amount: str | None) -> LogInEngine:
        """Read a table, and what becomes of its rows."""
        rows = _typed(log, customer, date, amount)
        found = rows.with_columns(nw.col("day").clip(*CALENDAR), fate=_fate()).group_by("day", "fate")
        found = collected(found.agg(nw.len().alias("n"), nw.col("amount").sum()))
        return cls(rows, (date, amount, customer), found.assign(day=checks.day_numbers(found["day"])))

    def end(self) -> int:
        """Return the last day of the log, see `checks.last_day`."""
        n_rows = self.n_rows[self.n_rows["day"] > 0].groupby("day")["n"].sum()
        return checks.last_day(n_rows.index.to_numpy(), n_rows.to_numpy(), self.columns[0])

    def lazy_days(self, end: int, *more: nw.Expr) -> nw.LazyFrame:
        """Return the days on which customers bought, not yet computed: ``customer``, ``day``, ``amount`` and more."""
        return self.rows.filter(~_is_left_out(end)).group_by("customer", "day").agg(nw.col("amount").sum(), *more)

    def customer_days(self, end: int) -> CustomerDays:
        """Return the days on which customers bought."""
        found = collected(self.lazy_days(end))
        codes, ids = pd.factorize(found["customer"])
        day, amount = checks.day_numbers(found["day"]), found["amount"].to_numpy(dtype=float)
        return CustomerDays.of(codes, pd.Index(ids), day, amount)

    def summary(self, end: int) -> checks.LogSummary:
        """Return one row per customer, and what became of the rows."""
        fates, n_free, bought_on = self._fates(end)
        days = self.lazy_days(end, nw.len().alias("n"), nw.col("amount").max().alias("most"))
        customers = collected(_by_customer(days).sort("customer"))
        for name in ("first_day", "last_day"):
            customers[name] = checks.day_numbers(customers[name])
        n = customers[["n_days", "n_paid"]].astype(np.int64)
        doubted = customers.loc[customers.pop("n_doubted") > 0, "customer"]
        first, money = (customers.pop(name).to_numpy(dtype=float) for name in ("first_money", "money"))
        counts = checks.counts_frame(
            fates["n"],
            fates["amount"],
            n_free=n_free,
            n_days=n["n_days"].sum(),
            n_customers=len(customers),
            n_known=self._n_known(customers["customer"], fates["n"], end),
            n_equal=self._n_equal(doubted, end) if self.columns[1] is not None and len(doubted) else 0,
        )
        n_paid = n["n_paid"] - (first > 0)
        repeat = np.where(n_paid > 0, difference(money, first), 0.0)
        customers = customers.assign(n_days=n["n_days"], n_paid=n_paid, repeat_money=repeat)
        return checks.LogSummary(customers, counts, end, bought_on)

    def _fates(self, end) -> tuple[pd.DataFrame, int, np.ndarray]:
        """Return n and amount of each fate, the purchases of zero and the days of purchases; refuse the unusable."""
        found = self.n_rows.copy()
        late = (found["day"] > end) & (found["fate"].isin([checks.REFUND, checks.KEPT, FREE]))
        found.loc[late, "fate"] = checks.LATE
        n_free = int(found.loc[found["fate"] == FREE, "n"].sum())
        found["fate"] = found["fate"].replace(FREE, checks.KEPT)
        bought_on = np.unique(found.loc[found["fate"] == checks.KEPT, "day"])
        fates = found.groupby("fate")[["n", "amount"]].sum().reindex(range(FREE), fill_value=0).astype(float)
        problems = [
            Problem(name, said, int(fates["n"][place]), "", remedy, n_checked=int(fates["n"].sum()))
            for place, (name, (said, remedy)) in enumerate(zip(self.columns, TROUBLES, strict=True), start=TROUBLE)
            if fates["n"][place]
        ]
        if problems:
            raise TableError(checks.TABLE, problems)
        return fates.iloc[:TROUBLE], n_free, bought_on

    def _n_equal(self, doubted: pd.Series, end: int) -> int:
        """Count the rows of these customers that are equal to another one; nobody else has such rows."""
        rows, kind = self.rows.filter(~_is_left_out(end)), self.rows.collect_schema()["customer"]
        few = min(MOST_NAMED, self.n_rows["n"].sum() / ROWS_A_NAME)
        if len(doubted) <= few and (kind.is_integer() or isinstance(kind, nw.String)):
            rows = rows.filter(nw.col("customer").is_in(doubted.tolist()))
        alike = rows.group_by("customer", "moment", "amount").agg(nw.len().cast(nw.Int64).alias("n"))
        return int(collected(alike.select((nw.col("n") - 1).sum())).iloc[0, 0])

    def _n_known(self, customers, n, end) -> int:
        """Count the customers of all rows, also those left out; refuse ids that only blanks tell apart."""
        known = customers
        if n[checks.KEPT] + n[checks.NAMELESS] < n.sum():
            others = self.rows.filter(_is_left_out(end) & ~nw.col("customer").is_null())
            known = pd.concat([known, collected(others.select("customer").unique())["customer"]]).drop_duplicates()
        if isinstance(self.rows.collect_schema()["customer"], nw.String):
            n_alike = int(checks.blanks_in(known)[1].sum())
            if n_alike:
                raise TableError(checks.TABLE, [Problem(self.columns[2], checks.BLANKS[0], 0, "", checks.BLANKS[1])])
        return len(known)


def _typed(log, customer, date, amount) -> nw.LazyFrame:
    """Return the rows of a log with names and kinds of our own, or refuse its columns."""
    try:
        frame = nw.from_native(log)
    except TypeError:
        said = f"must be a pandas, polars, DuckDB or Spark frame, not {type(log).__name__}"
        raise TableError(checks.TABLE, [Problem("table", said, 0, "", "Read it first.")]) from None
    schema = frame.collect_schema()
    _check_columns(schema, customer, date, amount)
    moment, who, blurred = nw.col(date), nw.col(customer), nw.lit(False)
    if getattr(schema[date], "time_zone", None) is not None:
        moment = moment.dt.replace_time_zone(None)  # what the clock shows
    if schema[customer].is_float():
        who = _none_for_nan(who)
        blurred = who.abs() > checks.largest_exact(schema[customer])
    elif isinstance(schema[customer], nw.String):
        who = nw.when(who.str.strip_chars() != "").then(who)
    return frame.lazy().select(
        who.alias("customer"),
        moment.alias("moment"),
        moment.cast(nw.Date).alias("day"),
        (nw.lit(1.0) if amount is None else _none_for_nan(nw.col(amount).cast(nw.Float64))).alias("amount"),
        blurred.alias("blurred"),
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


def _fate() -> nw.Expr:
    """Return the position in `checks.FATES` of what becomes of a row, or beyond them what is wrong with it."""
    day, amount = nw.col("day"), nw.col("amount")
    tests = {
        TROUBLE: (day < CALENDAR[0]) | (day > CALENDAR[1]),
        TROUBLE + 1: (amount == np.inf) | (amount == -np.inf),
        TROUBLE + 2: nw.col("blurred"),
        checks.NAMELESS: nw.col("customer").is_null(),
        checks.DATELESS: day.is_null(),
        checks.UNPRICED: amount.is_null(),
        checks.REFUND: amount < 0,
        FREE: amount == 0,
    }
    fate = nw.lit(checks.KEPT)
    for place, test in reversed(tests.items()):
        fate = nw.when(test).then(nw.lit(place)).otherwise(fate)
    return fate


def _is_left_out(end: int) -> nw.Expr:
    """Say whether a row is no purchase until a day."""
    missing = nw.any_horizontal(nw.col("customer", "day", "amount").is_null(), ignore_nulls=False)
    return missing | (nw.col("day") > nw.lit(datetime.date.fromordinal(end))) | (nw.col("amount") < 0)


def _by_customer(days: nw.LazyFrame) -> nw.LazyFrame:
    """Return each customer's first and last day, number of days, and money in all and of the first day.

    The money after the first day is then a difference. To add it up alone would ask for a window over the customer's
    days, which engines compute by sorting all days, or by joining them with themselves.
    """
    first_money = nw.col("amount").first(order_by="day")
    if days.implementation.is_spark_like():  # which knows no first value in an order
        is_first = nw.col("day") == nw.col("day").min().over("customer")
        days = days.with_columns(nw.when(is_first).then(nw.col("amount")).otherwise(0.0).alias("first"))
        first_money = nw.col("first").sum()
    # Of two rows with different amounts neither repeats the other; others are looked at closely.
    doubted = (nw.col("n") > 2) | ((nw.col("n") == 2) & (nw.col("amount") == 2 * nw.col("most")))
    days = days.with_columns(paid=(nw.col("amount") > 0).cast(nw.Int64), doubted=doubted.cast(nw.Int64))
    return days.group_by("customer").agg(
        first_day=nw.col("day").min(),
        last_day=nw.col("day").max(),
        n_days=nw.len(),
        n_paid=nw.col("paid").sum(),
        money=nw.col("amount").sum(),
        first_money=first_money,
        n_doubted=nw.col("doubted").sum(),
    )


def difference(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Subtract amounts above zero, without the digits that sums of such size do not have.

    Examples
    --------
    >>> float(10.10 + 0.30 - 10.10), float(difference(np.array(10.10 + 0.30), np.array(10.10)))
    (0.3000000000000007, 0.3)
    """
    steps = 10.0 ** (DIGITS - np.ceil(np.log10(np.where(whole > 0, whole, 1.0))))
    return np.round((whole - part) * steps) / steps


def collected(frame: nw.LazyFrame) -> pd.DataFrame:
    """Compute a frame and bring it to pandas, without the pyarrow that polars would ask for."""
    frame = frame.collect(backend=None if frame.implementation.is_polars() else "pandas")
    return pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
