"""What does a model of repeat churn say, in sentences? Who is cured, of what, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.labels import label_of, short_words
from winback.periods import format_horizon
from winback.results import Result, counted, format_count, format_percent, join_words, state_p_value
from winback.retention.counted_months import CameBack, counted_months
from winback.retention.repeat_churn_sample import (
    ALL_CURED,
    CURED,
    NONE_CURED,
    NOTHING_TO_CURE,
    TOO_SHORT,
    for_words,
)

GROUPS_SAID = 2  # first reasons in a sentence, the most frequent ones
SHOWN = 0.05  # p-value up to which a cure is said to be shown
MONTHS, TOGETHER = 24, 3  # of which it is looked whether the model fits, and how many are counted together
BEYOND_CHANCE = 5.0  # standard errors: of eight counts none is so far off by chance
RESTS_ON = (
    "Nobody can see a cure: it is inferred from those who first left for other reasons, and if they differ in more "
    "than that, the shares are off by more than the brackets say."
)
NEVER_SEEN = (
    "Nobody can see a cure: it is inferred from how few leave again for their first reason, and if time shapes leaving "
    "otherwise than assumed, the shares are off by more than the brackets say."
)
FIRST_MONTHS = 24.0  # within which it is said how many have left again


def answer_lines(fit: Result) -> Iterator[str]:
    """Say how many left again and for the same reason, who could not by the model, and the doubt that matters most."""
    yield f"{left_again(fit)}."
    if fit.state == CURED:
        rows = _by_reason(fit).to_dict("records")
        yield f"{headline(fit)}{_ends(fit, rows) if _is_shown(fit) else ''}."
        yield NEVER_SEEN if fit.follow_up.long_enough else RESTS_ON
        return
    yield f"{headline(fit)}: shown are plain hazards of each reason."
    if fit.state == TOO_SHORT:
        yield f"{_watched(fit)}, and too few left first for another reason to compare them with."
    elif fit.state == NOTHING_TO_CURE:
        yield "So there is nothing of which a share could be cured."
    else:
        end = "none" if fit.state == NONE_CURED else "all"
        yield f"The share that fits best is {end} of them, at the edge of what is possible: no share is shown."


def detail_lines(fit: Result) -> Iterator[str]:
    """Say for what customers leave again, and what the model rests on."""
    for_each = ((short_words("reason", reason), fit.sample.cause == k) for k, reason in enumerate(fit.reasons))
    left = "; ".join(f"{words} {format_count(rows.sum())}" for words, rows in for_each)
    yield f"Left again: {left}; {counted(fit.n - fit.n_ended, 'customers', 'are')} still here."
    if fit.state == CURED:
        yield (
            f"Against nobody being cured: likelihood ratio {fit.no_cure.statistic:,.1f}, "
            f"{state_p_value(fit.no_cure.p_value)}."
        )
        yield f"{_watched(fit)}."
        yield from _shape(fit)
        if len(rows := _by_reason(fit)) > 1:
            each = "; ".join(_could_not(fit, row) for row in rows.to_dict("records"))
            yield f"By first reason could not leave for it again: {each}."
    several = {label: own.index[own] for label, own in fit.sample.cured_of.iterrows() if own.sum() > 1}
    if several:
        each = (f"who left {for_words(label)} not {join_words(map(for_words, of))}" for label, of in several.items())
        yield f"The cured can no longer leave for anything that contains their first reason: {'; '.join(each)}."
    of_share, of_hazards = fit.equations.formula.columns, fit.equations.hazards.columns
    said = f"all of them go alike by {join_words(map(label_of, of_hazards))}" if of_hazards else "the same for all"
    if fit.state == CURED:
        share = f"who is cured goes by {join_words(map(label_of, of_share))}" if of_share else "one share for all"
        said = f"{said}; {share}"
    yield f"Each reason has a Weibull hazard; {said}."
    yield f"Intervals are {format_percent(fit.level, 0)} ones, for shares and not for one customer."
    yield from (f"{note}." for note in fit.sample.notes)


def left_again(fit: Result) -> str:
    """Return how many left again so far, and how many of them for the same reason: what was counted."""
    ended, again = (f"{n:,} ({format_percent(n / fit.n)})" for n in (fit.n_ended, int(fit.sample.again.sum())))
    months, share = soon_left(fit)
    within = f"{format_percent(share.sum(), 0)} within {format_horizon(months)} months"
    beside = ", alone or beside another" if _has_several(fit) else ""
    of = f"Of {counted(fit.n, 'customers')} who came back, {ended} have left again, {within}"
    return f"{of}; {again} for their first reason{beside}"


def soon_left(fit: Result, months: float = FIRST_MONTHS) -> tuple[float, pd.Series]:
    """Return within how many months, and which share of all who came back left again for each reason by then."""
    frame = fit.incidence
    frame = frame[frame["months"] <= max(months, frame["months"].iloc[1])]
    return float(frame["months"].iloc[-1]), frame.groupby("reason", sort=False)["observed"].last()


def _has_several(fit) -> bool:
    """Whether some reason that was given contains several."""
    return bool((fit.sample.cured_of.sum(axis=1) > 1).any())


def headline(fit: Result) -> str:
    """Return the message of the model in one sentence: whether, and of how many, a cure is shown."""
    what = "what drove them away the first time"
    if _is_shown(fit):
        share = fit.interval(fit.frame.iloc[-1], "cured", "percent")
        return f"{basis(fit)}, {share} could not leave again for {what}"
    return {
        CURED: f"That anybody who came back is cured of {what} is not shown ({state_p_value(fit.no_cure.p_value)})",
        TOO_SHORT: "Whether anybody who came back is cured cannot be told yet",
        NONE_CURED: f"Nobody who came back is shown to be cured of {what}",
        ALL_CURED: f"Nobody who came back is shown to leave again for {what}",
        NOTHING_TO_CURE: f"Nobody who came back left again for {what}",
    }[fit.state]


def basis(fit: Result) -> str:
    """Say by what a cure is told: the time watched where it is long enough, else those who stand in."""
    return "By the model" if fit.follow_up.long_enough else "If others can stand in for them"


def _ends(fit, rows: list[dict]) -> str:
    """Say of whom most and fewest could not, of several; of a simulation that intervals miss what was planted."""
    most, least = (pick(rows, key=lambda row: row["cured"]) for pick in (max, min))
    said = ""
    if most["cured"] > least["cured"]:
        each = (
            f"{format_percent(row['cured'], 0)} of those who left {for_words(row['reason'])}" for row in (most, least)
        )
        said = f": {join_words(each)}"
    known, held = _planted(fit)
    if not held.all():
        off = (known["planted"] - known["cured"]).abs().max()
        said = f"{said}; the true shares, known here, are up to {100 * off:.0f} points off"
    return said


def _planted(fit) -> tuple[pd.DataFrame, pd.Series]:
    """Return the shares that were planted, and whether they lie in their intervals."""
    known = fit.frame[fit.frame["planted"].notna() & fit.frame["cured_low"].notna()]
    return known, known["planted"].between(known["cured_low"], known["cured_high"])


def planted_lines(fit: Result) -> Iterator[str]:
    """Say which shares were planted, and whether they lie in the intervals."""
    known, held = _planted(fit)
    said = (
        f"{row['in_words']} {fit.format(row['planted'], 'percent')}{'' if inside else ' (missed)'}"
        for row, inside in zip(known.to_dict("records"), held, strict=True)
    )
    if len(known):
        yield f"Planted as cured were {'; '.join(said)}."
    if not held.all():
        missed = f"The model misses {counted((~held).sum(), 'of them')}"
        yield f"{missed}: brackets hold chance, not that stays may end otherwise than the model says."


def next_step(fit: Result) -> Iterator[str]:
    """Say what to ask those who came back."""
    if fit.n_ended == 0:
        yield "Watch those who came back for longer, and fit again."
        return
    largest = _by_reason(fit).nlargest(GROUPS_SAID, "n")
    said = join_words(_leave_now(fit, reason) for reason in largest["reason"])
    here = f"the {format_count(fit.n - fit.n_ended)} still here" if fit.n_ended < fit.n else "those who come back"
    yield f"Ask {here} what they would leave for now, not only what they left for then: {said}."


def _leave_now(fit, reason: str) -> str:
    """Say for what those who first left for a reason leave again most often."""
    first = (fit.sample.table["reason"].astype(str) == str(reason)).to_numpy()
    left = fit.sample.cause[first & (fit.sample.cause >= 0)]
    if not len(left):
        return f"nobody who first left {for_words(reason)} has left again"
    most = np.bincount(left).argmax()
    share = format_percent((left == most).sum() / first.sum(), 0)
    again = "for it again" if fit.reasons[most] == reason else for_words(fit.reasons[most])
    return f"those who first left {for_words(reason)} left most often {again} ({share})"


def _by_reason(fit):
    return fit.frame[fit.frame["reason"] != "all"]


def _could_not(fit, row) -> str:
    """Say the share by the model, and beside it how many were seen to leave for it again."""
    could_not = f"{row['in_words']} {fit.interval(row, 'cured', 'percent')}"
    return f"{could_not}, while {format_percent(row['n_again'] / row['n'])} have left for it again"


def _is_shown(fit) -> bool:
    return fit.state == CURED and fit.no_cure.p_value <= SHOWN


def _shape(fit) -> Iterator[str]:
    """Say in which months hazards are clearly of another shape than assumed, if in any."""
    found = counted_months([CameBack.of(fit.sample)], fit.outlook, MONTHS)
    left, expected = (each.sum(axis=0).reshape(-1, TOGETHER).sum(axis=1) for each in (found.left, found.expected))
    off = (left - expected) / np.fmax(expected, 1) ** 0.5
    worst = int(np.abs(off).argmax())
    if abs(off[worst]) > BEYOND_CHANCE:
        months = f"months {TOGETHER * worst + 1} to {TOGETHER * (worst + 1)}"
        yield (
            f"Hazards have another shape than assumed: in {months} after the return {format_count(left[worst])} left "
            f"again, and the model expects {format_count(expected[worst])}; the shares of the cured may be off by "
            "points that no bracket holds."
        )


def _watched(fit) -> str:
    found = fit.follow_up
    latest, longest = format_horizon(found.latest_exit), format_horizon(found.longest_watched)
    enough = "long enough" if found.long_enough else "too short"
    return (
        f"The last to leave again for the same reason left after {latest} months, the longest time watched is "
        f"{longest}: that alone is {enough} to tell who is cured from who has not left yet "
        f"({state_p_value(found.p_value)})"
    )
