"""Which step comes next? Each customer's choices along the upper convex hull, and all steps in order of slope.

A customer's choices are points (x, y): cost and gain for a budget, chance of return and profit for market share. Only
the corners of their upper hull are ever worth choosing at a constant price of x, and the slope from one corner to the
next is the price at which that step is taken [1]_.

References
----------
.. [1] Sinha, P. and Zoltners, A. A. (1979). The multiple-choice knapsack problem. Operations Research 27(3), 503-515.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class HullWalk:
    """All customers' steps along their hulls, steepest first.

    Attributes
    ----------
    start : numpy.ndarray, shape (n,)
        Choice of each customer before the first step, a column of x and y, whose sums are ``start_x``, ``start_y``.
    customer, before, after : numpy.ndarray, shape (n_steps,)
        Whose step it is (row), from which choice to which.
    run, rise, slope : numpy.ndarray, shape (n_steps,)
        What the step adds to x and to y, and rise / run, never increasing.
    """

    start: np.ndarray
    customer: np.ndarray
    before: np.ndarray
    after: np.ndarray
    run: np.ndarray
    rise: np.ndarray
    slope: np.ndarray
    start_x: float
    start_y: float

    def choices_after(self, n_steps: int) -> np.ndarray:
        """Return each customer's choice when the first steps are taken, (n,)."""
        chosen = self.start.copy()
        chosen[self.customer[:n_steps]] = self.after[:n_steps]  # a customer's last step stands
        return chosen

    @cached_property
    def x_after(self) -> np.ndarray:
        """Sum of x after 0, 1, ... steps, (n_steps + 1,)."""
        return np.concatenate([[self.start_x], self.start_x + np.cumsum(self.run)])

    @cached_property
    def y_after(self) -> np.ndarray:
        """Sum of y after 0, 1, ... steps, (n_steps + 1,)."""
        return np.concatenate([[self.start_y], self.start_y + np.cumsum(self.rise)])

    def steps_within(self, x: float) -> int:
        """Return how many whole steps keep the sum of x within a bound (up to rounding)."""
        return max(int(np.searchsorted(self.x_after, x + 1e-12 * abs(x), side="right")) - 1, 0)

    def next_slope(self, n_steps: int) -> float:
        """Return the slope of the step after the first ones; 0 when there is none."""
        return float(self.slope[n_steps]) if n_steps < len(self.slope) else 0.0

    def highest_y(self, x: float) -> float:
        """Return the largest sum of y within a bound on x when a step may be taken in part."""
        n_steps = self.steps_within(x)
        left = max(x - self.x_after[n_steps], 0.0) if n_steps < len(self.slope) else 0.0
        return float(self.y_after[n_steps] + left * self.next_slope(n_steps))

    def counts_after(self, n_steps: np.ndarray, n_choices: int) -> np.ndarray:
        """Return how many customers have each choice after ascending numbers of steps, (len(n_steps), n_choices)."""
        n_bins = len(n_steps)
        bins = np.searchsorted(n_steps, np.arange(len(self.slope)), side="right")  # first count that includes the step
        inside = bins < n_bins
        change = np.zeros((n_bins, n_choices))
        for sign, choice in ((1, self.after), (-1, self.before)):
            place = bins[inside] * n_choices + choice[inside]
            change += sign * np.bincount(place, minlength=n_bins * n_choices).reshape(n_bins, n_choices)
        return np.bincount(self.start, minlength=n_choices) + change.cumsum(axis=0)


def walk_hull(x: np.ndarray, y: np.ndarray, start: np.ndarray, least_slope: float) -> HullWalk:
    """Find all customers' steps along the upper hulls of their choices by gift wrapping, and sort them by slope.

    Each customer starts at a choice with the highest y at its own x or below; ``x`` and ``y`` are (n, n_choices). Steps
    must be steeper than ``least_slope``: 0 as long as y grows, ``-inf`` as long as x does.
    """
    here, rows = start.copy(), np.arange(len(start))
    steepest = np.full(len(start), np.inf)
    found = []
    while len(rows):
        run = x[rows] - x[rows, here[rows]][:, None]
        rise = y[rows] - y[rows, here[rows]][:, None]
        slope = np.full(run.shape, -np.inf)
        with np.errstate(over="ignore"):
            np.divide(rise, run, out=slope, where=run > 0)
        best = slope.max(axis=1)
        going = best > least_slope
        farthest = np.where(slope >= best[:, None], run, -np.inf).argmax(axis=1)
        rows, target, place = rows[going], farthest[going], np.flatnonzero(going)
        steepest[rows] = np.minimum(steepest[rows], best[going])  # rounding must not put a second step first
        found.append((rows, here[rows], target, run[place, target], rise[place, target], steepest[rows]))
        here[rows] = target
    columns = [np.concatenate(column) for column in zip(*found, strict=True)] if found else [np.zeros(0, int)] * 6
    order = np.argsort(-columns[5], kind="stable")  # of one customer's steps the first stays first
    sums = [float(np.take_along_axis(each, start[:, None], axis=1).sum()) for each in (x, y)]
    return HullWalk(start, *(column[order] for column in columns), *sums)
