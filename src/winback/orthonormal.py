"""In which columns is a likelihood curved alike in all directions? In uncorrelated ones of size one: coordinates.

Covariates may lie far from zero, differ in size by powers of ten, or nearly repeat each other. A likelihood climbed on
columns that do neither has its top in as few steps wherever they lie, and no digits are lost on the way.
"""

from __future__ import annotations

import numpy as np

REPEATED = 1e-12  # of a column's size: what is left of one that repeats those before it is rounding


def orthonormal(matrix: np.ndarray, counts: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    r"""Return columns Q, (n, p), and the triangle R, (p, p), with a positive diagonal, of a design :math:`X = Q R`.

    Over the customers that rows stand for, ``counts`` (n,), the mean of :math:`q q'` is the identity. So coefficients
    :math:`\beta` of X are :math:`R \beta` of Q, and a constant in front stays one. A column that repeats those before
    it becomes zero.

    Examples
    --------
    >>> columns, triangle = orthonormal(np.array([[1.0, 2010.0], [1.0, 2012.0], [1.0, 2014.0]]))
    >>> columns[:, 0].round(9).tolist(), np.abs(columns.T @ columns / 3).round(9).tolist()
    ([1.0, 1.0, 1.0], [[1.0, 0.0], [0.0, 1.0]])
    >>> (columns @ triangle).round(6).tolist()
    [[1.0, 2010.0], [1.0, 2012.0], [1.0, 2014.0]]
    """
    counts = np.ones(len(matrix)) if counts is None else np.asarray(counts, dtype=float)
    triangle = np.linalg.qr(matrix * np.sqrt(counts)[:, None], mode="r") / np.sqrt(max(counts.sum(), 1))
    triangle *= np.where(np.diag(triangle) < 0, -1.0, 1.0)[:, None]
    repeated = np.diag(triangle) <= REPEATED * np.linalg.norm(triangle, axis=0)
    triangle[repeated, repeated] = 1.0
    return np.linalg.solve(triangle.T, matrix.T).T, triangle
