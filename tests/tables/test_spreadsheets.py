"""Does text stay text in CSV and XLSX, do ids keep their digits, and is it said what had to be changed?"""

import csv
import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.tables import spreadsheets, write_csv, write_workbook

RUN = ["=1+1", "@SUM(A1)", "+49-170-1234", "-none-", "\t=1", "\n=1", "=cmd|' /C calc'!A0", "+A1", "-2+3", "＝1+1"]
LEFT_ALONE = ["+4917012345", "-5.20", "+49 170 1234", "007", "1E3", "a=b", "'quoted", "", "none", "NA", "5-10", "#N/A"]


def read_workbook(path, sheet="x"):
    """Rows of a sheet below its heading, as written."""
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path)[sheet].iter_rows(min_row=2)]


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("text", RUN)
def test_csv_neutralises_what_would_be_run_and_says_so(tmp_path, text):
    notes = write_csv(pd.DataFrame({"name": [text, "x"]}), tmp_path / "a.csv")
    assert read_csv(tmp_path / "a.csv")[1:] == [[f"'{text}"], ["x"]]
    assert notes == ["In a.csv an apostrophe stands before 1 text that a spreadsheet program would run as a formula."]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_csv_leaves_alone_what_is_no_formula(tmp_path, text):
    assert write_csv(pd.DataFrame({"name": [text], "n": [-1]}), tmp_path / "a.csv") == []
    assert read_csv(tmp_path / "a.csv")[1] == [text, "-1"]


def test_headings_and_categories_are_texts_too(tmp_path):
    frame = pd.DataFrame({"=cmd()": pd.Categorical(["=a", None, "b"]), 7: [1.5, np.inf, np.nan]})
    (note,) = write_csv(frame, tmp_path / "a.csv")
    assert "before 2 texts" in note
    assert read_csv(tmp_path / "a.csv") == [["'=cmd()", "7"], ["'=a", "1.5"], ["", "inf"], ["b", ""]]


@pytest.mark.parametrize("text", [*RUN, *LEFT_ALONE[:-5], "TRUE", "2024-01-01", "#N/A"])
def test_text_cells_of_a_workbook_are_text(tmp_path, text):
    assert write_workbook({"x": pd.DataFrame({text or "name": [text]})}, tmp_path / "a.xlsx") == []
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["x"]
    assert [cell.value for cell in sheet["A"]] == [text or "name", text or None]
    assert {cell.data_type for cell in sheet["A"] if cell.value} == {"s"}
    assert sheet["A2"].number_format == "@"  # so that it is text still after it was edited


def test_kinds_of_values(tmp_path):
    day = datetime.date(2024, 2, 29)
    frame = pd.DataFrame({
        "id": [123456789012345678, 5],
        "big": [10**30, 3],
        "n": pd.array([1, None], dtype="Int64"),
        "x": [0.1, -np.inf],
        "flag": [True, False],
        "day": [day, None],
        "early": pd.to_datetime(["1850-01-01", "2024-01-01"]),
        "zone": pd.to_datetime(["2024-01-01", None], utc=True),
    })  # fmt: skip
    assert write_workbook({"x": frame}, tmp_path / "a.xlsx") == []
    assert read_workbook(tmp_path / "a.xlsx") == [
        ["123456789012345678", str(10**30), 1, 0.1, True, datetime.datetime(2024, 2, 29), "1850-01-01T00:00:00",
         "2024-01-01T00:00:00+00:00"],
        ["5", 3, None, "-inf", False, None, datetime.datetime(2024, 1, 1), None],
    ]  # fmt: skip


def test_control_characters_are_replaced_and_counted(tmp_path):
    frame = pd.DataFrame({"name": ["a\x00b\x07", "\ud800", "two\r\nlines", "fine"]})
    (note,) = write_csv(frame, tmp_path / "a.csv")
    assert note == "In a.csv 2 texts held characters that no spreadsheet can show; � stands for each."
    assert read_csv(tmp_path / "a.csv")[1:] == [["a�b�"], ["�"], ["two\nlines"], ["fine"]]
    (note,) = write_workbook({"x": frame}, tmp_path / "a.xlsx")
    assert "2 texts" in note
    assert read_workbook(tmp_path / "a.xlsx") == [["a�b�"], ["�"], ["two\nlines"], ["fine"]]


