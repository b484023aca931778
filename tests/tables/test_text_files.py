"""Is a text file read in every encoding and layout, and what was cut off or does not belong said?"""

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.tables import TableError, check_lapsed, load_table
from winback.tables.files import read_file
from winback.tables.table_files import check_file
from winback.tables.text_files import read_text

TEXT = "customer_id;größe;value\n7;Ørsted;1,5\n8;Süd;2,5\n"


@pytest.fixture
def put(tmp_path):
    """Write bytes or text to a file and return its path."""

    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_table(put, encoding):
    frame = load_table(put(TEXT.encode(encoding)))
    assert frame.to_dict("list") == {"customer_id": [7, 8], "größe": ["Ørsted", "Süd"], "value": [1.5, 2.5]}


def test_another_encoding_than_utf_8_is_said(put):
    assert any("Windows-1252" in note for note in read_text(put(TEXT.encode("cp1252"))).notes)
    assert any("UTF-16" in note for note in read_text(put(TEXT.encode("utf-16"))).notes)
    assert read_text(put(TEXT)).notes == ()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_below_titles(put, separator):
    lines = ["Campaign, spring; first wave", "", separator.join(["customer_id", "offer", "returned"])]
    lines += [separator.join([str(number), "none", "no"]) for number in range(9)]
    reading = read_text(put("\n".join(lines)))
    assert list(reading.frame) == ["customer_id", "offer", "returned"]
    assert len(reading.frame) == 9
    assert any(note.startswith("The table starts in line 3, below") for note in reading.notes)


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_columns_with_nothing_but_blanks_between_them_are_told_apart(put, end):
    reading = read_text(put(" customer_id  date dollar_value\n 00001 19970101  11.77\n00002 19970112   12.00" + end))
    assert reading.frame.to_numpy().tolist() == [["00001", "19970101", "11.77"], ["00002", "19970112", "12.00"]]
    assert reading.notes == ("Columns are separated by blanks.",)


@pytest.mark.parametrize("text", ["customer_id remark\n7 none\n8 was here once\n", "a customer\n7\n8\n", "a b c\n"])
def test_blanks_within_cells_separate_no_columns(put, text):
    assert "Columns are separated by blanks." not in read_text(put(text)).notes


def test_decimal_commas_are_no_separators(put):
    assert load_table(put("customer_id;value\n1;1,5\n2;2,5\n")).to_dict("list") == {
        "customer_id": [1, 2],
        "value": [1.5, 2.5],
    }


@pytest.mark.parametrize("word", ["Total", "TOTAL", "Summe", "Gesamt:", "Grand total", "Total général (3)", "Suma"])
def test_totals_are_left_out_and_said(put, word):
    word = word.replace("général ", "")
    reading = read_file(put(f"customer_id,offer,value\n1,none,10\n2,none,20\n{word},,30\n"))
    assert reading.frame["customer_id"].tolist() == ["1", "2"]
    assert any("1 row of totals (line 4" in note for note in reading.notes)


def test_a_remark_below_the_table_is_left_out_and_said(put):
    reading = read_file(put("customer_id,offer,value\n1,none,10\n2,none,20\nExported on 3 May by the CRM,,\n"))
    assert len(reading.frame) == 2
    assert any("taken for a remark" in note for note in reading.notes)


def test_a_customer_with_empty_cells_is_no_remark(put):
    assert len(load_table(put("customer_id,offer,value\n1,none,10\n2,none,20\n3,,\n"))) == 3
    assert len(load_table(put("name,offer,value\nAnn Lee,none,10\nBo Day,none,20\nCy Fox,,\n"))) == 3


def test_empty_rows_are_left_out(put):
    reading = read_file(put("customer_id;offer\n1;none\n;\n\n2;none\n;\n;\n"))
    assert len(reading.frame) == 2
    assert any("2 empty rows (line 3) were left out" in note for note in reading.notes)


def test_empty_columns_are_left_out_and_a_column_without_a_name_is_a_problem(put):
    assert list(load_table(put("customer_id;offer;;\n1;none;;\n"))) == ["customer_id", "offer"]
    with pytest.raises(TableError, match="has a column without a heading"):
        load_table(put("customer_id;offer;\n1;none;x\n"))


def test_rows_cut_short_are_counted(put):
    notes = read_text(put("customer_id,offer,value\n1\n2,none\n3,none,4\n")).notes
    assert any("2 rows have fewer cells than the heading (first: line 2)" in note for note in notes)


def test_a_file_that_ends_in_the_middle_of_a_row_is_a_problem(put):
    with pytest.raises(TableError, match=r"ends in the middle of a row \(line 4\)\. The export was cut off"):
        load_table(put("customer_id,offer,value\n1,none,10\n2,none,20\n3,dis"))


def test_an_end_of_file_character_is_left_out_and_said(put):
    reading = read_text(put("customer_id,offer\n1,none\n2,none\n\x1a"))
    assert len(reading.frame) == 2
    assert any("Ctrl-Z" in note for note in reading.notes)


def test_letters_that_were_lost_before_are_said(put):
    assert any("(first in line 2)" in note for note in read_text(put("customer_id,offer\n1,f\ufffdr\n")).notes)


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"])
def test_every_line_end_is_one(put, end):
    rows = ["customer_id,exit_text,x", '1,"slow, rude",2', "2,dear,3"]
    assert load_table(put(end.join(rows)))["x"].tolist() == [2, 3]


