"""Of which moments is a comparison of offers made: as measured, or adjusted for what was known beforehand?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.clusters import part_of
from winback.results import format_count, join_words
from winback.tables import LAPSED_TABLE, NO_OFFER, ProblemList
from winback.trial.adjusted import regression_adjusted
from winback.trial.covariates import check_known, standardised
from winback.trial.group_moments import independent_moments
from winback.trial.moments import ArmMoments
from winback.trial.trial import Trial

BY_CHANCE = 1e-4  # chance below which a group whose customers are all alike is not taken to be drawn so
FEWEST_PER_COEFFICIENT = 10  # customers, or clusters, of a group: intervals held with half as many, see the tests


def compared_moments(trial: Trial, *, independent: bool = False) -> Mapping[str, ArmMoments]:
    """Return the moments of the groups: adjusted where that was declared when the trial was read, else as measured.

    ``independent`` is as if no customers belonged together.
    """
    if trial.adjust:
        return adjusted_moments(trial, trial.adjust, independent=independent)
    return independent_moments(trial) if independent else trial.moments


def compared_groups(trial: Trial) -> tuple[str, ...]:
    """Return the offers, and the untreated where they are a random control group."""
    return trial.sent + ((NO_OFFER,) if trial.design.control == "accepted" else ())


def adjusted_moments(trial: Trial, columns: tuple[str, ...], *, independent: bool = False) -> Mapping[str, ArmMoments]:
    """Return the moments of the compared groups, adjusted for columns, by name; see `compared_moments`.

    Raises
    ------
    TableError
        Naming columns that are missing, were not known before the offer, or are the same for all of a group.
    ValueError
        When a group has too few customers for so many columns.
    """
    check_known(trial.customers, columns, trial.known)
    _refuse_fixed(trial, columns)
    names, rows = compared_groups(trial), _compared(trial)
    matrix = standardised(trial.customers[rows], columns)
    few = _too_few(trial, _rank(matrix))
    if few:
        raise ValueError(f"adjust names too many columns: {join_words(few)}. Name fewer, or leave the group out.")
    triple = np.column_stack([trial.returned, trial.value, trial.cost])[rows]
    place = np.array([names.index(name) if name in names else -1 for name in trial.arms])
    clusters = None if independent else part_of(trial.clusters, rows)
    found = regression_adjusted(triple, place[trial.arm[rows]], matrix, clusters)
    return {name: found.arm(position) for position, name in enumerate(names)}


def adjustable(trial: Trial) -> tuple[str, ...]:
    """Return the columns that are adjusted for where none were declared; none where a group is too small for them."""
    usable = [name for name in trial.known if name in trial.covariates]
    columns = tuple(name for name in usable if not _fixed_in(trial, name, trial.groups.arms))
    rank = _rank(standardised(trial.customers[_compared(trial)], columns))
    return () if not rank or _too_few(trial, rank) else columns


def _rank(matrix: np.ndarray) -> int:
    """Return how many columns are no sums of others: the last of a column's labels is where no other is."""
    return int(np.linalg.matrix_rank(matrix.T @ matrix, hermitian=True)) if matrix.size else 0


def _refuse_fixed(trial: Trial, columns: tuple[str, ...]) -> None:
    problems = ProblemList(LAPSED_TABLE, trial.customers)
    for name in columns:
        if group := _fixed_in(trial, name, compared_groups(trial)):
            fault = f"is the same for all customers of {group!r} and not for others, so these cannot be made alike"
            problems.add(name, fault, "Was it measured after the offer? Leave it out.")
    problems.raise_if_any()


def _fixed_in(trial: Trial, name: str, groups: tuple[str, ...]) -> str:
    """Name the group, if any, within which a column does not move though it does elsewhere, beyond chance.

    Such a column cannot be allowed for: nothing in that group tells what its customers would have brought at other
    values. ``opened``, 0 for all who were sent nothing, is one.
    """
    arm = trial.groups.arm
    codes = pd.factorize(trial.lapsed[name][arm >= 0], use_na_sentinel=False)[0]
    share = np.bincount(codes) / len(codes)
    for group in groups:
        inside = codes[arm[arm >= 0] == trial.groups.arms.index(group)]
        if (inside == inside[0]).all() and share[inside[0]] ** len(inside) < BY_CHANCE:
            return group
    return ""


def _compared(trial: Trial) -> np.ndarray:
    places = [trial.arms.index(name) for name in compared_groups(trial)]
    return np.isin(trial.arm, places)


def _too_few(trial: Trial, rank: int) -> list[str]:
    """Say which groups have too few customers, or clusters, for a regression on so many columns of numbers."""
    needed, few = FEWEST_PER_COEFFICIENT * (rank + 1), []
    for name in compared_groups(trial):
        rows = trial.arm == trial.arms.index(name)
        n, what = int(rows.sum()), "customers"
        if trial.clusters is not None:
            n, what = len(np.unique(trial.clusters[rows])), f"draws by {trial.cluster}"
        if n < needed:
            few.append(f"{name!r} has {format_count(n)} {what} and {rank} numbers to allow for need {needed}")
    return few
