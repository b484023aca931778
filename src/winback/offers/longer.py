"""Does another offer come first where more months are counted, as many as the data still cover?"""

from __future__ import annotations

from collections.abc import Iterator

from winback.results import Result
from winback.trial.watched import longest_watched


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


def first_when_longer(comparison: Result) -> str:
    """Say which offer is first over the longest time, and how far ahead, or that it is still the same one."""
    over = comparison.longer
    now, then = (each.frame["offer"].iloc[0] for each in (comparison, over))
    counted = f"Counted over {over.settings.horizon_months:g} months instead of {_own_months(comparison)}"
    if now == then:
        return f"{counted}, {now} is still first."
    pairs = over.differences
    pair = pairs[(pairs["first"] == then) & (pairs["second"] == now)].iloc[0]
    ahead = over.format(pair["difference"], "money")
    return (
        f"{counted}, {then} is first, {ahead} ahead of {now}{'' if pair['told_apart'] else ', but not beyond chance'}."
    )


def other_when_longer(comparison: Result) -> Iterator[str]:
    """Say so where over the longest time the answer is another one; nothing where it is not, or cannot be known."""
    over = comparison.longer
    if over is None or not _pays(over):
        return
    if not _pays(comparison):
        what = f"{over.frame['offer'].iloc[0]} is shown to pay"
        yield f"Counted over {over.settings.horizon_months:g} months instead of {_own_months(comparison)}, {what}."
    elif not set(comparison.winners) & set(over.winners[:1]) or comparison.frame["offer"].iloc[0] not in over.winners:
        yield first_when_longer(comparison)


def within_months(comparison: Result) -> str:
    """Return within how many months an offer earns what it does, where that decides which offer is first."""
    return f" within {_own_months(comparison)} months" if any(other_when_longer(comparison)) else ""


def _own_months(comparison) -> str:
    return f"{comparison.settings.horizon_months:.1f}".removesuffix(".0")


def _pays(comparison) -> bool:
    return bool(comparison.frame[f"{comparison.kind}_profit_low"].iloc[0] > 0)
