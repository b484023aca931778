r"""What would the hazard have been within some windows? As the time on either side of them says.

Near a moment the log of the hazard is taken to be a parabola in the log of the time of life, :math:`x = \log(t / t_0)`
with :math:`t_0` the middle of the window, fitted to the days before and after it alone:

.. math:: d_t \sim \text{Poisson}(n_t e^{b_0 + b_1 x_t + b_2 x_t^2}), \qquad
   \hat\mu = \sum_{t \in \text{window}} n_t e^{\hat b_0 + \hat b_1 x_t + \hat b_2 x_t^2}

A Weibull, a Gompertz and a log-normal hazard are all but such parabolas over a few months; the mean of the months
before and after is too high where a hazard bends upwards, and too low where it bends downwards. As few may have been
lost, slope and bend are a priori :math:`N(0, 2^2)`: a hazard that grows to eight times as much, or falls to an eighth,
while the time doubles is not ruled out, but nothing is learned from nobody. On the calendar, which has no beginning,
x is the time itself, in fours of windows.

Where the moment comes on several days, each with a share of the windows, :math:`x` counts from each of them, and days
that lie beside several count with all of them; the variance is that of Huber's sandwich over days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.newton import climb

AS_LONG = 3  # times a window, on either side: what lies further off is of another time
NOT_BEFORE = 4  # the first quarter of the time up to the window is of another time, too
PRIOR = np.array([0.0, 0.25, 0.25])  # one over the variance of level (not known), slope and bend
HIGHEST = 40.0  # log of how often a hazard may be its mean, which keeps sums finite


@dataclass(frozen=True, eq=False)
class Days:
    """Who is at risk, and lost, on each day of a clock without a window, and how many are within one."""

    first: int  # the day of the first place
    free: np.ndarray  # (n_days,) at risk without any window
    lost: np.ndarray  # (n_days,) of these
    inside: np.ndarray  # (n_days,) at risk within the windows of the moment
    of_life: bool  # the clock counts from the beginning of a life, not of the calendar


def expected_between(days: Days, opens: np.ndarray, length: int) -> tuple[float, float, float]:
    """Return how many were lost beside windows of so many days, and how many would be within, with the variance.

    ``opens``: the day on which each window opens. Where nobody was lost beside them, nobody is expected to be.

    Examples
    --------
    >>> hazard = 0.001 * np.arange(400.0) / 200 + 0.001   # it climbs; 1,000 are watched
    >>> at_risk, within = np.full(400, 1e5), (np.arange(400) >= 100) & (np.arange(400) < 160)
    >>> days = Days(0, at_risk * ~within, 1e5 * hazard * ~within, at_risk * within, True)
    >>> _, found, _ = expected_between(days, np.array([100]), 60)
    >>> round(float(found / (1e5 * hazard[within].sum())), 2)
    1.0
    """
    at, share = np.unique(opens, return_counts=True)
    share = share / share.sum()
    steps = np.arange(-AS_LONG * length, (AS_LONG + 1) * length)
    day = at[:, None] + steps - days.first
    since = (at + length / 2) / NOT_BEFORE if days.of_life else at - AS_LONG * length
    there = (day >= 0) & (day < len(days.free)) & (day + days.first >= since[:, None])
    day, weight = day[there], np.broadcast_to(share[:, None], there.shape)[there]
    middle = np.broadcast_to(at[:, None] + length / 2, there.shape)[there]
    time = day + days.first + 0.5
    x = np.log(time / middle) if days.of_life else (time - middle) / (4 * length)
    terms = np.vander(x, 3, increasing=True)
    within = np.broadcast_to((steps >= 0) & (steps < length), there.shape)[there]
    lost = days.lost[np.unique(day[~within])].sum()
    if not lost or not days.inside.any():
        return float(lost), 0.0, 0.0
    place, covariance = _fit(days, day, weight * ~within, terms)
    rate = weight * within * days.inside[day] * np.exp(np.clip(terms @ place, None, HIGHEST))
    mean = rate @ terms / rate.sum()
    expected = days.inside.sum() * rate.sum() / (weight * within * days.inside[day]).sum()
    return float(lost), float(expected), float(expected**2 * (mean @ covariance @ mean))


def _fit(days: Days, day: np.ndarray, weight: np.ndarray, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return level, slope and bend of the log hazard with their covariance."""
    at_risk, lost = weight * days.free[day], weight * days.lost[day]

    def likelihood(place: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        score = np.clip(terms @ place, None, HIGHEST)
        mean = at_risk * np.exp(score)
        value = lost @ score - mean.sum() - PRIOR @ place**2 / 2
        return float(value), terms.T @ (lost - mean) - PRIOR * place, (terms.T * mean) @ terms + np.diag(PRIOR)

    start = np.array([np.log(lost.sum() / at_risk.sum()), 0.0, 0.0])
    place = climb(likelihood, start).place
    mean = at_risk * np.exp(np.clip(terms @ place, None, HIGHEST))
    n_days, often = len(days.free), np.bincount(day, weight, len(days.free))
    of_day = np.column_stack([np.bincount(day, weight * term, n_days) for term in terms.T])
    rate = np.bincount(day, mean, n_days) / np.where(often > 0, often, 1)  # expected to be lost on each day
    bread = np.linalg.inv((terms.T * mean) @ terms + np.diag(PRIOR))
    return place, bread @ ((of_day.T * rate) @ of_day + np.diag(PRIOR)) @ bread
