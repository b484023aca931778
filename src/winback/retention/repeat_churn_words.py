"""What does a model of repeat churn say, in sentences? Who is cured, of what, and how far that can be believed."""

from __future__ import annotations

from collections.abc import Iterator

from winback.labels import label_of, short_words
from winback.periods import format_horizon
from winback.results import Result, counted, format_count, format_percent, join_words, state_p_value
from winback.retention.repeat_churn_sample import (
    ALL_CURED,
    CURED,
    NONE_CURED,
    NOTHING_TO_CURE,
    TOO_SHORT,
    for_words,
)

LEVEL = 0.05


def answer_lines(fit: Result) -> Iterator[str]:
    """Say who is cured of what, how sure that is, and the doubt that matters most."""
    yield f"{headline(fit)}."
    if fit.state == CURED:
        yield f"{_by_reason(fit)}, from {_basis(fit)}."
        yield next(_doubts(fit))
    else:
        yield f"Shown are plain hazards of each reason, from {_basis(fit)}."
        yield _why_not(fit)


def detail_lines(fit: Result) -> Iterator[str]:
    """Say for what customers leave again, and what the model rests on."""
    yield f"Left again: {'; '.join(_ends(fit))}."
    if fit.state == CURED:
        yield from list(_doubts(fit))[1:]
        yield (
            f"Against nobody being cured: likelihood ratio {fit.no_cure.statistic:,.1f}, "
            f"{state_p_value(fit.no_cure.p_value)}."
        )
        if fit.follow_up.long_enough:
            yield f"{_watched(fit)}."
    for label, own in fit.sample.cured_of.iterrows():
        if own.sum() > 1:
            contained = join_words(map(for_words, own.index[own]))
            yield (
                f"Those who left {for_words(label)} are cured of all of it or of none: then they cannot leave "
                f"{contained}."
            )
    yield f"Each reason has a Weibull hazard; {_moved(fit)}."
    yield f"Intervals are {format_percent(fit.level, 0)} ones, for shares and not for one customer."
    yield from (f"{note}." for note in fit.sample.notes)


def headline(fit: Result) -> str:
    """Return the one message, as for the title of a figure."""
    if fit.state == CURED and fit.no_cure.p_value > LEVEL:
        return (
            "That anybody who came back is cured of what drove them away the first time is not shown "
            f"({state_p_value(fit.no_cure.p_value)})"
        )
    if fit.state == CURED:
        share = fit.interval(fit.frame.iloc[-1], "cured", "percent")
        return f"Of those who came back, {share} can no longer leave for what drove them away the first time"
    return {
        TOO_SHORT: "Whether anybody who came back is cured cannot be told yet",
        NONE_CURED: "Nobody who came back is shown to be cured of what drove them away the first time",
        ALL_CURED: "Nobody who came back is shown to leave again for what drove them away the first time",
        NOTHING_TO_CURE: "Nobody who came back left again for what drove them away the first time",
    }[fit.state]


def next_step(fit: Result) -> Iterator[str]:
    """Say whom to look after first."""
    rows = fit.frame[fit.frame["reason"] != "all"]
    if fit.state != CURED or fit.no_cure.p_value > LEVEL:
        yield "Watch those who came back for longer, and fit again."
    elif len(rows) > 1 and rows["cured"].nunique() > 1:
        least = rows.loc[(rows["n"] * (1 - rows["cured"])).idxmax()]  # most who can still leave for it
        yield (
            f"Ask those who left {for_words(least['reason'])} first whether it is mended: "
            f"{format_percent(1 - least['cured'], 0)} of them can still leave for it."
        )
    else:
        yield "Ask those who came back whether what drove them away is mended."


def _by_reason(fit) -> str:
    rows = fit.frame[fit.frame["reason"] != "all"].to_dict("records")
    each = "; ".join(f"{row['in_words']} {fit.interval(row, 'cured', 'percent')}" for row in rows)
    return f"Cured by first reason: {each}"


def _basis(fit) -> str:
    n, ended, again = (format_count(number) for number in (fit.n, fit.n_ended, fit.sample.again.sum()))
    return f"{n} customers who came back, {ended} of whom left again, {again} for the same reason"


def _doubts(fit) -> Iterator[str]:
    if not fit.follow_up.long_enough:
        yield (
            f"{_watched(fit)}; so the shares rest on those who left first for another reason: it is taken that they "
            "leave for this one as often as who is not cured of it."
        )
    yield (
        "Who is cured is never seen: it is inferred from how much more rarely they leave for their first reason than "
        "others do, if hazards have the shape assumed."
    )


def _why_not(fit) -> str:
    if fit.state == TOO_SHORT:
        return f"{_watched(fit)}, and too few left first for another reason to compare them with."
    if fit.state == NOTHING_TO_CURE:
        return "So there is nothing of which a share could be cured."
    end = "none" if fit.state == NONE_CURED else "all"
    return f"The share that fits best is {end} of them, at the edge of what is possible: no share is shown."


def _watched(fit) -> str:
    found = fit.follow_up
    latest, longest = format_horizon(found.latest_exit), format_horizon(found.longest_watched)
    enough = "long enough" if found.long_enough else "too short"
    return (
        f"The last to leave again for the same reason left after {latest} months, the longest time watched is "
        f"{longest}: that alone is {enough} to tell who is cured from who has not left yet "
        f"({state_p_value(found.p_value)})"
    )


def _ends(fit) -> Iterator[str]:
    for place, reason in enumerate(fit.reasons):
        n = int((fit.sample.cause == place).sum())
        yield f"{short_words('reason', reason)} {format_count(n)}"
    yield f"{counted(fit.n - fit.n_ended, 'customers', 'are')} still here"


def _moved(fit) -> str:
    of_share, of_hazards = (
        join_words(map(label_of, each.columns)) if each.columns else ""
        for each in (fit.equations.formula, fit.equations.hazards)
    )
    said = [f"all of them go alike by {of_hazards}" if of_hazards else "the same for all"]
    if fit.state == CURED:
        said.append(f"who is cured goes by {of_share}" if of_share else "one share for all")
    return "; ".join(said)
