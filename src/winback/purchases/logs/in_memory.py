"""How is a log in memory summarised fast? One whole number per row, sorted; money is added up where it stands.

Sorting numbers alone is several times faster than finding the order of rows, and no amount has to be moved.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api import types

from winback.purchases.logs import checks
from winback.tables import ProblemList
from winback.tables.dates import dates_as_written
from winback.tables.numbers import parse_number

NO_DAY = 0  # days count from 1, 0001-01-01
SLOTS = 2**22  # a power of two; rows that share a slot by chance cost time and nothing else
MIXER = 0x9E3779B97F4A7C1 | 1  # odd and irregular
AT_ONCE = 2**17  # rows that a processor keeps at hand


def summary_in_memory(log: pd.DataFrame, customer: str, date: str, amount: str | None, end: int | None):
    """Return customers (first_day, last_day, n_days, repeat_money), the counts of rows, the end, and purchase days."""
    codes, ids, day, money, moment = _columns(log, customer, date, amount)
    kept, end = _kept(codes, day, money, end, date)
    n, sums = _fates(kept, codes, day, money, end)
    n_known = None
    if n[checks.KEPT] < len(kept):
        n_known = np.count_nonzero(np.bincount(codes[codes >= 0]))
        codes, day, money, moment = codes[kept], day[kept], money[kept], moment[kept]
    moment = None if amount is None else moment
    customers, days, n_equal = _by_customer(codes, day, money, ids, moment)
    n_known = len(customers) if n_known is None else n_known
    sizes = {"n_days": int(customers["n_days"].sum()), "n_customers": len(customers), "n_known": n_known}
    counts = checks.counts_frame(n, sums, **sizes, n_equal=n_equal)
    return customers, counts, end, days


def daily_in_memory(log: pd.DataFrame, customer: str, date: str, amount: str | None, end: int | None):
    """Return the days on which customers bought (customer, day, amount), and the last day."""
    codes, ids, day, money, _ = _columns(log, customer, date, amount)
    kept, end = _kept(codes, day, money, end, date)
    rows = pd.DataFrame({"customer": codes[kept], "day": day[kept].astype(np.int64), "amount": money[kept]})
    daily = rows.groupby(["customer", "day"], as_index=False, sort=False)["amount"].sum()
    return daily.assign(customer=ids.take(daily["customer"])), end


def _kept(codes, day, money, end, date) -> tuple[np.ndarray, int]:
    """Return which rows are purchases, and the last day: the log's own where none is given."""
    if end is None:
        n_rows = np.bincount(day)
        n_rows[:1] = 0  # rows without a date
        days = np.flatnonzero(n_rows)
        end = checks.last_day(days, n_rows[days], date)
    return (codes >= 0) & (day != NO_DAY) & (day <= end) & (money > 0), end


def _columns(log, customer, date, amount):
    """Return the code of each row's customer, their ids, day, money and moment; refuse what cannot be read."""
    problems = ProblemList(checks.TABLE, log if log.columns.is_unique else log.loc[:, ~log.columns.duplicated()])
    problems.found.extend(checks.name_problems(customer, date, amount, log.columns))
    unusable = {problem.column for problem in problems.found}
    codes = ids = day = moment = None
    money = np.ones(len(log))
    if customer not in unusable:
        codes, ids = _codes(log[customer], problems)
    if date not in unusable:
        day, moment = _days(log[date], problems)
    if amount is not None and amount not in unusable:
        read = parse_number(log[amount])
        if read.doubt:
            problems.add(amount, *read.doubt)
        else:
            problems.add_rows(amount, read.unread, *checks.NUMBER)
        money = read.column.to_numpy(dtype=float)
    problems.raise_if_any()
    return codes, ids, day, money, moment


def _days(column, problems) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each row's day, `NO_DAY` where there is none, and its date with the time."""
    read = dates_as_written(column)
    dates = read.column
    if read.doubt:
        problems.add(column.name, *read.doubt)
    else:
        problems.add_rows(column.name, read.unread, "must be a date", "Write dates as YYYY-MM-DD.")
    moment = dates.to_numpy()
    days = moment.astype("datetime64[D]")
    numbers = days.astype(np.int64) + checks.DAY_ZERO
    numbers[np.isnat(days)] = NO_DAY
    if len(numbers) and (numbers.min() < NO_DAY or numbers.max() > checks.LAST_DAY):
        problems.add_rows(column.name, (numbers < NO_DAY) | (numbers > checks.LAST_DAY), *checks.CALENDAR)
    return numbers.astype(np.int32), moment


