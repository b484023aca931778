"""What do budgets honestly earn, and does it pay to choose the customers? The curve, in a table and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.money import format_money
from winback.results import Result, Sentences, format_count

EVERYBODY = 0.995  # of customers: what a whole percentage would write as all of them
RANDOM = "the same money spent on customers drawn at random"


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
    at_random : pandas.DataFrame
        One row per budget, one column per offer: the share of customers, drawn at random, who are sent it for that
        money.
    """

    frame: pd.DataFrame = field(repr=False)
    kind: str
    n: int  # customers of the trial
    assumed: str = ""  # of customers without an offer, as a sentence
    currency: str = "$"
    at_random: pd.DataFrame = field(repr=False, default_factory=pd.DataFrame)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "budget": ("Budget per customer", "money"),
        "share_contacted": ("Contacted", "percent0"),
        "predicted": ("Gain, predicted (flattering)", "money"),
        "honest": ("Gain, measured", "money"),
        "untargeted": ("Same money at random", "money"),
        "lead": ("Choosing earns more by", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return the rounded table, with the intervals of the sentences: those that hold at all budgets together."""
        together = {
            f"{name}_{end}": self.frame[f"{name}_simultaneous_{end}"]
            for name in ("honest", "untargeted", "lead")
            for end in ("low", "high")
        }
        return self.rounded(self.frame.assign(**together))

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
        """Say whom it was measured on, where the answer does not, and what predictions had promised."""
        best = _best(self)
        promised = format_money(best["predicted"], self.currency)
        there = f"at a budget of {format_money(best['budget'], self.currency)} per customer"
        return Sentences.of([*_rests_on(self)[1:], f"Predictions had promised {promised} {there}."])


def _best(curve: SpendingCurve) -> pd.Series:
    return curve.frame.loc[curve.frame["honest"].idxmax()]


def _largest(curve: SpendingCurve) -> str:
    """Say what choosing customers gains at most, beside what the same money gains without any choice."""
    best = _best(curve)
    gain, simple = (_together(curve, best, name) for name in ("honest", "untargeted"))
    budget, offers = format_money(best["budget"], curve.currency), _for_all(curve, best)
    other = f"{offers} for everybody gains {simple} for the same money" if offers else f"{RANDOM} gains {simple}"
    if best["lead_simultaneous_low"] > 0:
        follows = "choosing pays there, too"
    elif best["lead_simultaneous_high"] < 0:
        follows = "take the simple way, which earns more"
    else:
        follows = "a tie, so take the simple way"
    return (
        f"Choosing customers gains most, {gain} per customer ({curve.kind}), at a budget of {budget} each; {other}: "
        f"{follows}."
    )


def _lead(curve: SpendingCurve) -> str:
    """Say where choosing customers earns more than drawing them, and where it earns less."""
    most, least = curve.lead(1), curve.lead(-1)
    ahead, behind = (None if row is None else _at(curve, row) for row in (most, least))
    if ahead and behind:
        under, over = curve.where(1)["budget"].idxmax(), curve.where(-1)["budget"].idxmin()
        advice = "Choosing customers pays at one budget and loses at another"
        if under < over:
            upto, beyond = (format_money(curve.frame.loc[each, "budget"], curve.currency) for each in (under, over))
            advice = f"Choose customers while you spend up to {upto} each, and from {beyond} on "
            offer = _for_all(curve, curve.frame.loc[over])
            advice += f"send {offer} to everybody" if offer else "draw them at random"
        return f"{advice}: {ahead} more than {_at_random(curve, most)}, {behind} less than {_at_random(curve, least)}."
    if ahead:
        return f"Choosing customers pays: {ahead} more than {_at_random(curve, most)}."
    if behind:
        return f"Choosing customers loses: {behind} less than {_at_random(curve, least)}."
    return f"Choosing customers is not shown to earn more than {RANDOM}."


def _for_all(curve: SpendingCurve, row: pd.Series) -> str:
    """Return the offers sent to everybody where a budget is enough for that without any choice; else nothing."""
    shares = curve.at_random.loc[row.name] if len(curve.at_random) else pd.Series(dtype=float)
    if shares.sum() < EVERYBODY:
        return ""
    return " or ".join(shares.index[shares >= 1 - EVERYBODY])


def _at_random(curve: SpendingCurve, row: pd.Series) -> str:
    """Say what the money of a budget is spent on where customers are not chosen."""
    offers = _for_all(curve, row)
    return f"{offers} for everybody" if offers else RANDOM


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
    looked = f" Intervals hold for all {n} budgets at once." if n > 1 else ""
    measured = (
        f"Measured on {format_count(curve.n)} customers of the trial, each predicted without being looked at, and "
        f"adjusted for how the groups differed by chance.{looked}"
    )
    return [line for line in (gross if curve.kind == "gross" else curve.assumed, measured) if line]
