"""Does a model of purchases fit what was held out, in a sentence? And how far off, and how well ranked?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from winback.results import Sentences, format_count, format_percent

if TYPE_CHECKING:
    from winback.purchases.validation import PurchaseValidation

SMALL_ERROR = 0.05  # of the total: months differ by more, so no plan changes
LARGE_ERROR = 0.10  # of the total: a budget made on it is wrong; chance alone should not be able to hide so much
WIDE = 0.25  # half of the interval of the error: with a quarter of the total left to chance, any model fits
MOST_MISSED = 2  # tenths outside of their 95% interval: three or more of ten happen by chance in 1 of 87 cases
SAME = 0.005  # an error that rounds to no percent
MANY_TIMES = 10.0  # an error of 1,000%: from here on counts say more than a percentage


def verdict(found: PurchaseValidation, row: int = 0) -> str:
    """Return in one sentence whether the model fits, as for the title of a figure."""
    total = found.totals.iloc[row]
    things, too_few = total["measure"], f"Too few purchases were held out to tell whether the {found.model} fits"
    say = error_in_words(found, row)
    if not np.isfinite([total["error"], total["error_low"], total["error_high"]]).all():
        if total["predicted_low"] > total["observed"]:
            return f"The {found.model} misses: it predicts {say}"
        return f"{too_few}: there were none"
    if not total["error_low"] <= 0 <= total["error_high"]:
        little = ", but little" if abs(total["error"]) < SMALL_ERROR else ""
        return f"The {found.model} misses{little}: it predicts {say}, more than chance"
    missed = int(total["n_tenths"] - total["n_covered"])
    if missed > MOST_MISSED and tenths_off(found, row) >= SMALL_ERROR:
        tail = f"{missed} of {total['n_tenths']} tenths of customers are off by more than chance, the total is not"
        return f"The {found.model} misses who {'spends' if things == 'money' else 'buys'}: {tail}"
    if abs(total["error"]) > LARGE_ERROR or total["error_high"] - total["error_low"] > 2 * WIDE:
        return f"{too_few}: it predicts {say}{_ends(total)}"
    if abs(total["error"]) < SAME:
        return f"The {found.model} fits: it predicts {say}"
    return f"The {found.model} fits: it predicts {say}, no more than chance"


def tenths_off(found: PurchaseValidation, row: int = 0) -> float:
    """Return how much of the total is predicted in the wrong tenth, as a share of it."""
    end = "_money" if row else ""
    gaps = (found.frame[f"predicted{end}"] - found.frame[f"observed{end}"]).abs().sum()
    return float(gaps / found.frame[f"observed{end}"].sum())


def error_in_words(found: PurchaseValidation, row: int = 0) -> str:
    """Return how far a total is off: in percent, or in counts where nothing or next to nothing was observed."""
    total = found.totals.iloc[row]
    things = total["measure"]
    if _in_counts(total):
        names = ("predicted", "predicted_low", "predicted_high", "observed")
        predicted, low, high, observed = (found.format(total[name], _form(total)) for name in names)
        what = "" if things == "money" else f" {things}"
        came = f"{observed} came" if total["observed"] else "none came"
        many = f", many times too {_much(total)}" if total["error"] > MANY_TIMES else ""
        return f"{predicted}{what} [{low}, {high}] and {came}{many}"
    if abs(total["error"]) < SAME:
        return f"the total of {things} to the percent"
    return f"{format_percent(abs(total['error']), 0)} too {_much(total)} {things}"


def _in_counts(total) -> bool:
    """Tell whether a percentage of what was observed is missing or says nothing."""
    return not np.isfinite(total["error"]) or total["error"] > MANY_TIMES or total["error_high"] > MANY_TIMES


def _form(total) -> str:
    return "money" if total["measure"] == "money" else "count"


def _much(total) -> str:
    many, few = ("much", "little") if total["measure"] == "money" else ("many", "few")
    return many if total["error"] > 0 else few


def _ends(total) -> str:
    if _in_counts(total):
        return ""
    return " [{}, {}]".format(*(format_percent(total[f"error_{end}"], 0) for end in ("low", "high")))


def describe_validation(found: PurchaseValidation) -> Sentences:
    """Say whether the model fits, and how well it ranks."""
    lines = []
    for row in range(len(found.totals)):
        lines += [f"{verdict(found, row)}.", *(() if row else _nothing_came(found)), *_total(found, row)]
    return Sentences.of([*lines, *_tracked(found), *found.doubts, *_basis(found)])


def _nothing_came(found) -> Iterator[str]:
    """Doubt the log where no purchase at all came: it may have been cut."""
    if found.totals["observed"].iloc[0] == 0:
        split = date.fromordinal(int(found.tracking.loc[~found.tracking["held_out"], "day"].iloc[-1]))
        yield f"no purchase at all after {split}: does the log really reach `until`?"


def _total(found, row) -> Iterator[str]:
    total = found.totals.iloc[row]
    form = _form(total)
    names = ("observed", "predicted", "predicted_low", "predicted_high")
    observed, predicted, low, high = (found.format(total[name], form) for name in names)
    what = "" if form == "money" else " purchases"
    inside, n = int(total["n_covered"]), int(total["n_tenths"])
    yield (
        f"{format_count(found.n)} customers: {predicted}{what} predicted for {_span(found)} [{low}, {high}], "
        f"{observed} observed; {number_of(inside, n).lower()} {'lies' if inside == 1 or n == 1 else 'lie'} in "
        f"{'its' if inside == 1 or n == 1 else 'their'} interval."
    )
    if np.isfinite(total["gini"]):
        yield (
            f"of what a perfect ranking of customers by {'money' if form == 'money' else 'purchases'} tells, the "
            f"model's tells {format_percent(max(total['gini'], 0), 0)}; the perfect one knows chance as well, so no "
            "model reaches 100%."
        )


def number_of(inside: int, of: int) -> str:
    """Return so many of the tenths in words; fewer than ten customers have no tenths.

    Examples
    --------
    >>> number_of(10, 10), number_of(7, 10), number_of(0, 10), number_of(3, 3)
    ('All 10 tenths', '7 of 10 tenths', 'None of the 10 tenths', 'All 3 groups')
    """
    parts = "tenths" if of == 10 else "groups"
    if of == 1:
        return "The only group" if inside else "Not even the only group"
    return (
        f"All {of} {parts}" if inside == of else f"{inside} of {of} {parts}" if inside else f"None of the {of} {parts}"
    )


def _span(found) -> str:
    return found.period.count(found.periods)


def _tracked(found) -> Iterator[str]:
    last = found.tracking.iloc[-1]
    if last["observed"] > 0:
        off = last["expected"] / last["observed"] - 1
        size = (
            f"{format_percent(abs(off), 0)} {'more' if off > 0 else 'fewer'} than" if abs(off) >= SAME else "as many as"
        )
        yield (
            "the verdict is of the held-out part alone and starts from what each customer had bought by then. Had "
            "nothing been known of them but the day of their first purchase, "
            f"{format_count(last['expected'])} repeat purchases were to be expected from that day on, {size} the "
            f"{format_count(last['observed'])} observed."
        )


def _basis(found) -> Iterator[str]:
    yield (
        f"Intervals at {found.level:.0%} are for what will be observed: they hold the uncertainty of the parameters "
        "and the chance in what customers do, taken as unrelated between customers. A season or a campaign in the "
        "held-out part moves everybody at once and is in no interval."
    )
