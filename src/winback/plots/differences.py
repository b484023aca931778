"""Which offers are clearly different? The difference in profit of every pair, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.doors import door
from winback.money import format_alike
from winback.plots.style import INK, QUIET, capitalised, finish_axes, letters_across, money_axis, new_axes, note
from winback.plots.words import name_ticks, row_height
from winback.results import join_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.offers.compared import OfferComparison

MOST_PAIRS = 15  # drawn: those of the leader come first


@door
def plot_differences(result: OfferComparison, ax: Axes | None = None) -> Axes:
    """Draw by how much each pair of offers differs in profit per customer; open marks are not clearly different.

    Intervals allow for every pair looked at. Takes what `compare_offers` returns, of at least two offers.

    Raises
    ------
    ValueError
        When there is one offer only.

    Examples
    --------
    >>> import winback as wb
    >>> plot_differences(wb.compare_offers(wb.load_telecom_study().trial)).get_title(loc="left")
    'Discount is clearly different from all others'
    """
    pairs = result.differences.head(MOST_PAIRS)
    if pairs.empty:
        raise ValueError("There is one offer, and no pair of offers to compare.")
    names = [f"{pair.first} over {pair.second}" for pair in pairs.itertuples()]
    ax = new_axes(ax, 1.4 + row_height(names, 0.42) * len(names))
    ax.axvline(0, color=INK, linewidth=1)
    texts = format_alike(pairs["difference"], result.currency, signed=True)
    for place, (pair, text) in enumerate(zip(pairs.itertuples(), texts, strict=True)):
        color = INK if pair.told_apart else QUIET
        ax.plot([pair.difference_low, pair.difference_high], [place] * 2, color=color, linewidth=2.2)
        face = color if pair.told_apart else "white"
        ax.plot(pair.difference, place, "o", color=color, markerfacecolor=face, markersize=8)
        note(ax, text, (pair.difference, place), (0, 7), ha="center", color=color)
    said = "difference in profit per customer; intervals allow for every pair"
    finish_axes(ax, _message(result), said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.7)
    money_axis(result.currency, ax.xaxis)
    ax.margins(x=0.08)
    return ax


def _message(result) -> str:
    """Say from whom the first offer is clearly different, and how many pairs are not."""
    first, *unclear = result.winners
    if unclear:
        return f"{capitalised(first)} is not clearly different from {join_words(unclear)}"
    whom = "all others" if len(result.frame) > 2 else result.frame["offer"].iloc[1]
    return f"{capitalised(first)} is clearly different from {whom}"
