"""Is this table fit for use?

A ``check_*`` function returns a typed copy or raises one `TableError` that lists
every problem; the analyst's own frame is never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from winback.doors import door
from winback.tables.column_checks import Checked, check_columns, check_ids_once, refuse_other_than_frame
from winback.tables.columns import CONTRACTS, EVENTS, KNOWN, LAPSED, PURCHASES, SECOND_LIFETIME
from winback.tables.likeness import alike, nearest, to_choose_from
from winback.tables.no_contact import is_mark
from winback.tables.nouns import LAPSED_TABLE, AnyTable, typed_reading
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.problems import Problem, ProblemList
from winback.tables.reading import Reading


@door
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
    checked = lapsed_checked(typed_reading(customers), needs)
    checked.problems.raise_if_any()
    return checked.frame


def lapsed_checked(reading: Reading, needs: Iterable[str] = (), written: Written = AS_THE_CELLS_TELL) -> Checked:
    """Do the work of `check_lapsed` on a table as it was read, and raise nothing that can be listed with the rest."""
    checked = check_columns(reading, LAPSED_TABLE, LAPSED, needs, written)
    if "customer_id" in checked.frame:
        check_ids_once(checked, checked.frame["customer_id"])
    _check_complaints(checked.frame, checked.unread, checked.problems)
    _check_second_lifetime(checked.frame, checked.unread, checked.problems)
    return checked


@door
def check_contracts(contracts: AnyTable, needs: Iterable[str] = ()) -> pd.DataFrame:
    """Return a typed copy of a table of contracts (see `CONTRACTS`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1], "start": ["2024-01-31"], "end": [None]})
    >>> wb.tables.check_contracts(contracts, needs=["start"])["start"].dt.year.tolist()
    [2024]
    """
    checked = _checked(contracts, "table of contracts", CONTRACTS, needs)
    check_order(checked)
    checked.problems.raise_if_any()
    return checked.frame


def check_order(checked: Checked) -> None:
    """Add contracts that end before they start to the problems."""
    if {"start", "end"} <= set(checked.frame):
        remedy = "Exchange the two dates or leave `end` empty for active contracts."
        wrong = (checked.frame["end"] < checked.frame["start"]).to_numpy()
        checked.problems.add_rows("end", wrong, "must not be before `start`", remedy)


@door
def check_events(events: AnyTable, needs: Iterable[str] = ("date", "event")) -> pd.DataFrame:
    """Return a typed copy of a table of events (see `EVENTS`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1], "date": ["2024-01-31"], "event": ["complaint"]})
    >>> len(wb.tables.check_events(log))
    1
    """
    checked = _checked(events, "table of events", EVENTS, needs)
    checked.problems.raise_if_any()
    return checked.frame


@door
def check_purchases(purchases: AnyTable, needs: Iterable[str] = ("date",)) -> pd.DataFrame:
    """Return a typed copy of a table of purchases (see `PURCHASES`), or raise a `TableError`.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-31", "2024-02-29"], "amount": [10, -2.5]})
    >>> float(wb.tables.check_purchases(log)["amount"].sum())
    7.5
    """
    checked = _checked(purchases, "table of purchases", PURCHASES, needs)
    checked.problems.raise_if_any()
    return checked.frame


@door
def map_columns(frame: AnyTable, names: Mapping[str, str]) -> pd.DataFrame:
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
    refuse_other_than_frame(frame, "table")
    mapped = columns_mapped(Reading(frame), names)
    problems = ProblemList("table", frame)
    problems.found += mapped.problems
    problems.raise_if_any()
    return mapped.frame


def columns_mapped(reading: Reading, names: Mapping[str, str]) -> Reading:
    """Do the work of `map_columns` on a table as it was read; what is wrong is listed with the rest."""
    frame = reading.frame
    names = {ours: _own_name(theirs, frame) for ours, theirs in names.items()}
    problems = ProblemList("table", frame)
    good = {}
    for ours, theirs in names.items():
        n_before = len(problems.found)
        if ours not in KNOWN and not is_mark(ours):
            near = nearest(ours, KNOWN)
            remedy = f"Did you mean `{near}`?" if near else "Leave columns of your own as they are."
            problems.add(ours, "is not one of winback's columns", remedy)
        if theirs not in frame:
            remedy = to_choose_from(theirs, frame.columns)
            said = f"is not a column, so it cannot be used as `{ours}`"
            problems.found.append(Problem(theirs, said, 0, "", remedy, wanted=ours))
        elif ours in frame and ours != theirs and ours not in names.values():
            problems.add(ours, f"is there already, so `{theirs}` cannot take its name", "Rename or drop it first.")
        if len(problems.found) == n_before and list(names.values()).count(theirs) == 1:
            good[theirs] = ours
    for theirs in sorted({name for name in names.values() if list(names.values()).count(name) > 1}):
        problems.add(theirs, "is mapped to more than one name", "Map it once, and copy the column for a second use.")
    good = {theirs: ours for theirs, ours in good.items() if ours not in frame or ours in (theirs, *good)}
    return reading.renamed(good, problems=problems.found)


def _own_name(theirs: str, frame: pd.DataFrame) -> str:
    """Return a column's name as the table writes it, where it was given with other capitals or blanks."""
    like = [] if theirs in frame else alike(theirs, frame.columns)
    return like[0] if len(like) == 1 else theirs


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


def _checked(frame, table, columns, needs) -> Checked:
    return check_columns(typed_reading(frame, table), table, columns, needs)


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
        unearned = there & ~unread[name] & ~returned & known  # what cannot be read is told already
        if name == "value":
            unearned &= (typed[name] != 0).to_numpy()  # a value of 0 says the same as an empty cell
        remedy = "Set `returned` to true, or leave the cell empty."
        n_others = int((~returned & known).sum())
        problems.add_rows(name, unearned, "must be empty unless `returned`", remedy, n_others)
        remedy = "Fill it in, or set `returned` to false."
        problems.add_rows(name, ~there & returned, "must be there for returned customers", remedy, int(returned.sum()))
