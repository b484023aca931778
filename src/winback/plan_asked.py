"""What is asked of a plan, and what of it cannot be used? All of it is said in one list, before a kernel starts."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd

from winback.base.lapsed import Lapsed
from winback.outreach.asked_for import known_of_none, long_waits, named_in_vain
from winback.outreach.consent import (
    CONSENT,
    channels_in,
    consent_named,
    consent_words,
    headings_of_consent,
    with_consent,
)
from winback.outreach.on_the_list import LEAVE_BEFORE, back_in_words, is_back, leave_later
from winback.outreach.outcomes import outcomes_read
from winback.outreach.playbook_files import load_playbook
from winback.outreach.slots import day_of, planned_before
from winback.outreach.unclear_consent import refuse_unclear_consent
from winback.plan_list import load_back, load_contacts
from winback.policies.contact_list import lacking_said
from winback.policies.found_ids import NO_NAMES
from winback.policies.listing import lacking_of, whom_to_list
from winback.policies.new_leavers import AGENT, OF_A_TRIAL, leavers_looked_at, named_apart
from winback.report import asked_trial, comparable_trial, whom_to_contact
from winback.results import counted, format_count
from winback.tables import AnyTable, TableError
from winback.tables.likeness import to_choose_from
from winback.tables.no_contact import marks_said
from winback.tables.parsed import Written
from winback.tables.table_files import check_file
from winback.tables.toml_files import read_toml
from winback.terms.offers_file import load_offers
from winback.trial.plausible import far_out
from winback.trial.trial import Trial

KEEP_BACK = 0.1  # of the list, at random: else nobody knows afterwards what the contacts added


def checked_settings(
    customers: str | Path | None,
    offers: str | Path | None,
    *,
    columns: Mapping[str, str] | None,
    whom: str | Path | None,
    how: Mapping[str, object] | None,
    terms: Mapping[str, object],
    outcomes: str | Path | None = None,
) -> tuple[dict, Trial, list[str]]:
    """Return what is asked of a plan as the first cell of a notebook says it, the trial, and what is to be known of it.

    Raises
    ------
    ValueError
        In one list everything that cannot be used.
    """
    before = [*(how or {}).get("already", ()), (how or {}).get("back")]
    others = dict.fromkeys(before, ()) | {outcomes: (), whom: OF_A_TRIAL} if customers is not None else {}
    columns, of_others = _columns_apart(columns or {}, customers, others, terms.get("sheet"))
    how = _whole_paths({**(how or {}), **({"columns": of_others} if of_others else {})})
    asked = asked_trial(customers, offers, columns, terms)
    trial, to_know = _check_all(asked, whom, how, outcomes)
    return asked | {"whom": None if whom is None else str(Path(whom).resolve()), "how": how}, trial, to_know


def _columns_apart(
    columns: Mapping[str, str], customers: str | Path | None, others: Mapping, sheet: str | int | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the columns that are named of the trial, and those of other files alone: consent and agents always are.

    ``others``: file -> winback's names of columns that are not looked at there.
    """
    left, consent = consent_named(columns)
    alone = {f"{CONSENT}_{channel}": theirs for channel, theirs in consent.items()}
    alone |= {name: theirs for name, theirs in left.items() if name == AGENT}
    left = {name: theirs for name, theirs in left.items() if name != AGENT}
    for path, without in others.items():
        with suppress(ValueError, OSError):  # what cannot be read is told with the rest
            left, found = named_apart(left, customers, path, sheet, without) if left and path else (left, {})
            alone |= found
    return left, alone


def _whole_paths(how: Mapping[str, object]) -> dict[str, object]:
    """Return settings of a plan as the first cell of a notebook says them: plain values, whole paths."""
    given = {name: value for name, value in how.items() if value is not None and value != ()}
    for name in ("playbook", "back"):
        if name in given:
            given[name] = str(Path(str(given[name])).resolve())
    if "already" in given:
        given["already"] = [str(Path(path).resolve()) for path in given["already"]]
    return given


def _check_all(
    asked: Mapping, whom: str | Path | None, how: Mapping, outcomes: str | Path | None
) -> tuple[Trial, list[str]]:
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
    trial = tried(_of_file, asked["customers"], comparable_trial, **asked)
    theirs = {**(asked["columns"] if trial is None else trial.offers.columns), **names}
    loaded = [tried(load_contacts, path, theirs) for path in how.get("already", ())]
    plans = [tried(planned_before, plan) for plan in loaded if plan is not None]
    before = {"already": [plan for plan in plans if plan is not None]}
    before |= {"back": tried(load_back, how["back"], theirs)} if "back" in how else {}
    before |= {"playbook": playbook}
    if trial is None:
        _look_without_a_trial(asked, whom, {**how, **before}, tried)
    else:
        _ = tried(trial.over, contact_costs=playbook) if playbook is not None else None
        named, people = in_own_words(trial, names), whom_to_contact(asked["customers"], whom)
        to_know = tried(_to_know, named, people, {**how, **before}, tried) or []
        _ = tried(_refuse_outcomes, outcomes, named) if outcomes is not None else None
    if problems:
        raise ValueError("\n".join(dict.fromkeys(problems)))
    return trial, to_know


