"""Which plan for whole customers comes closest to the optimum, which may split a few at the margin?"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from winback.budgets.capped import Optimum
from winback.budgets.limits import Limits
from winback.budgets.prices import Cells, margins

SPLIT = -1  # a customer whom the optimum gives parts of several choices
ROUNDING = 1e-6
N_MOST = 2_000  # customers reconsidered at most


def choices_of(cells: Cells, optimum: Optimum) -> np.ndarray:
    """Return each customer's choice in the optimum, (n,): 0 for none, 1, 2, ... for the offers, -1 where split."""
    amounts = optimum.amounts
    whole = np.floor(amounts + ROUNDING)
    n_split = np.ceil((amounts - whole).clip(0).sum(axis=1) - ROUNDING).clip(0)
    ends = np.cumsum(np.column_stack([whole, n_split]), axis=1)  # of the ranks within the cell that get each choice
    order = np.argsort(cells.cell, kind="stable")
    first = np.concatenate([[0], np.cumsum(cells.weights)[:-1]])
    rank = np.empty(len(order))
    rank[order] = np.arange(len(order)) - first[cells.cell[order]]
    n_offers = amounts.shape[1]
    chosen = (ends[cells.cell] <= rank[:, None]).sum(axis=1)
    return np.select([chosen < n_offers, chosen == n_offers], [chosen + 1, SPLIT], default=0)


def settle_split(
    gains: np.ndarray, costs: np.ndarray, limits: Limits, prices: np.ndarray, chosen: np.ndarray
) -> np.ndarray | None:
    """Give every split customer the best whole choice that still fits; None when floors leave no room.

    Where an "at least" cannot be met by the split customers alone, those nearest to the margin are reconsidered, too.
    """
    pool = np.flatnonzero(chosen == SPLIT)
    if len(pool) == 0:
        return chosen
    nearest = None
    while True:
        held = chosen.copy()
        held[pool] = 0
        found = _best_whole(gains[pool], costs[pool], _left(gains, costs, limits, held))
        if found is not None:
            held[pool] = found
            return held
        if len(pool) >= min(N_MOST, len(gains)):
            return None
        if nearest is None:
            margin = margins(gains, costs, limits, prices)[1]
            nearest = np.argsort(np.where(chosen == SPLIT, -1.0, margin), kind="stable")
        pool = nearest[: 2 * len(pool) + 10]


def _left(gains, costs, limits, held) -> Limits:
    """Return what the limits leave, counts as whole numbers."""
    rows = np.flatnonzero(held)
    counts = np.bincount(held[rows] - 1, minlength=gains.shape[1])
    left = limits.after(float(costs[rows, held[rows] - 1].sum()), counts)
    slack = ROUNDING * np.abs(limits.bounds) * (limits.money > 0)
    tidy = np.where(limits.money > 0, np.where(left.bounds > -slack, left.bounds.clip(0), left.bounds), left.bounds)
    return Limits(left.names, left.offers, np.where(limits.money > 0, tidy, np.round(tidy)), left.money, left.places)


def _best_whole(gains, costs, limits) -> np.ndarray | None:
    n, k = gains.shape
    shared = (limits.money[:, None, None] * costs + limits.places[:, None, :]).reshape(len(limits.bounds), n * k)
    own = np.kron(np.eye(n), np.ones((1, k)))
    rules = LinearConstraint(np.vstack([own, shared]), ub=np.concatenate([np.ones(n), limits.bounds]))
    found = milp(-gains.ravel(), integrality=np.ones(n * k), bounds=Bounds(0, 1), constraints=rules)
    if found.x is None:
        return None
    taken = np.round(found.x.reshape(n, k)).astype(int)
    return np.where(taken.any(axis=1), taken.argmax(axis=1) + 1, 0)
