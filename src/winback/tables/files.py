"""How are tables read from and written to files?

Text files: "none" is a word (untreated), an empty cell is a missing value. Nothing half-written is ever left.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import pandas as pd

from winback.tables.problems import Problem, TableError

READ_AS = {".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "workbook"}
EMPTY_IS_MISSING = {"keep_default_na": False, "na_values": [""]}


def load_table(path: str | Path) -> pd.DataFrame:
    r"""Read a table from a CSV, TSV or text file (plain or .gz) or from the first sheet of an XLSX file.

    The separator (comma, semicolon, tab or bar) is found from the heading. Text stays text: the word ``none`` is
    kept, an empty cell is missing.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    TableError
        When the file holds no table: it is empty, has another kind, or its rows do not fit its heading.

    Examples
    --------
    >>> import pathlib, tempfile, winback as wb
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "customers.csv"
    >>> _ = path.write_text("customer_id;offer\n1;none\n")
    >>> wb.load_table(path)["offer"].tolist()
    ['none']
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}. Check the name and the folder.")
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    kind = READ_AS.get(suffix.lower())
    if kind is None:
        raise _not_a_table(path, f"has the ending {suffix or '(none)'}", "Save it as CSV, TSV or XLSX.")
    try:
        return _read_text(path) if kind == "text" else pd.read_excel(path, **EMPTY_IS_MISSING)
    except (ValueError, OSError, KeyError, EOFError, BadZipFile, pd.errors.ParserWarning) as error:
        if isinstance(error, TableError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _not_a_table(
            path, f"cannot be read ({reason})", "Export it again as CSV with one heading line."
        ) from None


def _read_text(path: Path) -> pd.DataFrame:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
        heading = lines.readline()
    if not heading.strip():
        raise _not_a_table(path, "is empty", "Check that the export worked.")
    if "\0" in heading:
        raise _not_a_table(path, "is not text", "Export it again as CSV with one heading line.")
    separator = max(",;\t|", key=heading.count)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # a row longer than the heading
        return pd.read_csv(
            path, sep=separator, index_col=False, low_memory=False, encoding="utf-8-sig", **EMPTY_IS_MISSING
        )


def _not_a_table(path, problem, remedy) -> TableError:
    return TableError("file", [Problem(path.name, problem, 0, "", remedy)])


def write_files_together(folder: str | Path, writers: Mapping[str, Callable[[Path], object]]) -> list[Path]:
    """Write several files into a folder, all or none.

    Parameters
    ----------
    folder : str or Path
        Made if missing.
    writers : mapping
        File name -> a function that writes the file at the path it is given.

    Returns
    -------
    list of Path
        The files, in order.
    """
    folder = Path(folder)
    with _scratch_beside(folder) as scratch:
        for name, write in writers.items():
            write(scratch / name)
        folder.mkdir(parents=True, exist_ok=True)
        for name in writers:
            os.replace(scratch / name, folder / name)
    return [folder / name for name in writers]


@contextmanager
def _scratch_beside(folder: Path) -> Iterator[Path]:
    """Give a scratch folder on the same disk, so that files can be moved in one step."""
    parent = next(place for place in [folder, *folder.resolve().parents] if place.is_dir())
    with tempfile.TemporaryDirectory(dir=parent, prefix=".winback-") as scratch:
        yield Path(scratch)
