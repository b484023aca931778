"""Do dates give the months that a calendar and a pencil give?"""

import datetime as dt

import pandas as pd
import pytest

from winback.tables.months_from_dates import with_months
from winback.tables.reading import Reading

MONTH = 30.4375  # days
DATES = {
    "customer_id": [1, 2, 3, 4],
    "left_on": ["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01"],
    "offered_on": ["2024-03-01", "2024-03-01", "2024-03-01", "2024-04-01"],
    "returned_on": ["2024-04-01", "2024-04-01", None, "2024-05-01"],
    "ended_on": ["2024-06-01", None, None, "2024-05-01"],
}


def months(until="2024-07-01", **changes):
    columns = {name: cells for name, cells in {**DATES, **changes}.items() if cells is not None}
    return with_months(Reading(pd.DataFrame(columns)), until)


def in_days(column):
    return [None if pd.isna(month) else round(month * MONTH, 6) for month in column]


def test_the_months_are_those_of_the_calendar():
    frame = months().frame
    assert in_days(frame["months_away"]) == [60, 60, 60, 91]
    assert in_days(frame["followed"]) == [122, 122, 122, 91]
    assert frame["returned"].tolist() == [True, True, False, True]
    assert in_days(frame["second_tenure"]) == [61, 91, None, 1]  # who left on the same day was back for one
    assert frame["second_ended"].tolist() == [True, False, pd.NA, True]


@pytest.mark.parametrize("until", ["2024-07-01", dt.date(2024, 7, 1), pd.Timestamp("2024-07-01")])
def test_the_last_day_may_be_text_or_a_date(until):
    pd.testing.assert_frame_equal(months(until).frame, months().frame)


def test_what_the_table_says_in_months_stays():
    frame = months(months_away=[9.0, 9, 9, 9]).frame
    assert frame["months_away"].tolist() == [9, 9, 9, 9]
    assert "followed" in frame


def test_an_end_after_the_data_is_none_yet():
    frame = months(ended_on=["2025-06-01", "9999-12-31", None, None]).frame
    assert frame["second_ended"].tolist() == [False, False, pd.NA, False]
    assert in_days(frame["second_tenure"]) == [91, 91, None, 61]


def test_without_a_last_day_it_is_asked_for():
    (problem,) = months(until=None).problems
    assert problem.column == "until"
    assert 'until="2024-12-31"' in problem.remedy


def test_with_measured_value_no_last_day_is_needed():
    reading = months(until=None, value=[1.0, 2, 0, 3])
    assert reading.problems == ()
    assert "second_tenure" not in reading.frame
    assert reading.frame["returned"].tolist() == [True, True, False, True]


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"offered_on": ["2023-12-01"] * 4}, "offered_on", "must not be before `left_on`"),
        ({"returned_on": ["2024-02-01", None, None, None]}, "returned_on", "must not be before `offered_on`"),
        ({"ended_on": ["2024-03-15", None, None, None]}, "ended_on", "must not be before `returned_on`"),
        ({"returned_on": ["2025-02-01", None, None, None]}, "returned_on", "must not be after `until` (2024-07-01)"),
    ],
)
def test_days_out_of_order_are_named(changes, column, said):
    found = [problem for problem in months(**changes).problems if problem.column == column]
    assert said in [problem.problem for problem in found]
    assert found[0].first.startswith("row 1, ")


def test_a_tenure_that_the_calendar_does_not_allow_is_named():
    (problem,) = months(second_tenure=[2.0, 91.0, None, 0.03]).problems
    assert problem.column == "second_tenure"
    assert (problem.n_rows, problem.first) == (1, "row 2, 91.0")
    assert "If it counts days, divide it by 30.44" in problem.remedy


def test_a_table_without_dates_is_left_alone():
    reading = Reading(pd.DataFrame({"customer_id": [1]}))
    assert with_months(reading, None) is reading
    stated = with_months(reading, "2024-07-01")
    assert stated.frame is reading.frame
    assert "it changed nothing" in stated.notes[0]


@pytest.mark.parametrize("until", ["soon", float("nan"), "2024-13-01"])
def test_what_is_no_day_is_refused(until):
    with pytest.raises(ValueError, match=r"until must be a date, such as 2024-12-31; got "):
        months(until)
