"""What does the next trial buy, and what does its holdout cost? Figures of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.planning.questions import pair_skewness
from winback.planning.sizes import customers_for_difference
from winback.plots.style import INK, QUIET, capitalised, finish_axes, house_styles, money_axis, new_axes, note
from winback.plots.words import named, write_legend
from winback.results import counted, format_count, format_money, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.planning.trial_plan import TrialPlan

N_LINES = 6  # more lines than this cannot be told apart


@door
def plot_trial_sizes(plan: TrialPlan, ax: Axes | None = None) -> Axes:
    """Draw customers per offer against the difference one wants to find, one line per comparison.

    The comparisons that need most are drawn, six at most. A point marks what each is planned for; half the difference
    takes four times as many. Takes what `plan_trial` returns, with at least one comparison.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> assumed = pd.DataFrame({"offer": ["discount", "upgrade"], "acceptance": [.45, .41], "cost": [120, 105],
    ...                         "value": [921.60, 937.65], "value_variation": 1.0, "paid": "on_acceptance"})
    >>> plot_trial_sizes(wb.plan_trial(assumed)).get_ylabel()
    'customers per offer'
    """
    rows = plan.frame[plan.frame["kind"] == "difference"].nlargest(N_LINES, "n_per_arm", keep="first")
    if rows.empty:
        raise ValueError("The plan compares nothing: plan a trial of two offers, or of one with untreated customers.")
    ax = new_axes(ax, 3.8)
    asked = plan.asked
    grid = np.geomspace(rows["difference"].min() / 2, rows["difference"].max() * 2, 101)
    for (name, style), row in zip(house_styles(rows["question"]).items(), rows.itertuples(), strict=True):
        places = plan.arms.place(row.first), plan.arms.place(row.second)
        skewness = pair_skewness(plan.arms, *places, asked.ratio(plan.arms))
        settings = (row.variance, asked.power, asked.level)
        n = customers_for_difference(grid, *settings, plan.n_comparisons, skewness)
        ax.plot(grid, n, color=style["color"], linestyle=style["linestyle"], linewidth=1.8)
        ax.plot(row.difference, row.n_per_arm, **style, linewidth=1.8, markersize=8, label=named(name))
    ax.set_xscale("log")
    ax.set_yscale("log")
    hardest = rows.iloc[0]
    title = (
        f"{capitalised(hardest['question'])}: {format_count(hardest['n_per_arm'])} customers per offer find "
        f"{format_money(hardest['difference'], plan.currency)} with {format_percent(asked.power, 0)} power"
    )
    finish_axes(ax, title, "difference in profit per customer", "customers per offer", width=90)
    _plain_ticks(ax, plan.currency)
    write_legend(ax)
    return ax


def _plain_ticks(ax, currency):
    """Write a logarithmic axis in plain money and customers, at 1, 2 and 5 of each power of ten."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    writers = (lambda amount, _: _short_money(amount, currency)), (lambda n, _: format_count(n))
    for axis, write in zip((ax.xaxis, ax.yaxis), writers, strict=True):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(FuncFormatter(write))
        axis.set_minor_formatter(NullFormatter())
    ax.minorticks_off()


def _short_money(amount, currency) -> str:
    return format_money(amount, currency, digits=max(0, -int(np.floor(np.log10(amount) + 1e-9))))


@door
def plot_holdout(plan: TrialPlan, ax: Axes | None = None) -> Axes:
    """Draw what the holdout costs against what it buys: profit forgone, and the smallest difference it finds.

    Each point is a share of customers left untreated; the planned one is drawn full.

    Parameters
    ----------
    plan : TrialPlan
        From `plan_trial`, with an organic return.

    Raises
    ------
    ValueError
        When the organic return is not known, so that the holdout's cost is not either.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> assumed = pd.DataFrame({"offer": ["discount", "none"], "acceptance": [.45, .06], "cost": [120, 0],
    ...                         "value": [921.60, 900.], "value_variation": 1.0, "paid": "on_acceptance"})
    >>> plan = wb.plan_trial(assumed, n_available=10_000)
    >>> plot_holdout(plan).get_xlabel()
    'profit forgone by the holdout'
    """
    if plan.holdout.empty:
        raise ValueError("The holdout cannot be drawn: plan with a row none, or a pilot with untreated customers.")
    ax = new_axes(ax, 3.8)
    known = plan.holdout[plan.holdout["n"] > 0]
    color = house_styles(["holdout"])["holdout"]["color"]
    ax.plot(known["forgone"], known["smallest_difference"], color=color, linewidth=1.8, zorder=1)
    for row in known.itertuples():
        face = color if row.planned else "white"
        at = (row.forgone, row.smallest_difference)
        ax.plot(*at, marker="o", color=color, markerfacecolor=face, markersize=8)
        look = {"color": INK, "fontweight": "bold"} if row.planned else {"color": QUIET}
        note(ax, format_percent(row.share, 0 if row.share >= 0.01 else 1), at, (7, 5), **look)
    expected = plan.arms.best_increment()
    if 0 < expected < 2 * known["smallest_difference"].max():
        ax.axhline(expected, color=QUIET, linestyle=":", linewidth=1.5)
        label = f"expected of {plan.arms.names[0]}: {format_money(expected, plan.currency)}"
        note(ax, label, (1, expected), (0, 4), ha="right", color=QUIET, xycoords=("axes fraction", "data"))
    finish_axes(ax, _holdout_message(plan), "profit forgone by the holdout", "smallest difference found", width=90)
    money_axis(plan.currency, ax.xaxis, ax.yaxis)
    ax.margins(x=0.08, y=0.15)
    return ax


def _holdout_message(plan) -> str:
    row = plan.holdout[plan.holdout["planned"]].iloc[0]
    if row["n"] == 0:
        return "Without a holdout nothing is forgone, and no incremental figure is identified"
    verb = "forgoes" if row["forgone"] > 0 else "saves"
    amount, found = (format_money(abs(row[name]), plan.currency) for name in ("forgone", "smallest_difference"))
    untreated = f"{counted(row['n'], 'customers')} untreated ({format_percent(row['share'])})"
    return f"Leaving {untreated} {verb} {amount} and finds {found} per customer"
