"""What do a plan and a frontier say? Their sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from winback.budgets.limits import AT_LEAST, AT_MOST, BUDGET
from winback.money import format_alike
from winback.results import Sentences, format_count, format_money, format_percent, join_words
from winback.tables import NO_OFFER

if TYPE_CHECKING:
    from winback.budgets.frontier import ProfitShareFrontier
    from winback.budgets.plan import BudgetPlan

GROSS = "gross: what these customers would bring without an offer is unknown and not taken off"


def describe_plan(plan: BudgetPlan) -> Sentences:
    """Say who gets what, what it gains, what more room would earn, whom to leave alone, and how sure that is."""
    lines = [*_what_it_does(plan), *_prices(plan), *_who_is_left_alone(plan), *_organic(plan)]
    if plan.n_split:
        who = "one customer" if plan.n_split == 1 else f"{format_count(plan.n_split)} customers"
        lines.append(
            f"The exact optimum, {format_money(plan.optimum, plan.currency)}, would split {who} at the margin; "
            "the plan, for whole customers, gives them only what still fits, or nothing."
        )
    lines.append(
        plan.honest
        or "All gains are predicted by what also chose the customers, so they are likely too high: try the plan on "
        "customers who did not shape it before you count on them."
    )
    return Sentences.of(lines)


def _what_it_does(plan) -> Iterator[str]:
    chosen = plan.frame[plan.frame["n"] > 0]
    if len(chosen) == 0:
        why = "no offer gains anything for anybody" if plan.n_not_worth == plan.n else "the limits reach nobody"
        yield f"Contact nobody: {why}."
        return
    mix = join_words(f"{row.offer} to {format_count(row.n)}" for row in chosen.itertuples())
    yield f"Contact {format_count(plan.n_contacted)} of {format_count(plan.n)} customers: {mix}."
    cost, gain = (format_money(amount, plan.currency) for amount in (plan.cost_total, plan.profit_total))
    spent = f"that costs {cost} (expected)"
    if plan.kind == "gross":
        yield f"{spent} and is predicted to earn {gain} net of that cost, {GROSS}."
    else:
        yield f"{spent} and is predicted to gain {gain} net of that cost, over leaving everybody alone."


def _prices(plan) -> Iterator[str]:
    unit = "dollar" if plan.currency == "$" else format_money(1, plan.currency, 0)
    for row in plan.prices.itertuples():
        price, bound = format_money(row.price, plan.currency), format_count(row.bound)
        if row.limit == BUDGET:
            earns = f"earns {price}, net of itself" if row.price > 0 else "earns nothing: the budget is not the limit"
            yield f"The next {unit} {earns}."
        elif row.limit == AT_MOST and row.price > 0:
            yield f"One more place for {row.offer} than {bound} earns {price}."
        elif row.limit == AT_LEAST and row.price > 0:
            yield f"Having to send {row.offer} to at least {bound} costs {price} for the last of them."
        elif row.limit not in (AT_MOST, AT_LEAST):
            yield (
                f"One more contact than {bound} earns {price}."
                if row.price > 0
                else (f"One more contact than {bound} earns nothing: contacts are not the limit.")
            )


def _who_is_left_alone(plan) -> Iterator[str]:
    if plan.n_not_worth:
        gains = "brings a profit" if plan.kind == "gross" else "gains anything"
        yield f"{format_count(plan.n_not_worth)} customers are not worth a contact: no offer {gains} with them."
    if plan.n_out_of_reach:
        yield f"{format_count(plan.n_out_of_reach)} more would gain, but the limits do not reach them."
    losing = int((plan.assignments[f"{plan.kind}_profit"] < 0).sum())
    if losing:
        yield f"{format_count(losing)} are contacted at a loss, because a number of contacts is demanded."
    if plan.choices.n_set_aside:
        yield f"{format_count(plan.choices.n_set_aside)} customers who were not eligible are left out."


def _organic(plan) -> Iterator[str]:
    if plan.choices.assumed:
        yield f"That rests on {plan.choices.assumed}."
    low, high = (plan.frame.get(f"{plan.kind}_profit_total_{end}") for end in ("low", "high"))
    if low is not None and plan.n_contacted:
        ends = [format_money(end.sum(), plan.currency) for end in (low, high)]
        yield (
            f"At its high end the plan gains {ends[0]}, at its low end {ends[1]}; at the high end "
            f"{format_count(plan.n_doubtful)} of those contacted are not worth it."
        )
    if plan.choices.knows_none or not plan.n_contacted:
        return
    even = format_money(plan.break_even_profit, plan.currency)
    yield f"The plan gains only if the customers contacted would bring less than {even} each without an offer."
    if np.isfinite(plan.break_even_organic):
        value = format_money(plan.choices.value_alone, plan.currency)
        share = format_percent(plan.break_even_organic)
        at_all = " (it gains at any organic return)" if plan.break_even_organic > 1 else ""
        yield f"At {value} per organic returner that is an organic return of {share}{at_all}."


def describe_frontier(frontier: ProfitShareFrontier) -> Sentences:
    """Say where profit is largest, where customers are most, and what the last customer costs."""
    first, last = frontier.frame.iloc[0], frontier.frame.iloc[-1]
    more = last["n_regained"] - first["n_regained"]
    lines = [f"Profit is largest, {_at(frontier, first)}."]
    if more <= 0:
        lines.append("No choice regains more customers.")
    else:
        forgone = first[frontier.profit_column] - last[frontier.profit_column]
        money = format_alike((frontier.price_of_last, forgone, forgone / more), frontier.currency)
        lines = [
            *_between_ends(frontier),
            f"Predicted: the firm that buys market share gives up {money[1]} for {format_count(more)} more customers, "
            f"{money[2]} each; the last one costs {money[0]}.",
            *lines,
            f"The most customers are regained {_at(frontier, last)}.",
        ]
    if frontier.kind == "gross":
        lines.append("Profit and customers are gross: who would return without an offer is unknown and not taken off.")
    else:
        without = frontier.choices.assumed or "what the same values expect without an offer"
        lines.append(f"Profit and customers are over leaving everybody alone: {without} is taken off.")
    if frontier.choices.n_set_aside:
        lines.append(f"{format_count(frontier.choices.n_set_aside)} customers who were not eligible are left out.")
    lines += _measured(frontier)
    return Sentences.of(lines)


def _between_ends(frontier) -> Iterator[str]:
    """Say what the trial measured between most profit and most customers, where it did."""
    if frontier.measured_ends is None:
        return
    none_clear = all(low <= 0 <= high for _, low, high in frontier.measured_ends.values())
    unclear = ": no clear difference in either" if none_clear else ""
    fewer, *money = (format_money(each, frontier.currency) for each in frontier.measured_ends["profit"])
    more, *counts = (format_count(each) for each in frontier.measured_ends["regained"])
    yield (
        f"Measured in the trial, buying market share regains {more} more customers [{counts[0]}, {counts[1]}] for "
        f"{fewer} less profit [{money[0]}, {money[1]}]{unclear}."
    )


def _measured(frontier) -> Iterator[str]:
    """Say what a trial measured at both ends, or that nothing was measured."""
    if "measured_profit_total" not in frontier.frame:
        yield "All figures are expected, by what made the values."
        return
    for row, where in ((frontier.frame.iloc[0], "most profitable"), (frontier.frame.iloc[-1], "largest")):
        profit, *money = (
            format_money(row[f"measured_profit_total{end}"], frontier.currency) for end in ("", "_low", "_high")
        )
        back, *counts = (format_count(row[f"measured_regained{end}"]) for end in ("", "_low", "_high"))
        yield (
            f"Measured in the trial, the {where} choice earns {profit} [{money[0]}, {money[1]}] and regains {back} "
            f"[{counts[0]}, {counts[1]}]."
        )


def _at(frontier, row) -> str:
    profit = format_money(row[frontier.profit_column], frontier.currency)
    shares = {name: row[f"share_{name}"] for name in (*frontier.choices.offers, NO_OFFER)}
    mix = join_words(f"{name} {format_percent(share, 0)}" for name, share in shares.items() if share >= 0.005)
    return f"at {profit}, with {format_count(row['n_regained'])} customers regained ({mix})"
