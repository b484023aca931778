r"""Who buys again, when there is one opportunity after the other instead of time? The BG/BB model [1]_.

At each opportunity (a yearly appeal, a concert) an active customer buys with chance :math:`p \sim B(\alpha, \beta)`;
before each, the customer drops out with chance :math:`\theta \sim B(\gamma, \delta)`. With x purchases at n
opportunities, the last at the :math:`t_x`-th:

.. math:: L = \frac{B(\alpha + x, \beta + n - x)}{B(\alpha, \beta)} \frac{B(\gamma, \delta + n)}{B(\gamma, \delta)}
          + \sum_{j = t_x}^{n - 1} \frac{B(\alpha + x, \beta + j - x)}{B(\alpha, \beta)}
          \frac{B(\gamma + 1, \delta + j)}{B(\gamma, \delta)}

the sum over the first part being the odds of having dropped out before the n-th opportunity.

References
----------
.. [1] Fader, P. S., Hardie, B. G. S. & Shang, J. (2010). Customer-base analysis in a discrete-time noncontractual
   setting. Marketing Science 29.
"""

from __future__ import annotations

import numpy as np

from winback.purchases.cells import PurchaseCells
from winback.purchases.mixtures import beta_weights
from winback.purchases.model import (
    RATIO_AND_SIZE,
    Edge,
    PurchaseModel,
    edges_of_a_chance,
    log_odds_and_share,
    log_rising,
    mean_chance,
    meanings_of_a_chance,
    side_by_side,
)

CHUNK = 16384


class _Tables:
    """Products of rising numbers for the four parameters and the two sums, up to n opportunities."""

    def __init__(self, theta, most):
        parameters = np.exp(theta)
        alpha, beta, gamma, delta = parameters
        names = ("alpha", "beta", "both", "delta", "gone")
        starts = (alpha, beta, alpha + beta, delta, gamma + delta)
        tables = {name: log_rising(start, most + 1) for name, start in zip(names, starts, strict=True)}
        self.value = {name: table[0] for name, table in tables.items()}
        self.slope = {name: table[1] for name, table in tables.items()}
        self.log_gamma = theta[2]
        self.share = alpha / (alpha + beta), gamma / (gamma + delta)

    def bought(self, x, j):
        """Return the log chance of x purchases at j opportunities."""
        value = self.value
        return value["alpha"][x] + value["beta"][j - x] - value["both"][j]

    def here(self, n):
        """Return the log chance to be still there at the n-th opportunity."""
        return self.value["delta"][n] - self.value["gone"][n]

    def gone(self, j):
        """Return the log chance to drop out between the j-th and the next opportunity."""
        return self.log_gamma + self.value["delta"][j] - self.value["gone"][j + 1]

    def slopes(self, x, j, dropped):
        """Return slopes of `bought` and of `gone` (dropped = 1) or `here` (dropped = 0), shape (4, n)."""
        slope, (share_p, share_theta) = self.slope, self.share
        both, gone = slope["both"][j], slope["gone"][j + dropped]
        buying = slope["alpha"][x] - share_p * both, slope["beta"][j - x] - (1 - share_p) * both
        return np.stack([*buying, dropped - share_theta * gone, slope["delta"][j] - (1 - share_theta) * gone])


def _integers(cells):
    return cells.frequency.astype(int), cells.recency.astype(int), cells.age.astype(int)


def _log_left(tables, x, last, n, with_slopes):
    """Return the log of the sum over the time of leaving (n,), and its slopes (4, n)."""
    log_sum, slopes = np.full(len(x), -np.inf), np.zeros((4, len(x)))
    may = np.flatnonzero(n > last)
    for start in range(0, len(may), CHUNK):
        rows = may[start : start + CHUNK]
        lengths = n[rows] - last[rows]
        first = np.cumsum(lengths) - lengths
        row = np.repeat(np.arange(len(rows)), lengths)
        j = last[rows][row] + np.arange(len(row)) - first[row]
        each = x[rows][row]
        logs = tables.bought(each, j) + tables.gone(j)
        largest = logs[first]  # terms fall
        shares = np.exp(logs - largest[row])
        sums = np.add.reduceat(shares, first)
        log_sum[rows] = largest + np.log(sums)
        if with_slopes:
            slopes[:, rows] = np.add.reduceat(tables.slopes(each, j, 1) * shares, first, axis=1) / sums
    return log_sum, slopes


