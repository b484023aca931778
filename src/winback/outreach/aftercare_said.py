"""What is said with a contact after a purchase, and why is it made? With its occasion, and what is new since then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from winback.base.whole_periods import months_later
from winback.outreach.aftercare_days import NO_OCCASION, Due
from winback.outreach.contact_rows import written
from winback.outreach.entries import Aftercare, Step
from winback.periods import Period
from winback.results import join_words

DAY, MONTH = Period(1, "D"), Period(1, "M")


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
        if occasion != NO_OCCASION:
            return f"for the {aftercare.occasions[occasion].name}, bought on {np.datetime64(bought, 'D')}"
        if not month and not after:
            return f"bought on {np.datetime64(bought, 'D')}"
        length = MONTH.count(month) if month else DAY.count(after)
        return f"{length} after the purchase of {np.datetime64(bought, 'D')}"

    after = np.where(due.month > 0, 0, due.day - due.bought)
    return written(said, (due.bought, after, due.month, due.occasion))
