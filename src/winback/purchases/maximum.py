r"""Where is the likelihood of a model of purchases highest, and is that an edge?

In logarithms of the parameters, with time in units of a tenth of the longest age. A large table is first climbed on a
sample of its customers. Where a direction of the parameters runs away, or may for all that the data tell, the model
becomes a simpler one: the direction is held at that edge, the others are estimated, and where that is as likely the
edge is named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.expectations import log_interval
from winback.newton import Peak, climb
from winback.purchases.cells import Cells
from winback.purchases.model import Edge
from winback.results import Result

SAMPLE, MANY = 4000, 20_000  # customers whose top is a start for more cells than so many
PART = 16_384  # cells at a time: their numbers stay near the processor
DIFFERENCE = 1e-4  # of the differences of gradients that make up the curvature: exact to about its square
FARTHEST = 30.0  # a factor of 1e13 in a parameter, where no edge ends the search before
NOTHING_LOST = 0.05  # log-likelihood: a simpler model that loses less says the same, at any level of confidence
TOO_VAGUE = 5.0  # standard error of a logarithm: the interval spans a factor of 1e8, so perhaps an edge
ASIDE = 4.0  # logarithm of a parameter already far from one, on the way to an edge


@dataclass(frozen=True)
class Maximum:
    """The likelihood at its maximum."""

    theta: np.ndarray  # (k,) logarithms of the parameters
    covariance: np.ndarray  # (k, k) of theta; zero along directions that are held at an edge
    log_likelihood: float
    converged: bool
    edges: tuple[Edge, ...]  # without those that no longer matter at another
    held: np.ndarray  # (k,) bool: parameters that the data do not tell

    def params(self, letters, meanings, estimate: np.ndarray, level: float) -> pd.DataFrame:
        """Return the table of parameters; what the data do not tell has no interval."""
        std_error = estimate * np.sqrt(np.diag(self.covariance)) * np.where(self.held, np.nan, 1.0)
        low, high = log_interval(estimate, std_error, level)
        columns = {"term": letters, "meaning": meanings, "estimate": estimate, "std_error": std_error}
        return pd.DataFrame({**columns, "low": low, "high": high})


@dataclass(frozen=True, repr=False, kw_only=True)
class FitAtMaximum(Result):
    """What every fit by likelihood of purchases and of spend has.

    Attributes
    ----------
    params : pandas.DataFrame
        One row per parameter: ``term`` (the papers' letter), ``meaning``, ``estimate``, ``std_error``, ``low``,
        ``high`` (even on the log scale). The last three are missing for what the data do not tell, see ``edge``.
    log_likelihood : float
        Of times in units of the fit's period, of spend in the money of the table.
    n : int
        Customers it is fitted to.
    converged : bool
        Whether this is the maximum of the likelihood.
    covariance : numpy.ndarray, shape (k, k)
        Of the logarithms of the parameters.
    """

    params: pd.DataFrame
    log_likelihood: float
    n: int
    converged: bool
    covariance: np.ndarray = field(repr=False)
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "term": ("Parameter", "text"),
        "meaning": ("Meaning", "text"),
        "estimate": ("Estimate", "number"),
        "std_error": ("Std. error", "number"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per parameter."""
        return self.params.copy()

    @property
    def theta(self) -> np.ndarray:
        """Logarithms of the parameters, shape (k,)."""
        return np.log(self.params["estimate"].to_numpy())


@dataclass(frozen=True)
class Problem:
    """A likelihood in its directions phi = turn @ theta, each of which may run away alone."""

    terms: Callable  # theta, cells -> values (n,), slopes (k, n)
    turn: np.ndarray
    edges: tuple[Edge, ...]  # what it means when they do
    exact: Callable | None = None  # theta, cells -> second derivatives in theta (k, k), where they are at hand

    @cached_property
    def back(self) -> np.ndarray:
        """Return the matrix that turns directions into parameters."""
        return np.linalg.inv(self.turn)

    @cached_property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest of each direction."""
        low, high = np.full(len(self.turn), -FARTHEST), np.full(len(self.turn), FARTHEST)
        for edge in self.edges:
            (high if edge.at > 0 else low)[edge.axis] = edge.at
        return low, high

    def at(self, phi, parts):
        """Return log-likelihood, gradient in phi, and the outer product of the customers' slopes."""
        value, gradient, outer = 0.0, np.zeros(len(phi)), np.zeros((len(phi), len(phi)))
        for cells in parts:
            values, slopes = self.terms(self.back @ phi, cells)
            weighted = slopes * cells.counts
            value += float(cells.counts @ values)
            gradient += weighted.sum(axis=1)
            outer += weighted @ slopes.T
        return value, self.back.T @ gradient, self.back.T @ outer @ self.back

    def information(self, phi, parts, free):
        """Return minus the second derivatives, in the free directions."""
        if self.exact is not None:
            return -self.back.T @ sum(self.exact(self.back @ phi, cells) for cells in parts) @ self.back
        found = np.zeros((len(phi), len(phi)))
        for axis in np.flatnonzero(free):
            step = np.zeros(len(phi))
            step[axis] = DIFFERENCE
            found[axis] = (self.at(phi - step, parts)[1] - self.at(phi + step, parts)[1]) / (2 * DIFFERENCE)
        return (found + found.T) / 2

    def climb(self, phi, cells, free=None, rough=False) -> Peak:
        """Climb from a place along the free directions."""
        parts = [cells.part(slice(start, start + PART)) for start in range(0, len(cells), PART)]
        return climb(
            lambda place: self.at(place, parts),
            phi,
            curvature=lambda place, free: self.information(place, parts, free),
            free=free,
            bounds=self.bounds,
            rough=rough,
        )


def maximise(problem: Problem, starts: list[np.ndarray], cells: Cells) -> Maximum:
    """Return the maximum of a likelihood, from values of theta; times of the cells are about 10."""
    some = cells.thinned(SAMPLE) if len(cells) > MANY else cells
    places = sorted((problem.turn @ start for start in starts), key=lambda phi: -problem.at(phi, [some])[0])
    best = None
    for place in places:  # further starts only where the first ends at an edge or nowhere
        start = place if some is cells else problem.climb(place, some, rough=True).place
        found = _at_edges(problem, start, cells, np.ones(len(place), dtype=bool), ())
        if best is None or found.log_likelihood > best.log_likelihood + NOTHING_LOST:
            best = found
        if best.converged and not best.edges:
            break
    return best


def _at_edges(problem, phi, cells, free, edges) -> Maximum:
    """Maximise in the free directions; hold those that run away at their edge."""
    peak = problem.climb(phi, cells, free)
    simpler = _simpler(problem, peak, cells, free, edges)
    if simpler is not None:
        return simpler
    back = problem.back
    theta, covariance = back @ peak.place, back @ peak.covariance @ back.T
    held = (np.abs(back[:, ~peak.inside]) > 0).any(axis=1)
    idle = {axis for edge in edges for axis, _ in edge.idle}
    edges = tuple(edge for edge in edges if edge.axis not in idle)
    return Maximum(theta, covariance, peak.value, peak.converged, edges=edges, held=held)


def _vague(peak, free) -> np.ndarray:
    """Return which of the free directions may have run away."""
    far = np.sqrt(np.diag(peak.covariance)) > TOO_VAGUE if peak.converged else np.abs(peak.place) > ASIDE
    return free & (far | ~peak.inside)


def _simpler(problem, peak, cells, free, edges) -> Maximum | None:
    """Return the simplest model that says the same, if there is one."""
    best, vague = None, _vague(peak, free)
    for edge in sorted(problem.edges, key=lambda edge: -len(edge.idle)):
        if not vague[edge.axis] or edge in edges or peak.place[edge.axis] * np.sign(edge.at) < -ASIDE:
            continue  # told, held already, or far on the other side
        there, still = peak.place.copy(), free.copy()
        for axis, place in ((edge.axis, edge.place), *edge.idle):
            there[axis], still[axis] = place, False
        found = _at_edges(problem, there, cells, still, (*edges, edge))
        if found.log_likelihood > peak.value - NOTHING_LOST:
            if edge.idle:
                return found
            if best is None or found.log_likelihood > best.log_likelihood:
                best = found
    return best


def edges_in_words(edges: tuple[Edge, ...]) -> str:
    """Say at which edges of the model the maximum lies; empty for none.

    Examples
    --------
    >>> edges_in_words((Edge(2, -14.0, "nobody drops out in these data", "the NBD"),))
    'nobody drops out in these data: the NBD says the same'
    """
    return "; ".join(f"{edge.words}: {edge.simpler} says the same" for edge in edges)
