"""Do contacts that are costed customer by customer enter a trial once, and every figure made from it?"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from steps_planned import Steps
from trials import random_values
from what_if_trials import EVERYDAY_AND_SLOW, MADE

import winback as wb
from winback.doors import ArgumentError
from winback.offers import Keep
from winback.tables import NO_OFFER
from winback.terms.catalog import OfferCatalog
from winback.trial.contacts import contact_costs_under
from winback.trial.same_terms import check_same_trial

COST = 3.25
OWN = [
    wb.Offer(name="a", amount=10, paid="on_acceptance", contact_cost=1.0),
    wb.Offer(name="b", amount=2, paid="per_contact", contact_cost=0.5),
]


@pytest.fixture(scope="module")
def study():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=1)


@pytest.fixture(scope="module")
def trial(study):
    return study.trial.over(horizon_months=24)


@cache
def a_trial():
    rng = np.random.default_rng(3)
    table = random_values(rng, 60, a=0.4, b=0.5, none=0.2)
    return wb.read_trial(table.assign(reason=rng.choice(["price", "service"], len(table))), OWN)


@pytest.fixture
def small():
    return a_trial()


def with_own(trial, cost):
    """Return the trial with offers of which each contact costs so much; a tailored one has it from those it assigns."""
    offers = (replace(offer, contact_cost=0.0 if offer.tailored_by else cost) for offer in trial.offers)
    return replace(trial, offers=replace(trial.offers, offers=tuple(offers)), true_profits=None)


def assert_alike(one: pd.DataFrame, other: pd.DataFrame):
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-9)


# the sum


@settings(max_examples=20, deadline=None)
@given(each=st.floats(0, 40), service=st.floats(0, 40), more=st.floats(0, 40))
def test_the_total_is_the_sum_of_what_was_costed_to_the_cent(each, service, more):
    plain = a_trial()
    trial = plain.over(contact_costs=Steps(each, service, (("a", more),)))
    by_hand = [
        each + service * (row.reason == "service") + more * (row.offer == "a")
        for row in plain.customers.itertuples()
        if row.offer != NO_OFFER
    ]
    free = with_own(plain, 0.0)
    assert trial.contact_cost.sum() == pytest.approx(sum(by_hand), abs=0.005)
    assert (trial.cost - free.cost).sum() == pytest.approx(sum(by_hand), abs=0.005)
    assert_allclose(trial.value, plain.value)
    assert not trial.contact_cost[trial.arm == trial.arms.index(NO_OFFER)].any()


def test_costs_taken_away_again_leave_the_first_trial(small):
    again = small.over(contact_costs=Steps(7.0)).over(contact_costs=None)
    assert again.offers == small.offers
    assert again.lapsed is small.lapsed
    assert_allclose(again.cost, small.cost, rtol=0, atol=0)
    check_same_trial("the policy", small, again)
    assert_alike(wb.compare_offers(small).frame, wb.compare_offers(again).frame)


def test_steps_take_the_place_of_the_offers_own_and_of_the_column(rng):
    table = random_values(rng, 50, a=0.4, b=0.5, none=0.2)
    told = np.where(table["offer"] == "none", np.nan, rng.uniform(0, 5, len(table)))
    plain, with_column = wb.read_trial(table, OWN), wb.read_trial(table.assign(contact_cost=told), OWN)
    assert_allclose(with_column.cost - plain.cost, np.nan_to_num(told), atol=1e-12)
    one, other = (each.over(contact_costs=Steps(4.0)) for each in (plain, with_column))
    assert_allclose(one.cost, other.cost)
    sent = one.arm < 2
    assert_allclose((one.cost - with_own(plain, 0.0).cost)[sent], 4.0)


# constant costs are those of the offers


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERYDAY_AND_SLOW)
def test_constant_costs_compare_as_those_of_the_offers(kind):
    trial = MADE[kind](np.random.default_rng(7))
    steps, own = (wb.compare_offers(each) for each in (trial.over(contact_costs=Steps(COST)), with_own(trial, COST)))
    assert_alike(steps.frame, own.frame)
    assert_alike(steps.differences, own.differences)
    for varied in ("horizon", "discount", "organic"):
        assert_alike(steps.sensitivity(varied).frame, own.sensitivity(varied).frame)
    one, other = steps.what_if(), own.what_if()
    assert_alike(one.frame, other.frame)
    assert_alike(one.at(cost=1.5, contact_cost=2.0).frame, other.at(cost=1.5, contact_cost=2.0).frame)


def test_a_constant_column_compares_as_the_offers_own(rng):
    table = random_values(rng, 60, a=0.4, b=0.5, none=0.2)
    told = np.where(table["offer"] == "none", 0.0, COST)
    column, own = (
        wb.compare_offers(each).what_if().at(cost=2.0, contact_cost=1.0)
        for each in (
            with_own(wb.read_trial(table.assign(contact_cost=told), OWN), 0.0),
            with_own(wb.read_trial(table, OWN), COST),
        )
    )
    assert_alike(column.frame, own.frame)


def test_constant_costs_learn_the_policy_of_the_offers(trial):
    made = [
        wb.learn_policy(each, by="reason", splits=wb.Splits(repeats=1))
        for each in (trial.over(contact_costs=Steps(COST)), with_own(trial, COST))
    ]
    assert made[0].best_single == made[1].best_single
    assert_alike(made[0].rules, made[1].rules)
    assert_alike(*(policy.contact_list().frame for policy in made))
    assert made[0].honest_gain == pytest.approx(made[1].honest_gain, abs=1e-9)


def test_constant_costs_are_spent_and_planned_as_those_of_the_offers(trial):
    both = trial.over(contact_costs=Steps(COST)), with_own(trial, COST)
    curves = [wb.spending_curve(each, [10, 30], splits=wb.Splits(repeats=1)).frame for each in both]
    assert_alike(*curves)
    assert_alike(*(wb.plan_trial(each).to_frame() for each in both))
    fit = wb.fit_two_part(trial, **dict.fromkeys(("reacquisition", "tenure", "margin"), "offer + reason"))
    values = [wb.second_lifetime_value(fit, each) for each in both]
    assert_alike(values[0].costs, values[1].costs)
    assert_alike(values[0].averages, values[1].averages)
    plans = [wb.allocate_budget(each, budget=40_000) for each in values]
    assert_alike(plans[0].assignments, plans[1].assignments)
    assert plans[0].measure().measured.total == pytest.approx(plans[1].measure().measured.total, rel=1e-9)


def test_constant_costs_make_the_strategies_of_the_offers(study, trial):
    both = trial.over(contact_costs=Steps(COST)), with_own(trial, COST)
    found = [wb.compare_win_back_keep_acquire(study.base, keep=Keep(20.0, 0.3), win_back=each) for each in both]
    assert_alike(found[0].inputs.segments, found[1].inputs.segments)
    assert_alike(found[0].frame, found[1].frame)


# where they differ by customer


def test_what_a_customer_would_cost_under_another_offer_is_their_own(trial):
    steps = Steps(1.0, 6.0, (("upgrade", 2.0),))
    costed = trial.over(contact_costs=steps)
    fit = wb.fit_two_part(trial, **dict.fromkeys(("reacquisition", "tenure", "margin"), "offer + reason"))
    with_steps, free = (wb.second_lifetime_value(fit, each) for each in (costed, with_own(trial, 0.0)))
    more = with_steps.costs - free.costs
    service = (with_steps.customers["reason"] == "service").to_numpy()
    assert_allclose(more["discount"], 1.0 + 6.0 * service, atol=1e-9)
    assert_allclose(more["upgrade"], 3.0 + 6.0 * service, atol=1e-9)
    assert not more[NO_OFFER].any()
    told = with_steps.measured.set_index("row")["cost"] - free.measured.set_index("row")["cost"]
    assert_allclose(
        told, steps.contact_costs(trial.lapsed.loc[told.index]) * (trial.lapsed.loc[told.index, "offer"] != "none")
    )


def test_a_table_tells_the_mean_of_each_offer(rng):
    table = random_values(rng, 40, a=0.4, b=0.5, none=0.2)
    told = table["offer"].map({"a": 2.0, "b": 6.0, "none": 0.0}) + (table["offer"] == "a") * rng.uniform(0, 1, 120)
    trial = wb.read_trial(table.assign(contact_cost=told), OWN)
    ours = contact_costs_under(trial, trial.customers.head(3), "a")
    assert_allclose(ours, told[table["offer"] == "a"].mean())
    assert_allclose(contact_costs_under(trial, trial.customers.head(3), "b"), 6.0)
    assert not contact_costs_under(trial, trial.customers.head(3), NO_OFFER).any()
    unsent = contact_costs_under(trial, trial.customers.head(3), "letter")
    assert_allclose(unsent, told[table["offer"] != "none"].mean())


def test_dear_contacts_change_whom_a_policy_contacts(trial):
    """Whom a contact costs more than it can bring is no longer worth one."""
    cheap, dear = (
        wb.learn_policy(trial.over(contact_costs=Steps(0.0, each)), by="reason", splits=wb.Splits(repeats=1))
        for each in (0.0, 5_000.0)
    )
    service = cheap.trial.customers["reason"].astype(object) == "service"
    assert (cheap.assign(cheap.trial.customers, as_learned=True)[service] != NO_OFFER).all()
    assert (dear.assign(dear.trial.customers, as_learned=True)[service] == NO_OFFER).all()


# refused


def test_a_policy_learned_before_is_refused_after_and_both_costs_are_named(trial):
    policy = wb.learn_policy(trial, by="reason", splits=wb.Splits(repeats=1))
    with pytest.raises(
        ValueError,
        match=r"(?s)under other terms \(.*contacts at \$0\.00 each as the offers say\) than this trial has "
        r"\(.*contacts costed step by step.*contacts at \$2\.00 each as Steps says\).*trial\.over\(\.\.\.\)",
    ):
        wb.evaluate_policy(trial.over(contact_costs=Steps(2.0)), policy)
    with pytest.raises(ValueError, match=r"at \$2\.00 each as Steps says.*at \$5\.00 each as Steps says"):
        check_same_trial("the plan", *(trial.over(contact_costs=Steps(each)) for each in (2.0, 5.0)))
    check_same_trial("the plan", *(trial.over(contact_costs=Steps(2.0)) for _ in range(2)))


def test_what_cannot_say_what_contacts_cost_is_refused(small):
    with pytest.raises(ArgumentError, match=r"playbook, or another object with contact_costs\(customers\); got float"):
        small.over(contact_costs=2.0)
    with pytest.raises(ArgumentError, match="got dict"):
        OfferCatalog(tuple(OWN), contact_costs={"a": 1.0})


def test_costs_in_another_currency_are_refused(small):
    @dataclass(frozen=True)
    class InEuro(Steps):
        currency: str = "EUR"

    with pytest.raises(ValueError, match=r"contact_costs are in EUR, and the offers in \$: they cannot be added"):
        small.over(contact_costs=InEuro())
    assert small.over(contact_costs=InEuro(), currency="EUR").contact_cost.sum() == 240.0


class Wrong:
    def __init__(self, said):
        self.said = said

    def contact_costs(self, customers):
        return self.said(len(customers))


@pytest.mark.parametrize(
    ("said", "match"),
    [
        (
            lambda n: np.full(n, -1.0),
            r"`contact_cost` must be a number of at least 0; 120 of 120 rows .*first: customer",
        ),
        (lambda n: np.r_[np.nan, np.zeros(n - 1)], r"must be a number of at least 0; 1 of 120 rows"),
        (lambda n: np.zeros(n - 1), r"one amount for each of 120 customers; got \(119,\)"),
    ],
)
def test_costs_that_are_none_are_refused(small, said, match):
    with pytest.raises(ValueError, match=match):
        _ = small.over(contact_costs=Wrong(said)).cost


@pytest.mark.parametrize(
    ("offer", "cost", "match"),
    [
        ("a", np.nan, "must not be missing for who was sent an offer; 1 of 180 rows .*0 where a contact costs nothing"),
        ("none", 2.0, "must be empty or 0 for who was sent nothing; 1 of 180 rows"),
        ("b", -2.0, "`contact_cost` must be >= 0; 1 of 180 rows"),
    ],
)
def test_a_column_that_cannot_be_right_is_refused(rng, offer, cost, match):
    table = random_values(rng, 60, a=0.4, b=0.5, none=0.2)
    table["contact_cost"] = np.where(table["offer"] == "none", 0.0, 1.5)
    table.loc[(table["offer"] == offer).idxmax(), "contact_cost"] = cost
    with pytest.raises(wb.TableError, match=match):
        wb.read_trial(table, OWN)


def test_costs_by_contract_are_not_known_where_contacts_are_costed_by_step(small):
    values = pd.DataFrame({"b": [5.0, 6.0]}, index=pd.Index([1, 2], name="customer_id"))
    assert wb.allocate_budget(values, offers=OfferCatalog((OWN[1],)), budget=2.6).n == 2
    costed = OfferCatalog((OWN[1],), contact_costs=Steps(2.0))
    with pytest.raises(wb.TableError, match="whose contacts are costed step by step differs by customer"):
        wb.allocate_budget(values, offers=costed, budget=2.6)


# said


def test_the_column_is_never_what_customers_are_told_apart_by(rng):
    table = random_values(rng, 60, a=0.4, b=0.5, none=0.2)
    table["contact_cost"] = np.where(table["offer"] == "none", 0.0, rng.uniform(0, 9, len(table)))
    trial = wb.read_trial(table, OWN)
    assert "contact_cost" not in (*trial.known, *trial.covariates, *trial.late)
    assert "cost $" in trial.details()
    assert "By the table, contacts cost" in trial.details()


def test_a_trial_says_what_contacts_cost_and_in_place_of_what(small):
    said = small.over(contact_costs=Steps(2.0))
    assert "contacts costed step by step" in said.describe()
    line = "By the steps planned, contacts cost $240 in all, $2.00 for each customer who was sent an offer, in place of"
    assert f"{line} what the offers say of a contact (a $1.00 and b $0.50)." in said.details()
    assert "plus $1 per contact" in wb.compare_offers(small).assumptions()
    assumed = wb.compare_offers(said).assumptions()
    assert "plus $" not in assumed
    assert "counted customer by customer, by the steps planned" in assumed
