"""Is it said what a playbook asks for that is known of nobody, and which of its reasons nobody has?"""

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lists_to_plan import OFFERS, ONE_LETTER, START, list_made, list_of, people_of
from valid_calls import measured

import winback as wb
from winback.outreach import Cause, Remedy, Rule, Step, load_playbook, outreach_plan
from winback.outreach.asked_for import IN_WORDS, known_of_none, long_waits, named_in_vain
from winback.policies.contact_list import lacking_said
from winback.policies.listing import lacking_of

FIRST = np.datetime64("2026-12-07")
PEOPLE = pd.DataFrame(
    {
        "customer_id": [7, 8],
        "left_on": pd.to_datetime(["2026-09-01", None]),
        "reason": ["service", None],
        "first_margin": [20.0, None],
    }
)
COLUMNS = {"left": "left_on", "reason": "reason", "first_margin": "first_margin"}


def book_of(**parts):
    return replace(ONE_LETTER, **parts)


@pytest.mark.parametrize("what", IN_WORDS)
@pytest.mark.parametrize("empty", [True, False])
def test_what_rules_ask_for_and_is_known_of_nobody_is_said(what, empty):
    column = COLUMNS[what]
    people = PEOPLE.assign(**{column: pd.Series([None, None], dtype=PEOPLE[column].dtype)})
    people = people if empty else people.drop(columns=column)
    assert list(known_of_none(load_playbook(), people)) == [f"Of none of these customers is known {IN_WORDS[what]}."]


def test_nothing_is_said_to_be_lacking_that_is_known_of_some_or_asked_for_by_no_rule():
    assert not list(known_of_none(load_playbook(), PEOPLE))
    away = PEOPLE.drop(columns="left_on").assign(months_away=2.0)
    assert not list(known_of_none(load_playbook(), away))
    assert not list(known_of_none(ONE_LETTER, PEOPLE[["customer_id"]]))


def test_it_is_the_first_doubt_of_a_plan_that_why_they_left_is_not_known():
    book = book_of(causes=(Cause("service", stands=True),))
    people = people_of(20).drop(columns="reason")
    plan = outreach_plan(list_of(people, book), start=START.date())
    assert str(plan.describe()).splitlines()[2].startswith("Of none of these customers is known why they left")


def test_reasons_that_nobody_has_are_named_with_what_may_be_meant():
    trial = list_made().value.trial
    steps = (Step("letter", brings_offer=True),)
    book = book_of(
        rules=(Rule("near", steps, reasons=("Prise",)), Rule("far", steps, reasons=("weather",))),
        remedies=(Remedy("priority", reasons=("servise",)), Remedy("sound", reasons=("Service",))),
        causes=(Cause("mooved", stands=True), Cause("price", stands=True)),
    )
    said = list(named_in_vain(book, pd.DataFrame({"reason": ["moved", "Service"]}), trial))
    assert said == [
        "Rule 'near': no customer here or in the trial left for 'Prise'. Did you mean 'price'?",
        "Remedy 'priority': no customer here or in the trial left for 'servise'. Did you mean 'service'?",
        "Cause 'mooved': no customer here or in the trial left for it. Did you mean 'moved'?",
    ]


@pytest.mark.parametrize(("year", "n"), [(2062, 1), (2027, 0), (2020, 0)])
def test_who_waits_for_a_mending_in_years_to_come_is_counted(year, n):
    book = book_of(causes=(Cause("service", remedied_on=datetime.date(year, 10, 1)),))
    said = list(long_waits(book, PEOPLE, FIRST))
    assert len(said) == n
    assert all(f"on 1 October {year}, and 1 customer who left for it waits until then: is the" in each for each in said)


def test_what_the_trial_predicts_by_and_a_table_lacks_is_said_but_months_away_that_can_be_counted():
    trial = list_made().value.trial
    assert "months away" in trial_lacks(trial, PEOPLE.drop(columns="left_on"))
    assert "months away" not in trial_lacks(trial, PEOPLE)


def trial_lacks(trial, people):
    return "".join(lacking_said(lacking_of(trial, people)))


def test_an_offer_that_nobody_was_sent_and_a_cell_that_looks_wrong_are_said_by_the_plan():
    table = measured().assign(first_margin=40.0)
    table.loc[3, "first_margin"] = 999_999_999.0
    trial = wb.read_trial(table, [*OFFERS, wb.Offer(name="cash", amount=1.0, paid="per_contact")])
    listed = list_of(people_of(20), ONE_LETTER)
    value = replace(listed.value, trial=trial.over(contact_costs=ONE_LETTER))
    plan = outreach_plan(replace(listed, value=value), start=START.date())
    assert "No customer was sent cash: left out." in plan.in_doubt()
    assert '"first margin" is 999,999,999 for customer' in plan.describe()  # the doubt that is said first
