"""What is a base worth beside the figure of constant churn? By segment, with what losing one customer costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.labels import value_words
from winback.money import format_alike
from winback.periods import Period
from winback.purchases.table import EVERYBODY
from winback.results import Result, Sentences, format_count, format_money, format_percent
from winback.value.naive import Contrast, Naive
from winback.value.valued import SAME, Valued, extrapolated_lines, terms_lines, worth_lines


@dataclass(frozen=True, repr=False)
class WordOfMouth(Result):
    """What losing one customer costs if each took others along, see `BaseValue.word_of_mouth`.

    One row per number of ``others``: none, half as many, as many; ``per_customer`` with ``_low`` and ``_high``.
    """

    frame: pd.DataFrame = field(repr=False)
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "others": ("Others taken along", "times"),
        "per_customer": ("Losing one customer costs", "money"),
    }

    def describe(self) -> Sentences:
        """Say what one lost customer costs alone and with others."""
        alone, together = format_alike(self.frame["per_customer"].iloc[[0, -1]], self.currency)
        others = self.frame["others"].iloc[-1]
        cost = f"Losing one customer costs {alone} on average; if each took {others:g} others along in all, {together}."
        return Sentences(f"{cost}\nThat number is assumed, not estimated, and is in no other figure here.")


@dataclass(frozen=True, repr=False, kw_only=True)
class BaseValue(Valued):
    """What a customer base is expected to bring, see `base_value`; its other attributes are those of `Valued`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per segment: ``segment``, ``n``, ``value`` of all its customers and ``per_customer``, each with ``_low``
        and ``_high``; ``share`` of the total; ``constant_churn``, the naive figure, and ``gap``, how far it lies from
        the value, as a share of it (missing where either is below zero).
    constant_churn, annual_churn, gap : float
        The naive figure, the one rate behind it, and how far it lies from the total, as a share of it.
    n_active : int
        Customers whom the naive figure counts.
    active_within : Period or None
        Without a contract: how long ago a customer of the naive figure bought last.
    contrast : Contrast or None
        The most and the least valuable segment, per customer, with the interval of the difference.
    naive : Naive
        How the naive figure is made.
    """

    frame: pd.DataFrame = field(repr=False)
    constant_churn: float
    annual_churn: float
    gap: float
    n_active: int
    active_within: Period | None
    contrast: Contrast | None
    by: str | None
    naive: Naive = field(repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "segment": ("Segment", "text"),
        "n": ("Customers", "count"),
        "per_customer": ("Value per customer", "money"),
        "value": ("Value", "money"),
        "share": ("Share of all value", "percent"),
        "constant_churn": ("With constant churn", "money"),
        "gap": ("Constant churn is off by", "percent0"),
    }

    def against_constant_churn(
        self, annual_churn: float | None = None, *, active_within: str | Period | None = None
    ) -> BaseValue:
        """Return the same value beside another naive figure.

        Parameters
        ----------
        annual_churn : float, optional
            Share of customers who leave within a year, where one is in use; as the data have it without it.
        active_within : str or Period, optional
            Purchases: how recent the last one of a customer must be. A year; half of the longest time watched, if that
            is shorter.

        Examples
        --------
        >>> import winback as wb
        >>> from winback.value.contracts.fits import contract_model
        >>> base = wb.base_value(contract_model(3.8, 15.2, period="Y"), [70, 30], margin=1, annual_discount=0.10)
        >>> round(base.annual_churn, 3), round(base.against_constant_churn(0.25).annual_churn, 3)
        (0.2, 0.25)
        """
        return replace(self, **self.naive.beside(self.frame, self.total, annual_churn, active_within))

    def word_of_mouth(self, others_lost: float) -> WordOfMouth:
        """Say what losing one customer costs on average if each takes others of average value along.

        Parameters
        ----------
        others_lost : float
            How many others in all, directly or through others. The value of the base is the same: those others are in
            it already.

        Examples
        --------
        >>> import winback as wb
        >>> from winback.value.contracts.fits import contract_model
        >>> base = wb.base_value(contract_model(3.8, 15.2, period="Y"), [70, 30], margin=1, annual_discount=0.10)
        >>> base.word_of_mouth(0.5).frame["per_customer"].round(2).tolist()
        [3.35, 4.19, 5.03]
        """
        is_number = isinstance(others_lost, Real) and not isinstance(others_lost, bool)
        if not is_number or not 0 < others_lost < np.inf:
            raise ValueError(f"others_lost must be a number of customers above 0; got {others_lost!r}.")
        others = float(others_lost) * np.array([0.0, 0.5, 1.0])
        ends = {"": self.total, "_low": self.total_low, "_high": self.total_high}
        each = {f"per_customer{end}": total / self.n * (1 + others) for end, total in ends.items()}
        return WordOfMouth(pd.DataFrame({"others": others} | each), self.currency)

    def table(self) -> pd.DataFrame:
        """Return the segments and the whole base, rounded, as text."""
        if self.by is None:
            return self.rounded(self.frame)
        whole = {"segment": EVERYBODY, "n": self.n, "share": 1.0}
        whole |= totals_and_each((self.total, self.total_low, self.total_high), self.n)
        whole |= {"constant_churn": self.constant_churn, "gap": self.gap}
        return self.rounded(pd.concat([self.frame, pd.DataFrame([whole])], ignore_index=True))

    def describe(self) -> Sentences:
        """Say what the base is worth, and how far constant churn is off."""
        return Sentences.of([*worth_lines(self), *_naive_lines(self), *list(_doubts(self))[:1]])

    def details(self) -> Sentences:
        """Say what else is in doubt, and on what the value rests."""
        return Sentences.of([*list(_doubts(self))[1:], *terms_lines(self)])

    def what_to_do(self) -> Sentences:
        """Say what keeping a customer may cost, by segment where segments are clearly different."""
        return Sentences.of([_next_step(self)])


def totals_and_each(totals: tuple[float, float, float], n: float) -> dict[str, float]:
    """Return the value of n customers and that of each of them, with their ends."""
    values = {f"value{end}": total for end, total in zip(("", "_low", "_high"), totals, strict=True)}
    return values | {name.replace("value", "per_customer"): total / n for name, total in values.items()}


def _next_step(value) -> str:
    """Say in one sentence what the value is for on Monday: what keeping may cost, which holds only a share of many."""
    if not np.isfinite(value.total):
        return "Set a discount rate or a horizon first: a value without limit is no figure to plan with."
    if value.total <= 0:
        return "Look at what these customers cost first: spending on keeping them is not shown to pay."
    each, pair = value.total / value.n, value.contrast
    if pair is not None and pair.low > 0:
        worth = value.frame.set_index("segment")["per_customer"]
        best, least = format_alike([worth[name] for name in (pair.first, pair.last)], value.currency)
        first, last = (value_words(value.by, name) for name in (pair.first, pair.last))
        what = f"{best} for {first} but {least} for {last}"
    else:
        what = f"{format_money(each, value.currency)} on average"
    return (
        f"Let keeping cost each customer it goes to less than this customer is worth, {what}, times the share of them "
        "who stay only because of it; look after who is worth most first."
    )


def _doubts(value) -> Iterator[str]:
    yield from value.doubts
    yield from extrapolated_lines(value)
    yield from _best_segment(value)


def _naive_lines(value) -> Iterator[str]:
    if not np.isfinite([value.constant_churn, value.total]).all():
        return
    naive = format_money(value.constant_churn, value.currency)
    yield (
        f"With one churn rate of {format_percent(value.annual_churn)} a year for everybody it would be {naive}: the "
        f"constant-churn figure is {_off(value)}{_held_active(value)}."
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
        f"; it counts the {format_count(value.n_active)} who bought within the last {value.active_within.in_words} and "
        "takes all others for lost"
    )


def _best_segment(value) -> Iterator[str]:
    pair = value.contrast
    if pair is None:
        return
    each = value.frame.set_index("segment")["per_customer"]
    best, least = format_alike([each[name] for name in (pair.first, pair.last)], value.currency)
    gap, low, high = format_alike((pair.difference, pair.low, pair.high), value.currency)
    allowed = "the interval allows for chance in who is in a segment and for every pair compared"
    if not pair.low > 0:
        yield (
            f"Not clearly different: per customer, {value.by} = {pair.first} ({best}) and {pair.last} ({least}), {gap} "
            f"apart [{low}, {high}]; {allowed}."
        )
        return
    yield (
        f"Per customer, {value.by} = {pair.first} is worth most ({best}), {pair.last} least ({least}): {gap} apart "
        f"[{low}, {high}]; {allowed}."
    )
