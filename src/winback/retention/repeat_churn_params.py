"""What was estimated, and how well? The parameters of a repeat churn fit in one table, with their errors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.formulas import Design
from winback.retention.repeat_churn_sample import CURED, for_words
from winback.uncertainty import normal_interval, normal_quantile

ORDER = ["equation", "term", "in_words", "estimate", "std_error", "z", "p_value", "low", "high"]


def parameter_table(fit) -> pd.DataFrame:
    """Return the parameters of a fit, see `RepeatChurn.params`."""
    cure = _named("susceptible", fit.equations.formula) if fit.state == CURED else []
    more = _named("all hazards", fit.equations.hazards)
    error, n_more = np.sqrt(np.diag(fit.covariance)), len(more)
    at = [*range(len(cure)), *range(len(fit.theta) - n_more, len(fit.theta))]
    linear = pd.DataFrame([*cure, *more], columns=ORDER[:3]).assign(estimate=fit.theta[at], std_error=error[at])
    linear["low"], linear["high"] = normal_interval(linear["estimate"], linear["std_error"], fit.level)
    linear["z"] = linear["estimate"] / linear["std_error"]
    linear["p_value"] = 2 * ndtr(-linear["z"].abs())
    parts = [linear[: len(cure)], pd.DataFrame(_weibulls(fit)), linear[len(cure) :]]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)[ORDER]


def _named(equation: str, design: Design | None) -> list[dict]:
    """Name the terms of an equation; hazards have no constant of their own."""
    constant = equation == "susceptible"
    if design is None:
        return [{"equation": equation, "term": "Intercept", "in_words": "Intercept"}] if constant else []
    names = [name for name in design.names if constant or name != "Intercept"]
    return [{"equation": equation, "term": name, "in_words": design.in_words(name)} for name in names]


def _weibulls(fit) -> Iterator[dict]:
    """Yield scale and shape of each reason; errors by the delta method, on the log scale."""
    n_gamma, n_reasons, z = len(fit.parts.gamma), len(fit.reasons), normal_quantile(fit.level)
    for place, reason in enumerate(fit.reasons):
        at = [n_gamma + place, n_gamma + n_reasons + place]
        log_shape = fit.parts.log_shape[place]
        log_scale = -fit.parts.level[place] / np.exp(log_shape)
        slopes = {"scale": np.array([-np.exp(-log_shape), -log_scale]), "shape": np.array([0.0, 1.0])}
        for term, log_value in (("scale", log_scale), ("shape", log_shape)):
            error = np.sqrt(slopes[term] @ fit.covariance[np.ix_(at, at)] @ slopes[term])
            words = f"{term} of leaving again {for_words(reason)}"
            estimate, low, high = np.exp(log_value + error * np.array([0.0, -z, z]))
            row = {"equation": reason, "term": term, "in_words": words, "estimate": estimate}
            yield row | {"std_error": estimate * error, "z": np.nan, "p_value": np.nan, "low": low, "high": high}
