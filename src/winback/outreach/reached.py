"""Who is reached, and when? The days of all chains by which the offer is made in time, and why others are not made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.outreach.chains import CustomerChains
from winback.outreach.entries import Rule
from winback.outreach.schedule import Calendar, Chains, schedule
from winback.periods import DAYS_IN_MONTH
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.costs import assigned_offers


@dataclass(frozen=True)
class Reached:
    """The days of n chains of k steps at most; rows in order of rank."""

    date: np.ndarray  # (n, k) datetime64[D], missing: not made
    deadline: np.ndarray  # (n, k) datetime64[D], last day of each step
    made: np.ndarray  # (n,) bool, the offer is made
    in_time: np.ndarray  # (n,) bool, it would be if every channel could bear all


def first_offer(chains: CustomerChains) -> np.ndarray:
    """Return the step with which each customer's offer is first made, (n, k) bool: none without consent."""
    return chains.brings_offer & (chains.brings_offer.cumsum(axis=1) == 1)


def last_days(catalog: OfferCatalog, people: pd.DataFrame, last: np.datetime64) -> np.ndarray:
    """Return the last day on which each customer may get the offer, (n,), by the months away that its terms allow.

    Examples
    --------
    >>> from winback import Offer
    >>> call = Offer(name="call", amount=5, paid="per_contact", months_away=(0, 2))
    >>> people = pd.DataFrame({"offer": ["call", "none"], "left_on": pd.to_datetime(["2025-01-31", "2025-01-31"])})
    >>> last_days(OfferCatalog((call,)), people, np.datetime64("2026-12-31")).tolist()
    [datetime.date(2025, 4, 1), datetime.date(2026, 12, 31)]
    """
    most = _of_offers(catalog, people, _most_months, np.fmin)
    return _after_leaving(people, np.floor(most * DAYS_IN_MONTH), last)


def months_to_wait(catalog: OfferCatalog, people: pd.DataFrame) -> np.ndarray:
    """Return how long each customer waits from one offer to the next, (n,): endless where its terms do not say.

    Examples
    --------
    >>> from winback import Offer
    >>> call = Offer(name="call", amount=5, paid="per_contact", wait_months=3)
    >>> months_to_wait(OfferCatalog((call,)), pd.DataFrame({"offer": ["call", "gift"]})).tolist()
    [3.0, inf]
    """
    waits = _of_offers(catalog, people, lambda each: np.nan if each.wait_months is None else each.wait_months, np.fmax)
    return np.where(np.isnan(waits), np.inf, waits)


def _of_offers(
    catalog: OfferCatalog, people: pd.DataFrame, months: Callable[[Offer], float], stricter: np.ufunc
) -> np.ndarray:
    """Return a term of each customer's offer, (n,), of a tailored one also of the one it gives; missing: no offer."""
    found = np.full(len(people), np.nan)
    for offer in catalog:
        rows = (people["offer"].astype(object) == offer.name).to_numpy()
        own = np.full(int(rows.sum()), months(offer), dtype=float)
        if offer.tailored and rows.any():
            given = assigned_offers(people[rows], offer)
            own = stricter(own, [months(catalog[name]) for name in given])
        found[rows] = own
    return found


def last_days_of(rules: Sequence[Rule], rule: np.ndarray, people: pd.DataFrame, last: np.datetime64) -> np.ndarray:
    """Return the last day on which each customer's rule, by its place, is still for them, (n,).

    Examples
    --------
    >>> people = pd.DataFrame({"left_on": pd.to_datetime(["2025-01-31", "2025-01-31"])})
    >>> soon = Rule("soon", (), months_away=(0, 1))
    >>> last_days_of([soon], np.array([0, -1]), people, np.datetime64("2026-12-31")).tolist()
    [datetime.date(2025, 3, 2), datetime.date(2026, 12, 31)]
    """
    ends = np.array([*(_most_months(each) for each in rules), np.inf])[rule]
    return _after_leaving(people, np.ceil(ends * DAYS_IN_MONTH) - 1, last)  # up to the end, not including it


def _after_leaving(people: pd.DataFrame, days: np.ndarray, last: np.datetime64) -> np.ndarray:
    left = people["left_on"].to_numpy(dtype="datetime64[D]")
    limited = np.isfinite(days) & ~np.isnat(left)
    return np.where(limited, np.minimum(left + np.where(limited, days, 0).astype(int), last), last)


def _most_months(asking: Offer | Rule) -> float:
    return np.inf if asking.months_away is None else asking.months_away[1]


def reach(
    chains: CustomerChains, ready: np.ndarray, *, until: np.ndarray, calendar: Calendar, before: np.ndarray
) -> Reached:
    """Put all chains on days by which the offer is made in time; of the others nothing is made.

    Whoever gets no offer in time gets no contact that announces one: what their contacts would have taken is given to
    the rest, first to those who were to be reached later for it, then to those who find room only now.

    Parameters
    ----------
    chains : CustomerChains
        In order of rank.
    ready : numpy.ndarray, shape (n,)
        First possible day of each chain.
    until : numpy.ndarray, shape (n,)
        Last day on which the offer may be made.
    calendar : Calendar
    before : numpy.ndarray, shape (n, m)
        Days of other contacts with each customer.
    """
    last = (ready + chains.within)[:, None]
    deadline = np.where(chains.brings_offer, np.minimum(last, until[:, None]), last)
    offer = first_offer(chains)
    date = np.full(offer.shape, np.datetime64("NaT", "D"))

    def placed(rows: np.ndarray, room: Calendar) -> tuple[np.ndarray, np.ndarray]:
        """Return the days of some chains, and with which of them the offer is made."""
        found = schedule(_part(chains, ready, deadline, before, rows), room)
        return found, (offer[rows] & ~np.isnat(found)).any(axis=1)

    def without_others(rows: np.ndarray, room: Calendar) -> np.ndarray:
        """Return with which of some chains the offer would be made, each as if it were the only one."""
        return placed(rows, replace(room, is_open=room.left >= 1, capacity=endless, taken=None))[1]

    endless = np.full(len(calendar.capacity), np.inf)
    with_offer = np.flatnonzero(offer.any(axis=1))
    room, left = calendar, with_offer
    while (left := left[without_others(left, room)]).size:  # of these the first is reached, and so ever fewer are left
        found, done = placed(left, room)
        own = left[done]
        # Those who are not reached stand in nobody's way.
        sooner, still = (found, done) if done.all() else placed(own, room)
        date[own] = sooner if still.all() else found[done]
        room, left = _with_taken(room, chains.channel[own], date[own]), left[~done]
    made = (offer & ~np.isnat(date)).any(axis=1)
    in_time = made.copy()
    in_time[with_offer] |= placed(with_offer, replace(calendar, capacity=endless, taken=None))[1]
    return Reached(date, deadline, made, in_time)


def _part(chains: CustomerChains, ready: np.ndarray, deadline: np.ndarray, before: np.ndarray, rows: np.ndarray):
    return Chains(
        ready=ready[rows],
        deadline=deadline[rows],
        offsets=chains.offsets[rows],
        channels=chains.channel[rows],
        allowed=chains.allowed[rows],
        after=chains.follows[rows],
        contacts_before=before[rows],
    )


def _with_taken(room: Calendar, channel: np.ndarray, date: np.ndarray) -> Calendar:
    taken = np.zeros(room.is_open.shape) if room.taken is None else room.taken.copy()
    there = ~np.isnat(date)
    np.add.at(taken, (channel[there], room.number(date[there])), 1)
    return replace(room, taken=taken)
