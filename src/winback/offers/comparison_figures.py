"""Which figures does a comparison show? Profit, ROI, sureness and differences from each arm's moments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from winback import uncertainty
from winback.offers.told_apart import beside_the_leader, pair_verdicts
from winback.skewness import TOO_SKEWED, is_skewed, skewed_interval, standardised
from winback.terms.organic import AssumedOrganic
from winback.trial import moments as m
from winback.trial.design_findings import FEW_RETURNED, MANY_RETURNED
from winback.winner import CorrectedWinner, OtherFigures, corrected_winner


@dataclass(frozen=True)
class ComparisonSettings:
    """How a comparison was made."""

    horizon_months: float | None  # None: value was measured directly
    annual_discount: float | None
    level: float = 0.95
    organic: AssumedOrganic | None = None
    organic_value: float | None = None  # value of an organic returner; None: the offer's own
    organic_value_error: float = 0.0  # its standard error, where the untreated showed it
    equivalent_within: float | None = None  # difference per customer that would not matter; None: none was named


def _with_interval(name: str, estimate, low, high) -> dict:
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}


def joint_errors(arms: m.ArmMoments, weights: np.ndarray, control: m.ArmMoments | None) -> np.ndarray:
    """Return draws of the errors of each arm's mean weights'(returned, value, cost), shape (n_draws, k + 1).

    The last column is that of the control's value; without a control group it is zero.
    """
    k = len(arms.n)
    covariance = np.zeros((k + 1, k + 1))
    covariance[:k, :k] = arms.joint(weights)
    if control is not None:
        covariance[:k, k] = covariance[k, :k] = arms.joint(weights, control, m.VALUE)[:, 0]
        covariance[k, k] = control.combine(m.VALUE)[1][0]
    return uncertainty.normal_draws(covariance)


def _leaning(name: str, figure: tuple, level: float) -> dict:
    """Return an estimate with the interval of its standard error and skew length."""
    return _with_interval(name, figure[0], *skewed_interval(*figure, uncertainty.normal_quantile(level)))


def _profit_columns(name: str, estimate, variance, length, *, errors, n, level) -> dict:
    """Return profit per customer with both kinds of interval, and in total."""
    std_error = np.sqrt(variance)
    low, high = skewed_interval(estimate, std_error, length, uncertainty.normal_quantile(level))
    together = skewed_interval(estimate, std_error, length, uncertainty.max_t_quantile(errors, level))
    return {
        **_with_interval(name, estimate, low, high),
        f"{name}_std_error": std_error,
        f"{name}_skewness": standardised(length, std_error),
        f"{name}_simultaneous_low": together[0],
        f"{name}_simultaneous_high": together[1],
        **_with_interval(f"{name}_total", estimate * n, low * n, high * n),
    }


def _roi_columns(name: str, interval: uncertainty.RatioInterval) -> dict:
    return {**_with_interval(name, interval.ratio, interval.low, interval.high), f"{name}_bounded": interval.bounded}


def gross_figures(names, arms, errors, settings) -> pd.DataFrame:
    """Return acceptance, cost, value per returned, gross profit and ROI with intervals, one row per offer."""
    level, n = settings.level, arms.n
    alone, share = arms.n_independent, np.clip(arms.mean[:, 0], 0.0, 1.0)  # customers as good as independent
    cost, cost_variance = arms.combine(m.COST)
    pool = m.pooled(arms)
    cost = (cost, np.sqrt(cost_variance), m.skew_length(pool, m.COST, arms))
    gross = (*m.profit(arms), m.skew_length(pool, m.PROFIT, arms))
    columns = {
        "offer": names,
        "n": n,
        "n_returned": arms.n_returned.astype(int),
        **_with_interval("acceptance", arms.mean[:, 0], *uncertainty.share_interval(alone * share, alone, level)),
        **_leaning("cost_per_customer", cost, level),
        **_leaning("value_per_returned", m.value_per_returned(arms), level),
        **_profit_columns("gross_profit", *gross, errors=errors[:, :-1], n=n, level=level),
        **_roi_columns("gross_roi", m.return_on_investment(arms, None, level)),
    }
    return pd.DataFrame(columns)


def incremental_figures(arms, control, errors, settings) -> pd.DataFrame:
    """Return incremental figures: measured against a control group, assumed, or none."""
    if control is not None:
        added = (*m.profit(arms, control), m.skew_length(m.pooled(arms, control), m.PROFIT, arms, control))
        over_control = errors[:, :-1] - errors[:, -1:]  # the control's own error is in every difference
        size = {"n": arms.n, "level": settings.level}
        columns = _profit_columns("incremental_profit", *added, errors=over_control, **size)
        roi = m.return_on_investment(arms, control, settings.level)
        return pd.DataFrame({**columns, **_roi_columns("incremental_roi", roi)})
    if settings.organic is None:
        return pd.DataFrame(index=range(len(arms.n)))
    return assumed_incremental(arms, settings)


def assumed_incremental(arms: m.ArmMoments, settings: ComparisonSettings) -> pd.DataFrame:
    """Return incremental profit and ROI under an assumed organic return.

    With an interval of organic returns the estimate is that of its middle, and the interval reaches from the lower
    end at the highest organic return to the upper end at the lowest.
    """
    organic, worth = settings.organic, (settings.organic_value, settings.level, settings.organic_value_error)
    shares = (organic.low, organic.middle, organic.high)
    low_end, middle, high_end = (m.profit_and_roi_at(arms, share, *worth) for share in shares)
    low, high = np.minimum(low_end[1], high_end[1]), np.maximum(low_end[2], high_end[2])
    columns = _with_interval("organic", organic.middle, organic.low, organic.high)
    columns |= _with_interval("incremental_profit", middle[0], low, high)
    columns |= _with_interval("incremental_profit_total", middle[0] * arms.n, low * arms.n, high * arms.n)
    roi_low, roi_high = np.minimum(low_end[3].low, high_end[3].low), np.maximum(low_end[3].high, high_end[3].high)
    columns |= _with_interval("incremental_roi", middle[3].ratio, roi_low, roi_high)
    return pd.DataFrame({**columns, "incremental_roi_bounded": low_end[3].bounded & high_end[3].bounded})


def decision_profit(arms, settings) -> tuple[np.ndarray, np.ndarray]:
    """Return the profit that offers are ranked by, and its weights of (returned, value, cost).

    It is gross profit (a control group shifts all offers alike), or what an assumed organic return leaves of it.
    """
    if settings.organic is not None:
        return m.assumed_profit(arms, settings.organic.middle, settings.organic_value)
    return arms.combine(m.PROFIT)[0], np.broadcast_to(m.PROFIT, arms.mean.shape)


def corrected_figures(arms, control, settings) -> pd.DataFrame:
    """Return the first offer's profit per customer, corrected for having been picked as the best by looking.

    It is the profit that offers are judged by: incremental where that is known or assumed, else gross. All other rows
    are empty; so is the first where it is the only offer. With an interval of organic returns the corrected interval
    reaches from the lower end at the highest organic return to the upper end at the lowest.
    """
    name = "gross_profit" if control is None and settings.organic is None else "incremental_profit"
    columns = {f"{name}_corrected{end}": np.full(len(arms.n), np.nan) for end in ("", "_low", "_high")}
    if len(arms.n) > 1:
        if settings.organic is None:
            low = middle = high = _corrected_as_measured(arms, control, settings.level)
        else:
            assumed = settings.organic
            shares = (assumed.high, assumed.middle, assumed.low)
            low, middle, high = (_corrected_as_assumed(arms, share, settings) for share in shares)
        ends = (middle.estimate, min(low.low, high.low), max(low.high, high.high))
        for column, value in zip(columns.values(), ends, strict=True):
            column[int(middle.position)] = value
    return pd.DataFrame(columns)


def _corrected_as_measured(arms, control, level) -> CorrectedWinner:
    """Correct gross profit, or incremental profit, in which all offers share the error of the control."""
    estimate, variance = m.profit(arms, control)
    joint = arms.joint(m.PROFIT)
    if control is not None:
        together = arms.joint(m.PROFIT, control, m.VALUE)
        joint = joint - together - together.T + float(control.combine(m.VALUE)[1][0])
    best = corrected_winner(estimate, joint, level=level)
    return _lean(best, variance, m.skew_length(m.pooled(arms, control), m.PROFIT, arms, control))


def _corrected_as_assumed(arms, share: float, settings) -> CorrectedWinner:
    """Correct incremental profit at one organic return; the winner was picked at the middle of those assumed."""
    picked_by, picked_weights = m.assumed_profit(arms, settings.organic.middle, settings.organic_value)
    estimate, weights = m.assumed_profit(arms, share, settings.organic_value)
    both = (
        np.diag(arms.covary(weights, picked_weights))
        if arms.beside is None
        else arms.joint(weights, arms, picked_weights)
    )
    error, picked_error = (each * settings.organic_value_error for each in (share, settings.organic.middle))
    own = arms.variance(weights)
    figures = OtherFigures(estimate, own + error**2, both + error * picked_error)
    joint = arms.joint(picked_weights) + picked_error**2  # all offers share the error of what returns anyway
    best = corrected_winner(picked_by, joint, figures=figures, level=settings.level)
    length = m.skew_length(m.pooled(arms), weights, arms)
    share_own = np.divide(own, figures.variance, out=np.zeros(own.shape), where=figures.variance > 0)
    return _lean(best, figures.variance, length * share_own)


def _lean(best: CorrectedWinner, variance, length) -> CorrectedWinner:
    """Let the interval of the winner lean as that of its figure alone does, and its estimate stay between the ends."""
    std_error, length = np.sqrt(variance)[best.position], length[best.position]
    if std_error == 0:
        return best
    reach = [(best.naive - best.low) / std_error, (best.high - best.naive) / std_error]
    low, high = skewed_interval(best.naive, std_error, length, np.array(reach))
    pairs = [(float(best.low), float(low[0])), (float(best.high), float(high[1]))]
    if best.low < best.naive < best.high:  # what needs no correction is not moved
        pairs.insert(1, (float(best.naive), float(best.naive)))
    return replace(best, estimate=np.interp(best.estimate, *zip(*pairs, strict=True)), low=low[0], high=high[1])


def sureness(profit, control, errors) -> pd.DataFrame:
    """Return each offer's chance of being best and its expected loss; sending nothing competes where it was tried."""
    rivals = profit if control is None else np.append(profit, control.combine(m.VALUE)[0])
    chance, loss = uncertainty.best_probability(rivals, errors[:, : len(rivals)])
    return pd.DataFrame({"probability_best": chance[: len(profit)], "expected_loss": loss[: len(profit)]})


