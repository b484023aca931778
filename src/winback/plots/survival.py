"""How long do they stay, and does the model say so? Figures of survival, incidence, fit and time ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.labels import short_words
from winback.plots.style import (
    INK,
    LETTER,
    POINTS,
    QUIET,
    SMALL,
    band,
    capitalised,
    finish_axes,
    house_styles,
    legible,
    new_axes,
    note,
    offer_styles,
    percent_axis,
    points_across,
)
from winback.plots.words import name_ticks, named, row_height, write_legend
from winback.results import format_count, format_percent
from winback.survival import competing, curves_text, durations_text
from winback.survival.goodness_of_fit import verdict
from winback.survival.groups import EVERYBODY

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas import DataFrame

    from winback.survival.competing import CompetingRisks
    from winback.survival.curves import SurvivalCurves
    from winback.survival.durations import DurationFit
    from winback.survival.goodness_of_fit import GoodnessOfFit

MOST_STEPS = 110  # a quarter of the points that a figure is wide: more can hardly be seen and fill the file
BAND = 0.15  # opacity of an interval
MOST_BANDS = 4  # more of them would hide the lines
MOST_COUNTED = 6  # with more groups the numbers watched would fill the figure
DOWN = 12  # points from one line of them to the next


@door
def plot_survival(curves: SurvivalCurves, ax: Axes | None = None) -> Axes:
    """Draw the share still there by month, with intervals, and below it how many customers were still watched.

    Takes what `survival_curve` returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.survival.curves import survival_curve
    >>> study = wb.load_telecom_study()
    >>> plot_survival(survival_curve(study.lapsed, by="reason", horizon_months=34)).get_ylabel()
    'share still there'
    """
    names = list(curves.frame["group"])
    ax = new_axes(ax, 4.4 + DOWN / POINTS * min(len(names), MOST_COUNTED))
    for name, style in _styles(curves, names).items():
        curve = curves.curves[curves.curves["group"] == name]
        label = f"{curves.said.get(name, name)} ({format_count(_of(curves.frame, name, 'n'))})"
        _step_with_band(ax, curve, "survival", curves.horizon_months, style=style, label=named(label))
    title = capitalised(curves_text.headline(curves))
    finish_axes(ax, title, _months_label(curves.lifetime, curves.paired), "share still there", width=90)
    _months_and_percent(ax, curves.horizon_months)
    _legend(ax, names)
    if len(names) <= MOST_COUNTED:
        _count_below(ax, curves)
    return ax


@door
def plot_incidence(result: CompetingRisks, ax: Axes | None = None) -> Axes:
    """Draw the share that left for each reason by month; with groups, one line for each group and reason.

    Takes what `competing_risks` returns.

    Examples
    --------
    >>> import pandas as pd
    >>> from winback.survival.competing import competing_risks
    >>> table = pd.DataFrame({
    ...     "customer_id": range(4), "returned": True, "second_tenure": [1, 2, 2, 3],
    ...     "second_ended": [True, True, False, False], "second_reason": ["price", "service", None, None]})
    >>> plot_incidence(competing_risks(table)).get_ylabel()
    'share left again'
    """
    ax = new_axes(ax, 4)
    groups, reasons = list(dict.fromkeys(result.frame["group"])), list(dict.fromkeys(result.frame["reason"]))
    colours, lines = house_styles(reasons), list(house_styles(groups).values())
    for place, group in enumerate(groups):
        for reason in reasons:
            rows = (result.curves["group"] == group) & (result.curves["reason"] == reason)
            line = lines[place] if len(groups) > 1 else colours[reason]
            style = {"color": colours[reason]["color"], "linestyle": line["linestyle"]}
            said = short_words("second_reason", reason)
            label = said if group == EVERYBODY else f"{said}, {result.said.get(group, group)}"
            alpha = BAND if len(groups) * len(reasons) <= MOST_BANDS else 0
            _step_with_band(
                ax, result.curves[rows], "share", result.horizon_months, style, label=named(label), alpha=alpha
            )
    finish_axes(
        ax,
        capitalised(competing.headline(result)),
        _months_label(result.lifetime),
        f"share left{result.again}",
        width=90,
    )
    _months_and_percent(ax, result.horizon_months)
    _legend(ax, [*groups, *reasons][1:])
    return ax


@door
def plot_goodness_of_fit(result: GoodnessOfFit, ax: Axes | None = None, group: str | None = None) -> Axes:
    """Draw the fitted mean survival curve against the Kaplan-Meier curve; the widest gap is marked.

    Parameters
    ----------
    result : GoodnessOfFit
        From a fit's ``check_shape`` or `check_fit`.
    group : str, optional
        Which group; by default the one of the widest gap.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.survival.durations import fit_duration
    >>> study = wb.load_telecom_study()
    >>> fit = fit_duration(study.lapsed, "reason", "lognormal")
    >>> plot_goodness_of_fit(fit.check_shape(study.lapsed)).get_ylabel()
    'share still there'
    """
    groups = list(result.frame["group"])
    if group is not None and group not in groups:
        raise ValueError(f"There is no group {group!r}; there are {', '.join(groups)}.")
    place = int(result.frame["gap"].abs().to_numpy().argmax()) if group is None else groups.index(group)
    row = result.frame.iloc[place]
    ax = new_axes(ax, 4)
    curve, end = result.curves[result.curves["group"] == row["group"]], result.curves["months"].max()
    styles = house_styles(["customers", result.model])
    _step_with_band(ax, curve, "observed", end, style=styles["customers"], label="customers (Kaplan-Meier)")
    style = {name: styles[result.model][name] for name in ("color", "linestyle")}
    ax.plot(curve["months"], curve["fitted"], linewidth=2, label=f"{result.model}, fitted", **style)
    _mark_gap(ax, curve, row)
    finish_axes(ax, capitalised(verdict(result, place)), "months since the start", "share still there", width=90)
    _months_and_percent(ax, end)
    write_legend(ax, loc="upper right")
    return ax


@door
def plot_time_ratios(fit: DurationFit, ax: Axes | None = None) -> Axes:
    """Draw how many times as long customers stay, term by term, with intervals; clear effects are drawn full.

    Takes what `fit_duration` returns.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.survival.durations import fit_duration
    >>> study = wb.load_telecom_study()
    >>> len(plot_time_ratios(fit_duration(study.lapsed, "reason + referrals", "lognormal")).get_yticklabels())
    3
    """
    found = durations_text.effects(fit)
    ax = new_axes(ax, 1.4 + row_height([what for what, *_ in found], 0.38) * max(len(found), 1))
    colour = house_styles(["effect"])["effect"]["color"]
    for place, (_, ratio, low, high, clear) in enumerate(found):
        ax.plot([low, high], [place, place], color=colour if clear else QUIET, linewidth=2.2, solid_capstyle="butt")
        face = colour if clear else "white"
        ax.plot(ratio, place, marker="o", color=colour if clear else QUIET, markerfacecolor=face, markersize=8)
        note(ax, _percent_change(ratio), (ratio, place), (0, 7), ha="center")
    ax.axvline(1, color=QUIET, linestyle=":", linewidth=1.5)
    finish_axes(ax, capitalised(durations_text.headline(fit)), "longer or shorter stay", width=90)
    name_ticks(ax.yaxis, range(len(found)), [what for what, *_ in found])
    ax.set_ylim(max(len(found), 1) - 0.5, -0.7)
    ax.set_xscale("log")
    _ratio_ticks(ax, found)
    return ax


def _styles(curves, names) -> dict[str, dict]:
    """Return how groups look: offers as everywhere."""
    return offer_styles(names, curves.catalogue) if curves.by == "offer" else house_styles(names)


def _step_with_band(ax, curve, name, end, style, label, alpha=BAND):
    """Draw a step curve up to the horizon, the interval as a band."""
    curve = _as_drawn(curve[curve["months"] <= end], end)
    months = np.append(curve["months"], end if len(curve) and curve["months"].iloc[-1] < end else np.nan)
    values, low, high = (np.append(curve[part], curve[part].iloc[-1]) for part in (name, "low", "high"))
    drawn = {part: style[part] for part in ("color", "linestyle")}
    ax.step(months, values, where="post", linewidth=2, label=label, **drawn)
    band(ax, months, low, high, style["color"], alpha=alpha, step="post")


def _as_drawn(curve: DataFrame, end: float) -> DataFrame:
    """Return the steps that a figure can show: the last one of each of `MOST_STEPS` equal parts of the axis."""
    part = np.ceil(curve["months"].to_numpy() / end * MOST_STEPS)
    return curve[np.append(part[1:] != part[:-1], True)] if len(curve) > MOST_STEPS else curve


def _months_and_percent(ax, end):
    ax.set_xlim(0, end)
    ax.set_ylim(0, None)
    ax.set_ylim(0, min(ax.get_ylim()[1], 1.02))
    percent_axis(ax.yaxis)
    every = next((step for step in (1, 2, 3, 6, 12, 24, 60) if end / step <= 8), 120)
    ax.set_xticks(np.arange(0, end + 1e-9, every))


def _count_below(ax, curves):
    """Write how many customers of each group were still watched under the months."""
    names = list(curves.frame["group"])
    styles = _styles(curves, names)
    longest = len(format_count(curves.curves["at_risk"].max())) + 1.5
    every = math.ceil(longest * LETTER * SMALL * len(ax.get_xticks()) / points_across(ax))
    for row, name in enumerate(names):
        said = name if curves.by is None or curves.paired else short_words(curves.by, name)
        curve = curves.curves[curves.curves["group"] == name]
        down, look = -17 - DOWN * row, {"va": "top", "color": legible(styles[name]["color"])}
        below = {"xycoords": ax.get_xaxis_transform(), "ha": "center", "annotation_clip": False}
        for month in ax.get_xticks()[::every]:
            place = np.searchsorted(curve["months"], month, side="left")
            watched = curve["at_risk"].iloc[place] if place < len(curve) else 0
            note(ax, format_count(watched), (month, 0), (0, down), **below, **look)
        note(ax, said, (0, 0), (-26, down), xycoords=ax.transAxes, ha="right", annotation_clip=False, **look)
    ax.set_xlabel(f"{ax.get_xlabel()};\nbelow, customers still watched", labelpad=6 + DOWN * len(names))


def _mark_gap(ax, curve, row):
    at = curve[curve["months"] == row["gap_month"]].iloc[0]
    ax.plot([at["months"]] * 2, [at["observed"], at["fitted"]], color=INK, linewidth=2.5, solid_capstyle="butt")
    text = f"{format_percent(abs(row['gap'])).removesuffix('%')} points"
    top = max(at["observed"], at["fitted"])
    note(ax, text, (at["months"], top), (14, 0), va="top", color=INK)


def _ratio_ticks(ax, found):
    ends = [limit for _, *limits, _ in found for limit in limits if np.isfinite(limit)]
    low, high = min([*ends, 0.9]), max([*ends, 1.1])
    steps = [step for step in (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0) if (high - low) / step <= 7]
    step = steps[0] if steps else (high - low) / 6
    ticks = [tick for tick in 1 + step * np.arange(-40, 200) if low / 1.05 <= tick <= high * 1.05 and tick > 0]
    ax.set_xlim(low / 1.05, high * 1.05)
    ax.set_xticks(ticks, [_percent_change(tick) for tick in ticks])
    ax.set_xticks([], minor=True)


def _percent_change(ratio: float) -> str:
    return "same" if abs(ratio - 1) < 1e-9 else f"{'+' if ratio > 1 else ''}{format_percent(ratio - 1, 0)}"


def _legend(ax, names):
    if len(names) > 1:
        handles = [line for line in ax.lines if not line.get_label().startswith("_")]
        write_legend(ax, handles=handles, loc="best", handlelength=3)


def _months_label(lifetime: str, paired: bool = False) -> str:
    return "months since the start" if paired else f"months since the start of the {lifetime} lifetime"


def _of(frame: DataFrame, group: str, column: str):
    return frame.loc[frame["group"] == group, column].iloc[0]
