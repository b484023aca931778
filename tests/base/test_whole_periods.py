"""Are whole periods counted by the calendar?"""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.base.whole_periods import whole_periods
from winback.periods import parse_period


def periods(start, end, period):
    days = [np.array([np.datetime64(each, "D").astype(int)]) for each in (start, end)]
    return tuple(int(each[0]) for each in whole_periods(*days, parse_period(period)))


@pytest.mark.parametrize(
    ("start", "end", "period", "full", "begun"),
    [
        ("2023-01-01", "2024-01-01", "Y", 1, 1),
        ("2024-01-01", "2025-01-01", "Y", 1, 1),  # 366 days
        ("2023-01-01", "2023-12-31", "Y", 0, 1),
        ("2024-02-29", "2025-02-28", "Y", 1, 1),
        ("2023-01-01", "2024-01-02", "Y", 1, 2),
        ("2023-01-31", "2023-02-28", "M", 1, 1),
        ("2023-01-31", "2023-03-30", "M", 1, 2),
        ("2023-01-01", "2023-02-01", "M", 1, 1),  # 31 days
        ("2023-01-15", "2023-04-15", "3M", 1, 1),
        ("2023-01-15", "2023-04-16", "3M", 1, 2),
        ("2023-01-01", "2023-01-08", "W", 1, 1),
        ("2023-01-01", "2023-01-09", "W", 1, 2),
        ("2023-01-01", "2023-03-02", "30D", 2, 2),
        ("2023-01-01", "2023-01-01", "M", 0, 0),
    ],
)
def test_by_hand(start, end, period, full, begun):
    assert periods(start, end, period) == (full, begun)


def later(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for of_month in range(day.day, 27, -1):
        try:
            return datetime.date(year, month, of_month)
        except ValueError:
            continue
    return datetime.date(year, month, min(day.day, 27))


@given(
    start=st.dates(datetime.date(1999, 1, 1), datetime.date(2030, 1, 1)),
    days=st.integers(0, 2000),
    period=st.sampled_from(["M", "2M", "Y", "3Y", "W", "45D"]),
)
def test_so_many_periods_fit_and_one_more_does_not(start, days, period):
    end, unit = start + datetime.timedelta(days), parse_period(period)
    months = {"M": 1, "Y": 12}.get(unit.unit, 0) * unit.n_units

    def after(n):
        return later(start, n * months) if months else start + datetime.timedelta(n * int(unit.days))

    full, begun = periods(start, end, period)
    assert after(full) <= end < after(full + 1)
    assert begun == full + (after(full) < end)
