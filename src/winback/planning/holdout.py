r"""What does leaving customers untreated cost, and what does it tell? The holdout, share by share.

Of :math:`N` customers a share :math:`h` is sent nothing; the rest is split evenly over :math:`K` offers. Each untreated
customer forgoes what the best offer is expected to add, :math:`\theta_1 - \theta_0`. In return the best offer's
incremental profit becomes known with standard error :math:`\sqrt{s_1^2 K / ((1 - h) N) + s_0^2 / (h N)}`; without a
holdout it is not identified.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.planning.asked import Asked
from winback.planning.figures import ProfitFigures
from winback.planning.sizes import critical_sum
from winback.planning.split import Split
from winback.uncertainty import normal_interval

SHARES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
SAME = 0.001  # shares this close are shown once: as planned, in whole customers


def holdout_table(figures: ProfitFigures, asked: Asked, split: Split, n_comparisons: int) -> pd.DataFrame:
    """Return one row per share left untreated: how many, what they forgo, and what they tell; empty when unknown."""
    if not figures.has_untreated:
        return pd.DataFrame(columns=["share", "n", "forgone", "std_error", "smallest_difference", "planned"])
    n_customers, planned = split.n_customers, split.holdout_share
    share = np.unique([*(each for each in SHARES if abs(each - planned) > SAME), planned])
    n = np.round(share * n_customers)
    frame = pd.DataFrame({"share": share, "n": n.astype(int), "forgone": n * figures.best_increment()})
    if figures.from_pilot:
        error = np.sqrt(figures.variance[0] / figures.n[0] + figures.variance[-1] / figures.n[-1])
        frame["forgone_low"], frame["forgone_high"] = normal_interval(frame["forgone"], n * error, asked.level)
    per_offer = np.maximum(n_customers - n, 1) / len(figures.offers)
    with np.errstate(divide="ignore"):
        std_error = np.sqrt(figures.variance[0] / per_offer + figures.variance[-1] / n)
    frame["std_error"] = np.where(n > 0, std_error, np.nan)
    frame["smallest_difference"] = frame["std_error"] * critical_sum(asked.power, asked.level, n_comparisons)
    return frame.assign(planned=share == planned)
