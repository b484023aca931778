"""Are outcomes read by the names and in the money of the trial's table, and is all that is wrong said at once?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lists_to_plan import OFFERS, list_made, outcomes_of, people_of, plan_of
from valid_calls import measured

import winback as wb
from winback.outreach.outcomes import outcomes_of as read
from winback.tables import SECOND_LIFETIME, TableError

OWN = {"customer_id": "Kundennr.", "returned": "Zurück", "value": "Wert 24M"}


def refused(plan, outcomes):
    with pytest.raises(TableError) as error:
        plan.check(outcomes)
    return error.value


def plan_under(terms):
    """Return a plan of ten whose trial has other terms."""
    plan = plan_of(people_of(10))
    trial = plan.listed.value.trial
    value = replace(plan.listed.value, trial=replace(trial, offers=replace(trial.offers, **terms)))
    return replace(plan, listed=replace(plan.listed, value=value))


def outcomes_by_hand(rng=1):
    return outcomes_of(plan_of(people_of(10)), np.random.default_rng(rng))


def test_the_headings_of_the_trial_are_those_of_the_outcomes(tmp_path):
    plan, outcomes = plan_under({"columns": OWN}), outcomes_by_hand()
    own = outcomes.rename(columns=OWN).assign(**{"Zurück": outcomes["returned"].map({True: "ja", False: "nein"})})
    expected = plan.check(outcomes).frame
    pd.testing.assert_frame_equal(plan.check(own).frame, expected)
    texts = own.assign(**{"Wert 24M": [f"{each:.6f}".replace(".", ",") for each in outcomes["value"]]})
    texts.to_csv(tmp_path / "own.csv", sep=";", index=False)
    pd.testing.assert_frame_equal(plan.check(tmp_path / "own.csv").frame, expected)
    bad = own.assign(**{"Zurück": ["vielleicht", *own["Zurück"][1:]]})
    assert "`Zurück` (returned) must be true or false; 1 of 10 rows (first: customer 1" in str(refused(plan, bad))
    days = own.assign(back=np.where(outcomes["returned"], "2024-05-01", None)).drop(columns="Zurück")
    dated = plan_under({"columns": {**OWN, "returned_on": "back"}})
    pd.testing.assert_frame_equal(dated.check(days).frame, expected)


def test_what_is_lacking_is_what_the_trial_is_counted_by_and_no_argument_is_named():
    outcomes = outcomes_by_hand()
    error = refused(plan_under({"columns": OWN}), outcomes.rename(columns=OWN).drop(columns=["Zurück", "Wert 24M"]))
    assert error.problems["column"].tolist() == ["returned", "value"]
    assert "columns=" not in str(error)
    assert "as `returned` or `Zurück`, as the trial's table calls it. Columns: Kundennr." in str(error)
    slip = refused(plan_under({"columns": OWN}), outcomes.rename(columns={**OWN, "value": "Wert 24"}))
    assert "Did you mean `Wert 24`?" in str(slip)
    unnamed = refused(plan_of(people_of(10)), outcomes.rename(columns={"customer_id": "who"}))
    assert unnamed.problems["column"].tolist() == ["customer_id"]
    twice = refused(plan_of(people_of(10)), outcomes.drop(columns="returned").assign(reactivated=1, wonback=0))
    assert str(twice).endswith(
        "`returned` may be `reactivated` and `wonback`. Keep the one that is meant, and drop or rename the other."
    )


def test_a_trial_of_second_lifetimes_asks_for_these_or_for_value():
    table = measured().assign(second_tenure=5.0, second_ended=True, second_margin=3.0).drop(columns="value")
    back = table["returned"].to_numpy(dtype=bool)
    for name in SECOND_LIFETIME:
        table[name] = table[name].astype(object).where(back, None)
    trial = wb.read_trial(table, OFFERS, horizon_months=5, annual_discount=0.0)
    plan = plan_of(people_of(10))
    listed = replace(plan.listed, value=replace(plan.listed.value, trial=trial))
    plan, outcomes = replace(plan, listed=listed), outcomes_by_hand()
    assert refused(plan, outcomes.drop(columns="value")).problems["column"].tolist() == list(SECOND_LIFETIME)
    again = outcomes.drop(columns="value").assign(second_tenure=5.0, second_ended=True, second_margin=3.0)
    again[list(SECOND_LIFETIME)] = again[list(SECOND_LIFETIME)].astype(object).where(again["returned"], None)
    told = read(listed, plan.customers, again.assign(cost=0.0))
    assert told.profit == pytest.approx(np.where(again["returned"], 15.0, 0.0))
    pd.testing.assert_frame_equal(plan.check(outcomes.assign(second_tenure="?")).frame, plan.check(outcomes).frame)


def test_everything_wrong_is_said_in_one_list():
    plan, outcomes = plan_of(people_of(10)), outcomes_by_hand()
    bad = outcomes.assign(customer_id=[*range(1, 9), 8, 99], Cost=[-1.0, "much", *[1.0] * 8], rumour="?")
    bad["returned"] = ["maybe", *outcomes["returned"][1:]]
    bad["value"] = ["dear", *outcomes["value"][1:]]
    error = refused(plan, bad)
    found = error.problems.set_index("column")
    assert sorted(error.problems["column"]) == ["cost", "customer_id", "customer_id", "returned", "value"]
    assert found.loc["cost", ["n_rows", "heading"]].tolist() == [2, "Cost"]
    assert "must be on the list that was planned; 1 of 10 rows (first: row 10, 99). Leave others out." in str(error)
    assert "must be unique" in str(error)
    with pytest.raises(ValueError, match="Outcomes are known of 1 of 10 customers contacted: 2 are needed"):
        plan.check(outcomes[~outcomes["returned"]].head(1))


def test_revenue_is_turned_into_margin_as_in_the_trial():
    plan, outcomes = plan_under({"margin_share": 0.25}), outcomes_by_hand().assign(cost=0.0)
    found = read(plan.listed, plan.customers, outcomes)
    assert found.profit == pytest.approx(0.25 * outcomes["value"])
    assert "Value is 25.0% of the revenue in the table." in plan.check(outcomes).details()


def test_those_alone_who_came_back_are_no_outcome():
    plan, outcomes = plan_of(people_of(10)), outcomes_by_hand()
    back = outcomes[outcomes["returned"]]
    error = refused(plan, back)
    assert f"holds only customers who came back, and {10 - len(back)} of 10 contacted are not in the table" in str(
        error
    )
    everybody = (
        plan.customers[["customer_id"]].merge(back, how="left").fillna({"returned": "no"})
    )  # the remedy, as said
    pd.testing.assert_frame_equal(plan.check(everybody).frame, plan.check(outcomes).frame)
    all_back = outcomes.assign(returned=True, value=9.0)
    assert plan.check(all_back).n_unknown == 0
    assert list_made().value.trial.horizon_months is None


def test_a_cell_of_a_sheet_is_named_where_it_stands(tmp_path):
    plan, outcomes = plan_of(people_of(10)), outcomes_by_hand()
    sheet = outcomes.assign(cost=[-1.0] + [2.0] * 9)[["value", "cost", "returned", "customer_id"]]
    sheet.insert(0, "remark", "x")
    sheet.to_excel(tmp_path / "came.xlsx", index=False)
    assert "row 2 of the sheet, C2, -1" in str(refused(plan, tmp_path / "came.xlsx"))
