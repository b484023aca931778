"""By how much does the chance of return move with a column? Every customer's design is computed again with it moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.labels import contrast_words, one_more_words
from winback.second_lifetime.effects import ReturnEffects
from winback.second_lifetime.links import LINKS, Link
from winback.tables import NO_OFFER, AnyTable, as_table, in_trial
from winback.uncertainty import normal_quantile


@dataclass(frozen=True)
class Move:
    """How the average chance of return moves with one label or number."""

    level: object  # missing for a number
    reference: object
    change: float  # share
    slopes: np.ndarray  # (p,) of the change in the coefficients
    step: np.ndarray | None  # (p,) of the design, where it is the same for everybody


def return_effects(fit, customers: AnyTable) -> ReturnEffects:
    """Say how much each column of the reacquisition formula moves the chance of return, see ``fit.effects``."""
    customers = as_table(customers)
    customers = customers[in_trial(customers)]
    design, place = fit.designs["reacquisition"], fit.places["reacquisition"]
    alpha, covariance = fit.theta[place], fit.covariance[place, place]
    z = normal_quantile(fit.level)
    rows = [
        {"column": column} | _row(move, column, alpha, covariance, z=z, with_odds=fit.link == "logit")
        for column in design.columns
        for move in _moves(design, customers, column, alpha, LINKS[fit.link])
    ]
    return ReturnEffects(pd.DataFrame(rows), fit.link, len(customers))


def _row(move, column, alpha, covariance, *, z, with_odds) -> dict:
    error = float(np.sqrt(move.slopes @ covariance @ move.slopes))
    words = one_more_words(column) if move.level is None else contrast_words(column, move.level, move.reference)
    row = {"level": move.level, "reference": move.reference, "in_words": words}
    row |= {"change": move.change, "change_std_error": error}
    row |= {"change_low": move.change - z * error, "change_high": move.change + z * error}
    size, own, step = move.change, error, move.step
    if step is not None:
        size, own = step @ alpha, float(np.sqrt(step @ covariance @ step))
    row["p_value"] = 2 * ndtr(-abs(size) / own) if own else np.nan
    if with_odds and step is not None:
        ends = size + np.array([0, -z, z]) * own
        row |= dict(zip(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.exp(ends), strict=True))
    return row


def _moves(design, customers, column, alpha, link: Link) -> Iterator[Move]:
    """Yield what every label of a column makes against the first one, or the slope of a number."""
    labels = design.labels.get(column)
    values = customers[column]
    if labels is not None:
        yield from _label_moves(design, customers, column, _base_first(labels), alpha=alpha, link=link)
    elif set(np.unique(values.to_numpy(dtype=float))) <= {0.0, 1.0}:
        flags = (False, True) if values.dtype == bool or values.dtype == "boolean" else (0.0, 1.0)
        yield from _label_moves(design, customers, column, flags, alpha=alpha, link=link)
    else:
        yield _slope(design, customers, column, alpha, link)


def _label_moves(design, customers, column, labels, *, alpha, link) -> Iterator[Move]:
    without, *others = (design.matrix(_moved(design, customers, column, label)) for label in labels)
    for label, with_it in zip(labels[1:], others, strict=True):
        a1, a0 = with_it @ alpha, without @ alpha
        slopes = (link.density(a1) @ with_it - link.density(a0) @ without) / len(customers)
        change = float((link.chance(a1) - link.chance(a0)).mean())
        yield Move(label, labels[0], change, slopes, _common(with_it - without))


def _slope(design, customers, column, alpha, link) -> Move:
    values, numbers = customers[column].to_numpy(dtype=float), design.matrix(customers)
    width = 1e-4 * max(float(values.std()), 1e-6 * float(np.abs(values).max()), 1e-12)
    above, below = (design.matrix(customers.assign(**{column: values + side * width})) for side in (1, -1))
    step = (above - below) / (2 * width)
    a, moved = numbers @ alpha, step @ alpha
    slopes = ((link.density_slope(a) * moved) @ numbers + link.density(a) @ step) / len(numbers)
    return Move(None, None, float((link.density(a) * moved).mean()), slopes, _common(step))


def _base_first(labels) -> tuple:
    """Return the labels with the one first that others are compared with."""
    return (NO_OFFER, *(label for label in labels if label != NO_OFFER)) if NO_OFFER in labels else labels


def _moved(design, customers, column, label) -> pd.DataFrame:
    labels = design.labels.get(column)
    if labels is None:
        return customers.assign(**{column: label})
    codes = np.full(len(customers), labels.index(label))
    return customers.assign(**{column: pd.Categorical.from_codes(codes, categories=list(labels))})


def _common(steps) -> np.ndarray | None:
    """Return the step of the design that is the same for everybody, or None."""
    same = np.allclose(steps, steps[:1], rtol=1e-6, atol=1e-9 * max(1.0, np.abs(steps).max(initial=0.0)))
    return steps[0] if same else None
