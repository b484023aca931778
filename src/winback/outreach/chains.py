"""Which steps is each customer meant for, in which order, how many days apart, and what do they cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

import numpy as np
import pandas as pd

from winback.outreach.consent import may_be_reached
from winback.outreach.entries import Channel, Remedy, Rule, Step
from winback.outreach.matching import first_that_answers, first_that_fits, is_sent_an_offer


class Chain(NamedTuple):
    """The k steps of a chain in the order in which they are planned."""

    steps: tuple[Step, ...]
    follows: tuple[int, ...]  # place of the step that each one follows; -1: the start
    days: tuple[int, ...]  # planned days after the first step


def followed(steps: Sequence[Step]) -> list[int]:
    """Return the place of the step that each one follows, as listed: the one named, or the one before; -1: the start.

    Examples
    --------
    >>> followed([Step("visit", name="visit"), Step("email", after_days=2), Step("letter", after="visit")])
    [-1, 0, 0]
    """
    places = {step.name: place for place, step in enumerate(steps) if step.name}
    return [place - 1 if step.after is None else places[step.after] for place, step in enumerate(steps)]


def circle_of(steps: Sequence[Step]) -> list[Step]:
    """Return steps that wait for each other in a circle, the first one also last; none where there is no circle."""
    try:
        TopologicalSorter({place: [before] for place, before in enumerate(followed(steps))}).prepare()
    except CycleError as error:
        return [steps[place] for place in error.args[1]]
    return []


def in_order(steps: Sequence[Step]) -> Chain:
    """Order the steps of a chain by the days after the first on which they are planned.

    Examples
    --------
    >>> chain = in_order([Step("call", name="call"), Step("letter", after_days=9), Step("email", 2, after="call")])
    >>> [step.channel for step in chain.steps], chain.follows, chain.days
    (['call', 'email', 'letter'], (-1, 0, 0), (0, 2, 9))
    """
    before = followed(steps)
    reached = [place for place in TopologicalSorter({at: [last] for at, last in enumerate(before)}).static_order()]
    days = {-1: 0}
    for place in reached[1:]:  # the start is reached first
        days[place] = days[before[place]] + (steps[place].after_days if before[place] >= 0 else 0)
    order = sorted(reached[1:], key=days.__getitem__)  # stable: of the same day, what is followed comes first
    place_in = {place: at for at, place in enumerate([-1, *order], start=-1)}
    return Chain(
        tuple(steps[place] for place in order),
        tuple(place_in[before[place]] for place in order),
        tuple(days[place] for place in order),
    )


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
    costs: np.ndarray  # (n, k) money, the remedy's included; 0 where it is not allowed
    remedy_costs: np.ndarray  # (n, k) money, of them what the remedy costs

    def only(self, rows: np.ndarray) -> CustomerChains:
        """Return the same chains, of which those of other customers, (n,) bool, have no step that may be made."""
        kept = rows[:, None]
        return replace(self, allowed=self.allowed & kept, brings_offer=self.brings_offer & kept)


def customer_chains(
    rules: Sequence[Rule],
    remedies: Sequence[Remedy],
    channels: Sequence[Channel],
    customers: pd.DataFrame,
    *,
    empty: bool = False,
) -> CustomerChains:
    """Lay out the chain of each customer's rule, with their remedy; of those who are sent no offer there is none.

    A rule fits only whom it brings the offer with no step before it left out for lack of consent; of a chain that names
    no step for the offer, who may be reached by one. Of whom every rule lacks that, no step is allowed. ``empty``:
    whether an empty cell is consent.
    """
    names, chains = [channel.name for channel in channels], [in_order(each.steps) for each in rules]
    steps = [chain.steps for chain in chains]
    places = [[names.index(step.channel) for step in each] for each in steps]
    may = may_be_reached(customers, channels, empty=empty)
    reached = np.column_stack([_is_reached(each, may[:, at]) for each, at in zip(steps, places, strict=True)])
    rule = np.where(is_sent_an_offer(customers), first_that_fits(rules, customers, reached), -1)
    answers = first_that_answers([remedy.reasons for remedy in remedies], customers)
    remedy = np.where(rule >= 0, answers, -1)
    channel = _laid_out(places, -1)[rule]
    brings = _laid_out([[step.brings_offer for step in each] for each in steps], False)[rule]
    theirs = np.take_along_axis(reached, np.maximum(rule, 0)[:, None], axis=1)
    allowed = theirs & (channel >= 0) & np.take_along_axis(may, np.maximum(channel, 0), axis=1)
    carries = allowed & (brings | ~brings.any(axis=1, keepdims=True))
    with_remedy = carries & (carries.cumsum(axis=1) == 1) & (remedy >= 0)[:, None]
    remedy_costs = with_remedy * np.array([*(each.cost for each in remedies), 0.0])[remedy][:, None]
    step_cost = _laid_out([[cost_of(step, channels) for step in each] for each in steps], 0.0)[rule]
    waited = [each[0].after_leaving_days for each in steps]
    return CustomerChains(
        rule=rule,
        remedy=remedy,
        channel=channel,
        follows=_laid_out([chain.follows for chain in chains], -1)[rule],
        offsets=_laid_out([[step.after_days for step in each] for each in steps], 0)[rule],
        after_leaving=np.array([*waited, None], dtype=float)[rule],
        within=np.array([*(each.within_days for each in rules), 0])[rule],
        allowed=allowed,
        brings_offer=carries,
        with_remedy=with_remedy,
        costs=np.where(allowed, step_cost, 0.0) + remedy_costs,
        remedy_costs=remedy_costs,
    )


def _is_reached(steps: Sequence[Step], may: np.ndarray) -> np.ndarray:
    """Return who may be reached, (n, k) bool by step, up to the first one that brings the offer, (n,).

    Examples
    --------
    >>> may = np.array([[False, True, True], [True, True, False]])  # to whom the audit is not offered, none is sent
    >>> _is_reached([Step("call"), Step("letter", brings_offer=True), Step("email")], may).tolist()
    [False, True]
    """
    brings = [step.brings_offer for step in steps]
    return may[:, : brings.index(True) + 1].all(axis=1) if any(brings) else may.any(axis=1)


def _laid_out(rows: Sequence[Sequence], empty) -> np.ndarray:
    """Return one row per rule, filled up to the longest chain, and a last one for no rule."""
    width = max(map(len, rows))
    return np.array([[*row, *[empty] * (width - len(row))] for row in [*rows, []]])


def cost_of(step: Step, channels: Sequence[Channel]) -> float:
    """Return what a step costs: its own cost, or its channel's."""
    own = {channel.name: channel.cost for channel in channels}[step.channel] if step.cost is None else step.cost
    return float(own)
