"""Does tailoring pay, and what do untrue reasons do to it? Figures of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.labels import label_of
from winback.plots.style import (
    INK,
    QUIET,
    band,
    capitalised,
    finish_axes,
    house_styles,
    money_axis,
    new_axes,
    percent_axis,
)
from winback.plots.words import name_ticks, write_legend_below
from winback.results import format_percent, join_words
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.policies.evaluation import PolicyEvaluation
    from winback.policies.learned import LearnedPolicy
    from winback.policies.misstated import MisstatedReasons

LABELS = ("on customers not seen, with interval", "on the customers learned from", "promised by its predictions")


@door
def plot_policy_gains(policies: Mapping[str, PolicyEvaluation | LearnedPolicy], ax: Axes | None = None) -> Axes:
    """Draw what each way of deciding gains over the best single offer: honestly, and as it seemed beforehand.

    Full marks with lines are gains on customers the policy has not seen; open ones are those of the same customers it
    was learned from, crosses what its predictions promise.

    Parameters
    ----------
    policies : mapping
        Name -> what `evaluate_policy` or `learn_policy` returned.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> rule = {"price": "discount", "service": "upgrade", "both": None}
    >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=1))
    >>> plot_policy_gains({"by reason": found}).get_yticklabels()[0].get_text()
    'by reason'
    """
    found = {name: getattr(policy, "evaluation", policy) for name, policy in policies.items()}
    if not found:
        raise ValueError("There is no policy to draw: give a mapping of names to evaluations.")
    ax = new_axes(ax, 2 + 0.55 * len(found))
    ax.axvline(0, color=INK, linewidth=1)
    for place, each in enumerate(found.values()):
        row, color, above = each.frame.iloc[0], INK, place - 0.18
        ax.plot([row["honest_gain_low"], row["honest_gain_high"]], [place, place], color=color, linewidth=2.4)
        unseen, seen, promised = LABELS if place == 0 else (None, None, None)
        ax.plot(row["honest_gain"], place, "o", color=color, markersize=9, label=unseen)
        ax.plot(row["in_sample_gain"], above, "D", color=color, markerfacecolor="white", markersize=7, label=seen)
        ax.plot(row["predicted_gain"], above, "x", color=color, markersize=8, mew=2, label=promised)
    name_ticks(ax.yaxis, range(len(found)), found)
    ax.set_ylim(len(found) - 0.5, -0.6)
    one = next(iter(found.values()))
    finish_axes(ax, _gains_message(found), f"gain per customer over {_single(one)} for everybody", width=88)
    money_axis(one.currency, ax.xaxis)
    ax.margins(x=0.08)
    write_legend_below(ax)
    return ax


def _single(found) -> str:
    return "no offer" if found.best_single == NO_OFFER else found.best_single


def _gains_message(found) -> str:
    paying = [name for name, each in found.items() if each.pays]
    losing = [name for name, each in found.items() if each.frame["honest_gain_high"].iloc[0] < 0]
    if paying:
        verb = "earns" if len(paying) == 1 else "earn"
        return f"{capitalised(join_words(paying))} {verb} more than one offer for all"
    lost = f"; {join_words(losing)} {'loses' if len(losing) == 1 else 'lose'} by it" if losing else ""
    return f"No tailoring is shown to earn more than one offer for all{lost}"


@door
def plot_misstated_reasons(found: MisstatedReasons, ax: Axes | None = None) -> Axes:
    """Draw what is left of a rule's gain as more of the reasons it reads are untrue.

    Takes an evaluation's ``misstated()``.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> rule = {"price": "discount", "service": "upgrade", "both": "discount"}
    >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=1))
    >>> plot_misstated_reasons(found.misstated()).get_xlabel()
    'share of customers whose stated reason for leaving is untrue'
    """
    ax = new_axes(ax, 3.4)
    frame = found.frame.sort_values("share_untrue")
    style = house_styles(["gain"])["gain"]
    ax.axhline(0, color=INK, linewidth=1)
    band(ax, frame["share_untrue"], frame["gain_low"], frame["gain_high"], style["color"])
    ax.plot(frame["share_untrue"], frame["gain"], color=style["color"], marker=style["marker"], linewidth=2)
    if np.isfinite(found.break_even) and found.break_even <= frame["share_untrue"].max():
        ax.axvline(found.break_even, color=QUIET, linestyle=":", linewidth=1.5)
    ylabel = f"gain per customer over\n{_single(found)} for everybody"
    untrue = f"share of customers whose stated {label_of(found.by)} is untrue"
    finish_axes(ax, _misstated_message(found), untrue, ylabel, width=80)
    percent_axis(ax.xaxis)
    money_axis(found.currency, ax.yaxis)
    return ax


def _misstated_message(found) -> str:
    if np.isnan(found.break_even):
        return f"Even with every {label_of(found.by)} true, the rule earns no more than {_single(found)} for everybody"
    if found.break_even > 1:
        return "Untrue reasons do not take the gain away"
    share = format_percent(found.break_even, 0)
    return f"The rule bears {share} of customers with an untrue {label_of(found.by)} before its gain is gone"
