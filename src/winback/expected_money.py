"""What money is expected of each customer and of a group? Known money times what is expected, with intervals.

Payments or purchases are expected of one fit and the spend per purchase perhaps of another. The two estimates are
independent, so the squared errors of a total that each of them causes are added.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from winback.expectations import Expectations, log_interval
from winback.uncertainty import normal_quantile


@dataclass(frozen=True)
class ExpectedMoney:
    """Each customer's ``money`` times what is expected of him; nothing is larger than customers x parameters.

    Attributes
    ----------
    money : numpy.ndarray, shape (n,)
        Known money per payment or purchase, or the share of it that is margin.
    factors : tuple of Expectations
        Independent estimates, each of n customers: payments or purchases, and where it was estimated the spend.
    """

    money: np.ndarray = field(repr=False)
    factors: tuple[Expectations, ...]

    def each(self) -> np.ndarray:
        """Return each customer's expected money, shape (n,)."""
        return self._without(None) * self.money

    def of_one(self) -> np.ndarray:
        """Return the money of one payment or purchase of each customer, shape (n,)."""
        return self._without(self.factors[0]) * self.money

    def _without(self, left_out: Expectations | None) -> np.ndarray:
        """Return the product of the factors but one, shape (n,)."""
        found = np.ones(len(self.money))
        for factor in self.factors:
            if factor is not left_out:
                found = found * factor.each()
        return found

    def intervals(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of each customer's expected money, shape (n,)."""
        relative = np.zeros(len(self.money))
        for factor in self.factors:
            values = factor.each()
            relative += np.square(factor.std_errors() / np.where(values > 0, values, 1.0))
        value = self.each()
        low, high = log_interval(np.abs(value), np.abs(value) * np.sqrt(relative), level)
        return np.where(value < 0, -high, low), np.where(value < 0, -low, high)

    def total(self, weights: np.ndarray, level: float) -> tuple[float, float, float]:
        """Return a group's total, its low and its high.

        The interval is even on the log scale, or, where some customers bring money and others cost it, on the plain.

        Parameters
        ----------
        weights : numpy.ndarray, shape (n,)
            Customers that each row stands for; 0 for those who are not in the group.
        level : float
            Confidence level.
        """
        total = float(self.each()[weights > 0] @ weights[weights > 0])
        if not np.isfinite(total):
            return total, total, total
        money = self.money * weights
        if (money > 0).any() and (money < 0).any():
            reach = normal_quantile(level) * self._error(money)
            return total, float(total - reach), float(total + reach)
        low, high = (float(end) for end in log_interval(np.abs(total), self._error(money), level))
        return (total, low, high) if total >= 0 else (total, -high, -low)

    def total_error(self, weights: np.ndarray) -> float:
        """Return the standard error of a group's total, see `total`."""
        return float(self._error(self.money * weights))

    def _error(self, money) -> float:
        return np.sqrt(sum(factor.total_error(money * self._without(factor)) ** 2 for factor in self.factors))
