"""Does the joint model find the truth of the telecom study: its parameters, its values, its four questions?

Honest tests use ``calibrate=False``: calibration fixes acceptance and value in the sample itself, so that errors of
intercepts come out smaller than they say (and tests of them pass too easily).
"""

import numpy as np
import pytest
from scipy.stats import chi2
from simulated_lives import TELECOM_FORMULAS as FORMULAS
from simulated_lives import true_theta

import winback as wb

OFFERS = ("discount", "upgrade", "bundle", "tailored")


def true_values(study):
    """Return the mean value of each offer had everybody promising been sent it, and its sampling error."""
    there = study.truth.potential_outcomes[study.lapsed["eligible"].to_numpy()]
    found = {}
    for offer in OFFERS:
        months = np.minimum(there[f"second_tenure_{offer}"], study.value_window)
        value = there[f"returned_{offer}"] * there[f"second_margin_{offer}"] * months
        found[offer] = (value.mean(), value.std() / np.sqrt(len(value)))
    return found


def fitted_values(study):
    fit = wb.fit_joint(study.lapsed, **FORMULAS)
    promising = study.lapsed[study.lapsed["eligible"]]
    values = wb.second_lifetime_value(fit, wb.read_trial(promising, study.offers, annual_discount=0.0))
    return fit, values.averages.set_index("offer")


@pytest.fixture(scope="module")
def default():
    study = wb.simulate_telecom_study(deal_seekers=0)
    return study, *fitted_values(study)


def distance(fit, study):
    error = fit.theta - true_theta(fit, study)
    return float(error @ np.linalg.solve(fit.covariance, error))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_all_parameters_of_another_draw(seed):
    study = wb.simulate_telecom_study(deal_seekers=0, calibrate=False, rng=seed)
    fit, averages = fitted_values(study)
    assert distance(fit, study) < chi2.ppf(0.99, len(fit.theta))
    assert fit.trusted
    for offer, (value, error) in true_values(study).items():
        far = (averages.loc[offer, "value"] - value) / np.hypot(error, averages.loc[offer, "net_value_std_error"])
        assert abs(far) < 3, offer


@pytest.mark.slow
def test_the_default_study(default):
    study, fit, averages = default
    assert distance(fit, study) < chi2.ppf(0.99, len(fit.theta))
    assert fit.trusted
    assert fit.n_set_aside == 8_000
    for offer, (value, error) in true_values(study).items():
        far = (averages.loc[offer, "value"] - value) / np.hypot(error, averages.loc[offer, "net_value_std_error"])
        assert abs(far) < 3, offer


@pytest.mark.slow
def test_the_two_part_model_is_wrong_about_the_parameters(default):
    study, fit, _ = default
    rows = fit.two_part.params.set_index(["equation", "term"])
    truth = study.truth.parameters.set_index(["equation", "term"])["value"]
    gap = rows.loc[("margin", "Intercept")]
    assert (gap["estimate"] - truth["margin", "intercept, discount"]) / gap["std_error"] > 3


@pytest.mark.slow
def test_values_within_a_hundredth_of_a_study_ten_times_as_large():
    study = wb.simulate_telecom_study(530_000, deal_seekers=0, calibrate=False, rng=7)
    fit, averages = fitted_values(study)
    assert distance(fit, study) < chi2.ppf(0.99, len(fit.theta))
    for offer, (value, _) in true_values(study).items():
        assert averages.loc[offer, "value"] == pytest.approx(value, rel=0.01)


# what the company itself can find, in the table with deal seekers


@pytest.fixture(scope="module")
def two_part(study):
    return wb.fit_two_part(study.lapsed, **FORMULAS, link="logit")


@pytest.fixture(scope="module")
def effects(two_part):
    rows = two_part.params
    return rows.set_index([rows["equation"], rows["term"]])


def test_who_comes_back(effects):
    """Question 1: price more than service more than both; referrals; complaints unless resolved."""
    rows = effects.loc["reacquisition"]
    assert rows.loc["reason[T.service]", "high"] < 0
    assert rows.loc["reason[T.both]", "high"] < rows.loc["reason[T.service]", "low"]
    assert rows.loc["referrals", "low"] > 0
    unresolved, resolved = rows.loc["I(complaints - complaints_resolved)"], rows.loc["complaints_resolved"]
    assert unresolved["high"] < 0
    assert abs(resolved["estimate"]) < 0.25 * abs(unresolved["estimate"])
    assert unresolved["high"] < resolved["low"]


def test_an_attempt_with_both_reasons_is_futile(study, two_part):
    promising = study.lapsed[study.lapsed["eligible"]]
    chance = two_part.predict(promising, ["discount"])["chance_of_return"]
    by_reason = chance.groupby(promising["reason"].astype(str).to_numpy()).mean()
    assert by_reason["both"] < 0.2 < 0.35 < by_reason["service"] < by_reason["price"]


def test_how_long_and_worth_how_much(effects):
    """Question 2: price leavers stay longer, service leavers bring more a month."""
    assert effects.loc[("tenure", "reason[T.service]"), "high"] < 0
    assert effects.loc[("margin", "reason[T.service]"), "low"] > 0


def test_second_lifetimes_are_longer_than_first_ones(study, two_part):
    back = study.lapsed[study.lapsed["eligible"] & study.lapsed["returned"]]
    second = two_part.predict(back, horizon_months=600)["tenure_if_returned"].mean()
    assert second > 1.05 * back["first_tenure"].mean()
