"""Who is contacted on which day? Figures of a plan of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.doors import door
from winback.outreach.plan_words import contacts_by
from winback.outreach.schedule import LONGEST_MONTH
from winback.plots.style import GAIN, INK, OTHERS, UNTREATED, finish_axes, letters_across, new_axes, note
from winback.plots.words import name_ticks
from winback.results import format_count, join_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.outreach.planned import OutreachPlan

TALLEST = 0.55  # of a row: the day with most contacts, or what is possible on a day
FOOT = 0.3  # of a row, under its middle: where its bars stand
CLOSED = "#eef1f3"
DAY, WEEK = np.timedelta64(1, "D"), 7


@door
def plot_calendar(plan: OutreachPlan, ax: Axes | None = None) -> Axes:
    """Draw a month of contacts, a row per channel and a bar per day, against what the channel can bear.

    The first day of contacts is drawn dark. The line is what is possible; where a channel has no limit there is none.
    Days without contacts are shaded. Takes what `outreach_plan` returns.

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
    ax = new_axes(ax, 1.3 + 0.72 * max(len(names), 1))
    for place, name in enumerate(names):
        _draw_channel(ax, place, month[month["channel"] == name])
    n_days = _last_day(month) + 1
    finish_axes(ax, _in_words(month), _key(month), width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.set_ylim(max(len(names), 1) - 0.5, -0.55)
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


def _draw_channel(ax, place: int, days: pd.DataFrame) -> None:
    day, planned, capacity = (days[name].to_numpy() for name in ("day", "planned", "capacity"))
    limited = np.isfinite(capacity) & (capacity > 0)
    top = max(planned.max(initial=0), capacity[limited].max(initial=0), 1)
    foot, scale = place + FOOT, TALLEST / top
    for closed in day[capacity == 0]:
        ax.bar(closed, -TALLEST - 0.08, 1.0, bottom=foot, color=CLOSED, linewidth=0, zorder=0)
    begins = day[planned > 0].min(initial=LONGEST_MONTH)
    colours = [GAIN if each == begins else UNTREATED for each in day]
    ax.bar(day, -planned * scale, 0.8, bottom=foot, color=colours, linewidth=0)
    ax.plot([-0.5, LONGEST_MONTH - 0.5], [foot, foot], color=OTHERS[1], linewidth=0.8)
    if limited.any():
        reach = np.where(limited, foot - capacity * scale, np.nan)
        ax.hlines(reach, day - 0.5, day + 0.5, color=INK, linewidth=1.3)
    note(ax, _said(planned, capacity), (-0.5, place - 0.3), (0, 2), va="bottom", color=INK)


def _said(planned: np.ndarray, capacity: np.ndarray) -> str:
    open_days = capacity[capacity > 0]
    limit = f"at most {format_count(open_days.max())} a day" if np.isfinite(open_days).all() and len(open_days) else ""
    return f"{format_count(planned.sum())} contacts, {limit or 'no limit'}"


def _last_day(month: pd.DataFrame) -> int:
    """Return the last day on which anybody is contacted, but show a week."""
    return int(max(month.loc[month["planned"] > 0, "day"].max() if (month["planned"] > 0).any() else 0, WEEK - 1))


def _key(month: pd.DataFrame) -> str:
    """Say what line and shade mean, where there are any."""
    shown = month[month["day"] <= _last_day(month)]
    limited = shown[np.isfinite(shown["capacity"]) & (shown["capacity"] > 0)].groupby("channel", sort=False)["capacity"]
    lines = [f"{format_count(most)} {name}s" for name, most in limited.max().items()]
    closed = shown.loc[shown["capacity"] == 0, "begins"].dt.day_name().unique()
    said = [f"black line: at most {join_words(lines)} a day"] if lines else []
    said += [f"grey: {join_words(closed) if len(closed) == 1 else 'quiet day'}, no contact"] if len(closed) else []
    return "; ".join(["day", *said]) if said else "day"


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
