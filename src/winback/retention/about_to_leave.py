"""Who is about to leave and worth keeping? Customers by what keeping them would gain, not by risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.results import Result, Sentences, Shown, counted, format_count, format_money, format_percent
from winback.retention.keeping import LEVEL, POWER, SHARES, Keeping, first_of, gain_of_keeping, left_alone, summed_up
from winback.tables import Problem, TableError

LOOK = 3  # months after which it is looked whether keeping works


@dataclass(frozen=True)
class Sooner:
    """What keeping comes to if only the first half of the months counts."""

    months: int
    n: int  # customers for whom it pays
    gain: float  # in all, of these


@dataclass(frozen=True, repr=False, kw_only=True)
class AboutToLeave(Result):
    """Customers by what keeping them would gain, most first.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``customer_id``, ``gain`` (expected, less the cost), ``risk`` of leaving next month, ``within`` all months,
        ``margin`` a month, ``rank_by_risk`` (1: most likely to leave).
    curve : pandas.DataFrame
        Total expected gain where a ``share`` of the customers is contacted, ranked ``by_gain`` and ``by_risk``.
    """

    frame: pd.DataFrame = field(repr=False)
    curve: pd.DataFrame = field(repr=False)
    terms: Keeping
    n_unknown: int  # customers without a margin, left out
    worth_lost: float = 0.0  # of one who leaves, on average, in money of today
    reach: float = 0.0  # by which share more or fewer may leave, as far as the parameters of the risk leave it open
    sooner: Sooner | None = None  # None: one month cannot be halved
    alone: int | None = None  # how many of those worth it to leave alone; None: half of them would not tell
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "customer_id": ("Customer", "text"),
        "gain": ("Expected gain", "money"),
        "risk": ("Leaves next month", "percent"),
        "within": ("Leaves within all months", "percent"),
        "margin": ("Margin a month", "money"),
        "rank_by_risk": ("Rank by risk", "count"),
    }

    @property
    def worth_it(self) -> pd.DataFrame:
        """Those whom keeping is expected to gain more than it costs."""
        return self.frame[self.frame["gain"] > 0]

    @property
    def spent(self) -> float:
        """What keeping all of those costs."""
        return self.terms.cost * len(self.worth_it)

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high of what keeping all of those gains: of how many leave, not of what is assumed."""
        gain = self.worth_it["gain"].sum()
        wide = self.reach * (gain + self.spent)
        return gain - wide, gain + wide

    @property
    def breaks_even(self) -> float:
        """Share of losses from which on keeping all of those gains more than it costs; missing where it pays nobody."""
        saved = self.spent + self.worth_it["gain"].sum()
        return self.terms.share_prevented * self.spent / saved if saved > 0 else np.nan

    @property
    def headings(self) -> Mapping[str, tuple[str, str]]:
        """What is shown of it, with the months that count."""
        return {**self.shown, "within": (f"Leaves within {counted(self.terms.months, 'months')}", "percent")}

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers, all text."""
        return self.rounded(self.frame, self.headings)

    @property
    def by_risk(self) -> pd.Series:
        """What as many would gain who are ranked by risk alone, customer by customer."""
        return self.frame.nsmallest(len(self.worth_it), "rank_by_risk")["gain"]

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        return Shown(self.rounded(self.frame.head(n), self.headings).drop(columns="Rank by risk"))

    def describe(self) -> Sentences:
        """Say whom it pays to keep, what ranking by risk would cost, and the doubt."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say what the gain counts."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say whom to contact, for which money, and how many to leave alone."""
        return Sentences() if self.worth_it.empty else Sentences.of(_next_step(self))


def worth_keeping(customers: pd.DataFrame, leaves: np.ndarray, terms: Keeping, currency: str) -> AboutToLeave:
    """Rank customers (``customer_id``, ``margin``) by what keeping them would gain."""
    known = customers["margin"].notna().to_numpy()
    if not known.any():
        said = "is not known of anybody here, so nothing tells whom it pays to keep"
        raise TableError("contracts", [Problem("margin", said, 0, "", "Give contracts with a margin a month.")])
    customers, leaves, margin = customers[known], leaves[known], customers["margin"].to_numpy()[known]
    gain, within = gain_of_keeping(leaves, margin, terms), leaves.sum(axis=1)
    by_risk = pd.Series(-within).rank(method="first").astype(int).to_numpy()
    frame = customers.assign(gain=gain, risk=leaves[:, 0], within=within, rank_by_risk=by_risk)
    frame = frame.sort_values(["gain", "rank_by_risk"], ascending=[False, True], ignore_index=True)
    totals = {"by_gain": frame["gain"], "by_risk": frame.sort_values("rank_by_risk")["gain"]}
    totals = {name: summed_up(each.to_numpy()) for name, each in totals.items()}
    pays = gain > 0
    soon = float(leaves[pays, :LOOK].sum(axis=1).mean()) if pays.any() else 0.0
    lost = (leaves * terms.when_lost(margin, leaves.shape[1])).sum()
    return AboutToLeave(
        frame=frame[["customer_id", "gain", "risk", "within", "margin", "rank_by_risk"]],
        curve=pd.DataFrame({"share": SHARES, "n": first_of(len(frame)), **totals}),
        terms=terms,
        n_unknown=int((~known).sum()),
        worth_lost=float(lost / within.sum()) if within.sum() > 0 else 0.0,
        sooner=_sooner(leaves, margin, terms),
        alone=left_alone(soon, terms.share_prevented, int(pays.sum())),
        currency=currency,
    )


def _sooner(leaves: np.ndarray, margin: np.ndarray, terms: Keeping) -> Sooner | None:
    """Return what keeping comes to if only half of the months counts."""
    if (half := terms.months // 2) < 1:
        return None
    gain = gain_of_keeping(leaves[:, :half], margin, replace(terms, months=half))
    return Sooner(half, int((gain > 0).sum()), float(gain[gain > 0].sum()))


def _answer(found: AboutToLeave) -> Iterator[str]:
    paying, n = found.worth_it, len(found.frame)
    if paying.empty:
        cost = format_money(found.terms.cost, found.currency)
        yield f"Keeping pays for nobody of {counted(n, 'customers')}: it would not save the {cost} it costs."
    else:
        total, low, high = (format_money(each, found.currency) for each in (paying["gain"].sum(), *found.ends))
        yield (
            f"Keeping is expected to pay for {format_count(len(paying))} of {counted(n, 'customers')} "
            f"({format_percent(len(paying) / n)}) and to gain {total} [{low}, {high}] within "
            f"{counted(found.terms.months, 'months')}{_if_sooner(found)}."
        )
        yield (
            f"As many ranked by risk alone would gain {format_money(found.by_risk.sum(), found.currency)}: for "
            f"{format_count((found.by_risk <= 0).sum())} of those keeping costs more than it saves."
        )
    lost = "" if found.worth_lost else ", and that a lost customer brings nothing more"
    yield (
        f"That it costs {format_money(found.terms.cost, found.currency)} each and prevents "
        f"{format_percent(found.terms.share_prevented, 0)} of losses, of everybody's alike, is assumed{lost}: only a "
        "trial with some left alone tells, and those who can be kept need not be those at risk."
    )


def _if_sooner(found: AboutToLeave) -> str:
    """Say what it comes to where half of the months counts: how long one looks ahead may decide."""
    if found.sooner is None:
        return ""
    if not found.sooner.n:
        return f"; within {counted(found.sooner.months, 'months')} it would pay for nobody"
    gain = format_money(found.sooner.gain, found.currency)
    return (
        f"; if {counted(found.sooner.months, 'months')} counted, it would pay for {format_count(found.sooner.n)} and "
        f"gain {gain}"
    )


def _next_step(found: AboutToLeave) -> Iterator[str]:
    n, gain = len(found.worth_it), format_money(found.worth_it["gain"].sum(), found.currency)
    least = format_percent(found.breaks_even)
    yield (
        f"Contact the first {format_count(n)} of the list: {format_money(found.spent, found.currency)} spent, {gain} "
        f"expected to be gained beyond it; it loses if less than {least} of their losses are prevented. "
        f"{_how_many_alone(found)}"
    )


def _how_many_alone(found: AboutToLeave) -> str:
    prevented, when = format_percent(found.terms.share_prevented, 0), min(LOOK, found.terms.months)
    if found.alone is None:
        return f"Leave half of them alone, by lot: even these are too few to tell within {counted(when, 'months')}."
    return (
        f"Leave {format_count(found.alone)} of them alone, by lot: as many show within {counted(when, 'months')} "
        f"whether {prevented} of losses are prevented."
    )


def _more(found: AboutToLeave) -> Iterator[str]:
    yield (
        f"Gain = share prevented x sum over {found.terms.months} months of chance of leaving x (margin from then on - "
        "worth of a lost customer) - cost; what is earned before leaving cancels."
    )
    if found.worth_lost:
        worth = format_money(found.worth_lost, found.currency)
        yield f"A lost customer is still worth {worth} on average: by so much less is gained where one is kept."
    if found.alone is not None:
        yield (
            f"How many to leave alone: so many that a share prevented as large as assumed is found with a chance of "
            f"{POWER:.0%}, at {LEVEL:.0%}, if it is as large from the first months on."
        )
    yield (
        "The interval is for how many leave by the fitted risk. Who is here and what they pay is taken as it is today, "
        "and what happens meanwhile is counted on average: no gain is certain."
    )
    if found.n_unknown:
        yield f"Without a margin, and left out: {counted(found.n_unknown, 'customers')}."
