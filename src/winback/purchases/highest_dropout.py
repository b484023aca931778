r"""Nobody drops out in these data: how many might, for all that they say? A one-sided limit by the profile likelihood.

The mean chance to drop out is raised, with the log-likelihood maximised over everything else, to where that has fallen
by :math:`z^2 / 2` from its top, z being the normal quantile of the level. At the edge of a model the true chance lies
below in at least about that share of data sets (Self & Liang 1987). The Pareto/NBD, whose customers drop out at a rate
instead, has no limit of the mean: a vanishing share of customers may leave at any rate.

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
from winback.purchases.maximum import Problem
from winback.purchases.model import RATIO_AND_SIZE, PurchaseModel

CHANCE, SIZE = 2, 3  # directions of dropping out: log odds of the mean chance, and how alike customers are
LEAST, MOST = -30.0, 10.0  # of the log odds


def highest_mean_dropout(model: PurchaseModel, theta: np.ndarray, cells: PurchaseCells, level: float) -> float:
    """Return the highest mean chance to drop out that data in which nobody does allow; missing where there is none.

    Parameters
    ----------
    model : PurchaseModel
        Whose likelihood is at its top at theta, with nobody dropping out.
    theta : numpy.ndarray, shape (4,)
        Logarithms of the parameters.
    cells : PurchaseCells
        The customers, with times of about 10.
    level : float
        One-sided confidence level, above one half.
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

    return float(expit(brentq(fallen, LEAST, MOST, xtol=1e-3))) if fallen(MOST) > 0 else np.nan
