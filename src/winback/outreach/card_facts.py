"""What did each customer use, miss and leave for, what is offered, planned, was tried? The facts of all cards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from winback.base.contract_base import BACK, HERE, LOST, PENDING, ContractBase
from winback.base.contract_lives import dates_of
from winback.base.events import counts_until
from winback.base.lapse_rule import to_dates
from winback.base.lives import last_of_each
from winback.base.purchase_base import PurchaseBase
from winback.doors import ArgumentError
from winback.outreach.consent import consent_columns, may_be_reached
from winback.outreach.contact_rows import OF_THE_LIST
from winback.outreach.not_contacted import NEVER
from winback.outreach.planned import OutreachPlan
from winback.periods import DAYS_IN_MONTH
from winback.policies.contact_list import ContactList
from winback.retention.risk_fit import ChurnRisk
from winback.tables import NO_OFFER
from winback.tables.ids import as_index
from winback.tables.no_contact import NO_CONTACT, is_mark, unwanted
from winback.trial.trial import Trial

LONG_AGO = -(2**32)  # a day before all others
PRICE, SERVICE, CONTACT = "price_change", "new_service", "contact"
RISK = ("risk", "risk_low", "risk_high")
STEP = ("channel", "by", "agent", "message", "deadline")
KEPT_BACK = "kept back at random, to compare with: nothing is sent to them"
RETURNED = {True: "came back", False: "did not come back"}


@dataclass(frozen=True, eq=False)
class Facts:
    """What is known of n customers, and m events of all N of the base in order of customers and days."""

    frame: pd.DataFrame  # (n,) `customer_id`, `state`, `since`, `left_on`, ... see `facts_of`
    places: np.ndarray  # (n,) of each among the customers of the base
    events: pd.DataFrame  # (m,) `day`, `event`, `amount`
    begin: np.ndarray  # (N + 1,) where the events of each customer begin

    def happened(self, row: int, *names: str) -> Iterator[tuple[np.datetime64, str, float]]:
        """Yield a customer's events of these names, oldest first."""
        place = self.places[row]
        own = slice(self.begin[place], self.begin[place + 1])
        days, events, amounts = (self.events[name].to_numpy()[own] for name in ("day", "event", "amount"))
        for day, event, amount in zip(days, events, amounts, strict=True):
            if event in names:
                yield np.datetime64(int(day), "D"), event, float(amount)


def facts_of(base: ContractBase | PurchaseBase) -> Facts:
    """Return what is known of everybody who was watched.

    ``customer_id``, ``state`` (here, back, lost, pending), ``since``, ``left_on``, ``months`` with us in all,
    ``margin`` a month or ``paid`` in all, ``last_purchase``, ``purchases``, ``complaints`` and ``complaints_settled``,
    ``reason``, ``said`` when leaving, ``left_before`` and ``reason_before`` of those who came back, ``must_not``.
    """
    return _of_contracts(base) if isinstance(base, ContractBase) else _of_buyers(base)


def _of_contracts(base: ContractBase) -> Facts:
    lives = base.all_lives
    rows = np.flatnonzero(lives.is_last)
    customer, again = lives.customer[rows], lives.number[rows] > 1
    before = np.where(again, rows - 1, rows)
    state = np.select([lives.ended[rows], lives.pending[rows], again], [LOST, PENDING, BACK], HERE)
    months = np.bincount(lives.customer, (lives.end - lives.start) / DAYS_IN_MONTH, len(base.ids))
    first = np.flatnonzero(lives.number == 1)
    last = base.contracts.iloc[lives.last[rows]].reset_index(drop=True)
    columns = {
        "customer_id": base.ids[customer],
        "state": state,
        "since": dates_of(lives.start[first]),
        "left_on": pd.Series(dates_of(lives.end[rows])).where(lives.ended[rows]),
        "months": months[customer],
        "margin": lives.margin[rows],
        "left_before": pd.Series(dates_of(lives.end[before])).where(again),
        "must_not": _must_not(last),
    }
    for name, fact in (("reason", "reason"), ("exit_text", "said")):
        if name in last:
            columns[fact] = last[name].astype(object).where(lives.ended[rows])
    if "reason" in last:
        earlier = base.contracts["reason"].iloc[lives.last[before]].reset_index(drop=True)
        columns["reason_before"] = earlier.astype(object).where(again)
    events, begin = _events(base)
    counts = _complaints(base)
    columns |= {name: each[customer] for name, each in counts.items()}
    return Facts(pd.DataFrame(columns), customer, events, begin)


