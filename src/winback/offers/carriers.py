"""Who carries an offer's value? The share of its largest customers, and profit when no amount counts beyond a cap.

Where money is so skewed that a few customers are most of it, no interval holds and no method rescues that: a gross
interval of 95% held in 82% of trials with 250 log-normal returns of sigma 2. So it is said who they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, format_percent, join_words
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER
from winback.trial import moments as m
from winback.trial.group_moments import group_moments
from winback.trial.trial import Trial
from winback.uncertainty import normal_quantile

CAP = 0.995  # quantile of what customers of all groups brought who brought anything
TOP = 0.01  # share of those under an offer
# Shares of the value from which on an offer is marked. Of trials with 250 returned this marks 99% with log-normal money
# of sigma 2, 80% of sigma 1.5 and 57% of Pareto 1.5, whose plain intervals hold in 79%, 89% and 73%, and 8% of sigma 1,
# where they hold in 93%. A sample that lacks its tail cannot show it.
MUCH_OF_TOP, MUCH_OF_ONE = 0.15, 0.07


@dataclass(frozen=True, repr=False)
class ValueCarriers(Result):
    """How much of each offer's value a few customers carry, see `OfferComparison.carriers`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer: ``top_share``, the share of its value from the top 1% (one at least) of those who brought
        anything, ``largest_share`` and ``largest`` (``customer_id``) of the largest; ``profit`` per customer, measured,
        and ``capped_profit`` with ``capped_profit_low``, ``capped_profit_high``, when nobody counts for more than
        ``cap``; both over the untreated where they are a control group. ``heavy`` marks offers whose intervals cannot
        be relied on.
    cap : float
        99.5th percentile of what customers of all groups brought who brought anything.
    deciding : str
        Who alone makes the first offer the first, in words; empty where nobody does.
    """

    frame: pd.DataFrame
    cap: float = np.nan
    deciding: str = ""
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "top_share": ("Value from its top 1%", "percent"),
        "largest_share": ("From its largest customer", "percent"),
        "profit": ("Profit per customer", "money"),
        "capped_profit": ("Profit, amounts capped", "money"),
    }

    def describe(self) -> Sentences:
        """Say who decides, which offers hang on a few, and whether capped amounts rank the offers differently."""
        return Sentences.of([*self.doubts(), *self._capped()][:3])

    def doubts(self) -> Iterator[str]:
        """Say that one customer decides, and which offers hang on a few."""
        if self.deciding:
            yield self.deciding
        heavy = self.frame[self.frame["heavy"]]
        if len(heavy):
            each = join_words(f"{row.offer} ({format_percent(row.top_share, 0)})" for row in heavy.itertuples())
            yield f"A few customers, the top 1%, carry much of the value under {each}: no interval holds there."

    def _capped(self) -> Iterator[str]:
        first, best = self.frame["offer"].iloc[0], self.frame["offer"][self.frame["capped_profit"].idxmax()]
        what = f"no customer counts for more than {self.format(self.cap, 'money')}, the 99.5th percentile"
        verdict = f"{best} earns most instead of {first}" if best != first else f"{first} still earns most"
        row = self.frame[self.frame["offer"] == best].iloc[0]
        yield f"Where {what}, {verdict}: {self.interval(row, 'capped_profit', 'money')} per customer."


def value_carriers(trial: Trial, offers: list[str], has_control: bool, level: float) -> ValueCarriers:
    """Return who carries the value of the offers, the most profitable first."""
    brought = trial.value > 0
    cap = float(np.quantile(trial.value[brought], CAP)) if brought.any() else np.inf
    members = {name: trial.arm == trial.arms.index(name) for name in offers}
    profit, std_error, length = _capped_profit(trial, offers, has_control, cap)
    ends = skewed_interval(profit, std_error, length, normal_quantile(level))
    plain = m.stack_arms([trial.moments[name] for name in offers])
    frame = pd.DataFrame([_carried(trial, members[name]) for name in offers])
    frame.insert(0, "offer", offers)
    frame["heavy"] = (frame["top_share"] > MUCH_OF_TOP) | (frame["largest_share"] > MUCH_OF_ONE)
    frame["profit"] = m.profit(plain, trial.moments[NO_OFFER] if has_control else None)[0]
    frame = frame.assign(capped_profit=profit, capped_profit_low=ends[0], capped_profit_high=ends[1])
    return ValueCarriers(frame, cap, _deciding(trial, members, offers), trial.currency)


def _capped_profit(trial: Trial, offers: list[str], has_control: bool, cap: float) -> tuple[np.ndarray, ...]:
    """Return the offers' profit, over the control where there is one, its standard error and skew length."""
    value, cost = trial.money
    moments = group_moments(trial.lapsed, trial.groups.arms, trial.groups.arm, (np.minimum(value, cap), cost))
    arms, control = m.stack_arms([moments[name] for name in offers]), moments[NO_OFFER] if has_control else None
    profit, variance = m.profit(arms, control)
    return profit, np.sqrt(variance), m.skew_length(m.pooled(arms, control), m.PROFIT, arms, control)


def _carried(trial: Trial, rows: np.ndarray) -> dict:
    """Return the shares of an arm's value from its largest customers."""
    value, positions = trial.value[rows], np.flatnonzero(rows)
    n_top, total = max(int(np.ceil(TOP * (value > 0).sum())), 1), value.sum()
    top = np.sort(np.partition(value, -n_top)[-n_top:])
    share = (top.sum() / total, top[-1] / total) if total > 0 else (np.nan, np.nan)
    largest = trial.customers["customer_id"].iloc[positions[value.argmax()]]
    return {"top_share": share[0], "largest_share": share[1], "largest": largest}


def _deciding(trial: Trial, members, offers: list[str]) -> str:
    """Name the customer without whom the first offer would not be the first."""
    if len(offers) < 2:
        return ""
    profit = trial.profit
    first, second = (members[name] for name in offers[:2])
    place = np.flatnonzero(first)[profit[first].argmax()]
    without = (profit[first].sum() - profit[place]) / (first.sum() - 1)
    if without > profit[second].mean() or not profit[first].mean() > profit[second].mean():
        return ""
    who = trial.customers["customer_id"].iloc[place]
    return f"One customer decides: without {who}, {offers[1]} would be ahead of {offers[0]}."
