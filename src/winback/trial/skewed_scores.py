r"""How skewed is a mean of scores? Its length, from the trial's pooled third moments and what each customer weighs.

A mean of scores is a weighted sum of outcomes: a customer whose own arm counts :math:`c_i` (1 where it is the choice,
-1 where it is what the choice is compared with, 0 where it is neither) weighs :math:`w_i = c_i / e_i`, with
:math:`e_i` the chance of that arm. With one customer's skew scale s and share of return p as in
`winback.trial.moments`, the mean over m customers has the length

.. math:: s \, \frac{\sum_i w_i^3 p_i}{m \sum_i w_i^2 p_i}

For an arm's difference from the control this is the length of the plain difference of means.
"""

from __future__ import annotations

import numpy as np

from winback.clusters import part_of
from winback.skewness import skewed_mean
from winback.trial.moments import COST, PROFIT, RETURNED, VALUE
from winback.trial.trial import Trial

WEIGHTS = {"profit": PROFIT, "value": VALUE, "cost": COST, "returned": RETURNED}


def own_arm(trial: Trial) -> np.ndarray:
    """Return 1 where a choice is the customer's own arm, else 0, shape (n, n_choices).

    What is done with scores to get a figure, done with this, gives what each customer's own arm counts in it.
    """
    return (trial.arm[:, None] == np.arange(len(trial.choices))).astype(float)


def score_length(
    trial: Trial, counts: np.ndarray, outcome: str | np.ndarray = "profit", rows: np.ndarray | slice = slice(None)
) -> np.ndarray:
    """Return third cumulant over variance of means of scores, see `winback.skewness`.

    Parameters
    ----------
    trial : Trial
    counts : numpy.ndarray, shape (m,) or (m, k)
        What a customer's own arm counts in each mean.
    outcome : {"profit", "value", "cost", "returned"} or numpy.ndarray, shape (3,)
        What the scores are of, or what counts in it: weights of returned, value and cost.
    rows : numpy.ndarray or slice
        Which customers of the trial the mean is over.
    """
    back = np.bincount(trial.arm, weights=trial.returned) / np.bincount(trial.arm)
    share, chance = back[trial.arm][rows], trial.probability[rows]
    weight = np.transpose(counts) / chance
    square, third = (weight**2 * share).sum(axis=-1), (weight**3 * share).sum(axis=-1)
    scale = trial.pooled_moments.skew_scale(WEIGHTS[outcome] if isinstance(outcome, str) else outcome)
    return scale[0] * np.divide(third, len(chance) * square, out=np.zeros(np.shape(square)), where=square > 0)


def mean_of_scores(
    trial: Trial,
    values: np.ndarray,
    counts: np.ndarray,
    *,
    outcome: str = "profit",
    rows: np.ndarray | slice = slice(None),
    level: float = 0.95,
) -> tuple[np.ndarray, ...]:
    """Return the mean of values made of scores, its standard error, low and high, allowing for skewness and clusters.

    ``values`` has one row for each of ``rows``; the rest is as of `score_length`.
    """
    return skewed_mean(values, score_length(trial, counts, outcome, rows), level, part_of(trial.clusters, rows))
