r"""What do customers do on average who differ, and what is the future worth? Sums in place of two integrals.

Both integrands have features of about unit width in the logarithm of their variable, over many orders of magnitude,
and tails that fall like a power. The trapezoidal rule in :math:`w`, with the variable's logarithm (or log odds)
:math:`w - e^{l - w} + e^{w - u}`, then converges exponentially: even steps between l and u, and leaps beyond.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.special import log_expit

STEP = 0.3  # of the trapezoidal rule: errors below 1e-11
FARTHEST = 45.0  # a weight of exp(-45) no longer counts
SMALLEST_CHANCE = 1e-290


def beta_weights(first: float, second: np.ndarray, smallest: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Return chances p (m,) and their weights (n, m) under Beta distributions; each row of weights sums to one.

    The distributions share their first parameter and have the second ones (n,); what is averaged is flat below the
    smallest chance.

    Examples
    --------
    >>> chances, weights = beta_weights(2.0, np.array([3.0]), 0.01)
    >>> round(float(weights[0] @ chances), 12)   # 2 / (2 + 3)
    0.4
    """
    if first / (first + float(second.min())) < 1e-13 * smallest:
        return np.array([SMALLEST_CHANCE]), np.ones((len(second), 1))
    peaks = np.log(first / second)
    low = min(np.log(smallest), peaks.min(), 0.0) - 3.0
    high = max(peaks.max(), 0.0) + 3.0
    size = min(first, float(second.max()))
    step = max(min(STEP, 0.65 / np.sqrt(size)), 1e-3)
    start = low - np.log(FARTHEST / min(first, 1.0)) - 1.0
    stop = high + np.log(FARTHEST / min(float(second.min()), 1.0)) + 1.0
    place = np.arange(start, stop, step)
    left, right = np.exp(low - place), np.exp(place - high)
    log_odds = place - left + right
    log_chance, log_other = log_expit(log_odds), log_expit(-log_odds)
    exponent = first * log_chance + second[:, None] * log_other + np.log(1 + left + right)
    exponent -= exponent.max(axis=1, keepdims=True)
    kept = exponent.max(axis=0) > -FARTHEST
    weights = np.exp(exponent[:, kept])
    weights /= weights.sum(axis=1, keepdims=True)
    return np.exp(np.maximum(log_chance[kept], np.log(SMALLEST_CHANCE))), weights


@lru_cache(maxsize=32)
def time_weights(periods: float, force: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    r"""Return times and weights that turn purchases up to a time into discounted purchases.

    With :math:`G(u)` the expected purchases up to u,
    :math:`\int_0^t e^{-ku} dG(u) = e^{-kt} G(t) + k \int_0^t e^{-ku} G(u)\,du`. The horizon t may be infinite, the
    force k, a continuous rate per period, is above zero, and the scale is the shortest time in which the rate of
    purchases changes.

    Examples
    --------
    >>> times, weights = time_weights(np.inf, 0.1, 5.0)
    >>> round(float(weights @ times), 9)   # G(u) = u: one purchase a period is worth 1 / k
    10.0
    """
    if np.isinf(periods):
        low = min(np.log(scale * force), 0.0) - 1.0
        place = np.arange(low - np.log(FARTHEST) - 1.0, np.log(FARTHEST) + 1.0, STEP)
        left = np.exp(low - place)
        log_time = place - left
        time = np.exp(log_time)
        return time / force, STEP * np.exp(log_time - time) * (1 + left)
    low = min(np.log(scale / periods), 0.0) - 1.0
    place = np.arange(low - np.log(FARTHEST) - 1.0, 1.0 + np.log(FARTHEST) + 1.0, STEP)
    left, right = np.exp(low - place), np.exp(place - 1.0)
    log_share = log_expit(place - left + right)
    weight = STEP * np.exp(log_share + log_expit(-(place - left + right))) * (1 + left + right)
    times = periods * np.exp(log_share)
    weights = force * periods * weight * np.exp(-force * times)
    return np.append(times, periods), np.append(weights, np.exp(-force * periods))


def discounted(purchases_until, periods: float, force: float, scale: float) -> np.ndarray:
    """Return discounted purchases within a horizon, from the purchases up to any time."""
    if force == 0:
        return purchases_until(periods)
    times, weights = time_weights(float(periods), float(force), float(scale))
    return sum(weight * purchases_until(time) for time, weight in zip(times, weights, strict=True))
