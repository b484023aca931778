"""Do the shares and sums of money by reason hold what is planted, over companies drawn anew?"""

import numpy as np
import pytest
from coverage_harness import coverage, shortfall

import winback as wb

pytestmark = pytest.mark.slow
N_DRAWS, SIZE, LARGE = 24, 5_300, 106_000


def by_reason(size, seed):
    """Return the reasons of a company: customers, share and money, with intervals, and how many are known."""
    base = wb.simulate_telecom_study(size, calibrate=False, rng=seed).base
    return wb.reason_table(base).reasons.set_index("reason").sort_index()


def test_shares_and_money_by_reason_hold_those_of_a_company_twenty_times_as_large():
    """All ten reasons at once; the truth is measured with a fifth of the error of the draws, which is allowed for."""
    large = by_reason(LARGE, 1)
    share, money = large["share"], large["money"] / large["n"].sum()
    found = [by_reason(SIZE, seed) for seed in range(2, 2 + N_DRAWS)]
    ends = {
        name: [np.array([each[f"{name}_{end}"] for each in found]) for end in ("low", "high")]
        for name in ("share", "money")
    }
    n = np.array([[each["n"].sum()] for each in found])
    assert shortfall(coverage(ends["share"], share.to_numpy())) < 3
    assert shortfall(coverage([end / n for end in ends["money"]], money.to_numpy())) < 3
    estimates = np.array([each["money"] for each in found]) / n
    error = estimates.std(axis=0, ddof=1) * np.sqrt(1 / N_DRAWS + SIZE / LARGE)
    assert (np.abs(estimates.mean(axis=0) - money) < 3.5 * error).all()
