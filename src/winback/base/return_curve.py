"""How long do customers stay away before they buy again? The Kaplan-Meier curve of the gaps between purchases."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from winback.base.purchase_days import Gaps


@dataclass(frozen=True)
class ReturnCurve:
    """Share of gaps that are longer than so many days; customers who buy often have more gaps in it."""

    days: np.ndarray = field(repr=False)  # (k,) from 0 on, ascending
    still_away: np.ndarray = field(repr=False)  # (k,) S(t), share in 0-1
    longest: int  # days of the longest gap seen, finished or not: beyond it nothing is known
    n_finished: int
    n_unfinished: int

    def still_away_at(self, days: ArrayLike) -> np.ndarray:
        """Return the share of gaps longer than so many days; missing beyond the longest one."""
        days = np.asarray(days)
        shares = self.still_away[np.searchsorted(self.days, days, side="right") - 1]
        return np.where((days > self.longest) & (self.still_away[-1] > 0), np.nan, shares)

    def chance(self, silent: ArrayLike, within: int) -> np.ndarray:
        """Return the chance that one silent for so many days buys within further ones, 1 - S(t + h) / S(t)."""
        silent = np.asarray(silent)
        here = self.still_away_at(silent)
        return 1 - self.still_away_at(silent + within) / np.where(here > 0, here, np.nan)

    def days_until_below(self, share: float, within: int) -> int | None:
        """Return the fewest silent days after which the chance is below a share; None where it is not seen to be."""
        silent = np.arange(1, max(self.longest - within, 0) + 1)
        below = np.flatnonzero(self.chance(silent, within) < share)
        return int(silent[below[0]]) if len(below) else None


def fit_return_curve(gaps: Gaps) -> ReturnCurve:
    r"""Estimate how long customers stay away, unfinished gaps being censored.

    .. math:: \hat S(t) = \prod_{t_i \le t} (1 - d_i / n_i)

    Examples
    --------
    >>> gaps = Gaps(np.array([10, 20, 30]), np.array([True, True, False]), np.array([6, 2, 2]))
    >>> curve = fit_return_curve(gaps)
    >>> curve.still_away_at([9, 10, 20]).round(2).tolist(), curve.chance(10, within=10).round(2)
    ([1.0, 0.4, 0.2], np.float64(0.5))
    """
    from lifelines import KaplanMeierFitter

    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        fitted = KaplanMeierFitter().fit(gaps.days, gaps.finished, weights=gaps.n)
    curve = fitted.survival_function_.iloc[:, 0]
    n_finished = int(gaps.n[gaps.finished].sum())
    n_unfinished = int(gaps.n.sum()) - n_finished
    days, longest = curve.index.to_numpy().astype(np.int64), int(gaps.days.max())
    return ReturnCurve(days, curve.to_numpy(), longest, n_finished=n_finished, n_unfinished=n_unfinished)
