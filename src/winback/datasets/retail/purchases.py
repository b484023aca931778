"""What do customers buy, and when, and what does a real log have beside purchases?

Purchases come at random times while a customer is active. Refunds, things sent for nothing and buyers without an id are
rows added to them: every purchase stays as it is, and so does the truth behind them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.retail.assumptions import FREE, LATEST_AFTER, NAMELESS, REFUNDS
from winback.datasets.retail.customers import DAYS_IN_WEEK

SMALLEST_AMOUNT = 0.01
NOBODY = -1  # the place of a customer who is not known


def first_purchases(customers: pd.DataFrame, shape: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return each customer's first purchase, as `purchases_between` does."""
    who = np.arange(len(customers))
    return _priced(customers, who, customers["joins"].to_numpy(), shape, rng)


def purchases_between(
    customers: pd.DataFrame, begin: float, end: float, shape: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw all repeat purchases between two times: a Poisson number each, at times spread evenly.

    Returned are ``who`` (place of the customer), ``time`` (days since the log began, as are both ends) and ``amount``
    (cents); the shape says how alike one customer's purchases are.
    """
    start = np.maximum(customers["joins"].to_numpy(), begin)
    active = np.maximum(np.minimum(customers["leaves"].to_numpy(), end) - start, 0.0)
    counts = rng.poisson(customers["rate"].to_numpy() / DAYS_IN_WEEK * active)
    who = np.repeat(np.arange(len(customers)), counts)
    return _priced(customers, who, start[who] + rng.uniform(size=len(who)) * active[who], shape, rng)


def _priced(customers, who, time, shape, rng) -> pd.DataFrame:
    amount = rng.gamma(shape, 1 / customers["scale"].to_numpy()[who])
    return pd.DataFrame({"who": who, "time": time, "amount": np.maximum(amount, SMALLEST_AMOUNT).round(2)})


def add_mistakes(log: pd.DataFrame, end: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return a log of purchases with further rows that end before ``end``; see `purchases_between` for its columns."""
    n = len(log)
    refunds = log[rng.uniform(size=n) < REFUNDS]
    free = log[rng.uniform(size=n) < FREE]
    n_nameless = int((rng.uniform(size=n) < NAMELESS).sum())
    drawn = {name: log[name].to_numpy()[rng.integers(0, n, n_nameless)] for name in ("time", "amount")}
    nameless = pd.DataFrame({"who": NOBODY, **drawn})
    more = [
        refunds.assign(amount=-refunds["amount"], time=_later(refunds, rng)),
        free.assign(amount=0.0, time=_later(free, rng)),
        nameless,
    ]
    found = pd.concat([log, *(part for part in more if len(part))], ignore_index=True)
    return found[found["time"] < end]


def _later(rows, rng) -> np.ndarray:
    return rows["time"].to_numpy() + rng.integers(1, LATEST_AFTER + 1, len(rows))
