"""Do intervals hold as often as they say? Coverage over trials, judged against its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Coverage:
    """Share of trials in which the interval held the truth."""

    share: float
    n_trials: int

    @property
    def std_error(self) -> float:
        """Monte Carlo standard error of the share."""
        return sqrt(self.share * (1 - self.share) / self.n_trials)

    def __str__(self) -> str:
        return f"{self.share:.4f} ({self.std_error:.4f})"


def coverage(intervals: tuple[ArrayLike, ArrayLike], truth: ArrayLike) -> Coverage:
    """Count how often low <= truth <= high; intervals side by side, (trials, k), count when all k hold.

    An unbounded interval holds, one of NaN does not.
    """
    low, high = (np.asarray(end, dtype=float) for end in intervals)
    holds = (low <= truth) & (truth <= high)
    holds = holds.reshape(len(holds), -1).all(axis=1)
    return Coverage(float(holds.mean()), len(holds))


def shortfall(found: Coverage, level: float = 0.95) -> float:
    """Return how far coverage lies below its level, in Monte Carlo standard errors of an honest interval."""
    return (level - found.share) / sqrt(level * (1 - level) / found.n_trials)


def assert_covers(low: ArrayLike, high: ArrayLike, truth: ArrayLike, level: float = 0.95) -> Coverage:
    """Demand coverage within 3 Monte Carlo standard errors of its level."""
    found = coverage((low, high), truth)
    far = shortfall(found, level)
    if abs(far) > 3:
        raise AssertionError(
            f"coverage {found} in {found.n_trials:,} trials is not {level:g}: it lies {abs(far):.1f} Monte Carlo "
            f"standard errors {'below' if far > 0 else 'above'}."
        )
    return found
