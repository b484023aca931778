"""Would a plan of contacts come as forecast? Learned from half of the study, held against what the others would do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from winback.datasets.telecom.calendar import UNTIL
from winback.datasets.telecom.study import TelecomStudy
from winback.outreach.plan import outreach_plan
from winback.outreach.planned import OutreachPlan
from winback.outreach.playbook import Playbook
from winback.policies.learn import learn_policy
from winback.tables import NO_OFFER
from winback.trial.splits import Splits
from winback.trial.trial import Trial

KNOWN_BEFORE = ("customer_id", "first_tenure", "first_margin", "reason", "referrals", "complaints")
KNOWN_BEFORE += ("complaints_resolved", "months_away", "contact_attempts")
SECOND = ("returned", "second_tenure", "second_margin")
HALF = "half of the telecom study's customers (simulated)"
ONE_SPLIT = Splits(folds=3, repeats=1)  # what tailoring is worth is not asked here


def plan_for_half(trial: Trial, playbook: Playbook, *, keep_back: float = 0.1, rng: int = 0) -> OutreachPlan:
    """Plan contacts with half of the study's trial, drawn at random, by a policy learned from the other half.

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> plan = plan_for_half(study.trial, wb.load_playbook())
    >>> plan.check(outcomes_of(study, plan)).n_unknown
    0
    """
    trial = trial.over(contact_costs=playbook)
    rows = np.random.default_rng(rng).permutation(len(trial.lapsed))
    learned, others = trial.part(np.sort(rows[::2])), trial.part(np.sort(rows[1::2])).customers
    policy = learn_policy(learned, by="reason", splits=ONE_SPLIT)
    listed = policy.contact_list(others[[*KNOWN_BEFORE]], keep_back=keep_back, rng=rng)
    return outreach_plan(replace(listed, whom=HALF), start=UNTIL)


def outcomes_of(study: TelecomStudy, plan: OutreachPlan) -> pd.DataFrame:
    """Return what the customers of a plan would do: under the offer if they are contacted, else without one."""
    sent = plan.customers["offer"].astype(object).where(plan.customers["is_reached"], NO_OFFER).to_numpy()
    would = study.truth.potential_outcomes.set_index("customer_id").loc[plan.customers["customer_id"]]
    found = {"customer_id": plan.customers["customer_id"].to_numpy()}
    for name in SECOND:
        found[name] = np.empty(len(sent), dtype=object)
        for offer in pd.unique(sent):
            found[name][sent == offer] = would.loc[sent == offer, f"{name}_{offer}"]
    table = pd.DataFrame(found).astype({"returned": bool, "second_tenure": float, "second_margin": float})
    back = table["returned"]
    ended = pd.Series(pd.NA, table.index, dtype="boolean").mask(back, True)  # lives are known to their ends
    return table.assign(
        second_tenure=table["second_tenure"].where(back),
        second_margin=table["second_margin"].where(back),
        second_ended=ended,
    )
