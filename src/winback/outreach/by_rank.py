r"""Was the order of a list worth what was forecast? How far the differences along it came true.

With :math:`z_i` the place of customer i from the end of the list less the mean, over the n customers contacted,
:math:`y_i` what they brought and :math:`f_i = x_i' \hat\beta` what was foreseen of them (`winback.outreach.foreseen`),

.. math:: \hat b = \frac{\hat A}{\hat B} = \frac{\sum_i z_i y_i / n}{\sum_i z_i f_i / n}                       \tag{1}

b = 1 where customers differed as forecast, 0 where the order was worth nothing: the slope of what came on what was
forecast (Mincer & Zarnowitz 1969), with the place as the instrument. Of a place nobody has much more than others, so no
single customer carries the slope, as those of an extreme forecast would. The interval is Fieller's, with

.. math:: \widehat{\mathrm{Var}}(\hat A) = \widehat{\mathrm{Var}}\big(\overline{z (y - \hat b f)}\big), \qquad
          \widehat{\mathrm{Var}}(\hat B) = \bar h' \hat V \bar h, \quad \bar h = \overline{z x}                  \tag{2}

the one robust to unequal variances and to clusters (`winback.clusters`), the other that of the trial's regressions. It
holds b with the forecast that so large a trial gives on average: what chance did in the trial counts as chance.

Reference: Mincer, J. & Zarnowitz, V. (1969). The evaluation of economic forecasts. In: Economic Forecasts and
Expectations, NBER.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from winback.clusters import error_of_mean
from winback.outreach.foreseen import FIGURES, Foreseen
from winback.uncertainty import fieller_interval

FEWEST = 150  # customers, or clusters: of 100 the interval of skewed money was found to hold in 92 to 93%, not in 95%
PROFIT = FIGURES.index("profit")


@dataclass(frozen=True)
class ByRank:
    """How many times as large as forecast the differences along a list were, with the interval."""

    slope: float
    low: float
    high: float


def came_by_rank(
    expected: ArrayLike, before: Foreseen, came: ArrayLike, clusters: np.ndarray | None = None, level: float = 0.95
) -> ByRank | None:
    """Return how far differences in profit along a list came true, by (1).

    The list is in the order of what customers were ``expected`` to earn, (n,); those alike share a place. None where
    they are too few, or where the trial foresees no difference along the list that is more than chance.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.outreach.foreseen import foreseen
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> arm = trial.arm == 0
    >>> own = trial.customers[arm].reset_index(drop=True)
    >>> before = foreseen(trial, own, own["offer"].astype(str), np.zeros(len(own)))
    >>> round(came_by_rank(before.profit, before, before.profit).slope, 9)
    1.0
    """
    place, profit = rankdata(expected) - (len(before.arm) + 1) / 2, before.profit
    after = np.asarray(came, dtype=float)
    if (len(place) if clusters is None else len(np.unique(clusters))) < FEWEST:
        return None
    foretold, variance = (each[PROFIT] for each in before.weighed(place / len(place)))
    measured = float(np.mean(place * after))
    if foretold <= 0:
        return None
    rest = place * (after - after.mean() - measured / foretold * (profit - profit.mean()))
    found = fieller_interval(
        measured, foretold, error_of_mean(rest, clusters) ** 2, variance, covariance=0.0, level=level
    )
    return ByRank(*map(float, (found.ratio, found.low, found.high))) if found.bounded else None
