"""Whom to contact first, with which offer, and what is that expected to earn? A learned policy's `contact_list`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.money import format_money, money_interval
from winback.policies.honest_value import HonestValue
from winback.policies.list_day import FOLLOWED
from winback.policies.strangers import left_out_of, said_of
from winback.results import Result, Sentences, Shown, counted, format_count, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial.assumed import assumption

FIRST_ROWS = 6
UNTOUCHED = "customers who were sent nothing and are still away"
KEEP_BACK = 0.10  # of a group that was held out, so that there is still something to compare with
ASKED_BEFORE = "customers who were asked once and did not return"
OWN = (UNTOUCHED, ASKED_BEFORE)  # of the trial's own table
KEPT_BACK = "kept back at random, to compare with"
DOES_NOT_PAY, NOT_SHOWN = "no offer is expected to pay", "no contact is shown to pay"
TOO_LATELY = "left too lately to count as lost yet"
NEW_LEAVERS = "Name new leavers: --whom new-leavers.csv"


@dataclass(frozen=True, repr=False, kw_only=True)
class ContactList(Result):
    """Customers to contact, best first; see `LearnedPolicy.contact_list`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per customer worth a contact: ``rank`` (one for all who are expected to earn the same),
        ``customer_id``, ``offer``, ``why`` (the rule), ``reason`` (the stated one, where the table has it),
        ``expected_profit`` in money: incremental where what comes back anyway is known or assumed, else gross, as the
        column ``kind`` says. At the end whoever is kept back, with the offer ``none`` and no profit. Then the columns
        of the analyst's own table that were kept, ``table_`` before the name of one that is called like a column of
        the list.
    customers : pandas.DataFrame
        The same customers in the same order, as they are on the day of the list: all that is known of them.
    value : HonestValue
        How expected profits follow from predictions.
    n_left_alone : int
        Customers on whom a contact is expected to lose money, or whose best offer is none.
    unshown : array (m,)
        What contacts are expected to earn, where that may be chance: then nobody is listed.
    left_out : tuple of (str, int)
        Who is not listed, in words and how many: away for longer than the trial knows, with a label that nobody in the
        trial had, do not contact, deceased, or may not get the offer that they would be sent.
    not_listed : pandas.DataFrame
        Who of those asked about is neither contacted nor kept back: ``customer_id``, ``why``, and the columns of the
        analyst's own table that were kept.
    not_asked : tuple of (str, int)
        Of a base, who has left and is not among the lost who were asked about, in words and how many.
    total, total_low, total_high : float
        Expected profit of all contacts, in money, with its interval: if a contact earns what one earned with customers
        of the trial of the same prediction. It is for what is expected, not for what these customers will happen to do.
    """

    frame: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    value: HonestValue
    kind: str
    whom: str
    n_left_alone: int
    unshown: np.ndarray = field(repr=False, default_factory=lambda: np.zeros(0))
    currency: str = "$"
    left_out: tuple[tuple[str, int], ...] = ()
    not_listed: pd.DataFrame = field(repr=False, default_factory=lambda: pd.DataFrame(columns=["customer_id", "why"]))
    not_asked: tuple[tuple[str, int], ...] = ()
    lacking: tuple[str, ...] = ()  # in words: what the trial predicts by, and the customers' table lacks
    hardly_meant: str = ""  # how many of those asked about were judged not promising
    time_unknown: bool = False  # the trial's table does not tell how long its own have been away by now
    unscreened: bool = False  # nobody has judged whether they are promising, as the trial's customers had been
    asked_about: np.ndarray = field(repr=False, default_factory=lambda: np.zeros(0, dtype=int))  # ids, listed or not
    reading: tuple[str, ...] = ()  # sentences: what was taken for what in the file they are from
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rank": ("Rank", "count"),
        "customer_id": ("Customer", "text"),
        "offer": ("Offer", "text"),
        "reason": ("Left for", "text"),
        "why": ("Why this offer", "text"),
    }
    shown_groups: ClassVar[Mapping[str, tuple[str, str]]] = {
        "part": ("Fifth, most promising first", "count"),
        "n": ("Customers", "count"),
        "predicted": ("Predicted profit", "money"),
        "measured": ("Measured profit", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return the first rows of the list, rounded."""
        return self.first(FIRST_ROWS).frame

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        shown = {**self.shown, "expected_profit": (f"Expected {self.kind} profit", "money")}
        if self.contacts["why"].nunique() < 2:  # it tells nobody apart
            del shown["why"]
        return Shown(self.rounded(self.frame.head(n), shown))

    @property
    def contacts(self) -> pd.DataFrame:
        """The rows of those who are sent an offer."""
        return self.frame[self.frame["offer"] != NO_OFFER]

    @property
    def n_kept_back(self) -> int:
        """How many, drawn at random, are sent nothing, so that what the contacts earned can be told."""
        return len(self.frame) - len(self.contacts)

    @property
    def total(self) -> float:
        """Expected profit of all contacts."""
        return float(self.frame["expected_profit"].sum())

    @property
    def total_low(self) -> float:
        """Lower end of its interval."""
        return self._ends[0]

    @property
    def total_high(self) -> float:
        """Upper end of its interval."""
        return self._ends[1]

    @property
    def _ends(self) -> tuple[float, float]:
        n = len(self.contacts)
        return tuple(n * end for end in self.value.around(self.total / n)) if n else (0.0, 0.0)

    @property
    def groups(self) -> pd.DataFrame:
        """The trial's customers who would be contacted, in five equal parts by predicted profit.

        ``part``, ``n``, ``predicted``, and what they truly earned: ``measured``, ``measured_low``, ``measured_high``.
        """
        return self.value.groups

    def show_groups(self) -> Shown:
        """Return how predictions compare with what was measured, as a notebook shows it."""
        return Shown(self.rounded(self.groups, self.shown_groups))

    def describe(self) -> Sentences:
        """Say how many are listed and what they are expected to earn, what the order is worth, and the doubt."""
        return Sentences.of(list(_answer(self))[:3])

    def details(self) -> Sentences:
        """Say who gets what, who is better left alone, and what else is in doubt."""
        return Sentences.of([*_who_gets_what(self), *list(_answer(self))[3:], *self.reading])


