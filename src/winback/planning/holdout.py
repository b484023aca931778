r"""How are the customers split between the offers and none, and what do the untreated cost and tell?

The comparison of K offers with no offer is served best by a holdout :math:`\sqrt K` times as large as an arm, when
the spread is alike (Dunnett 1955). Comparisons between offers need no holdout, so it grows no larger than those with
no offer ask for, unless its share is given.

Of :math:`N` customers a share :math:`h` is sent nothing; the rest is split evenly over :math:`K` offers. Each untreated
customer forgoes what the best offer is expected to add, :math:`\theta_1 - \theta_0`. In return the best offer's
incremental profit becomes known with standard error :math:`\sqrt{s_1^2 K / ((1 - h) N) + s_0^2 / (h N)}`; without a
holdout it is not identified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.planning.asked import Asked
from winback.planning.figures import ProfitFigures
from winback.planning.sizes import FEWEST_CUSTOMERS, critical_sum, whole
from winback.skewness import skewed_interval
from winback.uncertainty import normal_quantile

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SAME = 0.001  # shares this close are shown once: as planned, in whole customers


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
        holdout = float(np.clip(holdout, FEWEST_CUSTOMERS, total - FEWEST_CUSTOMERS * k))
    return Split(k, (total - holdout) / k, holdout)


def holdout_of(n_per_arm: float, figures: ProfitFigures, asked: Asked) -> float:
    """Return the holdout that goes with so many customers an arm."""
    ratio = asked.ratio(figures)
    return float(whole(ratio * n_per_arm)) if ratio else 0.0


def holdout_table(figures: ProfitFigures, asked: Asked, split: Split, n_comparisons: int) -> pd.DataFrame:
    """Return one row per share left untreated: how many, what they forgo, and what they tell; empty when unknown."""
    if not figures.has_untreated:
        return pd.DataFrame(columns=["share", "n", "forgone", "std_error", "smallest_difference", "planned"])
    n_customers, planned = split.n_customers, split.holdout_share
    share = np.unique([*(each for each in SHARES if abs(each - planned) > SAME), planned])
    n = np.round(share * n_customers)
    frame = pd.DataFrame({"share": share, "n": n.astype(int), "forgone": n * figures.best_increment()})
    if figures.from_pilot:
        error, length = figures.error_of_best()
        ends = skewed_interval(figures.best_increment(), error, length, normal_quantile(asked.level))
        frame["forgone_low"], frame["forgone_high"] = (n * end for end in ends)
    per_offer = np.maximum(n_customers - n, 1) / len(figures.offers)
    with np.errstate(divide="ignore"):
        std_error = np.sqrt(figures.variance[0] / per_offer + figures.variance[-1] / n)
    frame["std_error"] = np.where(n > 0, std_error, np.nan)
    ahead = np.sign(figures.best_increment()) or 1.0
    skewness = ahead * figures.skewness(0, -1, np.maximum(n, 1) / per_offer, per_offer)
    frame["smallest_difference"] = frame["std_error"] * critical_sum(asked.power, asked.level, n_comparisons, skewness)
    return frame.assign(planned=share == planned)
