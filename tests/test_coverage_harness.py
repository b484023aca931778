"""Does the judge of coverage let honest intervals pass, and only those?"""

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage, shortfall

from winback.uncertainty import normal_interval

TRIALS = 10_000


def intervals(level, seed=1):
    """Return normal intervals of a mean whose truth is 5, in many trials."""
    return normal_interval(np.random.default_rng(seed).normal(5, 2, TRIALS), 2, level)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95])
def test_honest_intervals_pass(level):
    assert_covers(*intervals(level), truth=5, level=level)


@pytest.mark.parametrize(("level", "side"), [(0.93, "below"), (0.97, "above")])
def test_intervals_two_points_off_do_not_pass(level, side):
    with pytest.raises(AssertionError, match=rf"coverage 0\.9.* in 10,000 trials is not 0\.95.* errors {side}"):
        assert_covers(*intervals(level), truth=5)


def test_honest_intervals_around_a_wrong_truth_do_not_pass():
    with pytest.raises(AssertionError, match=r"is not 0\.95.* errors below"):
        assert_covers(*intervals(0.95), truth=6)


def test_the_share_and_its_error_are_those_of_a_coin():
    found = coverage(([0, 0, 0, 2], [1, 1, 1, 3]), truth=0.5)
    assert (found.share, found.n_trials, found.std_error) == (0.75, 4, pytest.approx(0.75**0.5 / 4))


def test_an_end_belongs_to_its_interval():
    assert coverage(([0.0, -1.0], [1.0, 0.0]), truth=0).share == 1


def test_an_unbounded_interval_holds_and_one_of_nan_does_not():
    assert coverage(([-np.inf, np.nan], [np.inf, np.nan]), truth=0).share == 0.5


def test_intervals_side_by_side_count_when_all_of_them_hold():
    low, high = np.zeros((4, 2)), np.array([[1, 1], [1, -1], [-1, 1], [1, 1]])
    assert coverage((low, high), truth=[0.5, 0.5]).share == 0.5


def test_shortfall_is_counted_in_standard_errors_of_an_honest_interval():
    low = np.where(np.arange(TRIALS) < 9_370, 0, 2)
    assert shortfall(coverage((low, low + 1), truth=0.5)) == pytest.approx(0.013 / (0.95 * 0.05 / TRIALS) ** 0.5)
