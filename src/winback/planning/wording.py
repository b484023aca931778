"""What does the plan of a trial say, in sentences? Every figure in them is taken from the plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from winback.results import Result, Sentences, format_count, format_money, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial.design_findings import FEW_RETURNED, MANY_RETURNED


def describe_plan(plan: Result) -> Sentences:
    """Return the sizes first, then the holdout and the follow-up, then what all of it rests on."""
    lines = [*_differences(plan), *_choice(plan), *_available(plan), *_holdout(plan), *_follow_up(plan), *_basis(plan)]
    return Sentences.of(lines)


def _money(plan, amount, signed=False):
    return format_money(float(amount), plan.currency, signed=signed)


def _row(plan, kind):
    return next(plan.frame[plan.frame["kind"] == kind].itertuples(), None)


def _differences(plan) -> Iterator[str]:
    rows = plan.frame[plan.frame["kind"] == "difference"]
    for row in _telling(rows).itertuples():
        untreated = f" and {format_count(row.n_holdout)} left untreated" if row.second == NO_OFFER else ""
        yield (
            f"{row.first} against {row.second}: {format_count(row.n_per_arm)} customers per offer{untreated} find a "
            f"difference of {_money(plan, row.difference)} per customer, if it is there, with "
            f"{format_percent(plan.asked.power, 0)} power."
        )
    if len(rows) > 1:
        over = "1 comparison" if plan.n_comparisons == 1 else f"{plan.n_comparisons} comparisons"
        every = "Both" if len(rows) == 2 else f"All {len(rows)}"
        yield (
            f"{every} comparisons take {format_count(rows['n_per_arm'].max())} per offer; the "
            f"{format_percent(plan.asked.level, 0)} level is split over {over}."
        )
    few = rows[rows["remark"] != ""]
    if len(few):
        yield (
            f"Caution: in an arm of {join_words(few['question'])} fewer than {FEW_RETURNED} would return, and so small "
            f"a size cannot be relied on: take so many that {FEW_RETURNED} return, better {MANY_RETURNED}."
        )


def _telling(rows):
    """Return at most three comparisons: the leading pair, the hardest one, and the hardest with no offer."""
    if len(rows) <= 3:
        return rows
    against_none = rows[rows["second"] == NO_OFFER]
    places = [
        rows.index[0],
        rows["n_per_arm"].idxmax(),
        *([against_none["n_per_arm"].idxmax()] if len(against_none) else []),
    ]
    return rows.loc[list(dict.fromkeys(places))]


def _choice(plan) -> Iterator[str]:
    best, loss, asked = _row(plan, "best"), _row(plan, "loss"), plan.asked
    if best is not None:
        where = "leads the next by" if asked.difference is None else "leads all others by at least"
        yield (
            f"To choose the best offer with {format_percent(asked.probability_correct, 0)} probability, if it "
            f"{where} {_money(plan, best.difference)} per customer, takes {format_count(best.n_per_arm)} per offer."
        )
    if loss is not None:
        yield (
            f"With {format_count(loss.n_per_arm)} per offer, sending the one that did best loses at most "
            f"{_money(plan, asked.expected_loss)} per customer on average, whatever the true profits are."
        )


def _available(plan) -> Iterator[str]:
    if plan.asked.n_available is None:
        return
    rows = plan.frame[plan.frame["chance_available"].notna()]
    each = [f"{row.question} {format_percent(row.chance_available)}" for row in rows.itertuples()]
    yield f"With the {format_count(plan.asked.n_available)} customers at hand the chances are: {join_words(each)}."
    loss = plan.frame["loss_available"].dropna()
    if len(loss):
        yield f"They lose at most {_money(plan, loss.iloc[0])} per customer on average by the choice of the best."


def _holdout(plan) -> Iterator[str]:
    if not plan.arms.has_untreated:
        why = f"The pilot's untreated are no fair yardstick: {plan.refusal} " if plan.refusal else ""
        yield (
            f"{why}No holdout is planned: without untreated customers it stays unknown how many would have returned "
            "anyway, so no incremental figure is identified, and differences between offers are all that is found."
        )
        return
    row = next(plan.holdout[plan.holdout["planned"]].itertuples())
    if row.n == 0:
        yield "No holdout is planned: without it no incremental figure is identified."
        return
    best, total = plan.arms.names[0], format_count(plan.split.n_customers)
    if row.forgone > 0:
        says = f"forgoes {_money(plan, row.forgone)}, what {best} is expected to add for them"
    else:
        says = f"saves {_money(plan, -row.forgone)}, since even the best offer, {best}, is expected to lose money"
    yield (
        f"A holdout of {format_count(row.n)} of {total} customers ({format_percent(row.share)}) {says}; without it no "
        "incremental figure is identified."
    )
    yield (
        f"It gives the incremental profit of {best} a standard error of {_money(plan, row.std_error)} per customer and "
        f"finds {_money(plan, row.smallest_difference)} with {format_percent(plan.asked.power, 0)} power."
    )


def _follow_up(plan) -> Iterator[str]:
    if plan.follow_up.empty:
        return
    first = plan.follow_up["question"].iloc[0]
    for row in plan.follow_up[plan.follow_up["question"] == first].itertuples():
        yield f"{_seen(plan, row)}; {_gap(plan, row)}{_full(plan, row)}."
    if plan.follow_up["follow_up_months"].min() < plan.horizon_months:
        yield (
            "A shorter follow-up measures another, smaller quantity: costs are there from the start and value is not, "
            "and an offer whose customers stay longer looks worse in it than it is."
        )


def _seen(plan, row) -> str:
    share, horizon = format_percent(row.share_of_value, 0), f"{plan.horizon_months:.4g}"
    watched = f"Watched for {row.follow_up_months:.4g} months, read after {row.read_after_months:.4g}"
    return f"{watched}: {share} of the value within {horizon} months is seen"


def _gap(plan, row) -> str:
    if not np.isfinite(row.n_per_arm):
        return f"{row.first} and {row.second} then earn the same"
    ahead, behind = (row.first, row.second) if row.difference > 0 else (row.second, row.first)
    return (
        f"{ahead} then leads {behind} by {_money(plan, abs(row.difference))}, found with "
        f"{format_count(row.n_per_arm)} per offer"
    )


def _full(plan, row) -> str:
    if row.follow_up_months >= plan.horizon_months:
        return ""
    if np.isfinite(row.n_per_arm_full_horizon):
        return f"; the difference over the full horizon takes {format_count(row.n_per_arm_full_horizon)}"
    return "; nobody is watched through the horizon, so the full difference cannot be measured"


def _basis(plan) -> Iterator[str]:
    if not plan.arms.from_pilot:
        yield "The sizes are as good as the assumed figures; they grow with the square of value_variation."
        return
    rows = plan.frame[plan.frame["kind"] == "difference"]
    row = plan.frame.iloc[0] if rows.empty else rows.iloc[0]
    yield (
        f"The pilot knows the spread of profit only roughly: at the upper end of its interval {row['question']} takes "
        f"{format_count(row['n_per_arm_high'])} per offer, not {format_count(row['n_per_arm'])}."
    )
    if plan.asked.difference is None:
        yield (
            "The differences planned for are the pilot's own, and as uncertain as the pilot; the leader's is likely "
            "too large. Say difference= to plan for the smallest that would change the decision."
        )
