"""Do functions that take customers give the same figures for a trial, its table of lapsed customers, and a file?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.second_lifetime.first_and_second import first_and_second_value
from winback.survival.durations import fit_duration

EQUATIONS = {"reacquisition": "offer + contact_attempts", "tenure": "offer + reason", "margin": "offer"}
TERMS = {"horizon_months": 24, "annual_discount": 0.1}


@pytest.fixture(scope="module")
def trial():
    study = wb.simulate_telecom_study(2_000, calibrate=False, rng=4)
    left_again = study.lapsed["second_ended"].fillna(False).to_numpy(dtype=bool)
    reasons = np.where(study.lapsed["referrals"] > 0, "price", "service")
    second_reason = pd.Series(reasons, index=study.lapsed.index).where(left_again)
    return wb.read_trial(study.lapsed.assign(second_reason=second_reason), study.offers)


@pytest.fixture(scope="module")
def two_part(trial):
    return wb.fit_two_part(trial.lapsed, **EQUATIONS)


@pytest.fixture(scope="module")
def joint(trial):
    return wb.fit_joint(trial.lapsed, **EQUATIONS)


@pytest.fixture(scope="module")
def duration(trial):
    return fit_duration(trial.lapsed, "reason", "lognormal")


ASKED = {
    "fit_two_part": lambda who, _: wb.fit_two_part(who, **EQUATIONS).params,
    "fit_joint": lambda who, _: wb.fit_joint(who, **EQUATIONS).params,
    "predict": lambda who, get: get("two_part").predict(who, ["discount", "none"]),
    "predict their own": lambda who, get: get("two_part").predict(who),
    "chance_of_return": lambda who, get: get("two_part").chance_of_return(who),
    "effects": lambda who, get: get("two_part").effects(who).frame,
    "check": lambda who, get: get("two_part").check(who).frame,
    "check_shape": lambda who, get: get("joint").check_shape(who, by="reason").frame,
    "second_lifetime_value": lambda who, get: wb.second_lifetime_value(get("two_part"), get("trial"), who).net_values,
    "value_by_acceptance": lambda who, get: (
        get("joint").value_by_acceptance(who, offer="discount", shares=[0.2], **TERMS).frame
    ),
    "first_and_second_value": lambda who, _: first_and_second_value(who, by="reason", **TERMS).frame,
    "survival_curve": lambda who, _: wb.survival_curve(who, by="offer").to_frame(),
    "competing_risks": lambda who, _: wb.competing_risks(who).to_frame(),
    "fit_duration": lambda who, _: fit_duration(who, "reason").params,
    "duration's predict": lambda who, get: get("duration").predict(who, 24),
    "duration's survival": lambda who, get: get("duration").survival(who, [6, 12]),
    "duration's check_shape": lambda who, get: get("duration").check_shape(who).frame,
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_trial_is_as_good_as_its_table(asked, trial, request):
    of_table, of_trial = (asked(who, request.getfixturevalue) for who in (trial.lapsed, trial))
    pd.testing.assert_frame_equal(pd.DataFrame(of_trial), pd.DataFrame(of_table), check_exact=True)


def test_a_file_is_as_good_as_its_table(two_part, trial, tmp_path):
    trial.lapsed.to_csv(tmp_path / "lapsed.csv", index=False)
    fit = wb.fit_two_part(tmp_path / "lapsed.csv", **EQUATIONS)
    assert fit.log_likelihood == pytest.approx(two_part.log_likelihood)  # labels have another order in a file
