"""What does a comparison of keeping, winning back and acquiring show? Gains, break-evens, and where it turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.offers import strategy_words as words
from winback.offers.strategy_inputs import COMPARABLE, Inputs
from winback.offers.strategy_words import ALL
from winback.offers.strategy_worth import ACQUIRE, BOTH, KEEP, PAYING, REPLACED, RETURNS, RISKIEST, WAIT, Timing
from winback.results import Result, Sentences, format_percent
from winback.retention.keeping import WorthLost
from winback.sources import Formula

NEEDS = {  # what each strategy rests on most
    **dict.fromkeys((KEEP, RISKIEST, PAYING, BOTH), "share_prevented"),
    WAIT: "win_back_chance",
    ACQUIRE: "acquire_chance",
}


@dataclass(frozen=True)
class StrategyTerms:
    """Which months count, who is among the riskiest, and how sure intervals are."""

    timing: Timing
    riskiest: float
    level: float


@dataclass(frozen=True)
class Picked:
    """What keeping is for, if those it gains most of are picked instead of the riskiest."""

    gain: float  # per customer, of as many as the riskiest
    pays_for: float  # share of customers whom keeping gains more of than it costs


@dataclass(frozen=True, repr=False)
class StrategyComparison(Result):
    """Each strategy's gain against doing nothing by segment, see `winback.compare_win_back_keep_acquire`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per segment and strategy, all customers last.
    break_even : pandas.DataFrame
        One row per segment, see `winback.offers.strategy_worth.break_even`; missing where there is no such point.
    inputs : Inputs
        What is known and assumed of each segment.
    """

    frame: pd.DataFrame
    break_even: pd.DataFrame
    inputs: Inputs = field(repr=False)
    terms: StrategyTerms
    again: Callable[..., StrategyComparison] = field(repr=False)  # by the rule of thumb, or over other months
    picked: Picked | None = None  # where keeping is compared
    currency: str = "$"
    scenario: str = ""
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "segment": ("Customers", "text"),
        "strategy": ("Strategy", "text"),
        "gain": ("Gain per customer at risk", "money"),
        "spending": ("Spent per customer", "money"),
        "per_dollar": ("Gain for each 1 spent", "times"),
        "gain_total": ("Gain in all", "money"),
    }
    turns: ClassVar[Mapping[str, tuple[str, str]]] = {
        "segment": ("Customers", "text"),
        "keep_cost": ("Keeping may cost at most", "money"),
        "share_prevented": ("Share of losses it must prevent", "percent"),
        "keep_cost_beside": ("At most, if those who leave are won back", "money"),
        "stranger_cost": ("Contacting a stranger may cost at most", "money"),
        "stranger_cost_turn": ("At most, to earn what winning back does", "money"),
        "margin_turn": ("Monthly margin from which winning back earns more than a new customer", "money"),
    }

    @property
    def formula(self) -> Formula:
        """The equations in words, and where winning back's three advantages come from."""
        lines = (
            "keep = share prevented x losses x (worth of staying - worth of one who left) - cost of keeping",
            "wait and win back = losses x (worth of one who left, with an offer - without one)",
            "acquire instead = losses x (value of a new customer - contact cost / chance), month by month",
        )
        return Formula("\n".join(lines), "study")

    def rule_of_thumb(self) -> StrategyComparison:
        """Return the same comparison if 5% of strangers and 40% of former customers bought, all else as it is.

        A scenario: the two chances are what salespeople say, and no figure of this result.
        """
        return self.again()

    @cached_property
    def sooner(self) -> StrategyComparison | None:
        """The same if only the first half of the months counted; None: one month cannot be halved."""
        half = self.terms.timing.horizon_months // 2
        return self.again(months=half) if half else None

    @property
    def worth_lost(self) -> WorthLost:
        """What a lost customer is still worth, for the list of whom to keep: what those bring who return alone."""
        x, timing = self.inputs.values(), self.terms.timing
        if "organic" not in x:
            raise ValueError("How many return without an offer was not stated: state by_themselves=, or give a trial.")
        alone = x.get(COMPARABLE, 1.0) * x["organic"] * x["organic_value"]
        if self.inputs.edges is None and np.ptp(alone) > 0:
            raise ValueError("What the lost bring differs by segments that are not thirds of margin: state worth_lost.")

        def worth(months: int) -> np.ndarray:
            return np.outer(alone, replace(timing, horizon_months=months).weights[:, RETURNS])

        edges = np.array([]) if self.inputs.edges is None else self.inputs.edges
        return WorthLost(edges, worth, timing.annual_discount)

    @property
    def tried(self) -> float:
        """Which share of those who will leave is like those on whom winning back was tried; missing: not known."""
        x, rows = self.inputs.values(), self.inputs.rows
        if COMPARABLE not in x:
            return np.nan
        leave = self.inputs.losses(x, self.terms.timing)[REPLACED] * rows["n"]
        return float(np.average(x[COMPARABLE][rows["segment"]], weights=leave))

    def table_of_turns(self) -> pd.DataFrame:
        """Return break-even costs and effects by segment, rounded."""
        return self.rounded(self.break_even, self.turns)

    def name(self, strategy: str) -> str:
        """Return a strategy in words: the riskiest with their share."""
        return f"{strategy} {format_percent(self.terms.riskiest, 0)}" if strategy == RISKIEST else strategy

    def table(self) -> pd.DataFrame:
        """Return the rounded table for readers, all text; what rests on an assumption says so."""
        said = {each: f"{self.name(each)}{' (assumed)' * self.assumed(each)}" for each in self.frame["strategy"]}
        return self.rounded(self.frame.assign(strategy=self.frame["strategy"].map(said)))

    def of(self, segment: str) -> pd.DataFrame:
        """Return the strategies of one segment, the one that earns most first."""
        return self.frame[self.frame["segment"] == segment].sort_values("gain", ascending=False, kind="stable")

    def gain(self, row: Mapping) -> str:
        """Write a gain, with its interval where it has one."""
        exact = row["gain_low"] == row["gain_high"]
        return self.formats([row["gain"]], "money")[0] if exact else self.interval(row, "gain", "money")

    def assumed(self, strategy: str) -> bool:
        """Whether a strategy rests on what was stated, not measured: what keeping prevents, who is won."""
        return NEEDS[strategy] in self.inputs.assumed

    @property
    def behind(self) -> list[str]:
        """Segments in which another strategy is shown to earn more than the one that does over all."""
        first = self.of(ALL)["strategy"].iloc[0]
        rows = self.frame[(self.frame["segment"] != ALL) & (self.frame["strategy"] == first)]
        return list(rows.loc[rows["told_apart"], "segment"])

    def for_its_money(self, segments: list[str]) -> str:
        """Say what winning back and acquiring bring there for each 1 spent."""
        each = self.frame[self.frame["segment"].isin(segments)]
        each = each.assign(paid=each["spending"] * each["n"])
        each = each.groupby("strategy")[["gain_total", "paid"]].sum()
        if not segments or not {WAIT, ACQUIRE} <= {*each.index} or (each.loc[[WAIT, ACQUIRE], "paid"] <= 0).any():
            return ""
        back, new = (each.loc[name, "gain_total"] / each.loc[name, "paid"] for name in (WAIT, ACQUIRE))
        return f"for each 1 spent winning back brings {back:.2f} there, acquiring {new:.2f}"

    @property
    def new_or_back(self) -> tuple[list[str], list[str], list[str]]:
        """Segments in which acquiring is shown to earn more than winning back, to earn less, and neither.

        None where it earns more in no segment, or in all of them: it then turns nowhere.
        """
        if "new_less_back" not in self.break_even:
            return [], [], []
        turns = self.break_even.set_index("segment")
        new, back = turns["new_less_back_low"] > 0, turns["new_less_back_high"] < 0
        turns = turns if new.any() and not new.all() else turns[:0]
        return tuple([name for name in turns.index if which[name]] for which in (new, back, ~new & ~back))

    @property
    def new_everywhere(self) -> bool:
        """Whether acquiring is shown to earn more than winning back in every segment."""
        return "new_less_back" in self.break_even and bool((self.break_even["new_less_back_low"] > 0).all())

    @property
    def headline(self) -> str:
        """What earns most in which group of customers, in a few words."""
        return words.leaders(self)

    def describe(self) -> Sentences:
        """Say which strategy earns most, where that turns, and on which assumption it hangs."""
        return Sentences.of([words.answer(self), words.turn(self), words.doubt(self)])

    def details(self) -> Sentences:
        """Say who is worth keeping, what is counted, and what is measured, assumed or certain."""
        return Sentences.of([*words.riskiest(self), *words.counted(self), *words.assumptions(self)])

    def what_to_do(self) -> Sentences:
        """Say what to do next, and how to see whether it works."""
        first = self.of(ALL).iloc[0]
        if first["gain_low"] <= 0:
            return Sentences(
                "Do none of these for everybody yet: find what costs less, or try it on a small random part."
            )
        untested = "share_prevented" in self.inputs.assumed and first["strategy"] not in (WAIT, ACQUIRE)
        alone = "Leave a random part uncalled: only they show how many losses calls prevent."
        return Sentences.of([words.best(self), *([alone] if untested else [])])
