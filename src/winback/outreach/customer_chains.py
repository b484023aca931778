"""Which steps is each customer meant for, by which channel, how many days apart, and what do they cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.outreach.chains import Chain
from winback.outreach.entries import Channel, Remedy, Step
from winback.outreach.matching import may_be_reached


@dataclass(frozen=True, eq=False)
class CustomerChains:
    """The chains of n customers, of k steps at most, in the order in which they are planned."""

    rule: np.ndarray  # (n,) int, place of the rule; -1: no rule fits, or nothing is sent
    remedy: np.ndarray  # (n,) int, place of the remedy; -1: none answers the reason
    channel: np.ndarray  # (n, k) int, place of the channel; -1: no such step
    follows: np.ndarray  # (n, k) int, place of the step that it follows; -1: the start
    offsets: np.ndarray  # (n, k) int, days after the step that it follows, or after the start
    after_leaving: np.ndarray  # (n,) float, days after leaving before which nothing starts; missing: none
    within: np.ndarray  # (n,) int, days from the first possible one on which all must be done
    allowed: np.ndarray  # (n, k) bool, by consent; False also where there is no step
    brings_offer: np.ndarray  # (n, k) bool, steps with which the offer is made: all of a chain that names none
    with_remedy: np.ndarray  # (n, k) bool, the step with which the remedy is given
    costs: np.ndarray  # (n, k) money; 0 where it is not allowed

    def only(self, rows: np.ndarray) -> CustomerChains:
        """Return the same chains, of which those of other customers, (n,) bool, have no step that may be made."""
        kept = rows[:, None]
        return replace(self, allowed=self.allowed & kept, brings_offer=self.brings_offer & kept)


@dataclass(frozen=True)
class Terms:
    """What a playbook says of channels and remedies, and each rule's chain with its days."""

    channels: Sequence[Channel]
    remedies: Sequence[Remedy]
    chains: Sequence[Chain]
    within: Sequence[int]


def customer_chains(terms: Terms, customers: pd.DataFrame, rule: np.ndarray, remedy: np.ndarray) -> CustomerChains:
    """Lay out each customer's chain, by the places of their rule and remedy; -1: none."""
    names = [channel.name for channel in terms.channels]
    steps = [chain.steps for chain in terms.chains]
    channel = _laid_out([[names.index(step.channel) for step in each] for each in steps], -1)[rule]
    brings = _laid_out([[step.brings_offer for step in each] or [] for each in steps], False)[rule]
    reached = may_be_reached(customers, names)
    allowed = (channel >= 0) & np.take_along_axis(reached, np.maximum(channel, 0), axis=1)
    carries = allowed & (brings | ~brings.any(axis=1, keepdims=True))
    with_remedy = carries & (carries.cumsum(axis=1) == 1) & (remedy >= 0)[:, None]
    remedy_cost = np.array([*(each.cost for each in terms.remedies), 0.0])[remedy]
    step_cost = _laid_out([[cost_of(step, terms.channels) for step in each] for each in steps], 0.0)[rule]
    return CustomerChains(
        rule=rule,
        remedy=remedy,
        channel=channel,
        follows=_laid_out([chain.follows for chain in terms.chains], -1)[rule],
        offsets=_laid_out([[step.after_days for step in each] for each in steps], 0)[rule],
        after_leaving=np.array([*(_waited_for(each) for each in steps), np.nan])[rule],
        within=np.array([*terms.within, 0])[rule],
        allowed=allowed,
        brings_offer=carries,
        with_remedy=with_remedy,
        costs=np.where(allowed, step_cost, 0.0) + with_remedy * remedy_cost[:, None],
    )


def _laid_out(rows: Sequence[Sequence], empty) -> np.ndarray:
    """Return one row per rule, filled up to the longest chain, and a last one for no rule."""
    width = max(1, *(len(row) for row in rows)) if rows else 1
    return np.array([[*row, *[empty] * (width - len(row))] for row in [*rows, []]])


def _waited_for(steps: Sequence[Step]) -> float:
    days = steps[0].after_leaving_days if steps else None
    return np.nan if days is None else float(days)


def cost_of(step: Step, channels: Sequence[Channel]) -> float:
    """Return what a step costs: its own cost, or its channel's."""
    own = {channel.name: channel.cost for channel in channels}[step.channel] if step.cost is None else step.cost
    return float(own)
