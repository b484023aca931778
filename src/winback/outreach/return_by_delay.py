r"""Who came back, by how long they had been away? Counted month by month, and a smooth curve through it.

The curve is a binomial regression on a natural cubic spline [1]_,

.. math:: \mathrm{logit}\, P(\text{back} \mid a) = \sum_j \beta_j N_j(a) \tag{1}

of months away a. It is tested against one chance at all times by the likelihood ratio, of customers who belong together
by Wald's test with the errors of their clusters. Two months are told apart where their log odds are, for all pairs of
months at once (Scheffé).

.. [1] Hastie, T., Tibshirani, R. & Friedman, J. (2009). The Elements of Statistical Learning, 2nd ed., section 5.2.1.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from scipy.special import expit

from winback.clusters import error_of_mean
from winback.uncertainty import normal_interval, share_interval

MOST_BENDS = 3  # coefficients beside the constant: up, down, and how steeply; more would follow chance
PER_COEFFICIENT = 10  # who came back, or who did not, for each of them: with fewer, estimates and errors run away
MOST_MONTHS = 24  # counted one by one; a longer time is cut into a dozen equal parts
PARTS = 12
POINTS = 61  # of the curve, both ends among them


@dataclass(frozen=True, eq=False)
class DelayCurve:
    """Chance of return at m times, from the shortest time away that was seen to the longest."""

    months: np.ndarray  # (m,)
    log_odds: np.ndarray  # (m,)
    covariance: np.ndarray  # (m, m) of the log odds
    bends: int  # coefficients beside the constant
    p_value: float  # of one chance at all times

    @property
    def chance(self) -> np.ndarray:
        """Chance of return, (m,)."""
        return expit(self.log_odds)

    @property
    def error(self) -> np.ndarray:
        """Standard error of the chance, (m,)."""
        return self.chance * (1 - self.chance) * np.sqrt(self.covariance.diagonal())

    def ends(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of the chance, each month for itself."""
        low, high = normal_interval(self.log_odds, np.sqrt(self.covariance.diagonal()), level)
        return expit(low), expit(high)

    def as_good_as_the_best(self, level: float) -> np.ndarray:
        """Return which months are not told apart from the best one, (m,) bool."""
        best = int(self.log_odds.argmax())
        behind = self.log_odds[best] - self.log_odds
        spread = self.covariance.diagonal() + self.covariance[best, best] - 2 * self.covariance[best]
        return behind <= np.sqrt(stats.chi2.ppf(level, self.bends) * np.maximum(spread, 0.0))


def fit_delay_curve(months: np.ndarray, back: np.ndarray, clusters: np.ndarray | None = None) -> DelayCurve | None:
    """Fit (1) to customers' months away and who came back, (n,) each; None where they are too few for any curve."""
    import statsmodels.api as sm
    from formulaic import model_matrix
    from statsmodels.tools.sm_exceptions import PerfectSeparationError, PerfectSeparationWarning

    bends = min(MOST_BENDS, len(np.unique(months)) - 1, int(min(back.sum(), (~back).sum())) // PER_COEFFICIENT)
    if bends < 1:
        return None
    cells = pd.DataFrame({"away": months, "cluster": 0 if clusters is None else clusters, "back": back})
    cells = cells.groupby(["cluster", "away"])["back"].agg(["sum", "size"]).reset_index()
    # the columns of cr add up to the constant; it is not made for two knots, between which a spline is a line
    basis = model_matrix("away" if bends == 1 else f"0 + cr(away, df={bends + 1})", cells)
    counts = np.column_stack([cells["sum"], cells["size"] - cells["sum"]])
    model = sm.GLM(counts, np.asarray(basis, dtype=float), sm.families.Binomial())
    errors = {} if clusters is None else {"cov_type": "cluster", "cov_kwds": {"groups": cells["cluster"].to_numpy()}}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PerfectSeparationWarning)
            fit = model.fit(**errors)
    except (PerfectSeparationError, PerfectSeparationWarning):
        return None
    grid = np.linspace(months.min(), months.max(), POINTS)
    at = np.asarray(basis.model_spec.get_model_matrix(pd.DataFrame({"away": grid})), dtype=float)
    covariance = fit.cov_params()
    if clusters is None:
        p_value = stats.chi2.sf(2 * (fit.llf - fit.llnull), bends)
    else:
        n_clusters = cells["cluster"].nunique()
        # one chance at all times: all coefficients of cr are equal, or the line's slope is 0
        apart = np.array([[0.0, 1.0]]) if bends == 1 else np.diff(np.eye(bends + 1), axis=0)
        shift = apart @ fit.params
        wald = shift @ np.linalg.solve(apart @ covariance @ apart.T, shift)
        p_value = stats.f.sf(wald / bends, bends, max(n_clusters - bends, 1))
    return DelayCurve(grid, at @ fit.params, at @ covariance @ at.T, bends, float(p_value))


def parts_of(months: np.ndarray) -> np.ndarray:
    """Return the months at which counting begins anew, with the end of the last part: whole ones, or equal parts.

    Examples
    --------
    >>> parts_of(np.array([1.5, 3.9])).tolist(), parts_of(np.array([0.0, 2.0])).tolist()
    ([1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 2.0, 3.0])
    >>> parts_of(np.array([0.0, 40.5])).tolist()[:3]
    [0.0, 4.0, 8.0]
    """
    whole = bool((months == np.floor(months)).all())
    first, last = np.floor(months.min()), (months.max() + 1 if whole else np.ceil(months.max()))
    n_months = max(last - first, 1.0)
    step = 1.0 if n_months <= MOST_MONTHS else np.ceil(n_months / PARTS)
    return first + step * np.arange(np.ceil(n_months / step) + 1)


def counted_returns(
    months: np.ndarray, back: np.ndarray, parts: np.ndarray, clusters: np.ndarray | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Count customers and returns in each part of the time away, with Wilson's interval of the share.

    Of customers who belong together, as many count as independent ones would have to be for the same error.
    """
    place = np.clip(np.searchsorted(parts, months, side="right") - 1, 0, len(parts) - 2)
    n = np.bincount(place, minlength=len(parts) - 1)
    n_back = np.bincount(place, weights=back, minlength=len(n))
    kept = n > 0
    share = n_back[kept] / n[kept]
    alone = (
        n[kept] if clusters is None else n[kept] / _design_effects(place, back, clusters, share, np.flatnonzero(kept))
    )
    low, high = share_interval(share * alone, alone, level)
    frame = {"months_from": parts[:-1][kept], "months_to": parts[1:][kept], "n": n[kept], "n_returned": n_back[kept]}
    return pd.DataFrame(frame | {"returned": share, "returned_low": low, "returned_high": high}).astype(
        {"n_returned": int}
    )


def _design_effects(place, back, clusters, share, parts) -> np.ndarray:
    """Return how many times the variance of each part's share is that of independent customers, at least once."""
    effects = np.ones(len(parts))
    for row, (part, chance) in enumerate(zip(parts, share, strict=True)):
        own = place == part
        if 0 < chance < 1 and len(np.unique(clusters[own])) > 1:
            variance = error_of_mean(back[own].astype(float), clusters[own]) ** 2
            effects[row] = max(1.0, float(variance * own.sum() / (chance * (1 - chance))))
    return effects
