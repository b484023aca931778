"""Which behaviour and which reason predict return, and by how much? Odds and percentage points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from winback.results import Result, Sentences, format_percent, join_words
from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.fitted import SecondLifetimeFit, check_is_fit
from winback.tables import NO_OFFER, as_table, in_trial
from winback.uncertainty import normal_quantile


@dataclass(frozen=True, repr=False)
class ReturnEffects(Result):
    """What moves the chance of return, see `return_effects`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per label and per number: ``term``, ``in_words``, ``change`` of the chance of return (as a share,
        averaged over the customers: what the label makes against the first label, or the slope per unit of a number),
        ``change_std_error``, ``change_low``, ``change_high``, ``p_value``; with a logit ``odds_ratio`` and its
        interval.
    link : str
    n : int
        Customers averaged over.
    """

    frame: pd.DataFrame = field(repr=False)
    link: str
    n: int
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "in_words": ("What differs", "text"),
        "change": ("Chance of return, in points", "percent"),
        "odds_ratio": ("Odds of return, times", "times"),
        "p_value": ("p-value", "p_value"),
    }

    def describe(self) -> Sentences:
        """Say what raises and what lowers the chance of return, strongest first."""
        return Sentences.of(_lines(self))


def return_effects(fit: SecondLifetimeFit, customers: pd.DataFrame) -> ReturnEffects:
    r"""Say how much each column of the reacquisition formula moves the chance of return.

    A column is moved for every customer and the design is computed again, so that powers, logarithms and interactions
    follow it. For a label the effect is the average over customers of :math:`F(x'\alpha)` with the label less that with
    the first label (for offers: with none, where somebody was sent none); for a number it is the average slope, per
    unit. Standard errors by the delta method. Where the column moves everybody's logit alike, the odds ratio is given.

    Parameters
    ----------
    fit : JointFit or TwoPartFit
        From `fit_joint` or `fit_two_part`.
    customers : pandas.DataFrame
        Who is averaged over, with the columns of the reacquisition formula; rows whose ``eligible`` is false are left
        out.

    Returns
    -------
    ReturnEffects

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.simulate_telecom_study(5_300, calibrate=False, rng=1)
    >>> fit = wb.fit_two_part(study.lapsed, reacquisition="reason", tenure="reason", margin="reason", link="logit")
    >>> wb.return_effects(fit, study.lapsed).frame[["in_words", "change", "odds_ratio"]].round(2)
                           in_words  change  odds_ratio
    0  reason service against price   -0.15        0.54
    1     reason both against price   -0.37        0.14
    """
    check_is_fit(fit)
    customers = as_table(customers)
    customers = customers[in_trial(customers)]
    design, place = fit.designs["reacquisition"], fit.places["reacquisition"]
    alpha, covariance = fit.theta[place], fit.covariance[place, place]
    z = normal_quantile(fit.level)
    numbers = design.matrix(customers)
    rows = []
    for column in design.columns:
        for term, words, change, slopes, step in _moves(design, customers, numbers, column, alpha, fit.link):
            error = float(np.sqrt(slopes @ covariance @ slopes))
            row = {"term": term, "in_words": words, "change": change, "change_std_error": error}
            row |= {"change_low": change - z * error, "change_high": change + z * error}
            size, own = (change, error) if step is None else (step @ alpha, float(np.sqrt(step @ covariance @ step)))
            row["p_value"] = 2 * ndtr(-abs(size) / own) if own else np.nan
            if fit.link == "logit" and step is not None:
                ends = size + np.array([0, -z, z]) * own
                row |= dict(zip(("odds_ratio", "odds_ratio_low", "odds_ratio_high"), np.exp(ends), strict=True))
            rows.append(row)
    return ReturnEffects(pd.DataFrame(rows), fit.link, len(customers))


def _moves(design, customers, numbers, column, alpha, link) -> Iterator[tuple]:
    """Yield term, words, change, how it moves with the coefficients, and the step if it is the same for everybody."""
    share, density, density_slope = _LINKS[link]
    words = column.replace("_", " ")
    labels = design.labels.get(column)
    flag = labels is None and set(np.unique(customers[column].to_numpy(dtype=float))) <= {0.0, 1.0}
    if labels is not None or flag:
        labels = _base_first(column, labels) if labels is not None else (0.0, 1.0)
        matrices = [design.matrix(_moved(customers, column, label, labels, flag)) for label in labels]
        without = matrices[0]
        for label, with_it in zip(labels[1:], matrices[1:], strict=True):
            a1, a0 = with_it @ alpha, without @ alpha
            slopes = (density(a1) @ with_it - density(a0) @ without) / len(numbers)
            said = words if flag else f"{words} {label} against {labels[0]}"
            yield f"{column}: {label}", said, float((share(a1) - share(a0)).mean()), slopes, _common(with_it - without)
        return
    values = customers[column].to_numpy(dtype=float)
    width = 1e-4 * max(float(values.std()), 1e-6 * float(np.abs(values).max()), 1e-12)
    above, below = (design.matrix(customers.assign(**{column: values + side * width})) for side in (1, -1))
    step = (above - below) / (2 * width)
    a = numbers @ alpha
    moved = step @ alpha
    slopes = ((density_slope(a) * moved) @ numbers + density(a) @ step) / len(numbers)
    yield column, words, float((density(a) * moved).mean()), slopes, _common(step)


def _base_first(column, labels) -> tuple:
    """Return the labels with the one first that others are compared with."""
    return (NO_OFFER, *(label for label in labels if label != NO_OFFER)) if NO_OFFER in labels else labels


def _moved(customers, column, label, labels, flag) -> pd.DataFrame:
    if flag:
        return customers.assign(**{column: label})
    codes = np.full(len(customers), labels.index(label))
    return customers.assign(**{column: pd.Categorical.from_codes(codes, categories=list(labels))})


def _common(steps) -> np.ndarray | None:
    """Return the step of the design that is the same for everybody, or None."""
    same = np.allclose(steps, steps[:1], rtol=1e-6, atol=1e-9 * max(1.0, np.abs(steps).max(initial=0.0)))
    return steps[0] if same else None


def _logit_density(a):
    return expit(a) * expit(-a)


_LINKS = {
    "probit": (ndtr, normal_density, lambda a: -a * normal_density(a)),
    "logit": (expit, _logit_density, lambda a: _logit_density(a) * (1 - 2 * expit(a))),
}


def _lines(effects) -> Iterator[str]:
    frame = effects.frame
    clear = frame[(frame["change_low"] > 0) | (frame["change_high"] < 0)]
    for sign, verb in ((1, "more"), (-1, "less")):
        rows = clear[np.sign(clear["change"]) == sign].sort_values("change", key=abs, ascending=False)
        if len(rows):
            listed = join_words(_said(row) for row in rows.to_dict("records"))
            yield f"Return is {verb} likely with {listed}."
    unclear = frame.loc[~frame.index.isin(clear.index), "in_words"]
    if len(unclear):
        yield f"Not shown to matter: {join_words(unclear)}."
    yield (
        "Points are percentage points of the chance of return, other things equal, averaged over the customers: a "
        "label against the first one of its column, or one more unit of a number."
    )


def _said(row) -> str:
    points = f"{'+' if row['change'] > 0 else '-'}{format_percent(abs(row['change'])).removesuffix('%')} points"
    odds = f", odds x {row['odds_ratio']:.2f}" if "odds_ratio" in row else ""
    return f"{row['in_words']} ({points}{odds})"
