"""When will customers leave again, and for what? What the parameters of repeat churn say of each of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from winback.retention.repeat_churn_likelihood import Parts
from winback.survival.incidence import cumulative_incidence, incidence_interval, incidence_variance

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

    def _steps(self, after: np.ndarray, edges: np.ndarray) -> Iterator[np.ndarray]:
        """Yield the chance of those here after so many months to leave for each reason in each further step, (n, K)."""
        here = before = self.still_here(after)
        for begin, end in pairwise(edges):
            months, now = after + (begin + end) / 2, self.still_here(after + end)
            found, susceptible = self._hazards(months)
            weights = found * np.exp(self.parts.log_shape) * np.where(self.blocked, susceptible[:, None], 1.0)
            yield ((here - now) / before / weights.sum(axis=1))[:, None] * weights
            here = now

    def left_between(self, after: np.ndarray, horizon: float) -> np.ndarray:
        """Return the chance of those here after so many months to leave for each reason within a horizon, (n, K)."""
        edges = horizon * np.linspace(0, 1, N_STEPS + 1) ** 2  # close together at first, where a hazard may be steep
        return sum(self._steps(after, edges))

    def mean_incidence(self, months: np.ndarray) -> np.ndarray:
        """Return the mean share that left for each reason by each of ascending months from 0, (m, K)."""
        steps = [each.mean(axis=0) for each in self._steps(np.zeros(len(self.share)), months)]
        return np.cumsum([np.zeros(self.blocked.shape[1]), *steps], axis=0)


def incidence_table(fit) -> pd.DataFrame:
    """Return shares that left by month, as fitted and as observed, see `RepeatChurn.incidence`."""
    seen = cumulative_incidence(fit.sample.months, fit.sample.cause, len(fit.reasons))
    low, high = incidence_interval(seen.share, incidence_variance(seen), fit.n, fit.level)
    longest = float(np.quantile(fit.sample.months, 0.99))
    longest = np.floor(longest) if longest > 1 else longest
    whole = max(int(longest), 1)
    months = np.linspace(0, longest, whole * math.ceil(N_STEPS / whole) + 1)  # each full month among them
    fitted = fit.outlook(fit.sample.table).mean_incidence(months)
    place = np.searchsorted(seen.months, months, side="right")
    curves = [np.vstack([np.zeros(len(fit.reasons)), each])[place] for each in (seen.share, low, high)]
    columns = dict(zip(("fitted", "observed", "low", "high"), (fitted, *curves), strict=True))
    of_each = {"reason": np.repeat(fit.reasons, len(months)), "months": np.tile(months, len(fit.reasons))}
    return pd.DataFrame(of_each | {name: each.T.ravel() for name, each in columns.items()})