def _complaints(base: ContractBase) -> dict[str, np.ndarray]:
    """Return complaints and how many of them were settled, by place of the customer, where events tell of any."""
    told, n = base.happened, len(base.ids)
    ends = np.full(n, LONG_AGO), np.full(n, base.last)
    found = counts_until(told["customer"].to_numpy(int), told["day"].to_numpy(int), told["event"].to_numpy(), *ends)
    names = {"complaints": "complaints", "complaints_resolved": "complaints_settled"}
    return {fact: found[name] for name, fact in names.items() if name in found}


def _events(base: ContractBase) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the events that a card tells of in order of customers and days, and where those of each begin."""
    told = base.happened
    told = told[told["event"].isin([PRICE, SERVICE, CONTACT]) & (told["day"] <= base.last)]
    told = told.sort_values(["customer", "day"], kind="stable")
    begin = np.searchsorted(told["customer"].to_numpy(dtype=float), np.arange(len(base.ids) + 1))
    return told[["day", "event", "amount"]], begin


def _of_buyers(base: PurchaseBase) -> Facts:
    known, lives, n = base.customers, base.lives, base.n
    is_last = last_of_each(lives.customer)
    lost, again = lives.ended[is_last], lives.number[is_last] > 1
    first, last = (known[name].to_numpy(dtype=np.int64) for name in ("first_day", "last_day"))
    paid = np.bincount(base.days.customer, base.days.amount, n)
    columns = {
        "customer_id": as_index(known["customer_id"]),
        "state": np.select([lost, again], [LOST, BACK], HERE),
        "since": to_dates(first),
        "left_on": pd.Series(known["lost_on"]).where(lost),
        "months": (last - first) / DAYS_IN_MONTH,
        "paid": paid,
        "purchases": np.bincount(base.days.customer, minlength=n),
        "last_purchase": to_dates(last),
        "must_not": np.full(n, "", dtype=object) if base.people is None else _must_not(base.people),
    }
    for name, fact in (("reason", "reason"), ("exit_text", "said")):
        if base.people is not None and name in base.people:
            columns[fact] = base.people[name].astype(object).where(lost)
    none = pd.DataFrame({"day": [], "event": [], "amount": []})
    return Facts(pd.DataFrame(columns), np.arange(n), none, np.zeros(n + 1, dtype=int))


def _must_not(customers: pd.DataFrame) -> np.ndarray:
    """Return in words why a customer must not be contacted, (n,); empty where nothing speaks against it."""
    found = np.full(len(customers), "", dtype=object)
    for words, rows in unwanted(customers):
        found[rows & (found == "")] = words
    return found


def text_of(customer_id: object) -> str:
    """Return an id as it is compared: 12, 12.0, "12" and " 12 " are one customer.

    Examples
    --------
    >>> text_of(12.0), text_of(" 12 "), text_of("0012")
    ('12', '12', '0012')
    """
    whole = isinstance(customer_id, float | np.floating) and float(customer_id).is_integer()
    return str(int(customer_id) if whole else customer_id).strip()


def as_array(column: pd.Series) -> np.ndarray:
    """Return a column's cells, days as days."""
    return column.to_numpy(dtype="datetime64[D]") if pd.api.types.is_datetime64_any_dtype(column) else column.to_numpy()


