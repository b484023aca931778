"""Does a model of purchases fit what was held out, in a sentence? And how far off, and how well ranked?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from winback.periods import parse_period
from winback.results import Sentences, format_count, format_percent

if TYPE_CHECKING:
    from winback.value.purchases.validation import PurchaseValidation

SMALL_ERROR = 0.05  # of the total: months differ by more, so no plan changes
LARGE_ERROR = 0.10  # of the total: a budget made on it is wrong; chance alone should not be able to hide so much
WIDE = 0.25  # half of the interval of the error: with a quarter of the total left to chance, any model fits
MOST_MISSED = 2  # tenths outside of their 95% interval: three or more of ten happen by chance in 1 of 87 cases
SAME = 0.005  # an error that rounds to no percent


def verdict(found: PurchaseValidation, row: int = 0) -> str:
    """Return in one sentence whether the model fits, as for the title of a figure."""
    total = found.totals.iloc[row]
    things = total["measure"]
    if not np.isfinite([total["error"], total["error_low"], total["error_high"]]).all():
        return f"Too few purchases were held out to tell whether the {found.model} fits: there were none"
    say = _error_in_words(total, things)
    if not total["error_low"] <= 0 <= total["error_high"]:
        little = ", but little" if abs(total["error"]) < SMALL_ERROR else ""
        return f"The {found.model} misses{little}: it predicts {say}, more than chance"
    missed = int(total["n_tenths"] - total["n_covered"])
    if missed > MOST_MISSED and tenths_off(found, row) >= SMALL_ERROR:
        tail = f"{missed} of {total['n_tenths']} tenths of customers are off by more than chance, the total is not"
        return f"The {found.model} misses who {'spends' if things == 'money' else 'buys'}: {tail}"
    if abs(total["error"]) > LARGE_ERROR or total["error_high"] - total["error_low"] > 2 * WIDE:
        ends = [format_percent(total[f"error_{end}"], 0) for end in ("low", "high")]
        told = f"it predicts {say} [{ends[0]}, {ends[1]}]"
        return f"Too few purchases were held out to tell whether the {found.model} fits: {told}"
    if abs(total["error"]) < SAME:
        return f"The {found.model} fits: it predicts {say}"
    return f"The {found.model} fits: it predicts {say}, no more than chance"


def tenths_off(found: PurchaseValidation, row: int = 0) -> float:
    """Return how much of the total is predicted in the wrong tenth, as a share of it."""
    end = "_money" if row else ""
    gaps = (found.frame[f"predicted{end}"] - found.frame[f"observed{end}"]).abs().sum()
    return float(gaps / found.frame[f"observed{end}"].sum())


def _error_in_words(total, things) -> str:
    if abs(total["error"]) < SAME:
        return f"the total of {things} to the percent"
    many, few = ("much", "little") if things == "money" else ("many", "few")
    return f"{format_percent(abs(total['error']), 0)} too {many if total['error'] > 0 else few} {things}"


def describe_validation(found: PurchaseValidation) -> Sentences:
    """Say whether the model fits, and how well it ranks."""
    lines = []
    for row in range(len(found.totals)):
        lines += [f"{verdict(found, row)}.", *_total(found, row)]
    return Sentences.of([*lines, *_tracked(found), *found.doubts, *_basis(found)])


def _total(found, row) -> Iterator[str]:
    total = found.totals.iloc[row]
    form = "money" if total["measure"] == "money" else "count"
    names = ("observed", "predicted", "predicted_low", "predicted_high")
    observed, predicted, low, high = (found.format(total[name], form) for name in names)
    what = "" if form == "money" else " purchases"
    yield (
        f"{format_count(found.n)} customers: {predicted}{what} predicted for {_span(found)} [{low}, {high}], "
        f"{observed} observed; {int(total['n_covered'])} of {int(total['n_tenths'])} tenths lie in their interval."
    )
    if np.isfinite(total["gini"]):
        yield (
            f"{total['measure']}: the model ranks {format_percent(max(total['gini'], 0), 0)} of what a perfect ranking "
            "would; that one knows chance as well, so no model reaches 100%."
        )


def _span(found) -> str:
    return parse_period(found.period).count(found.periods)


def _tracked(found) -> Iterator[str]:
    last = found.tracking.iloc[-1]
    if last["observed"] > 0:
        off = last["expected"] / last["observed"] - 1
        size = (
            f"{format_percent(abs(off), 0)} {'more' if off > 0 else 'fewer'} than" if abs(off) >= SAME else "as many as"
        )
        yield (
            f"From the first day on, {format_count(last['expected'])} repeat purchases were to be expected of new "
            f"customers, {size} the {format_count(last['observed'])} observed."
        )


def _basis(found) -> Iterator[str]:
    yield (
        f"Intervals at {found.level:.0%} are for what will be observed: they hold the uncertainty of the parameters "
        "and the chance in what customers do, taken as unrelated between customers. A season or a campaign in the "
        "held-out part moves everybody at once and is in no interval."
    )
