"""Why does a question take more customers, or fewer, than mild money of independent customers would? In words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.planning.asked import Asked
from winback.planning.sizes import customers_for_difference
from winback.results import format_count, join_words
from winback.skewness import TOO_SKEWED, is_skewed


def too_skewed(rows: pd.DataFrame) -> Iterator[str]:
    """Say of which comparisons even an interval that leans would not hold."""
    wild = rows.loc[rows["skewness"].abs() >= TOO_SKEWED, "question"]
    if len(wild):
        yield (
            f"Caution: a few large amounts would decide {join_words(wild)}, and no interval can be relied on there: "
            "take more customers, or bring the holdout closer to the size of an arm."
        )


def leaning(rows: pd.DataFrame, asked: Asked, n_comparisons: int, from_pilot: bool) -> Iterator[str]:
    """Say what skewed money does to the comparison that it bends most, and where its skewness is taken from."""
    rows = rows[is_skewed(rows["skewness"], asked.level)]
    if rows.empty:
        return
    row = rows.loc[rows["skewness"].abs().idxmax()]
    plain = customers_for_difference(row["difference"], row["variance"], asked.power, asked.level, n_comparisons)
    shape = "as skewed as the pilot's" if from_pilot else "log-normal with the variation assumed"
    yield (
        f"Few customers carry much of the money, which shows between groups of unequal size: {row['question']} takes "
        f"{format_count(row['n_per_arm'])} per offer, and would take {format_count(plain)} if amounts varied evenly; "
        f"they are taken to be {shape}."
    )
