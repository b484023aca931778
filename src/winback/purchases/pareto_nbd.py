r"""Who buys again, when customers may drop out at any time? The Pareto/NBD model [1]_.

While active a customer buys at a rate :math:`\lambda \sim \Gamma(r, \alpha)`; the time until dropping out is
exponential with rate :math:`\mu \sim \Gamma(s, \beta)`. With x repeat purchases, the last at :math:`t_x`, seen until T:

.. math:: L = \frac{\Gamma(r + x)}{\Gamma(r)} \alpha^r \beta^s \left\{(\alpha + T)^{-(r + x)} (\beta + T)^{-s}
          + s \int_{t_x}^T (\alpha + y)^{-(r + x)} (\beta + y)^{-(s + 1)}\,dy\right\}

the second part over the first being the odds of having dropped out. The integral is taken as it stands, by
Gauss-Legendre quadrature in :math:`\log(m + y)` with m the smaller of alpha and beta, where the integrand is smooth;
a customer whose integrand falls steeply gets several panels. No hypergeometric function is evaluated.

References
----------
.. [1] Schmittlein, D. C., Morrison, D. G. & Colombo, R. (1987). Counting your customers. Management Science 33; Fader,
   P. S. & Hardie, B. G. S. (2005). A note on deriving the Pareto/NBD model and related expressions.
"""

from __future__ import annotations

import numpy as np
from scipy.special import exprel

from winback.periods import Period
from winback.purchases.cells import PurchaseCells
from winback.purchases.mixtures import discounted
from winback.purchases.model import (
    FEW_BUY,
    NEVER,
    NOBODY,
    NOBODY_LEAVES,
    RATE_AND_SHAPE,
    RATE_MEANINGS,
    SAME_RATE,
    SOME,
    Edge,
    PurchaseModel,
    log_odds_and_share,
    log_rising,
    side_by_side,
)

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(10)
POINTS, WEIGHTS = (POINTS[:, None] + 1) / 2, WEIGHTS[:, None] / 2
FALL_PER_PANEL = 6.0  # in log integrand: 10 nodes are then exact to 1e-13
LENGTH_PER_PANEL = 2.5  # in log(m + y)
FARTHEST = 45.0  # beyond a fall of exp(-45) nothing is added
MOST_PANELS = 128
CHUNK = 8192
WEEKS_BELOW, MONTHS_BELOW = 0.5, 2.0  # years, up to which a time is told in the smaller unit


def time_of_leaving(parameters: np.ndarray, cells: PurchaseCells, means: bool = True) -> np.ndarray:
    """Integrate over the time y of leaving, from the last purchase to the end of the data, shape (5 or 1, n).

    Returned are the log of the integral, relative to the integrand at the last purchase, and under the integrand the
    means of log(1 + y / alpha), log(1 + y / beta), alpha / (alpha + y) and beta / (beta + y).
    """
    out = np.empty((5 if means else 1, len(cells)))
    for start in range(0, len(cells), CHUNK):
        rows = slice(start, start + CHUNK)
        out[:, rows] = _integrals(parameters, cells.frequency[rows], cells.recency[rows], cells.age[rows], means)
    with np.errstate(divide="ignore"):
        out[0] = np.log(out[0])
    return out


def _integrals(parameters, x, last, end, means):
    r, alpha, s, beta = parameters
    shape, least = r + x, min(alpha, beta)
    with np.errstate(over="ignore", divide="ignore"):
        furthest = (alpha + last) * np.expm1(FARTHEST / np.maximum(shape - 1, 0))
    span = np.minimum(end - last, furthest)
    length = np.log1p(span / (least + last))
    until = last + span
    fall = (least + until) * (shape / (alpha + until) + (s + 1) / (beta + until)) * length
    panels = np.clip(np.ceil(np.maximum(fall / FALL_PER_PANEL, length / LENGTH_PER_PANEL)), 1, MOST_PANELS).astype(int)
    if (panels == 1).all():
        return _quadrature(parameters, shape, last, length, 0.0, means=means)
    row = np.repeat(np.arange(len(x)), panels)
    first = np.cumsum(panels) - panels
    piece = (length / panels)[row]
    begin = piece * (np.arange(len(row)) - first[row])
    parts = _quadrature(parameters, shape[row], last[row], piece, begin, means=means)
    parts[1:] *= parts[0]
    sums = np.add.reduceat(parts, first, axis=1)
    sums[1:] /= np.where(sums[0] > 0, sums[0], 1.0)
    return sums


