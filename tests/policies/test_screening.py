"""Are the columns searched those that part customers, and does choosing them leave the honest gain honest?"""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback.policies.exact_tree import exact_tree
from winback.policies.questions import split_table
from winback.policies.screening import MOST_COLUMNS, best_columns

STRONG = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
EQUAL = {name: {"x": 0.3, "y": 0.3} for name in ("a", "b", "none")}


def with_noise(table, n_columns, seed=7):
    noise = np.random.default_rng(seed).normal(size=(len(table), n_columns)).round(2)
    columns = pd.DataFrame(noise, index=table.index, columns=[f"noise_{place}" for place in range(n_columns)])
    return pd.concat([columns, table], axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_columns_are_those_with_the_best_trees_of_one_question(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.integers(0, 4, size=(200, 6)), columns=list("abcdef"))
    table["c"] = np.where(rng.random(200) < 0.1, np.nan, table["c"])
    scores = rng.normal(size=(200, 3)) + np.outer(table["e"] - 1.5, [0.5, 0, -0.5])
    splits = split_table(table, list("abcdef"))
    earned = {name: exact_tree(scores, split_table(table, name), 1, 20).value for name in "abcdef"}
    wanted = sorted(sorted(earned, key=earned.get)[-3:])
    assert [column.name for column in best_columns(scores, splits, 3, 20).columns] == wanted
    assert best_columns(scores, splits, 6, 20) is splits


def test_what_matters_is_found_among_many_columns_and_said():
    table, truth = by_segment(np.random.default_rng(1), 900, **STRONG)
    found = wb.learn_policy(wb.read_trial(with_noise(table, 40), free("a", "b")), splits=wb.Splits(repeats=2))
    assert {step.column.name for leaf in found.tree.leaves for step in leaf.steps} >= {"segment"}
    assert f"Of 42 columns known beforehand, the {MOST_COLUMNS} that part customers best" in found.details()
    true = found.check(truth).frame.iloc[0]
    assert abs(true["std_errors_off"]) < 3


def test_named_columns_are_all_searched():
    table, _ = by_segment(np.random.default_rng(1), 300, **STRONG)
    names = [*(f"noise_{place}" for place in range(MOST_COLUMNS)), "segment"]
    found = wb.learn_policy(
        wb.read_trial(with_noise(table, MOST_COLUMNS), free("a", "b")), by=names, splits=wb.Splits(repeats=1)
    )
    assert found.policy.most_columns is None
    assert found.details().count("columns known beforehand") == 0


def test_a_column_that_cannot_be_asked_about_is_left_out_and_said():
    table, _ = by_segment(np.random.default_rng(1), 300, **STRONG)
    table["age"] = np.where(np.arange(300) == 5, np.inf, 40.0 + np.arange(300) % 7)
    table["alike"] = 1.5
    trial = wb.read_trial(table, free("a", "b"), covariates=["segment"])
    found = wb.learn_policy(trial, splits=wb.Splits(repeats=1))
    assert found.policy.by == ("segment", "calls")
    assert "Not asked about: `age` must be finite; 1 of 300 rows" in found.details()


@pytest.mark.slow
def test_where_nothing_matters_choosing_among_many_columns_does_not_make_a_tree_pay():
    """Chosen on all customers, forty columns of noise would make nearly every tree pay."""
    pays, off = [], []
    for seed in range(60):
        table, truth = by_segment(np.random.default_rng(seed), 600, **EQUAL)
        trial = wb.read_trial(with_noise(table, 40, seed), free("a", "b"))
        found = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=3, rng=seed))
        pays.append(found.pays)
        off.append(found.check(truth).frame["std_errors_off"].iloc[0])
    assert np.mean(pays) <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / 60)
    assert abs(np.mean(off)) < 3 * np.std(off) / np.sqrt(60)
