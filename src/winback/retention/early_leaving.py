"""Are returned customers fragile at first, and when their offer ends? Hazards by window of the second life."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Sentences, format_percent
from winback.retention.repeat_churn_sample import Sample
from winback.retention.watched import offer_months
from winback.survival.groups import GroupsResult, group_lifetimes
from winback.terms.catalog import OfferCatalog
from winback.uncertainty import count_interval, normal_quantile

FIRST_MONTHS = 3.0
AFTER_END = 2.0  # months after the offer's end: those who came for the offer are gone by then
EARLY, AT_END, LATER = "months 1 to 3", "two months after the offer's end", "all other months"
IN_TOUCH = {
    EARLY: "Be in touch from the first day: more leave within the first three months than in others.",
    AT_END: "Be in touch before the offer ends: more leave within two months after than in other months.",
}


@dataclass(frozen=True, repr=False, eq=False)
class EarlyLeaving(GroupsResult):
    """How many leave in which window of the second life.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and window: ``group``, ``window``, ``n_left``, ``months_watched`` by all together, ``hazard``
        (left per month watched) with its interval, ``ratio`` to that of all other months with its interval.
    """

    frame: pd.DataFrame = field(repr=False)
    by: str | None
    level: float
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    notes: tuple[str, ...] = ()
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "window": ("When", "text"),
        "n_left": ("Left again", "count"),
        "hazard": ("Leave per month", "percent"),
        "ratio": ("Times that of other months", "times"),
    }

    def describe(self) -> Sentences:
        """Say where more leave than later, where fewer do, and what the figures are not."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how windows are made, and who was left out."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say when to be there."""
        high = self.frame[self.frame["ratio_low"] > 1]
        return Sentences.of(IN_TOUCH[window] for window in (EARLY, AT_END) if window in set(high["window"]))


def early_leaving(sample: Sample, by: str | None, offers: OfferCatalog | None, *, level: float) -> EarlyLeaving:
    """Return hazards by window, see `RepeatChurn.early_leaving`."""
    by = None if by == "offer" and "offer" not in sample.table else by
    lives = group_lifetimes(sample.table, by, "second")
    table = sample.table.iloc[lives.rows]
    ends = np.full(len(table), np.nan)  # months after which each one's offer ended; missing: it did not
    if offers is not None and "offer" in table:
        ends = offer_months(table, offers)
    windows = {EARLY: (0.0, FIRST_MONTHS), AT_END: (np.maximum(ends, FIRST_MONTHS), ends + AFTER_END)}
    watched = [np.fmax(np.minimum(lives.months, close) - begin, 0) for begin, close in windows.values()]
    left = [lives.ended & (lives.months > begin) & (lives.months <= close) for begin, close in windows.values()]
    watched.append(lives.months - sum(watched))
    left.append(lives.ended & ~np.any(left, axis=0))
    n, months = (np.transpose([np.bincount(lives.codes, each) for each in some]) for some in (left, watched))
    frame = pd.DataFrame({"group": np.repeat(lives.names, len(left)), "window": [*windows, LATER] * len(lives.names)})
    frame = frame.assign(n_left=n.ravel().astype(int), months_watched=months.ravel())
    counted = np.stack([n, *count_interval(n, level)]) / np.where(months > 0, months, np.nan)
    frame[["hazard", "hazard_low", "hazard_high"]] = counted.reshape(3, -1).T
    rest = n[:, -1:]
    known = (n > 0) & (rest > 0) & (frame["window"] != LATER).to_numpy().reshape(n.shape)
    ratio = np.where(known, counted[0] / counted[0][:, -1:], np.nan)  # its interval is made on the log scale
    factor = np.exp(normal_quantile(level) * np.sqrt(1 / np.fmax(n, 1) + 1 / np.fmax(rest, 1)))
    for name, each in (("ratio", ratio), ("ratio_low", ratio / factor), ("ratio_high", ratio * factor)):
        frame[name] = each.ravel()
    frame = frame[(frame["months_watched"] > 0) | (frame["window"] == LATER)].reset_index(drop=True)
    said = lives.said
    if by == "offer":  # a name such as tailored is no noun
        said = {name: re.sub("^with the (.*) offered$", r"with the \1 offer", words) for name, words in said.items()}
    return EarlyLeaving(frame, by, level, said=said, notes=lives.notes())


def _answer(found: EarlyLeaving) -> Iterator[str]:
    rows = found.frame[found.frame["ratio"].notna()]
    more, fewer = rows[rows["ratio_low"] > 1], rows[rows["ratio_high"] < 1]
    none = "No window is shown in which more leave than in other months."
    turned = {EARLY} <= set(fewer["window"]) and set(more["window"]) == {AT_END}
    lead = "Not the first months, but the end of the offer is to be watched. " if turned else ""
    yield lead + _compared(found, more, "more") if len(more) else none
    if len(fewer):
        yield _compared(found, fewer, "fewer")
    yield "Who leaves early and who stays differ in more than the month: the ratios say when, not why."


def _compared(found: EarlyLeaving, rows: pd.DataFrame, which: str) -> str:
    """Say in which window more or fewer leave than later, with the hazards of the most distinct group."""
    said = []
    for window, each in rows.groupby("window", sort=False):
        first = each.loc[(each["ratio_low"] if which == "more" else -each["ratio_high"]).idxmax()].to_dict()
        who = "" if found.by is None else f", most clearly {found.in_words(first['group'])}"
        n = (found.frame["window"] == window).sum()  # who was sent nothing has no offer that ends
        others = "" if found.by is None else f" in {len(each)} of {n} groups"
        later = found.frame[(found.frame["window"] == LATER) & (found.frame["group"] == first["group"])]
        instead = f"instead of {found.format(later['hazard'].iloc[0], 'percent')}"
        said.append(f"{window}{others}{who} ({found.interval(first, 'hazard', 'percent')} a month {instead})")
    return f"{which.capitalize()} leave than in all other months: {'; '.join(said)}."


def _more(found: EarlyLeaving) -> Iterator[str]:
    yield (
        "Leavers are counted per month watched, all customers of a group together; each offer's end is that of its "
        "terms, and its first three months count as such."
    )
    if AT_END in set(found.frame["window"]):
        yield (
            "Here the end of the offer is compared with all other months, as a key moment with those just beside it "
            "only: so the ratios differ, and those beside it say better what the end does."
        )
    yield f"Intervals hold for {format_percent(found.level, 0)} of samples, each for one figure at a time."
    yield from (f"{note}." for note in found.notes)
