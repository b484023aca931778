"""What does a real log have beside purchases? Refunds, things sent for nothing, and buyers without an id.

Rows are only added: every purchase stays as it is, and so does the truth behind them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.retail.assumptions import FREE, LATEST_AFTER, NAMELESS, REFUNDS

NOBODY = -1  # the place of a customer who is not known


def add_mistakes(log: pd.DataFrame, end: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return a log of purchases with further rows that end before ``end``; see `purchases_between` for its columns."""
    n = len(log)
    refunds = log[rng.uniform(size=n) < REFUNDS]
    free = log[rng.uniform(size=n) < FREE]
    n_nameless = int((rng.uniform(size=n) < NAMELESS).sum())
    nameless = pd.DataFrame(
        {
            "who": NOBODY,
            "time": log["time"].to_numpy()[rng.integers(0, n, n_nameless)],
            "amount": log["amount"].to_numpy()[rng.integers(0, n, n_nameless)],
        }
    )
    more = [
        refunds.assign(amount=-refunds["amount"], time=_later(refunds, rng)),
        free.assign(amount=0.0, time=_later(free, rng)),
        nameless,
    ]
    found = pd.concat([log, *(part for part in more if len(part))], ignore_index=True)
    return found[found["time"] < end]


def _later(rows, rng) -> np.ndarray:
    return rows["time"].to_numpy() + rng.integers(1, LATEST_AFTER + 1, len(rows))
