"""Is a plan under money, contacts, caps and floors together the exact optimum, with few customers split?"""

import numpy as np
import pytest
from budget_problems import random_profits, whole_programme
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.budgets import capped

SEEDS = st.integers(0, 2**32 - 1)


def keeps(plan):
    """Whether the plan for whole customers keeps every limit."""
    prices = plan.prices
    floor = prices["limit"] == "at least"
    room = prices["bound"] - prices["used"]
    return (room[~floor] >= -1e-6).all() and (room[floor] <= 0).all()


def random_limits(rng, n):
    """Draw limits of which most bind."""
    floor = int(rng.integers(0, n // 5))
    caps = {"discount": (floor, int(floor + rng.integers(0, n // 3))), "upgrade": (0, int(rng.integers(0, n)))}
    return {"budget": float(rng.uniform(5, 15) * n), "max_customers": int(rng.integers(floor + 1, n)), "caps": caps}


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS, rounded=st.booleans())
def test_the_optimum_is_that_of_the_linear_programme(seed, rounded):
    rng = np.random.default_rng(seed)
    profits, costs = random_profits(rng, rounded=rounded)
    limits = random_limits(rng, len(profits))
    programme = whole_programme(profits, costs, **limits)
    plan = wb.allocate_budget(profits, costs=costs, **limits)
    assert plan.optimum == pytest.approx(programme.value, rel=1e-7, abs=1e-7)
    assert plan.n_split <= len(plan.prices)
    assert plan.profit_total <= plan.optimum + 1e-7 * abs(plan.optimum)
    assert keeps(plan)


@pytest.mark.parametrize("rounded", [False, True])
def test_two_thousand_customers_and_four_offers(rng, rounded):
    """More than are solved at once: prices first, then only those near the margin."""
    profits, costs = random_profits(rng, 2_000, 4, rounded)
    assert len(profits) > 2 * capped.N_FIRST
    caps = {"discount": (400, 500), "upgrade": (0, 150)}
    limits = {"budget": 9_000.0, "max_customers": 700, "caps": caps}
    plan = wb.allocate_budget(profits, costs=costs, **limits)
    programme = whole_programme(profits, costs, **limits)
    assert plan.optimum == pytest.approx(programme.value, rel=1e-8)
    assert keeps(plan)
    assert plan.n_split <= len(plan.prices)
    assert plan.optimum - plan.profit_total < 0.01 * plan.optimum


def test_prices_are_the_gain_of_a_little_more_room(rng):
    profits, costs = random_profits(rng, 1_200, 4)
    limits = {"budget": 5_400.0, "max_customers": 420, "caps": {"discount": (240, 1_200), "upgrade": (0, 36)}}
    optimum = whole_programme(profits, costs, **limits).value
    prices = wb.allocate_budget(profits, costs=costs, **limits).prices.set_index(["limit", "offer"])["price"]
    changed = {
        ("budget", ""): {"budget": 5_401.0},
        ("max_customers", ""): {"max_customers": 421},
        ("at most", "upgrade"): {"caps": {"discount": (240, 1_200), "upgrade": (0, 37)}},
        ("at least", "discount"): {"caps": {"discount": (239, 1_200), "upgrade": (0, 36)}},
    }
    for limit, change in changed.items():
        gained = whole_programme(profits, costs, **limits | change).value - optimum
        assert prices[limit] > 0
        assert gained == pytest.approx(prices[limit], rel=0.02)  # a whole unit passes a few corners of the curve
        assert gained <= prices[limit] * (1 + 1e-9)  # and the curve bends down
    assert prices["at most", "discount"] == 0


def test_the_price_of_a_contact_is_what_the_next_one_gains():
    """With whole customers the last contact and the next one differ; the next one is meant."""
    profits, costs = random_profits(np.random.default_rng(5), 60, 1)
    gain = np.sort((profits["discount"] - profits["none"]).to_numpy())[::-1]
    plan = wb.allocate_budget(profits, costs=costs, max_customers=10)
    assert plan.profit_total == pytest.approx(gain[:10].sum(), rel=1e-12)
    assert plan.prices["price"][0] == pytest.approx(gain[10], rel=1e-9)
    assert plan.n_split == 0


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_limits_that_do_not_bind_change_nothing(seed):
    profits, costs = random_profits(np.random.default_rng(seed))
    n, wide = len(profits), float(costs.to_numpy().sum())
    free = wb.allocate_budget(profits, costs=costs)
    plan = wb.allocate_budget(profits, costs=costs, budget=wide, max_customers=n, caps={"bundle": (0, n)})
    assert plan.assignments.equals(free.assignments)
    assert (plan.prices["price"] == 0).all()


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS, share=st.floats(0.2, 0.8))
def test_both_ways_to_the_optimum_agree(seed, share):
    """A cap that nobody feels sends a single budget the long way round."""
    profits, costs = random_profits(np.random.default_rng(seed), 200)
    budget = share * wb.allocate_budget(profits, costs=costs).cost_total
    steps = wb.allocate_budget(profits, costs=costs, budget=budget)
    prices = wb.allocate_budget(profits, costs=costs, budget=budget, max_customers=200)
    assert prices.optimum == pytest.approx(steps.optimum, rel=1e-9)
    assert prices.price_of_money == pytest.approx(steps.price_of_money, rel=1e-6)
    assert prices.profit_total >= steps.profit_total - 1e-9  # what still fits is given to the split customer


def test_a_floor_is_met_at_a_loss_and_said_so(rng):
    profits, costs = random_profits(rng, 100)
    profits["bundle"] = profits["none"] - 5
    plan = wb.allocate_budget(profits, costs=costs, caps={"bundle": (30, None)})
    assert plan.frame.set_index("offer")["n"]["bundle"] == 30
    assert "30 are contacted at a loss" in plan.details()
    assert "Having to send bundle to at least 30 costs $" in plan.details()


def test_the_curve_under_other_limits_is_the_optimum_at_each_budget(rng):
    profits, costs = random_profits(rng, 100)
    limits = {"max_customers": 40, "caps": {"discount": (0, 20)}}
    curve = wb.allocate_budget(profits, costs=costs, budget=300, **limits).curve(5)
    for row in curve.iloc[1:].itertuples():
        value = whole_programme(profits, costs, budget=row.budget, **limits).value
        assert row.incremental_profit_total == pytest.approx(value, rel=1e-7)


def test_alike_customers_are_told_apart_again():
    profits, costs = random_profits(np.random.default_rng(1), 5, 2)
    many = [table.loc[np.repeat(table.index, 400)].reset_index(drop=True) for table in (profits, costs)]
    limits = {"budget": 9_001.0, "caps": {"discount": (0, 501), "upgrade": (100, 2_000)}}
    plan = wb.allocate_budget(many[0], costs=many[1], **limits)
    assert plan.optimum == pytest.approx(whole_programme(*many, **limits).value, rel=1e-9)
    assert keeps(plan)
    assert len(plan.assignments) == 2_000


def test_limits_that_exclude_each_other_are_refused(rng):
    """Each floor can be met alone; the budget does not do for both, as the same cheap customers count for both."""
    profits, costs = random_profits(rng, 1_200)
    dear = rng.random(len(costs)) < 0.5
    for offer in ("discount", "upgrade"):
        costs[offer] = np.where(dear, 100.0, 1.0)
    caps = {"discount": (500, None), "upgrade": (500, None)}
    with pytest.raises(wb.TableError, match="`caps` cannot be met together with the other limits"):
        wb.allocate_budget(profits, costs=costs, budget=2_000, caps=caps)
