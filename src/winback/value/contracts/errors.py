"""How sure is a share or a value of a contract model? The delta method, on scales that keep to their bounds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from winback.uncertainty import normal_quantile

STEP = 1e-4  # of log parameters: differences are exact to about its square


def slopes(function: Callable[[np.ndarray], np.ndarray], logs: np.ndarray, model: str) -> np.ndarray:
    """Return derivatives in log alpha, log beta and log c, shape (3, n, m), by central differences."""
    found = []
    with np.errstate(invalid="ignore"):  # infinite lifetimes have no slope
        for place in range(3):
            step = np.zeros((3, 1))
            step[place] = STEP
            moves = place < 2 or model == "BdW"
            found.append((function(logs + step) - function(logs - step)) / (2 * STEP) if moves else None)
    found[2] = np.zeros_like(found[0]) if found[2] is None else found[2]
    return np.array(found)


def gradients(slopes_: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Return derivatives in the coefficients, shape (n, m, 2 p + 1)."""
    parts = [slopes_[0][..., None] * matrix[:, None, :], slopes_[1][..., None] * matrix[:, None, :]]
    return np.concatenate([*parts, slopes_[2][..., None]], axis=-1)


def std_errors(slopes_: np.ndarray, matrix: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return standard errors, shape (n, m)."""
    rows = gradients(slopes_, matrix)
    return np.sqrt(np.maximum(np.einsum("nmi,ij,nmj->nm", rows, covariance, rows), 0))


def survival_interval(share: np.ndarray, std_error: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return low and high of a share, on the scale of log(-log share), so within 0 and 1."""
    inside = (share > 0) & (share < 1)
    hazard = -np.log(np.where(inside, share, 0.5))
    reach = normal_quantile(level) * std_error / (np.where(inside, share, 0.5) * hazard)
    with np.errstate(over="ignore"):
        low, high = np.exp(-hazard * np.exp(reach)), np.exp(-hazard * np.exp(-reach))
    return np.where(inside, low, share), np.where(inside, high, share)
