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
from winback.money import format_money
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


def test_how_many_come_back_anyway_is_said_where_a_control_group_tells_it(known_by_hand):
    found, back, *_ = known_by_hand
    trial = found.listed.value.trial
    anyway = 40 * trial.returned[trial.arm == trial.arms.index("none")].mean()
    said = f"About {round(40 * back)} ({format_percent(back, 0)}) come back, about {round(anyway)} of them anyway; with"
    assert said in found.for_whoever_pays()["Earns"]
    gross = replace(found, listed=replace(found.listed, kind="gross"))
    assert "come back; with a tenth" in gross.for_whoever_pays()["Earns"]


def test_each_stands_beside_the_mean_of_the_comparison_only_where_customers_are_of_other_kinds(plan):
    listed = plan.listed
    away = np.linspace(-1.0, 1.0, len(listed.value.earned))
    value = replace(listed.value, slope=0.9, slope_std_error=0.1, centred=away)
    profit = wb.compare_offers(value.trial).to_frame().set_index("offer")["incremental_profit"]
    there = plan.reached["offer"].map(profit).mean()
    assert round(there, 1) != round(value.average, 1)
    low, high = sorted([there, value.average])
    for each, said in ((low - 2, "less"), (high + 2, "more"), ((low + high) / 2, "")):
        found = replace(
            plan, listed=replace(listed, value=value), customers=plan.customers.assign(expected_profit=each)
        )
        earns = found.for_whoever_pays()["Earns"]
        assert ("than the trial's mean of" in earns) == bool(said)
        mean = f"each, {said} than the trial's mean of {format_money(there)}: these customers are of kinds that earned"
        assert not said or mean in earns
    unranked = replace(found, listed=replace(listed, value=replace(value, slope=0.0)))
    assert "the trial's mean" not in unranked.for_whoever_pays()["Earns"]


def test_who_gives_what_and_which_reason_nothing_answers_is_to_be_decided(plan):
    decide = plan.for_whoever_pays()["Decide"]
    assert "; name who gives: a workshop (5 customers) and a guide (5); " in decide or (
        "; name who gives: a guide (5 customers) and a workshop (5); " in decide
    )
    assert "; for other (4 customers) no remedy is set: say what answers it; " in decide  # the fifth is kept back
    assert "together $" in plan.for_whoever_pays()["Cost"]
    assert "(what goes with the offer also for those who do not come back); with" in plan.for_whoever_pays()["Cost"]
    channels = (Channel("letter", cost=1.0),)
    remedies = (Remedy("an apology", ("service",)),)
    book = Playbook(channels, (Rule("all", CHAIN[:1]),), remedies)
    reasons = [*"abcde", "service"]
    some = outreach_plan(list_of(people_of(6, reason=reasons), book), start=START.date()).for_whoever_pays()
    assert (
        "for a (1 customer), b (1), c (1) and 2 other reasons no remedy is set: say what answers them"
        in (some["Decide"])
    )
    assert "name who gives: an apology (1 customer)" in some["Decide"]
    assert "goes with the offer" not in some["Cost"]  # it costs nothing
    bare = outreach_plan(list_of(people_of(2), ONE_LETTER), start=START.date()).for_whoever_pays()
    assert "remedy" not in bare["Decide"]
    assert "within the time that the trial counts value" in bare["Earns"]


def test_a_headline_counts_the_first_day_and_the_whole_whatever_is_planned_later():
    channels = tuple(Channel(name, cost=1.0) for name in ("letter", "call", "visit", "email"))
    rules = [Rule(each.name, (Step(each.name, brings_offer=True),), reasons=(each.name,)) for each in channels]
    book = Playbook(channels, tuple(rules), contacts_a_month=9)
    people = people_of(10, reason=["letter"] * 4 + ["call"] * 3 + ["visit"] * 2 + ["email"])
    today = outreach_plan(list_of(people, book), start=START.date())
    assert today.describe().splitlines()[0] == (
        "Monday 12 February 2024: post 4 letters, make 3 calls, pay 2 visits and make 1 other contact."
    )
    first = replace(today, frame=today.frame.assign(date=[START, *[START + pd.Timedelta(days=400)] * 9]))
    assert first.describe().splitlines()[0].endswith("; in all 10 contacts with 10 customers until 18 March 2025.")
    assert first.what_to_do().endswith("then make the contacts of that day: 9 contacts more until 18 March 2025.")


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
    assert some.for_whoever_pays()["Do not contact"].endswith("; 4 left out.")
    assert some.for_whoever_pays(sheets=True)["Do not contact"].endswith("; 4 left out (sheet 'left out').")


def test_whom_nobody_marks_is_to_be_struck_out_first_and_only_where_no_column_marks_them():
    people = people_of(3, offer=["gift"] * 2 + ["none"])
    for marks, is_said in (({}, True), ({"died": "no"}, True), ({"do_not_contact": "no"}, False)):
        some = outreach_plan(list_of(people.assign(**marks), ONE_LETTER), start=START.date())
        said = some.for_whoever_pays()["Do not contact"]
        assert said.startswith("Not known: who asked not to be contacted; strike them out before") == is_said
        assert said.endswith("1 held back at random.")


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
