r"""Was the order of a list worth what was forecast? How far the differences along it came true.

With :math:`z_i` the place of customer i from the end of the list, :math:`f_i` what was foreseen of them and :math:`y_i`
what they brought, each less its mean over the n customers contacted,

.. math:: \hat b = \frac{\sum_i z_i y_i}{\sum_i z_i f_i}, \qquad
          \psi_i = \frac{z_i (y_i - \hat b f_i)}{\sum_j z_j f_j / n}                                            \tag{1}

b = 1 where customers differed as forecast, 0 where the order was worth nothing: the slope of what came on what was
forecast (Mincer & Zarnowitz 1969), with the place as the instrument. Of a place nobody has much more than others, so no
single customer carries the slope, as those of an extreme forecast would. Its error is that of the mean of :math:`\psi`
(`winback.clusters`), robust to unequal variances and to clusters.

The forecast is taken as it was made. If chance had made customers of the trial look more different than they are, b is
below 1, as it is if they changed since: either way the next forecast is to tell them less apart.

Reference: Mincer, J. & Zarnowitz, V. (1969). The evaluation of economic forecasts. In: Economic Forecasts and
Expectations, NBER.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from winback.clusters import error_of_mean
from winback.uncertainty import normal_interval

FEWEST = 150  # customers, or clusters: of 100 the interval of skewed money was found to hold in 92 to 93%, not in 95%
NO_DIFFERENCE = 1e-9  # correlation of places and forecasts that is not told from rounding


@dataclass(frozen=True)
class ByRank:
    """How many times as large as forecast the differences along a list were, with the interval."""

    slope: float
    low: float
    high: float


def came_by_rank(
    expected: ArrayLike, foreseen: ArrayLike, came: ArrayLike, clusters: np.ndarray | None = None, level: float = 0.95
) -> ByRank | None:
    """Return how far differences along a list came true, by (1); None where it foresees none, or of too few.

    The list is in the order of what customers were ``expected`` to earn, (n,); those alike share a place.

    Examples
    --------
    >>> forecast = np.linspace(0.0, 100.0, 200)
    >>> found = came_by_rank(forecast, forecast, 10 + 0.5 * forecast)
    >>> round(found.slope, 9), round(found.high - found.low, 9)
    (0.5, 0.0)
    """
    place, before, after = (each - each.mean() for each in (rankdata(expected), np.array(foreseen), np.array(came)))
    together = float(np.mean(place * before))
    if (len(place) if clusters is None else len(np.unique(clusters))) < FEWEST:
        return None
    if together <= NO_DIFFERENCE * place.std() * before.std():
        return None
    slope = float(np.mean(place * after)) / together
    error = error_of_mean(place * (after - slope * before) / together, clusters)
    return ByRank(slope, *map(float, normal_interval(slope, error, level)))
