"""Who is to be struck out of a list made before? What is still to come of it is made, unless somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.base.customers import places_among
from winback.outreach.consent import may_be_reached
from winback.outreach.dates import day_words
from winback.outreach.entries import Channel
from winback.policies.contact_list import ContactList
from winback.results import counted, format_count, join_words
from winback.tables.ids import as_index
from winback.tables.no_contact import NO_CONTACT

STRIKE_OUT = "Strike out of the list made before"
HAS = "The list made before has"
IS_BACK, NO_CONSENT = "are back", "do not agree to these contacts"


@dataclass(frozen=True)
class MadeBefore:
    """What is still to come of plans made before, and with whom it must not."""

    to_strike_out: pd.DataFrame = field(repr=False)  # customer_id, why, contacts still to come, the next of them
    n_to_come: int = 0
    start: np.datetime64 | None = None

    def in_words(self, *, sheets: bool = False) -> str:
        """Say who is to be struck out, with how many contacts, and how many are to come in all; nothing where none is.

        Examples
        --------
        >>> who = pd.DataFrame({"customer_id": [7, 8], "why": "are back", "contacts": [2, 1]})
        >>> MadeBefore(who, 9, np.datetime64("2026-12-14")).in_words()
        'Strike out of the list made before: 2 who are back, with 3 contacts to come. The list made before ...'
        """
        if not self.n_to_come:
            return ""
        has = f"{HAS} {counted(self.n_to_come, 'contacts')} from {day_words(pd.Timestamp(self.start))} on."
        counts = self.to_strike_out["why"].value_counts(sort=False)
        if counts.empty:
            return has
        whom = join_words(f"{format_count(n)} who {why}" for why, n in counts.items())
        where = " (sheet 'strike out')" if sheets else ""
        n = counted(int(self.to_strike_out["contacts"].sum()), "contacts")
        return f"{STRIKE_OUT}: {whom}, with {n} to come{where}. {has}"


def made_before(
    planned: pd.DataFrame,
    first: np.datetime64,
    is_back: np.ndarray,
    listed: ContactList,
    channels: Sequence[Channel],
) -> MadeBefore:
    """Return what plans made before still hold from a day on, and who of it must not be contacted any more.

    That is whoever asked for it, is no longer there, or has bought since (``is_back``, contact by contact); and
    contacts by channels to which they do not agree. The same contact in two files counts once.
    """
    days = planned["date"].to_numpy(dtype="datetime64[D]")
    rows = planned.assign(why=_why_not(planned, is_back, listed, channels))[days >= first]
    rows = rows.drop_duplicates(["customer_id", "step", "date", "channel"])
    barred = rows[rows["why"] != ""]
    order = [*NO_CONTACT, IS_BACK, NO_CONSENT]
    who = barred.groupby("customer_id", sort=False).agg(
        why=("why", "first"), contacts=("date", "size"), next=("date", "min")
    )
    place = [order.index(why) for why in who["why"]]
    who = who.reset_index().iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    return MadeBefore(who, len(rows), first)


def _why_not(
    planned: pd.DataFrame, is_back: np.ndarray, listed: ContactList, channels: Sequence[Channel]
) -> np.ndarray:
    """Return why each planned contact must not be made, (n,): empty where it may be."""
    why = np.full(len(planned), "", dtype=object)
    if not len(planned):
        return why
    place = places_among(planned["customer_id"], as_index(listed.customers["customer_id"]))
    channel = pd.Index([each.name for each in channels]).get_indexer(planned["channel"])
    known = (place >= 0) & (channel >= 0)
    may = may_be_reached(listed.customers, channels)
    why[known] = np.where(may[place[known], channel[known]], "", NO_CONSENT)
    why[is_back] = IS_BACK
    never = listed.not_listed[listed.not_listed["why"].isin(list(NO_CONTACT))]
    if len(never):
        place = places_among(planned["customer_id"], as_index(never["customer_id"]))
        why[place >= 0] = never["why"].to_numpy()[place[place >= 0]]
    return why
