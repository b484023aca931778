"""What a plan's check says is what it found: by how much it differs, whether chance does that, what is in doubt."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from lists_to_plan import list_made, outcomes_of, people_of, plan_of

from winback.money import format_alike, format_money
from winback.outreach.by_rank import ByRank
from winback.outreach.came_as_forecast import Added
from winback.outreach.forecast_words import came_apart, most_apart
from winback.plots import plot_came_as_forecast


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


@pytest.mark.parametrize(("times", "is_money"), [(1, True), (100, False), (0, False)])
def test_values_in_another_unit_are_asked_about_and_no_forecast_is_multiplied_by_them(times, is_money):
    plan = plan_of(people_of(400))
    came = outcomes_of(plan, np.random.default_rng(5), 0.9)
    found = plan.check(came.assign(value=came["value"] * times))
    ratio = found.ratios.set_index("figure")["ratio"]["profit"]
    assert (0 < ratio < 10) == is_money
    said = str(found.what_to_do())
    assert (f"is {ratio:.2f} times its forecast. Check the unit of the value first" in said) != is_money
    assert ("multiply" in said) <= is_money


@pytest.mark.parametrize("without", [("listed",), ("kept",), ("contacted", "listed", "kept")])
def test_whose_outcomes_are_lacking_to_know_what_was_added_is_said_with_their_number_and_sheet(without):
    plan = plan_of(people_of(60, offer=["gift"] * 40 + ["none"] * 20))
    reached = plan.customers["is_reached"].to_numpy(copy=True)
    reached[:7] = False  # as though they had found no room
    plan = replace(plan, customers=plan.customers.assign(is_reached=reached))
    rows = {
        "listed": plan.customers.index < 7,
        "kept": plan.customers.index >= 40,
        "contacted": plan.customers.index == 8,
    }
    came = outcomes_of(plan, np.random.default_rng(5))
    gone = np.any([rows[name] for name in without], axis=0)
    said = str(plan.check(came[~gone]).beside_forecast()["Extra"])
    parts = {
        "contacted": "1 contacted",
        "listed": "7 on the list and not contacted (sheet 'left out')",
        "kept": "20 kept back (sheet 'kept back')",
    }
    assert said.startswith("What the contacts added is not known: outcomes are lacking of ")
    assert [name for name, words in parts.items() if words in said] == list(without)


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
    found = plan.check(outcomes)
    rows = found.beside_forecast()
    back = outcomes["returned"][:30].mean()
    assert list(rows) == ["Extra", "Brought in", "Came back", "Cost each"]
    assert rows["Brought in"] == found.describe().splitlines()[1]
    assert list(replace(found, added=None).beside_forecast()) == ["Extra", "Came back", "Cost each"]
    assert "Against 30 customers kept back at random, each of the 30 others on the list" in rows["Extra"]
    assert rows["Came back"].startswith(f"{back:.1%} [")
    assert rows["Cost each"].startswith("$7.00")
    assert all("the forecast was" in row for row in rows.values())


@pytest.mark.parametrize(
    ("measured", "forecast", "paid", "may_be_chance"),
    [
        ((296.0, 282.0, 309.0), (283.0, 265.0, 300.0), "The contacts paid", True),
        ((296.0, 290.0, 302.0), (283.0, 277.0, 289.0), "The contacts paid", False),
        ((5.0, -1.0, 11.0), (5.0, 4.0, 6.0), "It is not shown that the contacts paid", True),
        ((-5.0, -9.0, -1.0), (5.0, 4.0, 6.0), "The contacts lost money", False),
    ],
)
def test_whether_the_contacts_paid_is_said_first_where_it_is_known(measured, forecast, paid, may_be_chance):
    plan = plan_of(people_of(400))
    found = plan.check(outcomes_of(plan, np.random.default_rng(5)))
    assert found.describe().startswith("Each of 400 customers contacted brought in")  # nobody was kept back
    found = replace(found, ratios=found.ratios.assign(low=0.9, high=1.1), added=Added(2_000, 200, measured, forecast))
    first, second, _ = found.describe().splitlines()
    each, *ends = format_alike(measured)
    said = f"{paid}: 2,000 customers on the list added {each} each [{', '.join(ends)}], about "
    assert first.startswith(f"{said}{format_money(2_000 * measured[0])} in all; the forecast was ")
    assert first.endswith(": the difference may be chance.") == may_be_chance
    assert first.endswith(": chance does not explain the difference.") != may_be_chance
    assert second.startswith("Each of 400 customers contacted brought in")
    assert len(first.split()) < 40
    take = f"but expect contacts to add {format_money(measured[0])} each, as they did."
    assert found.what_to_do().endswith(take) != may_be_chance


def test_the_first_doubt_is_that_of_some_nothing_is_known():
    plan = plan_of(people_of(40))
    outcomes = outcomes_of(plan, np.random.default_rng(1))
    known, some = (plan.check(each).describe().splitlines()[2] for each in (outcomes, outcomes.head(30)))
    assert (
        "30 customers contacted whose outcome is known (10 more have none)" in plan.check(outcomes.head(30)).describe()
    )
    assert known.startswith("Whatever changed since the trial, such as a competitor's price")
    assert some.startswith("Who has no outcome may differ")
    assert known in plan.check(outcomes.head(30)).details()


def test_where_it_did_not_come_by_rank_no_answer_leaves_the_forecast_as_it_is():
    plan = plan_of(people_of(400))
    found = plan.check(outcomes_of(plan, np.random.default_rng(5)))
    alike = found.ratios.assign(low=0.9, high=1.1)
    whole = found.frame.query("by == 'all'")
    none = replace(found, ratios=alike, frame=whole, order=ByRank(0.9, 0.6, 1.2))
    assert none.what_to_do() == "Leave the next forecast as it is: what differs may be chance."
    assert "Along the list customers differed 0.90 [0.60, 1.20] times as much as forecast" in none.details()
    for order, worth, advice in (
        (ByRank(0.1, -0.3, 0.5), "nothing that is shown", "expect of each what all brought on average, and learn"),
        (ByRank(0.5, 0.2, 0.8), "less", "multiply expected differences between customers by 0.50"),
        (ByRank(1.6, 1.2, 2.0), "more", "multiply expected differences between customers by 1.60"),
    ):
        apart = replace(none, order=order)
        doubt = apart.describe().splitlines()[2]
        assert doubt.startswith(
            f"By rank it did not come as forecast: along the list customers differed {order.slope:.2f}"
        )
        assert doubt.endswith(f"the order was worth {worth}.")
        assert apart.what_to_do().startswith(f"Leave the next forecast of all as it is, but {advice}")
        changed = replace(apart, ratios=alike.assign(low=1.05)).what_to_do()
        assert changed.startswith("In the next forecast multiply")
        assert f"Also {advice}" in changed
        assert title(apart).endswith("in all chance may do that, by rank not")


def title(found):
    text = plot_came_as_forecast(found).get_title(loc="left").replace("\n", " ")
    plt.close("all")
    return text


def test_where_a_group_differs_beyond_chance_it_is_named_in_the_answer():
    plan = plan_of(people_of(400))
    found = plan.check(outcomes_of(plan, np.random.default_rng(5)))
    ends = {"forecast": 10.0, "forecast_low": 8.0, "forecast_high": 12.0}
    rows = [("all", "everybody contacted", 10.0), ("offer", "first", 10.0), ("offer", "second", 20.0)]
    frame = pd.DataFrame(rows, columns=["by", "group", "measured"]).assign(figure="profit", n=9, **ends)
    frame = frame.assign(measured_low=frame["measured"] - 2, measured_high=frame["measured"] + 2)
    frame = pd.concat([found.frame.query("by == 'all' and figure != 'profit'"), frame], ignore_index=True)
    apart = replace(found, frame=frame, ratios=found.ratios.assign(low=0.9, high=1.1))
    assert apart.describe().splitlines()[2] == (
        "Of one group it did not come as forecast, second: $20.00, forecast $10.00; "
        "chance hardly does that in one of 2."
    )
    assert apart.what_to_do() == "Leave the next forecast of all as it is, but expect of second what it brought."


def test_no_fifth_of_a_list_is_said_to_differ_beyond_chance():
    """Both placed and forecast by the luck of the trial, the first promises too much where nothing changed."""
    plan = plan_of(people_of(400))
    found = plan.check(outcomes_of(plan, np.random.default_rng(5)))
    rows = found.frame.query("by == 'all' and figure == 'profit'")
    rows = rows.assign(by="fifth", group="most promising fifth", measured=lambda row: row["measured"] - 1e6)
    frame = pd.concat([found.frame.query("by == 'all'"), rows], ignore_index=True)
    apart = replace(found, frame=frame, ratios=found.ratios.assign(low=0.9, high=1.1), order=None)
    assert came_apart(apart) == ("", "", "")
    assert apart.what_to_do() == "Leave the next forecast as it is: what differs may be chance."
    (said,) = most_apart(apart)
    assert said.startswith("Furthest from its forecast is most promising fifth: ")
    assert "only all differences along the list are judged" in said
    by_offer = replace(apart, frame=frame.replace({"by": {"fifth": "offer"}}))
    assert came_apart(by_offer)[0] == "most promising fifth"


def test_nothing_is_corrected_where_those_may_be_known_who_came_back():
    plan = plan_of(people_of(400))
    outcomes = outcomes_of(plan, np.random.default_rng(5), 0.3)
    back, away = outcomes[outcomes["returned"]], outcomes[~outcomes["returned"]]
    found = plan.check(pd.concat([back, away.head(5)]))
    assert found.may_be_returners
    assert found.to_change.empty
    known = len(back) + 5
    assert found.describe().splitlines()[2] == (
        f"{len(back) / known:.0%} of those known came back, and {400 - known} of 400 contacted have no outcome: those "
        "may be known who came back."
    )
    assert found.what_to_do().startswith("Correct nothing before the others are listed")
    assert "chance" not in found.describe().splitlines()[0]
    assert "most have no outcome" in title(found)
    some = plan.check(outcomes.sample(150, random_state=1))  # drawn at random: few have returned, as of all
    assert not some.may_be_returners
    assert not plan.check(outcomes).may_be_returners
