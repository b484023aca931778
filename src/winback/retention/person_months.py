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
from winback.base.contract_lives import as_number, days_of
from winback.base.contract_tables import AFTER
from winback.base.customers import places_among
from winback.base.lives import pair_keys
from winback.base.whole_periods import whole_periods
from winback.periods import Period
from winback.retention.bands import Column, levels_of

SINCE, TREND = "since_", "trend_"  # before the name of an event
OF_ALL = ("tenure", "month_of_year", "came_back")  # known of every customer
MONTH = Period(1, "M")
LATE = (*AFTER, "satisfaction")  # what a contract says of its end, and an answer without a day
MANAGER = "manager"
NOWHERE = -(2**32)  # before all days of all lives
ALWAYS = 2**31  # after all days
MOST_CELLS = 2**62  # combinations that a whole number can tell apart


@dataclass(frozen=True, eq=False)
class Known:
    """Who is a customer at the start of a month, and what is known of them then."""

    day: int  # the month begins
    life: np.ndarray  # (n,) row of the life of each
    left: np.ndarray  # (n,) bool: within the month
    told: Mapping[str, np.ndarray]  # column -> (n,) numbers, or places of labels

    def places(self, columns: Sequence[Column], ahead: int = 0) -> np.ndarray:
        """Return the place of each value, (n, n_columns); ``ahead`` months later if nothing happens until then."""
        return np.column_stack([self._places(each, ahead) for each in columns])

    def _places(self, column: Column, ahead: int) -> np.ndarray:
        values = self.told[column.name]
        if column.labels:
            return values
        if column.name == "month_of_year":
            values = (values - 1 + ahead) % 12 + 1
        return column.places(values + column.step * ahead)


