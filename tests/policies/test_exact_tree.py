"""Is the tree found the best of all? Brute force over every pair of splits, and laws."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.policies.exact_tree import _blocks, exact_tree
from winback.policies.questions import split_table

BY = ["months", "spend", "app", "reason", "area"]
SEEDS = st.integers(0, 2**32 - 1)


def customers_of(rng, n=400, missing=0.05):
    """Draw customers: few and many numbers with ties, three labels, seven labels, a flag; some values missing."""
    table = pd.DataFrame(
        {
            "months": rng.integers(0, 6, n).astype(float),
            "spend": rng.gamma(2, 40, n).round(2),
            "reason": rng.choice(["price", "service", "both"], n),
            "area": rng.choice(list("abcdefg"), n),
            "app": pd.array(rng.random(n) < 0.4, dtype="boolean"),
        }
    )
    return table.mask(rng.random(table.shape) < missing)


def scores_of(rng, table, n_offers=3, effect=3.0, offset=0.0):
    """Draw noisy scores; which offer is best depends on two columns."""
    scores = rng.normal(offset, 10, (len(table), n_offers))
    scores[:, -1] += effect * np.where(table["spend"] > 70, 1, -1) * np.where(table["reason"] == "price", 1, -1)
    return scores


def questions(table, most_splits):
    """Return every split's yes side from the raw values, shape (S, n)."""
    found = []
    for name in table:
        column = table[name]
        if name in ("months", "spend"):
            seen = np.sort(column.dropna().to_numpy(float))
            cuts = np.unique(seen)
            if len(cuts) > most_splits + 1:
                shares = np.arange(1, most_splits + 1) / (most_splits + 1)
                cuts = np.unique(np.quantile(seen, shares, method="inverted_cdf"))
            sides = [(column <= cut).to_numpy(bool) for cut in cuts if cut < seen[-1]]
            found += sides + ([column.notna().to_numpy()] if column.isna().any() else [])
            continue
        labels = list(column.dropna().unique())
        sets = [[label] for label in labels] + [labels]
        if len(labels) <= 5:
            sets = [each for size in range(1, len(labels) + 1) for each in combinations(labels, size)]
        found += [column.isin(each).fillna(False).to_numpy(bool) for each in sets]
    return [side for side in found if 0 < side.sum() < len(table)]


def best_value(scores, sides, depth, smallest_leaf):
    """Return the greatest sum of scores under any tree, by trying every one."""
    best = scores.sum(axis=0).max()
    if depth == 0 or not len(scores):
        return best
    for yes in sides:
        if min(yes.sum(), (~yes).sum()) >= smallest_leaf:
            both = sum(
                best_value(scores[side], [other[side] for other in sides], depth - 1, smallest_leaf)
                for side in (yes, ~yes)
            )
            best = max(best, both)
    return best


@pytest.mark.parametrize("depth", [0, 1, 2])
@settings(max_examples=12, deadline=None)
@given(
    seed=SEEDS,
    n_offers=st.integers(1, 4),
    smallest_leaf=st.integers(1, 60),
    offset=st.sampled_from([0.0, -5e7]),
    missing=st.sampled_from([0.0, 0.05]),
)
def test_the_value_is_that_of_the_best_of_all_trees(depth, seed, n_offers, smallest_leaf, offset, missing):
    rng = np.random.default_rng(seed)
    table = customers_of(rng, int(rng.integers(60, 300)), missing)
    scores, by = scores_of(rng, table, n_offers, offset=offset), list(rng.permutation(BY))
    tree = exact_tree(scores, split_table(table, by, most_splits=5), depth, smallest_leaf)
    wanted = best_value(scores, questions(table, 5), depth, smallest_leaf) / len(table)
    assert tree.value == pytest.approx(wanted, rel=1e-13 if offset else 1e-10)
    assert len(tree.leaves) == 1 or min(leaf.n for leaf in tree.leaves) >= smallest_leaf


def test_four_hundred_customers_and_splits_at_quantiles(rng):
    table = customers_of(rng)
    scores = scores_of(rng, table)
    tree = exact_tree(scores, split_table(table, BY, most_splits=12), 2, 25)
    assert tree.value * 400 == pytest.approx(best_value(scores, questions(table, 12), 2, 25), rel=1e-10)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, depth=st.sampled_from([1, 2]))
