"""What do jumps come to? Ratios with intervals, hazards, losses in excess, money, and the hazard month by month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.periods import DAYS_IN_MONTH
from winback.retention.exposure import Cells, Stretches, Watched, Windows
from winback.retention.jumps import Jumps
from winback.uncertainty import max_t_quantile, normal_draws, normal_quantile, share_interval

HIGHER, LOWER, UNCLEAR, UNKNOWN = "higher", "lower", "not clearly different", "not known"
LATELY = 91  # days: who met a moment in the last three months stands for who will in the next
NEAR = (3, 2, 1)  # weights of a month, those beside it and the next: on a slope the middle stays where it is
OPENED = 0.02  # share of a month that windows of a moment take from which on it is a month of that moment
DATED, FEWEST = 0.5, 3  # share of a moment's comings in so few months of life: it has its place in life
MARKED = 0.1  # share of a moment's comings in a month of life from which on the month is marked


def monthly(rate: np.ndarray) -> np.ndarray:
    """Return the hazard of a month, the share lost of those at risk, from that of a day.

    Examples
    --------
    >>> daily = -np.log1p(-np.array([0.03, 0.09])) / DAYS_IN_MONTH
    >>> monthly(daily).round(4).tolist(), round(float(daily[1] / daily[0]), 2), round(0.09 / 0.91 * 0.97 / 0.03, 2)
    ([0.03, 0.09], 3.1, 3.2)
    """
    return -np.expm1(-np.asarray(rate, dtype=float) * DAYS_IN_MONTH)


def ratios(jumps: Jumps, level: float) -> dict[str, np.ndarray]:
    """Return ratios with intervals that hold together (max-t), their logs with standard errors, and verdicts."""
    known = jumps.known
    error = np.sqrt(np.where(known, np.diagonal(jumps.covariance), np.nan))
    several = known.sum() > 1
    draws = normal_draws(jumps.covariance[np.ix_(known, known)]) if several else None
    quantile = normal_quantile(level) if draws is None else max_t_quantile(draws, level)
    low, high = (np.exp(jumps.log_ratio + sign * quantile * error) for sign in (-1, 1))
    verdict = np.select([~known, low > 1, high < 1], [UNKNOWN, HIGHER, LOWER], UNCLEAR)
    found = {"ratio": np.exp(jumps.log_ratio), "ratio_low": low, "ratio_high": high}
    return {**found, "log_ratio": jumps.log_ratio, "std_error": error, "verdict": verdict}


def figures_of(asked: Mapping[str, int], windows: Windows, cells: Cells, jumps: Jumps, level: float) -> pd.DataFrame:
    """Return one row per moment: how often it came, hazards in and without its window, the ratio, losses in excess."""
    days, lost = (np.asarray(each @ cells.open, dtype=float) for each in (cells.days, cells.lost))
    rate = lost / np.where(days > 0, days, np.nan)
    found = ratios(jumps, level)
    without = {end: monthly(rate / found[f"ratio{end}"]) for end in ("", "_low", "_high")}
    met = pd.DataFrame({"kind": windows.kind, "row": windows.row}).groupby("kind")["row"]
    places = range(len(asked))
    excess = {end: lost * (1 - 1 / found[f"ratio{end}"]) for end in ("", "_low", "_high")}
    return pd.DataFrame(
        {
            "moment": list(asked),
            "window_days": list(asked.values()),
            "n_moments": met.size().reindex(places, fill_value=0).to_numpy(),
            "n": met.nunique().reindex(places, fill_value=0).to_numpy(),
            "months_at_risk": days / DAYS_IN_MONTH,
            "n_ended": lost.astype(int),
            "hazard": monthly(rate),
            "hazard_without": without[""],
            "hazard_without_low": without["_high"],  # the higher the ratio, the lower the hazard without
            "hazard_without_high": without["_low"],
            **found,
            "excess": excess[""],
            "excess_low": excess["_low"],
            "excess_high": excess["_high"],
        }
    )


def with_money(frame: pd.DataFrame, watched: Watched, found: Stretches) -> pd.DataFrame:
    """Add what those in excess paid a month: their number times the mean margin of all who went within the windows."""
    mean = []
    for kind in range(len(frame)):
        margin = watched.margin[found.row[found.ended & found.open[:, kind]]]
        known = margin[~np.isnan(margin)]
        mean.append(known.mean() if len(known) else np.nan)
    money = {f"money{end}": frame[f"excess{end}"] * mean for end in ("", "_low", "_high")}
    return frame.assign(**money)


def coming(now: pd.DataFrame, frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Return how many are within a window now, and how many came to the moment within the last three months."""
    days = dict(zip(frame["moment"], frame["window_days"], strict=True))
    since = now["moment"].map(days).astype(float) - now["days_left"].astype(float)
    some = {"n_open": now[now["days_left"] > 0], "n_lately": now[since < LATELY]}
    counts = {name: part.groupby("moment")["customer_id"].nunique() for name, part in some.items()}
    return {name: frame["moment"].map(each).fillna(0).astype(int) for name, each in counts.items()}


