"""How are tables read from files?

Text files: "none" is a word (untreated), an empty cell is a missing value.
"""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from winback.doors import door
from winback.tables.parquet_files import read_parquet
from winback.tables.parsed import Written
from winback.tables.problems import TableError
from winback.tables.reading import Reading
from winback.tables.sheet_rows import not_a_table
from winback.tables.text_files import read_text
from winback.tables.types_found import with_types
from winback.tables.workbooks import read_workbook

READ_AS = {".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "workbook", ".xlsm": "workbook"}
READ_AS |= {".parquet": "parquet", ".pq": "parquet"}
LONGEST_SHOWN = 300  # letters of a path in an error


@door
def load_table(path: str | Path, *, sheet: str | int | None = None, decimal: str | None = None) -> pd.DataFrame:
    r"""Read a table from a CSV, TSV or text file (plain or .gz), a sheet of an XLSX file, or a Parquet file.

    Encoding (UTF-8, UTF-16, Windows-1252), separator (comma, semicolon, tab or bar) and the row of the heading are
    found. The word ``none`` is kept, an empty cell is missing. A column becomes numbers when every cell is one, also
    with decimal commas or a sign of money; ids stay as they are written.

    Parameters
    ----------
    path : str or Path
        The file.
    sheet : str or int, optional
        Of a workbook: its name, or its position from 1 of those not hidden; the first one that is not empty.
    decimal : {",", "."}, optional
        The decimal mark, where the cells do not tell.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    TableError
        When the file holds no table: it is empty, damaged, has another kind, or its rows do not fit its heading.

    Examples
    --------
    >>> import pathlib, tempfile, winback as wb
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "customers.csv"
    >>> _ = path.write_text("customer_id;offer\n0012;none\n")
    >>> wb.tables.load_table(path).loc[0].tolist()
    ['0012', 'none']
    """
    return typed_file(path, sheet=sheet, decimal=decimal).frame


def typed_file(path: str | Path, *, sheet: str | int | None = None, decimal: str | None = None) -> Reading:
    """Do the work of `load_table`, and keep where the rows stand in the file."""
    reading = with_types(read_file(path, sheet=sheet), Written(decimal))
    if reading.problems:
        raise TableError("file", list(reading.problems))
    return Reading(reading.frame, places=reading.places)


def sheets_of(path: str | Path) -> list[str]:
    """Return the names of a workbook's sheets; none of another file, and of one that cannot be read."""
    if READ_AS.get(Path(path).suffix.lower()) != "workbook":
        return []
    from openpyxl import load_workbook

    try:
        with Path(path).open("rb") as file:
            return load_workbook(file, read_only=True).sheetnames
    except Exception:  # whatever a damaged workbook makes its reader say: whoever reads a sheet of it says so
        return []


def existing_file(path: str | Path, *others: Path) -> Path:
    """Return a path if it and others lead to files; refuse in one error all that do not, or that no file can have.

    Examples
    --------
    >>> existing_file("nowhere.csv")
    Traceback (most recent call last):
    FileNotFoundError: There is no file nowhere.csv. Check the name and the folder.
    """
    gone = [f"no file {short_text(each)}" for each in (path, *others) if not os.path.isfile(each)]
    if gone:
        raise FileNotFoundError(f"There is {' and '.join(gone)}. Check the name and the folder.")
    return Path(path)


def short_text(path: str | Path) -> str:
    """Return a path as text, cut where it is longer than anybody reads."""
    text = str(path)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def read_file(path: str | Path, *, sheet: str | int | None = None) -> Reading:
    """Read a file's cells as they are written, with what is to be said of the file and what is wrong with it."""
    path = existing_file(path)
    name = path.name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    kind = READ_AS.get(suffix)
    if sheet is not None and kind in ("text", "parquet"):
        raise not_a_table(path, f"has no sheets, and so no sheet {sheet!r}", "Leave out which sheet to read.")
    if kind is None or (kind != "text" and name.endswith(".gz")):
        raise not_a_table(path, f"has the ending {suffix or '(none)'}", "Save it as CSV, TSV, XLSX or Parquet.")
    if kind == "text":
        return read_text(path)
    return read_workbook(path, sheet) if kind == "workbook" else read_parquet(path)
