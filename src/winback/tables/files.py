"""How are tables read from files?

Text files: "none" is a word (untreated), an empty cell is a missing value.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
from pathlib import Path

import pandas as pd

from winback.tables.problems import Problem, TableError

READ_AS = {".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "workbook"}
SEPARATORS = ",;\t|"
EMPTY_IS_MISSING = {"keep_default_na": False, "na_values": [""]}


def load_table(path: str | Path) -> pd.DataFrame:
    r"""Read a table from a CSV, TSV or text file (plain or .gz) or from the first sheet of an XLSX file.

    The separator (comma, semicolon, tab or bar) is found from the heading. The word ``none`` is kept, an empty cell is
    missing. A column of a text file becomes numbers when every cell is one; ids with leading zeros stay text.

    Parameters
    ----------
    path : str or Path
        The file.

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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Check the name and the folder.")
    name = path.name.lower()
    suffix = Path(name.removesuffix(".gz")).suffix
    kind = READ_AS.get(suffix)
    if kind is None or (kind == "workbook" and name.endswith(".gz")):
        raise _not_a_table(path, f"has the ending {suffix or '(none)'}", "Save it as CSV, TSV or XLSX.")
    return _read_text(path) if kind == "text" else _read_workbook(path)


def _read_text(path: Path) -> pd.DataFrame:
    text = _text_of(path)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    if not heading:
        raise _not_a_table(path, "is empty", "Check that the export worked.")
    separator = max(SEPARATORS, key=re.sub('"[^"]*"', "", heading).count)
    names = next(csv.reader([heading], delimiter=separator))
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            rows = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, index_col=False, **EMPTY_IS_MISSING)
        except (pd.errors.ParserWarning, pd.errors.ParserError):
            raise _misfit(path, text, separator, len(names)) from None
    return _with_headings(path, rows, names).apply(_as_numbers)


def _misfit(path: Path, text: str, separator: str, n_names: int) -> TableError:
    """Name the first line that has more cells than the heading, or else an open quotation mark."""
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    line = next((rows.line_num for row in rows if len(row) > n_names), None)
    if line is None:
        return _not_a_table(path, "has a quotation mark that is never closed", "Close it or delete it.")
    remedy = "Put quotation marks around cells that hold the separator, and name every column."
    return _not_a_table(path, f"has more cells in line {line} than in its heading", remedy)


def _text_of(path: Path) -> str:
    remedy = "Export it again; in Excel choose 'CSV UTF-8'."
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.name.lower().endswith(".gz") else raw
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_a_table(path, "is not text in UTF-8", remedy) from None
    except Exception as error:  # whatever a damaged archive makes its reader say
        raise _not_a_table(path, f"cannot be read ({type(error).__name__})", "Export it again.") from None
    if "\0" in text:
        raise _not_a_table(path, "is not text: it holds zero bytes", remedy)
    return text


def _as_numbers(column: pd.Series) -> pd.Series:
    """Turn text into numbers where every cell is one; a leading zero marks a label."""
    if column.isna().all() or column.str.match(r"\s*0\d").any():
        return column
    numbers = pd.to_numeric(column, errors="coerce")
    return column if (numbers.isna() & column.notna()).any() else numbers


def _read_workbook(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_excel(path, header=None, **EMPTY_IS_MISSING)
    except Exception:  # whatever a damaged workbook makes its reader say
        raise _not_a_table(path, "cannot be read as a workbook", "Open it and save it again as XLSX or CSV.") from None
    if rows.empty:
        raise _not_a_table(path, "is empty", "Check that the export worked.")
    names = ["" if pd.isna(name) else str(name) for name in rows.iloc[0]]
    return _with_headings(path, rows.iloc[1:].reset_index(drop=True), names).infer_objects()


def _with_headings(path: Path, rows: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Give the rows their own headings, without blanks around; refuse repeated and missing ones."""
    names = [name.strip() for name in names]
    if not all(names):
        raise _not_a_table(path, "has a column without a heading", "Name every column, or delete the empty ones.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        problem = f"has more than one column {', '.join(f'`{name}`' for name in twice)}"
        raise _not_a_table(path, problem, "Rename or delete all but one.")
    return rows.set_axis(names, axis=1)


def _not_a_table(path, problem, remedy) -> TableError:
    return TableError("file", [Problem(path.name, problem, 0, "", remedy)])
