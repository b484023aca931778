"""Who returned, why had they left, and for what could they leave again? What a model of repeat churn is fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from winback.formulas import Design, bind_formula
from winback.labels import NOT_KNOWN, value_words
from winback.results import counted, join_words
from winback.retention.repeat_churn_likelihood import Returned
from winback.survival.competing import with_second_reasons
from winback.survival.groups import NO_SECOND, months_and_ended, typed_lifetimes
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList

CURED, TOO_SHORT = "cured", "too short"  # what a fit shows: a share that is cured, or why none
NONE_CURED, ALL_CURED, NOTHING_TO_CURE = "nobody cured", "everybody cured", "nothing to be cured of"
OTHERS = "other reasons"
CONTAINED = {"both": ("price", "service"), "other": (), "unknown": (), NOT_KNOWN: ()}  # other need not be the same one
FEWEST_ENDS = 10  # of a reason: a Weibull has two parameters, each from five ends at least
FEWEST_COMPARED = 30  # ends of others for a reason: a share of it is then known to about a fifth of itself
MOST_LABELS = 30  # more labels than that are names


@dataclass(frozen=True)
class Sample:
    """Those who returned, and what could be cured in whom."""

    table: pd.DataFrame = field(repr=False)  # checked, one row per returned customer
    first: np.ndarray  # (n,) reason for leaving the first time
    reasons: tuple[str, ...]  # for which they left again, rare ones together
    cured_of: Mapping[str, tuple[bool, ...]]  # first reason -> which of the reasons one can be cured of
    months: np.ndarray  # (n,)
    cause: np.ndarray  # (n,) place among the reasons; -1 = still here
    notes: tuple[str, ...]

    @cached_property
    def blocked(self) -> np.ndarray:
        """Which reasons each customer can be cured of, (n, K)."""
        return blocked(self.first, self.cured_of, len(self.reasons))

    @cached_property
    def again(self) -> np.ndarray:
        """Who left again for what drove them away the first time, (n,) bool."""
        found = np.zeros(len(self.cause), dtype=bool)
        left = np.flatnonzero(self.cause >= 0)
        found[left] = self.blocked[left, self.cause[left]]
        return found

    @cached_property
    def compared(self) -> bool:
        """Whether each first reason's hazard is known of others, who cannot be cured of it: then no end is needed."""
        n = np.bincount(self.cause[(self.cause >= 0) & ~self.again], minlength=len(self.reasons))
        return all(n[list(each)].sum() >= FEWEST_COMPARED for each in self.cured_of.values() if any(each))


