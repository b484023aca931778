"""Does a plan hold where shortcuts fail: misleading prices, limits that exclude each other, floors to be met whole?"""

import numpy as np
import pandas as pd
import pytest
from budget_problems import random_profits, whole_programme
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.budgets import capped, prices
from winback.budgets.limits import read_limits
from winback.tables import ProblemList


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rounded=st.booleans())
def test_a_beginning_with_too_few_customers_ends_at_the_optimum(seed, rounded):
    """With five customers looked at together at first, most plans need more of them, and more."""
    rng = np.random.default_rng(seed)
    profits, costs = random_profits(rng, 250, rounded=rounded)
    limits = {"budget": 1_500.0, "max_customers": 90, "caps": {"discount": (20, 40), "upgrade": (15, 250)}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(capped, "N_FIRST", 5)
        patch.setattr(prices, "N_SAMPLE", 50)
        plan = wb.allocate_budget(profits, costs=costs, **limits)
    assert plan.optimum == pytest.approx(whole_programme(profits, costs, **limits).value, rel=1e-8)


def test_prices_that_mislead_are_found_out(monkeypatch):
    monkeypatch.setattr(capped, "N_FIRST", 5)
    monkeypatch.setattr(capped, "find_prices", lambda cells, limits: np.full(len(limits.bounds), 0.3))
    profits, costs = random_profits(np.random.default_rng(2), 200)
    limits = {"budget": 1_000.0, "caps": {"discount": (20, 40)}}
    plan = wb.allocate_budget(profits, costs=costs, **limits)
    assert plan.optimum == pytest.approx(whole_programme(profits, costs, **limits).value, rel=1e-8)


def test_kinds_of_customers_that_share_a_mark_are_kept_apart(monkeypatch):
    monkeypatch.setattr(pd.util, "hash_pandas_object", lambda frame, index: pd.Series(np.zeros(len(frame))))
    profits, costs = random_profits(np.random.default_rng(2), 30)
    plan = wb.allocate_budget(profits, costs=costs, max_customers=7)
    assert plan.optimum == pytest.approx(whole_programme(profits, costs, max_customers=7).value, rel=1e-9)


def test_few_customers_for_limits_that_exclude_each_other():
    profits = pd.DataFrame({"call": [5.0, 4.0, 3.0, 2.0], "visit": 1.0, "none": 0.0})
    costs = pd.DataFrame({"call": [1.0, 1.0, 9.0, 9.0], "visit": [1.0, 1.0, 9.0, 9.0], "none": 0.0})
    with pytest.raises(wb.TableError, match="`caps` cannot be met together with the other limits"):
        wb.allocate_budget(profits, costs=costs, budget=5, caps={"call": (2, None), "visit": (2, None)})


def settled(floor, chosen, budget=100.0):
    gains, costs = np.array([[5.0, 1.0], [4.0, 3.0], [3.0, -1.0]]), np.full((3, 2), 2.0)
    problems = ProblemList("frame", pd.DataFrame())
    limits = read_limits(("call", "visit"), budget, None, {"visit": (floor, None)}, problems)
    problems.raise_if_any()
    return capped.settle_split(gains, costs, limits, np.zeros(2), np.array(chosen))


def test_where_split_customers_cannot_meet_a_floor_others_are_reconsidered():
    assert settled(2, [capped.SPLIT, 1, 1]).tolist() in ([2, 2, 1], [1, 2, 2])  # 8 in all either way; [2, 1, 2] gains 4
    assert settled(1, [capped.SPLIT, 1, 1]).tolist() == [2, 1, 1]  # the split one alone will do


def test_a_floor_that_nobody_can_meet_whole_has_no_plan():
    assert settled(3, [capped.SPLIT, 1, 1], budget=4.0) is None


def test_a_curve_has_two_points_at_least(rng):
    profits, costs = random_profits(rng)
    with pytest.raises(ValueError, match="n_points must be at least 2; got 1"):
        wb.allocate_budget(profits, costs=costs).curve(1)


def test_every_limit_has_its_sentence():
    profits = pd.DataFrame({"call": [5.0, 4.0, 3.0], "visit": [8.0, 7.0, 1.0], "none": 0.0})
    costs = {"call": 1.0, "visit": 1.0}
    contacts = wb.allocate_budget(profits, costs=costs, max_customers=2).details()
    assert "One more contact than 2 earns $3.00." in contacts
    wide = wb.allocate_budget(profits, costs=costs, max_customers=3, budget=50).details()
    assert "One more contact than 3 earns nothing: contacts are not the limit." in wide
    assert "The next dollar earns nothing: the budget is not the limit." in wide
    places = wb.allocate_budget(profits, costs=costs, caps={"visit": 1}).details()
    assert "One more place for visit than 1 earns $3.00." in places


def test_values_of_nobody_eligible_are_refused():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    fit = wb.fit_two_part(study.lapsed, reacquisition="offer + reason", tenure="reason", margin="reason")
    trial = study.trial.over(horizon_months=24, annual_discount=0.1)
    values = wb.second_lifetime_value(fit, trial, study.lapsed.query("~eligible"))
    with pytest.raises(wb.TableError, match="`values` has no eligible customers"):
        wb.allocate_budget(values, budget=1_000)
