r"""Which group really loses more than the others, and which by chance? Intervals, shrunken shares, funnel limits.

A group of ten that lost two says little. Each share has Wilson's interval; beside it stands an interval that holds for
all groups together, and a group is named only where that one leaves the common share out. That one is Clopper and
Pearson's: far out in the tail, where so many groups push it, Wilson's is too short for small groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar
from scipy.special import betaln
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from winback.uncertainty import normal_quantile, share_interval

MORE, LESS, NOT_TOLD_APART, NOT_COMPARED = "loses more", "loses less", "not clearly different", "not compared"
ALL_ALIKE = 1e7  # customers' worth of prior: a spread between groups that nobody could see
ONE_CUSTOMER = 1.0  # the widest spread that is looked at: shares of groups near 0 and 1 only


@dataclass(frozen=True, eq=False)
class GroupShares:
    """Shares of k groups, each beside what is common to all."""

    share: np.ndarray  # (k,)
    low: np.ndarray  # (k,) Wilson's interval of each alone
    high: np.ndarray  # (k,)
    low_together: np.ndarray  # (k,) intervals that hold together
    high_together: np.ndarray  # (k,)
    shrunken: np.ndarray  # (k,) drawn towards the common share, the more the smaller the group
    limit_low: np.ndarray  # (k,) between these nearly all shares lie where all groups are alike
    limit_high: np.ndarray  # (k,)
    verdict: np.ndarray  # (k,) of text
    prior: float  # customers that the common share counts for in the shrunken ones; infinite: groups are all alike

    def columns(self) -> dict[str, np.ndarray]:
        """Return the columns of a table of groups; its last row, missing here, is of those whose group is not known."""
        named = {
            "share_lost_low": self.low,
            "share_lost_high": self.high,
            "share_lost_low_together": self.low_together,
            "share_lost_high_together": self.high_together,
            "shrunken": self.shrunken,
            "limit_low": self.limit_low,
            "limit_high": self.limit_high,
        }
        return {name: np.append(values, np.nan) for name, values in named.items()}


def compare_groups(n_lost: ArrayLike, n: ArrayLike, common: ArrayLike, level: float = 0.95) -> GroupShares:
    r"""Compare each group's share with the common one.

    With :math:`y_i` of :math:`n_i` lost and :math:`y_i` beta-binomial of mean :math:`n_i c_i` and prior weight
    :math:`M`, found by maximum likelihood, the shrunken share is

    .. math:: \tilde p_i = \frac{y_i + M c_i}{n_i + M}

    Parameters
    ----------
    n_lost, n : array-like of int, shape (k,)
    common : array-like or float, shape (k,)
        What each group would lose if it were like all.
    level : float

    Examples
    --------
    >>> found = compare_groups([38, 1, 9, 0], [100, 4, 100, 3], common=48 / 207)
    >>> found.verdict.tolist()
    ['loses more', 'not clearly different', 'loses less', 'not clearly different']
    >>> found.share.round(2).tolist(), found.shrunken.round(2).tolist()
    ([0.38, 0.25, 0.09, 0.0], [0.37, 0.24, 0.1, 0.18])
    """
    n_lost, n = np.asarray(n_lost, dtype=float), np.asarray(n, dtype=float)
    common = np.broadcast_to(np.asarray(common, dtype=float), n.shape)
    normal_quantile(level)
    some = n > 0
    here = np.where(some, n, 1.0)
    together = level ** (1 / max(int(some.sum()), 1))
    low, high = share_interval(n_lost, here, level)
    ends = proportion_confint(n_lost, here, alpha=1 - together, method="beta")
    limits = funnel_limits(here, common, together)
    prior = prior_weight(n_lost[some], n[some], common[some])
    shrunken = common if np.isinf(prior) else (n_lost + prior * common) / (n + prior)
    verdict = np.where(ends[0] > common, MORE, np.where(ends[1] < common, LESS, NOT_TOLD_APART))
    verdict = np.where(some & (some.sum() > 1), verdict, NOT_COMPARED)
    figures = (n_lost / here, low, high, *ends, shrunken, *limits)
    return GroupShares(*(np.where(some, each, np.nan) for each in figures), verdict.astype(object), prior)


def funnel_limits(n: ArrayLike, common: ArrayLike, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest share that a group of n is expected to have by chance alone.

    Examples
    --------
    >>> [limit.tolist() for limit in funnel_limits([10, 1000], 0.1, 0.95)]
    [[0.0, 0.082], [0.3, 0.119]]
    """
    n, tail = np.asarray(n, dtype=float), (1 - level) / 2
    return binom.ppf(tail, n, common) / n, binom.isf(tail, n, common) / n


def funnel_of(groups: pd.DataFrame, sizes: np.ndarray, level: float) -> pd.DataFrame:
    """Return the limits of a group of each size at the rate of all compared; ``_together``: of all groups at once."""
    compared = groups[groups["verdict"] != NOT_COMPARED]
    if not len(compared):
        raise ValueError("There are no groups to compare: the table has one.")
    frame = pd.DataFrame({"n": sizes, "common": compared["n_lost"].sum() / compared["n"].sum()})
    for name, of_one in (("", level), ("_together", level ** (1 / len(compared)))):
        frame[f"low{name}"], frame[f"high{name}"] = funnel_limits(frame["n"], frame["common"], of_one)
    return frame


def prior_weight(n_lost: np.ndarray, n: np.ndarray, common: np.ndarray) -> float:
    """Return for how many customers the common share counts, by maximum likelihood; infinite: no group differs."""
    mixed = (common > 0) & (common < 1)
    n_lost, n, common = n_lost[mixed], n[mixed], common[mixed]
    if len(n) < 2:
        return np.inf

    def loss(log_weight: float) -> float:
        a, b = np.exp(log_weight) * common, np.exp(log_weight) * (1 - common)
        return float(-np.sum(betaln(n_lost + a, n - n_lost + b) - betaln(a, b)))

    bounds = (np.log(ONE_CUSTOMER), np.log(ALL_ALIKE))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    binomial = -np.sum(n_lost * np.log(common) + (n - n_lost) * np.log1p(-common))
    return np.inf if binomial <= found.fun + 1e-6 else float(np.exp(found.x))
