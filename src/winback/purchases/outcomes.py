"""How far may purchases and money lie from what was predicted by chance alone? Sums of what will be observed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.special import gammaincinv

from winback.expectations import ExpectedMoney
from winback.held_out import Ranking
from winback.uncertainty import normal_quantile

GRID = np.linspace(0, 1, 101)  # shares of customers at which concentration is told


class Judged:
    """Predictions of customers beside their outcomes: purchases or money."""

    def __init__(self, measure, expected: ExpectedMoney, observed, level, *units, of: Judged | None = None):
        self.measure, self.expected, self.observed, self.level = measure, expected, observed, level
        self.purchases = of  # that bring the money
        self.predicted = expected.each()
        self.variance = outcome_variance(self.predicted, observed, *units)
        self.ranking = Ranking.of(self.predicted)

    def sums(self, weights) -> dict[str, float]:
        """Return predicted and observed sums over customers with weights."""
        predicted = float(weights @ self.predicted)
        variance = float(np.square(weights) @ self.variance) + self.expected.total_error(weights) ** 2
        low, high = outcome_interval(predicted, variance, self.level, counted=self.measure == "purchases")
        observed = float(weights @ self.observed)
        found = {"predicted": predicted, "predicted_low": low, "predicted_high": high, "observed": observed}
        return found if self.purchases is None else found | money_ends(self.purchases.sums(weights), found)

    def by_tenth(self, tenths) -> pd.DataFrame:
        """Return predicted and observed sums over tenths, and whether they agree within chance (``inside``)."""
        frame = pd.DataFrame([self.sums(weights) for weights in tenths])
        return frame.assign(inside=frame["observed"].between(frame["predicted_low"], frame["predicted_high"]))

    def total(self) -> dict[str, float | str]:
        """Return the sum over everybody, how far it is off, and how well customers are ranked."""
        found, names = self.sums(np.ones(len(self.observed))), ("predicted", "predicted_low", "predicted_high")
        observed = found["observed"] or np.nan
        errors = {name.replace("predicted", "error"): found[name] / observed - 1 for name in names}
        perfect = Ranking.of(self.observed).gini(self.observed)
        return {
            "measure": self.measure,
            **found,
            **errors,
            "gini": self.ranking.gini(self.observed) / perfect if perfect > 0 else np.nan,
            "gini_outcomes": perfect,
        }

    def lorenz(self) -> pd.DataFrame:
        """Return which share of the outcomes is reached by which share of customers."""
        curves = {"by_model": self.ranking, "perfect": Ranking.of(self.observed)}
        shares = {name: np.interp(GRID, *ranking.concentration(self.observed)) for name, ranking in curves.items()}
        return pd.DataFrame({"measure": self.measure, "customers": GRID, **shares})


def outcome_variance(predicted: np.ndarray, observed: np.ndarray, *units: np.ndarray) -> np.ndarray:
    r"""Return the variance of each customer's outcome about its prediction, shape (n,).

    .. math:: v_i = \sum_k a_k u_{ik} m_i + b \, m_i^2, \qquad a, b \ge 0

    with :math:`m_i` the prediction: the chance of single purchases, and customers who differ. It is fitted to the
    squared residuals and keeps their sum. Taken from all customers, it does not shrink in a tenth that happened to buy
    little, as the tenth's own residuals would. The sum is no less than if every purchase came by chance alone
    (Poisson): where hardly any came, residuals say too little. A unit :math:`u_k` (n,) is what a single purchase
    brings, 1 where purchases are counted; there are more of them where customers vary for other reasons in its
    proportion, each without effect unless the residuals show it.

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

    Such sums cannot be negative and have the longer tail above; large ones are normal. Where whole things are counted
    the ends are rounded outwards.

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
