"""In which order are the steps of a chain made, and how many days after the first?"""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from winback.outreach.entries import Step


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
