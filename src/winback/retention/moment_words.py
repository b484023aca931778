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
    LEAVING: "than at the rate of others at the same time",
    RETURNING: "than at the rate of others at the same time",
    AGAIN: "than in the months around it",
}
PAID = {LEAVING: "paid", RETURNING: "had paid", AGAIN: "paid"}
ENDING = {LEAVING: "moments", RETURNING: "moments", AGAIN: "offers"}
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
        paid = f"; they {PAID[found.of]} {found.interval(top, 'money', 'money')} a month"
        who = f"{n} [{low}, {high}] more {WENT[found.of]} then {BEYOND[found.of]}"
        yield f"{who}{'' if pd.isna(top['money']) else paid}."
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
            "An offer ends for all who came back for it at once, so only the months around it can be compared with: "
            "whatever else changes over these months is in the figure, too."
        )
    if len(shared):
        return (
            f"{join_words(shared)} {'comes' if len(shared) == 1 else 'come'} to everybody at the same time: nobody is "
            f"left to compare with, {beside} the windows is, and what else changes then counts, too."
        )
    what = "what goes with it need not come from it"
    return f"Those a moment comes to may differ from others in more than the moment: {what}."


def detail_lines(found: Result) -> Iterator[str]:
    """Yield what else there is to say, one sentence a line."""
    whose, went = "times away" if found.of == RETURNING else "lives", WENT[found.of]
    yield f"Watched were {found.n:,} {whose}; at the end of {found.n_ended:,} customers {went}."
    if len(found.frame) > 1:
        yield f"Intervals are wide enough to hold for all {ENDING[found.of]} at once, at {found.level:.0%}."
    if found.of != AGAIN and not (found.frame["compared"] == WITH_NEIGHBOURS).all():
        same = "month away" if found.of == RETURNING else "month of life"
        yield f"Compared is with others in the same {same} at the same time."
    ranked, top = found.ranked(), None if found.of == AGAIN else found.strongest  # the answer is of all offers
    known, unknown = ranked[ranked["verdict"] != UNKNOWN], found.frame[found.frame["verdict"] == UNKNOWN]
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
        f"In excess is how many more {WENT[found.of]} {BEYOND[found.of]}: that goes with the moment, and comes from "
        f"it only where it came at random; some of them may have {GONE[found.of]} later anyway."
    )
    if found.of != AGAIN:
        yield from _two_at_once(found, known)
    yield from found.notes


def _by_group(found: Result) -> Iterator[str]:
    if found.segments is None:
        return
    known = found.segments[found.segments["verdict"] != UNKNOWN]
    for moment, rows in known.groupby("in_words", sort=False):
        if len(rows) > 1 and found.of == AGAIN:
            p_value = rows["differ"].iloc[0]
            each = join_words(f"{row.segment} {format_percent(row.share)}" for row in rows.itertuples())
            said = "differs" if p_value < DIFFER_BELOW else "is not shown to differ"
            why = f"{said} by group ({state_p_value(p_value)})"
            if pd.isna(p_value):
                why = "is not compared by group, as it ends after other months for each"
            yield f"How many of those who came to {moment} left with it {why}: {each}."
        elif len(rows) > 1:
            p_value = rows["differ"].iloc[0]
            each = join_words(f"{row.segment} {row.ratio:.2f}" for row in rows.itertuples())
            said = "differs" if p_value < DIFFER_BELOW else "is not shown to differ"
            yield f"After {moment} the ratio {said} by group ({state_p_value(p_value)}): {each}."


