"""Who was lost before by a rule, and who came back? Every silence of a history that outlasted its allowance."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from winback.base.lapse_rule import LapseRule
from winback.base.purchase_days import PurchaseDays

STILL_LOST = 0  # no day: not back until the end of the data


@dataclass(frozen=True)
class PastLosses:
    """Every loss of every customer, by customer and then by day; days are numbers as of `datetime.date.toordinal`."""

    row: np.ndarray = field(repr=False)  # (n,) of the last purchase before, among all purchase days
    code: np.ndarray = field(repr=False)  # (n,) of the customer
    number: np.ndarray = field(repr=False)  # (n,) 1 for the first loss, 2 for the second one, ...
    last_day: np.ndarray = field(repr=False)  # (n,) of the last purchase before
    lost_on: np.ndarray = field(repr=False)  # (n,)
    returned_on: np.ndarray = field(repr=False)  # (n,) of the next purchase, at or after the loss; 0: not until the end

    def __len__(self) -> int:
        """Return the number of losses."""
        return len(self.code)

    @property
    def returned(self) -> np.ndarray:
        """Which of the lost came back, shape (n,)."""
        return self.returned_on != STILL_LOST


def past_losses(days: PurchaseDays, rule: LapseRule) -> PastLosses:
    """Return the losses along each customer's history: what follows a purchase is judged by the history until it.

    What the rule learned from the log as a whole (its return curve or its model) it learned until the end.

    Examples
    --------
    >>> from winback.base.fitted_rules import fit_rule
    >>> from winback.base.rules import Silence
    >>> days = PurchaseDays.of([0, 0, 0, 1], [1, 151, 160, 100], until=300)
    >>> lost = past_losses(days, fit_rule(Silence(90), days))
    >>> lost.code.tolist(), lost.number.tolist(), lost.lost_on.tolist(), lost.returned_on.tolist()
    ([0, 0, 1], [1, 2, 1], [92, 251, 191], [151, 0, 0])
    """
    parts, begin = [], 0
    for some in days.in_parts():
        parts.append(_losses(some, rule, begin))
        begin += len(some)
    return PastLosses(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _losses(days: PurchaseDays, rule: LapseRule, begin: int) -> tuple[np.ndarray, ...]:
    """Return the losses of some customers, whose first row is among all, in the order of `PastLosses`."""
    code, day = days.code, days.day.astype(np.int64)
    starts = np.append(True, code[1:] != code[:-1])
    first = np.maximum.accumulate(np.where(starts, np.arange(len(code)), 0))
    n_days, span = np.arange(len(code)) - first + 1, day - day[first]
    lost_on = day + rule.allowance(n_days, span)
    next_day = np.append(np.where(starts[1:], STILL_LOST, day[1:]), STILL_LOST)
    lost = lost_on <= np.where(next_day == STILL_LOST, days.until, next_day)
    row = np.flatnonzero(lost)
    code, next_day = code[row], next_day[row]
    new = np.append(True, code[1:] != code[:-1])[: len(code)]
    number = np.arange(len(code)) - np.maximum.accumulate(np.where(new, np.arange(len(code)), 0)) + 1
    return row + begin, code, number, day[row], lost_on[row], next_day
