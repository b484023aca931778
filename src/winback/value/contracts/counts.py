"""Which customers left after how many periods? Survivors of cohorts, or rows of customers, as counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.formula_checks import repeated_columns
from winback.formulas import Design, bind_formula
from winback.tables import ProblemList, TableError
from winback.tables.headings import shared_names
from winback.tables.kinds import WHAT_IS_READ, parse_count, parse_flag
from winback.tables.likeness import to_choose_from
from winback.value.contracts.maximum import Cells

COUNTS, CUSTOMERS = "counts of survivors", "table of customers"
LARGEST = 2**53  # beyond it a float no longer counts one by one
ONE_PERIOD = (
    "shows one period only, in which nothing tells who differs from whom",
    "Give survivors at the start and after at least two periods, such as [1000, 869, 743].",
)


@dataclass(frozen=True)
class ContractData:
    """What a contract model is fitted to."""

    cells: Cells
    design: Design | None  # None: the same parameters for everybody
    n: int
    n_ended: int
    n_cohorts: int  # 0 where customers came as rows
    last_period: int  # the longest that anybody has been seen


def from_survivors(data) -> ContractData:
    """Return the counts of one cohort or several, or refuse them with every problem, see `survivors_by_cohort`.

    Examples
    --------
    >>> found = from_survivors([[1000, 869, 743], [1200, 1040]])
    >>> found.n, found.n_ended, found.cells.times.tolist(), found.cells.counts.tolist()
    (2200, 417, [1.0, 1.0, 2.0, 2.0], [1040.0, 291.0, 743.0, 126.0])
    """
    problems = ProblemList(COUNTS, pd.DataFrame())
    cohorts = survivors_by_cohort(data)
    times, ended, weights = (np.concatenate(parts) for parts in zip(*map(_lives, cohorts), strict=True))
    cells = _collapsed(np.ones((len(times), 1)), times, ended, weights)
    _refuse_too_little(cells, "survivors", problems)
    n = round(sum(counts[0] for counts in cohorts))
    return _data(cells, None, n, len(cohorts))


def survivors_by_cohort(data) -> list[np.ndarray]:
    """Return each cohort's survivors after 0, 1, 2, ... periods, oldest cohort first, or raise one `TableError`."""
    problems = ProblemList(COUNTS, pd.DataFrame())
    cohorts, longest = [], None
    for name, values in _named(data, problems):
        counts = _checked(name, values, problems)
        cohorts.append(counts)
        if longest is not None and len(counts) > longest[1]:
            problem = (
                f"is seen for {n_of(len(counts) - 1, 'period')}, longer than {longest[0]} before it ({longest[1] - 1})"
            )
            problems.add(name, problem, "List cohorts from the oldest to the youngest, and check their lengths.")
        longest = (name, len(counts))
    problems.raise_if_any()
    if max(len(counts) for counts in cohorts) < 2:
        problems.add("survivors", *ONE_PERIOD)
    problems.raise_if_any()
    return cohorts


def _named(data, problems) -> Iterable[tuple[str, Iterable]]:
    """Return each cohort with its name."""
    if isinstance(data, pd.DataFrame):
        _check_order(data, problems)
        return [(f"cohort {label}", row) for label, row in zip(data.index, data.to_numpy(dtype=object), strict=True)]
    several = isinstance(data, Iterable) and not isinstance(data, str | dict) and getattr(data, "ndim", 1) > 0
    values = list(data) if several else None
    if not values:
        remedy = "Give survivors per period, such as [1000, 869, 743], a list of such lists, or a table."
        problems.add("survivors", f"must be counts; got {type(data).__name__}", remedy)
        problems.raise_if_any()
    if any(isinstance(one, Iterable) and not isinstance(one, str) for one in values):
        rows = [one if isinstance(one, Iterable) and not isinstance(one, str) else [one] for one in values]
        return [(f"cohort {number}", row) for number, row in enumerate(rows, start=1)]
    return [("survivors", values)]


