"""Is return predicted well, on customers the model has not seen? Hits, calibration and lift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from winback.held_out import TENTHS, HeldOutCheck, Ranking
from winback.results import Sentences, format_count, format_percent
from winback.tables import check_lapsed, in_trial
from winback.uncertainty import share_interval

ONLY_HELD_OUT = "This is fair only if these customers were held out when the model was fitted."
NOT_SEEN = "The model was fitted on other customers than these."
LEVEL = 0.95  # of the intervals of what was observed


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
    n_seen: int | None = None  # of these customers the model was fitted on; None: not known
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
        row = self.hits.iloc[0]
        names = ("threshold", "hit_rate", "sensitivity", "specificity")
        threshold, right, found, spared = (format_percent(row[name]) for name in names)
        finds = f"it finds {found} of those who return and {spared} of those who do not"
        says = f"Predicting return from a chance of {threshold} on is right for {right}: {finds}."
        return Sentences.of([is_fair(self.n_seen, self.n), says])


def count_seen(fit, customers: pd.DataFrame) -> int | None:
    """Return how many of these customers a model was fitted on; None where there are no ids to tell it by."""
    if fit.seen is None or "customer_id" not in customers:
        return None
    return int(customers["customer_id"].isin(fit.seen).sum())


def is_fair(n_seen: int | None, n: int) -> str:
    """Say whether a model is judged by customers it has not seen.

    Examples
    --------
    >>> is_fair(0, 900), is_fair(300, 900)[:56]
    ('The model was fitted on other customers than these.', 'The model was fitted on 300 of these 900 customers, too,')
    """
    if n_seen is None:
        return ONLY_HELD_OUT
    if not n_seen:
        return NOT_SEEN
    of_these = f"{format_count(n_seen)} of these {format_count(n)} customers, too"
    return f"The model was fitted on {of_these}, which flatters it: judge it by customers who were held out."


def judge_return(fit, held_out: pd.DataFrame, threshold: float | None) -> ReturnCheck:
    """Judge predicted chances of return by customers the model has not seen, see `SecondLifetimeFit.check`."""
    table = check_lapsed(held_out, needs=("returned",))
    table = table[in_trial(table)]
    if len(table) < TENTHS:
        raise ValueError(f"Tenths need at least {TENTHS} customers; {len(table)} are held out.")
    returned = table["returned"].to_numpy(dtype=bool)
    if returned.all() or not returned.any():
        who = "All" if returned.all() else "None"
        raise ValueError(f"{who} of the held-out customers returned: nothing to judge by.")
    chance = fit.chance_of_return(table)
    average = float(returned.mean())
    own = average if threshold is None else threshold
    if not isinstance(own, Real) or not 0 < own < 1:
        raise ValueError(f"threshold must be between 0 and 1; got {threshold!r}.")
    ranks, n_back = rankdata(chance), int(returned.sum())
    return ReturnCheck(
        frame=_tenths(chance, returned),
        hits=pd.DataFrame([_hits(chance, returned, value) for value in dict.fromkeys([own, 0.5])]),
        n=len(table),
        predicted=float(chance.mean()),
        observed=average,
        ranked_right=float((ranks[returned].sum() - n_back * (n_back + 1) / 2) / (n_back * (len(table) - n_back))),
        level=LEVEL,
        n_seen=count_seen(fit, table),
    )


def _hits(chance, returned, threshold) -> dict[str, float]:
    says = chance >= threshold
    return {
        "threshold": float(threshold),
        "hit_rate": float((says == returned).mean()),
        "sensitivity": float(says[returned].mean()),
        "specificity": float((~says[~returned]).mean()),
        "hit_rate_of_most_frequent": float(max(returned.mean(), 1 - returned.mean())),
    }


def _tenths(chance, returned) -> pd.DataFrame:
    """Set shares predicted and observed side by side, tenth by tenth."""
    frame = Ranking.of(chance).by_tenth(predicted=chance, back=returned.astype(float))
    n, back = frame["n"], frame.pop("back")
    low, high = share_interval(back, n, LEVEL)
    predicted = frame["predicted"] / n
    return frame.assign(
        predicted=predicted,
        observed=back / n,
        observed_low=low,
        observed_high=high,
        inside=predicted.between(low, high),
        lift=back / n / returned.mean(),
        cumulative_share=back.cumsum() / returned.sum(),
    )


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
