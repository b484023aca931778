"""Do customers under contract stay as a model said? Its projection against later counts of the same cohorts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.periods import Period
from winback.results import Result, Sentences, format_count, format_percent
from winback.tables import Problem, TableError
from winback.value.contracts.contract_fit import ContractFit
from winback.value.contracts.counts import COUNTS, n_of, survivors_by_cohort
from winback.value.contracts.errors import gradients, slopes, survival_interval
from winback.value.contracts.payments import log_stays

SMALL_GAP, LARGE_GAP = 0.02, 0.05  # share of customers, as for every model of tenure (`winback.survival`)
WIDE = 0.10  # half of the interval: with ten points left to chance any model of these customers fits
EXACT = 0.0005  # a gap that rounds to no tenth of a point


@dataclass(frozen=True, repr=False)
class ContractValidation(Result):
    """How a projection compares with later counts, see `validate_contracts`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per held-out period: ``ahead`` (of the end of what the fit saw), ``age`` of the oldest cohort, ``n``
        customers at the start, ``observed`` share of them still here, ``expected`` share with ``_low`` and ``_high``
        (for what will be observed), ``gap`` = expected - observed, ``inside`` its interval.
    model : str
    period : Period
    seen : int
        Periods that the fit saw of the oldest cohort.
    level : float
    """

    frame: pd.DataFrame = field(repr=False)
    model: str
    period: Period
    seen: int
    level: float
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "age": ("Age", "count"),
        "n": ("Customers at the start", "count"),
        "observed": ("Still here", "percent"),
        "expected": ("Expected", "percent"),
        "gap": ("Gap", "percent"),
    }

    @property
    def covered(self) -> tuple[int, int]:
        """How many observed shares lie in their prediction interval, and of how many."""
        return int(self.frame["inside"].sum()), len(self.frame)

    @property
    def verdict(self) -> str:
        """Whether the projection held to the last period, in one sentence."""
        return _verdict(self)

    def describe(self) -> Sentences:
        """Say whether the projection held, and what the intervals hold."""
        return Sentences.of(_lines(self))


def validate_contracts(fit: ContractFit, survivors) -> ContractValidation:
    r"""Judge a contract model, fitted to the first periods of cohorts, by their later counts.

    Expected of a cohort of which :math:`n_s` were left when the fit ended, s periods old, is the share that stays of
    those, :math:`n_s S(s + h) / S(s)` after h more periods; the interval holds the parameters' uncertainty (delta
    method) and the chance with which each of the :math:`n_s` stays (binomial). Cohorts are added up.

    Parameters
    ----------
    fit : ContractFit
        From `fit_sbg` or `fit_bdw`, without covariates.
    survivors : sequence, or DataFrame
        As for `fit_sbg`, of the same cohorts, followed longer. A model with known parameters has seen nothing: all of
        it is held out.

    Returns
    -------
    ContractValidation

    Raises
    ------
    TypeError, ValueError
        When the fit is of another kind or has covariates.
    TableError
        Listing every problem of the counts, also when they are not those of the fit or do not go on beyond them.

    References
    ----------
    .. [1] Fader, P. S. & Hardie, B. G. S. (2007). How to project customer retention. Journal of Interactive Marketing
       21(1).

    Examples
    --------
    >>> import winback as wb
    >>> left = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]
    >>> wb.validate_contracts(wb.fit_sbg(left[:5], period="Y"), left).verdict
    'The sBG misses: it expects 8.7 points too few still here at age 12, more than chance'
    >>> wb.validate_contracts(wb.fit_bdw(left[:5], period="Y"), left).verdict
    'The BdW fits: it expects 0.5 points too few still here at age 12, no more than chance'
    """
    if not isinstance(fit, ContractFit):
        raise TypeError(
            f"fit must come from fit_sbg, fit_bdw or contract_model; got {type(fit).__name__}. Models of purchases are "
            "judged by validate_purchases."
        )
    if fit.design is not None:
        raise ValueError(
            f"fit depends on {', '.join(fit.design.columns)}, which counts of survivors do not show: fit one model per "
            "group and judge each."
        )
    cohorts = survivors_by_cohort(survivors)
    seen = np.maximum(periods_seen(fit, cohorts), 0)
    n_periods = len(cohorts[0]) - 1 - int(seen[0])
    if n_periods < 1:
        end = n_of(len(cohorts[0]) - 1, "period")
        _refuse(f"end after {end}, all of which the fit has seen", "Give later counts as well.")
    ahead = [(counts, int(start)) for counts, start in zip(cohorts, seen, strict=True) if len(counts) - 1 > start]
    rows = [_row(fit, ahead, later, int(seen[0])) for later in range(1, n_periods + 1)]
    return ContractValidation(pd.DataFrame(rows), fit.model, fit.period, int(seen[0]), fit.level)


def periods_seen(fit: ContractFit, cohorts: list[np.ndarray]) -> list[int]:
    """Return how many periods of each cohort the fit has seen, below 0 where it began afterwards.

    Parameters
    ----------
    fit : ContractFit
        With known parameters it has seen nothing.
    cohorts : list of numpy.ndarray
        From `survivors_by_cohort`.

    Raises
    ------
    TableError
        When the counts are not those of the fit, continued.
    """
    seen = [(fit.last_period if fit.n else 0) - (len(cohorts[0]) - len(counts)) for counts in cohorts]
    known = [(counts, last) for counts, last in zip(cohorts, seen, strict=True) if last >= 0]
    if not fit.n:
        return seen
    n = sum(counts[0] for counts, _ in known)
    n_ended = sum(counts[0] - counts[min(last, len(counts) - 1)] for counts, last in known)
    if len(known) < len(cohorts):
        _refuse(f"have {n_of(len(cohorts) - len(known), 'cohort')} that began after the fit", "Leave them out.")
    if (round(n), round(n_ended)) != (fit.n, fit.n_ended):
        _refuse(
            f"have {format_count(n)} customers, of whom {format_count(n_ended)} left within the first "
            f"{n_of(fit.last_period, 'period')}; the fit has seen {format_count(fit.n)} and "
            f"{format_count(fit.n_ended)}",
            "Give the survivors of the same cohorts from their start on, all until the same date.",
        )
    return seen


def _refuse(problem, remedy):
    raise TableError(COUNTS, [Problem("survivors", problem, 0, "", remedy)])


def _row(fit, ahead, later, seen) -> dict[str, float]:
    """Return what is observed and expected so many periods after what the fit saw, all cohorts together."""
    there = [(counts, start) for counts, start in ahead if start + later < len(counts)]
    left = np.array([counts[start] for counts, start in there])
    starts = np.array([start for _, start in there])
    n = sum(counts[0] for counts, _ in there)
    logs, matrix = fit.logs(None)

    def stays(at):
        return np.exp(log_stays(at[..., None], starts + later) - log_stays(at[..., None], starts))

    share = stays(logs)[0]
    slope = left @ gradients(slopes(stays, logs, fit.model), matrix)[0]
    variance = float(slope @ fit.covariance @ slope + left @ (share * (1 - share)))
    observed, expected = sum(counts[start + later] for counts, start in there) / n, float(left @ share) / n
    low, high = (float(end) for end in survival_interval(np.array(expected), np.sqrt(variance) / n, fit.level))
    return {
        "ahead": later,
        "age": seen + later,
        "n": round(n),
        "observed": observed,
        "expected": expected,
        "expected_low": low,
        "expected_high": high,
        "gap": expected - observed,
        "inside": low <= observed <= high,
    }


def _verdict(found) -> str:
    last = found.frame.iloc[-1]
    size = f"{format_percent(abs(last['gap'])).removesuffix('%')} points too {'many' if last['gap'] > 0 else 'few'}"
    exact = abs(last["gap"]) < EXACT
    say = f"it expects {'as many as are' if exact else size} still here at age {last['age']:.0f}"
    if not last["inside"]:
        little = ", but little" if abs(last["gap"]) < SMALL_GAP else ""
        return f"The {found.model} misses{little}: {say}, more than chance"
    if abs(last["gap"]) > LARGE_GAP or last["expected_high"] - last["expected_low"] > 2 * WIDE:
        low, high = (format_percent(last[f"expected_{end}"]) for end in ("low", "high"))
        told = f"{say}, and its interval for what is observed is [{low}, {high}]"
        return f"Too few customers to tell whether the {found.model} fits: {told}"
    return f"The {found.model} fits: {say}{'' if exact else ', no more than chance'}"


def _lines(found) -> Iterator[str]:
    yield f"{_verdict(found)}."
    inside, n = found.covered
    widest = found.frame.loc[found.frame["gap"].abs().idxmax()]
    first = found.period.count(found.seen) if found.seen else "nothing"
    yield (
        f"The fit has seen {first}; {_held(inside, n)}. The widest gap is "
        f"{format_percent(abs(widest['gap'])).removesuffix('%')} points, at age {widest['age']:.0f}."
    )
    yield (
        f"Intervals at {found.level:.0%} are for what will be observed: they hold the uncertainty of the parameters "
        "and the chance in who stays, not a change of prices or of the market. Later periods are of the same "
        "customers: they miss or hold together."
    )


def _held(inside, n) -> str:
    """Say how many held-out periods lie in their interval."""
    if n == 1:
        return f"the one held-out period {'lies' if inside else 'does not lie'} in its interval"
    if inside == 1:
        return f"of the {n} held-out periods, 1 lies in its interval"
    return f"of the {n} held-out periods, {inside or 'none'} lie in their interval"
