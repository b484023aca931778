"""Whom to contact how and when, as a page for a director and a list for agents? Runs the notebook on a trial."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from winback.base.lapsed import Lapsed
from winback.outreach.consent import (
    CONSENT,
    consent_named,
    consent_words,
    headings_of_consent,
    refuse_unclear_consent,
    with_consent,
)
from winback.outreach.on_the_list import refuse_later_leavers
from winback.outreach.plan import outreach_plan
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook import Playbook
from winback.outreach.playbook_files import load_playbook
from winback.outreach.slots import day_of, planned_before
from winback.pages.settings import load_notebook
from winback.pages.shown import drop_of_the_study
from winback.pages.written import write_page
from winback.plan_list import TABLES, keep_older, write_tables
from winback.policies.learn import learn_policy
from winback.policies.listing import whom_to_list
from winback.policies.new_leavers import leavers_looked_at, named_apart
from winback.report import asked_trial, comparable_trial, whom_to_contact
from winback.tables import AnyTable, check_writable, load_table
from winback.trial.trial import Trial

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["first_monday", "planned", "write_plan_page", "write_tables"]  # the notebook writes the list by it

NOTEBOOK = "10-whom-to-contact-how-and-when.ipynb"
PAGE = "plan.html"
KEEP_BACK = 0.1  # of the list, at random: else nobody knows afterwards what the contacts added


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
        Share of the list that is kept back at random.
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
    policy = learn_policy(_naming(trial, names).over(contact_costs=with_consent(load_playbook(playbook), consent)))
    return outreach_plan(
        policy,
        whom,
        start=start or first_monday(whom),
        already=[load_table(path) for path in already],
        back=() if back is None else load_table(back),
        despite_causes=despite_causes,
        keep_back=keep_back,
    )


def _naming(trial: Trial, names: Mapping[str, str]) -> Trial:
    """Return the same trial, by which further columns of those to be contacted are read."""
    return replace(trial, offers=replace(trial.offers, columns={**trial.offers.columns, **names})) if names else trial


def first_monday(whom: AnyTable | None) -> datetime.date:
    """Return the first Monday after the day of a list, or after today where it has none.

    Examples
    --------
    >>> first_monday(None).weekday()
    0
    """
    day = whom.day if isinstance(whom, Lapsed) and whom.day is not None else datetime.date.today()
    day = pd.Timestamp(day).date()
    return day + datetime.timedelta(days=7 - day.weekday())


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
    columns, of_whom = _columns_apart(columns or {}, customers, whom, terms.get("sheet"))
    how = _whole_paths({**(how or {}), **({"columns": of_whom} if of_whom else {})})
    asked = asked_trial(customers, offers, columns, terms)
    to_know = _check_all(asked, whom, how)
    notebook = load_notebook(NOTEBOOK)
    if customers is not None:
        drop_of_the_study(notebook)
    settings = asked | {"whom": None if whom is None else str(Path(whom).resolve()), "how": how}
    paths = write_page(notebook, settings, out, page=PAGE, tables=TABLES, tell=tell)
    for line in (*to_know, *_said_by(notebook)) if tell is not None else ():
        tell(line)
    return paths


def _columns_apart(
    columns: Mapping[str, str], customers: str | Path | None, whom: str | Path | None, sheet: str | int | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns that are named of the trial, and those of whom to contact alone: consent is always theirs."""
    left, consent = consent_named(columns)
    alone: dict[str, str] = {}
    if left and whom is not None and customers is not None:
        with suppress(ValueError, OSError):  # what cannot be read is told with the rest
            left, alone = named_apart(left, customers, whom, sheet)
    return left, alone | {f"{CONSENT}_{channel}": theirs for channel, theirs in consent.items()}


def _whole_paths(how: Mapping[str, object]) -> dict[str, object]:
    """Return settings of a plan as the first cell of a notebook says them: plain values, whole paths."""
    given = {name: value for name, value in how.items() if value is not None and value != ()}
    for name in ("playbook", "back"):
        if name in given:
            given[name] = str(Path(str(given[name])).resolve())
    if "already" in given:
        given["already"] = [str(Path(path).resolve()) for path in given["already"]]
    return given


def _check_all(asked: Mapping, whom: str | Path | None, how: Mapping) -> list[str]:
    """Refuse, before a kernel starts, everything that cannot be used, in one error; return what is to be known."""
    problems, to_know = [], []

    def tried(verb, *about, **more):
        try:
            return verb(*about, **more)
        except (ValueError, OSError) as error:
            problems.append(str(error))
            return None

    share = how.get("keep_back", KEEP_BACK)
    if not 0 <= share < 1:
        problems.append(f"keep_back must be a share from 0 to under 1, such as 0.1; got {share!r}.")
    if "start" in how:
        tried(day_of, how["start"], "start")
    playbook = tried(load_playbook, how.get("playbook"))
    names, consent = consent_named(how.get("columns", {}))
    playbook = tried(with_consent, playbook, consent) if playbook is not None else None
    for path in how.get("already", ()):
        plan = tried(load_table, path)
        _ = tried(planned_before, plan) if plan is not None else None
    if "back" in how:
        tried(load_table, how["back"])
    trial = tried(comparable_trial, **asked)
    if trial is not None:
        _ = tried(trial.over, contact_costs=playbook) if playbook is not None else None
        about = (_naming(trial, names), whom_to_contact(asked["customers"], whom), playbook, how)
        to_know = tried(_to_know, *about, tried) or []
    if problems:
        raise ValueError("\n".join(dict.fromkeys(problems)))
    return to_know


def _to_know(
    trial: Trial, whom: AnyTable | None, playbook: Playbook | None, how: Mapping, tried: Callable
) -> list[str]:
    """Return what was taken for what in the table of those to be contacted, and whose consent is not known.

    What is wrong with a file of them is ``tried``, one after the other, so that all of it is told together.
    """
    channels, rules = ((), ()) if playbook is None else (playbook.channels, playbook.rules)
    if isinstance(whom, str | Path):
        (customers, _, reading), wrong = leavers_looked_at(whom, trial, headings_of_consent(channels))
        tried(wrong.raise_if_any)
        tried(_left_before, customers, how)
    else:
        customers, _, reading = whom_to_list(trial, whom)
    tried(refuse_unclear_consent, channels, rules, customers.columns)
    return [*reading, consent_words(channels, rules, customers.columns)]


def _left_before(customers: pd.DataFrame, how: Mapping) -> None:
    """Refuse, before long work, dates of leaving after the first day of the plan."""
    if {"customer_id", "left_on"} <= set(customers):
        first = day_of(how.get("start") or first_monday(None), "start")
        refuse_later_leavers(customers["customer_id"], customers["left_on"], first)


def _said_by(notebook: NotebookNode) -> list[str]:
    """Return what an executed notebook says of the list it wrote."""
    outputs = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", [])]
    lines = [line for data in outputs for line in data.get("text/plain", "").splitlines()]
    return [line for line in lines if line.startswith(f"{TABLES[0]}: ")]
