"""Are moments drawn given when customers left as if they had come first and made them leave?"""

import numpy as np
import pytest
from lifelines import NelsonAalenFitter

import winback as wb
from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.moments import CumulativeHazard, Jump, chosen

N = 200_000
MOMENT, WINDOW, RATIO, SHARE, HAZARD = 100, 60, 2.5, 0.3, 0.004


def test_the_cumulative_hazard_is_nelson_aalens_with_late_entry(rng):
    since = rng.integers(0, 50, 400)
    left = since + 1 + rng.integers(0, 80, 400)
    # lifelines counts who enters on a day from that day on, the company from the day after
    fitted = NelsonAalenFitter(nelson_aalen_smoothing=False).fit(left, entry=since)
    found = CumulativeHazard.of(since, left)
    days = np.unique(left)
    assert found.until(days) == pytest.approx(fitted.cumulative_hazard_at_times(days).to_numpy())
    assert found.until(days.max() + 100) == found.until(days.max())


def test_what_is_drawn_afterwards_is_what_would_have_come_first(rng):
    """Lives of N customers, some with a moment that raises the hazard; forget who had it, and draw it anew."""
    has = rng.uniform(size=N) < SHARE
    target = rng.exponential(size=N)  # of the cumulative hazard
    before = target / HAZARD
    in_window = MOMENT + (target - HAZARD * MOMENT) / (HAZARD * RATIO)
    after = before - (RATIO - 1) * WINDOW
    late = np.where(in_window <= MOMENT + WINDOW, in_window, after)
    left = np.ceil(np.where(has & (before > MOMENT), late, before)).astype(int)
    hazard = CumulativeHazard.of(np.zeros(N, dtype=int), left)
    odds = Jump(RATIO, WINDOW, SHARE).log_odds(left, MOMENT, hazard)
    drawn = chosen(np.array([[1 - SHARE], [SHARE]]), np.array([np.zeros(N), odds]), rng) == 1
    for lo, hi in ((0, MOMENT), (MOMENT, MOMENT + WINDOW), (MOMENT + WINDOW, 10_000)):
        those = (lo < left) & (left <= hi)
        share = has[those].mean()
        error = np.sqrt(2 * share * (1 - share) / those.sum())
        assert drawn[those].mean() == pytest.approx(share, abs=4 * error)


def test_a_ratio_of_one_and_a_moment_after_the_loss_change_nothing(rng):
    left = rng.integers(1, 400, 500)
    hazard = CumulativeHazard.of(np.zeros(500, dtype=int), left)
    assert (Jump(1.0, 50, 0.3).log_odds(left, 100, hazard) == 0).all()
    assert (Jump(3.0, 50, 0.3).log_odds(left, 400, hazard) == 0).all()


def test_plans_have_their_shares_over_all_lives(company):
    first = company.truth.query("life == 1")
    for months, share in planted.WELCOME_SHARES.items():
        found = (first["welcome_months"] == months).mean()
        assert found == pytest.approx(share, abs=0.006)
    assert first["term"].mean() == pytest.approx(planted.TERM_SHARE, abs=0.006)
    assert company.truth["by_team"].mean() == pytest.approx(planted.SERVED_BY_TEAM, abs=0.004)


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_study_has_a_company(seed):
    study = wb.simulate_telecom_study(530, calibrate=False, rng=seed)
    assert study.contracts["customer_id"].nunique() > 1_500
    assert set(study.lapsed["customer_id"]) <= set(study.contracts["customer_id"])
    assert len(study.sent) == 530
    assert study.events["amount"].ge(0).eq(study.events["amount"].notna()).all()
