"""Does each way of deciding decide as it says? Written rules, functions, models, and what they may look at."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback.policies.candidates import ModelPolicy, WrittenRule, as_policy

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}
FORMULAS = {"reacquisition": "offer * referrals", "tenure": "reason", "margin": "offer"}


@pytest.fixture
def table(rng):
    return by_segment(rng, 300, **RETURNS)[0]


def decisions(table, policy, **settings):
    """Return the offers decided on, in one split."""
    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS, covariates=["segment"]), policy, **settings, splits=wb.Splits(repeats=1)
    )
    return np.array(found.choices)[found.gains.decided[0]]


def test_a_written_rule_is_followed(table):
    chosen = decisions(table, {"x": "b", "y": None, "z": "a"}, by="segment")
    np.testing.assert_array_equal(chosen, np.where(table["segment"] == "x", "b", "none"))


def test_a_rule_of_numbers_or_flags_is_followed(table):
    table["calls"], table["old"] = table["calls"].clip(0, 1), table["segment"] == "x"
    by_number = decisions(table, {0: "a", 1: "b"}, by="calls")
    np.testing.assert_array_equal(by_number, np.where(table["calls"] == 0, "a", "b"))
    by_flag = decisions(table, {True: "a", False: "none"}, by="old")
    np.testing.assert_array_equal(by_flag, np.where(table["old"], "a", "none"))


def test_a_mapping_becomes_a_rule_and_is_not_changed(table):
    written = {"x": "b", "y": None}
    rule = as_policy(written, "segment")
    assert isinstance(rule, WrittenRule)
    assert rule.name == "the rule by segment"
    written["x"] = "a"
    assert rule.offers["x"] == "b"


def test_a_function_is_given_the_others_to_learn_from_and_decides_for_the_rest(table):
    seen = []

    def the_best_of_the_group(learn, wanted):
        seen.append((set(learn["customer_id"]), set(wanted["customer_id"])))
        means = (
            learn.assign(value=learn["value"].fillna(0)).groupby(["segment", "offer"], observed=True)["value"].mean()
        )
        return means.unstack().idxmax(axis=1).loc[wanted["segment"]].to_numpy()

    found = wb.evaluate_policy(
        wb.read_trial(table, OFFERS), the_best_of_the_group, splits=wb.Splits(folds=3, repeats=1)
    )
    assert found.name == "the_best_of_the_group"
    *by_fold, (whole, everyone) = seen
    assert whole == everyone == set(table["customer_id"])  # the figure that flatters
    assert len(by_fold) == 3
    for learned, judged in by_fold:
        assert not learned & judged
        assert learned | judged == whole
    assert set().union(*(judged for _, judged in by_fold)) == whole


def test_a_function_sees_no_offer_and_no_outcome_of_those_it_decides_for(table):
    table["offer_probability"], table["visits"] = 1 / 3, np.where(table["returned"], np.arange(300) % 7, 0)
    columns = []

    def looks(learn, wanted):
        columns.append((set(learn), set(wanted)))
        return ["a"] * len(wanted)

    wb.evaluate_policy(wb.read_trial(table, OFFERS), looks, splits=wb.Splits(repeats=1))
    for learned, wanted in columns:
        assert learned == set(table)
        assert wanted == {"customer_id", "segment", "calls"}


def test_a_function_may_answer_none_or_with_a_series_of_any_index(table):
    def few(_, wanted):
        return pd.Series(np.where(wanted["segment"] == "x", "a", None), index=wanted["calls"])

    np.testing.assert_array_equal(decisions(table, few), np.where(table["segment"] == "x", "a", "none"))


@pytest.mark.parametrize(
    "answer",
    [lambda w: ["c"] * len(w), lambda w: "a", lambda w: ["a"], lambda w: [["a"]] * len(w), lambda w: [1] * len(w)],
)
def test_a_function_that_names_no_offer_for_each_is_refused(table, answer):
    with pytest.raises(ValueError, match="The policy must return one of a, b and none for each of 60 customers"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), lambda _, wanted: answer(wanted))


@pytest.mark.slow
def test_a_model_decides_by_the_value_it_expects():
    few = wb.simulate_telecom_study(2_120, calibrate=False, rng=4)
    found = wb.evaluate_policy(few.trial, wb.model_policy(**FORMULAS), splits=wb.Splits(repeats=1, folds=3))
    trial = found.trial
    fit = wb.fit_two_part(trial.customers, **FORMULAS)
    whole = wb.second_lifetime_value(fit, trial, trial.customers).net_values[list(found.choices)].to_numpy()
    best, single = whole.max(axis=1), whole[:, found.choices.index(found.repeats["best_single"].iloc[0])]
    assert found.repeats["predicted"].iloc[0] == pytest.approx((best - single).mean(), rel=1e-9)
    assert len(np.unique(found.gains.decided)) > 1


def test_a_model_does_not_look_at_the_outcomes_of_those_it_decides_for():
    few = wb.simulate_telecom_study(2_120, calibrate=False, rng=4)
    rule = {"price": "discount", "service": "upgrade", "both": "bundle"}
    found = wb.evaluate_policy(few.trial, rule, by="reason", splits=wb.Splits(repeats=1))
    trial, policy = few.trial.part(few.trial.kept), wb.model_policy(**FORMULAS)
    learn, judge = np.arange(0, 1_200), np.arange(1_200, 1_700)
    before = policy.decide(trial, found.choices, None, learn, judge)
    customers = trial.customers.copy()
    customers.loc[judge, "returned"], customers.loc[judge, "offer"] = False, "bundle"
    customers.loc[judge, ["second_tenure", "second_ended", "second_margin"]] = [np.nan, pd.NA, np.nan]
    after = policy.decide(replace(trial, lapsed=customers), found.choices, None, learn, judge)
    np.testing.assert_array_equal(before.choice, after.choice)
    np.testing.assert_allclose(before.promised, after.promised, rtol=1e-12)
    assert before.choice.tolist() == before.promised.argmax(axis=1).tolist()


def test_a_model_takes_what_is_assumed_of_customers_without_an_offer():
    few = wb.simulate_telecom_study(2_120, calibrate=False, rng=4)
    sent = few.lapsed[few.lapsed["offer"] != "none"]
    plain = {"reacquisition": "offer", "tenure": "1", "margin": "1"}
    model = wb.model_policy(**plain)
    shares = {"reason": {"price": 0.9, "service": 0.0, "both": 0.0}}
    trial = wb.read_trial(sent, few.offers, organic=shares, organic_value=1_000.0, covariates=[])
    found = wb.evaluate_policy(trial, model, splits=wb.Splits(folds=3, repeats=1))
    none = found.gains.decided[0] == found.choices.index("none")
    np.testing.assert_array_equal(none, found.trial.customers["reason"] == "price")


def test_a_model_without_second_lifetimes_is_refused(table):
    with pytest.raises(ValueError, match="needs second_tenure, second_ended and second_margin"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), wb.model_policy(**FORMULAS))


def test_model_policy_passes_its_settings_on():
    policy = wb.model_policy(**FORMULAS, joint=True, distribution="weibull")
    assert isinstance(policy, ModelPolicy)
    assert (policy.joint, policy.distribution, policy.formulas) == (True, "weibull", FORMULAS)
    with pytest.raises(ValueError, match="link must be probit, or logit where joint is False"):
        wb.model_policy(**FORMULAS, joint=True, link="logit")
