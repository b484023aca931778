"""How is a log of pandas' read? Customers and days become whole numbers, which are added up where they stand.

By way of narwhals, as in the other engines, the same takes more than ten times as long: pandas groups by two columns
slowly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types

from winback.purchases.logs import checks
from winback.purchases.logs.customer_days import CustomerDays
from winback.tables import ProblemList
from winback.tables.dates import dates_as_written
from winback.tables.ids import as_index
from winback.tables.numbers import parse_number

NO_DAY = 0  # days count from 1, 0001-01-01
MIXERS = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))  # odd and irregular
SLOTS = 2**22  # rows that share a slot by chance cost time and nothing else
AT_ONCE = 2**15  # rows that a processor keeps at hand


@dataclass(frozen=True)
class LogInMemory:
    """The rows of a log as numbers."""

    date: str  # name of the column
    counts_equal: bool  # without amounts, rows are not told apart
    codes: np.ndarray  # each row's customer, -1 where there is none
    ids: pd.Index  # what the codes stand for
    day: np.ndarray  # `NO_DAY` where there is none
    money: np.ndarray  # 1 where amounts are not asked for
    moment: np.ndarray  # the date with its time

    @classmethod
    def of(cls, log: pd.DataFrame, customer: str, date: str, amount: str | None, *, ends: bool = False) -> LogInMemory:
        """Read a table, or refuse what cannot be read, and with it a date to come where the last one ``ends`` it."""
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
        if ends and problems.found and day is not None:
            problems.found += checks.future(*_rows_a_day(day), date)
        problems.raise_if_any()
        return cls(date, amount is not None, codes=codes, ids=ids, day=day, money=money, moment=moment)

    def end(self) -> int:
        """Return the last day of the log, see `checks.last_day`."""
        return checks.last_day(*_rows_a_day(self.day), self.date)

    def customer_days(self, end: int) -> CustomerDays:
        """Return the days on which customers bought."""
        return self._days_of(self._kept(end))

    def summary(self, end: int) -> checks.LogSummary:
        """Return one row per customer, and what became of the rows."""
        kept = self._kept(end)
        days = self._days_of(kept)
        several = self.counts_equal and len(days.day) < kept.sum()
        fates = self._fates(kept, end)
        counts = checks.counts_frame(
            fates["n"],
            fates["amount"],
            n_free=np.count_nonzero(kept & (self.money == 0)),
            n_days=len(days.day),
            n_customers=len(days.ids),
            n_known=np.count_nonzero(np.bincount(self.codes[self.codes >= 0])),
            n_equal=n_equal_rows(self.codes, self.moment, self.money, kept) if several else 0,
        )
        return checks.LogSummary(days, counts, end, days.bought_on)

    def _days_of(self, kept: np.ndarray) -> CustomerDays:
        rows = slice(None) if kept.all() else kept  # to select rows copies them
        return CustomerDays.of(self.codes[rows], self.ids, self.day[rows], self.money[rows])

    def _kept(self, end: int) -> np.ndarray:
        return (self.codes >= 0) & (self.day != NO_DAY) & (self.day <= end) & (self.money >= 0)

    def _fates(self, kept, end) -> pd.DataFrame:
        """Count the rows of each fate, and their money; only rows that are not kept are looked at closely."""
        lost = np.flatnonzero(~kept)
        codes, day, money = self.codes[lost], self.day[lost], self.money[lost]
        fate = np.select([codes < 0, day == NO_DAY, np.isnan(money), day > end], range(4), default=4)
        n = np.bincount(fate, minlength=len(checks.FATES))
        sums = np.bincount(fate, weights=np.nan_to_num(money), minlength=len(checks.FATES)).astype(float)
        n[checks.KEPT], sums[checks.KEPT] = len(kept) - len(lost), self.money.sum(where=kept)
        return pd.DataFrame({"n": n, "amount": sums})


def _rows_a_day(day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days that are there, ascending, and the rows of each."""
    n_rows = np.bincount(np.clip(day, NO_DAY, checks.LAST_DAY))
    n_rows[:1] = 0  # rows without a date
    days = np.flatnonzero(n_rows)
    return days, n_rows[days]


