"""Are days that come round, and quiet days, those of the calendar: at month ends, year ends and in leap years?"""

import calendar
import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.base.whole_periods import months_later
from winback.outreach.dates import days_meant, quiet_days, yearly

DAYS = st.dates(datetime.date(1901, 1, 1), datetime.date(2099, 12, 31))


def day(text):
    return np.datetime64(text, "D")


def clipped(year, month, of_month):
    """Return the date by the standard library: the last day where the month is shorter."""
    return datetime.date(year, month, min(of_month, calendar.monthrange(year, month)[1]))


@given(DAYS, st.integers(0, 60))
def test_months_later_are_those_of_the_standard_library(start, months):
    years, month = divmod(start.month - 1 + months, 12)
    found = months_later(np.array([start], dtype="datetime64[D]").astype(int), months).astype("datetime64[D]")
    assert found.tolist() == [clipped(start.year + years, month + 1, start.day)]


@pytest.mark.parametrize(
    ("start", "come"),
    [
        ("2023-10-31", ["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]),
        ("2022-12-30", ["2022-12-30", "2023-01-30", "2023-02-28", "2023-03-30", "2023-04-30", "2023-05-30"]),
    ],
)
def test_every_month_counts_from_the_first_day(start, come):
    """Counted from the month before, the 31st would become the 28th for ever."""
    found = months_later(np.array([start], dtype="datetime64[D]").astype(int), np.arange(6))
    assert found.astype("datetime64[D]").astype(str).tolist() == come


@given(st.lists(DAYS, max_size=5), DAYS, st.integers(0, 1500))
def test_a_day_of_every_year_is_found_wherever_it_falls(born, first, length):
    last = first + datetime.timedelta(length)
    found = yearly(np.array(born, dtype="datetime64[D]"), np.datetime64(first, "D"), np.datetime64(last, "D"))
    for row, each in zip(found, born, strict=True):
        every = [clipped(year, each.month, each.day) for year in range(first.year, last.year + 1)]
        assert [date for date in row.tolist() if date] == [date for date in every if first <= date <= last]


def test_who_has_told_no_birthday_has_none():
    assert np.isnat(yearly(np.array(["NaT"], dtype="datetime64[D]"), day("2024-01-01"), day("2025-12-31"))).all()


@given(DAYS, st.integers(0, 400), st.sets(st.integers(0, 6)), st.lists(DAYS, max_size=3), st.lists(DAYS, max_size=2))
def test_quiet_days_are_those_of_the_standard_library(start, n_days, weekdays, once, always):
    named = [str(each) for each in once] + [str(each)[5:] for each in always]
    every = [start + datetime.timedelta(number) for number in range(n_days)]
    expected = [
        each.weekday() in weekdays
        or each in once
        or any(clipped(each.year, other.month, other.day) == each for other in always)
        for each in every
    ]
    assert quiet_days(np.datetime64(start, "D"), n_days, weekdays, named).tolist() == expected


def test_a_single_day_is_meant_once():
    assert days_meant("2024-12-25", day("2023-01-01"), day("2026-12-31")) == [day("2024-12-25")]
    assert days_meant("2022-12-25", day("2023-01-01"), day("2026-12-31")) == []
    assert days_meant("12-25", day("2023-12-25"), day("2024-12-25")) == [day("2023-12-25"), day("2024-12-25")]
