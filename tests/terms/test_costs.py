"""Does each customer's offer cost what its contract says, when its contract says?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time
from trials import random_lives, second_lives

import winback as wb
from winback.discounting import discounted_months
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.costs import assigned_offers, offer_costs

ARM = second_lives(x=[None, (0.03, True, 40.0), (6.0, True, 40.0), (10.0, True, 40.0)])


def costs(arm=ARM, horizon=None, discount=0.0, **contract):
    offer = Offer(name="x", **contract)
    return offer_costs(arm, offer, OfferCatalog((offer,)), horizon, discount).tolist()


# triggers


def test_on_acceptance_is_paid_in_full_also_by_those_who_leave_early():
    assert costs(paid="on_acceptance", amount_per_month=20, months=6) == [0, 120, 120, 120]


def test_per_contact_is_paid_for_everyone():
    assert costs(paid="per_contact", amount=120) == [120, 120, 120, 120]


@pytest.mark.parametrize("horizon", [None, 24])
def test_while_active_is_paid_for_the_months_stayed_up_to_the_offers_end(horizon):
    found = costs(paid="while_active", amount_per_month=20, months=6, horizon=horizon)
    assert found == pytest.approx([0, 0.6, 120, 120])


def test_an_offer_without_end_is_paid_up_to_the_horizon():
    assert costs(paid="while_active", amount_per_month=20, horizon=8) == pytest.approx([0, 0.6, 120, 160])


@pytest.mark.parametrize(
    ("contract", "cost"),
    [
        ({"paid": "while_active", "amount_per_month": 20, "months": 6}, 70),
        ({"paid": "on_acceptance", "amount": 120}, 70),
        ({"paid": "per_contact", "amount_per_month": 20, "months": 6}, 70),
        ({"paid": "on_acceptance", "amount": 50}, 50),
    ],
)
def test_nobody_costs_more_than_the_cap(contract, cost):
    assert max(costs(max_cost=70, **contract)) == cost


@pytest.mark.parametrize("max_cost", [None, 70])
@pytest.mark.parametrize(
    "contract",
    [
        {"paid": "on_acceptance", "amount": 120},
        {"paid": "per_contact", "amount": 120},
        {"paid": "while_active", "amount_per_month": 20, "months": 6},
    ],
)
def test_the_contact_cost_comes_on_top_for_everyone(contract, max_cost):
    without = costs(**contract, max_cost=max_cost)
    assert costs(**contract, max_cost=max_cost, contact_cost=2.5) == pytest.approx([cost + 2.5 for cost in without])


@settings(max_examples=50, deadline=None)
@given(months=st.integers(1, 12), amount=st.floats(0.1, 100), tenure=st.floats(0.01, 60))
def test_paid_while_active_never_costs_more_than_on_acceptance(months, amount, tenure):
    arm = second_lives(x=[(tenure, True, 40.0)])
    active, full = (
        costs(arm, paid=paid, amount_per_month=amount, months=months) for paid in ("while_active", "on_acceptance")
    )
    assert active[0] <= full[0] * (1 + 1e-12)


# discounting


def test_what_is_paid_month_by_month_is_discounted():
    found = costs(paid="while_active", amount_per_month=20, months=6, discount=0.10)
    assert found == pytest.approx([0, *(20 * discounted_months([0.03, 6, 6], 0.10))], rel=1e-12)


@pytest.mark.parametrize("paid", ["on_acceptance", "per_contact"])
def test_what_is_paid_on_the_first_day_is_not_discounted(paid):
    assert costs(paid=paid, amount=120, discount=0.5) == costs(paid=paid, amount=120)


# cut off by the end of the data


def test_a_customer_cut_off_after_the_offers_end_costs_it_in_full():
    arm = second_lives(x=[(7.0, False, 40.0), (2.0, True, 40.0)])
    assert costs(arm, paid="while_active", amount_per_month=20, months=6) == [120, 40]


@pytest.mark.parametrize("discount", [0.0, 0.10])
def test_the_mean_cost_of_customers_cut_off_earlier_is_that_of_the_kaplan_meier_curve(rng, discount):
    arm = random_lives(rng, 300, longest=20, x=1.0)
    found = np.mean(costs(arm, paid="while_active", amount_per_month=20, months=12, discount=discount))
    curve = KaplanMeierFitter().fit(arm["second_tenure"], arm["second_ended"].astype(bool)).survival_function_
    times, survival = curve.index.to_numpy(), curve.iloc[:, 0].to_numpy()
    weights = np.diff(discounted_months(np.minimum(np.append(times, 12.0), 12.0), discount))
    assert found == pytest.approx(20 * (survival * weights).sum(), rel=1e-10)


def test_undiscounted_it_is_the_restricted_mean_of_lifelines(rng):
    arm = random_lives(rng, 300, longest=20, x=1.0)
    found = np.mean(costs(arm, paid="while_active", amount_per_month=20, months=12))
    curve = KaplanMeierFitter().fit(arm["second_tenure"], arm["second_ended"].astype(bool))
    assert found == pytest.approx(20 * restricted_mean_survival_time(curve, t=12), rel=1e-6)
    assert found > 20 * np.minimum(arm["second_tenure"], 12).mean() * 1.02  # months seen are too few


# tailored

CATALOG = OfferCatalog(
    (
        Offer(name="discount", amount_per_month=20, months=6, paid="on_acceptance"),
        Offer(name="upgrade", amount=35, paid="per_contact", contact_cost=2),
        Offer(name="credit", amount_per_month=10, months=6, paid="while_active"),
        Offer(
            name="tailored",
            tailored_by="reason",
            tailored={"price": "discount", "service": "upgrade", "both": "credit"},
        ),
    )
)
LEAVERS = second_lives(tailored=[None, (3.0, True, 40.0)] * 3).assign(reason=np.repeat(["price", "service", "both"], 2))


def tailored_costs(arm=LEAVERS):
    return offer_costs(arm, CATALOG["tailored"], CATALOG, 24, 0.0)


def test_a_tailored_offer_costs_each_customer_what_the_assigned_offer_costs():
    assert tailored_costs().tolist() == [0, 120, 37, 37, 0, 30]


def test_a_tailored_offer_costs_the_same_whatever_the_order_of_customers():
    backwards = tailored_costs(LEAVERS.iloc[::-1])
    assert backwards[::-1].tolist() == tailored_costs().tolist()


def test_values_that_nothing_is_assigned_to_are_counted_and_named():
    arm = LEAVERS.assign(reason=["price", "price", "service", "moved", "moved", "both"])
    with pytest.raises(
        wb.TableError,
        match=r"`reason` has values that offer 'tailored' assigns nothing to; 2 of 6 rows \(first: customer 4, moved\)"
        r"\. Name them in the offer's map; it has price, service, both\.",
    ):
        tailored_costs(arm)


def test_a_missing_value_is_not_assigned_anything():
    arm = LEAVERS.assign(reason=pd.Categorical(["price", None, "service", "service", "both", "both"]))
    with pytest.raises(wb.TableError, match=r"`reason` has values .*1 of 6 rows \(first: customer 2, missing\)"):
        tailored_costs(arm)


def test_the_column_an_offer_is_tailored_by_must_be_there():
    with pytest.raises(
        wb.TableError, match=r"`reason` is missing, and offer 'tailored' is tailored by it\. Add it, or"
    ):
        tailored_costs(LEAVERS.drop(columns="reason"))


@pytest.mark.parametrize(
    "loyal", [[True, True, False, False, True, True], ["true", "True", "false", "False", "TRUE", "true"]]
)
def test_flags_are_named_in_a_map_as_toml_writes_them(loyal):
    offer = Offer(name="tailored", tailored_by="loyal", tailored={"true": "discount", "false": "upgrade"})
    assigned = assigned_offers(LEAVERS.assign(loyal=loyal), offer)
    assert assigned.tolist() == ["discount", "discount", "upgrade", "upgrade", "discount", "discount"]


def test_counts_are_named_in_a_map_as_numbers():
    offer = Offer(name="tailored", tailored_by="complaints", tailored={"0": "discount", "1": "upgrade"})
    assigned = assigned_offers(LEAVERS.assign(complaints=[0.0, 1.0, 0.0, 0.0, 1.0, 1.0]), offer)
    assert assigned.tolist() == ["discount", "upgrade", "discount", "discount", "upgrade", "upgrade"]


# what cannot be costed


def test_paid_while_active_needs_the_months_of_second_lives():
    arm = pd.DataFrame({"customer_id": [1], "offer": ["x"], "returned": [True], "value": [100.0]})
    with pytest.raises(
        wb.TableError,
        match=r"`second_tenure` is missing, and offer 'x' is paid while the customer is active\. Add .*or state",
    ):
        costs(arm, paid="while_active", amount_per_month=20, months=6)


def test_an_arm_where_nobody_returned_costs_only_its_contacts():
    arm = second_lives(x=[None, None])
    assert costs(arm, paid="while_active", amount_per_month=20, months=6, contact_cost=2) == [2, 2]


def test_months_of_an_offer_that_nobody_was_followed_for_are_named_as_the_offers():
    lives = {"price": [(8.0, False, 40.0), (8.0, True, 40.0)], "both": [(3.0, False, 40.0), (2.0, True, 40.0)]}
    table = second_lives(tailored=[*lives["price"], *lives["both"]]).assign(reason=np.repeat(list(lives), 2))
    with pytest.raises(ValueError, match=r"Offer 'credit'.* 6 months"):
        wb.compare_offers(wb.read_trial(table, CATALOG, horizon_months=7, annual_discount=0))
