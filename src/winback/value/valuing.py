"""How are customers valued together? The total with its interval, what is extrapolated, and the doubts of the fits."""

from __future__ import annotations

import numpy as np

from winback.expected_money import ExpectedMoney
from winback.purchases.wording import NO_MAXIMUM, purchase_doubts, spend_doubts
from winback.value.ahead import ContractsAhead, PurchasesAhead
from winback.value.contracts.wording import finding
from winback.value.terms import Terms


def valued(
    ahead: ContractsAhead | PurchasesAhead,
    terms: Terms,
    money: ExpectedMoney,
    counts: np.ndarray,
    total: tuple[float, float, float],
) -> dict[str, object]:
    """Return the fields of `Valued`, for customers of whom each row stands for so many."""
    return {
        "n": round(counts.sum()),
        **dict(zip(("total", "total_low", "total_high"), total, strict=True)),
        "beyond_data": _beyond(ahead, terms, money, counts, total[0]),
        "unit": ahead.unit,
        "beyond": ahead.beyond,
        "watched": ahead.watched,
        "timing": ahead.timing,
        "terms": terms,
        "doubts": _doubts(ahead, terms.spend),
        "level": ahead.fit.level,
        "currency": "$" if terms.spend is None else terms.spend.currency,
    }


def _beyond(ahead, terms, money, counts, total) -> float:
    """Return the share of a total that is extrapolated; missing where gains and losses have no shares."""
    seen = ahead.expected_within_data(terms.annual_discount, terms.horizon)
    one_sign = (terms.money >= 0).all() or (terms.money <= 0).all()
    if seen is None or not one_sign or not np.isfinite(total) or total == 0:
        return np.nan
    return max(0.0, 1 - float(counts @ (seen * money.of_one())) / total)


def _doubts(ahead, spend) -> tuple[str, ...]:
    """Return sentences of what a reader of a value must know of its fits."""
    fit = ahead.fit
    if isinstance(ahead, PurchasesAhead):
        return purchase_doubts(fit, ahead.rows.age) + spend_doubts(spend)
    unsure = "" if fit.converged else NO_MAXIMUM.format(what=ahead.unit)
    return (*filter(None, [finding(fit), unsure]), *spend_doubts(spend))
