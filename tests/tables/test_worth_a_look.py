"""Is what may be a slip said, though nothing is wrong: money below zero, a lone last day, rows twice?"""

import pandas as pd
import pytest

import winback as wb
from winback.base.usable import usable_contracts, usable_purchases
from winback.tables.column_checks import check_columns
from winback.tables.columns import CONTRACTS
from winback.tables.reading import Reading
from winback.tables.table_files import check_file
from winback.tables.worth_a_look import odd_cells, twice_in_words

HOW = {"columns": {}, "sheet": None, "decimal": None, "day_first": None}


def checked(**columns):
    return check_columns(Reading(pd.DataFrame(columns)), "table of contracts", CONTRACTS, [])


def test_a_lone_last_day_is_said_and_the_last_of_few_is_not():
    days = [*pd.date_range("2024-01-01", periods=150).strftime("%Y-%m-%d"), "2026-01-01"]
    (said,) = odd_cells(checked(customer_id=range(151), end=days), CONTRACTS)
    assert said.startswith("`end` has a last day that comes 582 days after the one before it; 1 of 151 rows (first: ")
    assert "row 151, 2026-01-01)" in said
    assert odd_cells(checked(customer_id=range(150), end=days[:-1]), CONTRACTS) == []
    assert odd_cells(checked(customer_id=range(51), end=days[-51:]), CONTRACTS) == []


def test_rows_that_are_there_before_are_named():
    (said,) = twice_in_words(checked(customer_id=[7, 8, 7], margin=[1.0, 1.0, 1.0]))
    assert "1 of 3 rows (first: row 3, 7). Drop one of each" in said
    assert twice_in_words(checked(customer_id=[7, 8, 7], margin=[1.0, 1.0, 2.0])) == []


def test_a_file_of_contracts_says_so_by_line_at_the_first_attempt(tmp_path):
    path = tmp_path / "contracts.csv"
    rows = "7;2020-01-01;;5\n8;2020-01-01;;-5\n7;2020-01-01;;5\n"
    path.write_text("Kunde;Beginn;Ende;Marge\n" + rows)
    found = usable_contracts(path, {}, **HOW)
    assert any("`Marge` (margin) is below 0; 1 of 3 rows (first: customer 8, line 3" in note for note in found.notes)
    assert any("alike in every cell; 1 of 3 rows (first: line 4" in doubt for doubt in found.doubts)
    path.write_text("Kunde;Beginn;Ende;Marge\n" + rows + "9;soon;;5\n")
    with pytest.raises(wb.TableError, match=r"2 problems(.|\n)*alike in every cell; 1 of 4 rows \(first: line 4"):
        usable_contracts(path, {}, **HOW)


def test_rows_of_a_log_that_are_dropped_are_said_by_line_at_the_first_attempt(tmp_path):
    path = tmp_path / "log.csv"
    rows = "".join(f"{n % 9},{1 + n % 28:02}.0{1 + n % 9}.2024,5\n" for n in range(60))
    path.write_text("Customer,Order Date,Amount\n" + rows + ",01.02.2024,5\n3,02.02.2024,-5\n")
    notes = usable_purchases(path, until="2024-12-31", **HOW).notes
    assert any(
        "`Customer` (customer_id) is missing; 1 of 62 rows (first: line 62 of the file" in note for note in notes
    )
    assert any("is below 0, a refund; 1 of 62 rows (first: customer 3, line 63" in note for note in notes)
    path.write_text("Customer,Order Date,Amount\n" + rows + ",01.02.2024,5\n3,31.02.2024,-5\n")
    with pytest.raises(wb.TableError, match=r"3 problems(.|\n)*such as 01\.01\.2024") as no:
        usable_purchases(path, until="2024-12-31", **HOW)
    assert no.value.problems["column"].tolist() == ["date", "customer_id", "amount"]


def test_two_ways_of_writing_numbers_name_the_rare_one_and_hide_no_other_problem(tmp_path):
    path = tmp_path / "trial.csv"
    rows = "".join(f"{n};call;{n % 2};{n % 2 * 4.5}\n" for n in range(40))
    path.write_text("customer_id;offer;returned;value\n" + rows + "40;call;1;29,99\n41;call;0;7.25\n")
    with pytest.raises(wb.TableError) as no:
        check_file(path)
    assert [(each.n_rows, each.first) for each in no.value.found] == [
        (1, "customer 40, line 42 of the file, 29,99; unlike customer 0, line 2 of the file, 0.0"),
        (1, "customer 41, line 43 of the file, 7.25"),
    ]