def test_value_leaves_and_assignment_agree(seed, depth):
    rng = np.random.default_rng(seed)
    table = customers_of(rng)
    scores, splits = scores_of(rng, table), split_table(table, BY)
    tree = exact_tree(scores, splits, depth, 25)
    offers = tree.assign(table)
    assert np.array_equal(offers, tree.assign(splits))
    assert tree.value == pytest.approx(scores[np.arange(400), offers].mean(), rel=1e-12)
    assert np.bincount(offers, minlength=3).tolist() == [
        sum(leaf.n for leaf in tree.leaves if leaf.arm == arm) for arm in range(3)
    ]


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, n_levels=st.integers(1, 4))
def test_ties_go_to_the_simpler_tree_whatever_the_order_of_rows(seed, n_levels):
    """Scores of few levels tie often; the tree stays the same, and no two neighbours share an offer."""
    rng = np.random.default_rng(seed)
    table = customers_of(rng, 60)
    scores = rng.integers(0, n_levels, (60, 3)) / 3
    tree = exact_tree(scores, split_table(table, BY), 2, 3)
    order = rng.permutation(60)
    assert exact_tree(scores[order], split_table(table.iloc[order], BY), 2, 3).leaves == tree.leaves
    by_root = {}
    for leaf in tree.leaves:
        by_root.setdefault(leaf.steps[0].yes if leaf.steps else None, []).append(leaf.arm)
    assert all(len(set(arms)) == len(arms) for arms in by_root.values())
    assert len({leaf.arm for leaf in tree.leaves}) > 1 or len(tree.leaves) == 1


def test_of_trees_as_good_the_one_with_fewer_leaves_is_taken():
    table = pd.DataFrame({"first": [1, 1, 2, 2] * 5, "second": [1, 2, 1, 2] * 5})
    scores = np.column_stack([table["second"] == 1, table["second"] == 2]).astype(float)
    tree = exact_tree(scores, split_table(table, ["first", "second"]), 2, 1)  # a root on first does as well
    assert [leaf.conditions for leaf in tree.leaves] == [("second up to 1",), ("second above 1",)]


def test_the_first_split_and_the_first_offer_win_ties():
    table = pd.DataFrame({"one": [1, 1, 2, 2] * 5, "other": [1, 1, 2, 2] * 5})
    scores = np.column_stack([table["one"] == 1, table["one"] == 1, table["one"] == 2]).astype(float)
    tree = exact_tree(scores, split_table(table, ["other", "one"]), 1, 1)
    assert [(leaf.conditions, leaf.arm) for leaf in tree.leaves] == [(("other up to 1",), 0), (("other above 1",), 2)]
    assert exact_tree(np.ones((20, 3)), split_table(table, ["one"]), 2, 1).leaves[0].conditions == ()


def test_a_tree_that_no_greedy_search_finds():
    """One question alone gains nothing: the offers are right for customers alike in both columns."""
    table = pd.DataFrame({"young": [True, True, False, False] * 10, "far": [True, False] * 20})
    alike = (table["young"] == table["far"]).to_numpy()
    scores = np.column_stack([alike, ~alike]).astype(float)
    splits = split_table(table, ["young", "far"])
    assert [exact_tree(scores, splits, depth, 1).value for depth in (0, 1, 2)] == [0.5, 0.5, 1.0]
    assert [leaf.arm for leaf in exact_tree(scores, splits, 2, 1).leaves] == [0, 1, 1, 0]


# laws


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(7)
    table = customers_of(rng, 2_000)
    scores = scores_of(rng, table)
    return table, scores, exact_tree(scores, split_table(table, BY), 2, 50)


def test_the_case_asks_two_questions(case):
    assert len(case[2].leaves) == 4


@pytest.mark.parametrize("most_bins", [1, 12, 10_000])
def test_columns_taken_together_are_columns_one_by_one(case, most_bins, monkeypatch):
    table, scores, _ = case
    splits = split_table(table, ["months", "app", "reason", "area", "spend"])
    tree = exact_tree(scores, splits, 2, 50)
    monkeypatch.setattr("winback.policies.exact_tree.MOST_BINS", most_bins)
    assert len(_blocks(splits)) == {1: 5, 12: 4, 10_000: 3}[most_bins]
    assert exact_tree(scores, splits, 2, 50) == tree


