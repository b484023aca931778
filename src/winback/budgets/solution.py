"""Which plan gains most within its limits, and along other budgets? By steps for money alone, else by prices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.budgets.capped import SPLIT, choices_of, settle_split, solve_cells
from winback.budgets.choices import Choices
from winback.budgets.hull import HullWalk, walk_hull
from winback.budgets.limits import Limits
from winback.budgets.prices import as_cells
from winback.budgets.whole import best_whole

N_SOLVED = 13  # budgets tried where every one takes a solution of its own


@dataclass(frozen=True)
class Solution:
    """The exact optimum and the plan for whole customers."""

    chosen: np.ndarray | None  # (n,) the plan: 0 for none, 1, 2, ... for the offers; None: none was found yet
    optimum: float  # gain of the optimum, which may split customers at the margin, in money
    prices: np.ndarray  # (n_limits,) gain of a little more room in each limit
    n_split: int  # customers split in the optimum


def solve(choices: Choices, limits: Limits) -> Solution | None:
    """Find the optimum and the plan; None when the limits cannot be met together by whole customers."""
    by_steps = limits.only_money
    found = _by_steps(money_walk(choices.gains, choices.costs), limits) if by_steps else _by_prices(choices, limits)
    chosen = None if found is None else best_whole(choices, limits, found.chosen)
    return None if chosen is None else replace(found, chosen=chosen)


def money_walk(gains: np.ndarray, costs: np.ndarray) -> HullWalk:
    """Return all steps that cost more and gain more, from leaving everybody alone; both of shape (n, n_offers)."""
    nothing = np.zeros((len(gains), 1))
    cost, gain = np.hstack([nothing, costs]), np.hstack([nothing, gains])
    start = np.where(cost <= 0, gain, -np.inf).argmax(axis=1)  # what costs nothing is taken first
    return walk_hull(cost, gain, start, least_slope=0.0)


def _by_steps(walk: HullWalk, limits: Limits) -> Solution:
    n_steps = walk.steps_within(limits.budget) if limits.names else len(walk.slope)
    is_split = n_steps < len(walk.slope) and walk.x_after[n_steps] < limits.budget * (1 - 1e-12)
    optimum = walk.highest_y(limits.budget) if limits.names else float(walk.y_after[-1])
    prices = np.array([walk.next_slope(n_steps)] * len(limits.names))
    return Solution(walk.choices_after(n_steps), optimum, prices, int(is_split))


def _by_prices(choices: Choices, limits: Limits) -> Solution | None:
    """Solve with gains and costs in units of their own size, which the solver's tolerances suppose."""
    of_gain, of_cost = (np.abs(each).mean() or 1.0 for each in (choices.gains, choices.costs))
    gains, costs, scaled = choices.gains / of_gain, choices.costs / of_cost, limits.scaled(money=1 / of_cost)
    cells = as_cells(gains, costs)
    optimum = solve_cells(cells, scaled)
    if optimum is None:
        return None
    split = choices_of(cells, optimum)
    chosen = settle_split(gains, costs, scaled, optimum.prices, split)
    prices = optimum.prices * of_gain / np.where(limits.money > 0, of_cost, 1.0)
    return Solution(chosen, optimum.value * of_gain, prices, int((split == SPLIT).sum()))


def budget_curve(choices: Choices, limits: Limits, n_points: int | None = None) -> pd.DataFrame:
    """Return the optimum over budgets from nothing to all that is worth spending, other limits as they are.

    Returns
    -------
    pandas.DataFrame
        Of ``n_points`` budgets (by default 51, or 13 where there are other limits than money): ``budget``,
        ``{kind}_profit_total`` of the exact optimum, ``price_of_money`` (gain of the next unit of money) and ``n``
        contacted by the plan for whole customers. Budgets that cannot meet an "at least" are left out.
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
    points = zip(budgets, steps, contacted, strict=True)
    return [(budget, walk.highest_y(budget), walk.next_slope(taken), n) for budget, taken, n in points]


def _solved(choices, limits, n_points) -> list[tuple]:
    everything = float(choices.costs.max(axis=1).sum())
    without = solve(choices, limits.with_budget(everything))
    rows = np.flatnonzero(without.chosen)
    most = float(choices.costs[rows, without.chosen[rows] - 1].sum())
    found = []
    for budget in np.linspace(0, most, n_points):
        solution = solve(choices, limits.with_budget(budget))
        if solution is not None:  # the budget is the first limit
            found.append((budget, solution.optimum, float(solution.prices[0]), int((solution.chosen > 0).sum())))
    return found
