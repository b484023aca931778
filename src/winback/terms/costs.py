"""What did each customer's offer cost, by its stated trigger, and which offer did a tailored one give?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.pseudo_observations import pseudo_months
from winback.results import counted
from winback.tables import LAPSED_TABLE, ProblemList, label_codes
from winback.tables.likeness import to_choose_from
from winback.terms.catalog import Offer, OfferCatalog


def offer_costs(
    arm: pd.DataFrame,
    offer: Offer,
    catalog: OfferCatalog,
    horizon_months: float | None = None,
    annual_discount: float = 0.0,
    followed_alike: np.ndarray | None = None,
    value: np.ndarray | None = None,
) -> np.ndarray:
    """Return the cost of an offer for each customer who was sent it.

    Parameters
    ----------
    arm : pandas.DataFrame
        Checked table of the customers who were sent this offer.
    catalog : OfferCatalog
        Where a tailored offer finds the offers it assigns.
    horizon_months : float, optional
        Costs while active are counted up to here.
    annual_discount : float
        Of costs paid month by month; costs per contact and on acceptance fall on the first day.
    followed_alike : array_like of int, shape (n,), optional
        Groups whose months are estimated apart, see `winback.pseudo_observations.pseudo_months`.
    value : numpy.ndarray, shape (n,), optional
        Margin that each customer brings within the horizon, of which an offer may take a percentage; by default the
        column ``value``.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Contact cost included. Costs while active, and percentages of second lives, are pseudo-observations where the
        data end before the customer does.
    """
    contact = np.full(len(arm), float(offer.contact_cost))
    if offer.tailored_by is None:
        if offer.percent_of_value is not None:
            return contact + offer.percent_of_value * _bought(arm, offer, catalog.margin_share, horizon_months, value)
        return contact + _plain_costs(arm, offer, horizon_months, annual_discount, followed_alike)
    assigned = assigned_offers(arm, offer)
    costs = np.zeros(len(arm))
    for name in sorted(set(assigned)):
        rows = assigned == name
        alike = None if followed_alike is None else followed_alike[rows]
        costs[rows] = offer_costs(
            arm[rows],
            catalog[name],
            catalog,
            horizon_months,
            annual_discount,
            followed_alike=alike,
            value=None if value is None else value[rows],
        )
    return contact + costs


def _plain_costs(arm, offer, horizon_months, annual_discount, followed_alike):
    returned = arm["returned"].to_numpy(dtype=bool)
    if offer.paid == "per_contact":
        return np.full(len(arm), offer.full_cost)
    if offer.paid == "on_acceptance":
        return np.where(returned, offer.full_cost, 0.0)
    costs = np.zeros(len(arm))
    alike = None if followed_alike is None else followed_alike[returned]
    costs[returned] = _costs_while_active(arm[returned], offer, horizon_months, annual_discount, alike)
    return costs


def _bought(arm, offer, margin_share, horizon_months, value) -> np.ndarray:
    """Return what a percentage is taken off: what each customer pays within the horizon, up to where the cap binds.

    A margin below 0 lowers no price: it counts as 0. Where margin is a share of revenue, the revenue behind it counts.
    """
    if "value" in arm:
        value = np.maximum(arm["value"].fillna(0.0).to_numpy(dtype=float), 0.0)
    elif value is None:
        problems = ProblemList(LAPSED_TABLE, arm)
        text = f"is missing, and offer {offer.name!r} costs a percentage of it"
        problems.add("value", text, "Add what each customer brought, or state the cost as an amount.")
        problems.raise_if_any()
    else:  # a pseudo-observation of months may well be below 0, and must stay so for the mean to be right
        value = np.where(arm["second_margin"].fillna(0.0).to_numpy(dtype=float) > 0, value, 0.0)
        if offer.max_cost is not None:
            _refuse_cap_on_estimates(arm, offer, horizon_months)
    bought = np.where(arm["returned"].to_numpy(dtype=bool), value / (margin_share or 1.0), 0.0)
    return bought if offer.max_cost is None else np.minimum(bought, offer.max_cost / offer.percent_of_value)


def _refuse_cap_on_estimates(arm, offer, horizon_months) -> None:
    """Refuse a cap on what is known on average only: the mean of what is capped is not the capped mean."""
    months, ended = arm["second_tenure"], arm["second_ended"].fillna(True).astype(bool)
    cut_off = (~ended & (months < horizon_months)).to_numpy(dtype=bool)
    if cut_off.any():
        shortest, n = float(months[cut_off].min()), int(cut_off.sum())
        raise ValueError(
            f"Offer {offer.name!r} takes a percentage off, with max_cost, and for {counted(n, 'customers')} the data "
            f"end within the {horizon_months:g} months counted: what each of them paid is not known, so neither is "
            f"whether the cap was reached. Leave max_cost out, or choose a horizon of at most {shortest:g} months."
        )


def _costs_while_active(stayed, offer, horizon_months, annual_discount, followed_alike):
    months = min(offer.paid_months, np.inf if horizon_months is None else horizon_months)
    if not {"second_tenure", "second_ended"} <= set(stayed):
        problems = ProblemList(LAPSED_TABLE, stayed)
        text = f"is missing, and offer {offer.name!r} is paid while the customer is active"
        problems.add("second_tenure", text, "Add second_tenure and second_ended, or state the cost on acceptance.")
        problems.raise_if_any()
    if months == 0 or len(stayed) == 0:
        return np.zeros(len(stayed))
    seen = stayed["second_tenure"].to_numpy(dtype=float)
    ended = stayed["second_ended"].to_numpy(dtype=bool)
    try:
        return offer.amount_per_month * pseudo_months(seen, ended, months, annual_discount, followed_alike)
    except ValueError:
        raise ValueError(
            f"Offer {offer.name!r} is paid for up to {months:g} months, but no second lifetime in its group was seen "
            f"for longer than {seen.max():g} months. Choose a shorter horizon_months, or leave the offer out."
        ) from None


def assigned_offers(arm: pd.DataFrame, offer: Offer) -> np.ndarray:
    """Return the name of the offer that a tailored offer gives each customer.

    Raises
    ------
    TableError
        When the column is missing or has values that the offer's map lacks.
    """
    problems = ProblemList(LAPSED_TABLE, arm, is_part=True)
    if offer.tailored_by not in arm:
        text = f"is missing, and offer {offer.name!r} is tailored by it"
        remedy = f"Add it, or leave the offer {offer.name!r} out. {to_choose_from(offer.tailored_by, arm.columns)}"
        problems.add(offer.tailored_by, text, remedy)
        problems.raise_if_any()
    named = {_as_word(value): name for value, name in offer.tailored.items()}
    codes, values = label_codes(arm[offer.tailored_by])
    assigned = np.array([*(named.get(_as_word(value)) for value in values), None], dtype=object)[codes]
    text = f"has values that offer {offer.name!r} assigns nothing to"
    remedy = f"Name them in the offer's map; it has {', '.join(map(str, offer.tailored))}."
    problems.add_rows(offer.tailored_by, np.equal(assigned, None), text, remedy)
    problems.raise_if_any()
    return assigned


def _as_word(value) -> str:
    """Write a value as it stands in a TOML file, where the keys of a map are words: true, 2, price."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip().casefold()
