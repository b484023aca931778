"""Is a row named as it is found in the file: by its line, or by the sheet's row and column?"""

import pandas as pd
import pytest
from openpyxl import Workbook

import winback as wb
from winback.tables import TableError, check_lapsed

OFFERS = [wb.Offer(name="call", amount=1, paid="per_contact")]


def refused(ask, *args, **how):
    with pytest.raises(TableError) as caught:
        ask(*args, **how)
    return str(caught.value)


def put(tmp_path, text):
    (tmp_path / "table.csv").write_text(text)
    return tmp_path / "table.csv"


def test_a_row_of_a_text_file_is_named_by_its_line(tmp_path):
    path = put(tmp_path, "customer_id,offer,value\n1,none,2\n\n2,call,nix\n")
    assert "customer 2, line 4 of the file, nix" in refused(check_lapsed, path)


def test_lines_are_counted_below_titles_and_within_quotes(tmp_path):
    path = put(tmp_path, 'Campaign\n\ncustomer_id,offer,exit_text,value\n1,none,"a\nb\nc",2\n2,call,"d\ne",nix\n')
    assert "customer 2, line 7 of the file, nix" in refused(check_lapsed, path)


def test_dates_out_of_order_and_rows_that_do_not_count_keep_their_lines(tmp_path):
    rows = "1,call,2024-03-01,,\n1,call,2024-04-01,,\n2,none,2024-03-01,2024-02-01,5\n3,call,2024-03-01,,x\n"
    path = put(tmp_path, "customer_id,offer,offered_on,returned_on,second_margin\n" + rows)
    said = refused(wb.read_trial, path, OFFERS, keep="last", until="2024-12-31", horizon_months=6, annual_discount=0)
    assert "line 4 of the file, 2024-02-01" in said
    assert "customer 3, line 5 of the file, x" in said


def test_a_cell_of_a_sheet_is_named_by_row_and_letter(tmp_path):
    book = Workbook()
    for row in (
        ["Title"],
        [],
        ["customer_id", None, "offer", "value"],
        [1, None, "none", 2],
        [],
        [2, None, "call", "x"],
    ):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    for ask in (check_lapsed, lambda path: wb.read_trial(path, OFFERS)):
        assert "customer 2, row 6 of the sheet, D6, x" in refused(ask, tmp_path / "book.xlsx")


def test_a_frame_keeps_the_number_of_the_row():
    table = pd.DataFrame({"customer_id": [1, 2], "value": ["2", "x"]}, index=[7, 9])
    assert "customer 2, row 2, x" in refused(check_lapsed, table)
