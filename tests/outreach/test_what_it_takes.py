"""Do the sums that a plan says close: what it costs, what it earns, and what becomes of everybody asked about?"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lists_to_plan import ONE_LETTER, START, list_of, people_of
from paying_plans import plan_of

import winback as wb
from winback import plan_list
from winback.outreach import Channel, Playbook, Remedy, Rule, Step, outreach_plan
from winback.results import format_percent

MONEY = re.compile(r"\$([\d,]+(?:\.\d\d)?)")
CHAIN = (Step("letter"), Step("call", 3, brings_offer=True), Step("letter", 3))


def money_in(text):
    return [float(each.replace(",", "")) for each in MONEY.findall(text)]


@pytest.fixture(scope="module")
def plan():
    """Everything that a contact can cost: steps, two remedies, and an offer that is paid on contact."""
    channels = (Channel("letter", cost=0.37), Channel("call", cost=1.21, per_day=3))
    remedies = (Remedy("a workshop", ("service",), cost=7.13), Remedy("a guide", ("price",), cost=0.41))
    book = Playbook(channels, (Rule("all", CHAIN, within_days=12),), remedies)
    reasons = ["service", "price", "other"] * 5
    return outreach_plan(
        list_of(people_of(15, reason=reasons, offer=["call", "gift"] * 7 + ["none"]), book), start=START.date()
    )


def test_the_parts_of_the_cost_are_the_list_s_and_the_plan_s_to_the_cent(plan, tmp_path):
    *parts, together = money_in(plan.for_whoever_pays()["Cost"].partition("; with the offers")[0])
    assert len(parts) == 4  # steps, two remedies, offers paid on contact
    assert round(sum(parts), 2) == together == round(plan.cost, 2) == round(plan.frame["cost"].sum(), 2)
    plan_list.write_tables(plan, tmp_path)
    assert round(pd.read_csv(tmp_path / "plan-contacts.csv")["cost"].sum(), 2) == together
    reached = plan.customers[plan.customers["is_reached"]]
    given = reached[reached["remedy"] != ""]
    assert parts[1:3] == [round(rows["remedy_cost"].sum(), 2) for _, rows in given.groupby("remedy", sort=False)]
    assert given.groupby("remedy")["remedy_cost"].first().to_dict() == {"a guide": 0.41, "a workshop": 7.13}
    assert plan.for_whoever_pays()["Decide"].startswith(f"Release ${together:.2f} now")


@pytest.fixture(scope="module")
def known_by_hand():
    """Nothing is known of the customers, so all are foreseen as their arm of the trial was on average."""
    book = Playbook((Channel("letter", cost=1.5),), (Rule("all", (Step("letter"),)),))
    found = plan_of(book, "2026-01-05", n=40)
    trial = found.listed.value.trial
    arm = trial.arm == trial.arms.index("gift")
    paid = (trial.cost - trial.contact_cost)[arm]
    return found, trial.returned[arm].mean(), paid.mean(), (trial.value[arm] - paid).mean()


def test_what_is_released_now_and_later_is_what_contacts_and_offers_cost_in_all(known_by_hand):
    found, back, paid, _ = known_by_hand
    now, later = money_in(found.for_whoever_pays()["Decide"])[:2]
    assert now == found.cost == 60.0
    assert later == pytest.approx(40 * paid, rel=0.01)  # said with three digits
    assert paid == pytest.approx(back)  # a gift costs 1
    assert now + later == pytest.approx(found.cost_with_offers, rel=0.01)


def test_how_many_come_back_and_what_a_tenth_fewer_would_cost(known_by_hand):
    found, back, _, brought = known_by_hand
    earns = found.for_whoever_pays()["Earns"]
    assert f"About {round(40 * back)} ({format_percent(back, 0)}) come back" in earns
    assert money_in(earns)[-1] == pytest.approx(0.1 * 40 * brought, rel=0.01)
    assert found.foreseen[0] == pytest.approx(40 * back)


@pytest.mark.parametrize("back", [-0.4, 1_000.0])
def test_where_lines_foresee_less_than_nobody_or_more_than_all_no_return_is_spoken_of(plan, back):
    assert 0 < plan.foreseen[0] < len(plan.reached)  # though they are unlike the trial's: as the nearest who were there
    assert "come back" in plan.for_whoever_pays()["Earns"]
    found = replace(plan)
    vars(found)["foreseen"] = (back, *plan.foreseen[1:])
    assert "come back" not in found.for_whoever_pays()["Earns"]


def test_the_time_in_which_it_is_earned_is_said_where_the_trial_knows_it():
    study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    trial = study.trial.over(contact_costs=wb.load_playbook())
    policy = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=1))
    plan = wb.outreach_plan(policy, study.new_leavers, start="2016-01-04", keep_back=0.1)
    assert " extra (more than without contact) within 27.8 months, after all costs" in plan.for_whoever_pays()["Earns"]
    _everybody_is_somewhere(plan, study.new_leavers.frame["customer_id"])
    n_late = study.new_leavers.left_out["pending on that day"]
    assert f"Not asked about: {n_late} left too lately to count as lost yet (plan again" in plan.not_contacted()
    for offer in plan.reached["offer"].unique():
        assert f"{offer.capitalize()} costs $" in plan.what_to_do()


def _everybody_is_somewhere(plan, asked):
    listed = plan.listed
    kept = listed.frame.loc[listed.frame["offer"] == "none", "customer_id"]
    ids = [*plan.reached["customer_id"], *kept, *plan.out["customer_id"]]
    assert sorted(ids) == sorted(asked)
    assert set(plan.frame["customer_id"]) == set(plan.reached["customer_id"])
    first = plan.not_contacted().splitlines()[0]
    total, *parts = [int(each.replace(",", "")) for each in re.findall(r"[\d,]*\d", re.sub(r"\(.*?\)", "", first))]
    assert total == sum(parts) == len(asked), first
    assert f"{listed.n_kept_back:,} held back at random" in plan.for_whoever_pays()["Do not contact"]


def test_the_sum_closes_also_where_some_on_the_list_are_not_contacted(plan, tmp_path):
    people = people_of(9, offer=["gift"] * 8 + ["none"], consent_letter=[True] * 5 + [False] * 4)
    some = outreach_plan(list_of(people, ONE_LETTER), start=START.date(), back=[1])
    assert some.out.set_index("customer_id")["why"].to_dict() == {
        1: "are back already",
        **dict.fromkeys((6, 7, 8), "do not consent to the channels by which their offer is made"),
    }
    assert some.customers["why_not"].ne("").sum() == sum(n for _, n, _ in some.left_out) == 4
    said = "Of 9 customers asked about: 4 contacted (who left from 13 December 2023 to 13 December 2023), 1 held back"
    assert some.not_contacted().startswith(said)
    assert some.for_whoever_pays()["Do not contact"].endswith("; 4 left out (sheet 'left out').")


def test_saturdays_and_many_whom_the_trial_does_not_know_are_to_be_decided_on():
    book = Playbook((Channel("visit", cost=4.0, per_day=3),), (Rule("all", (Step("visit"),)),))
    listed = list_of(people_of(20), book)
    some = outreach_plan(listed, start=START.date())  # a Monday; visits on six days and one more
    decide = some.for_whoever_pays()["Decide"]
    assert "; say whether Saturdays are right for 3 visits; say until when the offer holds, and who strikes" in decide
    assert "nobody" not in decide
    unlike = (("with seg zzz, which nobody in the trial had", 7), ("died", 90))
    for n, is_said in ((69, True), (70, False)):
        found = outreach_plan(replace(listed, left_out=unlike, asked_about=np.arange(n)), start=START.date())
        said = "say whether to try an offer on some of the 7 like whom the trial had nobody"
        assert (said in found.for_whoever_pays()["Decide"]) == is_said


def test_which_rule_makes_most_contacts_is_named_where_it_is_an_assumption():
    steps = (Step("letter", brings_offer=True),)
    rules = (Rule("dear", steps, reasons=("service",), source="practice"), Rule("write", steps))
    book = Playbook((Channel("letter", cost=1.5),), rules)
    some = outreach_plan(list_of(people_of(5, reason=["price"] * 3 + ["service"] * 2), book), start=START.date())
    assert "; the rule 'write', an assumption, makes 3 of the 5 contacts." in some.in_doubt()
    alone = outreach_plan(list_of(people_of(2), ONE_LETTER), start=START.date())
    assert "; the rule 'write', an assumption, makes all contacts." in alone.in_doubt()
