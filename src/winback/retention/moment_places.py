"""Where do moments lie? In months of life, and within the time of other moments: their sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.results import Result, format_percent, join_words
from winback.retention.jump_figures import UNKNOWN


def times_as_many(row) -> str:
    """Return a ratio of hazards with its interval, as a sentence begins with it."""
    return f"{row['ratio']:.2f} times as many [{row['ratio_low']:.2f}, {row['ratio_high']:.2f}]"


def places_in_life(found: Result, places: pd.DataFrame, go: str) -> Iterator[str]:
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
        yield f"After {row['in_words']} {each} {go}; {together}."


def two_at_once(known: pd.DataFrame, go: str, went: str) -> Iterator[str]:
    """Yield that figures of moments overlap, and which moment lies within a stronger one."""
    if len(known) > 1:
        yield f"Who {went} within the windows of two moments counts in both, so figures of moments are not to be added."
    for row in known.dropna(subset="inside").to_dict("records"):
        yield (
            f"Most of the time after {row['in_words']} lies within that after {row['inside']}, so it is compared with "
            f"others then, of whom more {go} anyway: neither the high share nor the ratio says that it makes anybody "
            f"{go}."
        )
