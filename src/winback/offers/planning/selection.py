r"""How many customers does the choice of the best offer need? Chance of choosing it, and loss when another is chosen.

The trial chooses the offer with the highest mean profit. With :math:`n` customers an arm, true profits
:math:`\theta_j` and variances :math:`s_j^2`, offer :math:`b` is chosen with probability

.. math:: P_b(n) = \int \phi(z) \prod_{j \ne b} \Phi\Big(\frac{\sqrt n (\theta_b - \theta_j) + s_b z}{s_j}\Big) dz

(Bechhofer 1954 for equal variances). The choice is hardest when all others earn the same, :math:`\delta` less than the
best. Its expected loss is then :math:`\delta (1 - P_b)`; the largest over all :math:`\delta` is :math:`c / \sqrt n`,
whatever the true profits are (Somerville 1954).

References
----------
Bechhofer, R. E. (1954). A single-sample multiple decision procedure for ranking means of normal populations with known
variances. Annals of Mathematical Statistics 25. Somerville, P. N. (1954). Some problems of optimum sampling.
Biometrika 41.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr

from winback.offers.planning.sizes import LEAST, whole

_Z = np.linspace(-8.5, 8.5, 681)
_WEIGHT = np.exp(-(_Z**2) / 2)
_WEIGHT /= _WEIGHT.sum()  # a normal density summed on an even grid: exact to about 1e-14


def chance_of(best: int, profit: np.ndarray, variance: np.ndarray, n: float) -> float:
    """Return the chance that one offer has the highest mean in a trial of n customers an arm.

    Parameters
    ----------
    best : int
        Position of that offer.
    profit, variance : numpy.ndarray, shape (k,)
        True profit per customer, and variance of one customer's profit.
    n : float
        Customers an arm.

    Examples
    --------
    >>> import numpy as np
    >>> round(chance_of(0, np.array([1.0, 0.0]), np.array([8.0, 8.0]), n=16), 4)   # Phi(1 / (sqrt(16) / 4))
    0.8413
    """
    spread = np.sqrt(np.asarray(variance, dtype=float))
    lead = np.delete(profit[best] - np.asarray(profit, dtype=float), best) * np.sqrt(n)
    beaten = ndtr((lead + spread[best] * _Z[:, None]) / np.delete(spread, best))
    return float(_WEIGHT @ beaten.prod(axis=1))


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
        return chance_of(int(np.argmax(profit)), profit, variance, n)
    offers = np.eye(len(variance)) * zone
    return min(chance_of(best, offers[best], variance, n) for best in range(len(variance)))


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

    low, high = np.log(LEAST), np.log(LEAST) + 1
    if short(low) >= 0:
        return float(LEAST)
    while short(high) < 0:
        low, high = high, high + 2
    n = float(np.round(np.exp(brentq(short, low, high, xtol=1e-12)), 6))
    return float(whole(n))


def largest_loss(variance: np.ndarray, n: float = 1.0) -> float:
    r"""Return the most that choosing the highest mean loses per customer on average, whatever the true profits.

    It is :math:`c / \sqrt n` with :math:`c = \max_{b, \delta} \delta (1 - P_b)`.

    Examples
    --------
    >>> import numpy as np
    >>> round(largest_loss(np.array([0.5, 0.5])), 4)   # two offers: the maximum of x Phi(-x)
    0.17
    """
    k, scale = len(variance), np.sqrt(np.max(variance))
    if k < 2:
        return 0.0

    def gain(delta, best):
        return -delta * (1 - chance_of(best, np.eye(k)[best] * delta, variance, 1.0))

    searches = [
        minimize_scalar(gain, bounds=(0.01 * scale, 8 * scale), args=(best,), method="bounded") for best in range(k)
    ]
    return float(max(-search.fun for search in searches) / np.sqrt(n))


def customers_for_loss(loss: float, variance: np.ndarray) -> float:
    """Return the customers an arm with which a choice never loses more per customer on average, as a whole number.

    Examples
    --------
    >>> import numpy as np
    >>> customers_for_loss(0.017, np.array([0.5, 0.5]))
    100.0
    """
    return float(whole((largest_loss(variance) / loss) ** 2))
