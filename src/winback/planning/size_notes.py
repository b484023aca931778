"""Why does a question take more customers, or fewer, than mild money of independent customers would? In words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.clusters import FEW_CLUSTERS
from winback.planning.asked import Asked
from winback.planning.holdout import Split
from winback.planning.in_clusters import Drawn
from winback.planning.questions import fewest_clusters
from winback.planning.sizes import customers_for_difference
from winback.results import format_count, join_words
from winback.skewness import TOO_SKEWED, is_skewed
from winback.trial.design_findings import FEW_RETURNED


def too_skewed(rows: pd.DataFrame) -> Iterator[str]:
    """Say of which comparisons even an interval that leans would not hold, as planned or with the customers at hand."""
    skewness = rows.filter(["skewness", "skewness_available"]).abs().max(axis=1)
    wild = rows.loc[skewness >= TOO_SKEWED, "question"]
    if len(wild):
        yield (
            f"Caution: a few large amounts would decide {join_words(wild)}, and no interval can be relied on there: "
            "take more customers, or bring the holdout closer to the size of an arm."
        )


def too_few_clusters(rows: pd.DataFrame, drawn: Drawn | None, at_hand: Split | None) -> Iterator[str]:
    """Say which questions too few clusters answer for an interval to hold, as planned or with those at hand."""
    few = rows.loc[fewest_clusters(rows) < FEW_CLUSTERS, "question"]
    short = f"have fewer than {FEW_CLUSTERS} draws by {drawn.name} in an arm" if drawn is not None else ""
    if len(few):
        yield f"Caution: {join_words(few)} would {short}, and intervals are too narrow there: take that many."
    if at_hand is not None and drawn is not None and drawn.whole:
        arms = [n for n in (at_hand.n_per_arm, at_hand.n_holdout) if n > 0]
        if drawn.clusters(min(arms)) < FEW_CLUSTERS:
            yield f"Caution: the customers at hand {short}, and intervals are too narrow there."


def doing_alike(drawn: Drawn | None) -> Iterator[str]:
    """Say how customers who belong together are drawn, and what that does to the sizes."""
    if drawn is None:
        return
    if not drawn.whole:
        yield (
            f"In the pilot customers of one {drawn.name} were sent different offers, one by one, so that what they "
            "share leaves the difference: these sizes are for a trial that draws them one by one, too."
        )
        return
    size = f"{drawn.size:.1f} customers of one {drawn.name} on average are drawn together"
    more = f"{drawn.design_effect:.2g} times as many customers as if they were independent"
    if drawn.assumed:
        yield f"It is assumed that {size} and do alike: it takes {more}."
    elif drawn.design_effect > 1:
        yield f"In the pilot, and so in this plan, {size}, and they do alike: it takes {more}."
    else:
        yield f"In the pilot, and so in this plan, {size}, and they do not do alike: it takes no more customers for it."


def leaning(rows: pd.DataFrame, asked: Asked, n_comparisons: int, from_pilot: bool) -> Iterator[str]:
    """Say what skewed money does to the comparison that it bends most, and where its skewness is taken from."""
    rows = rows[rows["n_returned"] >= FEW_RETURNED]  # with fewer nothing is to be relied on
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
