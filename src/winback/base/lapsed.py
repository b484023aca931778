"""Who is lost, as known on a day, and what has come of it since? `Lapsed`, one row per lost customer."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.doors import door
from winback.labels import label_of, short_words
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.tables import LAPSED_TABLE, label_codes

BACK_BEFORE, LOST_AGAIN = "back before that day", "back before that day and lost once more by then"
PENDING_THEN = "pending on that day"
MOST_LABELS = 12  # rows of the table that is shown


@dataclass(frozen=True, repr=False, eq=False)
class Lapsed(Result):
    """Lost customers, ready for `fit_two_part`, `second_lifetime_value` and, with offers, `read_trial`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per customer who was lost on the day from which they are seen and had not come back before, with the
        columns of `winback.tables.LAPSED`: what was known on that day, and as ``returned`` and ``second_...`` what has
        come of it from then to ``until``.
    until : datetime.date or None
        Last day of the data; None where they have no calendar, and so tell of no return.
    day : datetime.date or None
        From which all are seen; None: each as of their loss, or with offers as of their offer.
    with_offers : bool
        Whether the offers sent to them are in the table.
    left_out : mapping
        How many customers are not in the table, by why, in words.
    n_again : int
        Of those who returned, how many came back yet another time after that.
    notes : tuple of str
        Sentences: what else is to be known of the tables that it comes from.
    """

    frame: pd.DataFrame
    until: datetime.date | None
    day: datetime.date | None = None
    with_offers: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    n_again: int = 0
    notes: tuple[str, ...] = ()
    source: str = "a table"
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Lost customers", "text"),
        "n": ("Customers", "count"),
        "first_tenure": ("Mean months before the loss", "number"),
        "first_margin": ("Mean margin a month", "money"),
        "returned": ("Came back", "percent"),
    }

    @door
    def table_of(self, kind: str) -> pd.DataFrame:
        """Return the table of lapsed customers, for functions that take such a table."""
        if kind != LAPSED_TABLE:
            raise ValueError(f"Lost customers are a {LAPSED_TABLE}, and no {kind}.")
        return self.frame

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers: the customers by offer, or by reason for leaving, and all of them."""
        return self.rounded(pd.DataFrame(list(_groups(self))))

    def describe(self) -> Sentences:
        """Say how many were lost and came back, who is not counted, and the doubt that matters most."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say from which day they are seen, and what else is to be known of the table."""
        return Sentences.of(_more(self))


def _groups(lapsed: Lapsed) -> Iterator[dict]:
    """Return the customers by offer or reason, the most frequent first, then all."""
    frame = lapsed.frame
    by = "offer" if lapsed.with_offers else "reason"
    if by in frame and len(frame):
        codes, labels = label_codes(frame[by])
        sizes = [(int((codes == place).sum()), place) for place in range(len(labels))]
        for _, place in sorted(sizes, key=lambda each: -each[0])[:MOST_LABELS]:
            yield _figures(short_words(by, labels[place]), frame[codes == place])
        if (codes < 0).any():
            yield _figures(f"{label_of(by)} not known", frame[codes < 0])
    yield _figures("all", frame)


def _figures(name: str, part: pd.DataFrame) -> dict:
    figures = {"group": name, "n": len(part)}
    for column in ("first_tenure", "first_margin", "returned"):
        if column in part:
            figures[column] = float(part[column].mean()) if len(part) else float("nan")
    return figures


def _answer(lapsed: Lapsed) -> Iterator[str]:
    n = len(lapsed.frame)
    if lapsed.until is None:
        yield f"{lapsed.source}: {counted(n, 'customers')} lost; whether they came back, and when, is not known."
        return
    back = int(lapsed.frame["returned"].sum())
    if n == 0:
        yield f"{lapsed.source}: nobody is in the table of lost customers {_seen(lapsed)}."
    else:
        came = f"{_how_many(back, n)}came back by {lapsed.until:%Y-%m-%d}"
        again = f", {format_count(lapsed.n_again)} yet another time after that" if lapsed.n_again else ""
        yield f"{lapsed.source}: {counted(n, 'customers')} lost {_seen(lapsed)}; {came}{again}."
    left_out = [f"{format_count(count)} {why}" for why, count in lapsed.left_out.items() if count]
    if left_out:
        yield f"Not among them: {join_words(left_out)}."
    yield from _follow_up(lapsed)


def _how_many(back: int, n: int) -> str:
    if back == 0:
        return "none "
    return "" if n == 1 else f"{format_count(back)} of them ({format_percent(back / n)}) "


def _more(lapsed: Lapsed) -> Iterator[str]:
    if lapsed.until is None:
        yield from lapsed.notes
        return
    yield (
        "What is known of each customer is what was known on the day from which they are seen; return and second "
        "stay are what came from then on, a return on the day itself included."
    )
    yield from lapsed.notes


def _seen(lapsed: Lapsed) -> str:
    if lapsed.with_offers:
        return "on the day of their offer"
    return f"on {lapsed.day:%Y-%m-%d}" if lapsed.day else "so far, each seen as of their loss"


def _follow_up(lapsed: Lapsed) -> Iterator[str]:
    """Say that some have had less time to come back than others."""
    followed = lapsed.frame["followed"]
    if len(followed) and followed.fillna(0).min() < followed.fillna(0).max():
        ends = [f"{end:.1f}" for end in (followed.fillna(0).min(), followed.fillna(0).max())]
        yield (
            f"They have been watched for {ends[0]} to {ends[1]} months since: those watched for less have had less "
            "time to come back."
        )
