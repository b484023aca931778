r"""How many days was how many customers at risk, in which month of life, and within which window after a moment?

Every life is cut where a window opens or closes, at each month of life and at every thirtieth day of the calendar. What
is left are stretches within which nothing changes; added up they are *cells*: days at risk and losses, as many rows for
a million customers as for a thousand. No row per customer and month is ever kept.

Where windows open or close for many on one day, of life (a discount of twelve months ends) or of the calendar (prices
change), all others are cut there, too. On such a day the hazard of everybody may change: those without the window would
otherwise be compared over days before it, when nobody had one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from winback.base.lives import last_of_each, pair_keys
from winback.periods import DAYS_IN_MONTH

TIME = 30  # days at the same calendar time: short beside any window, so that who came later is not compared with
SHARED, FEWEST_SHARED = 0.01, 20  # of a moment's comings on one day, as a share and in number: many have it together
AT_ONCE = 50_000  # stretches cut into months together: some ten million numbers


@dataclass(frozen=True, eq=False)
class Watched:
    """Lives, or times away, that something may end; n of them, by customer and start. Days are whole numbers."""

    customer: np.ndarray  # (n,) position of the customer
    zero: np.ndarray  # (n,) the day from which the months are counted
    since: np.ndarray  # (n,) at risk after this day
    until: np.ndarray  # (n,) up to this one
    ended: np.ndarray  # (n,) bool: it ended on that day
    margin: np.ndarray  # (n,) money per month; missing where it is not known
    dated: bool = True  # False: the days have no place in the calendar

    def __len__(self) -> int:
        """How many there are."""
        return len(self.customer)

    def row_of(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return within which of them a day of a customer lies, before its end; -1 where within none."""
        row = np.searchsorted(pair_keys(self.customer, self.zero), pair_keys(customer, day), side="right") - 1
        inside = (row >= 0) & (self.customer[row] == customer) & (day < self.until[row])
        return np.where(inside, row, -1)


@dataclass(frozen=True, eq=False)
class Windows:
    """What came when: m moments, each opening a window in one of those watched."""

    row: np.ndarray  # (m,) of those watched
    kind: np.ndarray  # (m,) which moment
    day: np.ndarray  # (m,) when it came; its window is the days after it
    days: np.ndarray  # (n_kinds,) how many days a window has
    early: int = 0  # of these, days before it: what ended then may be recorded as of its day

    def shared_days(self, behind: np.ndarray) -> np.ndarray:
        """Return the days of a clock, so many behind for each of those watched, on which many windows open or close.

        Examples
        --------
        >>> day, no = np.append(np.full(30, 365), np.arange(900, 930)), np.zeros(60, int)
        >>> Windows(np.arange(60), no, day, np.array([61])).shared_days(no).tolist()
        [365, 426]
        """
        found = [np.zeros(0, dtype=np.int64)]
        for kind, length in enumerate(self.days):
            of = self.kind == kind
            day, n = np.unique(self.day[of] - behind[self.row[of]], return_counts=True)
            day = day[n >= max(SHARED * of.sum(), FEWEST_SHARED)]
            found += [day, day + length]
        return np.unique(np.concatenate(found))