def _quadrature(parameters, shape, last, length, start, *, means):
    """Return the integral of one panel for each row, and means under the integrand; shape (5 or 1, n)."""
    _, alpha, s, beta = parameters
    alpha_is_least = alpha <= beta
    least, other = (alpha, beta) if alpha_is_least else (beta, alpha)
    log_least = POINTS * length
    log_least += start  # log{(m + y) / (m + t_x)}
    grown = np.exp(log_least)
    log_other = np.log(((other - least) + (least + last) * grown) / (other + last))
    log_alpha, log_beta = (log_least, log_other) if alpha_is_least else (log_other, log_least)
    weights = np.exp(-shape * log_alpha - (s + 1) * log_beta + log_least) * WEIGHTS
    total = weights.sum(axis=0)
    integral = total * (length * (least + last))
    if not means:
        return integral[None]
    weights /= np.where(total > 0, total, 1.0)
    means_of = [np.einsum("ij,ij->j", weights, each) for each in (log_alpha, log_beta)]
    np.reciprocal(grown, out=grown)
    share_least = np.einsum("ij,ij->j", weights, grown) * (least / (least + last))
    share_other = np.einsum("ij,ij->j", weights, np.exp(-log_other)) * (other / (other + last))
    shares = (share_least, share_other) if alpha_is_least else (share_other, share_least)
    log_alpha, log_beta = means_of[0] + np.log1p(last / alpha), means_of[1] + np.log1p(last / beta)
    return np.stack([integral, log_alpha, log_beta, *shares])


def _parts(parameters, cells):
    """Return the log of both parts of the likelihood, without what they share, and log(1 + T / alpha), ... of ages."""
    r, alpha, s, beta = parameters
    x, (ages, age), (times, recency) = cells.frequency, cells.ages, cells.recencies
    waits = [np.log1p(ages / alpha)[age], np.log1p(ages / beta)[age]]
    lasts = [np.log1p(times / alpha)[recency], np.log1p(times / beta)[recency]]
    here = -(r + x) * waits[0] - s * waits[1]
    left = np.log(s) - np.log(beta) - (r + x) * lasts[0] - (s + 1) * lasts[1]
    return here, left, waits


def log_odds_left(theta: np.ndarray, cells: PurchaseCells) -> np.ndarray:
    """Return the log odds of having dropped out by the end of the data, shape (n,)."""
    parameters = np.exp(theta)
    here, left, _ = _parts(parameters, cells)
    return left + time_of_leaving(parameters, cells, means=False)[0] - here


def terms(theta: np.ndarray, cells: PurchaseCells) -> tuple[np.ndarray, np.ndarray]:
    """Return the log-likelihood of each cell (n,) and its slopes (4, n)."""
    parameters = np.exp(theta)
    r, alpha, s, beta = parameters
    x, (ages, age) = cells.frequency, cells.ages
    here, left, (wait_alpha, wait_beta) = _parts(parameters, cells)
    log_integral, log_alpha, log_beta, gone_alpha, gone_beta = time_of_leaving(parameters, cells)
    left += log_integral
    log_either, gone = log_odds_and_share(left - here)
    bought, by_bought = log_rising(r, cells.most)
    values = bought[x] - x * theta[1] + here + log_either
    stays = 1 - gone
    share_alpha, share_beta = (alpha / (alpha + ages))[age], (beta / (beta + ages))[age]
    by_r = by_bought[x] - r * (stays * wait_alpha + gone * log_alpha)
    by_alpha = r - (r + x) * (stays * share_alpha + gone * gone_alpha)
    by_s = gone - s * (stays * wait_beta + gone * log_beta)
    by_beta = s * stays * (1 - share_beta) + gone * (s - (s + 1) * gone_beta)
    return values, np.stack([by_r, by_alpha, by_s, by_beta])


