"""Which columns of a file are numbers, which are ids, which are labels? What the cells say where no name tells.

A column becomes numbers when every cell is one; ids and codes with leading zeros stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.broken_cells import broken_cells, is_all_text
from winback.tables.columns import ID_COLUMNS, KNOWN
from winback.tables.ids import parse_id, rounded_ids, whole_numbers
from winback.tables.kinds import label_text
from winback.tables.numbers import decimal_evidence, parse_number
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.places import row_name
from winback.tables.problems import ProblemList
from winback.tables.reading import Reading

LIKE_AN_ID = re.compile(
    r"(?:^|[ _\-.])(?:id|ids|no|nr|number|nummer|num|code|phone|tel|telefon|mobile|zip|plz|postcode|iban|account)$"
    r"|(?:Id|ID|Nr|No|nummer|Nummer|Number)$|^kunde$|^customer$|^client$",
)
Typed = tuple[pd.Series, tuple[str, ...], frozenset[str]]  # a column, what is to be said of it, its currencies
NONE: frozenset[str] = frozenset()
CODE = r"\s*[-+]?0\d.*|\s*\+.*|\s*-?\d{16,}\s*"  # 0012, +4917..., 20 digits: labels, whatever a number makes of them


def with_types(reading: Reading, written: Written = AS_THE_CELLS_TELL) -> Reading:
    """Return a reading whose columns have types; what was taken for what is added to its notes."""
    frame = reading.frame
    shown = {name: decimal_evidence(frame[name]) for name in frame if _holds_text(frame[name])}
    decimal = written.decimal or _mark_of(set().union(*shown.values()), reading.decimal)
    problems = ProblemList("table", frame, places=reading.places, headings=reading.headings)
    for name in shown if written.decimal is None else ():
        if len(shown[name]) > 1 and str(name) not in KNOWN:  # winback's columns are checked later
            read = parse_number(frame[name])
            problems.add_rows(name, read.doubted, *read.doubt, usual=read.usual)
    made, notes, money = {}, [], set()
    for name in frame:
        column, more = _own_without_broken(
            frame[name], partial(row_name, reading.places, columns=frame.columns, column=name)
        )
        typed, said, currencies = _typed(column, Written(decimal, written.day_first))
        money |= currencies
        made[name] = typed.where(typed.notna(), np.nan) if typed.dtype == object else typed
        notes += [*more, *([f'"{name}": {", ".join(said)}.'] if said else [])]
    made = pd.DataFrame(made, index=frame.index, columns=frame.columns)
    return replace(reading.having(made, notes, problems.found, frozenset(money)), decimal=decimal)


def _mark_of(shown: set[str], of_separator: str | None) -> str | None:
    """Return the decimal mark of a file: what its cells and its separator show; none where these contradict."""
    marks = shown | ({of_separator} if of_separator else set())
    return next(iter(marks)) if len(marks) == 1 else None


def _holds_text(column: pd.Series) -> bool:
    return column.dtype == object and not _is_id(column)


def _is_id(column: pd.Series) -> bool:
    return str(column.name) in ID_COLUMNS or bool(LIKE_AN_ID.search(str(column.name)))


def _typed(column: pd.Series, written: Written) -> Typed:
    if column.dtype != object or column.isna().all():
        return column, (), NONE
    if _is_id(column):
        texts = column.where(column.notna(), None)
        numbers = whole_numbers(texts) if is_all_text(texts) else None
        if numbers is not None:
            return numbers, (), NONE
        return texts if rounded_ids(texts).any() else parse_id(texts).column, (), NONE  # these are told when checked
    if not is_all_text(column):
        return _of_cells(column, written)
    if column.str.fullmatch(CODE).any():
        return column, (), NONE
    return _as_numbers(column, written)


def _as_numbers(column: pd.Series, written: Written) -> Typed:
    read = parse_number(column, written)
    if read.unread.any() or read.doubt:
        own = read.doubt and read.doubted is None and str(column.name) not in KNOWN  # else it is told as a problem
        return column, (f"{read.doubt[0]}; it is kept as labels",) if own else (), NONE
    whole = whole_numbers(column)
    return (read.column if whole is None or column.isna().any() else whole), read.taken_for, read.currencies


def _of_cells(column: pd.Series, written: Written) -> Typed:
    """Type the cells of a workbook, which have types of their own."""
    kind = types.infer_dtype(column, skipna=True)
    if kind in ("datetime", "date", "boolean"):
        return column.infer_objects(), (), NONE
    if kind in ("integer", "floating", "mixed-integer-float"):
        return column.astype("int64" if kind == "integer" and column.notna().all() else "float64"), (), NONE
    typed, said, money = _as_numbers(column, written)
    if (
        typed is column and str(column.name) not in KNOWN and not rounded_ids(column).any()
    ):  # text and numbers together are labels
        typed = column.map(label_text, na_action="ignore")
    return typed, said, money


def _own_without_broken(column: pd.Series, where: Callable[[int], str]) -> tuple[pd.Series, list[str]]:
    """Empty the broken cells of a column of the analyst's own, and say so; winback's columns are checked later."""
    notes: list[str] = []
    if str(column.name) in KNOWN or _is_id(column):
        return column, notes
    for rows, problem, _ in broken_cells(column):
        n, first = int(rows.sum()), str(column[rows].iloc[0])
        shown = re.sub(r"[\x00-\x1f\x7f]", "?", first)[:30]
        cells, are = ("1 cell", "is") if n == 1 else (f"{n:,} cells", "are")
        notes.append(f'"{column.name}" {problem}: {cells} (first: {where(int(np.argmax(rows)))}, {shown}) {are} empty.')
        column = column.where(~rows, None)
    return column, notes
