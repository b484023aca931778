"""What does a customer sent an offer bring, step by step? The waterfall of profit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from winback.doors import door
from winback.money import format_alike, format_money, money_interval
from winback.plots.style import (
    INK,
    LETTER,
    QUIET,
    SMALL,
    UNTREATED,
    capitalised,
    finish_axes,
    money_axis,
    new_axes,
    note,
    offer_styles,
    points_across,
)
from winback.plots.words import name_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from winback.offers.compared import OfferComparison

ACROSS = (10.4, 2.35)  # inches, of a figure across a page
WIDE = 0.62  # of a bar
LONGEST = 15  # letters under a bar


@door
def plot_profit_steps(result: OfferComparison, offer: str | None = None, ax: Axes | None = None) -> Axes:
    r"""Draw what a customer sent an offer brings: value of returners, less its cost, less what would have come anyway.

    The last bar is what is gained, with its interval. Where neither a random control group nor an assumed organic
    return tells what would have come anyway, it is the gross profit, and the title says so.

    Parameters
    ----------
    result : OfferComparison
        From `compare_offers`.
    offer : str, optional
        Which offer; by default the one that earns most.

    Raises
    ------
    ValueError
        When the offer was not compared.

    Examples
    --------
    >>> import winback as wb
    >>> ax = plot_profit_steps(wb.compare_offers(wb.load_telecom_study().trial))
    >>> ax.get_title(loc="left")
    'Discount earns $291 more per customer than\nsending nothing'
    """
    frame = result.frame.set_index("offer")
    offer = frame.index[0] if offer is None else offer
    if offer not in frame.index:
        raise ValueError(f"There is no offer {offer!r} in this comparison; there are {', '.join(frame.index)}.")
    row = frame.loc[offer]
    steps = profit_steps(result, offer)
    ax = new_axes(ax, 3.4)
    ends = np.cumsum([change for _, change in steps[:-1]])
    begins = np.append(0.0, ends[:-1])
    look = offer_styles([offer], result.catalogue)[offer]
    ax.bar(range(len(ends)), ends - begins, WIDE, begins, color=[UNTREATED, *[QUIET] * (len(ends) - 1)])
    gain = steps[-1][1]
    ax.bar(len(ends), gain, WIDE, color=look["color"])
    for place, level in enumerate(ends):
        ax.plot([place + WIDE / 2, place + 1 - WIDE / 2], [level] * 2, color=UNTREATED, linestyle=":", linewidth=1.2)
    low, high = (row[f"{result.kind}_profit_{end}"] for end in ("low", "high"))
    ax.plot([len(ends)] * 2, [low, high], color=INK, linewidth=2, solid_capstyle="butt")
    ax.axhline(0, color=INK, linewidth=0.8)
    _write(ax, result, (begins, ends), (gain, low, high))
    which = "gross, per customer offered" if result.kind == "gross" else "per customer offered"
    finish_axes(ax, _message(result, offer, (gain, low, high)), "", which)
    room = int(points_across(ax) / (len(steps) * LETTER * SMALL)) - 1  # letters, one of them for a gap
    name_ticks(ax.xaxis, range(len(steps)), [name for name, _ in steps], min(room, LONGEST))
    ax.grid(False, axis="x")
    money_axis(result.currency, ax.yaxis)
    _make_room(ax, [0.0, *ends, gain, low, high])
    return ax


def wide_profit_steps(result: OfferComparison) -> Figure:
    """Draw the same low and wide, for the head of a page whose sentence is the message, amounts on the bars alone.

    Examples
    --------
    >>> import winback as wb
    >>> wide_profit_steps(wb.compare_offers(wb.load_telecom_study().trial)).axes[0].get_ylabel()
    ''
    """
    figure, ax = plt.subplots(figsize=ACROSS, layout="constrained")
    plot_profit_steps(result, ax=ax)
    ax.set_title("", loc="left")
    ax.set_ylabel("")
    ax.set_yticks([])
    ax.grid(False)
    return figure


def _make_room(ax, levels):
    """Make room for what is written above the bars, two lines above the last one."""
    lowest, highest = min(levels), max(levels)
    room = 0.2 * (highest - lowest) if highest > lowest else 1.0
    ax.set_ylim(lowest - room / 4 if lowest < 0 else 0.0, highest + room)


def profit_steps(result: OfferComparison, offer: str) -> list[tuple[str, float]]:
    """Return each step's name and what it adds; the last is their sum.

    Examples
    --------
    >>> import winback as wb
    >>> profit_steps(wb.compare_offers(wb.load_telecom_study().trial), "discount")[0][0]
    'returners bring'
    """
    row = result.frame.set_index("offer").loc[offer]
    cost, gross = row["cost_per_customer"], row["gross_profit"]
    whose = offer if len(offer) <= LONGEST else "the offer"
    steps = [("returners bring", gross + cost), (f"{whose} costs", -cost)]
    if result.kind == "gross":
        return [*steps, ("left, gross", gross)]
    gain = row["incremental_profit"]
    anyway = "would have come anyway" if result.control is not None else "would have come anyway (assumed)"
    return [*steps, (anyway, gain - gross), ("gained", gain)]


def _write(ax, result, levels, found):
    """Write each step's amount above its bar, the last one's interval as well."""
    (begins, ends), (gain, low, high) = levels, found
    texts = format_alike([*(ends - begins), gain], result.currency)
    amount, _, interval = money_interval(gain, low, high, result.currency).partition(" [")
    texts[-1] = f"{amount}\n[{interval}"
    tops = [*np.maximum(begins, ends), max(gain, low, high, 0)]
    for place, (text, top) in enumerate(zip(texts, tops, strict=True)):
        note(ax, text, (place, top), (0, 4), ha="center", color=INK, fontweight="bold")


def _message(result, offer, found) -> str:
    """Say what the offer gains, and whether that is shown."""
    gain, low, high = found
    amount = format_money(abs(gain), result.currency)
    if result.kind == "gross":
        tail = "before what would have come anyway, which is not known"
        verb = "earns" if gain >= 0 else "loses"
        return f"{capitalised(offer)} {verb} {amount} per customer, {tail}"
    assumed = "" if result.control is not None else ", if as many come back anyway as assumed"
    if low > 0:
        return f"{capitalised(offer)} earns {amount} more per customer than sending nothing{assumed}"
    if high < 0:
        return f"{capitalised(offer)} loses {amount} per customer against sending nothing{assumed}"
    return f"{capitalised(offer)} is not shown to earn more than sending nothing{assumed}"
