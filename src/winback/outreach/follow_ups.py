"""Which contacts follow purchases, day by day? The list that `aftercare_plan` makes, and what is to be known of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.doors import door
from winback.money import format_money
from winback.outreach.dates import day_words, short_day
from winback.results import Result, Sentences, Shown, counted, format_count, join_words

FIRST_ROWS = 6


@dataclass(frozen=True, repr=False, kw_only=True)
class AftercarePlan(Result):
    """Contacts that follow purchases, see `winback.outreach.aftercare_plan`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per contact, by day and then by rank: ``rank`` (1: spent most lately), ``customer_id``, ``step`` of the
        chain, ``date``, ``deadline`` (it is of no use later), ``channel``, ``by`` and ``agent`` (who does it),
        ``message``, ``offer`` (none), ``cost`` in money, ``why``, ``source`` of the rule. Then what else the base knows
        of the customer.
    first, last : date
        First and last day of the plan.
    known_until : date
        Up to which purchases are known.
    n_refused, n_without_room : int
        Contacts that were due and are not made: without consent, and those for which the customer's limit, quiet days
        or what a channel can bear left no day.
    at_most : int
        Contacts with one customer within any 31 days in a row.
    lacking : tuple of str
        Occasions whose day the table of customers does not know.
    """

    frame: pd.DataFrame = field(repr=False)
    first: datetime.date
    last: datetime.date
    known_until: datetime.date
    n_refused: int = 0
    n_without_room: int = 0
    at_most: int = 1
    lacking: tuple[str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "date": ("Day", "text"),
        "customer_id": ("Customer", "text"),
        "channel": ("Channel", "text"),
        "message": ("What is said", "text"),
        "why": ("Why", "text"),
        "cost": ("Cost", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return the contacts of the first days, rounded."""
        return self._rows(self.frame.head(FIRST_ROWS))

    @door
    def first_of(self, n: int = 3) -> Shown:
        """Return all contacts with each of the ``n`` customers who spent most lately, as a notebook shows them."""
        who = self.frame.sort_values("rank", kind="stable")["customer_id"].unique()[:n]
        rows = self.frame[self.frame["customer_id"].isin(who)].sort_values(["rank", "date"], kind="stable")
        return Shown(self._rows(rows).drop(columns="Cost", errors="ignore"))

    def _rows(self, rows: pd.DataFrame) -> pd.DataFrame:
        return self.rounded(rows.assign(date=rows["date"].map(short_day)))

    def describe(self) -> Sentences:
        """Say how many contacts there are and what they cost, whom they leave out, and what is not known of them."""
        whom = counted(self.frame["customer_id"].nunique(), "customers")
        lines = [
            f"{counted(len(self.frame), 'contacts')} with {whom} who bought, from {day_words(self.first)} "
            f"to {day_words(self.last)}; "
            f"they cost {format_money(float(self.frame['cost'].sum()), self.currency)}."
        ]
        left_out = [
            f"{counted(n, 'contacts')} {why}"
            for n, why in ((self.n_refused, "without consent"), (self.n_without_room, "without a free day"))
            if n
        ]
        lines += [f"Left out are {join_words(left_out)} before the next is due."] if left_out else []
        return Sentences.of([*lines, "Nobody has measured here what such contacts bring: leave some out to know."])

    def details(self) -> Sentences:
        """Say how often customers are contacted at most, by which channels, and up to when purchases are known."""
        lines = [f"No customer has more than {counted(self.at_most, 'contacts')} in any 31 days in a row."]
        by = self.frame["channel"].value_counts(sort=True)
        if len(by):
            lines.append(f"They are made by {join_words([f'{name} ({format_count(n)})' for name, n in by.items()])}.")
        if self.known_until < self.last:
            lines.append(f"Purchases are known until {day_words(self.known_until)}: plan again when later ones are.")
        if self.first < self.known_until:
            lines.append("On days that the data cover, purchases that came later have ended a chain when they came.")
        lines += [f"Nobody's {name} is known: the table of customers has no such column." for name in self.lacking]
        return Sentences.of(lines)
