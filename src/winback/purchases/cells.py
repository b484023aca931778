"""Which customers look the same? Equal rows are counted once: the likelihood is the same, a tenth of the work."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd

LONGEST_AGE = 10.0  # in the unit of time in which a likelihood is maximised


@dataclass(frozen=True)
class Cells:
    """Customers who look the same: arrays with a row for each cell, and how many customers each stands for."""

    counts: np.ndarray = field(repr=False, kw_only=True)  # (n,)

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.counts)

    def part(self, rows: slice | np.ndarray) -> Self:
        """Return some of the cells."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def thinned(self, size: int) -> Self:
        """Return about so many customers at equal distances in the order of the cells."""
        picked = np.diff(np.floor(np.cumsum(self.counts) * (size / self.counts.sum())), prepend=0.0)
        kept = picked > 0
        return replace(self.part(kept), counts=picked[kept])


@dataclass(frozen=True)
class PurchaseCells(Cells):
    """Customers who bought alike, in order of frequency, age and recency."""

    frequency: np.ndarray  # (n,) of int, repeat purchases
    recency: np.ndarray  # (n,) time of the last purchase, since the first one
    age: np.ndarray  # (n,) time observed, since the first one

    @property
    def most(self) -> int:
        """Most repeat purchases of any customer."""
        return int(self.frequency.max())

    @property
    def mean_rate(self) -> float:
        """Repeat purchases of all customers by their time observed."""
        return float(self.counts @ self.frequency) / float(self.counts @ self.age)

    @cached_property
    def ages(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct ages, and the place of each cell's among them."""
        return np.unique(self.age, return_inverse=True)

    @cached_property
    def recencies(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct recencies, and the place of each cell's among them."""
        return np.unique(self.recency, return_inverse=True)

    @cached_property
    def histories(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distinct pairs of frequency and age, and the place of each cell's: all that the future rests on."""
        ages, place = self.ages
        keys, inverse = np.unique(self.frequency * np.int64(len(ages)) + place, return_inverse=True)
        return keys // len(ages), ages[keys % len(ages)], inverse

    def scaled(self, factor: float) -> PurchaseCells:
        """Return the same customers with time in another unit."""
        return replace(self, recency=self.recency * factor, age=self.age * factor)


def one_cell(frequency: int = 0, recency: float = 0.0, age: float = 0.0) -> PurchaseCells:
    """Return the cell of one customer; without arguments a new one."""
    return PurchaseCells(np.array([frequency]), np.array([recency]), np.array([age]), counts=np.ones(1))


def collapse(
    frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, counts: np.ndarray | None = None
) -> PurchaseCells:
    """Return the cells of equal rows that stand for so many customers; times are compared exactly, never rounded.

    Examples
    --------
    >>> cells = collapse(np.array([0, 2, 0]), np.array([0.0, 1.5, 0.0]), np.array([3.0, 3.0, 3.0]))
    >>> cells.frequency.tolist(), cells.counts.tolist()
    ([0, 2], [2.0, 1.0])
    """
    if not _countable(frequency):
        ones = np.ones(len(frequency)) if counts is None else counts
        return PurchaseCells(frequency, recency, age, counts=ones)
    key, recencies, ages = _keys(frequency, recency, age)
    if (space := _space(key)) is not None:
        found = np.bincount(key, weights=counts, minlength=space)
        keys = np.flatnonzero(found)
        return _cells(keys, found[keys].astype(float), recencies, ages)
    if counts is None:
        keys, found = np.unique(key, return_counts=True)
        return _cells(keys, found.astype(float), recencies, ages)
    order = np.argsort(key, kind="stable")
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    return _cells(key[starts], np.add.reduceat(counts[order], starts), recencies, ages)


def collapse_rows(frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> tuple[PurchaseCells, np.ndarray]:
    """Return the cells of exactly equal rows, in no order, and the cell of each row."""
    if not _countable(frequency):
        return PurchaseCells(frequency, recency, age, counts=np.ones(len(frequency))), np.arange(len(frequency))
    key, recencies, ages = _keys(frequency, recency, age, ordered=False)
    if (space := _space(key)) is not None:
        counts = np.bincount(key, minlength=space)
        keys = np.flatnonzero(counts)
        place = np.zeros(space, dtype=np.int32)
        place[keys] = np.arange(len(keys))
        return _cells(keys, counts[keys].astype(float), recencies, ages), place[key]
    places, keys = pd.factorize(key)
    return _cells(keys, np.bincount(places, minlength=len(keys)).astype(float), recencies, ages), places


def _countable(frequency) -> bool:
    """Say whether one integer can hold frequency, age and recency of each row."""
    return (float(frequency.max()) + 1) * float(len(frequency)) ** 2 < 2**62


def _space(key) -> int | None:
    """Return how many keys there can be, where they are few enough to have a place each."""
    space = int(key.max()) + 1
    return space if space <= 4 * len(key) + 1024 else None


def _keys(frequency, recency, age, ordered=True):
    """Return one integer for each row: its frequency, age and recency."""
    age_place, ages = _distinct(age, ordered)
    recency_place, recencies = _distinct(recency, ordered)
    return (frequency.astype(np.int64) * len(ages) + age_place) * len(recencies) + recency_place, recencies, ages


def _distinct(times, ordered):
    """Return the place of each time among the distinct ones, and these; read as integers, times keep their order."""
    places, distinct = pd.factorize((times + 0.0).view(np.int64), sort=ordered)
    return places, distinct.view(np.float64)


def _cells(keys, counts, recencies, ages) -> PurchaseCells:
    rest, recency = np.divmod(keys, len(recencies))
    frequency, age = np.divmod(rest, len(ages))
    return PurchaseCells(frequency, recencies[recency], ages[age], counts=counts)
