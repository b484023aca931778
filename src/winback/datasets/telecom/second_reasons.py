r"""Why do those who returned leave again? Drawn given when, by the law of repeat churn.

Some are cured of what drove them away the first time and cannot leave for it again, nor for anything that contains it
(both contains price and service). Every reason has a Weibull hazard :math:`h_k` [see `assumptions`]. A second stay is
as long as the study says, so the reason is drawn given that length t: k with chance in proportion to :math:`h_k(t)`,
for what one can be cured of times the chance of not being cured, given that one was still there,

.. math:: q(t) = \frac{\pi e^{-D(t)}}{\pi e^{-D(t)} + 1 - \pi}

where :math:`1 - \pi` is the share cured and D the cumulative hazard of all that one can be cured of.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.datasets.telecom import company_assumptions as planted

REASONS = (*assumed.REASON_SHARES, *planted.OTHER_CAUSES)


def draw_second_reasons(first: pd.Series, months: np.ndarray, rng: np.random.Generator) -> pd.Categorical:
    """Draw for which reason each second stay of so many months ends, given the first reason.

    Examples
    --------
    >>> first = pd.Series(["price"] * 3)
    >>> list(draw_second_reasons(first, np.array([5.0, 60.0, 200.0]), np.random.default_rng(1)))
    ['service', 'moved', 'service']
    """
    cumulative = (np.asarray(months, dtype=float)[:, None] / _scales()) ** _shapes()
    first = first.astype(object).to_numpy()
    inside = np.zeros(cumulative.shape, dtype=bool)
    for reason, contained in assumed.CURED_OF.items():
        inside[first == reason] = np.isin(REASONS, contained)
    susceptible = 1 - pd.Series(first).map(assumed.CURED).to_numpy(dtype=float)
    left = susceptible * np.exp(-(cumulative * inside).sum(axis=1))
    still = left / (left + 1 - susceptible)
    weights = _shapes() * cumulative * np.where(inside, still[:, None], 1.0)  # hazards, but for the factor 1 / t
    steps = np.cumsum(weights, axis=1)
    place = (rng.uniform(size=len(first))[:, None] * steps[:, -1:] > steps).sum(axis=1)
    return pd.Categorical.from_codes(place, categories=REASONS)


def _shapes() -> np.ndarray:
    own = assumed.SECOND_SHAPE
    return np.array([own] * len(assumed.SECOND_SCALES) + [assumed.OTHER_SECOND_SHAPE] * len(planted.OTHER_CAUSES))


def _scales() -> np.ndarray:
    """Return the scales in months; those of other causes share one hazard by how many leave for each."""
    shares = np.array([*planted.OTHER_CAUSES.values()])
    others = assumed.OTHER_SECOND_SCALE * (shares / shares.sum()) ** (-1 / assumed.OTHER_SECOND_SHAPE)
    return np.append([assumed.SECOND_SCALES[reason] for reason in assumed.REASON_SHARES], others)
