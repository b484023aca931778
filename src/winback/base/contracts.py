"""How do contracts become customers over time? `read_contracts`, and the base it gives."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_doubts import doubts_of
from winback.base.contract_tables import (
    Asked,
    contracts_until,
    customers_of,
    events_until,
    named,
    raise_all,
    read_tables,
    served_until,
)
from winback.base.involuntary import INVOLUNTARY
from winback.doors import door
from winback.provenance import sha256_of
from winback.tables import AnyTable, Problem
from winback.tables.column_checks import Checked
from winback.tables.currencies import shown_in
from winback.tables.ids import as_index
from winback.tables.months_from_dates import end_of_data, last_day
from winback.tables.parsed import written_as

LONGEST_GRACE = 3650
UNTIL = {"events": events_until, "served_by": served_until}
LATER = {"events": "Events", "served_by": "Rows of who serves whom that begin"}


@door
def read_contracts(
    contracts: AnyTable,
    events: AnyTable | None = None,
    *,
    until: datetime.date | str,
    since: datetime.date | str | None = None,
    grace_days: int = 30,
    currency: str | None = None,
    served_by: AnyTable | None = None,
    involuntary: Iterable[str] | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
) -> ContractBase:
    """Read and check customers with contracts, so that losses, reasons, risks and values are asked of one thing.

    A customer is lost at the end of a contract that no other contract of theirs follows within the grace period: a
    gap up to it is a change of contract. Contracts that overlap are one life, a contract after a loss is a return.

    Parameters
    ----------
    contracts : pandas.DataFrame or path
        One row per contract (`winback.tables.CONTRACTS`): ``customer_id``, ``start``, ``end`` (empty: still runs), and
        where known ``margin`` (money per month), ``manager``, ``satisfaction``, ``reason``, ``exit_text``; further
        columns are kept. CSV, TSV, XLSX or Parquet, or a frame of pandas, polars, pyarrow or DuckDB. What was taken
        for what is in ``base.details()``.
    events : pandas.DataFrame or path, optional
        What happened (`winback.tables.EVENTS`): ``customer_id``, ``date``, ``event`` (``complaint``,
        ``complaint_resolved``, ``referral``, ...), ``amount``. Counted up to the loss; a ``complaint_resolved``
        settles one complaint of its customer made before.
    until : date or text
        Last day on which the data were recorded. Nothing after it is looked at.
    since : date or text, optional
        Day from which on contracts are known, where those that ended before are not in the table: how long customers
        had stayed by then is known, but earlier time is not at risk. Lives that ended by then are left out.
    grace_days : int
        Longest gap between two contracts that is a change of contract, not a loss. Who has been without a contract
        for less than that at the end is pending, and counted apart.
    currency : str, optional
        Sign or code put before money; the one that the amounts of the contracts carry without it, else $.
    served_by : pandas.DataFrame or path, optional
        Who serves whom, where one customer has several employees (`winback.tables.SERVED_BY`): ``customer_id``,
        ``manager``, ``from``, ``to``.
    involuntary : iterable of str, optional
        Reasons of those who did not choose to leave; by default well-known words such as moved, died, payment failed.
    columns : mapping, optional
        winback's name of a column -> the tables' own; names that are alike ("Customer Id") are found.
    sheet : str or int, optional
        Sheet of a workbook of contracts: its name, or its position from 1 among those that are not hidden.
    decimal : {",", "."}, optional
        The decimal mark of numbers in text that can be read in two ways, such as 1.234.
    day_first : bool, optional
        Whether 03/02/2024 is in February, where no date of the column tells.

    Returns
    -------
    ContractBase
        ``lapsed()`` is the table of lost customers; `survival_curve`, `competing_risks`, `fit_duration` and
        `fit_contracts` take the base.

    Raises
    ------
    TableError
        Listing every problem of all tables.
    ValueError
        When the days or the grace period make no sense.
    FileNotFoundError
        When there is no such file.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({
    ...     "customer_id": [1, 1, 2, 3],
    ...     "start": ["2023-01-01", "2024-03-01", "2023-06-01", "2023-02-01"],
    ...     "end": ["2023-12-31", None, None, "2024-06-20"],
    ...     "margin": [20.0, 24.0, 18.0, 30.0]})
    >>> base = wb.read_contracts(contracts, until="2024-06-30")
    >>> base.to_frame()[["state", "n"]].to_string(index=False, header=False).split()
    ['here', '1', 'back', '1', 'lost', '0', 'pending', '1']
    >>> base.lapsed().to_frame()[["customer_id", "first_tenure", "returned", "second_tenure"]].round(1)
       customer_id  first_tenure  returned  second_tenure
    0            1          12.0      True            4.0
    """
    written = written_as(decimal, day_first)
    end, begin = end_of_data(until, written), last_day(since, written, name="since")
    _check_days(end, begin, grace_days)
    asked = Asked(columns=columns or {}, written=written, sheet=sheet)
    optional = {"events": events, "served_by": served_by}
    given = {"contracts": contracts, **{kind: table for kind, table in optional.items() if table is not None}}
    tables = read_tables(given, asked)
    checked = tables["contracts"]
    frame = _known_until(checked.frame, end)
    others, doubts, later = _others(tables, end)
    shown, other = shown_in(checked.currencies, currency)
    notes = [note for each in tables.values() for note in each.notes]
    if n_later := len(checked.frame) - len(frame):
        notes.append(f"Contracts that begin after {end:%Y-%m-%d} are not looked at: {n_later:,}.")
    notes += later
    base = ContractBase(
        contracts=frame,
        events=others.get("events"),
        served_by=others.get("served_by"),
        until=end.date(),
        since=None if begin is None else begin.date(),
        grace_days=int(grace_days),
        currency=shown,
        involuntary=_involuntary(involuntary, frame),
        source=Path(contracts).name if isinstance(contracts, str | Path) else "a table",
        made_with=tuple((f"SHA-256 of {path.name}", sha256_of(path)) for path in _paths(given.values())),
        reading=tuple(dict.fromkeys(notes)),
    )
    if base.n == 0:
        said = f"is not after since ({begin:%Y-%m-%d}) in any row: nobody was watched"
        raise_all({"contracts": [Problem("end", said, 0, "", "Give an earlier day.")]})
    return doubts_of(base, [*other, *doubts])


def _known_until(contracts: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts as known on the last day, or refuse a day before all of them."""
    known = contracts_until(contracts, until).reset_index(drop=True)
    if not len(known):
        said = f"is after until ({until:%Y-%m-%d}) in every row: nobody is a customer yet"
        raise_all({"contracts": [Problem("start", said, 0, "", "Give the last day of the data.")]})
    return known


