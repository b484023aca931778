"""Are honest gains what they say? Against a plain second computation, and against decisions known beforehand."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Gaussian
from tailored_trials import by_segment, free
from trials import length_by_loop, own_counts

import winback as wb
from winback.policies.candidates import Decision
from winback.policies.honest import BEST_SINGLE, STATUS_QUO, HonestGains
from winback.trial.predictions import deal_folds, predictions
from winback.trial.scores import cross_fitted_scores

OFFERS = free("a", "b")
TAILORED = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}
ARMS = ["a", "b", "none"]


def plain_means(table, learn, arms=ARMS):
    """Return predictions by segment: with one two-valued column least squares are the means of its cells."""
    values = table.assign(value=table["value"].fillna(0))[learn].groupby(["segment", "offer"])["value"].mean()
    return values.unstack()[arms].loc[table["segment"]].to_numpy()


def plain_scores(table, folds, without=None):
    """Score all customers outside a fold by those outside it and outside their own."""
    value, scores = table["value"].fillna(0).to_numpy(), np.full((len(table), 3), np.nan)
    chance = table.groupby("offer")["value"].transform("size").to_numpy() / len(table)
    for fold in set(folds) - {without}:
        mean = plain_means(table, (folds != fold) & (folds != without))
        own = table["offer"].to_numpy()[:, None] == np.array(ARMS)
        every = mean + own * (value[:, None] - mean) / chance[:, None]
        scores[folds == fold] = every[folds == fold]
    return scores


def plain_gain(table, folds, decide):
    """Judge fold by fold: what ``decide`` makes of the other folds' scores against their best single offer."""
    scores = plain_scores(table, folds)
    decided, single = np.empty((2, len(table)), dtype=int)
    for fold in set(folds):
        learned = plain_scores(table, folds, without=fold)
        learn, judge = folds != fold, folds == fold
        single[judge] = learned[learn].mean(axis=0).argmax()
        decided[judge] = decide(table[learn], learned[learn], table[judge])
    rows = np.arange(len(table))
    return scores[rows, decided], scores[rows, single], decided, single, scores


def by_best_cell(customers, scores, wanted):
    """Give each segment the offer that scored best in it: all that a tree can do with one two-valued column."""
    best = {segment: scores[customers["segment"] == segment].mean(axis=0).argmax() for segment in ("x", "y")}
    return wanted["segment"].map(best)


def test_a_tree_is_judged_as_the_plain_computation_judges_it(rng):
    table, _ = by_segment(rng, 480, **TAILORED)
    seed = 11
    found = wb.learn_policy(
        wb.read_trial(table, OFFERS, covariates=["segment"]),
        by="segment",
        smallest_leaf=10,
        splits=wb.Splits(folds=4, repeats=3, rng=seed),
    )
    generator, arm = np.random.default_rng(seed), np.array([ARMS.index(name) for name in table["offer"]])
    rows, gains = found.evaluation.repeats, []
    for repeat in range(3):
        folds = deal_folds(arm, 4, generator)
        tree, best, decided, single, scores = plain_gain(table, folds, by_best_cell)
        row = rows[(rows["repeat"] == repeat)].set_index("against")
        np.testing.assert_array_equal(found.evaluation.gains.decided[repeat], decided)
        np.testing.assert_array_equal(found.evaluation.gains.single[repeat], single)
        assert row.loc[BEST_SINGLE, "honest"] == pytest.approx((tree - best).mean(), rel=1e-9)
        assert row.loc[BEST_SINGLE, "std_error"] == pytest.approx((tree - best).std(ddof=1) / 480**0.5, rel=1e-9)
        assert row.loc[STATUS_QUO, "honest"] == pytest.approx((tree - scores[:, 2]).mean(), rel=1e-9)
        assert row.loc[STATUS_QUO, "std_error"] == pytest.approx((tree - scores[:, 2]).std(ddof=1) / 480**0.5, rel=1e-9)
        names, money = np.array(ARMS), table["value"].fillna(0)
        for against, instead in ((BEST_SINGLE, names[single]), (STATUS_QUO, ["none"] * 480)):
            length = length_by_loop(table, money, own_counts(table, names[decided], instead))
            assert row.loc[against, "skew_length"] == pytest.approx(length, rel=1e-9)
        whole = scores[np.arange(480), by_best_cell(table, scores, table)].mean()
        assert row.loc[BEST_SINGLE, "in_sample"] == pytest.approx(whole - scores.mean(axis=0).max(), rel=1e-9)
        assert row.loc[STATUS_QUO, "in_sample"] == pytest.approx(whole - scores[:, 2].mean(), rel=1e-9)
        assert row.loc[BEST_SINGLE, "best_single"] == ARMS[scores.mean(axis=0).argmax()]
        gains.append((tree - best, scores))
    np.testing.assert_allclose(found.evaluation.gains.customer_gains, [gain for gain, _ in gains], atol=1e-9)
    np.testing.assert_allclose(found.evaluation.gains.scores, np.mean([s for _, s in gains], axis=0), rtol=1e-9)


