r"""What is left to say where nobody drops out in these data, or nobody bought again? One-sided limits.

**Nobody drops out.** The mean chance to drop out is raised, with the log-likelihood maximised over everything else, to
where that has fallen by :math:`z^2 / 2` from its top, z being the normal quantile of the level. At the edge of a model
the true chance lies below in at least about that share of data sets (Self & Liang 1987). The Pareto/NBD, whose
customers drop out at a rate instead, has no limit of the mean: a vanishing share of customers may leave at any rate.

**Nobody bought again.** The likelihood of every model of purchases is then highest, at 1, where the rate of repeat
purchases is zero, whatever the other parameters are: so no parameter has an estimate, and nothing tells whether
customers have left. How many purchases might still come has no upper limit either: a vanishing share of customers may
buy at any rate. What does have one is the share of customers who buy again. With n customers seen for at least a time t
it is at most

.. math:: 1 - (1 - level)^{1 / n}

within t: were it higher, that none of them bought again would be less likely than 1 - level. This is exact, one-sided
and holds whatever the model; the "rule of three" (3 / n at 95%) is its approximation.

References
----------
.. [1] Self, S. G. & Liang, K.-Y. (1987). Asymptotic properties of maximum likelihood estimators and likelihood ratio
   tests under nonstandard conditions. Journal of the American Statistical Association 82.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, ndtri

from winback.purchases.cells import PurchaseCells
from winback.purchases.maximum import Maximum, Problem
from winback.purchases.model import RATIO_AND_SIZE, Edge, PurchaseModel

CHANCE, SIZE = 2, 3  # directions of dropping out: log odds of the mean chance, and how alike customers are
LOWEST, HIGHEST = -30.0, 10.0  # of the log odds
RATE_OF_ZERO = Edge(0, -np.inf, "nobody bought again in these data", "a model without repeat purchases")


def highest_mean_dropout(model: PurchaseModel, theta: np.ndarray, cells: PurchaseCells, level: float) -> float:
    """Return the highest mean chance to drop out that data in which nobody does allow; missing where there is none.

    The model's likelihood is at its top at theta (4,), with nobody dropping out; times of the cells are about 10, and
    the one-sided level is above one half.
    """
    if level <= 0.5 or not np.array_equal(model.directions[CHANCE:, CHANCE:], RATIO_AND_SIZE):
        return np.nan
    problem = Problem(model.terms, model.directions, model.edges)
    top, start = float(cells.counts @ model.terms(theta, cells)[0]), model.directions @ theta
    others = np.arange(len(theta)) != CHANCE

    def fallen(log_odds):
        phi = start.copy()
        phi[[CHANCE, SIZE]] = log_odds, 0.0
        return 2 * (top - problem.climb(phi, cells, others).value) - ndtri(level) ** 2

    return float(expit(brentq(fallen, LOWEST, HIGHEST, xtol=1e-3))) if fallen(HIGHEST) > 0 else np.nan


def at_rate_zero(k: int) -> Maximum:
    """Return the maximum of the likelihood of k parameters, none of which is told."""
    unknown = np.full((k, k), np.nan)
    return Maximum(unknown[0], unknown, 0.0, converged=True, edges=(RATE_OF_ZERO,), held=np.ones(k, dtype=bool))


def most_who_buy_again(cells: PurchaseCells, level: float) -> tuple[float, int, float]:
    """Return a time, how many customers were seen as long, and the highest share that may buy again within it.

    The time is the longest for which at least half of the customers were seen.

    Examples
    --------
    >>> ages, counts = np.array([5.0, 20.0, 30.0]), np.array([40.0, 50.0, 10.0])
    >>> cells = PurchaseCells(np.zeros(3, dtype=int), np.zeros(3), ages, counts=counts)
    >>> time, n, share = most_who_buy_again(cells, 0.95)
    >>> time, n, round(share, 4)
    (20.0, 60, 0.0487)
    """
    order = np.argsort(-cells.age)
    seen = np.cumsum(cells.counts[order])
    time = float(cells.age[order][np.searchsorted(seen, cells.counts.sum() / 2)])
    n = int(cells.counts[cells.age >= time].sum())
    return time, n, float(-np.expm1(np.log1p(-level) / n))
