"""What was estimated, and how well? The parameters of a second-lifetime fit in one table, with their errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.second_lifetime.sample import EQUATIONS
from winback.survival.families import find_family
from winback.uncertainty import normal_quantile

CORRELATIONS = ("return-tenure", "return-margin", "tenure-margin")
ORDER = ["equation", "term", "in_words", "estimate", "std_error", "z", "p_value", "low", "high"]


def correlations_of(free: np.ndarray) -> np.ndarray:
    r"""Return :math:`\rho_{uT}, \rho_{uM}, \rho_{TM}` from the free parameters :math:`r_1, r_2, r_3`.

    Examples
    --------
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


def parameter_table(fit) -> pd.DataFrame:
    """Return the parameters of a fit, see `SecondLifetimeFit.params`."""
    rows = [
        {"equation": equation, "term": name, "in_words": fit.designs[equation].in_words(name)}
        for equation in EQUATIONS
        for name in fit.designs[equation].names
    ]
    error, n_terms, z = np.sqrt(np.diag(fit.covariance)), len(rows), normal_quantile(fit.level)
    frame = pd.DataFrame(rows).assign(estimate=fit.theta[:n_terms], std_error=error[:n_terms])
    frame["z"] = frame["estimate"] / frame["std_error"]
    frame["low"], frame["high"] = (frame["estimate"] + side * z * frame["std_error"] for side in (-1, 1))
    frame = pd.concat([frame, _spreads(fit, error[n_terms : n_terms + 2], z), _correlations(fit, z)])
    frame["p_value"] = 2 * ndtr(-frame["z"].abs())
    return frame[ORDER].reset_index(drop=True)


def _spreads(fit, error, z) -> pd.DataFrame:
    of_tenure = "log tenure" if find_family(fit.distribution).log_tenure else "tenure"
    estimate = np.exp(fit.theta[-5:-3])
    words = [f"spread of {of_tenure}", "spread of margin"]
    names = {"equation": ["tenure", "margin"], "term": "sd", "in_words": words}
    low, high = estimate * np.exp(-z * error), estimate * np.exp(z * error)
    return pd.DataFrame(names | {"estimate": estimate, "std_error": estimate * error, "low": low, "high": high})


def _correlations(fit, z) -> pd.DataFrame | None:
    if not fit.covariance[-3:, -3:].any():
        return None  # none was estimated
    slopes, rho = correlation_slopes(fit.theta[-3:]), fit.correlations
    error = np.sqrt(np.diag(slopes @ fit.covariance[-3:, -3:] @ slopes.T))
    fisher, fisher_error = np.arctanh(rho), error / (1 - rho**2)
    words = [f"of {name} beyond the covariates" for name in CORRELATIONS]
    names = {"equation": "correlation", "term": CORRELATIONS, "in_words": words}
    ends = {"low": np.tanh(fisher - z * fisher_error), "high": np.tanh(fisher + z * fisher_error)}
    return pd.DataFrame(names | {"estimate": rho, "std_error": error, "z": rho / error} | ends)