def plain(value: object) -> Any:
    """Return a cell as a plain value; None where it is missing."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if value is None or value is pd.NA or value != value else value


def risks_of(risk: ChurnRisk, base: ContractBase | PurchaseBase, keys: list[str]) -> dict[str, np.ndarray]:
    """Return the chance of leaving next month with its ends, (n,) each, by the ids; missing of the lost."""
    if not isinstance(base, ContractBase):
        raise ArgumentError("risk is of customers with contracts, and these are buyers: leave it out.")
    known = risk.predict(None if base is risk.base else base).drop_duplicates("customer_id")
    known = known.set_index(known["customer_id"].map(text_of))[list(RISK)].reindex(keys)
    return {name: known[name].to_numpy() for name in RISK}


def offers_of(listed: ContactList) -> dict[str, dict[str, Any]]:
    """Return by customer which offer they get, why, and what it is expected to earn."""
    names = ["customer_id", "offer", "why", "expected_profit", "kind"]
    found = {}
    for customer_id, name, why, profit, kind in zip(*(listed.frame[each] for each in names), strict=True):
        offer = {"name": name, "why": str(why), "expected_profit": float(profit), "kind": kind}
        found[text_of(customer_id)] = offer if name != NO_OFFER else {"name": NO_OFFER, "why": KEPT_BACK}
    return found


def left_alone(listed: ContactList, plan: OutreachPlan | None) -> tuple[dict[str, str], dict[str, str]]:
    """Return in words, by customer, why they must not be contacted, and why nothing is planned with the others."""
    never, others = {}, {}
    for customer_id, words in zip(listed.not_listed["customer_id"], listed.not_listed["why"], strict=True):
        (never if words in NO_CONTACT else others)[text_of(customer_id)] = words
    for customer_id in listed.frame.loc[listed.frame["offer"] == NO_OFFER, "customer_id"]:
        others[text_of(customer_id)] = KEPT_BACK
    known = pd.DataFrame() if plan is None else plan.customers[plan.customers["why_not"] != ""]
    for customer_id, words in zip(*(known.get(name, ()) for name in ("customer_id", "why_not")), strict=True):
        (never if words in NEVER else others)[text_of(customer_id)] = f"they {words}"
    return never, others


def carried_of(plan: OutreachPlan) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return what is known of each on the list, (n,): columns of the analyst's own, and consent by channel."""
    frame, people, channels = plan.listed.frame, plan.listed.customers, plan.playbook.channels
    asked = {each.name: consent_columns(each, people.columns) for each in channels}
    yes, no = (may_be_reached(people, channels, empty=empty).T for empty in (False, True))
    agreed = dict(zip(asked, np.where(yes == no, yes, None), strict=True))  # what is empty may be either
    known = {*OF_THE_LIST, "reason", *chain.from_iterable(asked.values())}
    own = {str(name): as_array(frame[name]) for name in frame if name not in known and not is_mark(name)}
    return own, {name: agreed[name] for name, columns in asked.items() if columns}


def steps_of(plan: OutreachPlan, day: np.datetime64) -> dict[str, dict[str, Any]]:
    """Return by customer the first contact from a day on, how many more there are, and which."""
    ahead = plan.frame[plan.frame["date"] >= pd.Timestamp(day)].sort_values("date", kind="stable")
    columns = {"on": as_array(ahead["date"]), **{name: as_array(ahead[name]) for name in STEP}}
    found: dict[str, dict[str, Any]] = {}
    for row, customer_id in enumerate(ahead["customer_id"]):
        cells = {name: plain(column[row]) for name, column in columns.items()}
        step = {name: value for name, value in cells.items() if value not in (None, "")}
        key = text_of(customer_id)
        if key not in found:
            found[key] = step | {"more": 0, "then": []}
            continue
        found[key]["then"].append(step)
        found[key]["more"] += 1
    return found


def sent_in(trial: Trial) -> dict[str, dict[str, Any]]:
    """Return by customer what was offered, when where that is known, and what came of it."""
    table = trial.lapsed
    n = len(table)
    days = as_array(pd.to_datetime(table["offered_on"])) if "offered_on" in table else np.full(n, None)
    away = table["months_away"].to_numpy() if "months_away" in table else np.full(n, None)
    found = {}
    rows = zip(table["customer_id"], table["offer"], table["returned"], days, away, strict=True)
    for customer_id, offer, back, day, months in rows:
        what = "sent nothing, to compare with" if offer == NO_OFFER else f"{offer} offered"
        when, months = plain(day), plain(months)
        after = {} if when is not None or months is None else {"months_after_leaving": float(months)}
        on = {} if when is None else {"on": when}
        found[text_of(customer_id)] = {"what": what, **on, **after, "outcome": RETURNED[bool(back)]}
    return found
