"""What carries every size? Each offer's expected profit per customer and the variance of one customer's profit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER


@dataclass(frozen=True)
class ProfitFigures:
    """Expected profit and its variance, offers first, most profitable first; the untreated last, where known."""

    names: tuple[str, ...]  # offers, then perhaps "none"
    acceptance: np.ndarray  # (k,) share who return
    profit: np.ndarray  # (k,) money per customer
    variance: np.ndarray  # (k,) of one customer
    variance_error: np.ndarray  # (k,) its standard error in a pilot; 0 where figures are assumed
    n: np.ndarray  # (k,) customers of the pilot; NaN where all figures are assumed, infinite where the untreated's are

    @classmethod
    def ordered(cls, names, acceptance, profit, variance, variance_error=None, n=None) -> ProfitFigures:
        """Put the figures in order: by profit, then by name, the untreated last."""
        names = [str(name) for name in names]
        places = sorted(range(len(names)), key=lambda place: (names[place] == NO_OFFER, -profit[place], names[place]))
        missing = np.full(len(names), np.nan)
        columns = (acceptance, profit, variance, np.zeros(len(names)) if variance_error is None else variance_error)
        arrays = [np.asarray(each, dtype=float)[places] for each in (*columns, missing if n is None else n)]
        return cls(tuple(names[place] for place in places), *arrays)

    @property
    def has_untreated(self) -> bool:
        """Whether the organic return is known or assumed."""
        return self.names[-1] == NO_OFFER

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers, without the untreated."""
        return self.names[:-1] if self.has_untreated else self.names

    @property
    def from_pilot(self) -> bool:
        """Whether the figures were measured."""
        return not np.isnan(self.n).any()

    def of_offers(self, values: np.ndarray) -> np.ndarray:
        """Return the entries of the offers alone."""
        return values[: len(self.offers)]

    def place(self, name: str) -> int:
        """Return the position of a name."""
        return self.names.index(str(name))

    def best_increment(self) -> float:
        """Return what the best offer earns more per customer than no offer; NaN where that is not known."""
        return float(self.profit[0] - self.profit[-1]) if self.has_untreated else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per arm."""
        return pd.DataFrame(
            {
                "offer": self.names,
                "acceptance": self.acceptance,
                "profit": self.profit,
                "std_dev": np.sqrt(self.variance),
                "std_dev_error": self.variance_error / (2 * np.sqrt(self.variance)),
                "n_pilot": self.n,
            }
        )
