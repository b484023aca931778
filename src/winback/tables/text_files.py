"""What does a text file hold? Its encoding, its separator and its rows, all cells still as they are written.

"none" is a word (untreated), an empty cell is a missing value.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from winback.tables.places import Places
from winback.tables.problems import Problem
from winback.tables.reading import Reading
from winback.tables.sheet_rows import LOOKED_AT, NO_HEADING, heading_row, named, not_a_table, without_odd_rows

SEPARATORS = ",;\t|"
EMPTY_IS_MISSING = {"keep_default_na": False, "na_values": [""]}
AGAIN = "Export it again; in Excel choose 'CSV UTF-8'."
CTRL_Z = "\x1a"  # the end of a file, for programs of the eighties
BINARY = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f]")
WRAPPED = r'^="([^"]*)"$'
MANY = 0.01  # share of control characters in what is no text


def read_text(path: Path) -> Reading:
    """Read a text file, plain or packed, as text; a TableError says why it holds no table."""
    text, notes = _text_of(path)
    usual = csv.field_size_limit(len(text) + 1)  # a cell may be as long as the file; the limit is that of the process
    try:
        return _table_of(path, text, notes)
    finally:
        csv.field_size_limit(usual)


def _table_of(path: Path, text: str, notes: list[str]) -> Reading:
    lines = text.split("\n")
    if not any(line.strip() for line in lines):
        raise not_a_table(path, "is empty", "Check that the export worked.")
    if (tabbed := _blanks_as_tabs(lines)) is not None:
        text, lines = "\n".join(tabbed), tabbed
        notes += ["Columns are separated by blanks."]
    separator, heading = _layout(lines)
    if heading:
        titles = "; ".join(line.strip(separator + ' "') for line in lines[:heading] if line.strip(separator + ' "'))
        notes += [f'The table starts in line {heading + 1}, below "{titles[:80]}".'] if titles else []
    text = text if not heading else "\n".join(lines[heading:])
    names = next(csv.reader(io.StringIO(text), delimiter=separator))
    rows = _rows(path, text, separator, names, heading)
    problems, short = _short_rows(path, text, separator, len(names), heading)
    frame, more, wrong = named(path, rows, names)
    if '="' in text:
        frame, kept = _without_wrapping(frame)
        more += kept
    frame, odd = without_odd_rows(frame, heading + 2, "line")
    sure = "." if separator == "," else None  # a comma between cells is none within numbers
    lines, at = _lines(text, separator, heading), frame.index.to_numpy()
    places = Places(lines[at]) if at.max(initial=0) < len(lines) else None  # two readers may differ on odd quotes
    said = tuple([*notes, *more, *odd, *short])
    return Reading(frame.reset_index(drop=True), said, tuple([*wrong, *problems]), places=places, decimal=sure)


def _blanks_as_tabs(lines: list[str]) -> list[str] | None:
    """Return the lines with a tab for every run of blanks, where nothing else separates columns and all lines agree."""
    if any(mark in line for line in lines[:LOOKED_AT] for mark in SEPARATORS + '"'):
        return None
    tabbed = ["\t".join(line.split()) for line in lines]
    n_cells = {line.count("\t") for line in tabbed if line}
    return tabbed if len(n_cells) == 1 and n_cells != {0} and sum(map(bool, tabbed)) > 1 else None


def _lines(text: str, separator: str, heading: int) -> np.ndarray:
    """Return the line of the file on which each row below the heading starts; a cell in quotes may have several."""
    if '"' not in text:
        return np.arange(text.count("\n") + 1) + heading + 2
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    return np.array([rows.line_num for _ in rows], dtype=int) + heading + 1


def _text_of(path: Path) -> tuple[str, list[str]]:
    """Return the text of a file, and what is to be said of its encoding."""
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.name.lower().endswith(".gz") else raw
    except Exception as error:  # whatever a damaged archive makes its reader say
        raise not_a_table(path, f"cannot be read ({type(error).__name__})", "Export it again.") from None
    text, notes = _decoded(path, raw)
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise not_a_table(path, f"is not text: it holds zero bytes (first in line {line})", AGAIN)
    if len(BINARY.findall(text[:100_000])) > MANY * len(text[:100_000]):
        raise not_a_table(path, "is not text", AGAIN)
    if text.rstrip("\r\n ").endswith(CTRL_Z):
        text = text.rstrip("\r\n " + CTRL_Z) + "\n"
        notes.append("An end-of-file character (Ctrl-Z) at the end of the file was left out.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        notes.append(f"Some letters were lost before the file was written (first in line {line}): they show as \ufffd.")
    return text, notes


def _decoded(path: Path, raw: bytes) -> tuple[str, list[str]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by(path, raw, "utf-16"), ["The file was read as UTF-16."]
    even, odd = raw[:2000:2], raw[1:2000:2]
    for zeros, others, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if len(raw) > 8 and zeros.count(0) > 0.7 * len(zeros) and others.count(0) == 0:
            return _by(path, raw, name), ["The file was read as UTF-16."]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = f"The file is not in UTF-8 (first in line {line}): it was read as Windows-1252, as Excel writes CSV."
        return _by(path, raw, "cp1252"), [said]


def _by(path: Path, raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise not_a_table(path, "is not text in UTF-8, UTF-16 or Windows-1252", AGAIN) from None


def _layout(lines: list[str]) -> tuple[str, int]:
    """Return the separator, and the line of the heading, counted from 0."""
    blank = next(place for place, line in enumerate(lines) if line.strip())
    best = None
    for separator in SEPARATORS:
        rows = list(csv.reader(lines[blank : blank + LOOKED_AT], delimiter=separator))
        place, fit = heading_row(rows)
        if fit > NO_HEADING and (best is None or fit > best[0]):
            best = (fit, separator, blank + place)
    heading = lines[blank] if best is None else lines[best[2]]
    by_count = max(SEPARATORS, key=re.sub('"[^"]*"', "", heading).count)
    if best is None or best[2] == blank:
        return by_count if best is None or best[0][1] == 0 else best[1], blank
    return best[1], best[2]


def _rows(path, text, separator, names, heading) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        shape = {"sep": separator, "dtype": str, "index_col": False, "skip_blank_lines": False, **EMPTY_IS_MISSING}
        try:
            return pd.read_csv(io.StringIO(text), names=range(len(names)), skiprows=1, **shape)
        except (pd.errors.ParserWarning, pd.errors.ParserError):
            raise _misfit(path, text, separator, len(names), heading) from None


def _misfit(path: Path, text: str, separator: str, n_names: int, heading: int):
    """Name the first line that has more cells than the heading, or else an open quotation mark."""
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    line = next((rows.line_num for row in rows if len(row) > n_names), None)
    if line is None:
        return not_a_table(path, "has a quotation mark that is never closed", "Close it or delete it.")
    remedy = "Put quotation marks around cells that hold the separator, and name every column."
    return not_a_table(path, f"has more cells in line {line + heading} than in its heading", remedy)


def _without_wrapping(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Take text out of ="0012", by which programs keep a spreadsheet from making a number of it."""
    bare = frame.apply(lambda column: column.str.replace(WRAPPED, r"\1", regex=True))
    n = int((bare != frame).sum().sum() - frame.isna().sum().sum())
    cells, were = ("1 cell", "was") if n == 1 else (f"{n:,} cells", "were")
    return bare, [f'{cells} written like ="0012" {were} read as the text within.'] if n else []


def _short_rows(path, text, separator, n_names, heading) -> tuple[list[Problem], list[str]]:
    """Say which rows have fewer cells than the heading; a last one without a line end was cut off."""
    if '"' in text:
        rows = csv.reader(io.StringIO(text), delimiter=separator)
        found = [(len(row), rows.line_num) for row in rows if row]
    else:
        found = [(line.count(separator) + 1, place) for place, line in enumerate(text.split("\n"), 1) if line.strip()]
    widths, places = np.array(found, dtype=int).T
    short = widths < n_names
    if not short.any():
        return [], []
    line = int(places[short][0]) + heading
    if short[-1] and short.sum() == 1 and not text.endswith("\n") and len(widths) > 2:
        said = f"ends in the middle of a row (line {line})"
        return [Problem(path.name, said, 0, "", "The export was cut off: export or copy it again.")], []
    noun = "row has" if short.sum() == 1 else "rows have"
    return [], [f"{short.sum():,} {noun} fewer cells than the heading (first: line {line}): the rest is empty."]
