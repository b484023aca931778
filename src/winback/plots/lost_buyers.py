"""When is a buyer called lost? One customer's purchases over time, and when the next one is to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

from winback.base.customers import places_among
from winback.base.lapse_rule import to_dates
from winback.base.purchase_days import in_days
from winback.doors import door
from winback.plots.held_out import SHADE
from winback.plots.style import GAIN, INK, LOSS, QUIET, finish_axes, money_axis, new_axes
from winback.plots.words import short, write_legend_below
from winback.results import format_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.base.purchase_base import PurchaseBase

MOST_AHEAD = 1.0  # times as long as the customer was known: farther ahead nothing is drawn, an interval runs out
LEAST_AHEAD = 90  # days


@door
def plot_buyer(base: PurchaseBase, customer_id: str | float | None = None, ax: Axes | None = None) -> Axes:
    r"""Draw what a customer bought and when, each day on which the rule called them lost, and the next purchase.

    The next purchase is when it is to be expected of one who buys again at all: median and 95% interval. The time in
    which the customer was held for lost is shaded.

    Parameters
    ----------
    base : PurchaseBase
        From `read_purchases`.
    customer_id : text or number, optional
        By default who bought on most days of those who are lost, or of all where nobody is.

    Raises
    ------
    ValueError
        When there is no such customer.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({"customer_id": [1, 1, 1, 2], "amount": [5.0, 7.0, 6.0, 4.0],
    ...     "date": ["2024-01-01", "2024-02-01", "2024-09-01", "2024-02-01"]})
    >>> plot_buyer(wb.read_purchases(log, until="2024-10-31", lost=90), 1).get_title(loc="left").replace("\n", " ")
    'Customer 1 was called lost once and came back; if silent until 2024-12-01, lost again'
    """
    place = _place_of(base, customer_id)
    known, life = base.customers_at(np.array([place])).iloc[0], _lives_of(base, place)
    days = slice(base.days.start[place], base.days.start[place + 1])
    bought, amount = to_dates(base.days.day[days].astype(np.int64)), base.days.amount[days]
    has_money = bool(base.summary.log.amount)
    heights = amount if has_money else np.ones(len(amount))
    until = pd.Timestamp(base.until)
    ax = new_axes(ax, 3.8)
    _draw_purchases(ax, bought, heights, INK)
    top = max(float(heights.max()), 1e-9)
    end = _draw_losses(ax, known, life, until, LOSS)
    end = _draw_next(ax, known, (end, top), (pd.Timestamp(bought[0]), until), GAIN)
    ax.axvline(until, color=INK, linewidth=1, linestyle=":", label="end of the data")
    side = "paid" if has_money else "days with a purchase"
    below = f"lost: {base.rule.in_words}"
    finish_axes(ax, _buyer_in_words(base, place, known, life), below, side)
    _scale(ax, base.currency if has_money else None, (pd.Timestamp(bought[0]), end), (heights.min(), top))
    return ax


def _place_of(base: PurchaseBase, customer_id) -> int:
    """Return the place of a customer, or of one that shows most."""
    ids = base.summary.customers["customer_id"]
    if customer_id is None:
        lost = base.rule.is_lost(base.seen)
        shown = np.flatnonzero(lost) if lost.any() else np.arange(base.n)
        return int(shown[np.diff(base.days.start)[shown].argmax()])
    place = int(places_among(pd.Series([customer_id]), pd.Index(ids))[0])
    if place < 0:
        raise ValueError(
            f"There is no customer {customer_id!r} among the {format_count(base.n)} of {base.source}; ids are like "
            f"{ids.iloc[0]!r}."
        )
    return place


def _lives_of(base: PurchaseBase, place: int) -> pd.DataFrame:
    """Return the lives of a customer: first day, the day on which they were called lost, whether they were."""
    rows = np.flatnonzero(base.lives.customer == place)
    start, end = (to_dates(each[rows]).astype("datetime64[ns]") for each in (base.lives.start, base.lives.end))
    return pd.DataFrame({"start": start, "end": end, "ended": base.lives.ended[rows]})


def _draw_purchases(ax, bought, heights, colour):
    ax.vlines(bought, 0, heights, color=colour, linewidth=1.2, alpha=0.7)
    label = f"a day with a purchase ({format_count(len(bought))})"
    ax.plot(bought, heights, linestyle="none", marker="o", color=colour, markersize=5, label=label)
    ax.axhline(0, color=QUIET, linewidth=0.8)


def _draw_losses(ax, known, life, until, colour) -> pd.Timestamp:
    """Mark the days on which the customer was called lost and shade the time as lost; return the last day drawn."""
    again = life["start"].shift(-1).fillna(until)
    lost = life[life["ended"]]
    for row in lost.itertuples():
        first = row.Index == lost.index[0]
        ax.axvspan(row.end, again[row.Index], color=SHADE, linewidth=0, zorder=0)
        label = "called lost" if first else "_"
        ax.axvline(row.end, color=colour, linewidth=2, label=label)
    if known["lost"] or pd.isna(known["lost_on"]):
        return until
    ax.axvline(known["lost_on"], color=colour, linewidth=2, linestyle="--", label="lost, if silent until then")
    return max(until, known["lost_on"])


def _draw_next(ax, known, drawn, span, colour) -> pd.Timestamp:
    """Draw the expected next purchase with its interval above the purchases; return the last day drawn."""
    (end, top), (first, until) = drawn, span
    ahead = max((until - first).days * MOST_AHEAD, LEAST_AHEAD)
    farthest = until + pd.Timedelta(days=ahead)
    end = min(end, farthest)
    if "next_purchase" not in known or pd.isna(known["next_purchase"]):
        return end
    median, low, high = (known[f"next_purchase{name}"] for name in ("", "_low", "_high"))
    out = pd.isna(high) or high > farthest
    last = farthest if out else high
    height = 1.14 * top
    ax.plot([low, last], [height, height], color=colour, linewidth=2.5, solid_capstyle="butt")
    if out:
        ax.plot(last, height, marker=">", color=colour, markersize=6, linestyle="none")
    if median <= farthest:
        label = "next purchase, of one who buys again: median, interval"
        ax.plot(median, height, marker="D", color=colour, markersize=7, linestyle="none", label=label)
    return max(end, last)


def _scale(ax, currency, span, heights):
    """Let dates reach over what is drawn, and leave room for the next purchase above."""
    first, end = span
    margin = max((end - first) * 0.02, pd.Timedelta(days=2))
    ax.set_xlim(date2num(first - margin), date2num(end + margin))
    lowest, top = heights
    ax.set_ylim(min(1.1 * lowest, 0), 1.25 * top)
    place = AutoDateLocator(minticks=2, maxticks=7)
    ax.xaxis.set_major_locator(place)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(place))
    if currency is None:
        ax.set_yticks([])
    else:
        money_axis(currency, ax.yaxis)
    write_legend_below(ax)


def _buyer_in_words(base, place, known, life) -> str:
    """Say whether the customer is lost, since when, and how often they came back."""
    name = f"Customer {short(known['customer_id'])}"
    times = int(life["ended"].sum())
    if known["lost"]:
        on = f"called lost on {life['end'].iloc[-1]:%Y-%m-%d} and has not bought since"
        before = f", after coming back {_times(times - 1)}" if times > 1 else ""
        return f"{name} was {on}{before}"
    if times:
        said = f"{name} was called lost {_times(times)} and came back"
        again = "lost again"
    else:
        n_days = int(base.days.start[place + 1] - base.days.start[place])
        said = f"{name} has bought on {in_days(n_days)} and is here"
        again = "lost"
    if pd.isna(known["lost_on"]):
        return f"{said}; the rule will never call them lost"
    return f"{said}; if silent until {known['lost_on']:%Y-%m-%d}, {again}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
