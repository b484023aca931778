"""Are odds and ranks those of other packages and of plain loops, and do their intervals hold?"""

import numpy as np
import pytest
from coverage_harness import coverage, shortfall
from scipy.special import expit, logit
from scipy.stats import mannwhitneyu, norm
from statsmodels.stats.contingency_tables import Table2x2

from winback.lost.foretells import area, odds_ratio


def drawn(rng, n=400, odds=3.0, shift=0.6):
    """Draw stretches of time, who stays, and answers; in a later stretch more stay, and more are satisfied."""
    time = rng.integers(0, 3, n)
    stays = rng.random(n) < 0.5 + 0.1 * time
    chance = 0.3 + 0.1 * time  # of a top answer, of those who leave
    top = rng.random(n) < np.where(stays, expit(logit(chance) + np.log(odds)), chance)
    return top, stays, time, rng.normal(shift * stays + time, 1.0)


def test_one_stretch_has_the_odds_of_its_table(rng):
    top, stays, *_ = drawn(rng)
    ratio, low, high = odds_ratio(top, stays, np.zeros(len(top)))
    cells = [[(top & stays).sum(), (top & ~stays).sum()], [(~top & stays).sum(), (~top & ~stays).sum()]]
    other = Table2x2(np.array(cells))
    assert ratio == pytest.approx(other.oddsratio)
    np.testing.assert_allclose([low, high], other.oddsratio_confint(), rtol=1e-9)


def test_several_stretches_are_pooled_by_mantel_and_haenszel(rng):
    """Counted with a loop over stretches; the variance after Robins, Breslow & Greenland (1986)."""
    top, stays, time, _ = drawn(rng)
    ratio, low, high = odds_ratio(top, stays, time)
    parts = []
    for stretch in range(3):
        here = time == stretch
        a, b, c, d = ((top == yes)[here] & (stays == no)[here] for yes in (True, False) for no in (True, False))
        a, b, c, d = (int(each.sum()) for each in (a, b, c, d))
        parts.append((a * d, b * c, a + d, b + c, a + b + c + d))
    r, s, p, q, n = (np.array(each, dtype=float) for each in zip(*parts, strict=True))
    r, s, p, q = r / n, s / n, p / n, q / n
    variance = (p * r).sum() / (2 * r.sum() ** 2) + (q * s).sum() / (2 * s.sum() ** 2)
    variance += (p * s + q * r).sum() / (2 * r.sum() * s.sum())
    assert ratio == pytest.approx(r.sum() / s.sum())
    ends = np.log(ratio) + np.array([-1, 1]) * 1.959964 * np.sqrt(variance)
    np.testing.assert_allclose(np.log([low, high]), ends, rtol=1e-6)


def test_an_empty_cell_leaves_odds_unknown():
    top, stays = np.array([True, True, False]), np.array([True, True, False])
    for those in (stays, ~stays, np.ones(3, dtype=bool)):
        assert np.isnan(odds_ratio(top, those, np.zeros(3))).all()


def test_the_area_of_one_stretch_is_that_of_the_rank_test_and_its_variance_that_of_delong(rng):
    *_, stays, _, score = drawn(rng, 120)
    score = np.round(score)  # with ties
    found, low, high = area(score, ~stays, np.zeros(120))
    ones, others = score[~stays], score[stays]
    u = mannwhitneyu(others, ones).statistic
    assert found == pytest.approx(u / len(ones) / len(others))
    wins = np.array([[(other > one) + (other == one) / 2 for other in others] for one in ones])
    error = np.sqrt(wins.mean(axis=1).var(ddof=1) / len(ones) + wins.mean(axis=0).var(ddof=1) / len(others))
    reach = 1.959964 * error / (found * (1 - found))
    np.testing.assert_allclose([low, high], expit(logit(found) + np.array([-reach, reach])), rtol=1e-6)


def test_what_only_differs_between_stretches_does_not_tell(rng):
    """Answers rise with time, and so do those who stay: within a stretch they tell nothing."""
    time = rng.integers(0, 2, 4000)
    stays = rng.random(4000) < np.where(time == 1, 0.9, 0.2)
    score = time * 3 + rng.normal(size=4000)
    assert area(score, ~stays, np.zeros(4000))[1] > 0.7
    _, low, high = area(score, ~stays, time)
    assert low < 0.5 < high


def test_stretches_weigh_by_those_who_left():
    """In one stretch three left, all had answered lower; in the other one left, who had answered higher."""
    score = np.array([1.0, 1, 1, 2, 2, 1, 2, 1])
    left = np.array([1, 1, 1, 0, 0, 0, 1, 0], dtype=bool)
    time = np.array([0, 0, 0, 0, 0, 0, 1, 1])
    assert area(score, left, time)[0] == pytest.approx((3 * (2 + 0.5) / 3 + 1 * 0) / 4)


def test_sorted_apart_there_is_no_interval():
    assert area(np.array([1.0, 2, 3]), np.array([True, False, False]), np.zeros(3))[0] == 1
    assert np.isnan(area(np.array([1.0, 2, 3]), np.array([True, True, True]), np.zeros(3))).all()


def test_both_intervals_hold(rng):
    """600 draws of 400 answers in three stretches; the area of normal answers a shift apart is known."""
    odds, areas = [], []
    for _ in range(600):
        top, stays, time, score = drawn(rng)
        odds.append(odds_ratio(top, stays, time)[1:])
        areas.append(area(score, ~stays, time)[1:])
    for ends, truth in ((odds, 3.0), (areas, norm.cdf(0.6 / np.sqrt(2)))):
        low, high = np.array(ends).T
        assert abs(shortfall(coverage((low, high), truth))) < 3
