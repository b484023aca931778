"""How is one column cut into bins, and how are its cuts said in words?

Every customer gets a bin of the column. A split is a set of bins: the yes side. The last bin holds missing values and
labels never seen before; it is on the no side of every split.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from itertools import combinations

import numpy as np
import pandas as pd
from pandas.api import types

from winback.labels import NOT_KNOWN, known_words, other_words, range_words, value_words
from winback.tables import label_codes

FEW_LABELS = 5  # up to as many, every set of labels is tried
MOST_LABELS = 30  # of more, none is split off
SHORT = 6  # digits that an analyst reads without help
KINDS = {
    **{"string": "labels", "boolean": "flag", "empty": "empty"},
    **dict.fromkeys(["integer", "floating", "mixed-integer-float", "decimal"], "number"),
    **dict.fromkeys(["datetime", "datetime64", "date", "timedelta", "timedelta64", "period", "time"], "date"),
}


@dataclass(frozen=True)
class BinnedColumn:
    """A column's cuts. Two with the same cuts are the same, whatever table they were made from.

    Attributes
    ----------
    name : str
    kind : str
        number, flag or labels.
    cuts : tuple
        Of a number: the largest value of each bin but the last. Else: the labels, one bin each.
    sides : numpy.ndarray of bool, shape (n_bins, n_splits)
        Whether a bin is on the yes side of a split; the last bin, missing or never seen, never is.
    has_missing : bool
        Whether values were missing when the column was cut; if so, the words say where they go.
    """

    name: str
    kind: str
    cuts: tuple
    sides: np.ndarray = field(repr=False, compare=False)  # follow from the others
    has_missing: bool

    @property
    def n_bins(self) -> int:
        """Bins, that of missing values included."""
        return self.sides.shape[0]

    @property
    def n_splits(self) -> int:
        """Ways to part the customers by this column."""
        return self.sides.shape[1]

    def bins_of(self, column: pd.Series) -> np.ndarray:
        """Return each customer's bin, shape (n,); customers may be new."""
        if self.kind == "number":
            values = as_numbers(column)
            bins = np.searchsorted(np.asarray(self.cuts, dtype=float), values, side="left")
            return np.where(np.isnan(values), self.n_bins - 1, bins)
        if self.kind == "flag":
            column = column.astype("boolean")
        distinct, values = pd.factorize(column)
        bin_of = {label: place for place, label in enumerate(self.cuts)}
        places = [bin_of.get(value, self.n_bins - 1) for value in values]
        return np.array([*places, self.n_bins - 1], dtype=np.intp)[distinct]

    def never_seen(self, column: pd.Series) -> np.ndarray:
        """Return where a column has a label that was not there when it was cut, or none where all had one, (n,)."""
        missing = column.isna().to_numpy()
        return (self.bins_of(column) == self.n_bins - 1) & ~(missing & self.has_missing)

    def say(self, inside: np.ndarray) -> str:
        """Say in words which customers are in these bins, shape (n_bins,) of bool."""
        known, missing = inside[:-1], bool(inside[-1]) and self.has_missing
        if not known.any():
            return known_words(self.name, known=False)
        if known.all() and self.has_missing and not missing and (self.kind == "number" or len(known) > 1):
            return known_words(self.name)
        return self._say_numbers(known, missing) if self.kind == "number" else self._say_labels(known, missing)

    def _say_numbers(self, known: np.ndarray, missing: bool) -> str:
        first, last = np.flatnonzero(known)[[0, -1]]
        if last - first + 1 == len(known):
            return known_words(self.name)
        above = self.cuts[first - 1] if first else None
        up_to = self.cuts[last] if last < len(known) - 1 else None
        return range_words(self.name, above, up_to) + (f" or {NOT_KNOWN}" if missing else "")

    def _say_labels(self, known: np.ndarray, missing: bool) -> str:
        named, others = ([self.cuts[place] for place in np.flatnonzero(side)] for side in (known, ~known))
        if len(known) <= FEW_LABELS or len(named) <= len(others):
            return value_words(self.name, *named, *([None] if missing else []))
        rest = f", or {NOT_KNOWN}" if missing else ", but known" if self.has_missing else ""
        return other_words(self.name, *others) + rest


