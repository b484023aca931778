r"""In which months do more, or fewer, leave again than the model says? Leavers counted by month and offer.

Of those who came back for offer g, :math:`d_{ga}` left in month a after their return, :math:`e_{ga}` were expected to
by the model (their cumulative hazards over the days they were watched), within :math:`Y_{ga}` months watched. For a
customer who has been back for some time, with :math:`f_a` the part of month a that lies within the w months ahead and 1
the first of these months,

.. math:: D = Y_{g1} \sum_a f_a d_{ga} / Y_{ga}, \qquad E = Y_{g1} \sum_a f_a e_{ga} / Y_{ga}

are how many leave in such months as counted and as expected. The customer's hazard is taken to be that of the model
times r, which is 1 but for chance and for what the model smooths over, a priori :math:`r \sim \Gamma(1/2, 1/2)`; given
the counts [1]_

.. math:: r \sim \Gamma(D + 1/2, E + 1/2), \qquad \hat r = \frac{D + 1/2}{E + 1/2}

so that where many were expected the count decides, where few were the model, and none counted is not none to come. One
r holds for all of the same offer who have been back for as long: among them the model's order stays.

.. [1] Clayton, D. & Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks for use in disease
   mapping. Biometrics 43.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from winback.uncertainty import normal_quantile

NOT_GIVEN = ""
PRIOR = 0.5  # leavers, counted and expected, before any was: Jeffreys' for a count


@dataclass(frozen=True)
class CountedMonths:
    """Leavers of G offers, and of all together, in M months after their return."""

    offers: pd.Index  # (G,)
    left: np.ndarray  # (G + 1, M), the last row of all
    expected: np.ndarray  # (G + 1, M)
    watched: np.ndarray  # (G + 1, M) months

    def ahead(self, offers: np.ndarray, after: np.ndarray, within: float) -> tuple[np.ndarray, np.ndarray]:
        """Return how many left as counted and as expected, (n,) each, in the months ahead of n customers.

        They are compared with those of the same offer, or with all where theirs is not known. Both numbers are 0 for an
        offer that nobody came back for, and for months in which nobody was watched.
        """
        months = np.arange(self.left.shape[1])
        part = np.clip(np.minimum(after + within, months[:, None] + 1) - np.maximum(after, months[:, None]), 0, None)
        group = np.where(offers == NOT_GIVEN, len(self.offers), self.offers.get_indexer(offers))
        first = np.minimum(after.astype(int), len(months) - 1)
        at_risk = np.where(self.watched > 0, self.watched, np.inf)
        rates = (np.einsum("na,an->n", (each / at_risk)[group], part) for each in (self.left, self.expected))
        counted, expected = (np.where(group < 0, 0.0, rate * self.watched[group, first]) for rate in rates)
        return counted, expected


def counted_months(sample, outlook, n_months: int) -> CountedMonths:
    """Count those of a fit's sample who left in each of the first months, and those expected to by its outlook."""
    group, offers = pd.factorize(offers_of(sample.table), sort=True)
    shape = len(offers), n_months
    left, expected, watched = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    before = np.zeros(len(group))
    for month in range(n_months):
        until = np.minimum(sample.months, month + 1.0)
        now = -np.log(outlook.still_here(until))
        gone = (sample.cause >= 0) & (sample.months > month) & (sample.months <= month + 1)
        for table, each in ((left, gone), (expected, now - before), (watched, np.clip(until - month, 0, None))):
            table[:, month] = np.bincount(group, each, len(offers))
        before = now
    with_all = (np.vstack([each, each.sum(axis=0)]) for each in (left, expected, watched))
    return CountedMonths(pd.Index(offers), *with_all)


def offers_of(table: pd.DataFrame) -> np.ndarray:
    """Return the offer that each customer came back for, as text; empty where none is known."""
    if "offer" not in table:
        return np.full(len(table), NOT_GIVEN, dtype=object)
    return table["offer"].astype(object).fillna(NOT_GIVEN).astype(str).to_numpy(dtype=object)


def times_expected(counted: np.ndarray, expected: np.ndarray, level: float) -> np.ndarray:
    """Return by how much hazards are multiplied, and both ends of its interval, (3, n).

    Examples
    --------
    >>> times_expected(np.array([3.0, 0.0]), np.array([60.0, 0.0]), 0.95).round(3).tolist()
    [[0.058, 1.0], [0.014, 0.001], [0.132, 5.024]]
    """
    normal_quantile(level)
    shape, rate = counted + PRIOR, expected + PRIOR
    ends = (gammaincinv(shape, tail) for tail in (0.5 - level / 2, 0.5 + level / 2))
    return np.stack([shape, *ends]) / rate
