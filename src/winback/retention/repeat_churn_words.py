"""What does a model of repeat churn say, in sentences? Who is cured, of what, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

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

SHOWN = 0.05  # p-value up to which a cure is said to be shown
MONTHS, TOGETHER = 24, 3  # of which it is looked whether the model fits, and how many are counted together
BEYOND_CHANCE = 5.0  # standard errors: of eight counts none is so far off by chance
RESTS_ON = (
    "Nobody is seen to be cured: the shares rest on an assumption that cannot be checked here, that whoever first left "
    "for another reason leaves for this one as often as those whom it still drives away, and so can stand in for them; "
    "the brackets do not hold it."
)
NEVER_SEEN = (
    "Nobody is seen to be cured: it is inferred from how much more rarely they leave for their first reason than "
    "others do, if hazards have the shape assumed."
)


def answer_lines(fit: Result) -> Iterator[str]:
    """Say how many left again and for the same reason, who could not by the model, and the doubt that matters most."""
    yield f"{left_again(fit)}."
    if fit.state == CURED:
        rows = _by_reason(fit).to_dict("records")
        yield f"{headline(fit)}: {'; '.join(_could_not(fit, row) for row in rows)}."
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
    return f"Of {counted(fit.n, 'customers')} who came back, {ended} have left again, {again} for the same reason"


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


def planted_lines(fit: Result) -> Iterator[str]:
    """Say which shares were planted, and whether they lie in the intervals."""
    known = fit.frame[fit.frame["planted"].notna() & fit.frame["cured_low"].notna()]
    held = known["planted"].between(known["cured_low"], known["cured_high"])
    said = (
        f"{row['in_words']} {fit.format(row['planted'], 'percent')}{'' if inside else ' (missed)'}"
        for row, inside in zip(known.to_dict("records"), held, strict=True)
    )
    if len(known):
        yield f"Planted as cured were {'; '.join(said)}."
    if not held.all():
        missed = f"The model misses {counted((~held).sum(), 'of them')}"
        yield f"{missed}: brackets hold chance, not that stays may end otherwise than its Weibull hazards say."


def next_step(fit: Result) -> Iterator[str]:
    """Say whom to look after first."""
    rows = _by_reason(fit)
    if not _is_shown(fit):
        yield "Watch those who came back for longer, and fit again."
    elif rows["cured"].nunique() > 1:
        least = rows.loc[(rows["n"] * (1 - rows["cured"])).idxmax()]  # most who can still leave for it
        again = format_percent(least["n_again"] / least["n"], 0)
        ask = f"Call those who came back and had left {for_words(least['reason'])} the first time"
        yield f"{ask}, and ask whether that is put right now: {again} of them have left for it again."
    else:
        yield "Ask those who came back whether what drove them away is mended."


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
