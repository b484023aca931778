"""How is a risk of leaving judged? The same model fitted to earlier months, and what came in the later ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from winback.base.contract_base import ContractBase
from winback.held_out import Ranking
from winback.retention.person_months import (
    History,
    Known,
    cells_of_levels,
    count_cells,
    customers_of,
    months_of,
)
from winback.retention.risk_ahead import ahead_of, left_in, logit_peak
from winback.retention.risk_check import RiskCheck
from winback.uncertainty import normal_interval, normal_quantile

JUDGED_BY = 10  # losses, to judge by


def judge_risk(fit, months: int, flagged: float) -> RiskCheck:
    """Judge a model by the last months of those it was fitted to, see `ChurnRisk.check`."""
    most = max((each for each in range(len(fit.starts)) if len(_known_before(fit, each)) > 1), default=0)
    if not 1 <= months <= most:
        raise ValueError(
            f"months must be from 1 to {most}, fewer than the {len(fit.starts) - 1} of the fit; got {months}."
        )
    if not 0 < flagged < 1:
        raise ValueError(f"flagged must be a share between 0 and 1, such as 0.1; got {flagged:g}.")
    earlier, base = fit.refitted(_known_before(fit, months)), fit.base
    starts, columns = fit.starts[len(fit.starts) - months - 1 :], earlier.table_of_levels.columns
    first_flag = np.full(len(base.all_lives.start), months)  # month in which each life was among the riskiest first
    newly = np.zeros(months)  # share first flagged in each month of those there who had not been
    levels, n, lost, n_unseen = cells_of_levels(
        count_cells(_watched(earlier, starts, flagged, (first_flag, newly)), columns), columns
    )
    if lost.sum() < JUDGED_BY:
        raise ValueError(
            f"Only {lost.sum():.0f} left in what is held out: at least {JUDGED_BY} are needed to judge by. Hold out "
            "more."
        )
    chance = expit(earlier.odds(levels))
    frame, total = _beside(earlier, levels, n, lost, chance)
    return RiskCheck(
        frame=frame,
        **_forecast(earlier, starts),
        losses=_losses(base, starts, first_flag, newly),
        **_slope(chance, n, lost, fit.level),
        **_ranked_right(chance, n, lost, fit.level),
        brier=_brier(chance, n, lost),
        brier_constant=_brier(np.full(len(n), earlier.n_lost / earlier.n), n, lost),
        total=total,
        n=round(n.sum()),
        n_lost=round(lost.sum()),
        n_unseen=n_unseen,
        months=months,
        flagged=flagged,
        since=str(np.datetime64(int(starts[0]), "D")),
        level=fit.level,
        currency=base.currency,
    )


def _watched(fit, starts: np.ndarray, flagged: float, noted: tuple[np.ndarray, np.ndarray]) -> Iterator[Known]:
    """Yield what was known month by month, and note who was among the riskiest first when, and how many of the rest."""
    first_flag, newly = noted
    never = len(newly)
    for month, known in enumerate(months_of(fit.base, fit.table_of_levels.columns, starts)):
        risk = np.nan_to_num(fit.risks(known))
        riskiest = known.life[np.argsort(-risk, kind="stable")[: round(flagged * len(risk))]]
        fresh = (first_flag[riskiest] == never).sum()
        newly[month] = fresh / max((first_flag[known.life] == never).sum(), 1)
        first_flag[riskiest] = np.minimum(first_flag[riskiest], month)
        yield known


def _known_before(fit, months: int) -> np.ndarray:
    """Return the months of which it is known who left when the last ``months`` begin: until then others may be back."""
    return fit.starts[fit.starts - 1 + fit.base.grace_days < fit.starts[len(fit.starts) - 1 - months]]


def _forecast(fit, starts: np.ndarray) -> dict[str, object]:
    """Return what is said of all months when they begin, and what came."""
    base, lives = fit.base, fit.base.all_lives
    known = History(base, fit.table_of_levels.columns).at(int(starts[0]), int(starts[1]))
    ahead, rows = ahead_of(fit, known, len(starts) - 1), known.life
    found = customers_of(base, known).assign(within=ahead.leaves.sum(axis=1), left_in=left_in(lives, rows, starts))
    return {
        "customers": found[ahead.seen].reset_index(drop=True),
        "leaves": ahead.leaves[ahead.seen],
        "ahead": ahead.in_all(fit.covariance_ahead, fit.level),
    }


def _losses(base: ContractBase, starts: np.ndarray, first_flag: np.ndarray, newly: np.ndarray) -> pd.DataFrame:
    """Return who was lost, since when they had been flagged, and the chance that lots would have missed them.

    Lots draw as many new customers each month as were flagged, so that as many different ones are ever flagged.
    """
    lives = base.all_lives
    month = left_in(lives, np.arange(len(first_flag)), starts) - 1
    rows = np.flatnonzero((month >= 0) & (lives.start <= starts[month]))  # not who came and left within a month
    rows = rows[np.argsort(month[rows], kind="stable")]
    month, looked = month[rows], np.searchsorted(starts, lives.start[rows])
    found = {"customer_id": base.ids[lives.customer[rows]], "margin": lives.margin[rows]}
    found["warned"] = np.where(first_flag[rows] > month, np.nan, month - first_flag[rows])
    missed = np.append(0, np.cumsum(np.log1p(-np.minimum(newly, 1 - 1e-12))))  # log of the chance up to each month
    found["missed_by_lot"] = np.exp(missed[month + 1] - missed[looked])
    if "reason" in base.contracts:
        found["reason"] = base.contracts["reason"].iloc[lives.last[rows]].to_numpy()
    return pd.DataFrame(found)


def _beside(fit, levels, n, lost, chance) -> tuple[pd.DataFrame, tuple[float, float, float]]:
    """Set losses expected and observed side by side, with what chance and parameters leave open."""
    ranking, spread = Ranking.of(chance, n), n * chance * (1 - chance)
    frame = ranking.by_tenth(expected=n * chance, observed=lost)
    parts = np.array([*ranking.tenths(), np.ones(len(n))])
    slopes = parts @ (fit.table_of_levels.matrix(levels) * spread[:, None])
    error = np.sqrt(parts @ spread + ((slopes @ fit.covariance) * slopes).sum(axis=1))
    low, high = normal_interval(np.append(frame["expected"], n @ chance), error, fit.level)
    frame = frame.assign(expected_low=np.maximum(low[:-1], 0), expected_high=high[:-1])
    shares = {f"expected_share{end}": frame[f"expected{end}"] / frame["n"] for end in ("", "_low", "_high")}
    inside = frame["observed"].between(frame["expected_low"], frame["expected_high"])
    frame = frame.assign(**shares, observed_share=frame["observed"] / frame["n"], inside=inside)
    return frame, (float(n @ chance), float(low[-1]), float(high[-1]))


def _slope(chance, n, lost, level) -> dict[str, float]:
    """Return the slope of the log odds of leaving on those said, with its interval."""
    matrix = np.column_stack([np.ones(len(n)), logit(chance)])
    if np.ptp(matrix[:, 1]) == 0:  # one chance for all has no slope
        return dict.fromkeys(("slope", "slope_low", "slope_high"), np.nan)
    peak = logit_peak(matrix, n, lost, np.array([0.0, 1.0]))
    low, high = normal_interval(peak.place[1], np.sqrt(peak.covariance[1, 1]), level)
    return {"slope": float(peak.place[1]), "slope_low": float(low), "slope_high": float(high)}


def _ranked_right(chance, n, lost, level) -> dict[str, float]:
    """Return the area under the ROC curve, with DeLong's interval."""
    _, place = np.unique(chance, return_inverse=True)
    left, stayed = np.bincount(place, lost), np.bincount(place, n - lost)
    below, above = np.cumsum(stayed) - stayed / 2, left.sum() - np.cumsum(left) + left / 2
    of_left, of_stayed = below / stayed.sum(), above / left.sum()  # how often each of a class is ranked right
    area = float(left @ of_left / left.sum())
    variances = [weight @ (each - area) ** 2 / (weight.sum() - 1) / weight.sum() for weight, each in
                 ((left, of_left), (stayed, of_stayed))]  # fmt: skip
    reach = normal_quantile(level) * float(np.sqrt(sum(variances)))
    return {"ranked_right": area, "ranked_low": max(area - reach, 0.0), "ranked_high": min(area + reach, 1.0)}


def _brier(chance, n, lost) -> float:
    return float((n @ chance**2 - 2 * lost @ chance + lost.sum()) / n.sum())
