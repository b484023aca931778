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
        with intervals, and ``spent``, the cost measured. Gains are net of cost; incremental or gross as ``kind`` says.
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
        """Return the row where choosing customers is surely ahead (1) or behind (-1) by most; None where nowhere."""
        lead = sign * self.frame["lead"]
        sure = lead[sign * self.frame["lead_low" if sign > 0 else "lead_high"] > 0]
        return None if sure.empty else self.frame.loc[sure.idxmax()]

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
        f"The honest gain is largest, {curve.interval(best, 'honest', 'money')} per customer ({curve.kind}), when "
        f"{spent} per customer is spent; it was predicted to be {predicted}."
    )


def _lead(curve: SpendingCurve) -> str:
    """Say where choosing customers earns more than drawing them, and where it earns less."""
    ahead, behind = (None if row is None else _at(curve, row) for row in (curve.lead(1), curve.lead(-1)))
    random = "the same money spent on customers drawn at random"
    if ahead and behind:
        return f"Choosing customers pays at one budget and loses at another: {ahead} more than {random}, {behind} less."
    if ahead:
        return f"Choosing customers pays: {ahead} more than {random}."
    if behind:
        return f"Choosing customers loses: {behind} less than {random}."
    return f"Choosing customers is not shown to earn more than {random}."


def _at(curve: SpendingCurve, row: pd.Series) -> str:
    behind = {"lead": -row["lead"], "lead_low": -row["lead_high"], "lead_high": -row["lead_low"]}
    size = row if row["lead"] > 0 else behind
    budget = format_money(row["budget"], curve.currency)
    return f"at {budget} per customer it earns {curve.interval(size, 'lead', 'money')}"


def _rests_on(curve: SpendingCurve) -> list[str]:
    gross = "Gains are gross: what would come back anyway is not taken off."
    measured = f"Measured on {format_count(curve.n)} customers of the trial, each predicted without being looked at."
    return [line for line in (gross if curve.kind == "gross" else curve.assumed, measured) if line]
