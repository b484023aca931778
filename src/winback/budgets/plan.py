"""How does a plan show itself? Who gets what, what it costs and gains, and what a little more room would earn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.budgets.choices import Choices
from winback.budgets.curve import budget_curve
from winback.budgets.limits import AT_LEAST, BUDGET, Limits
from winback.budgets.solution import Solution
from winback.results import Result, Sentences
from winback.tables import NO_OFFER

CONTACTED, NOT_WORTH, OUT_OF_REACH = "contacted", "not worth a contact", "beyond the limits"


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
    choices, limits
        What was chosen from, and within which limits.
    honest : str or None
        What the plan's gain is by data that did not choose it, as a sentence; None: not measured.
    """

    assignments: pd.DataFrame = field(repr=False)
    frame: pd.DataFrame = field(repr=False)
    prices: pd.DataFrame = field(repr=False)
    optimum: float
    n_split: int
    choices: Choices = field(repr=False)
    limits: Limits = field(repr=False)
    currency: str = "$"
    honest: str | None = None

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

    prices_shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "limit": ("Limit", "text"),
        "offer": ("Offer", "text"),
        "bound": ("Bound", "number"),
        "used": ("Used", "number"),
        "price": ("One more earns", "money"),
    }

    @cached_property
    def _standing(self) -> pd.Series:
        return self.assignments["standing"].value_counts()

    @property
    def n(self) -> int:
        """Customers to choose from."""
        return len(self.assignments)

    @property
    def n_contacted(self) -> int:
        """Customers who get an offer."""
        return int(self._standing.get(CONTACTED, 0))

    @property
    def n_not_worth(self) -> int:
        """Customers left alone because no offer gains anything."""
        return int(self._standing.get(NOT_WORTH, 0))

    @property
    def n_out_of_reach(self) -> int:
        """Customers left alone who would gain, but for the limits."""
        return int(self._standing.get(OUT_OF_REACH, 0))

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
        value = self.choices.value_alone
        return np.nan if value is None else self.break_even_profit / value

    @property
    def n_doubtful(self) -> int:
        """Contacted customers who gain nothing at the high end of the assumed organic return."""
        low = self.assignments.get(f"{self.kind}_profit_low")
        return 0 if low is None else int(((low <= 0) & (self.assignments["standing"] == CONTACTED)).sum())

    def curve(self, n_points: int | None = None) -> pd.DataFrame:
        """Return gain and price over budgets, other limits as they are, see `winback.budgets.curve`."""
        return budget_curve(self.choices, self.limits, n_points)

    def describe(self) -> Sentences:
        """Say who gets what, what it gains, what more room would earn, and whom to leave alone."""
        from winback.budgets.wording import describe_plan

        return describe_plan(self)


def as_plan(choices: Choices, limits: Limits, solution: Solution) -> BudgetPlan:
    """Write a solution as a plan."""
    assignments = _assignments(choices, solution.chosen)
    frame = _by_offer(assignments, choices, solution.chosen)
    used = limits.used(assignments["cost"].sum(), frame["n"].to_numpy())
    sign = np.array([-1.0 if name == AT_LEAST else 1.0 for name in limits.names])
    prices = {"limit": list(limits.names), "offer": list(limits.offers), "bound": sign * limits.bounds}
    return BudgetPlan(
        assignments=assignments,
        frame=frame,
        prices=pd.DataFrame(prices | {"used": sign * used, "price": solution.prices}),
        optimum=solution.optimum,
        n_split=solution.n_split,
        choices=choices,
        limits=limits,
        currency=choices.currency,
    )


def _assignments(choices, chosen) -> pd.DataFrame:
    rows = np.arange(len(chosen))
    sent, place = chosen > 0, np.maximum(chosen - 1, 0)
    kind, alone = choices.kind, choices.left_alone
    profit = choices.profits[rows, place]
    unsent = alone[:, 1] if kind == "incremental" else np.nan
    standing = np.where(choices.gains.max(axis=1) > 0, OUT_OF_REACH, NOT_WORTH)
    columns = {
        "customer_id": choices.customer_ids,
        "offer": np.array([NO_OFFER, *choices.offers], dtype=object)[chosen],
        "cost": np.where(sent, choices.costs[rows, place], 0.0),
        f"{kind}_profit": np.where(sent, choices.gains[rows, place], 0.0),
        "expected_profit": np.where(sent, profit, unsent),
        "standing": np.where(sent, CONTACTED, standing).astype(object),
    }
    if (alone[:, 0] != alone[:, 2]).any():
        columns[f"{kind}_profit_low"] = np.where(sent, profit - alone[:, 2], 0.0)
        columns[f"{kind}_profit_high"] = np.where(sent, profit - alone[:, 0], 0.0)
    return pd.DataFrame(columns)


def _by_offer(assignments, choices, chosen) -> pd.DataFrame:
    kind, k = choices.kind, len(choices.offers)

    def total(name) -> np.ndarray:
        return np.bincount(chosen, assignments[name].to_numpy(), minlength=k + 1)[1:]

    n = np.bincount(chosen, minlength=k + 1)[1:]
    cost, profit = total("cost"), total(f"{kind}_profit")
    ends = [f"{kind}_profit{end}" for end in ("_low", "_high") if f"{kind}_profit{end}" in assignments]
    return pd.DataFrame(
        {
            "offer": list(choices.offers),
            "n": n,
            "share": n / len(chosen),
            "cost_total": cost,
            "cost_per_customer": _ratio(cost, n),
            f"{kind}_profit_total": profit,
            **{name.replace("_profit", "_profit_total"): total(name) for name in ends},
            f"{kind}_profit": _ratio(profit, n),
            f"{kind}_roi": _ratio(profit, cost),
        }
    )


def _ratio(above, below) -> np.ndarray:
    """Return above / below, missing where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
