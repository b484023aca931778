"""Whose time is watched? Lives until customers leave, times away until they return, second lives until they leave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.sent import read_sent
from winback.periods import DAYS_IN_MONTH
from winback.retention.exposure import Watched, Windows
from winback.tables import AnyTable, ProblemList, check_lapsed
from winback.tables.nouns import LAPSED_TABLE, as_table
from winback.terms.catalog import Offer, OfferCatalog

SINCE_EVER = -(10**8)  # a day before all others


def first_lives(base: ContractBase) -> tuple[Watched, np.ndarray]:
    """Return first lives, and the row of the contract that each began with.

    As whether a contract was followed by another is known up to the grace period before the end of the data only, all
    are watched up to then, as in ``base.first_lives()``.
    """
    found, cut = base.all_lives, base.last - base.grace_days
    known_from = SINCE_EVER if base.since is None else int(np.datetime64(base.since, "D").astype(int))
    until = np.where(found.ended, found.end, cut)
    since = np.maximum(found.start, known_from)
    rows = np.flatnonzero((found.number == 1) & (until > since))
    parts = (each[rows] for each in (found.customer, found.start, since, until, found.ended, found.margin))
    return Watched(*parts), found.first[rows]


def times_away(base: ContractBase, sent: AnyTable | None) -> tuple[Watched, np.ndarray]:
    """Return the times between the first loss and the return, and the row of the contract that was lost.

    Nobody can return within the grace period, which would be a change of contract: they are at risk after it, until an
    offer goes out to them, or to the end of the data. Who did not choose to leave is left out.
    """
    found = base.all_lives
    followed = np.append(found.customer[1:] == found.customer[:-1], False)
    back = np.append(found.start[1:], 0)
    until, returned = np.where(followed, back, base.last), followed.copy()
    if sent is not None:
        offers = read_sent(sent, base.ids, base.last)
        told = np.full(len(base.ids), base.last + 1)
        np.minimum.at(told, offers.customer, offers.day)
        by = np.where(told[found.customer] > found.end, told[found.customer], base.last + 1)  # after this loss
        returned &= back < by
        until = np.minimum(until, by - 1)
    chose = np.ones(len(until), dtype=bool)
    if "reason" in base.contracts:
        chose = ~base.lives["involuntary"].fillna(False).to_numpy(dtype=bool)
    since = found.end + base.grace_days
    rows = np.flatnonzero((found.number == 1) & found.ended & chose & (until > since))
    parts = (each[rows] for each in (found.customer, found.end, since, until, returned, found.margin))
    return Watched(*parts), found.last[rows]


def second_lives(customers: AnyTable, by: str | None) -> tuple[Watched, pd.DataFrame]:
    """Return second lives of a table of lapsed customers, without a calendar, and their rows of the checked table."""
    needs = ["returned", "second_tenure", "second_ended", "offer", *([by] if by else [])]
    table = check_lapsed(as_table(customers), needs=needs)
    table = table[table["returned"].to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)
    if table.empty:
        problems = ProblemList(LAPSED_TABLE, table)
        problems.add("returned", "is false for every customer: there is no second lifetime", "Ask of first lives.")
        problems.raise_if_any()
    n = len(table)
    days = np.maximum(np.rint(table["second_tenure"].to_numpy(dtype=float) * DAYS_IN_MONTH), 1).astype(np.int64)
    margin = table["second_margin"] if "second_margin" in table else pd.Series(np.nan, table.index)
    watched = Watched(
        customer=np.arange(n),
        zero=np.zeros(n, dtype=np.int64),
        since=np.zeros(n, dtype=np.int64),
        until=days,
        ended=table["second_ended"].to_numpy(dtype=bool, na_value=False),
        margin=margin.to_numpy(dtype=float, na_value=np.nan),
        dated=False,
    )
    return watched, table


def ends_of_offers(table: pd.DataFrame, watched: Watched, offers: OfferCatalog, days: int) -> tuple[Windows, list[str]]:
    """Return the ends of the offers that customers came back for, and the offers that run for some months."""
    sent = table["offer"].astype(object).to_numpy()
    months = np.full(len(table), np.nan)
    for offer in offers:
        months[sent == offer.name] = _months_of(offer, offers, table[sent == offer.name])
    ending = [name for name in offers.names if np.isfinite(months[sent == name]).any()]
    if not ending:
        raise ValueError("No offer that customers came back for runs for some months: none of them has an end.")
    rows = np.flatnonzero(np.isfinite(months))
    day = np.rint(months[rows] * DAYS_IN_MONTH).astype(np.int64)
    inside = day < watched.until[rows]
    rows, day = rows[inside], day[inside]
    return Windows(rows, pd.Index(ending).get_indexer(sent[rows]), day, np.full(len(ending), days)), ending


def _months_of(offer: Offer, offers: OfferCatalog, rows: pd.DataFrame) -> np.ndarray | float:
    """Return how many months an offer runs, by customer where it is tailored; missing where it has no end."""
    if offer.tailored_by is None:
        return np.nan if offer.months is None else offer.months
    if offer.tailored_by not in rows:
        return np.nan
    months = {value: offers[name].months for value, name in offer.tailored.items()}
    return rows[offer.tailored_by].astype(object).map(months).to_numpy(dtype=float)
