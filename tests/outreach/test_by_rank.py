"""Is the order of a list measured rightly: equal to regressions by others, and right as often as it says?"""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb
from winback.outreach.by_rank import FEWEST, came_by_rank
from winback.outreach.foreseen import Foreseen, foreseen, foreseen_by_fold
from winback.policies.honest_value import FOLDS, honest_value, predicted_profit, predicted_without
from winback.uncertainty import fieller_interval, normal_quantile

GIFT = [wb.Offer(name="gift", amount=5, paid="per_contact")]
LEVEL, N_TRIAL, N_KNOWN, N_FOLDS = 0.95, 1_200, 3, 5


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
    """Return how often the interval holds the slope with which customers differ by what the trial was drawn from.

    Order and forecast are learned from one trial, as those of a list are.
    """
    hits = []
    for _ in range(n_draws):
        trial = came(rng, N_TRIAL)[:2]
        known, money, whose = came(rng, n, slope, size)
        fold = np.arange(N_TRIAL) % N_FOLDS
        orders = [learned([part[fold != own] for part in trial], known).profit for own in range(N_FOLDS)]
        before = [learned([part[fold == own] for part in trial], known) for own in range(N_FOLDS)]
        found = came_by_rank(orders, before, money, whose if size > 1 else None, LEVEL)
        hits.append(found.low <= slope <= found.high)
    return np.mean(hits)


@pytest.mark.parametrize("size", [1, 4])
def test_of_forecasts_that_rise_by_the_place_it_is_least_squares_with_a_robust_error(size):
    _, money, whose = came(np.random.default_rng(1), 800, size=size)
    place = np.arange(800.0)[np.random.default_rng(2).permutation(800)]
    found = came_by_rank([place], [known_exactly(3 * place)], money, whose if size > 1 else None)
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
    found = came_by_rank([expected], [known_exactly(known[:, 0])], money)
    stage = sm.OLS(known[:, 0], sm.add_constant(place)).fit().fittedvalues
    assert found.slope == pytest.approx(sm.OLS(money, sm.add_constant(stage)).fit().params[1])


def test_the_error_of_the_forecast_is_that_of_its_regression():
    rng = np.random.default_rng(4)
    known, money, _ = came(rng, 400)
    before = learned(came(rng, N_TRIAL)[:2], known)
    found, alone = (came_by_rank([before.profit], [each], money) for each in (before, known_exactly(before.profit)))
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
    found = came_by_rank([forecast], [known_exactly(forecast)], money)
    other = came_by_rank([forecast[rows]], [known_exactly(times * forecast[rows])], times * money[rows] + more)
    assert (other.slope, other.low, other.high) == pytest.approx((found.slope, found.low, found.high), rel=1e-6)


def test_nothing_is_said_of_few_nor_where_no_difference_is_foreseen_that_is_more_than_chance():
    rng = np.random.default_rng(5)
    known, money, _ = came(rng, 400)
    forecast = known[:, 0]
    few = slice(FEWEST - 1)
    assert came_by_rank([forecast[few]], [known_exactly(forecast[few])], money[few]) is None
    assert came_by_rank([forecast], [known_exactly(forecast)], money, np.arange(400) % (FEWEST - 1)) is None
    assert came_by_rank([np.ones(400)], [known_exactly(forecast)], money) is None
    assert came_by_rank([forecast], [known_exactly(-forecast)], money) is None
    noise = learned((rng.normal(size=(60, N_KNOWN)), rng.normal(size=60)), known[:, [1, 2, 0]])
    assert came_by_rank([noise.profit], [noise], money) is None
    assert came_by_rank([], [], money) is None


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


@pytest.fixture(scope="module")
def trial_in_folds():
    """Return a trial, other customers with their offers, and folds."""
    rng = np.random.default_rng(9)
    table = pd.DataFrame(rng.normal(size=(600, 2)), columns=["age", "calls"]).assign(customer_id=np.arange(600))
    table["offer"] = np.where(rng.permutation(600) < 300, "gift", "none")
    value = np.where(rng.random(600) < 0.4, rng.lognormal(3, 1, 600), 0.0)
    trial = wb.read_trial(table.assign(returned=value > 0, value=value), GIFT, covariates=["age", "calls"])
    people = pd.DataFrame(rng.uniform(-1, 1, size=(200, 2)), columns=["age", "calls"])  # no further out than each fold
    return trial, people, pd.Series("gift", index=people.index), trial.folds(5, np.random.default_rng(0))


def trial_of_rows(trial, rows):
    """Return the trial of some of its customers, as a table would be read that has no others."""
    table = trial.customers[rows].reset_index(drop=True)
    return wb.read_trial(table, GIFT, covariates=["age", "calls"])


