"""Which rule calls the fewest lost who buy again? The default, chosen on the log itself, and how."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.base.equal_numbers import EqualNumbers, at_equal_numbers, draw_line, number_lost, overdue_by
from winback.base.fitted_rules import fit_rule
from winback.base.lapse_rule import LapseRule
from winback.base.looks import MOST_DATES, earlier_days, look_back
from winback.base.purchase_days import PurchaseDays, as_date, in_days
from winback.base.rules import CALLED, DAYS, INSTEAD, RULES, RuleNotFittedError, Setting, Silence
from winback.results import Result, Sentences, format_count, join_words
from winback.uncertainty import normal_quantile

ENOUGH = 50_000  # customers to tell rules apart: shares are then known to a fifth of a percentage point
FEW_ALARMS = 20  # with about ten, 95% intervals of all differences held in 93.5% of simulated shops
FEW = 0.1  # who is silent for so long that fewer buy again is called lost: it sets the number for all rules


@dataclass(frozen=True, repr=False, kw_only=True)
class RuleChoice(Result):
    """The rule with the fewest false alarms when all call the same number of customers lost.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per rule, the chosen one first, see `choose_rule`.
    setting : Rhythm, Silence, Personal or Inactive
        The chosen rule, set to call that number lost today.
    tied : tuple of str
        Rules that are not clearly different from the chosen one.
    left_out : mapping
        Rules that could not be fitted, and why.
    """

    frame: pd.DataFrame
    setting: Setting
    tied: tuple[str, ...]
    left_out: Mapping[str, str]
    on: tuple[datetime.date, ...]
    within: int
    reference: Silence
    one_in: int  # customers of whom one was looked at, where there are very many
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rule": ("Rule", "text"),
        "n_lost": ("Called lost", "count"),
        "false_alarms": ("Bought again", "percent"),
        "difference": ("More than the chosen rule", "percent"),
        "today": ("Today", "text"),
    }

    @property
    def is_tie(self) -> bool:
        """Whether another rule is not clearly different from the chosen one."""
        return bool(self.tied)

    def describe(self) -> Sentences:
        """Say which rule was chosen, whether another would do as well, and what this rests on."""
        best, dates = self.frame.iloc[0], "an earlier date" if len(self.on) == 1 else f"{len(self.on)} earlier dates"
        lines = [
            f"lost when {self.setting.in_words}: of {format_count(best['n_lost'])} called lost at {dates}, "
            f"{self.interval(best, 'false_alarms', 'percent')} bought again "
            f"within {in_days(self.within)}."
        ]
        others = self.frame["rule"].iloc[1:].tolist()
        if self.tied:
            lines.append(f"a tie: {join_words(_called(self.tied))} cannot be told apart from it; either will do.")
        elif others:
            lines.append(f"{join_words(_called(others))} had more false alarms among as many called lost.")
        lines.append(
            "a false alarm is one who bought again so soon; which of the others is gone for good no log tells."
        )
        return Sentences.of(lines)

    def details(self) -> Sentences:
        """Say how the rule was chosen."""
        dates = join_words(date.isoformat() for date in self.on)
        lines = [
            f"on {dates} each rule was fitted to what was known by then, and its free number set so that it called as "
            f"many lost as are {self.reference.in_words}; where that is never so, half of all.",
            f"differences are at {self.level:.0%} for all pairs of rules together; customers are the units, as the "
            "same ones are seen at several dates.",
        ]
        if self.one_in > 1:
            lines.append(f"one customer in {self.one_in} was looked at, enough to tell rules apart.")
        if self.frame["n_lost_again"].min() < FEW_ALARMS:
            lines.append("false alarms are so few that intervals hold a little less often than they say.")
        lines += [f"{CALLED[name]} was left out: {why}" for name, why in self.left_out.items()]
        return Sentences.of(lines)


def _called(names: Iterable[str]) -> list[str]:
    return [CALLED[name] for name in names]


def choose_rule(
    days: PurchaseDays,
    settings: Sequence[Setting] | None = None,
    *,
    within: int = DAYS,
    n_dates: int = MOST_DATES,
    level: float = 0.95,
) -> RuleChoice:
    """Choose the rule with the fewest false alarms at earlier dates, when all call the same number lost.

    Parameters
    ----------
    settings : sequence of Rhythm, Silence, Personal or Inactive, optional
        By default each of the four rules as it comes. Their free number is moved, the rest of their settings kept.
    within : int
        Days in which a purchase makes a false alarm.
    n_dates : int
        Most dates to look at.

    Returns
    -------
    RuleChoice
        ``to_frame()`` has one row per rule: ``rule``, ``n_lost`` (over all dates, the same for all), ``n_lost_again``
        (those who tie count in part), ``false_alarms`` with interval, ``difference`` to the chosen rule with interval,
        ``today`` (the rule in words, set to call the same number lost today).

    Raises
    ------
    RuleNotFittedError
        When the log is too short to look ahead from an earlier date.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> days = PurchaseDays.of(rng.integers(0, 200, 1500), rng.integers(1, 500, 1500), until=500)
    >>> found = choose_rule(days)
    >>> sorted(found.to_frame()["rule"]), list(found.left_out)  # nobody leaves this shop, the model finds
    (['personal', 'rhythm', 'silence'], ['model'])
    """
    normal_quantile(level)
    reference = Silence(share=FEW, within=within)
    n_customers = len(days.asof(days.until))
    days = days.every(one_in := -(-n_customers // ENOUGH))
    looks = look_back(days, earlier_days(days, within, n_dates), within)
    if looks.n_customers < 2:
        raise RuleNotFittedError(f"The log has one customer: there is nobody to compare. {INSTEAD}")
    ends = [look.seen.end for look in looks.each]
    asked = tuple(rule() for rule in RULES) if settings is None else tuple(settings)
    rules, left_out = _fitted(asked, days, [*ends, days.until])
    found = at_equal_numbers([each[:-1] for each in rules], days, looks, reference)
    today = [_today(each[-1], days, reference) for each in rules]
    frame = _compared(found, [each.name for each in today], level).assign(today=[each.in_words for each in today])
    order = np.argsort(found.shares, kind="stable")
    frame = frame.iloc[order].reset_index(drop=True)
    return RuleChoice(
        frame=frame,
        setting=today[order[0]],
        tied=tuple(frame["rule"].iloc[1:][frame["difference_low"].iloc[1:] <= 0]),
        left_out=left_out,
        on=tuple(map(as_date, ends)),
        within=within,
        reference=reference,
        one_in=one_in,
        level=level,
    )


def _fitted(settings, days, ends) -> tuple[list[list[LapseRule]], dict[str, str]]:
    """Return the rules fitted at all dates, and why the others cannot be."""
    fitted, left_out = [], {}
    for setting in settings:
        try:
            fitted.append([fit_rule(setting, days, end) for end in ends])
        except RuleNotFittedError as error:
            left_out[setting.name] = str(error)
    if not fitted:
        raise RuleNotFittedError(f"No rule can be fitted: {' '.join(left_out.values())}")
    return fitted, left_out


def _compared(found: EqualNumbers, names: list[str], level: float) -> pd.DataFrame:
    """Return the rules with their false alarms, and how many more they are than the best one's."""
    shares, best = found.shares, int(found.shares.argmin())
    low, high = found.intervals(level)
    difference, margin = shares - shares[best], found.margins(level)[best]
    return pd.DataFrame(
        {
            "rule": names,
            "n_lost": found.n_lost,
            "n_lost_again": found.n_again,
            "false_alarms": shares,
            "false_alarms_low": low,
            "false_alarms_high": high,
            "difference": difference,
            "difference_low": difference - margin,
            "difference_high": difference + margin,
        }
    )


def _today(rule: LapseRule, days: PurchaseDays, reference: Silence) -> Setting:
    """Return a rule set to call as many lost today as the one that sets the number."""
    seen = days.asof(days.until)
    number, _ = number_lost(reference, days, seen)
    return rule.moved(draw_line(overdue_by(rule, seen), number).overdue)
