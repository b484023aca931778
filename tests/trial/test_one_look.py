"""Is it said that intervals hold for one look, where may a trial still be running, and why does it matter?"""

import numpy as np
import pandas as pd
import pytest
from sentences import all_of, hold_to_three
from trials import random_lives, random_values

import winback as wb
from winback.skewness import skewed_interval
from winback.terms.catalog import Offer
from winback.trial.moments import PROFIT, arm_moments, pooled, profit, skew_length
from winback.trial.one_look import ONE_LOOK, n_still_followed
from winback.uncertainty import normal_quantile

OFFERS = [Offer(name=name, amount=10, paid="on_acceptance") for name in ("discount", "upgrade")]
LOOKS, N, DRAWS = 5, 500, 2_000  # looks at a trial, customers per group that each adds, trials


def first_to_pay():
    """Return by trial and look whether an offer that truly adds nothing is shown to pay, from all customers so far."""
    rng, found = np.random.default_rng(20160306), []
    for _ in range(10):
        returned = rng.random((2, DRAWS // 10, LOOKS * N)) < 0.3
        value = returned * rng.gamma(4, 50, returned.shape)
        looks = []
        for n in N * np.arange(1, LOOKS + 1):
            offered, control = (
                arm_moments(back[:, :n], money[:, :n], np.zeros_like(money[:, :n]))
                for back, money in zip(returned, value, strict=True)
            )
            estimate, variance = profit(offered, control)
            length = skew_length(pooled(offered, control), PROFIT, offered, control)
            looks.append(skewed_interval(estimate, np.sqrt(variance), length, normal_quantile())[0] > 0)
        found.append(np.array(looks).reshape(LOOKS, -1).T)
    return np.concatenate(found)


@pytest.mark.slow
def test_looking_five_times_and_stopping_at_the_first_offer_that_pays_claims_too_much():
    """At the planned end 2.5% pay by chance; who would have stopped at any of five looks says so about 7% of times."""
    pays = first_to_pay()
    nominal, error = 0.025, np.sqrt(0.025 * 0.975 / DRAWS)
    assert abs(pays[:, -1].mean() - nominal) < 3 * error
    ever = pays.any(axis=1).mean()
    assert ever > 2 * nominal + 3 * np.sqrt(0.05 * 0.95 / DRAWS)
    assert ever == pytest.approx(0.071, abs=3 * np.sqrt(0.071 * 0.929 / DRAWS))  # half of 14.2%, Armitage et al. 1969


def test_customers_not_followed_through_the_horizon_are_counted():
    table = pd.DataFrame(
        {
            "second_tenure": [3.0, 3.0, 12.0, 30.0, np.nan, np.nan],
            "second_ended": pd.array([True, False, False, True, pd.NA, pd.NA], dtype="boolean"),
        }
    )
    assert n_still_followed(table, 12) == 1  # here for three months and not gone
    assert n_still_followed(table.assign(followed=[20.0, 20, 13, 40, 11, np.nan]), 12) == 2
    assert n_still_followed(table, 24) == 2
    assert n_still_followed(table, None) == 0


def test_of_a_trial_that_may_be_running_it_is_the_doubt_that_matters(rng):
    table = random_lives(rng, 2000, discount=0.5, upgrade=0.3, none=0.2)
    result = wb.compare_offers(wb.read_trial(table, OFFERS, horizon_months=12, annual_discount=0.1))
    n = int(((table["second_tenure"] < 12) & ~table["second_ended"].fillna(True)).sum())
    said = (
        f"{n:,} of 6,000 customers are not yet followed for all of the 12 months counted: if the trial is still running"
    )
    assert result.describe().splitlines()[-1].startswith(said)
    assert "intervals hold for one look" in result.describe()
    assert ONE_LOOK not in all_of(result)
    hold_to_three(result)
    ended = table.assign(second_ended=table["second_ended"].notna().where(table["returned"]).astype("boolean"))
    over = wb.compare_offers(wb.read_trial(ended, OFFERS, horizon_months=12, annual_discount=0.1))
    assert "still running" not in all_of(over)
    assert ONE_LOOK in over.details()


def test_it_is_said_of_every_comparison_and_in_the_report_of_the_design(rng):
    trial = wb.read_trial(random_values(rng, 300, discount=0.5, upgrade=0.3, none=0.2), OFFERS)
    assert ONE_LOOK in wb.compare_offers(trial).details()
    assert ONE_LOOK in trial.design.details()
    assert ONE_LOOK in trial.details()
    assert "not yet followed" not in all_of(wb.compare_offers(trial))
