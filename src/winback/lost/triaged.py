"""Whom to bring back first, and what may it cost? The answer of `triage`: four priorities and the call list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.lost import triage_words
from winback.lost.at_stake import SecondStay, most_on_acceptance, most_per_contact
from winback.lost.classes import LET_GO
from winback.lost.effort import Effort
from winback.results import Result, Sentences

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
        if np.isfinite(self.stay.low) and not self.by_fit:
            for end, months in (("low", self.stay.low), ("high", self.stay.high)):
                found[f"value_at_stake_{end}"] = found["value_at_stake"] * months / self.stay.months
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
        rank = "expected_profit" if "expected_profit" in self.customers else "value_at_stake"
        frame = self.customers[self.customers["priority"].notna() & (self.customers["not_listed"] == "")]
        frame = frame[(frame["priority"] != LET_GO) & ~(frame[rank] <= 0)]
        frame = frame.sort_values(["priority", rank], ascending=[True, False], kind="stable", ignore_index=True)
        frame.insert(0, "place", np.arange(1, len(frame) + 1))
        return frame.drop(columns="not_listed") if most is None else frame.drop(columns="not_listed").head(most)

    @door
    def left_out(self) -> pd.Series:
        """Return why customers are not on the call list, and how many; each counts once, by the first reason."""
        frame = self.customers
        why = frame["not_listed"].mask(frame["not_listed"] == "")
        why = why.fillna(pd.Series(np.where(frame["priority"] == LET_GO, LET_GO, None), index=frame.index))
        rank = "expected_profit" if "expected_profit" in frame else "value_at_stake"
        return why.fillna(
            pd.Series(np.where(frame[rank] <= 0, "would not pay", None), index=frame.index)
        ).value_counts()

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
        return Sentences.of(triage_words.answer_lines(self))

    def details(self) -> Sentences:
        """Say how classes, stays and chances came, and who is not on the list."""
        return Sentences.of(triage_words.detail_lines(self))


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} must be between 0 and 1; got {value!r}.")
    return float(value)
