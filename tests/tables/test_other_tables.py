"""Are contracts, events and purchases checked, and are the analyst's own names mapped?"""

import re

import pandas as pd
import pytest

from winback.tables import TableError, check_contracts, check_events, check_purchases, map_columns

CONTRACTS = {"customer_id": [1, 1], "start": ["2024-01-31", "2024-02-29"], "end": ["2024-01-31", None]}


def columns_with_problems(check, *arguments):
    with pytest.raises(TableError) as caught:
        check(*arguments)
    return caught.value.problems[["column", "n_rows"]].to_numpy().tolist()


def test_a_customer_may_have_several_contracts_one_of_a_single_day():
    assert check_contracts(pd.DataFrame(CONTRACTS), needs=["start"])["end"].notna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"end": ["2024-01-30", None]},
            "`end` must not be before `start`; 1 of 2 rows (first: customer 1, row 1, 2024-01-30). Exchange the two",
        ),
        (
            {"start": ["2024-02-30", "soon"]},
            "`start` must be a date; 2 of 2 rows (first: customer 1, row 1, 2024-02-30). Write dates as YYYY-MM-DD",
        ),
        (
            {"start": ["2024-01-31", None]},
            "`start` must not be missing; 1 of 2 rows (first: customer 1, row 2, missing). Fill it in or drop",
        ),
    ],
)
def test_contracts_with_bad_dates_are_refused(changes, line):
    with pytest.raises(TableError, match=rf"^1 problem in the table of contracts:\n  1\. {re.escape(line)}"):
        check_contracts(pd.DataFrame({**CONTRACTS, **changes}), needs=["start"])


def test_a_far_end_is_that_of_an_active_contract():
    ends = check_contracts(pd.DataFrame({**CONTRACTS, "end": ["9999-12-31", "2025-01-01"]}))["end"]
    assert ends.isna().tolist() == [True, False]


def test_events_need_a_date_and_a_name():
    log = pd.DataFrame({"customer_id": [1, 2], "event": ["complaint", None]})
    assert columns_with_problems(check_events, log) == [["date", 0], ["event", 1]]


def test_purchases_list_every_problem():
    log = pd.DataFrame({"customer_id": [1, None], "date": ["2024-01-31", "x"], "amount": ["five", 2]})
    assert columns_with_problems(check_purchases, log) == [["date", 1], ["amount", 1], ["customer_id", 1]]


def test_refunds_are_accepted():
    log = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-31"] * 2, "amount": [10, -2.5]})
    assert check_purchases(log)["amount"].tolist() == [10, -2.5]


def test_map_columns_renames_a_copy():
    table = pd.DataFrame({"kunde": [1], "angebot": ["none"], "ort": ["Ulm"]})
    assert list(map_columns(table, {"customer_id": "kunde", "offer": "angebot"})) == ["customer_id", "offer", "ort"]
    assert list(table) == ["kunde", "angebot", "ort"]


def test_map_columns_can_exchange_two_names():
    exchanged = map_columns(pd.DataFrame({"reason": [1], "offer": [2]}), {"reason": "offer", "offer": "reason"})
    assert exchanged.to_dict("list") == {"offer": [1], "reason": [2]}


def test_map_columns_refuses_a_name_that_is_not_winbacks_and_offers_a_close_one():
    with pytest.raises(TableError, match=r"`retruned` is not one of winback's columns\. Did you mean `returned`\?"):
        map_columns(pd.DataFrame({"zurück": [True]}), {"retruned": "zurück"})


def test_map_columns_names_what_is_not_there_and_what_is():
    with pytest.raises(TableError, match=r"`kunde` is not a column.* used as `customer_id`\. Columns: id, ort\."):
        map_columns(pd.DataFrame({"id": [1], "ort": ["Ulm"]}), {"customer_id": "kunde"})


def test_map_columns_lists_every_column_that_is_not_there():
    table = pd.DataFrame({"id": [1]})
    found = columns_with_problems(map_columns, table, {"customer_id": "kunde", "offer": "angebot"})
    assert found == [["kunde", 0], ["angebot", 0]]


def test_map_columns_refuses_a_name_that_is_taken():
    with pytest.raises(TableError, match=r"`offer` is there already, so `angebot` cannot take its name\. Rename or"):
        map_columns(pd.DataFrame({"angebot": [1], "offer": [2]}), {"offer": "angebot"})


def test_map_columns_refuses_two_names_for_one_column():
    with pytest.raises(TableError, match="`kunde` is mapped to more than one name"):
        map_columns(pd.DataFrame({"kunde": [1]}), {"customer_id": "kunde", "offer": "kunde"})


def test_map_columns_refuses_what_is_not_a_frame():
    with pytest.raises(TableError, match=r"must be a frame of pandas.*, not list"):
        map_columns([1, 2], {"customer_id": "kunde"})
