r"""How likely is it that returned customers left again when and for what they did? Mixture cure with competing risks.

A customer whose first reason is *cured* can no longer leave for it, nor for anything that contains it: these reasons
are the customer's set :math:`B`, empty where nobody left for them again. With :math:`\pi` the chance of being still
susceptible, :math:`H_k(t) = e^{c_k + x'b} t^{p_k}` the cumulative hazard of reason k (Weibull), :math:`h_k` its hazard,
:math:`A = \sum_{j \notin B} H_j` and :math:`D = \sum_{j \in B} H_j` [1]_,

====================== ==================================================
left for k outside B   :math:`h_k e^{-A} (\pi e^{-D} + 1 - \pi)`
left for k in B        :math:`h_k e^{-A} \pi e^{-D}`
still here             :math:`e^{-A} (\pi e^{-D} + 1 - \pi)`
====================== ==================================================

Given what is known, a customer is still susceptible with :math:`q = \pi e^{-D} / (\pi e^{-D} + 1 - \pi)`, and for sure
who left for a reason in B. With q in place of the unknown answer the slopes are those of a logistic regression and of
Weibull ones; the information is theirs less :math:`\sum q (1 - q) v v'`, where v is by how much a customer's slope
would differ between the two answers (Louis' formula [2]_).

.. [1] Kumar, V., Leszkiewicz, A. & Herbst, A. (2018). Are you back for good or still shopping around? Journal of
   Marketing Research 55(2). The likelihood is reconstructed from its description; a reason that contains others is new.
.. [2] Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. JRSS B 44.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit, log_expit

LARGEST = 700.0  # the exponential of more is no number


def left_for(reasons: np.ndarray, cause: np.ndarray) -> np.ndarray:
    """Say who left for one of their own reasons, (n, K) bool, (n,); the cause of those who are still here is -1."""
    return (cause >= 0) & reasons[np.arange(len(cause)), cause]


@dataclass(frozen=True)
class Returned:
    """What became of n returned customers, in numbers; K reasons, m terms of susceptibility, d of the hazards."""

    months: np.ndarray  # (n,) how long they stayed, so far
    cause: np.ndarray  # (n,) place of the reason for which they left; -1 = still here
    blocked: np.ndarray  # (n, K) bool: the reasons for which they cannot leave once cured
    z: np.ndarray  # (n, m) design of susceptibility; zeros where nothing is blocked
    x: np.ndarray  # (n, d) design of what multiplies all hazards, without a constant

    @property
    def n_reasons(self) -> int:
        """Number of reasons."""
        return self.blocked.shape[1]

    @property
    def n_places(self) -> int:
        """Number of parameters."""
        return self.z.shape[1] + 2 * self.n_reasons + self.x.shape[1]

    @cached_property
    def curable(self) -> np.ndarray:
        """Who can be cured of something, (n,) bool."""
        return self.blocked.any(axis=1)

    @cached_property
    def known(self) -> np.ndarray:
        """Who is known to be susceptible: they left for a reason of which they could have been cured, (n,) bool."""
        return left_for(self.blocked, self.cause)

    @cached_property
    def log_months(self) -> np.ndarray:
        """Log months, (n,)."""
        return np.log(self.months)

    @cached_property
    def ends(self) -> np.ndarray:
        """Who left for which reason, (n, K) of 0 and 1."""
        return (self.cause[:, None] == np.arange(self.n_reasons)).astype(float)


@dataclass(frozen=True)
class Parts:
    """Parameters by what they are of, from one vector."""

    gamma: np.ndarray  # (m,) of susceptibility
    level: np.ndarray  # (K,) log cumulative hazard at month 1
    log_shape: np.ndarray  # (K,)
    beta: np.ndarray  # (d,) of what multiplies all hazards

    @classmethod
    def of(cls, theta: np.ndarray, n_gamma: int, n_reasons: int) -> Parts:
        """Take a vector apart."""
        cuts = np.cumsum([n_gamma, n_reasons, n_reasons])
        return cls(*np.split(theta, cuts))

    def cumulative(self, log_months: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return the cumulative hazards, (..., K), at log months (...); ``times`` (...) are customers' log factors."""
        logs = self.level + times[..., None] + np.exp(self.log_shape) * log_months[..., None]
        return np.exp(np.minimum(logs, LARGEST))


def log_likelihood(theta: np.ndarray, data: Returned) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the log-likelihood, its slope (p,) and the observed information (p, p).

    Examples
    --------
    >>> one = Returned(np.array([2.0]), np.array([0]), np.array([[False]]), np.zeros((1, 0)), np.zeros((1, 0)))
    >>> round(log_likelihood(np.zeros(2), one)[0], 6)   # an exponential life of rate 1
    -2.0
    """
    parts = Parts.of(theta, data.z.shape[1], data.n_reasons)
    slopes = np.exp(parts.log_shape) * data.log_months[:, None]  # (n, K) of the log cumulative hazard in log shape
    hazards = parts.cumulative(data.log_months, data.x @ parts.beta)
    inside = hazards * data.blocked
    susceptible = inside.sum(axis=1)
    eta = data.z @ parts.gamma
    share, still = expit(eta), log_expit(eta) - susceptible
    mixed = np.logaddexp(still, log_expit(-eta))
    q = np.where(data.known, 1.0, np.exp(still - mixed))
    with_all = np.where(data.known, still, mixed)
    value = np.where(data.curable, with_all, 0.0).sum() - (hazards - inside).sum()
    at_end = parts.level + parts.log_shape + slopes - data.log_months[:, None]
    value += (data.ends * (at_end + (data.x @ parts.beta)[:, None])).sum()
    weighted = hazards - inside * (1 - q)[:, None]  # hazards that are truly run, as far as is known
    surplus = data.ends - weighted
    slope = np.concatenate(
        [
            data.z.T @ (q - share),
            surplus.sum(axis=0),
            (surplus * slopes + data.ends).sum(axis=0),
            data.x.T @ surplus.sum(axis=1),
        ]
    )
    return float(value), slope, _information(data, share, q, slopes, weighted=weighted, inside=inside)


def _information(data, share, q, slopes, weighted, inside) -> np.ndarray:
    """Return the observed information: that with known answers less what not knowing them takes away."""
    n_gamma, n_reasons = data.z.shape[1], data.n_reasons
    found = np.zeros((data.n_places, data.n_places))
    at_gamma, at_beta = slice(n_gamma), slice(n_gamma + 2 * n_reasons, None)
    at_level, at_shape = (n_gamma + place * n_reasons + np.arange(n_reasons) for place in (0, 1))
    found[at_gamma, at_gamma] = data.z.T @ (data.z * (share * (1 - share))[:, None])
    tilted = weighted * slopes
    found[at_level, at_level] = weighted.sum(axis=0)
    found[at_level, at_shape] = found[at_shape, at_level] = tilted.sum(axis=0)
    found[at_shape, at_shape] = (tilted * slopes + (weighted - data.ends) * slopes).sum(axis=0)
    for places, each in ((at_level, weighted), (at_shape, tilted)):
        found[places, at_beta] = each.T @ data.x
        found[at_beta, places] = found[places, at_beta].T
    found[at_beta, at_beta] = data.x.T @ (data.x * weighted.sum(axis=1)[:, None])
    unsure = np.flatnonzero(data.curable & ~data.known)
    root = np.sqrt(q[unsure] * (1 - q[unsure]))[:, None]
    inside = inside[unsure] * root
    more = inside.sum(axis=1, keepdims=True) * data.x[unsure]
    differs = np.hstack([data.z[unsure] * root, -inside, -inside * slopes[unsure], -more])
    return found - differs.T @ differs
