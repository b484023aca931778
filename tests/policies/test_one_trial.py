"""Do a policy and what is made of it keep the trial and the terms they were learned from? Two calls in a row."""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_chance, by_segment, free

import winback as wb

RULE = {"price": "discount", "service": "upgrade", "both": "bundle"}
CHANCES = {"a": {"x": 0.7, "y": 0.3}, "b": {"x": 0.2, "y": 0.3}}


@pytest.fixture(scope="module")
def study():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=1)


@pytest.fixture(scope="module")
def at_six_months(study):
    return wb.learn_policy(study.trial.over(horizon_months=6), by="reason", splits=wb.Splits(repeats=1))


def test_a_policy_learned_at_six_months_lists_money_at_six_months(at_six_months, study):
    """At the study's own horizon the first customer would be worth more than four times as much."""
    away = study.lapsed.query("eligible and offer == 'none' and not returned")
    whom = away.drop(columns="followed")  # as on the day of the offer
    first = at_six_months.contact_list(whom).frame["expected_profit"].iloc[0]
    assert first == pytest.approx(96.41, abs=0.005)
    own = wb.learn_policy(study.trial, by="reason", splits=wb.Splits(repeats=1))
    assert own.contact_list(whom).frame["expected_profit"].iloc[0] == pytest.approx(454.87, abs=0.005)


def test_a_policy_is_not_judged_under_other_terms(at_six_months, study):
    theirs, ours = (rf"value over {months:g} months" for months in (6, study.trial.horizon_months))
    with pytest.raises(ValueError, match=rf"The policy was made under other terms \({theirs}.*this trial has \({ours}"):
        wb.evaluate_policy(study.trial, at_six_months)


def test_a_policy_is_not_judged_beside_one_under_other_terms(at_six_months, study):
    rule = wb.evaluate_policy(study.trial, RULE, by="reason", splits=wb.Splits(repeats=1))
    with pytest.raises(ValueError, match="The policy 'at six months' was made under other terms"):
        rule.check(beside={"at six months": at_six_months})


def test_a_policy_is_not_judged_on_another_trial():
    one, other = (by_segment(np.random.default_rng(seed), 300, **CHANCES)[0] for seed in (1, 2))
    learned = wb.learn_policy(wb.read_trial(one, free("a", "b")), by="segment", splits=wb.Splits(repeats=1))
    with pytest.raises(ValueError, match=r"The policy was made from another trial \(a table, 300 lapsed customers\)"):
        wb.evaluate_policy(wb.read_trial(other, free("a", "b")), learned)
    again = wb.evaluate_policy(wb.read_trial(one, free("a", "b")), learned, splits=wb.Splits(repeats=1))
    pd.testing.assert_frame_equal(again.frame, learned.evaluation.frame)


def test_a_policy_with_estimated_chances_has_a_contact_list():
    table, _ = by_chance(np.random.default_rng(1), 900)
    trial = wb.read_trial(table.drop(columns="offer_probability"), free("a", "b"), assignment="estimated")
    found = wb.learn_policy(trial, by="spent", splits=wb.Splits(repeats=1)).contact_list()
    away = table.loc[(table["offer"] == "none") & ~table["returned"], "customer_id"]
    assert set(found.frame["customer_id"]) <= set(away)
    assert len(found.frame) + found.n_left_alone == len(away)


def test_untrue_reasons_where_what_comes_back_anyway_is_assumed():
    """Who is left alone by mistake loses an offer's gain over what is assumed: the line falls as it must."""
    table, _ = by_segment(np.random.default_rng(1), 900, **CHANCES)
    trial = wb.read_trial(table, free("a", "b"), organic=0.1, organic_value=150.0)
    judged = wb.evaluate_policy(trial, {"x": "a", "y": None}, by="segment", splits=wb.Splits(repeats=1))
    found = judged.misstated([0.0, 1.0]).frame
    scores = wb.offer_scores(trial).scores.to_numpy() - 0.1 * 150.0
    x = (table["segment"] == "x").to_numpy()
    for row, sent in zip(found.to_dict("records"), (x, ~x), strict=True):
        assert row["gain"] == pytest.approx((np.where(sent, scores[:, 0], 0.0) - scores[:, 0]).mean(), rel=1e-9)


def test_a_policy_that_is_no_written_rule_has_nothing_to_misstate(at_six_months):
    with pytest.raises(ValueError, match="Only a written rule"):
        at_six_months.evaluation.misstated()


def test_a_table_is_no_trial(study):
    for call in (wb.learn_policy, lambda table: wb.evaluate_policy(table, RULE, by="reason")):
        with pytest.raises(TypeError, match="This takes a trial, not DataFrame"):
            call(study.lapsed)
