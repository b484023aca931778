"""Which settings had nothing to act on? Said, so that nobody believes that they changed a figure."""

from __future__ import annotations

import pandas as pd

from winback.tables.columns import KNOWN
from winback.tables.date_forms import SLASHED
from winback.tables.dates import is_like_a_date
from winback.tables.numbers import CELL
from winback.tables.parsed import Written, distinct_values, without_containers

NOTHING_CHANGED = "it changed nothing"


def unused_marks(frame: pd.DataFrame, written: Written) -> list[str]:
    """Say which of a decimal mark and an order of dates was stated for a table in which no cell asks for it.

    Examples
    --------
    >>> table = pd.DataFrame({"customer_id": [7], "value": [30.0]})
    >>> unused_marks(table, Written(decimal=","))
    ['decimal was stated, but no number stands as text with a point or a comma: it changed nothing.']
    """
    notes = []
    if written.decimal is not None and not any(_has_marks(texts) for texts in _texts(frame, frame.columns)):
        notes.append(f"decimal was stated, but no number stands as text with a point or a comma: {NOTHING_CHANGED}.")
    dated = [name for name in frame if name in KNOWN and KNOWN[name].kind == "date"]
    if written.day_first is not None and not any(texts.str.fullmatch(SLASHED).any() for texts in _texts(frame, dated)):
        notes.append(f"The order of day and month was stated, but no date is like 03/02/2024: {NOTHING_CHANGED}.")
    return notes


def _texts(frame: pd.DataFrame, names):
    """Yield the distinct texts of each column that holds some."""
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        if name not in names or pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
            continue
        values = distinct_values(without_containers(column)[0])[1]
        texts = pd.Series([value.strip() for value in values if isinstance(value, str)], dtype=object)
        if len(texts):
            yield texts


def _has_marks(texts: pd.Series) -> bool:
    marked = texts[texts.str.contains("[.,]")]
    return bool((marked.str.fullmatch(CELL) & ~is_like_a_date(marked)).any())
