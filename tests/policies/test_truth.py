"""Are policies held against the truth as by hand? Regret, true gains, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback.policies.truth import A_CHECK
from winback.results import format_money

OFFERS = free("a", "b")
CHANCES = {"a": {"x": 0.7, "y": 0.1}, "b": {"x": 0.1, "y": 0.7}, "none": {"x": 0.1, "y": 0.1}}
RULE = {"x": "a", "y": "b"}


def compared(policies, truth=None):
    """Hold policies against the truth, the first one's name being the one it has."""
    first, *others = policies.items()
    found = first[1].check(truth, beside=dict(others))
    return replace(found, frame=found.frame.replace({"policy": {first[1].name: first[0]}}))


@pytest.fixture(scope="module")
def drawn():
    return by_segment(np.random.default_rng(1), 600, **CHANCES)


@pytest.fixture(scope="module")
def policies(drawn):
    settings = {"by": "segment", "splits": wb.Splits(repeats=3)}
    return {
        "right": wb.evaluate_policy(wb.read_trial(drawn[0], OFFERS), RULE, **settings),
        "wrong": wb.evaluate_policy(wb.read_trial(drawn[0], OFFERS), {"x": "b", "y": "a"}, **settings),
    }


@pytest.fixture(scope="module")
def found(drawn, policies):
    return compared(policies, drawn[1])


def test_regret_and_true_profit_by_a_loop_over_customers(drawn, found):
    table, truth = drawn
    for row, rule in zip(found.frame.to_dict("records"), (RULE, {"x": "b", "y": "a"}), strict=True):
        earned, best = [], []
        for customer, segment in zip(table["customer_id"], table["segment"], strict=True):
            earned.append(truth.loc[customer, rule[segment]])
            best.append(max(truth.loc[customer]))
        assert row["true_profit"] == pytest.approx(np.mean(earned), rel=1e-12)
        assert row["regret"] == pytest.approx(np.mean(best) - np.mean(earned), rel=1e-12)
        assert found.oracle == pytest.approx(np.mean(best), rel=1e-12)


def test_the_true_gain_is_that_of_the_decisions_judged(drawn, policies, found):
    table, truth = drawn
    chosen = np.where(table["segment"] == "x", truth["a"], truth["b"])
    each = policies["right"]
    gains = [np.mean(chosen - truth.to_numpy()[np.arange(600), single]) for single in each.gains.single]
    row = found.frame.iloc[0]
    assert row["true_gain"] == pytest.approx(np.median(gains), rel=1e-12)
    error = each.frame["std_error"].iloc[0]
    assert row["std_errors_off"] == pytest.approx((each.honest_gain - np.median(gains)) / error, rel=1e-9)
    copied = ["honest_gain", "honest_gain_low", "honest_gain_high", "in_sample_gain"]
    assert row[copied].tolist() == each.frame.loc[0, copied].tolist()


def test_the_order_of_true_profits_does_not_matter(drawn, policies, found):
    mixed = drawn[1].sample(frac=1, random_state=3)[["none", "b", "a"]].assign(more=1.0)
    pd.testing.assert_frame_equal(compared(policies, mixed).frame, found.frame)


def test_a_learned_policy_is_held_against_the_truth(drawn):
    learned = wb.learn_policy(wb.read_trial(drawn[0], OFFERS), by="segment", splits=wb.Splits(repeats=2))
    both = compared({"tree": learned, "the same": learned.evaluation}, drawn[1]).frame
    assert both.drop(columns="policy").iloc[0].equals(both.drop(columns="policy").iloc[1])


@pytest.mark.parametrize("order", [("all", "few"), ("few", "all")])
def test_the_oracle_may_choose_what_any_policy_may(drawn, policies, order):
    """Whichever policy is named last: it may have fewer offers to choose from."""
    few = wb.evaluate_policy(
        wb.read_trial(drawn[0], OFFERS), RULE, by="segment", among=["a", "b"], splits=wb.Splits(repeats=1)
    )
    each = {"all": policies["right"], "few": few}
    found = compared({name: each[name] for name in order}, drawn[1].assign(none=1_000.0))
    assert found.oracle == 1_000
    assert (found.frame["regret"] > 0).all()


def test_the_sentences_follow_from_the_frame(found):
    held = found.frame["true_gain"].between(found.frame["honest_gain_low"], found.frame["honest_gain_high"])
    assert held.all()
    told = found.describe()
    assert told.startswith(f"{A_CHECK}: every interval holds the true gain")
    best = found.frame["regret"].idxmin()
    assert best == 0
    assert f"would earn {format_money(found.oracle, '$')} per customer" in told
    assert "$0 more than the best of these (right)" in told


def test_an_interval_that_misses_is_named(drawn, policies):
    truth = drawn[1].assign(a=drawn[1]["a"] + 500 * (drawn[0]["segment"] == "y").to_numpy())
    told = compared(policies, truth).describe()
    missed = compared(policies, truth).frame
    wrong = missed.loc[~missed["true_gain"].between(missed["honest_gain_low"], missed["honest_gain_high"]), "policy"]
    assert len(wrong) == 2
    assert told.startswith(f"{A_CHECK}: 0 of 2 intervals hold the true gain; that of right and wrong does not.")


