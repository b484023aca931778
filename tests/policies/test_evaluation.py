"""Does a verdict follow from its figures? Yardsticks, intervals, sentences, choices, and what was assumed."""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free
from trials import leaning, length_by_loop, own_counts

import winback as wb
from winback.policies.honest import BEST_SINGLE, STATUS_QUO
from winback.results import format_money

OFFERS = free("a", "b")
STRONG = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
EQUAL = {"a": {"x": 0.4, "y": 0.4}, "b": {"x": 0.4, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}
RULE = {"x": "a", "y": "b"}


@pytest.fixture(scope="module")
def strong():
    return by_segment(np.random.default_rng(1), 900, **STRONG)


@pytest.fixture(scope="module")
def judged(strong):
    return wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), RULE, by="segment", splits=wb.Splits(repeats=5))


def test_the_frame_follows_from_the_splits(judged):
    for row in judged.frame.to_dict("records"):
        mine = judged.repeats[judged.repeats["against"] == row["against"]]
        gain = np.median(mine["honest"])
        error = np.median(mine["std_error"] ** 2 + (mine["honest"] - gain) ** 2) ** 0.5
        assert row["honest_gain"] == pytest.approx(gain, rel=1e-12)
        assert row["std_error"] == pytest.approx(error, rel=1e-12)
        skewness = np.median(mine["skew_length"]) / error
        assert row["skewness"] == pytest.approx(skewness, rel=1e-9)
        low, high = leaning(gain, error, skewness)
        assert row["honest_gain_low"] == pytest.approx(low, rel=1e-6)
        assert row["honest_gain_high"] == pytest.approx(high, rel=1e-6)
        for end in ("", "_low", "_high"):
            assert row[f"honest_total{end}"] == pytest.approx(900 * row[f"honest_gain{end}"], rel=1e-12)
        assert row["in_sample_gain"] == pytest.approx(np.median(mine["in_sample"]), rel=1e-12)
    assert judged.frame["against"].tolist() == [BEST_SINGLE, STATUS_QUO]
    assert judged.frame["offer"].tolist() == [judged.best_single, "none"]


def test_the_skew_length_of_each_split_is_that_of_the_decisions(strong, judged):
    table, rule = strong[0], strong[0]["segment"].map(RULE)
    money = table["value"].fillna(0)
    today = length_by_loop(table, money, own_counts(table, rule, ["none"] * 900))
    lengths = judged.repeats.pivot(index="repeat", columns="against", values="skew_length")
    assert lengths[STATUS_QUO].tolist() == pytest.approx([today] * 5, rel=1e-9)
    for length, single in zip(lengths[BEST_SINGLE], judged.gains.single, strict=True):
        counts = own_counts(table, rule, np.array(judged.choices)[single])
        assert length == pytest.approx(length_by_loop(table, money, counts), rel=1e-9)


def test_a_rule_gains_what_the_truth_says(strong, judged):
    table, truth = strong
    true = judged.gains.true_gains(truth).groupby("against")["true_gain"].mean()
    frame = judged.frame.set_index("against")
    assert ((frame["honest_gain"] - true).abs() < 3 * frame["std_error"]).all()
    chosen = np.where(table["segment"] == "x", truth["a"], truth["b"])
    assert true[STATUS_QUO] == pytest.approx((chosen - truth["none"]).mean(), rel=1e-12)


def test_a_tailored_rule_pays_and_says_so(judged):
    assert judged.pays
    gain, low, high = (format_money(judged.frame[f"honest_gain{end}"].iloc[0], "$") for end in ("", "_low", "_high"))
    first = judged.describe().splitlines()[0]
    assert first.startswith(f"Follow the rule by segment: on customers it has not seen it gains {gain} [{low}, {high}]")
    assert first.endswith(f"per customer over {judged.best_single} for everybody.")


def test_a_rule_that_mistakes_the_segments_loses_and_says_so(strong):
    found = wb.evaluate_policy(
        wb.read_trial(strong[0], OFFERS), {"x": "b", "y": "a"}, by="segment", splits=wb.Splits(repeats=5)
    )
    assert not found.pays
    assert found.frame["honest_gain_high"].iloc[0] < 0
    assert f"Send {found.best_single} to all who can still be won: the rule by segment loses" in found.describe()


def test_a_rule_where_nothing_matters_is_not_shown_to_earn_more():
    table, _ = by_segment(np.random.default_rng(2), 900, **EQUAL)
    found = wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", splits=wb.Splits(repeats=5))
    assert not found.pays
    assert "is not shown to earn more" in found.describe()
    assert "per customer, and one choice for all is simpler" in found.describe()


