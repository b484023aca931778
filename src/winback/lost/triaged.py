"""Whom to bring back first, and what may it cost? The answer of `triage`: four priorities and the call list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import number_words
from winback.lost.at_stake import SecondStay, most_on_acceptance, most_per_contact
from winback.lost.classes import FIRST, LET_GO, MUST
from winback.lost.effort import Effort
from winback.lost.if_back import if_back
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words

URGENT = 2  # the first priorities: those that are to come back
CHANCES = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True, repr=False, kw_only=True)
class Triage(Result):
    """Lost customers by priority, see `triage`.

    Attributes
    ----------
    customers : pandas.DataFrame
        One row per lost customer: ``customer_id``, ``left_on``, ``months_away``, ``yearly_margin`` (what came in within
        the year before the loss), ``class`` (AX to CZ, or A to C), ``priority`` (missing: margin not known),
        ``value_at_stake`` (what one who comes back is expected to bring within the horizon), where a chance of return
        is known ``offer``, ``chance``, ``organic``, ``most_on_acceptance``, ``most_per_contact``, ``expected_profit``
        (of a contact; after the offer's cost where that is known), ``contacts`` and ``hours`` of the last year where
        events tell, ``not_listed`` (why nobody may call, or empty), and what else the base knows.
    effort : Effort or None
        Time spent on all customers in the last year, against what they bring.
    """

    customers: pd.DataFrame = field(repr=False)
    horizon_months: float
    annual_discount: float
    stay: SecondStay
    by_fit: bool = False  # a fit says what each customer would bring
    chance_source: str = ""  # in words; empty: no chance of return is known
    has_organic: bool = False  # what comes back unasked is taken off
    has_cost: bool = False  # the offers' cost is known
    varies_in: str = ""  # what regularity is told from; empty: ABC alone
    effort: Effort | None = field(default=None, repr=False)
    money_bounds: tuple[float, float] = (0.8, 0.95)
    own_priorities: bool = False  # some classes have other priorities than those of the house
    money_from: str = ""
    source: str = "a table"
    notes: tuple[str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "priority": ("Priority", "text"),
        "n": ("Customers", "count"),
        "n_listed": ("May be called", "count"),
        "yearly_margin": ("Brought in the year before", "money"),
        "margin_share": ("Share of that", "percent"),
        "value_at_stake": ("Would bring, if all came back", "money"),
        "chance": ("Chance of return", "percent"),
        "expected_profit": ("Expected profit of calling all", "money"),
        "hours": ("Hours last year", "count"),
        "contacts": ("Contacts last year", "count"),
        "effort_share": ("Share of the effort", "percent"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per priority, with sums of its customers; those without a known margin are in none."""
        frame = self.customers
        by = frame.assign(n_listed=frame["not_listed"] == "").groupby("priority", observed=False)
        sums = ["n_listed", "yearly_margin", "value_at_stake", "expected_profit", "contacts", "hours"]
        found = by[[name for name in sums if name in frame or name == "n_listed"]].sum()
        found.insert(0, "n", by.size())
        found.insert(3, "margin_share", found["yearly_margin"] / (found["yearly_margin"].sum() or np.nan))
        if "chance" in frame:
            found["chance"] = by["chance"].mean()
        if self.effort is not None:
            main = found[self.effort.main]
            found["effort_share"] = main / (main.sum() or np.nan)
        return found.reset_index().astype({"priority": str})

    @door
    def call_list(self, most: int | None = None) -> pd.DataFrame:
        """Return whom to call, the first ones first: by priority, then by expected profit, or else by value at stake.

        Those are left out who asked for it, died or moved away, whose margin is not known, who would bring nothing,
        whom a call would cost more than it is expected to bring, and who are to be let go.

        Parameters
        ----------
        most : int, optional
            How many at most.
        """
        frame = self.customers[self._left_out_as() == ""].drop(columns="not_listed")
        frame = frame.sort_values(["priority", self._rank], ascending=[True, False], kind="stable", ignore_index=True)
        frame.insert(0, "place", np.arange(1, len(frame) + 1))
        return frame if most is None else frame.head(most)

    @door
    def left_out(self) -> pd.Series:
        """Return why customers are not on the call list, and how many; each counts once, by the first reason."""
        why = self._left_out_as()
        return pd.Series(why[why != ""]).value_counts()

    def _left_out_as(self) -> np.ndarray:
        """Return why each customer is not on the call list; empty of those who are."""
        frame = self.customers
        rules = [frame["not_listed"] != "", frame["priority"] == LET_GO, frame[self._rank] <= 0]
        return np.select(rules, [frame["not_listed"], LET_GO, "would not pay"], default="").astype(object)

    @property
    def _rank(self) -> str:
        """The column by which those of one priority are called."""
        return "expected_profit" if "expected_profit" in self.customers else "value_at_stake"

    @door
    def most_an_offer_may_cost(self, chances: Iterable[float] = CHANCES, *, organic: float = 0.0) -> pd.DataFrame:
        """Return what an offer may cost at most on average of each priority, were the chance of return so high.

        Parameters
        ----------
        chances : iterable of float
            Chances of return after an offer. One rule of thumb is 0.05 for a stranger and 0.4 for a lost customer.
        organic : float
            Chance of return without one.

        Returns
        -------
        pandas.DataFrame
            ``priority``, ``chance``, ``value_at_stake`` (mean), ``most_on_acceptance``, ``most_per_contact``.
        """
        asked = [_share("chances", each) for each in ([chances] if np.isscalar(chances) else chances)]
        _share("organic", organic)
        if any(each <= 0 for each in asked):
            raise ValueError("chances must be above 0: an offer that brings nobody back may cost nothing.")
        mean = self.customers.groupby("priority", observed=True)["value_at_stake"].mean()
        rows = [
            {
                "priority": priority,
                "chance": chance,
                "value_at_stake": value,
                "most_on_acceptance": float(most_on_acceptance(value, chance, organic)),
                "most_per_contact": float(most_per_contact(value, chance, organic)),
            }
            for priority, value in mean.items()
            for chance in asked
        ]
        return pd.DataFrame(rows)

    def effort_by_class(self) -> pd.DataFrame:
        """Return by class the share of effort of all who were served in the last year, and their share of profit."""
        if self.effort is None:
            raise ValueError("No event tells of time spent: add events named contact or hours with amount.")
        return self.effort.by_class(self.money_bounds)

    def describe(self) -> Sentences:
        """Say who comes first and what is at stake, what the time goes to, and the doubt that matters most."""
        return Sentences.of([_answer(self), *[*_effort(self), *_doubts(self)][:2]])

    def details(self) -> Sentences:
        """Say how classes, stays and chances came, and who is not on the list."""
        rest = [*_effort(self), *_doubts(self)][2:]
        more = [*_classes(self), *_chances(self), *_not_listed(self)]
        return Sentences.of([*rest, *more, *self.notes])


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1; got {value!r}.")
    return float(value)


def _answer(found: Triage) -> str:
    n = len(found.customers)
    if not n:
        return f"{found.source}: nobody is lost today, so there is nobody to bring back."
    urgent = found.to_frame().head(URGENT)
    return (
        f"Of {counted(n, 'lost customers')} {format_count(urgent['n'].sum())} come first{_glossed(found, urgent)}: "
        f"{format_percent(urgent['margin_share'].sum())} of what all of them brought in the year before they left came "
        f"from these; {_would_bring(found)}."
    )


def _glossed(found: Triage, urgent: pd.DataFrame) -> str:
    """Say what the first priorities mean, where they are those of the house."""
    most = brought_most(urgent["n"].sum(), len(found.customers))
    why = {FIRST: f"they {most}", MUST: "much, but not evenly"} if not found.own_priorities else {}
    rows = [row for row in urgent.itertuples() if row.n]
    glosses = [why.get(row.priority, "") for row in rows]
    if len(rows) == 1 and glosses[0]:  # the number stands before it
        return f" ({glosses[0]})"
    words = [f"{'that' if row.priority == MUST else 'to'} {row.priority}" for row in rows]
    asides = [f" ({gloss})" if gloss else "" for gloss in glosses]
    named = (f"{format_count(row.n)} {each}{aside}" for row, each, aside in zip(rows, words, asides, strict=True))
    return f", {join_words(named)}" if rows else ""


def brought_most(n_first: int, n_all: int) -> str:
    """Say that the first ones brought most; where that is more than half of all, that they brought more than others.

    Examples
    --------
    >>> brought_most(20, 100), brought_most(89, 100)
    ('brought most', 'brought more than the others')
    """
    return "brought most" if 2 * n_first <= n_all else "brought more than the others"


def _would_bring(found: Triage) -> str:
    """Say what the first ones on the list would bring: with their chance of return, or as a scenario without one."""
    first = found.call_list()
    first = first[first["priority"].isin([FIRST, MUST])]
    value, n = first["value_at_stake"], format_count(len(first))
    within = f"within {number_words(found.horizon_months)} months the {n} of them who may be called would bring"
    if found.chance_source:
        expected = found.format((value * first["chance"]).sum(), "money")
        chance = found.chance_source if found.by_fit else f"of {found.chance_source}"
        return f"{within} {expected}, with the chance of return {chance}"
    return f"{within} {if_back(value.sum(), found.currency)}, a scenario"


def _effort(found: Triage) -> Iterator[str]:
    if found.effort is not None and found.effort.served.any():
        low, what = found.effort.on_lowest(), found.effort.main
        yield (
            f"{found.interval(low, 'effort', 'percent')} of the {what} of the last "
            f"year went to the {format_count(low['n'])} customers with the lowest margins, who brought "
            f"{format_percent(low['profit_share'])} of the profit of {found.effort.who}."
        )


def _doubts(found: Triage) -> Iterator[str]:
    if not len(found.customers):
        return
    if found.by_fit:
        yield (
            f"Chance and value are {found.chance_source}: associations in what was seen, not what a trial of these "
            "customers has measured."
        )
    else:
        yield (
            "This is a rough list, made without a trial: the money is what customers brought before, with "
            f"{found.stay.source}; who comes back may differ from those who do not."
        )
    if found.chance_source and not found.has_organic:
        yield "Who would come back without an offer is not taken off, so what an offer may cost is too high by that."


def _classes(found: Triage) -> Iterator[str]:
    if not len(found.customers):
        return
    first, second = (format_percent(bound, 0) for bound in found.money_bounds)
    yield f"A brought the first {first} of the money a year, B up to {second}, C the rest; {found.money_from}."
    if not found.varies_in:
        yield "Nothing varies from period to period, so customers are told apart by money alone (A, B, C)."
        return
    known = int((found.customers["class"].str.len() == 2).sum())
    rest = len(found.customers) - known
    yield (
        f"X, Y and Z tell how regularly, from the coefficient of variation of {found.varies_in}; "
        f"{format_count(rest)} of {format_count(len(found.customers))} have too short a record and are told apart by "
        "money alone."
    )


def _chances(found: Triage) -> Iterator[str]:
    if not found.chance_source:
        yield "Without a chance of return nothing is said of profit: that takes a trial, or a published rate."
    elif not found.by_fit:
        yield f"The chance of return is {found.chance_source}, the same for everybody."
    if found.chance_source and not found.has_cost:
        yield "Expected profit is before the cost of the offer."


def _not_listed(found: Triage) -> Iterator[str]:
    why = found.left_out()
    if len(why):
        parts = [f"{format_count(n)} {words}" for words, n in why.items()]
        yield f"Not on the call list: {join_words(parts)}."
