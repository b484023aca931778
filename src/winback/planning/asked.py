"""What is asked of the next trial? The arguments of `plan_trial`, checked together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from winback.planning.figures import ProfitFigures
from winback.tables import NO_OFFER, ProblemList

COMPARE = ("all", "offers", "none")


@dataclass(frozen=True)
class Asked:
    """What the trial must tell, how surely, and how it is run."""

    difference: float | None  # smallest worth finding, money per customer; None: the gaps of the figures
    power: float
    level: float
    compare: str | list  # of pairs
    n_comparisons: int | None  # None: as many as are compared
    holdout: float | None  # share of customers; None: the square root of the number of offers to one
    probability_correct: float
    expected_loss: float | None  # money per customer
    n_available: float | None
    follow_up_months: tuple[float, ...]
    entry_months: float

    def problems(self, problems: ProblemList) -> None:
        """Add everything that is wrong with the arguments."""
        for name in ("power", "level", "probability_correct"):
            if not (_is_number(getattr(self, name)) and 0 < getattr(self, name) < 1):
                self._add(problems, name, "must lie between 0 and 1", "Say 0.8 for 80%.")
        for name in ("difference", "expected_loss"):
            if getattr(self, name) is not None and not _is_positive(getattr(self, name)):
                remedy = "Give the smallest difference worth finding." if name == "difference" else "Give the most that"
                remedy += "" if name == "difference" else " a wrong choice may cost on average."
                self._add(problems, name, "must be an amount of money above 0 per customer", remedy)
        if self.holdout is not None and not (_is_number(self.holdout) and 0 <= self.holdout < 1):
            self._add(problems, "holdout", "must be a share from 0 to under 1", "Say 0.1 for 10% left untreated.")
        for name in ("n_comparisons", "n_available"):
            n = getattr(self, name)
            if n is not None and not (_is_positive(n) and float(n).is_integer()):
                self._add(problems, name, "must be a whole number above 0", "Count them.")
        if not (_is_number(self.entry_months) and 0 <= self.entry_months < np.inf):
            self._add(problems, "entry_months", "must be a number of months from 0", "0: all are sent it at once.")
        if not all(map(_is_positive, self.follow_up_months)):
            self._add(problems, "follow_up_months", "must be months above 0", "Say [6, 12, 24], for example.")

    def _add(self, problems, name, text, remedy):
        problems.add(name, f"{text}, got {getattr(self, name)!r}", remedy)

    def check_against(self, figures: ProfitFigures, problems: ProblemList) -> None:
        """Add what the figures cannot answer: unknown offers, no untreated, chances that no trial can miss."""
        known = ", ".join(figures.names)
        if isinstance(self.compare, str):
            if self.compare not in COMPARE:
                self._add(problems, "compare", f"must be one of {', '.join(COMPARE)} or a list of pairs", "Choose one.")
        elif not _are_pairs(self.compare):
            self._add(problems, "compare", "must be a list of pairs of two different offers", f"There are {known}.")
        else:
            unknown = sorted({str(name) for pair in self.compare for name in pair} - set(figures.names))
            if unknown:
                problems.add("compare", f"names unknown offers: {', '.join(unknown)}", f"There are {known}.")
        if not figures.has_untreated and (self.holdout or self.compare == NO_OFFER):
            remedy = "Add a row none to assumed figures, organic and organic_value to a pilot's offers, or plan none."
            problems.add("holdout", "cannot be planned without the organic return", remedy)
        if self.holdout == 0 and self.compare == NO_OFFER:
            text = "is 0, and every offer is to be compared with none"
            problems.add("holdout", text, "Leave some customers untreated.")
        if self.n_available is not None and self.n_available < 2 * len(figures.names):
            self._add(problems, "n_available", "leaves fewer than 2 customers an arm", "Plan for more.")
        least = 1 / len(figures.offers)
        if len(figures.offers) > 1 and self.probability_correct <= least:
            text = f"must be above {least:.3g}, the chance of choosing blindly"
            self._add(problems, "probability_correct", text, "Say 0.9 for 90%.")

    def ratio(self, figures: ProfitFigures) -> float:
        """Return the size of the holdout in arms: the square root of the offers' number, or as the share says."""
        k = len(figures.offers)
        if not figures.has_untreated:
            return 0.0
        return float(np.sqrt(k)) if self.holdout is None else self.holdout * k / (1 - self.holdout)


def months_given(follow_up_months) -> tuple[float, ...]:
    """Return the lengths of follow-up as a tuple, also from a single one."""
    if follow_up_months is None:
        return ()
    several = isinstance(follow_up_months, Iterable) and not isinstance(follow_up_months, str)
    return tuple(follow_up_months) if several else (follow_up_months,)


def _is_number(value) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_positive(value) -> bool:
    return _is_number(value) and 0 < value < np.inf


def _are_pairs(pairs) -> bool:
    try:
        return len(pairs) > 0 and all(
            not isinstance(pair, str) and len(pair) == 2 and pair[0] != pair[1] for pair in pairs
        )
    except TypeError:
        return False
