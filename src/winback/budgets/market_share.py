"""What does market share cost? The most profit for every number of customers regained: `profit_share_frontier`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.budgets.choices import TABLE, Choices, read_choices
from winback.budgets.frontier import ProfitShareFrontier
from winback.budgets.hull import HullWalk, walk_hull
from winback.doors import door
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import NO_OFFER, HasTables, ProblemList
from winback.terms.catalog import Offer, OfferCatalog

N_POINTS = 51


@door
def profit_share_frontier(
    values: SecondLifetimeValues | pd.DataFrame,
    offers: OfferCatalog | Iterable[Offer] | None = None,
    *,
    chances: pd.DataFrame | None = None,
    customers: pd.DataFrame | HasTables | None = None,
) -> ProfitShareFrontier:
    r"""Trace what a firm gives up that buys market share: the most profit for every number of customers regained.

    .. math:: \max_x \sum_{ik} (\pi_{ik} + \theta \, p_{ik}) x_{ik}, \qquad \sum_k x_{ik} = 1

    for every worth :math:`\theta \ge 0` of a customer regained beyond the profit they bring, with expected profit
    :math:`\pi` and chance of return :math:`p`, both less those without an offer. The choices that are best for some
    :math:`\theta` are exact; there is no limit on money. At :math:`\theta = 0` profit is largest; along the way
    :math:`\theta` is the price of the next customer; at the end everybody gets what regains them most likely.

    Parameters
    ----------
    values, offers, customers
        As in `allocate_budget`; costs are not needed, since profits are net of them.
    chances : pandas.DataFrame, optional
        Chances of return, of the shape of the values; by default those of `second_lifetime_value`.

    Returns
    -------
    ProfitShareFrontier
        Customers and profit over leaving everybody alone where ``none`` is known or an organic return is assumed, else
        gross; ``measure()`` says what a trial shows at every point.

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
    choices = read_choices(values, offers, customers, problems, needs="chances", beside=chances)
    problems.raise_if_any()
    walk = _walk(choices)
    last = 0.0 if len(walk.slope) == 0 else -float(walk.slope[-1])
    steps = _points(walk)
    found = {"frame": _frame(choices, walk, steps), "price_of_last": last, "currency": choices.currency}
    return ProfitShareFrontier(choices=choices, walk=walk, steps=steps, **found)


def _walk(choices: Choices) -> HullWalk:
    """Return the steps from the most profitable choices to those that regain most."""
    nothing = np.zeros((len(choices.profits), 1))
    chance = np.hstack([nothing, choices.chances - choices.alone.chances[:, None]])
    profit = np.hstack([nothing, choices.gains])
    tied = np.where(profit >= profit.max(axis=1)[:, None], chance, -np.inf)
    return walk_hull(chance, profit, tied.argmax(axis=1), least_slope=-np.inf)


def _points(walk: HullWalk) -> np.ndarray:
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
