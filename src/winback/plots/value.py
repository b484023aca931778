"""What are customers worth, who carries it, and how long do they stay? Figures of values and projections."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.labels import label_of
from winback.plots.held_out import SHADE
from winback.plots.style import INK, QUIET, band, finish_axes, house_styles, money_axis, new_axes, percent_axis
from winback.plots.words import name_ticks, row_height, short, write_legend, write_legend_below
from winback.results import format_money, format_percent
from winback.tables import TableError
from winback.value.contracts.counts import survivors_by_cohort
from winback.value.contracts.judging import periods_seen

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.value.base_worth import BaseValue
    from winback.value.contracts.contract_fit import ContractFit
    from winback.value.values import LifetimeValues

SAME = 0.005  # a gap that rounds to no percent
SPOT_ON = "where it is"
MANY_TIMES = 10.0  # a gap of 1,000%: from here on money says more than a percentage
POINTS = 201  # shares of customers drawn
FEWEST = 10  # customers, below which a fifth of them is nobody one could name
MOST_ROWS = 30  # segments drawn: more are no figure


@door
def plot_projection(fit: ContractFit, survivors=None, ax: Axes | None = None, periods: int | None = None) -> Axes:
    r"""Draw the share of customers expected still here, with interval; what nobody was watched for is shaded.

    Parameters
    ----------
    fit : ContractFit
        From `fit_contracts`, without covariates.
    survivors : sequence or DataFrame, optional
        Counts as for `fit_contracts`, drawn as points: full where the fit has seen them, open beyond and where they are
        not those of the fit.
    periods : int, optional
        How far, at least 1; twice as long as customers were watched, or as far as they were counted.

    Raises
    ------
    ValueError
        When there is no period to draw.

    Examples
    --------
    >>> import winback as wb
    >>> left = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
    >>> plot_projection(wb.fit_contracts(left[:5], "sbg", period="Y"), left).get_title(loc="left")
    'The sBG expects 30.7% still here at age 12;\n39.4% were'
    """
    cohorts = survivors_by_cohort(survivors) if survivors is not None else []
    shares = _shares_left(cohorts)
    seen = fit.last_period if fit.n else 0
    end = max(len(shares) - 1, 2 * fit.last_period) if periods is None else _whole_periods(periods)
    shares = shares[: end + 1]
    rows = fit.project(np.arange(end + 1))
    ax = new_axes(ax, 4)
    said, counted = house_styles(["expected", "counted"]).values()
    band(ax, rows["periods"], rows["still_here_low"], rows["still_here_high"], said["color"])
    for part, line, label in ((rows[: seen + 1], "-", f"{fit.model}, fitted"), (rows[seen:], "--", "extrapolated")):
        if len(part) > 1:
            ax.plot(part["periods"], part["still_here"], color=said["color"], linestyle=line, linewidth=2, label=label)
    _draw_counted(ax, shares, seen if _seen_by(fit, cohorts) else -1, counted)
    if 0 < seen < end:
        ax.axvspan(seen, end, color=SHADE, linewidth=0, zorder=0)
    title, unit = _projected(fit, rows, shares, seen), fit.period
    words = f"{unit.in_words}s" if unit.n_units == 1 else f"periods of {unit.in_words}"
    finish_axes(ax, title, f"age in {words}", "share of customers still here", 90)
    percent_axis(ax.yaxis)
    ax.set_xlim(0, end * 1.01)
    ax.set_ylim(0, 1.02)
    ax.xaxis.get_major_locator().set_params(integer=True)
    write_legend(ax, handlelength=3)
    return ax


def _whole_periods(periods) -> int:
    """Return how many periods are to be drawn, or refuse them."""
    if isinstance(periods, bool) or not isinstance(periods, Integral) or periods < 1:
        raise ValueError(f"periods must be a whole number of at least 1; got {periods!r}.")
    return int(periods)


def _shares_left(cohorts) -> np.ndarray:
    """Return the share of all cohorts' customers still here at each age, of those followed so long."""
    ages = range(len(cohorts[0]) if cohorts else 0)
    there = [[counts for counts in cohorts if len(counts) > age] for age in ages]
    return np.array([sum(c[age] for c in some) / sum(c[0] for c in some) for age, some in enumerate(there)])


