"""Who is lost today, what did they bring a year, how regularly, and who must not be contacted?"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import singledispatch

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.contract_lives import dates_of
from winback.base.contract_tables import AFTER
from winback.base.purchase_base import PurchaseBase
from winback.base.snapshot_base import SnapshotBase
from winback.lost.brought_in import brought_in
from winback.lost.classes import variation
from winback.periods import DAYS_IN_MONTH
from winback.purchases.logs.checks import DAY_ZERO
from winback.tables.ids import as_index
from winback.tables.months_from_dates import SHORTEST
from winback.tables.no_contact import NO_CONTACT, unwanted

FLAT = 1e-9  # a coefficient of variation that is rounding


@dataclass(frozen=True, eq=False)
class LostCustomers:
    """Those whose last life has ended; n of them, in the order of the base."""

    place: np.ndarray  # (n,) of the customer in the base
    frame: pd.DataFrame = field(
        repr=False
    )  # customer_id, where days are known left_on and months_away, yearly_margin, what else is known
    first_loss: np.ndarray  # (n,) bool: had never been lost before
    margin: np.ndarray  # (n,) money a month of the last life
    variation: np.ndarray  # (n,) of what they bought or brought a period; missing where it cannot be told
    money_from: str  # how ``yearly_margin`` came, in words
    varies_in: str  # what it is the variation of; empty: everything is flat
    second_months: np.ndarray  # of all who came back: months of the life after the first
    second_ended: np.ndarray
    marks: list[tuple[str, np.ndarray]]  # why somebody must not be contacted, and whom that holds for, (n,) each


@singledispatch
def lost_customers(base: Base, period_days: int) -> LostCustomers:
    """Return who is lost on the last day of a base."""
    raise TypeError(f"A base of read_contracts or read_purchases is needed; got {type(base).__name__}.")


@lost_customers.register
def _(base: ContractBase, period_days: int) -> LostCustomers:
    lives = base.all_lives
    rows = np.flatnonzero(lives.is_last & lives.ended)
    place = lives.customer[rows]
    known = base.contracts.iloc[lives.last[rows]].reset_index(drop=True)
    frame = _framed(base.ids[place], lives.end[rows], base.last, brought_in(base)[rows])
    further = known.drop(columns=["customer_id", "start", "end", "margin"], errors="ignore")
    again = lives.number > 1
    varying, what = _of_volume(base, rows)
    if varying is None:
        varying, what = _of_margin(base, rows)
    return LostCustomers(
        place=place,
        frame=frame.join(further[[name for name in further if name not in frame]]),
        first_loss=lives.number[rows] == 1,
        margin=lives.margin[rows],
        variation=varying,
        money_from="a year's money is what came in within the year before the loss",
        varies_in=what,
        second_months=np.maximum(lives.end - lives.start, SHORTEST)[again] / DAYS_IN_MONTH,
        second_ended=lives.ended[again],
        marks=_marks(base, place, known),
    )


@lost_customers.register
def _(base: PurchaseBase, period_days: int) -> LostCustomers:
    lives = base.lives
    rows = np.flatnonzero(lives.is_last & lives.ended)
    place = lives.customer[rows]
    until, money = base.until.toordinal(), brought_in(base)[rows]
    ids = as_index(base.summary.customers["customer_id"])[place]
    frame = _framed(ids, lives.end[rows] - DAY_ZERO, until - DAY_ZERO, money)
    people = pd.DataFrame(index=range(base.n)) if base.people is None else base.people
    further = people.iloc[place].reset_index(drop=True)
    again = lives.number > 1
    months = np.maximum(lives.end - lives.start, SHORTEST) / DAYS_IN_MONTH
    return LostCustomers(
        place=place,
        frame=frame.join(further[[name for name in further if name not in frame]]),
        first_loss=lives.number[rows] == 1,
        margin=money / 12,
        variation=_of_purchases(base, rows, period_days),
        money_from="a year's money is what came in within the year up to the last purchase",
        varies_in=f"purchases in {period_days:,} days",
        second_months=months[again],
        second_ended=lives.ended[again],
        marks=[(words, found[place]) for words, found in unwanted(people)],
    )


@lost_customers.register
def _(base: SnapshotBase, period_days: int) -> LostCustomers:
    place = np.flatnonzero(base.customers["lost"])
    known = base.customers.iloc[place].reset_index(drop=True)
    margin = known["margin"].to_numpy(dtype=float) if "margin" in known else np.full(len(place), np.nan)
    money = brought_in(base)[place]
    frame = pd.DataFrame({"customer_id": known["customer_id"], "yearly_margin": money, "tenure": known["tenure"]})
    further = known.drop(columns=["lost", "margin", "customer_id", "tenure"], errors="ignore")
    return LostCustomers(
        place=place,
        frame=frame.join(further[[name for name in further if name not in frame]]),
        first_loss=np.ones(len(place), dtype=bool),
        margin=margin,
        variation=np.full(len(place), np.nan),
        money_from="a year's money is what they paid in the twelve months before the loss"
        if base.is_revenue
        else "a year's money is the margin of the twelve months before the loss",
        varies_in="",
        second_months=np.array([]),
        second_ended=np.array([], dtype=bool),
        marks=unwanted(known.drop(columns=["customer_id", "tenure", "exit_text"], errors="ignore")),
    )


def _framed(ids: pd.Index, left_on: np.ndarray, until: int, yearly: np.ndarray) -> pd.DataFrame:
    away = (until - left_on) / DAYS_IN_MONTH
    columns = {"customer_id": ids, "left_on": dates_of(left_on), "months_away": away, "yearly_margin": yearly}
    return pd.DataFrame(columns)


def _of_volume(base: ContractBase, rows: np.ndarray) -> tuple[np.ndarray | None, str]:
    """Return how much each customer's volume varied from period to period in the last life; None without volumes."""
    told = base.happened[(base.happened["event"] == "volume") & base.happened["amount"].notna()]
    if not len(told):
        return None, ""
    life = base.all_lives.at(told["customer"].to_numpy(), told["day"].to_numpy())
    told = told.assign(row=pd.Index(rows).get_indexer(life)).query("row >= 0")
    # each day on which volume is recorded tells of one period; months without a record are not zeros
    sums = told.groupby(["row", "day"])["amount"].sum().reset_index()
    found = variation(sums["row"].to_numpy(dtype=int), sums["amount"].to_numpy(), len(rows))
    return found, "volume" if len(sums) else ""


