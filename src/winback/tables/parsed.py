"""What comes of reading a column, and how may its cells be written?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Written(NamedTuple):
    """How numbers and dates are written where the cells alone do not tell; None: they must tell."""

    decimal: str | None = None  # "," or "."
    day_first: bool | None = None  # 03/02/2024 is in February


AS_THE_CELLS_TELL = Written()


def written_as(decimal: str | None, day_first: bool | None) -> Written:
    """Return how an analyst says that cells are written, or refuse it.

    Examples
    --------
    >>> written_as(",", None).decimal
    ','
    """
    if decimal not in (None, ",", "."):
        raise ValueError(f'decimal must be "," or ".": the decimal mark of the table; got {decimal!r}.')
    return Written(decimal, day_first)


class Parsed(NamedTuple):
    """A typed column, the rows that could not be read, and what is to be said of it."""

    column: pd.Series
    unread: np.ndarray
    taken_for: tuple[str, ...] = ()  # what was taken for what, in words
    doubt: tuple[str, str] | None = None  # what is wrong with the column as a whole, and the remedy
    doubted: np.ndarray | None = None  # the rows that are not as most are, where these make the doubt
    usual: int | None = None  # then the first row that is as most are
    currencies: frozenset[str] = frozenset()  # of amounts with a sign or a code
    sentinels: np.ndarray | None = None  # rows whose date stands for none, such as 9999-12-31


def nothing_unread(column: pd.Series) -> np.ndarray:
    """Return a mask without any row."""
    return np.zeros(len(column), dtype=bool)


def distinct_values(column: pd.Series) -> tuple[np.ndarray, list]:
    """Return codes and distinct values; -1 is the code of a missing value."""
    codes, values = pd.factorize(column)
    return codes, list(values)


def without_containers(column: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Return the column without cells that are lists and the like, and where they were."""
    if column.dtype != object or pd.api.types.infer_dtype(column) == "string":  # text needs no second look
        return column, nothing_unread(column)
    bad = ~column.map(pd.api.types.is_hashable).to_numpy(dtype=bool)
    return column.where(~bad, None), bad


def examples(texts, n: int = 2) -> str:
    """Write a few cells as they are, for a sentence."""
    return " and ".join(str(text).strip() for text in list(texts)[:n])
