"""How are chances of return judged? What a model said of each customer beside who returned."""

from __future__ import annotations

from numbers import Real

import pandas as pd
from scipy.stats import rankdata

from winback.held_out import TENTHS, Ranking
from winback.second_lifetime.check import ReturnCheck
from winback.tables import check_lapsed, in_trial
from winback.uncertainty import share_interval

LEVEL = 0.95  # of the intervals of what was observed


def judge_return(fit, held_out: pd.DataFrame, threshold: float | None) -> ReturnCheck:
    """Judge predicted chances of return by customers the model has not seen, see `SecondLifetimeFit.check`."""
    table = check_lapsed(held_out, needs=("returned",))
    table = table[in_trial(table)]
    if len(table) < TENTHS:
        raise ValueError(f"Tenths need at least {TENTHS} customers; {len(table)} are held out.")
    returned = table["returned"].to_numpy(dtype=bool)
    if returned.all() or not returned.any():
        raise ValueError(
            f"{'All' if returned.all() else 'None'} of the held-out customers returned: nothing to judge by."
        )
    chance = fit.chance_of_return(table)
    average = float(returned.mean())
    own = average if threshold is None else threshold
    if not isinstance(own, Real) or not 0 < own < 1:
        raise ValueError(f"threshold must be between 0 and 1; got {threshold!r}.")
    ranks, n_back = rankdata(chance), int(returned.sum())
    return ReturnCheck(
        frame=_tenths(chance, returned),
        hits=pd.DataFrame([_hits(chance, returned, value) for value in dict.fromkeys([own, 0.5])]),
        n=len(table),
        predicted=float(chance.mean()),
        observed=average,
        ranked_right=float((ranks[returned].sum() - n_back * (n_back + 1) / 2) / (n_back * (len(table) - n_back))),
        level=LEVEL,
    )


def _hits(chance, returned, threshold) -> dict[str, float]:
    says = chance >= threshold
    return {
        "threshold": float(threshold),
        "hit_rate": float((says == returned).mean()),
        "sensitivity": float(says[returned].mean()),
        "specificity": float((~says[~returned]).mean()),
        "hit_rate_of_most_frequent": float(max(returned.mean(), 1 - returned.mean())),
    }


def _tenths(chance, returned) -> pd.DataFrame:
    """Set shares predicted and observed side by side, tenth by tenth."""
    frame = Ranking.of(chance).by_tenth(predicted=chance, back=returned.astype(float))
    n, back = frame["n"], frame.pop("back")
    low, high = share_interval(back, n, LEVEL)
    predicted = frame["predicted"] / n
    return frame.assign(
        predicted=predicted,
        observed=back / n,
        observed_low=low,
        observed_high=high,
        inside=predicted.between(low, high),
        lift=back / n / returned.mean(),
        cumulative_share=back.cumsum() / returned.sum(),
    )
