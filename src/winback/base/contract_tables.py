"""Which contracts were there, who served them, what happened? Several tables checked together, with one error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.tables import CONTRACTS, EVENTS, SENT, SERVED_BY, AnyTable, Column, Problem, TableError
from winback.tables.checks import check_order, columns_mapped
from winback.tables.column_checks import Checked, check_columns, check_ids_once, refuse_other_than_frame
from winback.tables.likeness import alike, matched, to_choose_from
from winback.tables.nouns import as_reading
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import unused_marks
from winback.tables.worth_a_look import TWICE, odd_cells, rows_twice

LARGEST_MARGIN = 1e12
AFTER = ("reason", "exit_text")  # what a contract says of its end; not known before it


@dataclass(frozen=True)
class Kind:
    """One of the tables: how messages call it, its columns, and which of them it cannot do without."""

    called: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]  # complete
    has: tuple[str, ...]  # with empty cells
    prefix: str  # before the names of its columns in an error about several tables


KINDS = {
    "contracts": Kind("table of contracts", CONTRACTS, ("start",), ("end",), ""),
    "events": Kind("table of events", EVENTS, ("date", "event"), (), "events."),
    "served_by": Kind("table of who serves whom", SERVED_BY, ("manager", "from"), (), "served_by."),
    "sent": Kind("table of offers sent", SENT, ("offered_on",), ("offer",), "sent."),
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the tables are to be read, where they do not tell themselves; see `winback.read_contracts`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    written: Written = AS_THE_CELLS_TELL
    sheet: str | int | None = None  # of the first table's workbook


AS_IT_IS = Asked()


def read_tables(given: Mapping[str, AnyTable], asked: Asked = AS_IT_IS) -> dict[str, Checked]:
    """Read and check tables of several kinds.

    Raises
    ------
    TableError
        Listing every problem of all of them, those of customers whom the first table does not have among them.
    """
    found: dict[str, list[Problem]] = {}
    readings = {}
    for place, (kind, table) in enumerate(given.items()):
        try:
            readings[kind] = as_reading(table, KINDS[kind].called, None if place else asked.sheet)
            refuse_other_than_frame(readings[kind][0].frame, KINDS[kind].called)
        except TableError as error:
            found[kind] = error.found
    readings = {kind: each for kind, each in readings.items() if kind not in found}
    names = _names_by_table({kind: reading.frame for kind, (reading, _) in readings.items()}, asked.columns)
    tables, unused = {}, []
    for kind, (reading, is_raw) in readings.items():
        named_ours = columns_mapped(reading, names[kind])
        if not named_ours.frame.columns.has_duplicates:
            named_ours = matched(named_ours, KINDS[kind].columns)
        unused.append(unused_marks(named_ours.frame, asked.written))
        try:
            tables[kind] = _checked(KINDS[kind], named_ours, is_raw, asked.written)
            found[kind] = tables[kind].problems.found
        except TableError as error:
            found[kind] = error.found
    raise_all(found)
    tables[next(iter(given))].notes.extend(note for note in unused[0] if all(note in each for each in unused))
    return tables


def raise_all(found: Mapping[str, list[Problem]]) -> None:
    """Raise one error with the problems of several tables, if there are any."""
    found = {kind: problems for kind, problems in found.items() if problems}
    if found:
        problems = [
            replace(each, column=f"{KINDS[kind].prefix}{each.column}") for kind in found for each in found[kind]
        ]
        raise TableError(" and the ".join(KINDS[kind].called for kind in found), problems)


def _names_by_table(frames: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Deal out the analyst's names of columns to the tables that have them; what none has is the first one's."""
    dealt: dict[str, dict[str, str]] = {}
    for kind, frame in frames.items():
        own = {column.name for column in KINDS[kind].columns}
        there = {theirs for theirs in names.values() if theirs in frame or alike(theirs, frame.columns)}
        dealt[kind] = {ours: theirs for ours, theirs in names.items() if ours in own and theirs in there}
    left = {ours: theirs for ours, theirs in names.items() if not any(ours in each for each in dealt.values())}
    for ours, theirs in left.items():
        its_own = [kind for kind in frames if ours in {column.name for column in KINDS[kind].columns}]
        dealt[(its_own or list(frames))[0]][ours] = theirs
    return dealt


