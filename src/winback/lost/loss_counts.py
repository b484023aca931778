"""How many were here, lost, won and back in each period and group? Counted without a loop over customers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.contract_lives import dates_of
from winback.lost.report_periods import ReportPeriods
from winback.lost.stays import Stays

COUNTS = ("n", "n_lost", "n_lost_within", "n_won", "n_returned", "n_pending")
MONEY = ("money_lost", "money_lost_within")


def count_losses(stays: Stays, periods: ReportPeriods) -> pd.DataFrame:
    r"""Return one row per period and group, the last group being those whose group is not known.

    Here at the start of a period are those whose stay began before its first day and had not ended before it; in the
    next one are

    .. math:: n_{t+1} = n_t - lost_t - lost within_t + won_t + returned_t - pending_t

    Those who were here at the start count where they belong on its first day; those who came later, where they came to.
    """
    counting = _Counting(stays, periods)
    before, within, goes = counting.here(), counting.ended_within(), stays.lost
    figures = {
        "n": counting.at_start()[:, :-1],
        "n_lost": counting.ends(goes & before),
        "n_lost_within": counting.ends(goes & within),
        "n_won": counting.starts(stays.number == 1),
        "n_returned": counting.starts(stays.number > 1),
        "n_pending": counting.ends(stays.pending & (before | within)),
        "money_lost": counting.ends(goes & before, stays.money),
        "money_lost_within": counting.ends(goes & within, stays.money),
    }
    n_groups, n = figures["n"].shape
    frame = {
        "start": np.tile(dates_of(periods.edges[:-1]), n_groups),
        "end": np.tile(dates_of(periods.edges[1:] - 1), n_groups),
        "group": np.repeat(np.arange(n_groups), n),
        "final": np.tile(periods.edges[1:] - 1 <= stays.sure, n_groups),
    }
    return pd.DataFrame(frame | {name: values.ravel() for name, values in figures.items()})


class _Counting:
    """Periods of starts and ends, and groups at the times that count."""

    def __init__(self, stays: Stays, periods: ReportPeriods):
        self.stays, self.periods = stays, periods
        self.n_groups = len(stays.names) + 1
        self.ended_in = periods.of(stays.end)
        self.started_in = periods.of(stays.start)
        self.inside = (self.ended_in >= 0) & (self.ended_in < periods.n)

    def at_start(self) -> np.ndarray:
        """Return who was here on the eve of each edge, by the group they are in on its day, (n_groups, n_edges)."""
        spells, edges = self.stays.spells, self.periods.edges
        shape = (self.n_groups, len(edges) + 1)
        change = np.zeros(shape)
        for day, sign in ((spells.before, 1), (spells.end, -1)):
            cell = (spells.group % self.n_groups) * shape[1] + np.searchsorted(edges, day, side="right")
            change += sign * np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)
        return np.cumsum(change, axis=1)[:, :-1].astype(np.int64)

    def here(self) -> np.ndarray:
        """Return whose stay ended in a period at whose start they were here."""
        return self.inside & (self.started_in < self.ended_in)

    def ended_within(self) -> np.ndarray:
        """Return whose stay began and ended in the same period."""
        return self.inside & (self.started_in == self.ended_in)

    def ends(self, rows: np.ndarray, money: np.ndarray | None = None) -> np.ndarray:
        """Count ends, or add their money up, (n_groups, n_periods)."""
        at = np.flatnonzero(rows)
        start = self.stays.start[at]
        edge = self.periods.edges[self.ended_in[at]]
        group = self.stays.spells.at(self.stays.customer[at], np.maximum(start, edge))
        return self._table(group, self.ended_in[at], None if money is None else money[at])

    def starts(self, rows: np.ndarray) -> np.ndarray:
        """Count starts, (n_groups, n_periods)."""
        at = np.flatnonzero(rows & (self.started_in >= 0) & (self.started_in < self.periods.n))
        group = self.stays.spells.at(self.stays.customer[at], self.stays.start[at])
        return self._table(group, self.started_in[at])

    def _table(self, group, period, money=None) -> np.ndarray:
        cell, n = (group % self.n_groups) * self.periods.n + period, self.n_groups * self.periods.n
        if money is None:
            return np.bincount(cell, minlength=n).reshape(self.n_groups, -1)
        known = ~np.isnan(money)
        if len(money) and not known.any():
            return np.full((self.n_groups, self.periods.n), np.nan)
        return np.bincount(cell[known], weights=money[known], minlength=n).reshape(self.n_groups, -1)


def cohorts_of(stays: Stays, periods: ReportPeriods) -> pd.DataFrame:
    """Return one row per period in which stays began and period since: who is still here at its start.

    ``cohort`` is the first day of the period in which they came, or came back; missing: before the first one, and
    counted from there. ``periods_since`` 0 is how many came; ``n`` of one ``start`` add up to those here then.
    """
    n, edges = periods.n, periods.edges
    came = periods.of(stays.start)
    gone = np.searchsorted(edges, stays.end, side="right")  # the first edge on whose eve they are not here
    kept = (came < n) & (stays.end >= edges[0])
    cell = (came[kept] + 1) * (n + 2) + gone[kept]
    left = np.cumsum(np.bincount(cell, minlength=(n + 1) * (n + 2)).reshape(n + 1, n + 2), axis=1)
    size = left[:, -1]
    cohort, since = np.nonzero(np.arange(n + 1) <= np.minimum(n, n + 1 - np.arange(n + 1))[:, None])
    edge = np.where(cohort == 0, since, cohort - 1 + since)
    here = np.where((since == 0) & (cohort > 0), size[cohort], size[cohort] - left[cohort, edge])
    first = np.where(cohort == 0, 0, cohort - 1)
    frame = pd.DataFrame(
        {
            "cohort": pd.Series(dates_of(edges[first])).mask(cohort == 0),
            "periods_since": since,
            "start": dates_of(edges[edge]),
            "n_came": size[cohort],
            "n": here,
        }
    )
    return frame.assign(share=frame["n"] / frame["n_came"].where(frame["n_came"] > 0))
