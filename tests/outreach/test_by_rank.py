"""Is the order of a list measured rightly: equal to regressions by others, and right as often as it says?"""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.outreach.by_rank import FEWEST, came_by_rank
from winback.outreach.foreseen import Foreseen
from winback.uncertainty import fieller_interval, normal_quantile

LEVEL, N_TRIAL, N_KNOWN = 0.95, 1_200, 3


def known_exactly(forecast):
    """Return a forecast without an error."""
    fit = np.array([True, True]), np.array([0.0, 1.0]), np.zeros((2, 2))
    n = len(forecast)
    return Foreseen(np.column_stack([np.ones(n), forecast]), np.zeros(n, dtype=int), [[fit] * 3], np.zeros(n))


def learned(trial, asked):
    """Return the forecast of customers from what is known and came in a trial."""
    known, money = trial
    fitted = sm.OLS(money, sm.add_constant(known)).fit(cov_type="HC1")
    fit = np.ones(N_KNOWN + 1, dtype=bool), fitted.params, fitted.cov_params()
    return Foreseen(sm.add_constant(asked), np.zeros(len(asked), dtype=int), [[fit] * 3], np.zeros(len(asked)))


def came(rng, n, slope=1.0, size=1):
    """Return what is known of n customers, ``size`` to a household, and what they brought; most bring nothing."""
    whose = np.repeat(np.arange(n // size), size)
    known = rng.normal(size=(n // size, N_KNOWN))[whose]
    back, more = rng.random(n // size)[whose] < 0.4, rng.exponential(size=n // size)[whose]
    return known, back * (20 + 8 * slope * known[:, 0] + 14 * (more - 1)), whose


def covered(rng, n_draws, n, slope=1.0, size=1):
    """Return how often the interval holds the slope with which customers differ by what the trial was drawn from."""
    hits = 0
    for _ in range(n_draws):
        trial = came(rng, N_TRIAL)[:2]
        known, money, whose = came(rng, n, slope, size)
        before = learned(trial, known)
        expected = before.profit + rng.normal(size=n)  # a list is in the order of something like it
        found = came_by_rank(expected, before, money, whose if size > 1 else None, LEVEL)
        hits += found.low <= slope <= found.high
    return hits / n_draws


@pytest.mark.parametrize("size", [1, 4])
def test_of_forecasts_that_rise_by_the_place_it_is_least_squares_with_a_robust_error(size):
    _, money, whose = came(np.random.default_rng(1), 800, size=size)
    place = np.arange(800.0)[np.random.default_rng(2).permutation(800)]
    found = came_by_rank(place, known_exactly(3 * place), money, whose if size > 1 else None)
    groups = {"groups": whose, "use_correction": False}
    how = {"cov_type": "HC0"} if size == 1 else {"cov_type": "cluster", "cov_kwds": groups}
    fitted = sm.OLS(money, sm.add_constant(3 * place)).fit(**how)
    n = 800 // size
    assert found.slope == pytest.approx(fitted.params[1])
    half = normal_quantile(LEVEL) * fitted.bse[1] * np.sqrt(n / (n - 1))
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=1e-6)


def test_of_other_forecasts_it_is_two_stage_least_squares():
    rng = np.random.default_rng(3)
    known, money, _ = came(rng, 400)
    expected = known[:, 0] + rng.normal(size=400)
    place = np.argsort(np.argsort(expected)).astype(float)
    found = came_by_rank(expected, known_exactly(known[:, 0]), money)
    stage = sm.OLS(known[:, 0], sm.add_constant(place)).fit().fittedvalues
    assert found.slope == pytest.approx(sm.OLS(money, sm.add_constant(stage)).fit().params[1])


def test_the_error_of_the_forecast_is_that_of_its_regression():
    rng = np.random.default_rng(4)
    known, money, _ = came(rng, 400)
    before = learned(came(rng, N_TRIAL)[:2], known)
    found, alone = (came_by_rank(before.profit, each, money) for each in (before, known_exactly(before.profit)))
    place = np.argsort(np.argsort(before.profit)) - 199.5
    means = place @ before.matrix / 400
    variance = means @ before.fits[0][0][2] @ means
    foretold = float(np.mean(place * before.profit))
    error = (alone.high - alone.low) / 2 / normal_quantile(LEVEL) * foretold
    ends = fieller_interval(found.slope * foretold, foretold, error**2, variance, 0.0)
    assert found.slope == pytest.approx(alone.slope)
    assert (found.low, found.high) == pytest.approx((float(ends.low), float(ends.high)))
    assert found.high - found.low > alone.high - alone.low


@settings(max_examples=30, deadline=None)
@given(times=st.floats(0.1, 100), more=st.floats(-1e3, 1e3), seed=st.integers(0, 99))
def test_currency_order_of_rows_and_what_all_bring_more_do_not_matter(times, more, seed):
    rng = np.random.default_rng(seed)
    known, money, _ = came(rng, FEWEST)
    forecast, rows = known[:, 0], rng.permutation(FEWEST)
    found = came_by_rank(forecast, known_exactly(forecast), money)
    other = came_by_rank(forecast[rows], known_exactly(times * forecast[rows]), times * money[rows] + more)
    assert (other.slope, other.low, other.high) == pytest.approx((found.slope, found.low, found.high), rel=1e-6)


def test_nothing_is_said_of_few_nor_where_no_difference_is_foreseen_that_is_more_than_chance():
    rng = np.random.default_rng(5)
    known, money, _ = came(rng, 400)
    forecast = known[:, 0]
    few = slice(FEWEST - 1)
    assert came_by_rank(forecast[few], known_exactly(forecast[few]), money[few]) is None
    assert came_by_rank(forecast, known_exactly(forecast), money, np.arange(400) % (FEWEST - 1)) is None
    assert came_by_rank(np.ones(400), known_exactly(forecast), money) is None
    assert came_by_rank(forecast, known_exactly(-forecast), money) is None
    noise = learned((rng.normal(size=(60, N_KNOWN)), rng.normal(size=60)), known[:, [1, 2, 0]])
    assert came_by_rank(noise.profit, noise, money) is None


def test_it_holds_as_often_as_it_says():
    n_draws = 300
    hits = covered(np.random.default_rng(6), n_draws, 300)
    assert abs(hits - LEVEL) < 3 * np.sqrt(LEVEL * (1 - LEVEL) / n_draws)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "slope", "size"), [(400, 1.0, 1), (2_000, 1.0, 1), (800, 0.0, 1), (800, 0.5, 1), (2_000, 1.0, 4)]
)
def test_it_holds_as_often_as_it_says_of_many_draws(n, slope, size):
    n_draws = 2_000
    hits = covered(np.random.default_rng(7), n_draws, n, slope, size)
    assert abs(hits - LEVEL) < 3 * np.sqrt(LEVEL * (1 - LEVEL) / n_draws)
