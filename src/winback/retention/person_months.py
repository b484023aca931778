"""What was known of each customer at the start of a month, and who left within it? Month by month, nothing later.

A month of a customer is a row of a *person-month* table that is never made: the months are gone through one after the
other, and equal rows are counted, so that memory holds one month and the different rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.base.contract_tables import AFTER
from winback.base.whole_periods import whole_periods
from winback.periods import Period
from winback.retention.bands import Column

SINCE, TREND = "since_", "trend_"  # before the name of an event
MONTH = Period(1, "M")
LONG_AGO = -(10**8)  # a day before all others
LATE = (*AFTER, "satisfaction")  # what a contract says of its end, and an answer without a day
SLOTS = 8  # months of amounts that are kept: six and two to spare
MOST_CELLS = 2**62  # combinations that a whole number can tell apart
AT_ONCE = 24  # months whose different rows are kept before they are joined


@dataclass(frozen=True, eq=False)
class Known:
    """Who is a customer at the start of a month, and what is known of them then."""

    day: int  # the month begins
    life: np.ndarray  # (n,) row of the life of each
    left: np.ndarray  # (n,) bool: within the month
    told: Mapping[str, np.ndarray]  # column -> (n,) numbers, or places of the contract's own columns
    places_known: frozenset  # of which places are told already

    def places(self, columns: Sequence[Column], ahead: int = 0) -> np.ndarray:
        """Return the place of each value, (n, n_columns); ``ahead`` months later if nothing happens until then."""
        return np.column_stack([self._places(each, ahead) for each in columns])

    def _places(self, column: Column, ahead: int) -> np.ndarray:
        values = self.told[column.name]
        if column.name in self.places_known:
            return values
        if column.name == "month_of_year":
            values = (values - 1 + ahead) % 12 + 1
        return column.places(values + column.step * ahead)


@dataclass(frozen=True, eq=False)
class Cells:
    """Equal rows, counted."""

    places: np.ndarray  # (k, n_columns)
    n: np.ndarray  # (k,) customers at the start of a month
    lost: np.ndarray  # (k,) of them within it

    def by_place(self, column: int, n_places: int) -> tuple[np.ndarray, np.ndarray]:
        """Return how many were lost and stayed, by place of a column."""
        place = self.places[:, column]
        lost = np.bincount(place, self.lost, minlength=n_places)
        return lost, np.bincount(place, self.n, minlength=n_places) - lost


def month_starts(base: ContractBase) -> np.ndarray:
    """Return the first days of all months of which it is known who left; the last one begins the month after them.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> table = pd.DataFrame({"customer_id": [1], "start": ["2024-01-15"], "end": [None]})
    >>> days = month_starts(wb.read_contracts(table, until="2024-05-31"))
    >>> days.astype("datetime64[D]").astype(str).tolist()
    ['2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01']
    """
    first = int(base.all_lives.start.min())
    first = first if base.since is None else max(first, as_number(base.since) + 1)
    begin = np.datetime64(first - 1, "D").astype("datetime64[M]") + 1
    days = np.arange(begin, np.datetime64(base.last, "D").astype("datetime64[M]") + 2).astype("datetime64[D]")
    days = days.astype(np.int64)
    return days[days - 1 + base.grace_days <= base.last]


class History:
    """What is known of each life, brought forward from day to day."""

    def __init__(self, base: ContractBase, columns: Sequence[Column]):
        self.base, self.lives, self.day = base, base.all_lives, LONG_AGO
        names, own = [column.name for column in columns], own_names(base)
        self.names, n = names, len(self.lives.start)
        self.last = {name: np.full(n, LONG_AGO) for name in names if name.startswith(SINCE)}
        self.sums = {name: np.full((n, SLOTS), np.nan) for name in names if name.startswith(TREND)}
        self.month = None  # up to which amounts are counted
        self._events = {name: self.events_of(name) for name in (*self.last, *self.sums)}
        self.own = {each.name: each.places_of(base.contracts[each.name]) for each in columns if each.name in own}
        if self.own:
            start = base.spans.start
            life = self.lives.at(base.spans.customer, start)
            order = np.argsort(start, kind="stable")
            order = order[life[order] >= 0]  # lives that ended before the base was watched are none
            self._contracts = start[order], life[order], order
            self.contract = self.lives.first.copy()

    def events_of(self, column: str) -> tuple[np.ndarray, ...]:
        """Return day, life and amount of each event that a column tells of, by day."""
        found = self.base.happened
        name = column.partition("_")[2]
        codes, events = pd.factorize(found["event"])
        found = found[np.array([_plain(event) == name for event in events], dtype=bool)[codes]]
        day, customer = (found[name].to_numpy(dtype=np.int64) for name in ("day", "customer"))
        life, amount = self.lives.at(customer, day), found["amount"].to_numpy(dtype=float)
        order = np.argsort(day, kind="stable")
        order = order[life[order] >= 0]
        return day[order], life[order], amount[order]

    def at(self, day: int, until: int | None = None) -> Known:
        """Return what is known at the start of a day, and who left from then up to ``until``; days must ascend."""
        for name, last in self.last.items():
            days, life, _ = self._events[name]
            some = slice(*np.searchsorted(days, (self.day, day)))
            last[life[some]] = days[some]  # by day: the last one stays
        if self.own:
            starts, life, rows = self._contracts
            some = slice(*np.searchsorted(starts, (self.day, day), side="right"))
            self.contract[life[some]] = rows[some]
        self._add_amounts(day)
        self.day = day
        lives = self.lives
        if until is None:
            rows = np.flatnonzero(lives.runs & (lives.start <= day))
        else:
            rows = np.flatnonzero((lives.start <= day) & (lives.end >= day))
        left = lives.ended[rows] & (lives.end[rows] < (day if until is None else until))
        return Known(day, rows, left, {name: self._value(name, rows) for name in self.names}, frozenset(self.own))

    def _value(self, name: str, rows: np.ndarray) -> np.ndarray:
        if name in self.own:
            return self.own[name][self.contract[rows]]
        if name in self.last:
            day = self.last[name][rows]
            months = 1.0 + _month(self.day - 1) - _month(day)
            return np.where(day >= self.lives.start[rows], months, np.nan)
        if name in self.sums:
            return self._trend(self.sums[name][rows])
        if name == "tenure":
            return whole_periods(self.lives.start[rows], np.full(len(rows), self.day), MONTH)[0].astype(float)
        if name == "came_back":
            return (self.lives.number[rows] > 1).astype(float)
        return np.full(len(rows), _month(self.day) % 12 + 1.0)

    def _add_amounts(self, day: int):
        """Add up amounts of whole months before a day."""
        end = _month(day)
        begin = end - SLOTS if self.month is None else max(self.month, end - SLOTS)
        for month in range(begin, end):
            first, following = (
                int(np.datetime64(each, "M").astype("datetime64[D]").astype(int)) for each in (month, month + 1)
            )
            for name, sums in self.sums.items():
                days, life, amount = self._events[name]
                some = slice(*np.searchsorted(days, (first, following)))
                sums[:, month % SLOTS] = np.nan
                sums[life[some], month % SLOTS] = 0
                np.add.at(sums, (life[some], month % SLOTS), amount[some])
        self.month = end

    def _trend(self, sums: np.ndarray) -> np.ndarray:
        """Return the last three whole months over the three before; missing unless all six are known."""
        slots = (_month(self.day) - np.arange(1, 7)) % SLOTS
        late, early = sums[:, slots[:3]].sum(axis=1), sums[:, slots[3:]].sum(axis=1)
        return np.where(early > 0, late / np.where(early > 0, early, 1), np.nan)


def _month(day: int | np.ndarray) -> np.ndarray:
    """Return the calendar month of days, as whole numbers."""
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def event_columns(begin: str, events: Iterable[str]) -> list[str]:
    """Return the columns of a formula that tell of events, in order of their names.

    Examples
    --------
    >>> event_columns("since_", ["renewal", "app crash (1)", "renewal"])
    ['since_app_crash_1', 'since_renewal']
    """
    return sorted(f"{begin}{name}" for name in set(map(_plain, set(events))) if name)


def _plain(event: str) -> str:
    """Return the name of an event as it can stand in a formula."""
    return re.sub(r"[\W_]+", "_", str(event)).strip("_")


def own_names(base: ContractBase) -> list[str]:
    """Return the columns of contracts that were known before they ended, as far as can be told."""
    runs = base.contracts["end"].isna().to_numpy()
    rest = [name for name in base.contracts if name not in ("customer_id", "start", "end", *LATE)]
    return [name for name in rest if not runs.any() or base.contracts[name].notna().to_numpy()[runs].any()]


def months_of(base: ContractBase, columns: Sequence[Column], starts: np.ndarray) -> Iterator[Known]:
    """Yield what was known at the start of each month but the last, and who left before the next one begins."""
    history = History(base, columns)
    for day, following in pairwise(starts.tolist()):
        yield history.at(day, following)


def count_cells(months: Iterator[Known], columns: Sequence[Column]) -> Cells:
    """Count equal rows of all months; never more than some months at once are kept.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> from winback.retention.bands import tenure_column
    >>> table = pd.DataFrame({"customer_id": [1, 2], "start": ["2024-01-01"] * 2, "end": ["2024-03-15", None]})
    >>> base = wb.read_contracts(table, until="2024-05-31")
    >>> cells = count_cells(months_of(base, [tenure_column()], month_starts(base)), [tenure_column()])
    >>> cells.n.tolist(), cells.lost.tolist()
    ([2.0, 2.0, 2.0, 1.0], [0.0, 0.0, 1.0, 0.0])
    """
    sizes = [column.n_places for column in columns]
    if np.prod([float(size) for size in sizes]) > MOST_CELLS:
        raise ValueError(f"The formula has {len(sizes)} columns, too many to tell all their combinations apart.")
    parts = [(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0))]
    for month in months:
        keys = np.ravel_multi_index(month.places(columns).T, sizes)
        parts.append((keys, np.ones(len(keys)), month.left.astype(float)))
        parts[-1] = _summed(parts[-1:])
        if len(parts) > AT_ONCE:
            parts = [_summed(parts)]
    keys, n, lost = _summed(parts)
    return Cells(np.column_stack(np.unravel_index(keys, sizes)), n, lost)


def _summed(parts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the different keys, and the sums of their counts."""
    keys, n, lost = (np.concatenate(each) for each in zip(*parts, strict=True))
    found, place = np.unique(keys, return_inverse=True)
    return found, np.bincount(place, n, minlength=len(found)), np.bincount(place, lost, minlength=len(found))


def cells_of_levels(cells: Cells, columns: Sequence[Column]) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return levels (k, n_columns), customers and losses of equal rows, and how many have a value not seen."""
    levels = np.column_stack([each.level_of[cells.places[:, place]] for place, each in enumerate(columns)])
    seen = (levels >= 0).all(axis=1)
    sizes = [len(each.levels) for each in columns]
    keys = np.ravel_multi_index(levels[seen].T, sizes)
    keys, n, lost = _summed([(keys, cells.n[seen], cells.lost[seen])])
    return np.column_stack(np.unravel_index(keys, sizes)), n, lost, round(cells.n[~seen].sum())
