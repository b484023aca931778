r"""What are the moments of the groups once what was known beforehand is allowed for? Regression within each group.

Chance gives one group customers who were worth more before. With :math:`\bar x_k` the group's mean of what was known,
:math:`\bar x` that of all customers compared, and :math:`\beta_k` from least squares within the group,

.. math:: \hat\mu_k = \bar y_k - (\bar x_k - \bar x)' \beta_k = \sum_{i \in k} w_i y_i                          \tag{1}

is what the group would have brought had it been like all (Lin 2013: one regression of the outcome on groups, covariates
and their products). It errs by what is left of its own customers, and by who the customers of the trial happen to be,
which all groups share:

.. math:: \hat\mu_k - \mu_k \approx \sum_{i \in k} \frac{w_i e_i}{\sqrt{1 - h_i}} + \frac{1}{N} \sum_i
          (x_i - \bar x)' \beta_k                                                                                \tag{2}

The residuals e are taken for what they would be had the customer not drawn the line to itself, by the leverage h (HC2:
unbiased where all spread alike, and without covariates exactly the variance of a mean). Customers of one cluster are
summed first. The second term makes the intervals those of expected values, as the plain ones are.

Of the estimators that adjust, this one has no folds, so that everybody gets the same figures from the same table;
cross-fitted scores (`winback.trial.scores`) are for more columns than groups have customers for.

Reference: Lin, W. (2013). Agnostic notes on regression adjustments to experimental data. Annals of Applied
Statistics 7.
"""

from __future__ import annotations

import numpy as np

from winback.clusters import sums_within
from winback.trial.group_moments import moments_of_sums, small_sample_factor
from winback.trial.moments import ArmMoments, arm_moments


def regression_adjusted(
    triple: np.ndarray, groups: np.ndarray, matrix: np.ndarray, clusters: np.ndarray | None = None
) -> ArmMoments:
    """Return the adjusted moments of all groups, by (1) and (2).

    Parameters
    ----------
    triple : numpy.ndarray, shape (n, 3)
        (returned, value, cost).
    groups, clusters : numpy.ndarray of int, shape (n,)
        Each customer's group, from 0, and cluster.
    matrix : numpy.ndarray, shape (n, p)
        What was known beforehand, as numbers.
    """
    matrix = matrix - matrix.mean(axis=0)
    n, total = np.bincount(groups), len(groups)
    mean, own, told = np.zeros((len(n), 3)), np.zeros((total, len(n), 3)), np.zeros((total, len(n), 3))
    for place in range(len(n)):
        rows = groups == place
        mean[place], own[rows, place], slope = _adjusted(triple[rows], matrix[rows])
        told[:, place] = matrix @ slope / total
    factor, of_all = np.sqrt(n / (n - 1)), np.sqrt(total / (total - 1))
    if clusters is not None:
        factor, own, told = (
            small_sample_factor(groups, clusters),
            sums_within(own, clusters),
            sums_within(told, clusters),
        )
        of_all = np.sqrt(len(own) / (len(own) - 1))
    scaled = own * factor[:, None]
    left = moments_of_sums(n, mean, own, scaled=scaled)
    counted = np.bincount(groups, weights=triple[:, 0])
    return moments_of_sums(n, mean, own + told, scaled=scaled + told * of_all, counted=counted, own=left)


def _adjusted(outcome: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a group's adjusted mean, what each of its customers adds to its error, (n, 3), and the slopes, (p, 3).

    ``matrix`` is centred at the mean of all groups.
    """
    n, mean = len(outcome), arm_moments(*outcome.T).mean[0]  # which leaves exactly constant what is constant
    shift = matrix.mean(axis=0)
    within = matrix - shift
    spread = within.std(axis=0)
    moving = spread > 1e-12 * np.abs(matrix).max(axis=0, initial=0.0)  # a label that nobody here has tells nothing
    scaled = within[:, moving] / spread[moving]
    inverse = np.linalg.pinv(scaled.T @ scaled, rcond=1e-10, hermitian=True)
    centred = outcome - mean
    slope = np.zeros((matrix.shape[1], 3))
    slope[moving] = inverse @ (scaled.T @ centred) / spread[moving, None]
    weight = 1 / n - scaled @ (inverse @ (shift[moving] / spread[moving]))
    leverage = 1 / n + np.einsum("ij,jk,ik->i", scaled, inverse, scaled, optimize=True)
    room = 1 - leverage
    stretch = np.sqrt(np.divide(1 - 1 / n, room, out=np.zeros(n), where=room > 1e-9))  # alone on its line: no residual
    error = (weight * stretch)[:, None] * (centred - within @ slope)
    return mean - shift @ slope, error, slope
