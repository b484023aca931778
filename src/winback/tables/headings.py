"""Has each column a name of its own? What is said of a name that more than one column has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from winback.tables.problems import Problem, TableError

SHARED = ("is the name of more than one column", "Rename or drop all but one.")


def shared_names(names: Iterable[object], asked: Iterable[object] | None = None) -> list[Problem]:
    """Return a problem for each name that more than one column has, among those asked for or among all.

    Examples
    --------
    >>> for problem in shared_names(["customer_id", "offer", "offer"]):
    ...     print(problem)
    `offer` is the name of more than one column. Rename or drop all but one.
    """
    counts = Counter(names)
    looked_at = counts if asked is None else dict.fromkeys(asked)
    problem, remedy = SHARED
    return [
        Problem(name, problem, 0, "", remedy) for name in sorted(str(name) for name in looked_at if counts[name] > 1)
    ]


def refuse_shared_names(frame: pd.DataFrame, table: str) -> None:
    """Raise a TableError that lists every name that more than one column of a frame has."""
    if frame.columns.has_duplicates:
        raise TableError(table, shared_names(frame.columns))