@pytest.mark.parametrize("model", ["linear", Gaussian()], ids=["linear", "family"])
def test_scores_to_learn_from_leave_the_judging_fold_out_of_predictions_too(rng, model):
    table, _ = by_segment(rng, 480, **TAILORED)
    folds, arm = rng.permutation(np.arange(480) % 4), np.array([ARMS.index(name) for name in table["offer"]])
    matrix, value = (table[["segment"]] == "x").to_numpy(dtype=float), table["value"].fillna(0).to_numpy()
    found, chance = predictions(model, matrix, value, arm, folds), np.full(480, 1 / 3)
    for without in (None, 0, 3, None):  # one object serves all: what it keeps must not be taken for another
        scores, expected = cross_fitted_scores(found, value, arm, chance, folds, without)
        np.testing.assert_allclose(scores, plain_scores(table, folds, without), rtol=1e-8)
        np.testing.assert_array_equal(np.isnan(expected).any(axis=1), folds == without)


class Witness:
    """A policy that writes down what it was given, and promises 7 for each customer under the second choice."""

    name = "the witness"

    def __init__(self):
        self.seen = []

    def decide(self, trial, choices, scores, learn_from, judge):
        self.seen.append((scores, learn_from, judge))
        return Decision(np.ones(len(judge), dtype=int), np.tile([0.0, 7.0, 0.0], (len(judge), 1)))


def test_a_policy_is_given_nested_scores_and_its_promise_is_kept_apart(rng):
    table, _ = by_segment(rng, 480, **TAILORED)
    arm, witness = np.array([ARMS.index(name) for name in table["offer"]]), Witness()
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS, covariates=["segment"]), witness, splits=wb.Splits(folds=4, repeats=1, rng=5)
    )
    folds = deal_folds(arm, 4, np.random.default_rng(5))
    *nested, whole = witness.seen
    for fold, (scores, learn_from, judge) in enumerate(nested):
        np.testing.assert_array_equal(judge, np.flatnonzero(folds == fold))
        np.testing.assert_array_equal(learn_from, np.flatnonzero(folds != fold))
        np.testing.assert_allclose(scores, plain_scores(table, folds, without=fold), rtol=1e-9)
    np.testing.assert_allclose(whole[0], plain_scores(table, folds), rtol=1e-9)
    best = ARMS.index(found.best_single)
    assert found.frame["predicted_gain"].tolist() == [0.0 if best == 1 else 7.0, 7.0]


