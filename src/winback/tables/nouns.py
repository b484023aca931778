"""Which table does an analyst hand over? A frame, a path, or a noun (a trial, a base) that has such a table."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

import pandas as pd

from winback.tables.files import load_table, read_file, typed_file
from winback.tables.foreign import is_foreign, to_pandas
from winback.tables.problems import no_frame
from winback.tables.reading import Reading

LAPSED_TABLE = "table of lapsed customers"  # every message about it calls it so
FIRST_LIVES = "table of first lifetimes"  # of all customers, also of those who are still here
CUSTOMERS_TABLE = "table of customers"  # who are here, or may be: what their value is asked of


@runtime_checkable
class HasTables(Protocol):
    """A noun that hands out its checked tables by their kind, such as "table of lapsed customers"."""

    def table_of(self, kind: str) -> pd.DataFrame:
        """Return the table of a kind."""


AnyTable = pd.DataFrame | str | Path | HasTables


def offers_of(customers: AnyTable) -> tuple[str, ...]:
    """Return the offers of a noun that has some, in its catalogue's order; of a table nothing is known.

    Examples
    --------
    >>> offers_of(pd.DataFrame({"offer": ["discount"]}))
    ()
    """
    return tuple(customers.offers.names) if isinstance(customers, HasTables) and hasattr(customers, "offers") else ()


def as_table(customers: AnyTable, kind: str = LAPSED_TABLE) -> pd.DataFrame:
    """Return the table of a kind: a frame, a file read, a noun's own; refuse what is none of these.

    A frame of pandas stays as it is, one of polars, pyarrow or DuckDB becomes one of pandas.

    Examples
    --------
    >>> as_table(pd.DataFrame({"customer_id": [7]}))["customer_id"].tolist()
    [7]
    """
    if isinstance(customers, str | Path):
        return load_table(customers)
    if isinstance(customers, HasTables):
        return customers.table_of(kind)
    if is_foreign(customers):
        return to_pandas(customers)
    if not isinstance(customers, pd.DataFrame):
        raise no_frame(customers, kind)
    return customers


def has_table(customers: object, kind: str) -> bool:
    """Say whether this is a noun that has a table of a kind of its own, as a base has one of first lifetimes.

    Examples
    --------
    >>> has_table(pd.DataFrame(), FIRST_LIVES)
    False
    """
    return kind in getattr(customers, "kinds", ()) and isinstance(customers, HasTables)


def typed_reading(customers: AnyTable, kind: str = LAPSED_TABLE) -> Reading:
    """Return `as_table`'s table with where its rows stand in the file, where it comes from one."""
    return typed_file(customers) if isinstance(customers, str | Path) else Reading(as_table(customers, kind))


def as_reading(
    customers: AnyTable | Reading, kind: str = LAPSED_TABLE, sheet: str | int | None = None
) -> tuple[Reading, bool]:
    """Return the table of a kind as it was read, and whether its columns have no types yet, as those of a file."""
    if isinstance(customers, Reading) and sheet is None:
        return customers, True  # a file that was looked into before
    if isinstance(customers, str | Path):
        return read_file(customers, sheet=sheet), True
    if sheet is not None:
        raise ValueError("sheet names a sheet of a workbook, and what was given is no file.")
    return Reading(as_table(customers, kind)), False
