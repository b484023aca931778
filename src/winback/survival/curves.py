"""How long do they stay, by group, and is it longer than before? Kaplan-Meier curves, restricted means, medians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from winback.doors import door
from winback.pseudo_observations import pseudo_months
from winback.results import Sentences
from winback.survival import curves_text
from winback.survival.groups import PAIRED, GroupsResult, Lifetimes, group_lifetimes, typed_lifetimes
from winback.survival.horizons import shared_horizon
from winback.survival.log_rank import log_rank
from winback.survival.watched_from import entry_of, lifetime_of, n_watched
from winback.tables import AnyTable, offers_of
from winback.uncertainty import mean_interval, normal_interval, normal_quantile

MOST_PAIRED_UP = 6  # with more groups each is compared with the first one only


@dataclass(frozen=True, repr=False)
class SurvivalCurves(GroupsResult):
    """How long each group stays.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group, see `survival_curve`.
    curves : pandas.DataFrame
        One row per group and month of an end: ``group``, ``months``, ``survival`` with ``low`` and ``high``,
        ``at_risk`` (customers still watched just before).
    differences : pandas.DataFrame
        One row per pair: ``first``, ``second``, ``difference`` of their restricted means in months, ``std_error``,
        ``low``, ``high``, ``p_value``. All pairs, or each group against the first where there are more than six.
    log_rank : float or None
        p-value that all curves are one; None for one group and for paired lifetimes.
    horizon_months : float
        Months are counted up to here.
    paired : bool
        First and second lifetimes of the same customers.
    in_full : mapping or None
        Of paired lifetimes: ``difference`` in months, ``low`` and ``high``, with first lifetimes counted to their end
        and second ones up to the horizon; ``share_longer`` of first ones than it.
    said : mapping
        Each group in words.
    catalogue : tuple of str
        The offers of the trial that the customers come from, in order.
    """

    frame: pd.DataFrame
    curves: pd.DataFrame = field(repr=False)
    differences: pd.DataFrame
    log_rank: float | None
    horizon_months: float
    horizon_given: bool
    paired: bool
    by: str | None
    lifetime: str
    level: float
    notes: tuple[str, ...] = ()
    in_full: Mapping[str, float] | None = field(default=None, repr=False)
    said: Mapping[str, str] = field(default_factory=dict, repr=False)
    catalogue: tuple[str, ...] = field(default=(), repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "n": ("Customers", "count"),
        "n_ended": ("Left", "count"),
        "still_there": ("Still there at the horizon", "percent"),
        "restricted_mean": ("Mean months within the horizon", "months"),
        "median": ("Median months", "months"),
        "n_at_horizon": ("Watched at the horizon", "count"),
    }

    def describe(self) -> Sentences:
        """Say who stays how much longer, how sure that is, and the doubt that matters most."""
        return Sentences.of(curves_text.answer_lines(self))

    def details(self) -> Sentences:
        """Say the figures of each group, and what they rest on."""
        return Sentences.of(curves_text.detail_lines(self))

    def survival_at(self, months: ArrayLike) -> pd.DataFrame:
        """Return the share still there after so many months, one column per group; missing beyond what was seen."""
        months = np.atleast_1d(np.asarray(months, dtype=float))
        columns = {}
        for name, curve in self.curves.groupby("group", sort=False, observed=True):
            seen, survival = curve["months"].to_numpy(), curve["survival"].to_numpy()
            shares = survival[np.maximum(np.searchsorted(seen, months, side="right") - 1, 0)]
            columns[name] = np.where((months > seen[-1]) & (survival[-1] > 0), np.nan, shares)
        return pd.DataFrame(columns, index=pd.Index(months, name="months"))


@door
def survival_curve(
    customers: AnyTable,
    by: str | None = None,
    *,
    lifetime: str | None = None,
    horizon_months: float | None = None,
    level: float = 0.95,
) -> SurvivalCurves:
    r"""Estimate how long customers stay, by group, and how much longer one group stays than another.

    The share still there is the Kaplan-Meier estimate :math:`\hat S(t)` with log-minus-log intervals, the restricted
    mean :math:`\int_0^\tau \hat S(t) dt` the mean months within the horizon :math:`\tau`. Its standard error is that
    of the mean of the customers' pseudo-observations (infinitesimal jackknife) [1]_. Paired lifetimes are compared
    customer by customer: second pseudo-months minus first months up to the horizon.

    Parameters
    ----------
    customers : pandas.DataFrame, path, Trial or Base
        Table of lapsed customers (`winback.tables.LAPSED`), or a base of all customers.
    by : str, optional
        Column whose values make the groups; ``"lifetime"`` compares first with second lifetimes of those who returned.
    lifetime : {"second", "first"}, optional
        Second lifetimes of those who returned, or first lifetimes of everyone; by default first ones of a base, second
        ones of a table of lapsed customers. Where a column ``first_watched_from`` says when each came under
        observation, earlier time is not at risk.
    horizon_months : float, optional
        By default the last whole month in which 30 customers of every group, or half of a smaller one, were watched.
    level : float
        Confidence level of all intervals, each for one figure at a time.

    Returns
    -------
    SurvivalCurves
        ``to_frame()`` has one row per group: ``group``, ``n``, ``n_ended``, ``still_there`` at the horizon,
        ``restricted_mean`` in months with ``std_error``, ``median`` in months (missing where not reached),
        ``n_at_horizon`` (customers watched that long); intervals as ``<name>_low`` and ``<name>_high``.

    Raises
    ------
    TableError
        Listing every problem of the table or of the column that makes the groups.
    ValueError
        When the horizon reaches beyond what was seen of a group.

    References
    ----------
    .. [1] Andersen, P. K., Hansen, M. G. & Klein, J. P. (2004). Regression analysis of restricted mean survival time
       based on pseudo-observations. Lifetime Data Analysis 10.

    Examples
    --------
    >>> import winback as wb
    >>> from winback.survival.curves import survival_curve
    >>> study = wb.load_telecom_study()
    >>> curves = survival_curve(study.lapsed, by="reason", horizon_months=34)
    >>> curves.to_frame()[["group", "n", "restricted_mean", "std_error"]].round(2)
         group      n  restricted_mean  std_error
    0    price  11005            25.20       0.10
    1  service   7001            23.64       0.13
    2     both    254            26.70       0.60
    """
    normal_quantile(level)
    paired = by == PAIRED
    lifetime = "second" if paired else lifetime_of(customers, lifetime)
    table = typed_lifetimes(customers, lifetime, needs=("first_tenure",) if paired else ())
    lives = group_lifetimes(table, None if paired else by, lifetime)
    if paired:
        lives = _with_first_lives(lives, table)
    horizon = shared_horizon(lives, horizon_months)
    groups = range(len(lives.names))
    curves = [_curve(lives, group, level) for group in groups]
    months = [pseudo_months(*lives.of(group), horizon, since=lives.since_of(group)) for group in groups]
    frame = pd.DataFrame(
        [_figures(lives, group, curves[group], months[group], horizon=horizon, level=level) for group in groups]
    )
    return SurvivalCurves(
        frame=frame,
        curves=pd.concat(curves, ignore_index=True),
        differences=_paired_difference(lives.names, months, level) if paired else _differences(frame, level),
        log_rank=None if paired else log_rank(lives),
        horizon_months=horizon,
        horizon_given=horizon_months is not None,
        paired=paired,
        by=by,
        lifetime=lifetime,
        level=level,
        notes=lives.notes(),
        in_full=_against_first_in_full(lives, months[1], horizon, level) if paired else None,
        said=lives.said,
        catalogue=offers_of(customers),
    )


def _with_first_lives(second: Lifetimes, table) -> Lifetimes:
    """Put the same customers' first lifetimes before their second ones."""
    n = len(second.months)
    return Lifetimes(
        np.append(table["first_tenure"].to_numpy(dtype=float)[second.rows], second.months),
        np.append(np.ones(n, dtype=bool), second.ended),
        np.repeat([0, 1], n),
        ("first", "second"),
        rows=np.tile(second.rows, 2),
        left_out=second.left_out,
        said={"first": "first", "second": "second"},
        since=np.zeros(2 * n),
    )


