r"""What does keeping a customer gain? The money of those who would have left, less what it costs for everybody.

With e the share of losses within H months that a measure prevents, of a customer who leaves at the end of month t with
chance :math:`P_t`, against doing nothing,

.. math:: \text{gain} = \sum_{t=1}^{H} e \, P_t \, (V_{\text{stay},t} - V_{\text{lost},t}) - c

:math:`V_{\text{stay},t}` is the margin from t to H of one who stays, :math:`V_{\text{lost},t}` what a lost customer is
still worth, both discounted to today; c is paid for all who get it. Ranking by risk alone can lose money [1]_ [2]_.

References
----------
.. [1] Ascarza, E. (2018). Retention futility: targeting high-risk customers might be ineffective. Journal of Marketing
   Research 55(1).
.. [2] Lemmens, A. & Gupta, S. (2020). Managing churn to maximize profits. Marketing Science 39(5).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from winback.discounting import check_annual_discount, check_horizon, discount_factor, discounted_months
from winback.uncertainty import normal_quantile

MOST = 1e12  # money: beyond it somebody has mistaken a column
SHARES = np.arange(1, 101) / 100  # of the customers, contacted
POWER, LEVEL = 0.8, 0.95  # with which it is looked whether keeping works: as trials are planned


@dataclass(frozen=True, eq=False)
class WorthLost:
    """What a lost customer is still worth, by the month of leaving and what they pay a month.

    `StrategyComparison.worth_lost` has it: what those bring who return without an offer.
    """

    edges: np.ndarray  # (k - 1,) margins at which customers are cut
    worth: Callable[[int], np.ndarray]  # months that count -> (k, months), money of today
    annual_discount: float

    def of(self, margin: np.ndarray, months: int) -> np.ndarray:
        """Return it for customers, (n, months)."""
        return self.worth(months)[np.searchsorted(self.edges, margin, side="left")]


@dataclass(frozen=True)
class Keeping:
    """What a measure costs each customer who gets it and prevents, and what counts."""

    cost: float
    share_prevented: float  # of the losses within the months
    months: int = 12
    annual_discount: float = 0.0
    worth_lost: float | WorthLost = 0.0  # of a lost customer, on the day of leaving

    def __post_init__(self):
        """Refuse what makes no sense."""
        check_horizon(self.months)
        check_annual_discount(self.annual_discount)
        if not 0 <= self.share_prevented <= 1:
            raise ValueError(f"share_prevented must be a share from 0 to 1; got {self.share_prevented:g}.")
        measured = isinstance(self.worth_lost, WorthLost)
        for name in ("cost",) if measured else ("cost", "worth_lost"):
            if not 0 <= getattr(self, name) <= MOST:
                raise ValueError(f"{name} must be money from 0 to {MOST:g}; got {getattr(self, name):g}.")
        if measured and self.worth_lost.annual_discount != self.annual_discount:
            raise ValueError(
                f"worth_lost is discounted by {self.worth_lost.annual_discount:g} a year, and annual_discount is "
                f"{self.annual_discount:g}: state one for both."
            )

    def when_lost(self, margin: np.ndarray, months: int) -> np.ndarray:
        """Return what a lost customer is worth today, by the month of leaving, (months,) or (n, months)."""
        if isinstance(self.worth_lost, WorthLost):
            return self.worth_lost.of(margin, months)
        return self.worth_lost * discount_factor(np.arange(1, months + 1), self.annual_discount)


def gain_of_keeping(leaves: np.ndarray, margin: np.ndarray, terms: Keeping) -> np.ndarray:
    """Return what keeping each customer would gain; ``leaves`` (n, months) are chances of leaving in each month.

    Examples
    --------
    >>> hazard = 0.1 * 0.9 ** np.arange(12)
    >>> gain_of_keeping(hazard[None], np.array([100.0]), Keeping(cost=0, share_prevented=0.3)).round(2).tolist()
    [144.73]
    """
    months, rate = leaves.shape[1], terms.annual_discount
    ahead = discounted_months(months, rate) - discounted_months(np.arange(1, months + 1), rate)
    lost = (leaves * terms.when_lost(margin, months)).sum(axis=1)
    return terms.share_prevented * ((leaves @ ahead) * margin - lost) - terms.cost


def gain_if_they_go_on_leaving(leaves: np.ndarray, margin: np.ndarray, terms: Keeping) -> np.ndarray:
    r"""Return what keeping gains if whoever is kept goes on leaving as before, and does not stay up to the last month.

    Who is kept in month t is there in a later month s with chance :math:`S_s / S_t`, S the share not lost without any
    measure, and is lost in it with :math:`P_s / S_t`.

    Examples
    --------
    >>> hazard = 0.1 * 0.9 ** np.arange(12)
    >>> terms = Keeping(cost=0, share_prevented=0.3)
    >>> gain_if_they_go_on_leaving(hazard[None], np.array([100.0]), terms).round(2).tolist()
    [102.3]
    """
    months, rate = leaves.shape[1], terms.annual_discount
    of_month = np.diff(discounted_months(np.arange(months + 1), rate))
    here = 1 - np.cumsum(leaves, axis=1)  # after each month
    lost = leaves * np.broadcast_to(terms.when_lost(margin, months), leaves.shape)
    brings = (here + leaves) * of_month * margin[:, None] + lost  # in each month, of those here when it began
    later = np.cumsum(brings[:, ::-1], axis=1)[:, ::-1] - brings
    kept = np.divide(leaves * later, here, out=np.zeros(leaves.shape), where=here > 0) - lost
    return terms.share_prevented * kept.sum(axis=1) - terms.cost


def first_of(n: int) -> np.ndarray:
    """Return how many customers of ``n`` each share of them is."""
    return np.ceil(SHARES * n).astype(int)


def summed_up(ranked: np.ndarray) -> np.ndarray:
    """Return what the first ones come to, by the share of the customers that they are."""
    return np.cumsum(ranked)[first_of(len(ranked)) - 1]


def left_alone(leave: float, share_prevented: float, n: int, least: float = 0.0) -> int | None:
    r"""Return how many of ``n`` on a list to leave alone, to tell the share of losses prevented from a smaller one.

    The fewest :math:`m` with :math:`(1 - e_0)^2 p(1 - p) / m + q(1 - q) / (n - m) \le ((1 - e_0) p - q)^2 /
    (z_{1 - \alpha / 2} + z_{1 - \beta})^2`, of a share :math:`p` that leaves, :math:`q` of those kept, and
    :math:`e_0` the ``least`` share, such as the one from which on keeping pays; None where half are too few.

    Examples
    --------
    >>> left_alone(0.10, 0.20, 10_000), left_alone(0.10, 0.20, 1_000), left_alone(0.10, 0.20, 30_000, least=0.08)
    (2166, None, 4944)
    """
    alone = np.arange(1, n // 2 + 1)
    kept, at_least = leave * (1 - share_prevented), leave * (1 - least)
    variance = (1 - least) ** 2 * leave * (1 - leave) / alone + kept * (1 - kept) / (n - alone)
    enough = variance * (normal_quantile(LEVEL) + ndtri(POWER)) ** 2 <= (at_least - kept) ** 2
    return int(alone[enough][0]) if enough.any() and at_least > kept else None
