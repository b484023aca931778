r"""Who buys again, when customers may drop out after a purchase? The BG/NBD [1]_ and the MBG/NBD model [2]_.

While active a customer buys at a rate :math:`\lambda \sim \Gamma(r, \alpha)` and drops out after each repeat purchase
with chance :math:`p \sim B(a, b)`. With x repeat purchases, the last at :math:`t_x`, seen until T (equation 6):

.. math:: L = \frac{B(a, b + x)}{B(a, b)} \frac{\Gamma(r + x) \alpha^r}{\Gamma(r) (\alpha + T)^{r + x}}
          \left[1 + \delta_{x > 0} \frac{a}{b + x - 1} \left(\frac{\alpha + T}{\alpha + t_x}\right)^{r + x}\right]

The bracket is one plus the odds of having dropped out. The BG/NBD says that who bought only once is still a customer
for certain. In the modified model the first purchase is followed by a chance to leave, too:

.. math:: L = \frac{B(a, b + x + 1)}{B(a, b)} \frac{\Gamma(r + x) \alpha^r}{\Gamma(r) (\alpha + T)^{r + x}}
          \left[1 + \frac{a}{b + x} \left(\frac{\alpha + T}{\alpha + t_x}\right)^{r + x}\right]

One who is still there has :math:`\lambda \sim \Gamma(r + x, \alpha + T)` and :math:`p \sim B(a, b + x)`, in the
MBG/NBD :math:`B(a, b + x + 1)`, independent of each other.

References
----------
.. [1] Fader, P. S., Hardie, B. G. S. & Lee, K. L. (2005). "Counting your customers" the easy way. Marketing Science 24.
.. [2] Batislam, E. P., Denizel, M. & Filiztekin, A. (2007). Empirical validation and comparison of models for customer
   base analysis. International Journal of Research in Marketing 24.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.purchases.cells import PurchaseCells
from winback.purchases.mixtures import beta_weights, discounted
from winback.purchases.model import (
    FEW_BUY,
    RATE_AND_SHAPE,
    RATE_MEANINGS,
    RATIO_AND_SIZE,
    SAME_RATE,
    PurchaseModel,
    edges_of_a_chance,
    log_odds_and_share,
    log_rising,
    mean_chance,
    meanings_of_a_chance,
    side_by_side,
)

FURTHEST_AHEAD = 4096  # histories x chances worked on at a time


@dataclass(frozen=True)
class DropoutAfterPurchases:
    """Likelihood and future where dropping out follows a purchase; theta = log r, log alpha, log a, log b."""

    first: int  # 1 when the first purchase is a chance to leave as well, else 0

    def log_odds_left(self, theta: np.ndarray, cells: PurchaseCells) -> np.ndarray:
        """Return the log odds of having dropped out by the end of the data, shape (n,)."""
        r, alpha, a, b = np.exp(theta)
        return self._log_odds(r, a, b, cells, self._gaps(alpha, cells))

    def _gaps(self, alpha, cells):
        (ages, age), (recencies, recency) = cells.ages, cells.recencies
        return np.log(alpha + ages)[age] - np.log(alpha + recencies)[recency]

    def _log_odds(self, r, a, b, cells, gaps):
        chances = np.arange(cells.most + 1) + self.first
        log_odds = np.full(len(chances), -np.inf)
        some = chances > 0
        log_odds[some] = np.log(a) - np.log(b + chances[some] - 1)
        return log_odds[cells.frequency] + (r + cells.frequency) * gaps

    def terms(self, theta: np.ndarray, cells: PurchaseCells) -> tuple[np.ndarray, np.ndarray]:
        """Return the log-likelihood of each cell (n,) and its slopes (4, n)."""
        r, alpha, a, b = np.exp(theta)
        x, (ages, age), (recencies, recency) = cells.frequency, cells.ages, cells.recencies
        gaps = self._gaps(alpha, cells)
        log_odds = self._log_odds(r, a, b, cells, gaps)
        log_either, left = log_odds_and_share(log_odds)
        bought, stayed, slopes = self._tables(r, a, b, cells.most)
        waited = r * np.log1p(ages / alpha)
        values = (bought + stayed)[x] - waited[age] - (x * np.log(alpha + ages)[age]) + log_either
        share = (alpha / (alpha + ages))[age]
        by_a, by_b, last = slopes[1:]
        by_r = slopes[0][x] - waited[age] + left * (r * gaps)
        by_alpha = r - (r + x) * (share + left * ((alpha / (alpha + recencies))[recency] - share))
        return values, np.stack([by_r, by_alpha, by_a[x] + left, by_b[x] - left * last[x]])

    def _tables(self, r, a, b, most):
        """Return, for each frequency, what buying and staying add, and the slopes that rest on it alone."""
        bought, by_r = log_rising(r, most)
        chances = np.arange(most + 1) + self.first
        over, over_slope = log_rising(b, most + self.first)
        under, under_slope = log_rising(a + b, most + self.first)
        share = b / (a + b)
        last = np.zeros(most + 1)
        some = chances > 0
        last[some] = b / (b + chances[some] - 1)
        by_a = -(1 - share) * under_slope[chances]
        by_b = over_slope[chances] - share * under_slope[chances]
        return bought, (over - under)[chances], (by_r, by_a, by_b, last)

    def ahead(self, theta: np.ndarray, cells: PurchaseCells, periods: float, force: float) -> np.ndarray:
        r"""Return the discounted purchases ahead of those who are still customers, shape (n,).

        Up to t, :math:`E_p\{1 - [1 + p t / (\alpha + T)]^{-(r + x)}\} / p`.
        """
        r, alpha, a, b = np.exp(theta)
        frequency, age, place = cells.histories
        distinct, which = np.unique(frequency, return_inverse=True)
        shape, wait = r + frequency, alpha + age
        longest = periods if np.isfinite(periods) else 50.0 / force
        scale = float((wait / shape).min())
        chances, weights = beta_weights(a, b + self.first + distinct, min(1.0, scale / longest))

        def until(time):
            out = np.empty(len(shape))
            for start in range(0, len(shape), FURTHEST_AHEAD):
                rows = slice(start, start + FURTHEST_AHEAD)
                growth = np.log1p(chances * (time / wait[rows, None]))
                bought = -np.expm1(-shape[rows, None] * growth) / chances
                out[rows] = np.einsum("ij,ij->i", bought, weights[which[rows]])
            return out

        return discounted(until, periods, force, scale)[place]

    def starts(self, cells: PurchaseCells) -> list[np.ndarray]:
        """Return places to start from: rates around the mean, few or many dropouts."""
        places = (0.5, 1.5, 0.8, 2.5), (1.0, 1.05, 0.1, 4.0), (0.3, 3.0, 1.0, 1.0), (3.0, 1.2, 2.0, 9.0)
        return [np.log([r, r / (more * cells.mean_rate), a, b]) for r, more, a, b in places]


def purchase_model(name: str, title: str, first: int) -> PurchaseModel:
    """Return the model in which dropping out follows a purchase."""
    rules = DropoutAfterPurchases(first)
    return PurchaseModel(
        name=name,
        title=title,
        letters=("r", "alpha", "a", "b"),
        meanings=(*RATE_MEANINGS, *meanings_of_a_chance("drop out", "a", "b")),
        timed=(1,),
        terms=rules.terms,
        log_odds_left=rules.log_odds_left,
        ahead=rules.ahead,
        directions=side_by_side(RATE_AND_SHAPE, RATIO_AND_SIZE),
        edges=(
            SAME_RATE,
            FEW_BUY,
            *edges_of_a_chance("at the first chance", "the NBD", "a single chance to buy again"),
        ),
        starts=rules.starts,
        mean_rate=lambda parameters: parameters[0] / parameters[1],
        mean_dropout=mean_chance("after a purchase"),
    )


BG_NBD = purchase_model("BG/NBD", "customers may drop out after each repeat purchase", first=0)
MBG_NBD = purchase_model("MBG/NBD", "customers may drop out after any purchase, the first one too", first=1)
