"""Lists of customers to put on days: made by hand, from a small trial that counts what a playbook's contacts cost."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from valid_calls import measured

import winback as wb
from winback.outreach import Channel, Playbook, Rule, Step, outreach_plan

START = pd.Timestamp("2024-02-12")  # a Monday before a leap day
REASONS = ("price", "service")
OFFERS = (
    wb.Offer(name="call", paid="per_contact", amount=2.0, months_away=(0, 6)),
    wb.Offer(name="gift", paid="on_acceptance", amount=9.0),
)
ONE_LETTER = Playbook((Channel("letter", cost=1.5),), (Rule("write", (Step("letter", brings_offer=True),)),))


@cache
def list_made():
    trial = wb.read_trial(measured(), OFFERS).over(contact_costs=ONE_LETTER)
    policy = wb.learn_policy(trial, by=["months_away"], splits=wb.Splits(folds=3, repeats=1))
    return policy.contact_list(measured().head(60), rng=0)


def list_of(people, playbook):
    """Return a list of these customers, in this order, from a trial that counts the playbook's costs."""
    made = list_made()
    n = len(people)
    profit = np.where(people["offer"] == "none", 0.0, np.arange(n, 0, -1.0))
    frame = pd.DataFrame({"rank": np.arange(1, n + 1), "customer_id": people["customer_id"], "offer": people["offer"]})
    frame = frame.assign(why="best", expected_profit=profit, kind="incremental", name=[f"n{k}" for k in range(n)])
    value = replace(made.value, trial=made.value.trial.over(contact_costs=playbook))
    nobody = {"left_out": (), "not_listed": made.not_listed.head(0), "n_left_alone": 0}
    return replace(made, frame=frame, customers=people.drop(columns="offer"), value=value, **nobody)


def people_of(n, **columns):
    known = {"customer_id": np.arange(1, n + 1), "offer": "gift", "reason": "price", "first_margin": 50.0}
    known |= {"left_on": START - pd.Timedelta(days=61), "months_away": 61 / (365.25 / 12)}
    return pd.DataFrame(known | columns)


def plan_of(people):
    """Return a plan that writes one letter to each of these customers."""
    return outreach_plan(list_of(people, ONE_LETTER), start=START.date())


def outcomes_of(plan, rng, chance=0.5):
    """Draw who of a plan came back, and what they brought."""
    ids = plan.customers["customer_id"]
    back = rng.random(len(ids)) < chance
    return pd.DataFrame({"customer_id": ids, "returned": back, "value": np.where(back, rng.gamma(4, 8, len(ids)), 0.0)})
