"""What does every value of customers have? Total, terms and doubts, what is extrapolated, and the words for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from winback.expectations import ExpectedMoney
from winback.money import format_alike
from winback.periods import Period
from winback.purchases.wording import NO_MAXIMUM, purchase_doubts, spend_doubts
from winback.results import Result, counted, format_money, format_percent
from winback.value.ahead import ContractsAhead, PurchasesAhead
from winback.value.contracts.wording import finding
from winback.value.terms import Terms

SAME = 0.005  # a share that rounds to no percent


@dataclass(frozen=True, repr=False, kw_only=True)
class Valued(Result):
    """What customers are expected to bring, and what that rests on.

    The share of the total that is extrapolated, ``beyond_data``, is what is paid or bought at ages that the fit has not
    seen: of the oldest customers it is all. It is missing for known parameters, and where some customers cost money.
    """

    n: int  # customers
    total: float
    total_low: float  # one interval for the sum, whose parts share their error
    total_high: float
    beyond_data: float
    unit: str  # payments or purchases
    watched: Period | None  # how long the fit's customers were watched
    timing: str  # when money is counted
    terms: Terms
    doubts: tuple[str, ...]  # findings of the fits that a reader must know
    level: float
    currency: str = "$"

    def in_currency(self, currency: str) -> Self:
        """Return the same with another sign or code put before money; nothing is converted."""
        return replace(self, currency=currency)


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


def worth_lines(value: Valued) -> Iterator[str]:
    """Say what customers are worth together and each."""
    if not np.isfinite(value.total):
        yield _endless(value.terms)
        return
    total, low, high = format_alike((value.total, value.total_low, value.total_high), value.currency)
    ends = f" [{low}, {high}]" if value.total_low < value.total_high else ""
    margin = " of margin" if value.terms.margin_share < 1 else ""
    span = "to infinity" if value.terms.horizon is None else f"within {_span(value.terms.horizon)}"
    rate = value.terms.annual_discount
    discounted = f"discounted at {format_percent(rate)} a year" if rate else "not discounted"
    yield (
        f"{_customers(value.n)} expected to bring {total}{ends}{margin} {span}, "
        f"{format_money(value.total / value.n, value.currency)} each, {discounted}, if they go on as the model says."
    )


def _endless(terms) -> str:
    if terms.spend is not None and np.isinf(terms.spend.mean_spend):
        return "The value has no limit: the spend per purchase has no finite mean. Cap what customers spend."
    return "The value has no limit: undiscounted, too many never leave. Set a rate or a horizon."


def _customers(n) -> str:
    return counted(n, "customers", "are")


def _span(period) -> str:
    return f"1 {period.in_words}" if period.n_units == 1 else period.in_words


def extrapolated_lines(value: Valued) -> Iterator[str]:
    """Say how much of a value is extrapolated."""
    if value.beyond_data >= SAME:
        yield (
            f"{format_percent(value.beyond_data, 0)} of it is extrapolated: it lies at ages above "
            f"{_span(value.watched)}, the longest that anybody was watched."
        )


def terms_lines(value: Valued) -> Iterator[str]:
    """Say on what a value rests."""
    share = value.terms.margin_share
    counted = (
        "the money given counts in full" if share == 1 else f"{format_percent(share)} of the money given is margin"
    )
    yield f"{counted}; costs of keeping customers are not taken off."
    yield f"{value.timing}."
    if value.total_low < value.total_high:
        level = format_percent(value.level, 0)
        yield f"Intervals are {level}, for the expected value of these customers, not for what they will bring."