@settings(max_examples=5, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_customers_does_not_matter(case, seed):
    table, scores, tree = case
    order = np.random.default_rng(seed).permutation(len(table))
    again = exact_tree(scores[order], split_table(table.iloc[order], BY), 2, 50)
    assert again.leaves == tree.leaves
    assert again.value == pytest.approx(tree.value, rel=1e-12)


@settings(max_examples=5, deadline=None)
@given(constant=st.floats(-1e6, 1e6), rate=st.floats(0.01, 1e6))
def test_more_for_everyone_or_another_currency_is_the_same_tree(case, constant, rate):
    table, scores, tree = case
    splits = split_table(table, BY)
    again = exact_tree(scores * rate + constant, splits, 2, 50)
    assert again.leaves == tree.leaves
    assert again.value == pytest.approx(tree.value * rate + constant, rel=1e-10, abs=1e-9)


def test_offers_in_another_order_are_the_same_offers(case):
    table, scores, tree = case
    again = exact_tree(scores[:, [2, 0, 1]], split_table(table, BY), 2, 50)
    assert [[2, 0, 1][leaf.arm] for leaf in again.leaves] == [leaf.arm for leaf in tree.leaves]
    assert [leaf.conditions for leaf in again.leaves] == [leaf.conditions for leaf in tree.leaves]
    assert again.value == pytest.approx(tree.value, rel=1e-12)


def test_every_customer_twice_is_the_same_tree(case):
    table, scores, tree = case
    again = exact_tree(np.tile(scores, (2, 1)), split_table(pd.concat([table, table]), BY), 2, 100)
    assert [(leaf.conditions, leaf.arm, leaf.n) for leaf in again.leaves] == [
        (leaf.conditions, leaf.arm, 2 * leaf.n) for leaf in tree.leaves
    ]
    assert again.value == pytest.approx(tree.value, rel=1e-12)


@pytest.mark.parametrize("scale", [np.log, np.sqrt, lambda spend: 3 * spend - 1e5], ids=["log", "root", "linear"])
def test_another_scale_of_a_number_gives_everyone_the_same_offer(case, scale):
    table, scores, tree = case
    scaled = table.assign(spend=scale(table["spend"]))
    assert "spend" in str(tree)
    assert np.array_equal(exact_tree(scores, split_table(scaled, BY), 2, 50).assign(scaled), tree.assign(table))


def test_more_questions_never_lose(case):
    table, scores, _ = case
    values = [exact_tree(scores, split_table(table, BY), depth, 50).value for depth in (0, 1, 2)]
    assert values == sorted(values)
    assert values[0] == pytest.approx(scores.mean(axis=0).max(), rel=1e-12)


def test_some_rows_are_learned_from_as_if_they_were_all(case):
    table, scores, _ = case
    splits = split_table(table, BY)
    mask = np.arange(len(table)) % 5 != 0
    tree = exact_tree(scores[mask], splits.rows(mask), 2, 50)
    assert tree.n == 1_600
    assert exact_tree(scores[mask], splits.rows(np.flatnonzero(mask)), 2, 50) == tree
    cut = questions(table, 32)
    wanted = best_value(scores[mask], [side[mask] for side in cut if side[mask].sum() >= 50], 1, 50)
    assert exact_tree(scores[mask], splits.rows(mask), 1, 50).value * 1_600 == pytest.approx(wanted, rel=1e-10)
    assert np.array_equal(tree.assign(splits.rows(~mask)), tree.assign(table[~mask]))


def test_a_leaf_has_one_in_a_hundred_and_at_least_thirty(case):
    table, scores, _ = case
    splits = split_table(table, BY)
    assert exact_tree(scores, splits) == exact_tree(scores, splits, 2, 30)
    four_times = split_table(pd.concat([table] * 4), BY)
    assert exact_tree(np.tile(scores, (4, 1)), four_times) == exact_tree(np.tile(scores, (4, 1)), four_times, 2, 80)


# refusals


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scores": np.ones((3, 2))}, r"one row per customer \(40\).*got shape \(3, 2\)"),
        ({"scores": np.ones(40)}, r"got shape \(40,\)"),
        ({"scores": np.ones((40, 0))}, r"got shape \(40, 0\)"),
        ({"scores": np.where(np.arange(80).reshape(40, 2) == 5, np.nan, 1.0)}, r"1 of 40 rows.*first: row 3"),
        ({"depth": 3}, "depth must be 0, 1 or 2; got 3"),
        ({"depth": True}, "depth must be 0, 1 or 2; got True"),
        ({"smallest_leaf": 0}, "smallest_leaf must be a whole number of at least 1; got 0"),
        ({"smallest_leaf": 2.5}, "smallest_leaf must be .* got 2.5"),
        ({"depth": 4, "smallest_leaf": 0}, "depth must.*; smallest_leaf must"),
    ],
)
def test_what_cannot_be_searched_is_refused(change, words):
    splits = split_table(pd.DataFrame({"months": np.arange(40) % 4}), "months")
    given_instead = {"scores": np.ones((40, 2)), "splits": splits, "depth": 2, "smallest_leaf": 5} | change
    with pytest.raises(ValueError, match=words):
        exact_tree(**given_instead)