def _curve(lives, group, level) -> pd.DataFrame:
    from lifelines import KaplanMeierFitter

    months, ended = lives.of(group)
    since = lives.since_of(group)
    with np.errstate():  # lifelines switches numpy's warnings off for the whole process
        fitted = KaplanMeierFitter(alpha=1 - level).fit(months, ended, entry=entry_of(since))
    survival = fitted.survival_function_.iloc[:, 0].to_numpy()
    low, high = fitted.confidence_interval_.to_numpy().T
    gone = survival <= 0  # the last one left: the limit is that of the step before
    curve = pd.DataFrame({"months": fitted.survival_function_.index.to_numpy(dtype=float), "survival": survival})
    curve = curve.assign(low=low, high=pd.Series(high).mask(gone).ffill())
    curve["at_risk"] = fitted.event_table["at_risk"].to_numpy(dtype=int)
    if since.any():  # a row of its own for each month in which somebody came: only those in which somebody left count
        curve = curve[curve["months"].isin(months) | (curve["months"] == 0)].reset_index(drop=True)
        curve["at_risk"] = n_watched(months, since, curve["months"].to_numpy())
    curve.insert(0, "group", lives.names[group])
    return curve


def _figures(lives, group, curve, months, horizon, level) -> dict:
    at_horizon = curve[curve["months"] <= horizon].iloc[-1]
    mean, std_error, low, high = map(float, mean_interval(months, level))
    observed, ended = lives.of(group)
    return {
        "group": lives.names[group],
        "n": len(observed),
        "n_ended": int(ended.sum()),
        "still_there": at_horizon["survival"],
        "still_there_low": at_horizon["low"],
        "still_there_high": at_horizon["high"],
        "restricted_mean": mean,
        "restricted_mean_low": low,
        "restricted_mean_high": high,
        "std_error": std_error,
        "median": _first_at_half(curve, "survival"),
        "median_low": _first_at_half(curve, "low"),
        "median_high": _first_at_half(curve, "high"),
        "n_at_horizon": int(((observed >= horizon) & (lives.since_of(group) < horizon)).sum()),
    }