def _of_margin(base: ContractBase, rows: np.ndarray) -> tuple[np.ndarray, str]:
    r"""Return how much the margin of each last life moved: its variation from day to day over the contracts."""
    spans, lives = base.spans, base.all_lives
    of = pd.Index(rows).get_indexer(lives.at(spans.customer, spans.start))
    kept = (of >= 0) & ~np.isnan(spans.margin)
    of, margin, days = of[kept], spans.margin[kept], np.maximum(spans.end - spans.start, SHORTEST)[kept]
    n = len(rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.bincount(of, weights=days, minlength=n)
        mean = np.bincount(of, weights=days * margin, minlength=n) / total
        spread = np.bincount(of, weights=days * (margin - mean[of]) ** 2, minlength=n) / total
        found = np.where(mean > 0, np.sqrt(spread) / mean, np.nan)
    moves = bool((found > FLAT).any())
    return (found, "margin") if moves else (np.full(n, np.nan), "")


def _of_purchases(base: PurchaseBase, rows: np.ndarray, period_days: int) -> np.ndarray:
    """Return how much purchases varied from period to period, counted back from the last one of the last life.

    Periods without a purchase count as zero; the silence after the last purchase does not count.
    """
    days, lives, n = base.days, base.lives, len(rows)
    last_day = days.day[np.cumsum(lives.n_days)[rows] - 1]
    n_periods = (last_day - lives.start[rows]) // period_days  # whole ones
    of = np.full(len(lives.customer), -1, dtype=np.int32)
    of[rows] = np.arange(n)
    row = np.repeat(of, lives.n_days)  # of each purchase day, by customer and in the order of time
    at = np.flatnonzero(row >= 0)[::-1]
    row = row[at]
    ago = (last_day[row] - days.day[at]) // period_days
    inside = ago < n_periods[row]
    at, row, ago = at[inside], row[inside], ago[inside]
    begins = np.flatnonzero(np.append(True, (row[1:] != row[:-1]) | (ago[1:] != ago[:-1]))[: len(row)])
    amount = days.amount[at] if base.summary.log.amount else np.ones(len(at))
    who, amounts = row[begins], np.add.reduceat(amount, begins) if len(begins) else amount
    return variation(who, amounts, n, zeros=np.maximum(n_periods - np.bincount(who, minlength=n), 0))


def _marks(base: ContractBase, place: np.ndarray, last: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Return who must not be contacted by any contract or event of theirs, or by the reason of the last loss."""
    n, customer = len(base.ids), base.spans.customer
    marked = {words: np.zeros(len(place), dtype=bool) for words in NO_CONTACT}
    for words, rows in unwanted(base.contracts.drop(columns=["customer_id", *AFTER], errors="ignore")):
        marked[words] |= (np.bincount(customer[rows], minlength=n) > 0)[place]
    for words, rows in unwanted(last[["reason"]] if "reason" in last else last[[]]):
        marked[words] |= rows  # of earlier losses they have come back
    for words, rows in unwanted(base.happened[["event"]]):
        marked[words] |= (np.bincount(base.happened["customer"][rows], minlength=n) > 0)[place]
    return list(marked.items())
