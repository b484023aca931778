"""How much may a plan spend, whom may it reach, and how often may it send each offer?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from numbers import Real

import numpy as np

from winback.results import format_count, format_money, join_words
from winback.tables import ProblemList

BUDGET, CONTACTS, AT_MOST, AT_LEAST = "budget", "max_customers", "at most", "at least"


@dataclass(frozen=True)
class Limits:
    r"""Linear limits on a plan, each :math:`\sum_{ik} (m_j c_{ik} + p_{jk}) x_{ik} \le b_j`.

    Attributes
    ----------
    names : tuple of str
        ``budget``, ``max_customers``, ``at most`` or ``at least``.
    offers : tuple of str
        Whose places a limit counts; empty where it counts all.
    """

    names: tuple[str, ...]
    offers: tuple[str, ...]
    bounds: np.ndarray  # (n_limits,) right-hand sides; that of an "at least" is negative
    money: np.ndarray  # (n_limits,) 1 where the limit counts cost, else 0
    places: np.ndarray  # (n_limits, n_offers) how a contact counts: 1, 0, or -1 for "at least"

    @property
    def only_money(self) -> bool:
        """Whether there is nothing but a budget, or nothing at all."""
        return set(self.names) <= {BUDGET}

    @property
    def budget(self) -> float:
        """The budget, infinite without one."""
        return float(self.bounds[self.names.index(BUDGET)]) if BUDGET in self.names else np.inf

    def used(self, cost: float, counts: np.ndarray) -> np.ndarray:
        """Return the left-hand sides, (n_limits,), from the cost in all and the contacts under each offer."""
        return self.money * cost + self.places @ counts

    def after(self, cost: float, counts: np.ndarray) -> Limits:
        """Return what the limits leave for others."""
        return replace(self, bounds=self.bounds - self.used(cost, counts))

    def scaled(self, money: float = 1.0, customers: float = 1.0) -> Limits:
        """Return the limits with money in another unit, or for a part of the customers."""
        return replace(self, bounds=self.bounds * customers * np.where(self.money > 0, money, 1.0))

    def relaxed(self, places: float) -> Limits:
        """Return the limits with a little more room in each but the budget."""
        return replace(self, bounds=self.bounds + np.where(self.money > 0, 0.0, places))

    def with_budget(self, budget: float) -> Limits:
        """Return the limits with another budget."""
        rows = zip(self.names, self.offers, self.bounds, self.money, self.places, strict=True)
        n_offers = self.places.shape[1]
        return _limits(
            [(BUDGET, "", budget, 1.0, np.zeros(n_offers)), *(row for row in rows if row[0] != BUDGET)], n_offers
        )


def read_limits(offers: tuple[str, ...], budget, max_customers, caps, problems: ProblemList) -> Limits:
    """Read the limits as the analyst states them, and add what is wrong with them to the problems."""
    rows = []
    if budget is not None:
        if _is_amount(budget):
            rows.append((BUDGET, "", float(budget), 1.0, np.zeros(len(offers))))
        else:
            problems.add(BUDGET, f"must be an amount of money of at least 0; got {budget!r}", "State it as a number.")
    if max_customers is not None:
        if _is_count(max_customers):
            rows.append((CONTACTS, "", float(max_customers), 0.0, np.ones(len(offers))))
        else:
            problems.add(CONTACTS, f"must be a whole number of at least 0; got {max_customers!r}", "Count customers.")
    for offer, at_least, at_most in _read_caps(offers, caps, problems):
        place = np.array([float(name == offer) for name in offers])
        if at_most is not None:
            rows.append((AT_MOST, offer, float(at_most), 0.0, place))
        if at_least:
            rows.append((AT_LEAST, offer, -float(at_least), 0.0, -place))
    return _limits(rows, len(offers))


def _limits(rows: list[tuple], n_offers: int) -> Limits:
    names, offers, bounds, money, places = zip(*rows, strict=True) if rows else [()] * 5
    places = np.array(places, dtype=float).reshape(len(rows), n_offers)
    return Limits(names, offers, np.array(bounds, dtype=float), np.array(money, dtype=float), places)


def _read_caps(offers, caps, problems):
    """Yield offer, at least, at most; add what is wrong to the problems."""
    if caps is not None and not isinstance(caps, Mapping):
        problems.add("caps", f"must map offers to numbers; got {caps!r}", 'Write {"bundle": 500}.')
        return
    for offer, cap in (caps or {}).items():
        if offer not in offers:
            remedy = f"There are {join_words(offers)}."
            problems.add("caps", f"names {offer!r}, which is not an offer to choose from", remedy)
            continue
        ends = (0, cap) if np.ndim(cap) == 0 else tuple(cap)
        if len(ends) != 2 or not all(end is None or _is_count(end) for end in ends):
            remedy = "Write at most as a whole number, or (at least, at most)."
            problems.add("caps", f"of {offer!r} must be whole numbers of at least 0; got {cap!r}", remedy)
        elif None not in ends and ends[0] > ends[1]:
            problems.add("caps", f"of {offer!r} are upside down: at least {ends[0]}, at most {ends[1]}", "Swap them.")
        else:
            yield offer, ends[0], ends[1]


def check_within_reach(limits: Limits, costs: np.ndarray, offers, currency: str, problems: ProblemList) -> None:
    """Add what can never be met: a budget below the cheapest contact, or more places than customers or money."""
    budget, cheapest = limits.budget, float(costs.min())
    if budget < cheapest:
        amounts = [format_money(each, currency) for each in (budget, cheapest)]
        problems.add(BUDGET, f"of {amounts[0]} is below the cheapest contact, {amounts[1]}", "Raise it.")
    stated = zip(limits.names, limits.offers, limits.bounds, strict=True)
    floors = {offers.index(offer): int(-bound) for name, offer, bound in stated if name == AT_LEAST}
    needed, n = sum(floors.values()), len(costs)
    if needed == 0:
        return
    demand = f"demand at least {format_count(needed)} contacts"
    if needed > n:
        problems.add("caps", f"{demand}, and there are {format_count(n)} customers", "Lower them.")
        return
    contacts = dict(zip(limits.names, limits.bounds, strict=True)).get(CONTACTS, np.inf)
    if needed > contacts:
        problems.add("caps", f"{demand}, and `max_customers` is {format_count(contacts)}", "Lower them, or raise it.")
    least = sum(np.partition(costs[:, offer], floor - 1)[:floor].sum() for offer, floor in floors.items())
    if least > budget * (1 + 1e-12):
        amounts = [format_money(each, currency) for each in (least, budget)]
        problems.add("caps", f"{demand}, for {amounts[0]} or more, and the budget is {amounts[1]}", "Lower them.")


def _is_amount(value) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_) and 0 <= value < np.inf


def _is_count(value) -> bool:
    return _is_amount(value) and float(value).is_integer()