def _first_at_half(curve, name) -> float:
    reached = curve["months"][curve[name] <= 0.5 + 1e-12]
    return float(reached.iloc[0]) if len(reached) else np.nan


def _differences(frame, level) -> pd.DataFrame:
    pairs = list(combinations(range(len(frame)), 2))
    if len(frame) > MOST_PAIRED_UP:
        pairs = [(place, 0) for place in range(1, len(frame))]
    first, second = np.array(pairs, dtype=int).reshape(-1, 2).T
    names, mean, error = (frame[name].to_numpy() for name in ("group", "restricted_mean", "std_error"))
    std_error = np.hypot(error[first], error[second])
    return _tested(names[first], names[second], mean[first] - mean[second], std_error, level)


def _paired_difference(names, months, level) -> pd.DataFrame:
    longer, std_error, *_ = mean_interval(months[1] - months[0])
    return _tested([names[1]], [names[0]], np.array([longer]), std_error, level)


def _against_first_in_full(lives, second, horizon, level) -> dict[str, float]:
    first = lives.of(0)[0]
    longer, _, low, high = map(float, mean_interval(second - first, level))
    return {"difference": longer, "low": low, "high": high, "share_longer": float((first > horizon).mean())}


def _tested(first, second, difference, std_error, level) -> pd.DataFrame:
    low, high = normal_interval(difference, std_error, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.abs(difference / std_error)
    p_value = np.where(difference == 0, 1.0, 2 * ndtr(-z))
    figures = {"difference": difference, "std_error": std_error, "low": low, "high": high, "p_value": p_value}
    return pd.DataFrame({"first": first, "second": second, **figures})