def _others(tables: Mapping[str, Checked], until: pd.Timestamp) -> tuple[dict[str, pd.DataFrame], list[str], list[str]]:
    """Return the other tables without rows of strangers and what came later, what is doubtful, and what came later."""
    ids = as_index(tables["contracts"].frame["customer_id"].drop_duplicates())  # also of those who come later
    others, doubts, later = {}, [], []
    for kind in [kind for kind in UNTIL if kind in tables]:
        places, doubt = customers_of(kind, tables[kind], ids)
        known = tables[kind].frame[places >= 0]
        others[kind] = UNTIL[kind](known, until)
        doubts += doubt
        if n_later := len(known) - len(others[kind]):
            later.append(f"{LATER[kind]} after {until:%Y-%m-%d} are not looked at: {n_later:,}.")
    return others, doubts, later


def _paths(given: Iterable[AnyTable]) -> Iterator[Path]:
    return (Path(each) for each in given if isinstance(each, str | Path))


def _check_days(until: pd.Timestamp, since: pd.Timestamp | None, grace_days: int) -> None:
    if not 0 <= grace_days <= LONGEST_GRACE:
        raise ValueError(f"grace_days must be between 0 and {LONGEST_GRACE}; got {grace_days}.")
    if since is not None and (until - since).days <= grace_days:
        raise ValueError(
            f"since ({since:%Y-%m-%d}) must be more than the grace period of {grace_days} days before until "
            f"({until:%Y-%m-%d}): else no loss can be seen."
        )


def _involuntary(given: Iterable[str] | None, frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the reasons of those who did not choose to leave, or refuse some that nobody gave."""
    if given is None:
        return INVOLUNTARY
    words = (given,) if isinstance(given, str) else tuple(given)
    if odd := [word for word in words if not isinstance(word, str)]:
        raise ValueError(f"involuntary must be reasons in text; got {odd[0]!r}.")
    reasons = frame["reason"] if "reason" in frame else pd.Series([], dtype=object)
    if nowhere := named(words, reasons):
        there = ", ".join(map(str, reasons.dropna().unique()[:12])) or "none"
        said = f"is never {' or '.join(map(repr, nowhere))}, named by involuntary"
        raise_all({"contracts": [Problem("reason", said, 0, "", f"Reasons that are there: {there}.")]})
    return words
