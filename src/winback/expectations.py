"""What is expected of each customer and of a group, in number and in money, and how sure is it? The delta method.

Payments or purchases are expected of one fit and the spend per purchase perhaps of another. The two estimates are
independent, so the squared errors of a total that each of them causes are added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np
import pandas as pd

from winback.uncertainty import normal_quantile

STEP = 1e-4  # in the logarithm of a parameter: differences are then exact to about 1e-8


@dataclass(frozen=True)
class Expectations:
    """Expected values of n customers, kept for m cells of equal ones, from the logarithms of k parameters.

    The expectation of customer i is ``values[rows[i]]``, its slopes in the logarithms of the parameters
    ``slopes[:, rows[i]]``; nothing is as large as customers x parameters. Slopes are computed when first asked for.
    """

    value: Callable[[np.ndarray], np.ndarray] = field(repr=False)  # theta -> values of the cells (m,)
    theta: np.ndarray  # (k,) logarithms of the parameters
    rows: np.ndarray = field(repr=False)  # (n,) cell of each customer
    covariance: np.ndarray = field(repr=False)  # (k, k) of theta
    slope: Callable[[np.ndarray], np.ndarray] | None = field(default=None, repr=False)  # -> (k, m), where it is cheap

    @cached_property
    def values(self) -> np.ndarray:
        """Expectation of each cell, shape (m,)."""
        return self.value(self.theta)

    @cached_property
    def slopes(self) -> np.ndarray:
        """Slopes of the expectations in the logarithms of the parameters, shape (k, m)."""
        return slopes_of(self.value, self.theta) if self.slope is None else self.slope(self.theta)

    def each(self) -> np.ndarray:
        """Return each customer's expectation, shape (n,)."""
        return self.values[self.rows]

    def std_errors(self) -> np.ndarray:
        """Return the standard error of each customer's expectation, shape (n,)."""
        return self._cell_errors()[self.rows]

    def _cell_errors(self):
        variance = np.einsum("im,ij,jm->m", self.slopes, self.covariance, self.slopes, optimize=True)
        return np.sqrt(np.maximum(variance, 0))

    def intervals(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of each customer's expectation, shape (n,)."""
        low, high = log_interval(self.values, self._cell_errors(), level)
        return low[self.rows], high[self.rows]

    def to_frame(self, level: float = 0.95, index=None) -> pd.DataFrame:
        """Return each customer's expectation: ``expected``, ``low``, ``high``."""
        low, high = self.intervals(level)
        return pd.DataFrame({"expected": self.each(), "low": low, "high": high}, index=index)

    def total(self, weights: np.ndarray | None = None, level: float = 0.95) -> tuple[float, float, float, float]:
        """Return a group's total, its standard error, low and high.

        Each customer's expectation is multiplied by ``weights`` (n,): 0 for those who are not in the group, or money.
        """
        by_cell = np.bincount(self.rows, weights=weights, minlength=len(self.values))
        total, error = float(by_cell @ self.values), self._error(by_cell)
        low, high = log_interval(np.array([total]), np.array([error]), level)
        return total, error, float(low[0]), float(high[0])

    def total_error(self, weights: np.ndarray) -> float:
        """Return the standard error of a group's total, see `total`."""
        return self._error(np.bincount(self.rows, weights=weights, minlength=len(self.values)))

    def _error(self, by_cell):
        slope = self.slopes @ by_cell
        return float(np.sqrt(max(slope @ self.covariance @ slope, 0.0)))


@dataclass(frozen=True)
class ExpectedMoney:
    """Each customer's ``money`` times what is expected of him; nothing is larger than customers x parameters."""

    money: np.ndarray = field(repr=False)  # (n,) known per payment or purchase, or the share of it that is margin
    factors: tuple[Expectations, ...]  # independent: payments or purchases, and where it was estimated the spend

    def each(self) -> np.ndarray:
        """Return each customer's expected money, shape (n,)."""
        return self._without(None) * self.money

    def of_one(self) -> np.ndarray:
        """Return the money of one payment or purchase of each customer, shape (n,)."""
        return self._without(self.factors[0]) * self.money

    def _without(self, left_out: Expectations | None) -> np.ndarray:
        """Return the product of the factors but one, shape (n,)."""
        kept = (factor.each() for factor in self.factors if factor is not left_out)
        return prod(kept, start=np.ones(len(self.money)))

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
        """Return a group's total, its low and its high; ``weights`` (n,) are customers that each row stands for.

        The interval is even on the log scale, or, where some customers bring money and others cost it, on the plain.
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


def log_interval(values: np.ndarray, std_errors: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high on the logarithmic scale, so that both are positive; zero and infinity stay themselves.

    Where the standard error is missing, so are the limits.

    Examples
    --------
    >>> low, high = log_interval(np.array([4.0, 0.0]), np.array([2.0, 1.0]), 0.95)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([1.501, 0.0], [10.658, 0.0])
    """
    values = np.asarray(values, dtype=float)
    known = np.isfinite(values) & (values > 0)
    reach = normal_quantile(level) * np.where(known, std_errors, 0.0) / np.where(known, values, 1.0)
    factor = np.exp(np.minimum(reach, 700.0))
    factor = np.where(np.isfinite(values) & np.isnan(std_errors), np.nan, factor)
    return values / factor, values * factor


def slopes_of(value: Callable[[np.ndarray], np.ndarray], theta: np.ndarray) -> np.ndarray:
    """Return the slopes of values in each of theta, shape (k, m), by central differences.

    Examples
    --------
    >>> slopes_of(lambda theta: theta[0] * np.ones(2), np.array([3.0])).round(6).tolist()
    [[1.0, 1.0]]
    """
    steps = STEP * np.eye(len(theta))
    with np.errstate(invalid="ignore"):  # infinite values have no slope
        return np.stack([(value(theta + step) - value(theta - step)) / (2 * STEP) for step in steps])
