"""Is a log looked at as it was then, and is a share over several looks as sure as it says?"""

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage

from winback.base.looks import earlier_days, look_back, pooled_share
from winback.base.purchase_days import PurchaseDays
from winback.base.rules import RuleNotFittedError
from winback.uncertainty import share_interval


def test_days_leave_as_much_to_follow_and_twice_to_learn_from():
    days = PurchaseDays.of([0, 1], [100, 300], until=700)
    assert earlier_days(days, 100) == [300, 400, 500, 600]
    assert earlier_days(days, 100, most=2) == [500, 600]
    assert earlier_days(days, 180) == [520]


def test_a_log_too_short_is_refused_with_a_remedy():
    days = PurchaseDays.of([0, 1], [729000, 729298])
    with pytest.raises(
        RuleNotFittedError, match=r"lasts from 1996-12-07 to 1997-10-01, too short to look 120 days ahead"
    ):
        earlier_days(days, 120)
    with pytest.raises(RuleNotFittedError, match="Nobody had bought by 1996-11-27"):
        look_back(days, [728990], 10)


def test_looks_are_laid_side_by_side():
    days = PurchaseDays.of([3, 3, 5, 8], [1, 25, 12, 21], until=40)
    looks = look_back(days, [15, 30], 10)
    assert [look.again.tolist() for look in looks.each] == [[True, False], [False, False, False]]
    assert looks.spread([np.array([1, 2]), np.array([3, 4, 5])]).tolist() == [[1, 3], [2, 4], [0, 5]]


def test_one_look_is_wilsons_interval():
    """But for the variance, which is estimated: a little wider."""
    asked = np.ones((500, 1))
    asked[400:] = 0
    yes = asked * (np.arange(500) < 60)[:, None]
    found = pooled_share(asked, yes, 0.95)
    assert (found.n, found.n_yes, found.share) == (400, 60, 0.15)
    np.testing.assert_allclose((found.low, found.high), (wilson := share_interval(60, 400)), rtol=5e-3)
    assert found.high - found.low > wilson[1] - wilson[0]


def test_who_answers_alike_every_time_counts_once():
    once = np.random.default_rng(1).random((300, 1)) < 0.2
    one, four = (pooled_share(np.ones((300, k)), np.repeat(once, k, axis=1).astype(float), 0.95) for k in (1, 4))
    assert (four.low, four.high) == pytest.approx((one.low, one.high), abs=1e-9)
    none = pooled_share(np.ones((300, 4)), np.zeros((300, 4)), 0.95)
    assert (none.low, none.high) == pytest.approx(share_interval(0, 300))


def test_nobody_asked_is_nothing_known():
    found = pooled_share(np.zeros((5, 2)), np.zeros((5, 2)), 0.95)
    assert np.isnan(found.share)
    assert (found.low, found.high) == (0, 1)


@pytest.mark.parametrize("n", [1, 2])
def test_whoever_answers_once_yes_and_once_no_is_no_surer_than_two(n):
    found = pooled_share(np.ones((n, 2)), np.tile([0.0, 1.0], (n, 1)), 0.95)
    assert (found.low, found.high) == pytest.approx(share_interval(n, 2 * n) if n > 1 else share_interval(0.5, 1))


def alike(rng, n_trials=3000, n=250):
    """Draw trials of customers asked at up to four looks, each with a chance of their own."""
    chance = rng.beta(0.5, 2.0, (n_trials, n, 1))
    asked = (rng.random((n_trials, n, 4)) < 0.3 + 0.6 * (chance < 0.2)).astype(float)
    return asked, asked * (rng.random((n_trials, n, 4)) < chance)


@pytest.mark.slow
def test_intervals_over_several_looks_cover():
    rng = np.random.default_rng(12)
    many_asked, many_yes = alike(rng, 1, 2_000_000)
    truth = many_yes.sum() / many_asked.sum()
    found = [pooled_share(*pair, 0.95) for pair in zip(*alike(rng), strict=True)]
    assert_covers([each.low for each in found], [each.high for each in found], truth)
    alone = [share_interval(each.n_yes, each.n) for each in found]
    assert coverage(tuple(np.transpose(alone)), truth).share < 0.92  # as if every answer were another customer's
