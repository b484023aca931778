"""What was estimated, and how well? The parameters of a second-lifetime fit in one table, with their errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.second_lifetime.correlations import CORRELATIONS, correlation_slopes, correlations_of
from winback.second_lifetime.sample import EQUATIONS
from winback.survival.families import find_family
from winback.uncertainty import normal_quantile

ORDER = ["equation", "term", "in_words", "estimate", "std_error", "z", "p_value", "low", "high"]


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
    return pd.DataFrame(
        {
            "equation": ["tenure", "margin"],
            "term": "sd",
            "in_words": [f"spread of {of_tenure}", "spread of margin"],
            "estimate": estimate,
            "std_error": estimate * error,
            "low": estimate * np.exp(-z * error),
            "high": estimate * np.exp(z * error),
        }
    )


def _correlations(fit, z) -> pd.DataFrame | None:
    if not fit.covariance[-3:, -3:].any():
        return None  # none was estimated
    slopes = correlation_slopes(fit.theta[-3:])
    rho = correlations_of(fit.theta[-3:])
    error = np.sqrt(np.diag(slopes @ fit.covariance[-3:, -3:] @ slopes.T))
    fisher, fisher_error = np.arctanh(rho), error / (1 - rho**2)
    return pd.DataFrame(
        {
            "equation": "correlation",
            "term": CORRELATIONS,
            "in_words": [f"of {name} beyond the covariates" for name in CORRELATIONS],
            "estimate": rho,
            "std_error": error,
            "z": rho / error,
            "low": np.tanh(fisher - z * fisher_error),
            "high": np.tanh(fisher + z * fisher_error),
        }
    )