def test_a_stray_line_end_is_a_row_cut_short(put):
    assert len(load_table(put(b'customer_id,offer,exit_text\n1,none,"a"\n2,no\rne,b\n3,none,c\n'))) == 4


def test_a_very_long_cell_is_read(put):
    assert len(load_table(put('customer_id,exit_text\n1,"' + "slow " * 40_000 + '"\n'))["exit_text"].item()) == 200_000


def test_text_that_was_wrapped_against_spreadsheets_is_the_text_within(put):
    reading = read_text(put('customer_id,offer,x\n="0012",none,\n="12",call,="a"\n'))
    assert reading.frame["customer_id"].tolist() == ["0012", "12"]
    assert reading.frame["x"].tolist()[1] == "a"
    assert any(note.startswith('3 cells written like ="0012"') for note in reading.notes)


def test_zero_bytes_are_named_by_their_line(put):
    with pytest.raises(TableError, match=r"zero bytes \(first in line 3\)"):
        load_table(put(b"customer_id,offer\n1,none\n2,bun\0dle\n"))


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 40, np.random.default_rng(1).bytes(9_000), b"%PDF-1.7\x01\x02\x03"]
)
def test_what_is_no_text_is_refused(put, content):
    with pytest.raises(TableError, match="is not text"):
        load_table(put(content))


def test_several_problems_of_a_file_come_at_once(put):
    with pytest.raises(TableError, match=r"^2 problems in the file") as caught:
        load_table(put("customer_id;offer;offer;\n1;none;x;y\n2;none;x;y\n"))
    assert "`offer` is the name of more than one column" in str(caught.value)


def test_a_packed_file_of_windows_1252_is_read(put):
    assert load_table(put(gzip.compress(TEXT.encode("cp1252")), "table.csv.gz"))["größe"].tolist() == ["Ørsted", "Süd"]


def test_a_plain_number_in_a_file_with_commas_between_cells_has_a_point(put):
    assert load_table(put("customer_id,value\n1,1.234\n2,2.500\n"))["value"].tolist() == [1.234, 2.5]
    assert load_table(put("customer_id;value\n1;1.234\n2;2.500\n"))["value"].tolist() == ["1.234", "2.500"]
    assert load_table(put("customer_id;value\n1;1.234\n"), decimal=",")["value"].tolist() == [1234]


def test_another_column_of_the_file_tells_the_decimal_mark(put):
    assert load_table(put("customer_id;value;cost\n1;1.234;0,5\n"))["value"].tolist() == [1234]


@pytest.mark.parametrize("name", ["first_margin", "spend"])  # winback's column, and one of the analyst's own
@pytest.mark.parametrize("cells", [["42,500", "3,25"], ["3,25", "42,500", "7"], ["42,500", "0,125"]])
def test_a_cell_that_can_only_have_a_decimal_comma_tells_of_its_column(put, name, cells):
    rows = "".join(f'{place},"{cell}"\n' for place, cell in enumerate(cells))
    numbers = [float(cell.replace(",", ".")) for cell in cells]
    assert check_lapsed(put(f"customer_id,{name}\n{rows}"))[name].tolist() == numbers


@settings(max_examples=40)
@given(
    numbers=st.lists(st.integers(1_001, 999_999), min_size=1, max_size=6),
    sure=st.integers(0, 99),
    other=st.sampled_from(["2.5", "7", "1.234"]),
)
def test_whatever_is_beside_them_numbers_with_a_comma_are_decimals_once_one_cell_can_be_nothing_else(
    tmp_path_factory, numbers, sure, other
):
    cells = [f"{number // 1_000},{number % 1_000:03d}" for number in numbers] + [f"3,{sure:02d}"]
    path = tmp_path_factory.mktemp("mixed") / "table.csv"
    rows = "".join(f'{place},"{cell}",{other}\n' for place, cell in enumerate(cells))
    path.write_text(f"customer_id,spend,beside\n{rows}")
    table = load_table(path)
    assert table["spend"].tolist() == [float(cell.replace(",", ".")) for cell in cells]
    is_told = other != "1.234"  # a thousand and some in the file's own way of writing, or in that of its separator?
    assert table["beside"].tolist() == [float(other) if is_told else other] * len(cells)


@pytest.mark.parametrize("name", ["first_margin", "spend"])
def test_cells_that_contradict_each_other_are_named_both(put, name):
    path = put(f'customer_id,{name}\n7,"1,234,567"\n8,"3,25"\n9,"4,5"\n')
    with pytest.raises(TableError, match=r"1 of 3 rows .*customer 7, line 2 .*1,234,567; unlike customer 8, line 3"):
        check_lapsed(path)


def test_what_cells_and_separator_tell_differently_is_asked(put):
    path = put('customer_id,first_margin,first_tenure\n7,"42,500","3,25"\n')
    with pytest.raises(TableError, match="`first_margin` can be read in two ways"):
        check_lapsed(path)
    assert load_table(path, decimal=",")["first_margin"].tolist() == [42.5]
    said = check_file(put('customer_id,spend,first_tenure\n7,"42,500","3,25"\n')).notes
    assert any("spend" in note and note.endswith("it is kept as labels.") for note in said)
