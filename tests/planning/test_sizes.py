"""Does a planned size have the power it promises, as published, by another implementation and by simulation?"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import ndtri
from statsmodels.stats.power import NormalIndPower

import winback as wb
from winback.planning import Choice, Comparisons
from winback.planning.sizes import customers_for_difference, power_for_difference

HILLSTROM = json.loads((Path(__file__).parents[1] / "reference" / "hillstrom.json").read_text(encoding="utf-8"))


def hillstrom_figures():
    """Return spend of the e-mail for men and of nobody's, as assumed figures: a share buys, at its mean and spread."""
    rows = []
    for arm, offer in (("Mens E-Mail", "mens"), ("No E-Mail", "none")):
        n, (_, buyers, cents) = HILLSTROM["arms"][arm]["n"], HILLSTROM["arms"][arm]["sums"]
        squares = HILLSTROM["arms"][arm]["cross_products"][2][2]
        share, mean = buyers / n, cents / buyers
        variance = (squares - cents**2 / n) / (n - 1)  # of all customers; that of buyers makes up the rest of it
        variation = np.sqrt((variance + (share * mean) ** 2) / share - mean**2) / mean
        rows.append((offer, share, mean / 100, variation))
    return pd.DataFrame(rows, columns=["offer", "acceptance", "value", "value_variation"]).assign(cost=0.0)


# published sizes


@pytest.mark.parametrize(("difference", "n"), [(0.77, 5951), (0.42, 20001), (0.25, 56449)])
def test_hillstroms_spend_needs_the_published_size(difference, n):
    plan = wb.plan_trial(hillstrom_figures().assign(paid="per_contact"), difference=difference)
    assert plan.frame["question"].tolist() == ["mens against none"]
    assert plan.frame.loc[0, ["n_per_arm", "n_holdout"]].tolist() == [n, n]


def test_the_published_table_needs_the_published_size(published):
    plan = wb.plan_trial(published, compare=[("upgrade", "discount")])
    assert plan.frame.loc[0, "n_per_arm"] == 22457
    assert plan.frame.loc[0, "difference"] == pytest.approx(19.3335, abs=1e-9)
    # z = 1.87 at 10,000 an arm
    assert 19.3335 / np.sqrt(plan.frame.loc[0, "variance"] / 10_000) == pytest.approx(1.87, abs=0.005)


def test_all_pairs_are_planned_for_at_a_level_split_over_them(published):
    plan = wb.plan_trial(published)
    assert plan.n_comparisons == 3
    alone = wb.plan_trial(published, compare=Comparisons(n=1)).frame
    z = (ndtri(1 - 0.05 / 6) + ndtri(0.8)) / (ndtri(0.975) + ndtri(0.8))
    pairs = plan.frame["kind"] == "difference"
    assert np.abs(plan.frame["n_per_arm"] - alone["n_per_arm"] * z**2)[pairs].max() < z**2 + 1
    assert alone.loc[0, "n_per_arm"] == 22457


# a second implementation


@pytest.mark.parametrize("power", [0.7, 0.8, 0.95])
@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_statsmodels_gives_the_same_size_for_equal_variances(power, level):
    own = customers_for_difference(0.3, 2 * 2.5**2, power, level)
    other = NormalIndPower().solve_power(0.3 / 2.5, alpha=1 - level, power=power, alternative="two-sided")
    assert own == np.ceil(other)


@pytest.mark.parametrize("ratio", [0.4, 1.0, 3.0])
def test_a_direct_search_gives_the_same_size_for_unequal_arms(ratio):
    def short(n):
        return 25 / np.sqrt(900**2 / n + 300**2 / (ratio * n)) - ndtri(0.975) - ndtri(0.8)

    own = customers_for_difference(25, 900**2 + 300**2 / ratio, 0.8, 0.95)
    assert own == np.ceil(brentq(short, 10, 1e7))


# laws


@settings(max_examples=40)
@given(
    difference=st.floats(0.01, 100),
    variance=st.floats(1e4, 1e8),
    power=st.floats(0.05, 0.95),
    level=st.floats(0.5, 0.999),
    m=st.integers(1, 20),
)
def test_the_size_is_the_smallest_with_that_power(difference, variance, power, level, m):
    n = float(customers_for_difference(difference, variance, power, level, m))
    assert power_for_difference(n, difference, variance, level, m) >= power - 1e-9
    if n > 2:
        assert power_for_difference(n - 1, difference, variance, level, m) < power + 1e-9


@settings(max_examples=40)
@given(difference=st.floats(0.01, 10), power=st.floats(0.5, 0.98), more=st.floats(0.001, 0.019))
def test_more_power_and_smaller_differences_take_more(difference, power, more):
    n = customers_for_difference(difference, 1e6, power, 0.95)
    assert customers_for_difference(difference, 1e6, power + more, 0.95) >= n
    assert customers_for_difference(difference, 1e6, power, 0.95, n_comparisons=2) > n
    half = customers_for_difference(difference / 2, 1e6, power, 0.95)
    assert 4 * (n - 1) < half <= 4 * n


@settings(max_examples=3)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_offers_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "offer": ["a", "b", "none"],
            "acceptance": rng.uniform(0.1, 0.9, 3),
            "cost": [*rng.uniform(1, 50, 2), 0],
            "value": rng.uniform(100, 900, 3),
            "value_variation": rng.uniform(0, 3, 3),
            "paid": "per_contact",
        }
    )
    one, other = (wb.plan_trial(t, choice=Choice(expected_loss=1)) for t in (table, table.sample(frac=1)))
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.holdout, other.holdout)


# simulation


def zero_inflated(rng, row, shape):
    """Draw profit of customers of whom a share returns, with a value as variable as its mean (exponential)."""
    back = rng.random(shape) < row["acceptance"]
    return np.where(back, rng.exponential(row["value"], shape) - row["cost"], 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("second", ["upgrade", "none"])
def test_the_planned_size_has_the_planned_power(with_none, rng, second):
    """Draw trials of the planned size, at a true difference equal to the one planned for, tested by a z-test."""
    table = with_none.query("offer in ['discount', @second]").fillna({"cost": 0.0}).set_index("offer")
    table.loc["discount", "value"] *= 1.15  # a lead that needs about 1,000 customers
    table.loc["none", "acceptance"] = 0.35
    table = table.loc[["discount", second]]
    table["value_variation"] = 1.0
    row = wb.plan_trial(table.reset_index(), compare=[("discount", second)]).frame.iloc[0]
    n_trials, found = 4000, 0
    sizes = row["n_per_arm"], row["n_holdout"] if second == "none" else row["n_per_arm"]
    for _ in range(8):
        arms = [
            zero_inflated(rng, table.loc[name], (n_trials // 8, n)) for name, n in zip(table.index, sizes, strict=True)
        ]
        std_error = np.sqrt(sum(arm.var(axis=1, ddof=1) / arm.shape[1] for arm in arms))
        found += ((arms[0].mean(axis=1) - arms[1].mean(axis=1)) / std_error > ndtri(0.975)).sum()
    assert abs(found / n_trials - 0.8) < 3 * np.sqrt(0.8 * 0.2 / n_trials)
