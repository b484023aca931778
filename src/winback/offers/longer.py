"""Does another offer come first where more months are counted, as many as the data still cover? Up to how many not?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from winback.offers import comparison_figures as figures
from winback.results import Result
from winback.tables import NO_OFFER
from winback.trial import moments as m
from winback.trial.compared import compared_moments
from winback.trial.watched import YEAR, longest_watched


@dataclass(frozen=True)
class LeadHolds:
    """Up to about how many months counted the first offer is first, and clearly so; None where it is not even now."""

    first: float
    clear: float | None


def counted_longer(comparison: Result) -> Result | None:
    """Return the same comparison over the longest time that enough of every offer were watched for.

    None where that is no longer than the comparison's own horizon, or months cannot be varied: value was measured
    directly, or another organic return is assumed than the trial's terms say.
    """
    trial, settings = comparison.trial, comparison.settings
    if trial is None or settings.horizon_months is None or comparison.again is None:
        return None
    if settings.organic is not None and trial.organic is None:
        return None
    months = longest_watched(trial)
    if months is None or months <= settings.horizon_months:
        return None
    return comparison.again(trial.over(horizon_months=months))


def lead_holds(comparison: Result) -> LeadHolds | None:
    """Return up to about how many months the first offer stays first, and clearly first, at whole years between.

    Within the year in which that ends it is read off a straight line. Infinite where it lasts to the longest time;
    None where there is one offer, or months cannot be counted for longer.

    Examples
    --------
    >>> import winback as wb
    >>> holds = wb.compare_offers(wb.load_telecom_study().trial).lead_holds
    >>> round(holds.clear), round(holds.first)
    (29, 60)
    """
    over = comparison.longer
    if over is None or len(comparison.frame) == 1:
        return None
    own, longest = (each.settings.horizon_months for each in (comparison, over))
    first = comparison.frame["offer"].iloc[0]
    leads = {own: _least_lead(comparison.differences, first), longest: _least_lead(over.differences, first)}
    ends = [np.inf if leads[longest][place] > 0 else None for place in (0, 1)]
    ends[1] = ends[1] if leads[own][1] > 0 else own
    before = own
    for month in [*np.arange(YEAR * (own // YEAR + 1), longest, YEAR), longest]:
        if None not in ends:
            break
        leads[month] = leads.get(month) or _least_lead(_pairs_at(comparison, month), first)
        for place in (0, 1):
            one, other = leads[before][place], leads[month][place]
            if ends[place] is None and other <= 0:
                ends[place] = float(before + (month - before) * (one / (one - other) if one > 0 else 0.0))
        before = month
    return LeadHolds(ends[0], ends[1] if leads[own][1] > 0 else None)


def _least_lead(pairs, first: str) -> tuple[float, float]:
    """Return the least lead of an offer over any other, and the least lower end of one; below zero where it is behind.

    Pairs name the one that is ahead first, or the one asked about.
    """
    ahead, behind = pairs[pairs["first"] == first], pairs[pairs["second"] == first]
    leads = [*ahead["difference"], *-behind["difference"]]
    lows = [*ahead["difference_low"], *-behind["difference_high"]]
    return float(min(leads)), float(min(lows))


def _pairs_at(comparison, month: float):
    """Return the differences of all pairs of offers were so many months counted, as the comparison made again has."""
    trial, names = comparison.trial, list(comparison.frame["offer"])
    moments = compared_moments(trial.over(horizon_months=float(month)))
    arms = m.stack_arms([moments[name] for name in names])
    control = None if comparison.control is None else moments[NO_OFFER]
    worth = figures.organic_value_of(trial.offers.organic_value, control)
    settings = replace(comparison.settings, organic_value=worth[0], organic_value_error=worth[1])
    if settings.organic is None:
        errors = figures.joint_errors(arms, m.PROFIT, control)
    else:
        errors = figures.joint_errors(arms, figures.decision_profit(arms, settings)[1], None)
    return figures.all_differences(names, arms, settings, errors)


def first_when_longer(comparison: Result) -> str:
    """Say which offer is first over the longest time, and how far ahead, or that it is still the same one."""
    over = comparison.longer
    now, then = (each.frame["offer"].iloc[0] for each in (comparison, over))
    counted = f"Counted over {over.settings.horizon_months:g} months instead of {_own_months(comparison)}"
    if now == then:
        return f"{counted}, {now} is still first."
    ahead, chance = _lead(over, then, now)
    return f"{counted}, {then} is first, {ahead} ahead of {now}{chance}."


def other_when_longer(comparison: Result) -> Iterator[str]:
    """Say so where over the longest time the answer is another one; nothing where it is not, or cannot be known."""
    over = comparison.longer
    if over is None or not _pays(over):
        return
    first, then = (each.frame["offer"].iloc[0] for each in (comparison, over))
    if not _pays(comparison):
        what = f"{then} is shown to pay"
        yield f"Counted over {over.settings.horizon_months:g} months instead of {_own_months(comparison)}, {what}."
    elif len(comparison.winners) == 1 < len(over.frame) and over.winners != [first]:
        yield f"{first} is clearly first only if {_up_to(comparison.lead_holds)}; {_over_all(comparison, first, then)}."
    elif then not in comparison.winners or first not in over.winners:
        only = f"no more than about {comparison.lead_holds.first:.0f} months count"
        yield f"{first} is first only if {only}; {_over_all(comparison, first, then)}."


def _up_to(holds: LeadHolds) -> str:
    """Say up to how many months the verdict holds, and the order."""
    still = "" if np.isinf(holds.first) else f", and still first up to about {holds.first:.0f}"
    return f"no more than about {holds.clear:.0f} months count{still}"


def _over_all(comparison, first: str, then: str) -> str:
    """Say who is first, and how far ahead, over the longest time."""
    over = comparison.longer
    months = f"over {over.settings.horizon_months:g}"
    if first == then:
        return f"{months} it is still first, but not beyond chance"
    ahead, chance = _lead(over, then, first)
    return f"{months}, {then} is {ahead} ahead{chance}"


def _lead(over, then: str, other: str) -> tuple[str, str]:
    """Return how far one offer is ahead of another over the longest time, and whether that may be chance."""
    pairs = over.differences
    pair = pairs[(pairs["first"] == then) & (pairs["second"] == other)].iloc[0]
    return over.format(pair["difference"], "money"), "" if pair["told_apart"] else ", but not beyond chance"


def within_months(comparison: Result) -> str:
    """Return within how many months an offer earns what it does, where that decides which offer is first."""
    return f" within {_own_months(comparison)} months" if any(other_when_longer(comparison)) else ""


def _own_months(comparison) -> str:
    return f"{comparison.settings.horizon_months:.1f}".removesuffix(".0")


def _pays(comparison) -> bool:
    return bool(comparison.frame[f"{comparison.kind}_profit_low"].iloc[0] > 0)
