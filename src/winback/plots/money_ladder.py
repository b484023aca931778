"""Which value is this? The amounts that are named for an offer, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.doors import door
from winback.plots.style import (
    INK,
    UNTREATED,
    capitalised,
    finish_axes,
    letters_across,
    money_axis,
    new_axes,
    note,
    offer_styles,
)
from winback.plots.words import name_ticks, row_height
from winback.results import format_money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.offers.money_ladder import MoneyLadder


@door
def plot_money_ladder(found: MoneyLadder, ax: Axes | None = None) -> Axes:
    """Draw every amount that is named for the first offer, from what returners bring to what is gained per customer.

    Grey bars are of one who came back, coloured ones of one who was sent the offer. Takes what `money_ladder` returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.offers.money_ladder import money_ladder
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> plot_money_ladder(money_ladder(wb.compare_offers(trial))).get_xlabel()[:18]
    'money per customer'
    """
    frame = found.frame
    names = list(frame["rung"])
    ax = new_axes(ax, 1.5 + row_height(names, 0.5) * len(names))
    color = offer_styles([found.offer], found.catalogue)[found.offer]["color"]
    texts = found.formats(frame["amount"], "money")
    for place, (row, text) in enumerate(zip(frame.itertuples(), texts, strict=True)):
        ax.barh(place, row.amount, 0.62, color=UNTREATED if row.of == frame["of"].iloc[0] else color)
        note(ax, text, (max(row.amount, 0), place), (5, 0), va="center", color=INK, fontweight="bold")
    ax.axvline(0, color=INK, linewidth=0.8)
    said = "money per customer: grey of one who came back, coloured of one who was sent the offer"
    finish_axes(ax, _message(found), said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(names)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(names) - 0.5, -0.5)
    money_axis(found.currency, ax.xaxis)
    ax.margins(x=0.14)
    return ax


def _message(found) -> str:
    """Say what is left, per customer sent the offer, of what one who came back brings."""
    within = found.frame[found.frame["of"] == found.frame["of"].iloc[0]].iloc[-2]  # before its cost
    last = found.frame.iloc[-1]
    brought, left = (format_money(row["amount"], found.currency) for row in (within, last))
    kept = "gained" if found.kind == "incremental" else "left, gross,"
    return capitalised(f"{found.offer}: of {brought} that a returner brings, {left} is {kept} per customer sent it")
