"""How are later counts of customers judged? What a model expected of each cohort beside what was counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.results import format_count
from winback.tables import Problem, TableError
from winback.value.contracts.check import ContractCheck
from winback.value.contracts.counts import COUNTS, n_of, survivors_by_cohort
from winback.value.contracts.parameters import gradients, slopes, survival_interval
from winback.value.contracts.payments import log_stays


def judge_contracts(fit, survivors) -> ContractCheck:
    """Judge a model, fitted to the first periods of cohorts, by their later counts, see `ContractFit.check`."""
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
    settings = {"model": fit.model, "period": fit.period, "level": fit.level}
    return ContractCheck(frame=pd.DataFrame(rows), seen=int(seen[0]), **settings)


def periods_seen(fit, cohorts: list[np.ndarray]) -> list[int]:
    """Return how many periods of each cohort a fit has seen, below 0 where it began afterwards.

    Counts that are not those of the fit, continued, are refused; with known parameters it has seen nothing.
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
