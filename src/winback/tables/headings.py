"""Has each column a name of its own? What is said of a name that more than one column has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from winback.tables.problems import Problem, TableError

SHARED = ("is the name of more than one column", "Rename or drop all but one.")


def shared_names(names: Iterable[object], asked: Iterable[object] | None = None) -> list[Problem]:
    """Return a problem for each name that more than one column has, among those asked for or among all.

    Of headings in two rows the upper one is taken for such a name, as it does not stand for one column.

    Examples
    --------
    >>> for problem in shared_names(["customer_id", "offer", "offer"]):
    ...     print(problem)
    `offer` is the name of more than one column. Rename or drop all but one.
    """
    names = list(names)
    upper = [name[0] for name in names if isinstance(name, tuple) and name]  # of headings in two rows
    counts = Counter([*names, *upper, *upper])
    looked_at = counts if asked is None else dict.fromkeys(asked)
    problem, remedy = SHARED
    return [
        Problem(name, problem, 0, "", remedy) for name in sorted(str(name) for name in looked_at if counts[name] > 1)
    ]


def refuse_shared_names(frame: pd.DataFrame, table: str) -> None:
    """Raise a TableError that lists every name that more than one column of a frame has."""
    if frame.columns.has_duplicates:
        raise TableError(table, shared_names(frame.columns))
