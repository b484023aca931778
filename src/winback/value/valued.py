"""What does every value of customers have? Its total, its terms, its doubts, and how much of it is extrapolated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.expected_money import ExpectedMoney
from winback.periods import Period
from winback.results import Result
from winback.value.ahead import ContractsAhead, PurchasesAhead
from winback.value.doubts import doubts
from winback.value.terms import Terms


@dataclass(frozen=True, repr=False, kw_only=True)
class Valued(Result):
    """What customers are expected to bring, and what that rests on.

    Attributes
    ----------
    n : int
        Customers.
    total, total_low, total_high : float
        Of all customers; one interval for the sum, whose parts share their error.
    beyond_data : float
        Share of the total that is extrapolated: contracts, payments at ages that the fit has not seen; purchases, what
        lies further ahead than anybody was watched. Missing for known parameters, and where some customers cost money.
    unit, beyond : str
        ``payments`` or ``purchases``; in words, beyond what they are extrapolated.
    watched : Period or None
        How long the fit's customers were watched.
    timing : str
        When money is counted.
    terms : Terms
        Margin, discount and horizon.
    doubts : tuple of str
        Findings of the fits that a reader must know.
    """

    n: int
    total: float
    total_low: float
    total_high: float
    beyond_data: float
    unit: str
    beyond: str
    watched: Period | None
    timing: str
    terms: Terms
    doubts: tuple[str, ...]
    level: float
    currency: str = "$"


def valued(
    ahead: ContractsAhead | PurchasesAhead,
    terms: Terms,
    money: ExpectedMoney,
    counts: np.ndarray,
    total: tuple[float, float, float],
) -> dict[str, object]:
    """Return the fields of `Valued` but its currency, for customers of whom each row stands for so many."""
    return {
        "n": round(counts.sum()),
        **dict(zip(("total", "total_low", "total_high"), total, strict=True)),
        "beyond_data": _beyond(ahead, terms, money, counts, total[0]),
        "unit": ahead.unit,
        "beyond": ahead.beyond,
        "watched": ahead.watched,
        "timing": ahead.timing,
        "terms": terms,
        "doubts": doubts(ahead, terms.spend),
        "level": ahead.fit.level,
    }


def _beyond(ahead, terms, money, counts, total) -> float:
    """Return the share of a total that is extrapolated; missing where gains and losses have no shares."""
    seen = ahead.expected_within_data(terms.annual_discount, terms.horizon)
    one_sign = (terms.money >= 0).all() or (terms.money <= 0).all()
    if seen is None or not one_sign or not np.isfinite(total) or total == 0:
        return np.nan
    return max(0.0, 1 - float(counts @ (seen * money.of_one())) / total)
