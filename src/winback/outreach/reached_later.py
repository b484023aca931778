r"""Do those who were reached later differ in what was known of them? Months away against every covariate.

With months away :math:`a_i` and the columns :math:`x_i` of a covariate, both less their mean under the same offer, the
score test of no relation is

.. math:: s' \Big(\sum_g s_g s_g'\Big)^{-1} s \sim \chi^2_k, \qquad s_g = \sum_{i \in g} a_i x_i,\ s = \sum_g s_g

over clusters g, each customer one where they are independent. The p-values of several covariates are Holm's.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from winback.clusters import sums_within
from winback.labels import label_of
from winback.trial.balance import covariate_matrix

COLUMNS = ["covariate", "most", "correlation", "p_value"]


def reached_later(
    customers: pd.DataFrame, names: Iterable[str], arm: np.ndarray, clusters: np.ndarray | None = None
) -> pd.DataFrame:
    """Return one row per covariate: ``covariate``, ``most`` (what moves most, in words), ``correlation``, ``p_value``.

    The p-value allows for the number of covariates; those that do not move are left out.

    Examples
    --------
    >>> people = pd.DataFrame({"months_away": [1.0, 2, 3, 4, 5, 6], "age": [20, 31, 39, 51, 60, 70]})
    >>> reached_later(people, ["age"], np.zeros(6, dtype=int))[["most", "correlation"]].round(2).values.tolist()
    [['age', 1.0]]
    """
    away = _less_mean(customers["months_away"].to_numpy(dtype=float)[:, None], arm)[:, 0]
    own = np.arange(len(away)) if clusters is None else clusters
    rows = []
    for name in names:
        columns, labels = covariate_matrix(customers, [name])
        columns = _less_mean(columns, arm)
        spread = columns.std(axis=0)
        moving = spread > 1e-12 * np.abs(columns).max(axis=0, initial=0.0)
        if not moving.any() or not away.any():
            continue
        columns = columns[:, moving] / spread[moving]
        correlation = columns.T @ away / len(away) / away.std()
        scores = sums_within(away[:, None] * columns, own)
        # pinv: the columns of a label's values add up to nothing
        square, total = scores.T @ scores, scores.sum(axis=0)
        rank = int(np.linalg.matrix_rank(square, hermitian=True))
        p_value = float(stats.chi2.sf(total @ np.linalg.pinv(square, hermitian=True) @ total, rank))
        most = int(np.abs(correlation).argmax())
        rows.append((label_of(name), labels[np.flatnonzero(moving)[most]], float(correlation[most]), p_value))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(p_value=holm(frame["p_value"]))


def holm(p_values: Iterable[float]) -> np.ndarray:
    """Return p-values that allow for each other, (n,); missing ones stay so.

    Examples
    --------
    >>> holm([0.01, np.nan, 0.04]).tolist()
    [0.02, nan, 0.04]
    """
    from statsmodels.stats.multitest import multipletests

    found = np.array(p_values, dtype=float)
    known = ~np.isnan(found)
    if known.any():
        found[known] = multipletests(found[known], method="holm")[1]
    return found


def _less_mean(columns: np.ndarray, arm: np.ndarray) -> np.ndarray:
    n = np.bincount(arm)
    means = np.column_stack([np.bincount(arm, weights=column) / np.maximum(n, 1) for column in columns.T])
    return columns - means[arm]
