"""Who comes back by months away, under each offer?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from winback.doors import door
from winback.outreach.calling_times import BETWEEN, EARLIER, LATER, NOT_SHOWN, TOO_FEW, came_back
from winback.plots.style import band, finish_axes, new_axes, offer_styles, percent_axis
from winback.plots.words import columns_below, named, write_legend_below
from winback.results import format_percent
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.outreach.calling_times import CallingTimes

FEW = 2  # offers whose counted shares are drawn as well: more of them would hide the lines


@door
def plot_calling_times(found: CallingTimes, ax: Axes | None = None) -> Axes:
    """Draw who came back by months away under each offer, with bands; up to two offers with the counted shares.

    Takes what `winback.outreach.when_to_call` returns.

    Raises
    ------
    ValueError
        When too few came back for any curve.

    Examples
    --------
    >>> import winback as wb
    >>> found = wb.outreach.when_to_call(wb.load_telecom_study().trial, offer="bundle", random_delays=True)
    >>> plot_calling_times(found).get_ylabel()
    'share who came back'
    """
    names = list(found.curve["offer"].unique())
    if not set(names) - {NO_OFFER}:
        raise ValueError(
            "Too few of those sent an offer came back, or stayed away, for a curve: there is none to draw."
        )
    ax = new_axes(ax, 4.5)
    few = len(set(names) - {NO_OFFER}) <= FEW
    for name, style in offer_styles(names, found.trial.offers.names).items():
        rows = found.curve[found.curve["offer"] == name]
        band(
            ax, rows["months_away"], rows["chance_low"], rows["chance_high"], style["color"], alpha=0.2 if few else 0.1
        )
        label = "sent nothing" if name == NO_OFFER else named(name)
        smooth = {**style, "marker": ""} if few else {**style, "markevery": len(rows) // 6}  # marks are counted shares
        ax.plot(rows["months_away"], rows["chance"], **smooth, linewidth=2, label=label)
        if few:
            parts = found.frame[found.frame["offer"] == name]
            middle = (parts["months_from"] + parts["months_to"]) / 2
            middle = middle.clip(rows["months_away"].min(), rows["months_away"].max())
            ax.plot(middle, parts["returned"], style["marker"], color=style["color"], alpha=0.6, markersize=5)
    how = "" if found.causal else ", not drawn at random"
    finish_axes(ax, _calling_in_words(found), f"months since they left{how}", "share who came back")
    ax.set_ylim(0, min(1.02, 1.12 * ax.dataLim.y1))
    percent_axis(ax.yaxis)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    write_legend_below(ax, ncols=columns_below(ax, names))
    return ax


def _calling_in_words(found: CallingTimes) -> str:
    rows = found.offers[~found.offers["verdict"].isin([NOT_SHOWN, TOO_FEW])]
    if rows.empty:
        return "No difference is shown between calling sooner and later"
    row = rows.loc[(rows["first"] - rows["last"]).abs().idxmax()]
    curve = found.curve[found.curve["offer"] == row["offer"]]
    ends = curve["months_away"].iloc[[0, -1]]
    said = came_back(row["offer"], ends, [format_percent(row[name], 0) for name in ("first", "last")])
    if row["verdict"] in (EARLIER, LATER):
        return said
    best = f"about {row['best']:.0f} months after leaving, {format_percent(curve['chance'].max(), 0)}"
    return f"{said}; most {best}" if row["verdict"] == BETWEEN else f"{said}: no time is shown to be best"
