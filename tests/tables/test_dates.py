"""Is a day read as it is meant in every order and type, and a date that stands for none never taken for one?"""

import datetime as dt

import pandas as pd
import pytest

from winback.tables import TableError, check_contracts, check_purchases
from winback.tables.dates import parse_date
from winback.tables.parsed import Written

FAR = {
    "text": ["9999-12-31"],
    "German text": ["31.12.9999"],
    "text without marks": ["99991231"],
    "date": [dt.date(9999, 12, 31)],
    "seconds": pd.array(["9999-12-31"], dtype="datetime64[s]"),
    "2999": ["2999-12-31"],
    "nanoseconds": pd.to_datetime(["2262-01-01"]),
    "1900": ["1900-01-01"],
    "1900 as a date": [dt.date(1900, 1, 1)],
    "epoch": pd.to_datetime(["1970-01-01"]),
}


def days(values, **written):
    found = parse_date(pd.Series(values), Written(**written))
    assert found.doubt is None
    return [None if pd.isna(day) else str(day.date()) for day in found.column]


@pytest.mark.parametrize("form", FAR)
def test_an_end_far_away_is_that_of_an_active_contract(form):
    table = pd.DataFrame({"customer_id": [1], "start": ["2024-02-29"], "end": FAR[form]})
    assert check_contracts(table)["end"].isna().tolist() == [True]


@pytest.mark.parametrize("form", FAR)
def test_another_date_that_stands_for_none_is_refused(form):
    table = pd.DataFrame({"customer_id": [1], "start": FAR[form]})
    with pytest.raises(TableError, match=r"`start` holds dates that stand for none .*; 1 of 1 rows .*Leave these"):
        check_contracts(table)


@pytest.mark.parametrize(
    "values",
    [
        ["31.12.2024", "1.2.2025"],
        ["31.12.2024 13:45", "01.02.2025 00:00"],
        ["31/12/2024", "01/02/2025"],
        ["12/31/2024", "02/01/2025"],
        ["31-12-2024", "01-02-2025"],
        ["2024/12/31", "2025/2/1"],
        ["20241231", "20250201"],
        [20241231, 20250201],
        [20241231.0, 20250201.0],
        pd.PeriodIndex(["2024-12-31", "2025-02-01"], freq="D"),
        [pd.Period("2024-12-31", "D"), pd.Period("2025-02-01", "D")],
    ],
)
def test_a_day_is_read_in_every_order_that_can_be_told(values):
    assert days(values) == ["2024-12-31", "2025-02-01"]


@pytest.mark.parametrize("text", ["03/02/2024", "3-2-2024"])
def test_an_order_that_no_date_tells_is_asked(text):
    problem, remedy = parse_date(pd.Series([text, None])).doubt
    assert "can be read in two ways" in problem
    assert "day_first=True" in remedy
    assert days([text], day_first=True) == ["2024-02-03"]
    assert days([text], day_first=False) == ["2024-03-02"]


def test_two_orders_in_one_column_are_asked():
    assert "two orders (31/12/2024 and 12/31/2024)" in parse_date(pd.Series(["31/12/2024", "12/31/2024"])).doubt[0]


@pytest.mark.parametrize("text", ["32.1.2024", "30.2.2024", "2024-13-01", "20241301", "1.2.24", "Feb 2024", "12/2024"])
def test_what_is_no_day_is_not_read(text):
    assert parse_date(pd.Series([text, "2024-01-01"])).unread.tolist() == [True, False]


def test_a_period_of_a_month_is_no_day():
    log = pd.DataFrame({"customer_id": [1], "date": pd.PeriodIndex(["2024-03"], freq="M"), "amount": [1.0]})
    with pytest.raises(TableError, match="`date` must be a date"):
        check_purchases(log)
