"""What may be wrong with contracts and events without being an error? Each is counted and said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np

from winback.base.contract_lives import ContractLives, days_of
from winback.base.customers import places_among
from winback.base.events import COMPLAINT, REFERRAL, RESOLVED, event_names
from winback.base.lives import overlaps
from winback.results import format_count

EXPECTED = 10.0  # losses: that none of so many is seen has a chance of exp(-10), 1 in 22,000
QUIET = 3  # grace periods without any beginning or end before the last day
MOST_NAMED = 12
AnyBase = TypeVar("AnyBase", bound=ContractLives)


def doubts_of(base: AnyBase, others: Iterable[str] = ()) -> AnyBase:
    """Return the base with everything that may be wrong with it, those of other tables last."""
    found = (
        *_cut_off_at_the_left(base),
        *_quiet_end(base),
        *_before_the_start(base),
        *_rows_twice(base),
        *_at_the_same_time(base),
        *_without_margin(base),
        *_not_told(base),
    )
    return replace(base, doubts=(*found, *others))


def _cut_off_at_the_left(base: ContractLives) -> Iterator[str]:
    r"""Say that no contract ended for so long that those which did are probably not in the table.

    At the mean rate r = ends / days at risk, :math:`r \sum_i (e - s_i)^+` ends are expected before the first one e.
    """
    lives = base.all_lives
    ends = lives.end[lives.ended]
    if base.since is not None or not len(ends):
        return
    first = ends.min()
    rate = len(ends) / max(int((lives.end - lives.start).sum()), 1)
    expected = rate * float(np.maximum(first - lives.start, 0).sum())
    if expected > EXPECTED:
        day = np.datetime64(int(first), "D")
        yield (
            f"Nobody left before {day}, although {format_count(expected)} were to be expected: contracts that ended "
            f"before may not be in the table, and customers would seem to stay longer than they do; if so, give that "
            "day as since"
        )


def _quiet_end(base: ContractLives) -> Iterator[str]:
    spans = base.spans
    latest = int(max(spans.start.max(), spans.end[~spans.runs].max(initial=spans.start.max())))
    quiet, usual = base.last - latest, QUIET * max(base.grace_days, 30)
    n_changes = len(spans.start) + int((~spans.runs).sum())
    days = max(base.last - int(spans.start.min()), 1)
    if quiet > usual and quiet * n_changes / days > EXPECTED:
        yield (
            f"No contract begins or ends in the last {format_count(quiet)} days before {base.until:%Y-%m-%d}: is that "
            "the last day of the data? Too late a day makes customers stay longer than they do"
        )


def _before_the_start(base: ContractLives) -> Iterator[str]:
    if base.events is None:
        return
    customer = places_among(base.events["customer_id"], base.ids)
    start = np.full(len(base.ids), np.iinfo(np.int64).max)
    np.minimum.at(start, base.spans.customer, base.spans.start)
    there = customer >= 0
    early = np.flatnonzero(there)[days_of(base.events["date"])[there] < start[customer[there]]]
    if len(early):
        row = base.events.iloc[early[0]]
        yield (
            f"Events before the first contract of their customers are not counted: {format_count(len(early))} (first: "
            f"customer {row['customer_id']}, {row['event']} on {row['date']:%Y-%m-%d})"
        )


def _not_told(base: ContractLives) -> Iterator[str]:
    """Say of which events nothing is known, for a name that is written otherwise would count for nothing."""
    if base.events is None:
        return
    names = base.events["event"].dropna().unique()
    absent = [name for name in (COMPLAINT, RESOLVED, REFERRAL) if name not in event_names(base.events["event"])]
    if absent:
        there = ", ".join(sorted(map(str, names))[:MOST_NAMED]) or "none"
        yield f"No event is called {' or '.join(absent)}, so none is counted (there are: {there})"


def _repeats(base: ContractLives) -> np.ndarray:
    """Return which contracts are alike to one before them in every cell."""
    try:
        return base.contracts.duplicated().to_numpy()
    except TypeError:  # cells of the analyst's own that cannot be compared
        return np.zeros(len(base.contracts), dtype=bool)


def _at_the_same_time(base: ContractLives) -> Iterator[str]:
    """Say how many contracts run while another one of the same customer does; rows that are there twice are told."""
    rows = np.flatnonzero(~_repeats(base))
    overlapping = rows[overlaps(base.spans.only(rows))]
    if len(overlapping):
        what = "what they bring adds up" if "margin" in base.contracts else "they are one life"
        yield (
            f"Contracts that run at the same time as another one of their customer: {format_count(len(overlapping))} "
            f"(first: customer {base.contracts['customer_id'].iloc[overlapping[0]]}); {what}"
        )


def _without_margin(base: ContractLives) -> Iterator[str]:
    unknown = np.isnan(base.spans.margin)
    if unknown.any() and not unknown.all():
        first = base.contracts["customer_id"].iloc[int(np.argmax(unknown))]
        yield (
            f"Contracts without a margin where others have one: {format_count(int(unknown.sum()))} (first: customer "
            f"{first}); means are those of the others"
        )


def _rows_twice(base: ContractLives) -> Iterator[str]:
    twice = _repeats(base)
    if twice.any():
        first = base.contracts["customer_id"][twice].iloc[0]
        yield (
            f"Contracts in the table twice, alike in every cell: {format_count(int(twice.sum()))} (first: customer "
            f"{first}); what both bring is added up"
        )
