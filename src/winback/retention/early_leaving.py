"""Are returned customers fragile at first, and when their offer ends? Hazards by window of the second life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.stats import chi2

from winback.results import Sentences, format_percent
from winback.retention.repeat_churn_sample import Sample
from winback.survival.groups import GroupsResult, group_lifetimes
from winback.terms.catalog import Offer, OfferCatalog
from winback.uncertainty import normal_quantile

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
    horizon_months: float = FIRST_MONTHS
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
    z = normal_quantile(level)
    by = None if by == "offer" and "offer" not in sample.table else by
    lives = group_lifetimes(sample.table, by, "second")
    ends = _offer_ends(sample.table.iloc[lives.rows], offers)
    windows = [(EARLY, np.zeros(len(ends)), np.full(len(ends), FIRST_MONTHS))]
    windows.append((AT_END, np.maximum(ends, FIRST_MONTHS), ends + AFTER_END))
    rows = []
    for group, name in enumerate(lives.names):
        members = lives.codes == group
        months, ended = lives.months[members], lives.ended[members]
        rest = [float(ended.sum()), float(months.sum())]
        found = []
        for window, begin, close in windows:
            n, watched = _exposure(months, ended, begin[members], close[members])
            rest[0], rest[1] = rest[0] - n, rest[1] - watched
            if watched:
                found.append((window, n, watched))
        for window, n, watched in [*found, (LATER, *rest)]:
            row = {"group": name, "window": window, "n_left": int(n), "months_watched": watched}
            rows.append(row | _hazard(n, watched, level) | _ratio((n, watched), rest, z, window))
    return EarlyLeaving(pd.DataFrame(rows), by, level, said=lives.said, notes=lives.notes())


def _exposure(months, ended, begin, close) -> tuple[float, float]:
    """Return how many left within a window of each customer, and how long all were watched in it."""
    known = np.isfinite(begin)
    begin, close = np.where(known, begin, 0.0), np.where(known, close, 0.0)
    inside = ended & (months > begin) & (months <= close)
    return float(inside.sum()), float(np.clip(np.minimum(months, close) - begin, 0, None).sum())


def _hazard(n: float, watched: float, level: float) -> dict:
    """Return leavers per month watched, with the exact interval of a Poisson count."""
    if watched <= 0:
        return dict.fromkeys(("hazard", "hazard_low", "hazard_high"), np.nan)
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * n) / 2 if n else 0.0
    high = chi2.ppf(1 - tail, 2 * (n + 1)) / 2
    return {"hazard": n / watched, "hazard_low": low / watched, "hazard_high": high / watched}


def _ratio(inside, rest, z: float, window: str) -> dict:
    """Return how many times as many leave as in all other months; the interval is made on the log scale."""
    (n, watched), (n_rest, watched_rest) = inside, rest
    if window == LATER or min(n, n_rest, watched, watched_rest) <= 0:
        return dict.fromkeys(("ratio", "ratio_low", "ratio_high"), np.nan)
    ratio = n / watched / (n_rest / watched_rest)
    factor = np.exp(z * np.sqrt(1 / n + 1 / n_rest))
    return {"ratio": ratio, "ratio_low": ratio / factor, "ratio_high": ratio * factor}


def _offer_ends(table: pd.DataFrame, offers: OfferCatalog | None) -> np.ndarray:
    """Return after how many months each customer's offer ended; missing without one, or without an end."""
    ends = np.full(len(table), np.nan)
    if offers is None or "offer" not in table:
        return ends
    sent = table["offer"].astype(object).to_numpy()
    for offer in offers:
        for member, rows in _members(offer, offers, table, sent == offer.name):
            if member.months is not None:
                ends[rows] = member.months
    return ends


def _members(offer: Offer, offers: OfferCatalog, table: pd.DataFrame, rows: np.ndarray) -> Iterator[tuple]:
    """Yield an offer, or those that a tailored one consists of, each with who was sent it."""
    if not offer.tailored:
        yield offer, rows
        return
    label = table[offer.tailored_by].astype(object).to_numpy() if offer.tailored_by in table else None
    for value, name in offer.tailored.items():
        yield offers[name], rows & (label == value)


def _answer(found: EarlyLeaving) -> Iterator[str]:
    rows = found.frame[found.frame["ratio"].notna()]
    yield _compared(found, rows[rows["ratio_low"] > 1], "more")
    fewer = rows[rows["ratio_high"] < 1]
    if len(fewer):
        yield _compared(found, fewer, "fewer")
    yield "Who leaves early and who stays differ in more than the month: the ratios say when, not why."


def _compared(found: EarlyLeaving, rows: pd.DataFrame, which: str) -> str:
    """Say in which window how many times as many leave as later, with the interval of the most distinct group."""
    if rows.empty:
        return f"No window is shown in which {which} leave than in other months."
    said = []
    for window, each in rows.groupby("window", sort=False):
        first = each.loc[(each["ratio_low"] if which == "more" else -each["ratio_high"]).idxmax()].to_dict()
        who = "" if found.by is None else f", most clearly {found.in_words(first['group'])}"
        others = f" in {len(each)} of {_n_groups(found, window)} groups" if found.by is not None else ""
        said.append(f"{window}{others}{who} ({found.interval(first, 'ratio', 'times')} times)")
    return f"{which.capitalize()} leave than in other months: {'; '.join(said)}."


def _n_groups(found: EarlyLeaving, window: str) -> int:
    """Return how many groups have a window: who was sent nothing has no offer that ends."""
    return int((found.frame["window"] == window).sum())


def _more(found: EarlyLeaving) -> Iterator[str]:
    yield (
        "Leavers are counted per month watched, all customers of a group together; each offer's end is that of its "
        "terms, and its first three months count as such."
    )
    yield f"Intervals hold for {format_percent(found.level, 0)} of samples, each for one figure at a time."
    yield from (f"{note}." for note in found.notes)
