"""What do jumps come to? Ratios with intervals, hazards, losses in excess, money, and the hazard month by month."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import nbinom, norm

from winback.periods import DAYS_IN_MONTH
from winback.retention.beside import Population
from winback.retention.exposure import Cells
from winback.retention.jumps import Jumps
from winback.survival.goodness_of_fit import chi_squared_test
from winback.uncertainty import max_t_quantile, normal_draws, normal_quantile, share_interval

HIGHER, LOWER, UNCLEAR, UNKNOWN = "higher", "lower", "not clearly different", "not known"
ENDS = ("", "_low", "_high")  # of the names of a figure and its interval
NEAR = (3, 2, 1)  # weights of a month, those beside it and the next: on a slope the middle stays where it is
OPENED = 0.02  # share of a month that windows of a moment take from which on it is a month of that moment
DATED, FEWEST = 0.5, 3  # share of a moment's comings in so few months of life: it has its place in life
INSIDE = 0.5  # share of the time within a moment's windows
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
    told = jumps.of(known).covariance
    quantile = max_t_quantile(normal_draws(told), level) if len(told) > 1 else normal_quantile(level)
    ratio, low, high = (np.exp(jumps.log_ratio + sign * quantile * error) for sign in (0, -1, 1))
    verdict = np.select([~known, low > 1, high < 1], [UNKNOWN, HIGHER, LOWER], UNCLEAR)
    found = {"ratio": ratio, "ratio_low": low, "ratio_high": high}
    return {**found, "log_ratio": jumps.log_ratio, "std_error": error, "verdict": verdict}


def excess_beside(lost: np.ndarray, ratio: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    r"""Return losses beyond those expected by the time beside, with the interval and standard error of their number.

    Of the d lost, how many would have been lost anyway is a count with mean :math:`\mu`, of which
    :math:`\hat\mu = d / e^{\hat\beta}` is known with :math:`v = \operatorname{var} \hat\beta - 1/d` of its log: a
    negative binomial one, :math:`\operatorname{var} = \mu + v \mu^2`, with the level of the ratio's interval.

    Examples
    --------
    >>> ratio = {"log_ratio": np.log([5.0]), "std_error": np.sqrt([1 / 500 + 0.01]), "ratio_high": np.array([6.2])}
    >>> {name: each.round().tolist() for name, each in excess_beside(np.array([500.0]), ratio).items()}
    {'': [400.0], '_low': [371.0], '_high': [426.0], 'error': [14.0]}
    """
    expected = lost / np.exp(ratio["log_ratio"])
    variance = np.fmax(ratio["std_error"] ** 2 - 1 / np.fmax(lost, 1), 1e-9)  # with none it is Poisson's
    tail = norm.sf((np.log(ratio["ratio_high"]) - ratio["log_ratio"]) / ratio["std_error"])
    most, fewest = (nbinom.ppf(each, 1 / variance, 1 / (1 + variance * expected)) for each in (1 - tail, tail))
    error = np.sqrt(expected + variance * expected**2)
    return {"": lost - expected, "_low": lost - most, "_high": lost - fewest, "error": error}


def shares_with_offer(
    population: Population, kind: int, segment: np.ndarray, lost: np.ndarray, ratio: dict[str, np.ndarray]
) -> dict[str, np.ndarray | float]:
    """Return by group which share of those who came to an offer's end left with it, and whether shares differ.

    They are compared where the offer ends in the same months for all groups, else months would be; otherwise the
    p-value is missing.
    """
    of = population.windows.kind == kind
    rows = population.windows.row[of]
    n = np.bincount(segment[rows], minlength=len(lost))
    excess = excess_beside(lost, ratio)
    share, error = (np.where(n > 0, excess[name] / np.maximum(n, 1), np.nan) for name in ("", "error"))
    ends = [set(population.ends[rows[segment[rows] == group]]) for group in np.flatnonzero(np.isfinite(share))]
    alike = len(ends) > 1 and all(each == ends[0] for each in ends)
    some = np.isfinite(share)
    off = (share - np.average(share[some], weights=error[some] ** -2))[some] / error[some] if alike else np.zeros(0)
    differ = chi_squared_test(float(off @ off), len(off) - 1).p_value if alike else np.nan
    return {"share": share, "share_error": error, "differ": differ}


def figures_of(population: Population, cells: Cells, jumps: Jumps, level: float, at_once: np.ndarray) -> pd.DataFrame:
    """Return one row per moment: how often it came, hazards, the ratio, losses in excess, and what they paid a month.

    That is their number times the mean margin of all who went within the windows. ``at_once``: which moments are
    compared with the time beside them; their losses in excess are a count, see `excess_beside`.
    """
    windows, found = population.windows, population.stretches
    days, lost = cells.days @ cells.open, cells.lost @ cells.open
    rate = lost / np.where(days > 0, days, np.nan)
    places = range(len(windows.days))
    gone = [population.watched.margin[found.row[found.ended & each]] for each in found.open.T]
    margin = [pd.Series(each).mean() for each in gone]  # of those known
    ratio = ratios(jumps, level)
    without = {end: monthly(rate / ratio[f"ratio{end}"]) for end in ENDS}
    excess = {end: lost * (1 - 1 / ratio[f"ratio{end}"]) for end in ENDS}
    excess["error"] = lost / ratio["ratio"] * ratio["std_error"]
    excess = {end: np.where(at_once, each, excess[end]) for end, each in excess_beside(lost, ratio).items()}
    return pd.DataFrame(
        {
            "window_days": windows.days,
            "n_moments": [(windows.kind == kind).sum() for kind in places],
            "n": [len(np.unique(windows.row[windows.kind == kind])) for kind in places],
            "months_at_risk": days / DAYS_IN_MONTH,
            "n_ended": lost,
            "hazard": monthly(rate),
            "hazard_without": without[""],
            "hazard_without_low": without["_high"],  # the higher the ratio, the lower the hazard without
            "hazard_without_high": without["_low"],
            **ratio,
            **{f"excess{end}": excess[end] for end in ENDS},
            "excess_error": excess["error"],
            **{f"money{end}": excess[end] * margin for end in ENDS},
        }
    )


def inside_of(cells: Cells, ratio: pd.Series) -> np.ndarray:
    """Return the place of a stronger moment whose window is open for most of the time within each; missing: of none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> cells = SimpleNamespace(open=np.array([[1, 1], [1, 0], [0, 1]], dtype=bool), days=np.array([8.0, 90.0, 2.0]))
    >>> inside_of(cells, pd.Series([6.0, 2.0])).tolist()
    [nan, 0.0]
    """
    together = (cells.days[:, None] * cells.open).T @ cells.open  # days with both windows open
    share = together / np.maximum(np.diag(together), 1e-12)[:, None]
    ratio = ratio.to_numpy()
    share[~(ratio[None, :] > ratio[:, None])] = 0
    return np.where(share.max(axis=1) >= INSIDE, share.argmax(axis=1), np.nan)


def by_age(population: Population) -> np.ndarray:
    """Count the moments by kind and full months of life, shape (n_kinds, n_months); one a day early counts as full."""
    windows = population.windows
    day = windows.day + windows.early - population.watched.zero[windows.row]
    age = ((day + 1) // DAYS_IN_MONTH).astype(np.int64)
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


def is_claimed(verdict: np.ndarray) -> np.ndarray:
    """Say of which moments it is claimed that they matter."""
    return np.isin(verdict, (HIGHER, LOWER))


def marks_of(counts: np.ndarray, names: list[str], days: np.ndarray, cells: Cells, level: float) -> pd.DataFrame:
    """Return after which months of life moments with their place in life come, and the hazard in those windows."""
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    rows = []
    for kind, after in np.argwhere((share >= MARKED) & dated_in_life(counts)[:, None]):
        months = days[kind] / DAYS_IN_MONTH
        some = cells.open[:, kind] & (cells.month >= after) & (cells.month < after + np.ceil(months))
        row = {"moment": names[kind], "after_month": int(after), "months": months, "share": share[kind, after]}
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
    inside = cells.open[:, dated].any(axis=1)
    n_months = int(cells.month.max()) + 1

    def by_month(figure: np.ndarray) -> np.ndarray:
        return np.bincount(cells.month, figure, minlength=n_months)

    days, lost = by_month(cells.days), by_month(cells.lost)
    open_now = [by_month(cells.days * each) > OPENED * days for each in cells.open[:, dated].T]
    rate = _smooth(by_month(cells.days * ~inside), by_month(cells.lost * ~inside), np.reshape(open_now, (-1, n_months)))
    seen = days > 0
    found = {
        "month": np.flatnonzero(seen) + 1,
        **_hazard(days[seen], lost[seen], level),
        "without": monthly(rate[seen]),
    }
    return pd.DataFrame(found).astype({"n_ended": int})


def _smooth(days: np.ndarray, lost: np.ndarray, open_now: np.ndarray) -> np.ndarray:
    """Return the rate by month, smoothed as far on either side as the same windows are open; missing where none is."""
    total, gone, n = NEAR[0] * days, NEAR[0] * lost, len(days)
    stretch = np.append(0, np.cumsum((open_now[:, 1:] != open_now[:, :-1]).any(axis=0)))  # of months alike
    for step, weight in enumerate(NEAR[1:], start=1):
        middle = np.arange(step, n - step)
        middle = middle[stretch[middle - step] == stretch[middle + step]]
        total[middle] += weight * (days[middle - step] + days[middle + step])
        gone[middle] += weight * (lost[middle - step] + lost[middle + step])
    return gone / np.where(total > 0, total, np.nan)
