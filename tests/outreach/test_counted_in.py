"""Is what contacts cost counted once, and is it said where another offer comes first for it?"""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps_planned import Steps
from trials import random_values

import winback as wb
from winback.money import format_money
from winback.outreach import Channel, Playbook, Remedy, Rule, Step
from winback.outreach.counted_in import ContactsCounted, _best_per_cost, contacts_counted

OFFERS = [wb.Offer(name=name, amount=1.0, paid="on_acceptance") for name in ("gift", "mail")]


@pytest.fixture(scope="module")
def trial():
    return wb.read_trial(random_values(np.random.default_rng(4), 500, gift=0.6, mail=0.5, none=0.1), OFFERS)


def test_profit_falls_by_what_contacts_cost(trial):
    found = contacts_counted(trial.over(contact_costs=Steps(each=3.0))).frame
    np.testing.assert_allclose(found["contact_cost"], 3.0)
    np.testing.assert_allclose(found["profit_before"] - found["profit"], 3.0)
    np.testing.assert_allclose(found["profit_before"], wb.compare_offers(trial).to_frame()["incremental_profit"])


@pytest.mark.parametrize("own", [0.0, 0.5, 3.33])
@pytest.mark.parametrize("each", [0.777, 3.0])
def test_what_is_said_of_before_and_now_adds_up_to_the_cent(own, each):
    offers = [replace(offer, contact_cost=own) for offer in OFFERS]
    table = random_values(np.random.default_rng(4), 500, gift=0.6, mail=0.5, none=0.1)
    found = contacts_counted(wb.read_trial(table, offers).over(contact_costs=Steps(each=each)))
    np.testing.assert_allclose(found.frame["own_cost"], own)
    said = [
        round(100 * float(amount)) for amount in re.findall(r"-?\$(\d+\.\d\d)", str(found.describe()).splitlines()[0])
    ]
    if own:
        now, added, before, cost, stated = said
        assert cost - stated == (before - now)
        assert stated == round(100 * own)
    else:
        now, added, before = said
    assert added == abs(before - now)


def test_whether_the_best_offer_stays_so_is_said(trial):
    stays = contacts_counted(trial.over(contact_costs=Steps(each=3.0)))
    assert stays.describe().startswith("With its contacts paid for, gift still earns most: ")
    pair = wb.compare_offers(trial.over(contact_costs=Steps(each=3.0))).differences.iloc[0]
    by, low, high = (format_money(pair[f"difference{end}"]) for end in ("", "_low", "_high"))
    assert f"\nIt is {by} per customer ahead of mail [{low}, {high}]" in stays.describe()
    assert stays.describe().endswith(": that may be chance.") == (pair["difference_low"] <= 0)
    turned = contacts_counted(trial.over(contact_costs=Steps(each=3.0, offers=(("gift", 90.0),))))
    assert turned.frame["offer"].iloc[0] == "mail"
    assert turned.describe().startswith("With contacts paid for, mail earns most, no longer gift: ")
    assert "after $3.00 of contact costs (without them $" in turned.describe()


def test_one_offer_has_no_other_to_come_before(trial):
    alone = wb.read_trial(random_values(np.random.default_rng(4), 300, gift=0.6, none=0.1), OFFERS[:1])
    said = contacts_counted(alone.over(contact_costs=Steps(each=3.0))).describe()
    assert said.startswith("With its contacts paid for, gift earns $")


def test_an_offer_for_a_short_budget_is_named_where_its_roi_is_shown_to_be_higher():
    now = pd.DataFrame({"offer": ["gift", "mail"], "gross_roi": [2.0, 4.0], "gross_profit_low": [5.0, 4.0]})
    now = now.assign(gross_roi_low=[1.8, 3.5], gross_roi_high=[2.2, 4.5])
    assert _best_per_cost(now, "gross") == "mail"
    assert _best_per_cost(now.assign(gross_roi_low=[1.0, 2.0]), "gross") == ""
    assert _best_per_cost(now.assign(gross_profit_low=-1.0), "gross") == ""
    assert _best_per_cost(now.assign(gross_roi=[4.0, 2.0]), "gross") == "gift"
    frame = pd.DataFrame({"offer": ["gift"], "cost": 1.5, "profit": 9.0, "profit_before": 9.5, "own_cost": 0.0})
    said = {
        name: str(ContactsCounted(frame=frame, kind="gross", best_before="gift", best_per_cost=name).describe())
        for name in ("mail", "gift")
    }
    assert said["mail"] == said["gift"]  # one offer alone: nothing to choose
    assert "which earns most for its cost" not in said["gift"]


