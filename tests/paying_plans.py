"""A plan of contacts that pay: a trial in which an offer brings many back, and new leavers to be listed."""

from __future__ import annotations

import numpy as np
from trials import random_values

import winback as wb

OFFERS = (wb.Offer(name="gift", amount=1.0, paid="on_acceptance"),)


def plan_of(playbook, start: str, n: int = 120, **more):
    """Return a plan with n customers like those of the trial, who left a month ago."""
    table = random_values(np.random.default_rng(2), 600, gift=0.6, none=0.1)
    trial = wb.read_trial(table, OFFERS).over(contact_costs=playbook)
    policy = wb.learn_policy(trial, splits=wb.Splits(folds=3, repeats=1))
    people = table[["customer_id"]].head(n).assign(months_away=1.0, name=[f"n{place}" for place in range(n)])
    return wb.outreach_plan(policy, people, start=start, **more)
