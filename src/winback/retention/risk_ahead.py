r"""Who leaves in which of the months ahead? A risk of the next month, carried forward.

Months as a customer and since events go on, all else is held. What happens meanwhile (a complaint to come, a discount
that ends) is not known today, and it mostly raises the risk. How much is measured on those who were here some months
before the end of the fit: with :math:`\eta_h` the log odds of month h by what was known at its beginning,

.. math:: \log \frac{p_h}{1 - p_h} = \eta_h + \delta \log h

so that the next month is as fitted, and :math:`\delta` makes the losses of later ones right on average.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from winback.newton import Peak, climb
from winback.retention.person_months import History, Known
from winback.uncertainty import normal_interval, normal_quantile

LONGEST = 120  # months ahead
AT_ONCE = 20_000  # customers whose numbers are in memory together
DRIFT_MONTHS, DRIFT_SHORTEST = 12, 3  # months ahead that the drift is measured on, and at least
DRIFT_LOSSES = 50  # that it is measured by, at least


@dataclass(frozen=True, eq=False)
class Ahead:
    """The chances of leaving in each of some months ahead, of those here at a start."""

    known: Known
    seen: np.ndarray  # (n,) bool: all values are known to the model
    leaves: np.ndarray  # (n, months) chance of leaving in each; missing where not seen
    risk_error: np.ndarray  # (n,) standard error of the log odds of leaving in the first
    within_error: np.ndarray  # (n,) of log(-log share still here after the last)
    slopes: np.ndarray  # (n_groups, p + 1) of how many of each group leave in all months: on coefficients, on the drift

    def errors(self, covariance: np.ndarray) -> np.ndarray:
        """Return by how much the parameters leave open how many of each group leave, (n_groups,) standard errors."""
        return np.sqrt(_variance(self.slopes, covariance))

    def reach(self, covariance: np.ndarray, level: float) -> float:
        """Return by which share more or fewer leave in all months, as far as the parameters leave it open."""
        return normal_quantile(level) * float(self.errors(covariance)[0]) / self.leaves[self.seen].sum()

    def in_all(self, covariance: np.ndarray, level: float) -> tuple[float, float, float]:
        """Return how many leave in these months, with an interval: of the parameters, and of chance in who leaves."""
        within = self.leaves[self.seen].sum(axis=1)
        error = np.sqrt(within @ (1 - within) + _variance(self.slopes.sum(axis=0, keepdims=True), covariance)[0])
        low, high = normal_interval(within.sum(), error, level)
        return float(within.sum()), max(float(low), 0.0), float(high)


@dataclass(frozen=True)
class Drift:
    """By how much log odds rise with the logarithm of the months ahead."""

    delta: float = 0.0
    variance: float = 0.0
    months: int = 0  # on which it was measured; 0: it could not be


def ahead_of(fit, known: Known, months: int, group: np.ndarray | None = None) -> Ahead:
    """Return the chances of leaving in each of some months after a start, by a `ChurnRisk`.

    ``group``, (n,) places, says of whom together it is to be known how much the parameters leave open.
    """
    if months > LONGEST:
        raise ValueError(f"months must be at most {LONGEST}; got {months}.")
    levels, seen = _levels(fit, known, months)
    n, drift = len(seen), fit.drift if months > 1 else Drift()
    group = np.zeros(n, dtype=int) if group is None else group
    leaves, errors = np.full((n, months), np.nan), np.full((2, n), np.nan)
    slopes = np.zeros((group.max(initial=0) + 1, len(fit.coefficients) + 1))
    for rows in np.array_split(np.flatnonzero(seen), n // AT_ONCE + 1):
        here, slope, along = np.ones(len(rows)), 0.0, np.zeros(len(rows))
        for month, each in enumerate(levels, start=1):
            matrix = fit.table_of_levels.matrix(each[rows])
            chance = expit(matrix @ fit.coefficients + drift.delta * np.log(month))
            leaves[rows, month - 1] = here * chance
            here = here * (1 - chance)
            slope = slope + chance[:, None] * matrix  # of minus the log of the share still here
            along += chance * np.log(month)
            if month == 1:
                errors[0, rows] = np.sqrt(_variance(matrix, fit.covariance))
        variance = _variance(slope, fit.covariance) + drift.variance * along**2
        errors[1, rows] = np.sqrt(variance) / -np.log(here)
        slopes += np.eye(len(slopes))[group[rows]].T @ (here[:, None] * np.column_stack([slope, along]))
    return Ahead(known, seen, leaves, *errors, slopes)


def _levels(fit, known: Known, months: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the levels of customers month by month, and who has none that the model has not seen."""
    levels = [fit.levels(known, ahead) for ahead in range(months)]
    return levels, np.all([(each >= 0).all(axis=1) for each in levels], axis=0)


def _variance(rows: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    return np.maximum(((rows @ covariance) * rows).sum(axis=1), 0)


def logit_peak(
    matrix: np.ndarray, n: np.ndarray, lost: np.ndarray, start: np.ndarray, known: np.ndarray | float = 0.0
) -> Peak:
    """Return where the likelihood of the logit of counts is highest; ``known`` is added to the log odds.

    The estimates are those of statsmodels' GLM to 1e-8, in a twelfth of its time on the cells of a large company, and
    terms without an end are noticed.
    """

    def likelihood(place: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        score = matrix @ place + known
        chance = expit(score)
        weighted = matrix * (n * chance * (1 - chance))[:, None]
        return float(lost @ score - n @ np.logaddexp(0, score)), matrix.T @ (lost - n * chance), matrix.T @ weighted

    return climb(likelihood, start)


def left_in(lives, rows: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return in which of the months that begin at all these days but the last each life ended, from 1; 0: in none."""
    found = np.searchsorted(starts, lives.end[rows], side="right")
    return np.where(lives.ended[rows] & (lives.end[rows] < starts[-1]), found, 0)


def drift_of(fit) -> Drift:
    """Measure by how much the risk of those here at a start rises while what is known of them grows old."""
    months = min(DRIFT_MONTHS, (len(fit.starts) - 1) // 2)
    if months < DRIFT_SHORTEST:
        return Drift()
    starts = fit.starts[-months - 1 :]
    known = History(fit.base, fit.table_of_levels.columns).at(int(starts[0]), int(starts[1]))
    left = left_in(fit.base.all_lives, known.life, starts)
    levels, seen = _levels(fit, known, months)
    if (left[seen] > 0).sum() < DRIFT_LOSSES:
        return Drift()
    at_risk = [seen & ((left == 0) | (left >= month)) for month in range(1, months + 1)]
    odds = np.concatenate([fit.odds(each[rows]) for each, rows in zip(levels, at_risk, strict=True)])
    logs = np.repeat(np.log(np.arange(1, months + 1)), [rows.sum() for rows in at_risk])
    lost = np.concatenate([left[rows] == month for month, rows in enumerate(at_risk, start=1)])

    peak = logit_peak(logs[:, None], np.ones(len(lost)), lost, np.zeros(1), odds)
    return Drift(float(peak.place[0]), float(peak.covariance[0, 0]), months) if peak.converged else Drift()
