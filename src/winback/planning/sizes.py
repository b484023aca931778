r"""How many customers does a question need, one difference or the choice of the best offer?

Two means of :math:`n` and :math:`rn` customers with variances :math:`s_1^2, s_0^2` differ by :math:`d`. The two-sided
test at level :math:`1 - \alpha`, split over :math:`m` comparisons (Bonferroni), finds it with power
:math:`1 - \beta` when

.. math:: n = \frac{(s_1^2 + s_0^2 / r) (z_{1 - \alpha / 2m} + z_{1 - \beta})^2}{d^2}

Between arms of unequal size the trial's interval leans with the skewness :math:`\gamma` of the difference
(`winback.skewness`): the first z gives way to :math:`t`, the studentised quantile at it. The estimate less t of its own
standard errors, which are large where it is itself, has the standard deviation :math:`1 - \gamma t / 2` and about the
same skewness, so the second gives way to :math:`(1 - \gamma t / 2)` times the quantile of a Pearson III distribution of
skewness :math:`\gamma`. Without a lead this is the expansion (1) of `winback.skewness`, to its order.

The trial chooses the offer with the highest mean profit. With :math:`n` customers an arm, true profits
:math:`\theta_j` and variances :math:`s_j^2`, offer :math:`b` is chosen with probability

.. math:: P_b(n) = \int \phi(z) \prod_{j \ne b} \Phi\Big(\frac{\sqrt n (\theta_b - \theta_j) + s_b z}{s_j}\Big) dz

(Bechhofer 1954 for equal variances). The choice is hardest when all others earn the same, :math:`\delta` less than the
best. Choosing loses :math:`\sum_j (\theta_b - \theta_j) P_j` on average; the largest over all true profits is
:math:`c / \sqrt n` (Somerville 1954 for equal variances).

References
----------
Bechhofer, R. E. (1954). A single-sample multiple decision procedure for ranking means of normal populations with known
variances. Annals of Mathematical Statistics 25. Somerville, P. N. (1954). Some problems of optimum sampling.
Biometrika 41.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize, minimize_scalar
from scipy.special import ndtr, ndtri
from scipy.stats import pearson3

from winback.skewness import TOO_SKEWED, studentised_quantile

FEWEST_CUSTOMERS = 2  # customers: below there is no variance
HALVINGS = 50  # of the logarithm of a size: as exact as numbers are
_Z = np.linspace(-8.5, 8.5, 681)
_WEIGHT = np.exp(-(_Z**2) / 2)
_WEIGHT /= _WEIGHT.sum()  # a normal density summed on an even grid: exact to about 1e-14
_COARSE = 4  # every fourth point is enough to search by


def critical_sum(power: ArrayLike, level: float, n_comparisons: int = 1, skewness: ArrayLike = 0.0) -> np.ndarray:
    r"""Return :math:`z_{1 - \alpha / 2m} + z_{1 - \beta}`; never below 0, where any trial has that little power.

    With the ``skewness`` of the difference in the direction that is to be found, it is what takes its place.

    Examples
    --------
    >>> critical_sum(0.8, 0.95).round(3).tolist()
    2.802
    >>> critical_sum(0.8, 0.95, skewness=-0.2).round(2).tolist()   # a small holdout
    3.27
    """
    skewness = _bounded(skewness)
    t = studentised_quantile(ndtri(1 - (1 - level) / 2 / n_comparisons), skewness)
    return np.maximum(t - (1 - skewness * t / 2) * pearson3.ppf(1 - power, skewness), 0.0)


def _bounded(skewness: ArrayLike) -> np.ndarray:
    """Return skewness, no further from 0 than any of this is known to hold; such plans are marked."""
    return np.clip(np.asarray(skewness, dtype=float), -TOO_SKEWED, TOO_SKEWED)


def whole(n: ArrayLike) -> np.ndarray:
    """Return customers as whole numbers, never fewer than promised; a rounding error does not add one.

    Examples
    --------
    >>> whole([20000.32, 7.0000000000001, 0.4]).tolist()
    [20001.0, 7.0, 2.0]
    """
    n = np.asarray(n, dtype=float)
    return np.maximum(np.ceil(n * (1 - 1e-12)), FEWEST_CUSTOMERS)


def customers_for_difference(
    difference: ArrayLike,
    variance: ArrayLike,
    power: float,
    level: float,
    n_comparisons: int = 1,
    skewness: Callable[[np.ndarray], np.ndarray] | None = None,
) -> np.ndarray:
    """Return the customers an arm that find a difference (of whatever sign), as a whole number.

    ``variance`` is the sum of both arms' variances of one customer, the second divided by its size in arms;
    ``skewness`` gives that of the difference, in its own direction, for so many customers an arm.

    Examples
    --------
    >>> customers_for_difference(0.42, 17.7542**2 + 11.5882**2, power=0.8, level=0.95).tolist()
    20001.0
    """
    unit = np.asarray(variance, dtype=float) / np.asarray(difference, dtype=float) ** 2

    def needed(shape):
        return unit * critical_sum(power, level, n_comparisons, shape) ** 2

    if skewness is None:
        return whole(needed(0.0))
    sums = critical_sum(power, level, n_comparisons, np.linspace(-TOO_SKEWED, TOO_SKEWED, 41))
    low, high = (np.log(np.maximum(unit * end**2, FEWEST_CUSTOMERS)) for end in (0.95 * sums.min(), 1.05 * sums.max()))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        enough = np.exp(middle) >= needed(skewness(np.exp(middle))) * (1 - 1e-12)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return whole(np.round(np.exp(high), 6))


def power_for_difference(
    n: ArrayLike,
    difference: ArrayLike,
    variance: ArrayLike,
    level: float,
    n_comparisons: int = 1,
    skewness: ArrayLike = 0.0,
) -> np.ndarray:
    """Return the power that so many customers an arm have; finding the difference the wrong way round is no success.

    ``skewness`` is that of the difference in its own direction, with so many customers.

    Examples
    --------
    >>> power_for_difference(20001, 0.42, 17.7542**2 + 11.5882**2, level=0.95).round(4).tolist()
    0.8
    """
    lead, skewness = np.abs(difference) / np.sqrt(np.asarray(variance, dtype=float) / n), _bounded(skewness)
    t = studentised_quantile(ndtri(1 - (1 - level) / 2 / n_comparisons), skewness)
    return pearson3.sf((t - lead) / (1 - skewness * t / 2), skewness)


def chances_of_each(profit: np.ndarray, variance: np.ndarray, n: float) -> np.ndarray:
    """Return the chance of each offer to have the highest mean in a trial of n customers an arm, shape (k,).

    Examples
    --------
    >>> import numpy as np
    >>> chances_of_each(np.array([1.0, 0.0]), np.array([8.0, 8.0]), n=16).round(4).tolist()   # Phi(1), Phi(-1)
    [0.8413, 0.1587]
    """
    profit = np.asarray(profit, dtype=float)
    return _chances((profit[:, None] - profit) * np.sqrt(n), variance)


def _chances(lead: np.ndarray, variance: np.ndarray, step: int = 1) -> np.ndarray:
    """Return the chance that the row's offer beats all others, which it leads by so much, shape (k,)."""
    spread = np.sqrt(np.asarray(variance, dtype=float))
    beaten = ndtr((lead + spread[:, None] * _Z[::step, None, None]) / spread)
    beaten[:, range(len(spread)), range(len(spread))] = 1.0  # nobody has to beat itself
    weight = _WEIGHT[::step]
    return weight @ beaten.prod(axis=2) / weight.sum()


