"""What do customers buy, and when? Purchases at random times while they are active, and what each is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.retail.customers import DAYS_IN_WEEK

SMALLEST_AMOUNT = 0.01


def first_purchases(customers: pd.DataFrame, shape: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return each customer's first purchase, as `purchases_between` does."""
    who = np.arange(len(customers))
    return _priced(customers, who, customers["joins"].to_numpy(), shape, rng)


def purchases_between(
    customers: pd.DataFrame, begin: float, end: float, shape: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw all repeat purchases between two times: a Poisson number each, at times spread evenly.

    Parameters
    ----------
    customers : pandas.DataFrame
        As drawn by `draw_customers`.
    begin, end : float
        Days since the log began.
    shape : float
        How alike one customer's purchases are.
    rng : Generator
        Where chance comes from.

    Returns
    -------
    pandas.DataFrame
        ``who`` (place of the customer), ``time`` (days since the log began) and ``amount`` (cents).
    """
    start = np.maximum(customers["joins"].to_numpy(), begin)
    active = np.maximum(np.minimum(customers["leaves"].to_numpy(), end) - start, 0.0)
    counts = rng.poisson(customers["rate"].to_numpy() / DAYS_IN_WEEK * active)
    who = np.repeat(np.arange(len(customers)), counts)
    return _priced(customers, who, start[who] + rng.uniform(size=len(who)) * active[who], shape, rng)


def _priced(customers, who, time, shape, rng) -> pd.DataFrame:
    amount = rng.gamma(shape, 1 / customers["scale"].to_numpy()[who])
    return pd.DataFrame({"who": who, "time": time, "amount": np.maximum(amount, SMALLEST_AMOUNT).round(2)})
