"""Who comes back, and worth how much? Figures of second-lifetime models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from winback.doors import door
from winback.labels import value_words
from winback.money import format_alike
from winback.plots.style import INK, QUIET, WIDTH, finish_axes, house_styles, money_axis, new_axes, note, percent_axis
from winback.plots.words import columns_below, name_ticks, row_height, write_legend, write_legend_below
from winback.results import format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from winback.second_lifetime.acceptance import ValueByAcceptance
    from winback.second_lifetime.check import ReturnCheck
    from winback.second_lifetime.effects import ReturnEffects
    from winback.second_lifetime.first_and_second import FirstAndSecondValue
    from winback.second_lifetime.ranking import RankingComparison


@door
def plot_return_effects(effects: ReturnEffects, ax: Axes | None = None) -> Axes:
    r"""Draw how the chance of return differs with each term, with intervals; those that may be zero are drawn open.

    Takes a fit's ``effects``.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="reason", tenure="reason", margin="reason")
    >>> plot_return_effects(fit.effects(study.lapsed)).get_xlabel()
    'difference in the chance of return, in\npercentage points'
    """
    frame = effects.frame.sort_values("change").reset_index(drop=True)
    ax = new_axes(ax, 1.2 + row_height(frame["in_words"], 0.34) * len(frame))
    up, down = house_styles(["up", "down"]).values()
    for row in frame.itertuples():
        style = up if row.change > 0 else down
        ax.plot([row.change_low, row.change_high], [row.Index] * 2, color=style["color"], linewidth=2.2)
        clear = row.change_low > 0 or row.change_high < 0
        face = style["color"] if clear else "white"
        ax.plot(row.change, row.Index, marker=style["marker"], color=style["color"], markerfacecolor=face, markersize=7)
    ax.axvline(0, color=QUIET, linewidth=1.2)
    name_ticks(ax.yaxis, range(len(frame)), frame["in_words"])
    ax.set_ylim(-0.6, len(frame) - 0.4)
    ax.xaxis.set_major_formatter(lambda share, _: f"{100 * share:+.0f}" if share else "0")
    strongest = frame.loc[frame["change"].abs().idxmax()]
    points = f"{'+' if strongest['change'] > 0 else '-'}{100 * abs(strongest['change']):.0f} points"
    title = f"What goes with return most: {strongest['in_words']} ({points})"
    finish_axes(ax, title, "difference in the chance of return, in percentage points", width=80)
    return ax


@door
def plot_validation(found: ReturnCheck) -> Figure:
    """Draw calibration by tenths above the share of returners found, on customers the model has not seen.

    Takes what `SecondLifetimeFit.check` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="reason", tenure="reason", margin="reason")
    >>> len(plot_validation(fit.check(study.lapsed)).axes)
    2
    """
    figure, (left, right) = plt.subplots(2, 1, figsize=(WIDTH, 7.4), layout="constrained")  # read on a phone, too
    style, other = house_styles(["found", "at random"]).values()
    frame = found.frame
    error = [frame["observed"] - frame["observed_low"], frame["observed_high"] - frame["observed"]]
    ends = [0, 1.05 * max(frame["predicted"].max(), frame["observed_high"].max())]
    left.plot(ends, ends, color=QUIET, linestyle=":", linewidth=1.5)
    left.errorbar(frame["predicted"], frame["observed"], yerr=error, color=style["color"], marker="o", linestyle="none")
    title = "Chances hold in {} of {} tenths".format(*found.covered)
    finish_axes(left, title, "predicted to return", "returned")
    share = np.append(0, frame["n"].cumsum() / frame["n"].sum())
    right.plot(share, np.append(0, frame["cumulative_share"]), color=style["color"], marker="o", label="by the model")
    right.plot([0, 1], [0, 1], color=other["color"], linestyle=other["linestyle"], label="at random")
    write_legend(right, loc="lower right")
    third = np.interp(0.3, share, np.append(0, frame["cumulative_share"]))
    title = f"The likeliest 30% hold {format_percent(third, 0)} of those who return"
    finish_axes(right, title, "share of customers, likeliest first", "share of all who return")
    percent_axis(left.xaxis, left.yaxis, right.xaxis, right.yaxis)
    return figure


@door
def plot_rankings(found: RankingComparison, ax: Axes | None = None) -> Axes:
    """Draw what customers ranked by value and by chance of return brought, by the share contacted.

    Takes the ``rankings`` of second lifetime values.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit_on, judge_by = wb.hold_out(study.trial)
    >>> fit = wb.fit_two_part(fit_on, reacquisition="reason", tenure="reason", margin="reason + first_margin")
    >>> values = wb.second_lifetime_value(fit, judge_by)
    >>> plot_rankings(values.rankings()).get_xlabel()
    'share of customers contacted'
    """
    ax = new_axes(ax, 3.6)
    names = {"by_value": "ranked by value", "by_chance": "ranked by chance of return"}
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        ax.plot(found.frame["share"], found.frame[name], label=label, linewidth=2, markersize=7, **style)
    write_legend(ax)
    first = found.frame.iloc[0]
    ends = [abs(first[name]) for name in ("forgone", "forgone_low", "forgone_high")]  # written as in the sentence
    share, size = format_percent(first["share"], 0), format_alike(ends, found.currency)[0]
    if first["forgone_low"] > 0:
        title = f"Ranking by chance instead of value forgoes {size} gross per customer when {share} are contacted"
    elif first["forgone_high"] < 0:
        title = f"Ranking by chance brings {size} more, gross, per customer when {share} are contacted"
    else:
        title = f"When {share} are contacted, the two rankings do not clearly differ"
    finish_axes(ax, title, "share of customers contacted", "net value per customer contacted", 80)
    percent_axis(ax.xaxis)
    money_axis(found.currency, ax.yaxis)
    ax.margins(x=0.06, y=0.12)
    return ax


@door
def plot_value_by_acceptance(found: ValueByAcceptance, ax: Axes | None = None) -> Axes:
    """Draw the value of a returned customer by the share who return, by both models, with bands of their intervals.

    Takes a joint fit's ``value_by_acceptance``.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, deal_seekers=0, rng=1)
    >>> fit = wb.fit_joint(study.lapsed, reacquisition="offer + contact_attempts", tenure="offer", margin="offer")
    >>> months = {"horizon_months": 60, "annual_discount": 0.1}
    >>> plot_value_by_acceptance(fit.value_by_acceptance(study.lapsed, offer="discount", **months)).get_xlabel()
    'share who come back'
    """
    ax = new_axes(ax, 3.6)
    names = {"joint": "joint model", "two_part": "two-part model"}
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        ends = found.frame[f"{name}_low"], found.frame[f"{name}_high"]
        ax.fill_between(found.frame["share"], *ends, color=style["color"], alpha=0.15, linewidth=0)
        ax.plot(found.frame["share"], found.frame[name], label=label, linewidth=2, markersize=7, **style)
    ax.axvline(found.observed_share, color=QUIET, linestyle=":", linewidth=1.5)
    said, at = f"as things are {format_percent(found.observed_share)}", (found.observed_share, 0.03)
    note(ax, said, at, (4, 0), xycoords=("data", "axes fraction"), color=QUIET)
    write_legend(ax)
    last = found.frame.iloc[-1]
    high = "high" if last["two_part_off"] > 0 else "low"
    share = format_percent(last["share"], 0)
    title = f"Were {share} to come back, the two-part model would be {abs(last['two_part_off']):.0%} too {high}"
    title += ", says a joint model that is in doubt" if found.doubts else ""
    finish_axes(ax, title, "share who come back", "value of a returned customer", 80)
    percent_axis(ax.xaxis)
    money_axis(found.currency, ax.yaxis)
    return ax


@door
def plot_first_and_second(
    found: FirstAndSecondValue, ax: Axes | None = None, parts: FirstAndSecondValue | None = None
) -> Axes:
    """Draw first and second lifetime values of the same customers, with intervals.

    Takes what `first_and_second_value` returns; ``parts`` are the same customers by group, drawn below.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.second_lifetime.first_and_second import first_and_second_value
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> found = first_and_second_value(study.lapsed, horizon_months=60, annual_discount=0, by="reason")
    >>> plot_first_and_second(found).get_xlabel()
    'lifetime value of a returned customer'
    """
    frame = pd.concat([each.frame for each in (found, parts) if each is not None], ignore_index=True)
    ax = new_axes(ax, 1.6 + 0.85 * len(frame))
    names = {"first_value": "first lifetime", "second_value": "second lifetime"}
    styles = house_styles(reversed(names))  # the second in ink: it is what the figure is about
    for place, (name, label) in enumerate(names.items()):
        rows = np.arange(len(frame)) + 0.16 * (2 * place - 1)
        value, low, high = (frame[f"{name}{end}"].to_numpy() for end in ("", "_low", "_high"))
        error = [value - low, high - value]
        style = {key: styles[name][key] for key in ("color", "marker")}
        ax.errorbar(frame[name], rows, xerr=error, linestyle="none", markersize=7, label=label, **style)
        for value, text, row in zip(frame[name], format_alike(frame[name], found.currency), rows, strict=True):
            up, side = ((0, 6), "bottom") if not place else ((0, -6), "top")  # away from the other mark of the row
            note(ax, text, (value, row), up, ha="center", va=side, color=INK)
    name_ticks(ax.yaxis, range(len(frame)), [*_group_words(found), *_group_words(parts)])
    ax.set_ylim(len(frame) - 0.35, -0.65)
    frame = found.frame  # of which the title speaks
    more = int((frame["difference_low"] > 0).sum())
    title = {len(frame): "The second lifetime is worth more", 0: "The second lifetime is not shown to be worth more"}
    title = title.get(more, f"The second lifetime is worth more in {more} of {len(frame)} groups")
    finish_axes(ax, title, "lifetime value of a returned customer", width=80)
    ax.margins(x=0.15)
    money_axis(found.currency, ax.xaxis)
    longest = max(len(words) for words in [*_group_words(found), *_group_words(parts)])
    write_legend_below(ax, ncols=columns_below(ax, names.values(), beside=longest))
    return ax


def _group_words(found: FirstAndSecondValue | None) -> list[str]:
    if found is None:
        return []
    groups = found.frame["group"]
    return list(groups) if found.by is None else [value_words(found.by, group) for group in groups]
