"""What must an agent on the line know of a customer, at once? `customer_cards`: looked up, not computed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from winback.base.contract_base import LOST, ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.doors import ArgumentError, door
from winback.outreach.card import CustomerCard
from winback.outreach.card_facts import (
    CONTACT,
    PRICE,
    RISK,
    SERVICE,
    Facts,
    as_array,
    carried_of,
    facts_of,
    left_alone,
    offers_of,
    plain,
    risks_of,
    sent_in,
    steps_of,
    text_of,
)
from winback.outreach.causes import NOTHING, causes_of
from winback.outreach.planned import OutreachPlan
from winback.outreach.slots import day_of
from winback.policies.contact_list import ContactList
from winback.policies.learned import LearnedPolicy
from winback.results import Result, Sentences, counted
from winback.retention.risk_fit import ChurnRisk
from winback.tables.likeness import nearest
from winback.trial.same_terms import check_is_trial
from winback.trial.trial import Trial

MOST_TRIED = 5  # the latest
USED = ("since", "months", "margin", "paid", "purchases", "last_purchase", "complaints", "complaints_settled")
WHY = ("left_on", "reason", "said", "left_before", "reason_before")


@dataclass(frozen=True, repr=False, eq=False)
class CustomerCards(Result):
    """The cards of all customers of a base: ``cards[customer_id]``; see `customer_cards`."""

    base: ContractBase | PurchaseBase = field(repr=False)
    on: np.datetime64
    facts: Facts = field(repr=False)
    places: Mapping[str, int] = field(repr=False)  # id as text -> row of the facts
    columns: Mapping[str, np.ndarray] = field(repr=False)  # the facts, and what is found of each beside them
    offers: Mapping[str, Mapping[str, Any]] = field(repr=False)
    steps: Mapping[str, Mapping[str, Any]] = field(repr=False)
    sent: Mapping[str, Mapping[str, Any]] = field(repr=False)
    told: tuple[str, ...] = field(repr=False)  # what is said of each cause that was mended
    alone: Mapping[str, str] = field(repr=False, default_factory=dict)  # why nothing is planned with a customer
    ranked: Mapping[str, int] = field(repr=False, default_factory=dict)  # id as text -> row of what the list carries
    own: Mapping[str, np.ndarray] = field(repr=False, default_factory=dict)  # columns of the analyst's own
    agreed: Mapping[str, np.ndarray] = field(repr=False, default_factory=dict)  # channel -> whether they agreed to it

    def __len__(self) -> int:
        """Return how many customers have a card."""
        return len(self.places)

    def __iter__(self) -> Iterator:
        """Go through the ids."""
        return iter(self.facts.frame["customer_id"])

    def __contains__(self, customer_id: object) -> bool:
        """Say whether a customer has a card."""
        return text_of(customer_id) in self.places

    def __getitem__(self, customer_id: object) -> CustomerCard:
        """Return one customer's card.

        Raises
        ------
        KeyError
            When no customer has that id.
        """
        key = text_of(customer_id)
        if key not in self.places:
            raise UnknownCustomerError(_unknown(key, self))
        row = self.places[key]
        must_not = str(self.columns["must_not"][row])  # whatever a plan says that was made without knowing it
        place = self.ranked.get(key)
        known = {
            "customer_id": plain(self.columns["customer_id"][row]),
            "on": self.on.item(),
            "state": str(self.columns["state"][row]),
            "used": self._facts(row, USED),
            "why": self._why(row),
            "new": self._new(row),
            "tried": self._tried(key, row),
            "offer": None if must_not else self.offers.get(key),
            "next_step": None if must_not else self.steps.get(key),
            "not_planned": "" if must_not else self.alone.get(key, ""),
            "must_not": must_not,
            "agreed": _known_of(place, self.agreed),
            "own": _known_of(place, self.own),
        }
        return CustomerCard(known, self.base.currency)

    def to_frame(self) -> pd.DataFrame:
        """Return what the cards say of customers, one row each."""
        return self.facts.frame.copy()

    def table(self) -> pd.DataFrame:
        """Return nothing: a card is asked for by its customer."""
        return pd.DataFrame()

    def describe(self) -> Sentences:
        """Say whose cards these are, and of what they tell."""
        n = sum(key in self.places for key in self.steps)
        planned = f", with the next step of {n:,} of them" if n else ""
        return Sentences.of([f"Cards of {counted(len(self), 'customers')} for {self.on}{planned}: cards[customer_id]."])

    def _facts(self, row: int, names: tuple[str, ...]) -> dict[str, Any]:
        return _known_of(row, {name: self.columns[name] for name in names if name in self.columns})

    def _why(self, row: int) -> dict[str, Any]:
        found = self._facts(row, (*WHY, *RISK))
        found |= {"known_until": self.base.until} if RISK[0] in found else {}
        return found | ({"stands": True} if self.columns["stands"][row] else {})

    def _new(self, row: int) -> list[dict[str, Any]]:
        left = self.columns["left_on"][row]
        if np.isnat(left):
            return []
        place = self.columns["told"][row]
        found = [{"what": self.told[place]}] if place != NOTHING else []
        for day, event, amount in self.facts.happened(row, SERVICE, PRICE):
            if day > left and (event == SERVICE or amount < 0):
                found.append({"what": "a new service" if event == SERVICE else "a lower price", "on": day.item()})
        return found

    def _tried(self, key: str, row: int) -> list[dict[str, Any]]:
        contacts = [{"what": "contacted", "on": day.item()} for day, *_ in self.facts.happened(row, CONTACT)]
        sent = [self.sent[key]] if key in self.sent else []
        dated = sorted((each for each in contacts + sent if "on" in each), key=lambda each: each["on"])
        return [*(each for each in sent if "on" not in each), *dated][-MOST_TRIED:]


class UnknownCustomerError(KeyError):
    """Nobody has this id."""

    def __str__(self) -> str:
        """Say it without the quotes of a key."""
        return str(self.args[0])


@door
def customer_cards(
    base: ContractBase | PurchaseBase,
    *,
    plan: OutreachPlan | None = None,
    policy: LearnedPolicy | ContactList | None = None,
    risk: ChurnRisk | None = None,
    trial: Trial | None = None,
    on: datetime.date | str | None = None,
) -> CustomerCards:
    """Look up, for every customer, what an agent on the line must know; all of it is computed once, here.

    Parameters
    ----------
    base : ContractBase or PurchaseBase
        What they used and missed, when and why they left, and what events tell is new since.
    plan : OutreachPlan, optional
        The next step with each, the offer, what it is expected to earn, which causes its playbook says are mended, who
        is not contacted and why, who agreed to which channel, and columns of the analyst's own such as names.
    policy : LearnedPolicy or ContactList, optional
        Which offer and why, where there is no plan; a policy lists those lost by the day of the cards.
    risk : ChurnRisk, optional
        The chance that those who are here leave next month.
    trial : Trial, optional
        What was offered to each, and what came of it.
    on : date or text, optional
        Day of the cards, from which next steps are looked for; by default that of the plan's start, else the last one
        of the data.

    Returns
    -------
    CustomerCards
        ``cards[customer_id]`` is a card, with ``to_dict()`` and ``describe()``; in a notebook it is a small page.

    Raises
    ------
    ValueError
        When the day lies before the end of the data: the card would tell what was not known then; or when nobody on the
        list or plan is a customer of the base.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1], "start": ["2023-01-01"], "end": ["2024-01-31"],
    ...                           "margin": [40.0], "reason": ["price"]})
    >>> cards = wb.outreach.customer_cards(wb.read_contracts(contracts, until="2024-12-31"))
    >>> print(cards[1].describe())
    They were with us for 12 months, and brought us $40.00 a month; they left for price on 31 January 2024.
    Nothing is planned with them.
    """
    if not isinstance(base, ContractBase | PurchaseBase):
        raise ArgumentError(
            f"This takes contracts or purchases, not {type(base).__name__}: read them by winback.read_contracts(table) "
            "or winback.read_purchases(log); a trial goes with them, as trial=trial."
        )
    if trial is not None:
        check_is_trial(trial)
    day = _day(base, plan, on)
    facts = facts_of(base)
    keys = [text_of(each) for each in facts.frame["customer_id"]]
    columns = {name: as_array(facts.frame[name]) for name in facts.frame}
    causes = () if plan is None else plan.playbook.causes
    found = causes_of(causes, _leavers(facts.frame), day)
    columns |= {"stands": found.stands, "told": found.told}
    if risk is not None:
        columns |= risks_of(risk, base, keys)
    listed = plan.listed if plan is not None else _listed(policy, base, day)
    _refuse_other_customers(listed, keys, base)
    never, alone = ({}, {}) if listed is None else left_alone(listed, plan)
    own, agreed = ({}, {}) if plan is None else carried_of(plan)
    ids = () if plan is None else plan.listed.frame["customer_id"]
    columns["must_not"] = [said or never.get(key, "") for key, said in zip(keys, columns["must_not"], strict=True)]
    return CustomerCards(
        base=base,
        on=day,
        facts=facts,
        places={key: row for row, key in enumerate(keys)},
        columns=columns,
        offers={} if listed is None else offers_of(listed),
        steps={} if plan is None else steps_of(plan, day),
        sent={} if trial is None else sent_in(trial),
        told=tuple(cause.told or f"what they left for ({cause.reason}) is mended" for cause in causes),
        alone=alone,
        ranked={text_of(each): row for row, each in enumerate(ids)},
        own=own,
        agreed=agreed,
    )


def _known_of(row: int | None, columns: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Return what columns have in a row, without what is missing; nothing where there is no row."""
    values = {} if row is None else {name: plain(column[row]) for name, column in columns.items()}
    return {name: value for name, value in values.items() if value is not None}


