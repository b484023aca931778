"""In which bands is what is known of a customer counted? Months, trends and labels as a few levels each.

A band with hardly any losses joins its neighbour, a rare label the other rare ones: of them nothing can be told.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from winback.results import format_number
from winback.tables import label_codes, label_text

# Single months while the risk changes fast, wider bands later: 37 values tell a curve of twenty years
TENURE = (*range(1, 13), *range(15, 37, 3), *range(42, 61, 6), *range(72, 121, 12), 150, 180, 240)
SINCE = (2, 3, 4, 7, 13)  # months: what surprises customers is over within three
TREND = (0.6, 0.8, 1.25)  # three months against the three before
TREND_WORDS = ("down by over 40%", "down by 20% to 40%", "about the same", "up by over 25%")
NEVER, NOT_KNOWN, OTHER = "never", "not known", "another"
LEVEL_OF_ITS_OWN = 5  # losses, and customers who stayed, of a level by itself
FIFTHS, MOST_NUMBERS = 5, 12  # a column of more different numbers is cut into fifths


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a formula: numbers in bands, or labels. A value has a place, and several places one level.

    Place 0 is for a missing value, then come bands or labels; of labels one more place is for those not seen.
    """

    name: str
    words: tuple  # of each place; of tenure the number it stands for
    edges: tuple = ()  # where the next band begins
    labels: tuple = ()  # instead of bands
    reference: int = 0  # place that the others are compared with
    step: int = 0  # by how much the value grows in a month
    groups: tuple[tuple[int, ...], ...] = ()  # the places of each level; a place in none is not known to the model

    @property
    def is_number(self) -> bool:
        """Whether levels are numbers, for a formula to make a curve of."""
        return not isinstance(self.words[-1], str)

    @cached_property
    def n_places(self) -> int:
        """How many places there are."""
        return len(self.words) + bool(self.labels)

    @cached_property
    def level_of(self) -> np.ndarray:
        """The level of each place, (n_places,); -1 where the model knows none."""
        found = np.full(self.n_places, -1)
        for level, places in enumerate(self.groups):
            found[list(places)] = level
        return found

    @cached_property
    def levels(self) -> tuple:
        """The levels in words; the first one is what the others are compared with."""
        return tuple(self._said(places) for places in self.groups)

    def places(self, values: np.ndarray) -> np.ndarray:
        """Return the place of each value.

        Examples
        --------
        >>> since_column("since_complaint").places(np.array([np.nan, 1, 5, 40])).tolist()
        [0, 1, 4, 6]
        """
        return np.where(np.isnan(values), 0, np.searchsorted(self.edges, values, side="right") + 1)

    def values_of(self, values: pd.Series) -> np.ndarray:
        """Return a column of contracts as numbers, or as places of its labels."""
        if not self.labels:
            return values.to_numpy(dtype=float, na_value=np.nan)
        codes, labels = label_codes(values)
        found = pd.Index(self.labels).get_indexer([label_text(label) for label in labels])
        return np.append(np.where(found < 0, len(self.labels), found) + 1, 0)[codes]

    def place_of(self, value) -> int:
        """Return the place of one value: as `places`, without arrays."""
        if value is None or value != value:
            return 0
        if self.labels:
            text = label_text(value)
            return 1 + (self.labels.index(text) if text in self.labels else len(self.labels))
        return 1 + bisect_right(self.edges, value)

    def as_levels(self, levels: np.ndarray) -> pd.Categorical | np.ndarray:
        """Return levels as a formula takes them."""
        if self.is_number:
            return np.array(self.levels, dtype=float)[levels]
        return pd.Categorical.from_codes(levels, categories=list(self.levels))

    def _said(self, places: Sequence[int]):
        words = [self.words[place] for place in places if place < len(self.words)]
        if words[0] == NOT_KNOWN and len(words) > 1:  # hardly anybody
            places, words = places[1:], words[1:]
        if self.is_number or len(words) == 1:
            return words[0]
        if self.labels:
            return OTHER
        if not self.step:
            return " or ".join(words) if len(words) == 2 else f"{words[0]} to {words[-1]}"
        known = [place for place in places if place]
        since = _months(self.edges, known[0], known[-1])
        return since if len(known) == len(places) else f"{since} or {NEVER}"


def levels_of(places: np.ndarray, columns: Sequence[Column]) -> np.ndarray:
    """Return the levels of places, (n, n_columns) both; -1 where the model knows none."""
    return np.column_stack([each.level_of[places[:, at]] for at, each in enumerate(columns)])


def _months(edges: tuple, first: int, last: int) -> str:
    """Return the months of bands from one to another, numbered from 1, in words."""
    begin = [1, *edges][first - 1]
    if last > len(edges):
        return "ever" if begin == 1 else f"over {begin - 1} month{'s' * (begin > 2)}"
    end = edges[last - 1] - 1
    return f"{begin} month{'s' * (begin > 1)}" if begin == end else f"{begin} to {end} months"


def _one_each(column: Column, order: Sequence[int] | None = None) -> Column:
    """Return the column with a level for each place."""
    order = range(len(column.words)) if order is None else order
    return replace(column, groups=tuple((place,) for place in order))