@dataclass(frozen=True)
class Equations:
    """Of what susceptibility and all hazards depend; None: on nothing, or nobody can be cured of anything."""

    formula: Design | None
    hazards: Design | None

    def numbers(self, table: pd.DataFrame, can_be: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the designs of susceptibility, zeros for those who cannot be cured of anything, and of hazards."""
        z = np.zeros((len(table), 1 if self.formula is None else len(self.formula.names)))
        if self.formula is None:
            z[can_be] = 1.0
        elif can_be.any():
            z[can_be] = self.formula.matrix(table[can_be])
        x = np.zeros((len(table), 0)) if self.hazards is None else self.hazards.matrix(table)
        return z, x if self.hazards is None else x[:, [name != "Intercept" for name in self.hazards.names]]

    def returned(self, sample: Sample) -> Returned:
        """Return the numbers of a sample."""
        cured_of = sample.blocked
        return Returned(sample.months, sample.cause, cured_of, *self.numbers(sample.table, cured_of.any(axis=1)))


def blocked(first: np.ndarray, cured_of: Mapping[str, tuple[bool, ...]], n_reasons: int) -> np.ndarray:
    """Return which reasons each customer can be cured of, by the first one, (n, K) bool."""
    place, labels = pd.factorize(first)
    each = [cured_of.get(label, (False,) * n_reasons) for label in labels]
    return np.array(each, dtype=bool).reshape(len(labels), n_reasons)[place]


def first_reasons(table: pd.DataFrame) -> np.ndarray:
    """Return why customers left the first time, as text; one that is missing is not known."""
    if "reason" not in table:
        problems = ProblemList(LAPSED_TABLE, table)
        problems.add("reason", "is missing from the table", "Add it: the reason for leaving the first time.")
        problems.raise_if_any()
    given = table["reason"].astype(object)
    return given.where(given.notna(), NOT_KNOWN).astype(str).to_numpy()


def returned_sample(customers: AnyTable, contained: Mapping[str, tuple[str, ...]]) -> Sample:
    """Check a table of lapsed customers and return those who came back.

    Raises
    ------
    TableError
        When a column is missing, nobody came back, or too few have left again.
    """
    table = typed_lifetimes(customers, "second")
    first_reasons(table)
    table = with_second_reasons(table)
    problems = ProblemList(LAPSED_TABLE, table)
    if not table["returned"].any():
        problems.add("returned", NO_SECOND, "Check the export.")
    back = table[table["returned"].to_numpy(dtype=bool)].reset_index(drop=True)
    months, ended = months_and_ended(back, "second")
    if ended.sum() < FEWEST_ENDS:
        few = f"is true for {counted(ended.sum(), 'customers')}, and at least {FEWEST_ENDS} are needed"
        problems.add("second_ended", few, "Wait until more have left again.")
    problems.raise_if_any()
    labels = back["second_reason"].astype(object).where(ended)
    counts = labels.value_counts()
    kept, rare = _rare(counts)
    reasons = (*kept, OTHERS) if rare else tuple(kept)
    codes = {label: min(place, len(kept)) for place, label in enumerate([*kept, *rare])}
    first = first_reasons(back)
    cured_of = {label: tuple(_share_a_part(label, reason, contained) for reason in kept) for label in pd.unique(first)}
    cured_of = {label: (*each, False) if rare else each for label, each in cured_of.items()}
    notes = [f"Too few left again for {join_words(rare)} to tell them apart: counted together"] if rare else []
    never = [label for label, each in cured_of.items() if not any(each)]
    if never:
        notes.append(f"Nothing is said of a cure of those who left for {join_words(never)}: nobody left for it again")
    cause = np.where(ended, labels.map(codes).fillna(-1).to_numpy(dtype=int), -1)
    return Sample(back, first, reasons, cured_of, months=months, cause=cause, notes=tuple(notes))


def _rare(counts: pd.Series) -> tuple[list[str], list[str]]:
    """Return the reasons for which enough left again, most frequent first, and those that are taken together."""
    labels, n = list(counts.index), counts.to_numpy()
    n_kept = int((n >= FEWEST_ENDS).sum())
    while 0 < n[n_kept:].sum() < FEWEST_ENDS and n_kept:
        n_kept -= 1
    return labels[:n_kept], labels[n_kept:]


def _share_a_part(first: str, second: str, contained: Mapping[str, tuple[str, ...]]) -> bool:
    return bool(set(contained.get(first, (first,))) & set(contained.get(second, (second,))))


def for_words(reason: str) -> str:
    """Say for what somebody leaves.

    Examples
    --------
    >>> for_words("both"), for_words("moved")
    ('for price and service', 'for moved')
    """
    said = value_words("reason", reason)
    return said.removeprefix("left ") if said.startswith("left for ") else f"for {reason}"


def usual_terms(sample: Sample, columns: tuple[str, ...], rows: np.ndarray) -> str:
    """Return the formula of those label columns that tell customers apart: in whom enough of two labels have left."""
    left = sample.cause >= 0
    terms = []
    for name in columns:
        if name in sample.table and not sample.table[name][rows].isna().any():
            n = sample.table[name][rows & left].astype(object).value_counts()
            known = sample.table[name][rows].nunique()
            if 1 < known <= MOST_LABELS and len(n) == known and n.min() >= FEWEST_ENDS:
                terms.append(name)
    return " + ".join(terms) or "1"


def bind(sample: Sample, formula: str, hazards: str) -> Equations:
    """Bind both formulas to a sample."""
    can_be = sample.blocked.any(axis=1)
    of_share = None if formula == "1" or not can_be.any() else bind_formula(formula, sample.table[can_be], "formula")
    of_hazards = None if hazards == "1" else bind_formula(hazards, sample.table, "hazards")
    return Equations(of_share, of_hazards)
