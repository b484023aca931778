"""Is the curve of gaps the published one, and lifelines' own from one row per gap?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from purchase_logs import JUDGED_ON, cdnow_days, grocery_days

from winback.base.purchase_days import Gaps, PurchaseDays
from winback.base.return_curve import fit_return_curve

LOGS = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 60)), min_size=2, max_size=80)


def product_limit(gaps, day):
    """Return the Kaplan-Meier estimate by its formula, gap by gap."""
    share = 1.0
    for length in sorted(set(gaps.days[gaps.finished].tolist())):
        if length <= day:
            ended = gaps.n[gaps.finished & (gaps.days == length)].sum()
            share *= 1 - ended / gaps.n[gaps.days >= length].sum()
    return share


def test_cdnows_curve_to_the_printed_digits():
    curve = fit_return_curve(cdnow_days().gaps(JUDGED_ON))
    assert curve.still_away_at([30, 60, 90, 120, 180]).round(4).tolist() == [0.7205, 0.6132, 0.5589, 0.5227, 0.4743]
    assert curve.chance([90, 150], within=90).round(4).tolist() == [0.1513, 0.0993]


@pytest.mark.parametrize("log", [cdnow_days, grocery_days])
def test_counts_say_what_lifelines_says_of_every_gap(log):
    gaps, days = log().gaps(), np.arange(0, 500)
    rows = KaplanMeierFitter().fit(np.repeat(gaps.days, gaps.n), np.repeat(gaps.finished, gaps.n))
    expected = rows.survival_function_at_times(days).to_numpy()
    np.testing.assert_allclose(fit_return_curve(gaps).still_away_at(days), expected, rtol=1e-12)


@given(LOGS, st.integers(0, 59))
def test_the_formula_gap_by_gap(rows, day):
    gaps = PurchaseDays.of(*np.array(rows).T, until=60).gaps()
    curve = fit_return_curve(gaps)
    found = curve.still_away_at(day)
    assert np.isnan(found) == (day > curve.longest and curve.still_away[-1] > 0)
    if not np.isnan(found):
        assert found == pytest.approx(product_limit(gaps, day), abs=1e-12)
    assert (curve.n_finished, curve.n_unfinished) == (gaps.n[gaps.finished].sum(), gaps.n[~gaps.finished].sum())


@given(LOGS, st.floats(0.01, 0.9), st.integers(1, 20))
def test_the_days_chosen_are_the_first_below_the_share(rows, share, within):
    curve = fit_return_curve(PurchaseDays.of(*np.array(rows).T, until=60).gaps())
    found = curve.days_until_below(share, within)
    before = range(1, curve.longest - within + 1 if found is None else found)
    assert not any(curve.chance(day, within) < share for day in before)
    assert found is None or curve.chance(found, within) < share


def test_beyond_the_longest_gap_nothing_is_known():
    curve = fit_return_curve(Gaps(np.array([5, 9]), np.array([True, False]), np.array([1, 1])))
    assert curve.still_away_at(9) == 0.5
    assert np.isnan(curve.still_away_at(10))
    assert np.isnan(curve.chance(5, within=5))


def test_after_the_last_gap_ended_nobody_is_away():
    curve = fit_return_curve(Gaps(np.array([5, 9]), np.array([False, True]), np.array([1, 1])))
    assert curve.still_away_at([8, 9, 99]).tolist() == [1.0, 0.0, 0.0]
    assert np.isnan(curve.chance(9, within=1))
