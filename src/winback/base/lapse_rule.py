"""What can every rule do that was fitted to a log? Say after how many silent days each customer is lost."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field

import numpy as np

from winback.base.purchase_days import NEVER, Seen
from winback.base.rules import Setting

LATEST = 3_652_059  # 9999-12-31, the last day that has a date


@dataclass(frozen=True)
class LapseRule:
    """A rule with its settings, fitted to a log: it needs of a customer the purchase days and their span, and no more.

    From the allowance follows everything: the day on which a customer will be called lost if they stay silent, and who
    is lost as of any day.
    """

    setting: Setting
    fitted_until: int = field(kw_only=True)  # last day that the fit knows of; other days are judged by what it learned

    @abstractmethod
    def allowance(self, n_days: np.ndarray, span: np.ndarray) -> np.ndarray:
        """Return the silent days, whole ones, from which on each customer is lost, shape (n,); NEVER for none."""

    @abstractmethod
    def overdue(self, n_days: np.ndarray, span: np.ndarray, silent: np.ndarray) -> np.ndarray:
        """Return how overdue each customer is by this rule, shape (n,): of any two the more overdue is lost first."""

    @abstractmethod
    def moved(self, overdue: float) -> Setting:
        """Return the settings under which those so overdue, or more, are lost."""

    def lost_on(self, seen: Seen) -> np.ndarray:
        """Return the day on which each customer is called lost who stays silent, shape (n,); NEVER for none."""
        return seen.last_day + np.minimum(self.allowance(seen.n_days, seen.span), NEVER - seen.last_day)

    def is_lost(self, seen: Seen) -> np.ndarray:
        """Return which customers are lost by the end of the day they were seen on, shape (n,)."""
        return seen.silent >= self.allowance(seen.n_days, seen.span)

    @property
    def in_words(self) -> str:
        """What the rule takes for a loss."""
        return self.setting.in_words


def to_dates(days: np.ndarray) -> np.ndarray:
    """Return the dates of days' numbers as of `datetime.date.toordinal`; missing where there is none.

    Examples
    --------
    >>> to_dates(np.array([729298, NEVER])).astype(str).tolist()
    ['1997-10-01', 'NaT']
    """
    days = np.asarray(days, dtype=np.int64)
    known = (days > 0) & (days <= LATEST)
    found = np.where(known, days, 1).astype("datetime64[D]") + (np.datetime64("0001-01-01") - np.datetime64(1, "D"))
    return np.where(known, found, np.datetime64("NaT"))
