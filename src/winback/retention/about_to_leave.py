"""Who is about to leave and worth keeping? Customers by what keeping them would gain, not by risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.results import Result, Sentences, Shown, counted, format_count, format_money, format_percent
from winback.retention.keeping import (
    LEVEL,
    POWER,
    SHARES,
    Keeping,
    first_of,
    gain_if_they_go_on_leaving,
    gain_of_keeping,
    left_alone,
    summed_up,
)
from winback.tables import Problem, TableError

LOOK = 3  # months after which it is looked whether keeping works
LITTLE = 0.1  # of the gain in half of the months: a quarter is usual, as who is kept stays for half as long


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
    reach_sooner: float = 0.0  # the same within half of the months
    sooner: Sooner | None = None  # None: one month cannot be halved
    if_they_go_on: float = 0.0  # gain in all of those worth it, if whoever is kept goes on leaving as before
    alone: int | None = None  # how many of those worth it to leave alone; None: half of them would not tell
    alone_to_pay: int | None = None  # the same, to tell what is prevented from the least share that pays
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
    def turns_later(self) -> bool:
        """Whether little of the gain is left if only the first half of the months counts."""
        return self.sooner is not None and self.sooner.gain < LITTLE * self.worth_it["gain"].sum()

    @property
    def ends(self) -> tuple[float, float]:
        """Low and high of what keeping all of those gains: of how many leave, not of what is assumed."""
        return self.ends_of(self.worth_it["gain"].sum(), self.spent, self.reach)

    @staticmethod
    def ends_of(gain: float, spent: float, reach: float) -> tuple[float, float]:
        """Low and high of a gain beyond what is spent, if by such a share more or fewer leave."""
        wide = reach * (gain + spent)
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
    on_list, spent = int(pays.sum()), terms.cost * pays.sum()
    least = terms.share_prevented * spent / (gain[pays].sum() + spent) if on_list else 0.0
    soon = float(leaves[pays, :LOOK].sum(axis=1).mean()) if pays.any() else 0.0
    lost = (leaves * terms.when_lost(margin, leaves.shape[1])).sum()
    return AboutToLeave(
        frame=frame[["customer_id", "gain", "risk", "within", "margin", "rank_by_risk"]],
        curve=pd.DataFrame({"share": SHARES, "n": first_of(len(frame)), **totals}),
        terms=terms,
        n_unknown=int((~known).sum()),
        worth_lost=float(lost / within.sum()) if within.sum() > 0 else 0.0,
        sooner=_sooner(leaves, margin, terms),
        if_they_go_on=float(gain_if_they_go_on_leaving(leaves[pays], margin[pays], terms).sum()),
        alone=left_alone(soon, terms.share_prevented, on_list),
        alone_to_pay=left_alone(soon, terms.share_prevented, on_list, least),
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
        total = _with_ends(found, paying["gain"].sum(), found.ends)
        yield (
            f"To call {format_count(len(paying))} of {counted(n, 'customers')} ({format_percent(len(paying) / n)}) "
            f"costs {format_money(found.spent, found.currency)} and is expected to gain {total} beyond "
            f"that within {counted(found.terms.months, 'months')}."
        )
        by_risk = found.by_risk.sum()
        ends = found.ends_of(by_risk, found.spent, found.reach)
        yield (
            f"As many of those likeliest to leave would gain {_with_ends(found, by_risk, ends)}: for "
            f"{format_count((found.by_risk <= 0).sum())} of them a call costs more than it saves."
        )
    lost = "" if found.worth_lost else ", and that a lost customer brings nothing more"
    sooner = f"{_if_sooner(found)}, and that" if found.turns_later else "That"
    yield (
        f"{sooner} a call costs {format_money(found.terms.cost, found.currency)} and prevents "
        f"{format_percent(found.terms.share_prevented, 0)} of losses up to month {found.terms.months}{lost} is assumed"
        f"{_if_they_go_on(found)}: only a test shows it."
    )


def _with_ends(found: AboutToLeave, gain: float, ends: tuple[float, float]) -> str:
    """Write a gain with its interval."""
    total, low, high = (format_money(each, found.currency) for each in (gain, *ends))
    return f"{total} [{low}, {high}]"


def _if_they_go_on(found: AboutToLeave) -> str:
    """Say what is gained if whoever is kept is kept for now, and not until the last month."""
    if found.worth_it.empty or found.terms.months < 2:
        return ""
    return f" (if those kept go on leaving as before, it gains {format_money(found.if_they_go_on, found.currency)})"


def _if_sooner(found: AboutToLeave) -> str:
    """Say what it comes to where half of the months counts: how long one looks ahead may decide."""
    if not found.sooner.n:
        return f"If {counted(found.sooner.months, 'months')} counted, it would pay for nobody"
    ends = found.ends_of(found.sooner.gain, found.terms.cost * found.sooner.n, found.reach_sooner)
    return (
        f"If {counted(found.sooner.months, 'months')} counted, calling would gain "
        f"{'only ' if found.turns_later else ''}{_with_ends(found, found.sooner.gain, ends)}"
    )


def _next_step(found: AboutToLeave) -> Iterator[str]:
    n, when = len(found.worth_it), counted(min(LOOK, found.terms.months), "months")
    if found.alone is None:
        yield (
            f"Call half of the first {format_count(n)} of the list, chosen at random: even so they are too few to see "
            f"after {when} whether calls work."
        )
        return
    yield (
        f"Call {format_count(n - found.alone)} of the first {format_count(n)} of the list and leave the others, chosen "
        f"at random, uncalled: after {when} you see whether calls work at all{_to_pay(found)}."
    )


def _to_pay(found: AboutToLeave) -> str:
    """Say how many to leave uncalled to see not only that calls work, but that they pay."""
    if found.terms.cost == 0:
        return ""
    if found.alone_to_pay is None:
        return "; whether they pay, even half of the list would not show"
    return f"; whether they pay, {format_count(found.alone_to_pay)} uncalled show"


def _more(found: AboutToLeave) -> Iterator[str]:
    yield (
        f"Gain = share prevented x sum over {found.terms.months} months of chance of leaving x (margin from then on - "
        "worth of a lost customer) - cost; what is earned before leaving cancels."
    )
    if found.worth_lost:
        worth = format_money(found.worth_lost, found.currency)
        yield f"A lost customer is still worth {worth} on average: by so much less is gained where one is kept."
    if found.sooner is not None and not found.turns_later:
        yield f"{_if_sooner(found)}."
    if not found.worth_it.empty:
        yield (
            f"Calling pays if it prevents at least {format_percent(found.breaks_even)} of these losses; that it "
            "prevents as large a share of everybody's is assumed, and those who can be kept need not be those at risk."
        )
    if found.alone is not None:
        n, left = len(found.worth_it) - found.alone, 1 - found.alone / len(found.worth_it)
        spent, gain = (left * each for each in (found.spent, found.worth_it["gain"].sum()))
        yield (
            f"With {format_count(found.alone)} left uncalled, {format_count(n)} calls cost "
            f"{format_money(spent, found.currency)} and are expected to gain {format_money(gain, found.currency)}; so "
            f"many are left that a share prevented as large as assumed is told from none with a chance of {POWER:.0%}, "
            f"at {LEVEL:.0%}, if it is as large from the first months on; to tell it from the least share that pays, "
            f"{'half of the list is too few' if found.alone_to_pay is None else format_count(found.alone_to_pay)}."
        )
    yield (
        "The interval is for how many leave by the fitted risk. Who is here and what they pay is taken as it is today, "
        "and what happens meanwhile is counted on average: no gain is certain."
    )
    if found.n_unknown:
        yield f"Without a margin, and left out: {counted(found.n_unknown, 'customers')}."
