"""How well is return predicted, on customers the model has not seen? Hits, calibration and lift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from winback.results import Result, Sentences, format_count, format_percent
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.tables import check_lapsed, in_trial
from winback.trial.trial import Trial
from winback.uncertainty import share_interval

CLASSES = 10


def hold_out(
    customers: pd.DataFrame | Trial, share: float = 0.3, *, rng: int | np.random.Generator | None = 0
) -> tuple[pd.DataFrame, pd.DataFrame] | tuple[Trial, Trial]:
    """Split customers at random: those to fit on, and those held out to judge the fit by.

    Parameters
    ----------
    customers : pandas.DataFrame or Trial
        Any table, one row per customer, or a trial: both parts are then trials under the same terms.
    share : float
        Held out.
    rng : int, Generator or None
        Seed or generator; None splits afresh.

    Examples
    --------
    >>> import pandas as pd
    >>> fit_on, judge_by = hold_out(pd.DataFrame({"customer_id": range(10)}), 0.3)
    >>> len(fit_on), len(judge_by)
    (7, 3)
    """
    if not isinstance(share, Real) or not 0 < share < 1:
        raise ValueError(f"share must be between 0 and 1, such as 0.3; got {share!r}.")
    n = len(customers.lapsed) if isinstance(customers, Trial) else len(customers)
    chosen = np.zeros(n, dtype=bool)
    chosen[np.random.default_rng(rng).permutation(n)[: round(share * n)]] = True
    if isinstance(customers, Trial):
        return customers.part(~chosen), customers.part(chosen)
    return customers[~chosen], customers[chosen]


@dataclass(frozen=True, repr=False)
class ReturnValidation(Result):
    """How predicted chances of return compare with who returned, see `validate_return`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per tenth of the customers, likeliest first: ``tenth``, ``n``, ``predicted`` and ``observed`` share
        returned, ``observed_low``, ``observed_high`` (Wilson), ``lift`` = observed / average, ``cumulative_share`` of
        all who returned, up to here.
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

    frame: pd.DataFrame = field(repr=False)
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
        return Sentences.of(_lines(self))


def validate_return(
    fit: SecondLifetimeFit, held_out: pd.DataFrame, *, threshold: float | None = None
) -> ReturnValidation:
    """Judge predicted chances of return by customers the model has not seen.

    Parameters
    ----------
    fit : JointFit or TwoPartFit
        Fitted on other customers, see `hold_out`.
    held_out : pandas.DataFrame
        With the columns of the reacquisition formula and ``returned``. Rows whose ``eligible`` is false are left out.
    threshold : float, optional
        Predict return from this chance on; where not given, the share who returned. One half is always shown beside.

    Returns
    -------
    ReturnValidation

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> fit_on, judge_by = wb.hold_out(study.lapsed)
    >>> fit = wb.fit_two_part(fit_on, reacquisition="offer + reason", tenure="reason", margin="reason")
    >>> wb.validate_return(fit, judge_by).frame["lift"].round(2).head(2).tolist()
    [1.36, 1.3]
    """
    table = check_lapsed(held_out, needs=("returned",))
    table = table[in_trial(table)]
    if len(table) < CLASSES:
        raise ValueError(f"Tenths need at least {CLASSES} customers; {len(table)} are held out.")
    returned = table["returned"].to_numpy(dtype=bool)
    if returned.all() or not returned.any():
        raise ValueError(
            f"{'All' if returned.all() else 'None'} of the held-out customers returned: nothing to judge by."
        )
    chance = fit.chance_of_return(table)
    average = float(returned.mean())
    own = average if threshold is None else threshold
    if not isinstance(own, Real) or not 0 < own < 1:
        raise ValueError(f"threshold must be between 0 and 1; got {threshold!r}.")
    hits = pd.DataFrame([_hits(chance, returned, value) for value in dict.fromkeys([own, 0.5])])
    ranks = rankdata(chance)
    n_back = int(returned.sum())
    ranked_right = (ranks[returned].sum() - n_back * (n_back + 1) / 2) / (n_back * (len(table) - n_back))
    return ReturnValidation(
        _tenths(chance, returned), hits, len(table), float(chance.mean()), average, float(ranked_right)
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
    """Cut customers into tenths by their chance; customers of equal chance count with their average."""
    order = np.argsort(-chance, kind="stable")
    parts = np.array_split(order, CLASSES)
    average = pd.Series(returned.astype(float)).groupby(chance).transform("mean").to_numpy()
    n, back = np.array([len(part) for part in parts]), np.array([average[part].sum() for part in parts])
    low, high = share_interval(back, n)
    return pd.DataFrame(
        {
            "tenth": np.arange(1, CLASSES + 1),
            "n": n,
            "predicted": [chance[part].mean() for part in parts],
            "observed": back / n,
            "observed_low": low,
            "observed_high": high,
            "lift": back / n / returned.mean(),
            "cumulative_share": back.cumsum() / returned.sum(),
        }
    )


def _lines(found: ReturnValidation) -> Iterator[str]:
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    yield (
        f"Of the {format_count(found.n)} customers it is judged by, {format_percent(found.observed)} returned; the "
        f"model predicted {format_percent(found.predicted)}."
    )
    yield (
        f"Of the tenth it holds likeliest, {format_percent(first['observed'])} returned ({first['lift']:.1f} times the "
        f"average), of the last tenth {format_percent(last['observed'])}."
    )
    inside = found.frame["predicted"].between(found.frame["observed_low"], found.frame["observed_high"]).sum()
    yield (
        f"In {inside} of {CLASSES} tenths the prediction lies within the interval of what was observed"
        + (": chances can be taken at their word." if inside >= CLASSES - 1 else ".")
    )
    if inside < CLASSES - 2:
        off = np.average((found.frame["predicted"] - found.frame["observed"]).abs(), weights=found.frame["n"])
        yield f"Do not take the chances at their word: they are {100 * off:.1f} points off on average."
    yield ("This is fair only if these customers were held out when the model was fitted.")
    row = found.hits.iloc[0]
    yield (
        f"Predicting return from a chance of {format_percent(row['threshold'])} on is right for "
        f"{format_percent(row['hit_rate'])}: it finds {format_percent(row['sensitivity'])} of those who return and "
        f"{format_percent(row['specificity'])} of those who do not."
    )
