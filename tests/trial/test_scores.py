"""Are scores what their formula says? By hand, by a second computation, and where they must equal a comparison."""

import numpy as np
import pandas as pd
import pytest
from sentences import hold_to_three
from tailored_trials import by_chance, by_segment, free

import winback as wb
from winback.terms.catalog import Offer

RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}


def plain_scores(table, arms, columns, folds, chance):
    """Compute the scores as they are defined, one fold and one arm after the other."""
    outcome, matrix = table["value"].fillna(0).to_numpy(), np.column_stack([np.ones(len(table)), *columns])
    expected = np.empty((len(table), len(arms)))
    for place, arm in enumerate(arms):
        for fold in set(folds):
            learn, use = (table["offer"] == arm) & (folds != fold), folds == fold
            expected[use, place] = matrix[use] @ np.linalg.lstsq(matrix[learn], outcome[learn], rcond=None)[0]
    own = (table["offer"].to_numpy()[:, None] == np.array(arms)) / chance[:, None]
    return expected + own * (outcome[:, None] - expected), expected


def test_scores_by_hand():
    """Six customers, two folds, no covariates: predictions are means of the other fold."""
    table = pd.DataFrame(
        {
            "customer_id": list("mnopqrst"),
            "offer": ["a", "a", "none", "none"] * 2,
            "returned": True,
            "value": [10.0, 30, 2, 4, 50, 70, 6, 8],
            "offer_probability": [0.5, 0.25, 0.5, 0.75] * 2,
        }
    )
    found = wb.offer_scores(wb.read_trial(table, free("a"), covariates=[]), folds=[0, 0, 0, 0, 1, 1, 1, 1])
    # In the first fold a is predicted 60, none 7; in the second 20 and 3.
    a = [60 + (10 - 60) / 0.5, 60 + (30 - 60) / 0.25, 60, 60, 20 + 30 / 0.5, 20 + 50 / 0.25, 20, 20]
    none = [7, 7, 7 - 5 / 0.5, 7 - 3 / 0.75, 3, 3, 3 + 3 / 0.5, 3 + 5 / 0.75]
    np.testing.assert_allclose(found.scores, np.transpose([a, none]), rtol=1e-12)
    np.testing.assert_allclose(found.expected, [[60, 7]] * 4 + [[20, 3]] * 4, rtol=1e-12)
    assert list(found.scores.index) == list("mnopqrst")
    assert list(found.scores) == ["a", "none"]
    assert found.frame["n"].tolist() == [4, 4]
    row = found.frame.iloc[0]
    assert row["mean"] == pytest.approx(np.mean(a))
    assert row["mean_std_error"] == pytest.approx(np.std(a, ddof=1) / 8**0.5)
    gain = np.subtract(a, none)
    assert row["effect"] == pytest.approx(gain.mean())
    assert row["effect_std_error"] == pytest.approx(gain.std(ddof=1) / 8**0.5)
    assert row["effect_low"] == pytest.approx(gain.mean() - 1.959964 * gain.std(ddof=1) / 8**0.5, rel=1e-6)
    assert found.frame.iloc[1].filter(like="effect").isna().all()


def test_scores_are_those_computed_plainly(rng):
    table, _ = by_chance(rng, 900)
    table["kind"] = rng.choice(["x", "y", "z"], len(table))
    folds = rng.permutation(np.arange(900) % 4)
    found = wb.offer_scores(wb.read_trial(table, free("a", "b")), folds=folds)
    assert found.trial.covariates == ("spent", "kind")
    columns = [table["spent"], table["kind"] == "x", table["kind"] == "y"]
    chance = table["offer_probability"].to_numpy()
    scores, expected = plain_scores(table, ["a", "b", "none"], columns, folds, chance)
    np.testing.assert_allclose(found.expected, expected, rtol=1e-9)
    np.testing.assert_allclose(found.scores, scores, rtol=1e-9)


def test_without_covariates_in_even_folds_means_are_those_of_the_comparison(rng):
    """Each fold with the arms' very shares: the corrections by other folds' means cancel."""
    table, _ = by_segment(rng, 600, **RETURNS)
    folds = table.groupby("offer").cumcount() % 5
    costs = [Offer(name="a", amount=12, paid="on_acceptance"), Offer(name="b", amount=3, paid="per_contact")]
    found = wb.offer_scores(wb.read_trial(table, costs, covariates=[]), folds=folds).frame.set_index("offer")
    compared = wb.compare_offers(wb.read_trial(table, costs)).frame.set_index("offer")
    np.testing.assert_allclose(found.loc[["a", "b"], "mean"], compared.loc[["a", "b"], "gross_profit"], rtol=1e-12)
    incremental = compared.loc[["a", "b"], "incremental_profit"]
    np.testing.assert_allclose(found.loc[["a", "b"], "effect"], incremental, rtol=1e-12)


@pytest.mark.parametrize("outcome", ["profit", "value", "cost", "returned"])
def test_each_outcome_is_that_of_the_comparison(rng, outcome):
    table, _ = by_segment(rng, 600, **RETURNS)
    folds = table.groupby("offer").cumcount() % 5
    costs = [Offer(name="a", amount=12, paid="on_acceptance"), Offer(name="b", amount=3, paid="per_contact")]
    found = wb.offer_scores(wb.read_trial(table, costs, covariates=[]), folds=folds, outcome=outcome).frame.set_index(
        "offer"
    )
    means = table.groupby("offer")[["value", "returned"]].agg({"value": "sum", "returned": "mean"})
    cost = pd.Series({"a": 12 * means.loc["a", "returned"], "b": 3.0, "none": 0.0})
    value = means["value"] / 200
    wanted = {"profit": value - cost, "value": value, "cost": cost, "returned": means["returned"]}[outcome]
    np.testing.assert_allclose(found["mean"], wanted.loc[["a", "b", "none"]], rtol=1e-12, atol=1e-12)


