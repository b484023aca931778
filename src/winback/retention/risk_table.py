"""Which numbers of a formula belong to which levels? Looked up, so that a customer costs no formula to score."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from winback.formulas import Design
from winback.retention.bands import Column

MOST_COMBINATIONS = 50_000  # of the levels of columns that a term of a formula crosses


@dataclass(frozen=True, eq=False)
class Part:
    """The design columns of the same columns of the table, and their numbers for all combinations of levels."""

    columns: list[int]  # places among the columns
    strides: np.ndarray  # how far apart two levels of each lie among the combinations
    terms: np.ndarray  # (p,) bool: which design columns
    numbers: np.ndarray  # (combinations, terms)

    def rows(self, levels: np.ndarray) -> np.ndarray:
        """Return the row of the numbers for rows of levels, (n, n_columns)."""
        return levels[:, self.columns] @ self.strides


@dataclass(frozen=True, eq=False)
class LevelTable:
    """The design of a formula whose columns all have levels."""

    columns: tuple[Column, ...]
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, design: Design, columns: Sequence[Column]) -> LevelTable:
        """Compute the numbers of all levels of a formula."""
        terms = [frozenset(each) for each in design.columns_of_terms()]
        parts = []
        for names in dict.fromkeys(terms):
            own = [place for place, column in enumerate(columns) if column.name in names]
            sizes = [len(columns[place].levels) for place in own]
            if math.prod(sizes) > MOST_COMBINATIONS:
                raise ValueError(
                    f"The formula crosses {', '.join(sorted(names))}, which have more than {MOST_COMBINATIONS:,} "
                    "combinations together. Cross fewer columns."
                )
            levels = np.zeros((math.prod(sizes), len(columns)), dtype=np.int64)
            levels[:, own] = np.array(list(product(*map(range, sizes))))
            inside = np.array([each == names for each in terms])
            strides = np.array([math.prod(sizes[place + 1 :]) for place in range(len(sizes))], dtype=np.int64)
            parts.append(Part(own, strides, inside, design.matrix(level_frame(levels, columns))[:, inside]))
        return cls(tuple(columns), tuple(parts))

    def matrix(self, levels: np.ndarray) -> np.ndarray:
        """Return the numbers of rows of levels, (n, n_columns), as (n, p)."""
        found = np.empty((len(levels), sum(part.numbers.shape[1] for part in self.parts)))
        for part in self.parts:
            found[:, part.terms] = part.numbers[part.rows(levels)]
        return found

    def odds(self, levels: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
        """Return the numbers of rows of levels times coefficients, summed, (n,)."""
        return sum((part.numbers @ coefficients[part.terms])[part.rows(levels)] for part in self.parts)


def level_frame(levels: np.ndarray, columns: Sequence[Column]) -> pd.DataFrame:
    """Return rows of levels as a formula takes them."""
    return pd.DataFrame({each.name: each.as_levels(levels[:, place]) for place, each in enumerate(columns)})