def _unknown(key: str, cards: CustomerCards) -> str:
    near = nearest(key, list(cards.places)) if len(cards) <= 10_000 else None
    meant = "" if near is None else f" Did you mean {near}?"
    return f"No customer {key} in {cards.base.source}, of {counted(len(cards), 'customers')}.{meant}"


def _day(base: ContractBase | PurchaseBase, plan: OutreachPlan | None, on: datetime.date | str | None) -> np.datetime64:
    last = np.datetime64(base.until, "D")
    if on is None:
        return last if plan is None else max(last, np.datetime64(plan.start, "D"))
    day = day_of(on, "on")
    if day < last:
        raise ValueError(f"on ({day}) must not be before the end of the data ({last}); cut them by base.as_of(...).")
    return day


def _leavers(frame: pd.DataFrame) -> pd.DataFrame:
    reason = frame["reason"] if "reason" in frame else pd.Series(None, frame.index, dtype=object)
    return pd.DataFrame({"reason": reason.where(frame["state"] == LOST), "left_on": frame["left_on"]})


def _refuse_other_customers(listed: ContactList | None, keys: list[str], base) -> None:
    """Refuse a list that has nobody of the base: the cards would say of everybody that nothing is planned."""
    ids = [] if listed is None else [text_of(each) for each in listed.frame["customer_id"]]
    if ids and set(ids).isdisjoint(keys):
        raise ArgumentError(
            f"None of the {counted(len(ids), 'customers')} on the list is in {base.source}: it is of other customers, "
            f"or their ids are written otherwise (on the list {ids[0]}, there {keys[0] if keys else 'nobody'})."
        )


def _listed(policy: LearnedPolicy | ContactList | None, base, day: np.datetime64) -> ContactList | None:
    if policy is None or isinstance(policy, ContactList):
        return policy
    return policy.contact_list(base.lapsed(min(day, np.datetime64(base.until, "D")).item()))
