"""Do sizes allow for customers who are drawn together? The design effect against simulation, a pilot, and laws."""

import households as hh
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.planning import FollowUp, InClusters
from winback.planning.figures import variance_error
from winback.trial import moments as m
from winback.trial.group_moments import clustered_moments
from winback.uncertainty import normal_quantile

SIZES = ["n_per_arm", "n_holdout", "n_customers"]


def truth():
    """Return share, mean value, its variation, and correlation of the profits of two customers of `households`."""
    share, square = hh.LIKELY.mean(), (hh.LIKELY**2).mean()
    mean, spread = np.exp(3 + 0.09), np.expm1(0.09 + 0.09)
    variance = share * mean**2 * (1 + spread) - (share * mean) ** 2
    return share, mean, np.sqrt(spread), (square * mean**2 * np.exp(0.09) - (share * mean) ** 2) / variance


def assumed():
    share, mean, variation, _ = truth()
    table = pd.DataFrame({"offer": ["letter", "none"], "acceptance": share, "value": mean, "cost": 0.0})
    return table.assign(value_variation=variation, paid="per_contact")


def plan_of(figures, **asked):
    return wb.plan_trial(figures, **({"difference": 1.5, "holdout": 0.5} | asked))


# the design effect


@pytest.mark.parametrize("size", [4, 10])
def test_the_design_effect_is_that_of_households_drawn(rng, size):
    *_, correlation = truth()
    effect = InClusters(assumed(), size, correlation).drawn().design_effect
    draws = np.array([hh.customers(rng, 500, size)[0][:, 1].mean() for _ in range(1_500)])
    found = draws.var(ddof=1) * 500 * size * effect / plan_of(InClusters(assumed(), size, correlation)).arms.variance[0]
    assert abs(found / effect - 1) < 3 * np.sqrt(2 / 1_500)


@pytest.mark.slow
def test_households_of_four_reach_the_planned_power(rng):
    """And as many customers as if they were independent do not."""
    *_, correlation = truth()
    row = plan_of(InClusters(assumed(), 4, correlation)).frame.iloc[0]
    draws, mistake = 2_000, 3 * np.sqrt(0.8 * 0.2 / 2_000)
    assert abs(trials_of_households(rng, int(row["n_clusters"]), draws).mean() - 0.8) < mistake
    fewer = int(plan_of(assumed()).frame["n_per_arm"].iloc[0] / 4)
    assert trials_of_households(rng, fewer, draws).mean() < 0.8 - 2 * mistake


def trials_of_households(rng, n_clusters, draws):
    """Say of each trial of so many households an arm whether a letter that adds 1.5 is said to pay."""
    found = []
    for _ in range(draws):
        triple, _, households = hh.customers(rng, 2 * n_clusters, 4)
        groups = np.repeat([0, 1], 4 * n_clusters)
        every = clustered_moments(triple, groups, households)
        estimate, variance = every.combine(m.VALUE)
        lead = estimate[0] - estimate[1] + 1.5
        found.append(lead > normal_quantile() * np.sqrt(variance.sum()))
    return np.array(found)


# laws


@settings(max_examples=20)
@given(size=st.integers(1, 40), correlation=st.floats(0, 1))
def test_every_size_grows_with_the_design_effect_and_clusters_are_whole(size, correlation):
    alone, together = plan_of(assumed()).frame, plan_of(InClusters(assumed(), size, correlation)).frame
    effect = 1 + (size - 1) * correlation
    assert together["variance"].to_numpy() == pytest.approx(effect * alone["variance"].to_numpy(), rel=1e-12)
    assert np.abs(together["n_per_arm"] - effect * alone["n_per_arm"]).max() <= effect + 1
    assert (together["n_clusters"] * size - together["n_per_arm"]).between(0, size - 1).all()


@pytest.mark.parametrize(("size", "correlation"), [(1, 0.7), (6, 0.0)])
def test_customers_alone_or_with_nothing_in_common_need_what_independent_ones_do(with_none, size, correlation):
    alone, together = wb.plan_trial(with_none), wb.plan_trial(InClusters(with_none, size, correlation))
    pd.testing.assert_frame_equal(alone.frame.drop(columns="remark"), together.frame[list(alone.frame)[:-1]])
    pd.testing.assert_frame_equal(alone.holdout, together.holdout)


def test_doubling_everybody_doubles_the_customers_and_no_clusters(published):
    """Two customers who are one, in all but name."""
    alone, doubled = (wb.plan_trial(InClusters(published, size, 1.0)).frame for size in (1, 2))
    assert (doubled["n_per_arm"] - 2 * alone["n_per_arm"]).between(-2, 0).all()
    assert doubled["n_clusters"].tolist() == alone["n_clusters"].tolist()


def test_unequal_sizes_take_more_than_equal_ones_of_the_same_mean(published):
    equal, unequal = (wb.plan_trial(InClusters(published, size, 0.2)) for size in (3, [1, 5]))
    assert unequal.arms.drawn.design_effect == pytest.approx(1 + (26 / 6 - 1) * 0.2)
    ratio = unequal.arms.drawn.design_effect / equal.arms.drawn.design_effect
    assert unequal.frame["n_per_arm"].to_numpy() == pytest.approx(ratio * equal.frame["n_per_arm"], abs=3)
    assert unequal.frame["n_clusters"].to_numpy() == pytest.approx(unequal.frame["n_per_arm"] / 3, abs=1)


# pilots


