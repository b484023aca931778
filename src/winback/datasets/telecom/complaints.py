"""When did customers complain, and were they heard; whom did they refer? Dated events of every life.

In each life the complaints that were settled come first, and each is settled before the next one: so "a complaint is
resolved when it is followed by a resolution" gives the counts of the lives, however it is read.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY

APART = 3  # days between two complaints, at least


def complaint_events(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the complaints of all lives and their resolutions, up to the end of the study."""
    counts, length = lives["complaints"].to_numpy(), (lives["end"] - lives["start"]).to_numpy()
    counts = np.minimum(counts, (length - 1) // APART)
    late = rng.uniform(size=len(lives)) < planted.LATE_COMPLAINTS
    span = np.where(late, np.minimum(length, planted.LATE_DAYS), length)
    span = np.maximum(span, APART * counts + 1)
    who = np.repeat(np.arange(len(lives)), counts)
    place = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    room = (span - APART * counts)[who]
    offset = np.floor(rng.uniform(size=len(who)) * room)
    offset = offset[np.lexsort((offset, who))] + APART * place
    day = (lives["end"].to_numpy() - span)[who] + offset.astype(np.int64)
    following = np.append(day[1:], 0)
    last_of_life = place == counts[who] - 1
    latest = np.where(last_of_life, lives["end"].to_numpy()[who], following) - 1
    settled_on = np.minimum(day + 1 + rng.integers(0, 21, len(who)), latest)
    settled = place < lives["complaints_resolved"].to_numpy()[who]
    return pd.concat(
        [
            _events(lives, who, day, "complaint"),
            _events(lives, who[settled], settled_on[settled], "complaint_resolved"),
        ],
        ignore_index=True,
    )


def referral_events(lives: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the referrals of all lives, spread evenly, up to the end of the study."""
    who = np.repeat(np.arange(len(lives)), lives["referrals"].to_numpy())
    start, end = (lives[name].to_numpy()[who] for name in ("start", "end"))
    day = start + 1 + np.floor(rng.uniform(size=len(who)) * (end - start - 1)).astype(np.int64)
    return _events(lives, who, day, "referral")


def _events(lives: pd.DataFrame, who: np.ndarray, day: np.ndarray, event: str) -> pd.DataFrame:
    found = pd.DataFrame({"customer_id": lives["customer_id"].to_numpy()[who], "day": day, "event": event})
    return found.assign(amount=np.nan)[day <= LAST_DAY]
