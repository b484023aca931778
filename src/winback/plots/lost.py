"""How many are lost, what does it cost, and who is still here? Figures of a report of lost customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

from winback.doors import door
from winback.lost.losses_reported import A_YEAR
from winback.plots.style import (
    GAIN,
    INK,
    LOSS,
    QUIET,
    UNTREATED,
    WIDTH,
    capitalised,
    count_axis,
    finish_axes,
    letters_across,
    money_axis,
    new_axes,
    note,
    period_names,
    room_beside,
)
from winback.plots.words import name_ticks, write_legend_below
from winback.results import counted, format_count, format_money, format_percent
from winback.uncertainty import share_difference

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from winback.lost.losses_reported import LostReport

MOST_PERIODS = 60  # drawn: of more the last ones, as bars could not be told apart
FEW_PERIODS = 12
ALWAYS_DRAWN = ("lost", "won", "came back")  # in the flow
FULL, LIGHT, OPEN = (
    {"linewidth": 0},
    {"alpha": 0.45, "hatch": "//"},
    {"facecolor": "white", "hatch": "..", "linewidth": 1.2},
)


@door
def plot_flow(report: LostReport, ax: Axes | None = None) -> Axes:
    """Draw what became of the base in the last year: who was here, who was lost, won and came back, who is here now.

    Takes what `lost_report` returns; the periods are those whose losses are known for sure.

    Examples
    --------
    >>> import winback as wb
    >>> plot_flow(wb.lost_report(wb.load_shop_study().base)).get_xlabel()
    'customers'
    """
    rows = report.years_back(0)
    steps = _steps(report)
    ax = new_axes(ax, 1.3 + 0.5 * len(steps))
    again = _lost_again(rows)
    colours = {"lost": LOSS, again: LOSS, "won": GAIN, "came back": GAIN}
    hatches = {"lost": "//", again: "//", "came back": "xx", "not known yet": ".."}
    for place, (label, begin, end) in enumerate(steps):
        look = {"color": colours.get(label, UNTREATED), "hatch": hatches.get(label), "edgecolor": "white"}
        ax.barh(place, abs(end - begin), left=min(begin, end), linewidth=0, **look)
        if place:
            ax.plot([begin or end] * 2, [place - 1, place], color=INK, linewidth=0.8)
    signs = ["", *("-" if end < begin else "+" for _, begin, end in steps[1:-1]), ""]
    said = [f"{sign}{format_count(abs(end - begin))}" for sign, (_, begin, end) in zip(signs, steps, strict=True)]
    for place, ((_, begin, end), text) in enumerate(zip(steps, said, strict=True)):
        note(ax, text, (max(begin, end), place), (5, 0), va="center", fontweight="bold", color=INK)
    names = [label for label, *_ in steps]
    finish_axes(ax, _flow_in_words(rows, steps), "customers", width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(steps)), names)
    ax.set_ylim(len(steps) - 0.5, -0.5)
    ax.grid(False, axis="y")
    room_beside(ax, said)
    count_axis(ax.xaxis)
    return ax


def _steps(report: LostReport) -> list[tuple[str, float, float]]:
    """Return each step of the flow: its name, and how many customers there were before and after it."""
    rows, year = report.years_back(0), report.over_last_year
    changes = {"lost": -year["n_lost"], "won": year["n_won"], "came back": year["n_returned"]}
    changes |= {_lost_again(rows): -year["n_lost_within"], "not known yet": -year["n_pending"]}
    first, following = rows["start"].iloc[0], rows["end"].iloc[-1] + pd.Timedelta(days=1)
    n = year["n"]
    steps = [(f"here on {first:%Y-%m-%d}", 0.0, n)]
    for name, change in changes.items():
        if change or name in ALWAYS_DRAWN:
            steps.append((name, n, n + change))
            n += change
    return [*steps, (f"here on {following:%Y-%m-%d}", 0.0, n)]


def _lost_again(rows) -> str:
    """Name those who came in the time that is drawn, won or back, and were lost again in it."""
    return f"newcomers lost again{' within the year' if _is_year(rows) else ''}"


def _flow_in_words(rows, steps) -> str:
    (_, _, first), *_, (_, _, last) = steps
    lost = rows[["n_lost", "n_lost_within"]].to_numpy().sum()
    back = rows["n_returned"].sum()
    came = rows["n_won"].sum() + back
    of_them = f" ({'all' if back == came else format_count(back)} of them back)" if back else ""
    said = f"{_span(rows)}, {counted(lost, 'customers', 'were') if lost else 'nobody was'} lost and "
    said = capitalised(f"{said}{format_count(came) if came else 'nobody'} came{of_them}")
    if last == first:
        return f"{said}: the base is as large as it was"
    if not first:
        return f"{said}: the base grew from nobody to {format_count(last)}"
    change = abs(last / first - 1)
    size = format_percent(change) if change >= 0.0005 else format_count(abs(last - first))
    return f"{said}: the base {'grew' if last > first else 'shrank'} by {size}"


def _span(rows) -> str:
    """Say from when to when the periods reach."""
    first, last = rows["start"].iloc[0], rows["end"].iloc[-1]
    if _is_year(rows):
        return f"in the year to {last:%Y-%m-%d}"
    return f"from {first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _is_year(rows) -> bool:
    return A_YEAR[0] <= (rows["end"].iloc[-1] - rows["start"].iloc[0]).days <= A_YEAR[1]


@door
def plot_losses(report: LostReport) -> Figure:
    """Draw who was lost in each period, in customers above and in what they had brought in below.

    Who left so lately that it is not known yet whether that is a loss is drawn open, who came and was lost within the
    same period light. Of more than 60 periods the last 60 are drawn; where no money is known, customers alone.

    Takes what `lost_report` returns.

    Examples
    --------
    >>> import winback as wb
    >>> len(plot_losses(wb.lost_report(wb.load_shop_study().base)).axes)
    2
    """
    rows = report.periods.tail(MOST_PERIODS)
    money = rows["money_lost"].notna().any()
    n = 1 + int(money)
    figure, axes = plt.subplots(n, 1, figsize=(WIDTH, 1.2 + 2.3 * n), sharex=True, layout="constrained", squeeze=False)
    counts, paid = axes[0, 0], axes[-1, 0]
    stack = {"lost": (rows["n_lost"], FULL)}
    stack["came and lost within the period"] = (rows["n_lost_within"], LIGHT)
    stack["not known yet: they may still come back"] = (rows["n_pending"], OPEN)
    _draw_bars(counts, rows, stack, LOSS)
    unit = report.period
    which = f"{unit.in_words} in which they were lost" if unit.n_units == 1 else f"{unit.in_words} each"
    if len(report.periods) > MOST_PERIODS:
        which += f" (the last {MOST_PERIODS} of {format_count(len(report.periods))})"
    which += "" if money else "; what they had brought in is not known"
    finish_axes(counts, _losses_in_words(report), "" if money else which, "customers lost", letters_across(counts))
    count_axis(counts.yaxis)
    if money:
        stack = {"lost": (rows["money_lost"], FULL)}
        stack["came and lost within the period"] = (rows["money_lost_within"], LIGHT)
        _draw_bars(paid, rows, stack, QUIET)
        finish_axes(paid, _money_in_words(report), which, "brought in the year before", letters_across(paid))
        money_axis(report.currency, paid.yaxis)
    _date_periods(paid.xaxis, rows["start"], unit)
    if len(counts.containers) > 1:
        write_legend_below(paid, handles=counts.get_legend_handles_labels()[0])
    return figure


def _draw_bars(ax, rows, stack, colour):
    """Draw what happened in each period, one part on the other, as wide as the period."""
    begin = date2num(rows["start"])
    width = date2num(rows["end"]) + 1 - begin
    floor = np.zeros(len(rows))
    for label, (values, look) in stack.items():
        heights = values.fillna(0).to_numpy(dtype=float)
        if not heights.any() and label != "lost":
            continue
        look = {"facecolor": colour, "snap": False, **look}
        ax.bar(begin, heights, 0.86 * width, floor, align="edge", edgecolor=colour, label=label, **look)
        floor = floor + heights
    ax.xaxis_date()
    ax.set_ylim(0, 1.12 * floor.max() if floor.max() > 0 else 1)


def _date_periods(axis, starts, period):
    """Write dates: first days of periods where there are few, else years and months."""
    if len(starts) > FEW_PERIODS:
        place = AutoDateLocator(minticks=3, maxticks=8)
        axis.set_major_locator(place)
        axis.set_major_formatter(ConciseDateFormatter(place))
        return
    some = starts[:: -(-len(starts) // 6)]
    axis.set_ticks(date2num(some), period_names(some, period), ha="left")


def _losses_in_words(report) -> str:
    """Say which share is lost in a period, and whether that is more than a year ago."""
    rows, span = report.years_back(0), report.period.in_words
    n, lost = rows["n"].sum(), rows["n_lost"].sum()
    if not n:
        return f"Nobody was a customer at the start of the {span} from {rows['start'].iloc[0]:%Y-%m-%d}"
    if not rows["n_lost_within"].sum() + lost:
        return f"Nobody was lost {_span(rows)}"
    share = format_percent(lost / n)
    if len(rows) == 1:
        here = counted(n, "customers")
        said = f"Of {here} {format_count(lost)} were lost in the {span} from {rows['start'].iloc[0]:%Y-%m-%d}, {share}"
    else:
        said = f"{share} of customers are lost in {_each(report.period)}, {format_count(lost / len(rows))} on average"
    before = report.years_back(1)
    if len(before) < len(rows) or not before["n"].sum():
        return said
    earlier = before["n_lost"].sum() / before["n"].sum()
    _, low, high = share_difference(lost, n, before["n_lost"].sum(), before["n"].sum(), report.level)
    whole = "the year" if report.period.years <= 1 else f"the {span}"
    if format_percent(earlier) == share:
        return f"{said}, as in {whole} before"
    told = "more than in" if low > 0 else "less than in" if high < 0 else "not clearly different from"
    return f"{said}, {told} {whole} before ({format_percent(earlier)})"


def _each(period) -> str:
    """Say one period: a month, 3 months."""
    return f"a {period.in_words}" if period.n_units == 1 else period.in_words


def _money_in_words(report) -> str:
    rows = report.years_back(0)
    total = rows[["money_lost", "money_lost_within"]].sum().sum()
    if not rows[["n_lost", "n_lost_within"]].to_numpy().sum():
        return "No money went with them"
    money = format_money(total, report.currency)
    return f"Those lost {_span(rows)} had brought in {money} in the year before they left"