def test_a_pilot_of_whole_households_plans_with_the_variance_of_its_comparison(rng):
    trial = hh.trial(rng, 2_000, 4)
    plan = wb.plan_trial(trial, difference=1.5, holdout=0.5)
    arms, n = plan.arms, np.bincount(trial.arm)
    expected = wb.compare_offers(trial).frame["incremental_profit_std_error"].iloc[0]
    assert np.sqrt((arms.variance / n).sum()) == pytest.approx(expected, rel=1e-9)
    *_, correlation = truth()
    assert arms.drawn.design_effect == pytest.approx(1 + 3 * correlation, rel=0.1)
    assert plan.frame["n_clusters"].iloc[0] == np.ceil(plan.frame["n_per_arm"].iloc[0] / 4)


def test_customers_drawn_one_by_one_need_what_independent_ones_do(rng):
    table = hh.table(rng, 1_000, 4, whole=False)
    known = wb.plan_trial(wb.read_trial(table, hh.OFFERS, cluster="household"), difference=1.5)
    unknown = wb.plan_trial(wb.read_trial(table.drop(columns="household"), hh.OFFERS), difference=1.5)
    pd.testing.assert_frame_equal(known.frame, unknown.frame)
    assert "these sizes are for a trial that draws them one by one, too" in known.details()
    assert "one by one" not in unknown.details()


def test_a_variance_is_as_unsure_as_its_clusters_are_few(rng):
    values = rng.exponential(10, 3_000)
    alone = variance_error(values)
    assert variance_error(values, np.arange(3_000)) == pytest.approx(alone, rel=1e-12)
    twice, clusters = np.repeat(values, 2), np.repeat(np.arange(3_000), 2)
    assert variance_error(twice, clusters) == pytest.approx(2 * alone, rel=1e-12)  # of a variance twice as large


def test_a_pilot_with_an_assumed_correlation_grows_by_its_design_effect(rng):
    trial = hh.trial(rng, 1_000, 4, cluster=None)
    alone, together = wb.plan_trial(trial, difference=1.5), wb.plan_trial(InClusters(trial, 3, 0.25), difference=1.5)
    assert together.arms.variance == pytest.approx(1.5 * alone.arms.variance, rel=1e-12)
    assert together.arms.variance_error == pytest.approx(1.5 * alone.arms.variance_error, rel=1e-12)


def test_the_follow_up_allows_for_clusters_as_the_plan_does():
    from trials import random_lives

    lives = random_lives(np.random.default_rng(2), 600, discount=0.5, upgrade=0.35)
    offers = [wb.Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")]
    trial = wb.read_trial(lives, offers, horizon_months=12, annual_discount=0.1)
    plan = wb.plan_trial(InClusters(trial, 3, 0.25), follow_up=FollowUp(12))
    assert plan.follow_up["n_per_arm"].iloc[0] == plan.frame["n_per_arm"].iloc[0]


# refusals and words


@pytest.mark.parametrize(
    ("size", "correlation", "said"),
    [
        (0.5, 0.1, "`size` of clusters must be customers from 1, got 0.5"),
        ([], 0.1, r"`size` of clusters must be customers from 1, got \[\]"),
        ([2, None], 0.1, "`size` of clusters must be customers from 1"),
        (4, 1.5, "`correlation` of customers of one cluster must lie from 0 to 1, got 1.5"),
        (4, "some", "`correlation` of customers of one cluster must lie from 0 to 1, got 'some'"),
    ],
)
def test_clusters_that_cannot_be_are_refused(published, size, correlation, said):
    with pytest.raises(wb.TableError, match=said):
        wb.plan_trial(InClusters(published, size, correlation))


def test_clusters_are_not_assumed_of_a_pilot_that_knows_its_own(rng):
    with pytest.raises(
        wb.TableError, match=r"`clusters` are assumed for a pilot that knows its own\. Plan from the pilot"
    ):
        wb.plan_trial(InClusters(hh.trial(rng, 200, 4), 4, 0.1))


def test_a_plan_in_clusters_says_how_many_and_why(published):
    plan = wb.plan_trial(InClusters(published.iloc[:2], 4, 0.1, name="household"))
    said = "Discount against upgrade: 29,193 customers per offer in 7,299 clusters find a difference of $19.33"
    assert plan.describe().startswith(said)
    assert (
        "It is assumed that 4.0 customers of one household on average are drawn together and do alike: it takes 1.3 "
        "times as many customers as if they were independent."
    ) in plan.details()
    assert plan.table()["Clusters per offer"].iloc[0] == "7,299"


def test_a_pilot_in_clusters_says_so(rng):
    text = plan_of(hh.trial(rng, 2_000, 4)).details()
    assert "In the pilot, and so in this plan, 4.0 customers of one household on average are drawn together" in text


def test_customers_at_hand_in_too_few_clusters_are_marked(published):
    plan = wb.plan_trial(InClusters(published.iloc[:2], 100, 0.0), n_available=7_800)
    assert "Caution: the customers at hand have fewer than 40 draws by cluster in an arm" in plan.describe()
    enough = wb.plan_trial(InClusters(published.iloc[:2], 100, 0.0), n_available=8_000)
    assert "Caution" not in f"{enough.describe()}\n{enough.details()}"


def test_too_few_clusters_are_marked(published):
    plan = wb.plan_trial(InClusters(published.iloc[:2], 1_000, 0.0))
    assert "fewer than 40 clusters in an arm: take more" in plan.frame["remark"].iloc[0]
    assert "Caution: discount against upgrade and best of 2 offers would have fewer than 40 draws by" in plan.describe()
