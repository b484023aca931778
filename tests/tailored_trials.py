"""How is a trial drawn whose potential outcomes are all known? Customers of several kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.terms.catalog import Offer


def free(*names: str) -> list[Offer]:
    """Return offers that cost nothing, so that profit is value."""
    return [Offer(name=name, amount=0.0, paid="on_acceptance") for name in names]


def by_segment(rng: np.random.Generator, n: int, **returns: dict[str, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a trial with measured value, 200 on average of those back, and each customer's value under each offer.

    ``returns`` gives for each offer the chance of return of each segment. Segments are equally frequent, and offers
    are drawn at random in groups of one size. ``calls`` says nothing.
    """
    segments = list(next(iter(returns.values())))
    segment, arm = rng.integers(len(segments), size=n), rng.permutation(np.arange(n) % len(returns))
    chance = np.array([[each[name] for each in returns.values()] for name in segments])[segment]
    back = rng.random(n)[:, None] < chance
    money = np.where(back, rng.gamma(4, 50, n)[:, None], 0.0)
    rows = np.arange(n)
    table = pd.DataFrame(
        {
            "customer_id": rows + 1,
            "segment": np.array(segments)[segment],
            "calls": rng.poisson(2, n),
            "offer": np.array(list(returns))[arm],
            "returned": back[rows, arm],
            "value": np.where(back, money, np.nan)[rows, arm],
        }
    )
    return table, pd.DataFrame(money, index=pd.Index(rows + 1, name="customer_id"), columns=list(returns))


def by_chance(rng: np.random.Generator, n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw customers who are sent a, b or none the likelier the more they spent, which is also what they bring.

    Returns
    -------
    table, truth : pandas.DataFrame
        The trial with each customer's own ``offer_probability``, and each customer's value under each offer.
    """
    spent, rows = rng.normal(size=n), np.arange(n)
    chance = np.exp(np.column_stack([0.8 * spent, -0.5 * spent, 0.3 + 0 * spent]))
    chance /= chance.sum(axis=1, keepdims=True)
    arm = (rng.random(n)[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    mean = np.exp(3 + 0.5 * spent)[:, None] * [1.3, 1.1, 1.0]
    money = mean * rng.gamma(4, 0.25, n)[:, None]
    names = ["a", "b", "none"]
    table = pd.DataFrame(
        {
            "customer_id": rows + 1,
            "spent": spent,
            "offer": np.array(names)[arm],
            "offer_probability": chance[rows, arm],
            "returned": True,
            "value": money[rows, arm],
        }
    )
    table.loc[::20, "returned"], table.loc[::20, "value"] = False, np.nan
    money[::20] = 0.0
    return table, pd.DataFrame(money, columns=names)
