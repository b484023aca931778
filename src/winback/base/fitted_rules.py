"""After how many silent days does each rule call a customer lost? The four rules, fitted to a log of purchases."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import singledispatch

import numpy as np
import pandas as pd
from scipy.special import expit

from winback.base.gap_model import GapModel, fit_gaps
from winback.base.lapse_rule import LapseRule
from winback.base.purchase_days import NEVER, PurchaseDays, as_date, histories, in_days
from winback.base.return_curve import ReturnCurve, fit_return_curve
from winback.base.rules import INSTEAD, Inactive, Personal, Rhythm, RuleNotFittedError, Setting, Silence
from winback.purchases.cells import PurchaseCells
from winback.purchases.fits import fit_purchases
from winback.purchases.model import NOBODY
from winback.purchases.purchase_fit import PurchaseFit
from winback.purchases.table import FEWEST
from winback.results import counted, format_percent

LONGEST = 36_525  # days: who is not lost after a hundred years of silence never is
NARROW = 1000  # largest denominator of a slack: 0.3333333 is a third, and days are counted without rounding


@dataclass(frozen=True)
class SilenceRule(LapseRule):
    """Everybody is lost after the same silence; ``curve`` where it was chosen from one."""

    setting: Silence
    days: int  # lost from so many on
    curve: ReturnCurve | None = field(default=None, repr=False)

    def allowance(self, n_days: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Return the same days for everybody."""
        return np.full(np.shape(n_days), self.days)

    def overdue(self, n_days: np.ndarray, span: np.ndarray, silent: np.ndarray) -> np.ndarray:
        """Return the silence itself."""
        return silent.astype(float)

    def moved(self, overdue: float) -> Silence:
        """Return so many days of silence."""
        return Silence(max(int(np.ceil(overdue)) - 1, 0))


