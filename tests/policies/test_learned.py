"""Does the learned tree find what pays, and is it recommended only where it does? `learn_policy`."""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free
from trials import leaning, length_by_loop, own_counts

import winback as wb
from winback.policies.honest import STATUS_QUO

OFFERS = free("a", "b")
STRONG = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
EQUAL = {"a": {"x": 0.4, "y": 0.4}, "b": {"x": 0.4, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}


@pytest.fixture(scope="module")
def strong():
    return by_segment(np.random.default_rng(1), 900, **STRONG)


@pytest.fixture(scope="module")
def learned(strong):
    return wb.learn_policy(
        wb.read_trial(strong[0], OFFERS), by=["segment", "calls"], depth=1, splits=wb.Splits(repeats=5)
    )


@pytest.fixture(scope="module")
def idle():
    table, truth = by_segment(np.random.default_rng(2), 900, **EQUAL)
    return (
        table,
        wb.learn_policy(wb.read_trial(table, OFFERS), by=["segment", "calls"], splits=wb.Splits(repeats=5)),
        truth,
    )


def test_the_tree_finds_the_segments_and_pays(strong, learned):
    table, truth = strong
    assert learned.evaluation.pays
    assert dict(zip(learned.rules["rule"], learned.rules["offer"], strict=True)) == {
        "segment x": "a",
        "segment y": "b",
    }
    np.testing.assert_array_equal(learned.assign(table), np.where(table["segment"] == "x", "a", "b"))
    assert learned.describe().startswith("Follow the tree by segment and calls")
    assert "By the tree itself, segment x: a (" in learned.describe()
    true = learned.evaluation.gains.true_gains(truth).groupby("against")["true_gain"].mean()
    frame = learned.evaluation.frame.set_index("against")
    assert ((frame["honest_gain"] - true).abs() < 3 * frame["std_error"]).all()


def test_the_rules_add_up(learned):
    rules, evaluation = learned.rules, learned.evaluation
    assert rules["n"].sum() == 900
    np.testing.assert_allclose(rules["share"], rules["n"] / 900)
    each = evaluation.repeats.loc[evaluation.repeats["against"] != STATUS_QUO, "honest"]
    np.testing.assert_allclose(evaluation.gains.customer_gains.mean(axis=1), each, rtol=1e-9)
    best = evaluation.gains.scores[:, evaluation.choices.index(evaluation.best_single)]
    whole = learned.tree.value - best.mean()
    assert (rules["share"] * rules["in_sample_gain"]).sum() == pytest.approx(whole, rel=1e-9)


def test_each_rule_has_its_own_customers_figures(strong, learned):
    gains, names = learned.evaluation.gains, np.array(learned.choices)
    money = strong[0]["value"].fillna(0)
    for row in learned.rules.to_dict("records"):
        inside = (strong[0]["segment"] == row["rule"][-1]).to_numpy()
        own, n = gains.customer_gains[:, inside], inside.sum()
        middle = np.median(own.mean(axis=1))
        variance = own.var(axis=1, ddof=1) / n + (own.mean(axis=1) - middle) ** 2
        error, rows = np.median(variance) ** 0.5, np.flatnonzero(inside)
        counts = [
            own_counts(strong[0].iloc[rows], *(names[each[rows]] for each in pair))
            for pair in zip(gains.decided, gains.single, strict=True)
        ]
        length = np.median([length_by_loop(strong[0], money, each, rows) for each in counts])
        if row["offer"] == learned.evaluation.best_single:
            assert np.isnan(row["honest_gain"])  # nothing else is sent there
        else:
            assert row["honest_gain"] == pytest.approx(middle, rel=1e-9)
            margins = [row[f"honest_gain_{end}"] - row["honest_gain"] for end in ("low", "high")]
            assert margins == pytest.approx(leaning(0.0, error, length / error), rel=1e-6)
        chosen = learned.choices.index(row["offer"])
        best = learned.choices.index(learned.evaluation.best_single)
        naive = gains.scores[inside, chosen] - gains.scores[inside, best]
        assert row["in_sample_gain"] == pytest.approx(naive.mean(), abs=1e-9)
        assert row["in_sample_std_error"] == pytest.approx(naive.std(ddof=1) / n**0.5, abs=1e-9)


def test_a_rule_that_sends_the_best_single_offer_gains_nothing_over_it():
    returns = {"a": {"x": 0.6, "y": 0.1}, "b": {"x": 0.3, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
    table, _ = by_segment(np.random.default_rng(4), 900, **returns)
    found = wb.learn_policy(wb.read_trial(table, OFFERS), by="segment", splits=wb.Splits(repeats=1))
    assert found.evaluation.best_single == "b"
    gains = found.rules.set_index("offer")["in_sample_gain"]
    assert gains["b"] == 0
    assert gains["a"] > 0


def test_where_the_tree_is_not_shown_to_pay_everybody_gets_the_best_single_offer(idle):
    table, found, _ = idle
    assert not found.evaluation.pays
    assert set(found.assign(table)) == {found.evaluation.best_single}
    assert set(found.assign(table, as_learned=True)) == set(found.rules["offer"])
    assert len(set(found.rules["offer"])) > 1
    single = f"Send {found.evaluation.best_single} to all who can still be won"
    assert found.describe().splitlines()[0] == f"{single}: the best tailoring that was found did no better."
    assert "The tree by segment and calls is not shown to earn more" in found.describe() + found.details()
    assert "would seem to gain" not in found.describe()
    assert "the tree by segment and calls would seem to gain" in found.details()


def test_in_sample_flatters_where_nothing_matters(idle):
    _, found, truth = idle
    true = found.evaluation.gains.true_gains(truth).query("against == 'best single offer'")["true_gain"]
    splits = found.evaluation.repeats.query("against == 'best single offer'")
    assert (splits["in_sample"] > 5).all()
    assert true.mean() < 5


def test_offers_go_to_the_customers_in_their_order_with_their_index(strong, learned):
    new = strong[0].sample(50, random_state=1).set_index(np.arange(50) * 3)[["segment", "calls"]]
    assigned = learned.assign(new)
    assert assigned.index.equals(new.index)
    assert assigned.name == "offer"
    np.testing.assert_array_equal(assigned, np.where(new["segment"] == "x", "a", "b"))


def test_a_tree_of_two_offers_chooses_among_them(strong):
    found = wb.learn_policy(
        wb.read_trial(strong[0], OFFERS), by="segment", among=["none", "b"], splits=wb.Splits(repeats=1)
    )
    assert found.choices == ("b", "none")
    assert set(found.rules["offer"]) <= {"b", "none"}


def test_the_smallest_leaf_is_kept_to_also_where_fewer_are_learned_from(strong):
    found = wb.learn_policy(
        wb.read_trial(strong[0], OFFERS), by=["segment", "calls"], smallest_leaf=300, splits=wb.Splits(repeats=1)
    )
    assert (found.rules["n"] >= 300).all()
    trial, tree_of = found.evaluation.trial, found.policy.tree
    some = np.arange(0, 900, 3)
    part = tree_of(trial, found.evaluation.gains.scores, some)
    assert len(part.leaves) > 1
    assert all(leaf.n >= 100 for leaf in part.leaves)
    assert not all(leaf.n >= 300 for leaf in part.leaves)


def test_seed_decides_the_splits(strong):
    first, second, other = (
        wb.learn_policy(
            wb.read_trial(strong[0], OFFERS), by="segment", splits=wb.Splits(repeats=1, rng=seed)
        ).honest_gain
        for seed in (1, 1, 2)
    )
    assert first == second != other


def test_an_alphabet_of_ids_and_indices_changes_nothing(strong):
    table = strong[0]
    found = wb.learn_policy(wb.read_trial(table, OFFERS), by="segment", splits=wb.Splits(repeats=1))
    odd = table.assign(customer_id=[f"Ms {n * 7919 % 1009}" for n in range(900)])
    odd = odd.set_axis(pd.Index(np.arange(900) % 2, name="segment"))
    again = wb.learn_policy(
        wb.read_trial(odd, OFFERS, covariates=["segment", "calls"]), by="segment", splits=wb.Splits(repeats=1)
    )
    pd.testing.assert_frame_equal(found.evaluation.frame, again.evaluation.frame)
    pd.testing.assert_frame_equal(found.rules, again.rules)
