"""What does market share cost? Profit against customers regained, and the price of one more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from winback.budgets.choices import TABLE, Choices, read_choices
from winback.budgets.hull import HullWalk, walk_hull
from winback.results import Result, Sentences
from winback.tables import NO_OFFER, ProblemList
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.organic import Organic

N_POINTS = 51


@dataclass(frozen=True, repr=False, kw_only=True)
class ProfitShareFrontier(Result):
    """Profit against customers regained, see `profit_share_frontier`.

    Attributes
    ----------
    frame : pandas.DataFrame
        From most profit to most customers, 51 points or all corners where there are fewer: ``n_regained`` (expected),
        ``{kind}_profit_total`` in money, ``price_of_next_customer`` (profit given up for one customer more, in money;
        missing at the end), ``share_contacted``, and ``share_<offer>`` of customers, also ``share_none``.
    price_of_last : float
        Profit given up for the last customer regained, in money.
    choices : Choices
    walk, steps
        The steps from most profit to most customers, and how many of them each row of the frame has taken.
    measured_ends : mapping or None
        Between the two ends as measured, see `measure_frontier`: ``regained`` more and ``profit`` less, each with low
        and high.
    """

    frame: pd.DataFrame = field(repr=False)
    price_of_last: float
    choices: Choices = field(repr=False)
    walk: HullWalk = field(repr=False)
    steps: np.ndarray = field(repr=False)
    measured_ends: Mapping[str, tuple[float, float, float]] | None = None
    currency: str = "$"

    @property
    def kind(self) -> str:
        """Whether profit and customers are incremental or gross."""
        return self.choices.kind

    @property
    def profit_column(self) -> str:
        """Name of the column of profit."""
        return f"{self.kind}_profit_total"

    @property
    def shown(self) -> Mapping[str, tuple[str, str]]:
        """Columns for readers."""
        return {
            "n_regained": (f"Customers regained ({self.kind})", "count"),
            self.profit_column: (f"Expected {self.kind} profit", "money"),
            "measured_regained": ("Regained, measured", "count"),
            "measured_profit_total": ("Profit, measured", "money"),
            "price_of_next_customer": ("Price of the next customer", "money"),
            "share_contacted": ("Contacted", "percent"),
            **{f"share_{offer}": (offer, "percent") for offer in self.choices.offers},
        }

    def table(self) -> pd.DataFrame:
        """Return about seven points of the frontier, rounded."""
        rows = np.unique(np.linspace(0, len(self.frame) - 1, 7).round().astype(int))
        return self.rounded(self.frame.iloc[rows])

    def describe(self) -> Sentences:
        """Say where profit is largest, where customers are most, and what the last one costs."""
        from winback.budgets.wording import describe_frontier

        return describe_frontier(self)


def profit_share_frontier(
    values,
    offers: OfferCatalog | Iterable[Offer] | None = None,
    *,
    chances: pd.DataFrame | None = None,
    organic: Organic | None = None,
    organic_value: float | None = None,
    customers: pd.DataFrame | None = None,
    currency: str | None = None,
) -> ProfitShareFrontier:
    r"""Trace what a firm gives up that buys market share: the most profit for every number of customers regained.

    .. math:: \max_x \sum_{ik} (\pi_{ik} + \theta \, p_{ik}) x_{ik}, \qquad \sum_k x_{ik} = 1

    for every worth :math:`\theta \ge 0` of a customer regained beyond the profit they bring, with expected profit
    :math:`\pi` and chance of return :math:`p`, both less those without an offer. The choices that are best for some
    :math:`\theta` are exact; there is no limit on money. At :math:`\theta = 0` profit is largest; along the way
    :math:`\theta` is the price of the next customer; at the end everybody gets what regains them most likely.

    Parameters
    ----------
    values, offers, organic, organic_value, customers, currency
        As in `allocate_budget`; costs are not needed, since profits are net of them.
    chances : pandas.DataFrame, optional
        Chances of return, of the shape of the values; by default those of `second_lifetime_value`.

    Returns
    -------
    ProfitShareFrontier
        Customers and profit over leaving everybody alone where ``none`` is known or ``organic`` assumed, else gross.

    Raises
    ------
    TableError
        Listing everything that is wrong with the frames.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> profit = pd.DataFrame({"upgrade": [90.0, 20.0], "bundle": [80.0, -5.0], "none": [10.0, 10.0]})
    >>> chance = pd.DataFrame({"upgrade": [0.4, 0.2], "bundle": [0.5, 0.3], "none": [0.1, 0.1]})
    >>> frontier = wb.profit_share_frontier(profit, chances=chance)
    >>> frontier.frame["incremental_profit_total"].tolist()[0], round(frontier.price_of_last)
    (90.0, 250)
    """
    problems = ProblemList(TABLE, pd.DataFrame())
    assumed = {"organic": organic, "organic_value": organic_value, "customers": customers, "currency": currency}
    choices = read_choices(values, offers, problems, chances=chances, needs="chances", **assumed)
    problems.raise_if_any()
    walk = _walk(choices)
    price = 0.0 if len(walk.slope) == 0 else -float(walk.slope[-1])
    steps = _points(walk)
    return ProfitShareFrontier(
        frame=_frame(choices, walk, steps),
        price_of_last=price,
        choices=choices,
        walk=walk,
        steps=steps,
        currency=choices.currency,
    )


def _walk(choices) -> HullWalk:
    """Return the steps from the most profitable choices to those that regain most."""
    nothing = np.zeros((len(choices.profits), 1))
    chance = np.hstack([nothing, choices.chances - choices.chances_alone[:, None]])
    profit = np.hstack([nothing, choices.gains])
    tied = np.where(profit >= profit.max(axis=1)[:, None], chance, -np.inf)
    return walk_hull(chance, profit, tied.argmax(axis=1), least_slope=-np.inf)


def _points(walk) -> np.ndarray:
    """Return the numbers of steps to show: all where there are few, else evenly spread over the customers regained."""
    n_steps = len(walk.slope)
    aims = np.linspace(walk.x_after[0], walk.x_after[-1], N_POINTS)
    spread = [walk.steps_within(aim) for aim in aims] if n_steps > N_POINTS else range(n_steps)
    return np.unique([0, *spread, n_steps])


def _frame(choices, walk, steps) -> pd.DataFrame:
    shares = walk.counts_after(steps, len(choices.offers) + 1) / len(choices.profits)
    prices = np.append(-walk.slope, np.nan)[steps]
    columns = {
        "n_regained": walk.x_after[steps],
        f"{choices.kind}_profit_total": walk.y_after[steps],
        "price_of_next_customer": prices + 0.0,
        "share_contacted": 1.0 - shares[:, 0],
        **{f"share_{offer}": shares[:, place] for place, offer in enumerate(choices.offers, start=1)},
        f"share_{NO_OFFER}": shares[:, 0],
    }
    return pd.DataFrame(columns)
