"""Are the ratios those of other programs, and what they are known to be?"""

import warnings
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from jumping_lives import away_by_clock, jumping_base
from scipy.stats import chi2

from winback.retention.exposure import Cells, cells_of, stretches_of
from winback.retention.jumps import Jumps, fit_jumps
from winback.retention.moments import moments_of, windows_of
from winback.retention.watched import first_lives


def cells_by_hand(seed=3, n_times=40):
    """Return cells of many times, hazards of which differ widely, with two windows that overlap."""
    rng = np.random.default_rng(seed)
    time, one, two = (each.ravel() for each in np.meshgrid(np.arange(n_times), [0, 1], [0, 1]))
    days = rng.integers(20, 4000, len(time)).astype(float)
    rate = 0.002 * np.exp(rng.normal(size=n_times))[time] * 2.5**one * 0.7**two
    open_ = np.column_stack([one, two]).astype(bool)
    return Cells(time % 2, time // 5, time, open_, days, rng.poisson(rate * days))


def test_the_ratios_are_those_of_a_poisson_regression_with_an_effect_of_every_time():
    cells = cells_by_hand()
    rows = (np.bincount(cells.time, cells.lost) > 0)[cells.time]  # others tell nothing
    times = pd.get_dummies(cells.time[rows]).to_numpy(float)
    design = np.column_stack([cells.open[rows], times])
    model = sm.GLM(cells.lost[rows], design, sm.families.Poisson(), exposure=cells.days[rows])
    peer = model.fit(tol=1e-14, maxiter=200)
    found = fit_jumps(cells, cells.open)
    np.testing.assert_allclose(found.log_ratio, peer.params[:2], atol=1e-8)
    np.testing.assert_allclose(found.covariance, peer.cov_params()[:2, :2], rtol=1e-6)


@pytest.mark.slow
def test_on_rows_of_a_day_it_is_the_complementary_log_log_model():
    """One row per customer and day: the link is that of a hazard, up to the square of a day's hazard."""
    base = jumping_base(400, rng=4, welcome=3.0)
    watched, _ = first_lives(base)
    windows = windows_of(moments_of(base, watched), {"welcome_discount_end": 61})
    cells = cells_of(watched, windows, stretches_of(watched, windows), np.zeros(len(watched), dtype=np.int64))
    alike = replace(cells, month=cells.month // 6, time=np.zeros_like(cells.time))  # few effects of time
    rows = np.repeat(np.arange(len(cells.days)), cells.days.astype(int))
    first = np.append(True, rows[1:] != rows[:-1])
    place = np.arange(len(rows)) - np.flatnonzero(first)[rows]
    lost = (place < alike.lost[rows]).astype(float)
    seasons = pd.get_dummies(alike.month[rows]).to_numpy(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        family = sm.families.Binomial(link=sm.families.links.CLogLog())
        peer = sm.GLM(lost, np.column_stack([alike.open[rows], seasons]), family).fit()
    found = fit_jumps(alike, alike.open)
    assert found.log_ratio[0] == pytest.approx(peer.params[0], abs=0.02 * peer.bse[0])
    assert np.sqrt(found.covariance[0, 0]) == pytest.approx(peer.bse[0], rel=0.01)


def test_ratios_are_right_in_the_mean_whether_moments_come_on_a_day_of_life_of_the_calendar_or_on_any():
    """Over 40 draws within 3 Monte Carlo errors; with cells that lie across the days they are 4.5 and 6 errors away."""
    assert (np.abs(away_by_clock(40, n=600)) < 3).all()


def test_the_order_of_cells_and_their_number_do_not_matter():
    cells = cells_by_hand()
    parts = [getattr(cells, each.name) for each in fields(cells)]
    order = np.random.default_rng(1).permutation(len(cells.days))
    found, other = fit_jumps(cells, cells.open), Cells(*(each[order] for each in parts))
    np.testing.assert_allclose(fit_jumps(other, other.open).log_ratio, found.log_ratio, rtol=1e-9)
    twice = Cells(*(np.concatenate([each, each]) for each in parts))
    again = fit_jumps(twice, twice.open)
    np.testing.assert_allclose(again.log_ratio, found.log_ratio, rtol=1e-9)
    np.testing.assert_allclose(again.covariance, found.covariance / 2, rtol=1e-9)


def test_what_always_comes_together_what_has_nobody_to_compare_with_is_not_known():
    cells = cells_by_hand()
    one, two = cells.open.T
    found = fit_jumps(cells, np.column_stack([one, one, two]))
    assert found.known.tolist() == [False, False, True]
    all_within = replace(cells, lost=np.where(one, cells.lost, 0))
    assert fit_jumps(all_within, cells.open).known.tolist() == [False, True]
    nobody_within = replace(cells, lost=np.where(one, 0, cells.lost))
    assert fit_jumps(nobody_within, cells.open).known.tolist() == [False, True]


def test_equal_ratios_are_tested_by_their_joint_covariance():
    jumps = Jumps(np.array([0.0, 1.0, np.nan]), np.diag([0.04, 0.05, np.nan]))
    assert jumps.differ() == pytest.approx(chi2.sf(1 / 0.09, 1))
    assert np.isnan(jumps.of(np.array([True, False, False])).differ())
