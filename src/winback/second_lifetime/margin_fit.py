"""Does second margin have the shape the model says: a straight mean, and a spread that does not move with it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from statsmodels.stats.diagnostic import het_breuschpagan

from winback.orthonormal import orthonormal
from winback.second_lifetime.sample import EXACT, Sample
from winback.second_lifetime.two_part_fit import mills_ratio
from winback.survival.goodness_of_fit import Test, chi_squared_test

UNTESTED = Test(0.0, 1, 1.0)


@dataclass(frozen=True)
class MarginShape:
    """Tests of the shape of second margin among those who returned."""

    mean: Test  # is it straight in its covariates?
    spread: Test  # is it the same at every level?
    positive: bool  # has every margin a logarithm?


def margin_shape(fit, sample: Sample) -> MarginShape:
    r"""Test whether the second margins a model was fitted to have its shape, selection allowed for.

    Among those who returned, with :math:`\mu = x_3'\delta, \lambda = \phi(a) / \Phi(a)`,

    .. math:: E[m] = \mu + \sigma_M \rho_{uM} \lambda, \qquad
              \mathrm{Var}[m] = \sigma_M^2 \{1 - \rho_{uM}^2 \lambda (\lambda + a)\}

    so margin is regressed on its covariates, :math:`\lambda` and :math:`\mu^2`, whose coefficient is zero when the mean
    is straight (RESET [1]_, as a score test that allows for any spread [2]_), and the residuals, each in its own
    spread, must be as wide where :math:`\mu` is high as where it is low (Breusch and Pagan's test, as Koenker [3]_ made
    it robust).

    References
    ----------
    .. [1] Ramsey, J. B. (1969). Tests for Specification Errors in Classical Linear Least-Squares Regression Analysis.
       JRSS B 31(2), 350-371.
    .. [2] Wooldridge, J. M. (1991). On the application of robust, regression-based diagnostics to models of conditional
       means and conditional variances. Journal of Econometrics 47(1), 5-46.
    .. [3] Koenker, R. (1981). A note on studentizing a test for heteroscedasticity. Journal of Econometrics 17(1),
       107-112.
    """
    outlook = fit.outlook({equation: matrix[sample.returned] for equation, matrix in sample.matrices.items()})
    level, ratio = outlook.mean_margin, mills_ratio(outlook.a)
    rho = outlook.rho_return_margin
    expected = level + outlook.sd_margin * rho * ratio
    narrowed = np.minimum(ratio * (ratio + outlook.a), 1.0)  # one is its limit, which rounding must not pass
    spread = outlook.sd_margin * np.sqrt(1 - rho**2 * narrowed)
    return MarginShape(
        mean=_is_straight(sample.margin, np.column_stack([sample.numbers("margin"), ratio]), level),
        spread=_is_even((sample.margin - expected) / spread, level),
        positive=bool((sample.margin > 0).all()),
    )


def _is_straight(margin: np.ndarray, design: np.ndarray, level: np.ndarray) -> Test:
    """Test the square of the level, beside the design; with labels alone nothing can bend, and nothing is tested."""
    columns, _ = orthonormal(design)
    square = (level - level.mean()) ** 2
    new, residual = (each - columns @ (columns.T @ each) / len(each) for each in (square, margin))
    if new @ new <= EXACT**2 * (square @ square):
        return UNTESTED
    score = new * residual  # of the hypothesis: no division by a lone customer's leverage
    return chi_squared_test(score.sum() ** 2 / (score @ score), 1)


def _is_even(residual: np.ndarray, level: np.ndarray) -> Test:
    """Test whether residuals are as wide at every level."""
    off = level - level.mean()
    if off @ off <= EXACT**2 * (level @ level):
        return UNTESTED
    statistic, *_ = het_breuschpagan(residual, np.column_stack([np.ones_like(off), off / off.std()]))
    return chi_squared_test(statistic, 1)
