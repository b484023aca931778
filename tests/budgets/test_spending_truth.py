"""Do the intervals of a spending curve hold the true gains of the very choices measured?"""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from tailored_trials import by_segment

import winback as wb
from winback.budgets.solution import money_walk
from winback.trial.predictions import deal_folds

COSTS = {"a": 20.0, "b": 35.0}
OFFERS = [wb.Offer(name=name, amount=cost, paid="per_contact") for name, cost in COSTS.items()]
DIFFERENT = {"a": {"x": 0.5, "y": 0.2, "z": 0.1}, "b": {"x": 0.3, "y": 0.5, "z": 0.1}}
DIFFERENT |= {"none": {"x": 0.1, "y": 0.1, "z": 0.1}}
EQUAL = {"a": {"x": 0.3, "y": 0.3}, "b": {"x": 0.35, "y": 0.35}, "none": {"x": 0.1, "y": 0.1}}
BUDGET, FOLDS, REPEATS, N_TRIALS = 10.0, 5, 5, 100


def true_gains(table, truth, folds):
    """Return what the choices of one split truly gain, and the mix spent at random, by the scores of `offer_scores`."""
    found = {
        name: wb.offer_scores(wb.read_trial(table, OFFERS), outcome=name, folds=folds) for name in ("profit", "cost")
    }
    true = truth[["a", "b"]].to_numpy() - list(COSTS.values()) - truth[["none"]].to_numpy()
    profits = [getattr(found["profit"], name) for name in ("expected", "scores")]
    gains, scores = (each[["a", "b"]].sub(each["none"], axis=0).to_numpy() for each in profits)
    costs, score_costs = (getattr(found["cost"], name)[["a", "b"]].to_numpy() for name in ("expected", "scores"))
    chosen, mixed = np.zeros((2, len(table)))
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        walk = money_walk(gains[rows], np.maximum(costs[rows], 0))
        choice = walk.choices_after(walk.steps_within(BUDGET * len(rows)))
        chosen[rows] = np.column_stack([np.zeros(len(rows)), true[rows]])[np.arange(len(rows)), choice]
        gain, cost = (each[folds != fold].mean(axis=0) for each in (scores, score_costs))
        if (gain > 0).any():  # the budget is below either offer's cost, so that the best per money gets it all
            best = (gain / cost).argmax()
            mixed[rows] = true[rows, best] * BUDGET / cost[best]
    return chosen.mean(), mixed.mean()


def judged(chances):
    """Measure one budget in trials drawn again and again, beside the truth of what was chosen."""
    rows = []
    for seed in range(N_TRIALS):
        table, truth = by_segment(np.random.default_rng(seed), 900, **chances)
        arm = table["offer"].map({"a": 0, "b": 1, "none": 2}).to_numpy()
        rng = np.random.default_rng(seed)
        dealt = [deal_folds(arm, FOLDS, rng) for _ in range(REPEATS)]
        true = np.array([true_gains(table, truth, folds) for folds in dealt])
        middle = dict(zip(("honest", "untargeted"), np.median(true, axis=0), strict=True))
        middle["lead"] = np.median(true[:, 0] - true[:, 1])
        row = wb.spending_curve(
            wb.read_trial(table, OFFERS), [BUDGET], splits=wb.Splits(repeats=REPEATS, rng=seed)
        ).frame.iloc[0]
        rows.append(row.to_dict() | {f"true_{name}": gain for name, gain in middle.items()})
    return pd.DataFrame(rows)


def holds(rows):
    """Demand coverage, and estimates that are right on average: of one purse for all folds they were too low."""
    for name in ("honest", "untargeted", "lead"):
        truth = rows[f"true_{name}"].to_numpy()
        assert_covers(rows[f"{name}_low"], rows[f"{name}_high"], truth)
        gap = rows[name] - truth
        assert abs(gap.mean()) < 3 * gap.std() / sqrt(N_TRIALS)


@pytest.mark.slow
def test_where_customers_differ():
    rows = judged(DIFFERENT)
    holds(rows)
    assert (rows["lead_low"] > 0).mean() > 0.85
    assert not (rows["lead_high"] < 0).any()


@pytest.mark.slow
def test_where_customers_do_not_differ():
    rows = judged(EQUAL)
    holds(rows)
    assert (rows["lead_low"] > rows["true_lead"]).mean() <= 0.025 + 3 * sqrt(0.025 * 0.975 / N_TRIALS)
    gap = rows["predicted"] - rows["true_honest"]
    assert gap.mean() > 3 * gap.std() / sqrt(N_TRIALS)  # what predictions promise is too much
