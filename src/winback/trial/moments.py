r"""Which few figures of an arm carry everything a comparison needs? Means, covariance and third moments.

A comparison of offers reads each customer's triple (returned, value, cost) only through its moments within the arm. So
it can be made from the customers' table, from a published table of such figures, and from thousands of simulated
trials at once, by the same code.

Skewness is read from all compared groups together: a small group hides its own exactly when it misleads. With
:math:`s = \mu_3 / \sigma^2` of one customer's money, pooled, and variances in proportion to the share p that returned,
an arm's mean has the length :math:`s / n` of `winback.skewness`, and the difference of two the length

.. math:: s \, \frac{p_1 / n_1^2 - p_0 / n_0^2}{p_1 / n_1 + p_0 / n_0}                                         \tag{1}
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from winback.skewness import skewed_interval, skewed_ratio
from winback.uncertainty import RatioInterval, normal_quantile

RETURNED, VALUE, COST = np.eye(3)  # weights that pick one of the three
PROFIT = VALUE - COST


@dataclass(frozen=True)
class ArmMoments:
    """Mean, covariance and third central moments of one customer's (returned, value, cost), by arm.

    Leading dimensions, if any, run over trials; the functions below keep them.
    """

    n: np.ndarray  # (k,) customers
    mean: np.ndarray  # (..., k, 3)
    covariance: np.ndarray  # (..., k, 3, 3), of one customer, not of the mean
    third: np.ndarray | None = None  # (..., k, 3, 3, 3), likewise; None: not known, and taken to be 0
    beside: np.ndarray | None = None  # (k, K, 3, 3) of its mean with those of all groups; None: customers independent
    place: np.ndarray | None = None  # (k,) of each arm among these groups
    counted: np.ndarray | None = None  # (k,) customers who returned; None: as many as their mean says
    own: ArmMoments | None = None  # of what is left of customers where covariates tell the rest of all; None: of all

    @property
    def n_returned(self) -> np.ndarray:
        """Customers who returned, shape (..., k)."""
        return np.rint(self.n * self.mean[..., 0]) if self.counted is None else self.counted

    @property
    def apart(self) -> ArmMoments:
        """Moments of what makes arms differ by chance: what covariates tell is the same in all arms."""
        return self if self.own is None else self.own

    def arm(self, place: int) -> ArmMoments:
        """Return the moments of one arm."""
        parts = {name: part for name, part in vars(self).items() if part is not None}
        own = {"own": parts.pop("own").arm(place)} if self.own is not None else {}
        return ArmMoments(**{name: part[place : place + 1] for name, part in parts.items()}, **own)

    def at_costs(self, times: float, more: float = 0.0) -> ArmMoments:
        """Return the moments if every customer had cost so many times as much, and an amount more."""
        scale, parts = np.array([1.0, 1.0, times]), {"mean": self.mean * [1, 1, times] + more * COST}
        pairs, triples = scale[:, None] * scale, scale[:, None, None] * scale[:, None] * scale
        for name, factor in (("covariance", pairs), ("third", triples), ("beside", pairs)):
            parts[name] = None if getattr(self, name) is None else getattr(self, name) * factor
        return replace(self, **parts, own=None if self.own is None else self.own.at_costs(times, more))

    def combine(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance of the mean of weights'(returned, value, cost), each of shape (..., k).

        ``weights`` has shape (3,) or (..., k, 3).
        """
        return (self.mean * weights).sum(axis=-1), self.variance(weights)

    def variance(self, weights: np.ndarray) -> np.ndarray:
        """Return the variance of such a mean, shape (..., k); never below zero by rounding."""
        return np.maximum(self.covary(weights, weights), 0.0)

    def covary(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the covariance of two such means, shape (..., k)."""
        return np.einsum("...i,...ij,...j->...", one, self.covariance, other) / self.n

    def joint(self, weights: np.ndarray, other: ArmMoments | None = None, other_weights=None) -> np.ndarray:
        """Return the covariance of the arms' means with each other, or with those of others, shape (..., k, k).

        Means of different arms are independent, unless customers who belong together got different offers.
        """
        if self.beside is not None:
            columns, weigh = (self, weights) if other is None else (other, other_weights)
            between, weigh = self.beside[:, columns.place], np.broadcast_to(weigh, (len(columns.n), 3))
            own = np.broadcast_to(weights, (len(self.n), 3))
            return np.einsum("ki,kmij,mj->km", own, between, weigh)
        if other is not None:
            return np.zeros((*self.mean.shape[:-1], len(other.n)))
        return self.variance(weights)[..., None] * np.eye(len(self.n))

    @property
    def n_independent(self) -> np.ndarray:
        """Independent customers who would tell as much of the share returned, shape (..., k)."""
        share, spread = self.mean[..., 0], self.covariance[..., 0, 0]
        if self.beside is None:
            return np.broadcast_to(self.n, share.shape)
        alone = self.n * share * (1 - share)
        return 1 + np.divide(alone, spread, out=self.n - np.ones(share.shape), where=spread > 0)

    def skew_scale(self, weights: np.ndarray) -> np.ndarray:
        """Return third moment over variance of one customer's weights'(returned, value, cost), shape (..., k)."""
        if self.third is None:
            return np.zeros(np.broadcast_shapes(self.mean.shape, np.shape(weights))[:-1])
        third = np.einsum("...i,...j,...l,...ijl->...", weights, weights, weights, self.third)
        variance = np.einsum("...i,...ij,...j->...", weights, self.covariance, weights)
        return np.divide(third, variance, out=np.zeros(np.broadcast(third, variance).shape), where=variance > 0)


def arm_moments(returned: ArrayLike, value: ArrayLike, cost: ArrayLike) -> ArmMoments:
    """Return the moments of one arm from its customers.

    Parameters
    ----------
    returned, value, cost : array_like, shape (..., n)
        One entry per customer; leading dimensions run over trials.

    Examples
    --------
    >>> arm = arm_moments([True, False], [900.0, 0.0], [120.0, 0.0])
    >>> arm.mean.tolist()
    [[0.5, 450.0, 60.0]]
    """
    triple = np.stack([np.asarray(each, dtype=float) for each in (returned, value, cost)], axis=-1)
    n = triple.shape[-2]
    first = triple[..., :1, :]
    constant = (triple == first).all(axis=-2, keepdims=True)  # stays exactly what it is
    mean = np.where(constant, first, triple.mean(axis=-2, keepdims=True))
    centred = triple - mean
    transposed = np.swapaxes(centred, -1, -2)
    covariance = transposed @ centred / (n - 1)
    third = third_moments(centred) / n
    return ArmMoments(np.array([n]), mean, covariance[..., None, :, :], third[..., None, :, :, :])


def third_moments(centred: np.ndarray) -> np.ndarray:
    """Return the sums of products of three, shape (..., 3, 3, 3), of centred triples, shape (..., n, 3)."""
    one, other = np.triu_indices(3)  # the order of the three does not matter
    third = np.empty((*centred.shape[:-2], 3, 3, 3))
    products = centred[..., one] * centred[..., other]
    third[..., one, other] = third[..., other, one] = np.swapaxes(centred, -1, -2) @ products
    return third


def stack_arms(arms: list[ArmMoments]) -> ArmMoments:
    """Join the moments of several arms along the dimension of arms."""
    axes = {"n": 0, "mean": -2, "covariance": -3, "third": -4, "beside": 0, "place": 0, "counted": 0}
    parts = {name: [getattr(arm, name) for arm in arms] for name in axes}
    known = {name: each for name, each in parts.items() if all(part is not None for part in each)}
    own = None if any(arm.own is None for arm in arms) else stack_arms([arm.own for arm in arms])
    return ArmMoments(**{name: np.concatenate(each, axis=axes[name]) for name, each in known.items()}, own=own)


def pooled(arms: ArmMoments, control: ArmMoments | None = None) -> ArmMoments:
    """Return the moments within groups of all their customers together, as those of one arm."""
    groups = arms if control is None else stack_arms([arms, control])
    share = groups.n / groups.n.sum()
    third = None if groups.third is None else np.einsum("k,...kijl->...ijl", share, groups.third)[..., None, :, :, :]
    mean, covariance = share @ groups.mean, np.einsum("k,...kij->...ij", share, groups.covariance)
    own = None if groups.own is None else pooled(groups.own)
    return ArmMoments(groups.n.sum(keepdims=True), mean[..., None, :], covariance[..., None, :, :], third, own=own)


def skew_length(
    pool: ArmMoments, weights: np.ndarray, arms: ArmMoments, control: ArmMoments | None = None
) -> np.ndarray:
    """Return third cumulant over variance of each arm's mean, or of its difference from the control's."""
    if control is None:
        return pool.skew_scale(weights) / arms.n
    scale = pool.apart.skew_scale(weights)
    return difference_length((scale, scale), (arms.n, control.n), (arms.n_returned, control.n_returned))


def difference_length(scales, sizes, n_returned) -> np.ndarray:
    """Return the length of a difference of two groups' means by (1), each argument a pair: of the first, the second."""
    one, other = (back / n**2 for back, n in zip(n_returned, sizes, strict=True))
    third = scales[0] * one / sizes[0] - scales[1] * other / sizes[1]
    return np.divide(third, one + other, out=np.zeros(third.shape), where=one + other > 0)


def profit(arms: ArmMoments, control: ArmMoments | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return profit per customer and its variance: gross, or incremental over a control group.

    Gross is mean value minus mean cost. Incremental subtracts the mean value of the untreated, who cost nothing.
    """
    estimate, variance = arms.combine(PROFIT)
    if control is None:
        return estimate, variance
    organic, organic_variance = control.combine(VALUE)
    together = arms.joint(PROFIT, control, VALUE)[..., 0]
    return estimate - organic, variance + organic_variance - 2 * together


def return_on_investment(arms: ArmMoments, control: ArmMoments | None = None, level: float = 0.95) -> RatioInterval:
    """Return profit over cost with Fieller's interval, skew-aware: gross, or incremental over a control group.

    An arm without any cost has no ROI: NaN, without bounds.
    """
    return _over_cost(arms, profit(arms, control), PROFIT, control, level=level)


def _over_cost(arms, profit, weights, control, *, level) -> RatioInterval:
    (estimate, variance), pool, (cost, cost_variance) = profit, pooled(arms, control), arms.combine(COST)
    untreated = 0.0 if control is None else arms.joint(COST, control, VALUE)[..., 0]
    return skewed_ratio(
        estimate,
        cost,
        variance,
        cost_variance,
        arms.covary(weights, COST) - untreated,
        length=lambda ratio: skew_length(pool, weights - ratio[..., None] * COST, arms, control),
        level=level,
    )


def value_per_returned(arms: ArmMoments) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean value of those who returned, its standard error and skew length; NaN where nobody did."""
    back, value = arms.mean[..., 0], arms.mean[..., 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(back > 0, value / back, np.nan)
        weights = VALUE - np.where(back > 0, ratio, 0.0)[..., None] * RETURNED
        std_error = np.where(arms.n_returned > 1, np.sqrt(arms.variance(weights)) / back, np.nan)
        return ratio, std_error, skew_length(pooled(arms), weights, arms) / back


def break_even_organic(
    arms: ArmMoments, organic_value: float | None = None, organic_value_error: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Return the organic return at which an offer stops paying, its standard error and skew length.

    .. math:: r_0 = p (V - c) / V_0

    with :math:`V_0` the value of an organic returner (with its standard error, where it was measured), by default the
    offer's own :math:`V` (then r0 = p - pc/V).
    """
    gross, variance = arms.combine(PROFIT)
    if organic_value is not None:
        point = gross / organic_value
        std_error = np.sqrt(variance + (point * organic_value_error) ** 2) / abs(organic_value)
        return point, std_error, skew_length(pooled(arms), PROFIT, arms) / organic_value
    back, value, cost = np.moveaxis(arms.mean, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        usable = (back > 0) & (value > 0)
        # r0 = R (1 - C / Y): derivatives with respect to R, Y and C
        weights = np.stack([1 - cost / value, back * cost / value**2, -back / value], axis=-1)
        weights = np.where(usable[..., None], weights, 0.0)
        point = np.where(usable, back * gross / value, np.nan)
        std_error = np.where(usable, np.sqrt(arms.variance(weights)), np.nan)
        return point, std_error, skew_length(pooled(arms), weights, arms)


def assumed_profit(arms: ArmMoments, organic: float, organic_value: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Return incremental profit if a share ``organic`` had returned without an offer, and the weights of its variance.

    Incremental profit is pV - C - organic x V0, V0 the ``organic_value`` or the offer's own V.
    """
    gross = arms.combine(PROFIT)[0]
    if organic_value is not None:
        return gross - organic * organic_value, np.broadcast_to(PROFIT, arms.mean.shape)
    back, value, _ = np.moveaxis(arms.mean, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        own, pull = (np.where(back > 0, each / back, 0.0) for each in (value, organic))
    return gross - organic * own, PROFIT - pull[..., None] * (VALUE - own[..., None] * RETURNED)


def profit_and_roi_at(
    arms: ArmMoments,
    organic: float,
    organic_value: float | None,
    level: float = 0.95,
    organic_value_error: float = 0.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, RatioInterval]:
    """Return incremental profit with its interval, and ROI, if a share ``organic`` had returned without an offer."""
    estimate, weights = assumed_profit(arms, organic, organic_value)
    own = arms.variance(weights)
    variance = own + (organic * organic_value_error) ** 2
    length = skew_length(pooled(arms), weights, arms)
    length = length * np.divide(own, variance, out=np.zeros(own.shape), where=variance > 0)
    ends = skewed_interval(estimate, np.sqrt(variance), length, normal_quantile(level))
    return estimate, *ends, _over_cost(arms, (estimate, variance), weights, None, level=level)
