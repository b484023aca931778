"""Do honest intervals hold the true gain of the very decisions judged, and do verdicts err as seldom as they say?"""

from math import sqrt

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from tailored_trials import by_segment, free

import winback as wb
from winback.policies.honest import BEST_SINGLE, STATUS_QUO

BY_REASON = {"price": "discount", "service": "upgrade", "both": "bundle"}
N_STUDIES, N_TRIALS, REPEATS = 60, 150, 5
OFFERS = free("a", "b", "c")


def judged(found, truth):
    """Return one row per yardstick: the interval, the decisions' true gain, the middle of splits, and the verdict."""
    truth = truth.loc[found.trial.customers["customer_id"]]
    true = found.gains.true_gains(truth).groupby("against")["true_gain"].median().rename("true_gain")
    first = found.repeats[found.repeats["repeat"] == 0].set_index("against")["honest"].rename("first")
    return found.frame.set_index("against").join(true).join(first).assign(pays=found.pays).reset_index()


def holds(rows):
    assert_covers(rows["honest_gain_low"], rows["honest_gain_high"], rows["true_gain"].to_numpy())


@pytest.fixture(scope="module")
def studies():
    """Judge a tree and a rule, and score the offers, in studies drawn again and again."""
    rows, scores = [], []
    for seed in range(N_STUDIES):
        study = wb.simulate_telecom_study(5_300, calibrate=False, rng=20_160_301 + seed)
        table, offers, truth = study.lapsed, study.offers, study.true_profits()
        tree = wb.learn_policy(
            wb.read_trial(table, offers), by=["reason", "complaints"], splits=wb.Splits(repeats=REPEATS, rng=seed)
        ).evaluation
        rule = wb.evaluate_policy(
            wb.read_trial(table, offers), BY_REASON, by="reason", splits=wb.Splits(repeats=REPEATS, rng=seed)
        )
        rows += [judged(found, truth).assign(policy=name) for name, found in (("tree", tree), ("rule", rule))]
        found = wb.offer_scores(wb.read_trial(table, offers), rng=seed)
        means = truth.loc[found.scores.index, list(found.scores)].mean()
        scores.append(found.frame.assign(true_mean=means.to_numpy()))
    return pd.concat(rows), pd.concat(scores)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["tree", "rule"])
@pytest.mark.parametrize("against", [BEST_SINGLE, STATUS_QUO])
def test_honest_intervals_hold_the_true_gain(studies, policy, against):
    rows = studies[0].query("policy == @policy and against == @against")
    assert len(rows) > 0.97 * N_STUDIES  # chance makes a control group look odd in one study of some hundred
    holds(rows)


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["tree", "rule"])
def test_honest_gains_of_single_splits_are_right_on_average(studies, policy):
    """The mean of the first split's gain, which no median bends, against the splits' true gain."""
    rows = studies[0].query("policy == @policy and against == @STATUS_QUO")
    gap = rows["first"] - rows["true_gain"]
    assert abs(gap.mean()) < 3 * gap.std() / sqrt(N_STUDIES)


@pytest.mark.slow
def test_mean_scores_hold_the_truth(studies):
    for _, rows in studies[1].groupby("offer"):
        assert_covers(rows["mean_low"], rows["mean_high"], rows["true_mean"].to_numpy())


def verdicts(decide, n_trials=N_TRIALS, n=900, **returns):
    """Judge one way of deciding in trials drawn again and again."""
    rows = []
    for seed in range(n_trials):
        table, truth = by_segment(np.random.default_rng(seed), n, **returns)
        rows.append(judged(decide(table, seed), truth))
    return pd.concat(rows).query("against == @BEST_SINGLE")


def a_tree(table, seed):
    return wb.learn_policy(wb.read_trial(table, OFFERS), by=["segment", "calls"], splits=wb.Splits(rng=seed)).evaluation


def a_rule(table, seed):
    return wb.evaluate_policy(
        wb.read_trial(table, OFFERS), {"x": "a", "y": "b"}, by="segment", splits=wb.Splits(repeats=REPEATS, rng=seed)
    )


@pytest.mark.slow
def test_where_nothing_matters_a_tree_seldom_pays():
    """The hardest case: each split's tree and best single offer are chance, so folds depend on each other most."""
    same = {"x": 0.3, "y": 0.3}
    found = verdicts(a_tree, a=same, b=same, c=same)
    assert found["pays"].mean() <= 0.025 + 3 * sqrt(0.025 * 0.975 / N_TRIALS)
    holds(found)
    assert (found["in_sample_gain"] > 5).mean() > 0.5  # what it would seem to gain


@pytest.mark.slow
def test_where_tailoring_pays_it_is_said_and_the_gain_recovered():
    found = verdicts(a_tree, 40, a={"x": 0.6, "y": 0.2}, b={"x": 0.2, "y": 0.6}, c={"x": 0.3, "y": 0.3})
    assert found["pays"].mean() > 0.95
    gap = found["honest_gain"] - found["true_gain"]
    assert abs(gap.mean()) < 3 * gap.std() / sqrt(40)
    assert found["true_gain"].mean() > 30  # of 200 for each who returns: .2 more return


@pytest.mark.slow
def test_where_a_plausible_rule_hurts_it_is_said():
    """Customers x like a better than y do, but c is best for all."""
    found = verdicts(a_rule, 40, a={"x": 0.3, "y": 0.1}, b={"x": 0.1, "y": 0.3}, c={"x": 0.5, "y": 0.5})
    assert not found["pays"].any()
    assert (found["honest_gain_high"] < 0).mean() > 0.95
    gap = found["honest_gain"] - found["true_gain"]
    assert abs(gap.mean()) < 3 * gap.std() / sqrt(40)
