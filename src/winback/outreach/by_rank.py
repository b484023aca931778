r"""Was the order of a list worth what was forecast? How far the differences along it came true.

An order and the differences foreseen along it that are learned from the same customers share their luck: who seems to
bring most is both listed first and foreseen to bring too much. So the trial is taken in K folds. With :math:`z_{ik}`
the place of customer i from the end of the list, less the mean of those under the same offer, as the list is learned
without fold k, :math:`f_{ik} = x_i' \hat\beta_k` what fold k by itself foresees (`winback.outreach.foreseen`),
:math:`z_i` the mean of :math:`z_{ik}` over the folds, and :math:`y_i` what the n customers contacted brought,

.. math:: \hat b = \frac{\hat A}{\hat B} = \frac{\sum_i z_i y_i / n}{\sum_k \sum_i z_{ik} f_{ik} / (n K)}       \tag{1}

b = 1 where customers differed as the trial's did, 0 where the order was worth nothing: the slope of what came on what
was forecast (Mincer & Zarnowitz 1969), with the place as the instrument, which is learned from others (Chernozhukov,
Demirer, Duflo & Fernandez-Val 2018). Of a place nobody has much more than others, so no single customer carries the
slope, as those of an extreme forecast would. Whom an offer suits was learned from the whole trial: so offers are not
held against each other. The interval is Fieller's, with

.. math:: \widehat{\mathrm{Var}}(\hat A) = \widehat{\mathrm{Var}}\big(\overline{z (y - \hat c f)}\big), \qquad
          \widehat{\mathrm{Var}}(\hat B) = \sum_k \bar h_k' \hat V_k \bar h_k / K^2, \quad
          \bar h_k = \overline{z_k x}                                                                           \tag{2}

with f the mean over the folds and :math:`\hat c = \hat A / \overline{z f}`; the one robust to unequal variances and to
clusters (`winback.clusters`), the other that of the folds' regressions.

Reference: Mincer, J. & Zarnowitz, V. (1969). The evaluation of economic forecasts. In: Economic Forecasts and
Expectations, NBER. Chernozhukov, V., Demirer, M., Duflo, E. & Fernandez-Val, I. (2018). Generic machine learning
inference on heterogeneous treatment effects in randomized experiments. NBER working paper 24678.
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
    expected: ArrayLike,
    before: list[Foreseen],
    came: ArrayLike,
    clusters: np.ndarray | None = None,
    level: float = 0.95,
) -> ByRank | None:
    """Return how far differences in profit along a list came true, by (1).

    ``expected``, (k, m), is what the m customers were expected to earn, learned without each of k folds of the trial,
    and ``before`` what that fold foresees by itself; those alike share a place. None where customers are too few, or
    where no difference along the list is foreseen that is more than chance.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.outreach.foreseen import foreseen
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> arm = trial.arm == 0
    >>> own = trial.customers[arm].reset_index(drop=True)
    >>> before = foreseen(trial, own, own["offer"].astype(str), np.zeros(len(own)))
    >>> round(came_by_rank([before.profit], [before], before.profit).slope, 9)
    1.0
    """
    n_drawn = np.size(came) if clusters is None else len(np.unique(clusters))
    if not before or n_drawn < FEWEST:
        return None
    arm, after = before[0].arm, np.asarray(came, dtype=float)
    places = [_less_mean(place, arm) for place in rankdata(expected, axis=1)]
    found = [fold.weighed(place / len(after)) for fold, place in zip(before, places, strict=True)]
    foretold, variance = (np.mean([each[part][PROFIT] for each in found]) for part in (0, 1))
    place, profit = np.mean(places, axis=0), _less_mean(np.mean([fold.profit for fold in before], axis=0), arm)
    measured, along = float(np.mean(place * after)), float(np.mean(place * profit))
    if min(foretold, along) <= 0:
        return None
    error = error_of_mean(place * (_less_mean(after, arm) - measured / along * profit), clusters)
    found = fieller_interval(measured, foretold, error**2, variance / len(before), covariance=0.0, level=level)
    return ByRank(*map(float, (found.ratio, found.low, found.high))) if found.bounded else None


def _less_mean(values: np.ndarray, arm: np.ndarray) -> np.ndarray:
    return values - (np.bincount(arm, values) / np.maximum(np.bincount(arm), 1))[arm]
