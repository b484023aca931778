r"""To whom did a moment come that makes people leave? Drawn given when they left, so that the hazard jumps as planted.

The lives are there first. A plan k (a welcome discount of 12 months, a manager who will leave) multiplies the hazard by
:math:`R` in a window after its moment. Given that a life ended at :math:`e`, its plan is k with probability

.. math:: P(k \mid e) \propto \pi_k R^{[e \in W_k]} \exp\{-(R - 1) H_0(W_k \cap [0, e])\}

(Bayes), with :math:`\pi_k` the share of plan k and :math:`H_0` the cumulative hazard without any moment. Then the
hazard of those with the plan is R times that of the others in the window, and no life was changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY, day_of

MOST_RENEWALS = 10


@dataclass(frozen=True)
class Jump:
    """How the hazard jumps after a moment: ``ratio`` times, for so many days, among a share of those at risk."""

    ratio: float
    days: int
    share: float

    def log_odds(self, left: np.ndarray, moment: np.ndarray | int, hazard: CumulativeHazard) -> np.ndarray:
        """Return how much likelier an end at ``left`` is with the moment than without, as a log; 0 if it came after."""
        close = moment + self.days
        exposed = hazard.until(np.minimum(left, close)) - hazard.until(moment)
        without = exposed / (1 + self.share * (self.ratio - 1))  # the hazard seen is a mean over those with and without
        gained = np.where(left <= close, np.log(self.ratio), 0.0) - (self.ratio - 1) * without
        return np.where(np.asarray(moment) < left, gained, 0.0)


@dataclass(frozen=True)
class CumulativeHazard:
    """The Nelson-Aalen estimate by day, of lives that are at risk from ``first`` on."""

    first: int
    values: np.ndarray

    @classmethod
    def of(cls, since: np.ndarray, left: np.ndarray) -> CumulativeHazard:
        """Return the hazard of lives that are at risk after one day up to another, when they end."""
        first = int(since.min())
        n_days = int(left.max()) - first + 1
        ends = np.bincount(left - first, minlength=n_days)
        at_risk = np.cumsum(np.bincount(since - first + 1, minlength=n_days)[:n_days]) - np.cumsum(ends) + ends
        return cls(first, np.cumsum(ends / np.maximum(at_risk, 1)))

    def until(self, day: np.ndarray | int) -> np.ndarray:
        """Return the cumulative hazard up to a day, that day included."""
        return self.values[np.clip(np.asarray(day) - self.first, 0, len(self.values) - 1)]


def chosen(shares: np.ndarray, log_odds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one plan for each life, shape (n,), from shares and log odds of shape (n_plans, n)."""
    weights = shares * np.exp(log_odds)
    bounds = np.cumsum(weights, axis=0)
    return np.minimum((rng.uniform(size=bounds.shape[1]) * bounds[-1] >= bounds).sum(axis=0), len(bounds) - 1)


def draw_welcome(lives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return the months of each life's welcome discount; 0 = none, as in all lives but the first."""
    tenure, first = _tenure(lives), (lives["life"] == 1).to_numpy()
    hazard = CumulativeHazard.of(np.zeros(first.sum(), dtype=np.int64), tenure[first])
    months = np.array([0, *planted.WELCOME_SHARES])
    shares = np.array([1 - sum(planted.WELCOME_SHARES.values()), *planted.WELCOME_SHARES.values()])
    odds = [np.zeros(first.sum())]
    for length, share in planted.WELCOME_SHARES.items():
        jump = Jump(planted.WELCOME_RATIO, planted.WELCOME_DAYS, share)
        odds.append(jump.log_odds(tenure[first], day_of(length), hazard))
    found = np.zeros(len(lives), dtype=np.int64)
    found[first] = months[chosen(shares[:, None], np.array(odds), rng)]
    return found


def draw_terms(lives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return which first lives have contracts with a term, renewed whenever it has run out."""
    tenure, first = _tenure(lives), (lives["life"] == 1).to_numpy()
    hazard = CumulativeHazard.of(np.zeros(first.sum(), dtype=np.int64), tenure[first])
    jump = Jump(planted.TERM_RATIO, planted.TERM_DAYS, planted.TERM_SHARE)
    odds = sum(jump.log_odds(tenure[first], renewal, hazard) for renewal in renewals())
    found = np.zeros(len(lives), dtype=bool)
    shares = np.array([1 - planted.TERM_SHARE, planted.TERM_SHARE])
    found[first] = chosen(shares[:, None], np.array([np.zeros(first.sum()), odds]), rng) == 1
    return found


def renewals() -> list[int]:
    """Return the days of a life on which a term has run out."""
    return [day_of(planted.TERM_MONTHS * (place + 1)) for place in range(MOST_RENEWALS)]


def draw_price_changes(lives: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Return whose price changed at each of the changes, shape (n_changes, n)."""
    start, left = lives["start"].to_numpy(), lives["end"].to_numpy()
    hazard = CumulativeHazard.of(start, left)
    jump = Jump(planted.PRICE_RATIO, planted.PRICE_DAYS, planted.PRICE_SHARE)
    shares = np.array([1 - planted.PRICE_SHARE, planted.PRICE_SHARE])[:, None]
    found = []
    for month in planted.PRICE_CHANGES:
        day = day_of(month)
        odds = np.array([np.zeros(len(lives)), jump.log_odds(left, day, hazard)])
        found.append((chosen(shares, odds, rng) == 1) & (start < day) & (day < left))
    return np.array(found)


def moment_events(lives: pd.DataFrame, welcome: np.ndarray, term: np.ndarray, touched: np.ndarray) -> pd.DataFrame:
    """Return the events: ends of welcome discounts, renewals and price changes, before the loss and the study's end."""
    start = lives["start"].to_numpy()
    ends_welcome = start + np.array([day_of(month) for month in range(max(planted.WELCOME_SHARES) + 1)])[welcome]
    found = [events(lives, ends_welcome, "welcome_discount_end", planted.WELCOME_AMOUNT, welcome > 0)]
    found += [events(lives, start + renewal, "renewal", np.nan, term) for renewal in renewals()]
    for month, those in zip(planted.PRICE_CHANGES, touched, strict=True):
        found.append(events(lives, day_of(month), "price_change", planted.PRICE_AMOUNT, those))
    return pd.concat(found, ignore_index=True)


def events(lives: pd.DataFrame, day, event: str, amount, kept: np.ndarray | bool = True) -> pd.DataFrame:
    """Return one event of each life that is kept, if it comes before the loss and not after the study's end."""
    found = pd.DataFrame({"customer_id": lives["customer_id"].to_numpy(), "day": day, "event": event, "amount": amount})
    return found[kept & (found["day"] < lives["end"].to_numpy()) & (found["day"] <= LAST_DAY)]


def _tenure(lives: pd.DataFrame) -> np.ndarray:
    return (lives["end"] - lives["start"]).to_numpy()
