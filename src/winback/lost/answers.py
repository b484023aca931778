"""Who answered what, and had they left a while later? Answers of customers who were here, with what came of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.base.base import Base
from winback.base.contract_base import ContractBase
from winback.base.contract_lives import as_number
from winback.base.lives import last_of_each
from winback.base.purchase_base import PurchaseBase

SATISFACTION = "satisfaction"


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers of n customers, or of one customer at n times apart, none overlapping with another of the same."""

    score: np.ndarray  # (n,)
    left: np.ndarray  # (n,) bool: lost within the time that is looked at
    time: np.ndarray  # (n,) which stretch of time the answer was given in, as a whole number
    scale: np.ndarray  # the answers that anybody gave, ascending
    dated: bool = True
    n_too_late: int = 0  # so shortly before the end of the data that nobody knows yet
    n_overlapping: int = 0  # of a customer whose answer before is still looked at


def answers_of(base: Base, question: str, within_days: float) -> Answers | None:
    """Return the answers to a question; None where there are none.

    Dated answers are events. Where there are none, satisfaction is the last answer on record of each customer, of whom
    only is known who is lost and who is here at the end.
    """
    if isinstance(base, ContractBase):
        told = base.happened[(base.happened["event"] == question) & base.happened["amount"].notna()]
        if len(told):
            return _dated(base, told, within_days)
    return _undated(base) if question == SATISFACTION else None


def _dated(base: ContractBase, told: pd.DataFrame, within_days: float) -> Answers:
    customer, day, score = (told[name].to_numpy() for name in ("customer", "day", "amount"))
    lives = base.all_lives
    life = lives.at(customer, day)
    here = (life >= 0) & ((lives.end[life] > day) | lives.runs[life])  # on its last day nobody stays any more
    watched = day >= (lives.start.min() if base.since is None else as_number(base.since))  # before it only who stayed
    asked = here & watched
    known = day + within_days <= base.last - base.grace_days  # by then it is known whether another contract followed
    kept = np.flatnonzero(asked & known)
    apart = kept[_apart(customer[kept], day[kept], within_days)]
    return Answers(
        score=score[apart],
        left=lives.ended[life[apart]] & (lives.end[life[apart]] <= day[apart] + within_days),
        time=((base.last - day[apart]) // within_days).astype(int),
        scale=np.unique(score),
        n_too_late=int((asked & ~known).sum()),
        n_overlapping=len(kept) - len(apart),
    )


def _apart(customer: np.ndarray, day: np.ndarray, days: float) -> np.ndarray:
    """Return which answers to keep so that those of one customer lie further apart than what is looked at after each.

    Of answers of one customer whose times overlap one loss would count twice.
    """
    order = np.lexsort((day, customer))
    kept = []
    while len(order):  # the first answer of each, then the next one far enough from it, and so on
        first = np.append(True, customer[order[1:]] != customer[order[:-1]])
        kept.append(order[first])
        since = day[order] - day[order[first]][np.cumsum(first) - 1]
        order = order[since > days]
    return np.sort(np.concatenate(kept)) if kept else order


def _undated(base: Base) -> Answers | None:
    """Return each customer's last answer on record, by whether they are lost or here at the end of the data."""
    if isinstance(base, ContractBase) and SATISFACTION in base.contracts:
        lives = base.all_lives
        rows = np.flatnonzero(lives.ended | lives.runs)
        rows = rows[last_of_each(lives.customer[rows])]
        score = base.contracts[SATISFACTION].to_numpy(dtype=float, na_value=np.nan)[lives.last[rows]]
        left = lives.ended[rows]
    elif isinstance(base, PurchaseBase) and base.people is not None and SATISFACTION in base.people:
        score = pd.to_numeric(base.people[SATISFACTION], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        left = base.lives.ended[base.lives.is_last]
    else:
        return None
    told = ~np.isnan(score)
    if not told.any():
        return None
    time = np.zeros(int(told.sum()), dtype=int)
    return Answers(score[told], left[told], time, scale=np.unique(score[told]), dated=False)