def _seen_by(fit, cohorts) -> bool:
    """Tell whether counts are those that the fit has seen, perhaps continued."""
    try:
        return bool(cohorts) and fit.n > 0 and bool(periods_seen(fit, cohorts))
    except TableError:
        return False


def _draw_counted(ax, shares, seen, style):
    """Draw counted shares: full where the fit has seen them, up to an age of ``seen``, or below 0 nowhere."""
    ages = np.arange(len(shares))
    for part, face, label in (
        (ages <= seen, style["color"], "counted, seen by the fit"),
        (ages > seen, "white", "counted later" if seen >= 0 else "counted"),
    ):
        mark = {"marker": style["marker"], "color": style["color"], "markerfacecolor": face, "markersize": 6}
        if part.any():
            ax.plot(ages[part], shares[part], linestyle="none", label=label, **mark)


def _projected(fit, rows, shares, seen) -> str:
    age = len(shares) - 1 if len(shares) - 1 > seen else len(rows) - 1
    row = rows.iloc[min(age, len(rows) - 1)]
    share = format_percent(row["still_here"])
    if age == len(shares) - 1:
        return f"The {fit.model} expects {share} still here at age {age}; {format_percent(shares[-1])} were"
    low, high = (format_percent(row[f"still_here_{end}"]) for end in ("low", "high"))
    ends = f" [{low}, {high}]" if low != high else ""
    return f"The {fit.model} expects {share}{ends} still here at age {age}"


@door
def plot_value_concentration(values: LifetimeValues, ax: Axes | None = None) -> Axes:
    r"""Draw the share of all value that the most valuable customers carry. Takes what `lifetime_value` returns.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> from winback.value.contracts.fits import contract_model
    >>> model = contract_model(3.80, 15.20, period="Y")
    >>> base = pd.DataFrame({"next_renewal": [1, 2, 3, 4, 5] * 4, "fee": [900.0, 90, 80, 70, 60] * 4})
    >>> values = wb.lifetime_value(model, base, margin="fee", annual_discount=0.10)
    >>> plot_value_concentration(values).get_title(loc="left").replace("\n", " ")
    'The most valuable fifth of customers carries 73% of all value'
    """
    ranked = -np.sort(-values.customers["value"].to_numpy())
    if not (np.isfinite(values.total) and values.total > 0):
        raise ValueError(f"Shares of value need a finite total above 0; it is {_no_shares(values)}")
    customers, reached = np.arange(len(ranked) + 1) / len(ranked), np.append(0, np.cumsum(ranked)) / ranked.sum()
    at = np.linspace(0, 1, POINTS)
    ax = new_axes(ax, 4)
    style = house_styles(["value"])["value"]
    ax.plot(at, np.interp(at, customers, reached), color=style["color"], linewidth=2.2, label="customers by value")
    ax.plot([0, 1], [0, 1], color=QUIET, linestyle=":", linewidth=1.5, label="if all were worth the same")
    first = 0.2 if len(ranked) >= FEWEST else 1 / len(ranked)
    carried = values.carried_by(first)
    ax.plot([first, first, 0], [0, carried, carried], color=INK, linestyle="--", linewidth=1)
    ax.plot(first, carried, marker=style["marker"], color=style["color"], markersize=8)
    who = "fifth of customers" if len(ranked) >= FEWEST else f"of {len(ranked)} customers"
    title = f"The most valuable {who} carries {format_percent(carried, 0)} of all value"
    if len(ranked) == 1:
        title = "The only customer carries all value"
    finish_axes(ax, title, "share of customers, most valuable first", "share of all value", 90)
    percent_axis(ax.xaxis, ax.yaxis)
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.02 * max(1.0, reached.max()))
    write_legend(ax, loc="lower right")
    return ax


def _no_shares(values) -> str:
    """Say why a total has no shares."""
    total = format_money(values.total, values.currency)
    if not np.isfinite(values.total):
        return f"{total}. Set a discount or a horizon."
    if values.total < 0:
        return f"{total}: these customers cost more than they bring. Look at their margins."
    return f"{total}: nothing is expected of these customers."


