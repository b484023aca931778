"""Do frequent buyers spend more? The gamma-gamma model says that they do not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.uncertainty import normal_quantile

WEAK, STRONG = 0.2, 0.4


@dataclass(frozen=True)
class Correlation:
    """Correlation between repeat purchases and average spend, with Fisher's interval."""

    value: float  # NaN where all buy equally often or spend the same
    low: float
    high: float

    @property
    def harmless(self) -> bool:
        """Whether the model may be used: no relation is seen, or so weak a one that it hardly matters."""
        return bool(np.isnan(self.value) or self.low <= 0 <= self.high or abs(self.value) < WEAK)

    def in_words(self) -> str:
        """Say whether spend and frequency may be held to be unrelated."""
        if np.isnan(self.value):
            return "Whether frequent buyers spend more cannot be told: all buy equally often, or all spend the same."
        found = f"the correlation of frequency and spend is {self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"
        more = "more" if self.value > 0 else "less"
        if self.low <= 0 <= self.high:
            return f"{found}: no relation is seen, as the model assumes."
        if abs(self.value) < WEAK:
            return f"{found}: frequent buyers spend {more}, but so little that the model may be used."
        if abs(self.value) < STRONG:
            return f"{found}: frequent buyers spend {more}, which the model leaves out; compare groups by frequency."
        return f"{found}: frequent buyers spend clearly {more}. The model's assumption fails; do not use it as it is."


def correlation(first: np.ndarray, second: np.ndarray, counts: np.ndarray, level: float) -> Correlation:
    """Return the correlation of two columns whose rows stand for so many customers.

    Examples
    --------
    >>> correlation(np.arange(30.0), np.arange(30.0) % 3, np.ones(30), 0.95).in_words().split(": ")[1]
    'no relation is seen, as the model assumes.'
    """
    n = counts.sum()
    first, second = first - counts @ first / n, second - counts @ second / n
    variances = (counts @ first**2) * (counts @ second**2)
    if not variances > 1e-24 * n**2 or n <= 3:
        return Correlation(np.nan, np.nan, np.nan)
    value = float(np.clip((counts * first) @ second / np.sqrt(variances), -1, 1))
    centre = np.arctanh(np.clip(value, -1 + 1e-15, 1 - 1e-15))
    margin = normal_quantile(level) / np.sqrt(n - 3)
    return Correlation(value, float(np.tanh(centre - margin)), float(np.tanh(centre + margin)))
