"""With the end of which offer are most lost again? The sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.results import Result, format_count, format_percent
from winback.retention.jump_figures import UNKNOWN
from winback.retention.moment_places import times_as_many
from winback.uncertainty import normal_interval


def answer_of_offers(found: Result, top) -> Iterator[str]:
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
    yield f"Then {hazard} a month left, {times_as_many(top)} as in the months beside, {without}{together}."


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


def left_with_offers(found: Result) -> str:
    """Return how many left with their offer, whichever it was, and would have stayed, with the interval.

    Customers of several offers are others: their errors are their own.
    """
    known = found.frame[found.frame["verdict"] != UNKNOWN]
    n, spread = known["excess"].sum(), ((known["n_ended"] / known["ratio"] * known["std_error"]) ** 2).sum() ** 0.5
    n, low, high = map(format_count, (n, *normal_interval(n, spread, found.level)))
    return f"{n} [{low}, {high}]"
