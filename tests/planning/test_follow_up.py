"""Does the follow-up table say what a trial read so early shows, and how much precision the cut-off costs?"""

import numpy as np
import pandas as pd
import pytest
from trials import random_lives, random_values, second_lives

import winback as wb
from winback.discounting import discounted_months
from winback.planning import FollowUp
from winback.planning.follow_up import added_variance, ending_steps, share_watched
from winback.planning.sizes import customers_for_difference
from winback.terms.catalog import Offer
from winback.trial.outcomes import customer_values

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")]
YEAR = {"horizon_months": 12, "annual_discount": 0.1}


@pytest.fixture(scope="module")
def lives():
    return random_lives(np.random.default_rng(2), 600, discount=0.5, upgrade=0.35, none=0.2)


def test_within_the_follow_up_it_is_the_comparison_of_that_horizon(lives):
    plan = wb.plan_trial(wb.read_trial(lives, OFFERS, **YEAR), follow_up=FollowUp([6, 12]))
    shorter = wb.plan_trial(wb.read_trial(lives, OFFERS, horizon_months=6, annual_discount=0.1)).frame
    six = plan.follow_up[plan.follow_up["follow_up_months"] == 6]
    rows = shorter[shorter["kind"] == "difference"]
    assert six["difference"].to_numpy() == pytest.approx(rows["expected_difference"].to_numpy(), rel=1e-9)
    assert six["n_per_arm"].tolist() == rows["n_per_arm"].tolist()


def test_at_the_horizon_all_value_is_seen_and_the_size_is_that_of_the_plan(lives):
    plan = wb.plan_trial(wb.read_trial(lives.query("offer != 'none'"), OFFERS, **YEAR), follow_up=FollowUp(12))
    (row,) = plan.follow_up.itertuples()
    assert row.share_of_value == pytest.approx(1, rel=1e-12)
    assert row.n_per_arm == plan.frame["n_per_arm"].iloc[0]


def test_the_share_of_value_seen_grows_and_is_that_of_the_comparisons(lives):
    table = lives.query("offer != 'none'")
    plan = wb.plan_trial(wb.read_trial(table, OFFERS, **YEAR), follow_up=FollowUp([3, 6, 9, 12]))
    share = plan.follow_up["share_of_value"].to_numpy()
    assert (np.diff(share) > 0).all()

    def value(months):
        frame = wb.compare_offers(wb.read_trial(table, OFFERS, horizon_months=months, annual_discount=0.1)).frame
        return (frame["gross_profit"] + frame["cost_per_customer"]).sum()

    assert share[:3] == pytest.approx([value(months) / value(12) for months in (3, 6, 9)], rel=1e-9)


def test_a_difference_worth_finding_shrinks_with_the_value_seen(lives):
    table = lives.query("offer != 'none'")
    plan = wb.plan_trial(wb.read_trial(table, OFFERS, **YEAR), difference=20, follow_up=FollowUp(6, 8))
    (row,) = plan.follow_up.itertuples()
    assert row.difference == pytest.approx(20 * row.share_of_value, rel=1e-12)
    assert (row.read_after_months, row.n_per_arm_full_horizon > 0) == (14, True)


def test_a_trial_that_nobody_is_watched_through_cannot_reach_the_horizon(lives):
    plan = wb.plan_trial(wb.read_trial(lives, OFFERS, **YEAR), follow_up=FollowUp(6, 6))
    assert plan.follow_up["n_per_arm_full_horizon"].isna().all()
    assert "nobody is watched through the horizon, so the full difference cannot be measured" in plan.details()


def test_the_full_horizon_takes_what_the_variance_of_those_cut_off_adds(lives):
    plan = wb.plan_trial(wb.read_trial(lives, OFFERS, **YEAR), follow_up=FollowUp(4, 9))
    pilot = wb.read_trial(lives, OFFERS, **YEAR)
    added = [added_variance(pilot, name, 4, 9) for name in ("discount", "upgrade")]
    expected = plan.frame.iloc[0]
    n = customers_for_difference(expected["difference"], expected["variance"] + sum(added), 0.8, 0.95, 3)
    assert plan.follow_up["n_per_arm_full_horizon"].iloc[0] == pytest.approx(n, abs=1)