@pytest.mark.parametrize(("repeats", "words"), [(1, "on one split of"), (9, "on 9 splits of"), (10, None)])
def test_few_splits_are_said_to_be_few(strong, repeats, words):
    told = wb.evaluate_policy(
        wb.read_trial(strong[0], OFFERS), RULE, by="segment", splits=wb.Splits(repeats=repeats)
    ).describe()
    assert ("looks surer than it is" in told) == (words is not None)
    assert words is None or words in told


def test_among_leaves_other_offers_out(strong):
    found = wb.evaluate_policy(
        wb.read_trial(strong[0], OFFERS), RULE, by="segment", among=["b", "a"], splits=wb.Splits(repeats=1)
    )
    assert found.choices == ("a", "b")
    assert found.frame["against"].tolist() == [BEST_SINGLE]  # no offer cannot be chosen, and is no yardstick
    whole = wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), RULE, by="segment", splits=wb.Splits(repeats=1))
    np.testing.assert_allclose(found.repeats["honest"].iloc[0], whole.repeats["honest"].iloc[0], rtol=1e-12)
    assert found.gains.scores.shape == (900, 2)


def test_the_status_quo_may_be_an_offer_or_a_rule(strong):
    settings = {"by": "segment", "splits": wb.Splits(repeats=1)}
    offer = wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), RULE, status_quo="b", **settings)
    rule = wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), RULE, status_quo={"x": "b", "y": "b"}, **settings)
    assert offer.frame.loc[1, "offer"] == "b"
    assert rule.frame.loc[1, "offer"] == "the rule by segment"
    assert offer.frame.loc[1, "honest_gain"] == pytest.approx(rule.frame.loc[1, "honest_gain"], rel=1e-12)
    same = wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), RULE, status_quo=RULE, **settings)
    assert same.frame.loc[1, ["honest_gain", "std_error", "in_sample_gain"]].tolist() == [0, 0, 0]


def test_the_best_single_offer_is_the_one_that_earns_most():
    returns = {"a": {"x": 0.3, "y": 0.3}, "b": {"x": 0.6, "y": 0.6}, "none": {"x": 0.1, "y": 0.1}}
    table, _ = by_segment(np.random.default_rng(3), 900, **returns)
    found = wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", splits=wb.Splits(repeats=2))
    assert found.best_single == "b"
    assert set(found.repeats["best_single"]) == {"b"}
    costly = [OFFERS[0], wb.Offer(name="b", amount=190, paid="on_acceptance")]
    assert (
        wb.evaluate_policy(wb.read_trial(table, costly), RULE, by="segment", splits=wb.Splits(repeats=2)).best_single
        == "a"
    )
    ruinous = [wb.Offer(name=name, amount=500, paid="on_acceptance") for name in "ab"]
    found = wb.evaluate_policy(wb.read_trial(table, ruinous), RULE, by="segment", splits=wb.Splits(repeats=2))
    assert found.best_single == "none"
    assert found.describe().startswith("Send everybody no offer: the rule by segment loses")


def test_predicted_is_what_the_predictions_promise(strong):
    table, _ = strong
    found = wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", splits=wb.Splits(repeats=1))
    expected, best = found.gains.expected, found.choices.index(found.best_single)
    chosen = np.where(table["segment"] == "x", 0, 1)
    wanted = (expected[np.arange(900), chosen] - expected[:, best]).mean()
    assert found.frame["predicted_gain"].iloc[0] == pytest.approx(wanted, rel=1e-12)


def test_the_level_widens_the_interval(strong):
    wide = wb.evaluate_policy(
        wb.read_trial(strong[0], OFFERS), RULE, by="segment", level=0.99, splits=wb.Splits(repeats=1)
    ).frame.iloc[0]
    margins = leaning(0.0, wide["std_error"], wide["skewness"], z=2.575829)
    ends = wide[["honest_gain_low", "honest_gain_high"]] - wide["honest_gain"]
    assert ends.tolist() == pytest.approx(margins, rel=1e-6)


def test_a_learned_policy_is_judged_as_when_it_was_learned(strong):
    learned = wb.learn_policy(
        wb.read_trial(strong[0], OFFERS), by=["segment", "calls"], splits=wb.Splits(repeats=2, rng=8)
    )
    again = wb.evaluate_policy(wb.read_trial(strong[0], OFFERS), learned, splits=wb.Splits(repeats=2, rng=8))
    pd.testing.assert_frame_equal(again.frame, learned.evaluation.frame)