def ahead(theta: np.ndarray, cells: PurchaseCells, periods: float, force: float) -> np.ndarray:
    r"""Return the discounted purchases ahead of those who are still customers, shape (n,).

    Up to t, :math:`\frac{r + x}{\alpha + T} \frac{\beta + T}{s - 1} \{1 - [(\beta + T) / (\beta + T + t)]^{s - 1}\}`.
    """
    r, alpha, s, beta = np.exp(theta)
    ages, place = cells.ages
    wait = beta + ages

    def until(time):
        length = np.log1p(time / wait)
        return wait * length * exprel((1 - s) * length)

    months = discounted(until, periods, force, float((wait / max(s, 1.0)).min()))
    return (r + cells.frequency) / (alpha + cells.age) * months[place]


def starts(cells: PurchaseCells) -> list[np.ndarray]:
    """Return places to start from: rates around the mean, few or many dropouts."""
    span = float(cells.counts @ cells.age) / float(cells.counts.sum())
    places = (0.6, 1.6, 0.6, 0.4), (1.0, 1.05, 0.5, 10.0), (0.3, 3.0, 1.0, 0.3), (3.0, 1.2, 2.0, 2.0)
    return [np.log([r, r / (more * cells.mean_rate), s, wait * span]) for r, more, s, wait in places]


def describe_dropout(parameters: np.ndarray, period: Period) -> str:
    """Say how long customers stay, in a unit in which the figure is easily read.

    Examples
    --------
    >>> describe_dropout(np.array([1.0, 1.0, 1.0, 18.04]), Period(1, "W"))
    'half of all new customers have dropped out after 18 weeks'
    """
    _, _, s, beta = parameters
    years = beta * np.expm1(min(np.log(2) / s, 700.0)) * period.years
    if years > 100:
        return "fewer than half of all new customers drop out within 100 years"
    unit = Period(1, "W" if years < WEEKS_BELOW else "M" if years < MONTHS_BELOW else "Y")
    if years < unit.years:
        return f"half of all new customers have dropped out within a {unit.in_words}"
    number = years / unit.years
    return f"half of all new customers have dropped out after {unit.count(round(number, 0 if number >= 10 else 1))}"


PARETO_NBD = PurchaseModel(
    name="Pareto/NBD",
    title="customers may drop out at any time",
    letters=("r", "alpha", "s", "beta"),
    meanings=(
        *RATE_MEANINGS,
        "how alike dropout rates are (shape)",
        "scale of dropout rates: mean rate = s / beta",
    ),
    timed=(1, 3),
    terms=terms,
    log_odds_left=log_odds_left,
    ahead=ahead,
    directions=side_by_side(RATE_AND_SHAPE, RATE_AND_SHAPE),
    edges=(
        SAME_RATE,
        FEW_BUY,
        Edge(2, -14.0, NOBODY_LEAVES, "the NBD", idle=((3, NEVER),), held=NEVER, leave=NOBODY),
        Edge(3, 12.0, "all customers drop out at the same rate", "a model with one dropout rate"),
        Edge(3, -14.0, NOBODY_LEAVES, "the NBD", idle=((2, NEVER),), held=NEVER, leave=NOBODY),
        Edge(2, 25.0, "a customer either drops out at once or never", "the NBD with a share that leaves", leave=SOME),
    ),
    starts=starts,
    mean_rate=lambda parameters: parameters[0] / parameters[1],
    mean_dropout=describe_dropout,
)
