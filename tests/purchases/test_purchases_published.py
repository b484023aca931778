"""Do the models of purchases find the published values, to their printed digits?"""

import os
from functools import partial

import numpy as np
import pandas as pd
import pytest
from shoppers import cdnow, donations

import winback as wb
from winback.purchases.bg_bb import BG_BB
from winback.purchases.cells import one_cell
from winback.purchases.gamma_gamma import conditional_mean
from winback.purchases.pareto_nbd import PARETO_NBD

# Fader, Hardie & Lee (2005), Table 2, and the values the same authors print for the other models
CDNOW = {
    partial(wb.fit_purchases, model="bg_nbd"): ((0.2426, 4.4135, 0.7929, 2.4258), -9582.4256),
    partial(wb.fit_purchases, model="pareto_nbd"): ((0.5533, 10.5776, 0.6062, 11.6679), -9594.9739),
    partial(wb.fit_purchases, model="mbg_nbd"): ((0.5248, 6.1830, 0.8914, 1.6140), -9582.1327),
}
STD_ERRORS = {
    partial(wb.fit_purchases, model="bg_nbd"): (0.0126, 0.3782, 0.1857, 0.7053),
    partial(wb.fit_purchases, model="pareto_nbd"): (0.0476, 0.8427, 0.1873, 6.211),
}


def public(name):
    folder = os.environ.get("WINBACK_DATA_DIR")
    if not folder:
        pytest.skip(f"WINBACK_DATA_DIR is not set: no copy of {name} to read")
    return os.path.join(folder, name)


def fitted(fit, **more):
    return fit(cdnow(), period="W", weights="customers", **more)


def one(frequency, recency, age, last="age"):
    return pd.DataFrame({"frequency": [frequency], "recency": [recency], last: [age]})


def residual(model, parameters, customer, force):
    """Return the discounted purchases ahead of a customer, at given parameters and rate per period."""
    theta, cell = np.log(parameters), one_cell(*customer)
    stays = 1 / (1 + np.exp(model.log_odds_left(theta, cell)))
    return float((stays * model.ahead(theta, cell, np.inf, force))[0])


@pytest.mark.parametrize("fit", CDNOW)
def test_fader_hardie_lee_2005_table_2_cdnow(fit):
    found, (parameters, log_likelihood) = fitted(fit), CDNOW[fit]
    np.testing.assert_array_equal(found.params["estimate"].round(4), parameters)
    assert round(found.log_likelihood, 4) == log_likelihood
    assert (found.n, found.n_repeat, found.converged, found.edge) == (2357, 946, True, "")


@pytest.mark.parametrize("fit", STD_ERRORS)
def test_standard_errors_on_cdnow(fit):
    expected = STD_ERRORS[fit]
    found = fitted(fit).params["std_error"]
    pareto = fit.keywords["model"] == "pareto_nbd"
    assert [round(value, 3 if value > 1 and pareto else 4) for value in found] == list(expected)


@pytest.mark.parametrize("fit", CDNOW)
def test_the_published_file_says_the_same_as_its_cells(fit):
    file = pd.read_csv(public("cdnow_customers_summary.csv"))
    found, cells = fit(file, period="W", age="T"), fitted(fit)
    np.testing.assert_allclose(found.params.iloc[:, 2:].astype(float), cells.params.iloc[:, 2:].astype(float))
    assert found.log_likelihood == pytest.approx(cells.log_likelihood, abs=1e-8)


def test_the_donors_file_is_the_committed_one():
    file = pd.read_csv(public("donations.csv"))
    assert (file.to_numpy() == donations().to_numpy()).all()


def test_bg_nbd_expected_purchases_of_customer_1():
    """The authors' spreadsheet: E[X(39) | x = 2, t_x = 30.43, T = 38.86] = 1.226."""
    assert (
        round(fitted(partial(wb.fit_purchases, model="bg_nbd")).predict(one(2, 30.43, 38.86), 39)["expected"][0], 3)
        == 1.226
    )


def test_pareto_nbd_expected_purchases_and_chance_to_be_alive():
    """BTYD's vignette: x = 26, t_x = 30.86, T = 31."""
    fit, customer = fitted(partial(wb.fit_purchases, model="pareto_nbd")), one(26, 30.86, 31)
    assert round(fit.predict(customer, 52)["expected"][0], 2) == 25.46
    assert round(fit.probability_alive(customer)[0], 4) == 0.9979


def test_pareto_nbd_residual_purchases():
    found = residual(PARETO_NBD, (0.5629966, 12.559037, 0.4081095, 10.5148048), (7, 35, 77.86), 0.0027)
    assert round(found, 7) == 1.8641833


def test_fader_hardie_shang_2010_donors():
    fit = wb.fit_purchases(donations(), "bg_bb", period="Y", weights="customers")
    assert fit.params["estimate"].round(4).tolist() == [1.2035, 0.7497, 0.6567, 2.7834]
    assert round(fit.log_likelihood, 3) == -33225.581
    assert (fit.n, fit.edge) == (11104, "")


def test_bg_bb_residual_purchases():
    assert round(residual(BG_BB, (1.20, 0.75, 0.66, 2.78), (3, 4, 6), np.log(1.1)), 7) == 1.6213792


def spenders():
    """Return CDNOW's repeat buyers, with one-time buyers as one row."""
    spend = cdnow("spend")
    return spend.assign(mean_spend=spend["total_cents"] / 100 / spend["frequency"])


def test_gamma_gamma_on_cdnow():
    fit = wb.fit_spend(spenders(), weights="customers")
    assert fit.params["estimate"].round(4).tolist() == [6.2496, 3.7442, 15.4435]
    assert round(fit.log_likelihood, 4) == -4055.9177
    assert (fit.n, fit.n_one_time, fit.converged, fit.edge) == (946, 0, True, "")


def test_fader_hardie_2013_conditional_mean_spend():
    theta = np.log([6.25, 3.74, 15.44])
    found = conditional_mean(theta, np.array([2, 1, 0, 7]), np.array([22.35, 11.77, 0.0, 73.74]))
    assert found.round(2).tolist() == [24.66, 18.92, 35.22, 71.47]


def test_residual_purchases_know_the_period_of_the_fit():
    """An annual rate of exp(.0027 x 365.25 / 7) - 1 is .0027 a week."""
    fit, annual = fitted(partial(wb.fit_purchases, model="pareto_nbd")), np.expm1(0.0027 * 365.25 / 7)
    found = fit.residual_purchases(one(7, 35, 77.86), annual)["expected"][0]
    expected = residual(PARETO_NBD, fit.params["estimate"].to_numpy(), (7, 35, 77.86), 0.0027)
    assert found == pytest.approx(expected, rel=1e-12)
