"""How does a table reach a spreadsheet program so that text stays text, ids keep all digits, and nothing in it is run?

What has to be changed for that is said in sentences, for whoever reads the file.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import pandas as pd

AT_ONCE = 100_000  # rows of text that are changed before they are written
ROWS_OF_A_SHEET = 1_048_576
LONGEST_TEXT = 32_767  # characters in a cell of a workbook
MOST_DIGITS = 15  # of a number, that a spreadsheet keeps
LARGEST = 9.99e307  # number it can hold
FIRST_YEAR = 1900  # its calendar begins there
WIDEST = 60  # characters a column is made wide
UNFIT = "�"  # stands for what no XML file can hold
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# A sign before nothing but digits is a number, an amount or a telephone number: no formula, so kept as it is.
_RUN = re.compile(r"[=@\t\n＝＠＋－]|[+-](?!\d[\d ., ]*\Z)")


def write_csv(frame: pd.DataFrame, path: str | Path) -> list[str]:
    r"""Write a table as CSV in UTF-8 that may be opened in a spreadsheet; return what was changed in it, in sentences.

    A text that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line break, and would be run as a formula, gets an
    apostrophe before it; a signed number such as a telephone number does not. Control characters become ``�``.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "contacts.csv"
    >>> write_csv(pd.DataFrame({"name": ["=1+1", "+4917012"], "n": [-1, 2]}), path)
    ['In contacts.csv an apostrophe stands before 1 text that a spreadsheet program would run as a formula.']
    >>> path.read_text()
    "name,n\n'=1+1,-1\n+4917012,2\n"
    """
    path, n_unfit, n_run = Path(path), 0, 0
    for start in range(0, max(len(frame), 1), AT_ONCE):
        table, more_unfit = _fit(frame.iloc[start : start + AT_ONCE])
        guarded, more_run = _changed(table, _RUN.match, "'{}".format)
        how = {"mode": "a", "header": False} if start else {}
        guarded.to_csv(path, index=False, lineterminator="\n", encoding="utf-8", **how)
        frame = frame.set_axis(guarded.columns, axis=1, copy=False)  # headings are changed once
        n_unfit, n_run = n_unfit + more_unfit, n_run + more_run
    texts, which = ("text", "a formula") if n_run == 1 else ("texts", "formulas")
    said = f"an apostrophe stands before {n_run:,} {texts} that a spreadsheet program would run as {which}."
    guards = [f"In {path.name} {said}"] if n_run else []
    return [*guards, *_say_unfit(n_unfit, path), *beyond_a_sheet(len(frame), path.name)]


def write_workbook(
    sheets: Mapping[str, pd.DataFrame],
    path: str | Path,
    number_format: Callable[[str, str], str] = lambda sheet, column: "General",
    widths: Callable[[str, str], int | None] = lambda sheet, column: None,
) -> list[str]:
    """Write tables as sheets of a workbook; return what was changed in it, in sentences.

    Text cells are text, whatever they begin with; whole numbers of more than 15 digits, which a spreadsheet would
    round, are text too, and so are infinite numbers and dates before 1900. A table of more rows than a sheet holds
    (1,048,575 below the heading) goes on in further sheets. Control characters become ``�``, longer texts than a cell
    holds are cut.

    Parameters
    ----------
    sheets : mapping
        Name of a sheet -> its table.
    number_format : callable
        Name of a sheet and of a column -> how its numbers are shown.
    widths : callable
        Likewise -> how many characters it is wide; longer texts are broken into lines. By default as wide as its
        heading.
    """
    from openpyxl import Workbook

    path, notes, n_unfit, n_cut = Path(path), [], 0, 0
    book = Workbook(write_only=True)
    for title, frame in sheets.items():
        table, unfit = _fit(frame)
        table, cut = _changed(table, lambda text: len(text) > LONGEST_TEXT, lambda text: text[:LONGEST_TEXT])
        n_unfit, n_cut = n_unfit + unfit, n_cut + cut
        held = ROWS_OF_A_SHEET - 1
        starts = range(0, max(len(table), 1), held)
        for number, start in enumerate(starts, start=1):
            name = title if number == 1 else f"{title} {number}"
            how = (partial(number_format, title), partial(widths, title))
            _write_sheet(book.create_sheet(name), table.iloc[start : start + held], *how)
        if len(starts) > 1:
            notes.append(f"In {path.name} the {title} fill {len(starts)} sheets, as one holds {held:,} rows.")
    book.save(path)
    texts = "text was" if n_cut == 1 else "texts were"
    cut = f"In {path.name} {n_cut:,} {texts} cut, as a cell holds {LONGEST_TEXT:,} characters."
    return [*notes, *_say_unfit(n_unfit, path), *([cut] if n_cut else [])]


def beyond_a_sheet(n_rows: int, name: str) -> list[str]:
    """Say, where a CSV has more rows than a spreadsheet program shows, how many it leaves out.

    Examples
    --------
    >>> beyond_a_sheet(1_200_000, "contacts.csv"), beyond_a_sheet(1_048_575, "contacts.csv")
    (['A spreadsheet program shows only the first 1,048,575 of the 1,200,000 rows of contacts.csv.'], [])
    """
    held = ROWS_OF_A_SHEET - 1
    said = f"A spreadsheet program shows only the first {held:,} of the {n_rows:,} rows of {name}."
    return [said] if n_rows > held else []


def _say_unfit(n_unfit: int, path: Path) -> list[str]:
    texts = "text" if n_unfit == 1 else "texts"
    said = f"In {path.name} {n_unfit:,} {texts} held characters that no spreadsheet can show; {UNFIT} stands for each."
    return [said] if n_unfit else []


def _may_hold_text(column: pd.Series) -> bool:
    numbers_or_dates = (pd.api.types.is_numeric_dtype, pd.api.types.is_datetime64_any_dtype)
    return not any(is_one(column) for is_one in numbers_or_dates)


def _fit(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return a table whose texts any file can hold, under headings that are text, and how many had to be changed."""
    table = frame.reset_index(drop=True).set_axis([str(name) for name in frame.columns], axis=1)
    table, _ = _changed(table, lambda text: "\r\n" in text, lambda text: text.replace("\r\n", "\n"))
    return _changed(table, _UNFIT.search, lambda text: _UNFIT.sub(UNFIT, text))


