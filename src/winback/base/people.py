"""What else is known of the customers of a log? A table with a row for each, joined with the log by their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from winback.base.customers import places_among
from winback.results import format_count
from winback.tables import LAPSED, AnyTable, Problem, TableError
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import Checked, check_columns, check_ids_once
from winback.tables.ids import as_index
from winback.tables.nouns import as_reading
from winback.tables.parsed import Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import unused_marks

CALLED = "table of customers"
ID = "customer_id"
OF_PEOPLE = (replace(LAPSED[0], meaning="one row per customer"),)
# What the base itself says of each customer: a column of the same name would stand beside it, or in its place.
OURS = (
    *("frequency", "recency", "age", "n_paid", "mean_spend", "first_day", "last_day", "silent_days", "lost", "lost_on"),
    *("next_purchase", "next_purchase_low", "next_purchase_high"),
    *("first_tenure", "first_ended", "started_on", "purchase_days"),
)


@dataclass(frozen=True, eq=False)
class People:
    """What else is known of n customers."""

    frame: pd.DataFrame | None = None  # (n rows) in the order of the log's customers, without their ids
    notes: tuple[str, ...] = ()  # what was taken for what
    doubts: tuple[str, ...] = ()  # whom of the log the table does not name


def read_people(customers: AnyTable | None, columns: Mapping[str, str], written: Written) -> Checked | None:
    """Read and check a table of customers, where there is one.

    Raises
    ------
    TableError
        Listing every problem.
    """
    if customers is None:
        return None
    reading, is_raw = as_reading(customers, CALLED)
    named = columns_mapped(reading, {ours: own for ours, own in columns.items() if own in reading.frame.columns})
    named = named.having(notes=unused_marks(named.frame, written))
    if is_raw and not named.frame.columns.has_duplicates:
        named = with_types(named, written)
    checked = check_columns(named, CALLED, OF_PEOPLE, (), written)
    if ID in checked.frame:
        check_ids_once(checked, checked.frame[ID])
    for name in [name for name in OURS if name in checked.frame]:
        remedy = f"Rename it, such as own_{name}."
        checked.problems.add(name, "is also what a column of the base is called", remedy)
    checked.problems.raise_if_any()
    return checked


def people_of(checked: Checked | None, ids: pd.Series) -> People:
    """Return what else is known of each customer of a log, in their order, and whom of them the table does not name.

    Raises
    ------
    TableError
        When the table names none of them.
    """
    if checked is None:
        return People()
    known, notes = checked.frame.reset_index(drop=True), checked.notes
    places = places_among(ids, as_index(known[ID]))
    missing = places < 0
    if missing.all():
        examples = (repr(each.iloc[:1].tolist()[0]) for each in (ids, known[ID]))
        said = "names 0 of {:,} customers of the log (such as {}; there: {})".format(len(ids), *examples)
        remedy = "Write ids alike in both tables: as text where some start with a zero."
        raise TableError(CALLED, [Problem(ID, said, 0, "", remedy)])
    own = known.drop(columns=ID).iloc[places].reset_index(drop=True)
    if not missing.any():
        return People(own, tuple(notes))
    n = int(missing.sum())
    doubt = f"{format_count(n)} of {len(ids):,} customers of the log {'is' if n == 1 else 'are'} not in the {CALLED}"
    return People(own.mask(pd.Series(missing), axis=0), tuple(notes), (doubt,))


def names_of_the_log(columns: Mapping[str, str], theirs: list[str], customers: AnyTable | None) -> dict[str, str]:
    """Return the names of columns that are the log's: all but those which only the table of customers has."""
    if customers is None or set(columns.values()) <= set(theirs):
        return dict(columns)
    reading: Reading = as_reading(customers, CALLED)[0]
    only_there = {own for own in columns.values() if own not in theirs and own in reading.frame.columns}
    return {ours: own for ours, own in columns.items() if own not in only_there}
