"""The four questions, asked once of a small draw of the study."""

import pytest

import winback as wb
from winback.questions import answer_questions


@pytest.fixture(scope="session")
def small_trial():
    return wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial


@pytest.fixture(scope="session")
def answered(small_trial):
    return answer_questions(small_trial)
