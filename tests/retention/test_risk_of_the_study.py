"""Is what was planted in the study's company found: risks that hold on later months, moments, shrinking volume?"""

import numpy as np
import pytest

import winback as wb
from winback.datasets.telecom import company_assumptions as planted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base():
    return wb.load_telecom_study().base


@pytest.fixture(scope="module")
def fit(base):
    return wb.fit_churn_risk(base)


def test_risks_hold_on_later_months(fit):
    check = fit.check(months=6)
    assert 0.9 < check.slope < 1.1
    assert check.ranked_low > 0.60  # most of leaving is chance: no event knows of it beforehand
    assert check.brier < check.brier_constant
    assert check.covered[0] >= 8
    expected, _, _ = check.total
    assert abs(expected / check.n_lost - 1) < 0.06
    within = check.customers["within"].sum() / (check.customers["left_in"] > 0).sum()
    assert abs(within - 1) < 0.10


def test_what_makes_customers_leave_is_found_and_what_does_not_is_not(fit):
    """The full first month after the moment lies within the window; odds and hazards are alike at such risks."""
    odds = fit.params.set_index("term")
    welcome = odds.loc["since_welcome_discount_end[T.1 month]"]
    assert welcome["low"] > 0
    assert welcome["estimate"] == pytest.approx(np.log(planted.WELCOME_RATIO), abs=0.35)
    assert abs(odds.loc["since_welcome_discount_end[T.4 to 6 months]", "z"]) < 3
    left = odds.loc["since_manager_left[T.1 month]"]
    assert left["low"] > 0


def test_the_alarm_of_shrinking_volume_has_the_lead_that_was_planted(base):
    """Volume falls over four whole months: three against three before tell it one to two months ahead."""
    found = wb.retention.shrinking_volume(base)
    row = found.chosen
    assert row["caught_low"] < planted.SHRINKS + 0.05
    assert row["caught_high"] > planted.SHRINKS - 0.05
    assert 0.5 < row["lead_months"] < len(planted.SHRINKING)
    assert row["false_high"] < 1 - found.lost_anyway
