"""What did lost customers do, and what befell them, before they left? Each known or not, for every customer lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.customers import places_among

PRICE_DAYS = 92  # a price change that makes customers leave does so within a quarter of a year
USED_DAYS = 62  # the last month of use that was recorded whole ended at most so long before the loss
LATEST = 2  # months of use that are compared with those before
LEAST_BEFORE = 2
SHRUNK = 0.8  # of the use before: beyond what use moves by itself from month to month

COMPLAINED, TWICE = "complained", "complained twice or more"
PRICE_CHANGE, USED_LESS = "had a price change in the 3 months before", "used less before leaving"


def behaviour_of(base: Base, lost: pd.DataFrame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return what is known of lost customers' first lives: of whom it is true, and of whom it is known, (n,) bool each.

    What no event of the base tells of is left out.
    """
    n = len(lost)
    everybody = np.ones(n, dtype=bool)
    found = {}
    if "complaints" in lost:
        complaints = lost["complaints"].to_numpy(dtype=float, na_value=np.nan)
        told = ~np.isnan(complaints)
        found = {COMPLAINED: (told & (complaints >= 1), told), TWICE: (told & (complaints >= 2), told)}
    if not isinstance(base, ContractBase):
        return found
    events = _events_of(base, lost)
    price = events[events["event"] == "price_change"]
    if len(price):
        near = price["customer"][price["before"] <= PRICE_DAYS].to_numpy()
        found[PRICE_CHANGE] = (np.bincount(near, minlength=n) > 0, everybody)
    volume = events[(events["event"] == "volume") & events["amount"].notna()]
    if len(volume):
        found[USED_LESS] = _used_less(volume, n)
    return {what: (true, known) for what, (true, known) in found.items() if known.any()}


def _events_of(base: ContractBase, lost: pd.DataFrame) -> pd.DataFrame:
    """Return the events of first lives: ``customer`` (the row of the lost one), ``event``, ``before``, ``amount``."""
    happened, losses = base.happened, base.losses
    row = np.full(len(losses.ids), -1)
    row[places_among(lost["customer_id"], losses.ids)] = np.arange(len(lost))
    customer, day = happened["customer"].to_numpy(dtype=int), happened["day"].to_numpy()
    within = (row[customer] >= 0) & (day >= losses.start[customer]) & (day <= losses.end[customer])
    return happened.assign(customer=row[customer], before=losses.end[customer] - day)[within]


def _used_less(volume: pd.DataFrame, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return whose last months of use lie below those before, and of whom enough is known near the loss."""
    volume = volume.sort_values(["customer", "before"], kind="stable")
    customer = volume["customer"].to_numpy()
    place = volume.groupby("customer").cumcount().to_numpy()
    late = place < LATEST
    amount, none = volume["amount"].to_numpy(), np.zeros(n)
    counts = [np.bincount(customer[part], minlength=n) for part in (late, ~late)]
    sums = [np.bincount(customer[part], weights=amount[part], minlength=n) for part in (late, ~late)]
    means = [np.divide(sums[at], counts[at], out=none.copy(), where=counts[at] > 0) for at in (0, 1)]
    last = np.full(n, np.inf)
    last[customer[place == 0]] = volume["before"].to_numpy()[place == 0]
    known = (counts[1] >= LEAST_BEFORE) & (last <= USED_DAYS) & (means[1] > 0)
    return known & (means[0] < SHRUNK * means[1]), known
