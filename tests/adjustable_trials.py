"""How is a trial drawn of whose customers much was known beforehand, and what is said of its first offer?"""

from __future__ import annotations

import numpy as np

from winback.skewness import skewed_interval
from winback.trial import moments as m
from winback.uncertainty import normal_quantile


def drawn(rng, sizes, n_columns, kind="even"):
    """Return (returned, value, cost), groups and covariates of a trial whose offers change nothing."""
    n = sum(sizes)
    matrix, noise, back = rng.normal(size=(n, n_columns)), rng.normal(size=n), rng.random(n) < 0.4
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    value = {
        "even": lambda: matrix.sum(axis=1) / np.sqrt(n_columns) + noise,
        "money": lambda: back * np.exp(0.7 * matrix[:, 0] + 0.7 * noise),
        "skewed noise": lambda: 2 * matrix[:, 0] + np.exp(noise),
        "skewed covariate": lambda: np.exp(matrix[:, 0]) + noise,
    }[kind]()
    matrix = np.exp(matrix) if kind == "skewed covariate" else matrix
    return np.column_stack([back, value, 0 * value]), groups, matrix


def over_the_last(every: m.ArmMoments) -> tuple[float, ...]:
    """Return profit of the first group over the last, its standard error, low and high."""
    offered, control = every.arm(0), every.arm(len(every.n) - 1)
    estimate, variance = m.profit(offered, control)
    length = m.skew_length(m.pooled(offered, control), m.PROFIT, offered, control)
    ends = skewed_interval(estimate, np.sqrt(variance), length, normal_quantile())
    return tuple(float(figure[0]) for figure in (estimate, np.sqrt(variance), *ends))
