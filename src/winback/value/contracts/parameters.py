"""How are the parameters of a contract model listed? Estimates with intervals, and only what the data tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from winback.uncertainty import normal_interval, normal_quantile
from winback.value.contracts.edges import ALIKE, AT_ONCE, ONLY_AT_FIRST, Found

COLUMNS = ["equation", "term", "estimate", "std_error", "z", "p_value", "low", "high"]
NAMES = {"sBG": ("alpha", "beta"), "BdW": ("gamma", "delta")}


def parameters(model: str, found: Found, names: tuple[str, ...] | None, level: float) -> pd.DataFrame:
    """Return one row per parameter, or per coefficient of its logarithm.

    On an edge alpha and beta are what they run to, without intervals, and ``first_churn`` (or the coefficients of its
    log odds) is what the data tell instead.
    """
    place, p = found.maximum.location, (len(found.maximum.location) - 1) // 2
    errors = _errors(found)
    rows = []
    for number, name in enumerate(NAMES[model]):
        some = slice(number * p, (number + 1) * p)
        if found.edge in (ALIKE, AT_ONCE, ONLY_AT_FIRST):
            rows.append(_row(name, "", _at_edge(found.edge, number)))
        elif names is None:
            rows.append(_positive(name, place[some][0], errors[some][0], level))
        else:
            triples = zip(names, place[some], errors[some], strict=True)
            rows += [_coefficient(f"log {name}", *one, level) for one in triples]
    if found.edge in (ALIKE, ONLY_AT_FIRST, AT_ONCE):
        rows += _first_churn(found, names, level)
    if model == "BdW":
        told = found.edge in ("", ALIKE) and errors[-1] > 0
        rows.append(_positive("c", place[-1], errors[-1] if told else np.nan, level))
    return pd.DataFrame(rows, columns=COLUMNS)


def _errors(found) -> np.ndarray:
    return np.sqrt(np.maximum(np.diag(found.maximum.covariance), 0))


def _row(equation, term, estimate, std_error=np.nan, z=np.nan, p_value=np.nan, low=np.nan, high=np.nan) -> tuple:
    return equation, term, estimate, std_error, z, p_value, low, high


def _at_edge(edge, number) -> float:
    if edge == AT_ONCE:
        return (np.nan, 0.0)[number]
    return np.inf if edge == ALIKE else 0.0


def _positive(name, log_estimate, log_error, level) -> tuple:
    """Return a positive parameter, its interval even on the log scale."""
    estimate = np.exp(log_estimate)
    with np.errstate(over="ignore"):
        factor = np.exp(normal_quantile(level) * log_error)
    return _row(name, "", estimate, estimate * log_error, low=estimate / factor, high=estimate * factor)


def _coefficient(equation, term, estimate, std_error, level) -> tuple:
    low, high = normal_interval(estimate, std_error, level)
    z = estimate / std_error if std_error > 0 else np.nan
    return _row(equation, term, estimate, std_error, z=z, p_value=2 * ndtr(-abs(z)), low=low, high=high)


def _first_churn(found, names, level) -> list[tuple]:
    """Return the share that leaves at the end of the first period, whose log odds are log alpha - log beta."""
    if found.edge == AT_ONCE:
        return [_row("first_churn", "", 1.0)]
    alpha, beta = np.split(found.maximum.location[:-1], 2)
    odds, error = alpha - beta, np.hypot(*np.split(_errors(found)[:-1], 2))  # one of the two is held
    if names is not None:
        triples = zip(names, odds, error, strict=True)
        return [_coefficient("log odds of churn", *one, level) for one in triples]
    share, reach = expit(odds[0]), normal_quantile(level) * error[0]
    low, high = expit(odds[0] - reach), expit(odds[0] + reach)
    return [_row("first_churn", "", share, share * (1 - share) * error[0], low=low, high=high)]
