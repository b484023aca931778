"""Do assumed figures give the mean and variance of profit that customers would show, and is nonsense refused?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.planning import Choice, Comparisons, FollowUp

TABLE = pd.DataFrame(
    {
        "offer": ["discount", "upgrade", "none"],
        "acceptance": [0.4, 0.3, 0.1],
        "cost": [20.0, 10.0, np.nan],
        "value": [90.0, 80.0, 70.0],
        "value_variation": [1.0, 0.5, 1.5],
        "paid": ["on_acceptance", "per_contact", None],
        "contact_cost": [1.0, 2.0, np.nan],
    }
)


def arms(table, **more):
    return wb.plan_trial(table, **more).arms.to_frame().set_index("offer")


@pytest.mark.parametrize("offer", ["discount", "upgrade", "none"])
def test_mean_and_variance_are_those_of_the_customers_so_described(offer):
    """Ten customers, of whom the share returns; half of these are worth more by the spread, half less."""
    row = TABLE.fillna({"cost": 0, "contact_cost": 0}).set_index("offer").loc[offer]
    n_back = 20 * row["acceptance"]
    spread = row["value"] * row["value_variation"]
    value = np.where(np.arange(20) < n_back, row["value"] + np.where(np.arange(20) % 2, spread, -spread), 0.0)
    due = (np.arange(20) < n_back) if row["paid"] == "on_acceptance" else 1.0
    profit = value - row["cost"] * due - row["contact_cost"]
    found = arms(TABLE).loc[offer]
    assert found["profit"] == pytest.approx(profit.mean(), rel=1e-12)
    assert found["std_dev"] == pytest.approx(profit.std(), rel=1e-12)


def test_profit_is_that_of_the_economics(published):
    expected = wb.offer_economics(published).frame.set_index("offer")["gross_profit"]
    pd.testing.assert_series_equal(arms(published)["profit"], expected, check_names=False, rtol=1e-12)


@pytest.mark.parametrize("paid", ["on_acceptance", "per_contact"])
def test_roi_and_value_are_two_ways_to_say_the_same(published, paid):
    table = published.assign(paid=paid, contact_cost=3.0)
    economics = wb.offer_economics(table).frame.set_index("offer")
    roi = table.drop(columns="value").assign(roi=economics.loc[table["offer"], "gross_roi"].to_numpy())
    pd.testing.assert_frame_equal(wb.plan_trial(roi).frame, wb.plan_trial(table).frame, rtol=1e-9)


def test_an_offer_may_be_given_by_roi_beside_an_organic_value(with_none):
    roi = wb.offer_economics(with_none.iloc[:3]).frame.set_index("offer")["gross_roi"]
    mixed = with_none.assign(roi=with_none["offer"].map(roi)).assign(
        value=with_none["value"].where(with_none.index == 3)
    )
    pd.testing.assert_frame_equal(wb.plan_trial(mixed).frame, wb.plan_trial(with_none).frame, rtol=1e-9)


def test_the_callers_table_is_not_changed(with_none):
    before = with_none.copy(deep=True)
    wb.plan_trial(with_none, n_available=1000)
    pd.testing.assert_frame_equal(with_none, before)


# refusals


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"acceptance": [40, 0.3, 0.1]},
            r"`acceptance` must be a number from 0 to 1; 1 of 3 rows \(first: row 1, 40\)",
        ),
        (
            {"acceptance": [0.4, 0.3, 0]},
            r"`acceptance` must be above 0; 1 of 3 rows \(first: row 3, 0\). Leave that row",
        ),
        ({"cost": [-20, 10, 0]}, r"`cost` must be a number from 0 to inf; 1 of 3 rows \(first: row 1, -20\)"),
        ({"cost": [20, np.nan, 0]}, r"`cost` must be a number from 0 to inf; 1 of 3 rows \(first: row 2, missing\)"),
        ({"cost": [20, np.inf, 0]}, r"`cost` must be a number from 0 to inf; 1 of 3 rows \(first: row 2"),
        ({"cost": [20, 10, 5]}, r"`cost` is there for none, who are sent nothing; 1 of 3 rows"),
        ({"value_variation": [1, -0.5, 1]}, r"`value_variation` must be a number from 0 to inf; 1 of 3 rows"),
        ({"value_variation": [1, None, 1]}, r"`value_variation` must be a number from 0 to inf; 1 of 3 rows"),
        ({"value": [90, None, 70]}, r"`value` or `roi` must be there, and not both; 1 of 3 rows \(first: row 2"),
        ({"roi": [1, 2, np.nan]}, r"`value` or `roi` must be there, and not both; 2 of 3 rows"),
        (
            {"paid": ["on_acceptance", "later", None]},
            r"`paid` must say when the cost is due; 1 of 3 rows \(first: row 2",
        ),
        ({"offer": ["discount", "discount", "none"]}, r"`offer` is there twice; 1 of 3 rows \(first: row 2, discount"),
        ({"offer": ["discount", None, "none"]}, r"`offer` must not be missing; 1 of 3 rows"),
        (
            {"customer_id": [1, 2, 3]},
            r"`customer_id` is there, so this is a pilot's table. Read it by winback.read_trial",
        ),
        ({"currency": ["$", "EUR", "$"]}, r"`currency` differs between rows; 1 of 3 rows"),
    ],
)
def test_a_broken_table_says_what_is_wrong(changes, said):
    with pytest.raises(wb.TableError, match=said):
        wb.plan_trial(TABLE.assign(**changes))


@pytest.mark.parametrize("column", ["offer", "acceptance", "cost", "value_variation"])
def test_a_missing_column_is_named(column):
    with pytest.raises(wb.TableError, match=f"`{column}` is missing"):
        wb.plan_trial(TABLE.drop(columns=column))


def test_profit_without_spread_is_refused():
    certain = TABLE.assign(acceptance=[1.0, 0.3, 0.1], value_variation=[0.0, 1, 1])
    with pytest.raises(wb.TableError, match="`value_variation` leaves profit without any spread; 1 of 3 rows"):
        wb.plan_trial(certain)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (TABLE.head(0), "`table` has no rows"),
        (TABLE.iloc[2:], "`offer` names no offer, only none"),
        (TABLE.iloc[:1], "`offer` names one offer and no untreated: there is nothing to compare"),
        ([1, 2], "must be a frame of pandas, polars, pyarrow or DuckDB, or a path, not list"),
    ],
)
def test_a_table_that_compares_nothing_is_refused(table, said):
    with pytest.raises(wb.TableError, match=said):
        wb.plan_trial(table)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"power": 80}, "`power` must lie between 0 and 1, got 80. Say 0.8 for 80%."),
        ({"power": 0.05}, "`power` must be above 0.05, the chance of a false alarm at this level, got 0.05"),
        ({"power": 0.01, "level": 0.9}, "`power` must be above 0.1, the chance of a false alarm"),
        ({"power": 0}, "`power` must lie between 0 and 1, got 0"),
        ({"level": 1}, "`level` must lie between 0 and 1, got 1"),
        ({"choice": Choice("high")}, "`probability_correct` must lie between 0 and 1, got 'high'"),
        ({"choice": Choice(0.5)}, "`probability_correct` must be above 0.5, the chance of choosing blindly"),
        ({"difference": 0}, "`difference` must be an amount of money above 0 per customer, got 0"),
        ({"difference": float("nan")}, "`difference` must be an amount of money above 0 per customer, got nan"),
        (
            {"choice": Choice(expected_loss=-1)},
            "`expected_loss` must be an amount of money above 0 per customer, got -1",
        ),
        ({"holdout": 10}, "`holdout` must be a share from 0 to under 1, got 10"),
        ({"compare": Comparisons(n=1.5)}, "`n of compare` must be a whole number above 0, got 1.5"),
        ({"n_available": 0}, "`n_available` must be a whole number above 0, got 0"),
        ({"n_available": 3}, "`n_available` leaves fewer than 2 customers an arm"),
        ({"follow_up": FollowUp(6, entry_months=-1)}, "`entry_months` must be a number of months from 0, got -1"),
        ({"follow_up": FollowUp([6, "a"])}, r"`follow_up` must be months above 0, got \(6, 'a'\)"),
        ({"follow_up": FollowUp(6)}, "`follow_up` needs the second lives of a pilot"),
        ({"compare": "some"}, "`compare` must be one of all, offers, none or a list of pairs, got 'some'"),
        ({"compare": ["discount"]}, "`compare` must be a list of pairs of two different offers"),
        ({"compare": [("discount", "discount")]}, "`compare` must be a list of pairs of two different offers"),
        (
            {"compare": [("discount", "gift")]},
            "`compare` names unknown offers: gift. There are discount, upgrade, none",
        ),
        ({"compare": "none", "holdout": 0}, "`holdout` is 0, and"),
        ({"compare": [("discount", "none")], "holdout": 0}, "`holdout` is 0, and discount and none are to be compared"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, said):
    with pytest.raises(wb.TableError, match=said):
        wb.plan_trial(TABLE, **asked)


@pytest.mark.parametrize("asked", [{"holdout": 0.1}, {"compare": "none"}])
def test_a_holdout_needs_an_organic_return(asked):
    with pytest.raises(wb.TableError, match=r"`holdout` cannot be planned without the organic return. Add a row none"):
        wb.plan_trial(TABLE.iloc[:2], **asked)


@pytest.mark.parametrize("compare", ["all", "none"])
def test_offers_that_earn_the_same_need_a_difference_worth_finding(compare):
    same = pd.concat([TABLE.iloc[[0, 0]].assign(offer=["a", "b"]), TABLE.iloc[2:]])
    with pytest.raises(wb.TableError, match="`difference` is not given, and a and b are expected to earn the same"):
        wb.plan_trial(same, compare=compare)
    assert wb.plan_trial(same, compare=compare, difference=1.0).frame["n_per_arm"].min() > 2


def test_all_that_is_wrong_is_listed_at_once():
    with pytest.raises(wb.TableError) as caught:
        wb.plan_trial(TABLE.assign(acceptance=[40, 30, 10], cost=-1.0), power=8, difference=0)
    assert caught.value.problems["column"].tolist() == ["power", "difference", "acceptance", "cost", "cost"]
