r"""In which months do more, or fewer, leave again than the model says? Leavers counted by month and offer.

Whoever comes back unasked is another than whoever was won back for an offer, and stays otherwise: the count must be of
those who came back as those did who are spoken of. Of those who came back for offer g, :math:`d_{ga}` left in month a
after their return, :math:`e_{ga}` were expected to by the model (their cumulative hazards over the days they were
watched), within :math:`Y_{ga}` months watched. For a customer who has been back for some time, with :math:`f_a` the
part of month a that lies within the w months ahead and 1 the first of these months,

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

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from winback.survival.groups import months_and_ended
from winback.tables import NO_OFFER
from winback.uncertainty import normal_quantile

NOT_GIVEN = ""
PRIOR = 0.5  # leavers, counted and expected, before any was: Jeffreys' for a count


@dataclass(frozen=True, eq=False)
class CameBack:
    """Second stays of n customers, of which some have ended."""

    table: pd.DataFrame
    months: np.ndarray  # (n,)
    left: np.ndarray  # (n,) bool

    @classmethod
    def of(cls, sample, some: np.ndarray | slice = slice(None)) -> CameBack:
        """Return those of a fit's sample, or some of them."""
        return cls(sample.table[some], sample.months[some], sample.cause[some] >= 0)


@dataclass(frozen=True)
class CountedMonths:
    """Leavers of G offers in M months after their return; not known which offer is one of them."""

    offers: pd.Index  # (G,)
    left: np.ndarray  # (G, M)
    expected: np.ndarray  # (G, M)
    watched: np.ndarray  # (G, M) months

    def ahead(self, offers: np.ndarray, after: np.ndarray, within: float) -> tuple[np.ndarray, np.ndarray]:
        """Return how many left as counted and as expected, (n,) each, in the months ahead of n customers.

        They are compared with those who came back for the same offer. Both numbers are 0 for an offer that nobody came
        back for, and for months in which nobody was watched.
        """
        if self.offers.empty:
            return np.zeros(len(after)), np.zeros(len(after))
        months = np.arange(self.left.shape[1])
        part = np.clip(np.minimum(after + within, months[:, None] + 1) - np.maximum(after, months[:, None]), 0, None)
        group = self.offers.get_indexer(offers)
        first = np.minimum(after.astype(int), len(months) - 1)
        at_risk = np.where(self.watched > 0, self.watched, np.inf)
        rates = (np.einsum("na,an->n", (each / at_risk)[group], part) for each in (self.left, self.expected))
        counted, expected = (np.where(group < 0, 0.0, rate * self.watched[group, first]) for rate in rates)
        return counted, expected


def who_came_alike(sample, table: pd.DataFrame) -> list[CameBack]:
    """Return with whom those of a table who are still here are compared: who came back as they did, and may have left.

    These are all of the table, unless nobody of it has left again: then it holds who is here, and tells nothing. Of a
    fit's sample those who came back for an offer are added. Those who came back without one are not: they are the
    control group of a trial, screened as it was; unless the table is of the same customers.
    """
    months, ended = months_and_ended(table, "second")
    own = np.full(len(table), ended.any())
    ids = sample.table["customer_id"].to_numpy()
    same = table["customer_id"].isin(ids).all()
    more = ~np.isin(ids, table["customer_id"][own]) & ((offers_of(sample.table) != NO_OFFER) | same)
    return [CameBack(table[own], months[own], ended[own]), CameBack.of(sample, more)]


def counted_months(alike: list[CameBack], outlook_of: Callable, n_months: int) -> CountedMonths:
    """Count those who left in each of the first months, and those expected to by what a fit says of such tables."""
    if not (alike := [each for each in alike if len(each.months)]):
        return CountedMonths(pd.Index([]), *np.zeros((3, 0, n_months)))
    group, offers = pd.factorize(np.concatenate([offers_of(each.table) for each in alike]), sort=True)
    months, gone = (np.concatenate([getattr(each, name) for each in alike]) for name in ("months", "left"))
    outlooks = [outlook_of(each.table) for each in alike]
    ends = np.cumsum([len(each.months) for each in alike])[:-1]
    shape = len(offers), n_months
    left, expected, watched = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    before = np.zeros(len(group))
    for month in range(n_months):
        until = np.minimum(months, month + 1.0)
        here = [each.still_here(part) for each, part in zip(outlooks, np.split(until, ends), strict=True)]
        now = -np.log(np.concatenate(here))
        went = gone * ((months > month) & (months <= month + 1))
        for table, each in ((left, went), (expected, now - before), (watched, np.clip(until - month, 0, None))):
            table[:, month] = np.bincount(group, each, len(offers))
        before = now
    return CountedMonths(pd.Index(offers), left, expected, watched)


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
