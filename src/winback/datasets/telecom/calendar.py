"""On which day is month 0, and on which days did the study's customers come and go?

Month 0 is when the losses begin to be counted. Tenures in days are those in months rounded down, so that they are
right within a day whether or not the last day of a contract is counted. Nobody comes back within `SHORTEST_GAP` days
of leaving: a shorter gap is a change of contract.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from winback.datasets.telecom import assumptions as assumed
from winback.tables.months_from_dates import DAYS_IN_MONTH

MONTH_ZERO = date(2005, 3, 1)
LAST_DAY = round(assumed.STUDY_END * DAYS_IN_MONTH)  # of the study, counted from month 0
UNTIL = MONTH_ZERO + timedelta(days=LAST_DAY)
SHORTEST_GAP = 32  # days from the last of one life to the first of the next: 31 lie between them


def day_of(month: float) -> int:
    """Return the day of a month, counted from month 0.

    Examples
    --------
    >>> day_of(84), str(on(day_of(84)))
    (2557, '2012-03-01')
    """
    return round(month * DAYS_IN_MONTH)


def on(day: np.ndarray | int) -> np.ndarray:
    """Return the date of a day that is counted from month 0."""
    return np.datetime64(MONTH_ZERO, "D") + day


def whole_days(months: np.ndarray) -> np.ndarray:
    """Return months as whole days, rounded down."""
    return np.floor(np.asarray(months, dtype=float) * DAYS_IN_MONTH + 1e-9).astype(np.int64)


def study_days(lapsed: pd.DataFrame) -> pd.DataFrame:
    """Return the days on which each leaver of the study came (``start``), left (``end``) and was sent an offer.

    Examples
    --------
    >>> row = {"first_tenure": [12.0], "months_away": [2.0], "followed": [100.0]}
    >>> study_days(pd.DataFrame(row)).iloc[0].tolist()
    [488, 853, 914]
    """
    offered = LAST_DAY - whole_days(lapsed["followed"])
    away = np.maximum(np.rint(lapsed["months_away"] * DAYS_IN_MONTH).astype(np.int64), SHORTEST_GAP)
    end = np.clip(offered - away, day_of(assumed.FIRST_LOSS), day_of(assumed.LAST_LOSS)).to_numpy()
    offered = np.maximum(offered, end + SHORTEST_GAP)
    return pd.DataFrame({"start": end - whole_days(lapsed["first_tenure"]), "end": end, "offered": offered})
