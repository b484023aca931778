"""Who gets what under a solution? One row per customer, one per offer, one per limit, and the last two in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.budgets.limits import AT_LEAST, AT_MOST, BUDGET, Limits
from winback.money import format_money
from winback.results import counted, format_count
from winback.tables import NO_OFFER

CONTACTED, NOT_WORTH, OUT_OF_REACH = "contacted", "not worth a contact", "beyond the limits"


def assigned(choices: Choices, chosen: np.ndarray) -> pd.DataFrame:
    """Return one row per customer, see `BudgetPlan`; ``chosen`` is 0 for none, 1, 2, ... for the offers."""
    rows = np.arange(len(chosen))
    sent, place = chosen > 0, np.maximum(chosen - 1, 0)
    kind, alone = choices.kind, choices.alone.money
    profit = choices.profits[rows, place]
    unsent = alone[:, 1] if kind == "incremental" else np.nan
    standing = np.where(choices.gains.max(axis=1) > 0, OUT_OF_REACH, NOT_WORTH)
    columns = {
        "customer_id": choices.customer_ids,
        "offer": np.array([NO_OFFER, *choices.offers], dtype=object)[chosen],
        "cost": np.where(sent, choices.costs[rows, place], 0.0),
        f"{kind}_profit": np.where(sent, choices.gains[rows, place], 0.0),
        "expected_profit": np.where(sent, profit, unsent),
        "standing": np.where(sent, CONTACTED, standing).astype(object),
    }
    if (alone[:, 0] != alone[:, 2]).any():
        columns[f"{kind}_profit_low"] = np.where(sent, profit - alone[:, 2], 0.0)
        columns[f"{kind}_profit_high"] = np.where(sent, profit - alone[:, 0], 0.0)
    return pd.DataFrame(columns)


def by_offer(assignments: pd.DataFrame, choices: Choices, chosen: np.ndarray) -> pd.DataFrame:
    """Return one row per offer, see `BudgetPlan`."""
    kind, k = choices.kind, len(choices.offers)

    def total(name) -> np.ndarray:
        return np.bincount(chosen, assignments[name].to_numpy(), minlength=k + 1)[1:]

    n = np.bincount(chosen, minlength=k + 1)[1:]
    cost, profit = total("cost"), total(f"{kind}_profit")
    ends = [f"{kind}_profit{end}" for end in ("_low", "_high") if f"{kind}_profit{end}" in assignments]
    return pd.DataFrame(
        {
            "offer": list(choices.offers),
            "n": n,
            "share": n / len(chosen),
            "cost_total": cost,
            "cost_per_customer": _ratio(cost, n),
            f"{kind}_profit_total": profit,
            **{name.replace("_profit", "_profit_total"): total(name) for name in ends},
            f"{kind}_profit": _ratio(profit, n),
            f"{kind}_roi": _ratio(profit, cost),
        }
    )


def by_limit(limits: Limits, cost: float, counts: np.ndarray, prices: np.ndarray) -> pd.DataFrame:
    """Return one row per limit, see `BudgetPlan`, from the cost in all and the contacts under each offer."""
    used = limits.used(cost, counts)
    frame = pd.DataFrame({"limit": limits.names, "offer": limits.offers})
    sign = np.where(frame["limit"] == AT_LEAST, -1.0, 1.0)
    return frame.assign(bound=sign * limits.bounds, used=sign * used, price=prices)


def _ratio(above, below) -> np.ndarray:
    """Return above / below, missing where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def words_of_prices(prices: pd.DataFrame, currency: str) -> Iterator[str]:
    """Say what one more unit of room in each limit earns; ``prices`` as in `BudgetPlan`."""
    unit = "dollar" if currency == "$" else format_money(1, currency, 0)
    for row in prices.itertuples():
        price, bound = format_money(row.price, currency), format_count(row.bound)
        if row.limit == BUDGET:
            earns = f"earns {price}, net of itself" if row.price > 0 else "earns nothing: the budget is not the limit"
            yield f"The next {unit} {earns}."
        elif row.limit == AT_MOST and row.price > 0:
            yield f"One more place for {row.offer} than {bound} earns {price}."
        elif row.limit == AT_LEAST and row.price > 0:
            yield f"Having to send {row.offer} to at least {bound} costs {price} for the last of them."
        elif row.limit not in (AT_MOST, AT_LEAST):
            earns = price if row.price > 0 else "nothing: contacts are not the limit"
            yield f"One more contact than {bound} earns {earns}."


def words_of_standing(assignments: pd.DataFrame, kind: str) -> Iterator[str]:
    """Say how many are left alone, and how many are contacted at a loss; ``assignments`` as in `BudgetPlan`."""
    counts = assignments["standing"].value_counts()
    if NOT_WORTH in counts:
        gains = "brings a profit" if kind == "gross" else "gains anything"
        yield f"{counted(counts[NOT_WORTH], 'customers', 'are')} not worth a contact: no offer {gains} with them."
    if OUT_OF_REACH in counts:
        yield f"{format_count(counts[OUT_OF_REACH])} more would gain, but the limits do not reach them."
    losing = int((assignments[f"{kind}_profit"] < 0).sum())
    if losing:
        yield f"{format_count(losing)} are contacted at a loss, because a number of contacts is demanded."
