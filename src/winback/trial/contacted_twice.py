"""Who was contacted twice, and which row counts? The analyst says so: the first one, or the last."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from winback.results import counted
from winback.tables.dates import parse_date
from winback.tables.ids import parse_id
from winback.tables.kinds import parse_flag
from winback.tables.parsed import Written
from winback.tables.reading import OtherContacts, Reading
from winback.tables.unused import NOTHING_CHANGED

KEEP = ("first", "last")


def one_row_each(reading: Reading, keep: str | None, written: Written) -> Reading:
    """Keep each customer's first or last row: by the day of the offer where the table has it, else as rows stand.

    Examples
    --------
    >>> table = Reading(pd.DataFrame({"customer_id": [7, 7], "offer": ["call", "none"]}))
    >>> one_row_each(table, "last", Written()).frame["offer"].tolist()
    ['none']
    """
    if keep is None:
        return reading
    if keep not in KEEP:
        raise ValueError(f"keep must be {' or '.join(map(repr, KEEP))}: which row of a customer counts; got {keep!r}.")
    frame = reading.frame
    if "customer_id" not in frame or frame.columns.has_duplicates:
        return reading
    ids, unread, *_ = parse_id(frame["customer_id"])
    if unread.any():  # the check of the column says why; rounded ids make different customers one
        return reading
    order = pd.RangeIndex(len(frame))
    dated = "offered_on" in frame
    if dated:
        days = parse_date(frame["offered_on"], written).column.reset_index(drop=True)
        order = days.sort_values(kind="stable", na_position="last").index
    again = ids.reset_index(drop=True).reindex(order).duplicated(keep=keep).sort_index() & ids.notna().to_numpy()
    if not again.any():
        return reading.having(notes=[f"keep was stated, but no customer has more than one row: {NOTHING_CHANGED}."])
    n, n_customers = int(again.sum()), int(ids[ids.duplicated(keep=False)].nunique())
    by = "by the day of the offer" if dated else "as the rows stand"
    who, rows = counted(n_customers, "customers", "were"), counted(n, "rows", "are")
    said = f"{who} contacted more than once: the {keep} row counts ({by}), {rows} left out."
    reading = replace(reading, other_contacts=_other_contacts(frame, ids, again.to_numpy(), keep))
    kept = ~again.to_numpy()
    reading = replace(reading, places=reading.places and reading.places.only(kept))
    return reading.having(frame[kept].reset_index(drop=True), [said])


def _other_contacts(frame: pd.DataFrame, ids: pd.Series, dropped: np.ndarray, keep: str) -> OtherContacts:
    """Return what rows that do not count say of who is still away, and of who was sent nothing."""
    back = sent = frozenset()
    if keep == "first" and "returned" in frame:  # who came back before the last row was away again by then
        returned = parse_flag(frame["returned"]).column.fillna(False).to_numpy(dtype=bool)
        back = frozenset(ids[dropped & returned])
    if "offer" in frame:
        offers = frame["offer"].astype(object)
        counts = ~dropped & ids.notna().to_numpy()
        kept = ids.map(pd.Series(offers[counts].to_numpy(), index=ids[counts].to_numpy()))
        same = (offers == kept) | (offers.isna() & kept.isna())
        sent = frozenset(ids[dropped & ~same.to_numpy(dtype=bool)])
    return OtherContacts(back, sent)
