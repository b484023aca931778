r"""What would each customer's months within the horizon have been, had nobody been cut off? Pseudo-observations.

When the data end before a customer does, the months seen are too few. The Kaplan-Meier curve corrects the mean; a
pseudo-observation is one customer's share in that mean, so that sums, products with the customer's own margin and
regressions may be formed as if nothing had been cut off (Andersen, Klein & Rosthoj 2003).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from winback.discounting import check_horizon, discounted_months

FEWEST_IN_GROUP = 30  # of fewer, one customer still watched at the horizon would stand for too many others


def pseudo_months(
    months: ArrayLike,
    ended: ArrayLike,
    horizon_months: float,
    annual_discount: float = 0.0,
    followed_alike: ArrayLike | None = None,
    since: ArrayLike | None = None,
) -> np.ndarray:
    r"""Return each customer's pseudo-observation of the (discounted) months within the horizon.

    The restricted mean :math:`\hat\theta = \int_0^\tau \hat S(t) e^{-kt} dt` is differentiated with respect to each
    customer's weight (infinitesimal jackknife of the Kaplan-Meier curve). With :math:`R(t) = \int_t^\tau \hat S(u)
    e^{-ku} du`, :math:`d_j` ends and :math:`Y_j` customers at risk at time :math:`t_j`,

    .. math:: \theta_i = \hat\theta - n \Big[ \frac{1\{i \text{ ended}\} R(t_i)}{Y_i - d_i}
              - \sum_{t_j \le t_i} \frac{d_j R(t_j)}{Y_j (Y_j - d_j)} \Big]

    Their mean is :math:`\hat\theta` exactly. Where nobody is cut off before the horizon, each is exactly the
    customer's own :math:`A(\min(T, \tau))`. Sorting makes the cost :math:`O(n \log n)`.

    One curve of all is right where how long a customer was followed tells nothing of how long they stay. Where both
    depend on who they are, the curve must be that of customers who were followed alike: ``followed_alike``.

    Where customers came under observation late (``since``), the sum runs over the ends that they were at risk of:
    :math:`\text{since}_i < t_j \le t_i`.

    Parameters
    ----------
    months : array_like, shape (n,)
        Observed length, up to the end or to the end of the data.
    ended : array_like of bool, shape (n,)
        False where the customer was still there at the end of the data.
    horizon_months, annual_discount : float
        The horizon :math:`\tau`, and the annual rate; zero counts plain months.
    followed_alike : array_like of int, shape (n,), optional
        Groups with a curve each, numbered from the shortest followed; `joined_groups` says which must share one.
    since : array_like, shape (n,), optional
        Months that had passed when each came under observation, the risk being watched in somebody all the time.

    Returns
    -------
    numpy.ndarray, shape (n,)
        In (discounted) months, in the order of the input. They may lie outside [0, horizon].

    Raises
    ------
    ValueError
        When nobody was seen up to the horizon while some had not ended: the curve is unknown there.

    Examples
    --------
    >>> pseudo_months([3.0, 9.0, 30.0], [True, True, False], horizon_months=24).tolist()
    [3.0, 9.0, 24.0]
    >>> pseudo_months([3.0, 9.0, 30.0], [True, False, False], horizon_months=24).round(2).tolist()
    [3.0, 24.0, 24.0]
    """
    months, ended = np.asarray(months, dtype=float), np.asarray(ended, dtype=bool)
    horizon = check_horizon(horizon_months)
    if followed_alike is not None:
        groups, pseudo = joined_groups(months, ended, horizon, followed_alike), np.zeros(len(months))
        for group in np.unique(groups):
            rows = groups == group
            pseudo[rows] = pseudo_months(months[rows], ended[rows], horizon, annual_discount)
        return pseudo
    beyond = months >= horizon
    since = np.zeros(len(months)) if since is None else np.asarray(since, dtype=float)
    if len(months) == 0 or ((ended | beyond).all() and not since.any()):
        return discounted_months(np.minimum(months, horizon), annual_discount)
    _refuse_beyond_follow_up(months, ended, horizon)
    time = np.minimum(months, horizon)
    return _influence(time, ended & ~beyond, horizon, annual_discount, since)


def longest_supported_horizon(months: ArrayLike, ended: ArrayLike) -> float:
    """Return the longest horizon about which the data speak: the longest stay seen, or any when every stay ended.

    Examples
    --------
    >>> longest_supported_horizon([3.0, 9.0], [True, False])
    9.0
    >>> longest_supported_horizon([3.0, 9.0], [True, True])
    inf
    """
    return np.inf if np.all(ended) else float(np.max(months))


def joined_groups(
    months: ArrayLike, ended: ArrayLike, horizon_months: float, groups: ArrayLike, fewest: int = FEWEST_IN_GROUP
) -> np.ndarray:
    """Return groups each of which has its own curve up to the horizon, shape (n,).

    A group with fewer than ``fewest`` customers, or none of them watched up to the horizon while some had not ended, is
    joined with the next one, the longest followed with the one before.

    Examples
    --------
    >>> joined_groups([3.0, 4.0, 9.0, 12.0], [True, False, True, False], 10, [0, 0, 1, 1], fewest=2).tolist()
    [1, 1, 1, 1]
    >>> joined_groups([3.0, 4.0, 9.0, 12.0], [True, False, True, False], 4, [0, 0, 1, 1], fewest=2).tolist()
    [0, 0, 1, 1]
    """
    months, ended, groups = np.asarray(months, dtype=float), np.asarray(ended, dtype=bool), np.array(groups)
    last, waiting = None, []
    for group in np.unique(groups):
        waiting.append(group)
        rows = np.isin(groups, waiting)
        if rows.sum() >= fewest and longest_supported_horizon(months[rows], ended[rows]) >= horizon_months:
            groups[rows], last, waiting = group, group, []
    if waiting:
        groups[np.isin(groups, waiting)] = waiting[-1] if last is None else last
    return groups


def _refuse_beyond_follow_up(months, ended, horizon):
    supported = longest_supported_horizon(months, ended)
    if supported < horizon:
        raise ValueError(
            f"horizon_months = {horizon:g} reaches beyond the data: no second lifetime was seen for longer than "
            f"{supported:g} months. Choose a horizon of at most {supported:g}; beyond it only a model speaks."
        )


def _influence(time, ended, horizon, annual_discount, since):
    """Compute the formula of `pseudo_months` on distinct times of ending."""
    n = len(time)
    ends, position = np.unique(time[ended], return_inverse=True)
    if len(ends) == 0:  # nobody ended within the horizon
        return np.full(n, float(discounted_months(horizon, annual_discount)))
    n_ended = np.bincount(position)
    since = np.where(since > 0, since, -np.inf)  # also at risk of an end in month 0
    at_risk = np.searchsorted(np.sort(since), ends, side="left") - np.searchsorted(np.sort(time), ends, side="left")
    survival = np.cumprod(1 - n_ended / at_risk)
    steps = np.diff(discounted_months(np.append(ends, horizon), annual_discount))
    remaining = np.cumsum((survival * steps)[::-1])[::-1]  # R(t_j)
    mean = discounted_months(ends[0], annual_discount) + remaining[0]
    left = at_risk - n_ended
    share = np.divide(remaining, left, out=np.zeros(len(ends)), where=left > 0)
    compensator = np.append(0.0, np.cumsum(n_ended * share / at_risk))
    came = np.minimum(np.searchsorted(ends, since, side="right"), np.searchsorted(ends, time, side="right"))
    effect = compensator[came] - compensator[np.searchsorted(ends, time, side="right")]
    effect[ended] += share[position]
    return mean - n * effect
