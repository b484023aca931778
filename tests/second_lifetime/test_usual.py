"""Which columns explain return, tenure and margin where nobody names any? Those that can, and no others."""

import numpy as np
import pytest

import winback as wb
from winback.second_lifetime.usual import usual_formulas


def test_the_study_has_them_all(study):
    assert usual_formulas(study.trial) == {
        "reacquisition": "offer + reason + referrals + I(complaints - complaints_resolved) + complaints_resolved"
        " + contact_attempts + months_away",
        "tenure": "offer + reason + log(first_tenure) + referrals + I(complaints - complaints_resolved)",
        "margin": "offer + reason + first_margin + referrals",
    }


@pytest.fixture(scope="module")
def few():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=2).lapsed


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (lambda t: t.drop(columns=["reason", "referrals"]), ["reason", "referrals"]),
        (lambda t: t.assign(referrals=t["referrals"].where(t.index > 0).astype("Float64")), ["referrals"]),
        (lambda t: t.assign(months_away=3.0), ["months_away"]),
        (lambda t: t.assign(reason=t["returned"].map({True: "a", False: "b"})), ["reason"]),
        (lambda t: t.assign(reason="price"), ["reason"]),
        (lambda t: t.assign(complaints_resolved=0), ["complaints_resolved "]),
        (lambda t: t.assign(complaints=t["complaints_resolved"]), ["I(complaints"]),
    ],
)
def test_what_cannot_explain_is_left_out_and_the_rest_can_be_fitted(few, change, gone):
    table = change(few)
    formulas = usual_formulas(table)
    for name in gone:
        assert name not in formulas["reacquisition"].replace("- complaints_resolved)", "")
    assert wb.fit_two_part(table, **formulas).converged


def test_complaints_alone_count_as_they_are(few):
    formulas = usual_formulas(few.drop(columns="complaints_resolved"))
    assert "+ complaints +" in formulas["reacquisition"]
    assert formulas["tenure"].endswith("+ complaints")


def test_with_none_of_them_a_model_of_nothing_but_averages_is_left(few):
    needed = ["customer_id", "returned", "second_tenure", "second_ended", "second_margin"]
    formulas = usual_formulas(few[needed])
    assert set(formulas.values()) == {"1"}
    fit = wb.fit_two_part(few[needed], **formulas)
    assert fit.chance_of_return(few[needed]).mean() == pytest.approx(np.mean(few["returned"]), rel=1e-6)


@pytest.mark.parametrize("fitted", [wb.fit_two_part, wb.fit_joint])
def test_models_take_them_where_nobody_names_any(few, fitted):
    formulas = usual_formulas(few)
    np.testing.assert_array_equal(fitted(few).theta, fitted(few, **formulas).theta)
    margin = fitted(few, margin="first_margin")
    assert {name: design.formula for name, design in margin.designs.items()} == formulas | {"margin": "first_margin"}
