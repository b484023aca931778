"""Is the worth of a second lifetime right, and who is not worth a contact? What a model says and a trial showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.labels import value_words
from winback.money import format_alike
from winback.plots.style import INK, QUIET, finish_axes, house_styles, money_axis, new_axes, note
from winback.plots.words import name_ticks, named, row_height, write_legend_below
from winback.results import format_money, format_percent, join_words
from winback.second_lifetime.model_check import EVERY_OFFER
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.second_lifetime.contact_worth import ContactWorth
    from winback.second_lifetime.model_check import ModelCheck

WITHIN, AROUND = 6, 12  # points: where both lie on one spot, what was measured is seen within what was expected


@door
def plot_model_check(found: ModelCheck, ax: Axes | None = None) -> Axes:
    r"""Draw by offer how much more or less a model expects than the trial measured; full marks are beyond chance.

    Takes the ``check`` of second lifetime values.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> plot_model_check(wb.second_lifetime_value(wb.fit_two_part(trial), trial).check()).get_xlabel()
    'expected by the model less measured, per\ncustomer'
    """
    frame = found.frame
    names = [_name(offer) for offer in frame["offer"]]
    ax = new_axes(ax, 1.5 + row_height(names, 0.36) * len(frame))
    style = house_styles(["gap"])["gap"]
    gap, low, high = (frame[f"gap{end}"].to_numpy() for end in ("", "_low", "_high"))
    off = (low > 0) | (high < 0)
    rows = np.arange(len(frame))
    ax.hlines(rows, low, high, color=style["color"], linewidth=2.2)
    for part, face in ((off, style["color"]), (~off, "white")):
        mark = {"marker": style["marker"], "linestyle": "none", "markersize": 7, "markerfacecolor": face}
        ax.plot(gap[part], rows[part], color=style["color"], zorder=3, **mark)
    for value, text, row in zip(gap, format_alike(gap, found.currency, signed=True), rows, strict=True):
        note(ax, text, (value, row), (0, 6), ha="center", color=INK)
    ax.axvline(0, color=QUIET, linewidth=1.2)
    finish_axes(ax, _message(frame, off, found.currency), "expected by the model less measured, per customer")
    name_ticks(ax.yaxis, rows, names)
    ax.set_ylim(len(frame) - 0.4, -0.7)
    money_axis(found.currency, ax.xaxis)
    ax.margins(x=0.1)
    return ax


def _name(offer: str) -> str:
    return {NO_OFFER: "no offer", EVERY_OFFER: EVERY_OFFER}.get(offer, named(offer))


def _message(frame, off, currency) -> str:
    """Say of which offers the model is wrong; where of none alone, yet of all together, that comes first."""
    alone = frame["offer"] != EVERY_OFFER
    wrong = [value_words("offer", offer) for offer in frame.loc[alone & off, "offer"]]
    if wrong:
        return f"The model's money is off by more than chance {join_words(wrong)}"
    for gap in frame.loc[~alone & off, "gap"]:
        how = f"{format_money(abs(gap), currency)} too {'much' if gap > 0 else 'little'} per customer, beyond chance"
        return f"Over all offers together the model expects {how}; of no offer alone is that clear"
    return "Offer by offer, the model expects the money that the trial measured, within chance"


@door
def plot_contact_worth(found: ContactWorth, ax: Axes | None = None) -> Axes:
    """Draw what a contact gains of those who are better left alone, by what a contact costs.

    Marks below the dotted line gain less than a contact costs; below each is the share of customers it stands for.
    Takes ``not_worth_a_contact`` of second lifetime values.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> values = wb.second_lifetime_value(wb.fit_two_part(trial), trial)
    >>> plot_contact_worth(values.not_worth_a_contact([50, 100, 200])).get_xlabel()
    'cost of a contact, and share not worth it'
    """
    rows = found.frame[found.frame["n"] > 0]
    if rows.empty:
        raise ValueError("Everybody is worth a contact at these costs: there is nobody to draw.")
    ax = new_axes(ax, 4.2)
    seen, said = house_styles(["measured", "expected"]).values()
    cost, measured = rows["contact_cost"].to_numpy(), rows["measured"].to_numpy()
    top = float(max(cost.max(), rows["expected"].max(), rows["measured_high"].fillna(0).max()))
    ax.plot([0, top], [0, top], color=QUIET, linestyle=":", linewidth=1.5, label="gains as much as it costs")
    known = np.isfinite(measured)
    if known.any():
        ends = [measured - rows["measured_low"].to_numpy(), rows["measured_high"].to_numpy() - measured]
        bars = {"color": seen["color"], "marker": seen["marker"], "markersize": WITHIN, "linestyle": "none"}
        ax.errorbar(
            cost[known], measured[known], yerr=[each[known] for each in ends], label="measured", zorder=4, **bars
        )
    mark = {"color": said["color"], "marker": said["marker"], "markerfacecolor": "white", "markersize": AROUND}
    ax.plot(cost, rows["expected"], linestyle="none", label="expected by the model", zorder=3, **mark)
    last = rows.iloc[-1]
    title = (
        f"If a contact costs {format_money(last['contact_cost'], found.currency)}, {format_percent(last['share'])} "
        "of customers are better left alone"
    )
    unit = "cost of a contact, and share not worth it"
    finish_axes(ax, title, unit, f"gain of a contact of these, {found.kind}")
    prices = format_alike(cost, found.currency)
    name_ticks(
        ax.xaxis,
        cost,
        [f"{price} {format_percent(share)}" for price, share in zip(prices, rows["share"], strict=True)],
        6,
    )
    money_axis(found.currency, ax.yaxis)
    ax.margins(x=0.08, y=0.12)
    write_legend_below(ax)
    return ax
