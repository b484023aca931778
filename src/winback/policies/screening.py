"""Which columns are worth asking about, where there are many? Those that part customers best by themselves.

A search over all pairs of columns grows with their square. Where nobody named columns, the eight that earn most with
one question are searched. They are chosen by the scores a tree is learned from, anew on each part of the customers:
those who judge a tree have no say in its columns, so its honest gain stays honest. What is lost is a pair of columns
that matter only together; named in ``by``, all are searched.
"""

from __future__ import annotations

import numpy as np

from winback.policies.exact_tree import Search, search_of
from winback.policies.questions import SplitTable

MOST_COLUMNS = 8  # as many as the study has: 36 pairs with themselves, a second for a small trial


def best_columns(
    scores: np.ndarray, splits: SplitTable, most_columns: int = MOST_COLUMNS, smallest_leaf: int | None = None
) -> SplitTable:
    """Return the splits of the columns that earn most by one question, in their order; all where there are not more.

    ``scores``, ``splits`` and ``smallest_leaf`` are those of `exact_tree`.

    Examples
    --------
    >>> import pandas as pd
    >>> from winback.policies.questions import split_table
    >>> splits = split_table(pd.DataFrame({"noise": [1, 2, 1, 2], "told": [1, 1, 2, 2]}), ["noise", "told"])
    >>> scores = np.array([[5.0, 0], [4, 0], [0, 2], [0, 3]])
    >>> [column.name for column in best_columns(scores, splits, 1, smallest_leaf=1).columns]
    ['told']
    """
    if len(splits.columns) <= most_columns:
        return splits
    search = search_of(scores, splits, smallest_leaf)
    earned = [_by_one_question(search, column, bins) for column, bins in zip(splits.columns, splits.bins, strict=True)]
    return splits.only(np.sort(np.argsort(-np.array(earned), kind="stable")[:most_columns]))


def says_what_is_searched(n_columns: int) -> tuple[str, ...]:
    """Say that not all columns were searched; nothing where they were."""
    if n_columns <= MOST_COLUMNS:
        return ()
    return (
        f"Of {n_columns} columns known beforehand, the {MOST_COLUMNS} that part customers best by themselves were "
        "searched for two questions, chosen anew on each part of the customers. Columns that matter only together may "
        "be missed: name them in by.",
    )


def _by_one_question(search: Search, column, bins) -> float:
    sides = np.stack([column.sides, ~column.sides], axis=1).astype(float)  # (n_bins, 2, n_splits)
    sums = np.tensordot(search.histogram(bins, column.n_bins), sides, axes=1)  # (K, 2, n_splits)
    enough = (sums[0] >= search.smallest_leaf).all(axis=0)
    return float(search.best(sums).sum(axis=0).max(where=enough, initial=0.0))
