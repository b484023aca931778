"""Do those leave who are said to, and whom does it pay to keep? Figures of the risk of leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.plots.style import INK, QUIET, finish_axes, house_styles, money_axis, new_axes, note, percent_axis
from winback.plots.words import write_legend
from winback.results import format_money, format_percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.retention.about_to_leave import AboutToLeave
    from winback.retention.risk_check import RiskCheck

FAR = 50  # times: from here on small shares are seen on a logarithmic scale only, which makes a miss look small
UNSEEN_GAP = 0.02  # of the gain: a smaller gap between two lists is not seen
FURTHER, LEAST_SEEN = 3, 0.1  # times the share that it pays to keep is seen, at least a tenth
TICKS = (0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@door
def plot_churn_risk(check: RiskCheck, ax: Axes | None = None) -> Axes:
    """Draw how many left in each tenth of risk against how many were expected to.

    Bars show what chance leaves open; open marks lie outside. Takes what `ChurnRisk.check` returns.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> fit = wb.fit_churn_risk(base, "log1p(tenure) + since_complaint")
    >>> plot_churn_risk(fit.check(months=12)).get_ylabel()
    'left within a month'
    """
    frame = check.frame
    ax = new_axes(ax, 4.4)
    shares = frame[["expected_share", "observed_share"]].to_numpy()
    ends = np.array([shares.min(), max(shares.max(), frame["expected_share_high"].max())])
    far = ends[0] > 0 and ends[1] > FAR * ends[0]
    ends = ends * [0.7, 1.3] if far else np.array([0, 1.08 * ends[1]])
    ax.plot(ends, ends, color=QUIET, linestyle=":", linewidth=1.5)
    for row in frame.itertuples():
        color = INK if row.inside else QUIET
        low = max(row.expected_share_low, ends[0])
        ax.plot([row.expected_share] * 2, [low, row.expected_share_high], color=QUIET, linewidth=2)
        face = color if row.inside else "white"
        ax.plot(row.expected_share, row.observed_share, "o", color=color, markerfacecolor=face, markersize=8)
    top = frame.iloc[0]
    riskiest = (top["expected_share"], top["observed_share"])
    note(ax, f"riskiest tenth: {format_percent(riskiest[1])}", riskiest, (-9, 0), ha="right", va="center", color=INK)
    first, last = format_percent(top["observed_share"]), format_percent(frame["observed_share"].iloc[-1], 1 + far)
    title = f"Of the riskiest tenth {first} left within a month, of the safest {last}"
    finish_axes(ax, title, "expected to leave within a month; bars: what chance leaves open", "left within a month")
    if far:
        ax.set_xscale("log")
        ax.set_yscale("log")
        ticks = [each for each in TICKS if ends[0] <= each <= ends[1]]
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_ticks(ticks)
            axis.set_ticks([], minor=True)
    percent_axis(ax.xaxis, ax.yaxis)
    ax.set_xlim(*ends)
    ax.set_ylim(*ends)
    return ax


@door
def plot_worth_keeping(found: AboutToLeave, ax: Axes | None = None) -> Axes:
    """Draw what keeping would gain in all, by the share contacted, ranked by gain and by risk alone.

    Marked are where the two lists are furthest apart, and where to stop. Takes what `ChurnRisk.about_to_leave` returns.

    Examples
    --------
    >>> import winback as wb
    >>> base = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).base
    >>> found = wb.fit_churn_risk(base, "log1p(tenure)").about_to_leave(cost=20, share_prevented=0.2)
    >>> plot_worth_keeping(found).get_xlabel()
    'share of customers contacted'
    """
    curve = found.curve
    ax = new_axes(ax, 4)
    names = {"by_gain": "ranked by gain", "by_risk": "ranked by risk alone"}
    share = np.append(0, curve["share"])
    for (name, label), style in zip(names.items(), house_styles(names).values(), strict=True):
        ax.plot(share, np.append(0, curve[name]), label=label, linewidth=2, markersize=7, markevery=5, **style)
    ax.axhline(0, color=QUIET, linewidth=1)
    n, gain = len(found.worth_it), found.worth_it["gain"].sum()
    if n:
        title = _gap_and_stop(ax, found)
        ax.set_xlim(0, min(1, max(FURTHER * n / len(found.frame), LEAST_SEEN)))
        shown = curve[curve["share"] <= ax.get_xlim()[1]]
        ax.set_ylim(min(0, shown[[*names]].to_numpy().min()) - 0.1 * gain, 1.15 * gain)
    else:
        title = "Keeping pays for nobody at this cost"
    finish_axes(ax, title, "share of customers contacted", f"expected gain in {found.terms.months} months", 80)
    percent_axis(ax.xaxis)
    money_axis(found.currency, ax.yaxis)
    write_legend(ax)
    return ax


def _gap_and_stop(ax, found: AboutToLeave) -> str:
    """Mark where two lists are furthest apart, and where to stop; say the gap."""
    curve, gain = found.curve, found.worth_it["gain"].sum()
    stop = len(found.worth_it) / len(found.frame)
    ax.plot(stop, gain, "o", color=INK, markersize=8, zorder=4)
    note(ax, f"stop: {format_percent(stop, 0)}", (stop, gain), (0, 8), ha="center", color=INK)
    gaps = (curve["by_gain"] - curve["by_risk"])[curve["share"] <= max(stop, curve["share"].iloc[0])]
    at = curve.loc[gaps.idxmax()]
    gap = format_money(gaps.max(), found.currency)
    if gaps.max() < UNSEEN_GAP * gain:
        most = format_money(gain, found.currency)
        return f"Ranked by gain or by risk alone, the list gains about as much: up to {most}"
    ax.plot([at["share"]] * 2, [at["by_risk"], at["by_gain"]], color=INK, linewidth=1.2, linestyle="--")
    note(ax, f"{gap} more", (at["share"], at["by_risk"]), (6, -4), ha="left", va="top", color=INK)
    calls = f"With calls for {format_percent(at['share'], 0)} of customers"
    return f"{calls}, this list gains {gap} more than one by risk alone"
