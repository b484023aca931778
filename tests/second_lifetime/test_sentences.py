"""Do results of second lifetimes answer in three sentences, without a column's name, and keep the rest for details?"""

import re

import pytest
from sentences import hold_to_three

import winback as wb
from winback.second_lifetime.first_and_second import first_and_second_value

FORMULAS = {
    "reacquisition": "offer + reason + referrals + complaints + complaints_resolved + contact_attempts + months_away",
    "tenure": "offer + reason + log(first_tenure)",
    "margin": "offer + reason + first_margin",
}


@pytest.fixture(scope="module")
def trial():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=2).trial


@pytest.fixture(scope="module")
def joint(trial):
    return wb.fit_joint(trial, **FORMULAS)


@pytest.fixture(scope="module")
def values(joint, trial):
    return wb.second_lifetime_value(joint, trial)


@pytest.fixture(scope="module")
def results(joint, trial, values):
    return {
        "joint": joint,
        "two-part": joint.two_part,
        "with the Mills ratio": wb.fit_two_part(trial, **FORMULAS, mills_ratio=True),
        "effects": joint.effects(trial),
        "odds": wb.fit_two_part(trial, **FORMULAS, link="logit").effects(trial),
        "values": values,
        "extrapolated": wb.second_lifetime_value(joint, trial.over(horizon_months=120)),
        "without an offer": wb.second_lifetime_value(
            wb.fit_two_part(trial, **dict.fromkeys(FORMULAS, "reason")), trial
        ),
        "check": values.check(),
        "rankings": values.rankings(),
        "not worth a contact": values.not_worth_a_contact(by="reason"),
        "by acceptance": joint.value_by_acceptance(trial, offer="discount"),
        "first and second": first_and_second_value(trial),
        "by reason": first_and_second_value(trial, by="reason"),
    }


def test_the_answer_has_three_sentences(results):
    hold_to_three(*results.values())


def test_no_sentence_names_a_column(results):
    for name, result in results.items():
        said = f"{result.describe()} {result.details()}"
        functions = {"fit_joint", "check_shape"}
        assert set(re.findall(r"\b[a-z]+_[a-z_]+\b", said)) <= functions, name


def test_every_reason_against_the_joint_model_is_said_once(joint):
    said = f"{joint.describe()} {joint.details()}"
    assert all(said.count(doubt) == 1 for doubt in joint.doubts)


def test_every_effect_beyond_doubt_is_said(results):
    effects = results["odds"]
    said = f"{effects.describe()} {effects.details()}"
    assert all(f"{words}" in said for words in effects.frame["in_words"])
