"""Is a moment compared with whom it can be, and is it known when nobody is left?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import fisk, lognorm

from winback.retention.beside import Population, beside, by_day, jumps_by_segment, jumps_of
from winback.retention.either_side import Days, expected_between
from winback.retention.exposure import Watched, Windows, cells_of, stretches_of


def lives(n, *, who=1.0, times=1.0, rate=0.004, seed=1, start=0, kind=0, n_kinds=1):
    """Return n lives at a constant hazard, ``times`` as high in the window of a moment that comes to some of them."""
    rng, after, days = np.random.default_rng(seed), 100, 30
    zero = np.sort(rng.integers(0, start + 1, n))
    has = rng.random(n) < who
    cumulative = rng.exponential(size=n) / rate
    inside = np.clip(cumulative - after, 0, days * times)
    stay = np.where(has & (cumulative > after), cumulative - inside + inside / times, cumulative)
    stay = np.maximum(np.ceil(stay), 1).astype(np.int64)
    until = np.minimum(stay, 400)
    rows = np.flatnonzero(has & (until > after))
    watched = Watched(np.arange(n), zero, zero, zero + until, stay <= 400, np.ones(n))
    windows = Windows(rows, np.full(len(rows), kind), zero[rows] + after, np.full(n_kinds, days))
    return Population(watched, windows, stretches_of(watched, windows))


def found_in(population):
    everybody = np.zeros(len(population.watched), dtype=np.int64)
    cells = cells_of(population.watched, population.windows, population.stretches, everybody)
    return jumps_of(population, cells)


def test_at_risk_and_lost_by_day_are_those_counted_by_hand():
    population = lives(300, who=0.5, start=50)
    watched, found = population.watched, population.stretches
    count = by_day(found, watched.zero)
    for day in (0, 99, 100, 129, 130, 250):
        here = watched.zero + day < watched.until
        inside = np.isin(np.arange(300), population.windows.row) & (100 <= day < 130)
        assert count.free[day - count.first] == (here & ~inside).sum()
        gone = watched.ended & (watched.until == watched.zero + day + 1)
        assert count.lost[day - count.first] == (gone & ~inside).sum()


@pytest.mark.parametrize(
    ("who", "start", "compared"), [(0.5, 200, "others"), (0.97, 200, "neighbours"), (1.0, 0, "neighbours")]
)
def test_whom_a_moment_is_compared_with_depends_on_who_has_it_not(who, start, compared):
    jumps, found = found_in(lives(4_000, who=who, start=start, times=3.0))
    assert found.tolist() == [compared]
    assert abs(jumps.log_ratio[0] - np.log(3)) < 3 * np.sqrt(jumps.covariance[0, 0])


def test_the_time_beside_is_a_parabola_fitted_to_it_by_another_program():
    population = lives(4_000, times=3.0)
    stay, gone = population.watched.until - population.watched.zero, population.watched.ended
    days = np.arange(400)
    at_risk = (stay[:, None] > days).sum(axis=0)
    lost = np.array([(gone & (stay == day + 1)).sum() for day in days])
    within = (days >= 100) & (days < 130)
    beside_it = (days >= 115 / 4) & (days < 220) & ~within
    terms = np.vander(np.log((days + 0.5) / 115), 3, increasing=True)

    def minus_posterior(place):
        score = terms[beside_it] @ place
        return (at_risk[beside_it] * np.exp(score)).sum() - lost[beside_it] @ score + (place[1:] ** 2).sum() / 8

    place = minimize(minus_posterior, [np.log(0.004), 0, 0], method="Nelder-Mead", options={"fatol": 1e-10}).x
    mean = at_risk * np.exp(terms @ place)
    weighted = terms[beside_it].T * mean[beside_it]
    covariance = np.linalg.inv(weighted @ terms[beside_it] + np.diag([0, 0.25, 0.25]))
    slope = mean[within] @ terms[within] / mean[within].sum()
    log_ratio, variance = beside(population, 0)
    assert log_ratio == pytest.approx(np.log(lost[within].sum() / mean[within].sum()), abs=1e-5)
    assert variance == pytest.approx(1 / lost[within].sum() + slope @ covariance @ slope, rel=1e-4)


def counted(hazard, opens, length, size=1e9):
    """Return days on which so many are at risk and lost as the hazard says, but for the windows."""
    within = (np.arange(len(hazard)) >= opens) & (np.arange(len(hazard)) < opens + length)
    days = Days(0, size * ~within, size * hazard * ~within, size * within, of_life=True)
    return days, size * hazard[within].sum()


@given(st.floats(-1.5, 1.5), st.floats(-1, 1), st.integers(60, 400))
def test_hazards_that_are_a_parabola_in_log_time_are_found_exactly(slope, bend, opens):
    x = np.log((np.arange(800) + 0.5) / opens)
    days, truth = counted(0.001 * np.exp(slope * x + bend * x**2), opens, 61)
    _, found, _ = expected_between(days, np.array([opens]), 61)
    assert found == pytest.approx(truth, rel=1e-4)


@pytest.mark.parametrize("opens", [91, 183, 365])
def test_hazards_of_the_usual_families_are_found_within_a_fiftieth_and_better_than_by_the_mean_beside(opens):
    time = np.arange(1, 900) / 365
    gompertz = 0.001 * np.exp(0.8 * time)
    log_normal = lognorm(0.8, scale=2.3).pdf(time) / lognorm(0.8, scale=2.3).sf(time) / 365
    log_logistic = fisk(2.5, scale=2.0).pdf(time) / fisk(2.5, scale=2.0).sf(time) / 365
    off, plain = [], []
    for hazard in (gompertz, log_normal, log_logistic):
        days, truth = counted(hazard, opens, 61)
        off.append(expected_between(days, np.array([opens]), 61)[1] / truth - 1)
        plain.append(
            (hazard[opens - 61 : opens].sum() + hazard[opens + 61 : opens + 122].sum())
            / 2
            / hazard[opens : opens + 61].sum()
            - 1
        )
    assert np.abs(off).max() < 0.02
    assert np.abs(plain).max() > np.abs(off).max()


def test_nothing_is_known_without_losses_on_either_side():
    jumps, found = found_in(lives(60, times=1.0, rate=0.0005))
    assert found.tolist() == ["nobody"]
    assert np.isnan(jumps.log_ratio).all()


def test_ratios_beside_hold_as_often_as_they_say():
    """Of 300 draws the truth lies within 95% intervals in 95%, within 3 Monte Carlo errors."""
    held = []
    for seed in range(300):
        log_ratio, variance = beside(lives(1_500, times=2.0, seed=seed), 0)
        held.append(abs(log_ratio - np.log(2)) < 1.96 * np.sqrt(variance))
    assert abs(np.mean(held) - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 300)


def test_each_moment_may_have_a_population_of_its_own():
    """Two offers end on one day: customers of the second leave twice as often throughout, which is no jump."""
    one = lives(6_000, times=3.0, n_kinds=2)
    two = lives(6_000, times=1.0, rate=0.008, seed=2, kind=1, n_kinds=2)
    watched = Watched(
        np.arange(12_000),
        *(
            np.concatenate([getattr(each.watched, name) for each in (one, two)])
            for name in ("zero", "since", "until", "ended", "margin")
        ),
        dated=False,
    )
    rows = np.concatenate([one.windows.row, 6_000 + two.windows.row])
    windows = Windows(rows, (rows >= 6_000).astype(int), np.full(len(rows), 100), one.windows.days)
    own = np.repeat([0, 1], 6_000)
    population = Population(watched, windows, stretches_of(watched, windows), own)
    jumps, found = found_in(population)
    assert found.tolist() == ["neighbours"] * 2
    away = jumps.log_ratio - np.log([3.0, 1.0])
    assert (np.abs(away) < 3 * np.sqrt(np.diagonal(jumps.covariance))).all()
    halves = np.arange(12_000) % 2
    cells = cells_of(watched, windows, population.stretches, halves)
    parts = jumps_by_segment(population, cells, 0, halves, at_once=True)
    assert parts.known.all()
    assert parts.differ() > 0.001
