"""What does a sheet of an XLSX workbook hold? Its rows below the titles, and formulas that were never computed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd

from winback.tables.broken_cells import NO_RESULT
from winback.tables.places import Places
from winback.tables.reading import Reading
from winback.tables.sheet_rows import LOOKED_AT, heading_row, kept_columns, named, not_a_table, without_odd_rows

LARGEST_WHOLE = 2**53  # beyond it spreadsheets no longer tell whole numbers apart


def read_workbook(path: Path, sheet: str | int | None = None) -> Reading:
    """Read a sheet, by its name or its position from 1; the first one that is not empty without either.

    A hidden sheet is read only by its name; positions are those that are seen.
    """
    try:
        sheets, hidden = _cells(path, values=True)
        if _has_formulas(path):
            sheets = _with_formulas(sheets, _cells(path, values=False)[0])
    except Exception:  # whatever a damaged workbook makes its reader say
        raise not_a_table(path, "cannot be read as a workbook", "Open it and save it again as XLSX or CSV.") from None
    from openpyxl.utils import get_column_letter

    name, notes = _chosen(path, sheets, hidden, sheet)
    rows = sheets[name]
    if not rows:
        raise not_a_table(path, "is empty", "Check that the export worked.")
    place = heading_row([["" if cell is None else str(cell) for cell in row] for row in rows[:LOOKED_AT]])[0]
    if titles := [str(cell).strip() for row in rows[:place] for cell in row if cell is not None]:
        notes.append(f'The table starts in row {place + 1}, below "{"; ".join(titles)[:80]}".')
    width = max(len(row) for row in rows)
    cells = [[*row, *[None] * (width - len(row))] for row in rows]
    frame = pd.DataFrame(cells[place + 1 :], columns=range(width), dtype=object)
    headings = ["" if cell is None else str(cell) for cell in cells[place]]
    frame = frame.where(frame.notna(), None)
    letters = tuple(get_column_letter(position + 1) for position in kept_columns(frame, headings))
    frame, more, wrong = named(path, frame, headings)
    frame, odd = without_odd_rows(frame, place + 2, "row")
    places = Places(frame.index.to_numpy() + place + 2, letters)
    return Reading(frame.reset_index(drop=True), tuple([*notes, *more, *odd]), tuple(wrong), places=places)


def _cells(path: Path, values: bool) -> tuple[dict[str, list[list]], list[str]]:
    """Return the cells of every sheet, without empty rows at its end, and which are hidden; blank text is no cell."""
    from openpyxl import load_workbook

    sheets, hidden = {}, []
    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=values)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a program wrote there is not always true
            rows = [[_cell(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            while rows and all(cell is None for cell in rows[-1]):
                rows.pop()
            sheets[sheet.title] = rows
            hidden += [sheet.title] if sheet.sheet_state != "visible" else []
        book.close()
    return sheets, hidden


def _cell(cell):
    """Return a cell's value; a workbook's numbers are floats, however many digits a program wrote."""
    if isinstance(cell, int) and abs(cell) > LARGEST_WHOLE:
        return float(cell)
    return None if cell is None or (isinstance(cell, str) and not cell) else cell


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(mark in archive.read(name) for name in sheets for mark in (b"<f>", b"<f "))


def _with_formulas(values: dict, formulas: dict) -> dict:
    """Put the text of a formula where it has no result: it is no number, and will be named as a formula."""
    filled = {}
    for name, rows in formulas.items():
        known = values[name]
        filled[name] = [
            [_result(known, place, at, cell) for at, cell in enumerate(row)] for place, row in enumerate(rows)
        ]
    return filled


def _result(known, place, at, cell):
    value = known[place][at] if place < len(known) and at < len(known[place]) else None
    if value is None and cell is not None:
        text = str(getattr(cell, "text", cell))
        return f"{NO_RESULT}{text}" if text.startswith("=") else text
    return value


def _chosen(path: Path, sheets: dict, hidden: list[str], sheet: str | int | None) -> tuple[str, list[str]]:
    """Return the name of the sheet to read, and what is to be said of the others."""
    seen = [name for name in sheets if name not in hidden]
    if isinstance(sheet, int) and not isinstance(sheet, bool) and 1 <= sheet <= len(seen):
        return seen[sheet - 1], []
    if sheet is not None:
        alike = [name for name in sheets if name.strip().lower() == str(sheet).strip().lower()]
        if len(alike) == 1:
            return alike[0], [f'The sheet "{alike[0]}" is hidden, and was read as asked.'] if alike[0] in hidden else []
        there = ", ".join(f"{name} (hidden, by its name only)" if name in hidden else name for name in sheets)
        raise not_a_table(path, f"has no sheet {sheet!r}", f"There are: {there}.")
    full = [name for name in seen if len(sheets[name]) > 1] or [name for name in seen if sheets[name]]
    passed_over = [name for name in hidden if sheets[name]]
    if not full and passed_over:
        remedy = f"Show the sheet with the table, or name it: sheet={passed_over[0]!r}."
        raise not_a_table(path, f"has cells only on sheets that are hidden ({', '.join(passed_over)})", remedy)
    read = (full or seen or list(sheets))[0]
    notes = [f"Hidden sheets were passed over: {', '.join(passed_over)}."] if passed_over else []
    if len(full) > 1:
        notes.insert(0, f'The sheet "{read}" was read, of {", ".join(seen)}; sheet= names another one.')
    return read, notes