@dataclass(frozen=True)
class RhythmRule(LapseRule):
    r"""Lost when silent for :math:`(1 + \text{slack}) \, s / (n - 1)`, with n purchase days over a span of s days."""

    setting: Rhythm
    few: SilenceRule  # for those without a rhythm

    def allowance(self, n_days: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Return the usual gap with its slack, in whole days, rounded up."""
        times = 1 + Fraction(self.setting.slack).limit_denominator(NARROW)
        over = times.denominator * np.maximum(n_days - 1, 1)
        usual = -(-times.numerator * span // over)  # rounded up, in whole numbers
        return np.where(n_days >= self.setting.least_days, np.maximum(usual, 1), self.few.allowance(n_days, span))

    def overdue(self, n_days: np.ndarray, span: np.ndarray, silent: np.ndarray) -> np.ndarray:
        """Return the silence over the usual gap, of those without one over the days that pass for it, in proportion."""
        own = silent * (n_days - 1) / np.maximum(span, 1)
        return np.where(n_days >= self.setting.least_days, own, silent * (1 + self.setting.slack) / self.few.days)

    def moved(self, overdue: float) -> Rhythm:
        """Return the slack, and the days of those without a rhythm, in proportion."""
        few = int(np.ceil(overdue / (1 + self.setting.slack) * self.few.days - 1e-9))
        return replace(self.setting, slack=overdue - 1, otherwise=Silence(max(few - 1, 0)))


@dataclass(frozen=True)
class PersonalRule(LapseRule):
    """Lost when silent for longer than one's own next gap is, but for a share of them."""

    setting: Personal
    gaps: GapModel

    def allowance(self, n_days: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Return the first whole day beyond the boundary."""
        known = histories(n_days, span)
        boundary = self.gaps.exceeded(known.n_days, known.span, self.setting.false_alarms)
        days = np.where(boundary < NEVER, np.floor(np.minimum(boundary, NEVER)) + 1, NEVER)
        return days.astype(np.int64)[known.row]

    def overdue(self, n_days: np.ndarray, span: np.ndarray, silent: np.ndarray) -> np.ndarray:
        """Return the share of gaps that are no longer than the silence."""
        return 1 - self.gaps.longer(n_days, span, silent)

    def moved(self, overdue: float) -> Personal:
        """Return the share of gaps taken for a loss."""
        return Personal(_inside(1 - overdue))


@dataclass(frozen=True)
class InactiveRule(LapseRule):
    """Lost when the chance to be still a customer is below a threshold."""

    setting: Inactive
    fit: PurchaseFit = field(repr=False)

    def allowance(self, n_days: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Halve the days in which the chance, which falls with the silence, passes the threshold."""
        known = histories(n_days, span)
        not_lost, lost = np.zeros(len(known.n), dtype=np.int64), np.full(len(known.n), LONGEST)
        while (lost - not_lost > 1).any():
            middle = (not_lost + lost) // 2
            below = self._chance(known.n_days, known.span, middle) < self.setting.chance
            not_lost, lost = np.where(below, not_lost, middle), np.where(below, middle, lost)
        return np.where(lost < LONGEST, lost, NEVER)[known.row]

    def overdue(self, n_days: np.ndarray, span: np.ndarray, silent: np.ndarray) -> np.ndarray:
        """Return the log odds of having left, which keep their order where the chance is one but for rounding."""
        return self._log_odds_left(n_days, span, silent)

    def moved(self, overdue: float) -> Inactive:
        """Return the threshold of the chance."""
        return replace(self.setting, chance=_inside(float(expit(-overdue))))

    def _log_odds_left(self, n_days, span, silent):
        cells = PurchaseCells(n_days - 1, span.astype(float), (span + silent).astype(float), counts=np.ones(len(span)))
        return self.fit.model.log_odds_left(self.fit.theta, cells)

    def _chance(self, n_days, span, silent):
        return expit(-self._log_odds_left(n_days, span, silent))


def fit_rule(setting: Setting, days: PurchaseDays, end: int | None = None) -> LapseRule:
    """Fit a rule to what was known by the end of a day, by default of the last one.

    Raises
    ------
    RuleNotFittedError
        When the log is too short or has too few customers for the rule.

    Examples
    --------
    >>> days = PurchaseDays.of([0, 0, 0, 1], [1, 31, 61, 40], until=130)
    >>> rule = fit_rule(Rhythm(), days)
    >>> seen = days.asof(130)
    >>> (rule.lost_on(seen) - seen.last_day).tolist(), rule.is_lost(seen).tolist()
    ([40, 91], [True, False])
    """
    return _fit(setting, days, days.until if end is None else end)


@singledispatch
def _fit(setting, days, end) -> LapseRule:
    raise TypeError(f"There is no rule {setting!r}.")


@_fit.register
def _(setting: Silence, days, end) -> SilenceRule:
    if setting.share is None:
        return SilenceRule(setting, setting.days + 1, fitted_until=end)
    curve = fit_return_curve(days.gaps(end))
    found = curve.days_until_below(setting.share, setting.within)
    if found is None:
        raise RuleNotFittedError(
            f"Until {as_date(end)} no silence is long enough for fewer than {format_percent(setting.share)} to buy "
            f"within {in_days(setting.within)}; the longest gap known is {in_days(curve.longest)}. "
            f"Give a larger share, fewer days within which to buy, or a number of days of silence."
        )
    return SilenceRule(setting, found, curve, fitted_until=end)


@_fit.register
def _(setting: Rhythm, days, end) -> RhythmRule:
    return RhythmRule(setting, _fit(setting.otherwise, days, end), fitted_until=end)


@_fit.register
def _(setting: Personal, days, end) -> PersonalRule:
    gaps = fit_gaps(days.asof(end))
    if not gaps.converged:
        raise RuleNotFittedError(
            f"No model of gaps was found until {as_date(end)}. Ask for silence of a number of days instead."
        )
    return PersonalRule(setting, gaps, fitted_until=end)


@_fit.register
def _(setting: Inactive, days, end) -> InactiveRule:
    seen = days.asof(end)
    watched, again = int((seen.first_day < end).sum()), int((seen.n_days > 1).sum())
    if watched < FEWEST or again == 0:
        raise RuleNotFittedError(
            f"Until {as_date(end)} {counted(watched, 'customers')} were watched after their first purchase and {again} "
            f"of them bought again, too few to tell who is still a customer: at least {FEWEST} and 1. {INSTEAD}"
        )
    age = end - seen.first_day
    rows = pd.DataFrame({"frequency": seen.n_days - 1, "recency": seen.span, "age": age})
    rows = rows.value_counts(sort=False).rename("customers").reset_index()
    fit = fit_purchases(rows, setting.model, period="D", weights="customers")
    if not fit.converged:
        raise RuleNotFittedError(f"No {fit.model.name} was found until {as_date(end)}. {INSTEAD}")
    if NOBODY in {edge.leave for edge in fit.edges}:
        raise RuleNotFittedError(
            f"By the {fit.model.name} nobody leaves until {as_date(end)}, so nobody is lost. {INSTEAD}"
        )
    return InactiveRule(setting, fit, fitted_until=end)


def _inside(share: float) -> float:
    """Return a share that a rule can have: neither nobody's nor everybody's."""
    return float(np.clip(share, 1e-12, 1 - 1e-12))
