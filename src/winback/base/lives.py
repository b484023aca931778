r"""When is a customer with contracts lost, and who came back? From contracts to lives.

A gap between contracts of up to the grace period is a change of contract; a longer one ends a life, and the contract
after it begins the next. Contracts that overlap are one life. All days are whole numbers, as of numpy's
``datetime64[D]``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np


@dataclass(frozen=True, eq=False)
class Spans:
    """Contracts as n spans of days, none of them beginning after the last day of the data."""

    customer: np.ndarray  # (n,) position of the customer
    start: np.ndarray  # (n,) first day
    end: np.ndarray  # (n,) last day; that of the data where the contract still runs
    runs: np.ndarray  # (n,) bool, still runs on the last day of the data
    margin: np.ndarray  # (n,) money per month; missing: not known

    def run_on(self, day: int) -> np.ndarray:
        """Return which contracts run on a day, (n,) bool; their last day counts."""
        return (self.start <= day) & (self.runs | (self.end >= day))

    def only(self, rows: np.ndarray) -> Spans:
        """Return some of the contracts."""
        return Spans(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True, eq=False)
class Lives:
    """The lives of customers, by customer and in the order of time; m of them."""

    customer: np.ndarray  # (m,) position of the customer
    number: np.ndarray  # (m,) 1 for the first life
    start: np.ndarray  # (m,) first day
    end: np.ndarray  # (m,) last day, of the data where the life still runs
    runs: np.ndarray  # (m,) bool: a contract still runs on the last day of the data
    ended: np.ndarray  # (m,) bool: lost at its end for sure, as no contract has followed within the grace period
    margin: np.ndarray  # (m,) money per month under contract; missing where it is not known
    first: np.ndarray  # (m,) row of the contract that it began with
    last: np.ndarray  # (m,) row of the contract that it ended with, or which still runs

    @property
    def pending(self) -> np.ndarray:
        """Lives whose last contract has ended so lately that another may still follow."""
        return ~self.runs & ~self.ended

    @property
    def is_last(self) -> np.ndarray:
        """Which lives are the last one of their customer so far."""
        return last_of_each(self.customer)

    def only(self, kept: np.ndarray) -> Lives:
        """Return some of the lives, those of each customer numbered from 1 again."""
        part = {each.name: getattr(self, each.name)[kept] for each in fields(self)}
        part["number"] = numbered(part["customer"])
        return Lives(**part)

    def of_number(self, number: int, n_customers: int) -> np.ndarray:
        """Return the row of each customer's life of this number, (n_customers,), -1 where there is none."""
        rows = np.flatnonzero(self.number == number)
        found = np.full(n_customers, -1)
        found[self.customer[rows]] = rows
        return found

    def at(self, customer: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Return the row of the life in which each customer was on a day, -1 where in none; its last day counts."""
        row = np.searchsorted(pair_keys(self.customer, self.start), pair_keys(customer, day), side="right") - 1
        return np.where((row >= 0) & (self.customer[row] == customer) & (day <= self.end[row]), row, -1)


def lives_of(spans: Spans, until: int, grace_days: int) -> Lives:
    r"""Join each customer's contracts to lives.

    With :math:`e_k` the latest end among a customer's contracts up to the k-th by start, a new life begins with
    contract k + 1 where its start is later than :math:`e_k` by more than the grace period.

    Examples
    --------
    >>> start, end = np.array([0, 40, 200]), np.array([30, 90, 300])
    >>> spans = Spans(np.zeros(3, dtype=int), start, end, np.array([False, False, True]), np.array([10.0, 20.0, 15.0]))
    >>> lives = lives_of(spans, until=300, grace_days=30)
    >>> lives.start.tolist(), lives.end.tolist(), lives.ended.tolist(), lives.margin.tolist()
    ([0, 200], [90, 300], [True, False], [16.25, 15.0])
    """
    order = np.lexsort((spans.end, spans.start, spans.customer))
    sorted_ = spans.only(order)
    n = len(order)
    latest = latest_so_far(sorted_.customer, sorted_.end)
    begins = np.ones(n, dtype=bool)
    same = sorted_.customer[1:] == sorted_.customer[:-1]
    begins[1:] = ~same | (sorted_.start[1:] - latest[:-1] > grace_days)
    life = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    customer = sorted_.customer[first]
    end = np.maximum.reduceat(sorted_.end, first) if n else sorted_.end
    runs = np.logical_or.reduceat(sorted_.runs, first) if n else sorted_.runs
    ended = ~runs & (until - end >= grace_days)
    last = _last_rows(sorted_, life)
    return Lives(
        customer=customer,
        number=numbered(customer),
        start=sorted_.start[first],
        end=end,
        runs=runs,
        ended=ended,
        margin=mean_margin(sorted_, life),
        first=order[first],
        last=order[last],
    )


def latest_so_far(group: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the latest end among the rows of the same group so far; groups ascend.

    Examples
    --------
    >>> latest_so_far(np.array([0, 0, 1]), np.array([9, 3, 5])).tolist()
    [9, 9, 5]
    """
    if not len(end):
        return end
    room = int(end.max() - end.min()) + 1  # further apart than any two ends: a new group starts anew
    return np.maximum.accumulate(end + group * room) - group * room


def overlaps(spans: Spans) -> np.ndarray:
    """Return which contracts run at the same time as another one of their customer; to share a day's end is not to.

    Examples
    --------
    >>> customer, start, end = np.array([0, 0, 0, 1]), np.array([60, 0, 30, 0]), np.array([90, 30, 70, 99])
    >>> overlaps(Spans(customer, start, end, np.zeros(4, dtype=bool), np.ones(4))).tolist()
    [True, False, True, False]
    """
    order = np.lexsort((spans.end, spans.start, spans.customer))
    part = spans.only(order)
    same = part.customer[1:] == part.customer[:-1]
    found = np.zeros(len(order), dtype=bool)
    found[1:] |= same & (part.start[1:] < latest_so_far(part.customer, part.end)[:-1])
    found[:-1] |= same & (part.start[1:] < part.end[:-1])
    back = np.empty(len(order), dtype=bool)
    back[order] = found
    return back


def mean_margin(spans: Spans, life: np.ndarray) -> np.ndarray:
    r"""Return the money per month under contract of each life: days without a contract do not count.

    .. math:: \bar m = \sum_k m_k d_k \Big/ \Big| \bigcup_k [s_k, e_k) \Big|

    over the contracts with a known margin, :math:`d_k` their days: what two contracts bring at the same time adds up.
    Where no contract lasts for longer than its first day, it is the plain mean of theirs.

    Parameters
    ----------
    spans : Spans
        By life and start.
    life : numpy.ndarray, shape (n,)
        The life of each contract, 0, 1, 2, ...
    """
    n_lives = int(life[-1]) + 1 if len(life) else 0
    known = ~np.isnan(spans.margin)
    part, of = spans.only(known), life[known]
    days = part.end - part.start
    before = latest_so_far(of, part.end)
    new = np.ones(len(of), dtype=bool)
    new[1:] = of[1:] != of[:-1]
    reached = np.where(new, part.start, np.append(part.start[:1], before[:-1])) if len(of) else part.start
    covered = np.bincount(of, weights=np.maximum(part.end - np.maximum(part.start, reached), 0), minlength=n_lives)
    money = np.bincount(of, weights=part.margin * days, minlength=n_lives)
    plain = np.bincount(of, weights=part.margin, minlength=n_lives), np.bincount(of, minlength=n_lives)
    with np.errstate(invalid="ignore"):
        return np.where(covered > 0, money / np.where(covered > 0, covered, 1), plain[0] / plain[1])


def _last_rows(spans: Spans, life: np.ndarray) -> np.ndarray:
    """Return the row of the contract that each life ended with: of those that end last, the one that began last."""
    order = np.lexsort((np.arange(len(life)), spans.start, spans.end, spans.runs, life))
    ordered = life[order]
    return order[last_of_each(ordered)]


def last_of_each(group: np.ndarray) -> np.ndarray:
    """Return which rows are the last one of their group; rows of a group stand together.

    Examples
    --------
    >>> last_of_each(np.array([0, 0, 1])).tolist()
    [False, True, True]
    """
    return np.append(group[1:] != group[:-1], True)[: len(group)]


def numbered(customer: np.ndarray) -> np.ndarray:
    """Return the number of each row among those of its customer, from 1; customers ascend."""
    if not len(customer):
        return customer
    new = np.append(True, customer[1:] != customer[:-1])
    return np.arange(len(customer)) - np.flatnonzero(new)[np.cumsum(new) - 1] + 1


def pair_keys(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return one number for each pair, such as of customer and day, that sorts as the pairs do.

    Examples
    --------
    >>> (np.diff(pair_keys(np.array([0, 0, 1]), np.array([5, 9, 2]))) > 0).tolist()
    [True, True]
    """
    return one.astype(np.int64) * 2**32 + other