@dataclass(frozen=True, eq=False)
class CountedRows:
    """Equal rows of customers and months, counted."""

    places: np.ndarray  # (k, n_columns)
    n: np.ndarray  # (k,) customers at the start of a month
    lost: np.ndarray  # (k,) of them within it

    def by_place(self, column: int, n_places: int) -> tuple[np.ndarray, np.ndarray]:
        """Return how many were lost and stayed, by place of a column."""
        lost, n = (np.bincount(self.places[:, column], each, minlength=n_places) for each in (self.lost, self.n))
        return lost, n - lost


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
    """What is known of each life at the start of any day."""

    def __init__(self, base: ContractBase, columns: Sequence[Column]):
        self.base, self.lives, self.names = base, base.all_lives, [column.name for column in columns]
        self._events = {name: self._events_of(name) for name in self.names if name.startswith((SINCE, TREND))}
        own = [column for column in columns if column.name not in (*self._events, *OF_ALL)]
        self._own = {column.name: self._own_of(column) for column in own}
        self._life = self.lives.at(base.spans.customer, base.spans.start)  # of each contract

    def _own_of(self, column: Column) -> tuple[np.ndarray, ...]:
        """Return what is written of customers, by customer and first day, with its last day."""
        table = own_table(self.base, column.name).assign(value=lambda rows: column.values_of(rows["value"]))
        table = table.sort_values(["customer", "since"], kind="stable")
        return tuple(table[name].to_numpy() for name in ("customer", "since", "until", "value"))

    def _events_of(self, column: str) -> np.ndarray | tuple[np.ndarray, ...]:
        """Return the events that a column tells of: by life to look the last one up, or by day to add up."""
        begin, _, name = column.partition("_")
        codes, events = pd.factorize(self.base.happened["event"])
        found = self.base.happened[np.array([_plain(event) == name for event in events], dtype=bool)[codes]]
        day, customer = (found[each].to_numpy(dtype=np.int64) for each in ("day", "customer"))
        if f"{begin}_" == SINCE:
            return self._by_life(customer, day)
        life = self.lives.at(customer, day)
        order = np.argsort(day, kind="stable")
        order = order[life[order] >= 0]
        return day[order], life[order], found["amount"].to_numpy(dtype=float)[order]

    def _by_life(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return life and day as one number, ascending; before them one of nobody."""
        life = self.lives.at(customer, day)
        keys = pair_keys(life, day)[life >= 0]  # not those in lives that ended before the base was watched
        return np.append(NOWHERE, np.sort(keys))

    def at(self, day: int, until: int | None = None) -> Known:
        """Return what is known at the start of a day, and who left from then up to ``until``; None: the day itself.

        Here is who has a contract on that day. Who is between two is not: that another follows is known later only.
        """
        lives, until = self.lives, day if until is None else until
        here = self._life[self.base.spans.run_on(day) & (self._life >= 0)]
        rows = np.flatnonzero(np.bincount(here, minlength=len(lives.start)))
        left = lives.ended[rows] & (lives.end[rows] < until)
        return Known(day, rows, left, {name: self._value(name, rows, day) for name in self.names})

    def _value(self, name: str, rows: np.ndarray, day: int) -> np.ndarray:
        if name.startswith(SINCE):
            keys, begin = self._events[name], pair_keys(rows, 0)
            last = keys[np.searchsorted(keys, begin + day) - 1] - begin
            return np.where(last >= self.lives.start[rows], 1.0 + _month(day - 1) - _month(last), np.nan)
        if name.startswith(TREND):
            return self._trend(name, rows, day)
        if name == "tenure":
            return whole_periods(self.lives.start[rows], np.full(len(rows), day), MONTH)[0].astype(float)
        if name == "came_back":
            return (self.lives.number[rows] > 1).astype(float)
        if name == "month_of_year":
            return np.full(len(rows), _month(day) % 12 + 1.0)
        customer, since, until, value = self._own[name]
        own = self.lives.customer[rows]
        place = np.searchsorted(pair_keys(customer, since), pair_keys(own, day), side="right") - 1
        known = (place >= 0) & (customer[place] == own) & (until[place] >= day)
        return np.where(known, value[place], 0 if value.dtype.kind == "i" else np.nan)  # place 0 of labels: not known

    def _trend(self, name: str, rows: np.ndarray, day: int) -> np.ndarray:
        """Return the last three whole months over the three before; missing unless all six are known."""
        days, life, amount = self._events[name]
        month = int(_month(day))
        ends = np.array([month - 6, month]).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        some = slice(*np.searchsorted(days, ends))
        cell = 6 * life[some] + _month(days[some]) - (month - 6)
        sums, n = (
            np.bincount(cell, each, minlength=6 * len(self.lives.start)).reshape(-1, 6)[rows]
            for each in (amount[some], None)
        )
        early, late = sums[:, :3].sum(axis=1), sums[:, 3:].sum(axis=1)
        known = (n > 0).all(axis=1) & (early > 0)
        return np.where(known, late / np.where(known, early, 1), np.nan)


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
    """Return the columns of contracts that were known before they ended, as far as can be told, and who served whom."""
    runs = base.contracts["end"].isna().to_numpy()
    rest = [name for name in base.contracts if name not in ("customer_id", "start", "end", *LATE)]
    told = [name for name in rest if not runs.any() or base.contracts[name].notna().to_numpy()[runs].any()]
    return told if base.served_by is None else list(dict.fromkeys([*told, MANAGER]))


def is_written(base: ContractBase, name: str) -> bool:
    """Whether something is written of customers under a name."""
    return name in base.contracts or (name == MANAGER and base.served_by is not None)


def own_table(base: ContractBase, name: str) -> pd.DataFrame:
    """Return what is written of customers under a name: ``customer`` (place), ``since``, ``until``, ``value``.

    A contract says it from its first day on. Who serves a customer changes, so where it is dated that counts, not the
    contract, which names the last one.
    """
    if name != MANAGER or base.served_by is None:
        said = {"customer": base.spans.customer, "since": base.spans.start, "until": ALWAYS}
        return pd.DataFrame({**said, "value": base.contracts[name]})
    table = base.served_by
    to = table.get("to", pd.Series(pd.NaT, index=table.index))
    said = {"customer": places_among(table["customer_id"], base.ids), "since": days_of(table["from"])}
    said |= {"until": np.where(to.isna(), ALWAYS, days_of(to)), "value": table[MANAGER]}
    return pd.DataFrame(said).query("customer >= 0")


def customers_of(base: ContractBase, known: Known) -> pd.DataFrame:
    """Return ``customer_id`` of those here, and ``margin``, a month, of contracts that run; missing: not known."""
    customer = base.all_lives.customer[known.life]
    return pd.DataFrame({"customer_id": base.ids[customer], "margin": base.margins_on(known.day)[customer]})


def months_of(base: ContractBase, columns: Sequence[Column], starts: np.ndarray) -> Iterator[Known]:
    """Yield what was known at the start of each month but the last, and who left before the next one begins."""
    history = History(base, columns)
    for day, following in pairwise(starts.tolist()):
        yield history.at(day, following)


def count_cells(months: Iterator[Known], columns: Sequence[Column]) -> CountedRows:
    """Count equal rows of all months; of each month only the different ones are kept.

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
    each = (
        (np.ravel_multi_index(month.places(columns).T, sizes), np.ones(len(month.life)), month.left) for month in months
    )
    keys, n, lost = _summed([_summed([part]) for part in each])
    return CountedRows(np.column_stack(np.unravel_index(keys, sizes)), n, lost)


def _summed(parts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the different keys, and the sums of their counts."""
    keys, n, lost = (np.concatenate(each) for each in zip(*parts, strict=True))
    found, place = np.unique(keys, return_inverse=True)
    return found, np.bincount(place, n), np.bincount(place, lost)


def cells_of_levels(cells: CountedRows, columns: Sequence[Column]) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return levels (k, n_columns), customers and losses of equal rows, and how many have a value not seen."""
    levels = levels_of(cells.places, columns)
    seen = (levels >= 0).all(axis=1)
    sizes = [len(each.levels) for each in columns]
    keys = np.ravel_multi_index(levels[seen].T, sizes)
    keys, n, lost = _summed([(keys, cells.n[seen], cells.lost[seen])])
    return np.column_stack(np.unravel_index(keys, sizes)), n, lost, round(cells.n[~seen].sum())
