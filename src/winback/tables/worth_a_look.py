"""What in a table is odd though nothing is wrong with it? Rows that are there twice, money below zero, a lone day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.column_checks import Checked
from winback.tables.columns import Column
from winback.tables.problems import ProblemList

LONELY, FEW = 180, 100  # days; a last day so long after so many others may be a slip
TWICE = ("is in rows that are alike in every cell", "Drop one of each if they are the same: both are counted.")


def odd_cells(checked: Checked, columns: Iterable[Column]) -> list[str]:
    """Say which cells may be a slip, though a table may well be meant so: where, how often, and the first one.

    Examples
    --------
    >>> from winback.tables.column_checks import check_columns
    >>> from winback.tables.columns import CONTRACTS
    >>> from winback.tables.reading import Reading
    >>> table = pd.DataFrame({"customer_id": [7, 8], "margin": [20.0, -20.0]})
    >>> odd_cells(check_columns(Reading(table), "table of contracts", CONTRACTS, []), CONTRACTS)
    ['`margin` is below 0; 1 of 2 rows (first: customer 8, row 2, -20). Correct it if that is a slip.']
    """
    given = checked.problems
    look = ProblemList(given.table, checked.frame, places=given.places, headings=given.headings)
    for column in columns:
        if column.name in checked.frame:
            for rows, said in _odd(checked.frame[column.name], column):
                look.add_rows(column.name, rows, said, "Correct it if that is a slip.")
    return [str(each) for each in look.found]


def twice_in_words(checked: Checked) -> list[str]:
    """Say which rows are there before, alike in every cell; nothing where none is."""
    given = checked.problems
    look = ProblemList(given.table, checked.frame, places=given.places, headings=given.headings)
    look.add_rows("customer_id", rows_twice(checked), *TWICE)
    return [str(each) for each in look.found]


def rows_twice(checked: Checked) -> np.ndarray:
    """Return the rows that are there before, alike in every cell."""
    try:
        return checked.problems.frame.duplicated().to_numpy()
    except TypeError:  # lists and the like in a cell
        return np.zeros(len(checked.frame), dtype=bool)


def _odd(values: pd.Series, column: Column) -> Iterator[tuple[np.ndarray, str]]:
    if column.unit.startswith("money") and types.is_numeric_dtype(values):
        yield (values < 0).to_numpy(dtype=bool), "is below 0"
    if column.kind == "date" and types.is_datetime64_any_dtype(values):
        days = np.sort(values.dropna().dt.normalize().unique())
        gap = int((days[-1] - days[-2]) / np.timedelta64(1, "D")) if len(days) > FEW else 0
        if gap > LONELY:
            said = f"has a last day that comes {gap:,} days after the one before it"
            yield (values.dt.normalize() == days[-1]).to_numpy(), said
