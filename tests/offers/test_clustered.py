"""Does a comparison say that customers do alike, and doubt itself where there are too few households?"""

import households as hh
import numpy as np
import pandas as pd
import pytest
from trials import random_values

import winback as wb


def test_the_answer_is_wider_and_it_is_said_by_how_much(rng):
    table = hh.table(rng, 1_000, 4, lift=1.0)
    known, unknown = (
        wb.compare_offers(wb.read_trial(each, hh.OFFERS, cluster=cluster))
        for each, cluster in ((table, "household"), (table.drop(columns="household"), None))
    )
    errors = [each.frame["incremental_profit_std_error"].iloc[0] for each in (known, unknown)]
    assert known.widening == pytest.approx(errors[0] / errors[1], rel=1e-9)
    assert known.widening > 1.2
    assert unknown.widening is None
    said = f"count as one draw: the interval of letter's profit is {known.widening:.1f} times as wide"
    assert said in known.details()
    assert "draw" not in unknown.details()


def test_customers_of_one_household_with_different_offers_make_a_difference_surer(rng):
    """What they share is in both groups, and cancels."""
    table = hh.table(rng, 1_500, 4, whole=False, shares=(0.5, 0.5))
    split = wb.compare_offers(wb.read_trial(table, hh.OFFERS, cluster="household"))
    gross, added = (split.frame[f"{kind}_profit_std_error"].iloc[0] for kind in ("gross", "incremental"))
    assert added < np.sqrt(2) * gross
    assert split.widening == pytest.approx(1.0, abs=0.1)


def test_few_households_are_the_doubt_of_the_answer(rng):
    found = wb.compare_offers(hh.trial(rng, 60, 30, shares=(0.5, 0.5), lift=2.0))
    assert "fewer than 40 draws by household" in found.describe()


def test_customers_who_are_there_twice_are_the_doubt_of_the_answer(rng):
    once = random_values(rng, 300, letter=0.5, none=0.3)
    once = once.assign(value=once["value"] + rng.random(len(once)))
    twice = pd.concat([once, once.assign(customer_id=once["customer_id"] + 10_000)], ignore_index=True)
    assert "have the same row as another" in wb.compare_offers(wb.read_trial(twice, hh.OFFERS)).describe()


def test_two_offers_and_their_difference_are_as_in_a_regression_by_household(rng):
    import statsmodels.api as sm

    trial = hh.trial(rng, 900, 4, names=("letter", "call", "none"), shares=(0.4, 0.4, 0.2), whole=False)
    found = wb.compare_offers(trial)
    arms = (trial.arm[:, None] == np.arange(3)).astype(float)
    fit = sm.OLS(trial.profit, arms).fit(cov_type="cluster", cov_kwds={"groups": trial.clusters})
    apart = fit.t_test([1.0, -1.0, 0.0])
    row = found.differences.iloc[0]
    assert abs(row["difference"]) == pytest.approx(abs(float(apart.effect[0])), rel=1e-9)
    assert row["std_error"] == pytest.approx(float(apart.sd[0, 0]), rel=3e-3)
