r"""What did the trial measure for the very choices of a plan or a frontier? Outcomes where predictions were.

.. math:: \hat G = \frac{n}{m} \sum_i \Gamma_{i k(i)} - \Gamma_{i 0}

over the :math:`m` of :math:`n` customers who were in the trial, with the scores :math:`\Gamma` of `offer_scores` and
the choices :math:`k(i)`. What a customer costs who comes back by one choice and not by another is the ratio of two such
totals, so its interval is Fieller's (1954): all prices q at which profit less q times customers may be zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.clusters import covariance_of_means, part_of
from winback.results import join_words
from winback.skewness import skewed_interval, skewed_ratio
from winback.tables import NO_OFFER
from winback.trial.moments import PROFIT, RETURNED
from winback.trial.same_terms import check_is_trial, check_same_terms
from winback.trial.scores import offer_scores
from winback.trial.skewed_scores import own_arm, score_length
from winback.trial.trial import Trial
from winback.uncertainty import RatioInterval, mean_interval, normal_quantile


@dataclass(frozen=True)
class Measured:
    """A total over all customers to choose from, in money or customers, as a trial measured it."""

    total: float
    low: float
    high: float
    n: int  # customers who were in the trial
    terms: str = ""  # the trial's in words, where the choices came as a frame that had none


def measuring_trial(what: str, choices: Choices, trial: Trial | None) -> Trial:
    """Return the trial to measure by: the choices' own, or another under the same terms; refuse any other."""
    own = choices.trial
    if trial is None and own is None:
        raise ValueError(f"{what.capitalize()} was made from a frame, which remembers no trial: say measure(trial).")
    if trial is None:
        return own
    check_is_trial(trial)
    if own is not None:
        check_same_terms(what, own, trial)
    elif choices.currency != trial.currency:
        other = f"is in {choices.currency}, and this trial in {trial.currency}"
        raise ValueError(f"{what.capitalize()} {other}. Make {what} with offers=trial.offers.")
    return trial


@dataclass(frozen=True)
class Scored:
    """What each choice gains over no offer by a trial's scores, no offer first, of the customers who were in it."""

    gains: np.ndarray  # (m, 1 + n_offers)
    counts: np.ndarray  # likewise: what each customer's own arm counts in that
    rows: np.ndarray  # (m,) their positions among the choices
    length: Callable  # skew length of the mean over these customers of what is counted
    clusters: np.ndarray | None  # (m,) who of these belong together
    n: int  # customers to choose from
    terms: str
    z: float  # of the intervals

    @classmethod
    def by(cls, choices: Choices, trial: Trial, outcome: str, level: float) -> Scored:
        """Score the choices by profit or by who returned; see `BudgetPlan.measure` for what is refused."""
        z = normal_quantile(level)  # refuses what is not a level
        found = offer_scores(trial, outcome=outcome)
        untried = [name for name in choices.offers if name not in found.scores]
        if untried:
            raise ValueError(f"{join_words(untried)} was not tried, so the trial cannot measure it.")
        if choices.alone.is_known and NO_OFFER not in found.scores:
            raise ValueError(
                "The choices are compared with no offer, and in this trial nobody was left without one at random, so "
                f"it cannot measure that. Drop the column {NO_OFFER} from the values, or assume an organic return."
            )
        place = found.scores.index.get_indexer(choices.customer_ids)
        rows = np.flatnonzero(place >= 0)
        if len(rows) == 0:
            raise ValueError("None of these customers was in the trial: there is nothing to measure by.")
        tried = place[rows]
        own = pd.DataFrame(own_arm(trial), columns=trial.choices)
        scores, counts = (each[list(choices.offers)].to_numpy()[tried] for each in (found.scores, own))
        if NO_OFFER in found.scores and choices.kind == "incremental":
            alone, alone_counts = (each[NO_OFFER].to_numpy()[tried] for each in (found.scores, own))
        else:  # assumed, or nothing taken off
            alone = (choices.alone.money[:, 1] if outcome == "profit" else choices.alone.chances)[rows]
            alone_counts = np.zeros(len(rows))
        gains, counts = (
            np.column_stack([np.zeros(len(rows)), each - less[:, None]])
            for each, less in ((scores, alone), (counts, alone_counts))
        )
        terms = "" if choices.trial is not None else trial.terms_in_words
        length = partial(score_length, trial, outcome=outcome, rows=tried)
        asked = {"clusters": part_of(trial.clusters, tried), "n": len(choices.profits), "terms": terms, "z": z}
        return cls(gains, counts, rows, length, **asked)

    def each(self, chosen: np.ndarray) -> np.ndarray:
        """Return what each customer gains by their choice (of all, 0 for none), and what counts in it, (2, m)."""
        places = np.arange(len(self.rows)), chosen[self.rows]
        return np.stack([self.gains[places], self.counts[places]])

    def total(self, each: np.ndarray) -> Measured:
        """Return the total over all customers, from those measured."""
        gains, counts = each
        mean, error, *_ = mean_interval(gains, clusters=self.clusters)
        ends = skewed_interval(mean, error, self.length(counts), self.z)
        return Measured(*(float(figure * self.n) for figure in (mean, *ends)), n=len(gains), terms=self.terms)

    def columns(self, name: str, points: Sequence[np.ndarray]) -> dict[str, list[float]]:
        """Return the totals of several choices with their intervals, as columns."""
        found = [self.total(each) for each in points]
        ends = {name: "total", f"{name}_low": "low", f"{name}_high": "high"}
        return {column: [getattr(each, end) for each in found] for column, end in ends.items()}


def price_of_a_customer(profit: Scored, fewer: np.ndarray, more: np.ndarray, level: float) -> RatioInterval:
    """Return the profit given up for each customer more between two choices, with Fieller's interval.

    Parameters
    ----------
    profit : Scored
        The customers, scored by profit.
    fewer, more : numpy.ndarray, shape (2, m)
        Each customer's profit less, and who returns more, by one choice instead of the other, see `Scored.each`.
    """
    both = np.column_stack([fewer[0], more[0]])
    (own, joint), (_, other) = covariance_of_means(both, profit.clusters)

    def length(ratio):
        return profit.length(fewer[1], outcome=PROFIT + ratio * RETURNED)

    found = skewed_ratio(*both.mean(axis=0), own, other, joint, length=length, level=level)
    return RatioInterval(float(found.ratio), float(found.low), float(found.high), bool(found.bounded))
