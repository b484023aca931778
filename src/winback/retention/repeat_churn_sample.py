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
from winback.retention.repeat_churn_likelihood import Returned, left_for
from winback.survival.competing import with_second_reasons
from winback.survival.groups import months_and_ended, typed_lifetimes
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList

CURED, TOO_SHORT = "cured", "too short"  # what a fit shows: a share that is cured, or why none
NONE_CURED, ALL_CURED, NOTHING_TO_CURE = "nobody cured", "everybody cured", "nothing to be cured of"
RARER_REASONS = "other reasons"
CONTAINED = {"both": ("price", "service"), "other": (), "unknown": (), NOT_KNOWN: ()}  # other need not be the same one
FEWEST_ENDS = 10  # of a reason: a Weibull has two parameters, each from five ends at least
FEWEST_COMPARED = 30  # ends of others for a reason: a share of it is then known to about a fifth of itself
MOST_LABELS = 30  # more labels than that are names


@dataclass(frozen=True)
class Sample:
    """Those who returned, and what could be cured in whom."""

    table: pd.DataFrame = field(repr=False)  # checked, one row per returned customer
    first: np.ndarray  # (n,) reason for leaving the first time
    cured_of: pd.DataFrame  # bool, first reason by reason for leaving again: whether one can be cured of it
    months: np.ndarray  # (n,)
    cause: np.ndarray  # (n,) place among the reasons for leaving again; -1 = still here
    notes: tuple[str, ...]

    def blocked_of(self, first: np.ndarray) -> np.ndarray:
        """Return which reasons customers can be cured of, by the first one, (n, K) bool."""
        return self.cured_of.reindex(first, fill_value=False).to_numpy()

    @cached_property
    def blocked(self) -> np.ndarray:
        """Which reasons each customer can be cured of, (n, K)."""
        return self.blocked_of(self.first)

    @cached_property
    def can_be(self) -> np.ndarray:
        """Who can be cured of something, (n,) bool."""
        return self.blocked.any(axis=1)

    @cached_property
    def again(self) -> np.ndarray:
        """Who left again for what drove them away the first time, (n,) bool."""
        return left_for(self.blocked, self.cause)

    @cached_property
    def compared(self) -> bool:
        """Whether each first reason's hazard is known of others, who cannot be cured of it: then no end is needed."""
        own = self.cured_of.to_numpy()
        n = np.bincount(self.cause[(self.cause >= 0) & ~self.again], minlength=own.shape[1])
        return bool((own @ n >= FEWEST_COMPARED)[own.any(axis=1)].all())


@dataclass(frozen=True)
class Equations:
    """Of what susceptibility and all hazards depend."""

    formula: Design
    hazards: Design

    @classmethod
    def of(cls, sample: Sample, formula: str, hazards: str) -> Equations:
        """Bind both formulas to a sample; susceptibility is that of those who can be cured of something."""
        curable = sample.table[sample.can_be] if sample.can_be.any() else sample.table
        return cls(bind_formula(formula, curable, "formula"), bind_formula(hazards, sample.table, "hazards"))

    def numbers(self, table: pd.DataFrame, can_be: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the designs of susceptibility, zeros for those who cannot be cured of anything, and of hazards."""
        z = np.zeros((len(table), len(self.formula.names)))
        if can_be.any():
            z[can_be] = self.formula.matrix(table[can_be])
        return z, self.hazards.matrix(table)[:, [name != "Intercept" for name in self.hazards.names]]

    def returned(self, sample: Sample) -> Returned:
        """Return the numbers of a sample."""
        return Returned(sample.months, sample.cause, sample.blocked, *self.numbers(sample.table, sample.can_be))


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
    back = table[table["returned"].to_numpy(dtype=bool)].reset_index(drop=True)
    months, ended = months_and_ended(back, "second")
    if ended.sum() < FEWEST_ENDS:
        problems = ProblemList(LAPSED_TABLE, table)
        few = f"is true for {counted(ended.sum(), 'customers')}, and at least {FEWEST_ENDS} are needed"
        problems.add("second_ended", few, "Wait until more have left again.")
        problems.raise_if_any()
    labels = back["second_reason"].astype(object).where(ended)
    kept, rare = _rare(labels.value_counts())
    reasons = pd.Index([*kept, RARER_REASONS] if rare else kept)
    cause = reasons.get_indexer(labels.where(~labels.isin(rare), RARER_REASONS))
    first = first_reasons(back)
    parts = {label: set(contained.get(label, (label,))) for label in [*kept, *first]}
    found = {
        label: [reason != RARER_REASONS and bool(parts[label] & parts[reason]) for reason in reasons]
        for label in pd.unique(first)
    }
    cured_of = pd.DataFrame.from_dict(found, orient="index", columns=reasons)
    notes = [f"Too few left again for {join_words(rare)} to tell them apart: counted together"] if rare else []
    if never := list(cured_of.index[~cured_of.any(axis=1)]):
        notes.append(f"Nothing is said of a cure of those who left for {join_words(never)}: nobody left for it again")
    return Sample(back, first, cured_of, months=months, cause=cause, notes=tuple(notes))


def _rare(counts: pd.Series) -> tuple[list[str], list[str]]:
    """Return the reasons for which enough left again, most frequent first, and those that are taken together."""
    labels, n = list(counts.index), counts.to_numpy()
    n_kept = int((n >= FEWEST_ENDS).sum())
    while 0 < n[n_kept:].sum() < FEWEST_ENDS and n_kept:
        n_kept -= 1
    return labels[:n_kept], labels[n_kept:]


def for_words(reason: str) -> str:
    """Say for what somebody leaves.

    Examples
    --------
    >>> for_words("both"), for_words("moved")
    ('for price and service', 'for moved')
    """
    said = value_words("reason", reason)
    return said.removeprefix("left ") if said.startswith("left for ") else f"for {reason}"


def usual_terms(sample: Sample, columns: tuple[str, ...], rows: np.ndarray | slice) -> str:
    """Return the formula of those label columns that tell customers apart: in whom enough of two labels have left."""
    table, left = sample.table[rows], sample.cause[rows] >= 0
    terms = []
    for name in columns:
        if name in table and not table[name].isna().any():
            known, n = table[name].nunique(), table[name][left].astype(object).value_counts()
            if 1 < known <= MOST_LABELS and len(n) == known and n.min() >= FEWEST_ENDS:
                terms.append(name)
    return " + ".join(terms) or "1"
