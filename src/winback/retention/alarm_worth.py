"""Which alarm gains most at what a call costs and prevents? By the formula by which customers are listed.

What an alarm gains is what calling all it goes off for gains, see `winback.retention.keeping`: those lost soon after it
are the losses, each in its month, of which the call prevents a share up to the last month that counts. Those judged are
a sample: intervals are for the sum over customers, all alarms of one together. The best of several alarms is flattered
by having been picked on those it is judged by, so it is picked on one half of the customers and judged on the other as
well, both ways.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from winback.retention.keeping import Keeping, gain_of_keeping
from winback.uncertainty import normal_interval


class AlarmWorth(NamedTuple):
    """What alarms would have gained, and the best of them."""

    gains: pd.Series  # in all, by `below`
    best: float  # `below` which share the alarm that gains most goes off
    ends: tuple[float, float]  # low and high of what that one gains
    halved: float  # what alarms gain, in all, that were picked on the other half of the customers
    halved_ends: tuple[float, float]
    holds: bool  # whether either half picks the best of all


def worth_of_alarms(alarms: pd.DataFrame, n: int, terms: Keeping, level: float) -> AlarmWorth:
    """Judge alarms by what calling gains.

    Parameters
    ----------
    alarms : pandas.DataFrame
        One row per alarm of the past: ``below``, ``customer`` (a number), ``lost_in`` (the month from the alarm on in
        which the customer was lost, 1 the first; 0: was not lost soon), ``margin`` a month.
    n : int
        Customers who were judged, also those for whom no alarm went off.
    terms : Keeping
        What a call costs and prevents, and what counts.
    level : float
        Of intervals.

    Examples
    --------
    >>> alarms = pd.DataFrame({"below": 0.5, "customer": [1, 2], "lost_in": [2, 0], "margin": [40.0, 90.0]})
    >>> worth_of_alarms(alarms, 9, Keeping(cost=5, share_prevented=0.5, months=12), 0.95).gains.tolist()
    [190.0]
    """
    lost = alarms["lost_in"].to_numpy()[:, None] == np.arange(1, terms.months + 1)
    margin = alarms["margin"].fillna(alarms["margin"].mean()).to_numpy()
    gain = alarms.assign(gain=gain_of_keeping(lost.astype(float), margin, terms))
    by = gain.pivot_table("gain", "customer", "below", aggfunc="sum", fill_value=0.0)
    half, each = by.index.to_numpy() % 2 == 0, by.to_numpy()
    totals = by.sum()
    halved, picks = np.zeros(len(by)), []
    for judged in (half, ~half):  # nobody is called where no alarm gained anything on the other half
        other = each[~judged].sum(axis=0)
        halved[judged] = each[judged, other.argmax()] * (other.max() > 0)
        picks.append(totals.index[other.argmax()] if other.max() > 0 else None)
    best = totals.idxmax()
    ends, halved_ends = (_ends(some, n, level) for some in (by[best].to_numpy(), halved))
    picked = {"halved": float(halved.sum()), "halved_ends": halved_ends, "holds": set(picks) == {best}}
    return AlarmWorth(totals, float(best), ends, **picked)


def _ends(gains: np.ndarray, n: int, level: float) -> tuple[float, float]:
    """Return low and high of a sum over n customers, of whom those not among the gains brought none."""
    total = gains.sum()
    error = np.sqrt(n / max(n - 1, 1) * max((gains**2).sum() - total**2 / n, 0.0))
    low, high = normal_interval(total, error, level)
    return float(low), float(high)
