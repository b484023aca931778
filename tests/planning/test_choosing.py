"""Is it said on which condition so few choose the best offer, and is the size at its worst right?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.planning import Choice
from winback.planning.choosing import all_behind_alike


def table(*profits, variation=1.0):
    """Return assumed figures of free offers that earn so much."""
    frame = pd.DataFrame({"offer": list("abcdef")[: len(profits)], "acceptance": 0.5, "cost": 0.0})
    return frame.assign(value=[2 * each for each in profits], paid="on_acceptance", value_variation=variation)


def test_it_is_bechhofers_size_where_arms_are_alike():
    """Table I of Bechhofer (1954): of four means the best is chosen with .90 at sqrt(n) delta / sigma = 2.4516."""
    plan = wb.plan_trial(table(100.0, 99.9, 99.8, 99.7), choice=Choice(0.9))
    zone, variance = float(plan.frame["difference"].iloc[-1]), plan.arms.variance
    assert all_behind_alike(plan) == pytest.approx((2.4516 / zone) ** 2 * variance.mean(), rel=0.003)


def test_so_many_choose_the_best_where_all_others_lie_so_far_behind():
    plan = wb.plan_trial(table(100.0, 90.0, 60.0, 50.0))
    n, draws = all_behind_alike(plan), 20_000
    zone, spread = float(plan.frame["difference"].iloc[-1]), np.sqrt(plan.arms.variance / n)
    noise = np.random.default_rng(1).normal(0.0, spread, (draws, 4))
    chances = [np.mean(np.argmax(noise + zone * (np.arange(4) == best), axis=1) == best) for best in range(4)]
    assert min(chances) == pytest.approx(0.9, abs=3 * (0.9 * 0.1 / draws) ** 0.5)
    assert n > plan.frame["n_per_arm"].iloc[-1]  # the others being further behind, fewer are enough


def test_both_sizes_are_said_with_their_condition():
    plan = wb.plan_trial(table(100.0, 90.0, 60.0, 50.0))
    few, many = plan.frame["n_per_arm"].iloc[-1], all_behind_alike(plan)
    condition = f"{few:,} for each are enough if the others lie as far behind as expected, {many:,} if all lie $10.00"
    assert condition in plan.what_to_do()
    assert f"takes {few:,} per offer if the others lie as far behind as expected, {many:,} if all lie" in plan.details()


def test_of_two_offers_and_of_a_difference_given_there_is_one_size():
    for plan, said in (
        (wb.plan_trial(table(100.0, 90.0)), "if it leads the other by $10.00."),
        (wb.plan_trial(table(100.0, 90.0, 60.0), difference=5.0), "if it leads all others by $5.00."),
    ):
        assert all_behind_alike(plan) is None
        assert said in plan.what_to_do()
