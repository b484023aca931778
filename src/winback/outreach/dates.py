"""Which days are quiet, when does a day come round again, and how is it written? Holidays, birthdays, words."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import numpy as np

from winback.base.whole_periods import months_later

MONTHS_IN_YEAR = 12
FIRST_MONDAY = 4  # 1970-01-05, as a number of numpy's days
LEAP_YEAR = "2000"  # any one: a day without a year may be the 29 February


def yearly(day: np.ndarray, first: np.datetime64, last: np.datetime64) -> np.ndarray:
    """Return when days come round between a first and a last day: a birthday of 29 February on the 28th of other years.

    Parameters
    ----------
    day : numpy.ndarray, shape (n,), of datetime64[D]
        In any year; missing: never.
    first, last : numpy.datetime64

    Returns
    -------
    numpy.ndarray, shape (n, n_years), of datetime64[D]
        In order of time, missing where the day does not fall between the two.

    Examples
    --------
    >>> born = np.array(["1980-02-29", "1990-12-31"], dtype="datetime64[D]")
    >>> yearly(born, np.datetime64("2023-12-01"), np.datetime64("2024-11-30")).tolist()
    [[None, datetime.date(2024, 2, 29)], [datetime.date(2023, 12, 31), None]]
    """
    day = np.asarray(day, dtype="datetime64[D]")[:, None]
    years = np.arange(_year(first), _year(last) + 1)
    known = ~np.isnat(day)
    number = np.where(known, day, first).astype("datetime64[D]")
    later = months_later(number.astype(np.int64), (years - _year(number)) * MONTHS_IN_YEAR).astype("datetime64[D]")
    return np.where(known & (first <= later) & (later <= last), later, np.datetime64("NaT", "D"))


def quiet_days(start: np.datetime64, n_days: int, weekdays: Iterable[int] = (), days: Iterable[str] = ()) -> np.ndarray:
    """Tell which of so many days are quiet.

    Parameters
    ----------
    start : numpy.datetime64
        The first day.
    n_days : int
    weekdays : iterable of int
        Days of the week, 0 for Monday.
    days : iterable of str
        Single days such as "2026-04-03", or days of every year such as "12-25".

    Returns
    -------
    numpy.ndarray, shape (n_days,), of bool

    Examples
    --------
    >>> quiet_days(np.datetime64("2026-12-24"), 4, weekdays=[6], days=["12-25"]).tolist()  # Thursday to Sunday
    [False, True, False, True]
    """
    every = np.datetime64(start, "D") + np.arange(n_days)
    quiet = np.isin((every.astype(np.int64) - FIRST_MONDAY) % 7, list(weekdays))
    if n_days:
        quiet |= np.isin(every, [come for day in days for come in days_meant(day, every[0], every[-1])])
    return quiet


def days_meant(day: str, first: np.datetime64, last: np.datetime64) -> list[np.datetime64]:
    """Return the days between two that "2026-04-03" or, every year, "12-25" means.

    Examples
    --------
    >>> [str(day) for day in days_meant("02-29", np.datetime64("2023-01-01"), np.datetime64("2024-12-31"))]
    ['2023-02-28', '2024-02-29']
    """
    text = str(day)
    if text.count("-") == 1:
        come = yearly(np.array([f"{LEAP_YEAR}-{text}"], dtype="datetime64[D]"), first, last)[0]
        return list(come[~np.isnat(come)])
    once = np.datetime64(text, "D")
    return [once] if first <= once <= last else []


def _year(day: np.ndarray) -> np.ndarray:
    return day.astype("datetime64[Y]").astype(int) + 1970


def day_words(day: datetime.date, *, weekday: bool = False) -> str:
    """Write a day.

    Examples
    --------
    >>> day_words(datetime.date(2026, 5, 4)), day_words(datetime.date(2026, 5, 4), weekday=True)
    ('4 May 2026', 'Monday 4 May 2026')
    """
    return f"{day:%A} {day.day} {day:%B %Y}" if weekday else f"{day.day} {day:%B %Y}"


def span_words(first: datetime.date, last: datetime.date, year: int) -> str:
    """Write the days from one to another in short, the year only where it is another than the one spoken of.

    Examples
    --------
    >>> day = datetime.date(2026, 5, 4)
    >>> span_words(day, day, 2026), span_words(day, datetime.date(2026, 5, 9), 2026)
    ('4 May', '4 to 9 May')
    >>> span_words(datetime.date(2026, 12, 30), datetime.date(2027, 1, 2), 2026)
    '30 December to 2 January 2027'
    """
    ends = f"{last.day} {last:%B}" + (f" {last.year}" if last.year != year else "")
    if first == last:
        return ends
    begins = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%B}"
    begins += f" {first.year}" if first.year not in (year, last.year) else ""
    return f"{begins} to {ends}"


def short_day(day: datetime.date) -> str:
    """Write a day for a table.

    Examples
    --------
    >>> short_day(datetime.date(2026, 5, 4))
    'Mon 4 May 2026'
    """
    return f"{day:%a} {day.day} {day:%b %Y}"
