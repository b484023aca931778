"""How are key moments said? After which most go, how sure that is, and what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.labels import short_words
from winback.results import Result, counted, format_count, format_percent, join_words, state_p_value
from winback.retention.beside import WITH_NEIGHBOURS
from winback.retention.jump_figures import UNCLEAR, UNKNOWN
from winback.retention.moments import AGAIN, LEAVING, RETURNING
from winback.uncertainty import normal_interval

GO = {LEAVING: "leave", RETURNING: "come back", AGAIN: "leave again"}
GONE = {LEAVING: "left", RETURNING: "come back", AGAIN: "left again"}
WENT = {LEAVING: "left", RETURNING: "came back", AGAIN: "left again"}
BEYOND = {
    LEAVING: "beyond what comparable months lost",
    RETURNING: "beyond what comparable months brought back",
    AGAIN: "beyond what the months beside lost",
}
PAID = {LEAVING: "paid", RETURNING: "had paid", AGAIN: "paid"}
DIFFER_BELOW = 0.05  # p-value up to which groups are said to differ


def answer_lines(found: Result) -> Iterator[str]:
    """Yield at most three sentences: the answer, how sure, the doubt."""
    top, go = found.strongest, GO[found.of]
    if top is not None and found.of == AGAIN:
        yield from _answer_of_offers(found, top)
    elif top is not None:
        hazards = (top["hazard"], top["hazard_without"])
        hazard, without = (format_percent(each, 1 if each >= 0.01 else 2) for each in hazards)
        window = f"within {top['window_days']} days after {top['in_words']}"
        yield f"{_times_as_many(top)} customers {go} {window} as without it: {hazard} instead of {without} a month."
        n, low, high = (format_count(top[f"excess{end}"]) for end in ("", "_low", "_high"))
        paid = f", and {PAID[found.of]} {found.interval(top, 'money', 'money')} a month"
        together = f"; the intervals of all moments hold together at {found.level:.0%}" if len(found.frame) > 1 else ""
        who = f"Of the {top['n_ended']:,} who {WENT[found.of]} then, {n} [{low}, {high}] are {BEYOND[found.of]}"
        yield f"{who}{'' if pd.isna(top['money']) else paid}{together}."
    else:
        looked = counted(len(found.frame), "moments")
        yield f"Of {looked} looked at there is none after which more customers {go} than without it."
        if found.frame["ratio_high"].notna().any():
            row = found.frame.loc[found.frame["ratio_high"].idxmax()]
            most = f"{row['ratio_high']:.2f} times as many after {row['in_words']}"
            yield f"There may be up to {most} ({found.level:.0%})."
    yield _doubt(found)


def _doubt(found: Result) -> str:
    """Say what cannot be told of a moment that comes to all at once, else that those it comes to may be others."""
    beside = "so the time just before and after"
    shared = found.frame["in_words"][found.frame["compared"] == WITH_NEIGHBOURS]
    if found.of == AGAIN:
        return (
            "An offer ends for all who came back for it at the same time: nobody is left to compare with, "
            f"{beside} is, and what else changes then counts, too; where leaving rises or falls anyway over these "
            "months, part of that is in the figure."
        )
    if len(shared):
        return (
            f"{join_words(shared)} {'comes' if len(shared) == 1 else 'come'} to everybody at the same time: nobody is "
            f"left to compare with, {beside} the windows is, and what else changes then counts, too."
        )
    return (
        f"Compared with others in the same month {'away' if found.of == RETURNING else 'of life'} at the same time: "
        "where those whom the moment comes to differ in more than the moment, so does the figure, and what goes with "
        "it need not come from it."
    )


def detail_lines(found: Result) -> Iterator[str]:
    """Yield what else there is to say, one sentence a line."""
    whose, went = "times away" if found.of == RETURNING else "lives", WENT[found.of]
    yield f"Watched were {found.n:,} {whose}; at the end of {found.n_ended:,} customers {went}."
    ranked, top = found.ranked(), found.strongest
    known, unknown = ranked[ranked["verdict"] != UNKNOWN], found.frame[found.frame["verdict"] == UNKNOWN]
    if found.of == AGAIN and len(known) > 1:
        yield f"With their offer, whichever it was, {_left_with_offers(found)} left {BEYOND[AGAIN]}."
    for row in known.to_dict("records"):
        if top is None or row["moment"] != top["moment"]:
            beside = ", compared with the time beside" if row["compared"] == WITH_NEIGHBOURS else ""
            chance = ", which may be chance" if row["verdict"] == UNCLEAR else ""
            window = f"within {row['window_days']} days after {row['in_words']}"
            yield f"{_times_as_many(row)} {GO[found.of]} {window}{beside}{chance}."
    if len(unknown):
        yield (
            f"Not known after {join_words(unknown['in_words'])}: too few {went} within the windows or without them at "
            "the same time, or the moment always comes together with another."
        )
    yield from _by_group(found)
    yield (
        f"In excess are those {BEYOND[found.of]}: that goes with the moment, and comes from it only where it came by "
        f"lot; some of them may have {GONE[found.of]} later anyway."
    )
    if found.of != AGAIN:
        yield from _two_at_once(found, known)
    yield from found.notes


def _by_group(found: Result) -> Iterator[str]:
    if found.segments is None:
        return
    known = found.segments[found.segments["verdict"] != UNKNOWN]
    for moment, rows in known.groupby("in_words", sort=False):
        if len(rows) > 1:
            p_value = rows["differ"].iloc[0]
            each = join_words(f"{row.segment} {row.ratio:.2f}" for row in rows.itertuples())
            said = "differs" if p_value < DIFFER_BELOW else "is not shown to differ"
            yield f"After {moment} the ratio {said} by group ({state_p_value(p_value)}): {each}."


def next_step(found: Result) -> Iterator[str]:
    """Yield whom to speak to."""
    top = found.strongest
    if top is None:
        return
    now = f"on the last day {top['n_open']:,} were within {top['window_days']} days after it"
    here = f"{top['n_lately']:,} of those still here"
    if found.of == AGAIN:
        ends = [(name, months_of_ends(found, name)) for name in found.ranked()["moment"]]
        ends = "; ".join(f"{short_words('offer', name)} {months}" for name, months in ends if months)
        first = f"Be in touch before the offer ends{f' ({ends})' if ends else ''}, first with those of "
        most = "" if len(found.frame) == 1 else f", {format_count(top['excess'])} of them with that one"
        yield (
            f"{first}the {short_words('offer', top['moment'])} offer, and ask what else they would stay for: "
            f"{_left_with_offers(found)} left with their offer {BEYOND[AGAIN]}{most}."
        )
    elif found.of == RETURNING:
        more = f"; {now}" if top["n_open"] else ""
        yield f"See to it that more of the lost meet what brings them back, such as {top['in_words']}{more}."
    elif (found.marks["moment"] == top["moment"]).any():  # it has its place in life, so it is seen coming
        lately = f"{here} came to it in the last three months, about as many will in the three after"
        yield f"Speak to customers before {top['in_words']}: {lately}; {now}."
    else:
        lately = f"{here} came to it in the last three months"
        yield f"Speak to customers as soon as it comes to {top['in_words']}: {lately}; {now}."


def _answer_of_offers(found: Result, top) -> Iterator[str]:
    """Say with the end of which offer most were lost, and how much oftener they left then than in the months beside."""
    n, low, high = (format_count(top[f"excess{end}"]) for end in ("", "_low", "_high"))
    paid = "" if pd.isna(top["money"]) else f", and paid {found.interval(top, 'money', 'money')} a month"
    window = f"within {top['window_days']} days after {top['in_words']}"
    said = f"Of the {top['n_ended']:,} who left again {window}, {n} [{low}, {high}]"
    yield f"{said} are beyond what the months beside lost{paid}{more_than_others(found)}."
    hazard, without = (
        format_percent(each, 1 if each >= 0.01 else 2) for each in (top["hazard"], top["hazard_without"])
    )
    together = f"; the intervals of all offers hold together at {found.level:.0%}" if len(found.frame) > 1 else ""
    yield f"Then {hazard} a month left, {_times_as_many(top)} as in the months beside, {without}{together}."


def more_than_others(found: Result) -> str:
    """Say that with no other offer as many were lost as with the first, and whether that is beyond chance."""
    first, *others = found.ranked()[["excess_low", "excess_high"]].itertuples()
    if not others:
        return ""
    close = any(other.excess_high >= first.excess_low for other in others)
    return f", the most of all offers{', if not clearly so' if close else ''}"


def months_of_ends(found: Result, moment: str) -> str:
    """Return after which months of the second life an offer ends, in words; nothing where that is not one."""
    months = found.marks["after_month"][found.marks["moment"] == moment]
    unit = "month" if list(months) == [1] else "months"
    return f"after {' or '.join(map(str, months))} {unit}" if len(months) else ""


def _left_with_offers(found: Result) -> str:
    """Return how many left with their offer, whichever it was, and would have stayed, with the interval.

    Customers of several offers are others: their errors are their own.
    """
    known = found.frame[found.frame["verdict"] != UNKNOWN]
    n, spread = known["excess"].sum(), ((known["n_ended"] / known["ratio"] * known["std_error"]) ** 2).sum() ** 0.5
    n, low, high = map(format_count, (n, *normal_interval(n, spread, found.level)))
    return f"{n} [{low}, {high}]"


def _times_as_many(row) -> str:
    """Return a ratio of hazards with its interval, as a sentence begins with it."""
    return f"{row['ratio']:.2f} times as many [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"


def places_in_life(found: Result, places: pd.DataFrame) -> Iterator[str]:
    """Yield what share goes after each moment that has its place in life, month by month and over all its windows."""
    rows = found.frame.set_index("moment")
    for moment, marks in places.groupby("moment", sort=False):
        row = rows.loc[moment]
        if row["verdict"] == UNKNOWN:
            continue
        each = join_words(
            f"{found.interval(mark, 'hazard', 'percent')} a month after month {mark['after_month']}"
            for mark in marks.to_dict("records")
        )
        without = f"instead of {format_percent(row['hazard_without'])} at the same time without it"
        together = f"over all its windows together {format_percent(row['hazard'])}, {without}"
        yield f"After {row['in_words']} {each} {GO[found.of]}; {together}."


def _two_at_once(found: Result, known: pd.DataFrame) -> Iterator[str]:
    """Yield that figures of moments overlap, and which moment lies within a stronger one."""
    go = GO[found.of]
    if len(known) > 1:
        went = f"Who {WENT[found.of]} within the windows of two moments"
        yield f"{went} counts in both, so figures of moments are not to be added."
    for row in known.dropna(subset="inside").to_dict("records"):
        yield (
            f"Most of the time after {row['in_words']} lies within that after {row['inside']}, so it is compared with "
            f"others then, of whom more {go} anyway: neither the high share nor the ratio says that it makes anybody "
            f"{go}."
        )
