"""What is this table? Contracts, purchases, or a snapshot of tenure and status: recognised by its columns, and read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from winback.base.contract_base import ContractBase
from winback.base.contracts import read_contracts
from winback.base.purchase_base import PurchaseBase
from winback.base.purchases import read_purchases
from winback.base.shapes import CALLED, CONTRACTS_OR, PURCHASES_OR, SNAPSHOT_OR, Recognised, is_named_as_log, recognise
from winback.base.snapshot_base import SnapshotBase
from winback.base.snapshots import SnapshotTerms, read_snapshot
from winback.doors import door
from winback.periods import Period
from winback.provenance import sha256_of
from winback.purchases.logs.in_file import LogInFile
from winback.tables import AnyTable
from winback.tables.nouns import as_reading
from winback.tables.parsed import written_as
from winback.tables.unused import NOTHING_CHANGED
from winback.terms.margin_share import check_margin_share

AnyBase = ContractBase | PurchaseBase | SnapshotBase
OF_KIND = {  # what only one kind of table can use
    CONTRACTS_OR: ("events", "served_by", "since", "grace_days", "involuntary"),
    PURCHASES_OR: ("customers", "lost", "period"),
    SNAPSHOT_OR: ("lost_labels", "tenure_in", "lost_within", "involuntary"),
}


@door
def read_base(
    table: AnyTable,
    *,
    until: datetime.date | str | None = None,
    columns: Mapping[str, str] | None = None,
    kind: str | None = None,
    lost_labels: Iterable[str] | None = None,
    tenure_in: str | None = None,
    lost_within: str | Period | None = None,
    margin_share: float | None = None,
    currency: str | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
    **more: Any,
) -> AnyBase:
    """Recognise what a table is and read it as a base, so that one file is enough to ask who is lost.

    Parameters
    ----------
    table : pandas, polars, pyarrow or DuckDB frame, or path
        Contracts (customer, first day, last day), purchases (customer, date), or a snapshot: one row per customer with
        tenure and status. Common headings are found by themselves ("customerID", "Tenure in Months", "Churn",
        "InvoiceDate", "contract_start").
    until : date or text, optional
        Last day on which the data were recorded; without it the last day that is in the table, and then said. A
        snapshot has none.
    columns : mapping, optional
        winback's name of a column -> the table's own.
    kind : {"contracts", "purchases", "snapshot"}, optional
        What the table is, where it is not what its columns look like.
    lost_labels : iterable of str, optional
        Of a snapshot: labels of the status that mean lost, where they are no common words; all others mean still here.
    tenure_in : {"days", "weeks", "months", "years"}, optional
        Of a snapshot: the unit of tenure, where its heading does not say it; months.
    lost_within : str or Period, optional
        Of a snapshot: the stretch of time, up to the day on which the table was made, within which those lost left,
        such as "M" or "3M". Nobody was watched before it: who left by then is not in the table.
    margin_share : float, optional
        Share of what customers pay that is margin; without it revenue is taken for margin, and said.
    currency, sheet, decimal, day_first
        As for `read_contracts`.
    **more
        What else `read_contracts` (``events``, ``served_by``, ``since``, ``grace_days``, ``involuntary``) or
        `read_purchases` (``customers``, ``lost``, ``period``) takes.

    Returns
    -------
    ContractBase, PurchaseBase or SnapshotBase
        What was taken for what is in ``base.reading``, the kind of table first.

    Raises
    ------
    TableError
        Listing every problem, among them that the table is none of the three.
    ValueError
        When an argument makes no sense, or says nothing of such a table.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"customerID": ["a", "b", "c"], "tenure": [3, 24, 50], "Churn": ["Yes", "No", "No"]})
    >>> base = read_base(table)
    >>> base.to_frame()[["state", "n"]].to_string(index=False, header=False).split()
    ['here', '2', 'lost', '1']
    >>> print(base.reading[0])
    Read as a snapshot: one row per customer, with tenure and status.
    """
    written, share = written_as(decimal, day_first), check_margin_share(margin_share)
    found = recognise(_looked_into(table, sheet, columns or {}, kind), columns or {}, kind, written)
    own = {"lost_labels": lost_labels, "tenure_in": tenure_in, "lost_within": lost_within}
    given = {**more, **{name: value for name, value in own.items() if value is not None}}
    _refuse_unused(found, given)
    how = {"decimal": decimal, "day_first": day_first, "currency": currency, "columns": found.columns}
    if found.kind == CONTRACTS_OR:
        base = _contracts(found, until, share, given | how)
    elif found.kind == PURCHASES_OR:
        base = read_purchases(found.table, until=until, margin_share=share, **given, **how)
    else:
        terms = {"columns": found.columns, "currency": currency, "written": written, "margin_share": share}
        base = read_snapshot(found.table, SnapshotTerms.of(**given, **terms))
        if until is not None:
            found = found.saying(f"until was stated, but a snapshot has no calendar: {NOTHING_CHANGED}.")
    return _from(base, table, found)


def _looked_into(table: AnyTable, sheet, columns: Mapping[str, str], kind: str | None):
    """Return a file as it was read, a log that need not be looked into as where it lies, and all else as it is."""
    log = LogInFile.at(table) if isinstance(table, str | Path) and sheet is None else None
    if log is not None and is_named_as_log(list(log), columns, kind):
        return log
    return as_reading(table, "table", sheet)[0] if isinstance(table, str | Path) or sheet is not None else table


def _refuse_unused(found: Recognised, given: Mapping[str, Any]) -> None:
    """Refuse what is of another kind of table than this one."""
    known = {name for names in OF_KIND.values() for name in names}
    if strange := [name for name in given if name not in known]:
        raise ValueError(f"read_base has no argument {strange[0]}.")
    if unused := [name for name in given if name not in OF_KIND[found.kind]]:
        raise ValueError(
            f"{', '.join(unused)}: not used with {CALLED[found.kind]}, which is what the table was taken for. Leave "
            "that out, or say what the table is (kind)."
        )


def _contracts(found: Recognised, until, share: float | None, how: Mapping[str, Any]) -> ContractBase:
    """Read contracts up to the last day seen; of revenue a share is margin."""
    base = read_contracts(found.table, until=found.last_seen if until is None else until, **how)
    notes = []
    if until is None:
        notes.append(f"The data were taken to end on {base.until}, the last day in the table: no last day was said.")
    if found.revenue is None:
        has_margin = "margin" in base.contracts
        if share is not None:
            what = "margins" if has_margin else "no money"
            notes.append(f"margin_share was stated, but the table has {what}: {NOTHING_CHANGED}.")
    elif share is None:
        notes.append(f'"{found.revenue}" is revenue, taken for margin, as no share of margin was said.')
        base = replace(base, is_revenue=True)
    else:
        notes.append(f'"{found.revenue}" is revenue; margin is {share:.0%} of it.')
        base = replace(base, contracts=base.contracts.assign(margin=base.contracts["margin"] * share))
    return replace(base, reading=(*notes, *base.reading))


def _from(base: AnyBase, table: AnyTable, found: Recognised) -> AnyBase:
    """Return the base with where it comes from, and what the table was taken for."""
    reading = (f"Read as {CALLED[found.kind]}.", *found.notes, *base.reading)
    if not isinstance(table, str | Path):
        return replace(base, reading=reading)
    path = Path(table)
    made_with = dict.fromkeys([(f"SHA-256 of {path.name}", sha256_of(path)), *base.made_with])
    return replace(base, reading=reading, source=path.name, made_with=tuple(made_with))
