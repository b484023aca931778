"""What is written beside the page of a plan? The list of its contacts, as CSV and as a workbook with sheets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from winback.outreach.contact_rows import names_taken
from winback.outreach.planned import OutreachPlan
from winback.plan_work import (
    by_whom,
    kept_back,
    left_out,
    to_work_through,
    widths_of,
    with_what_is_carried,
    without_a_number,
)
from winback.policies.found_ids import NO_NAMES, with_ids
from winback.results import Sentences, counted, join_words
from winback.tables import LAPSED, load_table, write_csv, write_workbook
from winback.tables.files import sheets_of
from winback.tables.sheet_rows import not_a_table

TABLES = ("plan-contacts.csv", "plan-contacts.xlsx")
MOST_AGENTS = 20  # and others, with a sheet of their own
ALL_CONTACTS = "all contacts"  # the sheet that is read again
KEPT_BACK, LEFT_OUT = "kept back", "left out"  # sheets of those who are not contacted
STRIKE_OUT = "strike out"  # the sheet of those whom a list made before still contacts
CENTS = 2
LONGEST_TITLE = 31  # letters that the name of a sheet may have
UNFIT = re.compile(r"[\[\]:*?/\\]")  # what no name of a sheet may have
DAYS = ("date", "deadline", "begins", "Date", "Not after", *(column.name for column in LAPSED if column.kind == "date"))


def keep_older(out: Path, already: Iterable[str | Path], *, overwrite: bool) -> None:
    """Refuse to replace a list that somebody may be working through, and always one whose contacts still count."""
    older = [out / name for name in TABLES if (out / name).exists()]
    used = {Path(path).resolve() for path in already}
    if any(path.resolve() in used for path in older):
        raise FileExistsError(
            f"The list in {out} is given as already: what is still to be done of it would be lost. "
            "Name another folder with --out."
        )
    if older and not overwrite:
        raise FileExistsError(
            f"{older[0]} is there already, and somebody may be working through it. Name another folder with --out, or "
            "say --overwrite."
        )


def load_contacts(path: str | Path, names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Load the contacts of a plan made before: of a workbook the sheets of all contacts.

    ``names``: winback's names of columns -> those of the analyst's tables.

    Raises
    ------
    TableError
        When the file holds no table, or has several sheets of which none is known to hold all contacts.
    """
    sheets = sheets_of(path)
    whole = [name for name in sheets if name.startswith(ALL_CONTACTS)]  # a long list goes on in further sheets
    if len(sheets) > 1 and not whole:
        said = f"has {len(sheets)} sheets ({', '.join(sheets)}), none of them called {ALL_CONTACTS!r}"
        raise not_a_table(Path(path), said, "Name the one that holds them so, or save it as CSV.")
    parts = [load_table(path, sheet=name) for name in whole or [None]]
    contacts = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    return with_ids(contacts, names, f"plan made before, {Path(path).name}")


def load_back(path: str | Path, names: Mapping[str, str] = NO_NAMES) -> pd.DataFrame:
    """Load who has bought since; headings are found as in the table of whom to contact.

    Raises
    ------
    TableError
        When the file holds no table, or no ids of customers.
    """
    return with_ids(load_table(path), names, f"customers seen later, {Path(path).name}")


