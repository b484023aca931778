"""Did a plan come as forecast? What each customer contacted brought, beside what the trial had foreseen, by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.money import format_alike
from winback.outreach.forecast_words import came_apart
from winback.plots.style import (
    INK,
    OTHERS,
    finish_axes,
    house_styles,
    letters_across,
    money_axis,
    new_axes,
    note,
    room_beside,
)
from winback.plots.words import name_ticks, write_legend_below
from winback.results import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.outreach.came_as_forecast import CameAsForecast

CAME, FORECAST = "actual", "forecast"
APART = 0.17  # of a row, above and below its middle


@door
def plot_came_as_forecast(found: CameAsForecast, ax: Axes | None = None) -> Axes:
    """Draw the profit of those contacted, with interval, beside the forecast with its own: a row per group.

    The amount beside them is what was brought in. Takes what `OutreachPlan.check` returns.
    """
    rows = found.frame[found.frame["figure"] == "profit"]
    ax = new_axes(ax, 1.9 + 0.36 * len(rows))
    styles = house_styles([CAME, FORECAST])
    place = np.arange(len(rows))
    for name, column, shift in ((CAME, "measured", -APART), (FORECAST, "forecast", APART)):
        look = {"color": styles[name]["color"], "marker": styles[name]["marker"], "linestyle": "none"}
        ax.hlines(place + shift, rows[f"{column}_low"], rows[f"{column}_high"], color=look["color"], linewidth=2)
        ax.plot(rows[column], place + shift, **look, markersize=6, label=f"{name}, with interval")
    ends = rows[["measured_high", "forecast_high"]].max(axis=1)
    texts = format_alike(rows["measured"], found.currency)
    for text, end, row in zip(texts, ends, place, strict=True):
        note(ax, text, (end, row), (6, 0), va="center", color=INK)
    room_beside(ax, texts, begins=min(ax.get_xlim()[0], 0))
    ax.axvline(0, color=INK, linewidth=1)
    if len(rows) > 1:
        ax.axhline(0.5, color=OTHERS[1], linewidth=0.8)  # everybody, and then in parts
    names = rows["group"].tolist()
    finish_axes(ax, _in_words(found), "brought in per customer contacted, costs paid", width=letters_across(ax, names))
    name_ticks(ax.yaxis, place, names)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    money_axis(found.currency, ax.xaxis)
    write_legend_below(ax)
    return ax


def _in_words(found: CameAsForecast) -> str:
    row = found.frame[(found.frame["figure"] == "profit") & (found.frame["by"] == "all")].iloc[0]
    came, forecast = format_alike([row["measured"], row["forecast"]], found.currency)
    change = found.to_change[found.to_change["figure"] == "profit"]
    if len(change):
        ratio = float(change["ratio"].iloc[0])
        if ratio <= 0:  # a share less than nothing says little
            return f"Each brought {came}, where {forecast} was forecast: more than chance explains"
        how = f"{format_percent(abs(ratio - 1), 0)} {'more' if ratio > 1 else 'less'} than forecast"
        return f"Each brought {came}, {how} ({forecast}): more than chance explains"
    said = f"Each brought {came}, the forecast was {forecast}"
    if found.may_be_returners:
        return f"{said}; most have no outcome, and perhaps those who did not return"
    if where := came_apart(found)[0]:
        return f"{said}: in all chance may do that, {where} not"
    return f"{said}: they may differ by chance" if "profit" in set(found.ratios["figure"]) else said
