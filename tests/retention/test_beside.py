"""Is a moment compared with whom it can be, and is it known when nobody is left?"""

import numpy as np
import pytest

from winback.retention.beside import Population, beside, by_day, jumps_by_segment, jumps_of
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


def test_the_time_beside_is_worked_out_by_hand():
    population = lives(4_000, times=3.0)
    stay = population.watched.until - population.watched.zero
    gone = population.watched.ended

    def rate(first, last):
        days = np.clip(stay, first, last).sum() - first * len(stay)
        return (gone & (stay > first) & (stay <= last)).sum(), days

    (lost, days), before, after = rate(100, 130), rate(70, 100), rate(130, 160)
    lost_beside = before[0] + after[0]
    ratio = lost / days / (lost_beside / (before[1] + after[1]))
    log_ratio, variance = beside(population, 0)
    assert log_ratio == pytest.approx(np.log(ratio))
    assert variance == pytest.approx(1 / lost + 1 / lost_beside)


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