class Saved(Sentences):
    """What was written, with a link to each file beside the page."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        text = super()._repr_html_()
        for name in TABLES:
            text = text.replace(name, f'<a href="{name}">{name}</a>', 1)
        return text


def write_tables(plan: OutreachPlan, folder: str | Path | None) -> Sentences:
    """Write the list of contacts beside the page, and say what it holds; called by the notebook.

    The workbook has the first day, all contacts, the calendar, a sheet for each who is to make contacts, who is kept
    back and who is left out. Nothing is written without a folder.
    """
    if folder is None:
        return Sentences.of(["No list was saved with this page; the command winback plan saves one."])
    csv, workbook = (Path(folder) / name for name in TABLES)
    contacts = with_what_is_carried(_told(plan.frame.assign(cost=plan.frame["cost"].round(CENTS))))
    sheets = _sheets(plan, contacts)
    notes = [*write_csv(contacts, csv), *write_workbook(sheets, workbook, _number_format, widths_of(sheets))]
    n = counted(len(contacts), "contacts")
    whom = counted(contacts["customer_id"].nunique(), "customers")
    return Saved.of(
        [
            f"Beside this page: {join_words(TABLES)}.",
            f"{TABLES[0]}: {n} with {whom}, day by day; sheets of {TABLES[1]}: {join_words(sheets)}."
            + "".join(f" {said}" for said in (_renamed(plan.frame).strip(), without_a_number(plan.frame)) if said),
            *notes,
        ]
    )


def _renamed(contacts: pd.DataFrame) -> str:
    """Say under which names stand columns of the customers' table that the list has, too, and whose agent is kept."""
    names = names_taken(contacts)
    if not names:
        return ""
    stand = "stands" if len(names) == 1 else "stand"
    said = f" Your {join_words(names)} {stand} there as {join_words(f'table_{name}' for name in names)}."
    if "agent" not in names:
        return said
    theirs = contacts["table_agent"].astype(object).fillna("").astype(str).str.strip()
    kept = contacts.loc[(contacts["agent"] == theirs) & (theirs != ""), "customer_id"].nunique()
    return f"{said} {counted(kept, 'customers', 'have')} the agent whom you name; the others are shared out."


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with winback's own columns rounded, but for those that tell nothing of anybody."""
    ours = [name for name in rows if name in {column.name for column in LAPSED} - {"customer_id", "offer"}]
    empty = [name for name in ours if rows[name].isna().all() or (name == "returned" and not rows[name].any())]
    numbers = {name: rows[name].round(CENTS) for name in ours if pd.api.types.is_float_dtype(rows[name])}
    return rows.assign(**numbers).drop(columns=empty)


def _sheets(plan: OutreachPlan, contacts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the sheets of the workbook, by their names."""
    today = contacts[contacts["date"] == plan.first_day.day]
    calendar = plan.calendar()
    limited = np.isfinite(calendar["capacity"])
    calendar = calendar.assign(capacity=calendar["capacity"].where(limited))  # empty: no limit
    sheets = {"first day": to_work_through(plan, today), ALL_CONTACTS: contacts, "calendar": calendar}
    theirs = by_whom(plan, contacts)
    for name in theirs if len(theirs) <= MOST_AGENTS else ():
        sheets[_title(name, sheets)] = theirs[name]
    more = {KEPT_BACK: kept_back(plan), LEFT_OUT: left_out(plan)}
    more |= {} if plan.before is None else {STRIKE_OUT: plan.before.to_strike_out}
    return sheets | {name: rows for name, rows in more.items() if len(rows)}


def _title(name: str, taken: Iterable[str]) -> str:
    """Return the name of a sheet that a workbook can have, and that no other sheet has.

    Examples
    --------
    >>> _title("Ann/Ben", ["calendar"]), _title("Calendar", ["calendar"])
    ('Ann Ben', 'Calendar 2')
    """
    bare = " ".join(UNFIT.sub(" ", name).strip("'").split())[: LONGEST_TITLE - 3] or "agent"
    used = {each.lower() for each in (*taken, KEPT_BACK, LEFT_OUT, STRIKE_OUT, "history")}
    numbered = (bare, *(f"{bare} {number}" for number in range(2, MOST_AGENTS + 5)))
    return next(each for each in numbered if each.lower() not in used)


def _number_format(_: str, name: str) -> str:
    if name in DAYS:
        return "yyyy-mm-dd"
    plain = {"rank": "#,##0", "customer_id": "0", "Customer": "0", "cost": "#,##0.00", "expected_profit": "#,##0.00"}
    return plain.get(name, "General")
