"""How many rows of a log in memory are equal to another? Looked for only where a customer bought twice on a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

SLOTS = 2**22  # a power of two; rows that share a slot by chance cost time and nothing else
AT_ONCE = 2**17  # rows that a processor keeps at hand


def n_equal_rows(key: np.ndarray, again: np.ndarray, moment: np.ndarray, money: np.ndarray) -> int:
    """Return how many rows are equal to one before them.

    Parameters
    ----------
    key : numpy.ndarray of int64
        (n_rows,) The customer's day.
    again : numpy.ndarray of int64
        Keys that occur more than once.
    moment, money : numpy.ndarray
        (n_rows,) Date with its time, and amount.

    Examples
    --------
    >>> n_equal_rows(np.array([5, 5, 5]), np.array([5]), np.array([0, 0, 1]), np.array([2.0, 2.0, 2.0]))
    1
    """
    slots = np.zeros(SLOTS, dtype=bool)
    slots[again & (SLOTS - 1)] = True
    likely = np.empty(len(key), dtype=bool)
    for start in range(0, len(key), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        likely[some] = slots[key[some] & (SLOTS - 1)]
    rows = np.flatnonzero(likely)
    seen = pd.DataFrame({"key": key[rows], "moment": moment[rows], "money": money[rows]})
    return int(seen.duplicated().sum())
