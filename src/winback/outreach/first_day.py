"""Who does what on the first day of a plan? For whoever sends and calls, and for whoever pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.money import format_money
from winback.outreach.dates import day_words
from winback.outreach.plan_words import contacts_by, done
from winback.results import Result, Sentences, counted, format_count, join_words

ANYBODY = "any staff"  # where the playbook names nobody
MOST_NAMED = 6  # who and what is counted in a sentence; more stand in the table


@dataclass(frozen=True, repr=False, kw_only=True)
class FirstDay(Result):
    """What is to be done on the first day of a plan, see `winback.outreach.OutreachPlan.first_day`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per channel, who does it and whether it makes the offer, most contacts first: ``channel``, ``who`` (the
        agent, else who the rule asks for, else any staff), ``ahead_of`` (the channel of the later contact that makes
        the offer; empty where these make it), ``n`` contacts, ``offers`` in words, ``cost`` in money.
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

    def work(self, *, by_whom: bool = True) -> str:
        """Say what is done with what, channel by channel, and who does it."""
        if self.day is None:
            return ""
        offer = f" with the offer {self.only_offer}" if self.only_offer else " with an offer"
        parts = []
        for channel, of_channel in self.frame.groupby("channel", sort=False):
            for place, (ahead_of, rows) in enumerate(of_channel.groupby("ahead_of", sort=False)):
                n = int(rows["n"].sum())
                what = format_count(n) if place else done(str(channel), n)
                parts.append(
                    f"{what}{f' without it, ahead of {ahead_of}' if ahead_of else offer}{_who(rows) if by_whom else ''}"
                )
        return f"{day_words(self.day, weekday=True)}: {join_words(parts)}"


def _who(rows: pd.DataFrame) -> str:
    """Say in brackets who does it, where somebody is named."""
    each = rows.groupby("who", sort=False)["n"].sum()
    named = each[each.index != ANYBODY]
    if named.empty or len(named) > MOST_NAMED:
        return ""
    if len(each) == 1:
        return f" ({named.index[0]})"
    others = ", the others whoever is free" if len(named) < len(each) else ""
    return f" ({join_words(f'{who} {n:,}' for who, n in named.items())}{others})"


def who_makes(contacts: pd.DataFrame) -> pd.Series:
    """Return who makes each contact: its agent, else whom the rule asks for, else any staff."""
    who = contacts["agent"].where(contacts["agent"] != "", contacts["by"])
    return who.where(who != "", ANYBODY)


def makes_the_offer(contacts: pd.DataFrame) -> np.ndarray:
    """Return which contacts make their customer's offer, or make it again, (m,) bool."""
    return contacts["message"].astype(str).str.contains("Offer: ", regex=False).to_numpy()


def first_day_of(contacts: pd.DataFrame, currency: str) -> FirstDay:
    """Return what is to be done on the first day of a list of contacts, which is sorted by day.

    Examples
    --------
    >>> rows = {"date": pd.to_datetime(["2026-01-05", "2026-01-05", "2026-01-06"]), "channel": "call", "by": "agent"}
    >>> rows |= {"agent": ["Ann", "Ben", "Ann"], "message": "Offer: gift.", "offer": "gift", "customer_id": [7, 8, 9]}
    >>> print(first_day_of(pd.DataFrame(rows).assign(cost=4.0), "$").describe())
    Monday 5 January 2026: make 2 calls with the offer gift (Ann 1 and Ben 1); that costs $8.00 even if nobody buys.
    """
    day = contacts["date"].iloc[0] if len(contacts) else None
    is_today = (contacts["date"] == day).to_numpy()
    today = contacts[is_today]
    found = today.assign(who=who_makes(today), ahead_of=_ahead_of(contacts)[is_today])
    found = found.groupby(["channel", "who", "ahead_of"], sort=False)
    found = found.agg(n=("cost", "size"), offers=("offer", _named), cost=("cost", "sum")).reset_index()
    found["offers"] = found["offers"].where(
        found["ahead_of"] == "", found["offers"] + ", later with " + found["ahead_of"]
    )
    said = today.groupby(["channel", "message"], sort=False).size().rename("n").reset_index()
    order = {"by": "n", "ascending": False, "kind": "stable", "ignore_index": True}
    offers = today["offer"].astype(object).unique()
    return FirstDay(
        frame=found.sort_values(**order),
        said=said.sort_values(**order),
        day=day,
        only_offer=str(offers[0]) if len(offers) == 1 else "",
        currency=currency,
    )


def _ahead_of(contacts: pd.DataFrame) -> np.ndarray:
    """Return which contact makes the customer's offer, of each that does not, (m,); empty where it does."""
    makes_it = makes_the_offer(contacts)
    by = contacts[makes_it].drop_duplicates("customer_id").set_index("customer_id")["channel"]
    which = contacts["customer_id"].map(by.map(a_contact)).fillna("another contact")
    return np.where(makes_it, "", which).astype(object)


def a_contact(channel: str) -> str:
    """Name one contact by a channel.

    Examples
    --------
    >>> a_contact("email"), a_contact("visit")
    ('an email', 'a visit')
    """
    words = contacts_by(channel, 1).removeprefix("1 ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _named(offers: pd.Series) -> str:
    counts = offers.astype(object).value_counts()
    return str(counts.index[0]) if len(counts) == 1 else join_words(f"{name} {n:,}" for name, n in counts.items())
