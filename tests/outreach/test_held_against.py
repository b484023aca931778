"""Are measured means as sure as their clusters allow, and is the order asked after where a list has one?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from lists_to_plan import OFFERS, ONE_LETTER, START, list_of, outcomes_of, people_of, plan_of
from valid_calls import measured

import winback as wb
from winback.outreach.by_rank import came_by_rank
from winback.outreach.forecast_words import LEVEL
from winback.outreach.foreseen import foreseen, foreseen_by_fold
from winback.outreach.held_against import clusters_of
from winback.policies.honest_value import FOLDS, predicted_without
from winback.uncertainty import normal_quantile

HOMES = np.repeat(np.arange(50), 4)


def of_homes(n=200, offer="gift", heading="cluster"):
    """Return a plan whose trial and customers are of homes of four, and outcomes that a home shares."""
    plan = plan_of(people_of(n, offer=offer))
    table = measured().assign(cluster=np.arange(len(measured())) // 3)
    trial = wb.read_trial(table.rename(columns={"cluster": heading}), OFFERS, cluster=heading)
    value = replace(plan.listed.value, trial=trial.over(contact_costs=ONE_LETTER))
    people = plan.listed.customers.assign(**{heading: HOMES[:n]})
    plan = replace(plan, listed=replace(plan.listed, value=value, customers=people))
    outcomes = outcomes_of(plan, np.random.default_rng(1)).assign(cost=0.0)
    alike = outcomes.iloc[4 * (np.arange(n) // 4)].reset_index(drop=True)
    return plan, alike.assign(customer_id=outcomes["customer_id"])


def by_statsmodels(values, groups, matrix=None):
    """Return the error of a last coefficient, of clusters, with only the correction for their number."""
    matrix = np.ones((len(values), 1)) if matrix is None else matrix
    how = {"groups": groups, "use_correction": False}
    n = len(np.unique(groups))
    return sm.OLS(np.asarray(values), matrix).fit(cov_type="cluster", cov_kwds=how).bse[-1] * np.sqrt(n / (n - 1))


@pytest.mark.parametrize("heading", ["cluster", "Haushalt"])
def test_means_have_the_errors_of_their_clusters(heading):
    plan, outcomes = of_homes(heading=heading)
    plain = replace(plan, listed=replace(plan.listed, customers=plan.listed.customers.drop(columns=heading)))
    found, alone = plan.check(outcomes), plain.check(outcomes)
    returned = found.frame.query("figure == 'returned'").iloc[0]
    error = by_statsmodels(outcomes["returned"].astype(float), HOMES)
    share, z2 = outcomes["returned"].mean(), normal_quantile(LEVEL) ** 2
    n = share * (1 - share) / error**2  # Wilson's interval of so many customers as tell as much
    half = np.sqrt(z2 * share * (1 - share) / n + z2**2 / (4 * n**2)) / (1 + z2 / n)
    assert (returned["measured_high"] - returned["measured_low"]) / 2 == pytest.approx(half)
    width = {who: row["measured_high"] - row["measured_low"] for who, row in _profits(found, alone).items()}
    # Four who do the same tell as much as one.
    assert width["clusters"] / width["alone"] == pytest.approx(2, rel=0.15)
    assert found.taken_apart == ""
    assert "is not known of these customers: the intervals are too narrow." in alone.details()
    ratios = {"clusters": found.ratios, "alone": alone.ratios}
    wider = [float((each["high"] - each["low"]).iloc[0]) for each in ratios.values()]
    assert wider[0] > wider[1]


def _profits(found, alone):
    rows = {"clusters": found.frame, "alone": alone.frame}
    return {who: frame.query("figure == 'profit' and by == 'all'").iloc[0] for who, frame in rows.items()}


@pytest.mark.parametrize("whole", [True, False])
def test_what_was_added_has_the_error_of_a_regression_by_clusters(whole):
    sent = (np.arange(200) // 4 % 2 if whole else np.arange(200) % 2) == 0
    order = np.argsort(~sent, kind="stable")  # kept back are last
    plan, outcomes = of_homes(offer=np.where(sent[order], "gift", "none"))
    people = plan.listed.customers.assign(cluster=HOMES[order])
    plan = replace(plan, listed=replace(plan.listed, customers=people))
    outcomes = outcomes.iloc[order].assign(customer_id=outcomes["customer_id"].to_numpy())
    mean, low, high = plan.check(outcomes).added.measured
    matrix = sm.add_constant((np.arange(200) < 100).astype(float))
    fitted = by_statsmodels(outcomes["value"].to_numpy(), HOMES[order], matrix)
    assert (high - low) / 2 == pytest.approx(normal_quantile(LEVEL) * fitted, rel=1e-6)  # equal groups: no skewness
    assert mean == pytest.approx(outcomes["value"][:100].mean() - outcomes["value"][100:].mean())


def test_what_a_later_plan_added_is_not_told_where_plans_made_before_contacted_some_of_its_customers():
    people = people_of(120, offer=np.where(np.arange(120) < 100, "gift", "none"))
    before = plan_of(people.head(90))  # of all these, nobody kept back
    start = {"start": (START + pd.Timedelta(days=28)).date()}
    again = wb.outreach_plan(list_of(people, ONE_LETTER), **start, already=before)
    assert len(again.reached) == 10
    assert again.n_asked_before == 90
    touched = again.customers["customer_id"] <= 100  # each brings 20 more, of whichever plan
    outcomes = pd.DataFrame({"customer_id": again.customers["customer_id"], "cost": 0.0})
    outcomes = outcomes.assign(returned=True, value=np.where(touched, 25.0, 5.0) + np.arange(120) % 3)
    found = again.check(outcomes)
    assert found.added is None
    said = "added is not known from this plan alone: 90 customers on its list had an offer by plans made before. Read"
    assert said in found.describe()
    assert said in found.beside_forecast()["Extra"]
    others = plan_of(people_of(9).assign(customer_id=np.arange(900, 909)))  # contacted none of these
    alone = wb.outreach_plan(list_of(people, ONE_LETTER), **start, already=others)
    assert alone.n_asked_before == 0
    assert alone.check(outcomes).added.measured[0] == pytest.approx(20.0, abs=0.5)


def test_clusters_are_used_only_where_trial_and_list_have_them():
    plan, _ = of_homes()
    assert clusters_of(plan.listed).tolist() == HOMES.tolist()
    assert clusters_of(plan_of(people_of(9)).listed) is None
    one = plan.listed.customers.assign(cluster="all")
    plan, outcomes = of_homes()
    together = replace(plan, listed=replace(plan.listed, customers=one)).check(outcomes)
    assert together.taken_apart == "cluster"


def test_what_came_is_set_against_the_order_of_the_list_where_it_has_one():
    plan = plan_of(people_of(200))
    table = measured()
    value = (60 * table["months_away"] + 1).where(table["returned"].astype(bool))
    trial = wb.read_trial(table.assign(value=value), OFFERS).over(contact_costs=ONE_LETTER)
    people = plan.listed.customers.assign(months_away=np.random.default_rng(2).uniform(0.5, 5.5, 200))
    before = foreseen(trial, people, plan.customers["offer"], np.zeros(200)).profit
    first = np.argsort(-before)  # the list as the trial would have it
    value = replace(plan.listed.value, trial=trial, slope=1.0, slope_std_error=0.1)
    listed = replace(plan.listed, value=value, customers=people.iloc[first].reset_index(drop=True))
    ids = plan.customers["customer_id"]
    came = pd.DataFrame({"customer_id": ids, "returned": True, "value": before[first] + 50, "cost": 50.0})
    assert plan.check(came).order is None
    ranked = replace(plan, listed=listed)
    order = ranked.check(came).order
    people, offers, costs = listed.customers, plan.customers["offer"], np.full(200, 50.0)
    folds = trial.folds(FOLDS, np.random.default_rng(0))
    by_folds = foreseen_by_fold(trial, people, offers, costs, folds)
    assert order == came_by_rank(predicted_without(trial, people, offers, folds), by_folds, before[first])
    assert order.low < 1 < order.high  # what the trial foresees is not known exactly
    found = ranked.check(came.assign(value=came["value"].mean()))
    assert (found.order.slope, found.order.low, found.order.high) == pytest.approx((0, 0, 0), abs=1e-9)
    assert "times as much, so the order was worth nothing that is shown." in found.describe()
    assert pd.unique(found.frame["by"]).tolist() == ["all", "fifth"]
