"""How many rows of a log in memory are equal to another? Looked for only where a customer bought twice on a day."""

from __future__ import annotations

import numpy as np
import pandas as pd

SLOTS = 2**22  # a power of two; rows that share a slot by chance cost time and nothing else
MIXER = 0x9E3779B97F4A7C1 | 1  # odd and irregular
AT_ONCE = 2**17  # rows that a processor keeps at hand


def n_equal_rows(codes, day, moment, money, *, again, key) -> int:
    """Return how many rows are equal to one before them.

    Parameters
    ----------
    codes, day, moment, money : numpy.ndarray
        (n_rows,) Customer, day, date with its time, and amount.
    again : numpy.ndarray of int64
        Customers' days that occur more than once, each as one number.
    key : tuple of int
        ``(span, first)`` make that number: ``codes * span + day - first``.

    Examples
    --------
    >>> row = (np.array([1, 1, 1]), np.array([5, 5, 5]), np.array([0, 0, 1]), np.array([2.0, 2.0, 2.0]))
    >>> n_equal_rows(*row, again=np.array([15]), key=(10, 0))
    1
    """
    slots = np.zeros(SLOTS, dtype=bool)
    slots[again & (SLOTS - 1)] = True
    likely = np.empty(len(codes), dtype=bool)
    for start in range(0, len(codes), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        likely[some] = slots[_number(codes[some], day[some], key) & (SLOTS - 1)]
    rows = np.flatnonzero(likely)
    number, moment, money = _number(codes[rows], day[rows], key), moment[rows], money[rows]
    mixed = number * MIXER ^ money.view(np.int64) * MIXER ^ moment.view(np.int64)
    alike = pd.Series(mixed).duplicated(keep=False).to_numpy()  # equal rows are, and by chance a few others
    seen = pd.DataFrame({"number": number[alike], "moment": moment[alike], "money": money[alike]})
    return int(seen.duplicated().sum())


def _number(codes, day, key) -> np.ndarray:
    span, first = key
    return codes.astype(np.int64) * span + (day - first)
