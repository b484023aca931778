"""What does judging a policy refuse, and does the refusal help? Parts of each message."""

import numpy as np
import pandas as pd
import pytest
from tailored_trials import by_segment, free

import winback as wb
from winback.tables import TableError

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.5, "y": 0.2}, "b": {"x": 0.3, "y": 0.4}, "none": {"x": 0.2, "y": 0.2}}
RULE = {"x": "a", "y": "b"}


@pytest.fixture
def table(rng):
    return by_segment(rng, 300, **RETURNS)[0]


@pytest.fixture
def no_control(table):
    return table[table["offer"] != "none"]


def test_a_rule_that_names_an_unknown_offer(table):
    with pytest.raises(TableError, match=r"`segment` is given offer 'c', which was not tried. Tried: a, b and none"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": "c", "y": "a"}, by="segment")
    with pytest.raises(TableError, match=r"is given offer .*'a', 'b'.*, which was not tried"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": ["a", "b"], "y": "a"}, by="segment")
    with pytest.raises(TableError, match=r"is given offer '<NA>', which was not tried"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": pd.NA, "y": "a"}, by="segment")


def test_a_rule_that_leaves_customers_out(table):
    n, first = (table["segment"] == "y").sum(), table.loc[table["segment"] == "y", "customer_id"].iloc[0]
    parts = rf"rule says nothing; {n} of 300 .*customer {first}, row {first}, y.*None for no offer; the rule knows x"
    with pytest.raises(TableError, match=parts):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": "a"}, by="segment")


def test_a_rule_that_says_nothing_of_missing_values(table):
    table.loc[[3, 4], "segment"] = None
    with pytest.raises(TableError, match=r"rule says nothing; 2 of 300 .*customer 4"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment")


def test_every_fault_of_a_rule_is_said(table):
    with pytest.raises(TableError, match=r"2 problems(.|\n)*'c', which was not tried(.|\n)*says nothing"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), {"x": "c"}, by="segment")


@pytest.mark.parametrize("nothing", [None, "none"])
def test_no_offer_where_nobody_was_untreated(no_control, nothing):
    with pytest.raises(TableError, match=r"what they do then is unknown.*say organic="):
        wb.evaluate_policy(wb.read_trial(no_control, OFFERS), {"x": "a", "y": nothing}, by="segment")


@pytest.mark.parametrize(("by", "message"), [
    ("returned", "`returned` is known only after the offer went out"),
    ("offer", "`offer` is what the policy decides"),
    ("visited", "`visited` is known, or varies, only for those who returned"),
    ("age", "`age` is missing, and the rule reads it"),
])  # fmt: skip
def test_a_rule_by_a_column_that_nobody_knows_beforehand(table, by, message):
    table["visited"] = np.where(table["returned"], np.arange(300) % 2, 0)
    rule = dict.fromkeys([0, 1, "a", "b", "none"], "a")
    with pytest.raises(TableError, match=message):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), rule, by=by)
    with pytest.raises(TableError, match=message):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), lambda _, wanted: ["a"] * len(wanted), status_quo=rule, by=by)


@pytest.mark.parametrize(("by", "message"), [
    ("returned", "known only after the offer went out"),
    (["segment", "visited"], "`visited` is known, or varies, only for those who returned"),
    ("age", "`age` is missing from the table"),
    ([], "by names no column"),
])  # fmt: skip
def test_a_tree_by_a_column_that_nobody_knows_beforehand(table, by, message):
    table["visited"] = np.where(table["returned"], np.arange(300) % 2, 0)
    with pytest.raises(ValueError, match=message):
        wb.learn_policy(wb.read_trial(table, OFFERS), by=by)


@pytest.mark.parametrize(("policy", "by", "error", "message"), [
    ({}, "segment", ValueError, "The rule is empty: say which value"),
    (RULE, None, ValueError, "A written rule needs by="),
    ("a", "segment", TypeError, "policy must be a rule such as .*; got str"),
    (None, None, TypeError, "got NoneType"),
])  # fmt: skip
def test_a_policy_that_is_none(table, policy, by, error, message):
    with pytest.raises(error, match=message):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), policy, by=by)


