"""Which purchases are looked at? One shop: the simulated one, or the analyst's own log."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from winback.results import Sentences, format_count
from winback.tables import Problem, TableError, load_table, map_columns

if TYPE_CHECKING:
    from winback.value.transactions.summary import TransactionSummary

CUSTOMERS = "table of customers"


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

    @property
    def n_rows(self) -> int:
        """Rows of the log."""
        return len(self.transactions)

    @property
    def subtitle(self) -> Sentences:
        """One line for the head of a report."""
        return Sentences(f"{self.source}: a log of {format_count(self.n_rows)} rows")

    def labelled(self, summary: TransactionSummary) -> pd.DataFrame:
        """Return a summary's customers with what else is known of them."""
        if self.customers is None:
            return summary.customers
        return summary.customers.merge(self.customers, on="customer_id", how="left", validate="one_to_one")


def load_shop(
    log: str | Path | None = None,
    customers: str | Path | None = None,
    *,
    until: date | str | None = None,
    columns: Mapping[str, str] | None = None,
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
        winback's name -> the name of a column in the files.

    Raises
    ------
    ValueError
        When customers are given without a log.
    TableError
        When a file holds no table, lacks a mapped column, or has a customer twice.

    Examples
    --------
    >>> shop = load_shop()
    >>> print(shop.subtitle)
    A simulated shop: a log of 24,399 rows
    """
    if log is None:
        if customers is not None:
            raise ValueError("A table of customers needs the log of their purchases: name both files.")
        return _simulated_shop(until)
    transactions = load_table(log)
    known = None if customers is None else load_table(customers)
    there = {} if known is None else {name: own for name, own in (columns or {}).items() if own in known}
    here = {name: own for name, own in (columns or {}).items() if own in transactions or name not in there}
    return Shop(
        map_columns(transactions, here),
        None if known is None else _one_row_each(map_columns(known, there)),
        until,
        Path(log).name,
        hashlib.sha256(Path(log).read_bytes()).hexdigest(),
    )


def _one_row_each(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of customers, or refuse one that has no ids or the same twice."""
    if "customer_id" not in table:
        there = ", ".join(map(str, table.columns))
        remedy = f"Name it in columns; there are: {there}."
        raise TableError(CUSTOMERS, [Problem("customer_id", "is missing from the table", 0, "", remedy)])
    twice = table["customer_id"].duplicated()
    if twice.any():
        first = f"{table['customer_id'][twice].iloc[0]}"
        problem = Problem("customer_id", "must not repeat", int(twice.sum()), first, "Keep one row each.", len(table))
        raise TableError(CUSTOMERS, [problem])
    return table


def _simulated_shop(until) -> Shop:
    from winback.datasets.retail.study import SEED, simulate_transactions

    study = simulate_transactions()
    rows = pd.util.hash_pandas_object(study.transactions, index=False).to_numpy()
    return Shop(
        study.transactions,
        study.customers,
        study.truth.until if until is None else until,
        "A simulated shop",
        hashlib.sha256(rows).hexdigest(),
        details=(("seed of the simulation", str(SEED)),),
        caveat="The shop is simulated from the very models that are fitted here, so they fit; your log may be less "
        "kind, and the hold-out will say so. What is assumed is listed in data/retail/README.md.",
    )
