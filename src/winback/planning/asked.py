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
class Comparisons:
    """Which arms a trial compares, and over how many comparisons its level is split.

    Parameters
    ----------
    pairs : {"all", "offers", "none"} or list of pairs
        All arms with each other, the offers only, each offer with the untreated only, or these pairs.
    n : int, optional
        Over how many comparisons the level is split; by default over those made.

    Examples
    --------
    >>> Comparisons([("discount", "upgrade")], n=1)
    Comparisons(pairs=[('discount', 'upgrade')], n=1)
    """

    pairs: str | list[tuple[str, str]] = "all"
    n: int | None = None


@dataclass(frozen=True)
class Choice:
    """How surely the best offer is to be chosen.

    Parameters
    ----------
    probability_correct : float
        Chance with which the best offer is to be chosen.
    expected_loss : float, optional
        Most that the choice may lose per customer on average, whatever the true profits are, in money.

    Examples
    --------
    >>> Choice(expected_loss=2.5)
    Choice(probability_correct=0.9, expected_loss=2.5)
    """

    probability_correct: float = 0.9
    expected_loss: float | None = None


@dataclass(frozen=True)
class FollowUp:
    """How long a trial is watched.

    Parameters
    ----------
    months : float or several
        For how many months after the return every customer is watched at least.
    entry_months : float
        Over how many months the offers go out.

    Examples
    --------
    >>> FollowUp([6, 12], entry_months=3).lengths
    (6, 12)
    """

    months: float | Iterable[float]
    entry_months: float = 0.0

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
        choice = self.choice
        shares = {"power": self.power, "level": self.level, "probability_correct": choice.probability_correct}
        for name, share in shares.items():
            if not (_is_number(share) and 0 < share < 1):
                problems.add(name, f"must lie between 0 and 1, got {share!r}", "Say 0.8 for 80%.")
        remedies = {"difference": "Give the smallest difference worth finding."}
        remedies["expected_loss"] = "Give the most that a wrong choice may cost on average."
        for name, amount in (("difference", self.difference), ("expected_loss", choice.expected_loss)):
            if amount is not None and not _is_positive(amount):
                text = f"must be an amount of money above 0 per customer, got {amount!r}"
                problems.add(name, text, remedies[name])
        if self.holdout is not None and not (_is_number(self.holdout) and 0 <= self.holdout < 1):
            text = f"must be a share from 0 to under 1, got {self.holdout!r}"
            problems.add("holdout", text, "Say 0.1 for 10% left untreated.")
        for name, n in (("n of compare", self.compare.n), ("n_available", self.n_available)):
            if n is not None and not (_is_positive(n) and float(n).is_integer()):
                problems.add(name, f"must be a whole number above 0, got {n!r}", "Count them.")
        if self.follow_up is not None:
            self._problems_of_follow_up(problems)

    def _problems_of_follow_up(self, problems: ProblemList) -> None:
        entry, months = self.follow_up.entry_months, self.follow_up.lengths
        if not (_is_number(entry) and 0 <= entry < np.inf):
            text = f"must be a number of months from 0, got {entry!r}"
            problems.add("entry_months", text, "0: all are sent it at once.")
        if not months or not all(map(_is_positive, months)):
            problems.add("follow_up", f"must be months above 0, got {months!r}", "Say [6, 12, 24], for example.")

    def check_against(self, figures: ProfitFigures, problems: ProblemList) -> None:
        """Add what the figures cannot answer: unknown offers, no untreated, chances that no trial can miss."""
        known = ", ".join(figures.names)
        pairs = self.compare.pairs
        if isinstance(pairs, str):
            if pairs not in COMPARE:
                text = f"must be one of {', '.join(COMPARE)} or a list of pairs, got {pairs!r}"
                problems.add("compare", text, "Choose one.")
        elif not _are_pairs(pairs):
            text = f"must be a list of pairs of two different offers, got {pairs!r}"
            problems.add("compare", text, f"There are {known}.")
        else:
            unknown = sorted({str(name) for pair in pairs for name in pair} - set(figures.names))
            if unknown:
                problems.add("compare", f"names unknown offers: {', '.join(unknown)}", f"There are {known}.")
        if not figures.has_untreated and (self.holdout or pairs == NO_OFFER):
            remedy = "Add a row none to assumed figures, organic and organic_value to a pilot's offers, or plan none."
            problems.add("holdout", "cannot be planned without the organic return", remedy)
        if self.holdout == 0 and pairs == NO_OFFER:
            text = "is 0, and every offer is to be compared with none"
            problems.add("holdout", text, "Leave some customers untreated.")
        if self.n_available is not None and self.n_available < 2 * len(figures.names):
            text = f"leaves fewer than 2 customers an arm, got {self.n_available!r}"
            problems.add("n_available", text, "Plan for more.")
        least = 1 / len(figures.offers)
        probability = self.choice.probability_correct
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
    return _is_number(value) and 0 < value < np.inf


def _are_pairs(pairs) -> bool:
    try:
        return len(pairs) > 0 and all(
            not isinstance(pair, str) and len(pair) == 2 and pair[0] != pair[1] for pair in pairs
        )
    except TypeError:
        return False
