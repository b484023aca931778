"""Do fits of purchases recover what was simulated, and do their intervals hold?"""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from coverage_harness import assert_covers
from scipy.special import expit
from shoppers import donors, shoppers, spenders

import winback as wb
from winback.purchases.cells import one_cell
from winback.purchases.gamma_gamma import conditional_mean

CASES = {
    "bg_nbd": (partial(wb.fit_purchases, model="bg_nbd"), (0.6, 4.0, 0.9, 2.4)),
    "mbg_nbd": (partial(wb.fit_purchases, model="mbg_nbd"), (0.9, 4.0, 0.9, 2.4)),
    "pareto_nbd": (partial(wb.fit_purchases, model="pareto_nbd"), (0.8, 5.0, 0.9, 10.0)),
    "bg_bb": (partial(wb.fit_purchases, model="bg_bb"), (1.2, 0.8, 0.7, 3.0)),
}
TRIALS, AHEAD = 150, 26


def drawn(rng, name, n):
    parameters = CASES[name][1]
    return donors(rng, parameters, n, 10) if name == "bg_bb" else shoppers(rng, name, parameters, n, (30, 50))


def expected(fit, parameters, cells):
    theta = np.log(parameters)
    return expit(-fit.model.log_odds_left(theta, cells)) * fit.model.ahead(theta, cells, AHEAD, 0.0)


@pytest.mark.parametrize("name", CASES)
def test_recovers_what_was_simulated(name, rng):
    fit, truth = CASES[name]
    found = fit(drawn(rng, name, 4000), period="Y" if name == "bg_bb" else "W")
    distance = np.log(found.params["estimate"] / truth) / np.sqrt(np.diag(found.covariance))
    assert (distance.abs() < 4).all()


def test_gamma_gamma_recovers_what_was_simulated(rng):
    truth = np.array([6.0, 4.0, 15.0])
    found = wb.fit_spend(spenders(rng, truth, 5000))
    assert (np.abs(np.log(found.params["estimate"] / truth) / np.sqrt(np.diag(found.covariance))) < 4).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_intervals_of_parameters_customers_and_totals_hold(name, record_property):
    (fit, truth), rng = CASES[name], np.random.default_rng(20160301)
    customer = (3, 6.0, 10.0) if name == "bg_bb" else (4, 25.0, 40.0)
    one = pd.DataFrame([customer], columns=["frequency", "recency", "opportunities" if name == "bg_bb" else "age"])
    found = []
    for _ in range(TRIALS):
        table = drawn(rng, name, 1500)
        fitted = fit(table, period="Y" if name == "bg_bb" else "W")
        low, high = fitted.params["low"].to_numpy(), fitted.params["high"].to_numpy()
        holds = (np.nan_to_num(low) <= truth) & (truth <= np.nan_to_num(high, nan=np.inf))
        each, total = fitted.predict(one, AHEAD).iloc[0], fitted.total(table, AHEAD).iloc[0]
        true_total = fitted.cells.counts @ expected(fitted, truth, fitted.cells)
        true_each = expected(fitted, truth, one_cell(*customer))[0]
        ends = [(each["low"], each["high"], true_each), (total["low"], total["high"], true_total)]
        found.append([*holds, *(low <= value <= high for low, high, value in ends)])
    for label, holds in zip((*fitted.params["term"], "customer", "total"), np.array(found).T, strict=True):
        low = np.where(holds, 0.0, 1.0)
        record_property(label, str(assert_covers(low, np.ones(TRIALS), 0.5)))


@pytest.mark.slow
def test_intervals_of_spend_hold(record_property):
    truth, rng, found = np.array([6.0, 4.0, 15.0]), np.random.default_rng(20160301), []
    one = pd.DataFrame({"frequency": [2], "mean_spend": [50.0]})
    for _ in range(TRIALS):
        fit = wb.fit_spend(spenders(rng, truth, 600))
        found.append(np.append(fit.params[["low", "high"]].to_numpy().T, fit.predict(one)[["low", "high"]].T, axis=1))
    lows, highs = np.array(found).transpose(1, 2, 0)
    truths = [*truth, conditional_mean(np.log(truth), np.array([2]), np.array([50.0]))[0]]
    for label, low, high, value in zip((*"pqv", "customer"), lows, highs, truths, strict=True):
        record_property(label, str(assert_covers(low, high, value)))


@pytest.mark.slow
def test_counting_by_day_lowers_the_rates_and_nothing_else(rng):
    """Purchases of one day count once: rates of heavy buyers look lower and more alike, dropping out does not."""
    fit, truth = CASES["bg_nbd"]
    found = [
        fit(shoppers(np.random.default_rng(1), "bg_nbd", truth, 20_000, (30, 50), day), period="W")
        for day in (None, 1 / 7)
    ]
    distance = [np.log(each.params["estimate"] / truth) / np.sqrt(np.diag(each.covariance)) for each in found]
    assert (distance[0].abs() < 4).all()
    assert distance[1][1] > 3
    assert (distance[1][2:].abs() < 4).all()
