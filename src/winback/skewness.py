r"""How far does skewed money bend an interval? Few customers carry most of it, and groups of unequal size show that.

A group that happens to lack large amounts has a low mean and, with it, a small standard error: it looks surely low. Two
groups of one size do that to each other and it cancels; between a small holdout and large arms it does not. With
:math:`\kappa_3` and :math:`\sigma^2` the third cumulant and the variance of an estimate and :math:`\gamma = \kappa_3 /
\sigma^3`, the studentised estimate is distributed as

.. math:: P(T \le x) = \Phi(x) + \frac{\gamma}{6} (2 x^2 + 1) \varphi(x) + O(n^{-1})                           \tag{1}

(Hall 1992a, section 3.3). So the interval's end on the long side is moved out by the Cornish-Fisher term, the end on
the short side is drawn in by the inverse of Hall's (1992b, equation 2.3) cubic, which never crosses the estimate,

.. math:: z + \tfrac{|\gamma|}{6} (2 z^2 + 1) \qquad\text{and}\qquad
          g^{-1}(z) = \tfrac{3}{\gamma} \left[ \left(1 + \gamma (z - \tfrac{\gamma}{6})\right)^{1/3} - 1 \right] \tag{2}

Both agree with (1) to the order given. Beyond it the cubic's long end rises to eight standard errors and falls again,
and the Cornish-Fisher short end crosses the estimate, so each is used where it stays in order. A small group hides its
own skewness exactly when it misleads. So :math:`\kappa_3 / \sigma^2`, a length in money, comes from all compared
groups together (`winback.trial.moments.skew_length`); divided by the standard error it is :math:`\gamma`.

References: Hall, P. (1992a). The Bootstrap and Edgeworth Expansion. Hall, P. (1992b). On the removal of skewness by
transformation. Journal of the Royal Statistical Society B 54.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from winback.uncertainty import RatioInterval, fieller_interval, mean_interval, normal_quantile

DOUBTFUL = 0.01  # first term of (1) above which the tail of a plain interval is off by more than this
TOO_SKEWED = 1.0  # skewness from which on even (2) was found to be off by more than a hundredth, or nearly endless
ROUNDS = 60  # of the search for a ratio's ends; a handful is enough
MOST_DOUBLINGS = 20  # doublings of the way to a plain end within which an end is looked for: a million times as far


def studentised_quantile(z: ArrayLike, skewness: ArrayLike) -> np.ndarray:
    """Return the quantile of a studentised estimate at which a normal one has ``z``, by (2).

    Examples
    --------
    >>> studentised_quantile([-1.96, 1.96], -0.2).round(2).tolist()
    [-1.72, 2.25]
    >>> studentised_quantile(1.96, 0.0).tolist()
    1.96
    """
    z, skewness = np.broadcast_arrays(np.asarray(z, dtype=float), np.asarray(skewness, dtype=float))
    root = np.cbrt(1 + skewness * (z - skewness / 6))
    short = (z - skewness / 6) / ((root**2 + root + 1) / 3)
    short = np.where(short * z > 0, short, 0.0)  # beyond a skewness of 6 z: the estimate itself
    return np.where(z * skewness < 0, z - skewness * (2 * z**2 + 1) / 6, short)


def skewed_interval(
    estimate: ArrayLike, std_error: ArrayLike, length: ArrayLike, reach: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of an interval that allows for skewness.

    Parameters
    ----------
    estimate, std_error : array_like
    length : array_like
        Third cumulant over variance of the estimate, in its unit; 0 gives the normal interval.
    reach : array_like
        Standard errors that the interval would reach if the estimate were normal, such as 1.96.

    Examples
    --------
    >>> low, high = skewed_interval(10.0, 2.0, -0.4, 1.96)
    >>> round(float(low), 2), round(float(high), 2)
    (5.5, 13.44)
    """
    estimate, std_error = np.asarray(estimate, dtype=float), np.asarray(std_error, dtype=float)
    skewness = standardised(length, std_error)
    low, high = (studentised_quantile(end * np.asarray(reach, dtype=float), skewness) for end in (1, -1))
    return estimate - std_error * low, estimate - std_error * high


def skewed_mean(
    values: ArrayLike, length: ArrayLike, level: float = 0.95, clusters: np.ndarray | None = None
) -> tuple[np.ndarray, ...]:
    """Return mean, its standard error, low and high over the first axis, allowing for skewness of this length.

    The error allows for ``clusters``, shape (n,), see `winback.clusters`.

    Examples
    --------
    >>> [round(float(figure), 3) for figure in skewed_mean([1.0, 2.0, 3.0, 6.0], 0.0)]
    [3.0, 1.08, 0.883, 5.117]
    """
    mean, error, *_ = mean_interval(values, level, clusters)
    return mean, error, *skewed_interval(mean, error, length, normal_quantile(level))


