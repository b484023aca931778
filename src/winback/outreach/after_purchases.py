"""Which contacts are due after a purchase, when, and with what to say? Soon, then every month or on an occasion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from winback.base.lapse_rule import LATEST
from winback.base.purchase_base import PurchaseBase
from winback.base.whole_periods import months_later
from winback.outreach.chains import in_order
from winback.outreach.contact_rows import written
from winback.outreach.dates import day_words
from winback.outreach.entries import Aftercare, Step
from winback.periods import Period
from winback.purchases.logs.checks import DAY_ZERO
from winback.results import join_words

NO_OCCASION = -1
DAY, MONTH = Period(1, "D"), Period(1, "M")


@dataclass(frozen=True, eq=False)
class Bought:
    """The purchases that are followed up, n of them; days are whole numbers, of numpy's ``datetime64[D]``."""

    customer: np.ndarray  # (n,) place of the customer
    day: np.ndarray  # (n,)
    over: np.ndarray  # (n,) day on which its aftercare is over: of the next purchase, or on which the customer is lost


@dataclass(frozen=True, eq=False)
class Due:
    """Contacts that are due, n of them, by customer and then by day."""

    customer: np.ndarray  # (n,) place of the customer
    bought: np.ndarray  # (n,) day of the purchase
    step: np.ndarray  # (n,) place in `steps_of`
    month: np.ndarray  # (n,) so many months after the purchase; 0 for what is done once
    occasion: np.ndarray  # (n,) place of the occasion, NO_OCCASION where there is none
    day: np.ndarray  # (n,) on which it is due
    deadline: np.ndarray  # (n,) last day on which it may be made

    @property
    def number(self) -> np.ndarray:
        """Which contact after the purchase it is, from 1 on."""
        return self.step + 1 + np.maximum(self.month - 1, 0)

    def only(self, kept: np.ndarray) -> Due:
        """Return some of the contacts."""
        return Due(*(getattr(self, each.name)[kept] for each in fields(self)))


def steps_of(aftercare: Aftercare) -> tuple[Step, ...]:
    """Return the steps in the order in which they are planned, the monthly one last."""
    monthly = () if aftercare.monthly is None else (aftercare.monthly,)
    return (*in_order(aftercare.steps).steps, *monthly)


def days_after(aftercare: Aftercare) -> list[int]:
    """Return how many days after the purchase each step is planned that is done once.

    Examples
    --------
    >>> days_after(Aftercare((Step("counter"), Step("message", after_days=2), Step("email", after_days=5))))
    [0, 2, 7]
    """
    chain = in_order(aftercare.steps)
    return [chain.steps[0].after_days + day for day in chain.days]


def bought_in(base: PurchaseBase, first: int, last: int) -> Bought:
    """Return the purchases of a base whose aftercare reaches into the days of a plan."""
    days, lives = base.days, base.lives
    customer, day = days.customer, days.day.astype(np.int64)
    over = np.append(day[1:], 0)[: len(day)]
    over[days.start[1:] - 1] = np.minimum(base.rule.lost_on(base.seen), LATEST)
    last_of_life = np.cumsum(lives.n_days) - 1
    over[last_of_life[lives.ended]] = lives.end[lives.ended]
    kept = (day - DAY_ZERO <= last) & (over - DAY_ZERO > first)
    return Bought(customer[kept], day[kept] - DAY_ZERO, over[kept] - DAY_ZERO)


def due_contacts(bought: Bought, aftercare: Aftercare, occasions: list[np.ndarray], first: int, last: int) -> Due:
    """Return the contacts that are due from a first to a last day.

    What is due on the day of the purchase is made then or not at all. All else may wait until the next contact is due,
    as two in a row would be too many, but not beyond the next purchase, with which aftercare begins anew, nor beyond
    the day on which the customer is taken for lost.

    Parameters
    ----------
    bought : Bought
    aftercare : Aftercare
    occasions : list of numpy.ndarray
        The days of each, (1, n_days) for all customers or (n_customers, n_days); of several near to one month the first
        listed counts.
    first, last : int

    Examples
    --------
    >>> bought = Bought(np.array([0]), np.array([10]), np.array([17]))
    >>> due_contacts(bought, Aftercare((Step("counter"), Step("message", 2), Step("email", 5))), [], 12, 40).day
    array([12])
    """
    every, once = np.arange(len(bought.day)), days_after(aftercare)
    parts = [(every, step, 0, NO_OCCASION, bought.day + after) for step, after in enumerate(once)]
    if aftercare.monthly is not None and len(every):
        parts.append(_monthly(bought, len(once), occasions, (first, last)))
    parts = [np.broadcast_arrays(*part) for part in parts] or [[every] * 5]
    row, step, month, occasion, day = (np.concatenate(each) for each in zip(*parts, strict=True))
    kept = np.flatnonzero((first <= day) & (day <= last) & (day < bought.over[row]))
    kept = kept[np.lexsort((step[kept], day[kept], bought.customer[row[kept]]))]
    row, day = row[kept], day[kept]
    following = bought.over[row]
    following[:-1] = np.where(row[1:] == row[:-1], day[1:], following[:-1])
    deadline = np.where(day == bought.day[row], day, np.minimum(last, np.maximum(day, following - 1)))
    return Due(
        customer=bought.customer[row],
        bought=bought.day[row],
        step=step[kept],
        month=month[kept],
        occasion=occasion[kept],
        day=day,
        deadline=deadline,
    )


