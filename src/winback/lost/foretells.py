r"""Does an answer tell who leaves? Odds and ranks of those who left beside those who stayed at the same time.

With :math:`a_s, b_s` of those who gave a top answer in stretch s of time staying and leaving, :math:`c_s, d_s` of all
others, and :math:`n_s` all of them, the odds of staying differ by (Mantel & Haenszel 1959)

.. math:: \hat\psi = \sum_s \frac{a_s d_s}{n_s} \Big/ \sum_s \frac{b_s c_s}{n_s},                               \tag{1}

with the variance of its logarithm of Robins, Breslow & Greenland (1986). The area under the curve is the chance that of
one who left and one who stayed at the same time the one who left had answered lower, ties counted half; stretches are
weighted by those who left, and its variance is that of DeLong, DeLong & Clarke-Pearson (1988).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit
from statsmodels.stats.contingency_tables import StratifiedTable

from winback.uncertainty import normal_interval

Figure = tuple[float, float, float]  # with low and high
NOT_KNOWN = (np.nan, np.nan, np.nan)


def odds_ratio(top: np.ndarray, stays: np.ndarray, time: np.ndarray, level: float = 0.95) -> Figure:
    """Return by how much the odds of staying differ between those with a top answer and others, by (1).

    Not known where one of the four kinds is missing.

    Examples
    --------
    >>> top, stays = np.repeat([True, True, False, False], [30, 10, 20, 20]), np.repeat([1, 0, 1, 0], [30, 10, 20, 20])
    >>> [round(figure, 2) for figure in odds_ratio(top, stays == 1, np.zeros(80))]
    [3.0, 1.16, 7.73]
    """
    strata = np.unique(time, return_inverse=True)[1]
    cell = strata * 4 + np.where(top, 0, 2) + np.where(stays, 0, 1)
    tables = np.bincount(cell, minlength=4 * (strata.max(initial=0) + 1)).reshape(-1, 2, 2).astype(float)
    total = tables.sum(axis=(1, 2))
    both, neither = (tables[:, 0, at] * tables[:, 1, 1 - at] / total for at in (0, 1))
    if not (both.sum() and neither.sum()):
        return NOT_KNOWN
    found = StratifiedTable(list(tables))
    low, high = found.oddsratio_pooled_confint(alpha=1 - level)
    return float(found.oddsratio_pooled), float(low), float(high)


def area(score: np.ndarray, left: np.ndarray, time: np.ndarray, level: float = 0.95) -> Figure:
    """Return the chance that one who left had answered lower than one who stayed at the same time.

    Examples
    --------
    >>> score, left = np.array([1.0, 2, 3, 2, 4, 5, 5, 1]), np.repeat([True, False], [3, 5])
    >>> [round(figure, 3) for figure in area(score, left, np.zeros(8))]
    [0.733, 0.285, 0.95]
    """
    areas, variances, weights = [], [], []
    for stretch in np.unique(time[left]):
        here = time == stretch
        gone, stayed = np.sort(score[here & left]), np.sort(score[here & ~left])
        if not len(stayed):
            continue
        above, below = 1 - _placed(gone, stayed), _placed(stayed, gone)
        areas.append(above.mean())
        variances.append(_variance(above) + _variance(below))
        weights.append(len(gone))
    if not areas:
        return NOT_KNOWN
    weight = np.array(weights) / sum(weights)
    found, error = float(weight @ areas), float(np.sqrt(weight**2 @ np.array(variances)))
    if not 0 < found < 1:
        return found, np.nan, np.nan
    ends = normal_interval(logit(found), error / (found * (1 - found)), level)
    return found, *(float(expit(end)) for end in ends)


def _placed(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which share of others lies below each, ties counted half; both sorted."""
    below, up_to = (np.searchsorted(others, ones, side=side) for side in ("left", "right"))
    return (below + up_to) / 2 / len(others)


def _variance(placed: np.ndarray) -> float:
    """Return the variance of a mean of shares; of a single one no more is known than that it lies between 0 and 1."""
    return placed.var(ddof=1) / len(placed) if len(placed) > 1 else 0.25
