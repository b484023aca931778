"""Did customers buy what was predicted? Figures of a validation: tracking, tenths and ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.held_out import number_of
from winback.plots.style import QUIET, finish_axes, house_styles, new_axes, percent_axis
from winback.plots.words import write_legend, write_legend_below
from winback.purchases.check import LIMITS, error_in_words
from winback.results import format_count, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from winback.purchases.check import PurchaseCheck

SHADE = "#f0f0f0"  # of what a model has not seen
WHOLE = 0.9  # of a period, from which on it counts as one: months have 28 to 31 days
MOST_POINTS = 160  # three years of weeks: more can hardly be seen and fill the file


@door
def plot_tracking(check: PurchaseCheck, ax: Axes | None = None) -> Axes:
    """Draw cumulative repeat purchases, observed and expected of new customers; the held-out part is shaded.

    What is expected rests on the day of each first purchase alone. So the figure may be off by more or less than the
    verdict, which starts from what each customer had bought by the split; the legend tells that figure as well.
    Takes what `PurchaseFit.check` returns.

    Examples
    --------
    >>> import winback as wb
    >>> log = wb.simulate_shop_study(200).purchases
    >>> held_out = wb.summarize_purchases(log, period="W").hold_out()
    >>> fit = wb.fit_purchases(held_out, "mbg_nbd")
    >>> plot_tracking(fit.check(held_out)).get_xlabel()
    'weeks since the first purchase'
    """
    ax = new_axes(ax, 4.4)
    rows = check.tracking
    names = {"observed": "observed", "expected": f"expected ({check.model})"}
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        every = max(1, len(rows) // 12)
        ax.plot(rows["periods"], rows[name], label=label, linewidth=2, markersize=6, markevery=every, **style)
    _shade_held_out(ax, check, f"held out: knowing each customer it predicts {error_in_words(check)}")
    last, unit = rows.iloc[-1], check.period
    title = f"Of new customers, from their first day on, the {check.model} expects {_against(last)}"
    words = f"{unit.in_words}s" if unit.n_units == 1 else f"periods of {unit.in_words}"
    finish_axes(ax, title, f"{words} since the first purchase", "repeat purchases so far", 90)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set_ylim(0, None)
    write_legend_below(ax)
    return ax


@door
def plot_tracking_by_period(check: PurchaseCheck, ax: Axes | None = None) -> Axes:
    """Draw the repeat purchases of each period, observed and expected of new customers; the held-out part is shaded.

    Where the sum so far hides a season or a campaign, this shows it. Periods cut short at the ends of the log are left
    out; of many periods several are averaged. Takes what `PurchaseFit.check` returns.

    Examples
    --------
    >>> import winback as wb
    >>> log = wb.simulate_shop_study(200).purchases
    >>> held_out = wb.summarize_purchases(log, period="W").hold_out()
    >>> plot_tracking_by_period(wb.fit_purchases(held_out, "mbg_nbd").check(held_out)).get_ylabel()
    'repeat purchases a week'
    """
    rows = _by_period(check.tracking)
    ax = new_axes(ax, 4.4)
    names = {"observed": "observed", "expected": f"expected ({check.model})"}
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        line = {"color": style["color"], "linestyle": style["linestyle"]}
        ax.plot(rows["periods"], rows[name], label=label, linewidth=1.8, **line)
    _shade_held_out(ax, check)
    unit = check.period
    each = f"a {unit.in_words}" if unit.n_units == 1 else f"in {unit.in_words}"
    words = f"{unit.in_words}s" if unit.n_units == 1 else f"periods of {unit.in_words}"
    finish_axes(ax, _held_out_rates(rows, check, each), f"{words} since the first purchase", f"repeat purchases {each}")
    ax.yaxis.set_major_formatter("{x:,.4g}")
    ax.set_ylim(0, None)
    write_legend_below(ax)
    return ax


def _by_period(tracking) -> DataFrame:
    """Return purchases of each whole period, of several on average where there are more than a figure can show."""
    length = np.diff(tracking["periods"])
    rows = tracking.iloc[1:].assign(**{name: np.diff(tracking[name]) / length for name in ("observed", "expected")})
    rows = rows[length > WHOLE]
    together = -(-len(rows) // MOST_POINTS)
    part = rows["held_out"].astype(int) * len(rows) + np.arange(len(rows)) // together  # none is on both sides
    return rows.groupby(part.to_numpy()).agg(
        {"periods": "last", "observed": "mean", "expected": "mean", "held_out": "last"}
    )


def _held_out_rates(rows, check, each) -> str:
    """Say what a period brought that was held out, and what was expected of it."""
    later = rows[rows["held_out"]]
    if later.empty:
        return "No whole period was held out"
    observed, expected = later["observed"].mean(), later["expected"].mean()
    seen, said = (f"{rate:,.0f}" if max(observed, expected) >= 10 else f"{rate:,.2g}" for rate in (observed, expected))
    return f"Held out, customers bought {seen} times {each}; from first days alone the {check.model} expects {said}"


def _shade_held_out(ax, check, label=None):
    """Shade what the model has not seen."""
    rows = check.tracking
    split, end = rows["periods"][~rows["held_out"]].iloc[-1], rows["periods"].iloc[-1]
    ax.axvspan(split, end, color=SHADE, linewidth=0, zorder=0, label=label or "held out")
    ax.axvline(split, color=QUIET, linestyle=":", linewidth=1.5)
    ax.set_xlim(0, end)


def _against(last) -> str:
    """Say how many more or fewer repeat purchases are expected than observed."""
    expected, observed = last["expected"], last["observed"]
    if not observed > 0:
        return f"{format_count(expected)} repeat purchases; none were made"
    if abs(expected - observed) < LIMITS.exact * observed:
        return "as many repeat purchases as were made"
    size = f"{format_percent(abs(expected / observed - 1), 0)} {'more' if expected > observed else 'fewer'}"
    return f"{size} repeat purchases than were made"


@door
def plot_held_out_tenths(check: PurchaseCheck, ax: Axes | None = None) -> Axes:
    """Draw what each tenth of the customers was predicted to buy, with intervals, and what it bought.

    An observed figure outside of its interval is a cross instead of a dot.

    The scale is of square roots, on which tenths that buy little are told apart as well. Takes what `PurchaseFit.check`
    returns.

    Examples
    --------
    >>> import winback as wb
    >>> log = wb.simulate_shop_study(200).purchases
    >>> held_out = wb.summarize_purchases(log, period="W").hold_out()
    >>> fit = wb.fit_purchases(held_out, "mbg_nbd")
    >>> plot_held_out_tenths(fit.check(held_out)).get_xlabel()
    'tenth of customers, most predicted first'
    """
    ax = new_axes(ax, 4)
    frame = check.frame
    seen, said = house_styles(["observed", "predicted"]).values()
    n = frame["predicted"] / frame["predicted_each"].where(frame["predicted_each"] > 0, np.nan)
    n = n.fillna(frame["n"])
    low, high = frame["predicted_low"] / n, frame["predicted_high"] / n
    ax.vlines(frame["tenth"] - 0.08, low, high, color=said["color"], linewidth=6, alpha=0.35)
    label = f"predicted, with the {check.level:.0%} interval of what will be observed"
    look = said | {"linestyle": "none", "markerfacecolor": "white", "markersize": 7}
    ax.plot(frame["tenth"] - 0.08, frame["predicted_each"], **look, label=label)
    inside = frame["inside"]
    for part, marker, label in ((inside, seen["marker"], "observed"), (~inside, "X", "observed, outside of it")):
        x, y = frame["tenth"][part] + 0.08, frame["observed_each"][part]
        if part.any():
            ax.plot(x, y, marker=marker, color=seen["color"], linestyle="none", markersize=8, label=label)
    title = f"{number_of(*check.covered)} of customers bought what the {check.model} predicted, within chance"
    finish_axes(ax, title, "tenth of customers, most predicted first", "purchases per customer", 90)
    _root_scale(ax, max(high.max(), frame["observed_each"].max()))
    ax.set_xticks(frame["tenth"])
    write_legend(ax)
    return ax


def _root_scale(ax, top):
    """Draw the y axis from zero on a square-root scale, with round ticks."""
    ax.set_yscale("function", functions=(lambda y: np.sqrt(np.maximum(y, 0)), np.square))
    ax.set_ylim(0, 1.08 * top if top > 0 else 1)
    digit = 10.0 ** np.floor(np.log10(top)) if top > 0 else 1.0
    steps = digit * np.array([0, 0.02, 0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 8, 10])
    ax.set_yticks(steps[steps <= 1.08 * top])
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:,.4g}")


@door
def plot_lorenz(check: PurchaseCheck, ax: Axes | None = None, measure: str = "purchases") -> Axes:
    """Draw which share of the held-out purchases customers have, ranked by the model, perfectly and not at all.

    Parameters
    ----------
    check : PurchaseCheck
        From `PurchaseFit.check`.
    measure : {"purchases", "money"}
        What is ranked; money where spend was judged as well.

    Examples
    --------
    >>> import winback as wb
    >>> log = wb.simulate_shop_study(200).purchases
    >>> held_out = wb.summarize_purchases(log, period="W").hold_out()
    >>> fit = wb.fit_purchases(held_out, "mbg_nbd")
    >>> plot_lorenz(fit.check(held_out)).get_ylabel()
    'share of all purchases held out'
    """
    curve = check.lorenz[check.lorenz["measure"] == measure]
    if curve.empty:
        there = ", ".join(check.totals["measure"])
        raise ValueError(f"measure {measure!r} was not judged; there is {there}. Give `spend` to check.")
    ax = new_axes(ax, 4)
    names = {
        "by_model": f"ranked by the {check.model}",
        "perfect": f"ranked by what they {'bought' if measure == 'purchases' else 'spent'}",
    }
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        ax.plot(curve["customers"], curve[name], label=label, linewidth=2, markersize=6, markevery=10, **style)
    ax.plot([0, 1], [0, 1], color=QUIET, linestyle=":", linewidth=1.5, label="not ranked")
    title = f"No {measure} were held out: nothing to rank"
    if curve["perfect"].notna().all():
        first, best = (format_percent(np.interp(0.2, curve["customers"], curve[name]), 0) for name in names)
        title = f"The fifth that the {check.model} ranks first has {first} of all {measure}, the best fifth {best}"
    finish_axes(ax, title, "share of customers, highest first", f"share of all {measure} held out", 90)
    percent_axis(ax.xaxis, ax.yaxis)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02)
    write_legend(ax, loc="lower right", handlelength=3)
    return ax
