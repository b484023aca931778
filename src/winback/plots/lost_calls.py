"""Whom to call first? The figure of how the lost come down to those who are called first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.doors import door
from winback.lost.in_short import to_call_first
from winback.plots.style import (
    GAIN,
    INK,
    UNTREATED,
    count_axis,
    finish_axes,
    letters_across,
    new_axes,
    note,
    room_beside,
)
from winback.plots.words import name_ticks
from winback.results import counted, format_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.triaged import Triage


@door
def plot_calls(triage: Triage, ax: Axes | None = None) -> Axes:
    """Draw how all who are lost come down to those who are called first; each bar is a part of the one above.

    Takes what `triage` returns.

    Examples
    --------
    >>> import winback as wb
    >>> plot_calls(wb.triage(wb.load_shop_study().base)).get_xlabel()
    'customers'
    """
    steps = to_call_first(triage)
    ax = new_axes(ax, 1.3 + 0.45 * len(steps))
    said = [format_count(n) for n in steps.values()]
    for place, n in enumerate(steps.values()):
        colour = GAIN if place == len(steps) - 1 else UNTREATED
        ax.barh(place, n, color=colour, linewidth=0)
        note(ax, said[place], (n, place), (5, 0), va="center", fontweight="bold", color=INK)
    names = list(steps)
    finish_axes(ax, _in_words(steps), "customers", width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(False, axis="y")
    room_beside(ax, said)
    count_axis(ax.xaxis)
    return ax


def _in_words(steps: dict[str, int]) -> str:
    n_lost, *_, n_first = steps.values()
    if not n_first:
        return f"Of {counted(n_lost, 'customers')} who are lost nobody is to be called first"
    return f"Of {counted(n_lost, 'customers')} who are lost {format_count(n_first)} are called first"