def _check_order(frame, problems):
    """Refuse columns that are numbers, but not 0, 1, 2, ... in this order."""
    if frame.empty:
        problems.add("survivors", "has no cohort", "Give one row per cohort and one column per period.")
        problems.raise_if_any()
    names = pd.to_numeric(pd.Series(list(frame.columns)), errors="coerce")
    if names.notna().all() and (np.diff(names) != 1).any():
        problem = f"has periods {', '.join(map(str, frame.columns))}, which are not one after the other"
        problems.add("columns", problem, "Sort the columns and fill in the missing periods.")
    if names.isna().all() and not all(pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes):
        remedy = "For one row per customer name the columns: tenure='...', ended='...'."
        problems.add("columns", "are not all counts of survivors", remedy)
        problems.raise_if_any()


def _checked(name, values, problems) -> np.ndarray:
    """Return one cohort's counts without the periods that lie ahead."""
    no_flags = [None if isinstance(value, bool | np.bool_) else value for value in values]
    counts = pd.to_numeric(pd.Series(no_flags, dtype=object), errors="coerce").to_numpy(dtype=float)
    n_problems, seen = len(problems.found), np.flatnonzero(~np.isnan(counts))
    text = [str(value) for value in values]
    given = name != "survivors" and len(seen) and all(pd.isna(value) for value in list(values)[seen[-1] + 1 :])
    counts = counts[: seen[-1] + 1] if given else counts
    tests = (
        (np.isnan(counts), "must not have gaps or text", "Fill in the survivors of every period."),
        (counts < 0, "must not be negative", "Write survivors, not changes."),
        ((counts != np.floor(counts)) & np.isfinite(counts), "must be whole numbers of customers", _WHOLE),
        (counts > LARGEST, "is too large a count", "Count customers, not money."),
    )
    for bad, problem, remedy in tests:
        if bad.any():
            place = int(bad.argmax())
            problems.add(name, f"{problem}; after {n_of(place, 'period')} it is {text[place]}", remedy)
    if len(problems.found) == n_problems:
        rises = np.flatnonzero(np.diff(counts) > 0)
        if not len(counts) or counts[0] == 0:
            problems.add(name, "begins with nobody", "Leave the cohort out.")
        elif len(rises):
            place = int(rises[0])
            problem = f"rises from {text[place]} to {text[place + 1]} after {n_of(place + 1, 'period')}"
            problems.add(name, problem, "Count who is left of the first customers; those won later are another cohort.")
    return counts


def n_of(number: int, thing: str) -> str:
    """Return so many of a thing: ``1 period``, ``2 periods``."""
    return f"{number} {thing}{'s' * (number != 1)}"


_WHOLE = "Multiply percentages by the number of customers at the start and round."


