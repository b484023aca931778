"""Did customers under contract stay as a model said? Its projection beside later counts of the same cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from winback.held_out import HeldOutCheck, Limits, lie_inside, verdict, what_intervals_hold
from winback.periods import Period
from winback.results import Sentences, format_percent
from winback.survival.goodness_of_fit import LARGE_GAP, SMALL_GAP

# Shares of customers, as for every model of tenure; with ten points left to chance any model of these customers fits;
# the last rounds to no tenth of a point.
LIMITS = Limits(small=SMALL_GAP, large=LARGE_GAP, wide=0.10, exact=0.0005)


@dataclass(frozen=True, repr=False, kw_only=True)
class ContractCheck(HeldOutCheck):
    """How a projection compares with later counts, see `ContractFit.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per held-out period: ``ahead`` (of the end of what the fit saw), ``age`` of the oldest cohort, ``n``
        customers at the start, ``observed`` share of them still here, ``expected`` share with ``_low`` and ``_high``
        (for what will be observed), ``gap`` = expected - observed, ``inside`` its interval.
    """

    model: str
    period: Period
    seen: int  # periods that the fit saw of the oldest cohort
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "age": ("Age", "count"),
        "n": ("Customers at the start", "count"),
        "observed": ("Still here", "percent"),
        "expected": ("Expected", "percent"),
        "gap": ("Gap", "percent"),
    }

    @property
    def verdict(self) -> str:
        """Whether the projection held to the last period, in one sentence."""
        last = self.frame.iloc[-1]
        gap = (last["gap"], *(last[f"expected_{end}"] - last["observed"] for end in ("low", "high")))
        ends = ", ".join(format_percent(last[f"expected_{end}"]) for end in ("low", "high"))
        unsure = ("customers", f", and its interval for what is observed is [{ends}]")
        return verdict(self.model, f"it expects {_gap(last)}", gap, LIMITS, unsure)

    def describe(self) -> Sentences:
        """Say whether the projection held, and where it is furthest off."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say what the intervals hold, and what they do not."""
        return Sentences.of(_more(self))


def _gap(last) -> str:
    """Say how many customers too many or too few are expected."""
    size = f"{format_percent(abs(last['gap'])).removesuffix('%')} points too {'many' if last['gap'] > 0 else 'few'}"
    return f"{'as many as are' if abs(last['gap']) < LIMITS.exact else size} still here at age {last['age']:.0f}"


def _answer(found) -> Iterator[str]:
    yield f"{found.verdict}."
    widest = found.frame.loc[found.frame["gap"].abs().idxmax()]
    first = found.period.count(found.seen) if found.seen else "nothing"
    yield f"The fit has seen {first}; {lie_inside(*found.covered, 'held-out periods')}."
    points = format_percent(abs(widest["gap"])).removesuffix("%")
    yield f"The widest gap is {points} points, at age {widest['age']:.0f}."


def _more(found) -> Iterator[str]:
    yield (f"{what_intervals_hold(found.level, 'who stays')}, not a change of prices or of the market.")
    yield "later periods are of the same customers: they miss or hold together."
