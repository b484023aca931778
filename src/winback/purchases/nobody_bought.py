r"""What is left to say where nobody bought again?

The likelihood of every model of purchases is then highest, at 1, where the rate of repeat purchases is zero, whatever
the other parameters are: so no parameter has an estimate, and nothing tells whether customers have left. How many
purchases might still come has no upper limit either: a vanishing share of customers may buy at any rate. What does
have one is the share of customers who buy again. With n customers seen for at least a time t it is at most

.. math:: 1 - (1 - level)^{1 / n}

within t: were it higher, that none of them bought again would be less likely than 1 - level. This is exact, one-sided
and holds whatever the model; the "rule of three" (3 / n at 95%) is its approximation.
"""

from __future__ import annotations

import numpy as np

from winback.purchases.cells import PurchaseCells
from winback.purchases.maximum import Maximum
from winback.purchases.model import Edge

RATE_OF_ZERO = Edge(0, -np.inf, "nobody bought again in these data", "a model without repeat purchases")


def at_rate_zero(k: int) -> Maximum:
    """Return the maximum of the likelihood of k parameters, none of which is told."""
    unknown = np.full((k, k), np.nan)
    return Maximum(
        theta=unknown[0],
        covariance=unknown,
        log_likelihood=0.0,
        converged=True,
        edges=(RATE_OF_ZERO,),
        held=np.ones(k, dtype=bool),
    )


def most_who_buy_again(cells: PurchaseCells, level: float) -> tuple[float, int, float]:
    """Return a time, how many customers were seen as long, and the highest share that may buy again within it.

    The time is the longest for which at least half of the customers were seen.

    Examples
    --------
    >>> ages, counts = np.array([5.0, 20.0, 30.0]), np.array([40.0, 50.0, 10.0])
    >>> cells = PurchaseCells(np.zeros(3, dtype=int), np.zeros(3), ages, counts)
    >>> time, n, share = most_who_buy_again(cells, 0.95)
    >>> time, n, round(share, 4)
    (20.0, 60, 0.0487)
    """
    order = np.argsort(-cells.age)
    seen = np.cumsum(cells.counts[order])
    time = float(cells.age[order][np.searchsorted(seen, cells.counts.sum() / 2)])
    n = int(cells.counts[cells.age >= time].sum())
    return time, n, float(-np.expm1(np.log1p(-level) / n))
