"""Which numbers of a formula belong to which levels? Looked up, so that a customer costs no formula to score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.formulas import Design
from winback.retention.bands import Column

MOST_COMBINATIONS = 50_000  # of the levels of columns that a formula crosses


@dataclass(frozen=True, eq=False)
class Part:
    """Columns that the terms of a formula cross with each other, and the numbers of all combinations of levels."""

    columns: tuple[int, ...]  # places among the columns
    sizes: tuple[int, ...]  # levels of each
    terms: np.ndarray  # (p,) bool: which design columns are of these columns
    numbers: np.ndarray  # (combinations, terms)


@dataclass(frozen=True, eq=False)
class LevelTable:
    """The design of a formula whose columns all have levels."""

    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    constant: np.ndarray  # (p,) the numbers that are the same for all

    @classmethod
    def of(cls, design: Design, columns: Sequence[Column]) -> LevelTable:
        """Compute the numbers of all levels of a formula."""
        names = [column.name for column in columns]
        terms = [frozenset(each) for each in design.columns_of_terms()]
        first = np.zeros((1, len(columns)), dtype=np.int64)
        alone = np.array([not each for each in terms])
        constant = np.where(alone, design.matrix(level_frame(first, columns))[0], 0.0)
        parts = []
        for group in _connected([each for each in terms if each]):
            own = tuple(place for place, name in enumerate(names) if name in group)
            sizes = tuple(len(columns[place].levels) for place in own)
            if np.prod([float(size) for size in sizes]) > MOST_COMBINATIONS:
                raise ValueError(
                    f"The formula crosses {', '.join(sorted(group))}, which have more than {MOST_COMBINATIONS:,} "
                    "combinations together. Cross fewer columns."
                )
            levels = np.repeat(first, np.prod(sizes), axis=0)
            levels[:, own] = np.column_stack(np.unravel_index(np.arange(len(levels)), sizes))
            inside = np.array([bool(each) and each <= group for each in terms])
            parts.append(Part(own, sizes, inside, design.matrix(level_frame(levels, columns))[:, inside]))
        return cls(tuple(columns), tuple(parts), constant)

    def matrix(self, levels: np.ndarray) -> np.ndarray:
        """Return the numbers of rows of levels, (n, n_columns), as (n, p)."""
        found = np.repeat(self.constant[None], len(levels), axis=0)
        for part in self.parts:
            found[:, part.terms] = part.numbers[_place(levels, part)]
        return found

    def score(self, coefficients: np.ndarray) -> ScoreTable:
        """Return the sum of each part's terms at given coefficients."""
        scores = tuple(part.numbers @ coefficients[part.terms] for part in self.parts)
        return ScoreTable(self, float(self.constant @ coefficients), scores, tuple(each.tolist() for each in scores))


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """Linear predictors, looked up part by part."""

    table: LevelTable
    constant: float
    scores: tuple[np.ndarray, ...]
    numbers: tuple[list[float], ...]  # the same as plain numbers: quick for one customer

    def of(self, levels: np.ndarray) -> np.ndarray:
        """Return the linear predictor of rows of levels, (n, n_columns)."""
        found = np.full(len(levels), self.constant)
        for part, scores in zip(self.table.parts, self.scores, strict=True):
            found += scores[_place(levels, part)]
        return found

    def of_one(self, levels: Sequence[int]) -> float:
        """Return that of one customer."""
        found = self.constant
        for part, numbers in zip(self.table.parts, self.numbers, strict=True):
            place = 0
            for column, size in zip(part.columns, part.sizes, strict=True):
                place = place * size + levels[column]
            found += numbers[place]
        return found


def level_frame(levels: np.ndarray, columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows of levels as a formula takes them."""
    return pd.DataFrame({each.name: each.as_levels(levels[:, place]) for place, each in enumerate(columns)})


def _place(levels: np.ndarray, part: Part) -> np.ndarray:
    return np.ravel_multi_index(tuple(levels[:, column] for column in part.columns), part.sizes)


def _connected(sets: list[frozenset]) -> list[frozenset]:
    """Return columns that terms cross, directly or through others, as one set each.

    Examples
    --------
    >>> sorted(map(sorted, _connected([frozenset("a"), frozenset("ab"), frozenset("c")])))
    [['a', 'b'], ['c']]
    """
    found: list[frozenset] = []
    for each in sets:
        joined = each.union(*(group for group in found if group & each))
        found = [*(group for group in found if not group & each), joined]
    return found