def test_more_rows_than_a_sheet_holds_go_on_in_further_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "ROWS_OF_A_SHEET", 4)
    notes = write_workbook({"x": pd.DataFrame({"n": range(7)}), "y": pd.DataFrame({"n": []})}, tmp_path / "a.xlsx")
    assert notes == ["In a.xlsx the x fill 3 sheets, as one holds 3 rows."]
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames == ["x", "x 2", "x 3", "y"]
    parts = [read_workbook(tmp_path / "a.xlsx", sheet) for sheet in ("x", "x 2", "x 3")]
    assert parts == [[[0], [1], [2]], [[3], [4], [5]], [[6]]]


def test_more_rows_than_a_spreadsheet_shows_are_said_of_a_csv(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheets, "ROWS_OF_A_SHEET", 4)
    assert write_csv(pd.DataFrame({"n": range(3)}), tmp_path / "a.csv") == []
    (note,) = write_csv(pd.DataFrame({"n": range(7)}), tmp_path / "a.csv")
    assert note == "A spreadsheet program shows only the first 3 of the 7 rows of a.csv."
    assert read_csv(tmp_path / "a.csv")[1:] == [[str(n)] for n in range(7)]


def test_too_long_a_text_is_cut_and_that_is_said(tmp_path):
    (note,) = write_workbook({"x": pd.DataFrame({"name": ["y" * 40_000]})}, tmp_path / "a.xlsx")
    assert note == "In a.xlsx 1 text was cut, as a cell holds 32,767 characters."
    assert read_workbook(tmp_path / "a.xlsx") == [["y" * 32_767]]


def test_a_column_is_as_wide_as_is_asked_and_its_texts_are_broken_into_lines(tmp_path):
    frame = pd.DataFrame({"said": ["a long text " * 9], "day": [datetime.date(2024, 2, 29)], "a longer heading": ["a"]})
    widths = {"said": 60, "day": 11}
    write_workbook({"x": frame}, tmp_path / "a.xlsx", widths=lambda sheet, column: sheet == "x" and widths.get(column))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["x"]
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [60, 11, 18]
    assert [cell.alignment.wrap_text for cell in sheet[2]] == [True, None, None]
    assert [cell.alignment.vertical for cell in sheet[2]] == ["top", "top", None]
    printed = (sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows)
    assert printed == ("landscape", 0, "$1:$1")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="￾￿"), min_size=1, max_size=8)
IDS = st.one_of(st.lists(st.integers(-(2**62), 2**62), min_size=1), st.lists(TEXTS, min_size=1))


@settings(max_examples=40, deadline=None)
@given(ids=IDS)
def test_every_id_comes_back_as_it_was(tmp_path_factory, ids):
    folder = tmp_path_factory.mktemp("ids")
    frame = pd.DataFrame({"customer_id": ids})
    write_workbook({"x": frame}, folder / "a.xlsx")
    assert [str(row[0]) for row in read_workbook(folder / "a.xlsx")] == [str(each) for each in ids]
    write_csv(frame, folder / "a.csv")
    back = [row[0] for row in read_csv(folder / "a.csv")[1:]]
    assert all(text in (str(each), f"'{each}") for text, each in zip(back, ids, strict=True))


def test_the_table_is_not_changed(tmp_path):
    frame = pd.DataFrame({"name": ["=1", "\x00"], "kind": pd.Categorical(["=a", "b"])})
    before = frame.copy(deep=True)
    write_csv(frame, tmp_path / "a.csv")
    write_workbook({"x": frame}, tmp_path / "a.xlsx")
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_of_many_rows_is_written_as_one_in_one_go(tmp_path, monkeypatch):
    rows = ["=1+1", "a\x00b", "plain", "-x", "5"] * 3
    table = pd.DataFrame({"=name": rows, "n": range(15), "day": pd.date_range("2024-01-01", periods=15)})
    whole = write_csv(table, tmp_path / "list.csv")
    text = (tmp_path / "list.csv").read_bytes()
    monkeypatch.setattr("winback.tables.spreadsheets.AT_ONCE", 4)
    assert write_csv(table, tmp_path / "list.csv") == whole
    assert (tmp_path / "list.csv").read_bytes() == text
    assert write_csv(table.head(0), tmp_path / "list.csv") != whole
    assert (tmp_path / "list.csv").read_text(encoding="utf-8") == "'=name,n,day\n"
