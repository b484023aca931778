"""Are differences of shares Newcombe's, and do those of one table hold together?"""

import numpy as np
import pandas as pd
import pytest
from coverage_harness import coverage, shortfall
from statsmodels.stats.proportion import confint_proportions_2indep

import winback as wb
from winback.lost.behaviour import PRICE_CHANGE, TWICE, USED_LESS, behaviour_of
from winback.lost.differences import differences
from winback.uncertainty import share_difference


@pytest.mark.parametrize("counts", [(56, 70, 48, 80), (9, 10, 3, 10), (0, 10, 0, 20), (10, 10, 0, 10), (5, 56, 0, 29)])
def test_the_interval_is_that_of_another_package(counts):
    difference, low, high = share_difference(*counts)
    assert difference == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    np.testing.assert_allclose([low, high], confint_proportions_2indep(*counts, method="newcomb"), atol=1e-12)


def test_an_empty_group_has_no_difference():
    assert np.isnan(share_difference([0, 3], [0, 5], 2, 9)[1]).tolist() == [True, False]


def test_all_differences_of_a_table_hold_together(rng):
    """1,000 draws of 600 customers, three groups, two things that are true of a tenth and of half of them."""
    p, n, held = np.array([0.5, 0.3, 0.2]), 600, []
    truth = np.array([[0.1, 0.2, 0.1], [0.5, 0.5, 0.6]])
    for _ in range(1000):
        which = rng.choice(3, n, p=p)
        things = {str(row): (rng.random(n) < truth[row][which], np.ones(n, dtype=bool)) for row in (0, 1)}
        frame = differences({str(each): which == each for each in range(3)}, things).frame
        held.append((frame["difference_low"], frame["difference_high"]))
    others = ((truth @ p)[:, None] - truth * p) / (1 - p)
    low, high = (np.array([ends[at] for ends in held]) for at in (0, 1))
    assert shortfall(coverage((low, high), (truth - others).ravel())) < 3


def test_what_is_not_known_of_somebody_counts_nowhere():
    inside, true = np.array([True, True, False, False]), np.array([True, False, True, True])
    frame = differences({"a": inside}, {"t": (true, np.array([True, False, True, False]))}).frame
    assert frame[["n_yes", "n", "n_yes_others", "n_others"]].iloc[0].tolist() == [1, 1, 1, 1]


def test_behaviour_is_counted_before_the_first_loss_only():
    contracts = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 3],
            "start": ["2022-01-01", "2023-06-01", "2022-01-01", "2022-01-01"],
            "end": ["2022-12-31", None, "2022-12-31", None],
            "reason": ["price", None, "service", None],
        }
    )
    rows = [
        (1, "2022-03-01", "complaint"),
        (1, "2022-04-01", "complaint"),
        (2, "2022-04-01", "complaint"),
        (1, "2023-07-01", "complaint"),  # in the second life
        (1, "2022-12-01", "price_change"),
        (2, "2022-06-01", "price change"),  # too long before
        (2, "2023-01-15", "price_change"),  # after it
    ]
    events = pd.DataFrame(rows, columns=["customer_id", "date", "event"]).assign(amount=1.0)
    months = pd.date_range("2022-06-30", "2022-12-31", freq="ME")
    used = pd.DataFrame({"customer_id": np.repeat([1, 2], len(months)), "date": np.tile(months, 2), "event": "volume"})
    used["amount"] = [10.0] * 5 + [8.0, 6.0] + [10.0] * 5 + [9.0, 9.0]
    base = wb.read_contracts(contracts, pd.concat([events, used]), until="2024-12-31")
    found = behaviour_of(base, base.lapsed().frame)
    assert found[TWICE][0].tolist() == [True, False]
    assert found["complained"][0].tolist() == [True, True]
    assert found[PRICE_CHANGE][0].tolist() == [True, False]
    assert found[USED_LESS][0].tolist() == [True, False]
    assert found[USED_LESS][1].all()


def test_use_that_ends_long_before_the_loss_or_just_began_is_not_known():
    contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2022-01-01", "end": "2022-12-31", "reason": "price"})
    rows = [(1, f"2022-0{month}-28", 5.0) for month in range(1, 8)] + [(2, f"2022-{m}-28", 5.0) for m in (10, 11, 12)]
    events = pd.DataFrame(rows, columns=["customer_id", "date", "amount"]).assign(event="volume")
    base = wb.read_contracts(contracts, events, until="2024-12-31")
    assert USED_LESS not in behaviour_of(base, base.lapsed().frame)
