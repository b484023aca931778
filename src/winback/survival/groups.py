"""Whose lifetimes are compared, and in which groups?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.labels import value_words
from winback.results import format_count, join_words
from winback.tables import LAPSED, ProblemList, check_lapsed, in_trial

TABLE = "table of lapsed customers"
FEW, MOST_NUMBERS = 30, 12
OUTCOMES = {column.name for column in LAPSED if column.outcome} - {"second_reason"}
EVERYBODY, PAIRED = "all", "lifetime"


@dataclass(frozen=True)
class Lifetimes:
    """Lifetimes of n customers in groups of two or more."""

    months: np.ndarray  # (n,) observed length
    ended: np.ndarray  # (n,) bool, False = still there when the data end
    codes: np.ndarray  # (n,) position of the group in names
    names: tuple[str, ...]  # the groups
    rows: np.ndarray  # (n,) positions in the table
    notes: tuple[str, ...]  # what was left out, in sentences
    said: Mapping[str, str]  # each group in words

    def of(self, group: int) -> tuple[np.ndarray, np.ndarray]:
        """Return months and ended of one group."""
        return self.months[self.codes == group], self.ended[self.codes == group]


def check_lifetime(lifetime: str) -> None:
    """Refuse what is neither the first nor the second lifetime.

    Examples
    --------
    >>> check_lifetime("second")
    """
    if lifetime not in ("first", "second"):
        raise ValueError(f"lifetime must be 'first' or 'second'; got {lifetime!r}.")


def typed_lifetimes(customers: pd.DataFrame, lifetime: str, needs: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return the checked table with what the chosen lifetimes need, besides what the caller needs."""
    own = ("returned", "second_tenure", "second_ended") if lifetime == "second" else ("first_tenure",)
    return check_lapsed(customers, needs=[*own, *needs])


def months_and_ended(table: pd.DataFrame, lifetime: str) -> tuple[np.ndarray, np.ndarray]:
    """Return length and end of the chosen lifetimes; every first lifetime has ended."""
    if lifetime == "first":
        return table["first_tenure"].to_numpy(dtype=float), np.ones(len(table), dtype=bool)
    return table["second_tenure"].to_numpy(dtype=float), table["second_ended"].to_numpy(dtype=bool, na_value=False)


def group_lifetimes(table: pd.DataFrame, by: str | None, lifetime: str) -> Lifetimes:
    """Return the lifetimes of a checked table in groups, without those that cannot be compared.

    Raises
    ------
    TableError
        When the column is not there, is an outcome, has gaps or too many values, or nobody is left to compare.
    """
    problems = ProblemList(TABLE, table)
    _check_column(table, by, problems)
    problems.raise_if_any()
    wanted = in_trial(table) if by == "offer" else np.ones(len(table), dtype=bool)
    notes = [f"{format_count((~wanted).sum())} customers judged not promising beforehand are left out"]
    notes = notes if not wanted.all() else []
    used = wanted & table["returned"].to_numpy(dtype=bool) if lifetime == "second" else wanted
    codes, names, words = _labels(table, by)
    _check_gaps(codes, used, by, problems)
    problems.raise_if_any()
    sizes = np.bincount(codes[used], minlength=len(names))
    _check_sizes(sizes, by, lifetime, problems)
    problems.raise_if_any()
    notes += _left_out(names, sizes)
    used &= (sizes >= 2)[codes]
    months, ended = months_and_ended(table[used], lifetime)
    kept = np.flatnonzero(sizes >= 2)
    return Lifetimes(
        months,
        ended,
        np.searchsorted(kept, codes[used]),
        tuple(names[place] for place in kept),
        rows=np.flatnonzero(used),
        notes=tuple(notes),
        said=dict(zip(names, words, strict=True)),
    )


def few_note(names, sizes) -> list[str]:
    """Warn of groups whose intervals cannot be trusted.

    Examples
    --------
    >>> few_note(["price", "both"], [400, 12])
    ['Fewer than 30 customers: both (12); do not trust its interval']
    """
    few = [f"{name} ({n})" for name, n in zip(names, sizes, strict=True) if n < FEW]
    whose = "its interval" if len(few) == 1 else "their intervals"
    return [f"Fewer than {FEW} customers: {join_words(few)}; do not trust {whose}"] if few else []


def _check_column(table, by, problems):
    if by is None:
        return
    if not isinstance(by, str) or by not in table:
        there = ", ".join(map(str, table.columns[:20]))
        problems.add(str(by), "is not a column of the table, so it cannot make groups", f"Choose one of: {there}.")
    elif by in OUTCOMES:
        problems.add(by, "is an outcome: its groups are made by how long customers stay", "Group by what came before.")
    elif _is_number(table[by]) and table[by].nunique() > MOST_NUMBERS:
        remedy = f"Cut it into classes first: customers.assign(classes=pd.qcut(customers[{by!r}], 4)), by='classes'."
        problems.add(by, f"has {table[by].nunique():,} different numbers, too many to be groups", remedy)


def _is_number(column):
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


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
        what = "is false for every customer: there is no second lifetime" if lifetime == "second" else "is missing"
        problems.add("returned" if lifetime == "second" else "first_tenure", what, "Check the export.")
    elif sizes.max() < 2:
        problems.add(by or "table", "has no group of 2 customers: there is nothing to compare", "Group more coarsely.")


def _left_out(names, sizes) -> list[str]:
    nobody = [name for name, n in zip(names, sizes, strict=True) if n == 0]
    alone = [name for name, n in zip(names, sizes, strict=True) if n == 1]
    notes = [f"Left out, nobody to see: {join_words(nobody)}"] if nobody else []
    return notes + ([f"Left out, a single customer: {join_words(alone)}"] if alone else [])
