r"""How good is the best of several, once it is allowed for that it was picked by looking? The winner's curse.

The largest of several estimates is largest partly by luck, so its own figure flatters it. Andrews, Kitagawa &
McCloskey (2024) condition on the pick: given that k won, and given all that is independent of its figure, that figure
is a normal variable cut off where k would no longer have won. The mean for which the figure seen is the median of
this truncated normal variable is the corrected estimate, and other quantiles give the interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf, erfcx, ndtri

from winback.uncertainty import normal_quantile

SHARE_OF_MISSES = 0.1  # of the hybrid's misses, those given to its outer interval; the authors' choice
EXACT_TIE = 1e-3  # lead, in standard errors, below which there is no winner to speak of
HALVINGS, DOUBLINGS = 110, 60
ROOT = np.sqrt(0.5)


@dataclass(frozen=True)
class CorrectedWinner:
    """The winner's figure, corrected for having been picked; arrays run over trials, if there are several."""

    position: np.ndarray  # of the winner among the estimates
    naive: np.ndarray  # its figure as it was seen
    estimate: np.ndarray  # median-unbiased; NaN where the best tie exactly: nobody was picked by merit
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class OtherFigures:
    """Figures that are read off the winner, but did not decide who wins."""

    estimates: np.ndarray  # (..., k)
    variance: np.ndarray  # (k,)
    covariance: np.ndarray  # (k, k), of figure i (row) with estimate j, by which the winner was picked


def corrected_winner(
    estimates: ArrayLike,
    covariance: ArrayLike,
    *,
    figures: OtherFigures | None = None,
    level: float = 0.95,
    hybrid: bool = True,
) -> CorrectedWinner:
    r"""Return the largest of several estimates, corrected for having been picked because it is the largest [1]_.

    Of estimates :math:`X \sim N(\mu, \Sigma)` the largest is :math:`X_k`. With :math:`a_j` the covariance of
    :math:`X_j` and the winner's figure :math:`Y_k` (by default :math:`X_k` itself) and :math:`v` its variance, k wins
    exactly while

    .. math:: Y_k \ge Y_k^{seen} - \frac{v (X_k - X_j)}{a_k - a_j} \;(a_k > a_j), \qquad
              Y_k \le Y_k^{seen} + \frac{v (X_k - X_j)}{a_j - a_k} \;(a_k < a_j)

    The corrected figure at probability p is the mean :math:`\mu_k` at which the normal distribution truncated to
    these bounds has :math:`F(Y_k; \mu_k) = p`: p = 1/2 gives the estimate, (1 -/+ level) / 2 the interval.

    Where two nearly tie, that interval can be very wide. The hybrid first limits :math:`\mu_k` to an interval that
    holds for all estimates at once with probability :math:`1 - \beta`, :math:`\beta = (1 - level) / 10` (here by Sidak
    [2]_, valid whatever the correlation), and corrects given that. It covers at least ``level`` and at most
    ``level`` :math:`/ (1 - \beta)`; its median bias is below :math:`\beta / 2` in probability.

    Parameters
    ----------
    estimates : array_like, shape (..., k)
        Larger is better; leading dimensions run over trials.
    covariance : array_like, shape (k, k)
        Covariance of the estimates, taken as known; singular is allowed.
    figures : OtherFigures, optional
        When the winner is picked by ``estimates`` but another figure of it is wanted.
    hybrid : bool
        False for the conditional estimate and interval alone, which may be infinite.

    Returns
    -------
    CorrectedWinner
        Where the best tie exactly (lead below a thousandth of a standard error) there is no estimate, and the interval
        is the one that holds for all at once.

    Raises
    ------
    ValueError
        When the estimates and their covariance do not fit together or are not finite.

    References
    ----------
    .. [1] Andrews, I., Kitagawa, T. & McCloskey, A. (2024). Inference on winners. Quarterly Journal of Economics 139.
    .. [2] Sidak, Z. (1967). Rectangular confidence regions for the means of multivariate normal distributions.
       Journal of the American Statistical Association 62.

    Examples
    --------
    >>> best = corrected_winner([360.0, 345.0, 320.0], np.diag([49.0, 64.0, 49.0]))
    >>> float(best.naive), float(best.estimate.round(1)), float(best.low.round(1)), float(best.high.round(1))
    (360.0, 359.9, 343.9, 373.9)
    """
    normal_quantile(level)
    estimates, covariance = _checked(estimates, covariance)
    k = estimates.shape[-1]
    picked = figures or OtherFigures(estimates, np.diag(covariance), covariance)
    position = estimates.argmax(axis=-1)
    naive = np.take_along_axis(np.asarray(picked.estimates, dtype=float), position[..., None], axis=-1)[..., 0]
    std_error = np.sqrt(picked.variance)[position]
    below, above = _room(estimates, picked, position, std_error)
    n_moving = max(int((np.asarray(picked.variance) > 0).sum()), 1)
    beta = SHARE_OF_MISSES * (1 - level) if hybrid and k > 1 else 0.0
    reach = _all_at_once(1 - beta, n_moving)
    tail = (1 - level - beta) / (1 - beta) / 2
    low, estimate, high = (naive + std_error * _mean_at(p, below, above, reach) for p in (1 - tail, 0.5, tail))
    tied, together = np.minimum(below, above) <= EXACT_TIE, std_error * _all_at_once(level, n_moving)
    return CorrectedWinner(
        position,
        naive,
        np.where(tied, np.nan, estimate),
        np.where(tied, naive - together, low),
        np.where(tied, naive + together, high),
    )