def test_who_is_not_flattered_is_not_called_so(drawn, policies):
    rich = drawn[1].copy()
    x = (drawn[0]["segment"] == "x").to_numpy()
    rich["a"] += 900.0 * x
    rich["b"] += 900.0 * ~x
    found = compared({"right": policies["right"]}, rich)
    assert (found.frame["in_sample_gain"] < found.frame["true_gain"]).all()
    assert "flattered" not in found.describe().lower()


def test_customers_without_a_truth_are_refused(drawn, policies):
    with pytest.raises(ValueError, match=r"true_profits lacks 3 of the 600 customers of the trial \(first: customer 4"):
        compared(policies, drawn[1].drop(index=[4, 9, 600]))
    with pytest.raises(ValueError, match="lacks 1 of the 600"):
        compared(policies, drawn[1].mask(drawn[1].index.to_numpy()[:, None] == [7, 0, 0]))


def test_offers_without_a_truth_are_refused(drawn, policies):
    with pytest.raises(ValueError, match="true_profits lacks a column of none, which a policy may choose"):
        compared(policies, drawn[1].drop(columns="none"))


def test_customers_who_are_there_twice_are_refused(drawn, policies):
    with pytest.raises(ValueError, match=r"has customers twice \(first: customer 2\)"):
        compared(policies, pd.concat([drawn[1], drawn[1].loc[[2]]]))


def test_policies_of_two_trials_are_refused(drawn, policies):
    other = wb.evaluate_policy(
        wb.read_trial(drawn[0].head(300), OFFERS), RULE, by="segment", splits=wb.Splits(repeats=1)
    )
    with pytest.raises(ValueError, match=r"The policy 'half' was made from another trial \(a table, 300 lapsed"):
        compared(policies | {"half": other}, drawn[1])


def test_a_policy_beside_itself_needs_another_name(policies):
    with pytest.raises(ValueError, match="beside names a policy 'the rule by segment'"):
        policies["right"].check(beside={"the rule by segment": policies["wrong"]})


def test_a_trial_of_ones_own_has_no_truth(policies):
    assert "known of simulations only" in policies["right"].check(beside={"wrong": policies["wrong"]})


def test_a_simulated_trial_knows_its_truth_under_its_own_terms(drawn, found):
    trial = replace(wb.read_trial(drawn[0], OFFERS), true_profits=drawn[1])
    rules = {"right": RULE, "wrong": {"x": "b", "y": "a"}}
    judged = {
        name: wb.evaluate_policy(trial, rule, by="segment", splits=wb.Splits(repeats=3)) for name, rule in rules.items()
    }
    pd.testing.assert_frame_equal(compared(judged).frame, found.frame)


def test_true_profits_of_the_study_by_a_loop_over_customers(study):
    outcomes, window = study.truth.potential_outcomes, study.value_window
    costs = {"discount": 120.0, "upgrade": 105.0, "bundle": 225.0}
    tailored = {"price": "discount", "service": "upgrade", "both": "bundle"}
    true = study.true_profits()
    assert len(true) == study.lapsed["eligible"].sum() == 45_000
    places = np.flatnonzero(study.lapsed["eligible"])[::150]
    for place in places:
        customer, lives = study.lapsed.iloc[place], outcomes.iloc[place]
        for arm in ("discount", "upgrade", "bundle", "tailored", "none"):
            cost = 0.0 if arm == "none" else costs[tailored[customer["reason"]] if arm == "tailored" else arm]
            earned = 0.0
            if lives[f"returned_{arm}"]:
                earned = lives[f"second_margin_{arm}"] * min(lives[f"second_tenure_{arm}"], window) - cost
            assert true.loc[customer["customer_id"], arm] == pytest.approx(earned, rel=1e-12)


def test_what_was_seen_is_what_is_true_under_the_own_offer(study):
    """Of those who did not return, or whose second life ended before the data did, nothing is hidden."""
    seen, true = study.lapsed[study.lapsed["eligible"]].set_index("customer_id"), study.true_profits()
    own = true.to_numpy()[np.arange(len(seen)), true.columns.get_indexer(seen["offer"].astype(str))]
    np.testing.assert_array_equal(own[~seen["returned"].to_numpy()], 0.0)
    ended = seen["second_ended"].fillna(False).to_numpy(dtype=bool)
    assert ended.sum() > 5_000
    worth = seen["second_margin"] * seen["second_tenure"].clip(upper=study.value_window)
    names = {"price": "discount", "service": "upgrade", "both": "bundle"}
    sent = seen["offer"].astype(str).where(seen["offer"] != "tailored", seen["reason"].astype(str).map(names))
    cost = sent.map({"discount": 120.0, "upgrade": 105.0, "bundle": 225.0, "none": 0.0})
    np.testing.assert_allclose(own[ended], (worth - cost)[ended], rtol=1e-9, atol=1e-9)
