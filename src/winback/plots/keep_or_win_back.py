"""Keep, win back or acquire? What each strategy gains per customer at risk, segment by segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from winback.doors import door
from winback.money import format_alike
from winback.offers.strategy_words import ALL
from winback.offers.strategy_worth import PARTS, PAYING
from winback.plots.style import INK, capitalised, finish_axes, house_styles, letters_across, money_axis, new_axes, note
from winback.plots.words import name_ticks, row_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.offers.strategies_compared import StrategyComparison

SEGMENTS_DRAWN = 6  # drawn: the largest ones
BETWEEN = 0.6  # of a row, between segments
CLOSE = 0.45  # of the largest gain: so close to the line at 0 a text in the middle would lie over it
FAR = 0.75  # of the largest gain: so far out a text in the middle would run over the edge


@door
def plot_keep_or_win_back(result: StrategyComparison, ax: Axes | None = None) -> Axes:
    """Draw what each strategy gains in each segment, and for what is spent; a hollow mark rests on what is assumed.

    Takes what `compare_win_back_keep_acquire` returns. Keeping a part of all, the riskiest or
    those whom it pays, is left out unless the latter is ahead.

    Examples
    --------
    >>> import winback as wb
    >>> figures = {"segment": ["low", "high"], "n": [800, 200], "hazard": [0.05, 0.03], "margin": [10, 60]}
    >>> how = {"horizon_months": 12, "annual_discount": 0.1, "by_themselves": wb.offers.ByThemselves(0)}
    >>> found = wb.compare_win_back_keep_acquire(figures, keep=wb.offers.Keep(cost=5, share_prevented=0.3), **how)
    >>> plot_keep_or_win_back(found).get_title(loc="left")
    'Keep everybody earns most in every group'
    """
    largest = result.inputs.segments.nlargest(SEGMENTS_DRAWN, "n", keep="first").sort_index()["segment"]
    left_out = [name for name in PARTS if name != PAYING or result.of(ALL)["strategy"].iloc[0] != PAYING]
    rows = result.frame[result.frame["segment"].isin(largest) & ~result.frame["strategy"].isin(left_out)]
    rows = rows[rows["segment"] != ALL]
    strategies = list(dict.fromkeys(rows["strategy"]))
    places = [place + BETWEEN * (place // len(strategies)) for place in range(len(rows))]
    names = [f"{row.segment}: {row.strategy}" for row in rows.itertuples()]
    ax = new_axes(ax, 1.3 + row_height(names, 0.33) * (max(places) + 1))
    ax.axvline(0, color=INK, linewidth=1)
    looks, texts = house_styles(strategies), format_alike([*rows["gain"], *rows["spending"]], result.currency)
    for place, row, text, spent in zip(places, rows.itertuples(), texts, texts[len(rows) :], strict=False):
        color, marker = looks[row.strategy]["color"], looks[row.strategy]["marker"]
        assumed = result.assumed(row.strategy)
        line = ":" if assumed else "-"
        ax.plot([row.gain_low, row.gain_high], [place] * 2, color=color, linewidth=2.2, linestyle=line)
        best = result.of(row.segment)["strategy"]
        ahead = "ahead: " if best[~best.isin(left_out)].iloc[0] == row.strategy else ""
        face = "white" if assumed else color
        part = row.gain / rows["gain"].abs().max()
        side = (
            "left" if 0 <= part < CLOSE else "right" if part > FAR else "center"
        )  # clear of the line at 0, and inside
        ax.plot(row.gain, place, marker, color=color, markerfacecolor=face, markersize=8)
        note(ax, f"{ahead}{text}, costs {spent}", (row.gain, place), (0, 6), ha=side, color=color)
    months = result.terms.timing.horizon_months
    few = len(result.inputs.segments) > len(largest)
    hollow = "; hollow: rests on what is assumed" if any(map(result.assumed, strategies)) else ""
    said = f"gain per customer at risk within {months} months, against doing nothing, for what is spent{hollow}"
    said = f"{said}; the {SEGMENTS_DRAWN} largest segments" if few else said
    finish_axes(ax, capitalised(result.headline), said, width=letters_across(ax, names))
    name_ticks(ax.yaxis, places, names)
    ax.grid(False, axis="y")
    ax.set_ylim(max(places) + 0.5, -0.9)
    money_axis(result.currency, ax.xaxis)
    ax.margins(x=0.2)  # the widest note stands over the farthest mark
    return ax
