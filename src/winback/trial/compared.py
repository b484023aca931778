"""Of which moments is a comparison of offers made: as measured, or adjusted for what was known beforehand?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from winback.clusters import part_of
from winback.results import format_count, join_words
from winback.tables import NO_OFFER
from winback.trial.adjusted import regression_adjusted
from winback.trial.covariates import check_known, standardised
from winback.trial.moments import ArmMoments
from winback.trial.trial import Trial

FEWEST_PER_COEFFICIENT = 10  # customers, or clusters, of a group: intervals held with half as many, see the tests


def compared_moments(trial: Trial) -> Mapping[str, ArmMoments]:
    """Return the moments of the groups: adjusted where that was declared when the trial was read, else as measured."""
    return adjusted_moments(trial, trial.adjust) if trial.adjust else trial.moments


def compared_groups(trial: Trial) -> tuple[str, ...]:
    """Return the offers, and the untreated where they are a random control group."""
    return trial.sent + ((NO_OFFER,) if trial.design.control == "accepted" else ())


def adjusted_moments(trial: Trial, columns: tuple[str, ...]) -> Mapping[str, ArmMoments]:
    """Return the moments of the compared groups, adjusted for columns, by name.

    Raises
    ------
    TableError
        Naming columns that are missing, or were not known before the offer.
    ValueError
        When a group has too few customers for so many columns.
    """
    check_known(trial.customers, columns, trial.known)
    names, rows = compared_groups(trial), _compared(trial)
    matrix = standardised(trial.customers[rows], columns)
    few = _too_few(trial, _rank(matrix))
    if few:
        raise ValueError(f"adjust names too many columns: {join_words(few)}. Name fewer, or leave the group out.")
    triple = np.column_stack([trial.returned, trial.value, trial.cost])[rows]
    place = np.array([names.index(name) if name in names else -1 for name in trial.arms])
    found = regression_adjusted(triple, place[trial.arm[rows]], matrix, part_of(trial.clusters, rows))
    return {name: found.arm(position) for position, name in enumerate(names)}


def adjustable(trial: Trial) -> tuple[str, ...]:
    """Return the columns that are adjusted for where none were declared; none where a group is too small for them."""
    columns = tuple(name for name in trial.known if name in trial.covariates)
    rank = _rank(standardised(trial.customers[_compared(trial)], columns))
    return () if not rank or _too_few(trial, rank) else columns


def _rank(matrix: np.ndarray) -> int:
    """Return how many columns are no sums of others: the last of a column's labels is where no other is."""
    return int(np.linalg.matrix_rank(matrix.T @ matrix, hermitian=True)) if matrix.size else 0


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