def chance_of_best(variance: np.ndarray, n: float, profit: np.ndarray | None = None, zone: float | None = None):
    """Return the chance that the best offer is chosen.

    With ``zone`` it holds whatever the true profits, as long as the best leads all others by that much; else at the
    profits given.

    Examples
    --------
    >>> import numpy as np
    >>> round(chance_of_best(np.ones(3), n=1, zone=2.7101), 3)   # Bechhofer's table for three means
    0.95
    """
    if zone is None:
        return float(chances_of_each(profit, variance, n)[np.argmax(profit)])
    return float(_chances(np.full((len(variance), len(variance)), zone * np.sqrt(n)), variance).min())


def customers_for_best(
    probability: float, variance: np.ndarray, profit: np.ndarray | None = None, zone: float | None = None
) -> float:
    """Return the customers an arm with which the best offer is chosen with this probability, as a whole number.

    Examples
    --------
    >>> import numpy as np
    >>> customers_for_best(0.95, np.full(3, 100.0), zone=2.711)
    100.0
    """

    def short(log_n):
        return chance_of_best(variance, np.exp(log_n), profit, zone) - probability

    low, high = np.log(FEWEST_CUSTOMERS), np.log(FEWEST_CUSTOMERS) + 1
    if short(low) >= 0:
        return float(FEWEST_CUSTOMERS)
    while short(high) < 0:
        low, high = high, high + 2
    n = float(np.round(np.exp(brentq(short, low, high, xtol=1e-12)), 6))
    return float(whole(n))


def largest_loss(variance: np.ndarray, n: float = 1.0) -> float:
    r"""Return the most that choosing the highest mean loses per customer on average, whatever the true profits are.

    It is :math:`c / \sqrt n`, with :math:`c` the maximum of :math:`\sum_j (\theta_b - \theta_j) P_j(1)` over all true
    profits. It is searched for from one offer being best and all others alike, which is the worst case when variances
    are equal.

    Examples
    --------
    >>> import numpy as np
    >>> round(largest_loss(np.array([0.5, 0.5])), 4)   # two offers: the maximum of x Phi(-x)
    0.17
    """
    k, spread = len(variance), np.sqrt(np.max(variance))
    if k < 2:
        return 0.0
    unit = np.asarray(variance, dtype=float) / spread**2

    def gain(behind, best, step=_COARSE):
        profit = -np.insert(behind, best, 0.0)
        return float(_chances(profit[:, None] - profit, unit, step) @ profit)

    losses = []
    for best in range(k):
        alike = minimize_scalar(lambda gap, b=best: gain(np.full(k - 1, gap), b), bounds=(0.01, 8), method="bounded")
        start, bounds = np.full(k - 1, alike.x), [(0.0, 12.0)] * (k - 1)
        worst = minimize(gain, start, args=(best,), method="L-BFGS-B", bounds=bounds).x
        losses += [-gain(start, best, step=1), -gain(worst, best, step=1)]
    return float(max(losses) * spread / np.sqrt(n))


def customers_for_loss(loss: float, variance: np.ndarray) -> float:
    """Return the customers an arm with which a choice never loses more per customer on average, as a whole number.

    Examples
    --------
    >>> import numpy as np
    >>> customers_for_loss(0.017, np.array([0.5, 0.5]))
    100.0
    """
    return float(whole((largest_loss(variance) / loss) ** 2))
