"""Does a published table give the published arithmetic, and does it agree with the customers' own table?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import hold_to_three

import winback as wb
from winback.offers.economics import organic_flips

PUBLISHED = pd.DataFrame(
    {
        "offer": ["discount", "upgrade", "bundle"],
        "acceptance": [0.45, 0.41, 0.47],
        "cost": [120, 105, 225],
        "roi": [6.68, 7.93, 3.02],
    }
)
BY_VALUE = PUBLISHED.drop(columns="roi").assign(value=[921.60, 937.65, 904.50])


def column(result, name, digits):
    return result.frame.set_index("offer")[name].round(digits).to_dict()


# the published table


def test_paid_on_acceptance_the_discount_earns_most():
    result = wb.offer_economics(PUBLISHED, paid="on_acceptance")
    assert column(result, "gross_profit", 2) == {"discount": 360.72, "upgrade": 341.39, "bundle": 319.36}
    assert result.frame["gross_profit"].to_numpy() == pytest.approx([360.72, 341.3865, 319.365], rel=1e-12)


def test_paid_per_contact_at_the_same_roi_the_upgrade_earns_most():
    result = wb.offer_economics(PUBLISHED, paid="per_contact")
    assert result.frame["offer"].tolist() == ["upgrade", "discount", "bundle"]
    assert result.frame["gross_profit"].to_numpy() == pytest.approx([7.93 * 105, 6.68 * 120, 3.02 * 225], rel=1e-12)


def test_the_published_roi_gives_the_value_of_an_acceptor():
    result = wb.offer_economics(PUBLISHED, paid="on_acceptance")
    assert column(result, "value_per_returned", 2) == {"discount": 921.60, "upgrade": 937.65, "bundle": 904.50}


def test_with_that_value_held_and_every_contact_paid_the_discount_earns_most():
    result = wb.offer_economics(BY_VALUE, paid="per_contact")
    found = column(result, "gross_profit", 1)
    assert (found["discount"], found["upgrade"]) == (294.7, 279.4)


def test_value_and_roi_are_two_ways_to_say_the_same():
    one, other = (wb.offer_economics(table, paid="on_acceptance") for table in (PUBLISHED, BY_VALUE))
    pd.testing.assert_frame_equal(one.frame, other.frame, rtol=1e-12)


def test_the_published_break_even_returns():
    result = wb.offer_economics(PUBLISHED, paid="on_acceptance", organic_value=921.60)
    assert column(result, "break_even_organic", 3) == {"discount": 0.391, "upgrade": 0.370, "bundle": 0.347}


def test_the_ranking_by_roi_flips_at_the_published_organic_return():
    flips = wb.offer_economics(PUBLISHED, paid="on_acceptance", organic_value=921.60).flips.set_index("measure")
    assert flips.loc["ROI", ["first", "second"]].tolist() == ["upgrade", "discount"]
    assert flips.loc["ROI", "organic"].round(3) == 0.288


def test_describe_says_who_wins_on_profit_and_who_on_roi():
    found = wb.offer_economics(PUBLISHED, paid="on_acceptance", organic_value=921.60)
    text, details = found.describe(), found.details()
    hold_to_three(found)
    assert "Discount earns most per customer offered: $361 gross." in text
    assert "Upgrade has the highest gross ROI, 793%, and earns $19.33 less per customer" in text
    assert "discount 39.1%, upgrade 37.0% and bundle 34.7%" in details
    assert "On incremental ROI discount overtakes upgrade when more than 28.8% would have returned" in details


def test_describe_says_when_one_offer_wins_on_both():
    text = wb.offer_economics(PUBLISHED, paid="per_contact").describe()
    assert "Upgrade earns most per customer offered: $833 gross.\nIt also has the highest gross ROI, 793%." in text


def test_a_contact_cost_is_paid_for_everyone():
    result = wb.offer_economics(BY_VALUE.assign(contact_cost=2.0), paid="on_acceptance")
    assert result.frame["gross_profit"].to_numpy() == pytest.approx([358.72, 339.3865, 317.365], rel=1e-12)


def test_offers_may_be_paid_differently():
    table = BY_VALUE.assign(paid=["per_contact", "on_acceptance", "on_acceptance"])
    assert column(wb.offer_economics(table), "cost_per_customer", 2) == {
        "discount": 120,
        "upgrade": 43.05,
        "bundle": 105.75,
    }


def test_incremental_profit_takes_off_what_would_have_come_anyway():
    result = wb.offer_economics(PUBLISHED, paid="on_acceptance", organic=0.1, organic_value=900)
    assert result.frame["incremental_profit"].to_numpy() == pytest.approx([270.72, 251.3865, 229.365], rel=1e-12)
    assert result.frame["incremental_roi"].iloc[0] == pytest.approx(270.72 / 54, rel=1e-12)


# agreement and laws


def test_the_studys_own_summary_gives_the_figures_of_its_comparison(comparison):
    own = comparison.frame
    summary = pd.DataFrame(
        {
            "offer": own["offer"],
            "acceptance": own["acceptance"],
            "cost": own["cost_per_customer"] / own["acceptance"],
            "value": own["value_per_returned"],
        }
    )
    found = wb.offer_economics(summary, paid="on_acceptance", organic_value=comparison.settings.organic_value)
    same = ["offer", "value_per_returned", "cost_per_customer", "gross_profit", "gross_roi", "break_even_organic"]
    pd.testing.assert_frame_equal(found.frame[same], own[same], rtol=1e-10)
    pd.testing.assert_frame_equal(found.flips, comparison.flips, rtol=1e-10)


def leads(table, measure, organic, **more):
    """How far offer a is ahead of offer b at this organic return."""
    found = wb.offer_economics(table, organic=organic, **more).frame.set_index("offer")[
        f"incremental_{measure.lower()}"
    ]
    return found["a"] - found["b"]


def assert_flips_at(table, measure, organic, **more):
    flips = wb.offer_economics(table, **more).flips
    (flip,) = flips[flips["measure"] == measure].itertuples()
    assert flip.organic == pytest.approx(organic, rel=1e-6)
    sign = 1 if flip.first == "a" else -1
    assert leads(table, measure, flip.organic, **more) == pytest.approx(0, abs=1e-6)
    assert sign * leads(table, measure, flip.organic - 0.01, **more) > 0
    assert sign * leads(table, measure, flip.organic + 0.01, **more) < 0


@settings(max_examples=20, deadline=None)
@given(organic=st.floats(0.02, 0.5), cost=st.floats(20, 200), dearer=st.floats(1.1, 5), roi=st.floats(0.1, 5))
def test_at_the_flip_both_incremental_roi_are_equal(organic, cost, dearer, roi):
    """Two offers made so that both have this ROI once this share would have returned without an offer."""
    costs = np.array([cost, cost * dearer])
    value = organic * 900 + costs * (1 + roi)  # per customer offered
    table = pd.DataFrame({"offer": ["a", "b"], "acceptance": [0.3, 0.4], "cost": costs, "value": value / [0.3, 0.4]})
    assert_flips_at(table, "ROI", organic, paid="per_contact", organic_value=900)


@settings(max_examples=20, deadline=None)
@given(organic=st.floats(0.02, 0.5), value=st.floats(1000, 2000), more=st.floats(1.1, 3), profit=st.floats(1, 300))
def test_at_the_flip_both_incremental_profits_are_equal(organic, value, more, profit):
    """Two offers made so that both add this profit; who returns without an offer is worth the offer's own value."""
    values, costs = np.array([value, value * more]), np.array([20, 50])
    acceptance = organic + (profit + costs) / values
    table = pd.DataFrame({"offer": ["a", "b"], "acceptance": acceptance, "cost": costs, "value": values})
    assert_flips_at(table, "profit", organic, paid="per_contact")