def _checked(kind: Kind, reading: Reading, is_raw: bool, written: Written) -> Checked:
    if is_raw and not reading.frame.columns.has_duplicates:
        reading = with_types(reading, written)
    checked = check_columns(reading, kind.called, kind.columns, kind.needs, written)
    frame, problems = checked.frame, checked.problems
    _report_missing(checked, kind)
    if kind.columns is CONTRACTS:
        check_order(checked)
        _check_margin(checked)
        if problems.found:  # what has to be mended anyway; alone it is a doubt of the base
            problems.add_rows("customer_id", rows_twice(checked), *TWICE)
        if reading.places is not None:  # of a file, where a slip can be looked up
            checked.notes.extend(odd_cells(checked, CONTRACTS))
    if kind.columns is SERVED_BY and {"from", "to"} <= set(frame):
        wrong = (frame["to"] < frame["from"]).to_numpy()
        problems.add_rows("to", wrong, "must not be before `from`", "Exchange the two dates, or leave `to` empty.")
    if kind.columns is SENT and "customer_id" in frame:
        check_ids_once(checked, frame["customer_id"])
    return checked


def _report_missing(checked: Checked, kind: Kind) -> None:
    """Add columns that may have empty cells but must be there, unless it is said already that they are in doubt."""
    told = {name for problem in checked.problems.found for name in (problem.column, problem.wanted)}
    meaning = {column.name: column.meaning for column in kind.columns}
    for name in kind.has:
        if name not in checked.frame and name not in told:
            there = to_choose_from(name, checked.problems.own(checked.frame.columns))
            remedy = f'Add it ({meaning[name]}), or map your own name to it, columns={{"{name}": "..."}}. {there}'
            checked.problems.add(name, "is missing from the table", remedy)


def _check_margin(checked: Checked) -> None:
    if "margin" in checked.frame:
        margin = checked.frame["margin"].to_numpy(dtype=float, na_value=np.nan)
        large = (np.abs(margin) > LARGEST_MARGIN) & checked.read("margin")
        remedy = "Correct it, or state money in a larger unit."
        checked.problems.add_rows("margin", large, "is too large for money per month", remedy)


def contracts_until(contracts: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts as they were known on a day: what began later is not there, what ended later still runs.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-06-01"])
    >>> known = contracts_until(pd.DataFrame({"start": days, "end": days + pd.DateOffset(months=9)}), days[1])
    >>> known["end"].isna().tolist()
    [True, True]
    """
    known = contracts[(contracts["start"] <= until).to_numpy()]
    later = (known["end"] > until).to_numpy()
    if not later.any():
        return known
    known = known.assign(end=known["end"].mask(later))
    return known.assign(**{name: known[name].mask(later) for name in AFTER if name in known})


def events_until(events: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return the events up to a day."""
    return events[(events["date"] <= until).to_numpy()].reset_index(drop=True)


def served_until(served_by: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return who served whom, as known on a day."""
    known = served_by[(served_by["from"] <= until).to_numpy()].reset_index(drop=True)
    return known.assign(to=known["to"].mask((known["to"] > until).to_numpy())) if "to" in known else known


def customers_of(kind: str, checked: Checked, ids: pd.Index) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return whose each row is, by place among the customers with contracts, and a doubt about those who are none.

    Raises
    ------
    TableError
        When none of them has a contract: the two tables name their customers differently.
    """
    given = checked.frame["customer_id"]
    places = places_among(given, ids)
    stray = places < 0
    if stray.all():
        said = f"holds none of the customers of the base (there: {ids[0]}, here: {given.iloc[0]})"
        remedy = "Export both tables with the same ids."
        raise_all({kind: [Problem("customer_id", said, 0, "", remedy)]})
    if not stray.any():
        return places, ()
    n = given[stray].nunique()
    who = "customer who has" if n == 1 else "customers who have"
    first = given[stray].iloc[0]
    called = KINDS[kind].called
    return places, (f"The {called} names {n:,} {who} no contract (first: {first}): those rows are left out",)


def named(labels: Iterable[str], column: pd.Series) -> list[str]:
    """Return those of the labels that occur nowhere in a column, whatever their case."""
    there = {str(label).casefold() for label in column.dropna().unique()}
    return [label for label in labels if label.casefold() not in there]
