"""Are returned customers fragile at first? Hazards of the first months of the second life beside later ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.periods import DAYS_IN_MONTH
from winback.results import Sentences, counted, format_percent
from winback.retention.found_moments import KeyMoments
from winback.retention.jump_figures import HIGHER
from winback.retention.key_moments import WINDOW
from winback.retention.repeat_churn_sample import Sample
from winback.retention.watched import offer_months
from winback.survival.groups import GroupsResult, group_lifetimes
from winback.terms.catalog import OfferCatalog
from winback.uncertainty import count_interval, normal_quantile

FIRST_MONTHS = 3.0


@dataclass(frozen=True, repr=False, eq=False)
class EarlyLeaving(GroupsResult):
    """How many leave in their first three months, beside later ones.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per ``group``: ``n_left`` in the first three months, ``months_watched`` by all together, ``hazard``
        (left per month watched) with its interval, ``later``: that of all later months but those just after an offer's
        end, ``ratio`` of the two with its interval, missing where nobody left in one of them.
    at_end : KeyMoments or None
        Who left with their offer, see `key_moments`; None where no offer is known to end.
    """

    frame: pd.DataFrame = field(repr=False)
    by: str | None
    level: float
    at_end: KeyMoments | None = field(default=None, repr=False)
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "n_left": ("Left in months 1 to 3", "count"),
        "hazard": ("A month", "percent"),
        "later": ("Later", "percent"),
        "ratio": ("Times that of later", "times"),
    }

    @property
    def fragile(self) -> pd.DataFrame:
        """The groups of which more leave at first than later, beyond chance."""
        return self.frame[self.frame["ratio_low"] > 1]

    def describe(self) -> Sentences:
        """Say whether more leave at first than later, whether more do when their offer ends, and what that is not."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how it is counted, and who was left out."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say when to be there, as far as more leave at first."""
        said = "Be in touch from the first day: more leave within the first three months than later."
        return Sentences() if self.fragile.empty else Sentences(said)


def early_leaving(
    sample: Sample, by: str | None, offers: OfferCatalog | None, *, at_end: KeyMoments | None, level: float
) -> EarlyLeaving:
    """Return hazards of the first months and of later ones, see `RepeatChurn.early_leaving`."""
    by = None if by == "offer" and "offer" not in sample.table else by
    lives = group_lifetimes(sample.table, by, "second")
    table, months = sample.table.iloc[lives.rows], lives.months
    ends = np.full(len(table), np.nan)  # months after which each one's offer ended; missing: it did not
    if offers is not None and "offer" in table:
        ends = offer_months(table, offers)
    opens, closes = np.maximum(ends, FIRST_MONTHS), ends + WINDOW / DAYS_IN_MONTH
    first = np.minimum(months, FIRST_MONTHS)
    watched = first, months - first - np.fmax(np.minimum(months, closes) - opens, 0)
    early = months <= FIRST_MONTHS
    left = lives.ended & early, lives.ended & ~early & ~((months > opens) & (months <= closes))
    n, rest = (np.bincount(lives.codes, each, len(lives.names)) for each in left)
    time, later = (np.bincount(lives.codes, each, len(lives.names)) for each in watched)
    later = rest / np.where(later > 0, later, np.nan)
    low, high = count_interval(n, level)
    frame = {"group": lives.names, "n_left": n.astype(int), "months_watched": time}
    frame |= {"hazard": n / time, "hazard_low": low / time, "hazard_high": high / time, "later": later}
    ratio = np.where((n > 0) & (rest > 0), n / time / later, np.nan)  # its interval is made on the log scale
    factor = np.exp(normal_quantile(level) * np.sqrt(1 / np.fmax(n, 1) + 1 / np.fmax(rest, 1)))
    frame = pd.DataFrame(frame | {"ratio": ratio, "ratio_low": ratio / factor, "ratio_high": ratio * factor})
    said = lives.said
    if by == "offer":  # a name such as tailored is no noun
        said = {name: re.sub("^with the (.*) offered$", r"with the \1 offer", words) for name, words in said.items()}
    return EarlyLeaving(frame, by, level, at_end=at_end, said=said, notes=lives.notes())


def _answer(found: EarlyLeaving) -> Iterator[str]:
    more, fewer = found.fragile, found.frame[found.frame["ratio_high"] < 1]
    compared = [_compared(found, rows, which) for rows, which in ((more, "more"), (fewer, "fewer")) if len(rows)]
    yield " ".join(compared) or "That more or fewer leave in the first three months than later is not shown."
    if found.at_end is not None:
        ends = found.at_end.frame
        higher = ends["verdict"] == HIGHER
        of = f"the end of {higher.sum()} of {counted(len(ends), 'offers')}" if not higher.all() else "the offer's end"
        share = format_percent(ends["excess"][higher].sum() / max(found.at_end.n_ended, 1), 0)
        then = f"More leave just after {of} than in the months around it: {share} of all who left again"
        none = "That more leave just after an offer's end than in the months around it is not shown."
        yield f"{then}." if higher.any() else none
    yield "Who leaves early and who stays differ in more than the month: the figures say when, not why."


def _compared(found: EarlyLeaving, rows: pd.DataFrame, which: str) -> str:
    """Say that more, or fewer, leave at first than later, with the hazards of the most distinct group."""
    first = rows.loc[(rows["ratio_low"] if which == "more" else -rows["ratio_high"]).idxmax()]
    several = f"{len(rows)} of {len(found.frame)} groups" if len(rows) < len(found.frame) else "every group"
    of = "" if found.by is None else f" in {several}, most clearly"
    who = "" if found.by is None else f" {found.in_words(first['group'])}"
    hazards = (
        f"{found.interval(first, 'hazard', 'percent')} a month instead of {found.format(first['later'], 'percent')}"
    )
    return f"{which.capitalize()} leave within the first three months than later{of}{who}: {hazards}."


def _more(found: EarlyLeaving) -> Iterator[str]:
    yield "Leavers are counted per month watched, all customers of a group together."
    if found.at_end is not None:
        yield (
            f"The {WINDOW} days after an offer's end are not among the later months: they are compared with those just "
            "beside them, as key moments are."
        )
    yield f"Intervals hold for {format_percent(found.level, 0)} of samples, each for one figure at a time."
    yield from (f"{note}." for note in found.notes)