def test_a_slower_entry_after_the_same_follow_up_costs_less_precision(lives):
    """Those who entered first are watched for longer."""
    sizes = [
        wb.plan_trial(wb.read_trial(lives, OFFERS, **YEAR), follow_up=FollowUp(4, entry)).follow_up[
            "n_per_arm_full_horizon"
        ]
        for entry in (9, 12, 20)
    ]
    assert (sizes[0] > sizes[1]).all()
    assert (sizes[1] > sizes[2]).all()


# the variance of those cut off


def test_without_a_cut_off_the_steps_add_up_to_the_variance():
    """By hand: no customer is cut off, so the sum is the variance of the discounted months within the horizon."""
    rng = np.random.default_rng(4)
    tenure = rng.exponential(8, 500)
    steps = ending_steps(tenure, np.full(500, True), 12.0, 0.1)
    months = discounted_months(np.minimum(tenure, 12.0), 0.1)
    assert steps["uncensored"].sum() == pytest.approx(months.var(), rel=1e-9)
    assert steps["pilot"].sum() == pytest.approx(months.var(), rel=1e-9)


def test_the_share_watched_falls_over_the_entry():
    assert share_watched(np.array([1.0, 6.0, 9.0, 18.0, 20.0]), 6, 12).tolist() == [1.0, 1.0, 0.75, 0.0, 0.0]
    assert share_watched(np.array([5.9, 6.1]), 6, 0).tolist() == [1.0, 0.0]


def drawn(rng, n, follow_up, entry, share=0.4):
    """Draw an arm of whom a share returns, for an exponential time, at a margin of their own."""
    returned, tenure = rng.random(n) < share, rng.exponential(10.0, n)
    watched = follow_up + rng.uniform(0, entry, n)
    table = {
        "customer_id": np.arange(n),
        "offer": "discount",
        "returned": returned,
        "second_tenure": np.where(returned, np.minimum(tenure, watched), np.nan),
        "second_ended": pd.Series(tenure <= watched, dtype="boolean").where(returned),
        "second_margin": np.where(returned, rng.gamma(20, 2, n), np.nan),
    }
    return pd.DataFrame(table)


def corrected_variance(table, follow_up, entry):
    pilot = wb.read_trial(table, OFFERS, horizon_months=15.0, annual_discount=0.0)
    return pilot.profit.var(ddof=1) + added_variance(pilot, "discount", follow_up, entry)


@pytest.mark.slow
def test_the_variance_of_a_trial_cut_off_is_the_planned_one(rng):
    """A large pilot without a cut-off plans trials of 1,000, nearly all back, watched for 1 to 16 months."""
    pilot = drawn(rng, 200_000, 100, 1, share=0.95)
    planned = corrected_variance(pilot, 1, 15)
    uncut = corrected_variance(pilot, 15, 15)
    means = []
    for _ in range(1000):
        table = drawn(rng, 1000, 1, 15, share=0.95)
        means.append(customer_values(table, 15.0, 0.0).mean() - 10 * table["returned"].mean())
    found = np.var(means, ddof=1) * 1000
    error = found * np.sqrt(2 / 1000)
    assert abs(found - planned) < 3 * error
    assert found - uncut > 3 * error  # the cut-off costs precision that cannot be overlooked


@pytest.mark.slow
def test_a_pilot_that_was_cut_off_itself_plans_the_same(rng):
    """Its own loss of precision is taken out: the variance planned is on average that of the uncut pilot."""
    planned = {}
    for name, watched in (("uncut", (100, 1)), ("cut", (3, 20))):
        planned[name] = np.array([corrected_variance(drawn(rng, 20_000, *watched), 3, 14) for _ in range(40)])
    gap = planned["cut"].mean() - planned["uncut"].mean()
    error = np.sqrt(sum(each.var(ddof=1) / 40 for each in planned.values()))
    assert abs(gap) < 3 * error


def test_an_arm_of_which_nobody_left_has_no_spread_in_months():
    table = second_lives(discount=[(20.0, False, 5.0)] * 40 + [None] * 40)
    pilot = wb.read_trial(table, OFFERS, horizon_months=15.0, annual_discount=0.0)
    assert added_variance(pilot, "discount", 3, 14) == 0


def test_measured_value_has_no_follow_up_to_plan():
    table = random_values(np.random.default_rng(1), 200, discount=0.5, upgrade=0.4)
    with pytest.raises(wb.TableError, match="`follow_up` needs the second lives of a pilot"):
        wb.plan_trial(wb.read_trial(table, OFFERS), follow_up=FollowUp(6))
