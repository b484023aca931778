"""How is a risk of leaving judged? The same model fitted to earlier months, and what came in the later ones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from winback.held_out import Ranking
from winback.retention.person_months import History, cells_of_levels, count_cells
from winback.retention.risk_ahead import ahead_of, left_in
from winback.retention.risk_check import RiskCheck
from winback.uncertainty import normal_interval, normal_quantile

LEAST = 10  # losses, to judge by


def judge_risk(fit, months: int, flagged: float) -> RiskCheck:
    """Judge a model by the last months of those it was fitted to, see `ChurnRisk.check`."""
    if not 1 <= months < len(fit.starts) - 1:
        raise ValueError(
            f"months must be from 1 to {len(fit.starts) - 2}, fewer than the {len(fit.starts) - 1} of the fit; "
            f"got {months}."
        )
    if not 0 < flagged < 1:
        raise ValueError(f"flagged must be a share between 0 and 1, such as 0.1; got {flagged:g}.")
    earlier = fit.refitted(fit.starts[: len(fit.starts) - months])
    starts, columns = fit.starts[len(fit.starts) - months - 1 :], earlier.table_of_levels.columns
    watched = _Watched(earlier, starts, flagged)
    cells = count_cells(watched.months(), columns)
    levels, n, lost, n_unseen = cells_of_levels(cells, columns)
    if lost.sum() < LEAST:
        raise ValueError(
            f"Only {lost.sum():.0f} left in what is held out: at least {LEAST} are needed to judge by. Hold out more."
        )
    chance = expit(earlier.scores.of(levels))
    constant = earlier.n_lost / earlier.n
    return RiskCheck(
        frame=_tenths(earlier, levels, (n, lost, chance)),
        customers=watched.customers,
        losses=watched.losses(),
        **_slope(chance, n, lost, fit.level),
        **_ranked_right(chance, n, lost, fit.level),
        brier=_brier(chance, n, lost),
        brier_constant=_brier(np.full(len(n), constant), n, lost),
        total=_total(earlier, levels, n, chance),
        n=round(n.sum()),
        n_lost=round(lost.sum()),
        n_unseen=n_unseen,
        months=months,
        flagged=flagged,
        since=str(np.datetime64(int(starts[0]), "D")),
        level=fit.level,
        currency=fit.base.currency,
    )


class _Watched:
    """Goes through later months, and keeps who was flagged when."""

    def __init__(self, fit, starts: np.ndarray, flagged: float):
        self.fit, self.starts, self.flagged = fit, starts, flagged
        n = len(fit.base.all_lives.start)
        self.first_flag, self.first_look = np.full(n, -1), np.full(n, -1)
        self.lost: list[tuple[np.ndarray, int]] = []

    def months(self):
        """Yield what was known month by month."""
        history = History(self.fit.base, self.fit.table_of_levels.columns)
        for place, (day, following) in enumerate(pairwise(self.starts.tolist())):
            known = history.at(day, following)
            if place == 0:
                self.customers = self._forecast(known)
            risk = self.fit.risks(known)
            riskiest = np.argsort(-np.nan_to_num(risk), kind="stable")[: round(self.flagged * len(risk))]
            for first, rows in ((self.first_flag, known.life[riskiest]), (self.first_look, known.life)):
                first[rows] = np.where(first[rows] < 0, place, first[rows])
            self.lost.append((known.life[known.left], place))
            yield known

    def _forecast(self, known) -> pd.DataFrame:
        """Return what is said of all months when they begin, and what came."""
        lives, base = self.fit.base.all_lives, self.fit.base
        ahead = ahead_of(self.fit, known, len(self.starts) - 1)
        rows = known.life
        left = left_in(lives, rows, self.starts)
        found = {"customer_id": base.ids[lives.customer[rows]], "within": ahead.leaves.sum(axis=1), "left_in": left}
        return pd.DataFrame({**found, "margin": lives.margin[rows]})[ahead.seen].reset_index(drop=True)

    def losses(self) -> pd.DataFrame:
        """Return who was lost, and how long before they had been flagged first."""
        base, lives = self.fit.base, self.fit.base.all_lives
        rows = np.concatenate([life for life, _ in self.lost])
        place = np.concatenate([np.full(len(life), place) for life, place in self.lost])
        warned = np.where(self.first_flag[rows] < 0, np.nan, place - self.first_flag[rows])
        found = {"customer_id": base.ids[lives.customer[rows]], "margin": lives.margin[rows], "warned": warned}
        found["looks"] = place - self.first_look[rows] + 1
        if "reason" in base.contracts:
            found["reason"] = base.contracts["reason"].iloc[lives.last[rows]].to_numpy()
        return pd.DataFrame(found)


def _tenths(fit, levels: np.ndarray, counted: tuple[np.ndarray, ...]) -> pd.DataFrame:
    """Set losses expected and observed side by side, with what chance and the parameters leave open."""
    n, lost, chance = counted
    ranking = Ranking.of(chance, n)
    frame = ranking.by_tenth(expected=n * chance, observed=lost, chance=n * chance * (1 - chance))
    matrix = fit.table_of_levels.matrix(levels) * (n * chance * (1 - chance))[:, None]
    slopes = np.array([part @ matrix for part in ranking.tenths()])
    errors = np.sqrt(frame.pop("chance") + ((slopes @ fit.covariance) * slopes).sum(axis=1))
    low, high = normal_interval(frame["expected"], errors, fit.level)
    frame = frame.assign(expected_low=np.maximum(low, 0), expected_high=high)
    shares = {f"expected_share{end}": frame[f"expected{end}"] / frame["n"] for end in ("", "_low", "_high")}
    inside = frame["observed"].between(frame["expected_low"], frame["expected_high"])
    return frame.assign(**shares, observed_share=frame["observed"] / frame["n"], inside=inside)


def _total(fit, levels, n, chance) -> tuple[float, float, float]:
    spread = n * chance * (1 - chance)
    slope = spread @ fit.table_of_levels.matrix(levels)
    error = np.sqrt(spread.sum() + slope @ fit.covariance @ slope)
    low, high = normal_interval(n @ chance, error, fit.level)
    return float(n @ chance), float(low), float(high)


def _slope(chance, n, lost, level) -> dict[str, float]:
    """Return the slope of the log odds of leaving on those said, with its interval."""
    import statsmodels.api as sm

    matrix = np.column_stack([np.ones(len(n)), logit(chance)])
    if np.ptp(matrix[:, 1]) == 0:  # one chance for all has no slope
        return dict.fromkeys(("slope", "slope_low", "slope_high"), np.nan)
    found = sm.GLM(np.column_stack([lost, n - lost]), matrix, family=sm.families.Binomial()).fit()
    low, high = normal_interval(found.params[1], found.bse[1], level)
    return {"slope": float(found.params[1]), "slope_low": float(low), "slope_high": float(high)}


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