def next_step(found: Result) -> Iterator[str]:
    """Yield whom to speak to."""
    top = found.strongest
    if top is None:
        return
    more = f"{top['ratio']:.1f} times as many {GO[found.of]}"
    lately = f"{top['n_lately']:,} of those who never left came to it in the last three months"
    if found.of == AGAIN:
        offers: dict[str, list[str]] = {}
        for name in found.ranked()["moment"]:
            offers.setdefault(months_of_ends(found, name), []).append(short_words("offer", name))
        ends = "; ".join(f"{join_words(those)} {months}" for months, those in offers.items() if months)
        first = f", first with those of the {short_words('offer', top['moment'])} offer" if clearly_most(found) else ""
        yield (
            f"Be in touch before the offer ends{f' ({ends})' if ends else ''}{first}, and ask what else they would "
            f"stay for: {_left_with_offers(found)}."
        )
    elif found.of == RETURNING:
        yield (
            f"After {top['in_words']} {more}: try it on a part of the lost, chosen at random, to see whether that is "
            "why."
        )
    elif (found.marks["moment"] == top["moment"]).any():  # it has its place in life, so it is seen coming
        yield f"Speak to customers before {top['in_words']}: {more} then."
        yield f"{lately}, about as many will in the three after."
    else:
        yield f"Speak to customers at once after {top['in_words']}: {more} then."
        yield f"{lately}."


def _answer_of_offers(found: Result, top) -> Iterator[str]:
    """Say how many left with their offer, with which most, and what share left then and in the months around it."""
    n, low, high = (format_count(top[f"excess{end}"]) for end in ("", "_low", "_high"))
    most = f", most of them with the {short_words('offer', top['moment'])} offer: {n} [{low}, {high}]"
    alike = ", with no offer clearly more than with any other" if len(found.frame) > 1 else ""
    yield f"{_left_with_offers(found)}{most if clearly_most(found) else alike}."
    yield f"{at_the_ends(found)}."


def at_the_ends(found: Result) -> str:
    """Say which share leaves a month when an offer ends, and in the months around it: of several offers the range."""
    known = found.frame[found.frame["verdict"] != UNKNOWN]
    then, around = (
        " to ".join(dict.fromkeys(format_percent(each) for each in (known[name].min(), known[name].max())))
        for name in ("hazard", "hazard_without")
    )
    return f"When an offer ends, {then} a month leave again, in the months around it {around}"


def clearly_most(found: Result) -> bool:
    """Say whether with one offer clearly more were lost than with each other one."""
    first, *others = found.ranked()[["excess_low", "excess_high"]].itertuples()
    return bool(others) and all(other.excess_high < first.excess_low for other in others)


def months_of_ends(found: Result, moment: str) -> str:
    """Return after which months of the second life an offer ends, in words; nothing where that is not one."""
    months = found.marks["after_month"][found.marks["moment"] == moment]
    unit = "month" if list(months) == [1] else "months"
    return f"after {' or '.join(map(str, months))} {unit}" if len(months) else ""


def _left_with_offers(found: Result) -> str:
    """Say how many more left when their offer ended, whichever it was, than in the months around it.

    Customers of several offers are others: their errors are their own.
    """
    known = found.frame[found.frame["verdict"] != UNKNOWN]
    n, spread = known["excess"].sum(), (known["excess_error"] ** 2).sum() ** 0.5
    n, low, high = map(format_count, (n, *normal_interval(n, spread, found.level)))
    return f"{n} [{low}, {high}] more left when their offer ended {BEYOND[AGAIN]}"


def _times_as_many(row) -> str:
    """Return a ratio of hazards with its interval, as a sentence begins with it."""
    return f"{row['ratio']:.2f} times as many [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"


def places_in_life(found: Result, places: pd.DataFrame) -> Iterator[str]:
    """Yield what share goes after each moment that has its place in life, and in which months that is."""
    rows = found.frame.set_index("moment")
    for moment, marks in places.groupby("moment", sort=False):
        row = rows.loc[moment]
        if row["verdict"] == UNKNOWN:
            continue
        when = f"month{'s' * (len(marks) > 1)} {join_words(map(str, marks['after_month']))}"
        hazard, without = (format_percent(row[name]) for name in ("hazard", "hazard_without"))
        yield f"After {row['in_words']} ({when}) {hazard} a month {GO[found.of]} instead of {without}."


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
