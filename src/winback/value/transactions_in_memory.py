"""How is a log in memory summarised fast? One integer key per row, one sort, and sums between its edges."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from winback.tables import ProblemList
from winback.tables.kinds import parse_date, parse_number

TABLE = "table of transactions"
FATES = (  # in the order in which they are looked for; the last one is kept
    "without a customer",
    "without a date",
    "without an amount",
    "after the end of the data",
    "refunds (below zero)",
    "of zero",
    "purchases",
)
KEPT = len(FATES) - 1
TOGETHER, CUSTOMERS, LEFT_OUT = (
    "second purchases of a day, put together",
    "customers",
    "customers without a purchase, left out",
)
DAY_ZERO = date(1970, 1, 1).toordinal()
NO_DAY = np.iinfo(np.int64).min


def day_of(until) -> int:
    """Return the number of a day, as `datetime.date.toordinal` counts.

    Examples
    --------
    >>> day_of("2024-12-31")
    739251
    """
    try:
        return (datetime.fromisoformat(until) if isinstance(until, str) else until).toordinal()
    except (AttributeError, ValueError):
        raise ValueError(f"until must be a date, such as 2024-12-31; got {until!r}.") from None


def counts_frame(n, amount, n_days, n_customers, n_known) -> pd.DataFrame:
    """Return what became of the rows: ``what``, ``n``, ``amount``."""
    fates = pd.DataFrame({"what": FATES, "n": np.asarray(n, dtype=float), "amount": np.asarray(amount, dtype=float)})
    more = {TOGETHER: n[KEPT] - n_days, CUSTOMERS: n_customers, LEFT_OUT: n_known - n_customers}
    more = pd.DataFrame({"what": list(more), "n": np.array(list(more.values()), dtype=float), "amount": np.nan})
    return pd.concat([fates, more], ignore_index=True)


def summary_in_memory(log: pd.DataFrame, customer: str, date: str, amount: str | None, until):
    """Return customers (first_day, last_day, n_days, total, first_amount), the counts of rows, and the last day."""
    codes, ids, day, money = _columns(log, customer, date, amount)
    known = day[day != NO_DAY]
    end = day_of(until) if until is not None else int(known.max(initial=NO_DAY))
    fate = np.select(
        [codes < 0, day == NO_DAY, np.isnan(money), day > end, money < 0, money == 0], range(KEPT), default=KEPT
    )
    n = np.bincount(fate, minlength=len(FATES))
    sums = np.bincount(fate, weights=np.nan_to_num(money), minlength=len(FATES))
    kept = fate == KEPT
    customers, n_days = _by_customer(codes[kept], day[kept], money[kept], ids)
    return customers, counts_frame(n, sums, n_days, len(customers), len(ids)), end


def _columns(log, customer, date, amount):
    problems = ProblemList(TABLE, log)
    for name in (customer, date, amount):
        if name is not None and name not in log:
            there = ", ".join(map(str, log.columns))
            problems.add(name, "is missing from the table", f"Name it; columns: {there}.")
    problems.raise_if_any()
    dates, unread = parse_date(log[date])
    problems.add_rows(date, unread, "must be a date", "Write dates as YYYY-MM-DD.")
    money = np.ones(len(log))
    if amount is not None:
        numbers, unread = parse_number(log[amount])
        problems.add_rows(amount, unread, "must be a number", "Write plain numbers, without currency signs.")
        money = numbers.to_numpy(dtype=float)
    problems.raise_if_any()
    days = dates.to_numpy().astype("datetime64[D]")
    numbers = days.astype(np.int64)
    codes, ids = pd.factorize(log[customer])
    return codes, ids, np.where(np.isnat(days), NO_DAY, numbers + DAY_ZERO), money


def _by_customer(codes, day, money, ids) -> tuple[pd.DataFrame, int]:
    """Sum up customers' days, then customers; return them with the number of customers' days."""
    if len(day) == 0:
        names = ["customer", "first_day", "last_day", "n_days", "total", "first_amount"]
        return pd.DataFrame(columns=names), 0
    first = day.min()
    span = int(day.max() - first) + 1
    key = codes.astype(np.int64) * span + (day - first)
    order = np.argsort(key, kind="stable")
    key = key[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    daily = np.add.reduceat(money[order], start)
    code, number = np.divmod(key[start], span)
    edge = np.flatnonzero(np.concatenate([[True], code[1:] != code[:-1]]))
    n_days = np.diff(np.append(edge, len(code)))
    columns = {
        "customer": ids.take(code[edge]),
        "first_day": number[edge] + first,
        "last_day": number[edge + n_days - 1] + first,
        "n_days": n_days,
        "total": np.add.reduceat(daily, edge),
        "first_amount": daily[edge],
    }
    return pd.DataFrame(columns), len(code)