def _lives(counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, ends and numbers of one cohort's customers."""
    lost = -np.diff(counts)
    times = np.arange(1.0, len(counts))
    ended = np.append(np.ones(len(lost), dtype=bool), False)
    return np.append(times, len(counts) - 1.0), ended, np.append(lost, counts[-1])


def from_customers(
    customers: pd.DataFrame, tenure: str, ended: str, formula: str | None, weights: str | None
) -> ContractData:
    """Return the counts of equal customers (same covariates, tenure and end), or refuse them with every problem."""
    table = customers.reset_index(drop=True) if isinstance(customers, pd.DataFrame) else pd.DataFrame()
    problems = ProblemList(CUSTOMERS, table)
    if not len(table):
        problems.add("table", "must be a DataFrame with one row per customer", "Give at least one row.")
        problems.raise_if_any()
    periods = _column(table, tenure, "tenure", "count", problems)
    left = _column(table, ended, "ended", "flag", problems)
    counts = pd.Series(np.ones(len(table)))
    if weights is not None:
        counts = _column(table, weights, "weights", "count", problems)
    if weights is not None and counts is not None:
        problems.add_rows(weights, _zeros(counts), "must be at least 1", "Collapse equal rows and count them.")
    if periods is not None and left is not None:
        nobody = _zeros(periods) & left.fillna(False).to_numpy(dtype=bool)
        problems.add_rows(tenure, nobody, "must be at least 1 for those who left", _LAST_PERIOD)
    design = _bound(formula, table, problems)
    problems.raise_if_any()
    left, times, counts = left.to_numpy(dtype=bool), periods.to_numpy(dtype=float), counts.to_numpy(dtype=float)
    matrix = np.ones((len(table), 1)) if design is None else numbers(design, table)
    cells = _collapsed(matrix, times, left, counts)
    _refuse_too_little(cells, ended, problems, design)
    return _data(cells, design, round(counts.sum()), 0)


PARSE = {"count": parse_count, "flag": parse_flag}
_LAST_PERIOD = (
    "Count whole periods as a customer, the last one too; if the column counts renewals, add 1 for those who left."
)


def _zeros(counts) -> np.ndarray:
    return counts.to_numpy(dtype=float, na_value=np.nan) == 0


def _bound(formula, table, problems) -> Design | None:
    """Return the formula bound to the customers; what is wrong with it joins the other problems."""
    try:
        return None if formula is None else bind_formula(formula, table, equation="churn")
    except TableError as error:
        problems.found += error.found
        return None


def _column(table, name, role, kind, problems) -> pd.Series | None:
    if not isinstance(name, str) or name not in table:
        problems.add(f"{role}={name!r}", "is not a column of the table", to_choose_from(name, table.columns))
        return None
    if shared := shared_names(table.columns, [name]):
        problems.found += shared
        return None
    typed, bad = PARSE[kind](table[name])[:2]
    if kind == "count" and pd.api.types.infer_dtype(table[name]) == "boolean":
        bad = table[name].notna().to_numpy()
    problems.add_rows(name, bad, *WHAT_IS_READ[kind])
    missing = table[name].isna().to_numpy()
    problems.add_rows(name, missing, "must not be missing", "Fill it in or drop these rows.")
    return typed


def numbers(design: Design, customers: pd.DataFrame) -> np.ndarray:
    """Return the covariates of customers, shape (n, p)."""
    try:
        return design.matrix(customers.reset_index(drop=True))
    except TableError as error:
        raise TableError(CUSTOMERS, error.found) from None


def _collapsed(matrix, times, ended, counts) -> Cells:
    """Collapse equal rows, which is exact; those seen for no whole period say nothing."""
    told = (counts > 0) & (times > 0)
    matrix, times, ended = matrix[told], times[told], ended[told]
    first, codes = equal_rows([*matrix.T, times, ended])
    return Cells(matrix[first], times[first], ended[first], np.bincount(codes, weights=counts[told]))


def equal_rows(columns: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return the place of each distinct row, and for every row which of them it equals.

    Examples
    --------
    >>> import numpy as np
    >>> first, codes = equal_rows([np.array([2.0, 1.0, 2.0]), np.array([0, 0, 0])])
    >>> first.tolist(), codes.tolist()
    ([1, 0], [1, 0, 1])
    """
    codes, first = 0, np.zeros(0, dtype=int)
    for column in columns:
        values, own = np.unique(column, return_inverse=True)
        _, first, codes = np.unique(codes * len(values) + own, return_index=True, return_inverse=True)
    return first, codes


def _refuse_too_little(cells, column, problems, design=None):
    n_left = cells.counts[cells.ended].sum()
    if n_left == 0:
        remedy = "Wait until some have left: before that nothing tells how long they stay."
        problems.add(column, "shows nobody who has left", remedy)
    elif cells.times.max() < 2 and not cells.ended.all():
        problems.add(column, *ONE_PERIOD)
    elif design is not None:
        for name in repeated_columns(cells.matrix[cells.ended], design.names):
            problem = "has no effect that can be told among those who left: nobody there differs in it alone"
            problems.add(name, problem, "Leave it out of the formula, or merge the label.")
    problems.raise_if_any()


def _data(cells, design, n, n_cohorts) -> ContractData:
    n_ended = round(cells.counts[cells.ended].sum())
    return ContractData(cells, design, n, n_ended, n_cohorts=n_cohorts, last_period=int(cells.times.max()))