@given(
    dear=st.floats(1.0, 200.0), share=st.floats(0.05, 0.95), most=st.floats(1.0, 500.0), second=st.floats(0.05, 0.999)
)
def test_with_less_than_enough_money_the_offer_that_earns_most_for_its_cost_earns_more(dear, share, most, second):
    cheap, less = dear * second * share, most * second  # more for its cost
    frame = pd.DataFrame({"offer": ["gift", "mail"], "cost": [dear, cheap], "profit": [most, less]})
    found = ContactsCounted(frame=frame, kind="gross", best_before="gift", best_per_cost="mail")
    for budget in np.linspace(0.01, 1.2, 25) * dear:
        gift, mail = (profit * min(1, budget / cost) for profit, cost in ((most, dear), (less, cheap)))
        if abs(gift - mail) > 1e-9 * most:
            assert (gift > mail) == (budget >= found.enough * dear)


@given(seed=st.integers(0, 10**6), n=st.integers(2, 6))
def test_what_is_enough_holds_beside_all_offers_at_every_budget(seed, n):
    rng = np.random.default_rng(seed)
    profit = np.sort(rng.uniform(1, 20, n))[::-1]
    cost = rng.uniform(0.5, 20, n) if seed % 2 else profit / np.sort(rng.uniform(0.2, 5, n))  # dearer earns more
    second = int(np.argmax(profit / cost))
    names = [f"offer{k}" for k in range(n)]
    frame = pd.DataFrame({"offer": names, "cost": cost, "profit": profit})
    enough = ContactsCounted(frame=frame, kind="gross", best_before="", best_per_cost=names[second]).enough
    share = profit[second] / profit[0]
    budgets = np.sort([*np.linspace(0.001, 1, 2_000), *cost[cost <= cost[0]] / cost[0]])
    earned = profit * np.minimum(1, budgets[:, None] * cost[0] / cost)
    short = earned.max(axis=1) - np.where(budgets >= share, earned[:, 0], earned[:, second])
    assert enough == (share if second > 0 and short.max() < 1e-9 * profit[0] else None)


def test_a_third_offer_that_earns_most_in_between_leaves_the_advice_out():
    cells = {"offer": ["large", "middle", "small"], "cost": [10.0, 6.0, 1.0], "profit": [10.23, 9.96, 4.74]}
    frame = pd.DataFrame(cells).assign(own_cost=0.0, profit_before=11.0)
    found = ContactsCounted(frame=frame, kind="gross", best_before="large", best_per_cost="small")
    assert found.enough is None
    assert "of that money" not in found.describe()
    two = replace(found, frame=frame.drop(index=1).reset_index(drop=True))
    assert two.enough == pytest.approx(4.74 / 10.23)
    assert replace(found, frame=frame.assign(profit=[10.23, 4.0, 4.74])).enough == two.enough


def test_what_is_enough_and_a_narrow_lead_are_said(trial):
    frame = pd.DataFrame({"offer": ["gift", "mail"], "cost": [20.0, 5.0], "profit": [10.0, 8.0]})
    frame = frame.assign(own_cost=0.0, profit_before=[11.0, 9.0])
    found = ContactsCounted(frame=frame, kind="gross", best_before="gift", best_per_cost="mail", is_narrow=True)
    assert "gift still earns most, narrowly: $10.00" in found.describe()
    for low, verdict in ((0.5, ""), (-0.5, ": that may be chance")):
        ahead = replace(found, second="mail", ahead=(2.0, low, 3.5)).describe()
        ends = f"{'-' if low < 0 else ''}$0.50, $3.50"
        assert ahead.splitlines()[1] == f"It is $2.00 per customer ahead of mail [{ends}]{verdict}."
        assert len(ahead.splitlines()) == 3
    assert found.describe().endswith(
        "Sending gift to all costs $20.00 per customer, contacts and offer: with at least 80% of that money send gift, "
        "with less mail ($5.00), which earns most for its cost."
    )
    assert replace(found, best_per_cost="gift").enough is None
    costed = trial.over(contact_costs=Steps(each=3.0))
    table = wb.compare_offers(costed).to_frame()
    np.testing.assert_allclose(contacts_counted(costed).frame["cost"], table["cost_per_customer"])


def test_remedies_are_named_where_they_are_among_what_contacts_cost(trial):
    steps = (Step("letter", brings_offer=True),)
    rules, channels = (Rule("write", steps),), (Channel("letter", cost=1.5),)
    reasons = np.where(np.arange(len(trial.lapsed)) % 2, "service", "price")
    told = replace(trial, lapsed=trial.lapsed.assign(reason=reasons))
    for remedies, said in (
        ((), "$1.50 of contact costs"),
        ((Remedy("a guide", ("moved",), cost=4.0),), "$1.50 of contact costs"),  # nobody gets it
        ((Remedy("a workshop", ("service",), cost=4.0),), "of contact and remedy costs (without them"),
    ):
        found = contacts_counted(told.over(contact_costs=Playbook(channels, rules, remedies)))
        assert said in found.describe()
        assert found.with_remedies == ("remedy" in said)
