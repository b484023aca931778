"""How does the plan of a trial show itself? Customers for each question, the holdout, the follow-up, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.money import format_money, money_interval
from winback.planning.asked import Asked
from winback.planning.choosing import choice_lines
from winback.planning.every_pair import for_every_pair, n_pairs
from winback.planning.figures import ProfitFigures
from winback.planning.holdout import Split
from winback.planning.next_trial import next_trial
from winback.planning.size_notes import doing_alike, leaning, too_few_clusters, too_skewed
from winback.results import Result, Sentences, Shown, format_chance, format_count, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial.design_findings import FEW_RETURNED, MANY_RETURNED


@dataclass(frozen=True, repr=False)
class TrialPlan(Result):
    """How many customers each question needs, what the holdout costs, how long to watch.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per question, see `plan_trial`.
    holdout : pandas.DataFrame
        One row per share left untreated: ``share``, ``n``, ``forgone`` (money, negative where sending nothing is
        better), ``std_error`` of the best offer's incremental profit, ``smallest_difference`` that is found with the
        power asked for, ``planned``. Empty without organic return.
    follow_up : pandas.DataFrame
        One row per comparison and length of follow-up: ``question``, ``first``, ``second``, ``follow_up_months``,
        ``read_after_months``, ``share_of_value`` seen by then, ``difference`` within these months (of the first over
        the second), ``n_per_arm`` that finds it, and ``n_per_arm_full_horizon`` that finds the difference within the
        full horizon although some are cut off before it (missing where nobody is watched so long). Empty unless asked.
    arms : ProfitFigures
        Expected profit and its variance by arm, as assumed or as the pilot showed it.
    """

    frame: pd.DataFrame
    holdout: pd.DataFrame
    follow_up: pd.DataFrame
    arms: ProfitFigures = field(repr=False)
    asked: Asked = field(repr=False)
    split: Split  # customers per offer and untreated: those at hand, or as many as answer every question
    n_comparisons: int = 1
    horizon_months: float | None = None
    refusal: str = ""  # why the pilot's untreated are no fair yardstick
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "question": ("Question", "text"),
        "difference": ("Difference per customer", "money"),
        "n_per_arm": ("Customers per offer", "count"),
        "n_per_arm_high": ("If the spread is larger", "count"),
        "n_holdout": ("Left untreated", "count"),
        "n_clusters": ("Clusters per offer", "count"),
        "n_clusters_holdout": ("Clusters untreated", "count"),
        "n_customers": ("Customers in all", "count"),
        "chance_available": ("Chance with those at hand", "chance"),
        "loss_available": ("Largest expected loss with those at hand", "money"),
        "remark": ("Remark", "text"),
    }
    shown_holdout: ClassVar[Mapping[str, tuple[str, str]]] = {
        "share": ("Left untreated", "percent"),
        "n": ("Customers", "count"),
        "forgone": ("Profit forgone", "money"),
        "std_error": ("Standard error of incremental profit", "money"),
        "smallest_difference": ("Smallest difference found", "money"),
    }
    shown_follow_up: ClassVar[Mapping[str, tuple[str, str]]] = {
        "question": ("Question", "text"),
        "follow_up_months": ("Months watched", "text"),
        "read_after_months": ("Read after months", "text"),
        "share_of_value": ("Value seen", "percent"),
        "difference": ("Difference within it", "money"),
        "n_per_arm": ("Customers per offer", "count"),
        "n_per_arm_full_horizon": ("For the full horizon", "count"),
    }

    def describe(self) -> Sentences:
        """Say what the customers find or how many are needed, what the holdout costs, and what that rests on."""
        answer = next(iter([*_available(self, _telling(self.frame)), *_differences(self), *choice_lines(self)]))
        return Sentences.of([answer, next(_holdout(self)), next(_doubts(self))])

    def drawn(self, n: float, what: str = "") -> str:
        """Write so many customers, with the clusters they come in where these are drawn whole."""
        drawn = self.arms.drawn
        inside = drawn is not None and drawn.whole
        return f"{format_count(n)}{what}" + (f" in {format_count(drawn.clusters(n))} clusters" if inside else "")

    def what_to_do(self) -> Sentences:
        """Say what to do next: how many to draw for each offer, how many to leave without, and when to read it."""
        return Sentences.of([next_trial(self)])

    def details(self) -> Sentences:
        """Say every size, what the holdout tells, and what each length of follow-up shows."""
        said = set(self.describe().splitlines())
        sizes = [*_differences(self), *choice_lines(self), *_available(self, self.frame)]
        sizes += doing_alike(self.arms.drawn)
        lines = Sentences.of([*sizes, *_holdout(self), *_follow_up(self), *_doubts(self), READ_ONCE]).splitlines()
        return Sentences.of(line for line in lines if line not in said)

    def holdout_table(self) -> pd.DataFrame:
        """Return what the holdout costs and tells, rounded, as text."""
        return self.rounded(self.holdout, self.shown_holdout)

    def follow_up_table(self) -> pd.DataFrame:
        """Return what each length of follow-up needs, rounded, as text."""
        months = ["follow_up_months", "read_after_months"]
        at_once = self.follow_up[months[0]].equals(self.follow_up[months[1]])  # all offers went out together
        frame = self.follow_up.drop(columns=months[1:] if at_once else [])
        frame[months[: 2 - at_once]] = frame[months[: 2 - at_once]].map("{:.4g}".format)
        return self.rounded(frame, self.shown_follow_up)

    def show_holdout(self) -> Shown:
        """Return ``holdout_table()`` as a notebook shows it."""
        return Shown(self.holdout_table())

    def show_follow_up(self) -> Shown:
        """Return ``follow_up_table()`` as a notebook shows it."""
        return Shown(self.follow_up_table())


READ_ONCE = (
    "These sizes are for a trial that is read once, when it ends as planned: who reads it before and stops at the "
    "first offer that pays finds one too often where none does."
)


def _money(plan: TrialPlan, amount) -> str:
    return format_money(float(amount), plan.currency)


def _differences(plan: TrialPlan) -> Iterator[str]:
    rows = plan.frame[plan.frame["kind"] == "difference"]
    together = for_every_pair(plan)
    alone = "" if together is None else ", that pair judged alone"
    for row in _telling(rows).itertuples():
        customers = plan.drawn(row.n_per_arm, " customers per offer")
        untreated = f" and {plan.drawn(row.n_holdout)} left untreated" if row.second == NO_OFFER else ""
        yield (
            f"{row.first} against {row.second}: {customers}{untreated} find a "
            f"difference of {_money(plan, row.difference)} per customer, if it is there, with "
            f"{format_percent(plan.asked.power, 0)} power{alone}."
        )
    if len(rows) > 1:
        over = "1 comparison" if plan.n_comparisons == 1 else f"{plan.n_comparisons} comparisons"
        every = "Both" if len(rows) == 2 else f"All {len(rows)}"
        yield (
            f"{every} comparisons take {format_count(rows['n_per_arm'].max())} per offer; the "
            f"{format_percent(plan.asked.level, 0)} level is split over {over}."
        )
    if together is not None:
        n = plan.drawn(together, " per offer")
        yield f"All {n_pairs(plan)} pairs judged together, as a comparison of offers does it, take {n}."
    if len(rows):
        yield from leaning(rows, plan.asked, plan.n_comparisons, plan.arms.from_pilot)


def _telling(frame: pd.DataFrame) -> pd.DataFrame:
    """Return at most three comparisons, and what is no comparison: the leading pair, the hardest, that with no offer.

    Of those with no offer it is the one that takes the most customers.
    """
    rows = frame[frame["kind"] == "difference"]
    if len(rows) <= 3:
        return frame
    against_none = rows[rows["second"] == NO_OFFER]
    hardest = [each["n_per_arm"].idxmax() for each in (rows, against_none) if len(each)]
    others = frame.index[frame["kind"] != "difference"]
    return frame.loc[list(dict.fromkeys([rows.index[0], *hardest, *others]))]


def _available(plan: TrialPlan, rows: pd.DataFrame) -> Iterator[str]:
    """Say what the customers at hand can tell of some of the questions."""
    if plan.asked.n_available is None:
        return
    rows = rows[rows["chance_available"].notna()]
    each = [f"{row.question} {format_chance(row.chance_available)}" for row in rows.itertuples()]
    customers = plan.drawn(plan.asked.n_available, " customers")
    yield f"With the {customers} at hand the chances are: {join_words(each)}."
    loss = plan.frame["loss_available"].dropna()
    if len(loss):
        yield f"They lose at most {_money(plan, loss.iloc[0])} per customer on average by the choice of the best."


def _holdout(plan: TrialPlan) -> Iterator[str]:
    if not plan.arms.has_untreated:
        yield (
            "No holdout is planned: without untreated customers it stays unknown how many would have returned "
            "anyway, so no incremental figure is identified, and differences between offers are all that is found."
        )
        return
    row = next(plan.holdout[plan.holdout["planned"]].itertuples())
    if row.n == 0:
        yield "No holdout is planned: without it no incremental figure is identified."
        return
    best, total = plan.arms.names[0], format_count(plan.split.n_customers)
    if row.forgone > 0:
        says = f"forgoes {_forgone(plan, row, 1)}, what {best} is expected to add for them"
    else:
        saved = _forgone(plan, row, -1)
        says = f"saves {saved}, since even the best offer, {best}, is expected to lose money"
    says += ", if they are like the pilot's" if plan.arms.from_pilot else ", if the assumed figures are right"
    yield (
        f"A holdout of {format_count(row.n)} of {total} customers ({format_percent(row.share)}) {says}; without it no "
        "incremental figure is identified."
    )
    yield (
        f"It gives the incremental profit of {best} a standard error of {_money(plan, row.std_error)} per customer and "
        f"finds {_money(plan, row.smallest_difference)} with {format_percent(plan.asked.power, 0)} power."
    )


def _forgone(plan: TrialPlan, row, sign: int) -> str:
    """Write what a holdout forgoes (1) or saves (-1), with its interval where a pilot gives one."""
    if not plan.arms.from_pilot:
        return _money(plan, sign * row.forgone)
    ends = sorted((sign * row.forgone_low, sign * row.forgone_high))
    return money_interval(sign * row.forgone, *ends, plan.currency)


def _follow_up(plan: TrialPlan) -> Iterator[str]:
    if plan.follow_up.empty:
        return
    first = plan.follow_up["question"].iloc[0]
    for row in plan.follow_up[plan.follow_up["question"] == first].itertuples():
        yield (
            f"Watched for {row.follow_up_months:.4g} months, read after {row.read_after_months:.4g}: "
            f"{format_percent(row.share_of_value, 0)} of the value within {plan.horizon_months:.4g} months is seen; "
            f"{_gap(plan, row)}{_full(plan, row)}."
        )
    if plan.follow_up["follow_up_months"].min() < plan.horizon_months:
        yield (
            "A shorter follow-up measures another, smaller quantity: costs are there from the start and value is not, "
            "and an offer whose customers stay longer looks worse in it than it is."
        )


def _gap(plan: TrialPlan, row) -> str:
    if not np.isfinite(row.n_per_arm):
        return f"{row.first} and {row.second} then earn the same"
    ahead, behind = (row.first, row.second) if row.difference > 0 else (row.second, row.first)
    return (
        f"{ahead} then leads {behind} by {_money(plan, abs(row.difference))}, found with "
        f"{format_count(row.n_per_arm)} per offer"
    )


def _full(plan: TrialPlan, row) -> str:
    if row.follow_up_months >= plan.horizon_months:
        return ""
    if np.isfinite(row.n_per_arm_full_horizon):
        return f"; the difference over the full horizon takes {format_count(row.n_per_arm_full_horizon)}"
    return "; nobody is watched through the horizon, so the full difference cannot be measured"


def _doubts(plan: TrialPlan) -> Iterator[str]:
    """Say what the sizes rest on, what matters most first."""
    rows = plan.frame[plan.frame["kind"] == "difference"]
    few = rows[rows["n_returned"] < FEW_RETURNED]
    if plan.refusal and not plan.arms.has_untreated:
        yield f"The pilot's untreated are no fair yardstick: {plan.refusal}"
    if len(few):
        yield (
            f"Caution: in an arm of {join_words(few['question'])} fewer than {FEW_RETURNED} would return, and so small "
            f"a size cannot be relied on: take so many that {FEW_RETURNED} return, better {MANY_RETURNED}."
        )
    at_hand = plan.split if plan.asked.n_available is not None else None
    yield from too_few_clusters(plan.frame, plan.arms.drawn, at_hand)
    if not rows.empty:
        yield from too_skewed(rows)
    if not plan.arms.from_pilot:
        yield "The sizes are as good as the assumed figures; they grow with the square of value_variation."
        return
    if plan.asked.difference is None:
        yield (
            "The differences planned for are the pilot's own, and as uncertain as the pilot, the leader's likely too "
            "large: plan for the smallest that would change the decision instead."
        )
    row = plan.frame.iloc[0] if rows.empty else rows.iloc[0]
    yield (
        f"The pilot knows the spread of profit only roughly: at the upper end of its interval {row['question']} takes "
        f"{format_count(row['n_per_arm_high'])} per offer, not {format_count(row['n_per_arm'])}."
    )
