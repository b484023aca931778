"""Is a plan under one budget of money the exact optimum, and its price the gain of the next dollar?"""

import numpy as np
import pandas as pd
import pytest
from budget_problems import gains, random_profits, whole_programme
from hypothesis import example, given, settings
from hypothesis import strategies as st

import winback as wb

SEEDS = st.integers(0, 2**32 - 1)
SHARES = st.floats(0, 1.2)


def planned(profits, costs, **limits):
    return wb.allocate_budget(profits, costs=costs, **limits)


def all_that_pays(profits, costs):
    """Return the cost of everybody's best offer."""
    return planned(profits, costs).cost_total


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, share=SHARES, rounded=st.booleans())
@example(seed=1, share=0.5, rounded=True)
def test_the_optimum_is_that_of_the_linear_programme(seed, share, rounded):
    profits, costs = random_profits(np.random.default_rng(seed), rounded=rounded)
    budget = max(share * all_that_pays(profits, costs), costs.drop(columns="none").to_numpy().min())
    plan = planned(profits, costs, budget=budget)
    programme = whole_programme(profits, costs, budget=budget)
    assert plan.optimum == pytest.approx(programme.value, rel=1e-9, abs=1e-9)
    assert plan.cost_total <= budget * (1 + 1e-9)
    assert plan.n_split <= 1
    assert plan.profit_total == pytest.approx(plan.optimum, abs=1e-9) or plan.n_split == 1


def test_two_thousand_customers_and_four_offers_equal_the_linear_programme(rng):
    profits, costs = random_profits(rng, 2_000, 4)
    plan = planned(profits, costs, budget=10_000)
    programme = whole_programme(profits, costs, budget=10_000)
    assert plan.optimum == pytest.approx(programme.value, rel=1e-10)
    assert plan.price_of_money == pytest.approx(programme.prices["budget"], rel=1e-9)
    forgone = plan.optimum - plan.profit_total
    assert 0 <= forgone <= plan.price_of_money * costs.to_numpy().max()  # what the one split customer would add


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS)
def test_more_budget_never_earns_less_and_ever_less_more(seed):
    profits, costs = random_profits(np.random.default_rng(seed))
    budgets = np.linspace(0.05, 1.1, 8) * all_that_pays(profits, costs)
    plans = [
        planned(profits, costs.assign(none=0), budget=max(each, costs.iloc[:, :-1].min().min())) for each in budgets
    ]
    optimum, price = (np.array([getattr(plan, name) for plan in plans]) for name in ("optimum", "price_of_money"))
    spent = np.array([plan.limits.budget for plan in plans])
    steps = np.diff(spent) > 0
    assert (np.diff(optimum) >= -1e-9).all()
    slopes = np.diff(optimum)[steps] / np.diff(spent)[steps]
    assert (np.diff(slopes) <= 1e-9).all()
    assert (np.diff(price) <= 1e-12).all()
    assert price[-1] == 0


@settings(max_examples=6, deadline=None)
@given(seed=SEEDS, share=st.floats(0.1, 0.9))
def test_the_price_is_the_gain_of_the_next_dollar(seed, share):
    profits, costs = random_profits(np.random.default_rng(seed))
    budget = max(share * all_that_pays(profits, costs), costs.iloc[:, :-1].min().min())
    here, more = (planned(profits, costs, budget=budget + step) for step in (0.0, 1e-7))
    assert (more.optimum - here.optimum) / 1e-7 == pytest.approx(here.price_of_money, rel=1e-4, abs=1e-4)


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_no_more_is_spent_than_pays(seed):
    profits, costs = random_profits(np.random.default_rng(seed))
    plan, gain = planned(profits, costs), gains(profits)
    assert plan.profit_total == pytest.approx(gain.max(axis=1).clip(lower=0).sum(), rel=1e-12)
    assert plan.n_not_worth == (gain.max(axis=1) <= 0).sum()
    assert plan.n_out_of_reach == 0
    left_alone = plan.assignments.set_index("customer_id").query("offer == 'none'").index
    assert set(left_alone) == set(gain.index[gain.max(axis=1) <= 0])


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, share=st.floats(0.1, 0.9))
def test_a_dominated_offer_is_never_sent(seed, share):
    profits, costs = random_profits(np.random.default_rng(seed))
    profits["bundle"], costs["bundle"] = profits["discount"] - 1, costs["discount"] + 1
    frame = planned(profits, costs, budget=costs.max().max() + share * all_that_pays(profits, costs)).frame
    assert frame.set_index("offer")["n"]["bundle"] == 0


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS, share=st.floats(0.1, 0.9))
def test_the_order_of_offers_does_not_matter(seed, share):
    profits, costs = random_profits(np.random.default_rng(seed))
    budget = costs.max().max() + share * all_that_pays(profits, costs)
    one = planned(profits, costs, budget=budget).assignments
    other = planned(profits[["none", "bundle", "upgrade", "discount"]], costs, budget=budget).assignments
    pd.testing.assert_frame_equal(one, other)


