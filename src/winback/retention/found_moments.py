"""What do key moments come to? The answer of `key_moments`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.results import Result, Sentences
from winback.retention import moment_words as words
from winback.sources import Cited, Formula

LEAVING, RETURNING, AGAIN = "leaving", "returning", "leaving again"
OF = (LEAVING, RETURNING, AGAIN)
HEADINGS = {
    LEAVING: ("Left within", "Left in excess", "What they paid a month"),
    RETURNING: ("Back within", "Back in excess", "What they had paid a month"),
    AGAIN: ("Left within", "Left in excess", "What they paid a month"),
}
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
        ``excess`` losses or returns and ``money`` a month of those with intervals, ``n_open`` customers within the
        window now, ``n_lately`` who came to the moment within the last three months.
    segments : pandas.DataFrame or None
        The ratios by group, with ``differ``: the p-value of their being alike.
    monthly : pandas.DataFrame
        One row per ``month`` of life (away, back): ``n`` at risk, ``n_ended``, ``hazard`` with Wilson's interval,
        and ``without`` any window of moments that have their place in life, smoothed between such windows.
    marks : pandas.DataFrame
        One row per month of life ``after_month`` which such a ``moment`` comes: the ``share`` of its comings, and the
        monthly hazard with interval in the windows of the ``months`` after it.
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
        inside, excess, money = HEADINGS[self.of]
        more = {
            "n_ended": (inside, "count"),
            "excess": (excess, "count"),
            "money": (money, "money"),
            "n_open": ("Within now", "count"),
            "n_lately": ("In the last 3 months", "count"),
        }
        return {**self.shown, **more}

    def ranked(self) -> pd.DataFrame:
        """Return the moments by losses in excess, the most first; those not known last."""
        return self.frame.sort_values("excess", ascending=False, kind="stable", ignore_index=True)

    def table(self) -> pd.DataFrame:
        """Return the rounded table, the moments with the most losses in excess first."""
        frame = self.ranked()
        return self.rounded(frame.drop(columns=["hazard_without_low", "hazard_without_high"]), self.headings)

    def show_segments(self) -> pd.DataFrame:
        """Return the rounded table of groups; empty unless groups were asked for."""
        return pd.DataFrame() if self.segments is None else self.rounded(self.segments, IN_SEGMENTS)

    def describe(self) -> Sentences:
        """Say after which moment most go, or come back, how sure that is, and the doubt that matters most."""
        return Sentences.of(words.answer_lines(self))

    def details(self) -> Sentences:
        """Say what of the other moments, of groups, and how it was found."""
        return Sentences.of(words.detail_lines(self))

    def what_to_do(self) -> Sentences:
        """Say whom to speak to, and how many they are."""
        return Sentences.of(words.next_step(self))

    @property
    def formulas(self) -> Formula:
        """How the ratio is found, and where that comes from."""
        text = "hazard in the window = ratio x hazard of others at the same month of life and the same time\n"
        return Formula(f"{text}in excess = gone within the windows x (1 - 1 / ratio)", "rates", "together")

    @property
    def sources(self) -> Cited:
        """The works it rests on."""
        return Cited("rates", "together")
