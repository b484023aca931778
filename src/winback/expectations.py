"""What is expected of each customer and of a group, and how sure is it? The delta method, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from winback.uncertainty import normal_quantile

STEP = 1e-4  # in the logarithm of a parameter: differences are then exact to about 1e-8


@dataclass(frozen=True)
class Expectations:
    """Expected values of customers, kept for cells of equal ones.

    The expectation of customer i is ``values[rows[i]]``, its slopes in the logarithms of the parameters
    ``slopes[:, rows[i]]``; nothing is as large as customers x parameters. Slopes are computed when first asked for.

    Attributes
    ----------
    value : callable
        Logarithms of the parameters -> values of the cells (m,).
    theta : numpy.ndarray, shape (k,)
        Logarithms of the parameters.
    rows : numpy.ndarray of int, shape (n,)
        Cell of each customer.
    covariance : numpy.ndarray, shape (k, k)
        Of the logarithms of the parameters.
    slope : callable, optional
        theta -> slopes of the cells (k, m), where they are cheaper than by differences in each parameter.
    """

    value: Callable[[np.ndarray], np.ndarray] = field(repr=False)
    theta: np.ndarray
    rows: np.ndarray = field(repr=False)
    covariance: np.ndarray = field(repr=False)
    slope: Callable[[np.ndarray], np.ndarray] | None = field(default=None, repr=False)

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
        return np.sqrt(
            np.maximum(np.einsum("im,ij,jm->m", self.slopes, self.covariance, self.slopes, optimize=True), 0)
        )

    def intervals(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of each customer's expectation, shape (n,)."""
        low, high = log_interval(self.values, self._cell_errors(), level)
        return low[self.rows], high[self.rows]

    def total(self, weights: np.ndarray | None = None, level: float = 0.95) -> tuple[float, float, float, float]:
        """Return a group's total, its standard error, low and high.

        Parameters
        ----------
        weights : numpy.ndarray, shape (n,), optional
            What each customer's expectation is multiplied by: 0 for those who are not in the group, or money.
        level : float
            Confidence level.
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
