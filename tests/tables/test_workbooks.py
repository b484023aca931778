"""Is the right sheet read from its heading on, and a formula without a result never taken for a number?"""

import datetime as dt
import zipfile

import pytest
from openpyxl import Workbook

import winback as wb
from winback.tables import TableError, check_lapsed, load_table
from winback.tables.workbooks import read_workbook


@pytest.fixture
def book(tmp_path):
    """Write sheets of rows and return the path."""

    def write(hidden=(), **sheets):
        made = Workbook()
        made.remove(made.active)
        for name, rows in sheets.items():
            sheet = made.create_sheet(name)
            for row in rows:
                sheet.append(row)
            if name in hidden:
                sheet.sheet_state = hidden[name]
        made.save(tmp_path / "book.xlsx")
        return tmp_path / "book.xlsx"

    return write


TRIAL = [["customer_id", "offer", "returned", "value"]]
TRIAL += [[n, "none" if n % 2 else "call", "yes" if n % 3 else "no", 5 if n % 3 else 0] for n in range(12)]
ROWS = [["customer_id", "offer", "value"], [1, "none", 2.5], [2, "call", None]]


def test_a_table_below_a_title_is_read(book):
    reading = read_workbook(book(data=[["Campaign 2024"], [], ["As of", "May"], *ROWS]))
    assert list(reading.frame) == ROWS[0]
    assert reading.frame["customer_id"].tolist() == [1, 2]
    assert any(note.startswith("The table starts in row 4") for note in reading.notes)


def test_a_sheet_is_chosen_by_name_or_position(book):
    path = book(cover=[["Report"]], first=ROWS, second=[["customer_id", "x"], [9, 1]])
    assert load_table(path)["customer_id"].tolist() == [1, 2]
    assert (
        load_table(path, sheet="SECOND")["customer_id"].tolist()
        == load_table(path, sheet=3)["customer_id"].tolist()
        == [9]
    )
    assert any("sheet= names another" in note for note in read_workbook(path).notes)
    with pytest.raises(TableError, match=r"has no sheet 'third'\. There are: cover, first, second"):
        load_table(path, sheet="third")


def test_a_formula_without_a_result_is_named_and_no_number(book):
    path = book(data=[["customer_id", "first_margin"], [1, 5], [2, "=A2*2"]])
    with pytest.raises(
        TableError, match=r"`first_margin` holds formulas without results; 1 of 2 rows .*=A2\*2.*save it"
    ):
        check_lapsed(path)


def test_a_formula_of_a_column_of_ones_own_is_emptied_and_said(book):
    from winback.tables.types_found import with_types

    reading = with_types(read_workbook(book(data=[["customer_id", "score"], [1, 5], [2, "=A2*2"]])))
    assert reading.frame["score"].isna().tolist() == [False, True]
    assert any("formulas without results: 1 cell (" in note for note in reading.notes)


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#WERT!"])
def test_an_error_of_the_spreadsheet_is_named_and_no_number(book, error):
    with pytest.raises(TableError, match=r"`first_margin` holds errors of a spreadsheet; 1 of 2 rows"):
        check_lapsed(book(data=[["customer_id", "first_margin"], [1, 5], [2, error]]))


def test_dates_and_flags_keep_their_type(book):
    frame = load_table(book(data=[["customer_id", "day", "back"], [1, dt.datetime(2024, 5, 3), True]]))
    assert frame["day"].dtype.kind == "M"
    assert frame["back"].dtype == bool


def test_ids_that_are_partly_text_are_text(book):
    assert load_table(book(data=[["customer_id", "x"], ["0012", 1], [13, 2]]))["customer_id"].tolist() == ["0012", "13"]


def test_ids_beside_an_empty_cell_stay_whole(book):
    ids = load_table(book(data=[["customer_id", "x"], [100200300400, 1], [None, 2]]))["customer_id"]
    assert ids.iloc[0] == 100200300400
    assert str(ids.dtype) == "Int64"


def test_a_workbook_whose_size_is_written_wrongly_is_read_to_its_end(book, tmp_path):
    path, other = book(data=ROWS), tmp_path / "other.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:C3"', b'<dimension ref="A1"'))
    assert len(load_table(other)) == 2


OLD = [["customer_id", "offer", "value"], [9, "none", 1.0], [8, "call", 1.0]]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_read_in_silence(book, state):
    path = book(hidden={"old": state}, old=OLD, notes=[], data=ROWS)
    reading = read_workbook(path)
    assert reading.frame["customer_id"].tolist() == [1, 2]
    assert reading.notes == ("Hidden sheets were passed over: old.",)
    trial = wb.read_trial(
        book(hidden={"old": state}, old=OLD, data=TRIAL), [wb.Offer(name="call", amount=1, paid="per_contact")]
    )
    assert "Hidden sheets were passed over: old." in trial.details()


def test_positions_are_those_of_the_sheets_that_are_seen(book):
    path = book(hidden={"old": "hidden"}, old=OLD, data=ROWS)
    assert load_table(path, sheet=1)["customer_id"].tolist() == [1, 2]
    with pytest.raises(TableError, match=r"has no sheet 2\. There are: old \(hidden, by its name only\), data"):
        load_table(path, sheet=2)


def test_a_hidden_sheet_that_is_named_is_read_and_said(book):
    reading = read_workbook(book(hidden={"old": "hidden"}, old=OLD, data=ROWS), "old")
    assert reading.frame["customer_id"].tolist() == [9, 8]
    assert reading.notes == ('The sheet "old" is hidden, and was read as asked.',)


def test_a_table_that_is_hidden_only_is_refused_with_the_way_out(book):
    path = book(hidden={"old": "hidden"}, cover=[], old=OLD)
    with pytest.raises(TableError, match=r"only on sheets that are hidden \(old\)\. Show the sheet .* sheet='old'"):
        load_table(path)


def test_an_empty_hidden_sheet_is_not_worth_a_word(book):
    assert read_workbook(book(hidden={"old": "hidden"}, old=[], data=ROWS)).notes == ()
