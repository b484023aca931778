"""Is a plan the best for whole customers, where a handful can be weighed, and never below one good contact?"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import winback as wb


def frames(gains, costs):
    ids = pd.Index(range(len(gains)), name="customer_id")
    names = [f"offer {place}" for place in range(gains.shape[1])]
    return pd.DataFrame(gains, ids, names), pd.DataFrame(costs, ids, names)


def planned(gains, costs, **limits):
    values, money = frames(np.asarray(gains, dtype=float), np.asarray(costs, dtype=float))
    return wb.allocate_budget(values, costs=money, **limits)


def best_by_hand(gains, costs, budget, most, cap):
    """Try every plan."""
    best = 0.0
    for plan in product(range(gains.shape[1] + 1), repeat=len(gains)):
        rows = [(row, offer - 1) for row, offer in enumerate(plan) if offer]
        within = sum(costs[each] for each in rows) <= budget and len(rows) <= most
        if within and sum(offer == 0 for _, offer in rows) <= cap:
            best = max(best, sum(gains[each] for each in rows))
    return best


def test_four_customers_of_whom_the_dearest_alone_is_best():
    plan = planned([[6], [5], [11], [17]], [[3], [9], [8], [9]], budget=10)
    assert plan.assignments["offer"].tolist() == ["none", "none", "none", "offer 0"]
    assert plan.profit_total == 17
    assert "the plan is the best there is for whole customers" in plan.details()


@given(seed=st.integers(0, 10_000), share=st.floats(0.1, 0.9))
def test_a_handful_gets_the_best_of_all_plans(seed, share):
    rng = np.random.default_rng(seed)
    gains, costs = rng.integers(-3, 30, (5, 2)).astype(float), rng.integers(1, 20, (5, 2)).astype(float)
    budget = max(float(np.ceil(share * costs.max(axis=1).sum())), costs.min())
    plan = planned(gains, costs, budget=budget)
    assert plan.profit_total == pytest.approx(best_by_hand(gains, costs, budget, 5, 5))
    limited = planned(gains, costs, budget=budget, max_customers=3, caps={"offer 0": 1})
    assert limited.profit_total == pytest.approx(best_by_hand(gains, costs, budget, 3, 1))
    assert limited.cost_total <= budget * (1 + 1e-12)


@given(seed=st.integers(0, 10_000))
def test_many_are_never_worth_less_than_the_best_single_contact(seed):
    rng = np.random.default_rng(seed)
    gains, costs = rng.gamma(1, 1, (80, 1)), rng.gamma(1, 1, (80, 1)) + 0.01
    gains[0], costs[0] = 60.0, 50.0
    plan = planned(gains, costs, budget=50.0)
    assert plan.profit_total >= 60.0
    assert plan.profit_total >= plan.optimum / 2


def test_the_budget_is_kept_to_the_last_digit():
    plan = planned(np.ones((12, 1)), np.full((12, 1), 0.1), budget=0.3)
    assert plan.assignments["offer"].ne("none").sum() == 3
