"""Is every problem of frames and limits listed at once, with count, first offender and remedy?"""

import numpy as np
import pandas as pd
import pytest
from budget_problems import catalog

import winback as wb
from winback.terms.catalog import Offer

PROFITS = pd.DataFrame(
    {"call": [5.0, 4.0, 3.0], "visit": [8.0, 2.0, 1.0], "none": 0.0}, index=pd.Index([11, 12, 13], name="customer_id")
)
COSTS = {"call": 1.0, "visit": 5.0}


def refused(match, profits=PROFITS, **asked):
    with pytest.raises(wb.TableError, match=match):
        wb.allocate_budget(profits, **{"costs": COSTS} | asked)


def test_all_problems_are_listed_at_once():
    profits = PROFITS.assign(call=[5.0, np.nan, np.inf])
    costs = PROFITS.assign(visit=[1.0, -2.0, 1.0])
    with pytest.raises(wb.TableError) as caught:
        wb.allocate_budget(profits, costs=costs, budget=-1, max_customers=2.5, caps={"gift": 3, "call": (5, 2)})
    said = str(caught.value)
    assert "6 problems in the customers x offers frame" in said
    assert "`profit of call` must be a number; 2 of 3 rows (first: customer 12, row 2, missing). Correct it" in said
    assert "`cost of visit` must be a number of at least 0; 1 of 3 rows (first: customer 12, row 2, -2)" in said
    assert "`budget` must be an amount of money of at least 0; got -1" in said
    assert "`max_customers` must be a whole number of at least 0; got 2.5" in said
    assert "`caps` names 'gift', which is not an offer to choose from. There are call and visit" in said
    assert "`caps` of 'call' are upside down: at least 5, at most 2" in said


@pytest.mark.parametrize("budget", ["1000", True, np.nan, np.inf, [5]])
def test_a_budget_is_an_amount(budget):
    refused("`budget` must be an amount of money", budget=budget)


@pytest.mark.parametrize("cap", [-1, 1.5, (1, 2, 3), "3", True])
def test_a_cap_is_a_count_or_two(cap):
    refused("`caps` of 'call' must be whole numbers", caps={"call": cap})


def test_caps_are_a_mapping():
    refused("`caps` must map offers to numbers", caps=5)


def test_a_budget_below_the_cheapest_contact():
    refused(r"`budget` of \$0\.50 is below the cheapest contact, \$1\.00\. Raise it", budget=0.5)


def test_floors_beyond_customers_contacts_or_money():
    refused("`caps` demand at least 4 contacts, and there are 3 customers", caps={"call": (2, 3), "visit": (2, 3)})
    refused("demand at least 3 contacts, and `max_customers` is 2", caps={"call": (3, None)}, max_customers=2)
    refused(r"demand at least 2 contacts, for \$10\.00 or more, and the budget is \$9\.00",
            caps={"visit": (2, None)}, budget=9)  # fmt: skip


def test_customers_twice_or_without_a_name():
    refused(r"`customer_id` is there twice; 1 of 3 rows \(first: row 2, 11\)", PROFITS.set_axis([11, 11, 13]))
    refused("`customer_id` is missing; 1 of 3 rows", PROFITS.set_axis([11, np.nan, 13]))


def test_an_offer_twice():
    refused("has two columns call", PROFITS[["call", "call", "none"]])


@pytest.mark.parametrize("nothing", [PROFITS.iloc[:0], PROFITS[["none"]], PROFITS[[]]])
def test_nothing_to_choose_from(nothing):
    refused("has nothing to choose from", nothing, costs={})


def test_what_is_no_frame():
    refused("`values` must be a pandas DataFrame, not list", [1, 2])


