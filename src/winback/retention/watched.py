"""Whose time is watched? Lives until customers leave, times away until they return, second lives until they leave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.base.sent import read_sent
from winback.periods import DAYS_IN_MONTH
from winback.retention.exposure import Watched, Windows
from winback.survival.groups import NO_SECOND, months_and_ended, typed_lifetimes
from winback.tables import LAPSED_TABLE, AnyTable, ProblemList
from winback.terms.catalog import OfferCatalog

STEPS = (1.0, 0.1, 0.01)  # of a month, to which lengths may be rounded


def first_lives(base: ContractBase) -> tuple[Watched, np.ndarray]:
    """Return first lives, and the row of the contract that each began with.

    As whether a contract was followed by another is known up to the grace period before the end of the data only, all
    are watched up to then, as in ``base.first_lives()``.
    """
    found = base.all_lives
    until = np.where(found.ended, found.end, base.last - base.grace_days)
    since = found.start if base.since is None else np.maximum(found.start, as_number(base.since))
    rows = np.flatnonzero((found.number == 1) & (until > since))
    parts = (each[rows] for each in (found.customer, found.start, since, until, found.ended, found.margin))
    return Watched(*parts), found.first[rows]


def times_away(base: ContractBase, sent: AnyTable | None) -> tuple[Watched, np.ndarray]:
    """Return the times between the first loss and the return, and the row of the contract that was lost.

    Nobody can return within the grace period, which would be a change of contract: they are at risk after it, until an
    offer goes out to them, or to the end of the data. Who did not choose to leave is left out.
    """
    lost = base.losses
    until, returned, chose = np.where(lost.came_back, lost.back, base.last), lost.came_back, True
    if sent is not None:
        offers = read_sent(sent, base.ids, base.last)
        told = np.full(len(base.ids), base.last + 1)
        after = offers.day > lost.end[offers.customer]
        np.minimum.at(told, offers.customer[after], offers.day[after])
        until, returned = np.minimum(until, told - 1), returned & (lost.back < told)
    if "involuntary" in lost.known:
        chose = ~lost.known["involuntary"].fillna(False).to_numpy(dtype=bool)
    since = lost.end + base.grace_days
    rows = np.flatnonzero(lost.lost & chose & (until > since))
    parts = (each[rows] for each in (lost.end, since, until, returned, lost.margin))
    first = base.all_lives.of_number(1, len(base.ids))[rows]
    return Watched(rows, *parts), base.all_lives.last[first]


def second_lives(customers: AnyTable, by: str | None) -> tuple[Watched, pd.DataFrame]:
    """Return second lives of a table of lapsed customers, without a calendar, and their rows of the checked table."""
    table = typed_lifetimes(customers, "second", needs=("offer", *([by] if by else [])))
    problems = ProblemList(LAPSED_TABLE, table)
    if not table["returned"].any():
        problems.add("returned", NO_SECOND, "Ask of first lives.")
    problems.raise_if_any()
    table = table[table["returned"].to_numpy(dtype=bool)].reset_index(drop=True)
    months, ended = months_and_ended(table, "second")
    days = np.maximum(np.rint(months * DAYS_IN_MONTH), 1).astype(np.int64)
    margin = table["second_margin"].to_numpy(dtype=float) if "second_margin" in table else np.full(len(table), np.nan)
    none = np.zeros(len(table), dtype=np.int64)
    return Watched(np.arange(len(table)), none, none, days, ended=ended, margin=margin, dated=False), table


def offer_months(table: pd.DataFrame, offers: OfferCatalog) -> np.ndarray:
    """Return after how many months each customer's offer ends, (n,); missing without one, or without an end."""
    sent = table["offer"].astype(object)
    months = sent.map({offer.name: None if offer.tailored_by else offer.months for offer in offers})
    for offer in offers:
        if offer.tailored_by in table:
            assigned = {value: offers[name].months for value, name in offer.tailored.items()}
            months = months.mask(sent == offer.name, table[offer.tailored_by].astype(object).map(assigned))
    return months.to_numpy(dtype=float)


def ends_of_offers(table: pd.DataFrame, watched: Watched, offers: OfferCatalog, days: int) -> tuple[Windows, list[str]]:
    """Return the ends of the offers that customers came back for, and the offers that run for some months."""
    months = offer_months(table, offers)
    ending = [name for name in offers.names if np.isfinite(months[table["offer"] == name]).any()]
    if not ending:
        raise ValueError("No offer that customers came back for runs for some months: none of them has an end.")
    half = rounded_to(table["second_tenure"].to_numpy(dtype=float)) / 2 * DAYS_IN_MONTH
    early, late = int(np.ceil(half)), int(half)  # the days that may hide behind the first and the last month recorded
    end = days_of_ends(months)
    opens = np.maximum(end - early, 0)
    rows = np.flatnonzero((end >= 0) & (opens < watched.until))
    kind = pd.Index(ending).get_indexer(table["offer"].astype(object).iloc[rows])
    return Windows(rows, kind, opens[rows], np.full(len(ending), early + days + late), early), ending


def days_of_ends(months: np.ndarray) -> np.ndarray:
    """Return the day of each offer's end, (n,); -1 without one."""
    return np.where(np.isfinite(months), np.rint(np.nan_to_num(months) * DAYS_IN_MONTH), -1).astype(np.int64)


def rounded_to(months: np.ndarray) -> float:
    """Return to how many months lengths are rounded, as far as a month, tenths or hundredths of it; else 0.

    Who leaves within a day of the offer's end may stand in the table with the very month of it: in tenths of months
    three days are alike, and half of those belong before it, half after.

    Examples
    --------
    >>> rounded_to(np.array([3.0, 6.5])), rounded_to(np.array([3.0, 7.0])), rounded_to(np.array([2.9569, 6.0]))
    (0.1, 1.0, 0.0)
    """
    for each in STEPS:
        if np.allclose(months / each, np.rint(months / each), atol=1e-6):
            return each
    return 0.0
