"""What do budgets honestly earn, and does it pay to choose the customers? The curve, in a table and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.money import format_money
from winback.results import Result, Sentences, format_count


@dataclass(frozen=True, repr=False, kw_only=True)
class SpendingCurve(Result):
    """What budgets earn, targeted and not; see `spending_curve`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per budget, all money per customer of the trial: ``budget``, ``budget_total``, ``share_contacted``,
        ``predicted`` gain (what chose the customers), ``honest`` gain with ``honest_low`` and ``honest_high``,
        ``untargeted`` gain of as much money spent on customers drawn at random, ``lead`` = honest - untargeted, both
        with intervals, also such that hold at all budgets together (``<name>_simultaneous_low``), and ``spent``, the
        cost measured. Gains are net of cost; incremental or gross as ``kind`` says.
    """

    frame: pd.DataFrame = field(repr=False)
    kind: str
    n: int  # customers of the trial
    assumed: str = ""  # of customers without an offer, as a sentence
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "budget": ("Budget per customer", "money"),
        "share_contacted": ("Contacted", "percent0"),
        "predicted": ("Gain predicted (flattering)", "money"),
        "honest": ("Honest gain", "money"),
        "untargeted": ("Untargeted, same money", "money"),
        "lead": ("Targeting earns more by", "money"),
    }

    def lead(self, sign: int) -> pd.Series | None:
        """Return the row where choosing customers is surely ahead (1) or behind (-1) by most; None where nowhere.

        Surely: by the interval that holds at all budgets, for this one is found by looking.
        """
        sure = self.where(sign)
        return None if sure.empty else sure.loc[(sign * sure["lead"]).idxmax()]

    def where(self, sign: int) -> pd.DataFrame:
        """Return the budgets at which choosing customers is surely ahead (1) or behind (-1)."""
        end = self.frame["lead_simultaneous_low" if sign > 0 else "lead_simultaneous_high"]
        return self.frame[sign * end > 0]

    def describe(self) -> Sentences:
        """Say what budgets honestly earn at most, and whether choosing customers earns more than choosing none."""
        return Sentences.of([_largest(self), _lead(self), *_rests_on(self)[:1]])

    def details(self) -> Sentences:
        """Say whom it was measured on, where the answer does not."""
        return Sentences.of(_rests_on(self)[1:])


def _largest(curve: SpendingCurve) -> str:
    best = curve.frame.loc[curve.frame["honest"].idxmax()]
    spent, predicted = (format_money(best[name], curve.currency) for name in ("spent", "predicted"))
    return (
        f"The honest gain is largest, {_together(curve, best, 'honest')} per customer ({curve.kind}), when "
        f"{spent} per customer is spent; it was predicted to be {predicted}."
    )


def _lead(curve: SpendingCurve) -> str:
    """Say where choosing customers earns more than drawing them, and where it earns less."""
    ahead, behind = (None if row is None else _at(curve, row) for row in (curve.lead(1), curve.lead(-1)))
    random = "the same money spent on customers drawn at random"
    if ahead and behind:
        under, over = curve.where(1)["budget"].max(), curve.where(-1)["budget"].min()
        advice = "Choosing customers pays at one budget and loses at another"
        if under < over:
            upto, beyond = (format_money(each, curve.currency) for each in (under, over))
            advice = f"Choose customers while you spend up to {upto} each, and from {beyond} on draw them at random"
        return f"{advice}: {ahead} more than {random}, {behind} less."
    if ahead:
        return f"Choosing customers pays: {ahead} more than {random}."
    if behind:
        return f"Choosing customers loses: {behind} less than {random}."
    return f"Choosing customers is not shown to earn more than {random}."


def _at(curve: SpendingCurve, row: pd.Series) -> str:
    return f"at {format_money(row['budget'], curve.currency)} per customer it earns {_together(curve, row, 'lead')}"


def _together(curve: SpendingCurve, row: pd.Series, name: str) -> str:
    """Return the size of a figure with the interval that holds at all budgets."""
    ends = sorted(row[f"{name}_simultaneous_{end}"] for end in ("low", "high"))
    if name == "lead" and row[name] < 0:
        ends = [-ends[1], -ends[0]]
    size = {name: abs(row[name]) if name == "lead" else row[name], f"{name}_low": ends[0], f"{name}_high": ends[1]}
    return curve.interval(size, name, "money")


def _rests_on(curve: SpendingCurve) -> list[str]:
    gross = "Gains are gross: what would come back anyway is not taken off."
    n = len(curve.frame)
    looked = f" Intervals allow for all {n} budgets looked at." if n > 1 else ""
    measured = (
        f"Measured on {format_count(curve.n)} customers of the trial, each predicted without being looked at.{looked}"
    )
    return [line for line in (gross if curve.kind == "gross" else curve.assumed, measured) if line]
