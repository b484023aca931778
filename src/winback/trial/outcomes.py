"""What did each customer bring and cost? From the table of a trial to (returned, value, cost), arm by arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.pseudo_observations import longest_supported_horizon, pseudo_months
from winback.tables import NO_OFFER, SECOND_LIFETIME, in_trial, label_codes
from winback.terms.catalog import OfferCatalog
from winback.terms.contact_costs import contact_costs
from winback.terms.costs import offer_costs


def check_value_terms(table: pd.DataFrame, catalog: OfferCatalog) -> None:
    """Refuse a horizon or a discount rate that is missing, or that cannot be applied.

    Raises
    ------
    ValueError
        When second lifetimes are valued and one is missing, or value was measured directly and one is given.
    """
    horizon, discount = catalog.horizon_months, catalog.annual_discount
    if "value" in table:
        if horizon is not None or discount is not None:
            raise ValueError(
                "`value` was measured directly, within a horizon of its own: horizon_months and annual_discount "
                "cannot be applied to it. Leave both out, here and in the offers file."
            )
        return
    if horizon is None:
        hint = ""
        followed = table["followed"][in_trial(table)] if "followed" in table else pd.Series(dtype=float)
        if followed.notna().any():
            shortest = float(followed.min())
            hint = f" Everybody was followed for {shortest:g} months: that is the longest without a correction."
        raise ValueError(f"horizon_months is required: over how many months is a second lifetime valued?{hint}")
    if discount is None:
        raise ValueError("annual_discount is required: 0.10 for 10% a year, 0 for plain money.")


def customer_values(
    arm: pd.DataFrame,
    horizon_months: float | None,
    annual_discount: float | None,
    followed_alike: np.ndarray | None = None,
) -> np.ndarray:
    """Return each customer's value: as measured, or margin times months within the horizon; 0 for those not back.

    Where the data end before a customer does, months are pseudo-observations within the arm, or within its groups of
    customers who were followed alike, (n,), each multiplied by its own customer's margin.
    """
    if "value" in arm:
        return arm["value"].fillna(0.0).to_numpy()
    returned = arm["returned"].to_numpy(dtype=bool)
    back = arm[returned]
    tenure, ended = back["second_tenure"].to_numpy(dtype=float), back["second_ended"].to_numpy(dtype=bool)
    alike = None if followed_alike is None else followed_alike[returned]
    months = pseudo_months(tenure, ended, horizon_months, annual_discount, alike)
    values = np.zeros(len(arm))
    values[returned] = months * back["second_margin"].to_numpy(dtype=float)
    return values


@dataclass(frozen=True)
class Groups:
    """Who was in which group of a trial; shape (n,) over all rows of the table."""

    arms: tuple[str, ...]  # the catalog's offers that were sent, in its order, then ``none`` where anyone was untreated
    arm: np.ndarray  # position in arms; -1: not in the trial


def trial_groups(table: pd.DataFrame, catalog: OfferCatalog) -> Groups:
    """Return each customer's group in a checked trial."""
    codes, names = label_codes(table["offer"])
    codes = np.where(in_trial(table), codes, -1)
    arms = [name for name in (*catalog.names, NO_OFFER) if name in names and (codes == names.index(name)).any()]
    position = np.full(len(table), -1)
    for place, name in enumerate(arms):
        position[codes == names.index(name)] = place
    return Groups(tuple(arms), position)


def trial_money(
    table: pd.DataFrame,
    catalog: OfferCatalog,
    groups: Groups,
    followed_alike: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what each customer of a checked trial brought, and cost: (n,) each, 0 for those not in the trial.

    The catalog says over which horizon, and what contacts cost. Within each group of ``followed_alike``, (n,), months
    are estimated apart.

    Raises
    ------
    ValueError
        When the horizon reaches beyond the second lifetimes seen in some group.
    """
    horizon_months, annual_discount = catalog.horizon_months, catalog.annual_discount
    contact, catalog = customers_contact_costs(table, catalog, groups), catalog.as_paid
    if horizon_months is not None:
        _refuse_beyond_data(table, groups, horizon_months)
    tailored = {offer.tailored_by for offer in catalog} - {None}
    used = {"customer_id", "returned", *SECOND_LIFETIME, "value", *tailored}
    if tailored <= set(table):  # else the refusal of an offer names what else there is
        table = table[[name for name in table.columns if name in used]]
    value, cost = np.zeros(len(table)), np.zeros(len(table))
    for place, name in enumerate(groups.arms):
        rows = groups.arm == place
        arm, alike = table[rows], None if followed_alike is None else followed_alike[rows]
        value[rows] = customer_values(arm, horizon_months, annual_discount, alike)
        if name != NO_OFFER:
            rate = annual_discount or 0.0
            how = {"followed_alike": alike, "value": value[rows]}
            cost[rows] = offer_costs(arm, catalog[name], catalog, horizon_months, rate, **how)
    return value, cost + contact


def customers_contact_costs(table: pd.DataFrame, catalog: OfferCatalog, groups: Groups) -> np.ndarray:
    """Return what the contacts with each customer of a checked trial cost, beyond the offers' own, shape (n,).

    0 for those who were sent nothing, or are not in the trial.
    """
    sent = (groups.arm >= 0) & (groups.arm < sum(name != NO_OFFER for name in groups.arms))  # none comes last
    cost = np.zeros(len(table))
    cost[sent] = contact_costs(catalog.contact_costs, table[sent])
    return cost


def _refuse_beyond_data(table, groups, horizon_months):
    """Name the group that was seen for the shortest time, if the horizon reaches beyond it."""
    months, ended = table["second_tenure"].to_numpy(), table["second_ended"].to_numpy(dtype=bool, na_value=True)
    back = table["returned"].to_numpy(dtype=bool)
    members = {name: back & (groups.arm == place) for place, name in enumerate(groups.arms)}
    limits = {name: longest_supported_horizon(months[rows], ended[rows]) for name, rows in members.items()}
    shortest = min(limits, key=limits.get)
    if limits[shortest] < horizon_months:
        whose = "untreated customers" if shortest == NO_OFFER else f"customers with offer {shortest!r}"
        limit = np.floor(limits[shortest] * 10) / 10
        raise ValueError(
            f"horizon_months = {horizon_months:g} reaches beyond the data: among {whose} no second lifetime was seen "
            f"for longer than {limits[shortest]:g} months. Choose a horizon of at most {limit:g}; beyond it only a "
            "model speaks."
        )
