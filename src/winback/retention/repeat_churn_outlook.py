"""When will customers leave again, and for what? What the parameters of repeat churn say of each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.retention.repeat_churn_likelihood import Parts

N_STEPS = 60  # of a horizon: reasons share what left in a step by their hazards in its middle


@dataclass(frozen=True)
class Outlook:
    """What is expected of n customers."""

    parts: Parts
    share: np.ndarray  # (n,) chance on return to be susceptible
    times: np.ndarray  # (n,) log factor of all hazards
    blocked: np.ndarray  # (n, K) bool

    def _hazards(self, months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return cumulative hazards, (n, K), and the chance to be susceptible of those still here, (n,)."""
        with np.errstate(divide="ignore"):
            found = self.parts.cumulative(np.log(months), self.times)
        left = self.share * np.exp(-(found * self.blocked).sum(axis=1))
        return found, left / (left + 1 - self.share)

    def still_susceptible(self, months: np.ndarray) -> np.ndarray:
        """Return the chance to be still susceptible of those who are here after so many months, (n,)."""
        return self._hazards(months)[1]

    def still_here(self, months: np.ndarray) -> np.ndarray:
        """Return the chance to be still here after so many months, (n,)."""
        found, _ = self._hazards(months)
        inside = (found * self.blocked).sum(axis=1)
        return np.exp(inside - found.sum(axis=1)) * (self.share * np.exp(-inside) + 1 - self.share)

    def left_between(self, after: np.ndarray, horizon: float, n_steps: int = N_STEPS) -> np.ndarray:
        """Return the chance of those here after so many months to leave for each reason within a horizon, (n, K)."""
        before, found = self.still_here(after), np.zeros(self.blocked.shape)
        here = np.ones(len(after))
        for low, high in zip(*_steps(horizon, n_steps), strict=True):
            now = self.still_here(after + high) / before
            found += (here - now)[:, None] * self._split(after + (low + high) / 2)
            here = now
        return found

    def _split(self, months: np.ndarray) -> np.ndarray:
        """Return by which reason those leave who leave at so many months, (n, K)."""
        found, susceptible = self._hazards(months)
        weights = found * np.exp(self.parts.log_shape) * np.where(self.blocked, susceptible[:, None], 1.0)
        return weights / weights.sum(axis=1, keepdims=True)

    def mean_incidence(self, months: np.ndarray) -> np.ndarray:
        """Return the mean share that left for each reason by each of ascending months from 0, (m, K)."""
        found, zero = np.zeros((len(months), self.blocked.shape[1])), np.zeros(len(self.share))
        here = self.still_here(zero)
        for place in range(1, len(months)):
            now = self.still_here(zero + months[place])
            middle = zero + (months[place - 1] + months[place]) / 2
            found[place] = ((here - now)[:, None] * self._split(middle)).mean(axis=0)
            here = now
        return np.cumsum(found, axis=0)


def _steps(horizon: float, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    edges = horizon * np.linspace(0, 1, n_steps + 1) ** 2  # close together at first, where a hazard may be steep
    return edges[:-1], edges[1:]
