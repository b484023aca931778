"""Which rows of a log are no purchases of a known customer, and where do they stand in the file?"""

from __future__ import annotations

import pandas as pd
from pandas.api import types

from winback.purchases.logs.checks import TABLE
from winback.tables import Problem, ProblemList
from winback.tables.reading import Reading

ID, AMOUNT = "customer_id", "amount"
DROPPED = "As it is, {} dropped."


def rows_set_aside(reading: Reading) -> list[Problem]:
    """Return the rows that will be dropped, by what they lack: nothing that stands against the others.

    Examples
    --------
    >>> log = pd.DataFrame({"customer_id": ["7", None], "date": "2024-01-01", "amount": [-3.0, 5.0]})
    >>> [f"{each.column} {each.problem}" for each in rows_set_aside(Reading(log))]
    ['customer_id is missing', 'amount is below 0, a refund']
    """
    frame = reading.frame
    found = ProblemList(TABLE, frame, places=reading.places, headings=reading.headings)
    if frame.columns.has_duplicates:
        return []
    if ID in frame:
        given = frame[ID]
        missing = given.isna()
        if given.dtype == object or isinstance(given.dtype, pd.StringDtype):
            missing |= given.map(lambda cell: isinstance(cell, str) and not cell.strip()).fillna(False).astype(bool)
        found.add_rows(ID, missing.to_numpy(dtype=bool), "is missing", DROPPED)
    if AMOUNT in frame and types.is_numeric_dtype(frame[AMOUNT]):
        found.add_rows(AMOUNT, (frame[AMOUNT] < 0).to_numpy(dtype=bool), "is below 0, a refund", DROPPED)
    return [_said(each) for each in found.found]


def _said(problem: Problem) -> Problem:
    rows = "the row is" if problem.n_rows == 1 else f"these {problem.n_rows:,} rows are"
    return Problem(**(vars(problem) | {"remedy": problem.remedy.format(rows)}))
