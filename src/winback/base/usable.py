"""Are these tables fit for use, what was looked at in them, and what can be asked of the base they make?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from winback.base import contract_words, purchase_words
from winback.base.contract_tables import KINDS, Asked, customers_of, read_tables
from winback.base.contracts import read_contracts
from winback.base.purchase_base import PurchaseBase
from winback.base.purchases import read_purchases
from winback.base.questions import asked_in_words
from winback.results import counted
from winback.tables import PURCHASES, TableError
from winback.tables.files import existing_file
from winback.tables.ids import as_index
from winback.tables.looked_at import looked_at
from winback.tables.parsed import written_as
from winback.tables.worth_a_look import twice_in_words

Found = TypeVar("Found")
NO_UNTIL = (
    "Who was lost, and what can be asked, was not looked at: that takes --until, the last day on which the data were "
    "recorded."
)


@dataclass(frozen=True, kw_only=True)
class Usable:
    """What is to be said of tables that are fit for use."""

    size: str
    notes: tuple[str, ...]  # what was taken for what
    doubts: tuple[str, ...]  # what may not be what it was taken for
    lines: tuple[str, ...]  # the answer where there is one, what was looked at, what can be asked


def usable_contracts(
    file: Path, others: Mapping[str, Path], *, until: str | None = None, since: str | None = None, **how
) -> Usable:
    """Check contracts and what comes with them, all problems at once; read the base where its last day is known.

    Parameters
    ----------
    file : Path
        The table of contracts.
    others : mapping
        The tables of events and of who serves whom, by their kind.
    until : str, optional
        The last day of the data; without it, tables are checked and no base is read.
    since : str, optional
        As for `read_contracts`.
    **how
        ``columns``, ``sheet``, ``decimal`` and ``day_first``, as for `read_contracts`.

    Raises
    ------
    TableError
        Listing every problem of all tables.
    ValueError
        When a day makes no sense; with every problem of all tables.
    """
    given = {"contracts": file, **others}

    def check() -> Usable:
        there = {kind: path for kind, path in given.items() if path is file or path.is_file()}
        return _without_base(there, **how)

    if until is None:
        if since is not None:
            raise ValueError("--since: not looked at without --until. Give both, or leave that out.")
        return _read(given.values(), check, check)
    base = _read(given.values(), lambda: read_contracts(file, until=until, since=since, **others, **how), check)
    frames = {"contracts": base.contracts, "events": base.events, "served_by": base.served_by}
    frames = {kind: frame for kind, frame in frames.items() if frame is not None}
    said = [*contract_words.answer_lines(base), *contract_words.detail_lines(base)]
    doubts = tuple(f"{doubt}." for doubt in base.doubts)
    return Usable(
        size=counted(base.n, "customers"),
        notes=base.reading,
        doubts=doubts,
        lines=(
            *(line for line in said if line not in (*doubts, *base.reading)),
            *_looked_at(frames),
            *asked_in_words(base),
        ),
    )


def usable_purchases(file: Path, *, customers: Path | None = None, until: str | None = None, **how) -> Usable:
    """Check purchases, and what else is known of who made them, all problems at once; read the base.

    Parameters
    ----------
    file : Path
        The log.
    customers, until
        As for `read_purchases`.
    **how
        ``columns``, ``sheet``, ``decimal`` and ``day_first``, as for `read_purchases`.

    Raises
    ------
    TableError
        Listing every problem of both tables.
    ValueError
        When the day makes no sense; with every problem of both tables.
    """

    def check() -> PurchaseBase:
        people = customers if customers is not None and customers.is_file() else None
        return read_purchases(file, customers=people, **how)

    base = _read((file, customers), lambda: read_purchases(file, customers=customers, until=until, **how), check)
    log = base.summary.log.frame
    doubts = tuple(f"{doubt}." for doubt in base.doubts)
    choice = "" if base.choice is None else f"{base.choice.describe()}\n{base.choice.details()}"
    apart = (*doubts, *base.reading, *choice.splitlines())  # said elsewhere, or the rule's own grounds
    said = [*purchase_words.answer_lines(base), *purchase_words.detail_lines(base)]
    return Usable(
        size=counted(base.n, "customers"),
        notes=base.reading,
        doubts=doubts,
        lines=(
            *(line for line in said if line not in apart),
            *looked_at(log, PURCHASES),
            *asked_in_words(base),
            *_about_others(base),
        ),
    )


def _read(paths: Iterable[Path | None], read: Callable[[], Found], check: Callable[[], object]) -> Found:
    """Read a base; what is wrong with a day or a name of a file is said with what is wrong with the other tables."""
    try:
        existing_file(*(path for path in paths if path is not None))
        return read()
    except TableError:
        raise
    except (ValueError, FileNotFoundError) as error:
        try:
            check()
        except TableError as besides:
            raise ValueError(f"{error}\n{besides}") from None
        except FileNotFoundError:
            pass  # the first table itself
        raise


def _without_base(given: Mapping[str, Path], *, columns, sheet, decimal, day_first) -> Usable:
    tables = read_tables(given, Asked(columns=columns, written=written_as(decimal, day_first), sheet=sheet))
    frame = tables["contracts"].frame
    ids = as_index(frame["customer_id"].drop_duplicates())
    doubts = [doubt for kind in given if kind != "contracts" for doubt in customers_of(kind, tables[kind], ids)[1]]
    return Usable(
        size=f"{counted(len(frame), 'rows')}, {counted(frame.shape[1], 'columns')}",
        notes=tuple(dict.fromkeys(note for each in tables.values() for note in each.notes)),
        doubts=(*(f"{doubt}." for doubt in doubts), *twice_in_words(tables["contracts"])),
        lines=(*_looked_at({kind: each.frame for kind, each in tables.items()}), NO_UNTIL),
    )


def _looked_at(frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Say what was looked at in each table; the first one goes without saying."""
    for place, (kind, frame) in enumerate(frames.items()):
        if place:
            yield f"In the {KINDS[kind].called}:"
        yield from looked_at(frame, KINDS[kind].columns)


def _about_others(base: PurchaseBase) -> Iterator[str]:
    """Say by what customers are told apart."""
    if base.people is not None:
        known = ", ".join(map(str, base.people)) or "nothing"
        yield f"Customers are told apart by their purchases and by what their table knows: {known}."
