"""After which moments do customers leave? The hazard with its moments, and the jump after each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import short_words
from winback.plots.style import (
    INK,
    QUIET,
    band,
    count_axis,
    finish_axes,
    house_styles,
    letters_across,
    new_axes,
    note,
    percent_axis,
)
from winback.plots.words import name_ticks, row_height, write_legend_below
from winback.results import join_words
from winback.retention.jump_figures import HIGHER, UNCLEAR, UNKNOWN
from winback.retention.moment_words import BEYOND, GO, at_the_ends, clearly_most, months_of_ends
from winback.retention.moments import AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from winback.retention.found_moments import KeyMoments

FEWEST_AT_RISK = 100.0  # customers for a month: of fewer the hazard goes up and down by chance
MOST_MONTHS = 60
CLOSE = 2  # times: so close to the line at 1 a text in the middle would lie over it
FIRST_YEAR = 12
SINCE = {"leaving": "month of life", "returning": "month away", "leaving again": "month since the return"}


@door
def plot_key_moments(result: KeyMoments, ax: Axes | None = None) -> Axes:
    """Draw how many times as many go after each moment as without it.

    Those not clearly different are named below and not drawn, but for those within a stronger moment: an open mark.

    Of the ends of offers it draws how many left with each beyond what the months beside lost: their customers are
    others, so that a ratio, high where few leave otherwise, does not say with which offer most are lost.

    Intervals allow for every moment looked at. Takes what `key_moments` returns.

    Raises
    ------
    ValueError
        When of no moment anything is known.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> found = wb.key_moments(base, ["welcome_discount_end", "renewal"])
    >>> "the end of the welcome discount" in " ".join(plot_key_moments(found).get_title(loc="left").split())
    True
    """
    known = result.frame[result.frame["verdict"] != UNKNOWN]
    if known.empty:
        raise ValueError("Of no moment is it known whether more customers go after it: there is nothing to draw.")
    if result.of == AGAIN:
        return _lost_with_offers(result, known, ax)
    alike = known["in_words"][(known["verdict"] == UNCLEAR) & known["inside"].isna()]
    alike = alike[:0] if len(alike) == len(known) else alike
    frame = known.drop(alike.index).sort_values("ratio", ascending=False, ignore_index=True)
    names = list(frame["in_words"])
    ax = new_axes(ax, 1.4 + row_height(names, 0.42) * len(names))
    ax.axvline(1, color=INK, linewidth=1)
    for place, row in enumerate(frame.itertuples()):
        color = _mark(ax, place, row.verdict, row.ratio, (row.ratio_low, row.ratio_high))
        text = f"{row.ratio:.1f}: {result.format(row.hazard, 'percent')} a month"
        if row.verdict == UNCLEAR and not pd.isna(row.inside):
            text = f"{row.ratio:.1f}: as many as others after {row.inside}"
        side = "left" if 1 <= row.ratio < CLOSE else "right" if 1 / CLOSE < row.ratio < 1 else "center"
        note(ax, text, (row.ratio, place), (0, 7), ha=side, color=color)  # clear of the line at 1
    go = GO[result.of]
    top = frame.iloc[0]
    title = f"After {top['in_words']} {top['ratio']:.1f} times as many {go}"
    title = title if top["verdict"] == HIGHER else f"After no moment more customers {go}"
    said = f"times as many {go} as at the same time without it; intervals allow for all"
    said = f"{said}; not drawn, as not clearly different: {join_words(alike)}" if len(alike) else said
    finish_axes(ax, title, said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.7)
    ax.set_xscale("log")
    ticks = [each for each in (0.25, 0.5, 1, 2, 3, 5, 10, 20, 50) if ax.get_xlim()[0] <= each <= ax.get_xlim()[1]]
    ax.set_xticks(ticks, [f"{each:g}" for each in ticks])
    ax.set_xticks([], minor=True)
    ax.margins(x=0.14)
    return ax


@door
def plot_hazard(result: KeyMoments, ax: Axes | None = None, *, moments: Iterable[str] | str | None = None) -> Axes:
    """Draw the share that goes in each month, with the hazard in the windows of moments that have their place in life.

    Of these it marks ``moments``; by default those that are claimed to matter. Takes what `key_moments` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> plot_hazard(wb.key_moments(study.trial, of="leaving again")).get_ylabel()
    'leave again, a month'
    """
    shown = result.monthly[(result.monthly["n"] >= FEWEST_AT_RISK) & (result.monthly["month"] <= _months(result))]
    frame = (shown if len(shown) else result.monthly).reset_index(drop=True)
    marks = result.marked(moments)
    marks = marks[marks["after_month"] < frame["month"].max()]
    names = dict(zip(result.frame["moment"], result.frame["in_words"], strict=True))
    if result.of == AGAIN:
        names = {moment: f"{words}, {months_of_ends(result, moment)}" for moment, words in names.items()}
    ax = new_axes(ax, 5.2 if len(marks) else 4)
    own, *looks = house_styles(["without", *marks["moment"].unique()]).values()
    x = frame["month"] - 0.5  # in the middle of the month
    low, high, banded = frame["hazard_low"], frame["hazard_high"], "all customers"
    if result.of == AGAIN and len(marks):  # as many as the marks show leave then: a band would be a spike
        inside = _within(frame["month"], marks)
        low, high, banded = low.mask(inside), high.mask(inside), "95% interval, where no offer has just ended"
    band(ax, x, low, high, own["color"], alpha=0.2)
    without = "these" if moments is None else "the moments that matter"
    label, line = f"without {without}, smoothed" if len(marks) else "smoothed", frame["without"]
    if result.of != AGAIN and len(marks):  # who is left in these months is not like those in the months around them
        label, line = f"{label}; gaps: months just after one", line.mask(_within(frame["month"], marks))
    ax.plot(x, line, color=own["color"], linewidth=2.4, label=label)
    for place, ((moment, rows), look) in enumerate(zip(marks.groupby("moment", sort=False), looks, strict=True)):
        at = rows["after_month"] + rows["months"] * (place + 1) / (len(looks) + 1)  # side by side within the windows
        ends = np.array([rows["hazard"] - rows["hazard_low"], rows["hazard_high"] - rows["hazard"]])
        style = {"linestyle": "none", "color": look["color"], "marker": look["marker"], "markersize": 8, "capsize": 3}
        ax.errorbar(at, rows["hazard"], yerr=ends, label=f"after {names[moment]}", **style)
    go = GO[result.of]
    finish_axes(ax, _message(result, marks, names), f"{SINCE[result.of]}; band: {banded}", f"{go}, a month")
    ax.set_xlim(0, frame["month"].max())
    ax.set_ylim(bottom=0)
    percent_axis(ax.yaxis)
    if len(marks):
        write_legend_below(ax)
    return ax


def _mark(ax, place: int, verdict: str, figure: float, ends: tuple[float, float]) -> str:
    """Draw a figure with its interval, hollow where it may be chance, and return its colour."""
    color = QUIET if verdict == UNCLEAR else INK
    ax.plot(ends, [place] * 2, color=color, linewidth=2.2)
    face = "white" if verdict == UNCLEAR else color
    ax.plot(figure, place, "o", color=color, markerfacecolor=face, markersize=8)
    return color


def _lost_with_offers(result: KeyMoments, known, ax) -> Axes:
    """Draw how many left with the end of each offer beyond what the months beside lost, the most first."""
    frame = known.sort_values("excess", ascending=False, ignore_index=True)
    names = [short_words("offer", row.moment) for row in frame.itertuples()]
    ax = new_axes(ax, 1.4 + row_height(names, 0.42) * len(names))
    ax.axvline(0, color=INK, linewidth=1)
    for place, row in enumerate(frame.itertuples()):
        color = _mark(ax, place, row.verdict, row.excess, (row.excess_low, row.excess_high))
        note(ax, f"{row.excess:,.0f} of {row.n_ended:,}", (row.excess, place), (0, 7), ha="center", color=color)
    top = frame.iloc[0]
    offer = f"the {short_words('offer', top['moment'])} offer"
    title = f"{top['excess']:,.0f} more left when {offer} ended {BEYOND[AGAIN]}"
    if clearly_most(result):
        title = f"{title}, more than with any other"
    elif len(frame) > 1:
        title = "With no offer clearly more leave when it ends than with any other"
    title = title if top["verdict"] == HIGHER else "With no offer it is shown that more leave when it ends"
    said = f"how many more left when it ended {BEYOND[AGAIN]}, of all who did; intervals allow for every offer"
    finish_axes(ax, title, said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.7)
    count_axis(ax.xaxis)
    ax.margins(x=0.14)
    return ax


def _months(result: KeyMoments) -> float:
    """Return up to which month is drawn: of ends of offers a while longer than the last of them."""
    if result.of != AGAIN or result.marks.empty:
        return MOST_MONTHS
    end = (result.marks["after_month"] + result.marks["months"]).max()
    return min(MOST_MONTHS, max(FIRST_YEAR, round(1.5 * end)))


def _within(month, marks) -> np.ndarray:
    """Say which months have windows of the marks in them."""
    begin, months = (marks[name].to_numpy(dtype=float) for name in ("after_month", "months"))
    last = np.asarray(month)[:, None]
    return ((last > begin) & (last - 1 < np.floor(begin + months))).any(axis=1)


def _message(result, marks, names) -> str:
    """Say what share goes in a month after the moment that the most go after, or when the most go."""
    go = GO[result.of]
    rows = result.frame[(result.frame["verdict"] == HIGHER) & result.frame["moment"].isin(marks["moment"])]
    if len(rows) and result.of == AGAIN:
        return at_the_ends(result)
    if len(rows):
        top = rows.loc[rows["excess"].idxmax()]
        hazard, without = (result.format(top[name], "percent") for name in ("hazard", "hazard_without"))
        return f"{hazard} a month {go} after {top['in_words']}, instead of {without}"
    top = result.monthly.loc[result.monthly["without"].idxmax()]
    return f"Most {go} in month {top['month']:.0f}: {result.format(top['hazard'], 'percent')}"