@settings(max_examples=20, deadline=None)
@given(
    acceptance=st.floats(0.05, 1),
    value=st.floats(100, 2000),
    cost=st.floats(1, 90),
    organic_value=st.none() | st.floats(100, 2000),
)
def test_at_its_break_even_an_offer_adds_nothing(acceptance, value, cost, organic_value):
    table = pd.DataFrame({"offer": ["a"], "acceptance": acceptance, "cost": cost, "value": value})
    terms = {"paid": "on_acceptance", "organic_value": organic_value}
    (even,) = wb.offer_economics(table, **terms).frame["break_even_organic"]
    if even <= 1:
        added = wb.offer_economics(table, organic=even, **terms).frame["incremental_profit"]
        assert added.to_numpy() == pytest.approx([0], abs=1e-9)


def test_offers_that_never_change_places_have_no_flip():
    assert organic_flips(["a", "b"], [100, 80], [10, 10], [50, 50]).empty


def test_offers_that_cost_nothing_have_no_flip_on_roi():
    assert "ROI" not in set(organic_flips(["a", "b"], [100, 80], [0, 0], [300, 200])["measure"])


# refusals


@pytest.mark.parametrize("paid", [None, "while_active", "on acceptance"])
def test_when_the_cost_is_due_is_required(paid):
    with pytest.raises(
        wb.TableError, match=r"`paid` must say when the cost is due; 3 of 3 rows.*can decide which offer"
    ):
        wb.offer_economics(PUBLISHED, paid=paid)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (PUBLISHED.head(0), "`table` has no rows"),
        (PUBLISHED.assign(value=900), "`value` or `roi` must be there, and not both"),
        (PUBLISHED.drop(columns="roi"), "`value` or `roi` must be there, and not both"),
        (PUBLISHED.drop(columns="cost"), "`cost` is missing"),
        (PUBLISHED.assign(acceptance=[45, 0.41, 47]), r"`acceptance` must be a number from 0 to 1; 2 of 3 rows"),
        (PUBLISHED.assign(acceptance=[0, 0.41, 0.47]), r"`acceptance` must be above 0; 1 of 3 rows \(first: row 1"),
        (PUBLISHED.assign(cost=[120, 0, 0]), r"`cost` must be above 0: a free offer has no ROI; 2 of 3 rows"),
        (
            PUBLISHED.assign(cost=["dear", 105, 225]),
            r"`cost` must be a number from 0 to inf; 1 of 3 rows \(first: row 1",
        ),
        (PUBLISHED.assign(roi=[-3, 7.93, 3.02]), r"`roi` must be a number from -1 to inf; 1 of 3 rows"),
        (PUBLISHED.assign(roi=[np.nan, 7.93, 3.02]), r"`roi` must be a number from -1 to inf; 1 of 3 rows"),
        (BY_VALUE.assign(contact_cost=[-1, 0, 0]), r"`contact_cost` must be a number from 0 to inf; 1 of 3 rows"),
    ],
)
def test_a_broken_summary_says_what_is_wrong(table, said):
    with pytest.raises(wb.TableError, match=said):
        wb.offer_economics(table, paid="on_acceptance")


def test_all_that_is_wrong_with_a_summary_is_listed_at_once():
    table = PUBLISHED.drop(columns="offer").assign(acceptance=[45, 41, 47], cost=[-1, 105, 225])
    with pytest.raises(wb.TableError) as caught:
        wb.offer_economics(table)
    assert set(caught.value.problems["column"]) == {"offer", "acceptance", "cost", "paid"}


@pytest.mark.parametrize("organic", [-0.1, 6])
def test_an_organic_return_that_is_no_share_is_refused(organic):
    with pytest.raises(ValueError, match=rf"organic must be a share from 0 to 1; got {organic}"):
        wb.offer_economics(PUBLISHED, paid="on_acceptance", organic=organic)


def test_the_callers_summary_is_not_changed():
    before = PUBLISHED.copy()
    wb.offer_economics(PUBLISHED, paid="on_acceptance")
    pd.testing.assert_frame_equal(PUBLISHED, before)
