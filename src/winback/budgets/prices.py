r"""At which prices do customers, each for themselves, keep the limits? The dual of the plan, nearly minimised.

.. math:: D(\lambda) = \lambda' b + \sum_i \max(0, \max_k g_{ik} - \lambda'(m c_{ik} + p_k))

is convex with few variables and bounds the gain of every plan from above. It is lowered by cutting planes: each
evaluation gives a tangent, and the lowest point of all tangents near the best point so far is tried next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from winback.budgets.limits import Limits

N_SAMPLE = 10_000  # above twice as many kinds of customers, prices are looked for in a tenth of them first


@dataclass(frozen=True)
class Cells:
    """Customers of one kind as one: gains and costs (n_cells, n_offers), how many, and whose cell (n,)."""

    gains: np.ndarray
    costs: np.ndarray
    weights: np.ndarray
    cell: np.ndarray

    @property
    def in_sight(self) -> float:
        """Sum of everybody's largest gain or loss: the size by which a gap is small."""
        return float(self.weights @ np.abs(self.gains).max(axis=1))

    @property
    def least_gain(self) -> float:
        """What every plan gains at least: a bound below it shows that there is no plan."""
        return float(self.weights @ np.minimum(self.gains.min(axis=1), 0.0))

    def take(self, rows: np.ndarray) -> Cells:
        """Return some of the cells."""
        return Cells(self.gains[rows], self.costs[rows], self.weights[rows], np.zeros(0, dtype=int))


def as_cells(gains: np.ndarray, costs: np.ndarray) -> Cells:
    """Collapse customers with the same gains and costs under every offer."""
    both = np.hstack([gains, costs]) + 0.0  # no negative zeros
    mark = pd.util.hash_pandas_object(pd.DataFrame(both), index=False).to_numpy()
    _, first, cell, weights = np.unique(mark, return_index=True, return_inverse=True, return_counts=True)
    if not np.array_equal(both, both[first][cell]):  # two kinds share a mark
        first, cell, weights = np.arange(len(gains)), np.arange(len(gains)), np.ones(len(gains), dtype=int)
    return Cells(gains[first], costs[first], weights.astype(float), cell)


def margins(gains: np.ndarray, costs: np.ndarray, limits: Limits, prices: np.ndarray):
    """Return each row's best choice (0 = none), and by how much it beats the second, after paying the prices."""
    priced = priced_gains(gains, costs, limits, prices)
    top_two = np.partition(priced, -2, axis=1)[:, -2:]
    return priced.argmax(axis=1), top_two[:, 1] - top_two[:, 0]


def priced_gains(gains, costs, limits: Limits, prices) -> np.ndarray:
    """Return what each choice leaves after paying the prices, (n, 1 + n_offers), 0 for none."""
    left = gains - (prices @ limits.money) * costs - prices @ limits.places
    return np.hstack([np.zeros((len(gains), 1)), left])


def bound(cells: Cells, limits: Limits, prices: np.ndarray) -> float:
    """Return D, which the gain of no plan exceeds."""
    surplus = priced_gains(cells.gains, cells.costs, limits, prices).max(axis=1)
    return float(prices @ limits.bounds + cells.weights @ surplus)


def find_prices(cells: Cells, limits: Limits) -> np.ndarray:
    """Return prices near the minimum of D, (n_limits,): those of a sample first where there are many customers."""
    n = len(cells.weights)
    if n <= 2 * N_SAMPLE:
        return _lowered(cells, limits, np.zeros(len(limits.bounds)), 1.0)
    rows = np.random.default_rng(0).permutation(n)[: max(n // 10, N_SAMPLE)]
    share = cells.weights[rows].sum() / cells.weights.sum()
    prices = find_prices(cells.take(rows), limits.scaled(customers=share))
    return _lowered(cells, limits, prices, 0.03)


def _lowered(cells, limits, prices, radius, n_rounds: int = 60) -> np.ndarray:
    """Lower D by cutting planes within a box around the best prices so far."""
    best, lowest, tangents, in_sight = prices, np.inf, [], cells.in_sight
    least = cells.least_gain - 1e-6 * in_sight
    for _ in range(n_rounds):
        value, tangent = _tangent(cells, limits, prices)
        if value < least:
            return prices
        tangents.append(tangent)
        if value < lowest:
            radius *= 1.0 if lowest == np.inf else 1.5
            best, lowest = prices, value
        else:
            radius *= 0.7
        prices, floor = _lowest_of(tangents, best, radius)
        if lowest - floor <= 1e-7 * in_sight:
            break
    return best


def _tangent(cells, limits, prices):
    """Return D, and its tangent: value at zero and slopes."""
    chosen = priced_gains(cells.gains, cells.costs, limits, prices).argmax(axis=1)
    rows = np.flatnonzero(chosen)
    offer, weight = chosen[rows] - 1, cells.weights[rows]
    cost = float(weight @ cells.costs[rows, offer])
    left = limits.bounds - limits.used(cost, np.bincount(offer, weight, minlength=cells.gains.shape[1]))
    gain = float(weight @ cells.gains[rows, offer])
    return gain + prices @ left, np.concatenate([[gain], left])


def _lowest_of(tangents, best, radius) -> tuple[np.ndarray, float]:
    """Return where the highest of the tangents is lowest within the box, and its value there."""
    stacked = np.array(tangents)
    size = np.abs(stacked[:, 0]).max() or 1.0
    left_sides = np.column_stack([stacked[:, 1:] / size, -np.ones(len(stacked))])
    box = [*zip((best - radius).clip(0), best + radius, strict=True), (None, None)]
    found = linprog([*np.zeros(len(best)), 1.0], A_ub=left_sides, b_ub=-stacked[:, 0] / size, bounds=box)
    if found.x is None:
        raise RuntimeError(f"HiGHS gave up: {found.message}")
    return found.x[:-1], float(found.fun) * size
