"""How long was each customer away, back and watched? Months from dates, where the table has dates instead of months.

A month is a twelfth of 365.25 days, as everywhere.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from winback.periods import DAYS_IN_MONTH
from winback.tables.dates import parse_date
from winback.tables.parsed import AS_THE_CELLS_TELL, Written
from winback.tables.places import row_name
from winback.tables.problems import Problem
from winback.tables.reading import Reading
from winback.tables.unused import NOTHING_CHANGED

DATES = ("left_on", "offered_on", "returned_on", "ended_on")
SHORTEST = 1.0  # days: who leaves on the day of the return was back for one
NEEDED = 'the last day on which the data were recorded, such as until="2024-12-31"'


def with_months(reading: Reading, until: datetime.date | str | None, written: Written = AS_THE_CELLS_TELL) -> Reading:
    r"""Add the months that a table's dates give: away, followed, and of the second lifetime; what is there stays.

    With the days of loss, offer, return and second end, and the last day of the data,

    .. math:: \text{away} = \text{offered} - \text{left}, \quad \text{followed} = \text{until} - \text{offered}, \quad
        \text{second tenure} = \min(\text{ended}, \text{until}) - \text{returned}

    over 365.25 / 12 days; a second lifetime has ended if its end is not after the last day of the data.

    Examples
    --------
    >>> dates = {"left_on": ["2024-01-01"], "offered_on": ["2024-03-01"], "returned_on": ["2024-04-01"]}
    >>> made = with_months(Reading(pd.DataFrame({**dates, "ended_on": [None]})), "2024-12-31").frame
    >>> made[["months_away", "followed", "second_tenure"]].round(2).iloc[0].tolist(), bool(made["second_ended"][0])
    ([1.97, 10.02, 9.0], False)
    """
    frame = reading.frame
    days = {name: parse_date(frame[name], written).column for name in DATES if name in frame}
    end = end_of_data(until, written)
    if not days:
        said = f"until was stated, but the table has none of {', '.join(DATES)}: {NOTHING_CHANGED}."
        return reading if end is None else reading.having(notes=[said])
    added, problems, notes = {}, [], []
    if {"left_on", "offered_on"} <= set(days):
        added["months_away"] = _months(days["offered_on"] - days["left_on"])
    if "returned_on" in days:
        added["returned"] = days["returned_on"].notna()
    without = not {"second_tenure", "value"} & set(frame)
    if end is None and without and "returned_on" in days:
        problems.append(Problem("until", "is required with dates instead of months", 0, "", f"Give {NEEDED}."))
    if end is not None and "offered_on" in days:
        added["followed"] = _months(end - days["offered_on"])
    if end is not None and "returned_on" in days and "value" not in frame:
        added |= _second_lifetime(days, end)
    added = {name: column for name, column in added.items() if name not in frame}
    problems += [*_out_of_order(reading, days, end), *_too_long(reading, days, end)]
    if added:
        given = f", and the data end on {end:%Y-%m-%d}" if end is not None else ""
        notes.append(f"Months were counted from dates ({', '.join(days)}{given}): {', '.join(added)}.")
    return reading.having(frame.assign(**added), notes, problems)


def last_day(
    until: datetime.date | str | None, written: Written = AS_THE_CELLS_TELL, name: str = "until"
) -> pd.Timestamp | None:
    """Return the day that is meant, without its time; refuse what is none by the argument's name.

    Examples
    --------
    >>> last_day("31.12.2024").strftime("%Y-%m-%d")
    '2024-12-31'
    """
    if until is None:
        return None
    try:
        read = parse_date(pd.Series([until]), written)
    except (ValueError, TypeError):
        read = None
    if read is not None and read.doubt:
        raise ValueError(f"{name} {read.doubt[0]}; write it as 2024-12-31.")
    if read is None or pd.isna(read.column.iloc[0]):
        raise ValueError(f"{name} must be a date, such as 2024-12-31; got {until!r}.")
    return read.column.iloc[0].normalize()


def end_of_data(until: datetime.date | str | None, written: Written = AS_THE_CELLS_TELL) -> pd.Timestamp | None:
    """Return the last day on which data were recorded; refuse one that is still to come."""
    end = last_day(until, written)
    if end is not None:
        check_over(end.date())
    return end


def check_over(end: datetime.date) -> None:
    """Refuse a last day of the data that is still to come.

    Examples
    --------
    >>> check_over(datetime.date(2024, 12, 31))
    """
    if end > datetime.date.today() + datetime.timedelta(days=1):  # it may be tomorrow where the data were recorded
        raise ValueError(
            f"until must not lie in the future: {end}. It is the last day on which the data were recorded; until a "
            "later day everybody would seem to have stayed on, or to have stopped buying."
        )


def _months(span: pd.Series) -> pd.Series:
    return span.dt.days / DAYS_IN_MONTH


def _second_lifetime(days: dict[str, pd.Series], end: pd.Timestamp) -> dict[str, pd.Series]:
    returned = days["returned_on"]
    last = days.get("ended_on", pd.Series(pd.NaT, index=returned.index))
    ended = (last <= end).astype("boolean").where(returned.notna())
    stay = (last.where(last <= end, end) - returned).dt.days
    tenure = stay.where(stay != 0, SHORTEST) / DAYS_IN_MONTH
    return {"second_tenure": tenure.where(returned.notna()), "second_ended": ended}


def _out_of_order(reading: Reading, days: dict[str, pd.Series], end: pd.Timestamp | None) -> list[Problem]:
    """Name days that come before the ones they follow, and those after the end of the data."""
    problems = []
    for earlier, later in (("left_on", "offered_on"), ("offered_on", "returned_on"), ("returned_on", "ended_on")):
        if earlier in days and later in days:
            wrong = (days[later] < days[earlier]).to_numpy()
            problems += _problem(reading, later, wrong, f"must not be before `{earlier}`", "Correct one of the two.")
    for name in ("left_on", "offered_on", "returned_on"):
        if end is not None and name in days:
            late = (days[name] > end).to_numpy()
            remedy = "Correct these dates, or say when the data really end."
            problems += _problem(reading, name, late, f"must not be after `until` ({end:%Y-%m-%d})", remedy)
    return problems


def _too_long(reading: Reading, days: dict[str, pd.Series], end: pd.Timestamp | None) -> list[Problem]:
    """Name second tenures that are longer than the calendar allows, where the table has both months and dates."""
    if end is None or "returned_on" not in days or "second_tenure" not in reading.frame:
        return []
    months = pd.to_numeric(reading.frame["second_tenure"], errors="coerce")
    room = _months(end - days["returned_on"]) + 1.0  # a month may be counted to its end
    said = f"is longer than from the return to the end of the data ({end:%Y-%m-%d})"
    remedy = f"If it counts days, divide it by {DAYS_IN_MONTH:.4g}; else correct it or the dates."
    return _problem(reading, "second_tenure", (months > room).to_numpy(), said, remedy)


def _problem(reading: Reading, name: str, rows: np.ndarray, said: str, remedy: str) -> list[Problem]:
    if not rows.any():
        return []
    place = int(rows.argmax())
    frame = reading.frame
    first = f"{row_name(reading.places, place, frame.columns, name)}, {frame[name].iloc[place]}"
    heading = reading.headings.get(name, "")
    return [Problem(name, said, int(rows.sum()), first, remedy, n_checked=len(rows), heading=heading)]
