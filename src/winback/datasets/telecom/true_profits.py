"""What would each customer have earned under each offer? The truth that policies are judged by."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom.second_lives import ARMS
from winback.tables import NO_OFFER
from winback.terms.catalog import OfferCatalog
from winback.terms.costs import assigned_offers


def true_profits(lapsed: pd.DataFrame, offers: OfferCatalog, outcomes: pd.DataFrame, window: float) -> pd.DataFrame:
    """Return value within the window less cost, eligible customers x arms; costs are due on acceptance."""
    kept = lapsed["eligible"].to_numpy()
    table, outcomes = lapsed[kept], outcomes[kept]
    profits = {}
    for arm in ARMS:
        months = np.minimum(outcomes[f"second_tenure_{arm}"], window)
        worth = outcomes[f"second_margin_{arm}"] * months - _cost(arm, table, offers)
        profits[arm] = np.where(outcomes[f"returned_{arm}"], worth, 0.0)
    return pd.DataFrame(profits, index=pd.Index(table["customer_id"], name="customer_id"))


def _cost(arm: str, table: pd.DataFrame, offers: OfferCatalog) -> np.ndarray | float:
    """Return the cost of an acceptor."""
    if arm == NO_OFFER:
        return 0.0
    if not offers[arm].tailored:
        return offers[arm].full_cost
    full_costs = {offer.name: offer.full_cost for offer in offers if not offer.tailored}
    return pd.Series(assigned_offers(table, offers[arm])).map(full_costs).to_numpy()
