r"""What is the best plan under several limits at once? The exact optimum, from a few customers near the margin.

.. math:: \max_x \sum_{ik} g_{ik} x_{ik} \quad \text{s.t.} \quad \sum_k x_{ik} \le 1, \;
          \sum_{ik} (m_j c_{ik} + p_{jk}) x_{ik} \le b_j

At the right prices :math:`\lambda_j` of the limits every customer simply takes the offer that is best after paying
them; only customers who are nearly indifferent need to be looked at together. With prices near the right ones, the
customers nearest to the margin are solved exactly with all others held, which gives new prices, until the gain of
that plan equals the bound that holds for every plan (`winback.budgets.prices`). Alike customers are one cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from winback.budgets.limits import Limits
from winback.budgets.prices import Cells, bound, find_prices, margins, priced_gains

N_FIRST = 500  # cells solved together at first
TOLERANCE = 1e-8  # of the gap between plan and bound, as a share of all gains in sight


@dataclass(frozen=True)
class Optimum:
    """The exact optimum.

    Attributes
    ----------
    amounts : numpy.ndarray, shape (n_cells, n_offers)
        How many customers of each kind get each offer; at most as many customers as limits are split.
    prices : numpy.ndarray, shape (n_limits,)
        Gain of a little more room in each limit.
    value : float
        Gain in all.
    """

    amounts: np.ndarray
    prices: np.ndarray
    value: float


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
