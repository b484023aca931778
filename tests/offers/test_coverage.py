"""Do the intervals of a comparison hold 95% of the time, where nothing else is remarked of them?

A trial: 45% accept an offer that costs 120 on acceptance and 1 a contact; a returned customer is worth 900 on average
with a coefficient of variation of 1; of as many untreated customers 6% return.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from coverage_harness import Coverage, assert_covers, coverage, shortfall

import winback as wb
from winback.skewness import skewed_interval
from winback.terms.catalog import Offer
from winback.trial.moments import PROFIT, arm_moments, pooled, profit, return_on_investment, skew_length
from winback.uncertainty import normal_quantile

ACCEPTANCE, ORGANIC, WORTH, PAID, CONTACT = 0.45, 0.06, 900.0, 120.0, 1.0
N_TRIALS, CELLS, SEED = 10_000, 1_000_000, 20160301
COST = PAID * ACCEPTANCE + CONTACT
GROSS = WORTH * ACCEPTANCE - COST
TRUTH = {
    "gross profit": GROSS,
    "gross ROI": GROSS / COST,
    "incremental profit": GROSS - WORTH * ORGANIC,
    "incremental ROI": (GROSS - WORTH * ORGANIC) / COST,
}
VALUES = {  # mean 1, coefficient of variation 1
    "gamma": lambda rng, shape: rng.standard_gamma(1.0, shape),
    "log-normal": lambda rng, shape: rng.lognormal(-np.log(2) / 2, np.log(2) ** 0.5, shape),
}
RETURNED = (5, 20, 30, 50, 100, 200, 400, 1000)


def customers(distribution, shape, rng, acceptance=ACCEPTANCE, offered=True):
    """Draw returned, value and cost of an arm, trials by customers."""
    returned = rng.random(shape) < acceptance
    return returned, returned * WORTH * VALUES[distribution](rng, shape), offered * (PAID * returned + CONTACT)


def figures(arm, control):
    """Return low and high of the four figures, each (trials, 1)."""
    found = {}
    for kind, baseline in (("gross", None), ("incremental", control)):
        estimate, variance = profit(arm, baseline)
        roi, length = return_on_investment(arm, baseline), skew_length(pooled(arm, baseline), PROFIT, arm, baseline)
        found[f"{kind} profit"] = skewed_interval(estimate, np.sqrt(variance), length, normal_quantile())
        found[f"{kind} ROI"] = roi.low, roi.high
    return found


@cache
def simulated(distribution, expected_returned, n_control=None, symmetric=False):
    """Return figure -> (low, high), one interval per trial; the trials are drawn in parts that fit into memory."""
    rng, n = np.random.default_rng(SEED), round(expected_returned / ACCEPTANCE)
    n_control = n_control or n
    sizes = np.diff(np.append(np.arange(0, N_TRIALS, max(1, CELLS // n)), N_TRIALS))
    parts = []
    for size in sizes:
        arm = arm_moments(*customers(distribution, (size, n), rng))
        control = arm_moments(*customers(distribution, (size, n_control), rng, ORGANIC, offered=False))
        parts.append(figures(*(replace(each, third=None) if symmetric else each for each in (arm, control))))
    return {name: np.concatenate([part[name] for part in parts], axis=1)[..., 0] for name in TRUTH}


@cache
def coverage_table():
    """Return the coverage of every figure, by distribution and expected number of returned customers."""
    rows = {
        (distribution, returned): {
            name: coverage(ends, TRUTH[name]).share for name, ends in simulated(distribution, returned).items()
        }
        for distribution in VALUES
        for returned in RETURNED
    }
    return pd.DataFrame(rows).T


@pytest.mark.slow
@pytest.mark.parametrize("figure", TRUTH)
@pytest.mark.parametrize("returned", [200, 400, 1000])
def test_from_200_returned_the_intervals_hold(returned, figure):
    """At 200 by as much as 10,000 trials can tell: in 100,000 gross profit held in .9445, from 400 on in .947."""
    assert_covers(*simulated("gamma", returned)[figure], TRUTH[figure])


@pytest.mark.slow
@pytest.mark.parametrize("figure", TRUTH)
def test_from_1000_returned_heavier_tails_do_no_harm(figure):
    assert_covers(*simulated("log-normal", 1000)[figure], TRUTH[figure])


@pytest.mark.slow
@pytest.mark.parametrize("returned", [5, 20])
@pytest.mark.parametrize("distribution", VALUES)
def test_where_an_arm_is_marked_the_intervals_do_not_hold(distribution, returned, record_property):
    """So the mark at fewer than 30 returned is needed; the table is kept with the test's report."""
    record_property("coverage", coverage_table().to_string())
    for figure in ("gross profit", "gross ROI"):
        found = coverage(simulated(distribution, returned)[figure], TRUTH[figure])
        assert shortfall(found) > 3, f"{figure} {found}\n{coverage_table()}"


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["gross profit", "gross ROI"])
@pytest.mark.parametrize("returned", [30, 50])
@pytest.mark.parametrize("distribution", VALUES)
def test_from_30_returned_the_intervals_are_a_little_too_narrow(distribution, returned, figure):
    """So the remark below 200 is needed, and "a little" is true: at most six trials in a hundred are lost."""
    found = coverage(simulated(distribution, returned)[figure], TRUTH[figure])
    assert shortfall(found) > 3, f"{figure} {found}\n{coverage_table()}"
    assert found.share > 0.95 - 0.06, f"{figure} {found}\n{coverage_table()}"


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["incremental profit", "incremental ROI"])
def test_five_returned_in_the_control_spoil_symmetric_intervals_of_a_large_arm_and_make_ours_promise_too_much(figure):
    """Ours lose at most two trials in a hundred; their lower end misses more than it says, so the mark is needed."""
    few = round(5 / ORGANIC)
    assert shortfall(coverage(simulated("gamma", 400, few, symmetric=True)[figure], TRUTH[figure])) > 10
    low, high = simulated("gamma", 400, few)[figure]
    found = coverage((low, high), TRUTH[figure])
    assert found.share > 0.95 - 0.02, found
    below = Coverage(float((low <= TRUTH[figure]).mean()), len(low))
    assert shortfall(below, 0.975) > 3, below


@pytest.mark.slow
@pytest.mark.parametrize("distribution", VALUES)
def test_the_more_return_the_better_the_gross_intervals_hold(distribution):
    found = coverage_table().loc[distribution].loc[[5, 20, 50, 200], ["gross profit", "gross ROI"]]
    assert (found.diff().dropna() > 0).all(axis=None), f"\n{coverage_table()}"


def test_the_simulated_intervals_are_those_of_compare_offers():
    rng, n = np.random.default_rng(SEED), 444
    arm, control = customers("gamma", n, rng), customers("gamma", n, rng, ORGANIC, offered=False)
    trial = pd.DataFrame(
        {
            "customer_id": range(2 * n),
            "offer": ["discount"] * n + ["none"] * n,
            "returned": np.append(arm[0], control[0]),
            "value": np.append(arm[1], control[1]),
        }
    )
    offer = Offer(name="discount", amount=PAID, paid="on_acceptance", contact_cost=CONTACT)
    row = wb.compare_offers(wb.read_trial(trial, [offer])).frame.iloc[0]
    for name, ends in figures(arm_moments(*arm), arm_moments(*control)).items():
        column = name.lower().replace(" ", "_")
        assert (row[f"{column}_low"], row[f"{column}_high"]) == pytest.approx(np.ravel(ends), rel=1e-12), name
