"""Is the size for all pairs judged together right, and is it said which size is which?"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import studentized_range

import winback as wb
from winback.planning.every_pair import for_every_pair, level_of_every_pair, n_pairs
from winback.planning.how_sure import how_sure

PAIR = [("a", "b")]


def table(k, spread=1.0):
    """Return assumed figures of offers that earn less and less."""
    frame = pd.DataFrame({"offer": list("abcdef")[:k], "acceptance": 0.4, "cost": 10.0, "paid": "on_acceptance"})
    return frame.assign(value=[100.0 - 4 * place for place in range(k)], value_variation=spread)


@pytest.mark.parametrize("k", [2, 3, 4, 6])
def test_arms_alike_are_judged_at_tukeys_level(k):
    z = studentized_range.ppf(0.95, k, np.inf) / 2**0.5
    from scipy.special import ndtri

    assert ndtri(0.5 + level_of_every_pair(np.ones(k), 0.95) / 2) == pytest.approx(z, abs=0.01)


def test_the_size_has_the_power_asked_for_by_the_rule_of_a_comparison():
    """Draw the means of 20,000 trials of that size, and judge the pair by the reach that holds for all pairs."""
    plan = wb.plan_trial(table(4), compare=PAIR)
    n, arms, draws = for_every_pair(plan), plan.arms, 20_000
    spread = np.sqrt(arms.variance / n)
    means = np.random.default_rng(5).normal(arms.profit, spread, (draws, 4))
    reach = studentized_range.ppf(0.95, 4, np.inf) / 2**0.5
    found = means[:, 0] - means[:, 1] > reach * np.hypot(spread[0], spread[1])
    assert found.mean() == pytest.approx(0.8, abs=3 * (0.8 * 0.2 / draws) ** 0.5 + 0.005)
    alone = means[:, 0] - means[:, 1]
    fewer = np.hypot(*np.sqrt(arms.variance[:2] / plan.frame["n_per_arm"].iloc[0]))
    shifted = (alone - alone.mean()) * fewer / alone.std() + alone.mean() > reach * fewer
    assert shifted.mean() < 0.7  # the size for the pair alone falls short of what it promises


@pytest.mark.parametrize(
    ("k", "asked"),
    [(2, {"compare": PAIR}), (4, {"compare": "offers"}), (4, {"compare": wb.planning.Comparisons(PAIR, n=6)})],
)
def test_where_every_pair_is_planned_for_already_nothing_is_added(k, asked):
    plan = wb.plan_trial(table(k), **asked)
    assert for_every_pair(plan) is None
    assert "judged together" not in plan.what_to_do() + plan.details()


def test_both_sizes_are_said_and_which_is_which():
    plan = wb.plan_trial(table(4), compare=PAIR)
    alone, together = plan.frame["n_per_arm"].iloc[0], for_every_pair(plan)
    assert together > alone
    said = f"for this pair alone: where all {n_pairs(plan)} pairs are judged together it takes {together:,} for each."
    assert said in plan.what_to_do()
    assert plan.describe().splitlines()[0].endswith(" power, that pair judged alone.")
    assert f"All 6 pairs judged together, as a comparison of offers does it, take {together:,} per" in plan.details()


def test_of_the_study_both_stand_in_the_answer():
    found = how_sure(wb.compare_offers(wb.load_telecom_study().trial))
    both = f"takes 10,555 customers per offer for that pair alone, {for_every_pair(found.plan):,} with all 6 pairs"
    assert both in found.describe()
