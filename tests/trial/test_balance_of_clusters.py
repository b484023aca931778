"""Is the test of balance right where households were drawn? Its p-values are spread evenly over draws."""

import numpy as np
import pytest
from scipy import stats

from winback.trial.balance import group_balance


def p_values(rng, draws, n_households, size, whole):
    households = np.repeat(np.arange(n_households), size)
    found = []
    for _ in range(draws):
        matrix = rng.normal(size=(n_households, 2))[households] + 0.5 * rng.normal(size=(len(households), 2))
        draw = rng.integers(0, 2, n_households if whole else len(households))
        groups = draw[households] if whole else draw
        matrix -= matrix.mean(axis=0)
        found.append(group_balance(matrix, ["income", "age"], groups, 2, households)[0].p_value)
    return np.array(found)


@pytest.mark.slow
@pytest.mark.parametrize(("size", "whole"), [(1, True), (5, True), (5, False)])
def test_p_values_are_uniform_where_the_draw_was_random(size, whole):
    found = p_values(np.random.default_rng(20160301), 1_000, 120, size, whole)
    assert stats.kstest(found, "uniform").pvalue > 0.001
    assert np.mean(found < 0.05) == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / 1_000))


def test_a_household_given_a_group_by_its_income_is_noticed(rng):
    households = np.repeat(np.arange(200), 4)
    income = rng.normal(size=200)
    groups = (income + rng.normal(size=200) > 0).astype(int)[households]
    matrix = (income[households] - income.mean())[:, None]
    assert group_balance(matrix, ["income"], groups, 2, households)[0].p_value < 1e-6
