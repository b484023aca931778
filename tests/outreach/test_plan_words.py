"""Does a plan say what its contacts cost where that differs from what its policy was learned with, and only there?"""

from dataclasses import replace

import numpy as np
import pytest
from lists_to_plan import START, list_of, people_of

from winback.outreach import Channel, Playbook, Remedy, Rule, Step, outreach_plan
from winback.outreach.plan_words import NO_ROOM, doubts

N = 1_000
LETTER, CALL = 1.0, 3.0
BY_REASON = Playbook(
    (Channel("letter", cost=LETTER), Channel("call", cost=CALL)),
    (
        Rule("call", (Step("call", brings_offer=True),), reasons=("service",)),
        Rule("write", (Step("letter", brings_offer=True),)),
    ),
)


def plan_that_costs(times):
    """Return a plan whose contacts cost so many times what they cost in the trial's group, and that cost."""
    trial = list_of(people_of(2), BY_REASON).value.trial.customers
    called = trial.loc[trial["offer"] == "gift", "reason"].eq("service")
    cost = np.where(called, CALL, LETTER).mean()
    n_called = round((times * cost - LETTER) / (CALL - LETTER) * N)
    people = people_of(N, reason=["service"] * n_called + ["price"] * (N - n_called))
    return outreach_plan(list_of(people, BY_REASON), start=START.date()), cost


@pytest.mark.parametrize(("times", "said"), [(1.06, True), (1.04, False), (1.0, False), (0.96, False), (0.94, True)])
def test_what_contacts_cost_is_said_where_it_is_clearly_not_what_the_policy_was_learned_with(times, said):
    plan, cost = plan_that_costs(times)
    assert plan.reached["cost"].mean() == pytest.approx(times * cost, abs=0.002)
    here, there = f"${times * cost:.2f}", f"${cost:.2f}"
    sentence = f"Contacts with each of these customers cost {here} on average, with those of the trial {there}"
    assert (sentence in plan.in_doubt()) == said
    assert ("with those of the trial" in plan.in_doubt()) == said


def test_what_remedies_cost_is_told_from_what_contacts_alone_cost():
    book = replace(BY_REASON, remedies=(Remedy("a workshop", ("service",), cost=20.0),))
    people = people_of(10, reason=["service"] * 9 + ["price"])
    plan = outreach_plan(list_of(people, book), start=START.date())
    trial = plan.listed.value.trial
    there = trial.contact_cost[trial.arm == trial.arms.index("gift")].mean()
    alone = (9 * CALL + LETTER) / 10
    said = f"Contacts and remedies cost ${18 + alone:.2f} on average for each of these customers (contacts alone "
    assert f"{said}${alone:.2f}), ${there:.2f} for those of the trial: where the list" in plan.in_doubt()


@pytest.mark.parametrize(("n", "comes_first"), [(40, False), (10, True)])
def test_a_few_who_find_no_room_are_no_first_doubt_and_a_cell_that_is_far_out_is(n, comes_first):
    book = Playbook((Channel("letter", LETTER, per_day=n - 1),), (Rule("write", (Step("letter"),), within_days=0),))
    plan = outreach_plan(list_of(people_of(n), book), start=START.date())
    assert [n for words, n, _ in plan.left_out if words == NO_ROOM] == [1]
    said = list(doubts(plan))
    place = [NO_ROOM in line for line in said].index(True)
    untested = ["an assumption, makes" in line for line in said].index(True)
    assert (place == 0) == comes_first == (place < untested)
    margin = [50.0] * (n - 1) + [999_999_999.0]
    plan = outreach_plan(list_of(people_of(n, first_margin=margin), book), start=START.date())
    assert str(plan.describe()).endswith(
        "leave it empty." if n >= 20 else "find no room in their channels in time: what is lacking is room for letter."
    )  # of fewer it is not told what is usual
