"""What do key moments come to, and how is it said? After which most go, how sure that is, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.doors import ArgumentError
from winback.labels import short_words
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words, state_p_value
from winback.retention.beside import WITH_NEIGHBOURS
from winback.retention.ended_offers import answer_of_offers, left_with_offers, months_of_ends
from winback.retention.jump_figures import HIGHER, UNCLEAR, UNKNOWN, is_claimed
from winback.retention.moment_places import places_in_life, times_as_many, two_at_once
from winback.sources import Cited, Formula

LEAVING, RETURNING, AGAIN = "leaving", "returning", "leaving again"
OF = (LEAVING, RETURNING, AGAIN)
GO = {LEAVING: "leave", RETURNING: "come back", AGAIN: "leave again"}
GONE = {LEAVING: "left", RETURNING: "come back", AGAIN: "left again"}
WENT = {LEAVING: "left", RETURNING: "came back", AGAIN: "left again"}
BEYOND = {
    LEAVING: "beyond what comparable months lost",
    RETURNING: "beyond what comparable months brought back",
    AGAIN: "beyond what the months beside lost",
}
PAID = {LEAVING: "paid", RETURNING: "had paid", AGAIN: "paid"}
DIFFER_BELOW = 0.05  # p-value up to which groups are said to differ
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
        ``excess`` losses or returns and ``money`` a month of those with intervals, ``n_open`` customers within the
        window now, ``n_lately`` who came to the moment within the last three months.
    segments : pandas.DataFrame or None
        The ratios by group, with ``differ``: the p-value of their being alike.
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
            "money": (f"What they {PAID[self.of]} a month", "money"),
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
        return pd.DataFrame() if self.segments is None else self.rounded(self.segments, IN_SEGMENTS)

    def describe(self) -> Sentences:
        """Say after which moment most go, or come back, how sure that is, and the doubt that matters most."""
        return Sentences.of(_answer(self))

    def in_life(self, moments: Iterable[str] | str | None = None) -> Sentences:
        """Say what share goes, month by month, at moments that have their place in life and matter, or are named."""
        return Sentences.of(places_in_life(self, self.marked(moments), GO[self.of]))

    def details(self) -> Sentences:
        """Say what of the other moments, of groups, and how it was found."""
        return Sentences.of(_details(self))

    def what_to_do(self) -> Sentences:
        """Say whom to speak to, and how many they are."""
        return Sentences.of(_next_step(self))

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


def _answer(found: KeyMoments) -> Iterator[str]:
    """Yield at most three sentences: the answer, how sure, the doubt."""
    top, go = found.strongest, GO[found.of]
    if top is not None and found.of == AGAIN:
        yield from answer_of_offers(found, top)
    elif top is not None:
        hazards = (top["hazard"], top["hazard_without"])
        hazard, without = (format_percent(each, 1 if each >= 0.01 else 2) for each in hazards)
        window = f"within {top['window_days']} days after {top['in_words']}"
        yield f"{times_as_many(top)} customers {go} {window} as without it: {hazard} instead of {without} a month."
        n, low, high = (format_count(top[f"excess{end}"]) for end in ("", "_low", "_high"))
        paid = f", and {PAID[found.of]} {found.interval(top, 'money', 'money')} a month"
        together = f"; the intervals of all moments hold together at {found.level:.0%}" if len(found.frame) > 1 else ""
        who = f"Of the {top['n_ended']:,} who {WENT[found.of]} then, {n} [{low}, {high}] are {BEYOND[found.of]}"
        yield f"{who}{'' if pd.isna(top['money']) else paid}{together}."
    else:
        looked = counted(len(found.frame), "moments")
        yield f"Of {looked} looked at there is none after which more customers {go} than without it."
        if found.frame["ratio_high"].notna().any():
            row = found.frame.loc[found.frame["ratio_high"].idxmax()]
            most = f"{row['ratio_high']:.2f} times as many after {row['in_words']}"
            yield f"There may be up to {most} ({found.level:.0%})."
    yield _doubt(found)


def _doubt(found: KeyMoments) -> str:
    """Say what cannot be told of a moment that comes to all at once, else that those it comes to may be others."""
    beside = "so the time just before and after"
    shared = found.frame["in_words"][found.frame["compared"] == WITH_NEIGHBOURS]
    if found.of == AGAIN:
        return (
            "An offer ends for all who came back for it at the same time: nobody is left to compare with, "
            f"{beside} is, and what else changes then counts, too; where leaving rises or falls anyway over these "
            "months, part of that is in the figure."
        )
    if len(shared):
        return (
            f"{join_words(shared)} {'comes' if len(shared) == 1 else 'come'} to everybody at the same time: nobody is "
            f"left to compare with, {beside} the windows is, and what else changes then counts, too."
        )
    return (
        f"Compared with others in the same month {'away' if found.of == RETURNING else 'of life'} at the same time: "
        "where those whom the moment comes to differ in more than the moment, so does the figure, and what goes with "
        "it need not come from it."
    )


def _details(found: KeyMoments) -> Iterator[str]:
    """Yield what else there is to say, one sentence a line."""
    whose, went = "times away" if found.of == RETURNING else "lives", WENT[found.of]
    yield f"Watched were {found.n:,} {whose}; at the end of {found.n_ended:,} customers {went}."
    ranked, top = found.ranked(), found.strongest
    known, unknown = ranked[ranked["verdict"] != UNKNOWN], found.frame[found.frame["verdict"] == UNKNOWN]
    if found.of == AGAIN and len(known) > 1:
        yield f"With their offer, whichever it was, {left_with_offers(found)} left {BEYOND[AGAIN]}."
    for row in known.to_dict("records"):
        if top is None or row["moment"] != top["moment"]:
            beside = ", compared with the time beside" if row["compared"] == WITH_NEIGHBOURS else ""
            chance = ", which may be chance" if row["verdict"] == UNCLEAR else ""
            window = f"within {row['window_days']} days after {row['in_words']}"
            yield f"{times_as_many(row)} {GO[found.of]} {window}{beside}{chance}."
    if len(unknown):
        yield (
            f"Not known after {join_words(unknown['in_words'])}: too few {went} within the windows or without them at "
            "the same time, or the moment always comes together with another."
        )
    yield from _by_group(found)
    yield (
        f"In excess are those {BEYOND[found.of]}: that goes with the moment, and comes from it only where it came by "
        f"lot; some of them may have {GONE[found.of]} later anyway."
    )
    if found.of != AGAIN:
        yield from two_at_once(known, GO[found.of], went)
    yield from found.notes


def _by_group(found: KeyMoments) -> Iterator[str]:
    if found.segments is None:
        return
    known = found.segments[found.segments["verdict"] != UNKNOWN]
    for moment, rows in known.groupby("in_words", sort=False):
        if len(rows) > 1:
            p_value = rows["differ"].iloc[0]
            each = join_words(f"{row.segment} {row.ratio:.2f}" for row in rows.itertuples())
            said = "differs" if p_value < DIFFER_BELOW else "is not shown to differ"
            yield f"After {moment} the ratio {said} by group ({state_p_value(p_value)}): {each}."


def _next_step(found: KeyMoments) -> Iterator[str]:
    """Yield whom to speak to."""
    top = found.strongest
    if top is None:
        return
    now = f"on the last day {top['n_open']:,} were within {top['window_days']} days after it"
    here = f"{top['n_lately']:,} of those still here"
    if found.of == AGAIN:
        ends = [(name, months_of_ends(found, name)) for name in found.ranked()["moment"]]
        ends = "; ".join(f"{short_words('offer', name)} {months}" for name, months in ends if months)
        first = f"Be in touch before the offer ends{f' ({ends})' if ends else ''}, first with those of "
        most = "" if len(found.frame) == 1 else f", {format_count(top['excess'])} of them with that one"
        yield (
            f"{first}the {short_words('offer', top['moment'])} offer, and ask what else they would stay for: "
            f"{left_with_offers(found)} left with their offer {BEYOND[AGAIN]}{most}."
        )
    elif found.of == RETURNING:
        more = f"; {now}" if top["n_open"] else ""
        yield f"See to it that more of the lost meet what brings them back, such as {top['in_words']}{more}."
    elif (found.marks["moment"] == top["moment"]).any():  # it has its place in life, so it is seen coming
        lately = f"{here} came to it in the last three months, about as many will in the three after"
        yield f"Speak to customers before {top['in_words']}: {lately}; {now}."
    else:
        lately = f"{here} came to it in the last three months"
        yield f"Speak to customers as soon as it comes to {top['in_words']}: {lately}; {now}."
