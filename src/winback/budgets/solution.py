"""Which plan gains most within its limits? By steps along the hull for money alone, else by prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.budgets.capped import solve_cells
from winback.budgets.choices import Choices
from winback.budgets.hull import HullWalk, walk_hull
from winback.budgets.limits import Limits
from winback.budgets.prices import as_cells
from winback.budgets.whole import SPLIT, choices_of, settle_split


@dataclass(frozen=True)
class Solution:
    """The exact optimum and the plan for whole customers.

    Attributes
    ----------
    chosen : numpy.ndarray, shape (n,)
        The plan: 0 for none, 1, 2, ... for the offers.
    optimum : float
        Gain of the optimum, which may split customers at the margin, in money.
    prices : numpy.ndarray, shape (n_limits,)
        Gain of a little more room in each limit.
    n_split : int
        Customers split in the optimum.
    """

    chosen: np.ndarray
    optimum: float
    prices: np.ndarray
    n_split: int


def solve(choices: Choices, limits: Limits) -> Solution | None:
    """Find the optimum and the plan; None when the limits cannot be met together by whole customers."""
    if limits.only_money:
        return _by_steps(money_walk(choices.gains, choices.costs), limits)
    return _by_prices(choices, limits)


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
    if chosen is None:
        return None
    prices = optimum.prices * of_gain / np.where(limits.money > 0, of_cost, 1.0)
    return Solution(chosen, optimum.value * of_gain, prices, int((split == SPLIT).sum()))
