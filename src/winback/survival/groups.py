"""Whose lifetimes are compared, and in which groups?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.formula_checks import named_columns
from winback.labels import value_words
from winback.periods import format_horizon
from winback.results import Result, counted, join_words
from winback.survival.first_ended import with_first_ended
from winback.survival.watched_from import (
    WATCHED_FROM,
    check_always_watched,
    lifetime_of,
    months_watched_from,
    table_of_lifetime,
)
from winback.tables import LAPSED, LAPSED_TABLE, ProblemList, check_lapsed, in_trial
from winback.tables.likeness import to_choose_from

FEW, MOST_NUMBERS = 30, 12
OUTCOMES = {column.name for column in LAPSED if column.outcome} - {"second_reason"}
EVERYBODY, PAIRED = "all", "lifetime"
NOT_REACHED = "not reached"
NO_SECOND = "is false for every customer: there is no second lifetime"


@dataclass(frozen=True)
class Lifetimes:
    """Lifetimes of n customers in groups of two or more."""

    months: np.ndarray  # (n,) observed length
    ended: np.ndarray  # (n,) bool, False = still there when the data end
    codes: np.ndarray  # (n,) position of the group in names
    names: tuple[str, ...]  # the groups
    rows: np.ndarray  # (n,) positions in the table
    left_out: tuple[str, ...]  # who was, in sentences
    said: Mapping[str, str]  # each group in words
    since: np.ndarray  # (n,) months that had passed when each came under observation

    def of(self, group: int) -> tuple[np.ndarray, np.ndarray]:
        """Return months and ended of one group."""
        return self.months[self.codes == group], self.ended[self.codes == group]

    def since_of(self, group: int) -> np.ndarray:
        """Return when the customers of one group came under observation."""
        return self.since[self.codes == group]

    def notes(self) -> tuple[str, ...]:
        """Return who was left out, and which groups are so small that their intervals cannot be trusted."""
        sizes = np.bincount(self.codes, minlength=len(self.names))
        few = [f"{self.said[name]} ({n})" for name, n in zip(self.names, sizes, strict=True) if n < FEW]
        if not few:
            return self.left_out
        whose = "its interval" if len(few) == 1 else "their intervals"
        return (*self.left_out, f"Fewer than {FEW} customers: {join_words(few)}; do not trust {whose}")


class GroupsResult(Result):
    """A result of groups of customers, ``said`` in words, whose figures are months, shares and counts."""

    said: Mapping[str, str]
    horizon_months: float

    @property
    def horizon_in_words(self) -> str:
        """Months up to which the figures are counted."""
        return f"{format_horizon(self.horizon_months)} months"

    def in_words(self, group: str) -> str:
        """Write a group in the words that were found for it; a name without words stands for itself."""
        return self.said.get(group, group)

    def table(self) -> pd.DataFrame:
        """Return the rounded table, its groups in words."""
        return self.rounded(self.frame.assign(group=list(map(self.in_words, self.frame["group"]))))

    def format(self, value, form: str) -> str:
        """Write one value; ``months`` have one decimal, and what the data do not reach is said in words."""
        if form != "months":
            return super().format(value, form)
        text = NOT_REACHED if pd.isna(value) else f"{value:,.1f}"
        return "0.0" if text == "-0.0" else text


def typed_lifetimes(customers: pd.DataFrame, lifetime: str, needs: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the checked table with what the chosen lifetimes, first or second, need besides the caller's columns."""
    lifetime = lifetime_of(customers, lifetime)
    if lifetime == "second":
        return check_lapsed(customers, needs=["returned", "second_tenure", "second_ended", *needs])
    table = with_first_ended(table_of_lifetime(customers, lifetime))
    ended = ["first_ended"] if isinstance(table, pd.DataFrame) and "first_ended" in table else []
    checked = check_lapsed(table, needs=["first_tenure", *ended, *needs])
    problems = ProblemList(LAPSED_TABLE, checked)
    late = months_watched_from(checked, lifetime) >= checked["first_tenure"].to_numpy(dtype=float)
    remedy = "Leave out lifetimes that ended before they were watched."
    problems.add_rows(WATCHED_FROM, late, "must be shorter than `first_tenure`", remedy)
    problems.raise_if_any()
    return checked


def months_and_ended(table: pd.DataFrame, lifetime: str) -> tuple[np.ndarray, np.ndarray]:
    """Return length and end of the chosen lifetimes; first ones have all ended unless the table says otherwise."""
    if lifetime == "first":
        ended = table["first_ended"].to_numpy(dtype=bool) if "first_ended" in table else np.ones(len(table), dtype=bool)
        return table["first_tenure"].to_numpy(dtype=float), ended
    return table["second_tenure"].to_numpy(dtype=float), table["second_ended"].to_numpy(dtype=bool, na_value=False)


