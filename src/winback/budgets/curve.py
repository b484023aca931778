"""What would other budgets earn, and what would their next dollar?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.budgets.limits import BUDGET, Limits
from winback.budgets.solution import money_walk, solve

N_SOLVED = 13  # budgets tried where every one takes a solution of its own


def budget_curve(choices: Choices, limits: Limits, n_points: int | None = None) -> pd.DataFrame:
    """Return the optimum over budgets from nothing to all that is worth spending, other limits as they are.

    Parameters
    ----------
    choices : Choices
    limits : Limits
    n_points : int, optional
        How many budgets, at least 2; by default 51, or 13 where there are other limits than money.

    Returns
    -------
    pandas.DataFrame
        ``budget``, ``{kind}_profit_total`` of the exact optimum, ``price_of_money`` (gain of the next unit of money)
        and ``n`` contacted by the plan for whole customers. Budgets that cannot meet an "at least" are left out.
    """
    n_points = (51 if limits.only_money else N_SOLVED) if n_points is None else int(n_points)
    if n_points < 2:
        raise ValueError(f"n_points must be at least 2; got {n_points}.")
    rows = _along_hull(choices, n_points) if limits.only_money else _solved(choices, limits, n_points)
    names = ["budget", f"{choices.kind}_profit_total", "price_of_money", "n"]
    return pd.DataFrame(rows, columns=names).astype({"n": int})


def _along_hull(choices, n_points) -> list[tuple]:
    walk = money_walk(choices.gains, choices.costs)
    budgets = np.linspace(0, max(walk.x_after[-1], 0.0), n_points)
    steps = np.array([walk.steps_within(budget) for budget in budgets])
    contacted = len(choices.gains) - walk.counts_after(steps, len(choices.offers) + 1)[:, 0]
    return [
        (budget, walk.highest_y(budget), walk.next_slope(taken), n)
        for budget, taken, n in zip(budgets, steps, contacted, strict=True)
    ]


def _solved(choices, limits, n_points) -> list[tuple]:
    everything = float(choices.costs.max(axis=1).sum())
    without = solve(choices, limits.with_budget(everything))
    rows = np.flatnonzero(without.chosen)
    most = float(choices.costs[rows, without.chosen[rows] - 1].sum())
    found = []
    for budget in np.linspace(0, most, n_points):
        other = limits.with_budget(budget)
        solution = solve(choices, other)
        if solution is not None:
            price = float(solution.prices[other.names.index(BUDGET)])
            found.append((budget, solution.optimum, price, int((solution.chosen > 0).sum())))
    return found
