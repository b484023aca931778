"""Does what drove a customer away still stand? Who is left alone or waits for it, and who is told that it is mended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.outreach.entries import Cause
from winback.outreach.matching import first_that_answers

NOTHING = -1


@dataclass(frozen=True)
class CausesOf:
    """What is known of the causes of n customers' leaving."""

    stands: np.ndarray  # (n,) bool, at least one stands
    told: np.ndarray  # (n,) place of the first cause that was mended after they left; NOTHING: none
    ready: np.ndarray  # (n,) datetime64[D], first day on which all that will be mended is


def causes_of(causes: tuple[Cause, ...], people: pd.DataFrame, first: np.datetime64) -> CausesOf:
    """Return for whom causes stand on a first day; whose day of leaving is not known left before all mending.

    Examples
    --------
    >>> import datetime
    >>> causes = (Cause("quality", stands=True), Cause("delivery", remedied_on=datetime.date(2026, 5, 1)))
    >>> people = pd.DataFrame({"reason": ["quality", "delivery"], "left_on": pd.Timestamp("2026-03-01")})
    >>> found = causes_of(causes, people, np.datetime64("2026-04-01"))
    >>> found.stands.tolist(), found.told.tolist(), found.ready[1]
    ([True, False], [-1, 1], np.datetime64('2026-05-01'))
    """
    n = len(people)
    left = people["left_on"].to_numpy(dtype="datetime64[D]")
    stands, told, ready = np.zeros(n, dtype=bool), np.full(n, NOTHING), np.full(n, first)
    for place, cause in enumerate(causes):
        theirs = first_that_answers([(cause.reason,)], people) == 0
        stands |= theirs & cause.stands
        if cause.remedied_on is not None:
            mended = np.datetime64(cause.remedied_on, "D")
            before = theirs & ~(left >= mended)  # a missing day compares as False
            told = np.where(before & (told == NOTHING), place, told)
            ready = np.where(before, np.maximum(ready, mended), ready)
    return CausesOf(stands, told, ready)
