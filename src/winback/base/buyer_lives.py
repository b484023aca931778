"""When was each buyer a customer? From days with a purchase to lives: each ends where a rule calls the customer lost.

A life reaches from its first purchase to the day on which the customer is called lost; the next purchase begins the
next one. So the silence in which nobody could know counts as time as a customer. Days are numbers as of
`datetime.date.toordinal`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from winback.base.lapse_rule import LapseRule
from winback.base.lives import last_of_each, numbered
from winback.base.past_losses import past_losses
from winback.base.purchase_days import NEVER, PurchaseDays
from winback.purchases.logs.customer_days import CustomerDays


@dataclass(frozen=True, eq=False)
class BuyerLives:
    """The lives of buyers, by customer and in the order of time; m of them."""

    customer: np.ndarray = field(repr=False)  # (m,) place of the customer
    number: np.ndarray = field(repr=False)  # (m,) 1 for the first life
    start: np.ndarray = field(repr=False)  # (m,) day of its first purchase
    end: np.ndarray = field(repr=False)  # (m,) day on which the customer was called lost; of the data where not yet
    ended: np.ndarray = field(repr=False)  # (m,) bool
    reach: np.ndarray = field(repr=False)  # (m,) day on which the customer was called lost, or will be if silent
    n_days: np.ndarray = field(repr=False)  # (m,) days with a purchase
    money: np.ndarray = field(repr=False)  # (m,) paid on all of them

    def of_number(self, number: int, n_customers: int) -> np.ndarray:
        """Return the row of each customer's life of this number, (n_customers,), -1 where there is none."""
        rows = np.flatnonzero(self.number == number)
        found = np.full(n_customers, -1)
        found[self.customer[rows]] = rows
        return found

    def lost_again(self, day: int) -> int:
        """Return how many customers were lost by a day who had come back from an earlier loss."""
        begun = np.flatnonzero(self.start <= day)
        latest = begun[last_of_each(self.customer[begun])]
        return int((self.ended[latest] & (self.end[latest] <= day) & (self.number[latest] > 1)).sum())

    @property
    def is_last(self) -> np.ndarray:
        """Which lives are the last one of their customer so far, shape (m,)."""
        return last_of_each(self.customer)


def buyer_lives(days: CustomerDays, until: int, rule: LapseRule) -> BuyerLives:
    """Return the lives of all customers by a rule that was fitted to the log.

    Examples
    --------
    >>> import pandas as pd
    >>> from winback.base.fitted_rules import fit_rule
    >>> from winback.base.rules import Silence
    >>> log = np.array([0, 0, 0, 1]), pd.Index(["a", "b"]), np.array([1, 151, 160, 100]), np.array([5.0, 2.0, 4.0, 1.0])
    >>> days = CustomerDays.of(*log)
    >>> rule = fit_rule(Silence(90), PurchaseDays(days.customer, days.day, until=200))
    >>> lives = buyer_lives(days, 200, rule)
    >>> lives.customer.tolist(), lives.end.tolist(), lives.ended.tolist(), lives.money.tolist()
    ([0, 0, 1], [92, 200, 191], [True, False, True], [5.0, 6.0, 1.0])
    """
    code = days.customer
    log = PurchaseDays(code, days.day, until)
    losses = past_losses(log, rule)
    begins = np.append(True, code[1:] != code[:-1])[: len(code)]
    begins[losses.row[losses.returned] + 1] = True
    first = np.flatnonzero(begins)
    customer = code[first]
    number = numbered(customer).astype(np.int32)
    end = np.full(len(first), until, dtype=np.int32)
    lost = np.searchsorted(first, losses.row, side="right") - 1
    end[lost] = losses.lost_on
    ended = np.zeros(len(first), dtype=bool)
    ended[lost] = True
    going_on = last_of_each(customer) & ~ended
    if_silent = rule.lost_on(log.asof(until))[~ended[last_of_each(customer)]]
    reach = end.astype(np.int64)
    reach[going_on] = np.where(if_silent < NEVER, np.maximum(if_silent, until), until)
    return BuyerLives(
        customer=customer,
        number=number,
        start=days.day[first],
        end=end,
        ended=ended,
        reach=reach,
        n_days=np.diff(first, append=len(code)).astype(np.int32),
        money=np.add.reduceat(days.amount, first) if len(first) else np.zeros(0),
    )
