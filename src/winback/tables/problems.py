"""What is wrong with this table? One error that lists every problem with its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from winback.tables.places import Places, row_name


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a table: where, how often, the first offender and what to do."""

    column: str
    problem: str  # completes the sentence "`column` ..."
    n_rows: int  # offending rows; 0 when the whole column or table is meant
    first: str  # the first offender in words, empty when the whole column is meant or the rows are not at hand
    remedy: str
    n_checked: int = 0  # rows looked at
    heading: str = ""  # the column's own name in the table, where it is another one
    wanted: str = ""  # winback's column that is missing because of it, so that one cause is one problem

    def __str__(self):
        """Write the problem as one line an analyst can act on."""
        first = f" (first: {self.first})" if self.first else ""
        count = f"; {self.n_rows:,} of {self.n_checked:,} rows{first}" if self.n_rows else ""
        named = f"`{self.heading}` ({self.column})" if self.heading not in ("", self.column) else f"`{self.column}`"
        return f"{named} {self.problem}{count}. {self.remedy}"


class TableError(ValueError):
    """A table cannot be used; every problem is listed at once.

    Attributes
    ----------
    problems : pandas.DataFrame
        One row per problem: the fields of `Problem`: ``column``, ``problem``, ``n_rows``, ``first``, ``remedy``, ...

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> try:
    ...     wb.tables.check_lapsed(pd.DataFrame({"customer_id": [1, 1]}))
    ... except wb.TableError as error:
    ...     print(error.problems[["column", "n_rows"]].to_string(index=False))
         column  n_rows
    customer_id       1
    """

    def __init__(self, table: str, problems: list[Problem]):
        self.table = table
        self.found = list(problems)
        noun = "problem" if len(problems) == 1 else "problems"
        lines = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(problems, start=1))
        super().__init__(f"{len(problems)} {noun} in the {table}:\n{lines}")

    def __reduce__(self):
        """Let the error travel between processes."""
        return type(self), (self.table, self.found)

    @property
    def problems(self) -> pd.DataFrame:
        """Every problem as a frame, one row each."""
        return pd.DataFrame([asdict(problem) for problem in self.found])


def no_frame(thing: object, table: str) -> TableError:
    """Return the error for what is no frame."""
    problem = f"must be a frame of pandas, polars, pyarrow or DuckDB, or a path, not {type(thing).__name__}"
    return TableError(table, [Problem("table", problem, 0, "", "Read the file with load_table.")])


class ProblemList:
    """Collects the problems of one table; raises them together. Rows of a part of it have no number to name."""

    def __init__(
        self,
        table: str,
        frame: pd.DataFrame,
        is_part: bool = False,
        places: Places | None = None,
        headings: Mapping[str, str] = MappingProxyType({}),
    ):
        self.table, self.frame, self.is_part, self.places = table, frame, is_part, places
        self.headings = headings  # winback's name -> the table's own
        self.found: list[Problem] = []

    def add(self, column: str, problem: str, remedy: str) -> None:
        """Add a problem of a whole column or of the whole table."""
        self.found.append(self._in_own_words(Problem(column, problem, 0, "", remedy)))

    def add_rows(
        self,
        column: str,
        bad: np.ndarray,
        problem: str,
        remedy: str,
        among: int | None = None,
        usual: int | None = None,
    ) -> None:
        """Add a problem of the rows where ``bad`` is True, if there are any; ``usual`` is a row that is as most are."""
        n_bad = int(bad.sum())
        if n_bad:
            first = self._name_row(int(bad.argmax()), column)
            first += "" if usual is None else f"; unlike {self._name_row(usual, column)}"
            told = Problem(column, problem, n_bad, first, remedy=remedy, n_checked=among or len(bad))
            self.found.append(self._in_own_words(told))

    def raise_if_any(self) -> None:
        """Raise one TableError with all problems found so far."""
        if self.found:
            raise TableError(self.table, self.found)

    def own(self, names: Iterable[object]) -> list[object]:
        """Return columns under the table's own names."""
        return [self.headings.get(str(name), name) for name in names]

    def _in_own_words(self, problem: Problem) -> Problem:
        """Name columns as the table does: an analyst looks for `spend`, not for `value`."""
        if not self.headings:
            return problem
        said = (
            re.sub(r"`(\w+)`", lambda name: f"`{self.headings.get(name[1], name[1])}`", text)
            for text in (problem.problem, problem.remedy)
        )
        text, remedy = said
        return replace(problem, problem=text, remedy=remedy, heading=self.headings.get(problem.column, ""))

    def _name_row(self, position: int, column: str) -> str:
        """Name one row by its customer where possible, else by its number, with the value seen."""
        value = _shown(self.frame[column].iloc[position]) if column in self.frame else "missing"
        customer = _shown(self.frame["customer_id"].iloc[position]) if "customer_id" in self.frame else "missing"
        who = "" if column == "customer_id" or customer == "missing" else f"customer {customer}, "
        row = row_name(self.places, position, self.frame.columns, column)
        return f"{who}{value}" if self.is_part and who else f"{who}{row}, {value}"


def _shown(value) -> str:
    """Write one cell: missing ones in words, blank ones in quotation marks, whole numbers without a point."""
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return "missing"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value).split()[0]  # strftime knows no year beyond 9999
    return repr(value) if isinstance(value, str) and not value.strip() else f"{value}"
