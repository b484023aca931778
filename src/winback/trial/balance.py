"""Were the groups alike before the offers went out? Balance of what was known beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from winback.clusters import sums_within
from winback.labels import label_of, value_words
from winback.tables import LAPSED, label_codes

WRITTEN_DATE = r"\s*(\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})([T ].*)?\s*"
MOST_LEVELS = 30  # a text column with more distinct values is a label, not a covariate
NOT_COVARIATES = {column.name for column in LAPSED if column.outcome or column.kind in ("id", "text")} | {
    "offer",
    "offer_probability",
    "eligible",
}


@dataclass(frozen=True)
class Balance:
    """How far one group differs from all others before the offer."""

    p_value: float  # all covariates together; NaN when there is none
    largest_difference: float  # in standard deviations
    covariate: str  # where it is largest, in words


def known_beforehand(customers: pd.DataFrame) -> list[str]:
    """Return the columns that a balance check can use: not ids, texts, outcomes or the assignment itself."""
    usable = []
    for name in customers.columns:
        column = customers[name]
        if name in NOT_COVARIATES or not can_be_told(column) or _is_dates(column):
            continue
        if pd.api.types.is_integer_dtype(column):
            usable += [] if column.is_unique else [name]  # numbers that tell every row apart are ids
        elif pd.api.types.is_numeric_dtype(column) or column.nunique() <= MOST_LEVELS:
            usable.append(name)
    return usable


def _is_dates(column: pd.Series) -> bool:
    """Say whether a column has dates, as such or written out: days of a campaign are no kinds of customers."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return True
    if pd.api.types.is_numeric_dtype(column):
        return False
    values = pd.Series(column.dropna().unique()).astype(str)
    return bool(len(values) and values.str.fullmatch(WRITTEN_DATE).all())


def can_be_told(column: pd.Series) -> bool:
    """Say whether a column's cells can tell customers apart: lists and the like cannot, nor complex numbers."""
    if pd.api.types.is_complex_dtype(column):
        return False
    if column.dtype != object or pd.api.types.infer_dtype(column) == "string":
        return True
    plain = column.map(lambda cell: pd.api.types.is_scalar(cell) and not isinstance(cell, complex))
    return bool(plain.all())


def covariate_matrix(customers: pd.DataFrame, names: list[str]) -> tuple[np.ndarray, list[str]]:
    """Return centred covariates, and each in words; a label is one column per value, a missing value an average."""
    columns, labels = [], []
    for name in names:
        column = customers[name]
        if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            known = np.isfinite(numbers)
            average = numbers[known].mean() if known.any() else 0.0
            columns.append(numbers if known.all() else np.where(known, numbers, average))
            labels.append(label_of(name))
        else:
            codes, values = label_codes(column)
            columns += [(codes == code).astype(float) for code in range(len(values))]
            labels += [value_words(name, value) for value in values]
    matrix = np.array(columns).reshape(len(columns), len(customers))
    matrix -= matrix.mean(axis=1, keepdims=True)
    return matrix.T, labels


def group_balance(
    matrix: np.ndarray, labels: list[str], groups: np.ndarray, n_groups: int, clusters: np.ndarray | None = None
) -> list[Balance]:
    r"""Compare each group with all others on all covariates (and their labels, from `covariate_matrix`) at once.

    Membership is regressed on the covariates; under random assignment the regression explains nothing. Its F test is
    Hotelling's :math:`T^2` test of equal means. Each customer's group is 0 to ``n_groups`` - 1. With ``clusters``,
    shape (n,), the test takes each as one draw (`_explained_by_clusters`).
    """
    n = len(matrix)
    members = (groups[:, None] == np.arange(n_groups)).astype(float)
    sizes, sums, mean = members.sum(axis=0), matrix.T @ members, matrix.mean(axis=0)
    covariance = matrix.T @ matrix / n - np.outer(mean, mean)
    moving = covariance.diagonal() > 1e-12 * np.abs(matrix).max(axis=0, initial=0.0) ** 2
    spread = np.sqrt(covariance.diagonal()[moving])
    labels = [label for label, moves in zip(labels, moving, strict=True) if moves]
    correlation = covariance[np.ix_(moving, moving)] / np.outer(spread, spread)
    rank = int(np.linalg.matrix_rank(correlation, hermitian=True)) if labels else 0
    inverse = np.linalg.pinv(correlation, hermitian=True) if labels else correlation
    balances = []
    for size, total in zip(sizes, sums.T, strict=True):
        freedom = (n if clusters is None else len(np.unique(clusters))) - rank - 1
        if not labels or size in (0, n) or freedom < 1:
            balances.append(Balance(np.nan, np.nan, ""))
            continue
        shift = (total / size - mean)[moving] / spread  # from the mean of all, in standard deviations
        explained = size / (n - size) * shift @ inverse @ shift
        if clusters is not None:
            own = members[:, len(balances)] - size / n
            explained = _explained_by_clusters(own, (matrix - mean)[:, moving] / spread, clusters)
        f_ratio = (explained / rank) / (max(1 - explained, 1e-300) / freedom)
        worst = int(np.abs(shift).argmax())
        from_others = float(shift[worst] * n / (n - size))
        balances.append(Balance(float(stats.f.sf(f_ratio, rank, freedom)), from_others, labels[worst]))
    return balances


def _explained_by_clusters(own: np.ndarray, columns: np.ndarray, clusters: np.ndarray) -> float:
    r"""Return the share of membership explained by the covariates, each cluster being one draw.

    With the sums :math:`s_g` over clusters of centred membership times centred covariates it is
    :math:`(\sum_g s_g)' (\sum_g s_g s_g')^{-1} (\sum_g s_g) / G`, the score test's analogue of the squared multiple
    correlation.
    """
    sums = sums_within(own[:, None] * columns, clusters)
    total = sums.sum(axis=0)
    return float(total @ np.linalg.pinv(sums.T @ sums, hermitian=True) @ total) / len(sums)
