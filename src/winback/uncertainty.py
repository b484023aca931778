r"""How sure is this figure? Intervals for means, shares and ratios, one at a time or all together.

Every function is plain arithmetic on estimates and their variances, works on arrays, and is exact about what it
cannot say: a ratio whose interval has no end is reported without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg.lapack import dpstrf
from scipy.special import gammaincinv, ndtri
from scipy.stats import qmc

from winback.clusters import error_of_mean

DRAWS = 2**15  # quasi-random points: critical values to about 2e-3, probabilities to about 1e-3


def normal_quantile(level: float = 0.95) -> float:
    """Return the z of a two-sided interval.

    Examples
    --------
    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    if not isinstance(level, Real) or not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, such as 0.95; got {level!r}.")
    return float(ndtri(0.5 + level / 2))


def normal_interval(estimate: ArrayLike, std_error: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of the normal interval, estimate -/+ z std_error.

    Examples
    --------
    >>> low, high = normal_interval(0.2849, 0.0726)
    >>> round(float(low), 4), round(float(high), 4)
    (0.1426, 0.4272)
    """
    margin = normal_quantile(level) * np.asarray(std_error, dtype=float)
    return np.asarray(estimate) - margin, np.asarray(estimate) + margin


def mean_interval(values: ArrayLike, level: float = 0.95, clusters: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """Return mean, its standard error, low and high of the normal interval, over the first axis.

    Customers of one of the ``clusters``, shape (n,), may do alike, see `winback.clusters`.

    Examples
    --------
    >>> [round(float(figure), 3) for figure in mean_interval([1.0, 2.0, 3.0, 6.0])]
    [3.0, 1.08, 0.883, 5.117]
    """
    values = np.asarray(values, dtype=float)
    mean, error = values.mean(axis=0), error_of_mean(values, clusters)
    return mean, error, *normal_interval(mean, error, level)


def share_interval(n_yes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of Wilson's (1927) interval for a share, good also near 0 and 1.

    Examples
    --------
    >>> low, high = share_interval(0, 100)
    >>> round(float(low), 4), round(float(high), 4)
    (0.0, 0.037)
    """
    n_yes, n = np.asarray(n_yes, dtype=float), np.asarray(n, dtype=float)
    z2 = normal_quantile(level) ** 2
    centre = (n_yes + z2 / 2) / (n + z2)
    margin = np.sqrt(z2) / (n + z2) * np.sqrt(n_yes * (n - n_yes) / n + z2 / 4)
    share = n_yes / n  # never beyond an end by rounding: of nobody at all the low end is 0
    return np.clip(np.minimum(centre - margin, share), 0, 1), np.clip(np.maximum(centre + margin, share), 0, 1)


def count_interval(count: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of Garwood's (1936) exact interval for an expected count (Poisson).

    Examples
    --------
    >>> low, high = count_interval([0, 10])
    >>> low.round(2).tolist(), high.round(2).tolist()
    ([0.0, 4.8], [3.69, 18.39])
    """
    count, tail = np.asarray(count, dtype=float), 0.5 - level / 2
    low = np.where(count > 0, gammaincinv(np.maximum(count, 1), tail), 0.0)
    return low, gammaincinv(count + 1, 1 - tail)


def shares_together(n_yes: ArrayLike, n: ArrayLike, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    r"""Return low and high of several shares such that all of them hold at once, shape (k,) each.

    Each is Wilson's at the level :math:`1 - (1 - \text{level}) / k`. For the shares of a multinomial these are those of
    Goodman (1965); by Bonferroni's inequality they hold also where one customer counts in several shares.

    Examples
    --------
    >>> low, high = shares_together([20, 30, 50], 100)
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.122, 0.204, 0.384], [0.311, 0.418, 0.616])
    """
    return share_interval(n_yes, n, 1 - (1 - level) / max(np.size(n_yes), 1))


def share_difference(
    n_yes: ArrayLike, n: ArrayLike, n_yes_others: ArrayLike, n_others: ArrayLike, level: float = 0.95
) -> tuple[np.ndarray, ...]:
    """Return how far a share lies above that of others, with low and high by Newcombe's (1998) method 10.

    It joins the two Wilson intervals, so it is good also for few and for shares near 0 and 1; missing where one of the
    groups is empty.

    Examples
    --------
    >>> [round(float(figure), 4) for figure in share_difference(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    counts = np.broadcast_arrays(*(np.asarray(count, dtype=float) for count in (n_yes, n, n_yes_others, n_others)))
    counts = [np.where((counts[1] > 0) & (counts[3] > 0), count, np.nan) for count in counts]
    share, others = counts[0] / counts[1], counts[2] / counts[3]
    (low, high), (low_others, high_others) = (share_interval(*counts[at : at + 2], level) for at in (0, 2))
    difference = share - others
    down, up = np.hypot(share - low, high_others - others), np.hypot(high - share, others - low_others)
    return difference, difference - down, difference + up


@dataclass(frozen=True)
class RatioInterval:
    """A ratio with Fieller's interval; arrays of one shape."""

    ratio: np.ndarray
    low: np.ndarray  # -inf where unbounded
    high: np.ndarray  # +inf where unbounded
    bounded: np.ndarray  # False: the data do not bound the ratio at this level


def fieller_interval(
    numerator: ArrayLike,
    denominator: ArrayLike,
    var_numerator: ArrayLike,
    var_denominator: ArrayLike,
    covariance: ArrayLike,
    level: float = 0.95,
) -> RatioInterval:
    r"""Return a ratio of two estimates with Fieller's interval.

    The interval is the set :math:`\{q : (a - q b)^2 \le z^2 (v_a - 2 q c_{ab} + q^2 v_b)\}` (Fieller 1954). It is
    bounded exactly when the denominator differs from zero at the same level; otherwise the ends are infinite and
    ``bounded`` is False. With a denominator known exactly it is the normal interval divided by it.

    The estimates are :math:`a` and :math:`b`; the ratio is NaN where the denominator is zero.

    Examples
    --------
    >>> interval = fieller_interval(0.2849, 0.10, 0.0726**2, 0.0, 0.0)
    >>> round(float(interval.low), 2), round(float(interval.high), 2)
    (1.43, 4.27)
    """
    a, b, va, vb, cab = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (numerator, denominator, var_numerator, var_denominator, covariance))
    )
    z2 = normal_quantile(level) ** 2
    square, half, rest = b**2 - z2 * vb, a * b - z2 * cab, a**2 - z2 * va
    bounded = square > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(half**2 - square * rest, 0))
        low = np.where(bounded, (half - root) / square, -np.inf)
        high = np.where(bounded, (half + root) / square, np.inf)
        ratio = np.where(b != 0, a / b, np.nan)
    return RatioInterval(ratio, low, high, bounded)


