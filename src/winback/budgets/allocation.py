"""Who gets which offer when the budget is short? The plan that gains most within its limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from winback.budgets.assigned import assigned, by_limit, by_offer
from winback.budgets.choices import TABLE, read_choices
from winback.budgets.limits import check_within_reach, read_limits
from winback.budgets.plan import BudgetPlan
from winback.budgets.solution import solve
from winback.doors import door_of_settings
from winback.second_lifetime.valuation import SecondLifetimeValues
from winback.tables import HasTables, ProblemList
from winback.terms.catalog import Offer, OfferCatalog


@door_of_settings
def allocate_budget(
    values: SecondLifetimeValues | pd.DataFrame,
    offers: OfferCatalog | Iterable[Offer] | None = None,
    *,
    budget: float | None = None,
    max_customers: int | None = None,
    caps: Mapping[str, int | tuple[int | None, int | None]] | None = None,
    costs: pd.DataFrame | Mapping[str, float] | None = None,
    customers: pd.DataFrame | HasTables | None = None,
) -> BudgetPlan:
    r"""Choose an offer or none for every customer, so that the predicted gain is largest within the limits.

    .. math:: \max_x \sum_{ik} g_{ik} x_{ik} \quad \text{s.t.} \quad \sum_k x_{ik} \le 1, \;
              \sum_{ik} c_{ik} x_{ik} \le B, \; \sum_{ik} x_{ik} \le M, \; l_k \le \sum_i x_{ik} \le u_k

    with gain :math:`g_{ik}`, the expected profit under offer k less that without an offer, and expected cost
    :math:`c_{ik}`. The optimum is exact (a linear programme, see [1]_ for a single budget) and may split a few
    customers at the margin, at most one per limit. The plan is for whole customers: the best of all up to 50 customers;
    beyond, it leaves the split one out, or gives them the best choice that still fits where there are several limits,
    and is never below the best single contact [2]_. The price of a limit is what a little
    more room in it earns. All gains are predictions by whatever made the values.

    Parameters
    ----------
    values : SecondLifetimeValues or pandas.DataFrame
        From `second_lifetime_value`: the plan keeps the trial whose offers and terms they were made under; customers
        who are not eligible are left out and counted. Or a frame of expected profits net of cost, in money: one row per
        customer (index ``customer_id``), one column per offer, and ``none`` where profit without an offer is known.
    offers : OfferCatalog or list of Offer, optional
        Of a frame: costs paid per contact, the currency, the names that may be columns, and an assumed organic return
        with its value, where there is no ``none``. Gains are then incremental, taken at the middle of an interval of
        returns and shown at both ends.
    budget : float, optional
        Most expected cost, in money.
    max_customers : int, optional
        Most contacts.
    caps : mapping, optional
        Offer -> at most how many, or (at least, at most); None leaves an end open.
    costs : pandas.DataFrame or mapping, optional
        Expected costs of the same shape, or offer -> money. By default those of the values, or of offers all paid per
        contact.
    customers : pandas.DataFrame or Trial, optional
        Of a frame: table with ``customer_id`` and the column of segments, where organic return is assumed by segment.

    Raises
    ------
    TableError
        Listing everything that is wrong with the frames and the limits, or limits that cannot be met together.

    References
    ----------
    .. [1] Sinha, P. and Zoltners, A. A. (1979). The multiple-choice knapsack problem. Operations Research 27(3).
    .. [2] Martello, S. and Toth, P. (1990). Knapsack Problems. Wiley.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> profit = pd.DataFrame({"call": [9.0, 2.0, -1.0], "visit": [15.0, 3.0, 1.0], "none": [1.0, 1.0, 2.0]},
    ...                       index=["Ann", "Bob", "Cy"])
    >>> plan = wb.allocate_budget(profit, costs={"call": 2, "visit": 10}, budget=10)
    >>> plan.assignments["offer"].tolist(), plan.price_of_money
    (['visit', 'none', 'none'], 0.5)
    """
    problems = ProblemList(TABLE, pd.DataFrame())
    choices = read_choices(values, offers, customers, problems, needs="costs", beside=costs)
    names = choices.offers if choices is not None else offer_columns(values)
    limits = read_limits(names, budget, max_customers, caps, problems)
    if choices is not None and not problems.found:
        check_within_reach(limits, choices.costs, choices.offers, choices.currency, problems)
    problems.raise_if_any()
    solution = solve(choices, limits)
    if solution is None:
        problems.add("caps", "cannot be met together with the other limits", "Lower an at-least, or raise a limit.")
        problems.raise_if_any()
    assignments = assigned(choices, solution.chosen)
    frame = by_offer(assignments, choices, solution.chosen)
    prices = by_limit(limits, float(assignments["cost"].sum()), frame["n"].to_numpy(), np.asarray(solution.prices))
    tables = {"assignments": assignments, "frame": frame, "prices": prices}
    found = {"optimum": solution.optimum, "n_split": solution.n_split, "currency": choices.currency}
    return BudgetPlan(**tables, choices=choices, limits=limits, **found)


def offer_columns(values) -> tuple[str, ...]:
    """Return the names of the offers in values that have other problems."""
    frame = values.net_values if isinstance(values, SecondLifetimeValues) else values
    return tuple(str(name) for name in frame.columns if str(name) not in ("none", "customer_id"))
