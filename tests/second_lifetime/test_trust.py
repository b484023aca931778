"""Does each reason not to trust a joint fit fire when it should, and only then?"""

from dataclasses import replace

import numpy as np
import pytest
from simulated_lives import FORMULAS, WITHOUT_DRIVER, lost_customers

import winback as wb
from winback.second_lifetime.joint_fit import drivers_test, excluded_drivers
from winback.survival.goodness_of_fit import chi_squared_test

REASONS = {
    "driver": "no column explains return without also explaining tenure or margin",
    "idle driver": "should move return only, but is not shown to move it",
    "few": "customers returned, fewer than 300",
    "margin": "which is mistaken for correlation",
    "two-step": "outside [-1, 1]",
    "limit": "a correlation runs to its limit",
    "information": "the observed information is not positive definite",
    "no selection": "return is not shown to go with tenure or margin",
    "hardly known": "the correlation of return and tenure is hardly known (standard error",
    "independence": "independence of return, tenure and margin is not rejected (p =",
}


def reasons(fit):
    found = {name for name, said in REASONS.items() if any(said in doubt for doubt in fit.doubts)}
    assert len(found) == len(fit.doubts), fit.doubts
    return found


def test_nothing_speaks_against_a_good_fit():
    fit = wb.fit_joint(lost_customers(1, 4_000), **FORMULAS)
    assert fit.doubts == ()
    assert fit.trusted
    assert fit.recommended is fit
    assert "two-part model comes first" not in fit.describe()


def test_no_driver():
    fit = wb.fit_joint(lost_customers(1, 4_000), **WITHOUT_DRIVER)
    assert "driver" in reasons(fit)
    assert not fit.trusted
    assert fit.recommended is fit.two_part
    assert fit.describe().startswith("The two-part model comes first: no column explains return")
    both = wb.fit_joint(lost_customers(1, 4_000), **FORMULAS | {"margin": "x + driver"})
    assert "driver" in reasons(both)


def test_a_driver_that_moves_nothing():
    table = lost_customers(2, 6_000, driver=0.0)
    found = reasons(wb.fit_joint(table, **FORMULAS))
    assert "idle driver" in found
    assert "driver" not in found


def test_under_300_returned():
    table = lost_customers(1, 4_000)
    back = table.index[table["returned"]]
    for n_back in (299, 300):
        fit = wb.fit_joint(table.drop(index=back[n_back:]), **FORMULAS)
        assert fit.n_returned == n_back
        assert ("few" in reasons(fit)) == (n_back < 300)


@pytest.mark.parametrize("rho", [(0.99, 0.0, 0.0), (0.0, 0.985, 0.0), (0.0, 0.1, -0.985)])
def test_a_correlation_at_its_limit(rho):
    assert "limit" in reasons(wb.fit_joint(lost_customers(3, 4_000, rho=rho), **FORMULAS))


@pytest.mark.parametrize(("rho", "doubted"), [(0.95, True), (0.8, False)])
def test_a_correlation_that_is_rather_a_wrong_shape(rho, doubted):
    fit = wb.fit_joint(lost_customers(3, 8_000, rho=(0.0, rho, 0.0)), **FORMULAS)
    assert ("limit" in reasons(fit)) == doubted
    assert (np.abs(fit.correlations).max() > 0.9) == doubted


def test_independence():
    assert "independence" in reasons(wb.fit_joint(lost_customers(4, 4_000, rho=(0.0, 0.0, 0.0)), **FORMULAS))
    for rho in ((0.4, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, -0.2)):
        found = reasons(wb.fit_joint(lost_customers(4, 4_000, rho=rho), **FORMULAS))
        assert "independence" not in found
        assert ("no selection" in found) == (rho[:2] == (0.0, 0.0))  # tenure and margin alone are no selection


def test_hardly_known():
    fit = wb.fit_joint(lost_customers(5, 2_000, driver=0.1), **FORMULAS)
    rows = fit.params.set_index("term")
    error = rows.loc["return-tenure", "std_error"]
    assert error > 0.25
    assert "hardly known" in reasons(fit)
    assert f"(standard error {error:.2f})" in fit.describe()


def test_the_offer_alone_is_no_driver():
    rng = np.random.default_rng(6)
    table = lost_customers(rng, 4_000).assign(offer=lambda t: np.where(t["driver"] > 0, "letter", "none"))
    formulas = {"reacquisition": "x + offer", "tenure": "x", "margin": "x"}
    fit = wb.fit_joint(table, **formulas)
    assert excluded_drivers(fit) == ()
    assert "driver" in reasons(fit)
    assert "an offer is none, since it moves all three" in fit.describe()


def test_drivers():
    table = lost_customers(7, 2_000).assign(other=lambda t: t["x"] ** 2)
    fit = wb.fit_two_part(table, reacquisition="x + driver + driver:x + I(other**2)", tenure="x", margin="x + other")
    assert excluded_drivers(fit) == ("driver",)
    test = drivers_test(fit, ("driver",))
    rows = fit.params.set_index(["equation", "term"]).loc[("reacquisition", "driver")]
    assert test.degrees == 1  # the interaction uses x as well
    assert test.statistic == pytest.approx(rows["z"] ** 2)
    assert drivers_test(fit, ("other", "x")) is not None
    assert drivers_test(fit, ()) is None


def test_chi_squared():
    assert chi_squared_test(7.814728, 3).p_value == pytest.approx(0.05, abs=1e-7)
    assert chi_squared_test(-1e-9, 3).p_value == 1.0


def test_the_test_of_independence_is_the_likelihood_ratio():
    fit = wb.fit_joint(lost_customers(1, 2_000), **FORMULAS)
    twice = 2 * (fit.log_likelihood - fit.two_part.log_likelihood)
    assert fit.independence.statistic == pytest.approx(twice)
    assert fit.independence.degrees == 3


def test_without_information_there_are_no_values():
    table = lost_customers(5, 600)
    found = wb.fit_joint(table, **FORMULAS)
    fit = replace(found, covariance=np.full_like(found.covariance, np.nan), doubts=("the data do not pin it down",))
    letter = [wb.Offer(name="letter", amount=1.0, paid="per_contact")]
    trial = wb.read_trial(table.assign(offer="letter"), letter, horizon_months=12, annual_discount=0.0)
    with pytest.raises(ValueError, match="joint fit has no standard errors"):
        wb.second_lifetime_value(fit, trial, model="joint")
    values = wb.second_lifetime_value(fit, trial)
    assert values.fit is fit.two_part