def _checked(estimates, covariance) -> tuple[np.ndarray, np.ndarray]:
    estimates, covariance = np.asarray(estimates, dtype=float), np.asarray(covariance, dtype=float)
    k = estimates.shape[-1] if estimates.ndim else 0
    if k == 0 or covariance.shape != (k, k):
        raise ValueError(
            f"covariance must be k x k for k >= 1 estimates; got {covariance.shape} for estimates of shape "
            f"{estimates.shape}. Give one row and one column per estimate."
        )
    if not (np.isfinite(estimates).all() and np.isfinite(covariance).all() and (np.diag(covariance) >= 0).all()):
        raise ValueError("estimates and covariance must be finite, variances at least 0. Leave out what is not known.")
    return estimates, covariance


def _room(estimates, picked, position, std_error) -> tuple[np.ndarray, np.ndarray]:
    """Return how far the winner's figure could fall or rise before another wins, in its own standard errors."""
    lead = np.take_along_axis(estimates, position[..., None], axis=-1) - estimates
    with_winner = np.asarray(picked.covariance, dtype=float)[position]  # (..., k)
    pull = np.take_along_axis(with_winner, position[..., None], axis=-1) - with_winner
    moves = np.abs(pull) > 1e-12 * np.abs(picked.covariance).max(initial=0.0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        room = np.where(moves, lead * std_error[..., None] / np.abs(pull), np.inf)
    return np.where(pull > 0, room, np.inf).min(axis=-1), np.where(pull < 0, room, np.inf).min(axis=-1)


def _all_at_once(level: float, n: int) -> float:
    """Return the reach, in standard errors, that n intervals need to hold together (Sidak)."""
    return float(ndtri(0.5 + level ** (1 / n) / 2))


def _mean_at(p: float, below, above, reach: float) -> np.ndarray:
    """Return the mean at which a standard normal variable within its bounds falls below 0 with probability p.

    The bounds are ``below`` and ``above`` around 0, and ``reach`` around the mean. The probability falls in the mean.
    """
    low, high = (np.full(np.shape(below), sign * min(reach, 1.0)) for sign in (-1, 1))
    if np.isinf(reach):
        for _ in range(DOUBLINGS):
            low = np.where(_share_below(low, below, above, reach) < p, 2 * low, low)
            high = np.where(_share_below(high, below, above, reach) > p, 2 * high, high)
    else:
        low, high = reach * low, reach * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        too_low = _share_below(middle, below, above, reach) > p
        if ((middle == low) | (middle == high)).all():  # neighbours: as exact as numbers are
            break
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.where(np.abs(middle) > 2.0 ** (DOUBLINGS - 2), np.sign(middle) * np.inf, middle)


def _share_below(mean, below, above, reach) -> np.ndarray:
    """Return the chance of falling below 0; precise far out and between bounds that nearly meet."""
    below, above = np.minimum(below, reach - mean), np.minimum(above, reach + mean)
    with np.errstate(invalid="ignore"):  # unbounded on both sides
        mirrored = below - above > -2 * mean  # more of the interval lies below the mean: look at it in the mirror
    point = np.where(mirrored, mean, -mean)
    below, above = np.where(mirrored, above, below), np.where(mirrored, below, above)
    share = _share_in_upper_part(point, np.maximum(below, 0.0), np.maximum(above, 0.0))
    return np.where(mirrored, 1 - share, share)


def _share_in_upper_part(point, below, above) -> np.ndarray:
    """Return the share of a standard normal variable below ``point``, within [point - below, point + above]."""
    start, end = point - below, point + above
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        plain = (erf(ROOT * point) - erf(ROOT * start)) / (erf(ROOT * end) - erf(ROOT * start))
        first = np.maximum(start, 0.0)
        fell = below * (2 * point - below) / 2 - np.log(erfcx(ROOT * point) / erfcx(ROOT * first))
        fell_to_end = (below + above) * (start + end) / 2 - np.log(erfcx(ROOT * end) / erfcx(ROOT * first))
        tail = np.expm1(-fell) / np.expm1(-fell_to_end)  # (Q(start) - Q(point)) / (Q(start) - Q(end))
    return np.where(start >= 0, tail, plain)
