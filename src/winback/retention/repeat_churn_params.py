"""What was estimated, and how well? The parameters of a repeat churn fit in one table, with their errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.retention.repeat_churn_sample import CURED, for_words
from winback.uncertainty import normal_interval

COLUMNS = ["equation", "term", "in_words", "estimate", "std_error", "z", "p_value", "low", "high"]


def parameter_table(fit) -> pd.DataFrame:
    """Return the parameters of a fit, see `RepeatChurn.params`; errors of scales and shapes by the delta method."""
    m, k, parts = len(fit.parts.gamma), len(fit.reasons), fit.parts
    level, log_shape = m + np.arange(k), m + k + np.arange(k)
    log_scale = -parts.level / np.exp(parts.log_shape)
    slopes = np.eye(len(fit.theta))
    slopes[level, level], slopes[level, log_shape] = -np.exp(-parts.log_shape), -log_scale
    rows = [("susceptible", name, fit.equations.formula.in_words(name)) for name in fit.equations.formula.names]
    for term in ("scale", "shape"):
        rows += [(reason, term, f"{term} of leaving again {for_words(reason)}") for reason in fit.reasons]
    more = [name for name in fit.equations.hazards.names if name != "Intercept"]  # each reason has its own level
    rows += [("all hazards", name, fit.equations.hazards.in_words(name)) for name in more]
    table = pd.DataFrame(rows, columns=COLUMNS[:3])
    table["estimate"], table["std_error"] = fit.theta, np.sqrt(np.diag(slopes @ fit.covariance @ slopes.T))
    table.loc[level, "estimate"] = log_scale
    table["low"], table["high"] = normal_interval(table["estimate"], table["std_error"], fit.level)
    weibull = np.r_[level, log_shape]
    linear = np.setdiff1d(np.arange(0 if fit.state == CURED else m, len(table)), weibull)
    table.loc[linear, "z"] = table["estimate"][linear] / table["std_error"][linear]
    table["p_value"] = 2 * ndtr(-table["z"].abs())
    table.loc[weibull, ["estimate", "low", "high"]] = np.exp(table.loc[weibull, ["estimate", "low", "high"]])
    table.loc[weibull, "std_error"] *= table["estimate"][weibull]
    kept = [*linear[linear < m], *np.column_stack([level, log_shape]).ravel(), *linear[linear >= m]]
    return table.loc[kept, COLUMNS].reset_index(drop=True)
