"""Are stays counted as long as enough customers were watched, and no longer?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import lives

from winback.survival.competing import competing_risks
from winback.survival.curves import survival_curve


@given(seed=st.integers(0, 10_000), n=st.integers(30, 200))
@settings(deadline=None, max_examples=25)
def test_enough_of_every_group_are_watched_to_the_end_and_fewer_a_month_later(seed, n):
    rng = np.random.default_rng(seed)
    table = lives(rng.exponential(12, 2 * n) + 0.1, rng.random(2 * n) < 0.7, group=["a", "b"] * n)
    horizon = survival_curve(table, by="group").horizon_months
    watched = [(months >= horizon).sum() for _, months in table.groupby("group")["second_tenure"]]
    later = [(months >= horizon + 1).sum() for _, months in table.groupby("group")["second_tenure"]]
    assert min(watched) >= min(30, n / 2)
    assert min(later) < min(30, n / 2)


def test_one_customer_who_stays_on_moves_no_horizon():
    months = np.append(np.repeat(np.arange(1.0, 21.0), 10), 300.0)
    table = lives(months, [True] * 200 + [False], second_reason=["price"] * 200 + [None])
    found = survival_curve(table)
    assert found.horizon_months == 18  # from month 18 on 31 are watched, from 19 on 21
    assert found.frame["n_at_horizon"].tolist() == [31]
    assert "up to 18 months, the last in which at least 30 customers were still watched" in found.describe()
    assert competing_risks(table).horizon_months == 18
    assert "at least 30 customers were still watched" in competing_risks(table).details()
    assert survival_curve(table, horizon_months=200).horizon_months == 200


def test_whoever_is_seen_for_equally_long_is_counted_to_the_last_day():
    months = np.minimum(np.random.default_rng(1).exponential(30, 400), 24.37)
    assert survival_curve(lives(months, months < 24.37)).horizon_months == pytest.approx(24.37)
