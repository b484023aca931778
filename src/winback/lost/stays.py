r"""Who was a customer from when to when, in which group, and what did they bring in the year before they left?

Contracts and purchases as one: a stay begins on its first day and ends on its last one, or on the day on which a buyer
was called lost. Days are whole numbers, of numpy's ``datetime64[D]``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.base.lives import Lives, pair_keys
from winback.base.purchase_base import PurchaseBase
from winback.lost.brought_in import brought_in, turnover
from winback.lost.served import spells_of_service
from winback.purchases.logs.checks import DAY_ZERO
from winback.tables import label_codes
from winback.tables.ids import as_index

GOES_ON = 2**30  # a day after all others: the end of a stay that goes on
EVERYBODY = "all"


@dataclass(frozen=True, eq=False)
class Spells:
    """Who belonged to which group since when, until the next spell of the same stay; by customer and day."""

    stay: np.ndarray  # (k,) row of the stay
    key: np.ndarray  # (k,) customer and first day as one number
    before: np.ndarray  # (k,) who is here on a later day may be in it; the day before it, or the first day of the stay
    end: np.ndarray  # (k,) last day: before the next one, at most that of the stay
    group: np.ndarray  # (k,) -1: not known

    def at(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the group of each customer in the latest spell that had begun by a day."""
        return self.group[np.searchsorted(self.key, pair_keys(customer, day), side="right") - 1]


@dataclass(frozen=True, eq=False)
class Stays:
    """The stays of customers, by customer and in the order of time; m of them."""

    ids: pd.Index  # (n_customers,)
    customer: np.ndarray  # (m,) place of the customer
    number: np.ndarray  # (m,) 1 for the first stay
    start: np.ndarray  # (m,)
    end: np.ndarray  # (m,) GOES_ON where it does
    lost: np.ndarray  # (m,) bool: it ended in a loss, for sure
    money: np.ndarray  # (m,) brought in within a year before the end, of the data where it goes on; missing: not known
    turnover: np.ndarray  # (m,) of all customers in the same year
    spells: Spells
    names: tuple  # of the groups
    first: int  # day from which on all customers were watched
    judged: int  # day from which on somebody could be called lost
    sure: int  # day up to which it is known for sure who was lost
    until: int  # last day of the data
    usual_gap: float | None = None  # days between purchases of half of the customers or more

    @property
    def pending(self) -> np.ndarray:
        """Stays that have ended so lately that it is not known yet whether that is a loss."""
        return ~self.lost & (self.end < GOES_ON)


def stays_of(base: ContractBase | PurchaseBase, by: str | None = None) -> Stays:
    """Return the stays of a base's customers, grouped by a column of its contracts or customers."""
    if isinstance(base, PurchaseBase):
        return _of_purchases(base, by)
    return _of_contracts(base, by)


def _of_contracts(base: ContractBase, by: str | None) -> Stays:
    lives, spans = base.all_lives, base.spans
    end = np.where(lives.runs, GOES_ON, lives.end)
    first = int(lives.start.min()) if base.since is None else as_number(base.since) + 1
    if by == "manager" and base.served_by is not None:
        customer, start, codes, names = spells_of_service(base)
    else:
        codes, names = _groups(base.contracts, by, "the contracts", "Give the contracts such a column.")
        customer, start = spans.customer, spans.start
    return Stays(
        ids=base.ids,
        customer=lives.customer,
        number=lives.number,
        start=lives.start,
        end=end,
        lost=lives.ended,
        money=brought_in(base),
        turnover=turnover(base),
        spells=_within(lives, customer, start, codes, end),
        names=names,
        first=first,
        judged=first,
        sure=base.last - base.grace_days,
        until=base.last,
    )


def _of_purchases(base: PurchaseBase, by: str | None) -> Stays:
    lives, days = base.lives, base.days
    remedy = "Name it in the table of customers: read_purchases(..., customers=...)."
    codes, names = _groups(base.people, by, "what is known of the customers", remedy, n=base.n)
    start, end = lives.start - DAY_ZERO, np.where(lives.ended, lives.end - DAY_ZERO, GOES_ON)
    until, gaps = base.until.toordinal() - DAY_ZERO, _usual_gaps(days.start, days.day)
    return Stays(
        ids=as_index(base.summary.customers["customer_id"]),
        customer=lives.customer,
        number=lives.number,
        start=start,
        end=end,
        lost=lives.ended,
        money=brought_in(base),
        turnover=turnover(base),
        spells=_spells(np.arange(len(start)), lives.customer, start, group=codes[lives.customer], stays=(start, end)),
        names=names,
        first=int(start.min()),
        judged=int(end.min()) if lives.ended.any() else int(start.min()),
        sure=until,
        until=until,
        usual_gap=float(np.median(gaps)) if len(gaps) else None,
    )


def _within(lives: Lives, customer, start, group, end) -> Spells:
    """Return the spells that begin within a life, in order of time; of several of one day the last one counts."""
    order = np.lexsort((np.arange(len(group)), start, customer))
    customer, start, group = customer[order], start[order], group[order]
    stay = lives.at(customer, start)
    kept = stay >= 0
    return _spells(stay[kept], customer[kept], start[kept], group=group[kept], stays=(lives.start, end))


def _spells(stay, customer, start, *, group, stays) -> Spells:
    """Let each spell last until the next one of its stay; rows are by customer and first day."""
    begun, end = (each[stay] for each in stays)
    following = np.append(np.where(stay[1:] == stay[:-1], start[1:], GOES_ON + 1), GOES_ON + 1)
    before = np.where(start > begun, start - 1, start)
    return Spells(stay, pair_keys(customer, start), before, np.maximum(np.minimum(following - 1, end), before), group)


def _groups(table: pd.DataFrame | None, by: str | None, where: str, remedy: str, n: int | None = None):
    """Return the group of each row, and the names of the groups."""
    if by is None:
        return np.zeros(len(table) if n is None else n, dtype=np.int64), (EVERYBODY,)
    if table is None or by not in table:
        there = [] if table is None else [str(name) for name in table if name not in _NO_GROUPS]
        known = f"there are {', '.join(there)}" if there else "there is none to group by"
        raise ValueError(f"by = {by!r} is no column of {where}; {known}. {remedy}")
    if by in _NO_GROUPS:
        raise ValueError(f"by = {by!r} makes no groups. Name a column with a manager, a segment or a product.")
    codes, names = label_codes(table[by])
    return codes.astype(np.int64), tuple(names)


_NO_GROUPS = ("customer_id", "start", "end", "exit_text", "reason")  # a reason is known of those who left only


def _usual_gaps(start: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return the mean gap of each customer who has bought on two days or more."""
    n, several = np.diff(start), np.diff(start) > 1
    return (day[start[1:] - 1] - day[start[:-1]])[several] / (n[several] - 1)
