"""Do a director and an agent read what is to be done on the first day, and does it add up?"""

import numpy as np
import pandas as pd
import pytest
from paying_plans import plan_of

import winback as wb
from winback.outreach import Channel, Playbook, Rule, Step
from winback.outreach.first_day import first_day_of

DAY = pd.Timestamp("2026-01-05")


@pytest.fixture(scope="module")
def plan():
    steps = (Step("call", by="agent", brings_offer=True), Step("letter", after_days=3))
    channels = (Channel("letter", cost=1.5), Channel("call", cost=4.0, per_day=7, agents=("Ann", "Ben")))
    book = Playbook(channels, (Rule("all", steps, within_days=60),))
    return plan_of(book, "2026-01-05")


def test_the_first_day_is_the_rows_of_that_day(plan):
    today, found = plan.frame[plan.frame["date"] == DAY], plan.first_day
    assert found.day == DAY
    assert found.frame["n"].sum() == found.said["n"].sum() == len(today) == 7
    assert found.frame["cost"].sum() == pytest.approx(today["cost"].sum())
    for row in found.frame.itertuples():
        assert row.n == ((today["channel"] == row.channel) & (today["agent"] == row.who)).sum()
    assert list(found.table()) == ["Channel", "Who", "Contacts", "Offer", "Cost if nobody buys"]


def test_who_does_what_is_said_in_a_sentence(plan):
    said = plan.first_day.describe()
    first = "Monday 5 January 2026: make 7 calls with the offer gift (Ann 4 and Ben 3)"
    assert said == f"{first}; that costs $28.00 even if nobody buys."
    offer = "Gift costs $1, due in full when a customer accepts."
    assert plan.what_to_do().startswith(f"{said.partition(';')[0]}. {offer} Every day after, strike out")
    assert len(plan.what_to_do().splitlines()) == 1


def test_without_agents_the_rule_says_who_and_many_are_not_named(plan):
    rows = plan.frame.assign(agent="", by="manager")
    assert "make 7 calls with the offer gift (manager);" in first_day_of(rows, "$").describe()
    assert "make 7 calls with the offer gift;" in first_day_of(rows.assign(by=""), "$").describe()
    some = rows.assign(by=np.where(rows.index < 2, "manager", ""))
    assert (
        "make 7 calls with the offer gift (manager 2, the others whoever is free)" in first_day_of(some, "$").describe()
    )
    assert first_day_of(some, "$").table()["Who"].tolist() == ["any staff", "manager"]
    many = rows.assign(agent=[f"agent {place}" for place in range(len(rows))])
    assert "make 7 calls with the offer gift;" in first_day_of(many, "$").describe()


def test_two_offers_are_counted(plan):
    rows = plan.frame.head(3).assign(offer=["gift", "call", "gift"], agent="Ann")
    found = first_day_of(rows, "$")
    assert found.frame["offers"].tolist() == ["gift 2 and call 1"]
    assert "make 3 calls with an offer (Ann)" in found.describe()


def test_who_announces_an_offer_is_told_from_who_makes_it(plan):
    rows = plan.frame.head(5).assign(agent="", by="manager", channel="letter", offer="gift")
    rows["message"] = ["Announce the visit.", "Announce the visit.", *3 * ["Write. Offer: gift."]]
    found = first_day_of(rows, "$")
    assert dict(zip(found.frame["offers"], found.frame["n"], strict=True)) == {
        "gift": 3,
        "gift, later with another contact": 2,
    }
    said = "post 3 letters with the offer gift (manager) and 2 without it, ahead of another contact (manager); that"
    assert said in found.describe()
    assert found.words() == ["3 letters: Write. Offer: gift.", "2 letters: Announce the visit."]
    many = rows.loc[rows.index.repeat(2)].assign(message=[f"Text {place}." for place in range(10)])
    assert first_day_of(many, "$").words()[-1] == "4 texts more in the list."


def test_channels_without_use_or_consent_and_rules_that_read_what_nobody_has_are_told(plan):
    steps = (Step("letter", brings_offer=True),)
    visit = Rule("visit", (Step("visit", brings_offer=True),), margin_from=80.0)
    book = Playbook((Channel("letter"), Channel("visit")), (visit, Rule("all", steps)))
    told = plan_of(book, "2026-01-05").what_is_said()
    assert "Not planned: visits (rule 'visit' fits none of these customers)." in told
    assert "Of none of these customers is known what they brought a month: rules that ask for it fit nobody" in told
    assert "Consent to letters is not in the table: all are taken as agreeing." in told
    assert "Not planned" not in plan.what_is_said()
    assert "Of none of these" not in plan.what_is_said()


def test_a_plan_without_contacts_has_no_first_day(plan):
    found = first_day_of(plan.frame.head(0), "$")
    assert found.day is None
    assert found.frame.empty
    assert found.describe() == "On no day is anybody contacted."
    nobody = wb.outreach_plan(plan.listed, start=DAY.date(), back=plan.listed.frame["customer_id"])
    assert nobody.what_to_do() == "Contact nobody."
    assert nobody.describe().startswith("Nobody is contacted: on the list and not contacted: ")


def test_whose_list_is_the_trial_s_own_is_told_so(plan):
    book, trial = plan.playbook, plan.listed.value.trial
    policy = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=1))
    own = wb.outreach_plan(policy, start=DAY.date(), playbook=book, keep_back=0.1)
    assert (
        "the trial's own customers who were sent nothing. Name new leavers: --whom"
        in f"{own.describe()} {own.details()}"
    )
    without = trial.part((trial.lapsed["offer"] == "gift").to_numpy())
    again = wb.learn_policy(without, splits=wb.Splits(folds=3, repeats=1))
    asked = wb.outreach_plan(again, start=DAY.date(), playbook=book, keep_back=0.1)
    assert "asked again they will earn less" in asked.describe()
