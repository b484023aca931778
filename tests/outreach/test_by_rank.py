"""Is the order of a list measured rightly: equal to regressions by others, and right as often as it says?"""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.outreach.by_rank import FEWEST, came_by_rank

LEVEL, SPREAD = 0.95, 0.5  # of the logarithm of money


def came(rng, n, size=1):
    """Return places, forecasts, what came and its mean of n customers, ``size`` to a household; most bring nothing."""
    whose = np.repeat(np.arange(n // size), size)
    known = rng.normal(size=n)
    if size > 1:
        known = 0.7 * known + 0.7 * rng.normal(size=n // size)[whose]
    chance = 0.3 + 0.15 * np.tanh(known)
    back = (rng.random(n) if size == 1 else rng.random(n // size)[whose]) < chance
    noise = rng.normal(size=n) if size == 1 else rng.normal(size=n // size)[whose]
    mean = chance * np.exp(3 + 0.3 * known + SPREAD**2 / 2)
    foreseen = 8 + 4 * known + rng.normal(size=n)  # as of a trial: not the truth
    return foreseen, back * np.exp(3 + 0.3 * known + SPREAD * noise), mean, whose


def covered(rng, n, size, n_draws):
    hits = 0
    for _ in range(n_draws):
        foreseen, money, mean, whose = came(rng, n, size)
        found = came_by_rank(foreseen, foreseen, money, whose if size > 1 else None, LEVEL)
        hits += found.low <= came_by_rank(foreseen, foreseen, mean).slope <= found.high
    return hits / n_draws


@pytest.mark.parametrize("size", [1, 4])
def test_it_is_least_squares_where_forecasts_rise_by_the_place_and_its_error_is_robust(size):
    _, money, _, whose = came(np.random.default_rng(1), 800, size)
    place = np.arange(800.0)[np.random.default_rng(2).permutation(800)]
    found = came_by_rank(place, 3 * place, money, whose if size > 1 else None)
    how = {"cov_type": "HC0"} if size == 1 else {"cov_type": "cluster", "cov_kwds": {"groups": whose}}
    how |= {} if size == 1 else {"cov_kwds": {"groups": whose, "use_correction": False}}
    fitted = sm.OLS(money, sm.add_constant(3 * place)).fit(**how)
    n = 800 // size
    assert found.slope == pytest.approx(fitted.params[1])
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * fitted.bse[1] * np.sqrt(n / (n - 1)), rel=1e-6)


def test_of_other_forecasts_it_is_two_stage_least_squares():
    foreseen, money, *_ = came(np.random.default_rng(3), 400)
    expected = foreseen + 5 * np.random.default_rng(4).normal(size=400)
    place = np.argsort(np.argsort(expected)).astype(float)
    found = came_by_rank(expected, foreseen, money)
    stage = sm.OLS(foreseen, sm.add_constant(place)).fit().fittedvalues
    assert found.slope == pytest.approx(sm.OLS(money, sm.add_constant(stage)).fit().params[1])


@settings(max_examples=30, deadline=None)
@given(times=st.floats(0.1, 100), more=st.floats(-1e3, 1e3), seed=st.integers(0, 99))
def test_currency_order_of_rows_and_what_all_bring_more_do_not_matter(times, more, seed):
    rng = np.random.default_rng(seed)
    foreseen, money, *_ = came(rng, 150)
    found, rows = came_by_rank(foreseen, foreseen, money), rng.permutation(150)
    other = came_by_rank(foreseen[rows], times * foreseen[rows], times * money[rows] + more)
    assert (other.slope, other.low, other.high) == pytest.approx((found.slope, found.low, found.high), rel=1e-6)


def test_nothing_is_said_of_few_nor_where_nothing_is_foreseen_to_differ():
    foreseen, money, *_ = came(np.random.default_rng(5), 400)
    assert came_by_rank(foreseen[: FEWEST - 1], foreseen[: FEWEST - 1], money[: FEWEST - 1]) is None
    assert came_by_rank(foreseen, foreseen, money, np.arange(400) % (FEWEST - 1)) is None
    assert came_by_rank(np.ones(400), foreseen, money) is None
    assert came_by_rank(foreseen, np.ones(400), money) is None
    assert came_by_rank(foreseen, -foreseen, money) is None


def test_it_holds_as_often_as_it_says():
    n_draws = 400
    assert abs(covered(np.random.default_rng(6), 300, 1, n_draws) - LEVEL) < 3 * np.sqrt(LEVEL * 0.05 / n_draws)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "size"), [(500, 1), (2_000, 1), (2_000, 4)])
def test_it_holds_as_often_as_it_says_of_many_draws(n, size):
    n_draws = 4_000
    assert abs(covered(np.random.default_rng(7), n, size, n_draws) - LEVEL) < 3 * np.sqrt(LEVEL * 0.05 / n_draws)
