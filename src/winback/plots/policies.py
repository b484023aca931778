"""Does tailoring pay, and what do untrue reasons do to it? Figures of policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from winback.doors import door
from winback.labels import label_of
from winback.money import format_alike
from winback.plots.style import (
    INK,
    OTHERS,
    QUIET,
    band,
    capitalised,
    finish_axes,
    house_styles,
    letters_across,
    money_axis,
    new_axes,
    note,
    offer_styles,
    percent_axis,
    room_beside,
)
from winback.plots.words import name_ticks, write_legend_below
from winback.results import format_percent, join_words
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from winback.policies.contact_list import ContactList
    from winback.policies.evaluation import PolicyEvaluation
    from winback.policies.learned import LearnedPolicy
    from winback.policies.misstated import MisstatedReasons
    from winback.policies.truth import TruthComparison

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
        row, color, above, below = each.frame.iloc[0], INK, place - 0.27, place + 0.27
        ax.plot([row["honest_gain_low"], row["honest_gain_high"]], [place, place], color=color, linewidth=2.4)
        unseen, seen, promised = LABELS if place == 0 else (None, None, None)
        ax.plot(row["honest_gain"], place, "o", color=color, markersize=9, label=unseen)
        ax.plot(row["in_sample_gain"], above, "D", color=color, markerfacecolor="white", markersize=7, label=seen)
        ax.plot(row["predicted_gain"], below, "x", color=color, markersize=8, mew=2, label=promised)
    name_ticks(ax.yaxis, range(len(found)), found)
    ax.set_ylim(len(found) - 0.5, -0.6)
    one = next(iter(found.values()))
    finish_axes(ax, _gains_message(found), f"gain per customer over {_single(one)} for everybody", width=88)
    money_axis(one.currency, ax.xaxis)
    ax.margins(x=0.08)
    write_legend_below(ax)
    return ax


@door
def plot_oracle(found: TruthComparison, ax: Axes | None = None) -> Axes:
    r"""Draw what each policy truly earned beside one offer for all, and beside a policy that knows what each will do.

    Only a simulation knows that: the axis says so. Takes what a policy's ``check`` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> rule = {"price": "discount", "service": "upgrade", "both": None}
    >>> judged = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=2))
    >>> plot_oracle(judged.check()).get_xlabel().replace("\n", " ")
    "true profit per customer (a simulation's)"
    """
    rows = _oracle_rows(found)
    ax = new_axes(ax, 1.3 + 0.46 * len(rows))
    names = [name for name, *_ in rows]
    texts = format_alike([amount for _, amount, _ in rows], found.currency)
    for place, ((_, amount, color), text) in enumerate(zip(rows, texts, strict=True)):
        ax.barh(place, amount, 0.62, color=color)
        note(ax, text, (max(amount, 0), place), (5, 0), va="center", color=INK, fontweight="bold")
    ax.axvline(0, color=INK, linewidth=0.8)
    title, width = _oracle_message(found), letters_across(ax, names)
    finish_axes(ax, title, "true profit per customer (a simulation's)", width=width)
    name_ticks(ax.yaxis, range(len(rows)), names)
    ax.grid(False, axis="y")
    ax.set_ylim(len(rows) - 0.5, -0.5)
    money_axis(found.currency, ax.xaxis)
    if min(amount for _, amount, _ in rows) >= 0:
        room_beside(ax, texts)
    else:
        ax.margins(x=0.15)
    return ax


def _oracle_rows(found) -> list[tuple[str, float, str]]:
    """Return name, true profit and colour of each bar, most first; the perfect policy stands on top."""
    rows = [(row.policy, row.true_profit, OTHERS[2]) for row in found.frame.itertuples()]
    styles = offer_styles(found.singles.index, found.catalogue)
    for name in dict.fromkeys([found.best_single, NO_OFFER]):
        if name in found.singles:
            said = "no offer for anybody" if name == NO_OFFER else f"{name} for everybody"
            rows.append((said, float(found.singles[name]), styles[name]["color"]))
    return [("a perfect policy", found.oracle, INK), *sorted(rows, key=lambda row: -row[1])]


def _oracle_message(found) -> str:
    """Say how much of what a perfect policy would earn the best way of deciding truly earns."""
    name, amount, _ = _oracle_rows(found)[1]
    perfect, best = format_alike([found.oracle, amount], found.currency)
    share = f" ({format_percent(amount / found.oracle, 0)})" if found.oracle > 0 and amount > 0 else ""
    return f"Of {perfect} that a perfect policy would earn, {name} earns {best}{share}"


@door
def plot_uplift_by_fifth(contacts: ContactList, ax: Axes | None = None) -> Axes:
    """Draw what fifths of the trial's customers were predicted to earn if contacted, and what they did, with intervals.

    Each was predicted without being looked at. Takes what a learned policy's ``contact_list`` returns.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> policy = wb.learn_policy(study.trial, by="reason", splits=wb.Splits(repeats=1))
    >>> plot_uplift_by_fifth(policy.contact_list(study.lapsed)).get_xlabel()
    'fifth of customers, most promising first'
    """
    ax = new_axes(ax, 3.8)
    groups, value = contacts.groups, contacts.value
    measured, predicted = house_styles(["measured", "predicted"]).values()
    x, shift = groups["part"].to_numpy(dtype=float), 0.09
    error = [groups["measured"] - groups["measured_low"], groups["measured_high"] - groups["measured"]]
    look = {"color": measured["color"], "marker": measured["marker"], "linestyle": "none", "markersize": 8}
    label = f"measured, with {value.level:.0%} interval"
    ax.errorbar(x + shift, groups["measured"], yerr=error, label=label, linewidth=2.2, **look)
    look = {"color": predicted["color"], "marker": predicted["marker"], "linestyle": "none", "markersize": 8}
    said = "predicted from other customers alone"
    ax.plot(x - shift, groups["predicted"], label=said, markerfacecolor="white", markeredgewidth=1.8, **look)
    for place, text, high in zip(
        x, format_alike(groups["measured"], contacts.currency), groups["measured_high"], strict=True
    ):
        note(ax, text, (place + shift, high), (0, 9), ha="center", color=INK)
    ax.axhline(0, color=INK, linewidth=0.8)
    ylabel = f"{contacts.kind} profit per customer contacted"
    finish_axes(ax, _fifths_message(contacts), "fifth of customers, most promising first", ylabel)
    money_axis(contacts.currency, ax.yaxis)
    ax.set_xticks(x, [f"{part:.0f}" for part in x])
    ax.margins(y=0.18)
    write_legend_below(ax)
    return ax


def _fifths_message(contacts) -> str:
    """Say whether predictions tell customers apart, and what the first and the last fifth earned."""
    first, last = format_alike(contacts.groups["measured"].iloc[[0, -1]], contacts.currency)
    if contacts.value.ranks:
        return f"The most promising fifth earned {first} each, the least promising {last}"
    return f"Predictions do not tell customers apart beyond chance: {first} in the first fifth, {last} in the last"


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
    r"""Draw what is left of a rule's gain as more of the reasons it reads are untrue.

    Takes an evaluation's ``misstated()``.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> rule = {"price": "discount", "service": "upgrade", "both": "discount"}
    >>> found = wb.evaluate_policy(study.trial, rule, by="reason", splits=wb.Splits(repeats=1))
    >>> plot_misstated_reasons(found.misstated()).get_xlabel()
    'share of customers whose stated reason for\nleaving is untrue'
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
