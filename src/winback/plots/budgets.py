"""What would another budget earn, and what does market share cost? Figures of plans and frontiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.money import money_interval
from winback.plots.style import INK, QUIET, band, capitalised, finish_axes, house_styles, money_axis, new_axes, note
from winback.plots.words import write_legend, write_legend_below
from winback.results import counted, format_count, format_money

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.budgets.frontier import ProfitShareFrontier
    from winback.budgets.plan import BudgetPlan
    from winback.budgets.spending import SpendingCurve


N_MEASURED = 3  # points: intervals of more would cover each other


@door
def plot_budget_curve(plan: BudgetPlan, ax: Axes | None = None) -> Axes:
    """Draw the predicted gain of the best plan over budgets, with this plan's place on it.

    Takes what `allocate_budget` returns.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> profit = pd.DataFrame({"call": [9.0, 2.0, 4.0], "none": [1.0, 1.0, 2.0]})
    >>> plot_budget_curve(wb.allocate_budget(profit, costs={"call": 2}, budget=4)).get_xlabel()
    'budget (expected cost)'
    """
    ax = new_axes(ax, 3.6)
    curve = plan.curve()
    ax.plot(curve["budget"], curve[f"{plan.kind}_profit_total"], linewidth=2, color=house_styles("a")["a"]["color"])
    ax.plot([plan.cost_total], [plan.profit_total], "o", color=INK, markersize=8)
    price = format_money(plan.price_of_money, plan.currency)
    amounts = [format_money(each, plan.currency) for each in (plan.cost_total, plan.profit_total)]
    unit = "dollar" if plan.currency == "$" else format_money(1, plan.currency, 0)
    note(ax, "this plan", (plan.cost_total, plan.profit_total), (8, -14), color=INK)
    gains = "is predicted to gain" if plan.kind == "incremental" else "is predicted to earn (gross)"
    tail = f"; the next {unit} earns {price}" if plan.price_of_money > 0 else ""
    if plan.measured is not None:
        found = (plan.measured.total, plan.measured.low, plan.measured.high)
        tail = f", and measured {money_interval(*found, plan.currency)}{tail}"
    title = f"{capitalised(amounts[0])} {gains} {amounts[1]}{tail}"
    finish_axes(ax, title, "budget (expected cost)", f"predicted {plan.kind} profit", 80)
    money_axis(plan.currency, ax.xaxis, ax.yaxis)
    ax.margins(x=0.06, y=0.12)
    return ax


@door
def plot_profit_share_frontier(frontier: ProfitShareFrontier, ax: Axes | None = None) -> Axes:
    r"""Draw the most profit for every number of customers regained. Takes what `profit_share_frontier` returns.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> profit = pd.DataFrame({"upgrade": [90.0, 20.0], "bundle": [80.0, -5.0], "none": [10.0, 10.0]})
    >>> chance = pd.DataFrame({"upgrade": [0.4, 0.2], "bundle": [0.5, 0.3], "none": [0.1, 0.1]})
    >>> plot_profit_share_frontier(wb.profit_share_frontier(profit, chances=chance)).get_xlabel()
    'customers regained of 2, over leaving\neverybody alone'
    """
    ax = new_axes(ax, 4.4)
    frame, profit = frontier.frame, frontier.profit_column
    ax.plot(frame["n_regained"], frame[profit], linewidth=2, color=house_styles("a")["a"]["color"])
    _draw_measured(ax, frame, profit)
    ends = [(frame.iloc[0], "most profit, as predicted", "o"), (frame.iloc[-1], "most customers, as predicted", "s")]
    if ends[0][0]["n_regained"] == ends[1][0]["n_regained"]:
        ends = [(frame.iloc[0], "most profit and most customers, as predicted", "o")]
    for row, words, mark in ends:
        ax.plot([row["n_regained"]], [row[profit]], mark, color=INK, markersize=8, label=words, zorder=4)
    over = "over leaving everybody alone" if frontier.kind == "incremental" else "gross"
    regained = f"customers regained of {format_count(len(frontier.choices.profits))}, {over}"
    finish_axes(ax, _frontier_message(frontier), regained, f"expected {frontier.kind} profit", 80)
    money_axis(frontier.currency, ax.yaxis)
    ax.xaxis.set_major_formatter(lambda count, _: format_count(count))
    ax.margins(x=0.08, y=0.1)
    write_legend_below(ax)
    return ax


def _frontier_message(frontier) -> str:
    """Say what market share costs: as measured, else as predicted."""
    frame, profit = frontier.frame, frontier.profit_column
    more = frame["n_regained"].iloc[-1] - frame["n_regained"].iloc[0]
    if more <= 0:
        return "Most profit and most customers go together"
    if frontier.measured_ends is None:
        forgone = frame[profit].iloc[0] - frame[profit].iloc[-1]
        given, price = (format_money(each, frontier.currency) for each in (forgone, frontier.price_of_last))
        return f"{counted(more, 'more customers', 'are')} predicted to cost {given} of profit, the last one {price}"
    if all(each.low <= 0 <= each.high for each in frontier.measured_ends.values()):
        return "Measured: buying market share makes no clear difference, in customers or in profit"
    seen, fewer = (frontier.measured_ends[name].total for name in ("regained", "profit"))
    customers = counted(abs(seen), f"{'more' if seen >= 0 else 'fewer'} customers")
    profit = f"{format_money(abs(fewer), frontier.currency)} {'less' if fewer >= 0 else 'more'} profit"
    return f"Measured: {customers} for {profit}"


def _draw_measured(ax, frame, profit):
    """Draw what a trial measured at the ends and in the middle, each tied to what was predicted there."""
    if "measured_profit_total" not in frame:
        return
    shown = frame.iloc[np.unique(np.linspace(0, len(frame) - 1, N_MEASURED).round().astype(int))]
    pairs = zip(
        shown[["n_regained", "measured_regained"]].to_numpy(),
        shown[[profit, "measured_profit_total"]].to_numpy(),
        strict=True,
    )
    for along, high in pairs:
        ax.plot(along, high, color=QUIET, linestyle=":", linewidth=1.2)
    names = ("measured_regained", "measured_profit_total")
    across, up = ([shown[each] - shown[f"{each}_low"], shown[f"{each}_high"] - shown[each]] for each in names)
    look = house_styles("ab")["b"] | {"linestyle": "none", "marker": "D", "markersize": 7, "linewidth": 1.2}
    label = "measured in the trial there, with intervals"
    ax.errorbar(*(shown[each] for each in names), yerr=up, xerr=across, label=label, **look)


@door
def plot_spending_curve(curve: SpendingCurve, ax: Axes | None = None) -> Axes:
    """Draw what budgets honestly earn when customers are chosen, and when they are drawn at random.

    Takes what `spending_curve` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plot_spending_curve(wb.spending_curve(study.trial, splits=wb.Splits(repeats=1))).get_xlabel()
    'money spent per customer of the trial'
    """
    ax = new_axes(ax, 3.6)
    frame, styles = curve.frame, house_styles(["honest", "untargeted", "predicted"])
    band(
        ax,
        frame["budget"],
        frame["honest_simultaneous_low"],
        frame["honest_simultaneous_high"],
        styles["honest"]["color"],
    )
    labels = {"honest": "customers chosen, measured", "untargeted": "drawn at random, measured"}
    for (name, style), line in zip(styles.items(), ("-", "--", ":"), strict=True):
        color = QUIET if name == "predicted" else style["color"]
        label = labels.get(name, "customers chosen, predicted")
        ax.plot(frame["budget"], frame[name], color=color, linestyle=line, linewidth=2, label=label)
    gain = f"{curve.kind} gain per customer, net"
    finish_axes(ax, _spending_message(curve), "money spent per customer of the trial", gain, 80)
    money_axis(curve.currency, ax.xaxis, ax.yaxis)
    write_legend(ax)
    return ax


def _spending_message(curve) -> str:
    """Say where choosing customers earns more by most and where less, as far as that is shown."""
    found = [(row, word) for row, word in ((curve.lead(1), "more"), (curve.lead(-1), "less")) if row is not None]
    if not found:
        return "Choosing customers is not shown to earn more than drawing them at random"
    each = [
        f"up to {format_money(abs(row['lead']), curve.currency)} {word} each than drawing them at random "
        f"(at {format_money(row['budget'], curve.currency)} spent)"
        for row, word in found
    ]
    each[1:] = [text.replace(" each than drawing them at random", "") for text in each[1:]]
    return f"Choosing customers earns {', and '.join(each)}"
