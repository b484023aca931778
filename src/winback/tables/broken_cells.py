"""Which cells hold no value at all? Errors and formulas of a spreadsheet, and control characters."""

from __future__ import annotations

import numpy as np
import pandas as pd

ERROR = r"\s*#(?:N/A|N/V|NV|REF!|BEZUG!|VALUE!|WERT!|DIV/0!|NAME\?|NUM!|ZAHL!|NULL!|SPILL!|CALC!|GETTING_DATA)\s*"
NO_RESULT = "#FORMULA! "  # what stands before a formula that its program has never computed
FORMULA = rf"{NO_RESULT}=.+"  # text that starts with = is text, in a file of text
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # all but tab and line ends
KINDS = (
    (ERROR, True, "holds errors of a spreadsheet", "Mend the formulas in the spreadsheet, or empty these cells."),
    (
        FORMULA,
        True,
        "holds formulas without results",
        "Open the file in Excel or LibreOffice, save it, and read it again; or write the values.",
    ),
    (CONTROL, False, "holds control characters", "Delete the characters that do not show, or export the file again."),
)


def broken_cells(column: pd.Series) -> list[tuple[np.ndarray, str, str]]:
    """Return the rows of each kind of broken cell, with problem and remedy; kinds that do not occur are left out.

    Examples
    --------
    >>> [(rows.tolist(), problem) for rows, problem, _ in broken_cells(pd.Series(["1", "#N/A"]))]
    [([False, True], 'holds errors of a spreadsheet')]
    """
    if not may_hold_text(column):
        return []
    texts = column if is_all_text(column) else column.map(lambda cell: cell if isinstance(cell, str) else None)
    texts = texts.astype(object)
    found = []
    for pattern, whole, problem, remedy in KINDS:
        test = texts.str.fullmatch if whole else texts.str.contains
        rows = test(pattern).eq(True).to_numpy()
        if rows.any():
            found.append((rows, problem, remedy))
    return found


def may_hold_text(column: pd.Series) -> bool:
    """Say whether a column's cells can be text at all."""
    return column.dtype == object or isinstance(column.dtype, pd.StringDtype)


def is_all_text(column: pd.Series) -> bool:
    """Say whether every cell that is there is text."""
    return isinstance(column.dtype, pd.StringDtype) or (
        column.dtype == object and pd.api.types.infer_dtype(column, skipna=True) == "string"
    )
