"""How sure are the parameters of a contract model, and the shares and values that rest on them? The delta method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from winback.uncertainty import normal_interval, normal_quantile
from winback.value.contracts.edges import ALIKE, AT_ONCE, ONLY_AT_FIRST
from winback.value.contracts.maximum import Maximum

COLUMNS = ["equation", "term", "estimate", "std_error", "z", "p_value", "low", "high"]
NO_FIGURES = dict.fromkeys(COLUMNS, np.nan) | {"term": ""}
STEP = 1e-4  # of log parameters: differences are exact to about its square
NAMES = {"sBG": ("alpha", "beta"), "BdW": ("gamma", "delta")}


def parameters(model: str, found: Maximum, names: tuple[str, ...] | None, level: float) -> pd.DataFrame:
    """Return one row per parameter, or per coefficient of its logarithm.

    On an edge alpha and beta are what they run to, without intervals, and ``first_churn`` (or the coefficients of its
    log odds) is what the data tell instead.
    """
    place, p = found.location, (len(found.location) - 1) // 2
    errors = _errors(found)
    rows = []
    for number, name in enumerate(NAMES[model]):
        some = slice(number * p, (number + 1) * p)
        if found.edge in (ALIKE, AT_ONCE, ONLY_AT_FIRST):
            rows.append({"equation": name, "estimate": _at_edge(found.edge, number)})
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
    return pd.DataFrame([NO_FIGURES | row for row in rows])


def _errors(found) -> np.ndarray:
    return np.sqrt(np.maximum(np.diag(found.covariance), 0))


def _at_edge(edge, number) -> float:
    if edge == AT_ONCE:
        return (np.nan, 0.0)[number]
    return np.inf if edge == ALIKE else 0.0


def _positive(name, log_estimate, log_error, level) -> dict[str, object]:
    """Return a positive parameter, its interval even on the log scale."""
    estimate = np.exp(log_estimate)
    with np.errstate(over="ignore"):
        factor = np.exp(normal_quantile(level) * log_error)
    ends = {"low": estimate / factor, "high": estimate * factor}
    return {"equation": name, "estimate": estimate, "std_error": estimate * log_error, **ends}


def _coefficient(equation, term, estimate, std_error, level) -> dict[str, object]:
    low, high = normal_interval(estimate, std_error, level)
    z = estimate / std_error if std_error > 0 else np.nan
    told = {"equation": equation, "term": term, "estimate": estimate, "std_error": std_error}
    return {**told, "z": z, "p_value": 2 * ndtr(-abs(z)), "low": low, "high": high}


def _first_churn(found, names, level) -> list[dict]:
    """Return the share that leaves at the end of the first period, whose log odds are log alpha - log beta."""
    if found.edge == AT_ONCE:
        return [{"equation": "first_churn", "estimate": 1.0}]
    alpha, beta = np.split(found.location[:-1], 2)
    odds, error = alpha - beta, np.hypot(*np.split(_errors(found)[:-1], 2))  # one of the two is held
    if names is not None:
        triples = zip(names, odds, error, strict=True)
        return [_coefficient("log odds of churn", *one, level) for one in triples]
    share, reach = expit(odds[0]), normal_quantile(level) * error[0]
    low, high = expit(odds[0] - reach), expit(odds[0] + reach)
    found = {"estimate": share, "std_error": share * (1 - share) * error[0], "low": low, "high": high}
    return [{"equation": "first_churn", **found}]


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
