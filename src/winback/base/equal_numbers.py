r"""Which rule has the fewest false alarms when all of them call the same number of customers lost?

At a date the m most overdue by a rule are called lost, the same m for all: its free number is moved until they are.
Customers who tie where the line is drawn count in part. With :math:`w_i` whether customer i is called lost,
:math:`y_i` whether they buy again and :math:`c` the share of those about the line who do, the error of the false alarms
:math:`\sum_i w_i y_i` comes from the customers'

.. math:: w_i y_i - c \, (w_i - u_i)

with :math:`u_i` whether the rule that sets the number m calls them lost: a line that is drawn elsewhere in another
sample lets in or out those about it. Of a customer seen at several dates these are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from winback.base.fitted_rules import fit_rule
from winback.base.lapse_rule import LapseRule
from winback.base.looks import Look, Looks, unsure
from winback.base.purchase_days import PurchaseDays, Seen
from winback.base.rules import RuleNotFittedError, Setting
from winback.clusters import covariance_of_means
from winback.uncertainty import max_t_quantile, normal_draws, share_interval

ABOUT_THE_LINE = 0.1  # of those on its nearer side: enough to tell their share, near enough to be theirs


@dataclass(frozen=True)
class Line:
    """Where the line is drawn so that so many are called lost."""

    overdue: float  # of the last one called lost
    weight: np.ndarray  # (n,) 1 for those called lost, a part for those who tie at the line
    about: np.ndarray  # (n,) bool: near the line


def draw_line(overdue: np.ndarray, number: int) -> Line:
    """Call so many customers lost, the most overdue ones.

    Examples
    --------
    >>> draw_line(np.array([3.0, 9.0, 5.0, 5.0]), 2).weight.tolist()
    [0.0, 1.0, 0.5, 0.5]
    """
    falling = np.sort(overdue)[::-1]
    at = falling[number - 1]
    above, tied = overdue > at, overdue == at
    weight = above + tied * ((number - above.sum()) / tied.sum())
    reach = int(np.ceil(ABOUT_THE_LINE * min(number, len(overdue) - number)))
    first, last = falling[max(number - 1 - reach, 0)], falling[min(number - 1 + reach, len(falling) - 1)]
    return Line(float(at), weight, (overdue <= first) & (overdue >= last))


@dataclass(frozen=True)
class EqualNumbers:
    """False alarms of k rules that all call the same number lost, over several dates."""

    n_lost: int  # called lost by each, over all dates
    n_again: np.ndarray  # (k,) of them bought again; ties count in part
    errors: np.ndarray = field(repr=False)  # (n, k) of the shares: what each customer adds to them

    @property
    def shares(self) -> np.ndarray:
        """False alarms of each rule, shape (k,)."""
        return self.n_again / self.n_lost

    def intervals(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Return low and high of each share, shape (k,): Wilson's, with as many customers as make its variance."""
        shares = self.shares
        spread = shares * (1 - shares)
        variance = np.maximum(np.diag(self.covariance) * unsure(self.errors, level) ** 2, spread / self.n_lost)
        independent = np.where(spread > 0, spread / np.where(spread > 0, variance, 1.0), self.n_lost)
        return share_interval(shares * independent, independent, level)

    def margins(self, level: float) -> np.ndarray:
        """Return half the interval of each difference between two rules, shape (k, k), all at once."""
        apart = self.errors[:, :, None] - self.errors[:, None, :]
        flat = apart.reshape(len(apart), -1)
        variance = self.covariance.diagonal()[:, None] + self.covariance.diagonal() - 2 * self.covariance
        drawn = normal_draws(self.covariance)
        pairs = np.triu_indices(len(variance), 1)
        reach = max_t_quantile(drawn[:, pairs[0]] - drawn[:, pairs[1]], level)
        return reach * np.sqrt(np.maximum(variance, 0.0)) * unsure(flat, level).reshape(variance.shape)

    @cached_property
    def covariance(self) -> np.ndarray:
        """Covariance of the shares, shape (k, k)."""
        return covariance_of_means(self.errors) * len(self.errors) ** 2


def number_lost(reference: Setting, days: PurchaseDays, seen: Seen) -> tuple[int, np.ndarray]:
    """Return how many the rule that sets the number calls lost, and whom; half of all where it cannot be fitted."""
    try:
        called = fit_rule(reference, days, seen.end).is_lost(seen)
    except RuleNotFittedError:
        called = np.zeros(len(seen), dtype=bool)
    if 0 < called.sum() < len(seen):
        return int(called.sum()), called.astype(float)
    half = max(len(seen) // 2, 1)
    return half, np.full(len(seen), half / len(seen))


def overdue_by(rule: LapseRule, seen: Seen) -> np.ndarray:
    """Return how overdue customers are by a rule, shape (n,)."""
    return rule.overdue(seen.n_days, seen.span, seen.silent)


def at_equal_numbers(
    rules: Sequence[Sequence[LapseRule]], days: PurchaseDays, looks: Looks, reference: Setting
) -> EqualNumbers:
    """Count the false alarms of rules at earlier dates, each given as it was fitted to what was known by each date."""
    numbers = [number_lost(reference, days, look.seen) for look in looks.each]
    n_lost = sum(number for number, _ in numbers)
    by_reference = looks.spread([called for _, called in numbers]).sum(axis=1)
    again, errors = [], []
    for fitted in rules:
        at_each = [_at_one(*each) for each in zip(fitted, looks.each, numbers, strict=True)]
        alarms, moves = zip(*at_each, strict=True)
        alarms = looks.spread(alarms)
        again.append(alarms.sum())
        moved = (alarms + looks.spread(moves)).sum(axis=1)
        errors.append(moved - again[-1] / n_lost * by_reference)
    return EqualNumbers(n_lost, np.array(again), np.stack(errors, axis=1) / n_lost)


def _at_one(rule: LapseRule, look: Look, called: tuple[int, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return each customer's false alarm at one date, and what the line would let in or out."""
    number, reference = called
    line = draw_line(overdue_by(rule, look.seen), number)
    chance = look.again[line.about].mean()
    return line.weight * look.again, -chance * (line.weight - reference)
