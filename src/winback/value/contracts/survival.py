r"""Which share renews so often? Survival of the beta families and its derivatives, stable at their limits.

With :math:`u = t` (shifted-beta-geometric) or :math:`u = t^c` (beta-discrete-Weibull)

.. math:: S = \frac{B(\alpha, \beta + u)}{B(\alpha, \beta)}
          = \frac{\Gamma(\beta + u) \Gamma(\alpha + \beta)}{\Gamma(\beta) \Gamma(\alpha + \beta + u)}

which is symmetric in :math:`\alpha` and :math:`u`. Differences of gamma functions lose every digit where customers are
nearly alike (:math:`\alpha, \beta` in the millions) or hardly anyone leaves, so they are never formed: the arguments
are raised by the recurrence, factor by factor, and Stirling's series is subtracted term by term.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RAISED = 8  # Stirling's series is exact to about 1e-14 from here on
_STEPS = np.arange(RAISED)
LARGEST_LOG = 300.0  # of t^c
_LOG_GAMMA = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)  # of x^-1, x^-3, ...
_DIGAMMA = (-1 / 12, 1 / 120, -1 / 252, 1 / 240, -1 / 132, 691 / 32760)  # of x^-2, x^-4, ...
_TRIGAMMA = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730)  # of x^-3, x^-5, ...
PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))  # order of second derivatives


def log_survival(alpha: np.ndarray, beta: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return log S; the three arrays are broadcast.

    Examples
    --------
    >>> import numpy as np
    >>> np.exp(log_survival(0.668, 3.806, np.array([0.0, 1.0, 2.0]))).round(4).tolist()   # 1, b/(a+b), ...
    [1.0, 0.8507, 0.7469]
    """
    alpha, beta, u = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (alpha, beta, u)))
    low, high = np.minimum(alpha, u), np.maximum(alpha, u)
    steps = beta[..., None] + _STEPS
    raised = (low * high)[..., None] / (steps * (steps + (low + high)[..., None]))
    while raised.shape[-1] > 1:  # (1 + x)(1 + y) - 1, which keeps the digits of tiny ones
        half = raised.shape[-1] // 2
        raised = raised[..., :half] + raised[..., half:] * (1 + raised[..., :half])
    base = beta + RAISED
    both = base + high
    leading = (base + low - 0.5) * np.log1p(low / base) - (both + low - 0.5) * np.log1p(low / both)
    ends = _series(np.array([base + low, base, both + low, both]))
    return leading - low * np.log1p(high / base) + (ends[0] - ends[1] - ends[2] + ends[3]) - np.log1p(raised[..., 0])


def _series(x, coefficients=_LOG_GAMMA, power=1):
    inverse = 1 / x
    square, total = inverse**2, 0.0
    for coefficient in reversed(coefficients):
        total = total * square + coefficient
    return total * {1: inverse, 2: square, 3: inverse * square}[power]


def _steps(x) -> np.ndarray:
    """Return 0..7 along a new first axis, over which sums are quick."""
    return _STEPS.reshape(-1, *(1,) * x.ndim)


