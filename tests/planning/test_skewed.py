"""Does a trial of the planned size find what it was planned for, when it is judged by the interval that leans?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import winback as wb
from winback.planning.sizes import critical_sum, customers_for_difference, power_for_difference
from winback.planning.skewed import LogNormalSkew, MeasuredSkew
from winback.skewness import TOO_SKEWED, skewed_interval, studentised_quantile
from winback.terms.catalog import Offer
from winback.trial.moments import PROFIT, arm_moments, pooled, profit, skew_length
from winback.uncertainty import normal_quantile

RETURN, POWER = 0.25, 0.8


def plan_for(sigma, lead, holdout=0.1, **asked):
    """Return the plan that finds a lead of so many standard deviations of profit, at log-normal values."""
    variation, mean = np.sqrt(np.expm1(sigma**2)), np.exp(3 + sigma**2 / 2)
    spread = np.sqrt(RETURN * (variation**2 + 1) - RETURN**2) * mean
    table = pd.DataFrame({"offer": ["offer", "none"], "acceptance": RETURN, "value": mean, "cost": 0.0})
    table = table.assign(value_variation=variation, paid="per_contact")
    return wb.plan_trial(table, difference=lead * spread, holdout=holdout, **asked)


def planned(*case):
    return plan_for(*case).frame.iloc[0]


def trials_that_find(row, sigma, draws, seed=20160301):
    """Say of each trial whether the planned difference is found: by the interval that leans, and by the normal one."""
    rng, found = np.random.default_rng(seed), []
    at_once = max(1, 2_000_000 // row["n_per_arm"])
    while sum(map(len, found)) < draws:
        offered, control = (_arm(rng, row[name], sigma, at_once) for name in ("n_per_arm", "n_holdout"))
        estimate, variance = (each[:, 0] for each in profit(offered, control))
        estimate, std_error = estimate + row["difference"], np.sqrt(variance)
        length = skew_length(pooled(offered, control), PROFIT, offered, control)[:, 0]
        low, _ = skewed_interval(estimate, std_error, length, normal_quantile())
        found.append(np.column_stack([low > 0, estimate - normal_quantile() * std_error > 0]))
    return np.concatenate(found)[:draws]


def _arm(rng, n, sigma, trials):
    returned = rng.random((trials, n)) < RETURN
    value = np.zeros((trials, n))
    value[returned] = rng.lognormal(3, sigma, returned.sum())
    return arm_moments(returned, value, np.zeros((trials, n)))


@pytest.mark.slow
@pytest.mark.parametrize(("sigma", "lead"), [(1.0, 0.15), (1.0, 0.3), (1.5, 0.15)])
def test_the_planned_size_has_the_planned_power_at_90_to_10(sigma, lead):
    row, draws = planned(sigma, lead), 3000
    power = trials_that_find(row, sigma, draws)[:, 0].mean()
    assert abs(power - POWER) < 3 * np.sqrt(POWER * (1 - POWER) / draws)


@pytest.mark.slow
def test_a_size_for_even_amounts_has_less_than_the_planned_power():
    row, draws = planned(1.0, 0.15), 3000
    plain = customers_for_difference(row["difference"], row["variance"], POWER, 0.95)
    fewer = {**row, "n_per_arm": int(plain), "n_holdout": int(plain / 9)}
    short = trials_that_find(fewer, 1.0, draws)[:, 0].mean()
    assert short < POWER - 6 * np.sqrt(POWER * (1 - POWER) / draws)


# laws


@settings(max_examples=30)
@given(power=st.floats(0.3, 0.95), level=st.floats(0.8, 0.99), lean=st.floats(-15, 5))
def test_the_size_is_the_smallest_with_that_power_whatever_the_skewness(power, level, lean):
    def skewness(n):
        return lean / np.sqrt(n)

    n = float(customers_for_difference(0.1, 2.0, power, level, skewness=skewness))
    assert power_for_difference(n, 0.1, 2.0, level, skewness=skewness(n)) >= power - 1e-9
    if n > 2:
        assert power_for_difference(n - 1, 0.1, 2.0, level, skewness=skewness(n - 1)) < power + 1e-9


@settings(max_examples=30)
@given(skewness=st.floats(-0.05, 0.05), power=st.floats(0.3, 0.95))
def test_it_is_the_expansion_of_the_studentised_lead_to_its_order(skewness, power):
    z, back = stats.norm.ppf(0.975), stats.norm.ppf(power)
    t = studentised_quantile(z, skewness)
    expected = t + back - skewness * (back * t / 2 + (back**2 - 1) / 6)
    assert critical_sum(power, 0.95, skewness=skewness) == pytest.approx(expected, abs=skewness**2 + 3e-6)


def test_arms_of_one_size_need_what_even_amounts_need(with_none):
    row = wb.plan_trial(with_none.iloc[[0, 3]], difference=30).frame.iloc[0]
    assert row["skewness"] == 0
    assert row["n_per_arm"] == customers_for_difference(30, row["variance"], 0.8, 0.95)


def test_a_smaller_holdout_takes_more_and_a_larger_one_fewer_than_even_amounts_would():
    for holdout, sign in ((0.1, -1), (0.8, 1)):
        row = planned(1.0, 0.1, holdout)
        plain = customers_for_difference(row["difference"], row["variance"], 0.8, 0.95)
        assert np.sign(row["skewness"]) == sign == np.sign(plain - row["n_per_arm"])


# moments


def test_the_skewness_of_log_normal_values_is_that_of_customers_so_drawn():
    """A hundred thousand quantiles in place of draws, none beyond the one that so many exceed once."""
    n, share, mean, variation, due = 100_000, 0.3, 50.0, 1.2, 5.0
    sigma = np.sqrt(np.log1p(variation**2))
    drawn = mean * np.exp(sigma * stats.norm.ppf((np.arange(n) + 0.5) / n) - sigma**2 / 2)
    highest = mean * np.exp(sigma * stats.norm.ppf(1 - 1 / n) - sigma**2 / 2)
    net = np.concatenate([np.minimum(drawn, highest) - due, np.zeros(int(n * (1 - share) / share))])
    third, variance = ((net - net.mean()) ** 3).mean(), net.var()
    own = LogNormalSkew(*(np.array([each]) for each in (share, mean, variation, due)))
    assert own.scale_among(n) == pytest.approx(third / variance, rel=2e-3)


def test_a_pilots_skewness_is_that_of_its_comparison():
    rng = np.random.default_rng(3)
    returned = rng.random(4_000) < 0.4
    value = np.where(returned, rng.lognormal(3, 1, 4_000), np.nan)
    offer = np.where(np.arange(4_000) % 5 > 0, "letter", "none")
    table = pd.DataFrame({"customer_id": np.arange(4_000), "offer": offer, "returned": returned, "value": value})
    trial = wb.read_trial(table, [Offer(name="letter", paid="per_contact", amount=0.1)])
    plan = wb.plan_trial(trial, n_available=4_000, holdout=0.2)
    skewness = plan.arms.skewness(0, 1, 0.25, 3_200)
    expected = wb.compare_offers(trial).frame["incremental_profit_skewness"].iloc[0]
    assert isinstance(plan.arms.skew, MeasuredSkew)
    assert skewness == pytest.approx(expected, rel=1e-9)


# words


def test_what_skewed_money_takes_is_said_with_what_it_is_taken_to_be():
    plan = plan_for(1.0, 0.15)
    row = plan.frame.iloc[0]
    said = f"offer against none takes {row['n_per_arm']:,} per offer, and would take 3,489 if amounts varied evenly"
    assert said in plan.details()
    assert "they are taken to be log-normal with the variation assumed" in plan.details()


def test_a_plan_that_a_few_amounts_would_decide_is_marked():
    plan = plan_for(2.0, 0.5, 0.02)
    row = plan.frame.iloc[0]
    assert abs(row["skewness"]) >= TOO_SKEWED
    assert "a few large amounts would decide it: take more, or a larger holdout" in row["remark"]
    assert "Caution: a few large amounts would decide offer against none" in f"{plan.describe()}\n{plan.details()}"


def test_customers_at_hand_among_whom_a_few_amounts_would_decide_are_marked():
    plan = plan_for(2.0, 0.03, 0.02, n_available=2_000)
    row = plan.frame.iloc[0]
    assert abs(row["skewness"]) < TOO_SKEWED <= abs(row["skewness_available"])
    assert "Caution: a few large amounts would decide offer against none" in f"{plan.describe()}\n{plan.details()}"
