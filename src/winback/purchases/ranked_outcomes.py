"""How do predictions rank and sum up outcomes? Tenths, concentration, and intervals for what will be observed.

Customers with equal predictions are not ranked among each other: wherever one is cut off from the others, all of them
count with their mean outcome. So nothing here depends on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import nnls
from scipy.special import gammaincinv

from winback.uncertainty import normal_quantile

TENTHS = 10


@dataclass(frozen=True)
class Ranking:
    """Customers by a prediction, most first.

    Attributes
    ----------
    place : numpy.ndarray of int, shape (n,)
        Class of equal predictions of each customer, the highest first.
    counts : numpy.ndarray, shape (m,)
        Customers in each class.
    """

    place: np.ndarray = field(repr=False)
    counts: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, predicted: np.ndarray) -> Ranking:
        """Rank customers by a prediction."""
        _, place, counts = np.unique(-predicted, return_inverse=True, return_counts=True)
        return cls(place, counts)

    def tenths(self) -> list[np.ndarray]:
        """Return for each tenth how much of each customer is in it, shape (n,); 0 to 1 within a class that is cut.

        Examples
        --------
        >>> [part.round(2).tolist() for part in Ranking.of(np.array([1.0, 5.0, 5.0])).tenths()]
        [[0.0, 0.5, 0.5], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]
        """
        n = len(self.place)
        edges = np.unique(np.ceil(np.arange(TENTHS + 1) * n / TENTHS))
        ends = np.cumsum(self.counts)
        starts = ends - self.counts
        parts = []
        for low, high in pairwise(edges):
            inside = np.maximum(np.minimum(ends, high) - np.maximum(starts, low), 0)
            parts.append((inside / self.counts)[self.place])
        return parts

    def concentration(self, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return shares of customers, highest first, and the shares of all outcomes they have, each (m + 1,)."""
        reached = np.cumsum(np.bincount(self.place, weights=outcome))
        total = reached[-1] if reached[-1] > 0 else np.nan
        customers = np.cumsum(self.counts) / self.counts.sum()
        return np.append(0.0, customers), np.append(0.0, reached / total)

    def gini(self, outcome: np.ndarray) -> float:
        """Return twice the area between the concentration of outcomes and an equal share for everybody.

        Examples
        --------
        >>> bought = np.array([4.0, 0.0, 0.0, 0.0])
        >>> Ranking.of(bought).gini(bought), Ranking.of(np.ones(4)).gini(bought)
        (0.75, 0.0)
        """
        customers, reached = self.concentration(outcome)
        return float(np.diff(customers) @ (reached[1:] + reached[:-1]) - 1)


def outcome_variance(predicted: np.ndarray, observed: np.ndarray, *units: np.ndarray) -> np.ndarray:
    r"""Return the variance of each customer's outcome about its prediction, shape (n,).

    .. math:: v_i = \sum_k a_k u_{ik} m_i + b \, m_i^2, \qquad a, b \ge 0

    with :math:`m_i` the prediction: the chance of single purchases, and customers who differ. It is fitted to the
    squared residuals and keeps their sum. Taken from all customers, it does not shrink in a tenth that happened to buy
    little, as the tenth's own residuals would. The sum is no less than if every purchase came by chance alone
    (Poisson): where hardly any came, residuals say too little.

    Parameters
    ----------
    predicted, observed : numpy.ndarray, shape (n,)
        Purchases or money of each customer.
    *units : numpy.ndarray, shape (n,)
        What a single purchase brings, 1 where purchases are counted; more of them where customers vary for other
        reasons in its proportion, each without effect unless the residuals show it.

    Examples
    --------
    >>> outcome_variance(np.array([1.0, 1.0]), np.array([3.0, 0.0]), np.ones(2)).tolist()
    [2.5, 2.5]
    """
    square, size = np.square(observed - predicted), np.square(predicted)
    parts = np.column_stack([*(unit * predicted for unit in units), size])
    chance = parts[:, 0]
    if not chance.sum() > 0:
        return np.zeros(len(predicted))
    weight = 1 / (chance + size + (chance + size).mean())
    found, _ = nnls(parts * weight[:, None], square * weight)
    shape = parts @ found if (parts @ found).sum() > 0 else chance
    return shape * (max(square.sum(), chance.sum()) / shape.sum())


def outcome_interval(
    predicted: float, variance: float, level: float = 0.95, counted: bool = False
) -> tuple[float, float]:
    """Return low and high of a sum of outcomes to come: the gamma distribution of this mean and variance.

    Such sums cannot be negative and have the longer tail above; large ones are normal.

    Parameters
    ----------
    predicted, variance : float
        Of the sum.
    level : float
        Share of sums inside.
    counted : bool
        The outcome is a whole number: the ends are then rounded outwards.

    Examples
    --------
    >>> outcome_interval(4.0, 4.0, counted=True)
    (1.0, 9.0)
    """
    tail = (1 - level) / 2
    normal_quantile(level)
    if not (predicted > 0 and variance > 0):
        return predicted, predicted
    shape, scale = predicted**2 / variance, variance / predicted
    low, high = (float(gammaincinv(shape, share) * scale) for share in (tail, 1 - tail))
    return (float(np.floor(low)), float(np.ceil(high))) if counted else (low, high)


def money_ends(purchases: dict[str, float], money: dict[str, float]) -> dict[str, float]:
    """Return low and high of money in keeping with those of the purchases that bring it.

    Where few purchases are expected most of the money's distribution lies at zero, and the gamma distribution of its
    mean and variance ends too early: even below its own mean. So money may be nothing where nobody need buy, is no
    less at the top than what the most purchases bring on average, and never leaves out its own prediction.

    Parameters
    ----------
    purchases, money : dict
        ``predicted``, ``predicted_low`` and ``predicted_high`` of the same customers.

    Examples
    --------
    >>> purchases = {"predicted": 0.02, "predicted_low": 0.0, "predicted_high": 1.0}
    >>> money_ends(purchases, {"predicted": 0.5, "predicted_low": 1e-9, "predicted_high": 0.0025})
    {'predicted_low': 0.0, 'predicted_high': 25.0}
    """
    low, high = (money[f"predicted_{end}"] for end in ("low", "high"))
    each = money["predicted"] / purchases["predicted"] if purchases["predicted"] > 0 else 0.0
    low = 0.0 if purchases["predicted_low"] == 0 else min(low, money["predicted"])
    return {"predicted_low": low, "predicted_high": max(high, purchases["predicted_high"] * each, money["predicted"])}
