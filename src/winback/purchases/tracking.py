"""Did customers buy as a model expects of them from the start? Cumulative repeat purchases, period by period."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.special import expit

from winback.purchases.cells import one_cell
from winback.purchases.transactions.summary import HeldOutPurchases

MOST_DAYS = 48  # at which the model is asked; a cubic spline between them is exact to 1e-6 of the last value


def track_purchases(fit, held_out: HeldOutPurchases) -> pd.DataFrame:
    r"""Return observed and expected cumulative repeat purchases at the end of each period.

    .. math:: \sum_{d \le t} n_d \, E[X(t - d)]

    with :math:`n_d` customers whose first purchase was on day d, of whom nothing else is known. Periods are counted
    from the end of the calibration in both directions, so that none lies on both sides; the first and the last one may
    be shorter.

    Returns
    -------
    pandas.DataFrame
        One row per period: ``day`` (its last, a number of `datetime.date.toordinal`), ``periods`` since the first day,
        ``observed``, ``expected``, ``held_out``.
    """
    daily, days = held_out.daily, held_out.period.days
    start, end = int(daily["day"].iloc[0]), int(daily["day"].iloc[-1])
    split = held_out.calibration_until.toordinal()
    number = np.arange(-np.floor((split - start) / days), np.floor((end - split) / days) + 1)
    at = np.unique(np.append(split + np.round(number * days), end)).astype(int)
    at = at[(at >= start) & (at <= end)]
    expected = np.convolve(daily["new_customers"], expected_by_day(fit, end - start, days))
    return pd.DataFrame(
        {
            "day": at,
            "periods": (at - start) / days,
            "observed": daily["repeat_purchases"].cumsum().to_numpy()[at - start],
            "expected": expected[at - start],
            "held_out": at > split,
        }
    )


def expected_by_day(fit, n_days: int, days_in_period: float) -> np.ndarray:
    """Return the repeat purchases expected of a new customer 0, 1, ..., ``n_days`` after the first one."""
    nodes = np.unique(np.round(n_days * np.linspace(0, 1, MOST_DAYS + 1) ** 2)).astype(int)
    new, theta = one_cell(), fit.theta
    stays = float(expit(-fit.model.log_odds_left(theta, new))[0])
    later = [float(fit.model.ahead(theta, new, day / days_in_period, 0.0)[0]) for day in nodes[1:]]
    values = stays * np.append(0.0, later)
    if len(nodes) < 4:
        return np.interp(np.arange(n_days + 1), nodes, values)
    return CubicSpline(nodes, values)(np.arange(n_days + 1))
