r"""What is the best plan under several limits at once? The exact optimum, from a few customers near the margin.

.. math:: \max_x \sum_{ik} g_{ik} x_{ik} \quad \text{s.t.} \quad \sum_k x_{ik} \le 1, \;
          \sum_{ik} (m_j c_{ik} + p_{jk}) x_{ik} \le b_j

At the right prices :math:`\lambda_j` of the limits every customer simply takes the offer that is best after paying
them; only customers who are nearly indifferent need to be looked at together. With prices near the right ones, the
customers nearest to the margin are solved exactly with all others held, which gives new prices, until the gain of
that plan equals the bound that holds for every plan (`winback.budgets.prices`). Alike customers are one cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from winback.budgets.limits import Limits
from winback.budgets.prices import Cells, bound, find_prices, margins, priced_gains

N_FIRST = 500  # cells solved together at first
TOLERANCE = 1e-8  # of the gap between plan and bound, as a share of all gains in sight
SPLIT = -1  # a customer whom the optimum gives parts of several choices
ROUNDING = 1e-6
N_MOST = 2_000  # split customers, and others near the margin, whose choices are settled together at most


@dataclass(frozen=True)
class Optimum:
    """The exact optimum."""

    amounts: np.ndarray  # (n_cells, n_offers) customers of each kind; at most as many as there are limits are split
    prices: np.ndarray  # (n_limits,) gain of a little more room in each limit
    value: float  # gain in all


def solve_cells(cells: Cells, limits: Limits) -> Optimum | None:
    """Find the exact optimum, or None when the limits cannot be met together."""
    n = len(cells.weights)
    prices = np.zeros(len(limits.bounds)) if n <= N_FIRST else find_prices(cells, limits)
    if bound(cells, limits, prices) < cells.least_gain - 1e-6 * cells.in_sight:
        return None
    n_open = N_FIRST
    while True:
        opened, amounts = _hold_all_but(n_open, cells, limits, prices)
        left = limits.after(float((cells.costs * amounts).sum()), amounts.sum(axis=0))
        part = cells.take(opened)
        likely = _likely(part, limits, prices) if n_open < n else np.ones(part.gains.shape, dtype=bool)
        solved = _solve(part, likely, left)
        if solved is None and n_open >= n:
            return None
        if solved is not None:
            amounts[opened], found = solved
            value = float((cells.gains * amounts).sum())
            if _is_closed(cells, limits, found, value):
                more = _solve(part, likely, left.relaxed(1e-3)) if (limits.money == 0).any() else None
                better = more is not None and _is_closed(cells, limits, more[1], value)
                return Optimum(amounts, more[1] if better else found, value)
            prices = found if bound(cells, limits, found) < bound(cells, limits, prices) else prices
        if n_open >= n:
            raise RuntimeError("The optimum under these limits was not found exactly. State amounts in larger units.")
        n_open *= 2


def _is_closed(cells, limits, prices, value) -> bool:
    """Whether no plan can gain more, up to rounding."""
    return bound(cells, limits, prices) - value <= TOLERANCE * cells.in_sight


def _hold_all_but(n_open, cells, limits, prices):
    """Return the rows nearest to the margin, and what all others get at these prices."""
    best, margin = margins(cells.gains, cells.costs, limits, prices)
    n = len(best)
    if n_open < n:
        n_open = max(n_open, int((margin <= 1e-7).sum()))
    opened = np.arange(n) if n_open >= n else np.sort(np.argpartition(margin, n_open)[:n_open])
    amounts = np.zeros((n, cells.gains.shape[1] + 1))
    amounts[np.arange(n), best] = cells.weights
    amounts[opened] = 0.0
    return opened, amounts[:, 1:].copy()


def _likely(part, limits, prices) -> np.ndarray:
    """Return which offers come near the best choice of their row, as near as the second best of any row."""
    priced = priced_gains(part.gains, part.costs, limits, prices)
    short_of = priced.max(axis=1)[:, None] - priced
    return short_of[:, 1:] <= np.partition(short_of, 1, axis=1)[:, 1].max()


def _solve(part, likely, limits):
    """Solve a few rows as a linear programme; return amounts and prices, or None when it has no solution."""
    row, offer = np.nonzero(likely)
    n, m, columns = len(part.weights), len(limits.bounds), np.arange(len(row))
    shared = limits.money[:, None] * part.costs[row, offer] + limits.places[:, offer]
    sides = [
        (np.ones(len(row)), row, columns),
        (shared.ravel(), n + np.repeat(np.arange(m), len(row)), np.tile(columns, m)),
    ]
    entries, rows, of_columns = (np.concatenate(each) for each in zip(*sides, strict=True))
    left_sides = csr_array((entries, (rows, of_columns)), shape=(n + m, len(row)))
    right_sides = np.concatenate([part.weights, limits.bounds])
    found = linprog(-part.gains[row, offer], A_ub=left_sides, b_ub=right_sides, bounds=(0, None), method="highs")
    if found.status == 2:
        return None
    if found.status != 0:
        raise RuntimeError(f"HiGHS gave up: {found.message}")
    amounts = np.zeros(part.gains.shape)
    amounts[row, offer] = found.x
    return amounts, np.maximum(-found.ineqlin.marginals[n:], 0.0)


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


def settle_split(gains, costs, limits: Limits, prices: np.ndarray, chosen: np.ndarray) -> np.ndarray | None:
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
    within_rounding = left.bounds > -ROUNDING * np.abs(limits.bounds)
    money = np.where(within_rounding, left.bounds.clip(0), left.bounds)
    return replace(left, bounds=np.where(limits.money > 0, money, np.round(left.bounds)))


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
