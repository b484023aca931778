"""On which assumption does the best offer's gain hang most? The gain and its lead, one assumption moved at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from winback.doors import door
from winback.money import format_alike
from winback.plots.style import INK, QUIET, WIDTH, capitalised, finish_axes, money_axis, note, offer_styles
from winback.plots.words import name_ticks
from winback.results import join_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from winback.offers.what_if import WhatIf

# Each assumption in few words and in a sentence, and within which ends it is moved where its slider reaches further:
# chosen, and taken from nobody's figures. Months reach beyond the trial's horizon as far as enough customers were
# watched, where the sliders, which are of that horizon, do not.
MOVED = {
    "organic": ("would come anyway", "if {} would come anyway", 0.0, 0.2),
    "cost": ("cost of the offers", "at {} of the cost", 0.5, 1.5),
    "horizon_months": ("months counted", "over {} months", 12.0, 1e9),
    "annual_discount": ("interest rate", "at an interest rate of {}", 0.0, 0.2),
}
UNMOVED = "moves nothing"
ENDS = ("", "_low", "_high")  # a figure and its interval
SAME = 1e-9  # of the largest amount: a move that is none but for rounding
AT_LEAST = 3.0  # times the organic return of the trial, to which it is moved where that is more


@door
def plot_tornado(what_if: WhatIf) -> Figure:
    """Draw how the gain of the best offer, and its lead over the next, move with each assumption, the others at rest.

    The lead is that over the best of the other offers at each setting: left of zero another offer earns more. Thin
    lines are intervals, the band is that of the trial as it is; those of the lead allow for every pair compared. Bars
    are in the order of how far the gain moves. Takes a comparison's ``what_if``.

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> figure = plot_tornado(wb.compare_offers(trial).what_if())
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()][:2]
    ['months counted', 'would come anyway']
    """
    comparison = what_if.comparison
    leader = comparison.frame["offer"].iloc[0]
    moves = _moves(what_if, leader)
    several = len(comparison.frame) > 1
    n = 1 + several
    size = (WIDTH, n * (1.2 + 0.44 * moves["name"].nunique()))
    figure, axes = plt.subplots(n, 1, figsize=size, layout="constrained", squeeze=False)
    color = offer_styles([leader], comparison.catalogue)[leader]["color"]
    gross = ", gross" if comparison.kind == "gross" else ""
    _draw(axes[0, 0], moves, "gain", color=color, currency=what_if.currency)
    title = _gain_message(moves, leader, what_if.currency)
    finish_axes(axes[0, 0], title, f"gain per customer sent it{gross}; the line is as in the trial")
    if several:
        _draw(axes[1, 0], moves, "lead", color=color, currency=what_if.currency)
        label = "its lead over the best other offer, with intervals"
        label += "; left of zero that is ahead" if (moves["lead_low"] < 0).any() else ""
        finish_axes(axes[1, 0], _lead_message(moves, leader), label)
    return figure


def _moves(what_if: WhatIf, leader: str) -> pd.DataFrame:
    """Return gain and lead at both ends of each assumption and at rest, in the order of how far the gain moves."""
    rows, longest = [], _longest(what_if.comparison, leader)
    for slider, place, known in what_if.steps.one_at_a_time():
        if slider.name not in MOVED or len(slider.values) < 2:
            continue
        for end in (end for end, at in _ends(slider, what_if).items() if at == place):
            setting, (name, said, *_) = _setting(slider, place, known), MOVED[slider.name]
            row = {"name": name, "end": end, "setting": setting, "said": said.format(setting)}
            row |= _figures(known, what_if.steps.trial.sent, leader)
            rows.append(row | longest if (slider.name, end) == ("horizon_months", "high") else row)
    moves = pd.DataFrame(rows)
    gains = moves.groupby("name")["gain"]
    width = (gains.max() - gains.min()).sort_values(ascending=False, kind="stable")
    moves["place"] = moves["name"].map({name: place for place, name in enumerate(width.index)})
    return moves.sort_values("place", kind="stable", ignore_index=True)


def _setting(slider, place, known) -> str:
    """Return what an assumption is set to; gross figures are those if none would come anyway."""
    if slider.name == "organic" and known.settings.organic is None and known.control is None:
        return "none"
    return slider.texts[place].split(",")[0]


def _figures(known, offers, leader) -> dict:
    """Return the leader's gain and its lead over the best other offer, with intervals, and which that is."""
    place = offers.index(leader)
    found = dict(zip((f"gain{end}" for end in ENDS), (each[place] for each in known.profit()), strict=True))
    rival, *lead = known.lead(place) if len(offers) > 1 else (place, *[float("nan")] * 3)
    return found | {f"lead{end}": each for end, each in zip(ENDS, lead, strict=True)} | {"rival": offers[rival]}


