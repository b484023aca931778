r"""Where is the likelihood of a model of purchases highest, and is that an edge?

In logarithms of the parameters, with time in units of a tenth of the longest age. Steps use the outer product of the
customers' scores at first (always uphill), then the curvature itself, from differences of the analytic gradient. A
large table is first climbed on a sample of its customers. Where a direction of the parameters runs away the model
becomes a simpler one: the direction is held at its edge, the others are estimated, and the edge is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from winback.purchases.model import Edge

SAMPLE, MANY, PART = 4000, 20_000, 16_384  # customers, cells, cells
MOST_STEPS, LONGEST_STEP = 80, 3.0
DIFFERENCE = 1e-4  # of the differences of gradients that make up the curvature
CLIMBED = 1e-2  # gain a further step would bring, when Newton's steps take over
ENOUGH, UNSEEN = 1e-22, 1e-11  # of the last step, relative; below the second the likelihood is not seen to rise
NOTHING_LOST = 0.05  # an edge says the same as a vague estimate within this log-likelihood
TOO_VAGUE = 5.0  # a standard error of a logarithm: perhaps an edge


@dataclass(frozen=True)
class Maximum:
    """The likelihood at its maximum."""

    theta: np.ndarray  # (k,) logarithms of the parameters
    covariance: np.ndarray  # (k, k) of theta; zero along directions that are held at an edge
    log_likelihood: float
    converged: bool
    edges: tuple[Edge, ...]
    held: np.ndarray  # (k,) bool: parameters that the data do not tell


@dataclass(frozen=True)
class Problem:
    """A likelihood in its directions phi = turn @ theta."""

    terms: Callable  # theta, cells -> values (n,), slopes (k, n)
    turn: np.ndarray
    edges: tuple[Edge, ...]
    exact: Callable | None = None  # theta, cells -> matrix of second derivatives in theta

    @cached_property
    def back(self) -> np.ndarray:
        """Return the matrix that turns directions into parameters."""
        return np.linalg.inv(self.turn)

    def __call__(self, phi, parts):
        """Return log-likelihood, gradient in phi, and the outer product of the customers' slopes."""
        value, gradient, outer = 0.0, np.zeros(len(phi)), np.zeros((len(phi), len(phi)))
        for cells in parts:  # small enough to stay near the processor
            values, slopes = self.terms(self.back @ phi, cells)
            weighted = slopes * cells.counts
            value += float(cells.counts @ values)
            gradient += weighted.sum(axis=1)
            outer += weighted @ slopes.T
        return value, self.back.T @ gradient, self.back.T @ outer @ self.back

    def curvature(self, phi, parts, free):
        """Return the matrix of second derivatives in the free directions."""
        if self.exact is not None:
            whole = sum(self.exact(self.back @ phi, cells) for cells in parts)
            return (self.back.T @ whole @ self.back)[np.ix_(free, free)]
        columns = []
        for axis in np.flatnonzero(free):
            step = np.zeros(len(phi))
            step[axis] = DIFFERENCE
            columns.append((self(phi + step, parts)[1] - self(phi - step, parts)[1])[free] / (2 * DIFFERENCE))
        matrix = np.array(columns).reshape(len(columns), len(columns))
        return (matrix + matrix.T) / 2

    @cached_property
    def box(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest of each direction."""
        low, high = np.full(len(self.turn), -30.0), np.full(len(self.turn), 30.0)
        for edge in self.edges:
            (high if edge.at > 0 else low)[edge.axis] = edge.at
        return low, high


def maximise(
    terms: Callable, turn: np.ndarray, edges: tuple[Edge, ...], starts, cells, exact: Callable | None = None
) -> Maximum:
    """Return the maximum of a likelihood.

    Parameters
    ----------
    terms : callable
        theta, cells -> log-likelihood of each cell (n,), and its slopes (k, n).
    turn : numpy.ndarray, shape (k, k)
        Directions of theta that may run away alone.
    edges : tuple of Edge
        What it means when they do.
    starts : list of numpy.ndarray
        Values of theta.
    cells : object
        With ``counts``, ``part(rows)`` and ``thinned(size)``; scaled so that times are about 10.
    exact : callable, optional
        theta, cells -> second derivatives of the log-likelihood (k, k), where they are at hand.
    """
    problem = Problem(terms, turn, edges, exact)
    parts = _parts(cells)
    some = [cells.thinned(SAMPLE)] if len(cells) > MANY else parts
    places = sorted((turn @ start for start in starts), key=lambda phi: -problem(phi, some)[0])
    free = np.ones(len(turn), dtype=bool)
    best = None
    for place in places:  # further starts only where the first ends at an edge or nowhere
        found = _at_edges(problem, _climb(problem, place, some, free), parts, free, ())
        if best is None or found.log_likelihood > best.log_likelihood + NOTHING_LOST:
            best = found
        if best.converged and not best.edges:
            break
    return best


def highest(problem: Problem, phi: np.ndarray, cells, free: np.ndarray) -> float:
    """Return the highest log-likelihood along the free directions, from a place on."""
    parts = _parts(cells)
    return _newton(problem, _climb(problem, phi, parts, free), parts, free)[1]


def _parts(cells):
    return [cells.part(slice(start, start + PART)) for start in range(0, len(cells), PART)]


def _climb(problem, phi, parts, free):
    """Climb by steps along the inverse of the scores' outer product."""
    low, high = problem.box
    value, gradient, product = problem(phi, parts)
    damping = 1e-3
    for _ in range(MOST_STEPS):
        use = free & ~((phi <= low) & (gradient < 0)) & ~((phi >= high) & (gradient > 0))
        outer = product[np.ix_(use, use)]
        outer[np.diag_indices_from(outer)] *= 1 + damping
        outer[np.diag_indices_from(outer)] += 1e-9 * (1 + np.trace(outer))
        step = np.zeros(len(phi))
        step[use] = np.linalg.solve(outer, gradient[use])
        if gradient @ step < CLIMBED:
            break
        there = np.where(free, np.clip(phi + step * min(1.0, LONGEST_STEP / np.abs(step).max()), low, high), phi)
        found = problem(there, parts)
        if found[0] > value:
            phi, (value, gradient, product), damping = there, found, damping / 10
        elif damping > 1e8:
            break
        else:
            damping *= 10
    return phi


def _newton(problem, phi, parts, free):
    """Take Newton's steps until none gains; return place, value, information and whether it is a top."""
    low, high = problem.box
    value, gradient, _ = problem(phi, parts)
    information, fresh, before = None, False, np.inf
    for _ in range(MOST_STEPS):
        use = free & ~((phi <= low) & (gradient < 0)) & ~((phi >= high) & (gradient > 0))
        if information is None or len(information) != use.sum():
            information, fresh = -problem.curvature(phi, parts, use), True
        step, top = _newton_step(information, gradient, use)
        gain = gradient @ step
        unseen = gain < UNSEEN * max(1.0, abs(value))
        if fresh and (gain < ENOUGH * max(1.0, abs(value)) or (unseen and gain > before / 30)):
            return phi + step * (np.abs(step).max() < 1e-3), value, information, use, top
        before = gain if unseen else np.inf
        there, found = _uphill(problem, phi, value, step, use, parts, unseen)
        if found is None and fresh:
            return phi, value, information, use, top
        if found is not None:
            phi, (value, gradient, _) = there, found
            left = gradient[use] @ _newton_step(information, gradient, use)[0][use]
            fresh = False
        if found is None or left > gain / 30 or left < ENOUGH * max(1.0, abs(value)):
            information = None  # it has changed on the way, or this is the place to report it for
    return phi, value, information, use, False


def _uphill(problem, phi, value, step, use, parts, unseen):
    """Go as far along a step as the likelihood rises; a step too small for that is taken whole."""
    low, high = problem.box
    for halved in range(1 if unseen else 40):
        there = np.where(use, np.clip(phi + step * 0.5**halved, low, high), phi)
        found = problem(there, parts)
        if unseen or found[0] > value:
            return there, found
    return phi, None


def _newton_step(information, gradient, use):
    """Return Newton's step, uphill also where the curvature is wrong, and whether it is right."""
    if not use.any():
        return np.zeros(len(use)), True
    scale, directions = np.linalg.eigh(information)
    floor = max(scale[-1], 1.0) * 1e-14
    step = np.zeros(len(use))
    step[use] = (directions / np.maximum(np.abs(scale), floor)) @ (directions.T @ gradient[use])
    return step * min(1.0, LONGEST_STEP / max(np.abs(step).max(), 1e-300)), bool(scale[0] > floor)


def _at_edges(problem, phi, parts, free, edges) -> Maximum:
    """Maximise in the free directions; hold those that run away at their edge."""
    phi, value, information, use, top = _newton(problem, phi, parts, free)
    vague = free & ~use
    if top:
        std_errors = np.sqrt(np.diag(np.linalg.inv(information)))
        vague[np.flatnonzero(use)[std_errors > TOO_VAGUE]] = True
    else:
        vague |= free & (np.abs(phi) > 4)
    if (simpler := _simpler(problem, phi, value, vague, free, parts, edges)) is not None:
        return simpler
    return _maximum(problem, phi, value, information, use, top, edges)


def _simpler(problem, phi, value, vague, free, parts, edges) -> Maximum | None:
    """Return the simplest model that says the same, if there is one."""
    best = None
    for edge in sorted(problem.edges, key=lambda edge: -len(edge.idle)):
        if not vague[edge.axis] or edge in edges or phi[edge.axis] * np.sign(edge.at) < -4:
            continue  # told, held already, or far on the other side
        there, still = phi.copy(), free.copy()
        for axis, place in ((edge.axis, edge.place), *edge.idle):
            there[axis], still[axis] = place, False
        found = _at_edges(problem, _climb(problem, there, parts, still), parts, still, (*edges, edge))
        if found.log_likelihood > value - NOTHING_LOST:
            if edge.idle:
                return found
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    return best


def _maximum(problem, phi, value, information, use, top, edges) -> Maximum:
    back = problem.back
    covariance = np.zeros((len(phi), len(phi)))
    if top:
        covariance[np.ix_(use, use)] = np.linalg.inv(information)
    else:
        covariance[np.ix_(use, use)] = np.nan
    held = (np.abs(back[:, ~use]) > 0).any(axis=1)
    return Maximum(back @ phi, back @ covariance @ back.T, value, top, edges, held)


def boundary_words(edges: tuple[Edge, ...]) -> str:
    """Say at which edges of the model the maximum lies; empty for none.

    Examples
    --------
    >>> boundary_words((Edge(2, -14.0, "nobody drops out in these data", "the NBD"),))
    'nobody drops out in these data: the NBD says the same'
    """
    idle = {axis for edge in edges for axis, _ in edge.idle}
    return "; ".join(f"{edge.words}: {edge.simpler} says the same" for edge in edges if edge.axis not in idle)
