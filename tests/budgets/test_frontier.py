"""Is profit the most it can be for every number of customers regained, and the price of the next one right?"""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from budget_problems import catalog
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb

SEEDS = st.integers(0, 2**32 - 1)


def drawn(rng, n=30, k=3, untreated=True):
    names = [*("discount", "upgrade", "bundle")[:k], *(["none"] if untreated else [])]
    index = pd.Index(np.arange(n), name="customer_id")
    profits, chances = rng.normal(20, 30, (n, len(names))), rng.uniform(0, 1, (n, len(names)))
    return tuple(pd.DataFrame(each, index=index, columns=names) for each in (profits, chances))


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_it_goes_from_most_profit_to_most_customers(seed):
    profits, chances = drawn(np.random.default_rng(seed))
    frame = wb.profit_share_frontier(profits, chances=chances).frame
    most = profits.max(axis=1).sum() - profits["none"].sum()
    assert frame["incremental_profit_total"].iloc[0] == pytest.approx(most, rel=1e-12)
    assert frame["n_regained"].iloc[-1] == pytest.approx((chances.max(axis=1) - chances["none"]).sum(), rel=1e-12)
    assert (np.diff(frame["n_regained"]) > 0).all()
    assert (np.diff(frame["incremental_profit_total"]) <= 1e-9).all()
    assert (np.diff(frame["price_of_next_customer"].iloc[:-1]) >= -1e-9).all()
    assert frame.filter(regex="^share_(?!contacted)").sum(axis=1).to_numpy() == pytest.approx(1)


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS, worth=st.floats(0, 500))
def test_no_choice_of_all_is_better_at_any_worth_of_a_customer(seed, worth):
    """Three customers and three choices have 27 plans; every one is tried."""
    profits, chances = drawn(np.random.default_rng(seed), n=3, k=2)
    frame = wb.profit_share_frontier(profits, chances=chances).frame
    totals = profits.to_numpy() + worth * chances.to_numpy()
    best = max(sum(totals[row, choice] for row, choice in enumerate(plan)) for plan in product(range(3), repeat=3))
    alone = (profits["none"] + worth * chances["none"]).sum()
    found = (frame["incremental_profit_total"] + worth * frame["n_regained"]).max()
    assert found + alone == pytest.approx(best, rel=1e-9)


def test_the_price_is_profit_given_up_for_customers_won(rng):
    profits, chances = drawn(rng, 500)
    frontier = wb.profit_share_frontier(profits, chances=chances)
    frame = frontier.frame
    slope = -np.diff(frame["incremental_profit_total"]) / np.diff(frame["n_regained"])
    assert (slope >= frame["price_of_next_customer"].iloc[:-1] - 1e-9).all()
    assert (slope[:-1] <= frame["price_of_next_customer"].iloc[1:-1] + 1e-9).all()
    assert frontier.price_of_last >= frame["price_of_next_customer"].iloc[-2]
    assert slope[-1] <= frontier.price_of_last


def test_the_first_point_is_the_plan_without_limits(rng):
    profits, chances = drawn(rng, 200)
    plan = wb.allocate_budget(profits, costs=dict.fromkeys(profits.columns.drop("none"), 1.0))
    first = wb.profit_share_frontier(profits, chances=chances).frame.iloc[0]
    assert first["incremental_profit_total"] == pytest.approx(plan.profit_total, rel=1e-12)
    for offer, share in plan.frame.set_index("offer")["share"].items():
        assert first[f"share_{offer}"] == pytest.approx(share)


def test_without_untreated_customers_everything_is_gross(rng):
    profits, chances = drawn(rng, untreated=False)
    frontier = wb.profit_share_frontier(profits, chances=chances)
    assert "gross_profit_total" in frontier.frame
    assert "Customers regained (gross)" in frontier.table()
    assert "gross: who would return without an offer is unknown" in frontier.describe()


def test_an_assumed_organic_return_is_taken_off_both(rng):
    profits, chances = drawn(rng, untreated=False)
    frontier = wb.profit_share_frontier(profits, catalog(profits, organic=0.1, organic_value=200), chances=chances)
    known = wb.profit_share_frontier(profits.assign(none=20.0), chances=chances.assign(none=0.1))
    pd.testing.assert_frame_equal(frontier.frame, known.frame)
    assert "an assumed organic return of 10.0% is taken off" in frontier.describe()


def test_it_says_what_the_last_customer_costs():
    profits = pd.DataFrame({"upgrade": [90.0, 20.0], "bundle": [80.0, -5.0], "none": [10.0, 10.0]})
    chances = pd.DataFrame({"upgrade": [0.4, 0.2], "bundle": [0.5, 0.3], "none": [0.1, 0.1]})
    said = wb.profit_share_frontier(profits, chances=chances).describe()
    assert "the last one for $250, if the predictions are right; they have no interval" in said
    assert "gives up $35 for 0 more customers, $175 each" in said


def test_where_the_most_profitable_regains_most_nothing_is_bought():
    profits, chances = pd.DataFrame({"call": [5.0], "none": [0.0]}), pd.DataFrame({"call": [0.3], "none": [0.1]})
    frontier = wb.profit_share_frontier(profits, chances=chances)
    assert frontier.price_of_last == 0
    assert "no choice regains more customers" in frontier.describe()


def test_chances_are_needed_and_checked():
    profits = pd.DataFrame({"call": [5.0, 1.0], "none": [0.0, 0.0]})
    with pytest.raises(wb.TableError, match="`chances` are needed"):
        wb.profit_share_frontier(profits)
    with pytest.raises(
        wb.TableError, match=r"`chance of call` must be a number from 0 to 1; 1 of 2 rows .* row 1, 1.5"
    ):
        wb.profit_share_frontier(profits, chances=pd.DataFrame({"call": [1.5, 0.2], "none": 0.1}))
    with pytest.raises(wb.TableError, match="`chances` has the columns call, not call, none"):
        wb.profit_share_frontier(profits, chances=pd.DataFrame({"call": [0.5, 0.2]}))