def log_odds_left(theta: np.ndarray, cells: PurchaseCells) -> np.ndarray:
    """Return the log odds of having dropped out before the last opportunity, shape (n,)."""
    x, last, n = _integers(cells)
    tables = _Tables(theta, int(n.max()))
    return _log_left(tables, x, last, n, False)[0] - tables.bought(x, n) - tables.here(n)


def terms(theta: np.ndarray, cells: PurchaseCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-likelihood of each cell (n,) and its slopes (4, n)."""
    x, last, n = _integers(cells)
    tables = _Tables(theta, int(n.max()))
    left, left_slopes = _log_left(tables, x, last, n, True)
    here = tables.bought(x, n) + tables.here(n)
    log_either, gone = log_odds_and_share(left - here)
    return here + log_either, (1 - gone) * tables.slopes(x, n, 0) + gone * left_slopes


def ahead(theta: np.ndarray, cells: PurchaseCells, periods: float, force: float) -> np.ndarray:
    r"""Return the discounted purchases ahead of those who are still customers, shape (n,).

    :math:`\frac{\alpha + x}{\alpha + \beta + n} E_\theta \sum_{j = 1}^m (1 - \theta)^j e^{-kj}`, the j-th opportunity
    being j periods away.
    """
    alpha, beta, gamma, delta = np.exp(theta)
    seen, place = cells.ages
    smallest = max(1 / periods, force)
    chances, weights = beta_weights(gamma, delta + seen, min(smallest, 1.0))
    log_stays = np.log1p(-np.minimum(chances, 1 - 1e-16)) - force
    further = np.exp(log_stays) / -np.expm1(log_stays)
    if np.isfinite(periods):
        further *= -np.expm1(periods * log_stays)
    return (alpha + cells.frequency) / (alpha + beta + cells.age) * (weights @ further)[place]


def starts(cells: PurchaseCells) -> list[np.ndarray]:
    """Return places to start from: chances around the mean, few or many dropouts."""
    places = (1.5, 1.5, 0.6, 2.5), (3.0, 1.05, 0.2, 10.0), (0.5, 2.0, 0.5, 0.5), (9.0, 1.5, 3.0, 9.0)
    chances = [min(more * cells.mean_rate, 0.9) for _, more, _, _ in places]
    return [
        np.log([size * chance, size * (1 - chance), gamma, delta])
        for chance, (size, _, gamma, delta) in zip(chances, places, strict=True)
    ]


BG_BB = PurchaseModel(
    name="BG/BB",
    title="customers may drop out before each opportunity to buy",
    letters=("alpha", "beta", "gamma", "delta"),
    meanings=meanings_of_a_chance("buy", "alpha", "beta") + meanings_of_a_chance("drop out", "gamma", "delta"),
    timed=(),
    terms=terms,
    log_odds_left=log_odds_left,
    ahead=ahead,
    directions=side_by_side(RATIO_AND_SIZE, RATIO_AND_SIZE),
    edges=(
        Edge(0, 14.0, "active customers buy at every opportunity", "a model of dropping out alone", idle=((1, 0.0),)),
        Edge(1, 10.0, "all active customers buy with the same chance", "a binomial number of purchases"),
        Edge(1, -10.0, "an active customer buys either always or never", "a model of dropping out alone"),
        *edges_of_a_chance("at once", "the beta-binomial", "a count of customers"),
    ),
    starts=starts,
    mean_rate=lambda parameters: parameters[0] / (parameters[0] + parameters[1]),
    mean_dropout=mean_chance("before an opportunity"),
)
