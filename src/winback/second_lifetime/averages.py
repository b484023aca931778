"""What are customers worth on average, and how sure is that? Means by segment, with intervals by the delta method."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from winback.progress import progress
from winback.second_lifetime.offer_value import net_value_slopes, parameter_slopes, pieces_of
from winback.tables import NO_OFFER
from winback.uncertainty import normal_quantile

ROWS_AT_ONCE = 20_000  # customers x parameters in memory at a time


def value_slopes(values, offer: str) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows of `SecondLifetimeValues`, and how their values under an offer move with the parameters, (n, p)."""
    fit = values.fit
    for piece in pieces_of(offer, fit, values.customers, values.catalog):
        for start in range(0, len(piece.rows), ROWS_AT_ONCE):
            rows = piece.rows[start : start + ROWS_AT_ONCE]
            numbers = next(fit.numbers(values.customers.iloc[rows], [piece.label]))
            slopes = net_value_slopes(fit.outlook(numbers), piece.contract, values.horizon)
            yield rows, parameter_slopes(fit, numbers, slopes)


def mean_slopes(values, offer: str, rows: np.ndarray) -> np.ndarray:
    """Return how the mean value of some customers (positions) under an offer moves with the parameters, (p,)."""
    chosen = np.zeros(len(values.customers), dtype=bool)
    chosen[rows] = True
    return sum(moved[chosen[each]].sum(axis=0) for each, moved in value_slopes(values, offer)) / len(rows)


def std_errors_of(values) -> pd.DataFrame:
    """Return the standard error of each value, customers x offers."""
    errors = np.empty(values.net_values.shape)
    for place, offer in enumerate(progress(values.net_values.columns, "offers")):
        for rows, slopes in value_slopes(values, offer):
            variance = np.einsum("ij,ij->i", slopes @ values.fit.covariance, slopes)
            errors[rows, place] = np.sqrt(np.maximum(variance, 0.0))
    return pd.DataFrame(errors, index=values.net_values.index, columns=values.net_values.columns)


def average_values(values, codes: np.ndarray, labels: list) -> pd.DataFrame:
    """Return averages per customer of each segment and offer, see `SecondLifetimeValues.segments`.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (n,)
        Position of each customer's segment in ``labels``; -1: in none.
    """
    members = np.eye(len(labels) + 1)[:, :-1]  # the last row is for those in none
    slopes = {}
    for offer in progress(values.net_values.columns, "offers"):
        sums = sum(members[codes[rows]].T @ moved for rows, moved in value_slopes(values, offer))
        slopes[offer] = sums / members[codes].sum(axis=0)[:, None]
    return pd.DataFrame(
        {"segment": label} | _row(values, offer, codes == place, {name: of[place] for name, of in slopes.items()})
        for place, label in enumerate(labels)
        for offer in values.net_values.columns
    )


def _row(values, offer, inside, slopes) -> dict:
    """Return the averages of some customers under one offer."""
    frames = (values.net_values, values.costs, values.chances)
    net, cost, chance = (frame[offer].to_numpy()[inside].mean() for frame in frames)
    row = {"offer": offer, "n": int(inside.sum()), "chance_of_return": chance, "value": net + cost, "cost": cost}
    row |= _with_interval("net_value", net, slopes[offer], values.fit)
    if NO_OFFER in values.net_values and offer != NO_OFFER:
        gain = net - values.net_values[NO_OFFER].to_numpy()[inside].mean()
        row |= _with_interval("gain", gain, slopes[offer] - slopes[NO_OFFER], values.fit)
    if values.beside is not None:
        row["net_value_beside"] = values.net_values_beside[offer].to_numpy()[inside].mean()
    return row


def _with_interval(name, estimate, slopes, fit) -> dict[str, float]:
    error = float(np.sqrt(max(slopes @ fit.covariance @ slopes, 0.0)))
    margin = normal_quantile(fit.level) * error
    ends = {f"{name}_std_error": error, f"{name}_low": estimate - margin, f"{name}_high": estimate + margin}
    return {name: float(estimate)} | ends
