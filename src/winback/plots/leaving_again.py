"""For what do returned customers leave again, and who can no longer? Shares by month, and the cured by first reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.discounting import check_horizon
from winback.doors import door
from winback.labels import short_words
from winback.periods import format_horizon
from winback.plots.style import (
    INK,
    MARKERS,
    OTHERS,
    QUIET,
    band,
    capitalised,
    finish_axes,
    letters_across,
    new_axes,
    note,
    percent_axis,
)
from winback.plots.words import name_ticks, named, row_height, write_legend_below
from winback.results import counted, format_percent
from winback.retention import repeat_churn_words
from winback.retention.repeat_churn_fit import EVERYBODY
from winback.retention.repeat_churn_sample import CURED, for_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.retention.repeat_churn_fit import RepeatChurn

MOST_LINES = 4  # reasons with a line of their own: more could not be told apart
COLOURS = (INK, OTHERS[6], OTHERS[5], OTHERS[3])  # of the muted ones those that are least alike; marks tell them, too
N_MARKS = 6  # on a line


@door
def plot_leaving_again(fit: RepeatChurn, ax: Axes | None = None, *, months: float = 24.0) -> Axes:
    """Draw the share that left again for each of the most frequent reasons by month, with intervals, and as fitted.

    Takes what `fit_repeat_churn` returns. The share drawn for a reason is of all who came back; fitted ones are dotted.
    Drawn are the first ``months`` after the return, or fewer where customers were not watched for so long.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plot_leaving_again(wb.fit_repeat_churn(study.lapsed)).get_ylabel()
    'share that left again'
    """
    ax = new_axes(ax, 5.2)
    frame = fit.incidence
    frame = frame[frame["months"] <= max(check_horizon(months), frame["months"].iloc[1])]
    reasons = fit.reasons[:MOST_LINES]
    until, last = repeat_churn_words.soon_left(fit, check_horizon(months))
    for place, (reason, color, marker) in enumerate(zip(reasons, COLOURS, MARKERS, strict=False)):
        curve = frame[frame["reason"] == reason]
        label = f"{short_words('second_reason', reason)} {format_percent(last[reason], 0)}"
        often = max(1, len(curve) // N_MARKS)
        marks = {"marker": marker, "markersize": 6, "markevery": (place * often // MOST_LINES, often)}
        ax.plot(curve["months"], curve["observed"], color=color, linewidth=2, label=named(label), **marks)
        band(ax, curve["months"], curve["low"], curve["high"], color)
        ax.plot(curve["months"], curve["fitted"], color=color, linestyle=":", linewidth=2)
    drawn = frame[frame["reason"].isin(reasons)]
    off = 100 * (drawn["fitted"] - drawn["observed"]).abs().max()
    ax.plot([], [], color=INK, linestyle=":", linewidth=2, label=f"by the model, off by up to {off:.1f} points")
    if rest := len(fit.reasons) - len(reasons):
        others = format_percent(last[list(fit.reasons[MOST_LINES:])].sum(), 0)
        ax.plot([], [], linestyle="none", label=f"not drawn: {counted(rest, 'rarer reasons')}, together {others}")
    finish_axes(
        ax,
        capitalised(_message(last, until)),
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

    Takes what `fit_repeat_churn` returns. Of a simulation the planted shares are drawn beside, as hollow marks.

    Raises
    ------
    ValueError
        When the fit shows no share.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plot_cured(wb.fit_repeat_churn(study.lapsed)).get_xlabel()[:15]
    'share that coul'
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
        ax.plot(row.planted, place, "D", color=color, markersize=8, markerfacecolor="none")
        note(ax, format_percent(row.cured, 0), (row.cured, place), (0, 7), ha="center", color=color)
    most, least = rows[0], [row for row in rows if row.reason != EVERYBODY][-1]
    basis = repeat_churn_words.basis(fit)
    title = f"{basis}, {format_percent(most.cured, 0)} of those who {_first(most)} could not leave for it again"
    title = title if most is least else f"{title}; of those who {_first(least)}, {format_percent(least.cured, 0)}"
    hollow = "; open diamond: the true share" if fit.planted else ""
    said = f"share that could not leave for it again, by the model{hollow}"
    finish_axes(ax, title, said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.8)
    ax.set_xlim(0, 1)
    percent_axis(ax.xaxis)
    return ax


def _first(row) -> str:
    return row.in_words if row.reason == EVERYBODY else f"left {for_words(row.reason)}"


def _message(last, months: float) -> str:
    """Say how many have left by the last month drawn, and for which reasons most."""
    first = " and ".join(f"{for_words(each)} ({format_percent(last[each], 0)})" for each in last.nlargest(2).index)
    return f"Within {format_horizon(months)} months {format_percent(last.sum(), 0)} leave again, most often {first}"