def tenure_column() -> Column:
    """Return months as a customer, as numbers: the middle of each band.

    Examples
    --------
    >>> tenure_column().levels[11:15]
    (11.0, 13.0, 16.0, 19.0)
    """
    begin, end = np.array([0, *TENURE]), np.array([*TENURE, 2 * TENURE[-1] - TENURE[-2]])
    words = (np.nan, *((begin + end - 1) / 2).tolist())
    return _one_each(Column("tenure", words, TENURE, step=1), range(1, len(words)))


def since_column(name: str) -> Column:
    """Return the months since an event, or never.

    Examples
    --------
    >>> since_column("since_complaint").levels
    ('never', '1 month', '2 months', '3 months', '4 to 6 months', '7 to 12 months', 'over 12 months')
    """
    words = (NEVER, *(_months(SINCE, place, place) for place in range(1, len(SINCE) + 2)))
    return _one_each(Column(name, words, SINCE, step=1))


def trend_column(name: str) -> Column:
    """Return by how much an amount of the last three months differs from that of the three before."""
    return _one_each(Column(name, (NOT_KNOWN, *TREND_WORDS), TREND, reference=3))


def season_column() -> Column:
    """Return the month of the year."""
    names = pd.date_range("2024-01-01", periods=12, freq="MS").month_name()
    return _one_each(Column("month_of_year", (NOT_KNOWN, *names), tuple(range(2, 13)), reference=1), range(1, 13))


def came_back_column() -> Column:
    """Return whether a customer had been lost before."""
    return _one_each(Column("came_back", (NOT_KNOWN, "never lost", "came back"), (1,), reference=1), (1, 2))


def own_column(name: str, values: pd.Series) -> Column:
    """Return a column of the contracts: labels, or numbers in fifths.

    Examples
    --------
    >>> own_column("margin", pd.Series(range(100))).levels
    ('up to 19.80', '19.80 to 39.60', '39.60 to 59.40', '59.40 to 79.20', 'over 79.20', 'not known')
    >>> own_column("plan", pd.Series(["b", None, "a"])).levels
    ('a', 'b', 'not known')
    """
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_NUMBERS:
        inner = np.quantile(values.dropna().to_numpy(dtype=float), np.arange(1, FIFTHS) / FIFTHS)
        edges = tuple(np.unique(inner).tolist())
        said = [format_number(edge) for edge in edges]
        between = [f"{low} to {high}" for low, high in pairwise(said)]
        column = Column(name, (NOT_KNOWN, f"up to {said[0]}", *between, f"over {said[-1]}"), edges, reference=1)
    else:
        labels = tuple(filter(None, map(label_text, label_codes(values)[1])))
        column = Column(name, (NOT_KNOWN, *labels), labels=labels, reference=1)
    return _one_each(column, (*range(1, len(column.words)), 0))


def without_rare(column: Column, lost: np.ndarray, stayed: np.ndarray) -> Column:
    """Return the column with rare levels joined; ``lost`` and ``stayed`` count customers by place, (n_places,).

    Examples
    --------
    >>> lost, stayed = np.array([50, 9, 0, 7, 2, 1, 0]), np.full(7, 1000)
    >>> without_rare(since_column("since_complaint"), lost, stayed).levels
    ('never', '1 month', 'over 1 month')
    """
    if column.is_number:
        first, last = np.flatnonzero(lost + stayed)[[0, -1]].tolist()
        groups = [[place] for place in range(first, last + 1)]
        groups[0] += range(1, first)  # what lies beyond what was seen goes with it
        groups[-1] += range(last + 1, len(lost))
        return replace(column, groups=tuple(map(tuple, groups)))
    told = np.minimum(lost, stayed)
    groups = _labels_joined(told) if column.labels else _neighbours_joined(told)
    groups.sort(key=lambda places: column.reference not in places)  # the others stay in order
    return replace(column, groups=tuple(map(tuple, groups)))


def _neighbours_joined(told: np.ndarray) -> list[list[int]]:
    """Return bands that have enough losses each; a missing value is one by itself, or goes with the last band."""
    groups: list[list[int]] = [[]]
    for place in range(1, len(told)):
        if groups[-1] and told[groups[-1]].sum() >= LEVEL_OF_ITS_OWN:
            groups.append([])
        groups[-1].append(place)
    if told[groups[-1]].sum() < LEVEL_OF_ITS_OWN and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    if told[0] < LEVEL_OF_ITS_OWN or told[groups[-1]].sum() < LEVEL_OF_ITS_OWN:
        return [*groups[:-1], [0, *groups[-1]]]
    return [[0], *groups]


def _labels_joined(told: np.ndarray) -> list[list[int]]:
    """Return labels that have enough losses each, and all others as one; with too few, they go with the rarest."""
    kept = [[place] for place in (*range(1, len(told)), 0) if told[place] >= LEVEL_OF_ITS_OWN]
    rare = [place for place in range(len(told)) if told[place] < LEVEL_OF_ITS_OWN]
    if not told[rare].any() or not kept:  # nobody was seen with them: they are not known
        return kept or [rare]
    if told[rare].sum() < LEVEL_OF_ITS_OWN:
        rare += kept.pop(int(np.argmin([told[group[0]] for group in kept])))
    return [*kept, rare]