def test_an_own_outcome_never_enters_an_own_prediction(rng):
    table, _ = by_segment(rng, 300, **RETURNS)
    folds = np.arange(300) % 3
    before = wb.offer_scores(wb.read_trial(table, free("a", "b")), folds=folds).expected
    changed = table.assign(value=table["value"].where(folds != 1, table["value"] * 100))
    after = wb.offer_scores(wb.read_trial(changed, free("a", "b")), folds=folds).expected
    np.testing.assert_allclose(after[folds == 1], before[folds == 1], rtol=1e-12)
    assert (np.abs(after[folds != 1] / before[folds != 1] - 1) > 0.01).all(axis=None)


@pytest.mark.parametrize("n_rare", [1, 3])
def test_a_label_that_others_lack_is_predicted_like_the_average(rng, n_rare):
    """It is in one fold of one arm only: elsewhere its column is the same for all, and must not act as intercept."""
    table, _ = by_segment(rng, 1_500, **RETURNS)
    folds = np.arange(1_500) % 5
    rare = np.flatnonzero((table["offer"] == "a") & (folds == 0))[:n_rare]
    table.loc[rare, "segment"] = "rare"
    found = wb.offer_scores(wb.read_trial(table, free("a", "b"), covariates=["segment"]), folds=folds)
    usual, odd = found.expected.drop(rare + 1), found.expected.loc[rare + 1]
    assert (odd.min() >= usual.min() - 1e-9).all()
    assert (odd.max() <= usual.max() + 1e-9).all()
    np.testing.assert_allclose(usual.groupby(table["segment"].drop(rare).to_numpy()).std(), 0, atol=25)


def test_a_trial_without_control_has_no_effects_and_says_gross(rng):
    table, _ = by_segment(rng, 600, **RETURNS)
    found = wb.offer_scores(wb.read_trial(table[table["offer"] != "none"], free("a", "b")))
    assert not [name for name in found.frame if name.startswith("effect")]
    assert "these figures are gross" in found.describe()
    assert "more than without an offer" not in found.describe()


def test_untreated_who_are_no_random_group_are_left_out(rng):
    table, _ = by_segment(rng, 900, **RETURNS)
    table["calls"] += 5 * (table["offer"] == "none")
    found = wb.offer_scores(wb.read_trial(table, free("a", "b")))
    assert found.trial.arms == ("a", "b")
    assert len(found.scores) == 600
    alone = wb.offer_scores(wb.read_trial(table[table["offer"] != "none"], free("a", "b")))
    pd.testing.assert_frame_equal(found.frame, alone.frame)


def test_recorded_chances_are_those_among_the_offers_where_the_untreated_are_left_out(rng):
    table, _ = by_segment(rng, 900, **RETURNS)
    table["calls"] += 5 * (table["offer"] == "none")
    recorded = wb.offer_scores(wb.read_trial(table.assign(offer_probability=1 / 3), free("a", "b")))
    np.testing.assert_allclose(recorded.trial.probability, 0.5, rtol=1e-12)


def test_those_not_promising_are_left_out_and_folds_follow_their_customers(rng):
    table, _ = by_segment(rng, 600, **RETURNS)
    table["eligible"], folds = rng.random(600) < 0.7, rng.permutation(np.arange(600) % 4)
    found = wb.offer_scores(wb.read_trial(table, free("a", "b"), covariates=["segment"]), folds=folds)
    kept = table["eligible"].to_numpy()
    np.testing.assert_array_equal(found.folds, folds[kept])
    alone = wb.offer_scores(wb.read_trial(table[kept], free("a", "b"), covariates=["segment"]), folds=folds[kept])
    pd.testing.assert_frame_equal(found.scores, alone.scores)


def test_the_same_seed_deals_the_same_folds_and_each_arm_evenly(rng):
    table, _ = by_segment(rng, 610, **RETURNS)
    first, second, other = (wb.offer_scores(wb.read_trial(table, free("a", "b")), rng=seed) for seed in (5, 5, 6))
    pd.testing.assert_frame_equal(first.scores, second.scores)
    assert (first.folds != other.folds).any()
    counts = pd.crosstab(first.folds, first.trial.arm).to_numpy()
    assert counts.shape == (5, 3)
    assert (counts.max(axis=0) - counts.min(axis=0) <= 1).all()


def test_what_is_said_is_in_the_frame(rng):
    table, _ = by_segment(rng, 600, **RETURNS)
    found = wb.offer_scores(wb.read_trial(table, free("a", "b")), outcome="returned")
    best = found.frame.iloc[:2].sort_values("mean").iloc[-1]
    first = found.describe().splitlines()[0]
    assert first.startswith(f"With {best['offer']} sent to everybody, {best['mean']:.1%} would return")
    assert f"{best['effect']:.1%} more than without an offer" in first
    hold_to_three(found)
    assert "none sent" not in found.describe() + found.details()