def test_what_is_learned_never_sees_the_customers_judged(rng):
    """Outcomes of one fold are changed: decisions for that fold stay."""
    table, _ = by_segment(rng, 480, **TAILORED)
    arm = np.array([ARMS.index(name) for name in table["offer"]])
    folds = deal_folds(arm, 4, np.random.default_rng(3))
    wild = table.assign(value=table["value"].where(folds != 2, 1_000.0 * (table["offer"] == "none")))
    wild["value"] = wild["value"].where(table["returned"])
    splits = wb.Splits(folds=4, repeats=1, rng=3)
    before, after = (
        wb.learn_policy(
            wb.read_trial(each, OFFERS, covariates=["segment"]), ["segment", "calls"], splits=splits
        ).evaluation.gains
        for each in (table, wild)
    )
    np.testing.assert_array_equal(before.decided[0, folds == 2], after.decided[0, folds == 2])
    np.testing.assert_array_equal(before.single[0, folds == 2], after.single[0, folds == 2])
    assert (before.decided[0, folds != 2] != after.decided[0, folds != 2]).any()


def gains_of(honest, errors, lengths, against=BEST_SINGLE):
    frame = pd.DataFrame({"against": against, "honest": honest, "std_error": errors, "skew_length": lengths})
    frame = frame.assign(in_sample=9.0, predicted=8.0)
    nothing = np.zeros((1, 1))
    return HonestGains(frame, nothing, nothing, nothing, ("a",), nothing.astype(int), nothing.astype(int), None)


def test_the_summary_is_the_median_with_its_spread():
    """Gains 1, 2 and 6 have median 2; errors and distances, squared, make 4 + 1, 4 and 1 + 16, of median 5.

    Of the lengths -.2, .9 and .1 the median is .1.
    """
    found = gains_of([1.0, 6.0, 2.0], [2.0, 1.0, 2.0], [-0.2, 0.9, 0.1]).summary(BEST_SINGLE)
    assert found["honest_gain"] == 2.0
    assert found["std_error"] == pytest.approx(5**0.5)
    assert found["skewness"] == pytest.approx(0.1 / 5**0.5)
    assert (found["in_sample_gain"], found["predicted_gain"]) == (9.0, 8.0)


def test_true_gains_are_those_of_the_decisions():
    decided, single = np.array([[0, 1, 1], [1, 1, 0]]), np.array([[0, 0, 0], [1, 0, 1]])
    nothing = np.zeros(3)
    gains = HonestGains(pd.DataFrame(), nothing, nothing, nothing, ("a", "b"), decided, single, np.array([1, 1, 1]))
    true = gains.true_gains(pd.DataFrame({"b": [10.0, 20, 30], "unused": 0.0, "a": [1.0, 2, 3]}))
    assert true["against"].tolist() == [BEST_SINGLE, STATUS_QUO] * 2
    assert true["repeat"].tolist() == [0, 0, 1, 1]
    expected = [(0 + 18 + 27) / 3, (-9 + 0 + 0) / 3, (0 + 18 - 27) / 3, (0 + 0 - 27) / 3]
    np.testing.assert_allclose(true["true_gain"], expected)


@pytest.mark.parametrize("profits", [pd.DataFrame({"a": [1.0] * 3}), pd.DataFrame({"a": [1.0], "b": [1.0]})])
def test_true_profits_that_do_not_fit_are_refused(profits):
    nothing, some = np.zeros(3), np.zeros((1, 3), dtype=int)
    gains = HonestGains(pd.DataFrame(), nothing, nothing, nothing, ("a", "b"), some, some, None)
    with pytest.raises(ValueError, match="one row for each of 3 customers and a column for each of a and b"):
        gains.true_gains(profits)


def test_one_offer_for_everybody_gains_nothing_where_it_is_always_the_best(rng):
    returns = {"a": {"x": 0.9, "y": 0.9}, "b": {"x": 0.1, "y": 0.1}}
    table, _ = by_segment(rng, 300, **returns)
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS), {"x": "a", "y": "a"}, by="segment", splits=wb.Splits(repeats=2)
    )
    assert (found.repeats[["honest", "std_error", "in_sample", "predicted"]] == 0).all(axis=None)
    assert not found.pays
    assert "is not shown to earn more; on customers it has not seen it gains $0.00" in found.describe()
