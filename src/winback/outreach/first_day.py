"""Who does what on the first day of a plan? For whoever sends and calls, and for whoever pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.money import format_money
from winback.outreach.dates import day_words
from winback.outreach.plan_words import contacts_by, done
from winback.results import Result, Sentences, counted, join_words

ANYBODY = "any staff"  # where the playbook names nobody
MOST_NAMED = 6  # who and what is counted in a sentence; more stand in the table


@dataclass(frozen=True, repr=False, kw_only=True)
class FirstDay(Result):
    """What is to be done on the first day of a plan, see `winback.outreach.OutreachPlan.first_day`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per channel, who does it and whether it makes the offer, most contacts first: ``channel``, ``who`` (the
        agent, else who the rule asks for, else any staff), ``n`` contacts, ``offers`` they make, or a later contact
        makes, in words, ``cost`` in money.
    said : pandas.DataFrame
        One row per text that is said that day: ``channel``, ``message``, ``n`` contacts.
    day : Timestamp or None
        The day; None where nobody is contacted.
    only_offer : str
        The offer that all contacts of the day are about; nothing where there are several.
    """

    frame: pd.DataFrame = field(repr=False)
    said: pd.DataFrame = field(repr=False)
    day: pd.Timestamp | None
    only_offer: str = ""
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "channel": ("Channel", "text"),
        "who": ("Who", "text"),
        "n": ("Contacts", "count"),
        "offers": ("Offer", "text"),
        "cost": ("Cost if nobody buys", "money"),
    }
    shown_texts: ClassVar[Mapping[str, tuple[str, str]]] = {
        "channel": ("Channel", "text"),
        "message": ("What is said", "text"),
        "n": ("Contacts", "count"),
    }

    def texts(self) -> pd.DataFrame:
        """Return what is said that day, rounded."""
        return self.rounded(self.said, self.shown_texts)

    def words(self) -> list[str]:
        """Return what is said that day, a sentence for each text, the most frequent first."""
        rows = list(self.said.itertuples())
        lines = [f"{contacts_by(row.channel, row.n)}: {row.message}" for row in rows[:MOST_NAMED]]
        more = [f"{counted(len(rows) - MOST_NAMED, 'texts')} more in the list."] if len(rows) > MOST_NAMED else []
        return lines + more

    def describe(self) -> Sentences:
        """Say who does what that day, and what it costs."""
        if self.day is None:
            return Sentences.of(["On no day is anybody contacted."])
        cost = format_money(float(self.frame["cost"].sum()), self.currency)
        return Sentences.of([f"{self.work()}; that costs {cost} even if nobody buys."])

    def work(self) -> str:
        """Say who does what, channel by channel."""
        if self.day is None:
            return ""
        parts = [_of_channel(str(channel), rows) for channel, rows in self.frame.groupby("channel", sort=False)]
        about = f", about the offer {self.only_offer}" if self.only_offer else ""
        return f"{day_words(self.day, weekday=True)}: {join_words(parts)}{about}"


def _of_channel(channel: str, rows: pd.DataFrame) -> str:
    made = done(channel, int(rows["n"].sum()))
    each = rows.groupby("who", sort=False)["n"].sum()
    named = each[each.index != ANYBODY]
    if named.empty or len(named) > MOST_NAMED:
        return made
    return f"{made} ({join_words(f'{who} {n:,}' for who, n in named.items())}{_others(len(named) < len(each))})"


def _others(are_there: bool) -> str:
    return ", the others whoever is free" if are_there else ""


def first_day_of(contacts: pd.DataFrame, currency: str) -> FirstDay:
    """Return what is to be done on the first day of a list of contacts, which is sorted by day.

    Examples
    --------
    >>> rows = {"date": pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-06"]), "channel": "call", "by": "agent"}
    >>> rows |= {"agent": ["Ann", "Ben", "Ann"], "message": "Offer: gift.", "offer": "gift"}
    >>> print(first_day_of(pd.DataFrame(rows).assign(cost=4.0), "$").describe())
    Monday 5 January 2026: make 2 calls (Ann 1 and Ben 1), about the offer gift; that costs $8.00 even if nobody buys.
    """
    day = contacts["date"].iloc[0] if len(contacts) else None
    today = contacts[contacts["date"] == day]
    who = today["agent"].where(today["agent"] != "", today["by"])
    who = who.where(who != "", ANYBODY)
    later = ~today["message"].astype(str).str.contains("Offer: ", regex=False).to_numpy(dtype=bool)
    found = today.assign(who=who, later=later).groupby(["channel", "who", "later"], sort=False)
    found = found.agg(n=("cost", "size"), offers=("offer", _named), cost=("cost", "sum")).reset_index()
    found["offers"] = found["offers"].where(~found["later"], found["offers"] + ", with a later contact")
    said = today.groupby(["channel", "message"], sort=False).size().rename("n").reset_index()
    order = {"by": "n", "ascending": False, "kind": "stable", "ignore_index": True}
    offers = today["offer"].astype(object).unique()
    return FirstDay(
        frame=found.drop(columns="later").sort_values(**order),
        said=said.sort_values(**order),
        day=day,
        only_offer=str(offers[0]) if len(offers) == 1 else "",
        currency=currency,
    )


def _named(offers: pd.Series) -> str:
    counts = offers.astype(object).value_counts()
    return str(counts.index[0]) if len(counts) == 1 else join_words(f"{name} {n:,}" for name, n in counts.items())
