"""Is another offer better for some customers? Offers against groups, as a map of what each earns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Rectangle

from winback.doors import door
from winback.money import format_alike
from winback.offers.by_group import FEWEST
from winback.plots.style import (
    INK,
    LETTER,
    SMALL,
    capitalised,
    finish_axes,
    letters_across,
    new_axes,
    note,
    offer_styles,
    points_across,
)
from winback.plots.words import name_ticks, row_height
from winback.results import format_count
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.offers.by_group import OffersByGroup

LOSS, EVEN, GAIN = "#c9a3a0", "#ffffff", "#8fa3b5"  # light enough for ink to be read on them
# Seen without colour, and on each other.
HATCHES = {"may be nothing": "///", "too few": ".."}
STRENGTH = {"may be nothing": 0.22, "too few": 0.4}  # in which what is written on them stays legible
LONGEST_OFFER, LONGEST_GROUP = 12, 18  # letters of a line above a column, and beside a row


@door
def plot_offers_by_group(found: OffersByGroup, ax: Axes | None = None) -> Axes:
    r"""Draw what each offer earns per customer in each group, with intervals; what is not sure is striped or dotted.

    The frame of a cell says that the offer earns most in its row; a dashed one, that it may earn as much. Striped are
    cells that may be nothing or less, dotted those in which too few came back. Takes what `offers_by_group`
    returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.offers.by_group import offers_by_group
    >>> found = offers_by_group(wb.compare_offers(wb.load_telecom_study().trial), "reason")
    >>> plot_offers_by_group(found).get_title(loc="left")
    'In no group is another offer shown to earn more\nthan discount'
    """
    frame = found.frame
    groups = list(dict.fromkeys(frame["in_words"]))
    offers = [name for name in found.catalogue if name in set(frame["offer"]) and name != NO_OFFER]
    ax = new_axes(ax, 1.9 + max(row_height(groups, 0.78), 0.78) * len(groups))
    cells = frame.assign(x=frame["offer"].map(offers.index), y=frame["in_words"].map(groups.index))
    amounts = np.full((len(groups), len(offers)), np.nan)
    amounts[cells["y"], cells["x"]] = cells["profit"]
    reach = np.nanmax(np.abs(amounts)) or 1.0
    shades = LinearSegmentedColormap.from_list("money", [LOSS, EVEN, GAIN])
    edges = [np.arange(n + 1) - 0.5 for n in (len(offers), len(groups))]
    ax.pcolormesh(*edges, np.ma.masked_invalid(amounts), cmap=shades, vmin=-reach, vmax=reach, edgecolor="white")
    styles = offer_styles(offers, found.catalogue)
    _mark(ax, cells, styles)
    _write(ax, cells, found.currency)
    n = frame.groupby("in_words", sort=False)["n"].sum()
    names = [f"{group} ({format_count(n[group])})" for group in groups]
    room = letters_across(ax, [name[:LONGEST_GROUP] for name in names])
    finish_axes(ax, capitalised(found.headline), _key(frame), width=room)
    name_ticks(ax.yaxis, range(len(groups)), names, LONGEST_GROUP)
    _name_offers(ax, offers, styles)
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.grid(False)
    return ax


def _key(frame) -> str:
    """Say what the marks of cells mean, of those that are there."""
    alone = frame["offer"].nunique() == 1  # nothing to compare with
    said = {
        "framed: earns most in its row": not alone,
        "dashed: may earn as much": not alone and bool((~frame["told_apart"] & ~frame["first"]).any()),
        "striped: may be nothing": bool((frame["profit_low"] <= 0).any()),
        f"dotted: fewer than {FEWEST} came back {_of_whom(frame)}, too few to be sure": bool(frame["few"].any()),
    }
    return "; ".join(words for words, is_there in said.items() if is_there)


def _of_whom(frame) -> str:
    """Say of whom too few came back: of those sent the offer, or of those sent nothing, whom it is compared with."""
    few = frame[frame["few"]]
    of_sent = few["n_returned"] < FEWEST
    if of_sent.all():
        return "of those sent it"
    return "of those sent nothing" if not of_sent.any() else "of those sent it or nothing"


def _mark(ax, cells, styles):
    """Frame what earns most in its row and what may earn as much; stripe what may be nothing, dot what rests on few."""
    for cell in cells.itertuples():
        for is_so, name in ((cell.profit_low <= 0, "may be nothing"), (cell.few, "too few")):
            if is_so:
                how = {"facecolor": "none", "edgecolor": (INK, STRENGTH[name]), "linewidth": 0, "hatch": HATCHES[name]}
                ax.add_patch(Rectangle((cell.x - 0.5, cell.y - 0.5), 1, 1, **how, label=name))
        if not cell.told_apart:
            how = {"edgecolor": styles[cell.offer]["color"], "linewidth": 2.6, "linestyle": "-" if cell.first else "--"}
            frame = Rectangle((cell.x - 0.46, cell.y - 0.44), 0.92, 0.88, facecolor="none", **how)
            frame.set_label("first" if cell.first else "not clearly different")
            ax.add_patch(frame)


def _write(ax, cells, currency):
    """Write the amounts, the first of a row in bold, and below each its interval where there is room, an end a line."""
    columns = ["profit", "profit_low", "profit_high"]
    texts = np.reshape(format_alike(cells[columns].to_numpy().ravel(), currency), (-1, 3))
    letters = max(len(end) for _, *ends in texts for end in ends) + 2
    ends = points_across(ax) / cells["x"].nunique() > letters * LETTER * SMALL
    under = {"facecolor": "white", "edgecolor": "none", "alpha": 0.72, "pad": 1.2}  # dots and stripes stay off figures
    for cell, (amount, low, high) in zip(cells.itertuples(), texts, strict=True):
        weight = "bold" if cell.first else "normal"
        at, middle = (cell.x, cell.y), {"ha": "center", "color": INK}
        middle |= {"bbox": under} if cell.few or cell.profit_low <= 0 else {}
        note(ax, amount, at, (0, 8 if ends else 0), va="bottom" if ends else "center", fontweight=weight, **middle)
        if ends:
            note(ax, f"[{low},\n{high}]", at, (0, 5), va="top", fontsize=SMALL, **middle)


def _name_offers(ax, offers, styles):
    """Write the offers above their columns, each with its mark."""
    ax.xaxis.set_ticks_position("top")
    ax.tick_params(axis="x", pad=9)
    name_ticks(ax.xaxis, range(len(offers)), offers, LONGEST_OFFER)
    marked = ax.get_xaxis_transform()
    for place, name in enumerate(offers):
        how = {"color": styles[name]["color"], "marker": styles[name]["marker"], "clip_on": False, "markersize": 8}
        ax.plot(place, 1.0, transform=marked, linestyle="none", zorder=5, **how)
