r"""What did a trial foresee of customers who are contacted now? Mean return, cost and profit of groups, with variance.

Within each arm a of the trial an outcome is regressed on what was known before the offer. For a group of customers, of
whom the share :math:`w_a` gets offer a and has the mean covariates :math:`\bar x_a`,

.. math:: \hat\mu = \sum_a w_a \bar x_a' \hat\beta_a, \qquad
          \mathrm{Var}(\hat\mu) = \sum_a w_a^2\, \bar x_a' \hat V_a \bar x_a

with :math:`\hat V_a` robust to unequal variances (HC1), or by cluster where the trial has clusters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.trial.beside import covariates_beside
from winback.trial.covariates import FEWEST_PER_COLUMN
from winback.trial.predictions import independent_columns, with_one
from winback.trial.trial import Trial

FIGURES = ("returned", "cost", "profit")


@dataclass(frozen=True)
class Foreseen:
    """What the trial foresees of m customers under their offers."""

    matrix: np.ndarray = field(repr=False)  # (m, p) with a column of ones
    arm: np.ndarray = field(repr=False)  # (m,) place of the offer among the trial's arms
    fits: list[list] = field(repr=False)  # for each arm and figure: the columns kept, coefficients, their covariance
    contacts: np.ndarray = field(repr=False)  # (m,) what their own contacts cost, which is known

    def of(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return means and variances of the figures of a group, (3,) each, in the order of ``FIGURES``."""
        return self.weighed(rows / rows.sum())

    def weighed(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return weighted sums over the customers, (3,), and their variances; a group's mean is one."""
        total, variance = np.zeros(len(FIGURES)), np.zeros(len(FIGURES))
        for place in np.unique(self.arm[weights != 0]):
            own = self.arm == place
            centre = weights[own] @ self.matrix[own]
            for figure, (kept, coefficients, covariance) in enumerate(self.fits[place]):
                total[figure] += centre[kept] @ coefficients
                variance[figure] += centre[kept] @ covariance @ centre[kept]
        known = weights @ self.contacts
        return total + np.array([0.0, known, -known]), variance

    @property
    def profit(self) -> np.ndarray:
        """What each customer is foreseen to bring, costs paid, (m,)."""
        found = -self.contacts.astype(float)
        for place in np.unique(self.arm):
            own, (kept, coefficients, _) = self.arm == place, self.fits[place][FIGURES.index("profit")]
            found[own] += self.matrix[own][:, kept] @ coefficients
        return found


def foreseen(trial: Trial, customers: pd.DataFrame, offers: pd.Series, contacts: np.ndarray) -> Foreseen:
    """Return what a trial foresees of customers under their offers; contacts cost what is given, (m,).

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> own = foreseen(trial, trial.customers, trial.customers["offer"].astype(str), np.zeros(len(trial.customers)))
    >>> bool(np.isclose(own.of(trial.arm == 0)[0][0], trial.returned[trial.arm == 0].mean()))
    True
    """
    return _foreseen(trial, customers, offers, contacts, [np.ones(len(trial.arm), dtype=bool)])[0]


def foreseen_by_fold(
    trial: Trial, customers: pd.DataFrame, offers: pd.Series, contacts: np.ndarray, folds: np.ndarray
) -> list[Foreseen]:
    """Return what each fold of a trial foresees by itself; none where one is too small to tell what the trial tells."""
    whole, parts = foreseen(trial, customers, offers, contacts), [folds == fold for fold in range(folds.max() + 1)]
    n_columns = {place: len(whole.fits[place][0][0]) for place in np.unique(whole.arm)}
    drawn = np.arange(len(folds)) if trial.clusters is None else trial.clusters
    for place, width in n_columns.items():
        if min(len(np.unique(drawn[part & (trial.arm == place)])) for part in parts) < FEWEST_PER_COLUMN * width:
            return []
    found = _foreseen(trial, customers, offers, contacts, parts)
    told = all(len(each.fits[place][0][0]) == width for each in found for place, width in n_columns.items())
    return found if told else []  # a fold lacks a label, say


def _foreseen(
    trial: Trial, customers: pd.DataFrame, offers: pd.Series, contacts: np.ndarray, parts: list[np.ndarray]
) -> list[Foreseen]:
    """Return what each part of the trial foresees, which are masks of its customers."""
    known, asked = map(with_one, covariates_beside(trial, customers))
    paid = trial.cost - trial.contact_cost  # of the offer itself
    outcomes = (trial.returned.astype(float), paid, trial.value - paid)
    fits, arm = [[] for _ in parts], pd.Index(trial.arms).get_indexer(offers)
    for place in range(len(trial.arms)):
        own = arm == place
        for part, fitted in zip(parts, fits, strict=True):
            rows = part & (trial.arm == place)
            fitted.append([_fit(trial, known[rows], outcome[rows], rows) for outcome in outcomes] if own.any() else [])
        rows = trial.arm == place
        asked[own] = np.clip(asked[own], known[rows].min(axis=0), known[rows].max(axis=0))  # not extrapolated
    return [Foreseen(asked, arm, fitted, contacts) for fitted in fits]


def _fit(trial: Trial, matrix: np.ndarray, outcome: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, ...]:
    import statsmodels.api as sm

    kept = independent_columns(matrix)
    clusters = {} if trial.clusters is None else {"cov_kwds": {"groups": trial.clusters[rows]}}
    fitted = sm.OLS(outcome, matrix[:, kept]).fit(cov_type="cluster" if clusters else "HC1", **clusters)
    return kept, fitted.params, fitted.cov_params()
