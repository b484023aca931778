"""What did each customer's offer cost, by its stated trigger?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.pseudo_observations import pseudo_months
from winback.tables import Problem, TableError
from winback.tables.nouns import LAPSED_TABLE
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.tailoring import assigned_offers


def offer_costs(
    arm: pd.DataFrame,
    offer: Offer,
    catalog: OfferCatalog,
    horizon_months: float | None = None,
    annual_discount: float = 0.0,
) -> np.ndarray:
    """Return the cost of an offer for each customer who was sent it.

    Parameters
    ----------
    arm : pandas.DataFrame
        Checked table of the customers who were sent this offer.
    offer : Offer
        The offer.
    catalog : OfferCatalog
        Where a tailored offer finds the offers it assigns.
    horizon_months : float, optional
        Costs while active are counted up to here.
    annual_discount : float
        Annual rate for costs paid month by month; costs per contact and on acceptance fall on the first day.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Money per customer, contact cost included. Costs while active are pseudo-observations where the data end
        before the customer does.
    """
    contact = np.full(len(arm), float(offer.contact_cost))
    if offer.tailored_by is None:
        return contact + _plain_costs(arm, offer, horizon_months, annual_discount)
    assigned = assigned_offers(arm, offer)
    costs = np.zeros(len(arm))
    for name in sorted(set(assigned)):
        rows = assigned == name
        costs[rows] = offer_costs(arm[rows], catalog[name], catalog, horizon_months, annual_discount)
    return contact + costs


def _plain_costs(arm, offer, horizon_months, annual_discount):
    returned = arm["returned"].to_numpy(dtype=bool)
    if offer.paid == "per_contact":
        return np.full(len(arm), offer.full_cost)
    if offer.paid == "on_acceptance":
        return np.where(returned, offer.full_cost, 0.0)
    costs = np.zeros(len(arm))
    costs[returned] = _costs_while_active(arm[returned], offer, horizon_months, annual_discount)
    return costs


def _costs_while_active(stayed, offer, horizon_months, annual_discount):
    months = min(offer.paid_months, np.inf if horizon_months is None else horizon_months)
    if not {"second_tenure", "second_ended"} <= set(stayed):
        text = f"is missing, and offer {offer.name!r} is paid while the customer is active"
        remedy = "Add second_tenure and second_ended, or state the cost on acceptance."
        raise TableError(LAPSED_TABLE, [Problem("second_tenure", text, 0, "", remedy)])
    if months == 0 or len(stayed) == 0:
        return np.zeros(len(stayed))
    seen = stayed["second_tenure"].to_numpy(dtype=float)
    ended = stayed["second_ended"].to_numpy(dtype=bool)
    try:
        return offer.amount_per_month * pseudo_months(seen, ended, months, annual_discount)
    except ValueError:
        raise ValueError(
            f"Offer {offer.name!r} is paid for up to {months:g} months, but no second lifetime in its group was seen "
            f"for longer than {seen.max():g} months. Choose a shorter horizon_months, or leave the offer out."
        ) from None