def standardised(length: ArrayLike, std_error: ArrayLike) -> np.ndarray:
    """Return the skewness of an estimate, 0 where it is known exactly."""
    std_error = np.asarray(std_error, dtype=float)
    return np.divide(length, std_error, out=np.zeros(np.broadcast(length, std_error).shape), where=std_error > 0)


def is_skewed(skewness: ArrayLike, level: float = 0.95) -> np.ndarray:
    """Say whether skewness would make a side of the normal interval miss by over a hundredth more than it says.

    Examples
    --------
    >>> is_skewed([-0.025, -0.2]).tolist()
    [False, True]
    """
    z = normal_quantile(level)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.abs(skewness) * (2 * z**2 + 1) * density / 6 > DOUBTFUL


def skewed_ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    var_numerator: ArrayLike,
    var_denominator: ArrayLike,
    covariance: ArrayLike,
    length: Callable[[np.ndarray], np.ndarray],
    level: float = 0.95,
) -> RatioInterval:
    r"""Return a ratio to a cost with Fieller's interval, allowing for skewness.

    An end q is where :math:`a - q b`, studentised, reaches its quantile at q; see
    `winback.uncertainty.fieller_interval`.

    Parameters
    ----------
    numerator, denominator, var_numerator, var_denominator, covariance : array_like
        As there; the denominator is not below 0.
    length : callable
        Of ratios q, returns the length of :math:`a - q b`, see `skewed_interval`.

    Examples
    --------
    >>> ends = skewed_ratio(0.2849, 0.10, 0.0726**2, 0.0, 0.0, length=lambda ratio: -0.01)
    >>> round(float(ends.low), 2), round(float(ends.high), 2)
    (1.28, 4.15)
    """
    plain = fieller_interval(numerator, denominator, var_numerator, var_denominator, covariance, level=level)
    a, b, va, vb, cab = (
        np.asarray(x, dtype=float) for x in (numerator, denominator, var_numerator, var_denominator, covariance)
    )

    def profit(q, side):
        """Return a - q b in its standard errors, and the quantile that it has at an end."""
        std_error = np.sqrt(np.maximum(va - 2 * q * cab + q**2 * vb, 0.0))
        t = studentised_quantile(side * normal_quantile(level), standardised(length(q), std_error))
        with np.errstate(divide="ignore", invalid="ignore"):
            return (a - q * b) / std_error, t

    exact = np.isclose(plain.low, plain.high, rtol=1e-9, atol=0)  # nothing is left for skewness to move
    ends = []
    for end, side in ((plain.low, 1), (plain.high, -1)):
        q = np.where(plain.bounded, end, 0.0)
        for _ in range(ROUNDS):
            moved = np.where(np.isnan(q), np.nan, _end((a, b), (va, vb, cab), profit(q, side)[1]))
            settled = np.isclose(moved, q, rtol=1e-12, atol=1e-14)
            q = moved
            if np.all(settled | np.isnan(q)):
                break
        if not np.all(settled | exact | ~plain.bounded):
            q = np.where(settled, q, _sought(profit, np.where(plain.bounded, plain.ratio, 0.0), end, side))
        ends.append(np.where(exact, end, q))
    bounded = plain.bounded & np.isfinite(ends).all(axis=0)
    low, high = (np.where(bounded, end, side) for end, side in zip(ends, (-np.inf, np.inf), strict=True))
    return RatioInterval(plain.ratio, low, high, bounded)


def _end(estimates, covariance, t) -> np.ndarray:
    """Return the q at which a - q b is t of its standard errors; NaN where there is none."""
    (a, b), (va, vb, cab) = estimates, covariance
    square, half, rest = b**2 - t**2 * vb, a * b - t**2 * cab, a**2 - t**2 * va
    with np.errstate(divide="ignore", invalid="ignore"):
        root = np.sqrt(np.maximum(half**2 - square * rest, 0))
        return np.where(square > 0, (half - np.sign(t) * root) / square, np.nan)


def _sought(profit, ratio, end, side) -> np.ndarray:
    """Return the first end outwards from a ratio, by halving; NaN where there is none within `MOST_DOUBLINGS`.

    Near a cost of zero the quantile at one round's end may leave the next round without any, though there is one.
    """

    def is_beyond(q):
        found, quantile = profit(q, side)
        return side * (found - quantile) >= 0

    width = np.where(np.isfinite(end), end, ratio) - ratio
    inner, outer, there = ratio, ratio, np.zeros(ratio.shape, dtype=bool)
    for step in 2.0 ** np.arange(-MOST_DOUBLINGS, MOST_DOUBLINGS + 1):
        inner, outer = np.where(there, inner, outer), np.where(there, outer, ratio + step * width)
        there = there | is_beyond(outer)
    for _ in range(ROUNDS):
        middle = (inner + outer) / 2
        beyond = is_beyond(middle)
        inner, outer = np.where(beyond, inner, middle), np.where(beyond, middle, outer)
    return np.where(there, outer, np.nan)