def psi_differences(x: np.ndarray, u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""Return :math:`\psi(x + u) - \psi(x)` and :math:`\psi'(x) - \psi'(x + u)`: no digits are lost where x is huge.

    Examples
    --------
    >>> once, twice = psi_differences(np.array([2.0, 1e12]), 1.0)   # 1 / x and 1 / x^2
    >>> [f"{value:.10g}" for value in (*once, *twice)]
    ['0.5', '1e-12', '0.25', '1e-24']
    """
    x, u = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(u, dtype=float))
    low = x + _steps(x)
    high = low + u
    product = 1 / (low * high)
    once, twice = u * product.sum(axis=0), u * ((low + high) * product * product).sum(axis=0)
    both = np.array([x + RAISED, x + u + RAISED])
    inverse = 1 / both
    product = u * inverse[0] * inverse[1]
    ends = _series(both, _DIGAMMA, 2), _series(both, _TRIGAMMA, 3)
    once = once + np.log1p(u / both[0]) + 0.5 * product + ends[0][1] - ends[0][0]
    return once, twice + product * (1 + 0.5 * inverse.sum(axis=0)) + ends[1][0] - ends[1][1]


def trigamma(x: np.ndarray) -> np.ndarray:
    r"""Return :math:`\psi'(x)`.

    Examples
    --------
    >>> round(float(trigamma(1.0)), 12)   # pi^2 / 6
    1.644934066848
    """
    x = np.asarray(x, dtype=float)
    value = np.square(1 / (x + _steps(x))).sum(axis=0)
    inverse = 1 / (x + RAISED)
    return value + inverse + 0.5 * inverse**2 + _series(x + RAISED, _TRIGAMMA, 3)


@dataclass(frozen=True)
class Terms:
    """A quantity of n cells with its derivatives in log alpha, log beta and log c."""

    value: np.ndarray  # (n,)
    slope: np.ndarray  # (3, n)
    curve: np.ndarray  # (6, n), in the order of `PAIRS`


def clock(log_c: float, times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return u = t^c and its first and second derivative in log c."""
    log_time = np.log(np.maximum(times, 1e-300))
    power = np.minimum(np.exp(log_c) * log_time, LARGEST_LOG)
    u = np.where(times > 0, np.exp(power), 0.0)
    return u, u * np.where(times > 0, power, 0.0), u * np.where(times > 0, power * (1 + power), 0.0)


def survival_terms(log_alpha: np.ndarray, log_beta: np.ndarray, log_c: float, times: np.ndarray) -> Terms:
    """Return log S at these times with its derivatives; arrays of shape (n,)."""
    alpha, beta = np.exp(log_alpha), np.exp(log_beta)
    u, du, ddu = clock(log_c, times)
    total = alpha + beta
    once, twice = psi_differences(np.array([total, beta, beta + u]), np.array([u, u, alpha]))
    (by_alpha, by_beta, by_u), (alpha_twice, beta_twice, u_twice) = once, twice
    by_alpha, by_beta, by_u = -by_alpha, by_beta - by_alpha, -by_u
    slope = np.array([alpha * by_alpha, beta * by_beta, du * by_u])
    curve = np.array(
        [
            alpha**2 * alpha_twice + slope[0],
            alpha * beta * alpha_twice,
            -alpha * du * trigamma(total + u),
            beta**2 * (alpha_twice - beta_twice) + slope[1],
            beta * du * u_twice,
            du * u_twice * du + ddu * by_u,
        ]
    )
    return Terms(log_survival(alpha, beta, u), slope, curve)


def likelihood_terms(
    log_alpha: np.ndarray, log_beta: np.ndarray, log_c: float, times: np.ndarray, ended: np.ndarray
) -> Terms:
    r"""Return each cell's log-likelihood with its derivatives.

    A customer who is still here after t periods contributes :math:`\log S(t)`, one who left at the end of the t-th
    :math:`\log (S(t-1) - S(t))`, computed as :math:`\log S(t-1) + \log(1 - S(t)/S(t-1))`.
    """
    before = survival_terms(log_alpha, log_beta, log_c, times - ended)
    value, slope, curve = before.value.copy(), before.slope.copy(), before.curve.copy()
    left = np.flatnonzero(ended)
    if len(left):
        after = survival_terms(log_alpha[left], log_beta[left], log_c, times[left])
        kept = log_retention(log_alpha[left], log_beta[left], log_c, times[left])
        odds = 1 / np.expm1(np.maximum(-kept, 1e-300))  # of staying
        step = after.slope - slope[:, left]
        bend = after.curve - curve[:, left]
        product = np.array([step[i] * step[j] for i, j in PAIRS])
        value[left] += np.log(np.maximum(-np.expm1(kept), 1e-300))
        slope[:, left] -= odds * step
        curve[:, left] -= odds * bend + odds * ((1 + odds) * product)
    return Terms(value, slope, curve)


def trial_terms(
    log_alpha: np.ndarray, log_beta: np.ndarray, times: np.ndarray, stayed: np.ndarray, left: np.ndarray
) -> Terms:
    r"""Return the sBG's log-likelihood of each period; :math:`\alpha / (\alpha + \beta + t - 1)` leave in it."""
    alpha, beta = np.exp(log_alpha), np.exp(log_beta)
    keep = beta + times - 1
    all_ = alpha + keep
    churn, of_all, of_keep, both = alpha / all_, beta / all_, beta / keep, stayed + left
    value = -stayed * np.log1p(alpha / keep) - left * np.log1p(keep / alpha)
    none = np.zeros(len(times))
    slope = np.array([left - both * churn, stayed * of_keep - both * of_all, none])
    spread = stayed * of_keep * ((times - 1) / keep) - both * of_all * ((alpha + times - 1) / all_)
    curve = np.array([-both * churn * (keep / all_), both * churn * of_all, none, spread, none, none])
    return Terms(value, slope, curve)


def log_retention(log_alpha: np.ndarray, log_beta: np.ndarray, log_c: float, times: np.ndarray) -> np.ndarray:
    """Return log S(t) / S(t - 1), not as a difference: it may lie within rounding of zero."""
    u = clock(log_c, times)[0]
    before = clock(log_c, times - 1)[0]
    return log_survival(np.exp(log_alpha), np.exp(log_beta) + before, u - before)
