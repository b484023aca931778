"""When has an offer earned its cost back? Profit counted up to each month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.plots.style import INK, band, capitalised, finish_axes, money_axis, new_axes, offer_styles
from winback.plots.words import columns_below, named, write_legend_below

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.offers.payback import Payback

FEW_BANDS = 2  # more of them would hide the lines, which lie close


@door
def plot_payback(found: Payback, ax: Axes | None = None) -> Axes:
    """Draw what each offer has earned per customer by each month after the return; rings mark the months of payback.

    Takes what `payback` returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.offers.payback import payback
    >>> found = payback(wb.compare_offers(wb.load_telecom_study().trial.over(horizon_months=9)))
    >>> plot_payback(found).get_xlabel()
    'months since the customer came back'
    """
    ax = new_axes(ax, 4.3)
    names = list(found.frame["offer"])
    ax.axhline(0, color=INK, linewidth=1)
    for name, style in offer_styles(names, found.catalogue).items():
        rows = found.months[found.months["offer"] == name]
        every = max(1, len(rows) // 6)
        ax.plot(rows["month"], rows["profit"], **style, linewidth=2, markevery=every, label=named(name))
        if len(names) <= FEW_BANDS:
            band(ax, rows["month"], rows["profit_low"], rows["profit_high"], style["color"])
    paid = found.frame.dropna(subset="pays_back")
    colors = offer_styles(names, found.catalogue)
    for place, row in enumerate(paid.itertuples()):  # on the line of zero, and around each other in one month
        size = 9 + 6 * int((paid["pays_back"].iloc[:place] == row.pays_back).sum())
        ring = {"marker": "o", "markersize": size, "markerfacecolor": "none", "markeredgewidth": 2}
        said = "paid back" if place == 0 else None
        ax.plot(row.pays_back, 0, **ring, linestyle="none", color=colors[row.offer]["color"], zorder=5, label=said)
    gross = " (gross)" if found.kind == "gross" else ", if as many come anyway as assumed" if found.assumed else ""
    ylabel = f"earned so far per customer offered{gross}"
    finish_axes(ax, capitalised(found.headline), "months since the customer came back", ylabel)
    money_axis(found.currency, ax.yaxis)
    ax.set_xlim(0, 1.03 * found.horizon_months)  # marks at the end are not cut
    ax.set_xticks(np.arange(0, found.horizon_months + 1e-9, _step(found.horizon_months)))
    write_legend_below(ax, ncols=columns_below(ax, names))
    return ax


def _step(end) -> int:
    return next((step for step in (1, 2, 3, 6, 12, 24) if end / step <= 9), 60)