def kind_of(column: pd.Series) -> str:
    """Say what a column holds: number, flag, labels, date, empty, or mixed where none of these fits."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "labels"
    if types.is_bool_dtype(column):
        return "flag"
    if types.is_numeric_dtype(column):
        return "mixed" if types.is_complex_dtype(column) else "number"
    if types.is_datetime64_any_dtype(column):
        return "date"
    return KINDS.get(types.infer_dtype(column, skipna=True), "mixed")


def as_numbers(column: pd.Series) -> np.ndarray:
    """Return a column of numbers as floats, NaN where missing."""
    return pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)


def cut_column(column: pd.Series, kind: str, most_splits: int) -> tuple[BinnedColumn, np.ndarray]:
    """Return a column's cuts and each customer's bin, shape (n,)."""
    if kind in ("labels", "empty"):
        codes, labels = label_codes(column)
        return cut_labels(column, kind, labels), np.where(codes < 0, len(labels), codes)
    there = set() if kind == "number" else set(column.dropna().unique())
    flags = [flag for flag in (True, False) if flag in there]
    cuts = cut_number(column, most_splits) if kind == "number" else cut_labels(column, kind, flags)
    return cuts, cuts.bins_of(column)


def cut_number(column: pd.Series, most_splits: int) -> BinnedColumn:
    """Cut a column of numbers at all its values, or at as many quantiles as wanted where there are more.

    A quantile is a value that was seen, so the cuts depend on the order of the values and on nothing else. Where values
    are missing, known against missing is one more split.
    """
    values = as_numbers(column)
    seen = np.sort(values[~np.isnan(values)])
    distinct = seen[np.append(True, seen[1:] > seen[:-1])] if len(seen) else seen
    places = np.arange(1, most_splits + 1)
    many = len(distinct) > most_splits + 1
    wanted = np.unique(seen[-(-places * len(seen) // (most_splits + 1)) - 1]) if many else distinct
    wanted = wanted[wanted < distinct[-1]] if len(distinct) else wanted
    wanted = wanted if len(wanted) else distinct[-2:-1]  # where most have the largest value, it against the rest
    following = distinct[np.searchsorted(distinct, wanted, side="right")]
    cuts = tuple(_short_cut(*pair) for pair in zip((wanted + 0.0).tolist(), following.tolist(), strict=True))
    has_missing = len(seen) < len(values)
    sides = np.zeros((len(cuts) + 2, len(cuts) + 1), dtype=bool)
    sides[:-1] = np.arange(len(cuts) + 1)[:, None] <= np.arange(len(cuts) + 1)  # the last split: known or missing
    keep = len(cuts) + (has_missing and len(seen) > 0)
    return BinnedColumn(column.name, "number", cuts, sides[:, :keep], has_missing)


def cut_labels(column: pd.Series, kind: str, labels: list) -> BinnedColumn:
    """Make every label a bin, and every set of up to five labels, or every single one of up to 30, a split."""
    has_missing = column.hasnans
    chosen = list(_label_sets(len(labels), has_missing)) if len(labels) <= MOST_LABELS else []
    sides = np.zeros((len(labels) + 1, len(chosen)), dtype=bool)
    for place, members in enumerate(chosen):
        sides[list(members), place] = True
    return BinnedColumn(column.name, kind, tuple(labels), sides, has_missing)


def _label_sets(n: int, has_missing: bool) -> Iterator[tuple[int, ...]]:
    """Name the labels on each split's yes side: the fewer of the two sides; with missing ones each set differs."""
    if n > FEW_LABELS:
        yield from ((place,) for place in range(n))
    else:
        for size in range(1, n if has_missing else n // 2 + 1):
            mirrored = not has_missing and 2 * size == n
            yield from (members for members in combinations(range(n), size) if not mirrored or 0 in members)
    if has_missing and n:
        yield tuple(range(n))


def _short_cut(at: float, following: float) -> float:
    """Return a cut that parts the same values and has few digits, so that the rule's words are the rule itself."""
    if float(f"{at:.{SHORT}g}") == at:
        return at
    for digits in range(4, 17):
        rounded = float(Context(prec=digits, rounding=ROUND_CEILING).plus(Decimal(at)))
        if rounded < following:
            return rounded
    return at
