"""What came of the customers of a plan? Their outcomes, read as a trial's are, in the order of the list."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.policies.contact_list import ContactList
from winback.tables import NO_OFFER, SECOND_LIFETIME, AnyTable, ProblemList, check_lapsed
from winback.tables.ids import as_index
from winback.tables.numbers import parse_number
from winback.terms.catalog import Offer
from winback.trial.outcomes import trial_groups, trial_money

TABLE = "table of outcomes"


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of the n customers of a list; missing where there is none."""

    known: np.ndarray = field(repr=False)  # (n,) bool
    returned: np.ndarray = field(repr=False)  # (n,) 0 or 1
    cost: np.ndarray = field(repr=False)  # (n,) money, contacts included
    profit: np.ndarray = field(repr=False)  # (n,) value less cost
    n_not_listed: int = 0  # who were asked about, and not listed: a contact with them was expected to lose money


def outcomes_of(listed: ContactList, customers: pd.DataFrame, outcomes: AnyTable) -> Outcomes:
    """Read what came of listed customers; see `OutreachPlan.check`.

    Raises
    ------
    TableError
        Listing every problem: columns that are missing, customers who are not on the list, costs that are no numbers.
    """
    table = check_lapsed(outcomes, needs=["returned"])
    place = places_among(table["customer_id"], as_index(listed.frame["customer_id"]))
    not_listed = (place < 0) & _asked_about(listed, table["customer_id"])
    problems = ProblemList(TABLE, table)
    problems.add_rows(
        "customer_id", (place < 0) & ~not_listed, "must be on the list that was planned", "Leave others out."
    )
    cost = _costs(table, problems)
    problems.raise_if_any()
    table, place = table[~not_listed].reset_index(drop=True), place[~not_listed]
    cost = None if cost is None else cost[~not_listed]
    reached = customers["is_reached"].to_numpy()[place]
    offer = np.where(reached, customers["offer"].astype(object).to_numpy()[place], NO_OFFER)
    value, paid = _money(listed, table, place, offer, is_told=cost is not None)
    contacts = np.where(reached, customers["cost"].to_numpy()[place], 0.0)
    found = np.full((3, len(listed.frame)), np.nan)
    spent = paid + contacts if cost is None else cost
    found[:, place] = table["returned"].to_numpy(dtype=float), spent, value - spent
    return Outcomes(~np.isnan(found[0]), *found, n_not_listed=int(not_listed.sum()))


def _asked_about(listed: ContactList, ids: pd.Series) -> np.ndarray:
    """Tell who was in the table from which the list was made, (m,): their outcomes are known with the others'."""
    if not len(listed.asked_about):
        return np.zeros(len(ids), dtype=bool)
    return places_among(ids, as_index(pd.Series(listed.asked_about))) >= 0


def _costs(table: pd.DataFrame, problems: ProblemList) -> np.ndarray | None:
    if "cost" not in table:
        return None
    read = parse_number(table["cost"])
    cost = read.column.to_numpy(dtype=float, na_value=np.nan)
    remedy = "Write what was spent on this customer, 0 for nothing; or leave the column out."
    problems.add_rows("cost", read.unread | ~(cost >= 0), "must be a number of at least 0", remedy)
    return cost


def _money(
    listed: ContactList, table: pd.DataFrame, place: np.ndarray, offer: np.ndarray, *, is_told: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each customer brought, and what the offer itself cost by its terms unless that is told, (m,) each."""
    catalog = listed.value.trial.offers
    catalog = replace(catalog.as_paid, contact_costs=None)
    if is_told:
        catalog = replace(
            catalog, offers=tuple(Offer(name=name, amount=0.0, paid="per_contact") for name in catalog.names)
        )
    if "value" in table:
        catalog = replace(catalog, horizon_months=None, annual_discount=None)
    told = [name for name in ("customer_id", "returned", "value", *SECOND_LIFETIME) if name in table]
    deciding = {each.tailored_by for each in catalog} - {None}
    known = listed.customers.iloc[place].reset_index(drop=True)
    own = table[told].reset_index(drop=True).assign(offer=offer, **{name: known[name] for name in deciding})
    own = check_lapsed(own, needs=["value"] if "value" in own else list(SECOND_LIFETIME))
    return trial_money(own, catalog, trial_groups(own, catalog))
