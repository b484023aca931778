r"""How likely is what customers spend, and do frequent buyers spend more? The gamma-gamma model [1]_.

A purchase is worth :math:`z \sim \Gamma(p, \nu)`, and customers differ by :math:`\nu \sim \Gamma(q, v)`. A customer
whose x repeat purchases are worth :math:`\bar z` on average contributes (equation 1a)

.. math:: \frac{\Gamma(p x + q)}{\Gamma(p x) \Gamma(q)}
          \frac{v^q \bar z^{p x - 1} x^{p x}}{(v + x \bar z)^{p x + q}}

The model takes spend to be unrelated to frequency; `correlation` tells whether it is.

References
----------
.. [1] Fader, P. S. & Hardie, B. G. S. (2013). The gamma-gamma model of monetary value.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from winback.purchases.cells import Cells
from winback.purchases.maximum import Maximum, Problem, maximise
from winback.purchases.model import Edge
from winback.uncertainty import normal_quantile

LETTERS = ("p", "q", "v")
MEANINGS = (
    "how alike one customer's purchases are (shape)",
    "how alike customers are (shape)",
    "scale of spend: mean = p v / (q - 1)",
)
DIRECTIONS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, -1.0, 1.0]])  # log p, log q, log(p v / q)
EDGES = (
    Edge(0, 10.0, "every purchase of a customer is worth the same", "a gamma distribution of customers' spend"),
    Edge(1, 10.0, "customers do not differ in what they spend", "one gamma distribution of all purchases"),
    Edge(1, -10.0, "customers differ without bound in what they spend", "a list of what each spent"),
)
WEAK, STRONG = 0.2, 0.4  # correlations


@dataclass(frozen=True)
class SpendCells(Cells):
    """Repeat buyers and what they spend, as a share of the mean."""

    frequency: np.ndarray  # (n,) repeat purchases
    spend: np.ndarray  # (n,) average of these

    @cached_property
    def frequencies(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct frequencies, and the place of each cell's among them."""
        distinct, place = np.unique(self.frequency, return_inverse=True)
        return distinct.astype(float), place

    @cached_property
    def totals(self) -> np.ndarray:
        """What each spent on all repeat purchases."""
        return self.frequency * self.spend

    @cached_property
    def log_totals(self) -> np.ndarray:
        """Logarithms of the totals."""
        return np.log(self.totals)

    @cached_property
    def log_spend(self) -> np.ndarray:
        """Logarithms of the averages."""
        return np.log(self.spend)

    def thinned(self, size: int) -> SpendCells:
        """Return about so many customers, at equal distances in the order of what they spend."""
        return Cells.thinned(self.part(np.lexsort((self.spend, self.frequency))), size)


def terms(theta: np.ndarray, cells: SpendCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-likelihood of each cell (n,) and its slopes in log p, log q and log v (3, n)."""
    p, q, v = np.exp(theta)
    distinct, place = cells.frequencies
    shape = p * distinct
    gammas = gammaln(shape + q) - gammaln(shape) - gammaln(q)
    by_both = digamma(shape + q)
    by_p, by_q = shape * (by_both - digamma(shape)), q * (by_both - digamma(q))
    relative = np.log1p(cells.totals / v)
    known = (cells.log_totals - theta[2]) - relative  # log of total / (v + total)
    shape = shape[place]
    values = gammas[place] + shape * known - q * relative - cells.log_spend
    share = v / (v + cells.totals)
    slopes = np.stack([by_p[place] + shape * known, by_q[place] - q * relative, q - (shape + q) * share])
    return values, slopes


def curvature(theta: np.ndarray, cells: SpendCells) -> np.ndarray:
    """Return the second derivatives of the log-likelihood in log p, log q and log v, shape (3, 3)."""
    p, q, v = np.exp(theta)
    distinct, place = cells.frequencies
    customers = np.bincount(place, weights=cells.counts)
    by_p, by_q, _ = terms(theta, cells)[1] @ cells.counts
    shape, share = p * distinct, cells.counts * (v / (v + cells.totals))
    bend = polygamma(1, shape + q)
    times, once, rest = p * (share @ cells.frequency), share.sum(), cells.totals / (v + cells.totals)
    pp = by_p + customers @ (shape**2 * (bend - polygamma(1, shape)))
    qq = by_q + q**2 * (customers @ bend - customers.sum() * polygamma(1, q))
    pq, qv = q * (customers @ (shape * bend)), q * (customers.sum() - once)
    vv = -p * ((share * rest) @ cells.frequency) - q * (share @ rest)
    return np.array([[pp, pq, -times], [pq, qq, qv], [-times, qv, vv]])


LIKELIHOOD = Problem(terms, DIRECTIONS, EDGES, curvature)


def starts(cells: SpendCells) -> list[np.ndarray]:
    """Return places to start from; the mean spend is one."""
    return [np.log([p, q, (q - 1) / p]) for p, q in ((4.0, 4.0), (1.0, 3.0), (30.0, 3.0), (4.0, 30.0))]


@dataclass(frozen=True)
class Fitted:
    """The model at the maximum of its likelihood."""

    found: Maximum
    parameters: np.ndarray  # p, q and v, v in the unit of the means that were given
    log_likelihood: float  # of these means


def fitted(times: np.ndarray, means: np.ndarray, counts: np.ndarray) -> Fitted:
    """Fit the model to customers' means over so many times, each row standing for ``counts`` customers."""
    n = float(counts.sum())
    unit = float(counts @ means) / n
    cells = SpendCells(times, means / unit, counts=counts)
    found = maximise(LIKELIHOOD, starts(cells), cells)
    return Fitted(found, np.exp(found.theta) * (1, 1, unit), found.log_likelihood - n * float(np.log(unit)))


def conditional_mean(theta: np.ndarray, frequency: np.ndarray, spend: np.ndarray) -> np.ndarray:
    r"""Return the expected spend per purchase, given that of so many purchases.

    :math:`E(Z \mid \bar z, x) = p (v + x \bar z) / (p x + q - 1)` (equation 5). Without a repeat purchase it is the
    mean of all customers, :math:`p v / (q - 1)`; where q is at most 1 that mean is not finite, nor is the answer.

    Examples
    --------
    >>> theta = np.log([6.25, 3.74, 15.44])
    >>> conditional_mean(theta, np.array([2, 0]), np.array([22.35, 0.0])).round(2).tolist()
    [24.66, 35.22]
    """
    p, q, v = np.exp(theta)
    over = p * frequency + q - 1
    return np.where(over > 0, p * (v + frequency * spend) / np.where(over > 0, over, 1.0), np.inf)


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