def _of_file(name: str | Path | None, verb: Callable, **about: object) -> object:
    """Do what may find a table wrong, and name the file that it is from."""
    try:
        return verb(**about)
    except TableError as error:
        raise (error if name is None else TableError(f"{error.table}, {Path(name).name}", error.found)) from None


def _look_without_a_trial(asked: Mapping, whom: str | Path | None, how: Mapping, tried: Callable) -> None:
    """Look at the trial's table where its offers cannot be used, and at whom to contact where there is no trial."""
    terms, columns = asked["terms"], dict(asked["columns"])
    with suppress(ValueError, OSError, TypeError):  # told already
        columns |= read_toml(asked["offers"], "").get("columns", {})
        try:
            load_offers(asked["offers"])
        except ValueError:
            written = Written(terms.get("decimal"), terms.get("day_first"))
            about = {"columns": columns, "sheet": terms.get("sheet"), "until": terms.get("until"), "written": written}
            tried(_of_file, asked["customers"], check_file, path=asked["customers"], **about)
    if whom is not None:
        tried(_leavers, whom, None, how, tried=tried, columns=columns)


def _leavers(
    path: str | Path, trial: Trial | None, how: Mapping, *, tried: Callable, columns: Mapping[str, str] = NO_NAMES
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the customers of a file and what was taken for what; all that is wrong with it is ``tried``."""
    book = how["playbook"]
    channels, rules = ((), ()) if book is None else (book.channels, book.rules)
    (customers, _, reading), wrong = leavers_looked_at(path, trial, headings_of_consent(channels), columns)
    if "left_on" in customers:
        with suppress(ValueError):  # of the first day; told already
            first = day_of(how.get("start") or first_monday(None), "start")
            said = f"must not be after the first day of the plan, {first}"
            wrong.add_rows("left_on", leave_later(customers["left_on"], first), said, LEAVE_BEFORE)
    if (theirs := how.get("columns", {}).get(AGENT)) and AGENT not in customers:
        wrong.add(theirs, f"is not a column, so it cannot be used as `{AGENT}`", to_choose_from(theirs, customers))
    tried(wrong.raise_if_any)
    about = {"table": wrong.table.removeprefix("table of whom to contact, "), "headings": wrong.headings}
    tried(refuse_unclear_consent, channels, rules, customers, **about)
    return customers, reading


def _to_know(trial: Trial, whom: AnyTable | None, how: Mapping, tried: Callable) -> list[str]:
    """Return what was taken for what in the table of those to be contacted, and whose consent is not known.

    What is wrong with a file of them is ``tried``, one after the other, so that all of it is told together.
    """
    playbook = how["playbook"]
    if isinstance(whom, str | Path):
        customers, reading = _leavers(whom, trial, how, tried=tried)
    else:
        customers, _, reading = whom_to_list(trial, whom)
        _ = tried(refuse_unclear_consent, playbook.channels, playbook.rules, customers) if playbook else None
    said = tried(_of_before, customers, how) or []
    said = [marks_said(customers.columns), *said, *lacking_said(lacking_of(trial, customers))]
    if playbook is not None:
        said.insert(1, consent_words(playbook.channels, channels_in(playbook.rules), customers.columns))
        first = day_of(how.get("start") or first_monday(whom), "start")
        said += [*known_of_none(playbook, customers), *named_in_vain(playbook, customers, trial)]
        said += long_waits(playbook, customers, first)
    return [*reading, *said, *trial.design.of_the_files, *(() if whom is None else far_out(customers))]


def _of_before(customers: pd.DataFrame, how: Mapping) -> list[str]:
    """Say how many of those to be contacted are back, or were planned before, and which ids are nobody's."""
    ids = customers.get("customer_id", pd.Series(dtype=object))
    said = [] if how.get("back") is None else [back_in_words(ids, how["back"])]
    for plan in how.get("already", ()):
        met = format_count(is_back(ids, plan).sum())
        said.append(
            f"{counted(len(plan), 'contacts')} of a plan made before count, with {met} of those to be contacted."
        )
    return said


def _refuse_outcomes(outcomes: str | Path, trial: Trial) -> None:
    """Refuse what can be seen to be wrong with a table of outcomes without the list."""
    outcomes_read(trial, outcomes).problems.raise_if_any()


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


def in_own_words(trial: Trial, names: Mapping[str, str]) -> Trial:
    """Return the same trial, by which further columns of those to be contacted are read."""
    return replace(trial, offers=replace(trial.offers, columns={**trial.offers.columns, **names})) if names else trial
