"""Who really loses more than the others? The funnel of employees, segments or products."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator, NullFormatter

from winback.doors import door
from winback.labels import label_of
from winback.lost.small_groups import LESS, MORE, NOT_COMPARED, NOT_TOLD_APART
from winback.plots.style import (
    GAIN,
    INK,
    LOSS,
    QUIET,
    UNTREATED,
    count_axis,
    finish_axes,
    letters_across,
    new_axes,
    note,
    percent_axis,
    points_across,
)
from winback.plots.words import short, write_legend_below
from winback.results import format_count, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.losses_reported import LostReport
    from winback.lost.lost_shares import LostShares

MOST_NAMED = 8  # groups: the farthest from what is common
ALL, BAND, ONE_ALONE = "all together", "band: chance, all groups at once", "chance, one group alone"
MOST_SIZES = 240  # at which the limits are drawn
WIDE = 20  # times as large as the smallest group: from here on sizes are drawn as ratios
LINE_HIGH = 14  # points between names
OUTWARD, AT_EDGE = 13, 60  # points from a mark to its name, away from the limits; from the ends of the axis
BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 1.0, "pad": 0.8}  # of a name that lies on a line
LOOKS = {NOT_TOLD_APART: ("o", UNTREATED), MORE: ("s", LOSS), LESS: ("D", GAIN), NOT_COMPARED: ("o", UNTREATED)}


@door
def plot_funnel(report: LostReport | LostShares, ax: Axes | None = None) -> Axes:
    """Draw the share that each group lost against its size, with the limits within which chance alone keeps them.

    Only groups outside the band that holds for all of them at once are named, beside their marks: one of many lies
    beyond its own limit by chance. The title counts them and names nobody, as it is passed on. Where groups were
    watched in different periods their shares are drawn as of the periods of all: what they lost, divided by what they
    would have lost at the rates of all, times the rate of all.

    Takes what `lost_report` returns with ``by=``, or the shares lost of a snapshot.

    Raises
    ------
    ValueError
        When the report has no groups, or nobody's group is known.

    Examples
    --------
    >>> import winback as wb
    >>> report = wb.lost_report(wb.load_shop_study().base, by="channel")
    >>> plot_funnel(report).get_xlabel()
    'customers at the start of periods, added up'
    """
    if report.groups is None:
        raise ValueError("There are no groups: name a column, lost_report(base, by=...).")
    rows, alike = _placed(report.groups)
    ax = new_axes(ax, 6)
    compared = bool((rows["verdict"] != NOT_COMPARED).any())
    if rows["n"].max() > WIDE * rows["n"].min():
        ax.set_xscale("log")
    if compared:
        _draw_limits(ax, report, rows)
    for verdict in LOOKS:
        some = rows[rows["verdict"] == verdict]
        marker, colour = LOOKS[verdict]
        look = {"linestyle": "none", "marker": marker, "color": colour, "markersize": 7, "alpha": 0.85}
        if len(some):
            label = f"{verdict} ({format_count(len(some))})" if compared else "the only group"
            ax.plot(some["n"], some["drawn"], label=label, zorder=4, **look)
    side, below = report.in_words
    side += "" if alike else "\n(of the same periods)"
    finish_axes(ax, _funnel_in_words(report, rows), below, side, letters_across(ax))
    _set_limits(ax, rows)
    write_legend_below(ax)
    _name_outliers(ax, rows, alike)  # last, as its places are those of the layout
    return ax


def _placed(groups: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """Return the groups that are known with the share that is drawn of each, and whether it is the share lost."""
    rows = groups[groups["share_lost_low"].notna() & (groups["n"] > 0)].reset_index(drop=True)
    if not len(rows):
        raise ValueError("Of no customer the group is known: there is nothing to draw.")
    overall = rows["n_lost"].sum() / rows["n"].sum()
    expected = rows["common"].where(rows["common"] > 0)
    drawn = (rows["share_lost"] / expected * overall).fillna(rows["share_lost"])
    alike = bool(np.allclose(drawn, rows["share_lost"], atol=5e-4))
    return rows.assign(drawn=rows["share_lost"] if alike else drawn, overall=overall), alike


def _draw_limits(ax, report, rows):
    """Draw what all lose together, and the limits of one group and of all at once."""
    ends = rows["n"].min() * 0.8, rows["n"].max() * 1.25
    sizes = np.unique(np.maximum(np.geomspace(*ends, MOST_SIZES).round(), 1))
    found = report.funnel(sizes)
    ax.axhline(rows["overall"].iloc[0], color=INK, linewidth=1.4, label=ALL)
    ends = found["low_together"], found["high_together"]
    ax.fill_between(found["n"], *ends, color=UNTREATED, alpha=0.25, linewidth=0, label=BAND)
    for ending, line, label in (("_together", "-", "_"), ("", ":", ONE_ALONE)):
        for end in ("low", "high"):
            kept = label if end == "low" else "_"
            ax.plot(found["n"], found[f"{end}{ending}"], color=QUIET, linestyle=line, linewidth=1.2, label=kept)


def _set_limits(ax, rows):
    """Let the axes reach just beyond the groups; limits of tiny ones may run out of the figure."""
    seen = [*rows["drawn"], rows["overall"].iloc[0]]
    for line in ax.lines:
        limits = line.get_ydata()
        seen += [limits[len(limits) // 2], limits[-1]] if len(limits) > 2 and line.get_marker() == "None" else []
    low, high = min(seen), max(seen)
    span = max(high - low, 0.1 * high, 0.002)
    bottom, top = max(low - 0.25 * span, -0.05 * high), min(high + 0.25 * span, 1.05)
    ticks = MaxNLocator(nbins=8, steps=[1, 2, 5, 10]).tick_values(max(bottom, 0), top)
    percent_axis(ax.yaxis)
    ax.set_yticks(ticks[(ticks >= 0) & (ticks >= bottom) & (ticks <= top)])
    ax.set_ylim(bottom, top)
    if ax.get_xscale() == "log":
        ax.set_xlim(rows["n"].min() * 0.8, rows["n"].max() * 1.25)
        _plain_ticks(ax)
        return
    ax.set_xlim(0, rows["n"].max() * 1.15)
    count_axis(ax.xaxis)


def _plain_ticks(ax):
    """Write 1, 3, 10, 30 ... on an axis of ratios, as many of them as there is room for."""
    low, high = ax.get_xlim()
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(12) for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= points_across(ax) / 55:
            break
    ax.set_xticks(ticks, [format_count(tick) for tick in ticks])
    ax.xaxis.set_minor_formatter(NullFormatter())


def _name_outliers(ax, rows, alike):
    """Write the names of the farthest groups beside their marks, none on another; shares where they are those lost."""
    named = rows[rows["verdict"].isin([MORE, LESS])]
    apart = (named["drawn"] - named["overall"]).abs()
    named = named.loc[apart.sort_values(ascending=False).index[:MOST_NAMED]].sort_values("drawn")
    if not len(named):
        return
    ax.figure.canvas.draw()  # only then it is known where marks lie
    points = ax.transData.transform(named[["n", "drawn"]].to_numpy(dtype=float)) * 72 / ax.figure.dpi
    left, right = (72 / ax.figure.dpi * end for end in (ax.bbox.x0, ax.bbox.x1))
    # Beyond its mark, seen from the limits, no line of them runs through a name.
    heights = _spread(points[:, 1] + np.where(named["verdict"] == MORE, OUTWARD, -OUTWARD))
    for (x, y), height, row in zip(points, heights, named.itertuples(), strict=True):
        side = "left" if x < left + AT_EDGE else "right" if x > right - AT_EDGE else "center"
        look = {"ha": side, "va": "center", "color": INK, "bbox": BEHIND, "zorder": 2.5}
        far = abs(height - y) > OUTWARD + 4
        line = {"arrowprops": {"arrowstyle": "-", "color": QUIET, "linewidth": 0.6}} if far else {}
        words = f"{short(row.group)} {format_percent(row.drawn)}" if alike else short(row.group)
        note(ax, words, (row.n, row.drawn), (0, height - y), **look, **line)


def _spread(heights: np.ndarray) -> np.ndarray:
    """Return ascending heights moved apart, so that a line of text fits between them, and as much up as down."""
    steps = LINE_HIGH * np.arange(len(heights))
    moved = np.maximum.accumulate(heights - steps) + steps
    return moved - (moved - heights).mean()


def _funnel_in_words(report, rows) -> str:
    """Say how many groups lie outside the band of what chance explains: a question to ask, and no verdict."""
    what, n = label_of(report.by), len(rows)
    if n == 1:
        return f"There is one {what} only, {short(rows['group'].iloc[0])}: nothing to compare"
    if not rows["n_lost"].sum():
        return f"Nobody was lost: no {what} stands out"
    above, below = (int((rows["verdict"] == verdict).sum()) for verdict in (MORE, LESS))
    if not above + below:
        return f"None of {format_count(n)} lies outside the band: chance alone may make the differences"
    if above + below == 1:
        return f"One of {format_count(n)} lies {'above' if above else 'below'} the band: a question, not a verdict"
    sides = [f"{format_count(k)} {side}" for k, side in ((above, "above"), (below, "below")) if k]
    return f"Of {format_count(n)}, {' and '.join(sides)} the band: questions, not verdicts"
