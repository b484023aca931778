"""Do the intervals of validation hold, and are models known to be wrong called so?"""

import os

import numpy as np
import pytest
from coverage_harness import assert_covers, coverage, shortfall
from held_out_shoppers import CASES, drawn, judged

import winback as wb


@pytest.fixture(scope="module")
def found():
    """Judge a model that is right, with spend."""
    return judged(drawn(np.random.default_rng(5)), spend=True)


# coverage


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_what_is_observed(name, record_property):
    rng, totals, tenths, wrong = np.random.default_rng(20160301), [], [], 0
    for _ in range(120):
        found = judged(drawn(rng, name), name, spend=True)
        totals.append(found.totals[["observed", "predicted_low", "predicted_high"]].to_numpy())
        both = [[f"observed{end}", f"predicted{end}_low", f"predicted{end}_high"] for end in ("", "_money")]
        tenths.append([found.frame[columns].to_numpy() for columns in both])
        wrong += "misses" in found.verdict
    totals, tenths = np.array(totals), np.array(tenths)
    for row, measure in enumerate(("purchases", "money")):
        observed, low, high = totals[:, row].T
        record_property(f"total of {measure}", str(assert_covers(low, high, observed)))
    inside = (tenths[..., 1] <= tenths[..., 0]) & (tenths[..., 0] <= tenths[..., 2])
    record_property("tenths, purchases", inside[:, 0].mean(axis=0).round(3).tolist())
    record_property("tenths, money", inside[:, 1].mean(axis=0).round(3).tolist())
    for tenth in range(10):  # whole numbers: more than promised where few are bought
        observed, low, high = tenths[:, 0, tenth].T
        assert shortfall(coverage((low, high), observed)) <= 3
    assert inside[:, 1].mean() > 0.92  # money in a tenth has a longer tail than its interval
    record_property("a right model called wrong", wrong / 250)
    assert wrong / 250 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 250)


@pytest.mark.slow
def test_a_quarter_fewer_purchases_are_found_out(record_property):
    rng = np.random.default_rng(20160301)
    said = [judged(drawn(rng, n=3000, slower=0.7)).verdict for _ in range(30)]
    power = np.mean([verdict.startswith("The BG/NBD misses:") for verdict in said])
    record_property("power", float(power))
    assert power > 0.9


# CDNOW


def test_cdnow_weeks_40_to_78_are_predicted_too_low():
    if not os.environ.get("WINBACK_DATA_DIR"):
        pytest.skip("WINBACK_DATA_DIR is not set: no copy of CDNOW_sample.txt to read")
    log = wb.load_cdnow().purchases
    seen = wb.summarize_purchases(log, period="W", until="1998-06-30")
    given = seen.hold_out("1997-09-30")
    fit = wb.fit_purchases(given.customers, "bg_nbd", period="W")
    assert fit.params["estimate"].round(3).tolist() == [0.243, 4.414, 0.793, 2.426]  # Fader, Hardie & Lee (2005)
    found = fit.check(given)
    assert found.n == 2357
    tracking = found.tracking.iloc[-1]
    assert abs(tracking["expected"] / tracking["observed"] - 1) < 0.05  # within 4% over all 78 weeks, as published
    total = found.totals.iloc[0]
    assert total["observed"] == 1882
    assert -0.14 < found.error < -0.10  # the held-out half alone
    assert found.gini > 0.6
