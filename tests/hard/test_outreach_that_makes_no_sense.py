"""Does a plan of contacts name what is wrong with what it is asked, or say what it does instead? One answer each."""

import datetime

import numpy as np
import pandas as pd
import pytest
from lists_to_plan import ONE_LETTER, START, list_of, outcomes_of, people_of, plan_of

import winback as wb
from winback.outreach import outreach_plan
from winback.tables import TableError

HEAD = '[[channel]]\nname = "call"\n[[rule]]\nname = "soon"\n[[rule.step]]\nchannel = "call"\n'
FILES = {  # what is wrong -> the end of the file, and the one line that is said of it
    "an unknown channel": ('[[rule.step]]\nchannel = "fax"', "Rule 'soon', step 2: there is no channel 'fax'"),
    "a negative delay": ('[[rule.step]]\nchannel = "call"\nafter_days = -3', "after_days must be at least 0; got -3"),
    "a circle": ('[[rule.step]]\nchannel = "call"\nname = "b"\nafter = "b"', "wait for each other in a circle"),
    "no capacity": ('[[channel]]\nname = "visit"\nper_day = 0', "per_day must be at least 1; got 0"),
}


@pytest.mark.parametrize("wrong", FILES)
def test_a_playbook_that_makes_no_sense_has_one_clear_error(tmp_path, wrong):
    end, said = FILES[wrong]
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + end)
    with pytest.raises(ValueError, match=r"mine\.toml cannot be used") as refused:
        wb.load_playbook(path)
    assert len(str(refused.value).splitlines()) == 3  # the problem, and where a good one comes from
    assert said in str(refused.value)


def test_a_first_day_in_the_past_of_the_list_is_refused():
    with pytest.raises(ValueError, match=r"is before the day of the list, 2024-02-12. Begin then or later"):
        outreach_plan(list_of(people_of(2), ONE_LETTER), start=datetime.date(2020, 1, 1))


def test_a_customer_in_two_lists_is_left_out_of_the_second_and_counted():
    plan = outreach_plan(list_of(people_of(2), ONE_LETTER), start=START.date())
    second = outreach_plan(list_of(people_of(3), ONE_LETTER), start=START.date(), already=plan)
    assert second.frame["customer_id"].tolist() == [3]
    assert "2 were made an offer in a plan made before" in second.not_contacted()


def test_a_few_dates_of_leaving_in_the_future_are_a_matter_of_these_customers():
    people = people_of(3).assign(left_on=[START - pd.Timedelta(days=61)] * 2 + [START + pd.Timedelta(days=99)])
    with pytest.raises(
        ValueError, match=r"1 of the customers left after start \(2024-02-12\), .*2024-05-21 \(customer 3\). Corr"
    ):
        outreach_plan(list_of(people, ONE_LETTER), start=START.date())


def test_a_reason_that_the_playbook_does_not_know_falls_under_the_rule_for_all():
    book = wb.load_playbook()
    chains = book.chains_of(pd.DataFrame({"reason": ["the moon", None], "months_away": 3.0, "first_margin": 20.0}))
    assert [book.rules[place].name for place in chains.rule] == ["write", "write"]
    assert (chains.remedy == -1).all()


@pytest.mark.parametrize(
    ("back", "match"),
    [
        ([[1, 2]], "`customer_id` must be a number or text"),
        (pd.DataFrame([[1, 1]], columns=["customer_id"] * 2), "`customer_id` is there twice"),
        (
            pd.DataFrame([[1, True, False]], columns=["customer_id", "returned", "returned"]),
            "`returned` is there twice",
        ),
    ],
)
def test_who_is_back_must_be_told_by_one_id_each(back, match):
    with pytest.raises(TableError, match=match):
        outreach_plan(list_of(people_of(2), ONE_LETTER), start=START.date(), back=back)


NO_OUTCOMES = {  # what is wrong -> the table made of a good one, and what is said of it
    "a list": (lambda good: [1, 2], "table of outcomes.*must be a frame"),
    "no rows": (lambda good: good.head(0), "has no rows"),
    "one name twice": (
        lambda good: pd.concat([good, good[["value"]]], axis=1),
        "`value` is the name of more than one column",
    ),
    "no end of money": (lambda good: good.assign(value=float("inf"), returned=True), "`value` must be a number"),
    "lists in cells": (lambda good: good.assign(cost=[[1]] * len(good)), "`cost` must be a number"),
    "ids in the index": (lambda good: good.set_index("customer_id"), "`customer_id` is missing"),
    "nobody known": (lambda good: good.assign(returned=None), "`returned` must not be missing; 10 of 10"),
}


@pytest.mark.parametrize("wrong", NO_OUTCOMES)
def test_outcomes_that_make_no_sense_have_one_clear_error(wrong):
    plan = plan_of(people_of(10))
    made, said = NO_OUTCOMES[wrong]
    good = outcomes_of(plan, np.random.default_rng(1))
    with pytest.raises(TableError, match=f"(?s){said}"):
        plan.check(made(good))
