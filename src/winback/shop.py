"""Which purchases are looked at? One shop: the simulated one, or the analyst's own log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from pandas.api import types

from winback.provenance import Provenance, sha256_of
from winback.purchases.transactions.wording import counted
from winback.results import Sentences
from winback.tables import Problem, TableError, load_table, map_columns

if TYPE_CHECKING:
    from winback.purchases.transactions.summary import TransactionSummary

LOG, CUSTOMERS = "table of transactions", "table of customers"
ID = "customer_id"


@dataclass(frozen=True)
class Shop:
    """A log of purchases, what else is known of the customers, and where both come from."""

    transactions: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame | None = field(repr=False)  # one row each, with customer_id
    until: date | str | None  # last day on which purchases were recorded; None: the last one of the log
    source: str
    sha256: str  # of the log's file, or of the simulated table
    details: tuple[tuple[str, str], ...] = ()  # what else a reader needs to make it again
    caveat: str = ""  # what a reader must know of the data
    currency: str = "$"  # sign or code put before money

    @property
    def n_rows(self) -> int:
        """Rows of the log."""
        return len(self.transactions)

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a report."""
        n = self.n_unknown
        unknown = f"; {counted(n, 'customers')} of it not in the {CUSTOMERS}" if n else ""
        return Sentences(f"{self.source}: a log of {counted(self.n_rows, 'rows')}{unknown}")

    @property
    def provenance(self) -> Provenance:
        """What a reader needs to make a report again: data with hash, versions."""
        return Provenance.of(self.source, self.n_rows, self.sha256, self.details)

    @property
    def n_unknown(self) -> int:
        """Customers of the log without a row in the table of customers; 0 where there is no such table."""
        if self.customers is None or ID not in self.transactions:
            return 0
        ids = pd.Series(self.transactions[ID].dropna().unique())
        return int((~ids.isin(self.customers[ID])).sum())

    def labelled(self, summary: TransactionSummary) -> pd.DataFrame:
        """Return a summary's customers, in pandas, with what else is known of them.

        Raises
        ------
        TableError
            When nobody is in the table of customers, or its columns have names of the summary's.
        """
        seen = summary.in_pandas().customers
        if self.customers is None:
            return seen
        _check_label_names(seen, self.customers)
        _check_somebody_known(seen[ID], self.customers[ID])
        return seen.merge(self.customers, on=ID, how="left", validate="one_to_one")


def load_shop(
    log: str | Path | None = None,
    customers: str | Path | None = None,
    *,
    until: date | str | None = None,
    columns: Mapping[str, str | tuple[str, str]] | None = None,
    currency: str = "$",
) -> Shop:
    """Return the analyst's own log of purchases, or the simulated shop when none is named.

    Parameters
    ----------
    log : path, optional
        Purchases: CSV, TSV or XLSX with ``customer_id``, ``date``, ``amount``. None: the simulated shop.
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
    >>> shop = load_shop()
    >>> print(shop.subtitle)
    A simulated shop: a log of 24,399 rows
    """
    if log is None:
        if customers is not None:
            raise ValueError("A table of customers needs the log of their purchases: name both files.")
        return _simulated_shop(until, currency)
    transactions, known = _read_both(log, customers, columns or {})
    if known is not None:
        _check_one_row_each(known)
    return Shop(transactions, known, until, Path(log).name, sha256_of(log), currency=currency)


def _read_both(log, customers, columns) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return the log and the table of customers under winback's names, with ids of one kind."""
    transactions = load_table(log)
    known = None if customers is None else load_table(customers)
    here, there = ({name: _own_name(own, file) for name, own in columns.items()} for file in (0, 1))
    both = {name for name, own in columns.items() if not isinstance(own, str)}
    there = {} if known is None else {name: own for name, own in there.items() if own in known or name in both}
    here = {name: own for name, own in here.items() if own in transactions or name not in there or name in both}
    transactions = _with_bare_ids(map_columns(transactions, here), LOG, (ID, "date"))
    if known is None:
        return transactions, None
    known = _with_bare_ids(map_columns(known, there), CUSTOMERS, (ID,))
    return _ids_as_in(known, transactions), _ids_as_in(transactions, known)


def _own_name(own, file: int) -> str:
    """Return a column's name in the log (0) or in the table of customers (1)."""
    if isinstance(own, str):
        return own
    if len(own) != 2:
        raise ValueError(f"columns must give one name, or two: in the log and in the {CUSTOMERS}; got {own!r}.")
    return own[file]


def _with_bare_ids(table: pd.DataFrame, what: str, needed: tuple[str, ...]) -> pd.DataFrame:
    """Return a table whose ids have no blanks around them, or refuse one that lacks a column."""
    there = ", ".join(map(str, table.columns))
    missing = [
        Problem(name, "is missing from the table", 0, "", f'Name it, columns={{"{name}": "..."}}; there are: {there}.')
        for name in needed
        if name not in table
    ]
    if missing:
        raise TableError(what, missing)
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
    twice = table[ID].duplicated()
    if twice.any():
        first = f"{table[ID][twice].iloc[0]}"
        problem = Problem(
            ID, "must not repeat", int(twice.sum()), first, remedy="Keep one row each.", n_checked=len(table)
        )
        raise TableError(CUSTOMERS, [problem])


def _check_label_names(seen: pd.DataFrame, known: pd.DataFrame) -> None:
    """Refuse columns that have the name of one of the summary's."""
    problems = [
        Problem(name, "is also what a column of the summary is called", 0, "", f"Rename it, such as own_{name}.")
        for name in known.columns
        if name in seen and name != ID
    ]
    if problems:
        raise TableError(CUSTOMERS, problems)


def _check_somebody_known(seen: pd.Series, known: pd.Series) -> None:
    """Refuse a table that has no row for anybody."""
    if seen.isin(known).any():
        return
    ours, theirs = (repr(ids.tolist()[0]) if len(ids) else "nobody" for ids in (seen, known))
    said = f"names 0 of {counted(len(seen), 'customers')} of the log (such as {ours}; there: {theirs})"
    remedy = "Write ids alike in both tables: as text where some start with a zero."
    raise TableError(CUSTOMERS, [Problem(ID, said, 0, "", remedy)])


def _simulated_shop(until, currency) -> Shop:
    from winback.datasets.retail.study import SEED, simulate_transactions

    study = simulate_transactions()
    return Shop(
        study.transactions,
        study.customers,
        study.truth.until if until is None else until,
        "A simulated shop",
        sha256_of(study.transactions),
        details=(("seed of the simulation", str(SEED)),),
        caveat="The shop is simulated from the very models that are fitted here, so they fit; your log may be less "
        "kind, and the hold-out will say so. What is assumed is listed in data/retail/README.md.",
        currency=currency,
    )
