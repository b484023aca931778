"""What to do on Monday about the next trial? How many to draw for each offer, and when to read it, in one sentence."""

from __future__ import annotations

import numpy as np

from winback.results import Result, format_count, format_percent


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
    return f"Draw {who}{without}{at_hand}, and read the trial once, at its planned end{_to_choose(plan)}."


def _to_choose(plan: Result) -> str:
    """Say how many are enough to choose well, where that is asked and takes fewer."""
    best = plan.frame[plan.frame["kind"] == "best"]
    if plan.asked.n_available is not None or best.empty or len(best) == len(plan.frame):
        return ""
    n = float(best["n_per_arm"].iloc[0])
    if not n < plan.split.n_per_arm:
        return ""
    chance = format_percent(plan.asked.choice.probability_correct, 0)
    return f"; {format_count(n)} for each are enough to choose the best with {chance} probability"
