"""How often does a rule call somebody lost who buys again? Measured on the log itself, at earlier dates."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from winback.base.fitted_rules import fit_rule
from winback.base.lapse_rule import LapseRule
from winback.base.looks import MOST_DATES, PooledShare, earlier_days, look_back, pooled_share
from winback.base.past_losses import past_losses
from winback.base.purchase_days import PurchaseDays, as_date, in_days
from winback.base.rules import DAYS, Personal, RuleNotFittedError, Setting
from winback.clusters import covariance_of_means
from winback.results import Result, Sentences, counted, format_chance, format_percent
from winback.uncertainty import share_interval

APART = 0.01  # below this p-value rates of different dates differ: one look in a hundred is misled


@dataclass(frozen=True, repr=False, kw_only=True)
class FalseAlarms(Result):
    """Who of those called lost at earlier dates bought again.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per date, see `false_alarms`.
    pooled : PooledShare
        False alarms over all dates.
    of_gaps : PooledShare
        Gaps between purchases, of those that ended in the whole log, that the rule would have taken for a loss.
    p_value : float or None
        That the rates of all dates are one; None for one date, or where a rate is none or all.
    """

    frame: pd.DataFrame
    pooled: PooledShare
    of_gaps: PooledShare
    p_value: float | None
    n_too_early: int  # dates at which too little was known to fit the rule
    setting: Setting
    within: int
    least_days: int
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "asof": ("On", "text"),
        "n": ("Customers", "count"),
        "n_lost": ("Called lost", "count"),
        "false_alarms": ("Bought again", "percent"),
        "n_kept": ("Kept", "count"),
        "kept_again": ("of them bought again", "percent"),
    }

    @property
    def drifts(self) -> bool:
        """Whether the rates of different dates lie further apart than by chance."""
        return self.p_value is not None and self.p_value < APART

    def describe(self) -> Sentences:
        """Say how many of those called lost bought again, whether that changes, and what no log tells."""
        last = self.frame.iloc[-1]
        if last["n_lost"] == 0:
            first = f"nobody was called lost on {last['asof']} ({self.setting.in_words})."
        else:
            first = (
                f"of {counted(last['n_lost'], 'customers')} called lost on {last['asof']} ({self.setting.in_words}), "
                f"{self.interval(last, 'false_alarms', 'percent')} bought again within "
                f"{in_days(self.within)}: false alarms."
            )
        return Sentences.of([first, *self._over_dates(), self._doubt()])

    def _doubt(self) -> str:
        asked = self.setting.false_alarms if isinstance(self.setting, Personal) else None
        if asked is None or self.of_gaps.low <= asked <= self.of_gaps.high:
            return "who of the others is gone for good, no log tells: they may buy later."
        return f"the rule asks that {format_chance(asked)} of all gaps be taken for a loss; in this log {self._gaps()}."

    def _gaps(self) -> str:
        return f"{_in_words(self.of_gaps)} of {self.of_gaps.n:,} gaps that ended were"

    def _over_dates(self) -> list[str]:
        rates = self.frame["false_alarms"].dropna()
        if len(rates) < 2:
            return []
        over = f"over {len(rates)} dates it was {_in_words(self.pooled)}"
        if self.drifts:
            low, high = format_percent(rates.min()), format_percent(rates.max())
            apart = f"{low} to {high} from date to date, more than by chance"
            return [f"{over}, but {apart}: today's may differ."]
        return [f"{over}, from date to date no further apart than by chance."]

    def details(self) -> Sentences:
        """Say how this was measured."""
        judged = "everybody known"
        if self.least_days > 1:
            judged += f" who had bought on at least {in_days(self.least_days)}"
        if self.n_too_early:
            dates = "date" if self.n_too_early == 1 else "dates"
            judged += f"; at {self.n_too_early} earlier {dates} too little was known"
        return Sentences.of(
            [
                f"at each date the rule was fitted to what was known by then, and applied to {judged}.",
                f"intervals at {self.level:.0%} are Wilson's; over several dates customers are the units, as the same "
                "ones are called lost at more than one.",
                f"by the rule as it is at the end {self._gaps()} taken for a loss, each a loss that ended in a return.",
            ]
        )


def false_alarms(
    days: PurchaseDays,
    setting: Setting,
    *,
    on: Sequence[int] | None = None,
    within: int = DAYS,
    least_days: int = 1,
    level: float = 0.95,
) -> FalseAlarms:
    """Measure who of those that a rule calls lost at earlier dates bought again.

    Parameters
    ----------
    on : sequence of int, optional
        Days as of `datetime.date.toordinal`; by default up to four, at distances of ``within``.
    within : int
        Days after each in which a purchase makes a false alarm.
    least_days : int
        Purchase days from which on customers are judged.

    Returns
    -------
    FalseAlarms
        ``to_frame()`` has one row per date: ``asof``, ``n`` judged, ``n_lost``, ``n_lost_again`` of them who bought
        again, the share ``false_alarms`` with ``_low`` and ``_high``, ``n_kept``, ``n_kept_again``, ``kept_again``.

    Examples
    --------
    >>> from winback.base.rules import Silence
    >>> rng = np.random.default_rng(2)
    >>> days = PurchaseDays.of(rng.integers(0, 200, 1500), rng.integers(1, 500, 1500), until=500)
    >>> false_alarms(days, Silence(60)).to_frame()["n_lost"].tolist()
    [69, 84, 78]
    """
    asked = earlier_days(days, within, MOST_DATES) if on is None else sorted(on)
    rules = _fitted(setting, days, asked, all_of_them=on is not None)
    rows, called, again = [], [], []
    for rule in rules:  # one look at a time, as each knows all customers
        looks = look_back(days, [rule.fitted_until], within)
        (look,) = looks.each
        lost, judged = rule.is_lost(look.seen), look.seen.n_days >= least_days
        rows.append(_row(look, lost, judged, level))
        called.append(looks.spread([lost & judged]))
        again.append(looks.spread([lost & judged & look.again]))
    pooled = np.hstack(called), np.hstack(again)
    return FalseAlarms(
        frame=pd.DataFrame(rows),
        pooled=pooled_share(*pooled, level),
        of_gaps=_gaps_taken(days, fit_rule(setting, days), level),
        p_value=_one_rate(*pooled),
        n_too_early=len(asked) - len(rules),
        setting=setting,
        within=within,
        least_days=least_days,
        level=level,
    )


def _in_words(found: PooledShare) -> str:
    return f"{format_percent(found.share)} [{format_percent(found.low)}, {format_percent(found.high)}]"


def _fitted(setting, days, on, all_of_them) -> list[LapseRule]:
    """Return the rule as it was at earlier dates, unless all are asked for without those at which it cannot be had."""
    found: list[LapseRule] = []
    for day in on:
        try:
            found.append(fit_rule(setting, days, day))
        except RuleNotFittedError:
            if all_of_them or (day == on[-1] and not found):
                raise
    return found


def _row(look, lost, judged, level) -> dict[str, datetime.date | float]:
    called, kept = lost & judged, ~lost & judged
    n, again, n_kept, kept_again = (int(each.sum()) for each in (called, called & look.again, kept, kept & look.again))
    low, high = share_interval(again, n, level) if n else (0.0, 1.0)
    return {
        "asof": as_date(look.seen.end),
        "n": int(judged.sum()),
        "n_lost": n,
        "n_lost_again": again,
        "false_alarms": again / n if n else np.nan,
        "false_alarms_low": float(low),
        "false_alarms_high": float(high),
        "n_kept": n_kept,
        "n_kept_again": kept_again,
        "kept_again": kept_again / n_kept if n_kept else np.nan,
    }


def _gaps_taken(days: PurchaseDays, rule: LapseRule, level: float) -> PooledShare:
    """Return the share of gaps that ended which outlasted their allowance."""
    taken, everybody = past_losses(days, rule), days.asof(days.until)
    row = np.searchsorted(everybody.code, taken.code[taken.returned])
    yes = np.bincount(row, minlength=len(everybody)).astype(float)
    return pooled_share((everybody.n_days - 1.0)[:, None], yes[:, None], level)


def _one_rate(asked: np.ndarray, yes: np.ndarray) -> float | None:
    """Return the p-value that the rates of all dates are one (Wald), customers being the clusters."""
    n, n_yes = asked.sum(axis=0), yes.sum(axis=0)
    if len(n) < 2 or not ((n_yes > 0) & (n_yes < n)).all():
        return None
    rates = n_yes / n
    covariance = covariance_of_means((yes - rates * asked) / n) * len(asked) ** 2
    contrasts = np.eye(len(n))[1:] - np.eye(len(n))[0]
    off = contrasts @ rates
    statistic = off @ np.linalg.pinv(contrasts @ covariance @ contrasts.T) @ off
    return float(chdtrc(len(off), statistic))
