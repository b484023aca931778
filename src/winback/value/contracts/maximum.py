r"""Where is the likelihood of contracts highest? On log parameters, with exact derivatives.

For customers of covariates x, :math:`\log \alpha = x'\beta_1` and :math:`\log \beta = x'\beta_2`; :math:`c` is shared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.newton import climb
from winback.orthonormal import orthonormal
from winback.value.contracts.survival import PAIRS, Terms, likelihood_terms, trial_terms

# Of log parameters in a free search. Beyond, S(t) differs from that at an edge by less than 1e-8: of customers alike or
# of nobody who differs (19), of risks that all fall in the first period or jump from one to the next (log c).
FARTHEST, SMALLEST_LOG_C, LARGEST_LOG_C = 19.0, -6.0, 4.0


@dataclass(frozen=True)
class Cells:
    """Customers in n cells of equal covariates, length and end."""

    matrix: np.ndarray  # (n, p) covariates
    times: np.ndarray  # (n,) whole periods
    ended: np.ndarray  # (n,) bool, left at the end of that period; False = still here after it
    counts: np.ndarray  # (n,) customers

    def terms(self, log_alpha: np.ndarray, log_beta: np.ndarray, log_c: float) -> Terms:
        """Return the log-likelihood of each cell with its derivatives."""
        one = likelihood_terms(log_alpha, log_beta, log_c, self.times, self.ended)
        return Terms(one.value * self.counts, one.slope * self.counts, one.curve * self.counts)


@dataclass(frozen=True)
class Trials:
    """The same customers, period by period; for the sBG, whose retention is a ratio of parameters."""

    matrix: np.ndarray  # (n, 1) ones
    times: np.ndarray  # (n,) the period
    stayed: np.ndarray  # (n,) customers
    left: np.ndarray  # (n,)

    @classmethod
    def of(cls, cells: Cells) -> Trials:
        """Count who stayed and who left in each period; the covariates of all must be the same."""
        times = np.arange(1.0, cells.times.max() + 1)
        at_risk = ((cells.times >= times[:, None]) * cells.counts).sum(axis=1)
        left = (((cells.times == times[:, None]) & cells.ended) * cells.counts).sum(axis=1)
        return cls(np.ones((len(times), 1)), times, at_risk - left, left)

    def terms(self, log_alpha: np.ndarray, log_beta: np.ndarray, log_c: float) -> Terms:
        """Return the log-likelihood of each period with its derivatives, for c = 1."""
        return trial_terms(log_alpha, log_beta, self.times, self.stayed, self.left)


@dataclass(frozen=True)
class Maximum:
    """The highest point found."""

    location: np.ndarray  # (2 p + 1,) coefficients of log alpha, of log beta, and log c
    covariance: np.ndarray  # (2 p + 1, 2 p + 1), zero for what was held
    log_likelihood: float
    converged: bool  # a maximum inside, curved in every free direction
    edge: str = ""  # which edge it lies on; empty where it lies inside


def maximise(cells: Cells | Trials, start: np.ndarray, free: np.ndarray) -> Maximum:
    """Return the maximum found from a start (2 p + 1,), where what is not free (2 p + 1,) is held.

    It has not converged where the likelihood still rises at the farthest parameters, or is flat.

    Examples
    --------
    >>> import numpy as np
    >>> times, ended = np.array([1.0, 2, 2]), np.array([True, True, False])
    >>> cells = Cells(np.ones((3, 1)), times, ended, np.array([131.0, 69, 800]))
    >>> found = maximise(cells, np.zeros(3), np.array([True, True, False]))
    >>> found.converged, np.exp(found.location[:2]).round(2).tolist()
    (True, [0.2, 1.34])
    """
    problem = _Problem(cells, searching=bool(free[:-1].all()))
    peak = climb(problem, problem.turn @ start, free=free, known=problem.is_known)
    covariance = problem.back @ peak.covariance @ problem.back.T
    return Maximum(problem.back @ peak.place, covariance, peak.value, peak.converged)


class _Problem:
    """The likelihood on coordinates in which the covariates are orthogonal."""

    def __init__(self, cells: Cells | Trials, searching: bool):
        self.cells, self.searching = cells, searching
        self.p = cells.matrix.shape[1]
        self.design, turn = orthonormal(cells.matrix)
        self.turn = np.eye(2 * self.p + 1)
        self.turn[: self.p, : self.p] = self.turn[self.p : -1, self.p : -1] = turn
        self.back = np.linalg.inv(self.turn)

    def logs(self, place):
        return self.design @ place[: self.p], self.design @ place[self.p : -1]

    def __call__(self, place):
        """Return value, slope and information."""
        cells, p = self.cells, self.p
        terms = cells.terms(*self.logs(place), place[-1])
        weighted = terms.slope
        slope = np.concatenate([self.design.T @ weighted[0], self.design.T @ weighted[1], [weighted[2].sum()]])
        information = np.empty((2 * p + 1, 2 * p + 1))
        parts = (slice(0, p), slice(p, 2 * p), slice(2 * p, 2 * p + 1))
        designs = (self.design, self.design, np.ones((len(cells.matrix), 1)))
        for (i, j), bend in zip(PAIRS, terms.curve, strict=True):
            block = -designs[i].T @ (designs[j] * bend[:, None])
            information[parts[i], parts[j]], information[parts[j], parts[i]] = block, block.T
        return float(terms.value.sum()), slope, information

    def is_known(self, place) -> bool:
        """Say whether the parameters differ from those at an edge; beyond, a free search ends."""
        inside = SMALLEST_LOG_C <= place[-1] <= LARGEST_LOG_C
        return inside and not (self.searching and np.abs(self.logs(place)).max() > FARTHEST)
