"""What is offered to each customer, what is planned, what was tried and who may leave? Looked up by id for a card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.purchase_base import PurchaseBase
from winback.doors import ArgumentError
from winback.outreach.planned import OutreachPlan
from winback.policies.contact_list import ContactList
from winback.retention.risk_fit import ChurnRisk
from winback.tables import NO_OFFER
from winback.trial.trial import Trial

RISK = ("risk", "risk_low", "risk_high")
STEP = ("channel", "by", "agent", "message", "deadline")
KEPT_BACK = "kept back at random, to compare with: nothing is sent to them"
NO_ROOM = "they are on the list, but not to be reached in time"
RETURNED = {True: "came back", False: "did not come back"}


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


def offers_of(listed: ContactList, plan: OutreachPlan | None) -> dict[str, dict[str, Any]]:
    """Return by customer which offer they get, why, and what it is expected to earn."""
    unreached = set() if plan is None else set(plan.customers.loc[~plan.customers["is_reached"], "customer_id"])
    names = ["customer_id", "offer", "why", "expected_profit", "kind"]
    found = {}
    for customer_id, name, why, profit, kind in zip(*(listed.frame[each] for each in names), strict=True):
        if name == NO_OFFER:
            found[text_of(customer_id)] = {"name": NO_OFFER, "why": KEPT_BACK, "not_planned": KEPT_BACK}
            continue
        offer = {"name": name, "why": str(why), "expected_profit": float(profit), "kind": kind}
        found[text_of(customer_id)] = offer | ({"not_planned": NO_ROOM} if customer_id in unreached else {})
    return found


def steps_of(plan: OutreachPlan, day: np.datetime64) -> dict[str, dict[str, Any]]:
    """Return by customer the first contact from a day on, and how many more there are."""
    ahead = plan.frame[plan.frame["date"] >= pd.Timestamp(day)].sort_values("date", kind="stable")
    more = ahead["customer_id"].value_counts()
    ahead = ahead.drop_duplicates("customer_id")
    columns = {"on": as_array(ahead["date"]), **{name: as_array(ahead[name]) for name in STEP}}
    found = {}
    for row, customer_id in enumerate(ahead["customer_id"]):
        cells = {name: plain(column[row]) for name, column in columns.items()}
        step = {name: value for name, value in cells.items() if value not in (None, "")}
        found[text_of(customer_id)] = step | {"more": int(more[customer_id]) - 1}
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
