"""What is more room within the limits worth, and who is left alone and why? The plan's tables in words."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from winback.budgets.assigned import NOT_WORTH, OUT_OF_REACH
from winback.budgets.limits import AT_LEAST, AT_MOST, BUDGET
from winback.money import format_money
from winback.results import format_count


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
        yield f"{format_count(counts[NOT_WORTH])} customers are not worth a contact: no offer {gains} with them."
    if OUT_OF_REACH in counts:
        yield f"{format_count(counts[OUT_OF_REACH])} more would gain, but the limits do not reach them."
    losing = int((assignments[f"{kind}_profit"] < 0).sum())
    if losing:
        yield f"{format_count(losing)} are contacted at a loss, because a number of contacts is demanded."
