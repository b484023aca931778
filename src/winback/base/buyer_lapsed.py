"""Which buyers were called lost by a day, what was known of them then, and what have they brought since?"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from winback.base.buyer_lives import BuyerLives, buyer_lives
from winback.base.lapse_rule import LapseRule
from winback.base.lapsed import BACK_BEFORE, LOST_AGAIN, Lapsed
from winback.base.lapsed_table import Losses, lapsed_table
from winback.base.lives import pair_keys
from winback.base.purchase_words import about_lapsed
from winback.base.sent import lapsed_with_offers, read_sent
from winback.periods import DAYS_IN_MONTH
from winback.purchases.logs.checks import DAY_ZERO
from winback.results import Result, format_number
from winback.tables import SECOND_LIFETIME, AnyTable
from winback.tables.ids import as_index
from winback.tables.months_from_dates import SHORTEST, last_day


def lapsed_buyers(
    base: Result, asof: datetime.date | str | None, sent: AnyTable | None, within_months: float | None
) -> Lapsed:
    """Return the lost customers of a base of buyers, see `winback.base.purchase_base.PurchaseBase.lapsed`."""
    if asof is not None and sent is not None:
        raise ValueError("asof and sent cannot both be given: each customer is seen from the day of the offer.")
    if within_months is not None:
        _check_within(base, within_months)
    if sent is not None:
        found = read_sent(sent, as_index(base.summary.customers["customer_id"]), _last(base))
        if within_months is None:
            raise ValueError(_how_long(base, found.day))
        first = int(found.day.min()) + DAY_ZERO if len(found.day) else base.until.toordinal()
        asked = _Asked(base, base.rule_on(max(first, base.summary.span.first.toordinal())), within_months)
        return lapsed_with_offers(asked.losses, found, asked.table)
    if asof is None:
        asked = _Asked(base, base.rule, within_months)
        rows = np.flatnonzero(asked.losses.lost)
        left_out = {"never called lost": base.n - len(rows)}
        return asked.table(asked.losses, rows, asked.losses.end[rows], left_out)
    day = last_day(asof, name="asof").date()
    if not base.summary.span.first <= day <= base.until:
        raise ValueError(f"asof ({day}) must lie within the data, from {base.summary.span.first} to {base.until}.")
    asked = _Asked(base, base.rule_on(day.toordinal()), within_months)
    at = day.toordinal() - DAY_ZERO
    lost, back = asked.losses.state(np.full(base.n, at))
    known, again = int((asked.losses.start <= at).sum()), asked.lives.lost_again(day.toordinal())
    left_out = {
        BACK_BEFORE: int(back.sum()) - again,
        LOST_AGAIN: again,
        "not called lost on that day": known - int(lost.sum()),
    }
    rows = np.flatnonzero(lost & ~back)
    return replace(asked.table(asked.losses, rows, np.full(len(rows), at), left_out), day=day)


def _check_within(base, months: float) -> None:
    if not 0 < months < 1200:
        raise ValueError(f"within_months must be a number of months above 0; got {months!r}.")
    if base.summary.log.amount is None:
        raise ValueError("within_months counts what was paid, and the log has no amounts: leave it out.")


def _how_long(base, days: np.ndarray) -> str:
    said = (
        "sent needs within_months: buyers pay at once and not by the month, so what an offer brought is measured "
        "directly, as the money within so many months of it"
    )
    months = int((_last(base) + 1 - days.max()) / DAYS_IN_MONTH) if len(days) else 0
    return f"{said}. All of these were followed for {months} months." if months else f"{said}."


def _last(base) -> int:
    """Return the last day of the data, as numpy counts days."""
    return base.until.toordinal() - DAY_ZERO


@dataclass(frozen=True, eq=False)
class _Asked:
    """What is asked of a base: by which rule, and whether money is measured directly."""

    base: Result
    rule: LapseRule
    within_months: float | None

    @cached_property
    def lives(self) -> BuyerLives:
        """When each was a customer by the rule."""
        base = self.base
        return base.lives if self.rule is base.rule else buyer_lives(base.days, base.until.toordinal(), self.rule)

    @cached_property
    def losses(self) -> Losses:
        """The first loss of each."""
        return _losses(self.base, self.lives)

    def table(self, losses: Losses, rows: np.ndarray, days: np.ndarray, left_out: Mapping[str, int]) -> Lapsed:
        """Return the table of some customers, each seen from a day as numpy counts them."""
        base, last = self.base, _last(self.base)
        frame, notes = lapsed_table(losses, rows, days, last), [*about_lapsed(base, self.rule)]
        n_again = int((losses.n_lives[rows] > 2).sum())
        if self.within_months is not None:
            frame, short = _valued(base, frame, rows, days, self.within_months)
            months = format_number(self.within_months)
            left_out = {**left_out, f"followed for less than {months} months": int(short.sum())}
            notes.append(f"Value is the margin of what was paid within {months} months, the first day included.")
        return Lapsed(
            frame=frame,
            until=base.until,
            left_out=left_out,
            n_again=n_again if self.within_months is None else 0,
            notes=tuple(notes),
            source=base.source,
            currency=base.currency,
        )


def _valued(base, frame: pd.DataFrame, rows, days, months: float) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table with what was paid from each day on for so many months, and who was not followed for so long.

    Those not followed stay out of the table; their place among the rows is kept by their index for offers to be joined.
    """
    length = round(months * DAYS_IN_MONTH)
    log, begin = base.days, days + DAY_ZERO
    key = pair_keys(log.customer, log.day)
    first, after = (np.searchsorted(key, pair_keys(rows, day)) for day in (begin, begin + length))
    so_far = np.append(0.0, np.cumsum(log.amount))
    returned = after > first
    value = np.where(returned, (so_far[after] - so_far[first]) * (base.margin_share or 1.0), 0.0)
    short = days + length - 1 > _last(base)
    frame = frame.drop(columns=[name for name in SECOND_LIFETIME if name in frame])
    return frame.assign(returned=returned, value=value)[~short], short


def _losses(base, lives: BuyerLives) -> Losses:
    """Return the first loss of each customer, and what is known of it; days as numpy counts them."""
    n = base.n
    first, second = lives.of_number(1, n), lives.of_number(2, n)
    months = np.maximum(lives.reach - lives.start, SHORTEST) / DAYS_IN_MONTH
    paid = lives.money * (base.margin_share or 1.0) if base.summary.log.amount else np.full(len(months), np.nan)
    start, end, margin = lives.start - DAY_ZERO, lives.end - DAY_ZERO, paid / months
    came_back = second >= 0
    return Losses(
        ids=as_index(base.summary.customers["customer_id"]),
        start=start[first],
        end=end[first],
        has_end=lives.ended[first],
        sure_from=end[first],
        lost=lives.ended[first],
        margin=margin[first],
        came_back=came_back,
        back=start[second],
        second_end=end[second],
        second_ended=came_back & lives.ended[second],
        second_margin=margin[second],
        second_reason=None,
        counts={"purchase_days": lives.n_days[first].astype(np.int64)},
        known=pd.DataFrame(index=range(n)) if base.people is None else base.people,
        n_lives=np.bincount(lives.customer, minlength=n),
    )
