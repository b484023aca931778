"""Does what is held against a plan of the study come from its potential outcomes, and does the forecast hold?"""

import numpy as np
import pytest

import winback as wb
from winback.datasets.telecom.campaign import outcomes_of, plan_for_half


@pytest.fixture(scope="module")
def campaign():
    study = wb.simulate_telecom_study(10_600, calibrate=False, rng=3)
    plan = plan_for_half(study.trial, wb.load_playbook())
    return study, plan, outcomes_of(study, plan)


def test_those_contacted_have_the_outcome_of_their_offer_and_the_others_that_of_none(campaign):
    study, plan, found = campaign
    would = study.truth.potential_outcomes.set_index("customer_id")
    customers = plan.customers
    assert (found["customer_id"].to_numpy() == customers["customer_id"].to_numpy()).all()
    picked = [*np.flatnonzero(customers["is_reached"])[:20], *np.flatnonzero(~customers["is_reached"])[:20]]
    for place in picked:
        row, came = customers.iloc[place], found.iloc[place]
        own = would.loc[row["customer_id"]]
        offer = row["offer"] if row["is_reached"] else "none"
        assert came["returned"] == own[f"returned_{offer}"]
        if came["returned"]:
            assert came["second_tenure"] == own[f"second_tenure_{offer}"]
            assert came["second_margin"] == own[f"second_margin_{offer}"]
    assert found["second_tenure"].notna().eq(found["returned"]).all()


def test_money_is_counted_as_by_hand(campaign):
    study, plan, found = campaign
    checked = plan.check(found).frame
    row = checked[(checked["by"] == "all") & (checked["figure"] == "profit")].iloc[0]
    reached = plan.customers["is_reached"].to_numpy()
    true = study.true_profits()
    own = [true.loc[row.customer_id, row.offer] - row.cost for row in plan.customers[reached].itertuples()]
    assert row["measured"] == pytest.approx(np.mean(own))


def test_nobody_is_planned_from_whom_was_learned(campaign):
    _, plan, _ = campaign
    assert not set(plan.customers["customer_id"]) & set(plan.listed.value.trial.customers["customer_id"])


@pytest.mark.slow
def test_the_forecast_of_the_study_holds():
    """One draw: each of three intervals that hold together at 95% may miss in 5% of draws; coverage is proven apart."""
    study = wb.load_telecom_study()
    plan = plan_for_half(study.trial, wb.load_playbook())
    checked = plan.check(outcomes_of(study, plan))
    assert checked.to_change.empty
    assert checked.added.measured[1] < checked.added.forecast[2]
    assert checked.added.forecast[1] < checked.added.measured[2]
    dear = checked.ratios.assign(ratio=checked.ratios["ratio"] / 1.2, high=checked.ratios["high"] / 1.2)
    assert (dear.loc[dear["figure"] == "profit", "high"] < 1).all()  # 20% too much would be found
