"""Do figures belong together, and does smoothing leave a jump where it is?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.retention.exposure import Cells
from winback.retention.jump_figures import dated_in_life, marks_of, monthly, monthly_hazard, ratios
from winback.retention.jumps import Jumps
from winback.uncertainty import max_t_quantile, normal_draws, normal_quantile


def cells_of_months(days, lost, within_days=0.0, within_lost=0):
    """Return cells of months, with and without the window of one moment open."""
    n = len(days)
    is_open = np.repeat([False, True], n)[:, None]
    month = np.tile(np.arange(n), 2)
    columns = [
        np.concatenate([one, np.broadcast_to(other, n)]) for one, other in ((days, within_days), (lost, within_lost))
    ]
    kept = columns[0] > 0
    zero = np.zeros(2 * n, dtype=int)
    return Cells(zero[kept], month[kept], zero[kept], is_open[kept], *(each[kept] for each in columns))


@given(st.integers(5, 40), st.floats(1e-4, 0.01))
def test_a_constant_hazard_stays_as_it_is(n, rate):
    days = np.linspace(5e4, 2e4, n)
    found = monthly_hazard(cells_of_months(days, days * rate), np.array([True]), 0.95)
    np.testing.assert_allclose(found["without"], monthly(rate))
    np.testing.assert_allclose(found["hazard"], monthly(rate), rtol=0.02)


def test_a_slope_stays_as_it_is_but_noise_is_smoothed():
    rng, rate = np.random.default_rng(1), np.linspace(0.001, 0.004, 40)
    days = np.full(40, 1e5)
    lost = rng.poisson(rate * days)
    found = monthly_hazard(cells_of_months(days, lost), np.array([True]), 0.95)
    raw, smooth = (np.abs(found[name] - monthly(rate)) for name in ("hazard", "without"))
    assert smooth.mean() < 0.7 * raw.mean()
    exact = monthly_hazard(cells_of_months(days, rate * days), np.array([True]), 0.95)
    np.testing.assert_allclose(exact["without"], monthly(rate), rtol=1e-9)


def test_months_with_a_window_are_not_smoothed_together_with_others():
    days, lost = np.full(20, 1e5), np.full(20, 200)
    within = np.where(np.isin(np.arange(20), [9, 10]), 4e4, 0)
    lost[[9, 10]] = 20  # those who would go have the moment
    found = monthly_hazard(cells_of_months(days, lost, within, (within * 0.01).astype(int)), np.array([True]), 0.95)
    without = found.set_index("month")["without"]
    np.testing.assert_allclose(without[[8, 9, 12, 13]], monthly(0.002))
    np.testing.assert_allclose(without[[10, 11]], monthly(0.0002))
    assert found.set_index("month").loc[10, "n_ended"] == 420


def test_all_may_be_lost_in_a_last_month_that_hardly_began():
    found = monthly_hazard(cells_of_months(np.array([900.0, 2.0]), np.array([1, 1])), np.array([True]), 0.5)
    assert found["hazard"].tolist()[1] == 1.0
    assert (found["hazard_low"] <= found["hazard"]).all()


def test_a_moment_has_its_place_in_life_if_half_of_it_comes_in_three_months():
    counts = np.array([[0, 10, 0, 10, 0, 10], [5, 5, 5, 5, 5, 5], [0, 0, 0, 0, 0, 0]])
    assert dated_in_life(counts).tolist() == [True, True, False]
    cells = cells_of_months(np.full(6, 1e4), np.full(6, 10), np.full(6, 1e3), 5)
    marks = marks_of(counts[:1], ["renewal"], np.array([31]), cells, 0.95)
    assert marks["after_month"].tolist() == [1, 3, 5]
    np.testing.assert_allclose(marks["hazard"].iloc[0], 10 / (2e3 / 30.4375 + 5))


def test_intervals_hold_together_by_the_largest_of_all():
    jumps = Jumps(np.array([0.5, 0.1, np.nan]), np.diag([0.04, 0.01, np.nan]))
    found = ratios(jumps, 0.95)
    quantile = max_t_quantile(normal_draws(np.diag([0.04, 0.01])), 0.95)
    assert quantile > normal_quantile(0.95)
    np.testing.assert_allclose(found["ratio_high"][:2], np.exp([0.5 + quantile * 0.2, 0.1 + quantile * 0.1]))
    assert found["verdict"].tolist() == ["higher", "not clearly different", "not known"]
    alone = ratios(jumps.of(np.array([True, False, False])), 0.95)
    assert alone["ratio_low"][0] == pytest.approx(np.exp(0.5 - normal_quantile(0.95) * 0.2))
