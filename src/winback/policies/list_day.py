"""How long are customers away on the day of the list, and does the trial know of any who were away that long?

A trial's table tells how long each was away when the offer went out. A list is made later, of customers who have been
away for longer since; who is away for longer than anybody in the trial was comes back less often than it can say.
"""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from pandas.api.types import is_datetime64_any_dtype

from winback.periods import DAYS_IN_MONTH
from winback.results import format_count
from winback.trial.trial import Trial

AWAY, FOLLOWED = "months_away", "followed"
ENDS = (0.01, 0.99)  # of the trial's times away: single customers far out are no knowledge
GRACE = 1.0  # months: the ends of what a trial knows are no cliffs, and months are often rounded


def as_they_are(customers: pd.DataFrame, asof: datetime.date | None = None) -> pd.DataFrame:
    r"""Return customers with the months they have been away by the day of the list.

    .. math:: \text{away by then} = \text{away at the offer} + \text{followed since}

    which ends on the last day of their data; of days without that one it is the last on which an offer went out. Where
    only the day of the loss is known it is counted to today. Where the day of the list is stated, ``asof``, it is
    counted to that day wherever the day of the loss is known. Whoever is contacted now has not been followed yet.

    Examples
    --------
    >>> as_they_are(pd.DataFrame({"months_away": [3.0, 5.0], "followed": [10.0, None]}))["months_away"].tolist()
    [13.0, 5.0]
    >>> left = pd.DataFrame({"left_on": pd.to_datetime(["2024-01-01"])})
    >>> as_they_are(left, datetime.date(2024, 3, 1))["months_away"].round(2).tolist()
    [1.97]
    """
    away = customers.get(AWAY)
    if away is not None and FOLLOWED in customers:
        away = away + customers[FOLLOWED].fillna(0.0)
    day = _last_day(customers) if asof is None else pd.Timestamp(asof)
    if day is not None and "left_on" in customers:
        counted = (day - customers["left_on"]).dt.days.clip(lower=0) / DAYS_IN_MONTH
        away = counted if away is None else counted.fillna(away)
    customers = customers if away is None else customers.assign(**{AWAY: away})
    return customers.drop(columns=FOLLOWED, errors="ignore")


def _last_day(customers: pd.DataFrame) -> pd.Timestamp | None:
    """Return the day to which days of a loss are counted, unless one is stated; None: the months that are told hold."""
    if {AWAY, FOLLOWED} <= set(customers):
        return None
    if is_datetime64_any_dtype(customers.get("offered_on")):  # as read, not as carried along
        return customers["offered_on"].max()
    return None if AWAY in customers else pd.Timestamp(datetime.date.today())


def unknown_times(trial: Trial, customers: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Say of whom, as they are on the day of the list, the trial does not know what such a time away leaves, (n,).

    Examples
    --------
    >>> import winback as wb
    >>> trial = wb.simulate_telecom_study(5_300, calibrate=False, rng=1).trial
    >>> [(words, rows.tolist()) for words, rows in unknown_times(trial, pd.DataFrame({"months_away": [50, 6, 40]}))]
    [('away for 40 to 50 months by now, while the trial knows 1 to 12', [True, False, True])]
    """
    known = _known(trial)
    if known is None or AWAY not in customers:
        return []
    away = customers[AWAY].to_numpy(dtype=float)
    low, high = known
    sides = (away > high + GRACE, away < low - GRACE)  # a missing time is neither
    knows = f"by now, while the trial knows {_ends(low, high)}"
    return [(f"{_span(away[rows])} {knows}", rows) for rows in sides if rows.any()]


def time_unknown(trial: Trial, customers: pd.DataFrame) -> bool:
    """Say whether a trial's customers, as its table has them, cannot be told to be away for a time that it knows."""
    told = FOLLOWED in customers or "left_on" in customers
    return not told or _known(trial) is None


def _known(trial: Trial) -> tuple[float, float] | None:
    """Return the shortest and longest time away of the trial's customers, but for a few; None: it tells of none."""
    away = trial.customers[AWAY].dropna() if AWAY in trial.customers else ()
    return tuple(float(end) for end in away.quantile(ENDS)) if len(away) else None


def _span(away: np.ndarray) -> str:
    ends = _ends(away.min(), away.max())
    return f"away for {ends} month{'' if ends == '1' else 's'}"


def _ends(low: float, high: float) -> str:
    low, high = (format_count(round(end)) for end in (low, high))
    return low if low == high else f"{low} to {high}"
