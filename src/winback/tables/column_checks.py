"""Does each column hold what its name promises? One typed column after the other, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.tables.broken_cells import broken_cells, is_all_text
from winback.tables.columns import SECOND_LIFETIME, Column
from winback.tables.dates import NO_DATE, like_the_others
from winback.tables.headings import shared_names
from winback.tables.ids import ROUNDED, rounded_ids
from winback.tables.kinds import PARSERS, WHAT_IS_READ, parse_flag
from winback.tables.likeness import bare_name, matched, to_choose_from
from winback.tables.no_contact import UNCLEAR, is_mark, unclear_marks
from winback.tables.parsed import AS_THE_CELLS_TELL, Parsed, Written
from winback.tables.problems import Problem, ProblemList, TableError, no_frame
from winback.tables.reading import Reading

BLANKS = ("has ids that differ only in blanks around them", "Strip them, or they would be different customers.")
TWICE = (
    "must be unique: one row per customer",
    "Keep one row per customer, or number the rows if they are different customers; in a trial, "
    'keep="first" or keep="last" says which row of a customer counts.',
)


@dataclass(frozen=True, eq=False)
class Checked:
    """A table whose columns were read, and everything that is wrong with it so far."""

    frame: pd.DataFrame
    unread: dict[str, np.ndarray]  # column -> the rows whose value could not be read
    problems: ProblemList
    notes: list[str] = field(default_factory=list)
    currencies: set[str] = field(default_factory=set)

    def read(self, name: str) -> np.ndarray:
        """Return the rows whose value in a column could be read, or is missing."""
        return ~self.unread[name]


def check_columns(
    reading: Reading, table: str, columns: Iterable[Column], needs: Iterable[str], written: Written = AS_THE_CELLS_TELL
) -> Checked:
    """Type every known column and check what concerns one column alone; nothing is raised but for no table at all."""
    refuse_other_than_frame(reading.frame, table)
    columns = list(columns)
    reading = matched(reading, columns)
    frame = reading.frame
    problems = ProblemList(table, frame, places=reading.places, headings=reading.headings)
    problems.found += reading.problems
    if len(frame) == 0:
        problems.add("table", "has no rows", "Check that the right file was exported.")
    needed = list(dict.fromkeys(["customer_id", *([needs] if isinstance(needs, str) else needs)]))
    _report_missing_columns(frame, needed, columns, problems)
    if frame.columns.has_duplicates:
        problems.found += shared_names(frame.columns)
        problems.raise_if_any()
    checked = Checked(frame.copy(), {}, problems, list(reading.notes), set(reading.currencies))
    for column in columns:
        if column.name in frame:
            _check_column(checked, frame[column.name], column, written)
    for name in filter(is_mark, frame):
        problems.add_rows(name, unclear_marks(frame[name]), *UNCLEAR)
    _report_missing_cells(checked, needed)
    return checked


def check_ids_once(checked: Checked, ids: pd.Series) -> None:
    """Add customers who have more than one row, or ids that only blanks tell apart; rounded ids tell nothing of it."""
    given = checked.problems.frame
    if "customer_id" in given and rounded_ids(given["customer_id"]).any():
        return
    twice = (ids.duplicated() & ids.notna()).to_numpy()
    checked.problems.add_rows("customer_id", twice, *TWICE)
    if is_all_text(ids) and not ids.isna().all():
        bare = ids.str.strip()
        blanks = (bare != ids) & bare.duplicated(keep=False) & ids.notna() & ~ids.duplicated(keep=False)
        checked.problems.add_rows("customer_id", blanks.to_numpy(dtype=bool), *BLANKS)


def check_flags(checked: Checked, names: Iterable[str]) -> None:
    """Add what is neither yes nor no, in columns that are called like these in letters only, to the problems."""
    asked = {bare_name(name) for name in names}
    for name in checked.frame:
        if bare_name(name) in asked:
            checked.problems.add_rows(name, parse_flag(checked.frame[name]).unread, *WHAT_IS_READ["flag"])


def refuse_other_than_frame(frame: object, table: str) -> None:
    """Raise a TableError for what is no frame, or has several rows of headings."""
    if not isinstance(frame, pd.DataFrame):
        raise no_frame(frame, table)
    if isinstance(frame.columns, pd.MultiIndex):
        remedy = "Give each column one name, as in a CSV file."
        raise TableError(table, [Problem("table", "must have one row of headings", 0, "", remedy)])


def _check_column(checked: Checked, given: pd.Series, column: Column, written: Written) -> None:
    name, problems = column.name, checked.problems
    read = PARSERS[column.kind](given, written)
    unread = read.unread
    if read.doubted is not None and read.doubt:  # a few are not as the others, and these can be read
        problems.add_rows(name, read.doubted, *read.doubt, usual=read.usual)
        _report_unread(problems, given, column, unread & ~read.doubted)
        unread = unread | read.doubted
    elif read.doubt:
        problems.add(name, *read.doubt)
        unread = given.notna().to_numpy()
    else:
        _report_unread(problems, given, column, unread)
        _check_bounds(read.column, column, unread, problems)
    checked.unread[name] = unread
    if read.sentinels is not None and read.sentinels.any():
        _report_sentinels(checked, column, read)
    checked.currencies.update(read.currencies)
    if read.taken_for:
        checked.notes.append(f'"{name}": {", ".join(read.taken_for)}.')
    if read.column is not given:  # a column that is typed already was copied with the frame
        checked.frame[name] = read.column


def _report_unread(problems: ProblemList, given: pd.Series, column: Column, unread: np.ndarray) -> None:
    """Say why cells could not be read: broken ones by their kind, then those that are of another kind."""
    if not unread.any():
        return
    for rows, problem, remedy in broken_cells(given):
        problems.add_rows(column.name, rows & unread, problem, remedy)
        unread = unread & ~rows
    if column.kind == "id":
        rows = rounded_ids(given) & unread
        problems.add_rows(column.name, rows, *ROUNDED)
        unread = unread & ~rows
    said, remedy = WHAT_IS_READ[column.kind]
    problems.add_rows(column.name, unread, said, like_the_others(given, unread) if column.kind == "date" else remedy)


def _report_sentinels(checked: Checked, column: Column, read: Parsed) -> None:
    if not column.open_end:
        checked.problems.add_rows(column.name, read.sentinels, *NO_DATE)
        checked.unread[column.name] = checked.unread[column.name] | read.sentinels
        return
    n = int(read.sentinels.sum())
    dates = "1 date" if n == 1 else f"{n:,} dates"
    mean = "means" if n == 1 else "mean"
    checked.notes.append(
        f'"{column.name}": {dates} far away (such as 9999-12-31, 1900-01-01) {mean} that there is none.'
    )


def _report_missing_cells(checked: Checked, needed: list[str]) -> None:
    frame = checked.frame
    for name in needed:
        if name in frame and name not in (*SECOND_LIFETIME, "value"):
            remedy = "Fill it in or drop these rows."
            if name == "offer":
                remedy = 'Write none for untreated customers, or say control="" if an empty cell means sent nothing.'
            missing = frame[name].isna().to_numpy() & ~checked.unread.get(name, np.zeros(len(frame), dtype=bool))
            checked.problems.add_rows(name, missing, "must not be missing", remedy)


def _report_missing_columns(frame, needed, columns, problems):
    meaning = {column.name: column.meaning for column in columns}
    told = {name for problem in problems.found for name in (problem.column, problem.wanted)}
    for name in [name for name in needed if name not in frame and name not in told]:
        what = meaning.get(name, "used by this function")
        there = to_choose_from(name, problems.own(frame.columns))
        remedy = f'Add it ({what}), or map your own name to it, columns={{"{name}": "..."}}. {there}'
        problems.add(name, "is missing from the table", remedy)


def _check_bounds(typed, column, unread, problems):
    if column.above is column.at_least is column.at_most is None:
        return
    numbers = np.where(unread, np.nan, typed.to_numpy(dtype=float, na_value=np.nan))
    months = column.above is not None and column.unit == "months"
    remedy = "Drop these rows, or record same-day leavers as 0.03 months." if months else "Correct them."
    share = "Correct them: 10% is 0.1."
    bounds = ((column.above, np.less_equal, ">"), (column.at_least, np.less, ">="), (column.at_most, np.greater, "<="))
    for bound, beyond, sign in bounds:
        if bound is not None:
            cure = share if column.unit == "share" and sign == "<=" else remedy
            problems.add_rows(column.name, beyond(numbers, bound), f"must be {sign} {bound:g}", cure)
