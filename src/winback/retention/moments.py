"""Which moments are looked at, and for how many days after each? Events by name, those of the analyst among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from winback.base.contract_base import ContractBase
from winback.base.events import event_names
from winback.doors import ArgumentError
from winback.labels import label_of
from winback.results import counted, join_words
from winback.retention.exposure import Watched, Windows

LEAVING, RETURNING, AGAIN = "leaving", "returning", "leaving again"  # what is asked of
OF = (LEAVING, RETURNING, AGAIN)
MEASURING = ("volume", "satisfaction", "seller_rating", "contact", "hours")  # how much, not that something changed
MOST, LONGEST = 12, 3650  # moments at once, days
WORDS = {
    "welcome_discount_end": "the end of the welcome discount",
    "renewal": "a renewal",
    "price_change": "a price change",
    "complaint": "a complaint",
    "complaint_resolved": "a complaint was settled",
    "referral": "a referral",
    "manager_left": "their manager left",
    "new_service": "word of a new service",
}
ONCE = "welcome_discount_end"  # in a life


def moment_in_words(name: str) -> str:
    """Return a moment as it stands after "after".

    Examples
    --------
    >>> moment_in_words("price_change"), moment_in_words("app_update")
    ('a price change', 'app update')
    """
    return WORDS.get(name, label_of(name))


def asked_windows(
    there: Mapping[str, int], moments: Mapping[str, int] | Iterable[str] | None, window_days: int
) -> dict[str, int]:
    """Return the days of the window after each moment asked for; by default all that are there but what is measured.

    ``there`` is how often each event came.

    Examples
    --------
    >>> asked_windows({"renewal": 5, "volume": 90}, None, 61), asked_windows({"renewal": 5}, {"Renewal": 31}, 61)
    ({'renewal': 61}, {'renewal': 31})
    """
    if moments is None:
        names = sorted(set(there) - set(MEASURING), key=lambda name: (-there[name], name))
        moments = sorted(names[:MOST])
    given = [moments] if isinstance(moments, str) else moments
    days = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, window_days)
    if odd := [name for name in days if not isinstance(name, str)]:
        raise ArgumentError(f"moments must be names of events; got {odd[0]!r}.")
    asked = dict(zip(event_names(pd.Series(list(days), dtype=object)), days.values(), strict=True))
    known = f"Events that are there: {join_words(map(repr, sorted(there)))}."
    if nowhere := [name for name in asked if name not in there]:
        raise ValueError(f"moments names {nowhere[0]!r}, and no such event comes to those watched. {known}")
    if not asked:
        raise ValueError(f"There is no moment to look at. {known} Give read_contracts(..., events=...) some.")
    if len(asked) > MOST:
        raise ValueError(f"moments names {len(asked)} events; at most {MOST} can be told apart at once.")
    for name, length in asked.items():
        check_days(length, f"The window after {name!r}")
    return asked


def check_days(length: int, said: str = "window_days") -> None:
    """Refuse a window of no days."""
    if not 1 <= length <= LONGEST:
        raise ValueError(f"{said} must be a whole number of days from 1 to {LONGEST:,}; got {length!r}.")


def moments_of(base: ContractBase, watched: Watched) -> pd.DataFrame:
    """Return the events that come to those watched before the end: ``row`` of those, ``event``, ``day``."""
    found = base.happened
    row = watched.row_of(found["customer"].to_numpy(dtype=np.int64), found["day"].to_numpy(dtype=np.int64))
    return found.assign(row=row)[row >= 0].reset_index(drop=True)


def windows_of(moments: pd.DataFrame, asked: Mapping[str, int]) -> Windows:
    """Return the windows that the moments asked for open."""
    kind = pd.Index(list(asked)).get_indexer(moments["event"])
    rows = np.flatnonzero(kind >= 0)
    of, day = (moments[name].to_numpy(dtype=np.int64)[rows] for name in ("row", "day"))
    return Windows(of, kind[rows], day, np.array(list(asked.values())))


def notes_on(moments: pd.DataFrame, asked: Mapping[str, int], *, chosen: bool) -> list[str]:
    """Return what is to be said of the moments: twice what comes once, and what is not looked at unless chosen."""
    notes = []
    once = moments.loc[moments["event"] == ONCE, "row"]
    if ONCE in asked and (n := once[once.duplicated()].nunique()):
        notes.append(
            f"More than one welcome discount ends in the life of {counted(n, 'customers')}: a window is opened after "
            "each. Look for rows that were written twice."
        )
    if not chosen and (left_out := sorted(set(moments["event"]) - set(asked))):
        notes.append(f"Not looked at, as they measure something or are rarer: {join_words(map(label_of, left_out))}.")
    return notes
