"""What becomes of each row of a log of purchases, and where do the data end? Said once for every engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from winback.purchases.logs.customer_days import CustomerDays
from winback.tables import Problem, TableError
from winback.tables.headings import shared_names
from winback.tables.likeness import to_choose_from
from winback.tables.months_from_dates import check_over

TABLE = "table of purchases"
REFUNDS = "refunds (below zero)"
FATES = (  # in the order in which they are looked for; the last one is kept
    "without a customer",
    "without a date",
    "without an amount",
    "after the end of the data",
    REFUNDS,
    "purchases",
)
NAMELESS, DATELESS, UNPRICED, LATE, REFUND, KEPT = range(len(FATES))
FREE, TOGETHER, CUSTOMERS, LEFT_OUT, DUPLICATES = (
    "purchases of zero, left out of spend",
    "second purchases of a day, put together",
    "customers",
    "customers without a purchase, left out",
    "rows equal to another in customer, date and amount",
)
RESULTS = ("frequency", "recency", "age", "n_paid", "mean_spend", "first_day", "last_day")
DAY_ZERO = date(1970, 1, 1).toordinal()
LAST_DAY = date.max.toordinal()
LONGEST_GAP = 366  # days; a last date further from the one before it may be a slip

# What a column must hold, as problem and remedy; every engine says it in the same words.
CALENDAR = ("must lie in the years 1 to 9999", "Correct these dates, or leave them empty.")
FINITE = ("must be a number, not infinite", "Correct these amounts, or leave them empty.")
FUTURE = "lies in the future"
NO_DATE = ("must be a date", "Write dates as YYYY-MM-DD.")
NUMBER = ("must be a number", "Write numbers, and leave unknown ones empty.")
IDS = ("must be ids, not true or false", "Name the column with the customers' numbers or names.")
BLANKS = ("has ids that differ only in blanks around them", "Strip them, or they would be different customers.")
TOLD_APART = ("has ids that a float cannot tell apart", "Read the column as whole numbers or as text.")


@dataclass(frozen=True)
class LogSummary:
    """What every engine says of a log: customers, what became of the rows, and when something was bought."""

    seen: pd.DataFrame | CustomerDays  # see `customers`; or the days, where the rows are at hand
    counts: pd.DataFrame  # see `PurchaseSummary.frame`
    end: int  # last day of the data
    bought_on: np.ndarray  # days on which somebody bought, ascending

    @property
    def days(self) -> CustomerDays | None:
        """The days on which each of the customers bought; None where an engine has them."""
        return self.seen if isinstance(self.seen, CustomerDays) else None

    @property
    def customers(self) -> pd.DataFrame:
        """Return customer, first_day, last_day, n_days, n_paid and repeat_money, all but the first day's."""
        return self.seen if self.days is None else self.days.by_customer()


def day_of(until, name: str = "until") -> int:
    """Return the number of a day, as `datetime.date.toordinal` counts.

    Examples
    --------
    >>> day_of("2024-12-31")
    739251
    """
    try:
        return (datetime.fromisoformat(until) if isinstance(until, str) else until).toordinal()
    except (AttributeError, ValueError):
        raise ValueError(f"{name} must be a date, such as 2024-12-31; got {until!r}.") from None


def end_of(until) -> int | None:
    """Return the day that was told as the end of the data, None where it was not; refuse one that is not over yet."""
    if until is None:
        return None
    end = day_of(until)
    check_over(date.fromordinal(end))
    return end


def _tomorrow() -> int:
    return (date.today() + timedelta(days=1)).toordinal()  # time zones: it may be tomorrow where they bought


def day_numbers(dates) -> np.ndarray:
    """Return the numbers of dates or moments, as `datetime.date.toordinal` counts; far below 0 where there is none."""
    numbers = np.asarray(dates).astype("datetime64[D]").view(np.int64)
    numbers += DAY_ZERO
    return numbers


def blanks_in(ids) -> tuple[np.ndarray, np.ndarray]:
    """Say which of different ids are nothing but blanks, and which differ from another by blanks around them only."""
    texts = pd.Series(np.asarray(ids, dtype=object))
    bare = texts.map(lambda text: text.strip() if isinstance(text, str) else text)
    blank, stripped = bare == "", bare != texts
    alike = stripped & ~blank
    if alike.any():
        alike &= bare.duplicated(keep=False)
    return blank.to_numpy(dtype=bool), alike.to_numpy(dtype=bool)


def largest_exact(dtype) -> int:
    """Return the number beyond which a float no longer tells whole ones apart."""
    return 2**24 if "32" in str(dtype) else 2**53


def name_problems(customer, date, amount, columns) -> Iterator[Problem]:
    """Find the columns that are missing from the table, are there more than once or are named for two things."""
    there = ", ".join(map(str, columns))
    asked = {"customer": customer, "date": date, "amount": amount}
    names = [name for name in asked.values() if name is not None]
    if customer in RESULTS:
        yield Problem(customer, "is what a column of the result is called", 0, "", "Rename it, such as customer_id.")
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            said = "is named for two of customer, date and amount"
            yield Problem(name, said, 0, "", f"Name one column each; columns: {there}.")
        if name not in columns:
            word = next(word for word, given in asked.items() if given == name)
            remedy = f'Name the column that holds it, as {word}="...". {to_choose_from(name, columns)}'
            yield Problem(name, "is missing from the table", 0, "", remedy)
    yield from shared_names(columns, names)


def future(days: np.ndarray, n_rows: np.ndarray, name: str) -> list[Problem]:
    """Return the problem that some of the days, ascending, with so many rows, are not over yet; none if they are."""
    late = days > _tomorrow()
    if not late.any():
        return []
    first = date.fromordinal(min(int(days[late][0]), LAST_DAY)).isoformat()
    remedy = "Correct these rows, or give `until`: rows after it are counted and left out."
    return [Problem(name, FUTURE, int(n_rows[late].sum()), first, remedy, n_checked=int(n_rows.sum()))]


def last_day(days: np.ndarray, n_rows: np.ndarray, name: str) -> int:
    """Return the last of the days, ascending, with so many rows; refuse it if a slip of the pen may have made it."""
    if len(days) == 0:
        raise TableError(TABLE, [Problem(name, "has no date in it", 0, "", "Check the export.")])
    last, total = int(days[-1]), int(n_rows.sum())
    if found := future(days, n_rows, name):
        raise TableError(TABLE, found)
    gap = last - int(days[-2]) if len(days) > 1 else 0
    if gap > LONGEST_GAP:
        said = f"ends {gap:,} days after the date before its last one"
        shown = date.fromordinal(last).isoformat()
        remedy = f'Correct it if it is a slip, or give `until` (until="{shown}" keeps it).'
        raise TableError(TABLE, [Problem(name, said, int(n_rows[-1]), shown, remedy, n_checked=total)])
    return last


def counts_frame(n, amount, *, n_free, n_days, n_customers, n_known, n_equal) -> pd.DataFrame:
    """Return what became of the rows: ``what``, ``n``, ``amount``."""
    fates = pd.DataFrame({"what": FATES, "n": np.asarray(n, dtype=float), "amount": np.asarray(amount, dtype=float)})
    more = {
        FREE: n_free,
        TOGETHER: n[KEPT] - n_days,
        CUSTOMERS: n_customers,
        LEFT_OUT: n_known - n_customers,
        DUPLICATES: n_equal,
    }
    more = pd.DataFrame({"what": list(more), "n": np.array(list(more.values()), dtype=float), "amount": np.nan})
    return pd.concat([fates, more], ignore_index=True)
