r"""With whom is a moment compared? With others at the same time, or, where all have it at once, with the time beside.

Where nobody is at risk at the same time without the moment, no hazard at that time without it can be seen. It is then
taken to be what those before and just after the windows tell, of the same customers' population, see
`winback.retention.either_side`:

.. math:: \hat\beta = \log \frac{d_w}{\hat\mu}, \qquad
   \operatorname{var} \hat\beta = \frac{1}{d_w} + \operatorname{var} \log \hat\mu

with :math:`d_w` lost within the windows and :math:`\hat\mu` expected to be. Each offer has a population of its own:
what it costs and whom it won may make them stay longer throughout, which is no matter of its end. Those whose offer
ends after three months are compared apart from those whose ends after six.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.retention.either_side import Days, expected_between
from winback.retention.exposure import Cells, Stretches, Watched, Windows
from winback.retention.jumps import FEWEST_LOST, Jumps, fit_jumps

COMPARED = 0.05  # share of those at risk at the same time without a window that is needed to compare with
WITH_OTHERS, WITH_NEIGHBOURS, WITH_NOBODY = "others", "neighbours", "nobody"  # with whom a moment is compared


@dataclass(frozen=True, eq=False)
class Population:
    """Who is watched, what came to them, and when they were at risk."""

    watched: Watched
    windows: Windows
    stretches: Stretches
    own: np.ndarray | None = None  # (n,) which moment's population each belongs to; None: all belong to every one
    ends: np.ndarray | None = None  # (n,) day on which that moment comes, or would have; None: not known beforehand

    def clocks(self) -> list[np.ndarray]:
        """Return how many days each clock, of life and of the calendar, is behind, by one of those watched."""
        return [self.watched.zero, *([np.zeros_like(self.watched.zero)] if self.watched.dated else [])]


@dataclass(frozen=True, eq=False)
class ByDay:
    """Who is at risk on each day of a clock, of life or of the calendar, without any window open."""

    first: int
    free: np.ndarray  # (n_days,) days at risk without a window
    lost: np.ndarray  # (n_days,) lost without a window
    inside: np.ndarray  # (n_kinds, n_days) days at risk within the windows of each moment
    compared: np.ndarray  # (n_kinds,) share of those at risk on the days of a window who have none


def by_day(found: Stretches, behind: np.ndarray) -> ByDay:
    """Count by the day of a clock, so many days behind for each of those watched."""
    begin, end = found.begin - behind[found.row], found.end - behind[found.row]
    first = int(begin.min(initial=0))
    n_days = int(end.max(initial=1)) - first

    def at_risk(some: np.ndarray | slice) -> np.ndarray:
        came, went = (np.bincount(each[some] - first, minlength=n_days + 1) for each in (begin, end))
        return np.cumsum(came - went)[:n_days].astype(float)

    free = ~found.open.any(axis=1)
    alone = at_risk(free)
    without = alone / np.maximum(at_risk(slice(None)), 1)
    inside = np.array([at_risk(each) for each in found.open.T])
    compared = (inside @ without) / np.maximum(inside.sum(axis=1), 1)
    lost = np.bincount(end[free & found.ended] - 1 - first, minlength=n_days)
    return ByDay(first, alone, lost, inside, compared)


def beside(population: Population, kind: int, some: np.ndarray | bool = True) -> tuple[float, float]:
    """Compare a moment's windows with the time before and after them: the log of the ratio, and its variance.

    Of its population these are ``some``, (n,) bool.
    """
    n = len(population.watched)
    some = np.broadcast_to(some if population.own is None else some & (population.own == kind), n)
    ends = np.zeros(n, dtype=np.int64) if population.ends is None else population.ends
    windows = population.windows
    with_one = np.isin(np.arange(n), windows.row[windows.kind == kind])
    parts = [_part(population, kind, some & (ends == end)) for end in np.unique(ends[some & with_one])]
    lost, lost_beside, expected, variance = np.reshape(parts, (-1, 4)).sum(axis=0)
    if min(lost, lost_beside) < FEWEST_LOST:
        return np.nan, np.nan
    return float(np.log(lost / expected)), float(1 / lost + variance / expected**2)


def _part(population: Population, kind: int, some: np.ndarray) -> tuple[float, float, float, float]:
    """Return how many were lost within windows and beside, and how many expected, with the variance, among some."""
    windows = population.windows
    found = population.stretches.only(some[population.stretches.row])
    counts = [(by_day(found, behind), behind) for behind in population.clocks()]
    place = int(np.argmin([count.compared[kind] for count, _ in counts]))  # of the clock by which all have it at once
    count, behind = counts[place]
    of = (windows.kind == kind) & some[windows.row]
    opens = windows.day[of] - behind[windows.row[of]]
    days = Days(count.first, count.free, count.lost, count.inside[kind], of_life=place == 0)
    inside = found.open[:, kind]
    return found.ended[inside].sum(), *expected_between(days, opens, int(windows.days[kind]))


def jumps_of(population: Population, cells: Cells) -> tuple[Jumps, np.ndarray]:
    """Return each moment's ratio, and with whom it is compared."""
    shares = [by_day(population.stretches, behind).compared for behind in population.clocks()]
    at_once = (np.min(shares, axis=0) < COMPARED) | (population.own is not None)
    alone, k = np.flatnonzero(~at_once), len(at_once)
    log_ratio, covariance = np.full(k, np.nan), np.zeros((k, k))
    part = cells.only(~cells.open[:, at_once].any(axis=1))
    if len(alone) and len(part.days):
        jumps = fit_jumps(part, part.open[:, alone])
        log_ratio[alone], covariance[np.ix_(alone, alone)] = jumps.log_ratio, jumps.covariance
    for kind in np.flatnonzero(at_once):
        log_ratio[kind], covariance[kind, kind] = beside(population, kind)
    compared = np.where(np.isnan(log_ratio), WITH_NOBODY, np.where(at_once, WITH_NEIGHBOURS, WITH_OTHERS))
    return Jumps(log_ratio, covariance), compared


def jumps_by_segment(population: Population, cells: Cells, kind: int, segment: np.ndarray, at_once: bool) -> Jumps:
    """Return the ratios of one moment by segment, (n,) places."""
    groups = np.arange(segment.max() + 1)
    if at_once:
        log_ratio, variance = np.transpose([beside(population, kind, segment == each) for each in groups])
        return Jumps(log_ratio, np.diag(variance))
    within = cells.open[:, [kind]] & (cells.segment[:, None] == groups)
    return fit_jumps(cells, np.hstack([within, np.delete(cells.open, kind, axis=1)])).of(groups)
