"""What was bought on discount, and whom did customers bring along? Drawn beside the purchases, which stay as they are.

Some customers are bargain hunters, who buy on discount most of the time. Some are promoters: only they bring others,
who then buy for the first time within weeks of the promoter's own purchase.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.retail import assumptions as assumed
from winback.datasets.retail.customers import Streams

SOON = 60.0  # days from the promoter's purchase within which the one they brought buys, at the latest


def draw_habits(n: int, streams: Streams) -> pd.DataFrame:
    """Draw for ``n`` customers the chance that a purchase of theirs is ``on_discount``, and who is a ``promoter``."""
    hunts = streams["bargain_hunters"].uniform(size=n) < assumed.BARGAIN_HUNTERS
    return pd.DataFrame(
        {
            "on_discount": np.where(hunts, assumed.ON_DISCOUNT["bargain hunters"], assumed.ON_DISCOUNT["others"]),
            "promoter": streams["promoters"].uniform(size=n) < assumed.PROMOTERS,
        }
    )


def draw_discounts(log: pd.DataFrame, habits: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the share of its price that was taken off each purchase, 0 where none was."""
    reduced = rng.uniform(size=len(log)) < habits["on_discount"].to_numpy()[log["who"]]
    return np.where(reduced, rng.choice(assumed.DISCOUNTS, size=len(log)), 0.0)


def draw_referrals(
    log: pd.DataFrame, joins: np.ndarray, habits: pd.DataFrame, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return how many new customers each purchase brought along, and which customers were brought.

    A share of the customers are brought, each by a purchase of a promoter drawn from those of the weeks before; who
    has none such to come from has come by themselves.
    """
    wanted = rng.uniform(size=len(joins)) < assumed.REFERRED
    place, time = np.arange(len(log)), log["time"].to_numpy()
    of_promoters = place[habits["promoter"].to_numpy()[log["who"]]]
    of_promoters = of_promoters[np.argsort(time[of_promoters], kind="stable")]
    first, last = (np.searchsorted(time[of_promoters], moment, "left") for moment in (joins - SOON, joins))
    brought = wanted & (last > first)
    drawn = first + np.floor(rng.uniform(size=len(joins)) * (last - first)).astype(np.int64)
    counts = np.bincount(of_promoters[drawn[brought]], minlength=len(log))
    return counts.astype(np.int64), brought
