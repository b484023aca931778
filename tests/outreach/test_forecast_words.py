"""What a plan's check says is what it found: by how much it differs, whether chance does that, what is in doubt."""

from dataclasses import replace

import numpy as np
import pandas as pd
from lists_to_plan import list_made, outcomes_of, people_of, plan_of

from winback.outreach.forecast_words import most_apart


def test_what_to_change_is_said_only_where_chance_does_not_explain_it():
    plan = plan_of(people_of(400))
    trial = list_made().value.trial
    share = trial.returned[trial.arm == trial.arms.index("gift")].mean()
    rng = np.random.default_rng(5)
    low = plan.check(outcomes_of(plan, rng, share / 2))
    assert low.what_to_do().startswith("In the next forecast multiply the share who come back by 0.")
    assert low.describe().splitlines()[0].endswith(": the difference may be chance.")  # in money it is smaller
    less = replace(low, ratios=low.ratios.assign(high=0.9))
    assert less.describe().splitlines()[0].endswith(": chance does not explain the difference.")
    assert low.to_change["figure"].tolist()[0] == "returned"
    same = plan.check(outcomes_of(plan, rng, share).assign(cost=low.frame["forecast"][1]))
    assert "returned" not in same.to_change["figure"].tolist()
    assert len(low.describe().splitlines()) == 3
    assert low.corrections().frame.iloc[0].tolist()[0] == "the share who come back"
    alike = replace(low, ratios=low.ratios.assign(low=0.9, high=1.1))
    assert alike.what_to_do() == "Leave the next forecast as it is: what differs may be chance."
    assert alike.describe().splitlines()[0].endswith(": the difference may be chance.")
    loss = replace(low, ratios=low.ratios.assign(low=0.9, high=1.1).query("figure != 'profit'"))
    assert loss.what_to_do().startswith("No factor corrects a forecast of no profit")
    assert "chance" not in loss.describe().splitlines()[0]


def test_which_group_is_furthest_from_its_forecast_is_said_and_whether_chance_does_that():
    plan = plan_of(people_of(400))
    found = plan.check(outcomes_of(plan, np.random.default_rng(5)))
    rows = [("all", "everybody contacted"), ("offer", "first"), ("offer", "second")]
    frame = pd.DataFrame(rows, columns=["by", "group"]).assign(figure="profit", n=9, forecast=10.0, measured=10.0)
    frame = frame.assign(forecast_low=8.0, forecast_high=12.0, measured_low=8.0, measured_high=12.0)
    apart = frame.assign(measured=[10.0, 10.0, 20.0], measured_low=[8.0, 8.0, 18.0], measured_high=[12.0, 12.0, 22.0])
    said = [line for line in most_apart(replace(found, frame=apart))]
    assert said == [
        "Furthest from its forecast is second: $20.00, forecast $10.00; chance hardly does that in one of 2 groups."
    ]
    touching = frame.assign(
        measured=[10.0, 10.0, 13.0], measured_low=[8.0, 8.0, 11.0], measured_high=[12.0, 12.0, 15.0]
    )
    assert "chance alone can do that" in next(most_apart(replace(found, frame=touching)))
    assert not list(most_apart(replace(found, frame=frame.head(1))))


def test_beside_the_forecast_stands_who_came_back_what_each_cost_and_what_was_added():
    plan = plan_of(people_of(60, offer=["gift"] * 30 + ["none"] * 30))
    outcomes = outcomes_of(plan, np.random.default_rng(3)).assign(cost=7.0)
    rows = plan.check(outcomes).beside_forecast()
    back = outcomes["returned"][:30].mean()
    assert list(rows) == ["Came back", "Cost each", "Extra"]
    assert rows["Came back"].startswith(f"{back:.1%} [")
    assert rows["Cost each"].startswith("$7.00")
    assert rows["Extra"] == plan.check(outcomes).describe().splitlines()[1]
    assert all("the forecast was" in row for row in rows.values())


def test_the_first_doubt_is_that_of_some_nothing_is_known():
    plan = plan_of(people_of(40))
    outcomes = outcomes_of(plan, np.random.default_rng(1))
    known, some = (plan.check(each).describe().splitlines()[2] for each in (outcomes, outcomes.head(30)))
    assert (
        "30 customers contacted whose outcome is known (10 more have none)" in plan.check(outcomes.head(30)).describe()
    )
    assert known.startswith("The forecast is the trial's")
    assert some.startswith("Who has no outcome may differ")
    assert known in plan.check(outcomes.head(30)).details()
