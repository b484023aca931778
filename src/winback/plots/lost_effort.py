"""On whom is time spent, and what do they bring? The figure of effort against profit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.plots.style import (
    GAIN,
    INK,
    LOSS,
    finish_axes,
    letters_across,
    new_axes,
    note,
    percent_axis,
    room_beside,
)
from winback.plots.words import name_ticks, write_legend_below
from winback.results import counted, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.triaged import Triage

BAR = 0.36
LEAST_PROFIT = 0.15  # those who bring least, together: the share of which a furniture wholesaler tells


@door
def plot_effort(triage: Triage, ax: Axes | None = None) -> Axes:
    r"""Draw for those who bring most, less and least which share of the profit they bring and of the effort they take.

    The title speaks of those who bring least: together under 15% of the profit. Takes what `triage` returns for a base
    with events that tell of hours or contacts.

    Raises
    ------
    ValueError
        When no event tells of time spent.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": [1, 2, 3], "start": "2023-01-01", "end": [None, None, "2024-06-30"],
    ...     "margin": [80.0, 15.0, 5.0]})
    >>> hours = pd.DataFrame({"customer_id": [1, 2, 3], "date": "2024-03-01", "event": "hours", "amount": [2, 5, 3]})
    >>> found = wb.triage(wb.read_contracts(contracts, hours, until="2024-12-31"))
    >>> plot_effort(found).get_xlabel()
    'share of all hours and of all profit of\nthe last year'
    """
    frame = triage.effort_by_class()
    main = triage.effort.main
    ax = new_axes(ax, 3.4)
    said = []
    for name, shift, colour, hatch in (("profit", -BAR / 2, GAIN, ""), (main, BAR / 2, LOSS, "//")):
        shares = frame[f"{name}_share"].fillna(0).to_numpy(dtype=float)
        look = {"color": colour, "hatch": hatch, "edgecolor": "white", "linewidth": 0}
        ax.barh(np.arange(len(frame)) + shift, shares, BAR, label=f"share of {name}", **look)
        for place, share in enumerate(shares):
            said.append(format_percent(share, 0))
            note(ax, said[-1], (max(share, 0), place + shift), (5, 0), va="center", color=INK)
    names = [f"{row.abc} ({counted(row.n, 'customers')})" for row in frame.itertuples()]
    below = f"share of all {main} and of all profit of the last year"
    finish_axes(ax, _effort_in_words(triage), below, "A: bring most", letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(frame)), names)
    ax.set_ylim(len(frame) - 0.5, -0.5)
    room_beside(ax, said)
    percent_axis(ax.xaxis)
    ax.grid(False, axis="y")
    write_legend_below(ax)
    return ax


def _effort_in_words(triage) -> str:
    """Say which share of the effort those take who bring least, and whether that is more than they bring."""
    found, main = triage.effort.on_lowest(LEAST_PROFIT), triage.effort.main
    if not (np.isfinite(found["effort"]) and np.isfinite(found["profit_share"])):
        return f"Which share of the {main} goes to whom cannot be told: there are none, or there is no profit"
    if not found["n"]:
        return f"No customer is among those who bring least: too few are served to set {main} against profit"
    ends = [format_percent(found[name], 0) for name in ("effort", "effort_low", "effort_high")]
    interval = "" if ends[1] == ends[2] else f" [{ends[1]}, {ends[2]}]"
    who = f"those who bring {format_percent(found['profit_share'], 0)} of the profit"
    said = f"{ends[0]}{interval} of the {main} go to {who}"
    if found["effort_low"] > found["profit_share"]:
        return said
    if found["effort_high"] < found["profit_share"]:
        return f"{said}: less than they bring"
    return f"{said}: not clearly different from what they bring"
