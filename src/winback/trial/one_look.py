"""Is the trial still running, and what holds of a trial that is read more than once?

Intervals hold for one look, at an end that was planned beforehand. Who looks again and again and stops at the first
offer that pays makes false claims more often than the intervals say: of five looks at an offer that adds nothing about
three times as often (Armitage, McPherson & Rowe 1969).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from winback.results import format_count

ONE_LOOK = (
    "Intervals hold for one look, at the planned end of the trial: who reads it again and again and stops at the first "
    "offer that pays will find one too often where none does, so plan the end beforehand."
)


def n_still_followed(customers: pd.DataFrame, horizon_months: float | None) -> int:
    """Count the customers who were not yet followed through the horizon, so that their value may still grow.

    Known from ``followed``, else only of those who returned and are still here. 0 where value was measured directly.
    """
    if horizon_months is None:
        return 0
    early = np.zeros(len(customers), dtype=bool)
    if "followed" in customers:
        early |= (customers["followed"] < horizon_months).to_numpy(dtype=bool)
    if {"second_tenure", "second_ended"} <= set(customers):
        still_here = ~customers["second_ended"].to_numpy(dtype=bool, na_value=True)
        early |= still_here & (customers["second_tenure"] < horizon_months).to_numpy(dtype=bool, na_value=False)
    return int(early.sum())


def one_look(customers: pd.DataFrame | None, horizon_months: float | None) -> str:
    """Say that intervals hold for one look; of a trial that may still be running also how many are still followed."""
    n = 0 if customers is None else n_still_followed(customers, horizon_months)
    if n == 0:
        return ONE_LOOK
    are = "is" if n == 1 else "are"
    return (
        f"{format_count(n)} of {format_count(len(customers))} customers {are} not yet followed for all of the "
        f"{horizon_months:.4g} months counted: if the trial is still running, read it once, at its planned end, for "
        "intervals hold for one look, and who stops at the first offer that pays finds one too often where none does."
    )
