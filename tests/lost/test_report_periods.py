"""Are periods whole, without gaps, and the shorter the more often customers buy?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.lost.report_periods import report_periods

DAY = st.integers(0, 20_000)


def day(text):
    return int(np.datetime64(text, "D").astype(int))


@given(DAY, st.integers(40, 3_000), st.sampled_from(["D", "W", "10D", "M"]))
def test_periods_are_whole_and_as_many_as_fit(first, n_days, period):
    found = report_periods(first, first + n_days, period) if n_days > 61 else None
    if found is None:
        return
    assert found.edges[0] >= first
    assert found.edges[-1] <= first + n_days + 1
    if period == "M":
        starts = pd.to_datetime(found.edges, unit="D")
        assert (starts.day == 1).all()
        assert (np.diff(starts.year * 12 + starts.month) == 1).all()
        assert found.edges[0] - first < 31
        assert first + n_days + 1 - found.edges[-1] < 31
    else:
        assert (np.diff(found.edges) == found.period.days).all()
        assert found.edges[-1] == first + n_days + 1
        assert found.edges[0] - first < found.period.days


@given(st.floats(0, 500), st.floats(0, 500))
def test_the_more_often_customers_buy_the_shorter(one, other):
    lengths = [report_periods(0, 4_000, usual_gap=gap).period.days for gap in sorted((one, other))]
    assert lengths[0] <= lengths[1]
    assert lengths[0] >= min(one, other) or lengths[0] > 365


def test_years_end_with_the_last_whole_month():
    edges = report_periods(day("2012-05-07"), day("2015-12-31"), "Y").edges
    assert edges.astype("datetime64[D]").astype(str).tolist() == [
        "2013-01-01",
        "2014-01-01",
        "2015-01-01",
        "2016-01-01",
    ]


def test_without_room_for_the_period_of_the_gap_a_shorter_one_is_taken():
    assert str(report_periods(0, 40, usual_gap=80.0).period) == "M"
    assert str(report_periods(0, 5, usual_gap=80.0).period) == "D"


@pytest.mark.parametrize("period", ["Y", "800D", "2M"])
def test_a_period_longer_than_the_data_is_refused(period):
    with pytest.raises(ValueError, match=r"longer than what can be reported, 2024-01-15 to 2024-02-20: no whole one"):
        report_periods(day("2024-01-15"), day("2024-02-20"), period)


def test_each_day_lies_in_its_period():
    found = report_periods(0, 100, "10D")
    assert found.of(np.array([found.edges[0] - 1, *found.edges])).tolist() == [-1, *range(found.n + 1)]
