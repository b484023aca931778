"""Can an analyst's own log take the place of the simulated one? Two files, read under one set of names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
from pandas.api import types

from winback.datasets.retail.shop import CUSTOMERS, ID, ShopStudy
from winback.datasets.retail.study import simulate_shop_study
from winback.doors import door_of_settings
from winback.provenance import sha256_of
from winback.tables import PURCHASES, ProblemList, TableError, map_columns
from winback.tables.files import read_file
from winback.tables.likeness import matched, to_choose_from
from winback.tables.reading import Reading
from winback.tables.types_found import with_types

LOG = "table of purchases"


@door_of_settings
def load_shop_study(
    log: str | Path | None = None,
    customers: str | Path | None = None,
    *,
    until: date | str | None = None,
    columns: Mapping[str, str | tuple[str, str]] | None = None,
    currency: str = "$",
) -> ShopStudy:
    """Return the analyst's own log of purchases, or the simulated shop when none is named.

    Parameters
    ----------
    log : path, optional
        Purchases: CSV, TSV, XLSX or Parquet with ``customer_id``, ``date``, ``amount``. None: the simulated shop.
    customers : path, optional
        One row per customer, with ``customer_id`` and columns to tell them apart by.
    until : date or text, optional
        Last day on which purchases were recorded; the last one of the log without it.
    columns : mapping, optional
        winback's name -> the name of a column in the files, or its names in the log and in the table of customers.
    currency : str
        Sign or code put before money.

    Raises
    ------
    ValueError
        When customers are given without a log.
    TableError
        When a file holds no table, lacks a column, or has a customer twice.

    Examples
    --------
    >>> shop = load_shop_study()
    >>> print(shop.subtitle)
    A simulated shop: a log of 24,399 rows
    """
    if log is None:
        if customers is not None:
            raise ValueError("A table of customers needs the log of their purchases: name both files.")
        study = simulate_shop_study()
        return replace(study, until=study.until if until is None else until, currency=currency)
    purchases, known, taken = _read_both(log, customers, columns or {})
    if known is not None:
        _check_one_row_each(known)
    return ShopStudy(
        purchases=purchases,
        customers=known,
        until=until,
        source=Path(log).name,
        sha256=sha256_of(log),
        currency=currency,
        details=(("How the files were read", " ".join(taken)),) if taken else (),
    )


def _read_both(log, customers, columns) -> tuple[pd.DataFrame, pd.DataFrame | None, tuple[str, ...]]:
    """Return the log and the table of customers under winback's names, with ids of one kind, and what is to be said."""
    read = [None if file is None else with_types(read_file(file)) for file in (log, customers)]
    purchases, known = (None if each is None else each.frame for each in read)
    problems = [problem for each in read if each is not None for problem in each.problems]
    if problems:
        raise TableError("file", problems)
    here, there = ({name: _own_name(own, file) for name, own in columns.items()} for file in (0, 1))
    both = {name for name, own in columns.items() if not isinstance(own, str)}
    there = {} if known is None else {name: own for name, own in there.items() if own in known or name in both}
    here = {name: own for name, own in here.items() if own in purchases or name not in there or name in both}
    bought = _found(map_columns(purchases, here), LOG, PURCHASES)
    purchases = _with_bare_ids(bought.frame, LOG, (ID, "date"))
    notes = (*read[0].notes, *bought.notes)
    if known is None:
        return purchases, None, notes
    people = _found(map_columns(known, there), CUSTOMERS, PURCHASES[:1])
    known = _with_bare_ids(people.frame, CUSTOMERS, (ID,))
    return _ids_as_in(known, purchases), _ids_as_in(purchases, known), (*notes, *read[1].notes, *people.notes)


def _found(table: pd.DataFrame, what: str, columns) -> Reading:
    """Return a table under winback's names where its own are like them; what fits two is refused."""
    found = matched(Reading(table), columns)
    if found.problems:
        raise TableError(what, list(found.problems))
    return found


def _own_name(own, file: int) -> str:
    """Return a column's name in the log (0) or in the table of customers (1)."""
    if isinstance(own, str):
        return own
    if len(own) != 2:
        raise ValueError(f"columns must give one name, or two: in the log and in the {CUSTOMERS}; got {own!r}.")
    return own[file]


def _with_bare_ids(table: pd.DataFrame, what: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """Return a table whose ids have no blanks around them, or refuse one that lacks a column."""
    problems = ProblemList(what, table)
    for name in [name for name in needed if name not in table]:
        remedy = f'Name it, columns={{"{name}": "..."}}. {to_choose_from(name, table.columns)}'
        problems.add(name, "is missing from the table", remedy)
    problems.raise_if_any()
    if not _is_text(table[ID]):
        return table
    bare = table[ID].str.strip()
    return table.assign(**{ID: bare.where(bare != "")})


def _is_text(ids: pd.Series) -> bool:
    return types.infer_dtype(ids, skipna=True) == "string"


def _ids_as_in(other: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its ids as text where the other's are: in a file 1001 is a number only by its looks."""
    if _is_text(other[ID]) and types.is_numeric_dtype(table[ID]):
        return table.assign(**{ID: table[ID].convert_dtypes().astype("string").astype(other[ID].dtype)})
    return table


def _check_one_row_each(table: pd.DataFrame) -> None:
    problems = ProblemList(CUSTOMERS, table)
    problems.add_rows(ID, table[ID].duplicated().to_numpy(), "must not repeat", "Keep one row each.")
    problems.raise_if_any()
