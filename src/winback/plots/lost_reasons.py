"""What did each reason for leaving cost? The figure of reasons by the money that went with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from winback.doors import door
from winback.plots.style import (
    INK,
    LOSS,
    OTHERS,
    QUIET,
    UNTREATED,
    capitalised,
    finish_axes,
    letters_across,
    money_axis,
    new_axes,
    note,
    percent_axis,
    points_across,
    room_beside,
)
from winback.plots.words import name_ticks, row_height, short, write_legend_below
from winback.results import format_count, format_money, format_percent, join_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.lost.reason_figures import ReasonTable

MOST_ROWS = 15  # reasons drawn: those that cost most
IN_TITLE = 3
CAUSES = {"company": (LOSS, ""), "competitor": (QUIET, "//"), "customer": (OTHERS[4], "..")}


@door
def plot_reason_money(table: ReasonTable, ax: Axes | None = None) -> Axes:
    r"""Draw what those who named each reason had brought in a year, with interval, and how many they were, by cause.

    The reasons that cost most stand first, at most 15 of them; those whose reason is not known stand last. Where no
    money is known, shares of customers are drawn instead. Takes what `reason_table` returns.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> contracts = pd.DataFrame({"customer_id": range(6), "start": "2023-01-01", "end": ["2023-12-31"] * 5 + [None],
    ...     "margin": [20, 30, 10, 20, 40, 25], "reason": ["price", "price", "service", "price", "service", None]})
    >>> table = wb.reason_table(wb.read_contracts(contracts, until="2024-12-31"))
    >>> plot_reason_money(table).get_title(loc="left").replace("\n", " ")
    'Most money went with those who named price, $837 a year; service is not clearly different from it'
    """
    shown = "money" if "money" in table.frame and table.reasons["money"].abs().sum() > 0 else "share"
    rows = table.reasons.sort_values(shown, ascending=False, kind="stable")
    n_reasons = len(rows)
    rows = rows.head(MOST_ROWS)
    if shown == "money":
        rows = pd.concat([rows, table.frame[table.frame["reason"].isna()]])
    rows = rows.reset_index(drop=True)
    names = [short(words) for words in rows["words"]]
    ax = new_axes(ax, 1.5 + row_height(names, 0.36) * len(rows))
    _draw_rows(ax, rows, shown)
    said = [_beside(table, row, shown) for _, row in rows.iterrows()]
    for place, (text, end) in enumerate(zip(said, rows[[shown, f"{shown}_high"]].max(axis=1), strict=True)):
        note(ax, text, (max(end, 0), place), (6, 0), va="center", color=INK)
    title = _cost_in_words(table, rows) if shown == "money" else _count_in_words(table, rows)
    unit = "brought in a year by those who named it" if shown == "money" else "share of those whose reason is known"
    which = f"reason (first {MOST_ROWS} of {n_reasons})" if n_reasons > MOST_ROWS else ""
    below = f"{unit}, with interval (customers)"
    finish_axes(ax, title, below, which, letters_across(ax, names))
    name_ticks(ax.yaxis, range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.5, -0.6)
    ax.grid(False, axis="y")
    if ax.get_legend_handles_labels()[0]:
        write_legend_below(ax)
    _scale(ax, table, rows, said, shown)
    return ax


def _scale(ax, table, rows, said, shown):
    """Let the axis begin at 0, or at the lowest sum where one is below, and leave room for what stands beside."""
    lowest = min(rows[shown].min(), rows[f"{shown}_low"].min(), 0)
    room_beside(ax, said)
    if lowest < 0:
        ax.set_xlim(1.1 * lowest, None)
    if shown == "money":
        money_axis(table.currency, ax.xaxis)
        ax.xaxis.get_major_locator().set_params(nbins=max(int(points_across(ax) / 110), 2))
    else:
        percent_axis(ax.xaxis)


def _draw_rows(ax, rows, shown):
    labelled = set()
    for row in rows.to_dict("records"):
        place, cause = len(ax.containers), row["cause"] if isinstance(row["cause"], str) else None
        colour, hatch = CAUSES.get(cause, (UNTREATED, ""))
        label = f"cause: {cause}" if cause and cause not in labelled else "_"
        labelled.add(cause)
        ax.barh(place, row[shown], 0.62, color=colour, hatch=hatch, edgecolor="white", linewidth=0, label=label)
        ax.plot([row[f"{shown}_low"], row[f"{shown}_high"]], [place, place], color=INK, linewidth=1.6, zorder=3)


def _beside(table, row, shown) -> str:
    """Say how much and how many."""
    figure = format_money(row["money"], table.currency) if shown == "money" else format_percent(row["share"])
    return f"{figure} ({format_count(row['n'])})"


def _cost_in_words(table, rows) -> str:
    """Say with whom most money went, and which reasons are not clearly different from that one."""
    stated = rows[rows["reason"].notna()]
    first, others = stated.iloc[0], stated.iloc[1:]
    if not first["money"] > 0:
        return "Nobody who named a reason had brought in money"
    money = format_money(first["money"], table.currency)
    said = f"Most money went with those who named {short(first['words'])}, {money} a year"
    if not len(others):
        return f"{capitalised(short(first['words']))} is the only reason that was named: {money} a year went with it"
    same = _not_apart(first, others, "money")
    return f"{said}; {same}" if same else said


def _count_in_words(table, rows) -> str:
    first, others = rows.iloc[0], rows.iloc[1:]
    said = f"Most left for {short(first['words'])}, {format_percent(first['share'], 0)}"
    if not len(others):
        return f"{capitalised(short(first['words']))} is the only reason that was named; what it cost is not known"
    same = _not_apart(first, others, "share")
    return f"{said}{f'; {same}' if same else ''}; what they had brought in is not known"


def _not_apart(first, others, shown) -> str:
    """Name the reasons whose intervals, which hold together, reach into that of the first one."""
    unknown = others[f"{shown}_high"].isna() | pd.isna(first[f"{shown}_low"])
    names = [
        short(words) for words in others.loc[unknown | (others[f"{shown}_high"] >= first[f"{shown}_low"]), "words"]
    ]
    if not names:
        return ""
    more = [f"{len(names) - IN_TITLE + 1} more"] if len(names) > IN_TITLE else []
    listed = [*names[: IN_TITLE - 1], *more] if more else names
    return f"{join_words(listed)} {'is' if len(names) == 1 else 'are'} not clearly different from it"
