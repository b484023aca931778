"""Does a model of purchases say what customers bought on days that it had not seen? The verdict and its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.held_out import HeldOutCheck, Limits, lie_inside, verdict, what_intervals_hold
from winback.periods import Period
from winback.results import Sentences, format_count, format_percent

# Of the total: months differ by more than 5%, so no plan changes; a budget made on an error of 10% is wrong; with a
# quarter of the total left to chance any model fits; half a percent rounds to none.
LIMITS = Limits(small=0.05, large=0.10, wide=0.25, exact=0.005)
MOST_MISSED = 2  # tenths outside of their 95% interval: three or more of ten happen by chance in 1 of 87 cases
MANY_TIMES = 10.0  # an error of 1,000%: from here on counts say more than a percentage
FEW = "purchases were held out"


@dataclass(frozen=True, repr=False, kw_only=True)
class PurchaseCheck(HeldOutCheck):
    """How predicted purchases compare with those held out, see `PurchaseFit.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per tenth of the customers by predicted purchases, most first: ``tenth``, ``n``, ``predicted`` with
        ``_low`` and ``_high`` (for what will be observed) and ``observed`` purchases of all of them, ``predicted_each``
        and ``observed_each``, and whether the observed ones lie ``inside`` the interval; with spend also
        ``predicted_money`` with ``_low`` and ``_high``, ``observed_money`` and ``inside_money``.
    totals : pandas.DataFrame
        One row for ``purchases`` and, with spend, one for ``money`` (``measure``): ``predicted`` with ``_low`` and
        ``_high``, ``observed``, ``error`` = predicted / observed - 1 with ``_low`` and ``_high`` (chance alone explains
        the error where they have zero between them), ``gini`` (of the ranking by the prediction, divided by that of a
        perfect ranking), ``gini_outcomes`` (how unequal the outcomes are).
    tracking : pandas.DataFrame
        Cumulative repeat purchases at the end of each period: ``day`` (a number of `datetime.date.toordinal`),
        ``periods`` since the first day, ``observed``, ``expected``, ``held_out``.
    lorenz : pandas.DataFrame
        ``measure``, ``customers`` (share of them, ranked by prediction), ``by_model`` (share of all purchases or money
        that they have), ``perfect`` (if ranked by what they bought).
    """

    totals: pd.DataFrame = field(repr=False)
    tracking: pd.DataFrame = field(repr=False)
    lorenz: pd.DataFrame = field(repr=False)
    model: str
    n: int  # customers
    periods: float  # length of the held-out part
    period: Period
    doubts: tuple[str, ...] = ()  # what speaks against the fits themselves, in sentences
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, most predicted first", "count"),
        "n": ("Customers", "count"),
        "predicted": ("Purchases predicted", "count"),
        "observed": ("Purchases observed", "count"),
        "predicted_each": ("Predicted each", "number"),
        "observed_each": ("Observed each", "number"),
        "predicted_money": ("Money predicted", "money"),
        "observed_money": ("Money observed", "money"),
    }

    @property
    def error(self) -> float:
        """Predicted purchases / observed ones - 1."""
        return float(self.totals["error"].iloc[0])

    @property
    def gini(self) -> float:
        """How much of what can be ranked the model ranks right, purchases."""
        return float(self.totals["gini"].iloc[0])

    @property
    def verdict(self) -> str:
        """Whether the model fits, in one sentence."""
        return purchase_verdict(self)

    def describe(self) -> Sentences:
        """Say whether the model fits, what was predicted and observed, and the doubt that matters."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how well it ranks, how money fares, what was expected from the start, and what intervals hold."""
        return Sentences.of(_more(self))


def purchase_verdict(found: PurchaseCheck, row: int = 0, called: str = "") -> str:
    """Return in one sentence whether the model fits, as for the title of a figure; it is called by its name alone."""
    called = called or found.model
    total, says = found.totals.iloc[row], f"it predicts {error_in_words(found, row)}"
    gap = tuple(total[name] for name in ("error", "error_low", "error_high"))
    if not np.isfinite(gap).all():
        if total["predicted_low"] > total["observed"]:
            return f"The {called} misses: {says}"
        return f"Too few {FEW} to tell whether the {called} fits: there were none"
    inside = _inside(found, row)
    missed = int((~inside).sum())
    if gap[1] <= 0 <= gap[2] and missed > MOST_MISSED and tenths_off(found, row) >= LIMITS.small:
        tail = f"{missed} of {len(inside)} tenths of customers are off by more than chance, the total is not"
        return f"The {called} misses who {'spends' if row else 'buys'}: {tail}"
    return verdict(called, says, gap, LIMITS, (FEW, _ends(total)))


def _inside(found, row) -> pd.Series:
    return found.frame["inside_money" if row else "inside"]


def tenths_off(found: PurchaseCheck, row: int = 0) -> float:
    """Return how much of the total is predicted in the wrong tenth, as a share of it."""
    end = "_money" if row else ""
    gaps = (found.frame[f"predicted{end}"] - found.frame[f"observed{end}"]).abs().sum()
    return float(gaps / found.frame[f"observed{end}"].sum())


def error_in_words(found: PurchaseCheck, row: int = 0) -> str:
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
    if abs(total["error"]) < LIMITS.exact:
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


def _answer(found: PurchaseCheck) -> Iterator[str]:
    called = f"forecast of purchases ({found.model})"  # read where no model has been named yet
    yield f"{purchase_verdict(found, called=called)}."
    yield _total(found, 0)
    yield from list(_doubts(found))[:1]


def _doubts(found) -> Iterator[str]:
    yield from _nothing_came(found)
    yield from found.doubts


def _more(found: PurchaseCheck) -> Iterator[str]:
    yield from list(_doubts(found))[1:]
    yield from _ranked(found, 0)
    if len(found.totals) > 1:
        yield f"{purchase_verdict(found, 1)}."
        yield _total(found, 1)
        yield from _ranked(found, 1)
    yield from _tracked(found)
    chance = "what customers do, taken as unrelated between customers"
    yield (
        f"{what_intervals_hold(found.level, chance)}. A season or a campaign in the held-out part moves everybody at "
        "once and is in no interval."
    )


def _nothing_came(found) -> Iterator[str]:
    """Doubt the log where no purchase at all came: it may have been cut."""
    if found.totals["observed"].iloc[0] == 0:
        split = date.fromordinal(int(found.tracking.loc[~found.tracking["held_out"], "day"].iloc[-1]))
        yield f"no purchase at all after {split}: does the log really reach `until`?"


def _total(found, row) -> str:
    """Say what was predicted and what was observed."""
    total = found.totals.iloc[row]
    form = _form(total)
    names = ("observed", "predicted", "predicted_low", "predicted_high")
    observed, predicted, low, high = (found.format(total[name], form) for name in names)
    what = "" if form == "money" else " purchases"
    inside = _inside(found, row)
    within = lie_inside(int(inside.sum()), len(inside))
    return (
        f"{format_count(found.n)} customers: {predicted}{what} predicted for {found.period.count(found.periods)} "
        f"[{low}, {high}], {observed} observed; {within}."
    )


def _ranked(found, row) -> Iterator[str]:
    total = found.totals.iloc[row]
    if np.isfinite(total["gini"]):
        yield (
            f"of what a perfect ranking of customers by {total['measure']} tells, the "
            f"model's tells {format_percent(max(total['gini'], 0), 0)}; the perfect one knows chance as well, so no "
            "model reaches 100%."
        )


def _tracked(found) -> Iterator[str]:
    last = found.tracking.iloc[-1]
    if last["observed"] > 0:
        off = last["expected"] / last["observed"] - 1
        size = f"{format_percent(abs(off), 0)} {'more' if off > 0 else 'fewer'} than"
        size = size if abs(off) >= LIMITS.exact else "as many as"
        yield (
            "the verdict is of the held-out part alone and starts from what each customer had bought by then. Had "
            "nothing been known of them but the day of their first purchase, "
            f"{format_count(last['expected'])} repeat purchases were to be expected from that day on, {size} the "
            f"{format_count(last['observed'])} observed."
        )