def _days(column, problems) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of each row's day, `NO_DAY` where there is none, and its date with the time."""
    read = dates_as_written(column)
    dates = read.column
    if read.doubt:
        problems.add(column.name, *read.doubt)
    else:
        problems.add_rows(column.name, read.unread, *checks.NO_DATE)
    moment = dates.to_numpy()
    numbers = checks.day_numbers(moment)
    numbers[np.isnat(moment)] = NO_DAY
    if len(numbers) and (numbers.min() < NO_DAY or numbers.max() > checks.LAST_DAY):
        problems.add_rows(column.name, (numbers < NO_DAY) | (numbers > checks.LAST_DAY), *checks.CALENDAR)
    return numbers.astype(np.int32), moment


def _codes(column, problems):
    """Return a whole number from 0 for each row's customer, -1 where there is none, and the ids they stand for."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu" and len(column):
        low, high = int(column.min()), int(column.max())
        if high - low < len(column) and high <= np.iinfo(np.int64).max:  # as good as codes already
            codes = np.empty(len(column), dtype=np.int32)
            np.subtract(column.to_numpy(), low, out=codes, dtype=np.int64, casting="unsafe")
            return codes, pd.Index((np.arange(high - low + 1) + low).astype(column.dtype))
    try:
        codes, ids = pd.factorize(column)
    except TypeError:
        problems.add(column.name, "must be ids, not lists or the like", "Write one word or number per cell.")
        return None, None
    codes, ids = codes.astype(np.int32) if len(ids) < np.iinfo(np.int32).max else codes, as_index(ids)
    return _checked_ids(column, codes, ids, problems), ids


def _checked_ids(column, codes, ids, problems) -> np.ndarray:
    """Add ids that cannot be told apart, or are none, to the problems; return the codes, -1 for blank ids."""
    if types.is_float_dtype(ids.dtype):
        large = np.append(np.abs(np.asarray(ids, dtype=float)) > checks.largest_exact(ids.dtype), False)
        problems.add_rows(column.name, large[codes], *checks.TOLD_APART)
        return codes
    kind = types.infer_dtype(ids)
    if kind == "boolean":
        problems.add_rows(column.name, codes >= 0, *checks.IDS)
    elif kind.startswith("mixed") and any(isinstance(i, str) for i in ids):
        said = "mixes text and other ids: 1 and '1' would be two customers"
        problems.add(column.name, said, "Write all ids as text, or all as numbers.")
    elif kind in ("string", "categorical"):
        blank, alike = (np.append(which, False) for which in checks.blanks_in(ids))
        problems.add_rows(column.name, alike[codes], *checks.BLANKS)
        return np.where(blank[codes], np.int32(-1), codes) if blank.any() else codes
    return codes


def n_equal_rows(codes: np.ndarray, moment: np.ndarray, money: np.ndarray, kept: np.ndarray) -> int:
    """Return how many of the rows kept are equal to one before them.

    Examples
    --------
    >>> moment = np.array(["2024-01-05", "2024-01-05", "2024-01-06"], dtype="datetime64[s]")
    >>> n_equal_rows(np.array([1, 1, 1]), moment, np.array([2.0, 2.0, 2.0]), kept=np.array([True, True, True]))
    1
    """
    mixed = np.empty(len(codes), dtype=np.uint32)
    columns = codes, moment.view(np.int64), money.view(np.int64)
    blocks = [slice(start, start + AT_ONCE) for start in range(0, len(codes), AT_ONCE)]
    for some in blocks:
        parts = [column[some].astype(np.uint64) * mixer for column, mixer in zip(columns, MIXERS, strict=True)]
        mixed[some] = (parts[0] ^ parts[1] ^ parts[2]) >> 32
    ordered = np.sort(mixed[kept])  # numbers alone are sorted several times faster than rows
    slots = np.zeros(SLOTS, dtype=bool)
    slots[ordered[1:][ordered[1:] == ordered[:-1]] % SLOTS] = True
    likely = np.concatenate([kept[some] & slots[mixed[some] % SLOTS] for some in blocks])  # and by chance a few others
    return int(pd.DataFrame({place: column[likely] for place, column in enumerate(columns)}).duplicated().sum())
