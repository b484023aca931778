"""Who is contacted how and when, and with which remedy? The playbook: rules that an analyst reads and edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import value_words
from winback.outreach.chains import Chain, CustomerChains, cost_of, customer_chains, in_order
from winback.outreach.entries import Aftercare, Cause, Channel, Entry, Remedy, Rule
from winback.outreach.playbook_problems import problems_of
from winback.results import Result, Sentences, Shown, counted, join_words

MOST_NAMED = 3  # rules in a sentence


@dataclass(frozen=True, repr=False)
class Playbook(Entry, Result):
    """How customers are contacted: the first rule that fits a customer applies, and the remedy answers the reason.

    A rule fits only whom consent lets it reach by every step up to the first one that brings the offer: nobody is sent
    what an earlier step was to announce. Steps after it that lack consent are left out.

    Parameters
    ----------
    channels : tuple of Channel
        Ways to reach customers, what they cost and how many contacts each bears a day.
    rules : tuple of Rule
        In their order: the first that fits applies.
    remedies : tuple of Remedy
        In their order: the first that answers the customer's reason is given.
    causes : tuple of Cause
        What drove customers away, mended since or not.
    aftercare : Aftercare
        What follows a purchase.
    contacts_a_month : int
        A customer is contacted at most so often within any 31 days in a row, so in no month more.
    quiet_weekdays : tuple of str
        Days of the week without contacts, such as Sunday.
    quiet_days : tuple of date or str
        Dates without contacts; ``"12-25"`` is that day of every year.
    currency : str
        Sign or code put before money.

    Raises
    ------
    ValueError
        Listing everything that is wrong with it.

    Examples
    --------
    >>> from winback.outreach import Channel, Playbook, Remedy, Rule, Step
    >>> steps = (Step("call", brings_offer=True, apology=True), Step("letter", after_days=7))
    >>> book = Playbook((Channel("call", cost=4.0), Channel("letter", cost=1.5)), (Rule("call, then write", steps),),
    ...                 (Remedy("a free workshop", reasons=("quality",), cost=20.0),))
    >>> import pandas as pd
    >>> leavers = pd.DataFrame({"reason": ["quality", "price"], "consent_letter": [True, False]})
    >>> book.contact_costs(leavers).tolist()
    [25.5, 4.0]
    """

    channels: tuple[Channel, ...]
    rules: tuple[Rule, ...]
    remedies: tuple[Remedy, ...] = ()
    causes: tuple[Cause, ...] = ()
    aftercare: Aftercare = field(default_factory=Aftercare)
    contacts_a_month: int = 4
    quiet_weekdays: tuple[str, ...] = ()
    quiet_days: tuple[date | str, ...] = ()
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rule": ("Rule", "text"),
        "whom": ("For whom", "text"),
        "day": ("Day", "count"),
        "channel": ("Channel", "text"),
        "by": ("Who", "text"),
        "cost": ("Cost", "money"),
        "message": ("What is said", "text"),
        "source": ("Source", "text"),
    }
    shown_remedies: ClassVar[Mapping[str, tuple[str, str]]] = {
        "reasons": ("Reason for leaving", "text"),
        "text": ("Remedy", "text"),
        "cost": ("Cost, each", "money"),
        "source": ("Source", "text"),
    }

    def __post_init__(self):
        super().__post_init__()
        if problems := list(problems_of(self)):
            raise ValueError("\n".join(["The playbook cannot be used:", *(f"  - {problem}" for problem in problems)]))

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """Each rule's steps in the order in which they are planned."""
        return tuple(in_order(rule.steps) for rule in self.rules)

    def chains_of(self, customers: pd.DataFrame, *, empty: bool = False) -> CustomerChains:
        """Lay out the steps of each customer's chain; of those who are sent no offer there is none.

        Read are ``reason`` (several with "; " between; "both" is price and service), ``months_away``, ``first_margin``
        and ``offer``; what is not known of a customer matches only rules that do not ask for it. ``empty``: whether an
        empty cell is consent.
        """
        return customer_chains(self.rules, self.remedies, self.channels, customers, empty=empty)

    def contact_costs(self, customers: pd.DataFrame) -> np.ndarray:
        """Return what contacts with each customer cost, (n,): every step of the chain and the remedy, in money.

        Whole chains are counted, as if nobody came back before the last step. A step without consent costs nothing; the
        remedy is given with the first step that brings the offer, or with the first that may be made of a chain that
        brings none; nothing is spent on who is sent no offer or cannot be made one for lack of consent.
        """
        return self.chains_of(customers).costs.sum(axis=1)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step: ``rule``, ``whom``, ``day``, ``channel``, ``by``, ``cost``, ...

        The day is the planned one, counted from the start, or from leaving where a time after it is waited for.
        """
        rows = []
        for rule, chain in zip(self.rules, self.chains, strict=True):
            waited = chain.steps[0].after_leaving_days or 0
            for step, day in zip(chain.steps, chain.days, strict=True):
                said = (step.channel, step.by, cost_of(step, self.channels), step.message, rule.why, rule.source)
                rows.append((rule.name, whom(rule), waited + day, *said))
        columns = ["rule", "whom", "day", "channel", "by", "cost", "message", "why", "source"]
        return pd.DataFrame(rows, columns=columns)

    @door
    def answers(self) -> Shown:
        """Return what answers which reason for leaving, with its cost and its source, as a notebook shows it."""
        rows = [(_reasons(each), each.text, each.cost, each.source) for each in self.remedies]
        return Shown(self.rounded(pd.DataFrame(rows, columns=list(self.shown_remedies)), self.shown_remedies))

    def describe(self) -> Sentences:
        """Say how many rules there are, how often a customer is contacted at most, and what is assumed."""
        entries = [*self.rules, *self.remedies]
        assumed = [entry for entry in entries if entry.source == "assumption"]
        quiet = (
            f", and never on {join_words([f'{day}s' for day in self.quiet_weekdays])}" if self.quiet_weekdays else ""
        )
        going = [channel.name for channel in self.channels if channel.on_quiet_days]
        quiet += f" ({join_words(going)} excepted)" if quiet and going else ""
        how = f"{counted(len(self.rules), 'rules')} and {counted(len(self.remedies), 'remedies')}"
        names = join_words([channel.name for channel in self.channels])
        return Sentences.of(
            [
                f"The playbook has {how}, by {names}; the first rule that fits a customer applies.",
                f"A customer is contacted at most {counted(self.contacts_a_month, 'times')} within a month{quiet}.",
                f"{len(assumed)} of the {len(entries)} rules and remedies are assumptions{_named(assumed)}; so is "
                "every cost that you have not set yourself.",
            ]
        )


def _named(assumed: list[Rule | Remedy]) -> str:
    """Name the rules among what is assumed, in brackets, where they are few."""
    rules = [f"{each.name!r}" for each in assumed if isinstance(each, Rule)]
    if not rules or len(rules) > MOST_NAMED:
        return ""
    return f" (among them the {'rule' if len(rules) == 1 else 'rules'} {join_words(rules)})"


def _reasons(remedy: Remedy) -> str:
    return value_words("reason", *remedy.reasons) if remedy.reasons else "every reason"


def whom(rule: Rule) -> str:
    """Say whom a rule is for.

    Examples
    --------
    >>> from winback.outreach import Rule
    >>> whom(Rule("visit", (), reasons=("price", "quality"), months_away=(1, 6), margin_from=80.0))
    'left for price or for quality, away for 1 to 6 months, earned at least 80 a month'
    """
    parts = []
    if rule.reasons is not None:
        parts.append(value_words("reason", *rule.reasons))
    if rule.months_away is not None:
        parts.append(f"away for {_months(*rule.months_away)}")
    if rule.margin_from is not None:
        parts.append(f"earned at least {rule.margin_from:,g} a month")
    if rule.offers is not None:
        parts.append(f"sent {' or '.join(rule.offers)}")
    return ", ".join(parts) or "everybody else"


def _months(low: float, high: float) -> str:
    if high == np.inf:
        return f"{low:g} {'month' if low == 1 else 'months'} or more"
    return f"{low:g} to {high:g} months" if low else f"less than {high:g} {'month' if high == 1 else 'months'}"
