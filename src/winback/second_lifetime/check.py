"""Is return predicted well, on customers the model has not seen? Hits, calibration and lift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.held_out import HeldOutCheck
from winback.results import Sentences, format_count, format_percent


@dataclass(frozen=True, repr=False, kw_only=True)
class ReturnCheck(HeldOutCheck):
    """How predicted chances of return compare with who returned, see `SecondLifetimeFit.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per tenth of the customers, likeliest first: ``tenth``, ``n``, ``predicted`` and ``observed`` share
        returned, ``observed_low``, ``observed_high`` (Wilson), whether the prediction lies ``inside``, ``lift`` =
        observed / average, ``cumulative_share`` of all who returned, up to here.
    hits : pandas.DataFrame
        One row per threshold: ``threshold``, ``hit_rate``, ``sensitivity`` (of those who returned, predicted to),
        ``specificity`` (of those who did not, predicted not to), ``hit_rate_of_most_frequent`` (of predicting the
        same for everybody).
    n : int
    predicted, observed : float
        Average share returned.
    ranked_right : float
        Chance that of two customers, one of whom returned, that one has the higher prediction (area under the ROC
        curve).
    """

    hits: pd.DataFrame = field(repr=False)
    n: int
    predicted: float
    observed: float
    ranked_right: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, likeliest first", "count"),
        "n": ("Customers", "count"),
        "predicted": ("Predicted to return", "percent"),
        "observed": ("Returned", "percent"),
        "lift": ("Lift", "times"),
        "cumulative_share": ("Of all who returned, so far", "percent"),
    }

    def describe(self) -> Sentences:
        """Say how well return is predicted."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say what the judgement rests on, and whom a threshold finds."""
        return Sentences.of(_more(self))


def _answer(found: ReturnCheck) -> Iterator[str]:
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    yield (
        f"Of the {format_count(found.n)} customers it is judged by, {format_percent(found.observed)} returned; the "
        f"model predicted {format_percent(found.predicted)}."
    )
    yield (
        f"Of the tenth it holds likeliest, {format_percent(first['observed'])} returned ({first['lift']:.1f} times the "
        f"average), of the last tenth {format_percent(last['observed'])}."
    )
    inside, n = found.covered
    off = np.average((found.frame["predicted"] - found.frame["observed"]).abs(), weights=found.frame["n"])
    doubt = f": do not take the chances at their word, they are {100 * off:.1f} points off on average"
    trust = ": chances can be taken at their word" if inside >= n - 1 else "" if inside >= n - 2 else doubt
    yield f"In {inside} of {n} tenths the prediction lies within the interval of what was observed{trust}."


def _more(found: ReturnCheck) -> Iterator[str]:
    yield "This is fair only if these customers were held out when the model was fitted."
    row = found.hits.iloc[0]
    yield (
        f"Predicting return from a chance of {format_percent(row['threshold'])} on is right for "
        f"{format_percent(row['hit_rate'])}: it finds {format_percent(row['sensitivity'])} of those who return and "
        f"{format_percent(row['specificity'])} of those who do not."
    )
