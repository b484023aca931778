"""Who comes back, and who is worth it? Chance of return against worth, with the offer that is best for each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from winback.doors import door
from winback.plots.style import INK, QUIET, capitalised, finish_axes, money_axis, new_axes, offer_styles, percent_axis
from winback.plots.words import columns_below, named, write_legend_below
from winback.results import counted, format_percent
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.second_lifetime.valuation import SecondLifetimeValues

N_BINS = 9  # each way: marks of more would cover each other, or be too small for a phone
LARGEST = 420.0  # square points of the fullest mark
CLEAR = 0.8  # share of a mark's customers for whom its offer is best, from which on it is drawn full
NEARLY_ALL = 0.995  # which would be written as 100%
TOGETHER = 0.1  # rank correlation, below which chance says next to nothing about worth


@door
def plot_worth_map(values: SecondLifetimeValues, ax: Axes | None = None) -> Axes:
    """Draw customers by their chance of return and by what a return is worth, coloured by the offer that is best.

    Both are the model's, under the offer with the highest value net of cost. A mark stands for the customers of a small
    area, the more the larger, in the colour of the offer that is best for most of them; it is open where that is less
    than four of five. Dotted lines are medians: right of one and above the other is who should be called first.
    Takes what `second_lifetime_value` returns.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> fit = wb.fit_two_part(trial, reacquisition="offer + reason", tenure="reason", margin="reason + first_margin")
    >>> plot_worth_map(wb.second_lifetime_value(fit, trial)).get_xlabel()
    'chance of return with the offer that is best'
    """
    customers = _customers(values)
    cells = _cells(customers)
    ax = new_axes(ax, 4.8)
    scale = LARGEST / cells["n"].max()
    catalogue = values.trial.offers.names
    present = [name for name in (*catalogue, NO_OFFER) if name in set(cells["offer"])]
    for name, style in offer_styles(present, catalogue).items():
        rows = cells[cells["offer"] == name]
        face = [style["color"] if clear else "white" for clear in rows["share"] >= CLEAR]
        label = "no offer" if name == NO_OFFER else named(name)
        look = {"marker": style["marker"], "facecolor": face, "edgecolor": style["color"], "linewidth": 1.4}
        ax.scatter(rows["chance"], rows["worth"], scale * rows["n"], label=label, **look)
    for draw, column in ((ax.axvline, "chance"), (ax.axhline, "worth")):
        draw(customers[column].median(), color=QUIET, linestyle=":", linewidth=1.3, zorder=0)
    title = _message(values, customers)
    best = "the offer that is best" if len(values.net_values.columns) > 1 else "the offer"
    finish_axes(ax, title, f"chance of return with {best}", "worth of one who comes back")
    percent_axis(ax.xaxis)
    money_axis(values.currency, ax.yaxis)
    ax.margins(x=0.08, y=0.1)
    _write_key(ax, present, cells["n"].max())
    return ax


def _write_key(ax, present, most):
    """Say below what colours mean, where there are several, and how many customers a mark stands for."""
    marks = ax.get_legend_handles_labels()[0]
    colour = marks[0].get_edgecolor() if len(present) == 1 else QUIET
    step = 10 ** math.floor(math.log10(most))
    for n in dict.fromkeys((max(step // 10, 1), most // step * step)):
        size = LARGEST * n / most
        ax.scatter([], [], size, label=counted(int(n), "customers"), facecolor=colour, edgecolor=colour)
    kinds = marks if len(present) > 1 else []
    sizes = ax.get_legend_handles_labels()[0][len(marks) :]
    names = [each.get_label() for each in (*kinds, *sizes)]
    write_legend_below(ax, handles=[*kinds, *sizes], ncols=columns_below(ax, names), labelspacing=0.9)
    for handle in ax.get_legend().legend_handles[: len(kinds)]:
        handle.set(sizes=[60], facecolor=handle.get_edgecolor(), edgecolor=INK, linewidth=0)


def _customers(values) -> pd.DataFrame:
    """Return each customer's best offer, and under it the chance of return and the worth of a return."""
    rows = ~values.set_aside
    net, costs, chances = (frame.to_numpy()[rows] for frame in (values.net_values, values.costs, values.chances))
    best = net.argmax(axis=1)
    at = np.arange(len(best)), best
    chance = chances[at]
    worth = np.divide(net[at] + costs[at], chance, out=np.full(len(best), np.nan), where=chance > 0)
    offers = np.array(values.net_values.columns, dtype=object)[best]
    return pd.DataFrame({"offer": offers, "chance": chance, "worth": worth}).dropna()


def _cells(customers: pd.DataFrame) -> pd.DataFrame:
    """Return customers together who lie close: their number, middle, most frequent best offer and its share."""
    place = [_bins(customers[name].to_numpy()) for name in ("chance", "worth")]
    groups = customers.groupby(place[0] * N_BINS + place[1])
    means = groups[["chance", "worth"]].mean().assign(n=groups.size())
    counts = pd.crosstab(place[0] * N_BINS + place[1], customers["offer"].to_numpy()).loc[means.index]
    return means.assign(offer=counts.idxmax(axis=1), share=counts.max(axis=1) / means["n"])


def _bins(values: np.ndarray) -> np.ndarray:
    """Return which of the equal steps between the ends each value lies in; the few far out are in the last ones."""
    low, high = np.quantile(values, [0.005, 0.995])
    if high <= low:
        return np.zeros(len(values), dtype=int)
    return np.clip((values - low) / (high - low) * N_BINS, 0, N_BINS - 1).astype(int)


def _message(values, customers) -> str:
    """Say which offer the model finds best for how many, and whether chance and worth go together."""
    share = customers["offer"].value_counts(normalize=True)
    first = share.index[0]
    what = "no offer" if first == NO_OFFER else first
    many = "nearly all" if share.iloc[0] >= NEARLY_ALL else format_percent(share.iloc[0], 0)
    said = f"by the model {what} is best for {'all' if len(share) == 1 else many}"
    return capitalised(f"{said} of {counted(len(customers), 'customers')}{_together(customers)}")


def _together(customers) -> str:
    """Say whether those who are likely to come back are worth more, too."""
    if customers[["chance", "worth"]].nunique().min() < 2:
        return ""
    ranks = customers[["chance", "worth"]].rank()
    found = ranks["chance"].corr(ranks["worth"])
    if abs(found) < TOGETHER:
        return "; who is likely to return is worth neither more nor less"
    return f"; who is likelier to return is worth {'more' if found > 0 else 'less'}"
