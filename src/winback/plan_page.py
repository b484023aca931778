"""Whom to contact how and when, as a page for a director and a list for agents? Runs the notebook on a trial."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from winback.outreach.consent import consent_named, with_consent
from winback.outreach.made_before import HAS, STRIKE_OUT
from winback.outreach.plan import outreach_plan
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook_files import load_playbook
from winback.pages.settings import load_notebook, without_folders
from winback.pages.shown import drop_of_the_study
from winback.pages.written import write_page
from winback.plan_again import CHECK, checking_command
from winback.plan_asked import KEEP_BACK, checked_settings, first_monday, in_own_words
from winback.plan_list import TABLES, keep_older, load_back, load_contacts, write_tables
from winback.policies.learn import learn_policy
from winback.tables import AnyTable, TableError, check_writable
from winback.trial.trial import Trial

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["first_monday", "planned", "write_plan_page", "write_tables"]  # the notebook writes the list by it

NOTEBOOK = "10-whom-to-contact-how-and-when.ipynb"
PAGE = "plan.html"


def planned(
    trial: Trial,
    whom: AnyTable | None,
    *,
    start: datetime.date | str | None = None,
    playbook: str | Path | None = None,
    keep_back: float = KEEP_BACK,
    already: Iterable[str | Path] = (),
    back: str | Path | None = None,
    despite_causes: bool = False,
    columns: Mapping[str, str] | None = None,
) -> OutreachPlan:
    """Learn from a trial that counts a playbook's costs who gets which offer, and plan the contacts with them.

    Parameters
    ----------
    trial, whom : Trial, table or path
        As in `winback.report.whom_to_contact`.
    start : date or text, optional
        First day; by default the first Monday after the day of the list, or after today where it has none.
    playbook : path, optional
        By default the one that comes with winback.
    keep_back : float
        Share of the list that is kept back at random: the chance of each, drawn by the id.
    already, back : paths
        Lists of plans made before; a table of who has bought since.
    despite_causes : bool
        As in `outreach_plan`.
    columns : mapping, optional
        winback's name of a column -> that of the customers' table, where it is theirs alone; ``consent_<channel>`` says
        who agreed to be reached by it.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> planned(study.trial, study.new_leavers).start
    datetime.date(2016, 1, 4)
    """
    names, consent = consent_named(columns or {})
    policy = learn_policy(in_own_words(trial, names).over(contact_costs=with_consent(load_playbook(playbook), consent)))
    already = [load_contacts(path, {**trial.offers.columns, **names}) for path in already]
    back = () if back is None else load_back(back, {**trial.offers.columns, **names})
    how = {"already": already, "back": back, "despite_causes": despite_causes, "keep_back": keep_back}
    try:
        return outreach_plan(policy, whom, start=start or first_monday(whom), **how)
    except TableError as error:  # of what the policy asks about
        if not isinstance(whom, str | Path) or Path(whom).name in error.table:
            raise
        raise TableError(f"{error.table}, {Path(whom).name}", error.found) from None


def write_plan_page(
    customers: str | Path | None = None,
    offers: str | Path | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    whom: str | Path | None = None,
    out: str | Path = "reports",
    tell: Callable[[str], object] | None = None,
    how: Mapping[str, object] | None = None,
    overwrite: bool = False,
    **terms: object,
) -> list[Path]:
    """Write whom to contact how and when: one self-contained page, and the list of contacts.

    Parameters
    ----------
    customers, offers : path, optional
        The trial's two files; None for the telecom study.
    columns : mapping, optional
        winback's name of a column -> the table's own, or that of ``whom`` where the trial's table has no such column;
        ``consent_<channel>`` is of those who are to be contacted.
    whom : path, optional
        New leavers who are to be contacted; by default those of the trial itself who were sent nothing.
    out : path
        Folder to write into; made if missing.
    tell : callable, optional
        Is told, where it takes long, what is being worked on, and at the end who is contacted; such as ``print``.
    how : mapping, optional
        Arguments of `planned`: ``start``, ``playbook``, ``keep_back``, ``already``, ``back``, ``despite_causes``.
    overwrite : bool
        Whether an older list in that folder may go; it may be in use.
    **terms
        Further arguments of `winback.read_trial`, as in `winback.report.write_report`.

    Returns
    -------
    list of Path
        ``plan.html``, ``plan-contacts.csv`` and ``plan-contacts.xlsx``. All are written, or none.

    Raises
    ------
    ValueError
        Listing what cannot be used of the trial, the playbook, the first day and the other tables.
    OSError
        When the files cannot be written or older ones not replaced, see `winback.tables.check_writable`; found first.
    RuntimeError
        When the page would lack a figure or an answer, or the notebook fails.

    Examples
    --------
    >>> write_plan_page("customers.csv", "offers.toml", how={"start": "2027-01-04"})  # doctest: +SKIP
    """
    check_writable(out, (PAGE, *TABLES))
    keep_older(Path(out), (how or {}).get("already", ()), overwrite=overwrite)
    notebook, how = load_notebook(NOTEBOOK), dict(how or {})
    if customers is not None:
        how["start"] = str(how.get("start") or first_monday(whom))
        drop_of_the_study(notebook)
        named = {**(columns or {}), **how.get("columns", {})}
        given = {"offers": offers, "whom": whom, **how, "columns": named, **terms, "out": out}
        _add_cell(notebook, CHECK.format(command=checking_command(*without_folders((customers, given)))))
    settings, _, to_know = checked_settings(customers, offers, columns=columns, whom=whom, how=how, terms=terms)
    paths = write_page(notebook, settings, out, page=PAGE, tables=TABLES, tell=tell)
    for line in (*to_know, *_said_by(notebook)) if tell is not None else ():
        tell(line)
    return paths


def _add_cell(notebook: NotebookNode, text: str) -> None:
    """Add a text to a notebook, before its last heading."""
    from nbformat.v4 import new_markdown_cell

    last = max(place for place, cell in enumerate(notebook.cells) if cell.source.startswith("## "))
    notebook.cells.insert(last, new_markdown_cell(text))


def _said_by(notebook: NotebookNode) -> list[str]:
    """Return what an executed notebook says of the list it wrote, and of those made before."""
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    lines = [line for data in outputs for line in data.get("text/plain", "").splitlines()]
    return [line for line in lines if line.startswith((f"{TABLES[0]}: ", f"{STRIKE_OUT}: ", HAS))]
