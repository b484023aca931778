"""2. How long do those who come back stay, and what are they worth? Second lives against their first ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from winback.asked import Unanswered, ask
from winback.datasets.telecom.assumptions import SECOND_VALUE_MONTHS
from winback.money import format_alike, money_interval
from winback.plots.small import Row, small_bars
from winback.plots.style import INK
from winback.questions.card import Card, Picture, cannot, lacking
from winback.results import counted
from winback.second_lifetime.first_and_second import FirstAndSecondValue, first_and_second_value
from winback.survival.curves_text import MANY_LONGER
from winback.tables import NO_OFFER
from winback.trial.trial import Trial

ENOUGH = 30  # second lives that must still be watched at the month up to which they are counted
PALE = "#c3cbd2"
MEANINGS = {
    "first_tenure": "months of the first stay",
    "first_margin": "money a month in it",
    "second_tenure": "months of the second stay so far",
    "second_ended": "whether that has ended",
    "second_margin": "money a month in it",
}
REMEDY = "They need the dates or months of both stays; a value measured directly is of the second one alone."


@dataclass(frozen=True)
class Lives:
    """First and second lives of those who came back after an offer: worth in money, and length in months."""

    value: FirstAndSecondValue
    months: FirstAndSecondValue  # of money of one a month, so that a value is a number of months

    @property
    def which(self) -> str:
        """Which difference counts: of whole first lives, or up to the horizon where many first ones were longer."""
        return "difference_within" if self.value.frame["share_longer"].iloc[0] > MANY_LONGER else "difference"

    @property
    def horizon(self) -> float:
        """Months up to which second lives are counted."""
        return self.value.months


def lives_of(lapsed: pd.DataFrame, life_months: float | None = None, currency: str = "$") -> Lives:
    """Compare first and second lives of those who came back, undiscounted."""
    months = watched_months(lapsed) if life_months is None else life_months
    terms = {"horizon_months": months, "annual_discount": 0.0, "currency": currency}
    by_the_month = lapsed["second_margin"].where(lapsed["second_margin"].isna(), 1.0)
    alike = lapsed.assign(first_margin=1.0, second_margin=by_the_month)
    return Lives(first_and_second_value(lapsed, **terms), first_and_second_value(alike, **terms))


def watched_months(lapsed: pd.DataFrame) -> float:
    """Return up to which month second lives can be counted: while enough are watched, and no longer than the study did.

    Examples
    --------
    >>> import winback as wb
    >>> watched_months(wb.load_telecom_study().lapsed)
    84.0
    """
    longest = np.sort(lapsed["second_tenure"].dropna().to_numpy(dtype=float))[::-1]
    watched = longest[min(ENOUGH, len(longest)) - 1] if len(longest) else SECOND_VALUE_MONTHS
    return float(max(1.0, min(np.floor(watched), SECOND_VALUE_MONTHS)))


def how_long(trial: Trial, life_months: float | None = None) -> Card:
    """Return the card of the second question, of those who came back after an offer, or which columns are missing."""
    sent = trial.lapsed[(trial.lapsed["offer"] != NO_OFFER).to_numpy()]
    return lives_card(sent, life_months, trial.currency)


def lives_card(lapsed: pd.DataFrame, life_months: float | None = None, currency: str = "$") -> Card:
    """Return the card of the second question from a table of lapsed customers."""
    missing = {name: words for name, words in MEANINGS.items() if name not in lapsed or lapsed[name].isna().all()}
    if missing:
        return cannot(2, lacking(missing, REMEDY))
    found = ask(lives_of, lapsed, life_months, currency=currency)
    if isinstance(found, Unanswered):
        return cannot(2, found.why)
    return Card(2, said(found), here=how_sure(found), picture=_picture(found), found=found)


def said(found: Lives) -> str:
    """Say whether second lives are longer and worth more, in one sentence."""
    row, name = found.value.frame.iloc[0], found.which
    length, worth = (_direction(each.frame.iloc[0], name) for each in (found.months, found.value))
    amount = format_alike([abs(row[name])], found.value.currency)[0]
    longer = ("not shown to be longer or shorter than first ones", "longer than first ones", "shorter than first ones")
    more = ("not shown to be worth more or less", f"worth {amount} more", f"worth {amount} less")
    return f"Second lives are {longer[length]} {'and' if length == worth else 'but'} {more[worth]}."


def how_sure(found: Lives) -> str:
    """Say by how much they differ, with intervals, and over which months."""
    row, months, name = found.value.frame.iloc[0], found.months.frame.iloc[0], found.which
    money = money_interval(*(row[f"{name}{end}"] for end in ("", "_low", "_high")), found.value.currency, signed=True)
    length = f"{months[name]:+.1f} months [{months[f'{name}_low']:+.1f}, {months[f'{name}_high']:+.1f}]"
    within = "both counted" if name == "difference_within" else "first lives counted in full, second ones"
    n = counted(int(row["n"]), "customers")
    return f"{money} and {length}, {within} up to {found.horizon:g} months; {n}, before any offer's cost"


def _direction(row, name) -> int:
    return int(row[f"{name}_low"] > 0) - int(row[f"{name}_high"] < 0)


def _picture(found: Lives) -> Picture:
    row, months = found.value.frame.iloc[0], found.months.frame.iloc[0]
    first = "first_value_within" if found.which == "difference_within" else "first_value"
    amounts = format_alike([row[first], row["second_value"]], found.value.currency)
    stays = [f"{each:.1f} months" for each in (months[first], months["second_value"])]
    rows = [
        Row("first life", row[first], f"{amounts[0]} in {stays[0]}", colour=PALE),
        Row("second life", row["second_value"], f"{amounts[1]} in {stays[1]}", colour=INK),
    ]
    label = f"What those who came back brought on average: {'; '.join(f'{each.name} {each.text}' for each in rows)}."
    return Picture(partial(small_bars, rows), label, caption=f"Means of {found.value.whose}.")
