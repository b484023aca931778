"""Which kind of table is this, by its columns? And what must be added to its columns before it is read."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from winback.purchases.logs.in_file import LogInFile
from winback.tables import CONTRACTS, LAPSED, PURCHASES, SNAPSHOT, Column, Problem, TableError
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import refuse_other_than_frame
from winback.tables.dates import parse_date
from winback.tables.headings import refuse_shared_names
from winback.tables.likeness import bare_name, matched, nearest
from winback.tables.numbers import parse_number
from winback.tables.offer_columns import says_what_was_sent
from winback.tables.parsed import Written
from winback.tables.problems import no_frame
from winback.tables.reading import Reading

CONTRACTS_OR, PURCHASES_OR, SNAPSHOT_OR = "contracts", "purchases", "snapshot"
CALLED = {
    CONTRACTS_OR: "a table of contracts: customer, first day and last day",
    PURCHASES_OR: "a log of purchases: customer and date",
    SNAPSHOT_OR: "a snapshot: one row per customer, with tenure and status",
}
COLUMNS = {CONTRACTS_OR: CONTRACTS, PURCHASES_OR: PURCHASES, SNAPSHOT_OR: SNAPSHOT}
NEEDS = {CONTRACTS_OR: ("start", "end"), PURCHASES_OR: ("date",), SNAPSHOT_OR: ("tenure", "customer_status")}
QUANTITY = ("quantity", "qty", "menge", "anzahl", "stueckzahl", "cantidad", "quantite")
PRICE = ("unitprice", "price", "priceperunit", "preis", "einzelpreis", "stueckpreis", "precio", "preciounitario")


@dataclass(frozen=True, eq=False)
class Recognised:
    """A table, what it is, and what was done to read it."""

    kind: str
    table: Any  # a reading of a file, or the frame that was given
    columns: Mapping[str, str]  # winback's name -> the table's own
    notes: tuple[str, ...] = ()
    revenue: str | None = None  # of contracts: the heading of revenue that stands for margin
    last_seen: datetime.date | None = None  # of contracts
    names: Mapping[str, str] = field(default_factory=dict)  # winback's name -> heading, of those found

    def saying(self, note: str) -> Recognised:
        """Return the same with a note more."""
        return replace(self, notes=(*self.notes, note))


def recognise(table: Any, columns: Mapping[str, str], kind: str | None, written: Written) -> Recognised:
    """Return what a table is by its columns, dates before tenure; refuse one that is nothing, with what it lacks.

    Raises
    ------
    TableError
        When it is none of the three kinds.
    ValueError
        When ``kind`` is none of them.
    """
    if kind is not None and kind not in CALLED:
        raise ValueError(f"kind must be one of {', '.join(CALLED)}; got {kind!r}.")
    names = _headings(table)
    found = {each: _found(names, columns, COLUMNS[each]) for each in CALLED}
    whole = [each for each in CALLED if set(NEEDS[each]) <= set(found[each])]
    if kind is None and not whole:
        raise TableError("table", _of_a_trial(table, found) or _what_is_missing(names, found))
    if kind is None:
        kind = whole[0]
        if whole == [PURCHASES_OR, SNAPSHOT_OR] and _is_once(table, found[SNAPSHOT_OR].get("customer_id")):
            kind = SNAPSHOT_OR
    known = Recognised(kind, table, dict(columns), names=found[kind])
    if kind == CONTRACTS_OR:
        return _as_contracts(known, _found(names, columns, SNAPSHOT), written)
    return _as_purchases(known, names, written) if kind == PURCHASES_OR else known


def is_named_as_log(names: list, columns: Mapping[str, str], kind: str | None) -> bool:
    """Say whether headings alone tell that a table is a log of purchases, and what each of its columns is."""
    found = {each: _found(names, columns, COLUMNS[each]) for each in CALLED}
    likely = [each for each in CALLED if set(NEEDS[each]) <= set(found[each])] if kind is None else [kind]
    return likely == [PURCHASES_OR] and {"customer_id", "date", "amount"} <= set(found[PURCHASES_OR])


def _headings(table: Any) -> list:
    """Return the names of a table's columns, wherever it lies."""
    if isinstance(table, LogInFile):
        return list(table)
    frame = table.frame if isinstance(table, Reading) else table
    if isinstance(frame, pd.DataFrame):
        refuse_other_than_frame(frame, "table")
        refuse_shared_names(frame, "table")
        return list(frame.columns)
    try:
        return nw.from_native(frame).collect_schema().names()
    except TypeError:
        raise no_frame(frame, "table") from None


def _found(names: list, columns: Mapping[str, str], known: Iterable[Column]) -> dict[str, str]:
    """Return which columns of a kind of table are there, under which headings; one that may be two is there."""
    ours = {column.name for column in known}
    asked = {our: their for our, their in columns.items() if our in ours}
    named = columns_mapped(Reading(pd.DataFrame(columns=names)), asked)
    after = matched(named, known)
    found = {str(new): str(old) for old, new in zip(names, after.frame.columns, strict=True) if new in ours}
    told = {problem.column: problem.column for problem in after.problems if problem.column in ours}
    return {**told, **found}


def _is_once(table: Any, heading: str | None) -> bool:
    """Say whether each customer has one row: a snapshot that has some date beside tenure and status."""
    frame = table.frame if isinstance(table, Reading) else table
    return isinstance(frame, pd.DataFrame) and (heading is None or frame[heading].is_unique)


