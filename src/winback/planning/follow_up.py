r"""How long must the next trial be watched? Share of the value seen, and the size needed, by months of follow-up.

Offers go out over ``entry_months``, and every customer is watched for at least :math:`f` months. There are two ways to
read such a trial. Counting value within :math:`f` months only needs no correction, and measures another, smaller
quantity. Counting value within the full horizon :math:`\tau` corrects for those cut off before it (Kaplan-Meier within
the arm), for which somebody must be watched beyond :math:`\tau`, and which costs precision. With :math:`S` the share
still there, :math:`\Lambda` their cumulative hazard, :math:`R(t) = \int_t^\tau S(u) e^{-ku} du` and
:math:`G(t)` the share of the trial watched beyond month :math:`t`, the variance of one returned customer's months grows
by

.. math:: \int_0^\tau \frac{R(t)^2}{S(t)} \Big(\frac{1}{G(t)} - 1\Big) d\Lambda(t)

(the variance of the Kaplan-Meier restricted mean, see Andersen et al. 1993, IV.3), and that of profit by
:math:`p\,E[\text{margin}^2]` times this where margin does not depend on tenure. What the pilot itself was cut off is
taken out in the same way. Costs while active are taken as seen in full.

References
----------
Andersen, P. K., Borgan, O., Gill, R. D. & Keiding, N. (1993). Statistical Models Based on Counting Processes. Springer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from winback.discounting import discounted_months
from winback.planning.asked import Asked
from winback.planning.figures import ProfitFigures
from winback.planning.in_clusters import pilot_moments
from winback.planning.questions import compared_pairs, n_comparisons, pair_skewness, pair_weights
from winback.planning.sizes import customers_for_difference
from winback.planning.skewed import MeasuredSkew
from winback.tables import ProblemList
from winback.trial import moments as m
from winback.trial.trial import Trial

COLUMNS = (
    "question",
    "first",
    "second",
    "follow_up_months",
    "read_after_months",
    "share_of_value",
    "difference",
    "n_per_arm",
    "n_per_arm_full_horizon",
)


def check_follow_up(pilot: Trial | None, asked: Asked, problems: ProblemList) -> None:
    """Add why the length of follow-up cannot be planned, or goes beyond the horizon."""
    if asked.follow_up is None:
        return
    if pilot is None or pilot.horizon_months is None:
        text = "needs the second lives of a pilot: second_tenure, second_ended, second_margin"
        problems.add("follow_up", text, "Leave it out, or give a trial that has them.")
    elif (longest := max(asked.follow_up.lengths)) > pilot.horizon_months:
        text = f"must be at most the horizon of {pilot.horizon_months:g} months, got {longest:g}"
        problems.add("follow_up", text, "Value beyond the horizon is not counted.")


@dataclass(frozen=True)
class _Seen:
    """What is seen within some months, and within the full horizon: one figure per name each."""

    months: float
    value: np.ndarray
    profit: np.ndarray
    variance: np.ndarray  # of one customer's profit
    skew: MeasuredSkew

    def in_place_of(self, figures: ProfitFigures) -> ProfitFigures:
        """Return the figures with what is seen; an assumed arm without an offer stays as it is."""
        seen = {name: np.append(getattr(self, name), figures.of_assumed(name)) for name in ("profit", "variance")}
        return replace(figures, **seen, skew=self.skew)


def follow_up_table(pilot: Trial, figures: ProfitFigures, asked: Asked) -> pd.DataFrame:
    """Return one row per comparison and length of follow-up; empty when nothing was asked.

    Untreated customers who are only assumed are left out: nobody knows what they would bring within fewer months.
    """
    if asked.follow_up is None:
        return pd.DataFrame(columns=list(COLUMNS))
    names = figures.names[: len(figures.names) - len(figures.of_assumed("profit"))]
    pairs = [pair for pair in compared_pairs(figures, asked) if max(pair) < len(names)]
    full, entry = _seen(pilot, names, figures), asked.follow_up.entry_months
    effect = 1.0 if figures.drawn is None else figures.drawn.design_effect
    rows = []
    for months in sorted(set(map(float, asked.follow_up.lengths))):
        added = [effect * added_variance(pilot, name, months, entry) for name in names]
        corrected = replace(full, variance=full.variance + np.array(added))
        seen = _seen(pilot.over(horizon_months=months), names, figures)
        rows += [_row(figures, asked, pair, seen, corrected) for pair in pairs]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _seen(pilot: Trial, names: tuple[str, ...], figures: ProfitFigures) -> _Seen:
    moments, _ = pilot_moments(pilot)
    stacked = m.stack_arms([moments[name] for name in names])
    profit, variance = m.profit(stacked)
    variance = variance * (figures.drawn.design_effect if figures.is_assumed_drawn else 1.0)
    skew = MeasuredSkew(float(m.pooled(stacked).skew_scale(m.PROFIT)[0]))
    return _Seen(pilot.horizon_months, stacked.mean[:, 1], profit, variance * stacked.n, skew)


def _row(figures: ProfitFigures, asked: Asked, pair: tuple[int, int], seen: _Seen, full: _Seen) -> dict:
    one, other = pair
    weights = pair_weights(figures, one, other, asked.ratio(figures))[: len(seen.value)]
    share = seen.value[[one, other]].sum() / full.value[[one, other]].sum()
    gap, full_gap = (each.profit[one] - each.profit[other] for each in (seen, full))
    if asked.difference is not None:
        gap, full_gap = asked.difference * share, asked.difference
    settings = (asked.power, asked.level, n_comparisons(figures, asked))
    in_time, in_full = (pair_skewness(of, *pair, asked.ratio(figures)) for of in (seen.in_place_of(figures), figures))
    n = float(customers_for_difference(gap, weights @ seen.variance, *settings, skewness=in_time)) if gap else np.inf
    n_full = float(customers_for_difference(full_gap, weights @ full.variance, *settings, skewness=in_full))
    names, read_after = (figures.names[one], figures.names[other]), seen.months + asked.follow_up.entry_months
    row = (" against ".join(names), *names, seen.months, read_after, share, gap, n, n_full)
    return dict(zip(COLUMNS, row, strict=True))


def added_variance(pilot: Trial, name: str, follow_up_months: float, entry_months: float) -> float:
    """Return by how much the variance of one customer's profit changes when the next trial is cut off so early.

    NaN where nobody would be watched through the horizon: then no correction reaches it.
    """
    horizon = pilot.horizon_months
    if follow_up_months < horizon and follow_up_months + entry_months <= horizon:
        return float("nan")
    arm = pilot.customers[pilot.arm == pilot.arms.index(name)]
    back = arm[arm["returned"].to_numpy(dtype=bool)]
    tenure, ended = back["second_tenure"].to_numpy(dtype=float), back["second_ended"].to_numpy(dtype=bool)
    steps = ending_steps(tenure, ended, horizon, pilot.annual_discount)
    watched = share_watched(steps["time"].to_numpy(), follow_up_months, entry_months)
    inflation = (steps["uncensored"] / watched - steps["pilot"]).sum()
    margin = back["second_margin"].to_numpy(dtype=float)
    return float(inflation * (margin**2).mean() * len(back) / len(arm))


def share_watched(time: np.ndarray, follow_up_months: float, entry_months: float) -> np.ndarray:
    """Return the share of the trial watched beyond each time, when offers go out evenly over ``entry_months``.

    Examples
    --------
    >>> import numpy as np
    >>> share_watched(np.array([3.0, 6.0, 9.0]), follow_up_months=6, entry_months=12).tolist()
    [1.0, 1.0, 0.75]
    """
    if entry_months == 0:
        return (time <= follow_up_months).astype(float)
    return np.clip((follow_up_months + entry_months - time) / entry_months, 0, 1)


def ending_steps(tenure: np.ndarray, ended: np.ndarray, horizon_months: float, annual_discount: float) -> pd.DataFrame:
    r"""Return what each time of ending adds to the variance of one customer's months, :math:`R^2 d\Lambda / S`.

    ``uncensored`` is what it adds when nobody is cut off, ``pilot`` with as many at risk as the pilot had.
    """
    time = np.unique(tenure[ended & (tenure < horizon_months)])
    at_risk = len(tenure) - np.searchsorted(np.sort(tenure), time, side="left")
    n_ended = np.searchsorted(np.sort(tenure[ended]), time, side="right")
    n_ended = np.diff(n_ended, prepend=0)
    hazard = n_ended / at_risk
    still_there = np.cumprod(1 - hazard)
    widths = np.diff(discounted_months(np.append(time, horizon_months), annual_discount))
    ahead = np.cumsum((still_there * widths)[::-1])[::-1]
    alive = still_there > 0  # where nobody is left, nothing is ahead
    uncensored, pilot = np.zeros(len(time)), np.zeros(len(time))
    np.divide(ahead**2 * hazard, still_there, out=uncensored, where=alive)
    np.divide(ahead**2 * len(tenure) * hazard, at_risk - n_ended, out=pilot, where=alive)
    return pd.DataFrame({"time": time, "uncensored": uncensored, "pilot": pilot})
