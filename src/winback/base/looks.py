"""What would have been said on earlier days, and who bought after them? A log looked at from its own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import stdtrit

from winback.base.purchase_days import PurchaseDays, Seen, as_date, in_days
from winback.base.rules import RuleNotFittedError
from winback.clusters import covariance_of_means
from winback.uncertainty import normal_quantile, share_interval

MOST_DATES = 4  # by default: further back it was another shop


@dataclass(frozen=True)
class Look:
    """The customers known on an earlier day, and which of them bought again within so many days of it."""

    seen: Seen
    again: np.ndarray = field(repr=False)  # (n,) bool
    row: np.ndarray = field(repr=False)  # (n,) of each customer among all of the log


@dataclass(frozen=True)
class Looks:
    """A log looked at on several days; the same customers may be seen on more than one."""

    each: tuple[Look, ...]
    within: int
    n_customers: int  # of the whole log

    def spread(self, values: Sequence[np.ndarray]) -> np.ndarray:
        """Return values of the customers of each look, side by side for all customers of the log, (n, n_looks)."""
        out = np.zeros((self.n_customers, len(self.each)), dtype=np.result_type(*values))
        for column, (look, known) in enumerate(zip(self.each, values, strict=True)):
            out[look.row, column] = known
        return out


def earlier_days(days: PurchaseDays, within: int, most: int = MOST_DATES) -> list[int]:
    """Return days at equal distances that leave so many days to follow up, and twice as many to learn from.

    Examples
    --------
    >>> log = PurchaseDays.of([0, 1], [1, 300], until=545)
    >>> earlier_days(log, 90)
    [185, 275, 365, 455]
    """
    found = [days.until - within * number for number in range(most, 0, -1)]
    found = [day for day in found if day - days.first_day >= 2 * within]
    if not found:
        raise RuleNotFittedError(
            f"The log lasts from {as_date(days.first_day)} to {as_date(days.until)}, too short to look "
            f"{in_days(within)} ahead from an earlier day and to learn from twice as many before it. "
            f"Give fewer days within which to buy again."
        )
    return found


def look_back(days: PurchaseDays, on: Sequence[int], within: int) -> Looks:
    """Look at a log as it was on earlier days."""
    everybody = days.asof(days.until).code
    found = []
    for day in on:
        seen = days.asof(day)
        if len(seen) == 0:
            raise RuleNotFittedError(f"Nobody had bought by {as_date(day)}. Look on a later day.")
        found.append(Look(seen, days.bought_within(seen, within), np.searchsorted(everybody, seen.code)))
    return Looks(tuple(found), within, len(everybody))


@dataclass(frozen=True)
class PooledShare:
    """A share over several looks, with Wilson's interval that allows for the same customers being in more than one."""

    n: int
    n_yes: int
    share: float  # missing where there is nobody
    low: float
    high: float


def pooled_share(asked: np.ndarray, yes: np.ndarray, level: float) -> PooledShare:
    """Return the share of ``yes`` among those ``asked``, both (n customers, k looks) of 0 and 1.

    The interval is Wilson's with as many independent customers as make the variance of the share, customers being the
    clusters, and as many fewer as that variance is unsure; never more than by the times each was asked.
    """
    n, n_yes = int(asked.sum()), int(yes.sum())
    if n == 0:
        return PooledShare(0, 0, np.nan, 0.0, 1.0)
    share, times = n_yes / n, asked.sum(axis=1)
    independent = n**2 / float(times @ times)  # if whoever was asked often always answered alike
    if 0 < n_yes < n and len(asked) > 1:
        off = (yes - share * asked).sum(axis=1, keepdims=True)
        variance = float(covariance_of_means(off)[0, 0]) * len(off) ** 2 / n**2
        independent = share * (1 - share) / max(variance, share * (1 - share) / n) / unsure(off[:, 0], level) ** 2
    low, high = share_interval(share * independent, independent, level)
    return PooledShare(n, n_yes, share, float(low), float(high))


def unsure(errors: np.ndarray, level: float) -> np.ndarray:
    r"""Return how much wider an interval is as its variance is estimated: the quantile of t over that of the normal.

    Degrees of freedom are Satterthwaite's for a sum of squares that few may carry, :math:`2 (\sum e_i^2)^2 / \sum
    e_i^4`, over the first axis.

    Examples
    --------
    >>> unsure(np.array([1.0] * 10 + [0.0] * 90), 0.95).round(3)
    np.float64(1.064)
    """
    squares = errors**2
    fourth = (squares**2).sum(axis=0)
    freedom = np.where(fourth > 0, 2 * squares.sum(axis=0) ** 2 / np.where(fourth > 0, fourth, 1.0), np.inf)
    return stdtrit(np.minimum(freedom, 1e9), 0.5 + level / 2) / normal_quantile(level)
