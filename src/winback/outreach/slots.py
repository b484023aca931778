"""Which contacts does a playbook leave room for, day by day, besides those that were planned before?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.outreach.contact_rows import side_by_side
from winback.outreach.dates import quiet_days
from winback.outreach.playbook import Playbook
from winback.outreach.playbook_problems import WEEKDAYS
from winback.outreach.schedule import LONGEST_MONTH, Calendar
from winback.results import Result
from winback.tables import ProblemList
from winback.tables.dates import parse_date
from winback.tables.ids import parse_id
from winback.tables.problems import no_frame

PLANNED = "plan made before"
NEEDED = ("customer_id", "date", "channel")
TELLING = ("step", "why", "offer", "message")  # of a plan of ours: which contact each is
LONGEST = 731  # days that are planned together: a year typed wrong must not ask for a calendar of centuries


def first_and_last(start, until) -> tuple[np.datetime64, np.datetime64]:
    """Return the first and the last day of a plan, checked.

    Examples
    --------
    >>> [str(day) for day in first_and_last("2026-12-31", date(2027, 1, 31))]
    ['2026-12-31', '2027-01-31']
    """
    first, last = (day_of(day, name) for day, name in ((start, "start"), (until, "until")))
    if last < first:
        raise ValueError(f"until ({last}) must not be before start ({first}).")
    if (last - first).astype(int) >= LONGEST:
        raise ValueError(f"until ({last}) must lie within two years of start ({first}). Plan the rest later.")
    return first, last


def day_of(day: date | str, name: str) -> np.datetime64:
    """Return a day that was given as a date or as text.

    Examples
    --------
    >>> str(day_of("2026-12-31", "start"))
    '2026-12-31'
    """
    try:
        found = np.datetime64(date.fromisoformat(day) if isinstance(day, str) else day, "D")
    except (TypeError, ValueError):
        found = np.datetime64("NaT", "D")
    if np.isnat(found):
        raise ValueError(f"{name} must be a date, such as 2026-12-31; got {day!r}.")
    return found


def planned_before(already: Result | pd.DataFrame | Iterable) -> pd.DataFrame:
    """Return the contacts of plans made before that have a date: whom, when, by which channel, and for which reason.

    ``plan`` numbers the plans.

    Raises
    ------
    TableError
        When a plan is no table, or lacks a column.

    Examples
    --------
    >>> plan = pd.DataFrame({"customer_id": [7, 8], "date": ["2026-12-31", None], "channel": ["call", "call"]})
    >>> planned_before([plan])["customer_id"].tolist()
    [7]
    """
    plans = [already] if isinstance(already, Result | pd.DataFrame) else list(already)
    parts = [_contacts_of(plan).assign(plan=number) for number, plan in enumerate(plans)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*NEEDED, *TELLING, "plan"])


def _contacts_of(plan) -> pd.DataFrame:
    frame = plan.to_frame() if isinstance(plan, Result) else plan
    if not isinstance(frame, pd.DataFrame):
        raise no_frame(plan, PLANNED)
    refuse_unless_read(frame, PLANNED, NEEDED, "Give the plan as it was made, or its list of contacts.")
    days = parse_date(frame["date"]).column.to_numpy().astype("datetime64[D]")
    return frame.assign(date=days).loc[~np.isnat(days)].reindex(columns=[*NEEDED, *TELLING])


def refuse_unless_read(frame: pd.DataFrame, table: str, needed: Sequence[str], remedy: str) -> None:
    """Refuse a table that lacks a column, has one of the outreach plan's twice, or ids that nobody can have.

    Examples
    --------
    >>> refuse_unless_read(pd.DataFrame({"customer_id": [[7]]}), "plan made before", ["customer_id"], "Name them.")
    Traceback (most recent call last):
    winback.tables.problems.TableError: 1 problem in the plan made before: ...
    """
    problems = ProblemList(table, frame.loc[:, ~frame.columns.duplicated()])
    for name in needed:
        if name not in frame:
            problems.add(name, "is missing", remedy)
    for name in frame.columns[frame.columns.duplicated()].intersection([*NEEDED, *TELLING, "returned"]):
        problems.add(name, "is there twice", "Keep one of them.")
    problems.raise_if_any()
    problems.add_rows("customer_id", parse_id(frame["customer_id"]).unread, "must be a number or text", remedy)
    problems.raise_if_any()


def calendar_of(playbook: Playbook, first: np.datetime64, last: np.datetime64, planned: pd.DataFrame) -> Calendar:
    """Return the days of a plan, and how many contacts they hold.

    Examples
    --------
    >>> from winback.outreach import Channel, Playbook, Rule, Step
    >>> book = Playbook((Channel("call", per_day=9),), (Rule("all", (Step("call"),)),), quiet_weekdays=("Sunday",))
    >>> before = pd.DataFrame({"customer_id": [7], "date": ["2026-01-02"], "channel": ["call"]})
    >>> calendar_of(book, *first_and_last("2026-01-02", "2026-01-05"), planned_before(before)).left  # from Friday on
    array([[8., 9., 0., 9.]])
    """
    n_days = int((last - first).astype(int)) + 1
    weekdays = [WEEKDAYS.index(day) for day in playbook.quiet_weekdays]
    quiet = quiet_days(first, n_days, weekdays, [str(day) for day in playbook.quiet_days])
    names = pd.Index([channel.name for channel in playbook.channels])
    taken = np.zeros((len(names), n_days))
    row = names.get_indexer(planned["channel"])
    day = (planned["date"].to_numpy(dtype="datetime64[D]") - first).astype(int)
    inside = (row >= 0) & (day >= 0) & (day < n_days)
    np.add.at(taken, (row[inside], day[inside]), 1)
    return Calendar(
        start=first,
        is_open=np.array([np.full(n_days, channel.on_quiet_days) | ~quiet for channel in playbook.channels]),
        capacity=np.array([np.inf if each.per_day is None else each.per_day for each in playbook.channels], float),
        at_most=playbook.contacts_a_month,
        taken=taken,
    )


def contacts_with(ids: pd.Index, planned: pd.DataFrame, first: np.datetime64, last: np.datetime64) -> np.ndarray:
    """Return the days of planned contacts with each customer, (n, m), as far as they count; missing: none.

    Examples
    --------
    >>> before = pd.DataFrame({"customer_id": [8, 8], "date": ["2026-01-02", "2025-01-02"], "channel": ["call"] * 2})
    >>> contacts_with(pd.Index([7, 8]), planned_before(before), *first_and_last("2026-01-02", "2026-01-05")).tolist()
    [[None], [datetime.date(2026, 1, 2)]]
    """
    days = planned["date"].to_numpy(dtype="datetime64[D]")
    counts = (first - LONGEST_MONTH < days) & (days < last + LONGEST_MONTH)
    place = places_among(planned["customer_id"], ids)[counts] if counts.any() else np.zeros(0, dtype=int)
    known = place >= 0
    return side_by_side(place[known], days[counts][known], len(ids), np.datetime64("NaT", "D"))
