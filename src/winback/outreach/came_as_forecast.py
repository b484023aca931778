"""Did it come as forecast? Return, cost and profit of those contacted, beside what the trial had foreseen of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import pandas as pd

from winback.outreach.by_rank import ByRank
from winback.outreach.forecast_words import (
    IN_WORDS,
    along_the_list,
    doubts,
    factor,
    most_apart,
    rates,
    what_came,
    what_to_change,
    what_was_added,
    whether_it_paid,
)
from winback.results import Result, Sentences, Shown

NEARLY_ALL = 0.8  # share of those known who came back, from which on they may be known because they did


@dataclass(frozen=True)
class Added:
    """What a listed customer added, against those kept back at random; money with ends of intervals."""

    n_sent: int  # listed to be contacted, reached or not
    n_kept_back: int
    measured: tuple[float, float, float]
    forecast: tuple[float, float, float]


@dataclass(frozen=True, repr=False, kw_only=True)
class CameAsForecast(Result):
    """What came of a plan beside what was forecast; see `OutreachPlan.check`. `held_against` finds it.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and figure: ``by`` (all, fifth of the rank, offer, first channel), ``group``, ``figure``
        (share ``returned``, ``cost`` and ``profit`` in money per customer contacted), ``n`` customers, ``measured`` and
        ``forecast``, each with ``_low`` and ``_high``. Profit is gross: what would have come back anyway is in both.
    ratios : pandas.DataFrame
        Of everybody contacted, by figure: ``ratio`` of measured to forecast, ``low``, ``high``; all hold together.
    added : Added or None
        What contacts added, where some of the list were kept back, all outcomes are known that it takes, and no plan
        made before contacted any of them.
    order : ByRank or None
        How far differences along the list came as forecast, where it has an order and enough outcomes are known.
    taken_apart : str
        What customers of the trial shared who were drawn together, where it is not known of these.
    n_unknown : int
        Customers who were contacted and have no outcome.
    n_asked_before : int
        Customers of the list whom plans made before contacted.
    n_not_listed : int
        Customers whose outcome is given, who were asked about and not listed: they are not looked at.
    n_lacking : tuple of int
        Customers without outcome who are on the list and were not contacted, and who were kept back.
    """

    frame: pd.DataFrame = field(repr=False)
    ratios: pd.DataFrame = field(repr=False)
    added: Added | None = None
    order: ByRank | None = None
    taken_apart: str = ""
    n_unknown: int = 0
    n_asked_before: int = 0
    n_not_listed: int = 0
    n_lacking: tuple[int, int] = (0, 0)
    reading: tuple[str, ...] = ()  # sentences: what was taken for what in the outcomes
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Customers", "text"),
        "n": ("Number", "count"),
        "measured": ("Brought in, each", "money"),
        "forecast": ("Forecast", "money"),
    }

    def table(self) -> pd.DataFrame:
        """Return profit by group beside its forecast, rounded."""
        return self.rounded(self.frame[self.frame["figure"] == "profit"])

    @property
    def may_be_returners(self) -> bool:
        """Whether those may be known who came back: most have no outcome, and of the others more returned than thought.

        Then nothing is to be corrected.
        """
        back = self.frame.query("by == 'all' and figure == 'returned'").iloc[0]
        often = self.ratios.set_index("figure")["low"].get("returned", 0.0) > 1 or back["measured"] >= NEARLY_ALL
        return bool(self.n_unknown > back["n"] and often)

    @property
    def to_change(self) -> pd.DataFrame:
        """The ratios that chance does not explain, nor who has an outcome."""
        apart = (self.ratios["low"] > 1) | (self.ratios["high"] < 1)
        return self.ratios[apart & (not self.may_be_returners)]

    def describe(self) -> Sentences:
        """Say whether it paid, where that is known; what came beside what was forecast, and the doubt."""
        first = (
            [what_came(self), what_was_added(self)] if self.added is None else [whether_it_paid(self), what_came(self)]
        )
        return Sentences.of([*first, doubts(self)[0]])

    def what_to_do(self) -> Sentences:
        """Say what to change in the next forecast."""
        return Sentences.of([what_to_change(self)])

    def beside_forecast(self) -> dict[str, str]:
        """Return what contacts added, what was brought in, who came back, what each cost: a name, and a sentence.

        What was brought in is left out where it is the answer itself.
        """
        back, cost = rates(self)
        brought = {} if self.added is None else {"Brought in": what_came(self)}
        return {"Extra": what_was_added(self), **brought, "Came back": back, "Cost each": cost}

    def corrections(self) -> Shown:
        """Return by how much each figure of everybody contacted differs from its forecast, for readers."""
        factors = self.ratios[["ratio", "low", "high"]].itertuples(index=False)
        return Shown(
            pd.DataFrame(
                {
                    "Of everybody contacted": self.ratios["figure"].map(IN_WORDS),
                    "Actual divided by forecast": [factor(*each) for each in factors],
                }
            )
        )

    def details(self) -> Sentences:
        """Say how many came back, of whom nothing is known, and which group differs most from its forecast."""
        back, cost = rates(self)
        more = [*along_the_list(self), *most_apart(self)]
        return Sentences.of([f"Came back: {back} Cost of each: {cost}", *more, *doubts(self)[1:]])