def _changed(table: pd.DataFrame, which: Callable, how: Callable) -> tuple[pd.DataFrame, int]:
    """Change those texts of a table, its headings among them, that need it; return it and how many did."""

    def needs(value):
        return isinstance(value, str) and bool(which(value))

    columns, n_changed = {}, sum(map(needs, table.columns))
    for place in range(table.shape[1]):
        columns[place] = table.iloc[:, place]
        if _may_hold_text(columns[place]):
            plain = columns[place].astype(object)
            found = plain.map(needs).astype(bool)
            n_changed += int(found.sum())
            columns[place] = plain.where(~found, plain[found].map(how)) if found.any() else columns[place]
    headings = [how(name) if needs(name) else name for name in table.columns]
    return pd.DataFrame(columns, index=table.index, copy=False).set_axis(headings, axis=1), n_changed


def _write_sheet(
    sheet, table: pd.DataFrame, number_format: Callable[[str], str], width: Callable[[str], int | None]
) -> None:
    """Write one sheet row by row; the cells of a column are one object, as each is written at once."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.freeze_panes = "B2"
    for place, name in enumerate(table, start=1):
        by_heading = min(WIDEST, max(12, len(name) + 2))
        sheet.column_dimensions[get_column_letter(place)].width = width(name) or by_heading
    if any(map(width, table)):  # made to be worked through, perhaps on paper
        sheet.page_setup.orientation, sheet.print_title_rows = "landscape", "1:1"
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0  # as many pages as it takes, each as wide as the sheet
    heading = [_set(WriteOnlyCell(sheet), name) for name in table]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    columns = [
        _cells_of(table.iloc[:, place], sheet, number_format(name), broken=bool(width(name)))
        for place, name in enumerate(table)
    ]
    for row in zip(*columns, strict=True):
        sheet.append(row)


def _cells_of(column: pd.Series, sheet, number_format: str, *, broken: bool) -> Iterator:
    """Yield the cells of a column, longer texts ``broken`` into lines."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    text, other = WriteOnlyCell(sheet), WriteOnlyCell(sheet)
    text.number_format = "@"  # text remains text when it is edited
    other.number_format = number_format
    if broken:
        text.alignment = Alignment(wrap_text=True, vertical="top")
        other.alignment = Alignment(horizontal="left", vertical="top")  # a date does not touch the text beside it
    whole = pd.api.types.is_integer_dtype(column) and len(column) > 0
    if whole and bool((column.dropna().abs() >= 10**MOST_DIGITS).any()):
        column = column.map(str, na_action="ignore")
    for value in column.astype(object).where(column.notna(), None).tolist():
        plain = _plain(value)
        yield None if plain is None else _set(text if isinstance(plain, str) else other, plain)


def _set(cell, value):
    """Give a cell its value; a text is none of the things it looks like."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _plain(value):
    """Return a value as a workbook can hold it: a number, a flag or a date; all else is text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        fits = value.year >= FIRST_YEAR and getattr(value, "tzinfo", None) is None
        return value if fits else value.isoformat()
    if isinstance(value, int):
        return value if abs(value) < 10**MOST_DIGITS else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) and abs(value) <= LARGEST else str(float(value))
    return str(value)
