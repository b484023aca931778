"""Does the joint model find what was put in, and are its intervals honest?

Coverage is judged for each of the twelve parameters against its Monte Carlo error; without a driver the intervals for
the correlation of return and tenure hold far less often than they say.
"""

from functools import cache

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage, shortfall
from scipy.stats import chi2
from simulated_lives import CUT, FORMULAS, RETURN, RHO, THETA, TRUTH, WITHOUT_DRIVER, lost_customers

import winback as wb
from winback.second_lifetime.fitted import SecondLifetimeFit

N_TABLES = 250
RHO_RETURN_TENURE = -3  # its place among the parameters


def distance(fit: SecondLifetimeFit, truth=THETA) -> float:
    """Return the chi-squared of all parameters together."""
    error = fit.theta - truth
    return float(error @ np.linalg.solve(fit.covariance, error))


@cache
def estimates(n, running, n_tables, without_driver=False):
    """Fit tables of ``n``; return estimates, std errors, lows and highs, and how many were trusted."""
    found, trusted = [], 0
    formulas, driver = (WITHOUT_DRIVER, 0.0) if without_driver else (FORMULAS, RETURN[2])
    for seed in range(n_tables):
        fit = wb.fit_joint(lost_customers([n, seed], n, running=running, driver=driver), **formulas)
        found.append(fit.params[["estimate", "std_error", "low", "high"]].to_numpy().T)
        trusted += fit.trusted
    return (*np.array(found).transpose(1, 0, 2), trusted / n_tables)


@pytest.mark.slow
@pytest.mark.parametrize("running", CUT)
def test_coverage(running):
    n_tables = N_TABLES if running == 0.3 else 80
    estimate, _, low, high, trusted = estimates(2_000, running, n_tables)
    for place, truth in enumerate(TRUTH):
        assert_covers(low[:, place], high[:, place], truth)
    error = estimate.std(axis=0, ddof=1) / np.sqrt(n_tables)
    assert (np.abs(estimate.mean(axis=0) - TRUTH) < 4 * error + 0.005 * np.abs(TRUTH)).all()
    assert trusted > 0.9


@pytest.mark.slow
def test_standard_errors_are_the_spread_of_the_estimates():
    estimate, std_error, *_ = estimates(2_000, 0.3, N_TABLES)
    ratio = np.sqrt((std_error**2).mean(axis=0)) / estimate.std(axis=0, ddof=1)
    assert np.abs(ratio - 1).max() < 3.5 / np.sqrt(2 * N_TABLES) + 0.02


@pytest.mark.slow
@pytest.mark.parametrize("running", CUT)
@pytest.mark.parametrize("n", [10_000, 50_000])
def test_recovery(n, running):
    fit = wb.fit_joint(lost_customers([n, 1], n, running=running), **FORMULAS)
    far = (fit.params["estimate"] - TRUTH) / fit.params["std_error"]
    assert far.abs().max() < 3
    assert distance(fit) < chi2.ppf(0.99, len(THETA))
    assert fit.trusted
    assert fit.independence.p_value < 1e-6
    assert fit.two_part.params["term"].isin(["return-tenure"]).sum() == 0


@pytest.mark.parametrize("family", ["weibull", "loglogistic", "gaussian"])
def test_recovery_of_other_shapes(family):
    """The other shapes of tenure, at a size that takes a moment only."""
    table = lost_customers(17, 12_000, running=0.0 if family == "gaussian" else 0.3, family=family)
    fit = wb.fit_joint(table, **FORMULAS, distribution=family)
    truth = THETA.copy()
    truth[3] += 20 * (family == "gaussian")  # see lost_customers
    assert distance(fit, truth) < chi2.ppf(0.99, len(THETA))


@pytest.mark.slow
def test_without_a_driver_intervals_are_too_short_and_the_fit_says_so():
    _, _, low, high, trusted = estimates(2_000, 0.3, 100, without_driver=True)
    found = coverage((low[:, RHO_RETURN_TENURE], high[:, RHO_RETURN_TENURE]), RHO[0])
    assert shortfall(found) > 3
    assert trusted == 0


def test_the_joint_likelihood_is_never_below_the_two_part(rng):
    for _ in range(3):
        fit = wb.fit_joint(lost_customers(rng, 600, rho=(0.0, 0.0, 0.0)), **FORMULAS)
        assert fit.independence.statistic > -1e-6
        assert fit.log_likelihood >= fit.two_part.log_likelihood - 1e-3


@pytest.mark.slow
def test_independence_is_rejected_as_often_as_it_should_be():
    """Margin's spread of the two-part model is unbiased, not most likely, so the test errs by about log(1 - p/n)."""
    p_values = [
        wb.fit_joint(lost_customers([9, seed], 2_000, rho=(0.0, 0.0, 0.0)), **FORMULAS).independence.p_value
        for seed in range(80)
    ]
    rejected = np.mean(np.array(p_values) < 0.05)
    assert abs(rejected - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 80)
