"""How many periods did a customer stay? By the calendar where a period is months or years: a year has 366 days, too."""

from __future__ import annotations

import numpy as np

from winback.periods import Period

MONTHS = {"M": 1, "Y": 12}


def whole_periods(start: np.ndarray, end: np.ndarray, period: Period) -> tuple[np.ndarray, np.ndarray]:
    """Return how many periods are full between two days, and how many were begun.

    A period that begins on the 31st ends on the last day of a shorter month.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (n,)
        Days as whole numbers, of numpy's ``datetime64[D]``.
    period : Period

    Examples
    --------
    >>> from winback.periods import parse_period
    >>> start, end = np.array(["2023-01-31", "2024-02-01"], dtype="datetime64[D]").astype(int).reshape(2, 1)
    >>> [int(n[0]) for n in whole_periods(start, end, parse_period("Y"))]
    [1, 2]
    """
    if period.unit not in MONTHS:
        days, length = end - start, int(period.days)
        return days // length, -(-days // length)
    months = MONTHS[period.unit] * period.n_units
    full = _whole_months(start, end)
    reached = months_later(start, full // months * months) >= end
    return full // months, full // months + ~reached


def _whole_months(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    between = _month(end) - _month(start)
    return between - (months_later(start, between) > end)


def months_later(day: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """Return the same day of the month so many months later, or the last day of a shorter month; days as numbers.

    Examples
    --------
    >>> months_later(np.array(["2023-12-31"], dtype="datetime64[D]").astype(int), np.arange(3)).astype("datetime64[D]")
    array(['2023-12-31', '2024-01-31', '2024-02-29'], dtype='datetime64[D]')
    """
    first = (_month(day) + months).astype("datetime64[M]")
    n_days = ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(int)
    of_month = day - _month(day).astype("datetime64[M]").astype("datetime64[D]").astype(int)
    return first.astype("datetime64[D]").astype(int) + np.minimum(of_month, n_days - 1)


def _month(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(int)
