"""Why did they leave, and what did each reason cost? The answer of `reason_table`, and its sentences."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.lost.behaviour import TWICE
from winback.lost.coded_reasons import CodedReasons
from winback.lost.differences import Differences
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words

MANY_NOT_KNOWN = 0.3  # share of lost customers: more than that can turn the order of reasons round


@dataclass(frozen=True, repr=False, eq=False)
class ReasonTable(Result):
    """Reasons for leaving, with customers, money, returns, and what mending would have to bring.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per reason, the most frequent first, and at the end those whose reason is not known (``reason``
        missing). ``n`` customers, their ``share`` of those whose reason is known, ``money`` they brought in within the
        year before they left (``too_skewed``: few carry most of it), ``returned`` share; each with ``_low`` and
        ``_high``, which hold together. Where a day is known:
        ``remedied_on``, ``n_since`` who left for it since, ``n_as_long_before``, ``n_waiting`` for whom it has gone.
        ``n_away`` named it alone and are still away, ``at_stake`` what they brought in within a year, ``mending_cost``,
        ``least_chance`` of return at which that pays; ``chance``, ``recovered`` and ``net`` are assumed.
    behaviour : Differences or None
        What those who named each reason had done before, beside those who named another.
    reporters : Differences or None
        Reasons by who reported them (``reported_by``).
    went_to : Differences or None
        Reasons by where customers went (``went_to``): what attracted those who went to each competitor.
    """

    frame: pd.DataFrame
    behaviour: Differences | None = field(repr=False)
    reporters: Differences | None = field(repr=False)
    went_to: Differences | None = field(repr=False)
    n_lost: int
    n_several: int
    n_without_money: int
    n_alike: int
    coded: CodedReasons | None = field(default=None, repr=False)
    since: datetime.date | None = None  # first day of losses that count; None: all that are known
    level: float = 0.95
    source: str = "a table"
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "words": ("Reason", "text"),
        "n": ("Customers", "count"),
        "share": ("Share", "percent"),
        "money": ("Brought in the year before", "money"),
        "returned": ("Came back", "percent"),
        "cause": ("Cause", "text"),
        "remedied_on": ("Remedied on", "text"),
        "n_since": ("Left for it since", "count"),
        "n_as_long_before": ("In as long before", "count"),
        "n_waiting": ("Left before, still away", "count"),
        "mending_cost": ("Mending costs a year", "money"),
        "at_stake": ("At stake a year", "money"),
        "least_chance": ("Breaks even if so many come back", "chance"),
        "chance": ("Assumed to come back", "percent"),
        "recovered": ("Would recover (assumed)", "money"),
        "net": ("After cost (assumed)", "money"),
    }

    @property
    def reasons(self) -> pd.DataFrame:
        """The rows of reasons, without those whose reason is not known."""
        return self.frame[self.frame["reason"].notna()]

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers, with all lost customers as its last row where that is a sum."""
        frame = self.frame.copy()
        if "remedied_on" in frame:
            frame["remedied_on"] = frame["remedied_on"].dt.strftime("%Y-%m-%d")
        frame["cause"] = frame["cause"].fillna("")
        if not self.n_several and len(frame) > 1:
            sums = {name: frame[name].sum() for name in ("n", "money") if name in frame}
            frame = pd.concat([frame, pd.DataFrame([{"words": "all", "cause": "", **sums}])], ignore_index=True)
        return self.rounded(frame)

    def describe(self) -> Sentences:
        """Say which reasons are named most, what they cost, and the doubt that matters most."""
        return Sentences.of(_lines(self)[:3])

    def details(self) -> Sentences:
        """Say how intervals are to be read, what was remedied and would be mended, and what else shows."""
        return Sentences.of([*_lines(self)[3:], *_more(self)])


def _lines(table: ReasonTable) -> list[str]:
    return [_answer(table), *_money(table), *_doubts(table)]


def _answer(table: ReasonTable) -> str:
    known = table.n_lost - int(table.frame.loc[table.frame["reason"].isna(), "n"].sum())
    rows = [row for _, row in table.reasons.head(3).iterrows()]
    top = join_words(f"{row['words']} ({table.interval(row, 'share', 'percent')})" for row in rows)
    whose = "whose reason is known" if known < table.n_lost else "who was lost" if known == 1 else "who were lost"
    whose += "" if table.since is None else f" for the first time from {table.since:%Y-%m-%d} on"
    return f"{table.source}: of {counted(known, 'customers')} {whose}, most left for {top}."


