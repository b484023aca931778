"""How does a plan show itself? Who gets what, what it costs and gains, and what a little more room would earn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from winback.budgets.assigned import CONTACTED, NOT_WORTH, OUT_OF_REACH, words_of_prices, words_of_standing
from winback.budgets.choices import FAIR, Choices
from winback.budgets.limits import BUDGET, Limits
from winback.budgets.measured import Measured, Scored, measuring_trial
from winback.budgets.solution import budget_curve
from winback.budgets.whole import HANDFUL
from winback.doors import door
from winback.money import format_alike, format_money
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.tables import NO_OFFER
from winback.trial.trial import Trial

MOST_POINTS = 10_000  # more than a figure can show


@dataclass(frozen=True, repr=False, kw_only=True)
class BudgetPlan(Result):
    """Who gets which offer within the limits, see `allocate_budget`.

    Profits are incremental where it is known or assumed what customers bring without an offer, else gross; columns are
    named by that: ``{kind}`` stands for either.

    Attributes
    ----------
    assignments : pandas.DataFrame
        One row per customer: ``customer_id``, ``offer`` (or ``none``), ``cost``, ``{kind}_profit`` over leaving the
        customer alone (with ``_low``, ``_high`` under an interval of organic returns), ``expected_profit`` of the
        choice (missing where nothing is known without an offer), and ``standing``: contacted, not worth a contact
        (no offer gains anything), or beyond the limits. Money.
    frame : pandas.DataFrame
        One row per offer: ``offer``, ``n``, ``share`` of customers, ``cost_total``, ``cost_per_customer``,
        ``{kind}_profit_total``, ``{kind}_profit`` per contact, ``{kind}_roi`` (profit per unit of cost).
    prices : pandas.DataFrame
        One row per limit: ``limit``, ``offer``, ``bound``, ``used`` and ``price``, the gain of one more unit (of money
        or of customers) of room; 0 where the limit does not bind.
    optimum : float
        Gain of the exact optimum, which may split customers at the margin, in money.
    n_split : int
        Customers whom the exact optimum would split.
    measured : Measured or None
        The plan's gain in a trial, see `measure`.
    """

    assignments: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    optimum: float
    n_split: int
    choices: Choices = field(repr=False)
    limits: Limits = field(repr=False)
    currency: str = "$"
    measured: Measured | None = None

    @property
    def kind(self) -> str:
        """Whether profits are incremental or gross."""
        return self.choices.kind

    @property
    def shown(self) -> Mapping[str, tuple[str, str]]:
        """Columns for readers."""
        kind = self.kind
        return {
            "offer": ("Offer", "text"),
            "n": ("Customers", "count"),
            "share": ("Share", "percent"),
            "cost_total": ("Expected cost", "money"),
            f"{kind}_profit_total": (f"Predicted {kind} profit", "money"),
            f"{kind}_profit": (f"{kind.capitalize()} profit per contact", "money"),
            f"{kind}_roi": (f"{kind.capitalize()} ROI", "percent0"),
        }

    @property
    def n(self) -> int:
        """Customers to choose from."""
        return len(self.assignments)

    @property
    def n_contacted(self) -> int:
        """Customers who get an offer."""
        return int((self.assignments["standing"] == CONTACTED).sum())

    @property
    def n_not_worth(self) -> int:
        """Customers left alone because no offer gains anything."""
        return int((self.assignments["standing"] == NOT_WORTH).sum())

    @property
    def n_out_of_reach(self) -> int:
        """Customers left alone who would gain, but for the limits."""
        return int((self.assignments["standing"] == OUT_OF_REACH).sum())

    @property
    def cost_total(self) -> float:
        """Expected cost of the plan, in money."""
        return float(self.assignments["cost"].sum())

    @property
    def profit_total(self) -> float:
        """Predicted gain of the plan, net of cost, in money; see ``kind``."""
        return float(self.assignments[f"{self.kind}_profit"].sum())

    @property
    def price_of_money(self) -> float:
        """Gain of the next unit of money, net of that unit; 0 when the budget does not bind or there is none."""
        return float(self.prices.loc[self.prices["limit"] == BUDGET, "price"].sum())

    @property
    def break_even_profit(self) -> float:
        """What a contacted customer would have to bring without an offer for the plan to gain nothing, in money."""
        sent = self.assignments["standing"] == CONTACTED
        return float(self.assignments.loc[sent, "expected_profit"].mean()) if sent.any() else np.nan

    @property
    def break_even_organic(self) -> float:
        """Organic return at which the whole plan gains nothing; missing where an organic returner has no value."""
        value = self.choices.alone.value
        return np.nan if value is None else self.break_even_profit / value

    @property
    def n_doubtful(self) -> int:
        """Contacted customers who gain nothing at the high end of the assumed organic return."""
        low = self.assignments.get(f"{self.kind}_profit_low")
        return 0 if low is None else int(((low <= 0) & (self.assignments["standing"] == CONTACTED)).sum())

    @door
    def curve(self, n_points: int | None = None) -> pd.DataFrame:
        """Return gain and price over budgets, other limits as they are, see `winback.budgets.solution`."""
        if n_points is not None and not 1 <= n_points <= MOST_POINTS:
            raise ValueError(f"n_points must lie from 1 to {MOST_POINTS:,}; got {n_points!r}.")
        return budget_curve(self.choices, self.limits, n_points)

    @door
    def measure(self, trial: Trial | None = None, *, level: float = 0.95) -> BudgetPlan:
        """Measure the plan's gain in a trial of its customers, and let the plan say it, see `winback.budgets.measured`.

        It is honest only if the values behind the plan were made from other customers (`hold_out`). ``trial`` is by
        default the one that the plan's values were made under; another must be under the same terms. A plan made from a
        frame remembers none, and says under which terms it was measured. ``level`` is that of the interval.

        Raises
        ------
        ValueError
            When the trial's terms are others than those of the values, none of the plan's customers was in it, an
            offer of the plan was not tried, or the plan is compared with no offer and the trial left nobody without one
            at random.

        Examples
        --------
        >>> import winback as wb
        >>> fit_on, judge_by = wb.hold_out(wb.load_telecom_study().trial, 0.5)
        >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
        >>> plan = wb.allocate_budget(wb.second_lifetime_value(fit, judge_by), budget=400_000).measure()
        >>> plan.measured.low < plan.measured.total < plan.profit_total
        True
        """
        scored = Scored.by(self.choices, measuring_trial("the plan", self.choices, trial), "profit", level)
        chosen = pd.Index([NO_OFFER, *self.choices.offers]).get_indexer(self.assignments["offer"])
        return replace(self, measured=scored.total(scored.each(chosen)))

    def describe(self) -> Sentences:
        """Say who gets what, what that costs and gains, and how sure that is."""
        return Sentences.of([_who(self), *_what_it_gains(self), _how_sure(self)])

    def details(self) -> Sentences:
        """Say what more room would earn, whom to leave alone, and what the gain rests on."""
        lines = [*words_of_prices(self.prices, self.currency), *words_of_standing(self.assignments, self.kind)]
        if self.choices.n_set_aside:
            lines.append(f"{counted(self.choices.n_set_aside, 'customers who were not eligible', 'are')} left out.")
        lines += _organic(self)
        if self.n_split:
            who = "one customer" if self.n_split == 1 else f"{format_count(self.n_split)} customers"
            best = "the plan is the best there is for whole customers"
            near = "the plan, for whole customers, gives them only what still fits, or nothing"
            lines.append(
                f"The exact optimum, {format_money(self.optimum, self.currency)}, would split {who} at the margin; "
                f"{best if len(self.choices.gains) <= HANDFUL else near}."
            )
        return Sentences.of(lines)


IF_RIGHT = ", if the predictions are right (no interval before it is measured)"


def _who(plan: BudgetPlan) -> str:
    chosen = plan.frame[plan.frame["n"] > 0]
    if len(chosen) == 0:
        why = "no offer gains anything for anybody" if plan.n_not_worth == plan.n else "the limits reach nobody"
        return f"Contact nobody: {why}."
    mix = join_words(f"{row.offer} to {format_count(row.n)}" for row in chosen.itertuples())
    return f"Contact {format_count(plan.n_contacted)} of {counted(plan.n, 'customers')}: {mix}."


def _what_it_gains(plan: BudgetPlan) -> Iterator[str]:
    """Say what the plan gains: as measured where it was, with what was predicted beside it."""
    if not plan.n_contacted:
        return
    costs = f"That costs {format_money(plan.cost_total, plan.currency)} (expected)"
    predicted, found = format_money(plan.profit_total, plan.currency), plan.measured
    if found is None and plan.kind == "gross":
        unknown = "what these customers would bring without an offer is unknown and not taken off"
        yield f"{costs} and is predicted to earn {predicted} net of that cost{IF_RIGHT}, gross: {unknown}."
    elif found is None:
        yield f"{costs} and is predicted to gain {predicted} net of that cost over leaving everybody alone{IF_RIGHT}."
    else:
        total, low, high = format_alike((found.total, found.low, found.high), plan.currency)
        share = f", if all {format_count(plan.n)} customers are like the {format_count(found.n)} of them who were in it"
        share = "" if found.n == plan.n else share
        terms = f", {found.terms}" if found.terms else ""
        yield (
            f"{costs}; in the trial these choices gain {total} in all [{low}, {high}] ({plan.kind}{terms}){share}; "
            f"predicted were {predicted}."
        )


def _how_sure(plan: BudgetPlan) -> str:
    assumed = plan.choices.alone.assumed
    if plan.measured is not None:
        rests = f"; it rests on {assumed}, at its middle" if assumed else ""
        return f"That is {FAIR[plan.choices.unseen]}{rests}."
    rest = f" and rest on {assumed}" if assumed else ""
    return (
        f"All gains are predicted by what also chose the customers{rest}, so they are likely too high: try the plan on "
        "customers who did not shape it before you count on them."
    )


def _organic(plan: BudgetPlan) -> Iterator[str]:
    low, high = (plan.frame.get(f"{plan.kind}_profit_total_{end}") for end in ("low", "high"))
    if low is not None and plan.n_contacted:
        ends = format_alike((low.sum(), high.sum()), plan.currency)
        yield (
            f"At the high end of {plan.choices.alone.assumed} the plan is predicted to gain {ends[0]}, at its low end "
            f"{ends[1]}; at the high end {format_count(plan.n_doubtful)} of those contacted are not worth it."
        )
    if plan.choices.alone.is_known or not plan.n_contacted:
        return
    even = format_money(plan.break_even_profit, plan.currency)
    yield f"The plan gains only if the customers contacted would bring less than {even} each without an offer."
    if np.isfinite(plan.break_even_organic):
        value = format_money(plan.choices.alone.value, plan.currency)
        share = format_percent(plan.break_even_organic)
        at_all = " (it gains at any organic return)" if plan.break_even_organic > 1 else ""
        yield f"At {value} per organic returner that is an organic return of {share}{at_all}."