def _codes(column, problems):
    """Return a whole number from 0 for each row's customer, -1 where there is none, and the ids they stand for."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high - low < len(column) and high <= np.iinfo(np.int64).max:  # as good as codes already
            codes = column.to_numpy().astype(np.int64)
            codes -= low
            return codes, pd.Index((np.arange(high - low + 1) + low).astype(column.dtype))
    try:
        codes, ids = pd.factorize(column)
    except TypeError:
        problems.add(column.name, "must be ids, not lists or the like", "Write one word or number per cell.")
        return None, None
    _check_ids(column, codes, ids, problems)
    return codes, ids


def _check_ids(column, codes, ids, problems):
    """Add ids that cannot be told apart, or are none, to the problems."""
    if types.is_float_dtype(ids.dtype):
        large = np.append(np.abs(np.asarray(ids, dtype=float)) > checks.largest_exact(ids.dtype), False)
        problems.add_rows(column.name, large[codes], *checks.TOLD_APART)
        return
    kind = types.infer_dtype(ids)
    if kind == "boolean":
        problems.add_rows(column.name, codes >= 0, *checks.IDS)
    elif kind.startswith("mixed") and any(isinstance(i, str) for i in ids):
        said = "mixes text and other ids: 1 and '1' would be two customers"
        problems.add(column.name, said, "Write all ids as text, or all as numbers.")
    elif kind in ("string", "categorical"):
        texts = pd.Series(np.asarray(ids, dtype=object))
        bare = texts.map(lambda text: text.strip() if isinstance(text, str) else text)
        alike = np.append(bare.duplicated(keep=False) & (bare != texts), False)
        problems.add_rows(column.name, alike[codes], *checks.BLANKS)


def _fates(kept, codes, day, money, end) -> tuple[np.ndarray, np.ndarray]:
    """Count the rows of each fate, and their money; only rows that are not kept are looked at closely."""
    lost = np.flatnonzero(~kept)
    codes, day, lost_money = codes[lost], day[lost], money[lost]
    tests = [codes < 0, day == NO_DAY, np.isnan(lost_money), day > end, lost_money < 0]
    fate = np.select(tests, range(len(tests)), default=len(tests))
    n = np.bincount(fate, minlength=len(checks.FATES))
    sums = np.bincount(fate, weights=np.nan_to_num(lost_money), minlength=len(checks.FATES)).astype(float)
    n[checks.KEPT], sums[checks.KEPT] = len(kept) - len(lost), money.sum(where=kept)
    return n, sums


def _by_customer(codes, day, money, ids, moment) -> tuple[pd.DataFrame, np.ndarray, int]:
    """Sum up customers' days, then customers; return them with the days of all, and count equal rows."""
    if len(day) == 0:
        nobody = pd.DataFrame(columns=["customer", "first_day", "last_day", "n_days", "repeat_money"])
        return nobody, np.zeros(0, dtype=np.int64), 0
    first = int(day.min())
    span = int(day.max()) - first + 1  # below 2**22, and there are fewer customers than 2**41
    key = codes.astype(np.int64)
    key *= span
    key += day
    key -= first
    key.sort()
    new, n_equal = _starts(key), 0
    if moment is not None and not new.all():
        n_equal = n_equal_rows(codes, day, moment, money, again=key[~new], key=(span, first))
    key = key[new]
    code = key // span
    number = key - code * span  # several times faster than divmod
    edge = np.flatnonzero(_starts(code))
    n_days = np.diff(edge, append=len(code))
    first_day = np.zeros(len(ids), dtype=np.int32)
    first_day[code[edge]] = number[edge] + first
    repeat = np.bincount(codes, weights=money * (day != first_day[codes]), minlength=len(ids))
    columns = {
        "customer": ids.take(code[edge]),
        "first_day": number[edge] + first,
        "last_day": number[edge + n_days - 1] + first,
        "n_days": n_days,
        "repeat_money": repeat[code[edge]],
    }
    return pd.DataFrame(columns), np.flatnonzero(np.bincount(number)) + first, n_equal


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Return where a number differs from the one before it."""
    return np.concatenate([[True], ordered[1:] != ordered[:-1]])


def n_equal_rows(codes, day, moment, money, *, again, key) -> int:
    """Return how many rows are equal to one before them; looked for only where a customer bought twice on a day.

    Such days of customers are ``again``, each as one number, ``codes * span + day - first``; the key is (span, first).

    Examples
    --------
    >>> row = (np.array([1, 1, 1]), np.array([5, 5, 5]), np.array([0, 0, 1]), np.array([2.0, 2.0, 2.0]))
    >>> n_equal_rows(*row, again=np.array([15]), key=(10, 0))
    1
    """
    slots = np.zeros(SLOTS, dtype=bool)
    slots[again & (SLOTS - 1)] = True
    likely = np.empty(len(codes), dtype=bool)
    for start in range(0, len(codes), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        likely[some] = slots[_number(codes[some], day[some], key) & (SLOTS - 1)]
    rows = np.flatnonzero(likely)
    number, moment, money = _number(codes[rows], day[rows], key), moment[rows], money[rows]
    mixed = number * MIXER ^ money.view(np.int64) * MIXER ^ moment.view(np.int64)
    alike = pd.Series(mixed).duplicated(keep=False).to_numpy()  # equal rows are, and by chance a few others
    seen = pd.DataFrame({"number": number[alike], "moment": moment[alike], "money": money[alike]})
    return int(seen.duplicated().sum())


def _number(codes, day, key) -> np.ndarray:
    span, first = key
    return codes.astype(np.int64) * span + (day - first)