def normal_draws(covariance: ArrayLike) -> np.ndarray:
    """Return quasi-random draws of k estimates' joint error, the same at every call: normal, of shape (32768, k).

    Their covariance, of shape (k, k), may be singular.

    Examples
    --------
    >>> normal_draws([[4.0]]).std().round(2)
    np.float64(2.0)
    """
    covariance = np.atleast_2d(np.asarray(covariance, dtype=float))
    return (_root(covariance) @ _standard_draws(len(covariance))).T


@lru_cache(maxsize=8)  # a few megabytes each; many comparisons in a row are of as many offers
def _standard_draws(k: int) -> np.ndarray:
    """Return draws of k independent standard normal errors, shape (k, 32768)."""
    points = qmc.Sobol(k, rng=np.random.default_rng(20160301)).random(DRAWS)
    return ndtri(np.clip(points.T, 1e-12, 1 - 1e-12))


def _root(covariance: np.ndarray) -> np.ndarray:
    """Return a root of a covariance by pivoted Cholesky, which singular ones have, too.

    It is the same on every machine; eigenvectors of equal eigenvalues are the processor's choice. The evenest
    quasi-random dimensions, the first ones, go to the surest estimates.
    """
    factor, order, rank, _ = dpstrf(covariance, lower=1)
    factor = np.tril(factor)
    factor[:, rank:] = 0.0
    root = np.empty_like(factor)
    root[order - 1] = factor
    return root[:, ::-1]


def max_t_quantile(errors: np.ndarray, level: float = 0.95) -> float:
    """Return the critical value that makes several intervals hold together (single-step max-t).

    Each interval is estimate -/+ value x std_error; the chance that all of them hold is ``level``. This accounts for
    the correlation between the estimates and for unequal variances (Hothorn, Bretz & Westfall 2008).

    The errors are from `normal_draws`, (n_draws, k); estimates known exactly are passed over.

    Examples
    --------
    >>> round(max_t_quantile(normal_draws(np.eye(2))), 2)   # two independent estimates: z of (1 + sqrt(.95)) / 2
    2.24
    """
    normal_quantile(level)
    by_estimate = errors.T
    spread = by_estimate.std(axis=1)
    moving = spread > 1e-7 * spread.max(initial=0.0)  # the rest is known exactly, but for rounding
    if moving.sum() < 2:
        return normal_quantile(level)
    largest = (np.abs(by_estimate[moving]) / spread[moving, None]).max(axis=0)
    return float(max(np.quantile(largest, level), normal_quantile(level)))


def best_probability(estimates: ArrayLike, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Return each option's probability of being best, and what choosing it is expected to lose.

    With a flat prior the true values are the k estimates, of which larger is better, plus their joint error from
    `normal_draws`, (n_draws, k). The expected loss of option k is :math:`E[\max_j \theta_j] - \theta_k`.

    Examples
    --------
    >>> chance, loss = best_probability([1.422617, 1.077202], normal_draws(np.diag([0.014794, 0.010684])))
    >>> chance.round(3).tolist(), loss.round(4).tolist()
    ([0.985, 0.015], [0.0009, 0.3463])
    """
    possible = np.asarray(estimates, dtype=float)[:, None] + errors.T
    highest = possible.max(axis=0)
    is_best = possible == highest
    return (is_best / is_best.sum(axis=0)).mean(axis=1), highest.mean() - possible.mean(axis=1)