def with_an_offer(rng, offered, n_known, effect):
    """Return what is known of customers, and what they brought; who has more of the first gains more by an offer."""
    known = rng.normal(size=(len(offered), n_known))
    chance = np.clip(0.15 + 0.10 * offered * (1 + effect * known[:, 0]), 0.01, 0.95)
    value = np.where(rng.random(len(offered)) < chance, 100 * rng.lognormal(0, 0.7, len(offered)), 0.0)
    table = pd.DataFrame(known, columns=[f"known {place}" for place in range(n_known)])
    return table.assign(customer_id=np.arange(len(offered))), value


def false_alarms(n_trials, n, n_known, effect):
    """Return of how many lists it was asked, and in how many it seemed wrong where nothing changed since the trial.

    Only of trials in which an order is shown to pay, and of customers whom it pays to contact: as plans are checked.
    """
    alarms = []
    for seed in range(n_trials):
        rng = np.random.default_rng(seed)
        offered = rng.random(n) < 0.5
        table, value = with_an_offer(rng, offered, n_known, effect)
        covariates = [name for name in table if name != "customer_id"]
        table = table.assign(offer=np.where(offered, "gift", "none"), returned=value > 0, value=value)
        trial = wb.read_trial(table, GIFT, covariates=covariates)
        honest = honest_value(trial)
        if not honest.ranks:
            continue
        people, value = with_an_offer(rng, np.ones(n), n_known, effect)
        pays = honest.expected(people, pd.Series("gift", index=people.index)) > 0
        people, value = people[pays].reset_index(drop=True), value[pays] - 5
        offers, folds = pd.Series("gift", index=people.index), trial.folds(FOLDS, np.random.default_rng(0))
        before = foreseen_by_fold(trial, people, offers, np.zeros(len(people)), folds)
        found = came_by_rank(predicted_without(trial, people, offers, folds), before, value, level=LEVEL)
        if found is not None:
            alarms.append(not found.low <= 1 <= found.high)
    return len(alarms), int(np.sum(alarms))


def test_lists_where_nothing_changed_are_seldom_called_wrong():
    """Of an order and a forecast that are learned from the same customers it was a quarter of them."""
    asked, wrong = false_alarms(40, 1_500, 8, 0.8)
    assert asked >= 10
    assert wrong <= 0.05 * asked + 3 * np.sqrt(0.05 * 0.95 * asked)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "n_known", "effect"), [(1_500, 8, 0.8), (3_000, 3, 0.5), (6_000, 15, 0.6)])
def test_lists_where_nothing_changed_are_seldom_called_wrong_in_many_draws(n, n_known, effect):
    asked, wrong = false_alarms(600, n, n_known, effect)
    assert asked >= 100
    assert wrong <= 0.05 * asked + 3 * np.sqrt(0.05 * 0.95 * asked)


def test_what_is_learned_without_a_fold_is_learned_by_a_trial_of_the_others(trial_in_folds):
    trial, people, offers, folds = trial_in_folds
    others = trial_of_rows(trial, folds != 2)
    expected = predicted_profit(others, people, offers)
    np.testing.assert_allclose(predicted_without(trial, people, offers, folds)[2], expected, rtol=1e-8)


def test_what_a_fold_foresees_is_what_a_trial_of_it_would(trial_in_folds):
    trial, people, offers, folds = trial_in_folds
    costs = np.linspace(0, 3, 200)
    found = foreseen_by_fold(trial, people, offers, costs, folds)[2]
    alone = foreseen(trial_of_rows(trial, folds == 2), people, offers, costs)
    np.testing.assert_allclose(found.profit, alone.profit, rtol=1e-8)
    weights = np.linspace(-1, 1, 200)
    np.testing.assert_allclose(found.weighed(weights)[1], alone.weighed(weights)[1], rtol=1e-6, atol=1e-9)


def test_nothing_is_foreseen_by_folds_too_small_for_what_is_known(trial_in_folds):
    trial, people, offers, _ = trial_in_folds
    folds = np.arange(len(trial.arm)) // 12
    assert foreseen_by_fold(trial, people, offers, np.zeros(len(people)), folds) == []


def test_offers_are_not_held_against_each_other():
    """What all under one offer bring more, and are foreseen to bring more, is no order among customers."""
    rng = np.random.default_rng(8)
    known, money, _ = came(rng, 600)
    arm = np.arange(600) % 2
    forecast = known[:, 0]
    fit = np.array([True, True]), np.array([0.0, 1.0]), np.zeros((2, 2))
    more = np.array([0.0, 1.0]), np.array([9.0, 1.0])
    fits = [[(fit[0], each, fit[2])] * 3 for each in more]
    found = [
        came_by_rank(
            [forecast], [Foreseen(np.column_stack([np.ones(600), forecast]), arm, each, np.zeros(600))], money + add
        )
        for each, add in ((fits, 0.0), (fits[:1] * 2, 50.0 * arm))
    ]
    assert (found[0].slope, found[0].low) == pytest.approx((found[1].slope, found[1].low))