@pytest.mark.parametrize(("setting", "value", "message"), [
    ("among", ["a", "c"], "among must name two or more of a, b, none; got a, c"),
    ("among", "a", "among must name two or more of a, b, none; got a"),
    ("among", ["a", "a"], "among must name two or more"),
    ("among", [], "got nothing"),
    ("status_quo", "c", "status_quo must be one of a, b, none; got 'c'"),
    ("level", 2, "level must be between 0 and 1"),
])  # fmt: skip
def test_a_setting_that_is_none(table, setting, value, message):
    with pytest.raises(ValueError, match=message):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", **{setting: value})
    with pytest.raises(ValueError, match=message):
        wb.learn_policy(wb.read_trial(table, OFFERS), by="segment", **{setting: value})


@pytest.mark.parametrize(("setting", "value", "message"), [
    ("repeats", 0, "repeats must be a whole number of at least 1; got 0"),
    ("repeats", 2.0, "repeats must be a whole number"),
    ("repeats", True, "repeats must be a whole number"),
    ("folds", 1, "folds must be a whole number of at least 3; got 1"),
    ("folds", 2, "folds must be a whole number of at least 3; got 2"),
])  # fmt: skip
def test_splits_that_are_none(setting, value, message):
    with pytest.raises(ValueError, match=message):
        wb.Splits(**{setting: value})


@pytest.mark.parametrize(("term", "value", "message"), [
    ("assignment", "guessed", "assignment must be known or estimated"),
    ("organic", 0.1, "organic is for tables without a control group"),
    ("horizon_months", 12, "horizon_months and annual_discount cannot be applied"),
])  # fmt: skip
def test_a_term_that_is_none(table, term, value, message):
    with pytest.raises(ValueError, match=message):
        wb.read_trial(table, OFFERS, **{term: value})


def test_a_model_of_outcomes_that_is_none(table):
    with pytest.raises(ValueError, match=r"model must be \"linear\", a statsmodels family .*; got 'forest'"):
        wb.read_trial(table, OFFERS, model="forest")
    with pytest.raises(ValueError, match=r"model must be .*; got 'forest'"):
        wb.read_trial(table, OFFERS).over(model="forest")


def test_a_status_quo_outside_those_chosen_among(table):
    with pytest.raises(ValueError, match="status_quo must be one of a, b; got 'none'"):
        wb.evaluate_policy(wb.read_trial(table, OFFERS), RULE, by="segment", among=["a", "b"], status_quo="none")


def test_an_arm_smaller_than_the_folds(table):
    few = table[(table["offer"] != "b") | (table.groupby("offer").cumcount() < 3)]
    with pytest.raises(ValueError, match=r"'b' has no customer in 2 of 5 folds"):
        wb.evaluate_policy(wb.read_trial(few, OFFERS, covariates=[]), RULE, by="segment")


def test_customers_left_when_two_folds_are_out_are_counted(table):
    few = table[(table["offer"] != "b") | (table.groupby("offer").cumcount() < 15)]
    with pytest.raises(ValueError, match=r"'b' has 9 customers outside the folds left out.* 3 columns need 12"):
        wb.evaluate_policy(
            wb.read_trial(few, OFFERS, covariates=wb.offer_scores(wb.read_trial(table, OFFERS)).trial.covariates),
            RULE,
            by="segment",
        )
    assert (
        wb.evaluate_policy(wb.read_trial(few, OFFERS), RULE, by="segment", splits=wb.Splits(repeats=1)).trial.covariates
        == ()
    )  # averages instead


def test_callers_table_and_rule_are_not_changed(table):
    before, rule = table.copy(deep=True), dict(RULE)
    wb.evaluate_policy(wb.read_trial(table, OFFERS), rule, by="segment", splits=wb.Splits(repeats=1))
    wb.learn_policy(wb.read_trial(table, OFFERS), by=["segment", "calls"], splits=wb.Splits(repeats=1))
    assert table.equals(before)
    assert rule == RULE
