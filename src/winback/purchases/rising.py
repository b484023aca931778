r"""What is :math:`\Gamma(a + x) / \Gamma(a)` for every whole number x? Products, without special functions.

They stay exact where the difference of two logarithms of the gamma function would not: for tiny and for huge a.
"""

from __future__ import annotations

import numpy as np


def log_rising(start: float, most: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Return :math:`\log \{a (a + 1) \cdots (a + x - 1)\}` for x = 0..most, and its slopes in :math:`\log a`.

    Examples
    --------
    >>> values, slopes = log_rising(2.0, 3)
    >>> np.exp(values).round(9).tolist(), slopes.round(4).tolist()
    ([1.0, 2.0, 6.0, 24.0], [0.0, 1.0, 1.6667, 2.1667])
    """
    steps = start + np.arange(most)
    values, slopes = np.zeros(most + 1), np.zeros(most + 1)
    np.log(steps).cumsum(out=values[1:])
    (start / steps).cumsum(out=slopes[1:])
    return values, slopes
