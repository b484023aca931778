"""Who is contacted on which day? Figures of a plan of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.doors import door
from winback.outreach.plan_words import contacts_by
from winback.outreach.schedule import LONGEST_MONTH
from winback.plots.style import (
    GAIN,
    GAP,
    INK,
    LETTER,
    OTHERS,
    QUIET,
    SMALL,
    finish_axes,
    letters_across,
    new_axes,
    note,
    points_across,
)
from winback.plots.words import name_ticks
from winback.results import format_count, join_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.outreach.planned import OutreachPlan

ROW = 0.95  # inches
TALLEST = 0.42  # of a row: the day with most contacts, or what is possible on a day
FOOT = 0.38  # of a row, under its middle: where its bars stand
CLOSED, FREE = "#eef1f3", "#d0dee0"  # a day without contacts; what a channel could bear besides
DAY, WEEK = np.timedelta64(1, "D"), 7


@door
def plot_calendar(plan: OutreachPlan, ax: Axes | None = None) -> Axes:
    """Draw a month of contacts, a row per channel and a bar per day, against what the channel can bear.

    A number stands on each bar; where not all find room, where it changes. Pale is what is possible besides, where a
    channel has a limit. Days without contacts are shaded, and named. Takes what `outreach_plan` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> policy = wb.learn_policy(study.trial.over(contact_costs=wb.load_playbook()), splits=wb.Splits(repeats=2))
    >>> ax = plot_calendar(wb.outreach_plan(policy, study.new_leavers, start="2016-01-04"))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['visit', 'letter', 'message']
    """
    month = _month_of(plan)
    names = list(dict.fromkeys(month["channel"]))
    ax = new_axes(ax, 1.2 + ROW * max(len(names), 1))
    n_days = _last_day(month) + 1
    month = month[month["day"] < n_days]
    for place, name in enumerate(names):
        _draw_channel(ax, place, month[month["channel"] == name], points_across(ax) / n_days)
    _name_closed(ax, month, names, plan)
    finish_axes(ax, _in_words(month), _key(month), width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.set_ylim(max(len(names), 1) - 0.5, -0.5)
    first = pd.Timestamp(plan.start)
    days = pd.date_range(first, periods=n_days)
    marked = days[days.weekday == 0] if n_days > 2 * WEEK else days[:: 1 + n_days // (WEEK + 1)]
    ax.set_xticks([(day - first).days for day in marked], [f"{day.day} {day:%b}" for day in marked])
    ax.set_xlim(-0.6, n_days - 0.4)
    ax.grid(False)
    return ax


def _month_of(plan) -> pd.DataFrame:
    """Return the calendar of the first month, with ``day``, counted from the plan's first."""
    days = plan.calendar()
    days = days.assign(day=(days["begins"] - pd.Timestamp(plan.start)).dt.days)
    return days[days["day"] < LONGEST_MONTH]


def _draw_channel(ax, place: int, days: pd.DataFrame, across: float) -> None:
    """Draw a row; ``across`` is what a day takes, in points."""
    day, planned, capacity = (days[name].to_numpy(dtype=float) for name in ("day", "planned", "capacity"))
    limited = np.isfinite(capacity) & (capacity > 0)
    top = max(planned.max(initial=0), capacity[limited].max(initial=0), 1)
    foot, scale = place + FOOT, TALLEST / top
    ax.bar(day[capacity == 0], -1.0, 1.0, bottom=place + 0.5, color=CLOSED, linewidth=0, zorder=0)
    ax.bar(day, np.where(limited, -capacity * scale, 0.0), 0.8, bottom=foot, color=FREE, linewidth=0)
    ax.bar(day, -planned * scale, 0.8, bottom=foot, color=GAIN, linewidth=0)
    ax.plot([-0.5, LONGEST_MONTH - 0.5], [foot, foot], color=OTHERS[1], linewidth=0.8)
    for each in _numbered(planned, day * across, across):
        look = {"xycoords": ("data", "data"), "ha": "center", "color": INK}
        note(ax, format_count(planned[each]), (day[each], foot - planned[each] * scale), (0, 2), **look)
    note(ax, _said(planned, capacity), (-0.5, place - 0.3), (0, 2), va="bottom", color=INK, fontweight="semibold")


def _numbered(planned: np.ndarray, at: np.ndarray, across: float) -> list[int]:
    """Return the bars that carry their number: all where all find room, else those that differ from the day before."""
    width = np.array([LETTER * SMALL * len(format_count(each)) for each in planned]) + 2
    made = np.flatnonzero(planned > 0)
    if (width[made] > across).any():
        made = made[planned[made] != np.append(0, planned)[made]]
    shown, taken = [], -np.inf
    for each in made:
        if at[each] - width[each] / 2 >= taken:
            shown.append(int(each))
            taken = at[each] + width[each] / 2
    return shown


def _name_closed(ax, month: pd.DataFrame, names: list[str], plan: OutreachPlan) -> None:
    """Write which day a shaded one is, in its first row: the weekday, where that is always without contacts."""
    closed = month[month["capacity"] == 0].drop_duplicates("day")
    for begins, day, channel in zip(closed["begins"], closed["day"], closed["channel"], strict=True):
        name = begins.day_name()
        narrow = bool(
            points_across(ax) < (SMALL + GAP) * (month["day"].max() + 1)
        )  # numbers of bars reach over its edges
        words = (name, name[:3]) if name in plan.playbook.quiet_weekdays else ("closed", "off")
        look = {"xycoords": ("data", "data"), "rotation": 90, "ha": "center", "va": "bottom", "color": QUIET}
        note(ax, words[narrow], (day, names.index(channel) + FOOT), (0, 3), **look)


def _said(planned: np.ndarray, capacity: np.ndarray) -> str:
    open_days = capacity[capacity > 0]
    limit = f"at most {format_count(open_days.max())} a day" if np.isfinite(open_days).all() and len(open_days) else ""
    return f"{format_count(planned.sum())} contacts, {limit or 'no limit'}"


def _last_day(month: pd.DataFrame) -> int:
    """Return the last day on which anybody is contacted, but show a week."""
    return int(max(month.loc[month["planned"] > 0, "day"].max() if (month["planned"] > 0).any() else 0, WEEK - 1))


def _key(month: pd.DataFrame) -> str:
    """Say what is pale, where anything is."""
    limited = np.isfinite(month["capacity"]) & (month["capacity"] > month["planned"])
    return "day (pale: room for more)" if limited.any() else "day"


def _when(days: pd.Series) -> str:
    """Say on which days, the first and the last."""
    first, last = days.min(), days.max()
    if first == last:
        return f"{first.day} {first:%B}"
    return (
        f"{first.day} to {last.day} {last:%B}"
        if first.month == last.month
        else f"{first.day} {first:%B} to {last.day} {last:%B}"
    )


def _in_words(month: pd.DataFrame) -> str:
    """Return the message: which contacts are made on which days."""
    made = month[month["planned"] > 0]
    if made.empty:
        return "Nobody is contacted within a month"
    each = [
        f"{contacts_by(str(name), int(rows['planned'].sum()))} {_when(rows['begins'])}"
        for name, rows in made.groupby("channel", sort=False)
    ]
    said = join_words(each)
    return said[:1].upper() + said[1:]
