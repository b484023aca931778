"""Is every file read as it was meant, or refused in words?"""

import gzip
import io
import re
import zipfile

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.tables import TableError, load_table

LATIN = "customer_id,offer\n1,für Sie\n".encode("latin-1")
TEXT = "customer_id,offer,value\n1,none,1.5\n2,,\n"
MEANT = pd.DataFrame({"customer_id": [1, 2], "offer": ["none", np.nan], "value": [1.5, np.nan]})


def as_workbook(table=MEANT):
    content = io.BytesIO()
    table.to_excel(content, index=False)
    return content.getvalue()


def rewritten(workbook, part, text):
    """Return the workbook with one part of its archive replaced."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return content.getvalue()


@pytest.fixture
def load(tmp_path):
    """Write content to a file of this name and load it as a table."""

    def load_content(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return load_table(path)

    return load_content


SAME_TABLE = {
    "comma.csv": TEXT,
    "semicolon.csv": TEXT.replace(",", ";"),
    "bar.csv": TEXT.replace(",", "|"),
    "tab.tsv": TEXT.replace(",", "\t"),
    "tab.txt": TEXT.replace(",", "\t"),
    "windows.csv": TEXT.replace("\n", "\r\n"),
    "byte-order-mark.csv": TEXT.encode("utf-8-sig"),
    "CAPITALS.CSV": TEXT,
    "packed.csv.gz": gzip.compress(TEXT.encode()),
    "packed-byte-order-mark.csv.gz": gzip.compress(TEXT.encode("utf-8-sig")),
    "workbook.xlsx": as_workbook(),
}


@pytest.mark.parametrize("name", SAME_TABLE)
def test_the_same_table_is_read_from_every_kind_of_file(load, name):
    pd.testing.assert_frame_equal(load(name, SAME_TABLE[name]), MEANT)


def test_capitals_in_the_ending_of_a_packed_file_do_not_matter(load):
    pd.testing.assert_frame_equal(load("CAPITALS.CSV.GZ", gzip.compress(TEXT.encode())), MEANT)


@pytest.mark.parametrize("word", ["none", "None", "NA", "nan", "null", "n/a"])
def test_words_stay_words(load, word):
    assert load("words.csv", f"customer_id,offer\n1,{word}\n2,x\n")["offer"].tolist() == [word, "x"]
    table = pd.DataFrame({"customer_id": [1, 2], "offer": [word, "x"]})
    assert load("words.xlsx", as_workbook(table))["offer"].tolist() == [word, "x"]


def test_a_file_may_have_one_column(load):
    assert load("ids.csv", "customer_id\n7\n").to_dict("list") == {"customer_id": [7]}


def test_a_separator_or_a_line_end_in_quotes_is_text(load):
    assert load("quotes.csv", 'customer_id,exit_text\n1,"dear, slow\nrude"\n')["exit_text"].item() == "dear, slow\nrude"


def test_letters_beyond_ascii_are_kept(load):
    assert load("münchen.csv", "customer_id;größe\n1;Ørsted\n")["größe"].item() == "Ørsted"


def test_a_heading_without_rows_is_a_table_without_rows(load):
    assert load("heading.csv", "customer_id,offer\n").shape == (0, 2)


def test_a_row_shorter_than_the_heading_ends_in_missing_values(load):
    assert load("short.csv", "customer_id,offer\n1\n2,none\n")["offer"].isna().tolist() == [True, False]


NO_TABLE = {
    "empty.csv": ("", r"is empty\. Check that the export worked\."),
    "blank.csv": ("\n\n", r"is empty\. Check that the export worked\."),
    "empty.csv.gz": (gzip.compress(b""), r"is empty\. Check that the export worked\."),
    "picture.csv": (
        b"\x89PNG\r\n\x1a\n\0\0",
        r"is not text: it holds zero bytes \(first in line 3\)\. Export it again",
    ),
    "zeros.csv": (b"\0\0\0\0", r"is not text: it holds zero bytes \(first in line 1\)\. Export it again"),
    "long.csv": (
        "customer_id,offer\n1,none\n2,none,x\n",
        r"has more cells in line 3 than in its heading\. Put quotation marks",
    ),
    "longer.csv": ("customer_id,offer\n1,none,x\n2,none\n", r"has more cells in line 2 than in its heading"),
    "quote.csv": ('customer_id,offer\n1,"none\n', r"has a quotation mark that is never closed\. Close it"),
    "plain.csv.gz": (TEXT, r"cannot be read \(BadGzipFile\)\. Export it again"),
    "cut.csv.gz": (gzip.compress(TEXT.encode())[:-9], r"cannot be read \(EOFError\)\. Export it again"),
    "text.xlsx": (TEXT, r"cannot be read as a workbook\. Open it and save it again"),
    "cut.xlsx": (as_workbook()[:-2000], r"cannot be read as a workbook\. Open it and save it again"),
    "leavers.parquet": ("PAR1", r"cannot be read as a Parquet file \(\w+\)\. Write it again, or save it as CSV"),
    "leavers.docx": ("PK", r"has the ending \.docx\. Save it as CSV, TSV, XLSX or Parquet\."),
    "leavers": (TEXT, r"has the ending \(none\)\. Save it as CSV, TSV, XLSX or Parquet\."),
    "leavers.gz": (gzip.compress(TEXT.encode()), r"has the ending \(none\)\. Save it as CSV, TSV, XLSX or Parquet\."),
}


@pytest.mark.parametrize("name", NO_TABLE)
def test_a_file_without_a_table_is_one_problem_that_names_it(load, name):
    content, line = NO_TABLE[name]
    with pytest.raises(TableError, match=rf"^1 problem in the file:\n  1\. `{re.escape(name)}` {line}"):
        load(name, content)


def test_a_file_of_windows_1252_is_read(load):
    assert load("latin.csv", LATIN)["offer"].item() == "für Sie"


def test_a_first_row_longer_than_the_heading_is_named_by_its_line(load):
    with pytest.raises(TableError, match=r"`longer\.csv` has more cells in line 2 than in its heading"):
        load("longer.csv", "customer_id,offer\n1,none,x\n2,none\n")


def test_a_damaged_gz_file_is_refused(load):
    damaged = gzip.compress(TEXT.encode())[:10] + b"\xff" * 40  # the heading of the archive and nonsense
    with pytest.raises(TableError, match=r"`damaged\.csv\.gz` cannot be read"):
        load("damaged.csv.gz", damaged)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_damaged_workbook_is_refused(load, part):
    with pytest.raises(TableError, match=r"`damaged\.xlsx` cannot be read"):
        load("damaged.xlsx", rewritten(as_workbook(), part, "<broken"))


def test_an_archive_called_a_workbook_is_refused_in_words(load):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("leavers.csv", TEXT)
    with pytest.raises(TableError, match=r"cannot be read as a workbook"):
        load("archive.xlsx", content.getvalue())


@pytest.mark.parametrize("name", ["twice.csv", "twice.xlsx"])
def test_a_heading_that_repeats_a_name_is_refused(load, name):
    table = pd.DataFrame([[1, "none", "bundle"]], columns=["customer_id", "offer", "offer"])
    with pytest.raises(TableError, match="`offer` is the name of more than one column"):
        load(name, as_workbook(table) if name.endswith("xlsx") else table.to_csv(index=False))


def test_a_row_longer_than_the_heading_of_a_workbook_is_refused(load):
    with pytest.raises(TableError, match=r"`long\.xlsx` has a column without a heading"):
        load("long.xlsx", as_workbook(pd.DataFrame([[1, "none", "x"]], columns=["customer_id", "offer", None])))


def test_leading_zeros_of_an_id_are_kept(load):
    assert load("ids.csv", "customer_id,value\n0012,1\n12,2\n")["customer_id"].tolist() == ["0012", "12"]


def test_separators_in_a_quoted_heading_do_not_count(load):
    assert load("quoted.csv", 'customer_id;"a,b,c"\n1;2\n').shape == (1, 2)


def test_a_zero_byte_in_a_row_is_refused(load):
    with pytest.raises(TableError, match="is not text"):
        load("zero.csv", b"customer_id,offer\n1,bun\0dle\n")


def test_a_file_that_starts_with_an_empty_line_is_not_called_empty(load):
    assert len(load("blank.csv", "\n" + TEXT)) == 2


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*leavers\.csv\. Check the name and the folder\."):
        load_table(tmp_path / "leavers.csv")


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "leavers.csv").mkdir()
    with pytest.raises(FileNotFoundError, match=r"There is no file .*leavers\.csv"):
        load_table(str(tmp_path / "leavers.csv"))


@pytest.mark.parametrize("name", ["a" * 5_000, "a\0b.csv", "x" * 300 + ".csv"])
@pytest.mark.parametrize("read", [wb.tables.load_table, wb.load_offers, wb.lost.load_codebook, wb.code_reasons])
def test_a_name_that_no_file_can_have_is_told_as_such(read, name):
    with pytest.raises(FileNotFoundError, match="There is no file") as refused:
        read(name)
    assert len(str(refused.value)) < 400
