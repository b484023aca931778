"""What do customers bring who are left alone, where no group was and it can only be assumed?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.terms.organic import assumed_organic, organic_shares
from winback.trial.trial import Trial


def with_assumed(trial: Trial, money: np.ndarray, customers: pd.DataFrame | None = None) -> np.ndarray:
    """Return money under each arm less what is assumed without an offer, and 0 for no offer, (n, n_choices).

    Where nothing is assumed it is returned as it is. Rows are the trial's customers unless others are given.
    """
    if trial.organic is None:
        return money
    alone = assumed_alone(trial, trial.customers if customers is None else customers)
    return np.column_stack([money - alone, np.zeros(len(money))])


def assumed_alone(trial: Trial, customers: pd.DataFrame) -> np.ndarray:
    """Return what customers are assumed to bring without an offer, in money, beside each arm, (n, n_arms)."""
    return organic_shares(trial.organic, customers)[:, [1]] * organic_values(trial)


def organic_values(trial: Trial) -> np.ndarray:
    """Return what one who returns without an offer is assumed to bring, beside each arm, (n_arms,).

    As given, else as much as those who returned with that very offer brought, as in `compare_offers`.
    """
    if trial.offers.organic_value is not None:
        return np.full(len(trial.arms), float(trial.offers.organic_value))
    n_back = np.bincount(trial.arm, weights=trial.returned, minlength=len(trial.arms))
    value = np.bincount(trial.arm, weights=np.where(trial.returned, trial.value, 0.0), minlength=len(trial.arms))
    return np.divide(value, n_back, out=np.zeros(len(trial.arms)), where=n_back > 0)


def taken_off(trial: Trial, choices: tuple[str, ...]) -> np.ndarray:
    """Return what a share of 1 returning anyway would take off each choice, (n_choices,); nothing off no offer."""
    worth = dict(zip(trial.arms, organic_values(trial), strict=True))
    return np.array([worth.get(name, 0.0) for name in choices])


def organic_ends(trial: Trial, less: np.ndarray) -> np.ndarray:
    """Return by how much a mean moves at the low and the high end of an assumed organic return, (2,).

    ``less`` is what a share of 1 would take off each customer less than it does, shape (n,).
    """
    if trial.organic is None:
        return np.zeros(2)
    shares = organic_shares(trial.organic, trial.customers)
    return np.array([float((less * (shares[:, end] - shares[:, 1])).mean()) for end in (0, 2)])


def assumption(trial: Trial) -> str:
    """Return what is assumed of customers without an offer, as a sentence; empty where nothing is."""
    if trial.organic is None:
        return ""
    found = assumed_organic(trial.organic, trial.customers)
    at = "" if found.low == found.high else ", at its middle: other shares give other figures than these intervals"
    return f"That rests on {found.says}{at}."