def used_rows(customers: pd.DataFrame, lifetime: str, weights: str | None = None, formula: str = "") -> pd.DataFrame:
    """Return the checked rows a tenure is fitted to: those who returned, or everyone for first lifetimes.

    Where the formula compares offers, customers judged not promising beforehand are left out: they were in no trial.
    """
    table = typed_lifetimes(customers, lifetime, needs=() if weights is None else (weights,))
    problems = ProblemList(LAPSED_TABLE, table)
    if weights is not None:
        counts = pd.to_numeric(table[weights], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        bad = ~((counts >= 1) & (counts == np.floor(counts)) & np.isfinite(counts))
        problems.add_rows(weights, bad, "must count customers: 1, 2, 3, ...", "Collapse equal rows and count them.")
    if lifetime == "second" and not table["returned"].any():
        problems.add("returned", NO_SECOND, "Check the export.")
    problems.raise_if_any()
    if "offer" in named_columns(str(formula), table.columns):
        table = table[in_trial(table)]
    return table[table["returned"].to_numpy(dtype=bool)] if lifetime == "second" else table


def row_counts(used: pd.DataFrame, weights: str | None) -> np.ndarray:
    """Return how many customers each row stands for."""
    return np.ones(len(used)) if weights is None else used[weights].to_numpy(dtype=float)


def group_lifetimes(table: pd.DataFrame, by: str | None, lifetime: str) -> Lifetimes:
    """Return the lifetimes of a checked table in groups, without those that cannot be compared.

    Raises
    ------
    TableError
        When the column is not there, is an outcome, has gaps or too many values, or nobody is left to compare.
    """
    problems = ProblemList(LAPSED_TABLE, table)
    _check_column(table, by, problems)
    problems.raise_if_any()
    used = in_trial(table) if by == "offer" else np.ones(len(table), dtype=bool)
    aside = f"{counted((~used).sum(), 'customers judged not promising beforehand', 'are')} left out"
    left_out = [] if used.all() else [aside]
    if lifetime == "second":
        used = used & table["returned"].to_numpy(dtype=bool)
    codes, names, words = _labels(table, by)
    _check_gaps(codes, used, by, problems)
    problems.raise_if_any()
    sizes = np.bincount(codes[used], minlength=len(names))
    _check_sizes(sizes, by, lifetime, problems)
    problems.raise_if_any()
    for n, why in ((0, "nobody to see"), (1, "a single customer")):
        if alone := [name for name, size in zip(names, sizes, strict=True) if size == n]:
            left_out.append(f"Left out, {why}: {join_words(alone)}")
    used &= (sizes >= 2)[codes]
    months, ended = months_and_ended(table[used], lifetime)
    since = months_watched_from(table[used], lifetime)
    kept = np.flatnonzero(sizes >= 2)
    codes, names_kept = np.searchsorted(kept, codes[used]), tuple(names[place] for place in kept)
    for place, name in enumerate(names_kept):
        check_always_watched(months[codes == place], since[codes == place], name)
    return Lifetimes(
        months,
        ended,
        codes,
        names_kept,
        rows=np.flatnonzero(used),
        left_out=tuple(left_out),
        said=dict(zip(names, words, strict=True)),
        since=since,
    )


def _check_column(table, by, problems):
    if by is None:
        return
    if not isinstance(by, str) or by not in table:
        remedy = to_choose_from(by, table.columns)
        problems.add(str(by), "is not a column of the table, so it cannot make groups", remedy)
    elif by in OUTCOMES:
        problems.add(by, "is an outcome: its groups are made by how long customers stay", "Group by what came before.")
    elif pd.api.types.is_numeric_dtype(table[by]) and table[by].nunique() > MOST_NUMBERS:
        remedy = f"Cut it into classes first: customers.assign(classes=pd.qcut(customers[{by!r}], 4)), by='classes'."
        problems.add(by, f"has {table[by].nunique():,} different numbers, too many to be groups", remedy)


def _labels(table, by) -> tuple[np.ndarray, list[str], list[str]]:
    """Return each row's group (-1 where missing), the groups' names, and what they are in words.

    A number or a flag is named with its column.
    """
    if by is None:
        return np.zeros(len(table), dtype=int), [EVERYBODY], ["all customers"]
    column = table[by]
    if isinstance(column.dtype, pd.CategoricalDtype):
        names = [str(label) for label in column.cat.categories]
        return column.cat.codes.to_numpy(dtype=int), names, [value_words(by, name) for name in names]
    numeric = pd.api.types.is_numeric_dtype(column)  # flags too
    codes, values = pd.factorize(column if numeric else column.astype(object).where(column.notna()).map(str, "ignore"))
    order = np.argsort(values.astype(float) if numeric else np.asarray(values, dtype=str), kind="stable")
    rank = np.append(np.argsort(order), -1)
    flag = pd.api.types.is_bool_dtype(column)
    words = [("yes" if value else "no") if flag else f"{value:g}" if numeric else value for value in values]
    names = [f"{by} {words[place]}" if numeric else words[place] for place in order]
    return rank[codes], names, [value_words(by, bool(values[place]) if flag else values[place]) for place in order]


def _check_gaps(codes, used, by, problems):
    remedy = "Fill it in, code it as a label of its own, or drop these rows."
    if by == "second_reason":
        remedy = "Those still there have no reason yet: use competing_risks, which counts them as such."
    problems.add_rows(by, (codes < 0) & used, "must not be missing where it makes the groups", remedy, int(used.sum()))


def _check_sizes(sizes, by, lifetime, problems):
    if sizes.sum() == 0:
        column, what = ("returned", NO_SECOND) if lifetime == "second" else ("first_tenure", "is missing")
        problems.add(column, what, "Check the export.")
    elif sizes.max() < 2:
        problems.add(by or "table", "has no group of 2 customers: there is nothing to compare", "Group more coarsely.")
