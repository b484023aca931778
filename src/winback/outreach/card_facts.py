"""What did each customer use, miss and leave for? The facts of a customer's card, one row per customer of a base."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.contract_base import BACK, HERE, LOST, PENDING, ContractBase
from winback.base.contract_lives import dates_of
from winback.base.events import counts_until
from winback.base.lapse_rule import to_dates
from winback.base.lives import last_of_each
from winback.base.purchase_base import PurchaseBase
from winback.periods import DAYS_IN_MONTH
from winback.tables.ids import as_index
from winback.tables.no_contact import unwanted

LONG_AGO = -(2**32)  # a day before all others
PRICE, SERVICE, CONTACT = "price_change", "new_service", "contact"


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
