r"""What share has left for each cause by each month? Cumulative incidence (Aalen-Johansen) from arrays.

Kaplan-Meier with the other causes treated as cut off would answer another question, namely how many would leave for
this cause if there were no other. Ends in the same month are counted together, exactly; the Aalen-Johansen fit of
lifelines moves them apart at random.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from winback.survival.watched_from import n_watched
from winback.uncertainty import normal_quantile, share_interval


@dataclass(frozen=True)
class Incidence:
    """Counts and shares at the m distinct months of an end; c causes."""

    months: np.ndarray  # (m,) ascending
    at_risk: np.ndarray  # (m,) customers watched just before
    n_by_cause: np.ndarray  # (m, c) ends
    before: np.ndarray  # (m,) Kaplan-Meier share still there just before
    share: np.ndarray  # (m, c) left for the cause by then

    @property
    def n_ended(self) -> np.ndarray:
        """Ends of any cause, (m,)."""
        return self.n_by_cause.sum(axis=1)

    @property
    def survival(self) -> np.ndarray:
        """Kaplan-Meier share still there after each month, (m,)."""
        return self.before * (1 - self.n_ended / self.at_risk)

    def up_to(self, horizon_months: float) -> Incidence:
        """Return the same without the ends after the horizon."""
        kept = self.months <= horizon_months
        return Incidence(*(getattr(self, each.name)[kept] for each in fields(self)))


def cumulative_incidence(
    months: ArrayLike, cause: ArrayLike, n_causes: int, since: ArrayLike | None = None
) -> Incidence:
    r"""Return the Aalen-Johansen estimate of each cause's cumulative incidence [1]_.

    With :math:`d_{kj}` ends for cause k among :math:`Y_j` at risk at the distinct times :math:`t_j`,

    .. math:: \hat F_k(t) = \sum_{t_j \le t} \hat S(t_j-) d_{kj} / Y_j

    Parameters
    ----------
    months : array_like, shape (n,)
        Observed length.
    cause : array_like of int, shape (n,)
        0, 1, ... for the causes; -1 where the customer was still there at the end of the data.
    n_causes : int
        How many causes there are.
    since : array_like, shape (n,), optional
        Months that had passed when each came under observation: earlier time is not at risk.

    References
    ----------
    .. [1] Aalen, O. O. & Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains based
       on censored observations. Scandinavian Journal of Statistics 5.

    Examples
    --------
    >>> found = cumulative_incidence([1, 2, 2, 3, 4], [0, 1, -1, 0, -1], n_causes=2)
    >>> found.share.round(3).tolist()
    [[0.2, 0.0], [0.2, 0.2], [0.5, 0.2]]
    """
    months, cause = np.asarray(months, dtype=float), np.asarray(cause, dtype=int)
    ended = cause >= 0
    times, position = np.unique(months[ended], return_inverse=True)
    counts = np.zeros((len(times), n_causes))
    np.add.at(counts, (position, cause[ended]), 1)
    at_risk = n_watched(months, np.zeros(len(months)) if since is None else np.asarray(since, dtype=float), times)
    survival = np.cumprod(1 - counts.sum(axis=1) / at_risk)
    before = np.append(1.0, survival[:-1])[: len(times)]
    share = np.cumsum((before / at_risk)[:, None] * counts, axis=0)
    return Incidence(times, at_risk, counts, before, share)


def incidence_variance(found: Incidence) -> np.ndarray:
    r"""Return the variance of each cause's share at each month, shape (m, c).

    Multinomial ends at each time, carried forward by the delta method (Greenwood's formula for competing causes):

    .. math:: \sum_{t_j \le t} \Big[ (F_k(t) - F_k(t_j))^2 \frac{d_j}{Y_j (Y_j - d_j)}
              + S(t_j-)^2 \frac{d_{kj} (Y_j - d_{kj})}{Y_j^3}
              - 2 (F_k(t) - F_k(t_j)) S(t_j-) \frac{d_{kj}}{Y_j^2} \Big]

    Where nobody is cut off it is :math:`F_k (1 - F_k) / n`.
    """
    square, own, cross = _variance_terms(found)
    share = found.share
    total = share**2 * np.cumsum(square, axis=0) - 2 * share * np.cumsum(square * share, axis=0)
    total += np.cumsum(square * share**2, axis=0) + np.cumsum(own, axis=0)
    total -= 2 * (share * np.cumsum(cross, axis=0) - np.cumsum(cross * share, axis=0))
    return np.clip(total, 0, None)


def months_lost(found: Incidence, horizon_months: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the months lost to each cause within the horizon, :math:`\int_0^\tau F_k(t) dt`, and their std errors.

    The months lost to all causes and the restricted mean tenure add up to the horizon.

    Examples
    --------
    >>> lost, _ = months_lost(cumulative_incidence([1, 2, 2, 3, 4], [0, 1, -1, 0, -1], 2), horizon_months=4)
    >>> lost.round(2).tolist()
    [0.9, 0.4]
    """
    found = found.up_to(horizon_months)
    left = (horizon_months - found.months)[:, None]
    gains = np.diff(found.share, axis=0, prepend=0.0)
    lost = (gains * left).sum(axis=0)
    areas = np.cumsum((gains * left)[::-1], axis=0)[::-1]
    after = np.vstack([areas[1:], np.zeros((1, areas.shape[1]))])[: len(areas)]  # area above F(t_j), to the horizon
    square, own, cross = _variance_terms(found)
    variance = (after**2 * square + left**2 * own - 2 * after * left * cross).sum(axis=0)
    return lost, np.sqrt(np.clip(variance, 0, None))


def _variance_terms(found) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the coefficients of the squares and of the cross product in the variance, (m, 1), (m, c), (m, c)."""
    at_risk, ended = found.at_risk.astype(float), found.n_ended
    left = at_risk - ended
    square = np.divide(ended, at_risk * left, out=np.zeros_like(left), where=left > 0)[:, None]
    at_risk, before = at_risk[:, None], found.before[:, None]
    own = before**2 * found.n_by_cause * (at_risk - found.n_by_cause) / at_risk**3
    return square, own, before * found.n_by_cause / at_risk**2


def incidence_interval(
    share: ArrayLike, variance: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return low and high of shares from :math:`\log(-\log F)`; for shares of 0 and 1 Wilson's interval at n known.

    Examples
    --------
    >>> low, high = incidence_interval(0.2, 0.0016, 100)
    >>> round(float(low), 3), round(float(high), 3)
    (0.128, 0.283)
    """
    share, variance = np.asarray(share, dtype=float), np.asarray(variance, dtype=float)
    inside = (share > 0) & (share < 1 - 1e-12)
    middle = np.where(inside, share, 0.5)
    spread = normal_quantile(level) * np.sqrt(variance) / (middle * -np.log(middle))
    n = np.maximum(n, 1)
    wilson = share_interval(n * np.round(np.where(inside, 0, share)), n, level)
    low = np.where(inside, middle ** np.exp(spread), wilson[0])
    return low, np.where(inside, middle ** np.exp(-spread), wilson[1])