def _longest(comparison, leader) -> dict:
    """Return gain and lead over as many months as enough customers were watched; nothing where that is no longer."""
    over = comparison.longer
    if over is None:
        return {}
    months, row = f"{over.settings.horizon_months:g}", over.frame.set_index("offer").loc[leader]
    found = {f"gain{end}": row[f"{over.kind}_profit{end}"] for end in ENDS}
    found |= {"setting": months, "said": MOVED["horizon_months"][1].format(months)}
    if len(over.frame) == 1:
        return found
    best, second = over.frame["offer"].iloc[:2]
    pair, rival = over.differences.iloc[0], second if best == leader else best
    if rival == best:
        pairs = over.differences
        pair = pairs[(pairs["first"] == best) & (pairs["second"] == leader)].iloc[0]
        lead = (-pair["difference"], -pair["difference_high"], -pair["difference_low"])
    else:
        lead = (pair[f"difference{end}"] for end in ENDS)
    return found | {f"lead{end}": each for end, each in zip(ENDS, lead, strict=True)} | {"rival": rival}


def _ends(slider, what_if) -> dict[str, int]:
    """Return the places of the lowest and the highest step that are looked at, and of the trial's own."""
    *_, low, high = MOVED[slider.name]
    comparison, start = what_if.comparison, slider.start
    if slider.name == "organic" and comparison.control is not None:
        high = max(high, AT_LEAST * float(comparison.control.mean[0, 0]))
    if slider.name == "horizon_months":
        low = min(low, comparison.trial.horizon_months / 2)
    within = [place for place, value in enumerate(slider.values) if value is not None and low <= value <= high]
    there = sorted({*within, start})
    return {"low": there[0], "rest": start, "high": there[-1]}


def _draw(ax, moves, what, *, color, currency):
    """Draw a bar from one end to the other of each assumption, the settings written at its ends."""
    wide = moves.pivot_table(index="place", columns="end", values=what)
    rest = wide["rest"].iloc[0]
    away = wide[["low", "high"]] - rest
    away = away.where(away.abs() > SAME * wide.abs().to_numpy().max(), 0.0)
    both = away["low"] * away["high"] > 0  # on one side: the bars stand one above the other
    at_rest = moves[moves["end"] == "rest"].iloc[0]
    band = (at_rest[f"{what}_low"], at_rest[f"{what}_high"])
    ax.fill_betweenx([-0.5, len(wide) - 0.5], *band, color=QUIET, alpha=0.15, linewidth=0)
    for end, alpha, up in (("low", 0.45, -0.17), ("high", 1.0, 0.17)):
        middle = wide.index + np.where(both, up, 0.0)
        ax.barh(middle, away[end], np.where(both, 0.32, 0.6), rest, color=color, alpha=alpha)
        rows = moves[moves["end"] == end].set_index("place")
        for place, at in zip(wide.index, middle, strict=True):
            if away.loc[place, end]:
                low, high = (rows.loc[place, f"{what}{side}"] for side in ENDS[1:])
                ax.hlines(at, low, high, color=INK, linewidth=1)
                ends = (high, (4, 0), "left") if away.loc[place, end] > 0 else (low, (-4, 0), "right")
                note(ax, rows.loc[place, "setting"], (ends[0], at), ends[1], ha=ends[2], va="center", color=INK)
    ax.axvline(rest, color=INK, linewidth=1)
    ax.use_sticky_edges = False
    ax.margins(x=0.2)
    right = rest < np.mean(ax.get_xlim())  # of the line, where there is more room
    side = {"ha": "left" if right else "right", "va": "center"}
    for place in wide.index[~away.any(axis=1)]:
        note(ax, UNMOVED, (rest, place), (4 if right else -4, 0), color=QUIET, **side)
    if ax.get_xlim()[0] < 0 < ax.get_xlim()[1]:
        ax.axvline(0, color=INK, linewidth=1.2, linestyle=":")
    names = moves.drop_duplicates("place")
    name_ticks(ax.yaxis, names["place"], names["name"])
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.grid(False, axis="y")
    money_axis(currency, ax.xaxis)


def _gain_message(moves, leader, currency) -> str:
    """Say on which assumption the gain hangs most, by what it is at both ends."""
    first = moves[moves["place"] == 0].sort_values("gain", ascending=False, kind="stable")
    most, least = format_alike(first["gain"].iloc[[0, -1]], currency)
    said = first["said"].iloc[[0, -1]].tolist()
    return capitalised(f"{leader} gains {most} {said[0]}, {least} {said[1]}")


def _lead_message(moves, leader) -> str:
    """Say where another offer takes over, if anywhere, and where the lead may be chance."""
    moved, rest = moves[moves["end"] != "rest"], moves[moves["end"] == "rest"].iloc[0]
    over, unclear = moved[moved["lead"] < 0], moved[(moved["lead"] >= 0) & (moved["lead_low"] <= 0)]
    chance = f"; {join_words(unclear['said'])} that may be chance" if len(unclear) else ""
    if rest["lead_low"] <= 0:
        chance = "; as in the trial, that may be chance"
    if over.empty:
        return f"Within these bounds {leader} stays ahead, whichever is moved alone{chance}"
    by_rival = {rival: join_words(rows["said"]) for rival, rows in over.groupby("rival", sort=False)}
    each = join_words(f"{rival} {said}" for rival, said in by_rival.items())
    return f"{capitalised(leader)} stays ahead, but for {each}{chance}"
