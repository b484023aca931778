r"""How are the customers split between the offers and none?

The comparison of K offers with no offer is served best by a holdout :math:`\sqrt K` times as large as an arm, when
the spread is alike (Dunnett 1955). Comparisons between offers need no holdout, so it grows no larger than those with
no offer ask for, unless its share is given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.planning.asked import Asked
from winback.planning.figures import ProfitFigures
from winback.planning.sizes import LEAST, whole


@dataclass(frozen=True)
class Split:
    """Customers per offer and left untreated."""

    n_offers: int
    n_per_arm: float
    n_holdout: float

    @property
    def n_customers(self) -> float:
        """Customers in all."""
        return self.n_offers * self.n_per_arm + self.n_holdout

    @property
    def holdout_share(self) -> float:
        """Share of customers left untreated."""
        return self.n_holdout / self.n_customers


def needed_split(frame: pd.DataFrame, figures: ProfitFigures, asked: Asked) -> Split:
    """Return the trial that answers every question of the plan."""
    k, n = len(figures.offers), float(frame["n_per_arm"].max())
    holdout = float(frame["n_holdout"].max()) if asked.holdout is None else holdout_of(n, figures, asked)
    return Split(k, n, holdout)


def available_split(frame: pd.DataFrame, figures: ProfitFigures, asked: Asked) -> Split:
    """Return how the customers at hand are split: the holdout gets what it needs, and at most its root-K share."""
    k, total, ratio = len(figures.offers), float(asked.n_available), asked.ratio(figures)
    holdout = np.round(total * ratio / (k + ratio))
    if asked.holdout is None:
        holdout = min(holdout, float(frame["n_holdout"].max()))
    if holdout or asked.holdout:
        holdout = float(np.clip(holdout, LEAST, total - LEAST * k))
    return Split(k, (total - holdout) / k, holdout)


def holdout_of(n_per_arm: float, figures: ProfitFigures, asked: Asked) -> float:
    """Return the holdout that goes with so many customers an arm."""
    ratio = asked.ratio(figures)
    return float(whole(ratio * n_per_arm)) if ratio else 0.0
