"""What do key moments come to? Ratios, losses in excess and money, month by month, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.doors import ArgumentError
from winback.results import Result, Sentences, join_words
from winback.retention import moment_words as words
from winback.retention.jump_figures import HIGHER, is_claimed
from winback.retention.moments import AGAIN, RETURNING
from winback.sources import Cited, Formula

IN_SEGMENTS = {
    "in_words": ("After", "text"),
    "segment": ("Group", "text"),
    "n_ended": ("Within windows", "count"),
    "ratio": ("Times the hazard without", "times"),
    "verdict": ("Beyond chance?", "text"),
    "differ": ("Groups alike: p", "p_value"),
}


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class KeyMoments(Result):
    """Jumps of the hazard after moments, see `key_moments`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per ``moment``: ``window_days``, ``n_moments`` and ``n`` customers they came to, ``n_ended`` within the
        windows, monthly ``hazard`` there and ``hazard_without``, their ``ratio`` with ``_low`` and ``_high`` that hold
        for all moments at once, ``log_ratio`` and ``std_error``, ``verdict`` (higher, lower, not clearly different, not
        known), ``compared`` with (others at the same time, neighbours: the time beside the windows, nobody),
        ``inside`` which stronger moment's windows most of its time lies,
        ``excess`` losses or returns with ``excess_error``, and ``money`` a month of those, with intervals, ``n_open``
        customers within the window now, ``n_lately`` who came to the moment within the last three months.
    segments : pandas.DataFrame or None
        The ratios by group, with ``differ``: the p-value of their being alike. For ``of="leaving again"`` it is that of
        ``share``: of those who came to the offer's end, who left with it, with ``share_error``; Holm's, and missing
        where the offer ends after other months for each group.
    monthly : pandas.DataFrame
        One row per ``month`` of life (away, back): ``n`` at risk, ``n_ended``, ``hazard`` with Wilson's interval,
        and ``without`` any window of moments that matter and have their place in life, smoothed between such windows.
    marks : pandas.DataFrame
        One row per month of life ``after_month`` which a ``moment`` comes that has its place there: the ``share`` of
        its comings, and the monthly hazard with interval in the windows of the ``months`` after it.
    now : pandas.DataFrame
        Who met a moment lately, with ``days_left`` of the window: below 0 it is over.
    """

    frame: pd.DataFrame
    segments: pd.DataFrame | None = field(repr=False)
    monthly: pd.DataFrame = field(repr=False)
    marks: pd.DataFrame = field(repr=False)
    now: pd.DataFrame = field(repr=False)
    of: str
    by: str | None
    level: float
    n: int  # lives, or times away, that were watched
    n_ended: int
    notes: tuple[str, ...] = ()
    source: str = "a table"
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("After", "text"),
        "hazard": ("A month within", "percent"),
        "hazard_without": ("Without", "percent"),
        "ratio": ("Times the hazard without", "times"),
        "verdict": ("Beyond chance?", "text"),
    }

    @property
    def headings(self) -> Mapping[str, tuple[str, str]]:
        """What is shown of it, by what is asked of."""
        went, where = ("Back", "away") if self.of == RETURNING else ("Left", "here")
        more = {
            "n_ended": (f"{went} within", "count"),
            "excess": (f"{went} in excess", "count"),
            "money": (f"What they {words.PAID[self.of]} a month", "money"),
            "n_open": ("Within on the last day", "count"),
            "n_lately": (f"Still {where}, met it in 3 months", "count"),
        }
        if self.of == AGAIN:  # whose customers are others, so the ratio says less than how many were lost
            start = {name: self.shown.get(name) or more[name] for name in ("in_words", "excess", "n_ended")}
            return {**start, **self.shown, **more}
        return {**self.shown, **more}

    def ranked(self) -> pd.DataFrame:
        """Return the moments by losses in excess, the most first; those not known last."""
        return self.frame.sort_values("excess", ascending=False, kind="stable", ignore_index=True)

    @property
    def strongest(self) -> pd.Series | None:
        """The moment with the most losses (returns) in excess among those clearly different; None where none is."""
        higher = self.ranked()[self.ranked()["verdict"] == HIGHER]
        return None if higher.empty else higher.iloc[0]

    def marked(self, moments: Iterable[str] | str | None = None) -> pd.DataFrame:
        """Return the marks of the moments named; by default of those that are claimed to matter, and of all offers."""
        if moments is None:
            claimed = is_claimed(self.frame["verdict"]) | (self.of == AGAIN)
            moments = self.frame["moment"][claimed]
        named = [moments] if isinstance(moments, str) else list(moments)
        if unknown := [name for name in named if name not in set(self.frame["moment"])]:
            known = join_words(map(repr, self.frame["moment"]))
            raise ArgumentError(f"moments names {unknown[0]!r}, which was not looked at; there are {known}.")
        return self.marks[self.marks["moment"].isin(named)]

    def table(self) -> pd.DataFrame:
        """Return the rounded table, the moments with the most losses in excess first."""
        frame = self.ranked().drop(columns=["hazard_without_low", "hazard_without_high"])
        return self.rounded(frame, self.headings)

    def show_segments(self) -> pd.DataFrame:
        """Return the rounded table of groups; empty unless groups were asked for."""
        shown = (
            IN_SEGMENTS if self.of != AGAIN else {**IN_SEGMENTS, "ratio": None, "share": ("Left with it", "percent")}
        )
        shown = {name: each for name, each in shown.items() if each}
        return pd.DataFrame() if self.segments is None else self.rounded(self.segments, shown)

    def describe(self) -> Sentences:
        """Say after which moment most go, or come back, how sure that is, and the doubt that matters most."""
        return Sentences.of(words.answer_lines(self))

    def in_life(self, moments: Iterable[str] | str | None = None) -> Sentences:
        """Say what share goes, month by month, at moments that have their place in life and matter, or are named."""
        return Sentences.of(words.places_in_life(self, self.marked(moments)))

    def details(self) -> Sentences:
        """Say what of the other moments, of groups, and how it was found."""
        return Sentences.of(words.detail_lines(self))

    def what_to_do(self) -> Sentences:
        """Say whom to speak to, and how many they are."""
        return Sentences.of(words.next_step(self))

    @property
    def formulas(self) -> Formula:
        """How the ratio is found, and where that comes from."""
        beside = {
            AGAIN: "of the months beside it, as an offer ends for all who took it at once",
            RETURNING: "of others at the same month away and the same time",
        }
        others = beside.get(self.of, "of others at the same month of life and the same time")
        text = f"hazard in the window = ratio x hazard {others}\n"
        return Formula(f"{text}in excess = gone within the windows x (1 - 1 / ratio)", "rates", "together")

    @property
    def sources(self) -> Cited:
        """The works it rests on."""
        return Cited("rates", "together")
