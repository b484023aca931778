"""What is asked of the next trial? The arguments of `plan_trial`, checked together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from winback.doors import door_of_settings
from winback.planning.figures import ProfitFigures
from winback.tables import NO_OFFER, ProblemList
from winback.tables.numbers import LARGEST

COMPARE = ("all", "offers", "none")


@door_of_settings
@dataclass(frozen=True)
class Comparisons:
    """Which arms a trial compares, and over how many comparisons its level is split.

    Examples
    --------
    >>> Comparisons([("discount", "upgrade")], n=1)
    Comparisons(pairs=[('discount', 'upgrade')], n=1)
    """

    pairs: str | list[tuple[str, str]] = "all"  # all arms, the "offers" only, each offer with "none", or these pairs
    n: int | None = None  # by default as many as are made


@door_of_settings
@dataclass(frozen=True)
class Choice:
    """How surely the best offer is to be chosen.

    Examples
    --------
    >>> Choice(expected_loss=2.5)
    Choice(probability_correct=0.9, expected_loss=2.5)
    """

    probability_correct: float = 0.9
    expected_loss: float | None = None  # most money per customer lost on average, whatever the true profits are


@door_of_settings
@dataclass(frozen=True)
class FollowUp:
    """How long a trial is watched.

    Examples
    --------
    >>> FollowUp([6, 12], entry_months=3).lengths
    (6, 12)
    """

    months: float | Iterable[float]  # every customer is watched after the return, at least; one length or several
    entry_months: float = 0.0  # over how many months the offers go out

    @property
    def lengths(self) -> tuple[float, ...]:
        """The lengths of follow-up, also a single one."""
        several = isinstance(self.months, Iterable) and not isinstance(self.months, str)
        return tuple(self.months) if several else (self.months,)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the trial must tell, how surely, and how it is run."""

    difference: float | None  # smallest worth finding, money per customer; None: the gaps of the figures
    power: float
    level: float
    compare: Comparisons
    holdout: float | None  # share of customers; None: the square root of the number of offers to one
    choice: Choice
    n_available: float | None
    follow_up: FollowUp | None

    def problems(self, problems: ProblemList) -> None:
        """Add everything that is wrong with the arguments."""
        self._problems_of_chances(problems)
        choice = self.choice
        least, most = "the smallest difference worth finding", "the most that a wrong choice may cost on average"
        for name, amount, wanted in (
            ("difference", self.difference, least),
            ("expected_loss", choice.expected_loss, most),
        ):
            if amount is not None and not _is_positive(amount):
                text = f"must be an amount of money above 0 per customer, got {amount!r}"
                problems.add(name, text, f"Give {wanted}.")
        if self.holdout is not None and not (_is_number(self.holdout) and 0 <= self.holdout < 1):
            text = f"must be a share from 0 to under 1, got {self.holdout!r}"
            problems.add("holdout", text, "Say 0.1 for 10% left untreated.")
        for name, n in (("n of compare", self.compare.n), ("n_available", self.n_available)):
            if n is not None and not (_is_positive(n) and float(n).is_integer()):
                problems.add(name, f"must be a whole number above 0, got {n!r}", "Count them.")
        watched = self.follow_up or FollowUp(1.0)
        entry, months = watched.entry_months, watched.lengths
        if not (_is_number(entry) and 0 <= entry < np.inf):
            text = f"must be a number of months from 0, got {entry!r}"
            problems.add("entry_months", text, "0: all are sent it at once.")
        if not months or not all(map(_is_positive, months)):
            problems.add("follow_up", f"must be months above 0, got {months!r}", "Say [6, 12, 24], for example.")

    def _problems_of_chances(self, problems: ProblemList) -> None:
        chances = {"power": self.power, "level": self.level, "probability_correct": self.choice.probability_correct}
        wrong = [name for name, share in chances.items() if not (_is_number(share) and 0 < share < 1)]
        for name in wrong:
            problems.add(name, f"must lie between 0 and 1, got {chances[name]!r}", "Say 0.8 for 80%.")
        if not wrong and self.power <= 1 - self.level:
            text = f"must be above {1 - self.level:.3g}, the chance of a false alarm at this level, got {self.power!r}"
            problems.add("power", text, "Say 0.8 for 80%.")

    def check_against(self, figures: ProfitFigures, problems: ProblemList) -> None:
        """Add what the figures cannot answer: unknown offers, no untreated, chances that no trial can miss."""
        known, pairs = f"There are {', '.join(figures.names)}.", self.compare.pairs
        if isinstance(pairs, str) and pairs not in COMPARE:
            text = f"must be one of {', '.join(COMPARE)} or a list of pairs, got {pairs!r}"
            problems.add("compare", text, "Choose one.")
        elif not isinstance(pairs, str) and not _are_pairs(pairs):
            problems.add("compare", f"must be a list of pairs of two different offers, got {pairs!r}", known)
        elif not isinstance(pairs, str):
            unknown = sorted({str(name) for pair in pairs for name in pair} - set(figures.names))
            if unknown:
                problems.add("compare", f"names unknown offers: {', '.join(unknown)}", known)
        if not figures.has_untreated and (self.holdout or pairs == NO_OFFER):
            remedy = "Add a row none to assumed figures, organic and organic_value to a pilot's offers, or plan none."
            problems.add("holdout", "cannot be planned without the organic return", remedy)
        if self.holdout == 0 and pairs == NO_OFFER:
            remedy = "Leave some customers untreated."
            problems.add("holdout", "is 0, and every offer is to be compared with none", remedy)
        if self.n_available is not None and self.n_available < 2 * len(figures.names):
            text = f"leaves fewer than 2 customers an arm, got {self.n_available!r}"
            problems.add("n_available", text, "Plan for more.")
        least, probability = 1 / len(figures.offers), self.choice.probability_correct
        if len(figures.offers) > 1 and probability <= least:
            text = f"must be above {least:.3g}, the chance of choosing blindly, got {probability!r}"
            problems.add("probability_correct", text, "Say 0.9 for 90%.")

    def ratio(self, figures: ProfitFigures) -> float:
        """Return the size of the holdout in arms: the square root of the offers' number, or as the share says."""
        k = len(figures.offers)
        if not figures.has_untreated:
            return 0.0
        return float(np.sqrt(k)) if self.holdout is None else self.holdout * k / (1 - self.holdout)


def _is_number(value) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _is_positive(value) -> bool:
    return _is_number(value) and 0 < value <= LARGEST


def _are_pairs(pairs) -> bool:
    try:
        return len(pairs) > 0 and all(
            not isinstance(pair, str) and len(pair) == 2 and pair[0] != pair[1] for pair in pairs
        )
    except TypeError:
        return False
