r"""How skewed is the money of a planned trial? As the pilot showed it, or as log-normal values have it.

What leans an interval is one customer's third moment over variance, pooled over the arms (`winback.trial.moments`). It
is what the trial will find, not what an endless one would: the largest amounts are so rare that few trials hold one,
and those without it have less skewness, in their mean and in the interval made from it alike. So of M who return, an
amount :math:`X` counts no higher than the one :math:`x` that one of M exceeds on average: with this the power planned
for was reached, see `benchmarks/proof.md`. With :math:`V` the mean of log-normal values, :math:`v` their coefficient of
variation and :math:`\sigma^2 = \ln(1 + v^2)`

.. math:: E[\min(X, x)^k] = V^k e^{k (k - 1) \sigma^2 / 2} \, \Phi(z - k \sigma) + x^k / M,
          \qquad x = V e^{z \sigma - \sigma^2 / 2}                                                              \tag{1}

where :math:`z` is the normal quantile at :math:`1 - 1 / M`. If a share :math:`p` return, whose amounts less what falls
due then have the moments :math:`e_1, e_2, e_3`, a customer's profit has variance :math:`p e_2 - (p e_1)^2` and third
central moment :math:`p e_3 - 3 p^2 e_1 e_2 + 2 (p e_1)^3`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri


@dataclass(frozen=True)
class MeasuredSkew:
    """Third moment over variance of one customer's profit, as a pilot showed it."""

    scale: float = 0.0

    def scale_among(self, n_returned: ArrayLike) -> np.ndarray:
        """Return it for a trial in which so many return: what rarer amounts would add, a pilot does not tell."""
        return np.full(np.shape(n_returned), self.scale)


@dataclass(frozen=True)
class LogNormalSkew:
    """Third moment over variance of one customer's profit where values are log-normal, all arms together."""

    acceptance: np.ndarray  # (k,) share who return
    value: np.ndarray  # (k,) mean value of those who do
    variation: np.ndarray  # (k,) its coefficient of variation
    due: np.ndarray  # (k,) money that falls due on acceptance

    def scale_among(self, n_returned: ArrayLike) -> np.ndarray:
        """Return it for a trial in which so many return.

        Examples
        --------
        >>> import numpy as np
        >>> few = LogNormalSkew(*(np.array([each]) for each in (1.0, 10.0, 1.0, 0.0)))
        >>> few.scale_among([100, 1e4, 1e12]).round(1).tolist()   # a log-normal's own is (v^3 + 3 v) v V
        [18.6, 35.9, 40.0]
        """
        share, value, due = self.acceptance, self.value, self.due
        rare = 1 / np.maximum(np.asarray(n_returned, dtype=float), 2.0)[..., None]
        sigma, z = np.sqrt(np.log1p(self.variation**2)), -ndtri(rare)
        highest = np.exp(z * sigma - sigma**2 / 2)
        raw = [np.exp(k * (k - 1) * sigma**2 / 2) * ndtr(z - k * sigma) + highest**k * rare for k in (1, 2, 3)]
        one, two, three = (value**k * moment for k, moment in enumerate(raw, start=1))
        three = three - 3 * due * two + 3 * due**2 * one - due**3
        one, two = one - due, two - 2 * due * one + due**2
        variance = share * two - (share * one) ** 2
        third = share * three - 3 * share**2 * one * two + 2 * (share * one) ** 3
        return third.mean(axis=-1) / variance.mean(axis=-1)
