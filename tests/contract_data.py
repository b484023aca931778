"""Which contracts do the tests use? Published survivors, and customers drawn at random."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Fader & Hardie (2007): of 1,000 customers, those left after 0, 1, 2, ... years
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
# Fader & Hardie (2010): the cohorts of five years
COHORTS = [[10000, 8000, 6480, 5307, 4391], [10000, 8000, 6480, 5307], [10000, 8000, 6480], [10000, 8000]]


def drawn_periods(rng, alpha, beta, c=1.0, n=1000, last=8):
    """Draw how many periods each customer stays, and whether the end is seen within ``last`` periods."""
    theta = rng.beta(alpha, beta, n)
    with np.errstate(divide="ignore", over="ignore"):
        stays = np.ceil((rng.exponential(size=n) / -np.log1p(-theta)) ** (1 / c))
    stays = np.maximum(stays, 1)
    return np.minimum(stays, last), stays <= last


def drawn_survivors(rng, alpha, beta, c=1.0, n=1000, last=8):
    """Draw one cohort's survivors."""
    stays, ended = drawn_periods(rng, alpha, beta, c, n, last)
    return [n, *(int(n - (ended & (stays <= t)).sum()) for t in range(1, last + 1))]


def drawn_customers(rng, n=600, last=8, effect=0.6):
    """Draw customers of two channels, followed for 2 to 8 periods; log alpha is ``effect`` higher online."""
    online = rng.random(n) < 0.5
    stays, _ = drawn_periods(rng, np.exp(-0.3 + effect * online), 3.0, n=n, last=10**6)
    followed = rng.integers(2, last + 1, n)
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "tenure": np.minimum(stays, followed).astype(int),
            "ended": stays <= followed,
            "channel": np.where(online, "online", "store"),
        }
    )
