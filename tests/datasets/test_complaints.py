"""Are complaints dated, given when customers left, as if they had come first? And referrals as if nobody knew?"""

from itertools import pairwise

import numpy as np
import pytest

from winback.datasets.telecom import company_assumptions as planted
from winback.datasets.telecom.calendar import LAST_DAY
from winback.datasets.telecom.complaints import LATEST, Bouts

N, RATIO, DAYS, SHARE = 400_000, 5.0, 60, 0.4
STANDARD_ERRORS = 4


@pytest.fixture(scope="module")
def left():
    """Days of life, log-normal as in the study."""
    drawn = np.exp(np.log(700) + 0.7 * np.random.default_rng(1).standard_normal(N))
    return np.clip(drawn, 20, LATEST).astype(np.int64)


@pytest.fixture(scope="module")
def bouts(left):
    return Bouts.of(left, SHARE / (1 - SHARE), RATIO, DAYS)


def lived_forward(bouts, rng):
    """Let customers live day by day from the model: first comes the complaint, then whoever leaves does."""
    arrived = np.cumsum(bouts.density)
    over = np.searchsorted(arrived, rng.uniform(size=N), side="right")  # from LATEST on: never
    target = rng.exponential(size=N)  # of the cumulative hazard
    hazard = np.append(0.0, bouts.hazard)  # by day: that up to the day before
    begin = hazard[np.minimum(over + 1, LATEST)]
    close = hazard[np.minimum(over + 1 + bouts.days, len(hazard) - 1)]
    more = np.clip(target - begin, 0, None)
    inside = more <= bouts.ratio * (close - begin)
    slow = np.where(over >= LATEST, 0, np.where(inside, more * (1 - 1 / bouts.ratio), -1))
    slow = np.where(slow < 0, (bouts.ratio - 1) * (close - begin), slow)
    ended = np.searchsorted(bouts.hazard, np.where(target > begin, target - slow, target))
    return ended, np.where(over < ended, over, -1)


def test_what_is_drawn_afterwards_is_what_would_have_come_first(bouts, left, rng):
    """In bands of the day of leaving: as many leave, as many of them had complained, and as lately."""
    ended, over = lived_forward(bouts, rng)
    drawn = np.where(rng.uniform(size=N) < SHARE, bouts.draw(left, rng), -1)
    edges = [80, 150, 250, 400, 700, 1200, 2500]
    for low, high in pairwise(edges):
        forward, given = ((each > low) & (each <= high) for each in (ended, left))
        pairs = [
            (forward, given),
            (over[forward] >= 0, drawn[given] >= 0),
            (ended[forward] - over[forward] <= DAYS, left[given] - drawn[given] <= DAYS),
        ]
        for one, other in pairs:
            error = np.sqrt(one.mean() * (1 - one.mean()) / len(one) + other.mean() * (1 - other.mean()) / len(other))
            assert one.mean() == pytest.approx(other.mean(), abs=STANDARD_ERRORS * error), (low, high)


def test_a_bout_is_over_before_leaving(bouts, rng):
    left = np.repeat(np.array([1, 2, 3, DAYS, DAYS + 1, 5 * LATEST]), 500)
    drawn = bouts.draw(left, rng)
    assert ((drawn >= 0) & (drawn < left) & (drawn < LATEST)).all()


def test_hardly_any_hazard_leaves_the_exponential_law():
    """Its mean solves exp(window / mean) = (ratio + odds) / (ratio - 1)."""
    odds = SHARE / (1 - SHARE)
    density = Bouts.of(np.full(1_000, LATEST + DAYS), odds, RATIO, DAYS).density
    mean = DAYS / np.log((RATIO + odds) / (RATIO - 1))
    assert np.diff(np.log(density[: 10 * DAYS])) == pytest.approx(-1 / mean, rel=0.02)


@pytest.mark.slow
def test_referrals_do_not_know_how_long_a_life_will_be(company):
    """As many, and at the same age, whether one leaves in the third year or after the fifth."""
    first = company.lives[company.lives["life"] == 1].set_index("customer_id")
    length = company.truth.query("life == 1").set_index("customer_id").eval("(end - start).dt.days")
    watched = first.index[first["start"] < LAST_DAY - 365]
    happened = company.named["referral"]
    age = happened["day"] - happened["customer_id"].map(first["start"])
    early = happened.assign(age=age)[age < 365]
    found = []
    for low, high in ((730, 1095), (1825, np.inf)):
        ids = watched[length.reindex(watched).between(low, high)]
        own = early[early["customer_id"].isin(ids)]
        per_life = own.groupby("customer_id").size().reindex(ids, fill_value=0)
        found.append((per_life.mean(), per_life.sem(), own["age"].mean(), own["age"].sem()))
    (rate, rate_error, late, late_error), (other, other_error, other_late, other_late_error) = found
    assert rate == pytest.approx(other, abs=STANDARD_ERRORS * np.hypot(rate_error, other_error))
    assert late == pytest.approx(other_late, abs=STANDARD_ERRORS * np.hypot(late_error, other_late_error))


def test_referrals_have_their_mean_age_whenever_a_life_ends(company):
    first = company.lives[company.lives["life"] == 1].set_index("customer_id")
    happened = company.named["referral"]
    age = happened["day"] - happened["customer_id"].map(first["start"])
    age = age[(age >= 0) & (happened["customer_id"].map(first["end"]) - happened["day"] > 0)]
    assert age.mean() == pytest.approx(planted.REFERRAL_AGE + 0.5, abs=0.8)
