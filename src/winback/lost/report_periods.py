"""Over which periods are losses reported? As long as the usual gap between purchases, or months; whole ones only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.whole_periods import MONTHS
from winback.periods import Period, parse_period

LENGTHS = ("W", "M", "3M", "6M", "Y")  # that are chosen among; the first that is no shorter than the usual gap
MONTHLY = "M"


@dataclass(frozen=True, eq=False)
class ReportPeriods:
    """Periods that follow each other without a gap; days are whole numbers, of numpy's ``datetime64[D]``."""

    period: Period
    edges: np.ndarray  # (n + 1,) first day of each, and the day after the last one
    usual_gap: float | None = None  # days between purchases, where it chose the period

    @property
    def n(self) -> int:
        """Periods."""
        return len(self.edges) - 1

    def of(self, day: np.ndarray) -> np.ndarray:
        """Return in which period each day lies: -1 before the first one, n after the last one."""
        return np.searchsorted(self.edges, day, side="right") - 1


def report_periods(
    first: int,
    last: int,
    period: str | Period | None = None,
    *,
    usual_gap: float | None = None,
    since: int | None = None,
) -> ReportPeriods:
    """Return the whole periods between two days, counted back from the last one, or on from ``since``.

    Counted back, months and years end with a month of the calendar.

    Without a period it is the first of a week, a month, a quarter, half a year and a year that is no shorter than the
    usual gap between purchases and fits into the data: the more often customers buy, the shorter. Without a gap it is
    a month.

    Examples
    --------
    >>> first, last = np.array(["2023-01-15", "2023-06-20"], dtype="datetime64[D]").astype(int).tolist()
    >>> months = report_periods(first, last)
    >>> months.n, months.edges[[0, -1]].astype("datetime64[D]").astype(str).tolist()
    (4, ['2023-02-01', '2023-06-01'])
    >>> report_periods(first, last, usual_gap=5.0).period.in_words, report_periods(first, last, "2M").n
    ('week', 2)
    """
    if period is not None:
        asked = parse_period(period)
        edges = _edges(first, last, asked, since)
        if len(edges) < 2:
            raise ValueError(_too_long(first, last, asked))
        return ReportPeriods(asked, edges)
    lengths = [parse_period(length) for length in LENGTHS]
    wanted = parse_period(MONTHLY)
    if usual_gap is not None:
        wanted = next((each for each in lengths if each.days >= usual_gap), lengths[-1])
    fitting = [each for each in [*reversed(lengths), parse_period("D")] if each.days <= wanted.days]
    for length in fitting:
        edges = _edges(first, last, length, since)
        if len(edges) > 1:
            return ReportPeriods(length, edges, usual_gap)
    raise ValueError(_too_long(first, last, fitting[-1]))


def _edges(first: int, last: int, period: Period, since: int | None) -> np.ndarray:
    """Return the first days of the periods, and the day after the last one."""
    if since is not None:
        edges = _counted_on(since, last, period)
        return edges[edges >= first]
    if period.unit not in MONTHS:
        days = int(period.days)
        n = max(last + 1 - first, 0) // days
        return last + 1 - days * np.arange(n, -1, -1)
    end = _month(np.array([last + 1]))[0]
    start = _month(np.array([first - 1]))[0] + 1  # the first month that begins on the first day or later
    months = MONTHS[period.unit] * period.n_units
    n = max(end - start, 0) // months
    return (end - months * np.arange(n, -1, -1)).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _counted_on(since: int, last: int, period: Period) -> np.ndarray:
    """Return the edges from a day on; what begins on the 31st ends on the last day of a shorter month."""
    if period.unit not in MONTHS:
        return np.arange(since, last + 2, int(period.days))
    months = MONTHS[period.unit] * period.n_units
    start, n = pd.Timestamp(since, unit="D"), (_month(np.array([last + 1]))[0] - _month(np.array([since]))[0]) // months
    days = pd.DatetimeIndex([start + pd.DateOffset(months=months * k) for k in range(n + 1)])
    edges = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    return edges[edges <= last + 1]


def _month(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _too_long(first: int, last: int, period: Period) -> str:
    """Say that no whole period lies within the data."""
    days = np.array([first, last]).astype("datetime64[D]").astype(str)
    return (
        f"period ({period.in_words}) is longer than what can be reported, {days[0]} to {days[1]}: no whole one lies "
        'within. Choose a shorter one, such as period="M" or period="W".'
    )
