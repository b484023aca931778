"""Is the table in this file fit for use? Read and checked in one round, with what was taken for what."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path

from winback.tables.checks import check_order, columns_mapped, lapsed_checked
from winback.tables.column_checks import check_columns, check_flags
from winback.tables.columns import CONTRACTS, EVENTS, LAPSED, PURCHASES, Column
from winback.tables.files import read_file
from winback.tables.likeness import matched
from winback.tables.money_columns import with_revenue
from winback.tables.months_from_dates import with_months
from winback.tables.nouns import LAPSED_TABLE
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import unused_marks
from winback.tables.worth_a_look import odd_cells

TABLES: dict[str, tuple[str, tuple[Column, ...], tuple[str, ...]]] = {  # what it is called, its columns, what it needs
    "lapsed": (LAPSED_TABLE, LAPSED, ()),
    "contracts": ("table of contracts", CONTRACTS, ()),
    "events": ("table of events", EVENTS, ("date", "event")),
    "purchases": ("table of purchases", PURCHASES, ("date",)),
}


def check_file(
    path: str | Path,
    table: str = "lapsed",
    *,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    until: datetime.date | str | None = None,
    written: Written = AS_THE_CELLS_TELL,
    margin_share: float | None = None,
    flags: Iterable[str] = (),
) -> Reading:
    r"""Return the checked table of a file with what was taken for what; one TableError lists all that is wrong.

    Columns called like ``flags``, in letters only, must say yes or no.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "log.csv"
    >>> _ = path.write_text("Kundennr;Datum\n0012;31.1.2024\n")
    >>> check_file(path, "purchases").frame["date"].dt.month.tolist()
    [1]
    """
    called, known, needs = TABLES[table]
    if table != "lapsed":
        _refuse_those_of_lapsed(called, until=until, margin_share=margin_share)
    reading = read_file(path, sheet=sheet)
    reading = columns_mapped(reading, columns) if columns else reading
    reading = matched(reading, known)
    reading = reading.having(notes=unused_marks(reading.frame, written))
    reading = with_types(with_revenue(reading, margin_share) if table == "lapsed" else reading, written)
    if table == "lapsed":
        checked = lapsed_checked(with_months(reading, until, written), needs, written)
    else:
        checked = check_columns(reading, called, known, needs, written)
        check_order(checked)
    check_flags(checked, flags)
    checked.problems.raise_if_any()
    checked.notes.extend(odd_cells(checked, known if table == "lapsed" else ()))
    return Reading(
        checked.frame,
        tuple(dict.fromkeys(checked.notes)),
        currencies=frozenset(checked.currencies),
        headings=checked.problems.headings,
    )


def _refuse_those_of_lapsed(called: str, **settings: object) -> None:
    """Refuse settings that say nothing of this table."""
    if given := [name for name, value in settings.items() if value is not None]:
        raise ValueError(f"{' and '.join(given)}: that is for a {LAPSED_TABLE}, and this is a {called}. Leave it out.")
