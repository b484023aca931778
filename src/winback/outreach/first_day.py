"""Who does what on the first day of a plan? For whoever sends and calls, and for whoever pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.money import format_money
from winback.results import Result, Sentences, counted, join_words

MOST_NAMED = 6  # who and what is counted in a sentence; more stand in the table


@dataclass(frozen=True, repr=False, kw_only=True)
class FirstDay(Result):
    """What is to be done on the first day of a plan, see `winback.outreach.OutreachPlan.first_day`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per channel and who does it, most contacts first: ``channel``, ``who`` (the agent, else who the rule
        asks for), ``n`` contacts, ``n_offers`` of them that make an offer, ``offers`` in words, ``cost`` in money.
    said : pandas.DataFrame
        One row per text that is said that day: ``channel``, ``message``, ``n`` contacts.
    day : Timestamp or None
        The day; None where nobody is contacted.
    """

    frame: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)
    day: pd.Timestamp | None
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "channel": ("By", "text"),
        "who": ("Who", "text"),
        "n": ("Contacts", "count"),
        "offers": ("For the offer", "text"),
        "cost": ("Cost", "money"),
    }
    shown_texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "channel": ("By", "text"),
        "message": ("What is said", "text"),
        "n": ("Contacts", "count"),
    }

    def texts(self) -> pd.DataFrame:
        """Return what is said that day, rounded."""
        return self.rounded(self.said, self.shown_texts)

    def describe(self) -> Sentences:
        """Say who does what that day, and what it costs."""
        if self.day is None:
            return Sentences.of(["On no day is anybody contacted."])
        cost = format_money(float(self.frame["cost"].sum()), self.currency)
        return Sentences.of([f"{self.work()}; they cost {cost}."])

    def work(self) -> str:
        """Say who does what, channel by channel."""
        parts = list(map(_of_channel, *zip(*self.frame.groupby("channel", sort=False), strict=True)))
        return f"On {self.day:%A %Y-%m-%d}: {join_words(parts)}" if self.day is not None else ""


def _of_channel(channel: str, rows: pd.DataFrame) -> str:
    made = f"{counted(int(rows['n'].sum()), 'contacts')} by {channel}"
    named = rows[rows["who"] != ""]
    if named.empty or len(named) > MOST_NAMED:
        return made
    return f"{made} ({join_words(f'{row.who} {row.n:,}' for row in named.itertuples())})"


def first_day_of(contacts: pd.DataFrame, currency: str) -> FirstDay:
    """Return what is to be done on the first day of a list of contacts, which is sorted by day.

    Examples
    --------
    >>> rows = {"date": pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-06"]), "channel": "call", "by": "agent"}
    >>> rows |= {"agent": ["Ann", "Ben", "Ann"], "message": "Offer: gift.", "offer": "gift"}
    >>> print(first_day_of(pd.DataFrame(rows).assign(cost=4.0), "$").describe())
    On Monday 2026-01-05: 2 contacts by call (Ann 1 and Ben 1); they cost $8.00.
    """
    day = contacts["date"].iloc[0] if len(contacts) else None
    today = contacts[contacts["date"] == day]
    who = today["agent"].where(today["agent"] != "", today["by"])
    found = today.assign(who=who).groupby(["channel", "who"], sort=False)
    found = found.agg(n=("cost", "size"), offers=("offer", _named), cost=("cost", "sum")).reset_index()
    said = today.groupby(["channel", "message"], sort=False).size().rename("n").reset_index()
    order = {"by": "n", "ascending": False, "kind": "stable", "ignore_index": True}
    return FirstDay(frame=found.sort_values(**order), said=said.sort_values(**order), day=day, currency=currency)


def _named(offers: pd.Series) -> str:
    counts = offers.astype(object).value_counts()
    return str(counts.index[0]) if len(counts) == 1 else join_words(f"{name} {n:,}" for name, n in counts.items())
