"""Who gets which offer by a rule of at most two questions? Its leaves in words, and the offer of each customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.policies.bins import BinnedColumn, kind_of
from winback.policies.questions import TABLE, SplitTable
from winback.results import counted
from winback.tables import ProblemList
from winback.tables.headings import shared_names
from winback.tables.likeness import to_choose_from


@dataclass(frozen=True)
class Step:
    """One answer on the way to a leaf: yes or no to a split of a column."""

    column: BinnedColumn
    split: int  # its place among the column's splits
    yes: bool

    @property
    def inside(self) -> np.ndarray:
        """Which bins of the column give this answer, shape (n_bins,)."""
        return self.column.sides[:, self.split] == self.yes


@dataclass(frozen=True)
class Leaf:
    """Customers who get the same offer.

    Attributes
    ----------
    conditions : tuple of str
        What holds of them, one condition per column asked about; none: everyone.
    arm : int
        Their offer: a column of the scores, counted from 0.
    n : int
    """

    conditions: tuple[str, ...]
    arm: int
    n: int
    steps: tuple[Step, ...] = field(repr=False, compare=False, default=())


@dataclass(frozen=True)
class PolicyTree:
    """A rule that gives every customer one offer, see `exact_tree`.

    Attributes
    ----------
    leaves : tuple of Leaf
        In reading order: yes before no.
    value : float
        Mean score of the customers learned from, each under the tree's offer. It is too good: the tree was chosen by
        these scores. Judge it by customers it has not seen.
    n : int
        Customers learned from.
    """

    leaves: tuple[Leaf, ...]
    value: float
    n: int

    def assign(self, customers: pd.DataFrame | SplitTable) -> np.ndarray:
        """Return each customer's offer as a column of the scores, counted from 0, shape (n,); customers may be new.

        Missing values and labels never seen are on the no side of a split. Instead of a table with the columns that the
        tree asks about, rows of the table of splits will do that it was learned from.
        """
        return np.array([leaf.arm for leaf in self.leaves])[self.leaf_of(customers)]

    def leaf_of(self, customers: pd.DataFrame | SplitTable) -> np.ndarray:
        """Return each customer's leaf, counted from 0, shape (n,)."""
        return leaf_of([leaf.steps for leaf in self.leaves], customers)

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the columns that it asks about."""
        return tuple(dict.fromkeys(step.column.name for leaf in self.leaves for step in leaf.steps))

    def never_seen(self, customers: pd.DataFrame) -> np.ndarray:
        """Return which customers no rule speaks of, (n,): a label, or a gap, that nobody learned from had."""
        asked = dict.fromkeys(step.column for leaf in self.leaves for step in leaf.steps)
        _read_bins(list(asked), customers)
        rows = np.zeros(len(customers), dtype=bool)
        for column in asked:
            rows |= column.never_seen(customers[column.name])
        return rows

    def to_frame(self, offers: Sequence[str] | None = None) -> pd.DataFrame:
        """Return one row per leaf: ``customers`` in words, ``offer`` (its name where names are given), ``n``."""
        names = range(max(leaf.arm for leaf in self.leaves) + 1) if offers is None else offers
        rows = [(" and ".join(leaf.conditions) or "everyone", names[leaf.arm], leaf.n) for leaf in self.leaves]
        return pd.DataFrame(rows, columns=["customers", "offer", "n"])

    def __str__(self) -> str:
        """Show one line per leaf."""
        rows = self.to_frame().itertuples(index=False)
        return "\n".join(f"{row.customers}: offer {row.offer} ({counted(row.n, 'customers')})" for row in rows)


def conditions_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Say what holds after these answers: two about one column are said as one condition."""
    inside: dict[BinnedColumn, np.ndarray] = {}
    for step in steps:
        inside[step.column] = inside.get(step.column, True) & step.inside
    return tuple(column.say(bins) for column, bins in inside.items())


def leaf_of(paths: Sequence[Sequence[Step]], customers: pd.DataFrame | SplitTable) -> np.ndarray:
    """Return the path that each customer's answers follow, counted from 0, shape (n,)."""
    asked = list(dict.fromkeys(step.column for path in paths for step in path))
    known = isinstance(customers, SplitTable)
    bins = (_known_bins if known else _read_bins)(asked, customers)
    leaf = np.zeros(customers.n if known else len(customers), dtype=np.intp)
    for place, path in enumerate(paths):
        follows = np.ones(len(leaf), dtype=bool)
        for step in path:
            follows &= step.inside[bins[step.column]]
        leaf[follows] = place
    return leaf


def _known_bins(asked: list[BinnedColumn], splits: SplitTable) -> dict[BinnedColumn, np.ndarray]:
    strangers = [column.name for column in asked if column not in splits.columns]
    if strangers:
        names = ", ".join(strangers)
        raise ValueError(f"These splits are not those the tree was learned from; cut otherwise, or missing: {names}.")
    return {column: splits.bins[splits.columns.index(column)] for column in asked}


def _read_bins(asked: list[BinnedColumn], customers: pd.DataFrame) -> dict[BinnedColumn, np.ndarray]:
    problems = ProblemList(TABLE, customers)
    there = customers.columns.to_list()
    for column in asked:
        if column.name not in there:
            named = f'name yours with --column {column.name}="its heading"'
            remedy = f"The policy asks about it: add it, or {named}. {to_choose_from(column.name, there)}"
            problems.add(column.name, "is missing from the table", remedy)
        elif shared := shared_names(there, [column.name]):
            problems.found += shared
        elif kind_of(customers[column.name]) not in (column.kind, "empty") and customers[column.name].notna().any():
            fault = "holds another kind of value than the policy was learned from"
            wanted = {"number": "numbers", "flag": "true or false", "labels": "labels as text"}[column.kind]
            problems.add(column.name, fault, f"Make it {wanted}.")
    problems.raise_if_any()
    return {column: column.bins_of(customers[column.name]) for column in asked}
