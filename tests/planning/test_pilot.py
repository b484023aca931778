"""Does a plan from a pilot agree with the comparison of that pilot, and does it say how unsure its spread is?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from trials import measured, random_lives, random_values

import winback as wb
from winback.planning import FollowUp
from winback.planning.figures import variance_error
from winback.planning.sizes import customers_for_difference
from winback.terms.catalog import Offer, OfferCatalog

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance", contact_cost=1) for name in ("discount", "upgrade")]


@pytest.fixture(scope="module")
def pilot():
    return random_values(np.random.default_rng(5), 400, discount=0.5, upgrade=0.4, none=0.2)


# agreement


def test_the_studys_gaps_and_sizes_are_those_of_its_comparison(study, comparison):
    plan = wb.plan_trial(study.trial, compare="offers")
    rows, pairs = plan.frame[plan.frame["kind"] == "difference"], comparison.differences
    assert rows[["first", "second"]].to_numpy().tolist() == pairs[["first", "second"]].to_numpy().tolist()
    assert rows["difference"].to_numpy() == pytest.approx(pairs["difference"].to_numpy(), rel=1e-9)
    variance = pairs["std_error"].to_numpy() ** 2 * 10_000  # four arms of 10,000
    assert rows["variance"].to_numpy() == pytest.approx(variance, rel=1e-9)
    expected = customers_for_difference(pairs["difference"], variance, 0.8, 0.95, 6)
    assert rows["n_per_arm"].to_numpy() == pytest.approx(expected, abs=1)
    assert plan.currency == study.offers.currency


def test_hillstroms_own_table_needs_the_published_size(hillstrom):
    trial = wb.load_hillstrom(margin=1.0, contact_cost=0.0)
    terms = {"compare": [("mens", "none")], "holdout": 1 / 3}  # arms of one size
    plan = wb.plan_trial(trial.trial, difference=0.42, **terms).frame.iloc[0]
    assert plan[["n_per_arm", "n_holdout"]].tolist() == [20001, 20001]


def test_a_pilot_described_by_its_own_figures_needs_the_same(pilot):
    arms = []
    for name, arm in pilot.groupby("offer"):
        value = arm["value"].dropna()
        share, n = len(value) / len(arm), len(arm)
        spread = value.std(ddof=0) / value.mean()
        arms.append((name, share, 10.0 if name != "none" else 0.0, value.mean(), spread, n))
    columns = ["offer", "acceptance", "cost", "value", "value_variation", "n"]
    table = pd.DataFrame(arms, columns=columns).assign(paid="on_acceptance", contact_cost=[1.0, 0.0, 1.0])
    assumed, own = wb.plan_trial(table), wb.plan_trial(wb.read_trial(pilot, OFFERS))
    profits = [plan.arms.to_frame().set_index("offer") for plan in (assumed, own)]
    assert profits[0]["profit"].to_numpy() == pytest.approx(profits[1]["profit"].to_numpy(), rel=1e-9)
    scale = np.sqrt(399 / 400)  # a sample's variance divides by one less
    assert profits[0]["std_dev"].to_numpy() == pytest.approx(profits[1]["std_dev"].to_numpy() * scale, rel=1e-9)


def test_a_pilot_without_untreated_customers_takes_them_as_its_catalog_assumes(pilot):
    offered = pilot.query("offer != 'none'")
    back = offered["value"].dropna()
    with_organic = OfferCatalog(tuple(OFFERS), organic=(0.1, 0.3), organic_value=150)
    own = wb.plan_trial(wb.read_trial(offered, with_organic), holdout=0.2)
    none = {"offer": "none", "acceptance": 0.2, "value": 150.0, "value_variation": back.std(ddof=1) / back.mean()}
    arms = own.arms.to_frame().set_index("offer").loc["none"]
    assumed = pd.DataFrame([none, none | {"offer": "discount", "acceptance": 0.5}]).assign(cost=0, contact_cost=[0, 1])
    same = wb.plan_trial(assumed.assign(paid="on_acceptance")).arms.to_frame().set_index("offer").loc["none"]
    assert arms[["acceptance", "profit", "std_dev"]].tolist() == pytest.approx(
        same[["acceptance", "profit", "std_dev"]].tolist()
    )
    forgone = own.holdout["forgone"].iloc[-1]
    assert forgone == pytest.approx(own.holdout["n"].iloc[-1] * (own.arms.profit[0] - 0.2 * 150))
    with pytest.raises(wb.TableError, match="organic and organic_value"):
        wb.plan_trial(wb.read_trial(offered, OFFERS), holdout=0.2)


def test_customers_judged_not_promising_are_left_out(pilot):
    more = pd.concat([pilot.assign(eligible=True), pilot.assign(eligible=False, customer_id=-pilot["customer_id"])])
    pd.testing.assert_frame_equal(
        wb.plan_trial(wb.read_trial(more, OFFERS)).frame, wb.plan_trial(wb.read_trial(pilot, OFFERS)).frame
    )


# how unsure the spread is


def test_the_upper_size_is_above_and_comes_closer_with_a_larger_pilot(pilot):
    small = wb.plan_trial(wb.read_trial(pilot, OFFERS)).frame
    large = wb.plan_trial(
        wb.read_trial(random_values(np.random.default_rng(5), 40_000, discount=0.5, upgrade=0.4), OFFERS)
    ).frame
    excess = [frame["n_per_arm_high"].iloc[0] / frame["n_per_arm"].iloc[0] - 1 for frame in (small, large)]
    assert excess[0] > 5 * excess[1] > 0
    assert (small["n_per_arm_high"] > small["n_per_arm"]).all()


def test_the_upper_size_is_that_of_the_upper_end_of_both_spreads_together(pilot):
    plan = wb.plan_trial(wb.read_trial(pilot, OFFERS))
    arms = plan.arms.to_frame().set_index("offer").loc[["discount", "upgrade"]]
    variance, error = arms["std_dev"] ** 2, 2 * arms["std_dev"] * arms["std_dev_error"]
    upper = np.exp(1.959964 * np.sqrt((error**2).sum()) / variance.sum())
    row = plan.frame.set_index("question").loc["discount against upgrade"]
    assert row["n_per_arm_high"] == pytest.approx(row["n_per_arm"] * upper, abs=1)
    values = pilot.loc[pilot["offer"] == "discount", "value"].sub(10).fillna(0.0)
    assert error["discount"] == pytest.approx(variance_error(values.to_numpy()), rel=1e-9)


@pytest.mark.slow
def test_the_interval_of_the_spread_covers(rng):
    """Trials of 2,000 customers of whom 40% have an exponential value: the log-normal interval of their variance."""
    truth = 0.4 * 2 * 100**2 - (0.4 * 100) ** 2
    values = np.where(rng.random((2000, 2000)) < 0.4, rng.exponential(100, (2000, 2000)), 0.0)
    variance = values.var(axis=1, ddof=1)
    relative = np.array([variance_error(row) for row in values]) / variance
    assert_covers(variance * np.exp(-1.645 * relative), variance * np.exp(1.645 * relative), truth, level=0.90)


# refusals


def test_arms_in_which_too_few_returned_are_all_named():
    small = measured(
        discount=[90.0] * 29 + [None] * 31, upgrade=[80.0] * 30 + [None] * 30, none=[50.0] * 3 + [None] * 57
    )
    said = r"2 problems in the pilot:\n.*'discount' has 29 who returned, and below 30(.|\n)*'none' has 3 who returned"
    with pytest.raises(wb.TableError, match=said):
        wb.plan_trial(wb.read_trial(small, OFFERS))


def test_an_offer_without_its_cost_is_refused(pilot):
    with pytest.raises(wb.TableError, match="`offer` names an offer whose cost is not stated; 400 of 1,200 rows"):
        wb.plan_trial(wb.read_trial(pilot, OFFERS[:1]))


def test_what_is_asked_of_a_pilot_is_checked_first(pilot):
    with pytest.raises(wb.TableError, match="2 problems in the plan of the trial"):
        wb.plan_trial(wb.read_trial(pilot, OFFERS), power=8, holdout=2)


@pytest.mark.parametrize(
    ("months", "said"),
    [(30, "must be at most the horizon of 12 months, got 30"), (-1, "must be months above 0")],
)
def test_follow_up_beyond_the_horizon_is_refused(months, said):
    lives = random_lives(np.random.default_rng(1), 200, discount=0.5, upgrade=0.4)
    with pytest.raises(wb.TableError, match=f"`follow_up` {said}"):
        wb.plan_trial(wb.read_trial(lives, OFFERS, horizon_months=12, annual_discount=0.0), follow_up=FollowUp(months))


def test_untreated_who_are_no_fair_yardstick_are_left_out_and_it_is_said(study):
    table = study.lapsed.query("eligible or offer == 'none'").drop(columns="eligible")
    plan = wb.plan_trial(wb.read_trial(table, study.offers))
    assert "none" not in plan.arms.names
    assert plan.holdout.empty
    assert "The pilot's untreated are no fair yardstick: " in plan.describe()
