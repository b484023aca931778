"""Is this table fit for use?

A ``check_*`` function returns a typed copy or raises one `TableError` that lists
every problem; the analyst's own frame is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import numpy as np
import pandas as pd

from winback.tables.columns import CONTRACTS, EVENTS, LAPSED, PURCHASES, SECOND_LIFETIME
from winback.tables.kinds import PARSERS, WHAT_IS_READ
from winback.tables.nouns import LAPSED_TABLE, AnyTable, as_table
from winback.tables.problems import Problem, ProblemList, TableError


def check_lapsed(customers: AnyTable, needs: Iterable[str] = ()) -> pd.DataFrame:
    """Return a typed copy of a table of lost customers, or raise one error with every problem.

    Parameters
    ----------
    customers : pandas.DataFrame, path or Trial
        One row per lost customer; the columns are listed in `LAPSED` with their units. Further columns are kept
        as they are.
    needs : iterable of str
        Columns that the calling function uses, besides ``customer_id``. They must be there and complete (those of
        the second lifetime and ``value``: for everyone who returned).

    Returns
    -------
    pandas.DataFrame
        A copy with the same rows and order: numbers as float64, counts as int64 (float64 where some are
        missing), flags as bool (nullable boolean where some are missing), labels as categories.

    Raises
    ------
    TableError
        Listing every problem: column, number of rows, first offender, remedy.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> table = pd.DataFrame({"customer_id": [1, 2], "offer": ["none", "discount"], "returned": ["no", "yes"]})
    >>> wb.tables.check_lapsed(table)["returned"].tolist()
    [False, True]
    """
    typed, unread, problems = _check_columns(customers, LAPSED_TABLE, LAPSED, needs, unique_id=True)
    _check_complaints(typed, unread, problems)
    _check_second_lifetime(typed, unread, problems)
    problems.raise_if_any()
    return typed


def check_contracts(contracts: pd.DataFrame, needs: Iterable[str] = ()) -> pd.DataFrame:
    """Return a typed copy of a table of contracts (see `CONTRACTS`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1], "start": ["2024-01-31"], "end": [None]})
    >>> wb.tables.check_contracts(contracts, needs=["start"])["start"].dt.year.tolist()
    [2024]
    """
    typed, _, problems = _check_columns(contracts, "table of contracts", CONTRACTS, needs)
    if {"start", "end"} <= set(typed):
        remedy = "Exchange the two dates or leave `end` empty for active contracts."
        problems.add_rows("end", (typed["end"] < typed["start"]).to_numpy(), "must not be before `start`", remedy)
    problems.raise_if_any()
    return typed


def check_events(events: pd.DataFrame, needs: Iterable[str] = ("date", "event")) -> pd.DataFrame:
    """Return a typed copy of a table of events (see `EVENTS`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1], "date": ["2024-01-31"], "event": ["complaint"]})
    >>> len(wb.tables.check_events(log))
    1
    """
    typed, _, problems = _check_columns(events, "table of events", EVENTS, needs)
    problems.raise_if_any()
    return typed


def check_purchases(purchases: pd.DataFrame, needs: Iterable[str] = ("date",)) -> pd.DataFrame:
    """Return a typed copy of a table of purchases (see `PURCHASES`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-31", "2024-02-29"], "amount": [10, -2.5]})
    >>> float(wb.tables.check_purchases(log)["amount"].sum())
    7.5
    """
    typed, _, problems = _check_columns(purchases, "table of purchases", PURCHASES, needs)
    problems.raise_if_any()
    return typed


def map_columns(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a copy whose columns carry winback's names.

    Parameters
    ----------
    frame : pandas.DataFrame
        The analyst's table.
    names : mapping
        winback's name -> the table's own name.

    Raises
    ------
    TableError
        When a name is not winback's, a column is not there, or a new name is taken by another column.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> list(wb.tables.map_columns(pd.DataFrame({"kunde": [1]}), {"customer_id": "kunde"}))
    ['customer_id']
    """
    _refuse_other_than_frame(frame, "table")
    problems = ProblemList("table", frame)
    known = {column.name for table in (LAPSED, CONTRACTS, EVENTS, PURCHASES) for column in table}
    for ours, theirs in names.items():
        if ours not in known:
            close = get_close_matches(ours, sorted(known), n=1)
            remedy = f"Did you mean `{close[0]}`?" if close else "Leave columns of your own as they are."
            problems.add(ours, "is not one of winback's columns", remedy)
        if theirs not in frame:
            there = ", ".join(map(str, frame.columns))
            problems.add(theirs, f"is not a column, so it cannot be used as `{ours}`", f"Choose one of: {there}.")
        elif ours in frame and ours != theirs and ours not in names.values():
            problems.add(ours, f"is there already, so `{theirs}` cannot take its name", "Rename or drop it first.")
    for theirs in sorted({name for name in names.values() if list(names.values()).count(name) > 1}):
        problems.add(theirs, "is mapped to more than one name", "Map it once, and copy the column for a second use.")
    problems.raise_if_any()
    return frame.rename(columns={theirs: ours for ours, theirs in names.items()})


def in_trial(customers: pd.DataFrame) -> np.ndarray:
    """Return who was judged promising before the offers went out (``eligible``); everybody where nothing is said.

    Examples
    --------
    >>> import pandas as pd
    >>> in_trial(pd.DataFrame({"eligible": [True, None]})).tolist()
    [True, False]
    >>> in_trial(pd.DataFrame({"customer_id": [1]})).tolist()
    [True]
    """
    if "eligible" not in customers:
        return np.ones(len(customers), dtype=bool)
    return customers["eligible"].to_numpy(dtype=bool, na_value=False)


Unread = dict[str, np.ndarray]  # column -> the rows whose value could not be read


def _check_columns(frame, table, columns, needs, unique_id=False) -> tuple[pd.DataFrame, Unread, ProblemList]:
    """Type every known column and check what concerns one column alone."""
    frame = as_table(frame, table)
    _refuse_other_than_frame(frame, table)
    problems = ProblemList(table, frame)
    if len(frame) == 0:
        problems.add("table", "has no rows", "Check that the right file was exported.")
    needed = list(dict.fromkeys(["customer_id", *([needs] if isinstance(needs, str) else needs)]))
    _report_missing_columns(frame, needed, columns, problems)
    if frame.columns.has_duplicates:
        for name in sorted({str(name) for name in frame.columns[frame.columns.duplicated()]}):
            problems.add(name, "is the name of more than one column", "Rename or drop all but one.")
        problems.raise_if_any()
    typed, unread = frame.copy(), {}
    for column in columns:
        if column.name in frame:
            given = frame[column.name]
            values, unread[column.name] = PARSERS[column.kind](given)
            problems.add_rows(column.name, unread[column.name], *WHAT_IS_READ[column.kind])
            _check_bounds(values, column, unread[column.name], problems)
            if values is not given:  # a column that is typed already was copied with the frame
                typed[column.name] = values
    for name in needed:
        if name in frame and name not in (*SECOND_LIFETIME, "value"):
            remedy = "Write none for untreated customers." if name == "offer" else "Fill it in or drop these rows."
            missing = typed[name].isna().to_numpy() & ~unread.get(name, np.zeros(len(frame), dtype=bool))
            problems.add_rows(name, missing, "must not be missing", remedy)
    if unique_id and "customer_id" in frame:
        twice = (frame["customer_id"].duplicated() & frame["customer_id"].notna()).to_numpy()
        remedy = "Keep one row per customer, or number the rows if they are different customers."
        problems.add_rows("customer_id", twice, "must be unique: one row per customer", remedy)
    return typed, unread, problems


def _refuse_other_than_frame(frame, table):
    if not isinstance(frame, pd.DataFrame):
        problem, remedy = f"must be a pandas DataFrame, not {type(frame).__name__}", "Read the file with load_table."
        raise TableError(table, [Problem("table", problem, 0, "", remedy)])
    if isinstance(frame.columns, pd.MultiIndex):
        remedy = "Give each column one name, as in a CSV file."
        raise TableError(table, [Problem("table", "must have one row of headings", 0, "", remedy)])


def _report_missing_columns(frame, needed, columns, problems):
    meaning = {column.name: column.meaning for column in columns}
    for name in needed:
        if name not in frame:
            there = ", ".join(map(str, frame.columns[:12])) or "none"
            what = meaning.get(name, "used by this function")
            remedy = f"Add it ({what}), or map your own name to it; columns seen: {there}."
            problems.add(name, "is missing from the table", remedy)


def _check_bounds(typed, column, unread, problems):
    if column.above is column.at_least is column.at_most is None:
        return
    numbers = np.where(unread, np.nan, typed.to_numpy(dtype=float, na_value=np.nan))
    months = column.above is not None and column.unit == "months"
    remedy = "Drop these rows, or record same-day leavers as 0.03 months." if months else "Correct them."
    bounds = ((column.above, np.less_equal, ">"), (column.at_least, np.less, ">="), (column.at_most, np.greater, "<="))
    for bound, beyond, sign in bounds:
        if bound is not None:
            problems.add_rows(column.name, beyond(numbers, bound), f"must be {sign} {bound:g}", remedy)


def _check_complaints(typed, unread, problems):
    if {"complaints", "complaints_resolved"} <= set(typed):
        read = ~(unread["complaints"] | unread["complaints_resolved"])
        bad = (typed["complaints_resolved"] > typed["complaints"]).to_numpy() & read
        problems.add_rows("complaints_resolved", bad, "must be <= `complaints`", "Correct one of the two counts.")


def _check_second_lifetime(typed, unread, problems):
    """Second lifetimes, or the value measured directly, are there for those who returned and for nobody else."""
    if {"second_tenure", "followed"} <= set(typed):
        read = ~(unread["second_tenure"] | unread["followed"])
        bad = (typed["second_tenure"] > typed["followed"] + 0.005).to_numpy() & read
        problems.add_rows("second_tenure", bad, "must not be longer than `followed`", "Correct one of the two.")
    if "returned" not in typed:
        return
    known = typed["returned"].notna().to_numpy()
    returned = typed["returned"].to_numpy(dtype=bool, na_value=False)
    for name in [name for name in (*SECOND_LIFETIME, "value") if name in typed]:
        there = typed[name].notna().to_numpy() | unread[name]
        unearned = there & ~returned & known
        if name == "value":
            unearned &= (typed[name] != 0).to_numpy()  # a value of 0 says the same as an empty cell
        remedy = "Set `returned` to true, or leave the cell empty."
        n_others = int((~returned & known).sum())
        problems.add_rows(name, unearned, "must be empty unless `returned`", remedy, n_others)
        remedy = "Fill it in, or set `returned` to false."
        problems.add_rows(name, ~there & returned, "must be there for returned customers", remedy, int(returned.sum()))
