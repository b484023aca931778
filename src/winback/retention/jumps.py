r"""By how much is the hazard higher after a moment than at the same time without it? One ratio for each moment.

Within a cell, of one segment s, month of life m, thirty days q of the calendar (both cut where a moment comes to many
on one day) and set x of open windows, the hazard of a day is constant:

.. math:: h = h_{smq} \, e^{x'\beta}

so a loss within a month has the complementary log-log link, :math:`\log(-\log(1 - p)) = \log h + \log \text{days}`, and
:math:`e^{\beta_k}` is a ratio of hazards, not of odds. The :math:`h_{smq}` are as many as there are times; given how
many were lost at each, who of those at risk it was depends on :math:`\beta` alone [1]_:

.. math:: \ell(\beta) = \sum_{smq} \Big[ \sum_c d_c x_c'\beta - d \log \sum_c n_c e^{x_c'\beta} \Big]

with :math:`n_c` days at risk and :math:`d_c` losses of cell c. It is Cox's partial likelihood within each month of life
and thirty days of the calendar, and the likelihood of a Poisson regression with an effect of every such time.

References
----------
.. [1] Holford, T. R. (1980). The analysis of rates and of survivorship using log-linear models. Biometrics 36.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from winback.newton import climb
from winback.retention.exposure import Cells
from winback.survival.goodness_of_fit import chi_squared_test

FEWEST_LOST = 5  # losses within the windows, and beside them, from which on a ratio is spoken of
MOST_LOG_RATIO = 8.0  # log of the largest ratio: what goes on climbing has nobody to be compared with
OWN_SHARE = 1e-6  # share of a moment's own information beside the others' below which they always come together


@dataclass(frozen=True, eq=False)
class Jumps:
    """Logs of hazard ratios of k moments, with their joint covariance; missing where one is not known."""

    log_ratio: np.ndarray  # (k,)
    covariance: np.ndarray  # (k, k)

    @property
    def known(self) -> np.ndarray:
        """Which ratios are known."""
        return np.isfinite(self.log_ratio)

    def of(self, some: np.ndarray) -> Jumps:
        """Return those of some moments."""
        return Jumps(self.log_ratio[some], self.covariance[np.ix_(some, some)])

    def differ(self) -> float:
        """Return the p-value of Wald's test that all those known are one; missing for fewer than two."""
        told = self.of(self.known)
        if len(told.log_ratio) < 2:
            return np.nan
        contrast = np.eye(len(told.log_ratio))[1:] - np.eye(len(told.log_ratio))[0]
        away = contrast @ told.log_ratio
        statistic = away @ np.linalg.solve(contrast @ told.covariance @ contrast.T, away)
        return chi_squared_test(statistic, len(away)).p_value


def fit_jumps(cells: Cells, design: np.ndarray) -> Jumps:
    """Fit the ratios of k columns of 0 and 1, ``design``, by cell; cells of a column that is not known are left out.

    Examples
    --------
    >>> no = np.zeros(4, int)
    >>> days, lost = np.array([1e4, 2e4, 2e4, 2e4]), np.array([30, 20, 25, 15])
    >>> cells = Cells(no, no, no, np.eye(4, 1, dtype=bool), days, lost)
    >>> np.exp(fit_jumps(cells, cells.open).log_ratio).round(6).tolist()   # 30 of 1e4 against 60 of 6e4
    [3.0]
    """
    time = np.unique([cells.segment, cells.month, cells.time], axis=1, return_inverse=True)[1].ravel()
    known, rows = np.ones(design.shape[1], dtype=bool), np.ones(len(time), dtype=bool)
    while known.any():  # what is left out takes its cells from the others
        likelihood = _likelihood(cells, time, rows, design[:, known])
        _, _, information = likelihood(np.zeros(known.sum()))
        within = (cells.lost * rows) @ design[:, known]
        clear = (within >= FEWEST_LOST) & (np.diagonal(information) >= FEWEST_LOST / 2) & _apart(information)
        if clear.all():
            break
        known[known] = clear
        rows = ~design[:, ~known].any(axis=1)
    k = len(known)
    log_ratio, covariance = np.full(k, np.nan), np.full((k, k), np.nan)
    if known.any():
        ends = np.full(known.sum(), MOST_LOG_RATIO)
        peak = climb(likelihood, np.zeros(known.sum()), bounds=(-ends, ends))
        told = peak.inside & peak.converged
        of = np.flatnonzero(known)[told]
        log_ratio[of], covariance[np.ix_(of, of)] = peak.place[told], peak.covariance[np.ix_(told, told)]
    return Jumps(log_ratio, covariance)


def _apart(information: np.ndarray) -> np.ndarray:
    """Say which columns are clearly different from those before them."""
    kept: list[int] = []
    for k in range(len(information)):
        own = information[k, k]
        cross = information[np.ix_(kept, [k])]
        left = own - (cross.T @ np.linalg.solve(information[np.ix_(kept, kept)], cross)).sum() if kept else own
        if left > OWN_SHARE * own:
            kept.append(k)
    return np.isin(np.arange(len(information)), kept)


def _likelihood(cells: Cells, time: np.ndarray, rows: np.ndarray, design: np.ndarray) -> Callable:
    """Return the likelihood of the ratios given how many were lost at each time, with slope and information."""
    lost_at = np.bincount(time, cells.lost * rows)
    rows = rows & (lost_at[time] > 0)
    time, days, lost, x = time[rows], cells.days[rows], cells.lost[rows], design[rows].astype(float)
    size, some = len(lost_at), lost_at > 0

    def likelihood(place: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        score = x @ place
        weight = days * np.exp(score)
        total = np.bincount(time, weight, minlength=size)
        share = weight / total[time]
        mean = np.column_stack([np.bincount(time, share * column, minlength=size) for column in x.T])
        value = lost @ score - lost_at[some] @ np.log(total[some])
        information = x.T @ ((share * lost_at[time])[:, None] * x) - mean.T @ (lost_at[:, None] * mean)
        return float(value), x.T @ lost - mean.T @ lost_at, information

    return likelihood
