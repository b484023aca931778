"""How do the offers compare, at a glance? Figures of a comparison of offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np

from winback.doors import door
from winback.money import format_alike, format_money
from winback.offers.told_apart import leads_narrowly
from winback.plots.style import (
    QUIET,
    SMALL,
    WIDTH,
    capitalised,
    finish_axes,
    money_axis,
    new_axes,
    note,
    offer_styles,
    percent_axis,
)
from winback.plots.words import name_ticks, named, row_height, write_legend
from winback.results import format_percent, join_words
from winback.trial.moments import profit_and_roi_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from winback.offers.compared import OfferComparison


LONGEST_BESIDE = 14  # letters of an offer's name, beside which two panels find room
ROW, LINE_HIGH = 0.36, 0.2  # inches of a row, and of a line of words
BETWEEN = 0.12  # inches around panels beside each other: amounts at their ends do not touch


@door
def plot_profit_and_roi(result: OfferComparison) -> Figure:
    """Draw profit per customer beside ROI, with intervals: the reversal of the ranking is seen at a glance.

    Rows are in order of profit in both panels; the best of each panel is drawn full, the others open. Beside long names
    the panels stand one below the other. A lead is called narrow where the comparison calls it so.

    Takes what `compare_offers` returns. Incremental figures are drawn where there is a random control group, or where
    an organic return is assumed, which the axes say; else gross ones.

    Examples
    --------
    >>> import winback as wb
    >>> len(plot_profit_and_roi(wb.compare_offers(wb.load_telecom_study().trial)).axes)
    2
    """
    kind, frame = result.kind, result.frame
    n_across = 2 if frame["offer"].str.len().max() <= LONGEST_BESIDE else 1
    shape = {"nrows": 2 // n_across, "ncols": n_across, "sharey": True}
    figure, (left, right) = plt.subplots(**shape, figsize=(WIDTH, 3), layout="constrained")
    styles = offer_styles(frame["offer"], result.catalogue)
    _draw_intervals(left, frame, f"{kind}_profit", styles, lambda profits: format_alike(profits, result.currency))
    _draw_intervals(right, frame, f"{kind}_roi", styles, lambda ratios: [format_percent(ratio, 0) for ratio in ratios])
    first = frame["offer"].iloc[0]
    assumed = "\n(organic return assumed)" if result.settings.organic else ""
    assumed += "\n(adjusted)" if result.adjusted_for else ""
    titles = [finish_axes(left, _profit_message(result, kind), f"{kind} profit per customer offered{assumed}")]
    money_axis(result.currency, left.xaxis)
    roi = frame[f"{kind}_roi"]
    leanest = frame["offer"][roi.idxmax()] if roi.notna().any() else None
    message = _roi_message(first, leanest, roi.max(), result.currency)
    titles.append(finish_axes(right, message, f"{kind} return on investment (profit / cost){assumed}"))
    percent_axis(right.xaxis)
    for ax in (left, right)[: 3 - n_across]:
        name_ticks(ax.yaxis, range(len(frame)), frame["offer"])
    left.set_ylim(len(frame) - 0.5, -0.8)
    around = [(ax.get_title(loc="left"), ax.get_xlabel()) for ax in (left, right)]
    lines = sum(max(text.count("\n") + 1 for text in texts) for texts in zip(*around, strict=True))
    each = 0.4 + LINE_HIGH * lines + row_height(frame["offer"], ROW) * (len(frame) + 0.3)
    if n_across > 1:
        figure.get_layout_engine().set(w_pad=BETWEEN)
        _begin_alike(titles)
    figure.supxlabel(_how_to_read(result, (left, right)), fontsize=SMALL, color=QUIET)
    figure.set_figheight(each * (2 // n_across) + LINE_HIGH)
    return figure


def _begin_alike(titles) -> None:
    """Let titles beside each other begin at the same height, also where one has fewer lines."""
    most = max(title.get_text().count("\n") for title in titles)
    for title in titles:
        title.set_text(title.get_text() + "\n" * (most - title.get_text().count("\n")))


def _how_to_read(result, panels) -> str:
    """Say what the bars are, and that the axes leave something out, if they do."""
    said = f"bars: {format_percent(result.settings.level, 0)} intervals"
    away = any(low > 0 or high < 0 for low, high in (ax.get_xlim() for ax in panels if ax.lines))
    return f"{said}; axes do not begin at 0" if away else said


def _profit_message(result, kind) -> str:
    best = result.winners
    if result.frame[f"{kind}_profit_low"].iloc[0] <= 0:
        return "No offer is shown to pay"
    how = "are not clearly different on profit" if len(best) > 1 else "earns most"
    return f"{capitalised(join_words(best))} {how}{', narrowly' if leads_narrowly(result) else ''}"


def _roi_message(first, leanest, highest, currency) -> str:
    if leanest is None:
        return "No ROI: nothing was spent"
    if highest <= 0:
        return "No offer returns its cost"
    unit = {"$": "dollar", "€": "euro", "£": "pound"}.get(currency, currency)
    return f"{capitalised(leanest)} {'also returns' if leanest == first else 'returns'} most per {unit} spent"


def _draw_intervals(ax, frame, name, styles, write):
    values, low, high = (frame[column].to_numpy(dtype=float) for column in (name, f"{name}_low", f"{name}_high"))
    if np.isnan(values).all():
        return
    best, written = int(np.nanargmax(values)), write(values)
    for row, (style, value) in enumerate(zip(styles.values(), values, strict=True)):
        if not np.isfinite(value):
            continue
        ends = [end if np.isfinite(end) else value for end in (low[row], high[row])]
        ax.plot(ends, [row, row], color=style["color"], linewidth=2.2, solid_capstyle="butt")
        face = style["color"] if row == best else "white"
        ax.plot(value, row, marker=style["marker"], color=style["color"], markerfacecolor=face, markersize=8)
        unbounded = "" if np.isfinite(low[row]) and np.isfinite(high[row]) else " (unbounded)"
        weight = "bold" if row == best else "normal"
        note(ax, written[row] + unbounded, (value, row), (0, 7), ha="center", fontweight=weight)
    ax.margins(x=0.12)


@door
def plot_acceptance_against_cost(result: OfferComparison, ax: Axes | None = None) -> Axes:
    """Draw how many each offer wins back against what it costs per customer offered.

    Takes what `compare_offers` returns.

    Examples
    --------
    >>> import winback as wb
    >>> plot_acceptance_against_cost(wb.compare_offers(wb.load_telecom_study().trial)).get_ylabel()
    'share who came back'
    """
    ax = new_axes(ax, 3.6)
    frame = result.frame
    styles = offer_styles(frame["offer"], result.catalogue)
    for style, row in zip(styles.values(), frame.to_dict("records"), strict=True):
        x, y = row["cost_per_customer"], row["acceptance"]
        reach = {
            "xerr": [[x - row["cost_per_customer_low"]], [row["cost_per_customer_high"] - x]],
            "yerr": [[y - row["acceptance_low"]], [row["acceptance_high"] - y]],
        }
        ax.errorbar(x, y, **reach, **style | {"linestyle": "none"}, markersize=8, label=named(row["offer"]))
    write_legend(ax, loc="center right")
    if result.control is not None:
        organic = float(result.control.mean[0, 0])
        ax.axhline(organic, color=QUIET, linestyle=":", linewidth=1.5)
        edge = {"xycoords": ("axes fraction", "data"), "ha": "right", "color": QUIET}
        note(ax, f"without an offer {format_percent(organic)}", (1, organic), (0, 4), **edge)
    most, dearest = frame.loc[frame["acceptance"].idxmax()], frame.loc[frame["cost_per_customer"].idxmax()]
    title = f"{capitalised(most['offer'])} wins back most ({format_percent(most['acceptance'], 0)})"
    if dearest["offer"] == most["offer"] and np.ptp(frame["cost_per_customer"]) > 1e-9 * dearest["cost_per_customer"]:
        title += f" and costs most ({format_money(most['cost_per_customer'], result.currency)} per customer offered)"
    finish_axes(ax, title, "cost per customer offered", "share who came back", width=80)
    money_axis(result.currency, ax.xaxis)
    percent_axis(ax.yaxis)
    ax.margins(x=0.15, y=0.15)
    ax.xaxis.get_major_locator().set_params(nbins=8)
    return ax


@door
def plot_ranking_against_organic(result: OfferComparison, ax: Axes | None = None) -> Axes:
    """Draw each offer's incremental ROI against the share who would have returned without an offer.

    Lines end where the offer stops paying. Where two lines cross, the ranking turns. A measured organic return is
    marked where there is a random control group, an assumed one where it was given.
    Takes what `compare_offers` returns.

    Examples
    --------
    >>> import winback as wb
    >>> plot_ranking_against_organic(wb.compare_offers(wb.load_telecom_study().trial)).get_xlabel()
    'share who would have returned without an offer'
    """
    ax = new_axes(ax, 3.8)
    names = list(result.frame["offer"])
    end = float(np.nanmax([*result.frame["break_even_organic"].clip(0.02, 1), 0.02]))
    shares = np.linspace(0, end, 101)
    roi = np.array([profit_and_roi_at(result.arms, share, result.settings.organic_value)[3].ratio for share in shares])
    for position, (name, style) in enumerate(offer_styles(names, result.catalogue).items()):
        pays = roi[:, position] >= (0 if (roi >= 0).any() else -np.inf)
        ax.plot(shares[pays], roi[pays, position], **style, markevery=20, linewidth=2, label=named(name))
    _mark_organic(ax, result)
    finish_axes(ax, _organic_message(result), "share who would have returned without an offer", "incremental ROI", 80)
    percent_axis(ax.xaxis, ax.yaxis)
    write_legend(ax)
    return ax


def _mark_organic(ax, result):
    """Mark the organic return that was measured, or the ends of the one assumed."""
    assumed = result.settings.organic
    if result.control is not None:
        marked, how = [float(result.control.mean[0, 0])], "measured"
    elif assumed is not None:
        marked, how = sorted({assumed.low, assumed.high}), "assumed"
    else:
        return
    for share in marked:
        ax.axvline(share, color=QUIET, linestyle=":", linewidth=1.5)
    said = f"{how} {' to '.join(map(format_percent, marked))}"
    note(ax, said, (marked[-1], 0.02), (4, 0), xycoords=("data", "axes fraction"), color=QUIET)


def _organic_message(result) -> str:
    leader = result.frame["offer"].iloc[0]
    flips = result.flips[(result.flips["measure"] == "ROI") & (result.flips["second"] == leader)]
    if len(flips):
        share, first = format_percent(flips["organic"].iloc[-1]), flips["first"].iloc[-1]
        return f"Above {share} organic return {leader} overtakes {first} on ROI as well"
    highest = result.frame["break_even_organic"].max()
    if not highest > 0:
        return "No offer pays, whatever the organic return"
    if highest > 1:
        return "An offer pays whatever the organic return"
    return f"No offer pays above {format_percent(highest)} organic return"