def _monthly(bought: Bought, step: int, occasions: list[np.ndarray], bounds: tuple[int, int]) -> tuple:
    """Return purchase, step, month, occasion and day of each month's contact, on the nearest occasion if there is one.

    An occasion moves a contact by half a month at most: one month more on either side may fall into the plan, and one
    beyond these tells which month an occasion is nearest to. The purchase itself, month 0, has no such contact.
    """
    sooner = np.maximum(_month(bounds[0]) - _month(bought.day) - 2, 0)
    n_months = int((_month(bounds[1]) - _month(bought.day) + 2 - sooner).max())
    month = sooner[:, None] + np.arange(n_months + 1)
    day = months_later(bought.day[:, None], month)
    halfway = (day[:, :-1] + day[:, 1:] + 1) // 2
    day, month = day[:, 1:-1].copy(), month[:, 1:-1]
    found = np.full(day.shape, NO_OCCASION)
    for place, every in enumerate(occasions):
        for come in every.T:
            own = np.broadcast_to((come[bought.customer] if len(come) > 1 else come)[:, None], day.shape)
            nearest = (halfway[:, :-1] <= own) & (own < halfway[:, 1:]) & (found == NO_OCCASION)
            found[nearest], day[nearest] = place, own[nearest]
    row = np.broadcast_to(np.arange(len(day))[:, None], day.shape)
    return tuple(each.ravel() for each in (row, np.full(day.shape, step), month, found, day))


def _month(day: np.ndarray | int) -> np.ndarray:
    return np.asarray(day, dtype="datetime64[D]").astype("datetime64[M]").astype(np.int64)


def messages(aftercare: Aftercare, steps: Sequence[Step], due: Due, date: np.ndarray) -> np.ndarray:
    """Return what is said with each contact that was made on a day, (n,).

    New is what came after the purchase, or after the contact of the month before: where that is not in this plan, it is
    taken for made when it was due.
    """
    day = date.astype("datetime64[D]").astype(np.int64)
    before = months_later(due.bought, np.maximum(due.month - 1, 0))
    same = (due.customer[1:] == due.customer[:-1]) & (due.bought[1:] == due.bought[:-1]) & (due.month[:-1] > 0)
    before[1:] = np.where(same, day[:-1], before[1:])
    news = sorted(aftercare.news, key=lambda each: each.since)
    since = np.array([each.since for each in news], dtype="datetime64[D]").astype(np.int64)
    known, told = (np.searchsorted(since, each, side="right") for each in (day, before))

    def said(step: int, month: int, occasion: int, known: int, told: int) -> str:
        new = [each.name for each in news[told:known]] if month else []
        parts = [steps[step].message]
        parts += [] if occasion == NO_OCCASION else [f"Occasion: {aftercare.occasions[occasion].name}."]
        parts += [f"New: {join_words(new)}."] if new else []
        return " ".join(filter(None, parts))

    return written(said, (due.step, due.month, due.occasion, known, told))


def reasons_why(aftercare: Aftercare, due: Due) -> np.ndarray:
    """Say of each contact how long after which purchase it is due, (n,)."""

    def said(bought: int, after: int, month: int, occasion: int) -> str:
        day = day_words(np.datetime64(bought, "D").item())
        if occasion != NO_OCCASION:
            return f"for the {aftercare.occasions[occasion].name}, bought on {day}"
        if not month and not after:
            return f"bought on {day}"
        length = MONTH.count(month) if month else DAY.count(after)
        return f"{length} after the purchase of {day}"

    after = np.where(due.month > 0, 0, due.day - due.bought)
    return written(said, (due.bought, after, due.month, due.occasion))
