"""Is what alarms gain counted by the formula of the list, and does its interval hold what alarms are worth?"""

import numpy as np
import pandas as pd
import pytest

from winback.retention.alarm_worth import worth_of_alarms
from winback.retention.keeping import Keeping, gain_of_keeping

TERMS = Keeping(5.0, 0.5, 12, annual_discount=0.1, worth_lost=30.0)


def alarms_of(rng, n, chances=(0.3, 0.25)):
    """Return alarms of n customers, each of whom has one of each kind with a chance of one half."""
    found = []
    for below, chance in zip((0.6, 0.8), chances, strict=True):
        customer = np.flatnonzero(rng.random(n) < 0.5)
        lost = np.where(rng.random(len(customer)) < chance, rng.integers(1, 4, len(customer)), 0)
        margin = rng.uniform(2, 10, len(customer))
        found.append(pd.DataFrame({"below": below, "customer": customer, "lost_in": lost, "margin": margin}))
    return pd.concat(found, ignore_index=True)


def by_hand(row):
    if not row.lost_in:
        return -5.0
    leaves = np.zeros((1, 12))
    leaves[0, row.lost_in - 1] = 1.0
    return gain_of_keeping(leaves, np.array([row.margin]), TERMS)[0]


def test_gains_are_those_of_the_list_alarm_by_alarm(rng):
    alarms = alarms_of(rng, 300)
    found = worth_of_alarms(alarms, 300, TERMS, 0.95)
    same = alarms.assign(lost_in=np.where(alarms["below"] == 0.6, 1, 0))
    assert worth_of_alarms(same, 300, TERMS, 0.95).holds
    one = pd.Series([by_hand(row) for row in alarms.itertuples()])
    np.testing.assert_allclose(found.gains, one.groupby(alarms["below"]).sum())
    assert found.best == found.gains.idxmax()
    picked = 0.0
    for odd in (0, 1):
        there = (alarms["customer"] % 2 == odd).to_numpy()
        other = one[~there].groupby(alarms["below"][~there]).sum()
        if other.max() > 0:
            picked += one[there & (alarms["below"] == other.idxmax()).to_numpy()].sum()
    assert found.halved == pytest.approx(picked)
    late = worth_of_alarms(alarms.assign(lost_in=3), 300, Keeping(5.0, 0.5, 2), 0.95)
    assert (
        late.gains == -5.0 * alarms.groupby("below").size()
    ).all()  # what is lost after the last month is not counted


@pytest.mark.slow
def test_an_interval_holds_what_the_alarms_are_worth_as_often_as_it_says(rng):
    """400 draws of 400 customers: 95% within three standard errors."""
    n, held, flattered, honest = 400, 0, [], []
    month = {k: gain_of_keeping(np.eye(12)[[k - 1]], np.array([6.0]), TERMS)[0] + 5.0 for k in (1, 2, 3)}
    worth = n * 0.5 * (0.25 * np.mean([*month.values()]) - 5.0)  # of either alarm: they are alike
    for _ in range(400):
        found = worth_of_alarms(alarms_of(rng, n, (0.25, 0.25)), n, TERMS, 0.95)
        alone = worth_of_alarms(alarms_of(rng, n, (0.25, 0.25)).query("below == 0.6"), n, TERMS, 0.95)
        held += alone.ends[0] <= worth <= alone.ends[1]
        flattered.append(found.gains[found.best] - worth)
        honest.append(found.halved - worth * (found.halved != 0))
    assert held / 400 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 400))
    error = np.std(flattered) / 20
    assert np.mean(flattered) > 3 * error  # the better of two that are alike
    assert abs(np.mean(honest)) < np.mean(flattered)


def test_where_no_alarm_gains_on_one_half_nobody_is_called_on_the_other():
    alarms = pd.DataFrame({"below": 0.5, "customer": [2, 4, 1, 3], "lost_in": [1, 1, 0, 0], "margin": 20.0})
    found = worth_of_alarms(alarms, 10, Keeping(5.0, 0.5), 0.95)
    assert found.gains.item() == pytest.approx(2 * 0.5 * 220 - 20)
    assert not found.holds
    assert found.halved == pytest.approx(-10.0)  # those of even numbers are judged by the odd ones: not called
