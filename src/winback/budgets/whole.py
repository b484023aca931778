"""What is the best plan for whole customers? Exact for a handful; for many, at least the best single contact that fits.

Steps in order of gain per money leave room that the next step does not fit. Among thousands of customers that room is
nothing, among a handful it can be more than the plan (the 0-1 knapsack problem; with the best single item the plan
is never below half of the optimum, Martello & Toth 1990, section 2.4).
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from winback.budgets.choices import Choices
from winback.budgets.limits import Limits

HANDFUL = 50  # customers up to which every plan is weighed


def best_whole(choices: Choices, limits: Limits, chosen: np.ndarray | None) -> np.ndarray | None:
    """Return the plan, or a better one that fits the limits, too; (n,) choices, 0 for none, or None where none fits."""
    if not limits.names:
        return chosen
    other = _exact(choices, limits) if len(choices.gains) <= HANDFUL else _single(choices, limits)
    if other is None or not _fits(choices, limits, other):
        return chosen
    return other if chosen is None or _gain(choices, other) > _gain(choices, chosen) else chosen


def _exact(choices: Choices, limits: Limits) -> np.ndarray | None:
    """Return the optimum of the integer programme, by HiGHS."""
    n, n_offers = choices.gains.shape
    of_gain, of_cost = (float(np.abs(each).max()) or 1.0 for each in (choices.gains, choices.costs))
    scaled = limits.scaled(money=1 / of_cost)
    used = scaled.money[:, None, None] * choices.costs / of_cost + scaled.places[:, None, :]
    once = np.kron(np.eye(n), np.ones(n_offers))
    rules = [LinearConstraint(used.reshape(len(used), -1), ub=scaled.bounds), LinearConstraint(once, ub=np.ones(n))]
    ones = np.ones(n * n_offers)
    found = milp(-choices.gains.ravel() / of_gain, integrality=ones, bounds=Bounds(0, 1), constraints=rules)
    if found.x is None:
        return None
    taken = found.x.reshape(n, n_offers) > 0.5
    return np.where(taken.any(axis=1), taken.argmax(axis=1) + 1, 0)


def _single(choices: Choices, limits: Limits) -> np.ndarray:
    """Return the plan of one contact: the one of most gain whose cost is within the budget."""
    gains = np.where(choices.costs <= limits.budget, choices.gains, -np.inf)
    customer, offer = np.unravel_index(gains.argmax(), gains.shape)
    chosen = np.zeros(len(gains), dtype=int)
    chosen[customer] = offer + 1
    return chosen


def _fits(choices: Choices, limits: Limits, chosen: np.ndarray) -> bool:
    cost, counts = _spent(choices, chosen)
    return bool((limits.used(cost, counts) <= limits.bounds + 1e-12 * np.abs(limits.bounds)).all())


def _spent(choices: Choices, chosen: np.ndarray) -> tuple[float, np.ndarray]:
    rows = np.flatnonzero(chosen)
    counts = np.bincount(chosen, minlength=choices.gains.shape[1] + 1)[1:]
    return float(choices.costs[rows, chosen[rows] - 1].sum()), counts


def _gain(choices: Choices, chosen: np.ndarray) -> float:
    rows = np.flatnonzero(chosen)
    return float(choices.gains[rows, chosen[rows] - 1].sum())
