"""Does the check of a tenure's shape see a wrong one, and leave a right one alone?"""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

import winback as wb
from winback.second_lifetime.expected_value import Outlook
from winback.second_lifetime.tenure_fit import log_share_still_here
from winback.survival.families import FAMILIES

FORMULAS = {
    "reacquisition": "offer + reason + referrals + I(complaints - complaints_resolved) + complaints_resolved"
    " + contact_attempts + months_away",
    "tenure": "offer + reason + log(first_tenure) + referrals + I(complaints - complaints_resolved)",
    "margin": "offer + reason + first_margin + referrals",
}


@pytest.fixture(scope="module")
def clean():
    """Draw the study without deal seekers, so that tenure is log-normal."""
    study = wb.simulate_telecom_study(deal_seekers=0, calibrate=False, rng=5)
    return study, wb.fit_joint(study.lapsed, **FORMULAS)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_share_still_here_is_that_of_returned_customers(name):
    outlook = Outlook(np.array([-0.4, 0.8]), np.array([3.0, 2.0]), np.ones(2), 0.7, 1.0, 0.5, 0.0, 0.0, FAMILIES[name])
    for months in (0.5, 4.0, 30.0):
        found = np.exp(log_share_still_here(outlook, np.array([months])))[:, 0]
        y = np.log(months) if outlook.family.log_tenure else months
        score = outlook.family.score((y - outlook.mean_tenure) / outlook.sd_tenure)
        both = [
            multivariate_normal.cdf([a, -e], cov=[[1, 0.5], [0.5, 1]]) for a, e in zip(outlook.a, score, strict=True)
        ]
        alone = multivariate_normal.cdf(outlook.a[:, None])
        assert found == pytest.approx(np.array(both) / alone, abs=1e-10)


@pytest.mark.slow
def test_deal_seekers_are_seen(study):
    fit = wb.fit_joint(study.lapsed, **FORMULAS)
    found = fit.check_shape(study.lapsed, by="offer").frame.set_index("group")
    assert (found["p_value"][["discount", "upgrade", "bundle", "tailored"]] < 1e-6).all()
    assert found["gap_month"]["upgrade"] < 7  # its deal seekers leave in months 3 to 5
    assert found["gap"]["upgrade"] < -0.05
    assert fit.shape.p_value < 1e-6
    assert fit.shape.gap > 0.02
    assert fit.recommended is fit.two_part
    assert "The two-part model comes first: second tenures do not have the shape assumed" in str(fit.describe())


@pytest.mark.slow
def test_a_right_shape_is_left_alone(clean):
    study, fit = clean
    found = fit.check_shape(study.lapsed).frame
    assert found["p_value"][0] > 0.001
    assert abs(found["gap"][0]) < 0.02
    assert fit.shape.p_value == pytest.approx(found["p_value"][0])
    assert "caution" not in str(fit.describe())


@pytest.mark.slow
def test_the_curve_allows_for_selection(clean):
    study, fit = clean
    back = study.lapsed[study.lapsed["returned"] & study.lapsed["eligible"]]
    joint = fit.check_shape(study.lapsed).frame["chi_square"][0]
    everyone = fit.outlook(next(fit.numbers(back)))
    unselected = Outlook(**{**everyone.__dict__, "rho_return_tenure": 0.0})
    from winback.survival.goodness_of_fit import check_fit

    wrong = check_fit(
        back["second_tenure"],
        back["second_ended"].to_numpy(dtype=bool),
        lambda months: -log_share_still_here(unselected, months),
    )
    assert wrong.frame["chi_square"][0] > 5 * joint