def by_age(watched: Watched, windows: Windows) -> np.ndarray:
    """Count the moments by kind and full months of life, shape (n_kinds, n_months); one a day early counts as full."""
    age = np.floor((windows.day - watched.zero[windows.row] + 1) / DAYS_IN_MONTH).astype(np.int64)
    counts = np.zeros((len(windows.days), int(age.max(initial=0)) + 1))
    np.add.at(counts, (windows.kind, age), 1)
    return counts


def dated_in_life(counts: np.ndarray) -> np.ndarray:
    """Say which moments have their place in life: half of them come in three months of it.

    Examples
    --------
    >>> dated_in_life(np.array([[0, 0, 5, 0, 5, 0, 0], [1, 1, 1, 1, 1, 1, 1]])).tolist()
    [True, False]
    """
    return np.sort(counts, axis=1)[:, -FEWEST:].sum(axis=1) >= DATED * np.maximum(counts.sum(axis=1), 1)


def marks_of(counts: np.ndarray, names: list[str], days: np.ndarray, cells: Cells, level: float) -> pd.DataFrame:
    """Return after which months of life moments with their place in life come, and the hazard in those windows."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = []
    for kind, after in np.argwhere((share >= MARKED) & dated_in_life(counts)[:, None]):
        months = int(np.ceil(days[kind] / DAYS_IN_MONTH))
        some = cells.open[:, kind] & (cells.month >= after) & (cells.month < after + months)
        row = {
            "moment": names[kind],
            "after_month": int(after),
            "months": days[kind] / DAYS_IN_MONTH,
            "share": share[kind, after],
        }
        rows.append(row | _hazard(cells.days[some].sum(), cells.lost[some].sum(), level))
    columns = ("moment", "after_month", "months", "share", "n", "n_ended", "hazard", "hazard_low", "hazard_high")
    return pd.DataFrame(rows, columns=list(columns))


def _hazard(days: np.ndarray, lost: np.ndarray, level: float) -> dict[str, np.ndarray]:
    r"""Return the share lost in a month with Wilson's interval, of :math:`n = \text{days} / 30.4 + d / 2` at risk.

    Those lost are counted as if they had been at risk for half of the month, as in a life table.
    """
    n = np.maximum(days / DAYS_IN_MONTH + lost / 2, lost)  # in a last month that hardly began all may be lost
    low, high = share_interval(lost, n, level)
    return {"n": n, "n_ended": lost, "hazard": lost / n, "hazard_low": low, "hazard_high": high}


def monthly_hazard(cells: Cells, dated: np.ndarray, level: float) -> pd.DataFrame:
    """Return the hazard by month of life as it was seen, with Wilson's interval, and smoothed without smearing.

    ``without`` is smoothed over the two months on either side, of those who have no window open after a moment that has
    its place in life. Months in which such windows are open are not smoothed together with others: where some go for a
    moment, who is left is no longer the same.
    """
    size = int(cells.month.max()) + 1
    inside = cells.open[:, dated].any(axis=1)

    def by_month(figure: np.ndarray, some: np.ndarray | slice = slice(None)) -> np.ndarray:
        return np.bincount(cells.month[some], figure[some], minlength=size)

    days, lost = by_month(cells.days), by_month(cells.lost)
    free, free_lost = by_month(cells.days, ~inside), by_month(cells.lost, ~inside)
    seen = days > 0
    open_now = np.array([by_month(cells.days, cells.open[:, kind]) for kind in np.flatnonzero(dated)]).reshape(-1, size)
    alike = open_now > OPENED * days
    days, lost, rate = days[seen], lost[seen], _smooth(free, free_lost, alike)[seen]
    frame = pd.DataFrame({"month": np.flatnonzero(seen) + 1, **_hazard(days, lost, level), "without": monthly(rate)})
    return frame.astype({"n_ended": int})


def _smooth(days: np.ndarray, lost: np.ndarray, open_now: np.ndarray) -> np.ndarray:
    """Return the rate by month, smoothed as far on either side as the same windows are open; missing where none is."""
    n = len(days)
    total, gone, same = NEAR[0] * days, NEAR[0] * lost.astype(float), np.ones(n, dtype=bool)
    for step, weight in enumerate(NEAR[1:], start=1):
        before, after = np.arange(n) - step, np.arange(n) + step
        there = (before >= 0) & (after < n)
        before, after = np.where(there, before, 0), np.where(there, after, 0)
        sides = (open_now[:, before] == open_now) & (open_now[:, after] == open_now)
        same &= there & sides.all(axis=0)
        total = total + np.where(same, weight * (days[before] + days[after]), 0)
        gone = gone + np.where(same, weight * (lost[before] + lost[after]), 0)
    return gone / np.where(total > 0, total, np.nan)