def test_what_costs_nothing_is_sent_without_a_budget():
    profits = pd.DataFrame({"mail": [3.0, -1.0], "call": [4.0, 5.0], "none": [0.0, 0.0]})
    plan = wb.allocate_budget(profits, costs={"mail": 0, "call": 2}, budget=0)
    assert plan.assignments["offer"].tolist() == ["mail", "none"]
    assert plan.price_of_money == 2.5  # the second customer's call; for the first it is 1 for 2


def test_of_offers_at_one_price_the_better_is_taken():
    profits = pd.DataFrame({"mail": [3.0], "call": [4.0], "none": [0.0]})
    assert wb.allocate_budget(profits, costs={"mail": 2, "call": 2}, budget=2).assignments["offer"][0] == "call"


def test_an_exactly_spent_budget_splits_nobody():
    profits = pd.DataFrame({"call": [5.0, 4.0, 3.0], "none": 0.0})
    plan = wb.allocate_budget(profits, costs={"call": 0.1}, budget=0.2)
    assert (plan.n_contacted, plan.n_split, plan.price_of_money) == (2, 0, pytest.approx(30))


def test_the_curve_is_the_optimum_at_each_budget(rng):
    profits, costs = random_profits(rng, 300)
    curve = planned(profits, costs, budget=500).curve(9)
    assert curve["budget"].iloc[-1] == pytest.approx(all_that_pays(profits, costs), rel=1e-12)
    for row in curve.iloc[1:-1].itertuples():
        plan = planned(profits, costs, budget=row.budget)
        assert row.incremental_profit_total == pytest.approx(plan.optimum, rel=1e-12)
        assert row.price_of_money == pytest.approx(plan.price_of_money, rel=1e-12)
        assert row.n == plan.n_contacted
    assert curve["price_of_money"].iloc[-1] == 0


def test_the_frame_adds_up_the_assignments(rng):
    profits, costs = random_profits(rng, 300)
    plan = planned(profits, costs, budget=1_000)
    by = plan.assignments.groupby("offer")
    frame = plan.frame.set_index("offer")
    for offer in frame.index[frame["n"] > 0]:
        assert frame["n"][offer] == by.size()[offer]
        assert frame["cost_total"][offer] == pytest.approx(by["cost"].sum()[offer])
        total = by["incremental_profit"].sum()[offer]
        assert frame["incremental_profit_total"][offer] == pytest.approx(total)
        assert frame["incremental_roi"][offer] == pytest.approx(total / by["cost"].sum()[offer])
    assert plan.n == plan.n_contacted + plan.n_not_worth + plan.n_out_of_reach
    chosen = plan.assignments.set_index("customer_id")
    sent = chosen.query("standing == 'contacted'")
    for customer, row in sent.iterrows():
        assert row["cost"] == costs.loc[customer, row["offer"]]
        assert row["incremental_profit"] == profits.loc[customer, row["offer"]] - profits.loc[customer, "none"]


def test_the_callers_frames_are_not_changed(rng):
    profits, costs = random_profits(rng)
    before = profits.copy(deep=True), costs.copy(deep=True)
    planned(profits, costs, budget=100, max_customers=5)
    pd.testing.assert_frame_equal(profits, before[0])
    pd.testing.assert_frame_equal(costs, before[1])
