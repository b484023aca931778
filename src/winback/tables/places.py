"""Where in its file does a row stand? By its line, or by the sheet's row and column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class Places:
    """The lines of a text file, or the rows of a sheet, that the rows of a table came from."""

    numbers: np.ndarray  # (n,) counted from 1 with all that stands above
    letters: tuple[str, ...] = ()  # of a sheet's columns, in the table's order; empty: lines of a text file

    def only(self, kept: np.ndarray) -> Places:
        """Return the places of some of the rows."""
        return replace(self, numbers=self.numbers[kept])

    def name(self, row: int, column: int | None = None) -> str:
        """Name a row, and its cell where the column stands in the sheet.

        Examples
        --------
        >>> Places(np.array([5, 12]), ("A", "D")).name(1, 1), Places(np.array([5, 12])).name(1)
        ('row 12 of the sheet, D12', 'line 12 of the file')
        """
        number = self.numbers[row]
        if not self.letters:
            return f"line {number} of the file"
        cell = f", {self.letters[column]}{number}" if column is not None and column < len(self.letters) else ""
        return f"row {number} of the sheet{cell}"


def row_name(places: Places | None, row: int, columns: Iterable[object] = (), column: object = None) -> str:
    """Name a row of a table by its place in the file, or by its own number where there is none.

    Examples
    --------
    >>> row_name(None, 2)
    'row 3'
    """
    if places is None:
        return f"row {row + 1}"
    names = list(columns)
    return places.name(row, names.index(column) if column in names else None)
