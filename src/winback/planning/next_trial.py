"""What to do on Monday about the next trial? How many to draw for each offer, and when to read it."""

from __future__ import annotations

import numpy as np

from winback.planning.choosing import enough_to_choose
from winback.planning.every_pair import for_every_pair, n_pairs
from winback.results import Result, format_count


def next_trial(plan: Result) -> str:
    """Return the next step after a trial was planned."""
    split, asked = plan.split, plan.asked
    if not np.isfinite(split.n_customers):
        return "Name the smallest difference that would change the decision: none of this size can be found."
    drawn = plan.arms.drawn
    inside = f", {drawn.name} by {drawn.name}," if drawn is not None and drawn.whole else ""
    each = "the offer" if split.n_offers == 1 else f"each of {split.n_offers} offers"
    who = f"{format_count(split.n_per_arm)} customers{inside} at random for {each}"
    without = f", leave {format_count(split.n_holdout)} without one" if split.n_holdout else ""
    at_hand = "" if asked.n_available is None else " of those at hand"
    drawn_and_read = f"Draw {who}{without}{at_hand}, and read the trial once, at its planned end."
    return " ".join(filter(None, (drawn_and_read, _judged_together(plan), enough_to_choose(plan))))


def _judged_together(plan: Result) -> str:
    """Say how many more it takes where the verdict allows for every pair of offers, which one pair alone does not."""
    n = for_every_pair(plan)
    if n is None or plan.asked.n_available is not None:
        return ""
    each = f"{format_count(n)} for each"
    return f"That is for this pair alone: where all {n_pairs(plan)} pairs are judged together it takes {each}."