@door
def plot_base_value(value: BaseValue, ax: Axes | None = None) -> Axes:
    r"""Draw what a customer of each segment is worth, with interval, beside the figure of constant churn (open).

    Segments are in the order of what a customer is worth, most first; of more than 30 the first 30 are drawn.
    Takes what `base_value` returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.value.contracts.fits import contract_model
    >>> model = contract_model(3.80, 15.20, period="Y")
    >>> base = wb.base_value(model, [20500, 15200, 11340], margin=100, annual_discount=0.10, by="next_renewal")
    >>> plot_base_value(base).get_title(loc="left").replace("\n", " ")
    'One churn rate for everybody puts the base 13% too low; next renewal "3": 17% too low'
    """
    frame = value.frame.sort_values("per_customer", ascending=False, kind="stable", ignore_index=True)
    title = _gap_in_words(value, frame.head(MOST_ROWS))
    which = "" if value.by is None else short(label_of(value.by))
    if len(frame) > MOST_ROWS:
        which += f": {MOST_ROWS} of {len(frame)}, worth most"
    frame = frame.head(MOST_ROWS)
    ax = new_axes(ax, 1.9 + row_height(frame["segment"], 0.36) * len(frame))
    own, naive = house_styles(["value", "constant churn"]).values()
    for row in frame.itertuples():
        ends = [row.per_customer_low, row.per_customer_high]
        ax.plot(ends, [row.Index] * 2, color=own["color"], linewidth=2.2, solid_capstyle="butt")
    mark = {"linestyle": "none", "markersize": 8}
    rows, constant = np.arange(len(frame)), frame["constant_churn"] / frame["n"]
    ax.plot(frame["per_customer"], rows, marker=own["marker"], color=own["color"], label="value, with interval", **mark)
    style = {"marker": naive["marker"], "color": naive["color"], "markerfacecolor": "none", "markeredgewidth": 1.8}
    ax.plot(constant, rows, label="with one churn rate for everybody", **style, **mark)
    finish_axes(ax, title, "value per customer", which, 90)
    name_ticks(ax.yaxis, rows, frame["segment"])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    money_axis(value.currency, ax.xaxis)
    ax.margins(x=0.08)
    write_legend_below(ax)
    return ax


def _gap_in_words(value, frame) -> str:
    """Say how far one churn rate for everybody is off, for the base and where most."""
    if not np.isfinite([value.total, value.constant_churn]).all():
        return f"A customer is worth {format_money(value.total / value.n, value.currency)} on average"
    whole = (value.total, value.total_low, value.total_high, value.constant_churn)
    off_by = _off(*(amount / value.n for amount in whole), value.currency)
    title = f"One churn rate for everybody puts the base {off_by}"
    parts = frame.assign(constant=frame["constant_churn"] / frame["n"])
    known = np.isfinite(parts[["per_customer", "constant"]]).all(axis=1)
    off = parts[known & ~parts["constant"].between(parts["per_customer_low"], parts["per_customer_high"])]
    if len(frame) == 1 or off.empty:
        return title
    gaps = (off["constant"] - off["per_customer"]).abs()
    if (off[["per_customer", "constant"]] > 0).all(axis=None):
        gaps /= off["per_customer"]
    widest, names = gaps.idxmax(), ("per_customer", "per_customer_low", "per_customer_high", "constant")
    how = _off(*(off.at[widest, name] for name in names), value.currency)
    if how in (SPOT_ON, off_by):
        return title
    return f'{title}; {short(label_of(value.by))} "{short(off.at[widest, "segment"])}": {how}'


def _off(worth, low, high, naive, currency) -> str:
    """Say how far a naive figure lies from a value per customer: a percentage only where both are above 0."""
    gap = naive - worth
    if abs(gap) < SAME * abs(worth) or gap == 0:
        return SPOT_ON
    percent = worth > 0 and naive > 0 and gap < MANY_TIMES * worth
    size = format_percent(abs(gap) / worth, 0) if percent else f"{format_money(abs(gap), currency)} a customer"
    if low < high and low <= naive <= high:
        return f"{size} {'higher' if gap > 0 else 'lower'}, no more than the value's own uncertainty"
    return f"{size} too {'high' if gap > 0 else 'low'}"