def _money(table: ReasonTable) -> Iterator[str]:
    if "money" not in table.frame:
        return
    row = table.reasons.sort_values("money", ascending=False, kind="stable").iloc[0]
    known = not pd.isna(row["money_low"])
    figure = table.interval(row, "money", "money") if known else table.format(row["money"], "money")
    total = table.format(float(table.frame["money"].sum()), "money")
    of_all = "" if table.n_several else f", of {total} that all of them had brought in"
    yield f"Most money went with those who named {row['words']}: {figure} in the year before they left{of_all}."


def _doubts(table: ReasonTable) -> Iterator[str]:
    n = int(table.frame.loc[table.frame["reason"].isna(), "n"].sum())
    if n > MANY_NOT_KNOWN * table.n_lost:
        share = format_percent(n / table.n_lost)
        yield f"Of {share} of those lost no reason is known; theirs may be others than those that are stated."
    if table.behaviour is not None:
        frame = table.behaviour.frame
        top = frame[(frame["what"] == TWICE) & (frame["group"] == table.reasons["words"].iloc[0])]
        for row in top.itertuples():
            yield (
                f"What is stated need not be why: of those who named {row.group}, {format_percent(row.share)} "
                f"({format_count(row.n_yes)}) had {TWICE}, of all others {format_percent(row.share_others)}."
            )
    yield "What customers state is not always why they left."


def _more(table: ReasonTable) -> Iterator[str]:
    level = format_percent(table.level, 0)
    yield f"All intervals of a column hold together in {level} of cases; they hold for customers like these."
    yield from _returns(table)
    if table.n_several:
        n = counted(table.n_several, "customers")
        yield f"{n} named several reasons and count in each: shares add to more than 100%."
    if table.n_alike:
        yield f"Ways of writing that only case and blanks tell from another reason: {format_count(table.n_alike)}."
    if table.n_without_money:
        yield f"What {counted(table.n_without_money, 'customers')} brought in is not known, and not in the money."
    if "too_skewed" in table.frame and table.reasons["too_skewed"].any():
        which = join_words(table.reasons.loc[table.reasons["too_skewed"].astype(bool), "words"])
        yield f"Few customers carry most of the money of {which}: such an interval holds less often than it says."
    if "n_since" in table.frame:
        yield from _remedied(table)
    if table.frame["mending_cost"].notna().any():
        yield from _mending(table)
    for found in (table.behaviour, table.reporters, table.went_to):
        if found is not None:
            yield found.describe().splitlines()[0]
    if table.coded is not None:
        yield from table.coded.describe().splitlines()[1:2]


def _returns(table: ReasonTable) -> Iterator[str]:
    if "returned" in table.frame:
        yield (
            "Who came back did so for whatever cause, offers among them, and those lost lately have had less time to: "
            "returns are no effect of a reason."
        )


def _remedied(table: ReasonTable) -> Iterator[str]:
    for row in table.reasons[table.reasons["remedied_on"].notna()].itertuples():
        since, before, waiting = (format_count(n) for n in (row.n_since, row.n_as_long_before, row.n_waiting))
        yield (
            f"{row.words} was remedied on {row.remedied_on:%Y-%m-%d}: named since by {since}, in as long a time before "
            f"by {before}; still away who left before and would not meet it again: {waiting}."
        )


def _mending(table: ReasonTable) -> Iterator[str]:
    for _, row in table.reasons[table.reasons["mending_cost"].notna()].iterrows():
        cost = table.format(row["mending_cost"], "money")
        if "at_stake" not in row or not row["at_stake"] > 0:
            yield f"Mending {row['words']} at {cost} a year has nothing to win back: no value is known to be at stake."
            continue
        stake = table.format(row["at_stake"], "money")
        said = f"{counted(row['n_away'], 'customers', 'are')} away who named nothing else, with {stake} a year at stake"
        if row["least_chance"] > 1:
            yield f"Mending {row['words']} at {cost} a year cannot pay by winning back: {said}."
            continue
        least = format_percent(row["least_chance"])
        assumed = ""
        if pd.notna(row["chance"]):
            share, net = format_percent(row["chance"]), table.format(row["net"], "money")
            assumed = f" If {share} did, which is assumed, {net} a year would be left after the cost."
        pays = f"breaks even by winning back if {least} of that value return"
        yield f"Mending {row['words']} at {cost} a year {pays}: {said}.{assumed}"
    yield "No table of losses measures whom mending would bring back, nor whom it would keep: a trial does."
