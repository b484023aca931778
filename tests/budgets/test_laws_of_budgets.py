"""Do plans and frontiers obey the laws of every estimator?"""

import laws
import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from laws import Estimator

import winback as wb

OFFERS = ["discount", "upgrade", "bundle", "none"]
PROFITS, COSTS, CHANCES = ([f"{kind}_{name}" for name in OFFERS] for kind in ("profit", "cost", "chance"))


def customers(rng, n=60):
    """Draw customers with profit, cost and chance under each offer side by side."""
    table = pd.DataFrame({"customer_id": rng.permutation(n)})
    table[PROFITS], table[COSTS] = rng.normal(20, 30, (n, 4)), rng.gamma(2, 10, (n, 4))
    table[CHANCES] = rng.uniform(0, 1, (n, 4))
    return table.assign(cost_none=0.0)


def frame_of(table, columns):
    return table.set_index("customer_id")[columns].set_axis(OFFERS, axis=1)


def planned(table, **limits):
    return wb.allocate_budget(frame_of(table, PROFITS), costs=frame_of(table, COSTS), **limits)


def one_budget(table, money):
    plan = planned(table, budget=8 * money * len(table))
    return plan.prices[["price"]].assign(optimum=plan.optimum)


def several_limits(table, money):
    n = len(table)
    plan = planned(table, budget=3 * money * n, max_customers=n // 4, caps={"discount": (n // 10, n)})
    return plan.prices[["price"]].iloc[:1].assign(optimum=plan.optimum)


def unlimited(table, _):
    return planned(table).frame.set_index("offer")


def frontier(table, _):
    found = wb.profit_share_frontier(frame_of(table, PROFITS), chances=frame_of(table, CHANCES))
    ends = found.frame.iloc[[0, -1]][["n_regained", "incremental_profit_total", "share_contacted"]]
    return ends.assign(last_price=found.price_of_last).reset_index(drop=True)


DRAWN = {"draw": customers, "money_in": (*PROFITS, *COSTS)}
CASES = laws.cases(
    Estimator("a budget", estimate=one_budget, money="optimum", estimates="price", totals="optimum", **DRAWN),
    Estimator(
        "several limits",
        estimate=several_limits,
        money="optimum",
        estimates="price",
        totals="optimum",
        tolerance=1e-6,
        **DRAWN,
    ),
    Estimator(
        "no limits",
        estimate=unlimited,
        money="cost|profit",
        estimates="share|roi|^incremental_profit$|cost_per",
        totals="^n$|total$",
        **DRAWN,
    ),
    Estimator(
        "frontier",
        estimate=frontier,
        money="profit|price",
        estimates="share|price",
        totals="total|^n_",
        **DRAWN,
    ),
)


@pytest.mark.parametrize(("estimator", "law"), CASES, ids=lambda each: getattr(each, "__name__", str(each)))
@settings(max_examples=2, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(seed=st.integers(0, 2**32 - 1))
def test_law(estimator, law, seed):
    law(estimator, estimator.draw(np.random.default_rng(seed)))
