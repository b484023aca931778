"""Which customer does an id mean? Text as written, or whole numbers that give every cell back.

20-digit ids are no floats, 0012 is not 12, 1E3 is not 1000, and an empty cell beside them changes none of them.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.broken_cells import broken_cells, is_all_text
from winback.tables.parsed import AS_THE_CELLS_TELL, Parsed, Written, nothing_unread, without_containers

LARGEST_EXACT = {"float64": 2**53, "Float64": 2**53, "float32": 2**24, "Float32": 2**24}
ROUNDED = (
    "holds ids of more than 15 digits, which were rounded by the spreadsheet (or by floats)",
    "They cannot be told apart any more: store the column as text and export again.",
)
PLAIN = re.compile(r"0|-?[1-9]\d{0,17}")  # a whole number that int64 holds and gives back as it was written


def as_index(ids: pd.Series | pd.Index) -> pd.Index:
    """Return ids as an index of their own kind: of a column of any objects pandas would guess another.

    Examples
    --------
    >>> as_index(pd.Series([pd.Timestamp("2024-01-31")], dtype=object)).dtype
    dtype('O')
    """
    return pd.Index(ids, dtype=ids.dtype)


def parse_id(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Keep ids as they are; whole floats, as pandas makes of numbers beside an empty cell, are whole numbers again.

    Examples
    --------
    >>> parse_id(pd.Series([1001.0, None])).column.tolist()
    [1001, <NA>]
    """
    if types.is_float_dtype(column.dtype):
        return _from_floats(column)
    if column.dtype != object or is_all_text(column):
        return _as_text(column)
    column, unread = without_containers(column)
    if types.infer_dtype(column, skipna=True) in ("boolean", "datetime", "date"):
        return Parsed(column, unread)
    if types.infer_dtype(column, skipna=True) in ("integer", "mixed-integer-float", "floating", "decimal"):
        return _from_numbers(column, unread)
    if any(isinstance(cell, str) for cell in column):  # 77 and "77" are one customer
        texts = column.map(_id_text, na_action="ignore")
        read = _as_text(texts)
        return read._replace(
            unread=read.unread | unread | rounded_ids(column), taken_for=("ids as text, for some are",)
        )
    return Parsed(column, unread)


def whole_numbers(texts: pd.Series) -> pd.Series | None:
    """Return ids written as text as whole numbers, if these give every cell back as it was written; else None.

    Examples
    --------
    >>> whole_numbers(pd.Series(["12", None])).tolist(), whole_numbers(pd.Series(["12", "0012"]))
    ([12, <NA>], None)
    """
    there = texts.notna()
    if not there.any() or not all(map(PLAIN.fullmatch, texts[there])):
        return None
    if there.all():
        return texts.astype("int64")
    numbers = pd.array(np.zeros(len(texts), dtype=np.int64), dtype="Int64")
    numbers[there.to_numpy()] = texts[there].astype("int64").to_numpy()
    numbers[~there.to_numpy()] = pd.NA
    return pd.Series(numbers, index=texts.index, name=texts.name)


def _from_floats(column: pd.Series) -> Parsed:
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    missing = np.isnan(numbers)
    whole = missing | (np.floor(numbers) == numbers) & np.isfinite(numbers)
    if not whole.all():
        return Parsed(column, np.isinf(numbers))  # 10.5 is an id as well
    blurred = ~missing & (np.abs(numbers) > LARGEST_EXACT.get(str(column.dtype), 2**53))
    if blurred.any() or missing.all():
        return Parsed(column, blurred)
    if not missing.any():
        return Parsed(column.astype("int64"), blurred)
    whole_ids = pd.array(np.where(missing, 0, numbers).astype(np.int64), dtype="Int64")
    whole_ids[missing] = pd.NA
    return Parsed(pd.Series(whole_ids, index=column.index, name=column.name), blurred)


def _from_numbers(column: pd.Series, unread: np.ndarray) -> Parsed:
    """Read cells that are numbers in a column of objects: whole ones stay whole, beside empty cells too."""
    texts = column.map(_id_text, na_action="ignore").astype(object)
    texts = texts.where(texts.notna(), None)
    numbers = whole_numbers(texts)
    return Parsed(texts if numbers is None else numbers, unread | rounded_ids(column))


def rounded_ids(column: pd.Series) -> np.ndarray:
    """Return the rows whose id is a float so large that its last digits are lost.

    Examples
    --------
    >>> rounded_ids(pd.Series([9.007199254740993e17, 7.0])).tolist()
    [True, False]
    """
    if types.is_float_dtype(column.dtype):
        numbers = np.abs(column.to_numpy(dtype=float, na_value=np.nan))
        return (numbers > 2**53) & np.isfinite(numbers)
    if column.dtype != object:
        return nothing_unread(column)
    return column.map(lambda cell: isinstance(cell, float) and 2**53 < abs(cell) < np.inf).to_numpy(dtype=bool)


def _id_text(cell) -> str:
    """Write an id as text: a whole float as the whole number."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _as_text(column: pd.Series) -> Parsed:
    unread = nothing_unread(column)
    for rows, _, _ in broken_cells(column):
        unread = unread | rows
    if unread.any() or column.dtype != object:
        return Parsed(column, unread)
    blank = column.notna() & (column.str.strip() == "")
    return Parsed(column.where(~blank, None) if blank.any() else column, unread)
