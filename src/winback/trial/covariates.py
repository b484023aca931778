"""From which columns are outcomes predicted?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from winback.tables import LAPSED_TABLE, ProblemList
from winback.tables.likeness import to_choose_from
from winback.tables.no_contact import without_marks
from winback.trial.balance import covariate_matrix, known_beforehand
from winback.trial.late_columns import measured_after_the_offer

FEWEST_PER_COLUMN = 3  # customers of an arm for each coefficient of its linear prediction
USED_WHEN_NESTED = 0.6  # share of the customers that predictions use when two of five folds are left out


def asked_covariates(covariates: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return the columns named, one name alone, too; None where none were."""
    if covariates is None:
        return None
    return (covariates,) if isinstance(covariates, str) else tuple(covariates)


def covariates_used(
    table: pd.DataFrame, asked: tuple[str, ...] | None, sizes: np.ndarray, late: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the columns to predict from: those asked for, else all; none where the arms are too small for all.

    The table has the customers in the trial, ``sizes`` are those of the arms, ``late`` are columns known to be measured
    after the offer. A TableError names columns asked for that are missing, or were not known before the offer.
    """
    late = {*late, *measured_after_the_offer(table)}
    usable = [name for name in known_beforehand(table) if name not in late]
    if asked is None:
        usable = [name for name in without_marks(usable) if len(table[name].unique()) > 1]
        width = covariate_matrix(table, usable)[0].shape[1]
        enough = USED_WHEN_NESTED * sizes.min() >= FEWEST_PER_COLUMN * (width + 1)
        return tuple(usable) if enough else ()
    check_known(table, asked, usable)
    return asked


def check_known(table: pd.DataFrame, asked: Iterable[str], known: Iterable[str]) -> None:
    """Refuse columns that are missing from a table, or are not among those known before the offer.

    Raises
    ------
    TableError
        Listing them all.
    """
    known, problems = tuple(known), ProblemList(LAPSED_TABLE, table)
    for name in [name for name in asked if name not in known]:
        unfit = "is not known before the offer, or no number, flag or short label"
        fault = unfit if name in table else "is missing"
        remedy = f"Name some of those known before. {to_choose_from(name, known)}" if known else "Leave it out."
        problems.add(str(name), fault, remedy)
    problems.raise_if_any()


def standardised(table: pd.DataFrame, names: Iterable[str]) -> np.ndarray:
    """Return columns as numbers, each centred and with spread 1, shape (n, p); those that do not move are left out."""
    matrix, _ = covariate_matrix(table, list(names))
    spread = matrix.std(axis=0)
    moving = spread > 1e-12 * np.abs(matrix).max(axis=0, initial=0.0)
    return matrix[:, moving] / spread[moving]
