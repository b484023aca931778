"""How are estimated parameters tabled? With intervals even on the log scale: all of them are positive."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.expectations import log_interval
from winback.purchases.maximum import Maximum


def params_frame(letters, meanings, estimate: np.ndarray, found: Maximum, level: float) -> pd.DataFrame:
    """Return the table of parameters; what the data do not tell has no interval."""
    told = np.where(found.held, np.nan, 1.0)
    std_error = estimate * np.sqrt(np.diag(found.covariance)) * told
    low, high = log_interval(estimate, std_error, level)
    return pd.DataFrame(
        {
            "term": letters,
            "meaning": meanings,
            "estimate": estimate,
            "std_error": std_error,
            "low": low,
            "high": high,
        }
    )