def break_even_figures(arms, settings) -> pd.DataFrame:
    """Return the organic return at which each offer stops paying, with its interval."""
    found = m.break_even_organic(arms, settings.organic_value, settings.organic_value_error)
    return pd.DataFrame(_leaning("break_even_organic", found, settings.level))


def all_differences(names, arms, settings, errors) -> pd.DataFrame:
    """Compare all pairs; the intervals hold together, since the leader was found by looking."""
    one, other = np.array(list(combinations(range(len(names)), 2)), dtype=int).reshape(-1, 2).T
    difference, std_error, length = lead_of(one, other, arms, settings)
    reach = uncertainty.max_t_quantile((errors.T[one] - errors.T[other]).T, settings.level)
    low, high = skewed_interval(difference, std_error, length, reach)
    names = np.array(names, dtype=object)
    frame = pd.DataFrame(
        {"first": names[one], "second": names[other], "difference": difference, "std_error": std_error}
    )
    return frame.assign(
        difference_low=low, difference_high=high, **pair_verdicts(low, high, settings.equivalent_within)
    )


def lead_of(one, other, arms, settings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return how far offers at the places ``one`` lead those at ``other``, with standard error and skew length."""
    profit, weights = decision_profit(arms, settings)
    joint, scale = arms.joint(weights), m.pooled(arms).apart.skew_scale(weights)
    variance = joint[one, one] + joint[other, other] - 2 * joint[one, other]
    length = m.difference_length(*((each[one], each[other]) for each in (scale, arms.n, arms.n_returned)))
    return profit[one] - profit[other], np.sqrt(np.maximum(variance, 0.0)), length


def organic_value_of(organic_value: float | None, control: m.ArmMoments | None) -> tuple[float | None, float]:
    """Return the value of an organic returner and its standard error: as given, or as the untreated showed it."""
    if organic_value is not None or control is None:
        return organic_value, 0.0
    value, std_error, _ = m.value_per_returned(control)
    return (float(value[0]), float(std_error[0])) if value[0] > 0 else (None, 0.0)


def remarks(frame, differences, n_returned_control: float | None, level: float, within: str = "") -> list[str]:
    """Return what a reader of the table must know of each row; ``within`` is the bound of equivalence, in words."""
    texts = []
    beside = beside_the_leader(frame["offer"], differences, within)
    rows = zip(frame["n_returned"], skewness_of(frame), frame["heavy"], beside, strict=True)
    for n_returned, skewness, heavy, how_told in rows:
        parts = [too_few(n_returned), too_few(n_returned_control, "untreated "), too_skewed(skewness, level)]
        parts += ["hangs on a few customers" if heavy else "", how_told]
        texts.append("; ".join(part for part in parts if part))
    return texts


def skewness_of(frame: pd.DataFrame) -> pd.Series:
    """Return the skewness of the profit that offers are judged by; an assumed organic return leaves that of gross."""
    name = "incremental_profit_skewness"
    return frame[name if name in frame else "gross_profit_skewness"]


def too_skewed(skewness: float, level: float) -> str:
    """Say what a few large amounts do to an interval; nothing where they do little."""
    if abs(skewness) >= TOO_SKEWED:
        return "a few large amounts decide: interval not reliable"
    return "a few large amounts weigh: interval allows for them" if is_skewed(skewness, level) else ""


def too_few(n_returned: float | None, whose: str = "") -> str:
    """Say how far intervals can be trusted when so many returned; nothing when they can, or nobody is asked about."""
    if n_returned is None or n_returned >= MANY_RETURNED:
        return ""
    if n_returned < FEW_RETURNED:
        return f"only {n_returned:.0f} {whose}returned: intervals not reliable"
    return f"just {n_returned:.0f} {whose}returned: intervals a little too narrow"
