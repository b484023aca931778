r"""How many customers does one difference need? The two-sample formula with unequal variances.

Two means of :math:`n` and :math:`rn` customers with variances :math:`s_1^2, s_0^2` differ by :math:`d`. The two-sided
test at level :math:`1 - \alpha`, split over :math:`m` comparisons (Bonferroni), finds it with power
:math:`1 - \beta` when

.. math:: n = \frac{(s_1^2 + s_0^2 / r) (z_{1 - \alpha / 2m} + z_{1 - \beta})^2}{d^2}
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

LEAST = 2  # customers: below there is no variance


def critical_sum(power: float, level: float, n_comparisons: int = 1) -> float:
    r"""Return :math:`z_{1 - \alpha / 2m} + z_{1 - \beta}`; never below 0, where any trial has that little power.

    Examples
    --------
    >>> round(critical_sum(0.8, 0.95), 3)
    2.802
    """
    return float(max(ndtri(1 - (1 - level) / 2 / n_comparisons) + ndtri(power), 0.0))


def whole(n: ArrayLike) -> np.ndarray:
    """Return customers as whole numbers, never fewer than promised; a rounding error does not add one.

    Examples
    --------
    >>> whole([20000.32, 7.0000000000001, 0.4]).tolist()
    [20001.0, 7.0, 2.0]
    """
    n = np.asarray(n, dtype=float)
    return np.maximum(np.ceil(n * (1 - 1e-12)), LEAST)


def customers_for_difference(
    difference: ArrayLike, variance: ArrayLike, power: float, level: float, n_comparisons: int = 1
) -> np.ndarray:
    """Return the customers an arm that find a difference, as a whole number.

    Parameters
    ----------
    difference : array_like
        In money per customer; its sign does not matter.
    variance : array_like
        Sum of both arms' variances of one customer, the second divided by its size in arms.

    Examples
    --------
    >>> customers_for_difference(0.42, 17.7542**2 + 11.5882**2, power=0.8, level=0.95).tolist()
    20001.0
    """
    needed = np.asarray(variance, dtype=float) * critical_sum(power, level, n_comparisons) ** 2
    return whole(needed / np.asarray(difference, dtype=float) ** 2)


def power_for_difference(
    n: ArrayLike, difference: ArrayLike, variance: ArrayLike, level: float, n_comparisons: int = 1
) -> np.ndarray:
    """Return the power that so many customers an arm have; finding the difference the wrong way round is no success.

    Examples
    --------
    >>> power_for_difference(20001, 0.42, 17.7542**2 + 11.5882**2, level=0.95).round(4).tolist()
    0.8
    """
    std_error = np.sqrt(np.asarray(variance, dtype=float) / n)
    return ndtr(np.abs(difference) / std_error - ndtri(1 - (1 - level) / 2 / n_comparisons))