def test_costs_of_other_customers_or_offers():
    refused(r"`costs` has other customers than the frame of profit \(1 are in one only, first 13\)",
            costs=PROFITS.iloc[:2] * 0 + 1)  # fmt: skip
    refused("`costs` has the columns call, none, not call, none, visit", costs=PROFITS[["call", "none"]])
    refused("`costs` name gift, which are not in the frame", costs=COSTS | {"gift": 2.0})
    refused("`costs` has money in the column none", costs=PROFITS.assign(none=1.0))
    refused("`costs` must be a frame or map offers to money", costs=5.0)
    refused("`costs` of call must be one number each. What differs by customer is a frame", costs=COSTS | {"call": []})


def test_costs_that_nobody_stated_are_asked_for():
    refused("`costs` of call, visit are not known; .* differs by customer. Give costs", costs=None)
    visit = Offer(name="visit", amount=5, paid="on_acceptance")
    call = Offer(name="call", amount=1, paid="per_contact")
    refused("`costs` of visit are not known", costs=None, offers=[visit, call])


def test_costs_paid_per_contact_are_taken_from_the_offers():
    offers = [Offer(name="visit", amount=4, contact_cost=1, paid="per_contact")]
    offers += [Offer(name="call", amount=1, paid="per_contact")]
    plan = wb.allocate_budget(PROFITS, offers, budget=6)
    assert plan.assignments.equals(wb.allocate_budget(PROFITS, costs=COSTS, budget=6).assignments)


def test_columns_that_are_no_offers():
    refused("has columns that are no offers: visit. The offers are call",
            offers=[Offer(name="call", amount=1, paid="per_contact")])  # fmt: skip


def test_an_organic_return_beside_known_untreated_or_without_its_value():
    gross, by_region = PROFITS.drop(columns="none"), {"organic": {"region": {"north": 0.1}}, "organic_value": 5}
    assumed = catalog(gross, organic=0.1, organic_value=5)
    refused("`organic` is for values without a column 'none'", offers=assumed)
    refused("`organic` needs organic_value", gross, offers=catalog(gross, organic=0.1))
    with pytest.raises(ValueError, match="organic must be a share from 0 to 1; got 3"):
        catalog(gross, organic=3, organic_value=5)
    with pytest.raises(ValueError, match="organic_value must be an amount of money above 0"):
        catalog(gross, organic=0.1, organic_value=-5)
    offers = catalog(gross, **by_region)
    refused("by segment needs customers=", gross, offers=offers)
    customers = pd.DataFrame({"customer_id": [11, 12, 13], "region": ["north", "north", "south"]})
    refused(r"`region` has values without an organic return; 1 of 3 rows \(first: customer 13, south\)", gross,
            customers=customers, offers=offers)  # fmt: skip
    refused("one row of customers= for each customer", gross, customers=customers.iloc[:2], offers=offers)


def test_a_column_of_ids_is_as_good_as_an_index():
    plan = wb.allocate_budget(PROFITS.reset_index(), costs=COSTS, budget=6)
    assert plan.assignments.equals(wb.allocate_budget(PROFITS, costs=COSTS, budget=6).assignments)


def test_costs_may_come_in_another_order():
    costs = PROFITS * 0 + [1.0, 5.0, 0.0]
    plan = wb.allocate_budget(PROFITS, costs=costs.iloc[::-1, ::-1], budget=6)
    assert plan.assignments.equals(wb.allocate_budget(PROFITS, costs=COSTS, budget=6).assignments)


def test_a_budget_that_reaches_nobody_worth_it_says_so():
    profits = PROFITS.assign(call=-1.0)
    plan = wb.allocate_budget(profits, costs=COSTS, budget=2)
    assert "Contact nobody: the limits reach nobody" in plan.describe()
    assert plan.table()["Customers"].tolist() == ["0", "0"]
    nobody = wb.allocate_budget(profits.assign(visit=-2.0), costs=COSTS)
    assert "Contact nobody: no offer gains anything for anybody" in nobody.describe()


def test_another_currency_is_named_in_the_price():
    said = wb.allocate_budget(PROFITS, catalog(PROFITS, currency="EUR"), costs=COSTS, budget=2).details()
    assert "The next EUR 1 earns EUR 3.00, net of itself" in said
