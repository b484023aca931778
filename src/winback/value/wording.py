"""What do values of customers say, in sentences? What they are worth, who carries it, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from winback.results import Sentences, format_count, format_money, format_percent

if TYPE_CHECKING:
    from winback.value.base_value import BaseValue
    from winback.value.lifetime_value import LifetimeValues

SAME = 0.005  # a gap that rounds to no percent


def describe_values(values: LifetimeValues) -> Sentences:
    """Say what customers are worth, who carries it, and what it rests on."""
    lines = [*_worth(values), *values.doubts, *_carried(values), *_extrapolated(values)]
    return Sentences.of([*lines, *_terms(values)])


def describe_base(value: BaseValue) -> Sentences:
    """Say what the base is worth, what constant churn would have said, and what it rests on."""
    lines = [
        *_worth(value),
        *value.doubts,
        *_naive(value),
        *_best_segment(value),
        *_others(value),
        *_extrapolated(value),
    ]
    return Sentences.of([*lines, *_terms(value)])


def _worth(value) -> Iterator[str]:
    if not np.isfinite(value.total):
        yield _endless(value.terms)
        return
    total, low, high = (format_money(x, value.currency) for x in (value.total, value.total_low, value.total_high))
    ends = f" [{low}, {high}]" if value.total_low < value.total_high else ""
    margin = " of margin" if value.terms.margin_share < 1 else ""
    span = "to infinity" if value.terms.horizon is None else f"within {_span(value.terms.horizon)}"
    rate = value.terms.annual_discount
    discounted = f"discounted at {format_percent(rate)} a year" if rate else "not discounted"
    yield (
        f"{_customers(value.n)} expected to bring {total}{ends}{margin} {span}, "
        f"{format_money(value.total / value.n, value.currency)} each, {discounted}."
    )


def _endless(terms) -> str:
    if terms.spend is not None and np.isinf(terms.spend.mean_spend):
        return "The value has no limit: the spend per purchase has no finite mean. Cap what customers spend."
    return "The value has no limit: undiscounted, too many never leave. Set a rate or a horizon."


def _customers(n) -> str:
    return "1 customer is" if n == 1 else f"{format_count(n)} customers are"


def _span(period) -> str:
    return f"1 {period.in_words}" if period.n_units == 1 else period.in_words


def _carried(values) -> Iterator[str]:
    if len(values.frame) < 10 or values.frame["share"].isna().any():
        return
    fifth, half = values.carried_by(0.2), values.carried_by(0.5)
    yield (
        f"The most valuable fifth carries {format_percent(fifth, 0)} of it, "
        f"the least valuable half {format_percent(1 - half, 0)}."
    )


def _naive(value) -> Iterator[str]:
    if not np.isfinite([value.constant_churn, value.total]).all():
        return
    naive = format_money(value.constant_churn, value.currency)
    yield (
        f"With one churn rate of {format_percent(value.annual_churn)} a year for everybody it would be {naive}: the "
        f"constant-churn figure is {_off(value)}.{_held_active(value)}"
    )


def _off(value) -> str:
    """Say how far the naive figure lies from the value."""
    gap = value.constant_churn - value.total
    side = "lower" if gap < 0 else "higher"
    if np.isnan(value.gap):
        return f"{format_money(abs(gap), value.currency)} {side}" if gap else "the same"
    if abs(value.gap) < SAME:
        return "the same"
    inside = value.total_low < value.constant_churn < value.total_high
    chance = ", no more than the value itself is uncertain by" if inside else ""
    return f"{format_percent(abs(value.gap), 0)} {side}{chance}"


def _held_active(value) -> str:
    if value.active_within is None:
        return ""
    return (
        f" It counts the {format_count(value.n_active)} who bought within the last {value.active_within.in_words} and "
        "takes all others for lost."
    )


def _best_segment(value) -> Iterator[str]:
    pair = value.contrast
    if pair is None:
        return
    each = value.frame.set_index("segment")["per_customer"]
    best, least = (format_money(each[name], value.currency) for name in (pair.first, pair.last))
    gap, low, high = (format_money(x, value.currency) for x in (pair.difference, pair.low, pair.high))
    allowed = "the interval allows for chance in who is in a segment and for every pair compared"
    if not pair.low > 0:
        yield (
            f"A tie: per customer, {value.by} = {pair.first} ({best}) and {pair.last} ({least}) do not differ clearly: "
            f"{gap} apart [{low}, {high}]; {allowed}."
        )
        return
    yield (
        f"Per customer, {value.by} = {pair.first} is worth most ({best}), {pair.last} least ({least}): {gap} apart "
        f"[{low}, {high}]; {allowed}."
    )


def _others(value) -> Iterator[str]:
    if not value.others_lost:
        return
    rows = value.word_of_mouth
    alone, together = (format_money(x, value.currency) for x in rows["per_customer"].iloc[[0, -1]])
    yield (
        f"Losing one customer costs {alone} on average; if each took {value.others_lost:g} others along in all, "
        f"{together}. That number is assumed, not estimated, and is in no other figure here."
    )


def _extrapolated(value) -> Iterator[str]:
    if value.beyond_data >= SAME:
        yield (
            f"{format_percent(value.beyond_data, 0)} of it is extrapolated: it lies {value.beyond} "
            f"{_span(value.watched)}, the longest that anybody was watched."
        )


def _terms(value) -> Iterator[str]:
    share = value.terms.margin_share
    counted = (
        "the money given counts in full" if share == 1 else f"{format_percent(share)} of the money given is margin"
    )
    yield f"{counted}; costs of keeping customers are not taken off."
    yield f"{value.timing}."
    if value.total_low < value.total_high:
        level = format_percent(value.level, 0)
        yield f"Intervals are {level}, for the expected value of these customers, not for what they will bring."
