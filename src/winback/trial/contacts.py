"""What would the contacts with customers cost under an offer, which most of them were not sent?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER
from winback.terms.contact_costs import contact_costs
from winback.trial.trial import Trial


def contact_costs_under(trial: Trial, customers: pd.DataFrame, offer: str) -> np.ndarray:
    """Return what contacts with each customer would cost under an offer, beyond the offers' own, shape (n,).

    By the steps planned, each customer's own. A table tells only what the contacts that were made cost: their mean
    under the offer, or under all offers where this one was not sent, is expected of everybody.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> contact_costs_under(trial, trial.customers.head(2), "upgrade").tolist()
    [0.0, 0.0]
    """
    if offer == NO_OFFER:
        return np.zeros(len(customers))
    if trial.contact_costs is not None:
        return contact_costs(trial.contact_costs, customers.assign(offer=offer))
    names = [offer] if offer in trial.sent else trial.sent
    rows = np.isin(trial.arm, [trial.arms.index(name) for name in names])
    return np.full(len(customers), trial.contact_cost[rows].mean() if rows.any() else 0.0)
