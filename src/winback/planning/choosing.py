"""How many customers choose the best offer, and on which condition? In words.

The offer that did best is chosen. How often that is the best one depends on how far *all* others lie behind: as far as
the figures say, or, at worst, all of them only as far as the next (Bechhofer 1954, see `winback.planning.sizes`).
"""

from __future__ import annotations

from collections.abc import Iterator

from winback.money import format_money
from winback.planning.sizes import customers_for_best
from winback.results import Result, format_count, format_percent


def all_behind_alike(plan: Result) -> int | None:
    """Return the customers per offer that choose the best one if all others lie only as far behind as the next.

    None where that is what the plan asks for already, or there are but two offers.
    """
    best, figures = plan.frame[plan.frame["kind"] == "best"], plan.arms
    if best.empty or plan.asked.difference is not None or len(figures.offers) < 3:
        return None
    zone, chance = float(best["difference"].iloc[0]), plan.asked.choice.probability_correct
    return int(customers_for_best(chance, figures.of_offers(figures.variance), zone=zone))


def choice_lines(plan: Result) -> Iterator[str]:
    """Say how many customers choose the best offer, and on which condition."""
    asked, others = plan.asked, all_behind_alike(plan)
    for best in plan.frame[plan.frame["kind"] == "best"].itertuples():
        where = "leads the next by" if asked.difference is None else "leads all others by at least"
        amount, n = format_money(float(best.difference), plan.currency), plan.drawn(best.n_per_arm, " per offer")
        if others is not None:
            n += f" if the others lie as far behind as expected, {plan.drawn(others)} if all lie only so far behind"
        yield (
            f"To choose the best offer with {format_percent(asked.choice.probability_correct, 0)} probability, if it "
            f"{where} {amount} per customer, takes {n}."
        )
    for loss in plan.frame[plan.frame["kind"] == "loss"].itertuples():
        yield (
            f"With {plan.drawn(loss.n_per_arm, ' per offer')}, sending the one that did best loses at most "
            f"{format_money(float(asked.choice.expected_loss), plan.currency)} per customer on average, whatever the "
            "true profits are."
        )


def enough_to_choose(plan: Result) -> str:
    """Say in a sentence how many are enough to choose well, where that is asked and takes fewer; else nothing."""
    best = plan.frame[plan.frame["kind"] == "best"]
    if plan.asked.n_available is not None or best.empty or len(best) == len(plan.frame):
        return ""
    n, others, asked = float(best["n_per_arm"].iloc[0]), all_behind_alike(plan), plan.asked
    if not n < plan.split.n_per_arm:
        return ""
    amount = format_money(float(best["difference"].iloc[0]), plan.currency)
    enough = f"To choose the best with {format_percent(asked.choice.probability_correct, 0)} probability"
    enough += f" {format_count(n)} for each are enough"
    if others is not None:
        return (
            f"{enough} if the others lie as far behind as expected, {format_count(others)} if all lie {amount} behind."
        )
    return f"{enough} if it leads {'the other' if len(plan.arms.offers) == 2 else 'all others'} by {amount}."
