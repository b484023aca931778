"""Who of the lost comes back, and when? The return curve by months since the loss, with published figures beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.lost.published_rates import PUBLISHED
from winback.periods import DAYS_IN_MONTH, format_horizon
from winback.plots.style import band, finish_axes, house_styles, new_axes, percent_axis
from winback.plots.words import write_legend_below
from winback.results import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.losses_reported import LostReport
    from winback.lost.organic_return import OrganicReturn

MOST_MONTHS = 36  # drawn unless asked for: after that few return, and few are watched
MOST_STEPS = 160  # a quarter of the points that a figure is wide
SPOKEN = (12.0, 6.0, 3.0, 1.0)  # months that a title speaks of: the first that was watched
OWN = "here"


@door
def plot_returns(
    report: LostReport, ax: Axes | None = None, *, months: float | None = None, published: bool = True
) -> Axes:
    """Draw the share of the lost who are back by months since the loss, with interval, and published figures as marks.

    Parameters
    ----------
    report : LostReport
        From `lost_report`; with ``sent=`` customers are watched until an offer went out to them.
    months : float, optional
        How far; by default as long as somebody was watched, at most 36.
    published : bool
        Mark the returns within so many months that others have published, each with what it rests on.

    Raises
    ------
    ValueError
        When nobody was lost and watched afterwards.

    Examples
    --------
    >>> import winback as wb
    >>> plot_returns(wb.lost_report(wb.load_shop_study().base)).get_ylabel()
    'share who are back'
    """
    organic = report.organic
    longest = 0.0 if organic is None else organic.curve.longest / DAYS_IN_MONTH
    if organic is None or not longest > 0:
        raise ValueError("Nobody was lost and watched afterwards: there is no return to draw.")
    if months is not None and not months > 0:
        raise ValueError(f"months must be a number above 0; got {months!r}.")
    end = min(longest, MOST_MONTHS if months is None else months)
    at = np.linspace(0, end, MOST_STEPS)
    rows = organic.chance(np.zeros(len(at)), at)
    whose = list(dict.fromkeys(each.whose for each in _marked(published, end)))
    ax = new_axes(ax, 6.2 if whose else 4)
    looks = house_styles([OWN, *whose])
    style = looks[OWN]
    band(ax, at, rows["chance_low"], rows["chance_high"], style["color"], alpha=0.25)
    ax.plot(at, rows["chance"], color=style["color"], linewidth=2.4, label=f"{OWN}, with interval")
    for name in whose:
        some = [each for each in _marked(published, end) if each.whose == name]
        look = {"linestyle": "none", "color": looks[name]["color"], "marker": looks[name]["marker"], "markersize": 8}
        label = f"{name}: {some[0].evidence}"
        ax.plot([each.months for each in some], [each.shares[0] for each in some], label=label, zorder=3, **look)
    finish_axes(
        ax,
        _returns_in_words(organic, end),
        _months_in_words(organic),
        "share who are back",
    )
    top = ax.dataLim.y1
    ax.set_xlim(0, end * 1.02)
    ax.set_ylim(0, min(max(1.08 * top, 0.01), 1.02))
    step = next((each for each in (1, 2, 3, 6, 12, 24) if end / each <= 12), 60)
    ax.set_xticks(np.arange(0, end + 1e-9, step if end >= step else 1))
    percent_axis(ax.yaxis)
    if whose:
        write_legend_below(ax)
    return ax


def _marked(published: bool, end: float) -> list:
    """Return the published returns that lie within what is drawn."""
    return [each for each in PUBLISHED if published and each.kind == "returned" and each.months <= end]


def _months_in_words(organic: OrganicReturn) -> str:
    if organic.n_sent:
        told = " or word of a new service" if organic.n_told else ""
        return f"months since the loss, watched until an offer{told} went out"
    return "months since the loss, returns after offers included"


def _returns_in_words(organic: OrganicReturn, end: float) -> str:
    """Say which share is back after a year, or as long as they were watched, with interval."""
    within = next((each for each in SPOKEN if each <= end + 1e-9), end)
    row = organic.chance(0.0, within).iloc[0]
    span = {12.0: "a year", 1.0: "a month"}.get(within, f"{format_horizon(within)} months")
    alone = " by themselves" if organic.n_sent else ""
    ends = [format_percent(row[f"chance_{side}"]) for side in ("low", "high")]
    if not row["chance"] > 0:
        return f"Nobody who was lost is back{alone} within {span}; up to {ends[1]} may come"
    return f"{format_percent(row['chance'])} [{', '.join(ends)}] of the lost are back{alone} within {span}"
