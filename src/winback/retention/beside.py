r"""With whom is a moment compared? With others at the same time, or, where all have it at once, with the time beside.

Where nobody is at risk at the same time without the moment, no hazard at that time without it can be seen. It is taken
to lie between those of as many days just before and just after the windows, of the same customers' population:

.. math:: \\hat\\beta = \\log \\frac{d_w / n_w}{\\sum_t w_t d_t / \\sum_t w_t n_t}

over the days t beside the windows, :math:`w_t` being how many windows they lie beside. Each offer has a population of
its own: what it costs and whom it won may make them stay longer throughout, which is no matter of its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.retention.exposure import Cells, Stretches, Watched, Windows
from winback.retention.jumps import LEAST, Jumps, fit_jumps

COMPARED = 0.05  # share of those at risk at the same time without a window that is needed to compare with
OTHERS, NEIGHBOURS, NOBODY = "others", "neighbours", "nobody"  # with whom a moment is compared
LIFE, CALENDAR = "life", "calendar"  # clocks


@dataclass(frozen=True, eq=False)
class Population:
    """Who is watched, what came to them, and when they were at risk."""

    watched: Watched
    windows: Windows
    stretches: Stretches
    own: np.ndarray | None = None  # (n,) which moment's population each belongs to; None: all belong to every one

    def only(self, some: np.ndarray) -> Population:
        """Return the population of some of those watched."""
        return Population(self.watched, self.windows.only(some), self.stretches.only(some), self.own)

    def of(self, kind: int) -> Population:
        """Return the population of a moment."""
        return self if self.own is None else self.only(self.own == kind)

    def clocks(self) -> dict[str, np.ndarray]:
        """Return how many days each clock is behind, by one of those watched."""
        none = {CALENDAR: np.zeros_like(self.watched.zero)} if self.watched.dated else {}
        return {LIFE: self.watched.zero, **none}


@dataclass(frozen=True, eq=False)
class ByDay:
    """Who is at risk on each day of a clock, of life or of the calendar, without any window open."""

    first: int
    free: np.ndarray  # (n_days,) days at risk without a window
    lost: np.ndarray  # (n_days,) lost without a window
    compared: np.ndarray  # (n_kinds,) share of those at risk on the days of a window who have none


def by_day(found: Stretches, behind: np.ndarray) -> ByDay:
    """Count by the day of a clock, so many days behind for each of those watched."""
    begin, end = found.begin - behind[found.row], found.end - behind[found.row]
    first = int(begin.min(initial=0))
    n_days = int(end.max(initial=1)) - first

    def at_risk(some: np.ndarray) -> np.ndarray:
        steps = np.bincount(begin[some] - first, minlength=n_days + 1)
        return np.cumsum(steps - np.bincount(end[some] - first, minlength=n_days + 1))[:n_days].astype(float)

    free = ~found.open.any(axis=1)
    alone, everybody = at_risk(free), at_risk(np.ones(len(free), dtype=bool))
    without = alone / np.maximum(everybody, 1)
    windows = [at_risk(each) for each in found.open.T]
    compared = np.array([days @ without / max(days.sum(), 1) for days in windows])
    lost = np.bincount(end[free & found.ended] - 1 - first, minlength=n_days)
    return ByDay(first, alone, lost, compared)


def beside(population: Population, kind: int) -> tuple[float, float]:
    """Compare a moment's windows with as many days before and after: the log of the ratio, and its variance."""
    found, windows, behind = population.stretches, population.windows, population.clocks()
    counts = {name: by_day(found, each) for name, each in behind.items()}
    clock = min(counts, key=lambda name: counts[name].compared[kind])  # by which all have it at once
    count, days, of = counts[clock], int(windows.days[kind]), windows.kind == kind
    moment = windows.day[of] - behind[clock][windows.row[of]] - count.first
    weight = np.zeros(len(count.free) + 1)
    for step, shift in ((1, -days), (-1, 0), (1, days), (-1, 2 * days)):
        np.add.at(weight, np.clip(moment + shift, 0, len(count.free)), step)
    weight = np.cumsum(weight)[:-1]
    inside = found.open[:, kind]
    at_risk, lost = (found.end - found.begin)[inside].sum(), found.ended[inside].sum()
    lost_beside = weight @ count.lost
    if min(lost, count.lost[weight > 0].sum()) < LEAST:
        return np.nan, np.nan
    ratio = (lost / at_risk) / (lost_beside / (weight @ count.free))
    return float(np.log(ratio)), float(1 / lost + weight**2 @ count.lost / lost_beside**2)


def jumps_of(population: Population, cells: Cells) -> tuple[Jumps, np.ndarray]:
    """Return each moment's ratio, and with whom it is compared."""
    shares = [by_day(population.stretches, behind).compared for behind in population.clocks().values()]
    at_once = np.min(shares, axis=0) < COMPARED if population.own is None else np.ones(len(shares[0]), dtype=bool)
    alone, k = np.flatnonzero(~at_once), len(at_once)
    log_ratio, covariance = np.full(k, np.nan), np.zeros((k, k))
    part = cells.only(~cells.open[:, at_once].any(axis=1))
    if len(alone) and len(part.days):
        jumps = fit_jumps(part, part.open[:, alone])
        log_ratio[alone], covariance[np.ix_(alone, alone)] = jumps.log_ratio, jumps.covariance
    for kind in np.flatnonzero(at_once):
        log_ratio[kind], covariance[kind, kind] = beside(population.of(kind), kind)
    compared = np.where(np.isnan(log_ratio), NOBODY, np.where(at_once, NEIGHBOURS, OTHERS))
    return Jumps(log_ratio, covariance), compared


def jumps_by_segment(population: Population, cells: Cells, kind: int, segment: np.ndarray, at_once: bool) -> Jumps:
    """Return the ratios of one moment by segment, (n,) places."""
    groups = range(int(segment.max()) + 1)
    if not at_once:
        inside = cells.open[:, kind]
        others = np.delete(cells.open, kind, axis=1)
        design = np.column_stack([*(inside & (cells.segment == each) for each in groups), others])
        return fit_jumps(cells, design).of(np.arange(len(groups)))
    found = [beside(population.of(kind).only(segment == each), kind) for each in groups]
    return Jumps(np.array([each for each, _ in found]), np.diag([variance for _, variance in found]))
