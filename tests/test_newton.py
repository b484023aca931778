"""Does the climber find tops, say where there is none, and hold what runs into its bounds?"""

import numpy as np
import pytest
from scipy.special import digamma, gammaln, polygamma

from winback.newton import climb


def quadratic(matrix, top):
    def likelihood(place):
        away = np.asarray(place) - top
        return -0.5 * float(away @ matrix @ away), -matrix @ away, matrix

    return likelihood


def test_a_parabola_is_climbed_in_one_step_and_its_curvature_returned(rng):
    root = rng.normal(size=(4, 4))
    matrix, top = root @ root.T + np.eye(4), rng.uniform(-2, 2, 4)
    peak = climb(quadratic(matrix, top), top + 0.5)
    assert peak.converged
    np.testing.assert_allclose(peak.place, top, atol=1e-12)
    np.testing.assert_allclose(peak.covariance, np.linalg.inv(matrix), rtol=1e-9)


def test_it_goes_uphill_where_the_curvature_is_wrong():
    """At 0.1 the log density of two hills is curved upwards: Newton's own step leads into the valley between them."""

    def likelihood(place):
        x = float(place[0])
        far = np.exp([-((x - 2) ** 2) / 2, -((x + 2) ** 2) / 2])
        share = far / far.sum()
        slope = share @ [2 - x, -2 - x]
        bend = 1 - share @ np.array([2 - x, -2 - x]) ** 2 + slope**2
        return float(np.log(far.sum())), np.array([slope]), np.array([[bend]])

    assert likelihood(np.array([0.1]))[2][0, 0] < 0
    peak = climb(likelihood, np.array([0.1]))
    assert peak.converged
    assert peak.place[0] == pytest.approx(2, abs=0.01)


def test_a_quick_information_leads_to_the_same_top_as_the_exact_one(rng):
    x = rng.gamma(2.0, 3.0, 500)

    def likelihood(place):
        shape, scale = np.exp(place)
        values = (shape - 1) * np.log(x) - x / scale - gammaln(shape) - shape * place[1]
        slopes = np.array([shape * (np.log(x) - digamma(shape) - place[1]), x / scale - shape])
        return float(values.sum()), slopes.sum(axis=1), slopes @ slopes.T

    def curvature(place, free):
        shape, scale = np.exp(place)
        first = shape * (np.log(x) - digamma(shape) - place[1]).sum() - len(x) * shape**2 * polygamma(1, shape)
        return -np.array([[first, -len(x) * shape], [-len(x) * shape, -(x / scale).sum()]])

    quick = climb(likelihood, np.zeros(2), curvature=curvature)
    plain = climb(lambda place: (*likelihood(place)[:2], curvature(place, None)), np.zeros(2))
    assert quick.converged
    assert plain.converged
    np.testing.assert_allclose(quick.place, plain.place, rtol=1e-9)
    np.testing.assert_allclose(quick.information, plain.information, rtol=1e-6)
    rough = climb(likelihood, np.zeros(2), curvature=curvature, rough=True)
    assert not rough.converged
    assert np.abs(rough.place - plain.place).max() < 0.02


def test_a_flat_direction_is_no_top():
    peak = climb(quadratic(np.diag([1.0, 0.0]), np.array([3.0, 0.0])), np.zeros(2))
    assert not peak.converged
    assert np.isnan(peak.covariance).all()


def test_what_runs_into_its_bound_is_held_there_and_the_rest_climbed_on():
    likelihood = quadratic(np.array([[2.0, 0.8], [0.8, 1.0]]), np.array([5.0, 0.0]))
    peak = climb(likelihood, np.zeros(2), bounds=(np.full(2, -9.0), np.array([1.0, 9.0])))
    assert peak.converged
    assert peak.inside.tolist() == [False, True]
    np.testing.assert_allclose(peak.place, [1.0, 0.8 * 4])
    assert peak.covariance[0].tolist() == [0.0, 0.0]


def test_directions_that_are_not_free_stay():
    peak = climb(quadratic(np.eye(2), np.ones(2)), np.zeros(2), free=np.array([False, True]))
    assert peak.converged
    assert peak.place.tolist() == [0.0, 1.0]


def test_a_climb_that_leaves_what_is_known_ends_without_a_top():
    peak = climb(quadratic(np.eye(1), np.array([9.0])), np.zeros(1), known=lambda place: place[0] < 4)
    assert not peak.converged


def test_where_there_is_no_likelihood_steps_are_halved():
    def likelihood(place):
        x = place[0]
        return (5 * np.log(x) - x, 5 / place - 1, np.diag(5 / place**2)) if x > 0 else (-np.inf, place, np.eye(1))

    assert climb(likelihood, np.array([20.0])).place[0] == pytest.approx(5)