def lacking_said(names: tuple[str, ...]) -> list[str]:
    """Say what a table of customers lacks by which the trial predicts, or nothing."""
    return [f"Not in the table: {join_words(names)}; predictions take everybody for average there."] if names else []


def _answer(found: ContactList) -> Iterator[str]:
    if found.contacts.empty:  # nobody listed has neither order nor money
        yield _why_nobody(found)
        return
    total = money_interval(found.total, found.total_low, found.total_high, found.currency)
    listed = counted(len(found.contacts), f"contacts with {found.whom}{_aside(found)}", "are")
    like = "with customers of the same prediction" if found.value.ranks else "on average"
    yield (
        f"{listed} expected to earn {total} {found.kind} profit in all{_each(found)}, if a contact earns what it did "
        f"in the trial {like}."
    )
    if found.kind == "gross":
        yield (
            "Whether a contact adds anything is not known: nobody was left without an offer at random, and what would "
            "come back anyway is counted as earned."
        )
    if found.lacking and len(found.lacking) == len({*found.value.trial.covariates} - {FOLLOWED}):
        yield "The order says nothing: the table has no column by which the trial predicts."
    else:
        yield found.value.says(found.currency)
        yield from lacking_said(found.lacking)
    if found.whom == UNTOUCHED and found.value.trial.has_control:
        share = f": keep a random {format_percent(KEEP_BACK, 0)} of it back, or nothing is left to compare with"
        keep = "" if found.n_kept_back else share
        yield f"This is an example, of the group that was held out{keep}. Name your new leavers to list them instead."
    if found.whom == ASKED_BEFORE:
        order = " Take the order from here, not the money." if found.value.ranks else ""
        yield f"Who declined once will earn less when asked again; how much less this trial cannot say.{order}"
    if found.time_unknown:
        yield "How long they are away by now the table does not tell; whoever is away for longer comes back less often."
    if assumption(found.value.trial):
        yield assumption(found.value.trial)
    if found.unscreened:
        yield "The trial's customers had been judged promising before; of these nobody has, and fewer may come back."


def _each(found: ContactList) -> str:
    """Say in brackets what one contact earns, and why that is not quite what the comparison of offers says."""
    trial = found.value.trial
    each = f"{format_money(found.total / len(found.contacts), found.currency)} each"
    if found.value.ranks or len(found.contacts["offer"].unique()) > 1:
        return f" ({each} on average)"
    unlike = ["the choice of the offer is judged on customers it had not seen"] if len(trial.sent) > 1 else []
    unlike += ["chance differences between the groups are evened out"] if trial.covariates and not trial.adjust else []
    return f" ({each}; the comparison's figure differs, as here {join_words(unlike)})" if unlike else f" ({each})"


def _aside(found: ContactList) -> str:
    """Say in brackets who is left out and why, and who is hardly meant; nothing where there is nobody."""
    back = f"{format_count(found.n_kept_back)} more are kept back at random" if found.n_kept_back else ""
    parts = [part for part in (found.hardly_meant, back, left_out_of(found.left_out)) if part]
    return f" ({'; '.join(parts)})" if parts else ""


def _why_nobody(found: ContactList) -> str:
    """Say why nobody is listed: no contact pays, all are left out, or nobody was there to list."""
    if len(found.unshown):
        mean = float(found.unshown.mean())
        each = money_interval(mean, *found.value.around(mean), found.currency)
        return (
            f"No contact is shown to pay, so nobody is listed of {found.whom}{_aside(found)}: one is expected to earn "
            f"{each}, which includes zero."
        )
    if found.n_left_alone:
        return f"No contact is expected to pay, so nobody is listed of {found.whom}{_aside(found)}."
    if not found.left_out:
        return f"Nobody is listed: there are no {found.whom}."
    n = sum(n for _, n in found.left_out)
    reasons = found.left_out[0][0] if len(found.left_out) == 1 else left_out_of(found.left_out).partition(": ")[2]
    everyone = "the only one is left out" if n == 1 else f"all {format_count(n)} are left out"
    instead = f". {NEW_LEAVERS}" if found.whom in OWN else ""
    return f"Nobody is listed of {found.whom}: {everyone} ({reasons}){instead}."


def _who_gets_what(found: ContactList) -> Iterator[str]:
    for offer, rows in found.contacts.groupby("offer", sort=False):
        yield f"{offer}: {counted(len(rows), 'customers')} ({format_percent(len(rows) / len(found.contacts), 0)})."
    if found.n_kept_back:
        yield (
            f"{counted(found.n_kept_back, 'customers', 'are')} at the end of the list, with no offer: drawn at random, "
            "and not to be contacted. What comes back of them anyway shows what the contacts earn."
        )
    if found.left_out:
        yield said_of(found.left_out)
    if found.n_left_alone:
        yield f"{format_count(found.n_left_alone)} more are better left alone: a contact is not expected to pay."
