"""How long do those stay who came at one time? The figure of cohorts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.lost.small_groups import MORE, compare_groups
from winback.periods import Period
from winback.plots.style import (
    INK,
    SMALL,
    count_axis,
    finish_axes,
    letters_across,
    new_axes,
    note,
    percent_axis,
    period_names,
    points_across,
)
from winback.plots.words import name_ticks
from winback.results import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.losses_reported import LostReport

MOST_COHORTS = 24  # drawn: of more the last ones
WIDE_CELL, HIGH_CELL = 22, 14  # points in which a number of a heatmap can be read
SCALE = 50  # points that the scale of a heatmap takes


@door
def plot_cohorts(report: LostReport, ax: Axes | None = None) -> Axes:
    """Draw by the period in which customers came, or came back, which share of them is still here so many later.

    The last 24 cohorts are drawn, without those who were here before the first period. Takes what `lost_report`
    returns.

    Raises
    ------
    ValueError
        When nobody came within the periods of the report, or there is only one.

    Examples
    --------
    >>> import winback as wb
    >>> plot_cohorts(wb.lost_report(wb.load_shop_study().base)).get_xlabel()
    'periods of 3 months since they came'
    """
    frame = report.cohorts()
    frame = frame[frame["cohort"].notna() & (frame["periods_since"] > 0) & (frame["n_came"] > 0)]
    if not len(frame):
        raise ValueError("Nobody came in a period that another one follows: there is no cohort to draw.")
    known = frame["cohort"].nunique()
    frame = frame[frame["cohort"].isin(np.sort(frame["cohort"].unique())[-MOST_COHORTS:])]
    table = frame.pivot_table(index="cohort", columns="periods_since", values="share")
    ax = new_axes(ax, 1.6 + 0.21 * max(len(table), 4))
    lowest = np.floor(10 * table.min(axis=None)) / 10
    ends = {"vmin": min(lowest, 0.9), "vmax": 1.0}
    edges = [np.append(places, places[-1] + 1) - 0.5 for places in (table.columns.to_numpy(), np.arange(len(table)))]
    mesh = ax.pcolormesh(*edges, table.to_numpy(dtype=float), cmap="cividis", edgecolors="white", linewidth=0.8, **ends)
    _write_shares(ax, table, mesh)
    unit = report.period
    words = f"{unit.in_words}s" if unit.n_units == 1 else f"periods of {unit.in_words}"
    drawn = f"\n(the last {len(table)} of {known})" if known > len(table) else ""
    side = f"{unit.in_words if unit.n_units == 1 else 'period'} in which they came{drawn}"
    width = letters_across(ax, beside=SCALE)
    finish_axes(ax, _cohorts_in_words(report, frame), f"{words} since they came", side, width)
    ax.grid(False)
    every = -(-len(table) // 12)
    names = period_names(table.index.to_series(), unit)
    name_ticks(ax.yaxis, range(0, len(table), every), names[::every])
    ax.set_ylim(len(table) - 0.5, -0.5)
    count_axis(ax.xaxis)
    bar = ax.figure.colorbar(mesh, ax=ax, pad=0.02, aspect=30)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL)
    bar.set_label("share still here", color=INK)
    percent_axis(bar.ax.yaxis)
    return ax


def _write_shares(ax, table, mesh):
    """Write the percentages into the cells where these are large enough."""
    high = 72 * ax.get_position().height * ax.figure.get_figheight() / len(table)
    if 0.85 * points_across(ax) / table.shape[1] < WIDE_CELL or high < HIGH_CELL:
        return
    for row, shares in enumerate(table.to_numpy(dtype=float)):
        for since, share in zip(table.columns, shares, strict=True):
            if np.isfinite(share):
                dark = np.dot(mesh.to_rgba(share)[:3], (0.3, 0.6, 0.1)) < 0.5
                look = {"ha": "center", "va": "center", "fontsize": 9, "color": "white" if dark else INK}
                note(ax, format_percent(share, 0).removesuffix("%"), (since, row), (0, 0), **look)


def _cohorts_in_words(report, frame) -> str:
    """Say which share is still here after a year, or as long as somebody was followed, and who differs."""
    year = max(round(1 / report.period.years), 1)
    since = min(year, int(frame["periods_since"].max()))
    rows = frame[frame["periods_since"] == since]
    share = rows["n"].sum() / rows["n_came"].sum()
    span = Period(1, report.period.unit).count(since * report.period.n_units)
    said = f"Of those who came, {format_percent(share, 0)} are still here {span} later"
    if len(rows) < 2:
        return said
    found = compare_groups(rows["n_came"] - rows["n"], rows["n_came"], 1 - share, report.level)
    worse = rows[found.verdict == MORE]
    other = rows[(found.low_together > 1 - share) | (found.high_together < 1 - share)]
    if not len(other):
        return f"{said}; how many stay differs between cohorts no more than by chance"
    if not len(worse):
        stay = "stays" if len(other) == 1 else "stay"
        return f"{said}; {len(other)} of {len(rows)} cohorts {stay} longer than chance explains"
    first = worse.loc[worse["share"].idxmin()]
    more = f", and {len(worse) - 1} more" if len(worse) > 1 else ""
    here = format_percent(first["share"], 0)
    return f"{said}; of those who came from {first['cohort']:%Y-%m-%d} fewer than chance explains ({here}{more})"
