"""Who bought on which day, and what was known of them on an earlier one? Whole numbers, from whatever engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

NEVER = 2**40  # a day of no calendar, on which nothing happens; and so many days, which no silence reaches
AT_ONCE = 1_000_000  # purchase days that are judged together


@dataclass(frozen=True)
class Seen:
    """The customers known by the end of a day; days are numbers as of `datetime.date.toordinal`."""

    code: np.ndarray = field(repr=False)  # (n,) ascending
    n_days: np.ndarray = field(repr=False)  # (n,) days on which they bought, at least one
    first_day: np.ndarray = field(repr=False)  # (n,)
    last_day: np.ndarray = field(repr=False)  # (n,)
    end: int

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.code)

    def at(self, place: np.ndarray) -> Seen:
        """Return some of the customers."""
        parts = (each[place] for each in (self.code, self.n_days, self.first_day, self.last_day))
        return Seen(*parts, self.end)

    @property
    def span(self) -> np.ndarray:
        """Days from the first purchase to the last, shape (n,)."""
        return self.last_day - self.first_day

    @property
    def silent(self) -> np.ndarray:
        """Days since the last purchase, shape (n,)."""
        return self.end - self.last_day


@dataclass(frozen=True)
class Gaps:
    """Days from one purchase to the next, as counts of equal ones; the last gap of every customer is unfinished."""

    days: np.ndarray  # (k,)
    finished: np.ndarray  # (k,) bool
    n: np.ndarray  # (k,) gaps


@dataclass(frozen=True)
class PurchaseDays:
    """The days on which each customer bought, once each, by customer and then by day; made by `of`.

    Examples
    --------
    >>> days = PurchaseDays.of([1, 0, 1, 1], [11, 10, 14, 11], until=20)
    >>> seen = days.asof(12)
    >>> seen.n_days.tolist(), seen.silent.tolist(), days.asof(20).span.tolist()
    ([1, 1], [2, 1], [0, 3])
    """

    code: np.ndarray = field(repr=False)  # (n,) of the customer
    day: np.ndarray = field(repr=False)  # (n,)
    until: int  # last day on which purchases were recorded

    @classmethod
    def of(cls, code: ArrayLike, day: ArrayLike, until: int | None = None) -> PurchaseDays:
        """Return purchase days in any order and number; what came after ``until`` is left out."""
        code, day = np.asarray(code, dtype=np.int64), np.asarray(day, dtype=np.int64)
        until = int(day.max()) if until is None and len(day) else until
        if until is not None and (later := day > until).any():
            code, day = code[~later], day[~later]
        if len(day) == 0:
            raise ValueError("There is no purchase until the end of the data. Give an earlier start or a later end.")
        start = int(day.min())
        width = int(day.max()) - start + 1
        key = code * width + (day - start)
        if not (key[1:] > key[:-1]).all():
            key.sort()  # one number sorts several times faster than two, and numpy's own unique is slow on many
            key = key[np.append(True, key[1:] != key[:-1])]
        code, day = np.divmod(key, width)
        return cls(code, day + start, int(until))

    def __len__(self) -> int:
        """Return the number of purchase days."""
        return len(self.code)

    @property
    def first_day(self) -> int:
        """Day of the first purchase of all."""
        return int(self.day.min())

    def every(self, step: int) -> PurchaseDays:
        """Return the purchase days of one customer in so many, by their codes."""
        kept = self.code % step == 0
        return self if step == 1 else PurchaseDays(self.code[kept], self.day[kept], self.until)

    def in_parts(self) -> Iterator[PurchaseDays]:
        """Give the days of some customers after those of others, as what is worked out for each takes room."""
        ends = [0, *np.searchsorted(self.code, self.code[AT_ONCE::AT_ONCE]).tolist(), len(self)]
        for some in map(slice, ends[:-1], ends[1:]):
            yield PurchaseDays(self.code[some], self.day[some], self.until)

    def asof(self, end: int) -> Seen:
        """Return what was known by the end of a day of those who had bought by then."""
        code, day = self._until(end)
        first = np.flatnonzero(np.append(True, code[1:] != code[:-1])[: len(code)])
        last = np.append(first[1:], len(code)) - 1 if len(first) else first
        bought_on = (day[rows].astype(np.int64) for rows in (first, last))
        return Seen(code[first], last - first + 1, *bought_on, end)

    def gaps(self, end: int | None = None) -> Gaps:
        """Return the gaps of all customers as of the end of a day, by default of the last one."""
        end = self.until if end is None else end
        code, day = self._until(end)
        finished = np.bincount((day[1:] - day[:-1])[code[1:] == code[:-1]])
        open_ = np.bincount(self.asof(end).silent)
        lengths = np.flatnonzero(finished), np.flatnonzero(open_)
        return Gaps(
            np.concatenate(lengths),
            np.repeat([True, False], [len(each) for each in lengths]),
            np.concatenate([finished[lengths[0]], open_[lengths[1]]]),
        )

    def bought_within(self, seen: Seen, within: int) -> np.ndarray:
        """Return which of the customers seen bought again within so many days of the day they were seen on."""
        self._check(seen.end + within)
        bought = self.code[(self.day > seen.end) & (self.day <= seen.end + within)]
        return np.isin(seen.code, bought)

    def _until(self, end):
        self._check(end)
        if end == self.until:
            return self.code, self.day
        known = self.day <= end
        return self.code[known], self.day[known]

    def _check(self, end):
        if end > self.until:
            raise ValueError(f"Purchases are known until {as_date(self.until)} only; got {as_date(end)}. Ask earlier.")


def in_days(number: int) -> str:
    """Write a number of days.

    Examples
    --------
    >>> in_days(1), in_days(1200)
    ('1 day', '1,200 days')
    """
    return f"{number:,} day{'' if number == 1 else 's'}"


def as_date(day: int) -> datetime.date:
    """Return the date of a day's number.

    Examples
    --------
    >>> as_date(729298).isoformat()
    '1997-10-01'
    """
    return datetime.date.fromordinal(int(day))


@dataclass(frozen=True)
class Histories:
    """Customers who look the same to a rule: so many purchase days over so long a span."""

    n_days: np.ndarray  # (k,)
    span: np.ndarray  # (k,)
    row: np.ndarray = field(repr=False)  # (n,) the history of each customer
    n: np.ndarray = field(repr=False)  # (k,) customers


def histories(n_days: np.ndarray, span: np.ndarray) -> Histories:
    """Return the distinct histories of customers: what rests on them is computed once.

    Examples
    --------
    >>> histories(np.array([2, 1, 2]), np.array([9, 0, 9])).n.tolist()
    [1, 2]
    """
    width = int(span.max(initial=0)) + 1
    keys, row, n = np.unique(n_days * width + span, return_inverse=True, return_counts=True)
    return Histories(keys // width, keys % width, row, n)
