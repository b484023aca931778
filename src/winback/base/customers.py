"""Whose rows are these? Ids of several tables: 12, "12" and " 12" are one customer, 12 and "0012" are two."""

from __future__ import annotations

import numpy as np
import pandas as pd


def places_among(ids: pd.Series, known: pd.Index) -> np.ndarray:
    """Return the place of each id among known ones, -1 where it is none of them.

    Examples
    --------
    >>> places_among(pd.Series(["12", "0012", None]), pd.Index([7, 12])).tolist()
    [1, -1, -1]
    """
    if pd.api.types.is_integer_dtype(ids.dtype) and ids.notna().all() and pd.api.types.is_integer_dtype(known.dtype):
        return known.get_indexer(pd.Index(ids.astype("int64")))
    codes, distinct = pd.factorize(ids)
    there, here = (pd.Index(_texts(each), dtype=object) for each in (known, distinct))
    if (bare := there.str.strip()).is_unique:  # blanks around ids tell nobody apart
        there, here = bare, here.str.strip()
    return np.append(there.get_indexer(here), -1)[codes]


def _texts(ids) -> list[str]:
    return [str(int(each)) if isinstance(each, float) and each.is_integer() else str(each) for each in ids]
