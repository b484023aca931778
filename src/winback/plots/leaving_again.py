"""For what do returned customers leave again, and who can no longer? Shares by month, and the cured by first reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.doors import door
from winback.labels import short_words
from winback.periods import format_horizon
from winback.plots.style import (
    INK,
    QUIET,
    band,
    capitalised,
    finish_axes,
    house_styles,
    letters_across,
    new_axes,
    note,
    percent_axis,
)
from winback.plots.words import name_ticks, named, row_height, write_legend_below
from winback.results import format_percent
from winback.retention import repeat_churn_words
from winback.retention.repeat_churn_fit import EVERYBODY
from winback.retention.repeat_churn_sample import CURED, for_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.retention.repeat_churn_fit import RepeatChurn

MOST_LINES = 4  # reasons with a line of their own: more could not be told apart


@door
def plot_leaving_again(fit: RepeatChurn, ax: Axes | None = None) -> Axes:
    """Draw the share that left again for each of the most frequent reasons by month, with intervals, and as fitted.

    Takes what `fit_repeat_churn` returns. The share drawn for a reason is of all who came back; fitted ones are dotted.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plot_leaving_again(wb.fit_repeat_churn(study.lapsed)).get_ylabel()
    'share that left again'
    """
    ax = new_axes(ax, 5.2)
    frame = fit.incidence
    styles = house_styles(fit.reasons[:MOST_LINES])
    for reason, style in styles.items():
        curve = frame[frame["reason"] == reason]
        label = f"{short_words('second_reason', reason)} {format_percent(curve['observed'].iloc[-1], 0)}"
        color = style["color"]
        ax.plot(curve["months"], curve["observed"], color=color, linestyle="-", linewidth=2, label=named(label))
        band(ax, curve["months"], curve["low"], curve["high"], color)
        ax.plot(curve["months"], curve["fitted"], color=color, linestyle=":", linewidth=2)
    ax.plot([], [], color=INK, linestyle=":", linewidth=2, label="as fitted")
    finish_axes(
        ax,
        capitalised(_message(frame, list(styles))),
        "months since they came back",
        "share that left again",
        width=90,
    )
    percent_axis(ax.yaxis)
    ax.set_xlim(0, frame["months"].iloc[-1])
    ax.set_ylim(0, None)
    write_legend_below(ax)
    return ax


@door
def plot_cured(fit: RepeatChurn, ax: Axes | None = None) -> Axes:
    """Draw the share of those who came back who can no longer leave for what drove them away, by first reason.

    Takes what `fit_repeat_churn` returns.

    Raises
    ------
    ValueError
        When the fit shows no share.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plot_cured(wb.fit_repeat_churn(study.lapsed)).get_xlabel()
    'share cured of it'
    """
    if fit.state != CURED:
        raise ValueError(f"{repeat_churn_words.headline(fit)}: there is no share to draw.")
    frame = fit.frame.sort_values("cured", ascending=False, kind="stable")
    rows = [*frame[frame["reason"] != EVERYBODY].itertuples(), *frame[frame["reason"] == EVERYBODY].itertuples()]
    names = [capitalised(f"{_first(row)} ({row.n:,})") for row in rows]
    ax = new_axes(ax, 1.5 + row_height(names, 0.42) * len(names))
    for place, row in enumerate(rows):
        color = QUIET if row.reason == EVERYBODY else INK
        ax.plot([row.cured_low, row.cured_high], [place] * 2, color=color, linewidth=2.2)
        ax.plot(row.cured, place, "o", color=color, markersize=8)
        note(ax, format_percent(row.cured, 0), (row.cured, place), (0, 7), ha="center", color=color)
    most, least = rows[0], [row for row in rows if row.reason != EVERYBODY][-1]
    title = f"{format_percent(most.cured, 0)} of those who {_first(most)} will not leave for it again"
    title = title if most is least else f"{title}; of those who {_first(least)}, {format_percent(least.cured, 0)}"
    finish_axes(ax, title, "share cured of it", width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.8)
    ax.set_xlim(0, 1)
    percent_axis(ax.xaxis)
    return ax


def _first(row) -> str:
    return row.in_words if row.reason == EVERYBODY else f"left {for_words(row.reason)}"


def _message(frame, reasons) -> str:
    """Say for which reason most have left, and how far the fit is off at most, over the reasons drawn."""
    drawn = frame[frame["reason"].isin(reasons)]
    last = drawn.groupby("reason", sort=False).last()
    most = last["observed"].idxmax()
    off = (drawn["fitted"] - drawn["observed"]).abs().max()
    return (
        f"{format_percent(last.loc[most, 'observed'], 0)} leave again {for_words(most)} within "
        f"{format_horizon(last['months'].iloc[0])} months; the fit is off by {100 * off:.1f} points at most"
    )