def _of_a_trial(table: Any, found: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Return the one problem of a table that is a trial's: it has what was sent, and nothing of the three kinds."""
    frame = table.frame if isinstance(table, Reading) else table
    partly = any(set(NEEDS[kind]) & set(found[kind]) for kind in CALLED)
    sent = "" if partly or not isinstance(frame, pd.DataFrame) else says_what_was_sent(frame)
    if not sent:
        return []
    said = (
        "says what each customer was sent, so this looks like a trial of offers, and not like all customers over time"
    )
    remedy = "Which offer pays is asked with: winback offers FILE, then winback report (`read_trial` in Python)."
    return [Problem(sent, said, 0, "", remedy)]


def over_time(names: list, columns: Mapping[str, str]) -> str:
    """Return whether headings are those of contracts or purchases, and of no trial; "" if they are not.

    Examples
    --------
    >>> over_time(["Kunde", "Beginn", "Ende"], {}), over_time(["Kunde", "Beginn", "Ende", "Angebot"], {})
    ('contracts', '')
    """
    if {"offer", "returned"} & set(_found(names, columns, LAPSED)):
        return ""
    found = {kind: _found(names, columns, COLUMNS[kind]) for kind in (CONTRACTS_OR, PURCHASES_OR)}
    return next((kind for kind in found if set(NEEDS[kind]) <= set(found[kind])), "")


def _what_is_missing(names: list, found: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    """Return a problem for each kind that the table may be: what of it is there, and what is missing."""
    likely = [kind for kind in CALLED if set(NEEDS[kind]) & set(found[kind])] or list(CALLED)
    problems = []
    for kind in likely:
        there = [f"`{found[kind][name]}` as {name}" for name in NEEDS[kind] if name in found[kind]]
        missing = [name for name in ("customer_id", *NEEDS[kind]) if name not in found[kind]]
        missing = [name for name in missing if name != "customer_id" or kind != SNAPSHOT_OR]
        said = f"is missing: for {CALLED[kind]}"
        if there:
            said += f" ({' and '.join(there)} {'is' if len(there) == 1 else 'are'} there)"
        free = [name for name in names if str(name) not in found[kind].values()]
        options = " ".join(f'--column {name}="{nearest(name, free) or "..."}"' for name in missing)
        labels = ", and its labels that mean lost with --lost-label" if "customer_status" in missing else ""
        problems.append(Problem(", ".join(missing), said, 0, "", f"Name what holds it: {options}{labels}."))
    shown = ", ".join(map(str, names[:20])) + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")
    last = problems[-1]
    return [*problems[:-1], replace(last, remedy=f"{last.remedy} Columns: {shown or 'none'}.")]


def _as_contracts(known: Recognised, of_snapshot: Mapping[str, str], written: Written) -> Recognised:
    """Find the last day in a table of contracts, and revenue where it has no margin."""
    columns = {our: their for our, their in known.columns.items() if our != "monthly_charge"}
    revenue = of_snapshot.get("monthly_charge") if "margin" not in known.names else None
    if revenue is not None:
        columns["margin"] = revenue
    frame = _framed(known.table)
    days = [parse_date(frame[known.names[name]], written) for name in ("start", "end") if known.names[name] in frame]
    today = pd.Timestamp(datetime.date.today())
    last = max((_last(read, today) for read in days), default=today)
    return replace(known, columns=columns, revenue=revenue, last_seen=last.date())


def _last(read, today: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of a column; what lies ahead is planned, and was not seen."""
    column = read.column
    if read.doubt or not pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp.min
    seen = column[column.notna() & (column <= today + pd.Timedelta(days=1))]
    return min(seen.max(), today) if len(seen) else today


def _framed(table: Any) -> pd.DataFrame:
    from winback.tables.nouns import as_table

    return table.frame if isinstance(table, Reading) else as_table(table)


def _as_purchases(known: Recognised, names: list, written: Written) -> Recognised:
    """Add what was paid, where a log has pieces and prices; and take a repeated id for the customer's."""
    known = _with_customer(known, names)
    if "amount" in known.names:
        return known
    pieces = [[name for name in names if bare_name(name) in words] for words in (QUANTITY, PRICE)]
    if any(len(each) != 1 for each in pieces) or "amount" in names:
        return known
    quantity, price = pieces[0][0], pieces[1][0]
    note = f'What was paid is "{quantity}" times "{price}".'
    return replace(known, table=_multiplied(known.table, quantity, price, written)).saying(note)


def _with_customer(known: Recognised, names: list) -> Recognised:
    """Take a lone ``id`` for the customer's where its values repeat: an id of purchases does not."""
    lone = [name for name in names if bare_name(name) == "id"]
    if "customer_id" in known.names or len(lone) != 1 or _is_once(known.table, lone[0]):
        return known
    if not isinstance(known.table, Reading | pd.DataFrame):
        return known
    note = f'"{lone[0]}" was read as customer_id: its values repeat, as those of customers do.'
    return replace(known, columns={**known.columns, "customer_id": lone[0]}).saying(note)


def _multiplied(table: Any, quantity: str, price: str, written: Written) -> Any:
    if not isinstance(table, Reading | pd.DataFrame):
        return nw.from_native(table).with_columns((nw.col(quantity) * nw.col(price)).alias("amount")).to_native()
    frame = _framed(table)
    parts = [parse_number(frame[name], written) for name in (quantity, price)]
    unread = parts[0].unread | parts[1].unread
    amount = (parts[0].column * parts[1].column).astype(float).mask(pd.Series(unread, index=frame.index), np.nan)
    made = frame.assign(amount=amount)
    return replace(table, frame=made) if isinstance(table, Reading) else made
