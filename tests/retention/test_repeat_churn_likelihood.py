"""Are slope and information of the repeat churn likelihood those of its values?"""

import numpy as np
import pytest
from scipy.integrate import quad

from winback.retention.repeat_churn_likelihood import Parts, Returned, log_likelihood

STEP = 1e-5


def some_customers(n=150, rng=1):
    """Return customers of every kind: cured of one reason, of several, of none; left for each, still here."""
    rng = np.random.default_rng(rng)
    blocked = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 1], [0, 0, 0]], dtype=bool)[rng.integers(0, 4, n)]
    z = np.column_stack([np.ones(n), rng.normal(size=n)]) * blocked.any(axis=1)[:, None]
    return Returned(rng.weibull(1.2, n) * 20, rng.integers(-1, 3, n), blocked, z, rng.normal(size=(n, 2)))


def test_slope_and_information_are_the_numeric_ones():
    data = some_customers()
    theta = np.random.default_rng(2).normal(size=data.n_places) * 0.3 - np.repeat([0, 3, 0], [2, 3, 5])
    _, slope, information = log_likelihood(theta, data)
    sides = [[log_likelihood(theta + side * STEP * way, data) for side in (1, -1)] for way in np.eye(len(theta))]
    numeric = [(up[0] - down[0]) / (2 * STEP) for up, down in sides]
    curvature = [(down[1] - up[1]) / (2 * STEP) for up, down in sides]
    np.testing.assert_allclose(slope, numeric, atol=1e-6 * np.abs(slope).max())
    np.testing.assert_allclose(information, curvature, atol=1e-6 * np.abs(information).max())


@pytest.mark.parametrize("blocked", [[True, False, True], [True, True, True], [False, False, False]])
def test_densities_of_all_reasons_and_the_chance_to_stay_add_up_to_one(blocked):
    theta = np.array([0.3, -3.0, -2.5, -4.0, 0.2, -0.1, 0.4])

    def one(month, cause):
        row = np.array([blocked])
        z = row.any(axis=1, keepdims=True).astype(float)
        data = Returned(np.array([month]), np.array([cause]), row, z, np.zeros((1, 0)))
        return np.exp(log_likelihood(theta, data)[0])

    left = sum(quad(lambda month, cause=cause: one(month, cause), 0, 15, epsabs=1e-10)[0] for cause in range(3))
    assert left + one(15.0, -1) == pytest.approx(1, abs=1e-7)


def test_a_vector_is_taken_apart_in_order():
    parts = Parts.of(np.arange(8.0), 2, 2)
    assert [len(each) for each in (parts.gamma, parts.level, parts.log_shape, parts.beta)] == [2, 2, 2, 2]
    assert parts.cumulative(np.zeros(1), np.zeros(1))[0].tolist() == pytest.approx(np.exp([2.0, 3.0]).tolist())
