"""How is a small trial written in one line? Tables of lapsed customers for the tests of offers."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from winback.skewness import studentised_quantile

Z = 1.959963985  # of 95% intervals


def measured(**arms) -> pd.DataFrame:
    """Make a trial with measured value: per customer the value of one who returned, None for one who did not."""
    rows = [(offer, value) for offer, values in arms.items() for value in values]
    table = pd.DataFrame(rows, columns=["offer", "value"]).astype({"value": float})
    table.insert(0, "customer_id", np.arange(1, len(table) + 1))
    return table.assign(returned=table["value"].notna())


def second_lives(**arms) -> pd.DataFrame:
    """Make a trial of second lives: per customer (months, ended, margin), None for one who did not return."""
    rows = [(offer, *(life or (np.nan, None, np.nan))) for offer, lives in arms.items() for life in lives]
    table = pd.DataFrame(rows, columns=["offer", "second_tenure", "second_ended", "second_margin"])
    table = table.astype({"second_tenure": float, "second_ended": "boolean", "second_margin": float})
    table.insert(0, "customer_id", np.arange(1, len(table) + 1))
    return table.assign(returned=table["second_tenure"].notna())


def random_values(rng: np.random.Generator, n: int, **returns: float) -> pd.DataFrame:
    """Draw a trial with measured value: n customers per offer, of whom the given share returns."""
    arms = {}
    for offer, share in returns.items():
        values = rng.gamma(4, 50, n).round(2)
        arms[offer] = [value if back else None for value, back in zip(values, rng.random(n) < share, strict=True)]
    return measured(**arms)


def random_lives(rng: np.random.Generator, n: int, longest: float = 36, **returns: float) -> pd.DataFrame:
    """Draw a trial of second lives, cut off after 6 to ``longest`` months; n per offer, the given share returns."""
    arms = {}
    for offer, share in returns.items():
        tenure, followed = rng.lognormal(2.5, 0.75, n).round(2) + 0.01, rng.uniform(6, longest, n).round(2)
        lives = zip(np.minimum(tenure, followed), tenure <= followed, rng.gamma(4, 10, n).round(2), strict=True)
        arms[offer] = [life if back else None for life, back in zip(lives, rng.random(n) < share, strict=True)]
    return second_lives(**arms)


def critical_values(frame: pd.DataFrame, kind: str) -> np.ndarray:
    """Return the reach of simultaneous intervals as if profits were not skewed, in standard errors, row by row."""
    name = f"{kind}_profit"
    ends = (frame[f"{name}_simultaneous_high"] - frame[name]) / frame[f"{name}_std_error"]
    rows = zip(ends, frame[f"{name}_skewness"], strict=True)
    return np.array([brentq(lambda z, e=e, g=g: studentised_quantile(-z, g) + e, 0.5, 10) for e, g in rows])


def leaning(estimate: float, std_error: float, skewness: float, z: float = Z) -> list[float]:
    """Return low and high of an interval that allows for skewness, from the quantiles of a studentised estimate."""
    return [estimate - std_error * end for end in studentised_quantile([z, -z], skewness)]


def unbent(estimate: float, low: float, high: float) -> tuple[float, float]:
    """Return the standard error and the skewness that an interval was made of."""

    def too_long_below(skewness):
        ends = leaning(0.0, 1.0, skewness)
        return -ends[0] * (high - estimate) - ends[1] * (estimate - low)

    skewness = brentq(too_long_below, -2, 2, xtol=1e-14)
    return (low - estimate) / leaning(0.0, 1.0, skewness)[0], skewness


def length_by_loop(table: pd.DataFrame, money, counts, rows=None) -> float:
    """Return the skew length of a mean of scores, customer by customer: a second implementation.

    Parameters
    ----------
    table : pandas.DataFrame
        A trial's customers, all compared, with ``offer``, ``returned`` and, if chances are known,
        ``offer_probability``.
    money : array_like, shape (n,)
        What is scored.
    counts : iterable of float
        What a customer's own arm counts in the mean, in the order of ``rows``.
    rows : iterable of int, optional
        Positions of the customers whom the mean is over, by default all.
    """
    money, offers = pd.Series(np.asarray(money, dtype=float)), table["offer"].to_numpy()
    by_offer = money.groupby(offers)
    scale = ((money - by_offer.transform("mean")) ** 3).mean() / by_offer.transform("var").mean()
    back = table["returned"].astype(float).groupby(offers).transform("mean").to_numpy()
    planned = by_offer.transform("size").to_numpy() / len(table)
    chance = table["offer_probability"].to_numpy() if "offer_probability" in table else planned
    n, square, cube = 0, 0.0, 0.0
    for row, count in zip(range(len(table)) if rows is None else rows, counts, strict=True):
        weight = count / chance[row]
        n, square, cube = n + 1, square + weight**2 * back[row], cube + weight**3 * back[row]
    return scale * cube / square / n if square else 0.0


def own_counts(table: pd.DataFrame, chosen, instead) -> list[int]:
    """Return what each customer's own arm counts where a choice is compared with another, by names of offers."""
    return [(own == one) - (own == other) for own, one, other in zip(table["offer"], chosen, instead, strict=True)]
