r"""How many customers does a pair take where the verdict allows for every pair of offers, as a comparison's does?

A comparison finds its leader by looking, so its intervals hold together: their reach is not :math:`z_{1-\alpha/2}` but
the quantile of the largest of all standardised differences (max-t, see `winback.uncertainty.max_t_quantile`). A size
for one pair alone has less power there than it promises; with that quantile in place of z it has what it promises.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.special import ndtr

from winback.planning.questions import pair_skewness
from winback.planning.sizes import customers_for_difference
from winback.results import Result
from winback.tables import NO_OFFER
from winback.uncertainty import max_t_quantile, normal_draws


def level_of_every_pair(variance: np.ndarray, level: float) -> float:
    """Return the level at which one pair is judged where those of all pairs of so many arms hold together.

    ``variance`` is that of one customer's profit in each arm; arms are of one size.

    Examples
    --------
    >>> round(level_of_every_pair(np.ones(2), 0.95), 3), round(level_of_every_pair(np.ones(4), 0.95), 2)
    (0.95, 0.99)
    """
    errors = normal_draws(np.diag(variance))
    one, other = np.array(list(combinations(range(len(variance)), 2))).T
    return float(2 * ndtr(max_t_quantile(errors[:, one] - errors[:, other], level)) - 1)


def n_pairs(plan: Result) -> int:
    """Return how many pairs of offers there are."""
    k = len(plan.arms.offers)
    return k * (k - 1) // 2


def for_every_pair(plan: Result) -> int | None:
    """Return the customers per offer that a plan's one difference takes where every pair of its offers is judged.

    None where the plan asks for several comparisons, for one with no offer, or there is but one pair.
    """
    rows, figures, asked = plan.frame[plan.frame["kind"] == "difference"], plan.arms, plan.asked
    if len(rows) != 1 or plan.n_comparisons > 1 or n_pairs(plan) < 2 or rows["second"].iloc[0] == NO_OFFER:
        return None
    row = rows.iloc[0]
    level = level_of_every_pair(figures.of_offers(figures.variance), asked.level)
    pair = figures.place(row["first"]), figures.place(row["second"]), asked.ratio(figures)
    lean = pair_skewness(figures, *pair)
    return int(customers_for_difference(row["difference"], row["variance"], asked.power, level, skewness=lean))