class _Rows:
    """Columns of one length."""

    def only(self, rows: np.ndarray) -> Self:
        """Return some of the rows."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True, eq=False)
class Stretches(_Rows):
    """Days at risk within which no window opens or closes, begin < day <= end."""

    row: np.ndarray  # (k,) of those watched
    begin: np.ndarray  # (k,)
    end: np.ndarray  # (k,)
    ended: np.ndarray  # (k,) bool: a loss on its last day
    open: np.ndarray  # (k, n_kinds) bool: which windows


@dataclass(frozen=True, eq=False)
class Cells(_Rows):
    """Days at risk and losses where all else is equal; k cells with any days in them."""

    segment: np.ndarray  # (k,)
    month: np.ndarray  # (k,) of life, from 0
    time: np.ndarray  # (k,) stretches of TIME days of the calendar, and parts of the month, cut at shared days
    open: np.ndarray  # (k, n_kinds) bool: which windows
    days: np.ndarray  # (k,)
    lost: np.ndarray  # (k,)


def stretches_of(watched: Watched, windows: Windows) -> Stretches:
    """Cut those watched where windows open and close; windows of one kind that overlap are one.

    Examples
    --------
    >>> one = np.array([0])
    >>> watched = Watched(one, one, one, np.array([100]), np.array([True]), np.ones(1))
    >>> found = stretches_of(watched, Windows(np.zeros(2, int), np.zeros(2, int), np.array([20, 40]), np.array([31])))
    >>> found.begin.tolist(), found.end.tolist(), found.open[:, 0].tolist(), found.ended.tolist()
    ([0, 20, 40, 51, 71], [20, 40, 51, 71, 100], [False, True, True, True, False], [False, False, False, False, True])
    """
    row, kind = windows.row, windows.kind
    opens = np.maximum(windows.day, watched.since[row])
    closes = np.minimum(windows.day + windows.days[kind], watched.until[row])
    some = opens < closes
    row, kind, n, m = row[some], kind[some], len(watched), int(some.sum())
    rows = np.concatenate([np.arange(n), row, row])
    days = np.concatenate([watched.since, opens[some], closes[some]])
    order = np.lexsort((days, rows))
    rows, days = rows[order], days[order]
    steps = np.repeat([0, 1, -1], [n, m, m])[order]
    kinds = np.concatenate([np.zeros(n, dtype=int), kind, kind])[order]
    is_open = np.column_stack([np.cumsum(np.where(kinds == each, steps, 0)) > 0 for each in range(len(windows.days))])
    end = np.where(last_of_each(rows), watched.until[rows], np.roll(days, -1))
    ended = watched.ended[rows] & (end == watched.until[rows])
    return Stretches(rows, days, end, ended, is_open).only(days < end)


def cells_of(watched: Watched, windows: Windows, found: Stretches, segment: np.ndarray) -> Cells:
    """Add up days at risk and losses by segment, month of life, time and open windows; ``segment`` is (n,)."""
    zero = watched.zero[found.row]
    lives, month = _life_bounds(int((found.end - zero).max()), windows.shared_days(watched.zero))
    times = _calendar_bounds(watched, windows, found)
    shape = (int(segment.max()) + 1, len(lives), len(times))
    sets, of = np.unique(found.open, axis=0, return_inverse=True)
    cells = []
    for number in range(len(sets)):
        rows = np.flatnonzero(of.ravel() == number)
        days, lost = np.zeros(np.prod(shape)), np.zeros(np.prod(shape), dtype=np.int64)
        for some in np.array_split(rows, len(rows) // AT_ONCE + 1):
            part, time, begin, end = cut(found.begin[some], found.end[some], times)
            some = some[part]
            part, life, begin, end = cut(begin - zero[some], end - zero[some], lives)
            some = some[part]
            at = np.ravel_multi_index((segment[found.row[some]], life, time[part]), shape)
            gone = found.ended[some] & (end == found.end[some] - zero[some])  # with the last piece of the stretch
            days += np.bincount(at, weights=end - begin, minlength=len(days))
            lost += np.bincount(at[gone], minlength=len(days))
        at = np.flatnonzero(days)
        group, life, time = np.unravel_index(at, shape)
        time = time * len(lives) + life
        cells.append((group, month[life], time, np.repeat(sets[[number]], len(at), axis=0), days[at], lost[at]))
    return Cells(*(np.concatenate(each) for each in zip(*cells, strict=True)))


def _life_bounds(longest: int, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the days of life at which lives are cut, and the month after each."""
    months = month_bounds(longest)
    bounds = np.union1d(months, shared[(shared > 0) & (shared < longest)])
    return bounds, _within(months, bounds)


def _calendar_bounds(watched: Watched, windows: Windows, found: Stretches) -> np.ndarray:
    """Return the days of the calendar at which lives are cut, without a calendar none but the first and the last."""
    first, last = found.begin.min(), found.end.max()
    if not watched.dated:
        return np.array([first, last])
    shared = windows.shared_days(np.zeros_like(watched.zero))
    return np.union1d(np.arange(first, last + TIME, TIME), shared[(shared > first) & (shared < last)])


def month_bounds(longest: int) -> np.ndarray:
    """Return the days on which months begin, counted from 0, up to a day that lies within the last of them.

    Examples
    --------
    >>> month_bounds(61).tolist()
    [0, 30, 61, 91]
    """
    return np.rint(np.arange(int(longest / DAYS_IN_MONTH) + 2) * DAYS_IN_MONTH).astype(np.int64)


def cut(begin: np.ndarray, end: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, ...]:
    """Cut stretches at bounds: return of each piece its stretch, the place of the bound before it, begin and end.

    Examples
    --------
    >>> [each.tolist() for each in cut(np.array([5, 10]), np.array([25, 20]), np.array([0, 10, 20, 30]))]
    [[0, 0, 0, 1], [0, 1, 2, 1], [5, 10, 20, 10], [10, 20, 25, 20]]
    """
    first, last = _within(bounds, begin), _within(bounds, end - 1)
    n = last - first + 1
    of = np.repeat(np.arange(len(n)), n)
    place = first[of] + np.arange(len(of)) - np.repeat(np.cumsum(n) - n, n)
    return of, place, np.maximum(begin[of], bounds[place]), np.minimum(end[of], bounds[place + 1])


def _within(bounds: np.ndarray, day: np.ndarray) -> np.ndarray:
    return np.searchsorted(bounds, day, side="right") - 1
