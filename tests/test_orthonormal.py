"""Are columns uncorrelated and of size one, and do coefficients lead back?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from winback.orthonormal import orthonormal


@given(st.integers(0, 10_000), st.integers(1, 4), st.floats(-6, 6))
def test_columns_are_uncorrelated_among_those_counted_and_coefficients_lead_back(seed, n_columns, size):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(20), 3 + 10**size * rng.normal(size=(20, n_columns))])
    counts = rng.integers(0, 5, 20)
    counts[: n_columns + 1] = 1
    columns, triangle = orthonormal(design, counts)
    np.testing.assert_allclose((columns * counts[:, None]).T @ columns / counts.sum(), np.eye(n_columns + 1), atol=1e-6)
    np.testing.assert_allclose(columns @ triangle, design, rtol=1e-9)
    np.testing.assert_allclose(columns[:, 0], 1, rtol=1e-12)
    repeated, _ = orthonormal(np.repeat(design, counts, axis=0))
    np.testing.assert_allclose(repeated, np.repeat(columns, counts, axis=0), rtol=1e-6, atol=1e-6)


def test_a_column_that_repeats_others_and_one_of_zeros_become_zero():
    one, two = np.ones(6), np.arange(6.0)
    columns, triangle = orthonormal(np.column_stack([one, two, 2 * two - 3, np.zeros(6)]))
    np.testing.assert_allclose(columns[:, 2:], 0, atol=1e-12)
    np.testing.assert_allclose(np.diag(triangle)[2:], 1)
    np.testing.assert_allclose(columns[:, :2].T @ columns[:, :2] / 6, np.eye(2), atol=1e-12)
