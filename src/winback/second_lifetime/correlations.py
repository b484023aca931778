"""How do return, tenure and margin go together beyond the covariates? Three correlations from three free numbers."""

from __future__ import annotations

import numpy as np

CORRELATIONS = ("return-tenure", "return-margin", "tenure-margin")


def correlations_of(free: np.ndarray) -> np.ndarray:
    r"""Return :math:`\rho_{uT}, \rho_{uM}, \rho_{TM}` from the free parameters :math:`r_1, r_2, r_3`.

    Examples
    --------
    >>> import numpy as np
    >>> correlations_of(np.arctanh([0.3, -0.2, 0.5])).round(3).tolist()
    [0.407, 0.3, -0.2]
    """
    rho_um, rho_tm, partial = np.tanh(free)
    return np.array([rho_um * rho_tm + partial * np.sqrt((1 - rho_um**2) * (1 - rho_tm**2)), rho_um, rho_tm])


def correlation_slopes(free: np.ndarray) -> np.ndarray:
    """Return how the three correlations move with the free parameters, shape (3, 3)."""
    rho_um, rho_tm, partial = np.tanh(free)
    q1, q2, q3 = 1 / np.cosh(free)
    return np.array(
        [
            [q1**2 * rho_tm - partial * q1 * q2 * rho_um, q2**2 * rho_um - partial * q1 * q2 * rho_tm, q1 * q2 * q3**2],
            [q1**2, 0.0, 0.0],
            [0.0, q2**2, 0.0],
        ]
    )
