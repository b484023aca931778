"""What is proved by simulation? One function for each part, returning the rows of its table."""

from __future__ import annotations

import numpy as np
from test_skewed_money import AT_ONCE, CONTACT, N, arm
from test_spending_together import curve_of
from uneven_follow_up import TRUE_PROFIT, drawn_figures, true_value

from winback.skewness import is_skewed, skewed_interval
from winback.trial.moments import PROFIT, pooled, profit, skew_length
from winback.uncertainty import normal_quantile

SEED = 20160301


def _row(what: str, nominal: float, before, now) -> dict:
    now, draws = np.asarray(now), len(now)
    share = float(now.mean())
    error = float(np.sqrt(max(share, nominal) * (1 - max(share, nominal)) / draws))
    found = {"what": what, "nominal": nominal, "before": float(np.mean(before)), "now": share}
    return found | {"error": error, "draws": draws}


def skewness(draws: int = 20_000) -> list[dict]:
    """Return how often an offer that loses a cent, sent to 9,000 of 10,000, is said to pay, or to lose more."""
    rows = []
    for sigma, sizes in ((0.5, N), (1.0, N), (1.5, N), (2.0, N), (1.0, (5_000, 5_000)), (2.0, (5_000, 5_000))):
        rng, found = np.random.default_rng(SEED), []
        for _ in range(draws // AT_ONCE):
            offered, control = (
                arm(rng, size, sigma, AT_ONCE, cost) for size, cost in zip(sizes, (CONTACT, 0.0), strict=True)
            )
            estimate, variance = profit(offered, control)
            length = skew_length(pooled(offered, control), PROFIT, offered, control)
            found.append(np.concatenate([estimate, np.sqrt(variance), length], axis=1))
        estimate, error, length = np.concatenate(found).T
        z = normal_quantile()
        low, high = skewed_interval(estimate, error, length, z)
        where = f"{sizes[0]:,}/{sizes[1]:,}, sigma {sigma:g}"
        marked = f"{is_skewed(length / error).mean():.0%} marked"
        rows.append(_row(f"said to pay, {where} ({marked})", 0.025, estimate - z * error > -CONTACT, low > -CONTACT))
        rows.append(_row(f"said to lose more, {where}", 0.025, estimate + z * error < -CONTACT, high < -CONTACT))
    return rows


def spending(draws: int = 1_000) -> list[dict]:
    """Return how often choosing among customers who are all alike is said to pay at the best of ten budgets."""
    frames = [curve_of(seed).frame for seed in range(draws)]
    alone, together = (
        [bool((frame[f"lead{kind}_low"] > 0).any()) for frame in frames] for kind in ("", "_simultaneous")
    )
    return [_row("choosing said to pay at the best of ten budgets", 0.025, alone, together)]


def censoring(draws: int = 4_000) -> list[dict]:
    """Return how far value is off, and how often profit's interval holds the truth, where follow-up differs."""
    rows = []
    for where, shorter_in in (("in both arms", ("a", "none")), ("under the offer only", ("a",))):
        before, now = drawn_figures(draws, shorter_in=shorter_in)
        truth, n = true_value("a"), len(now)
        off = [float(frame["a"].mean() / truth - 1) for frame in (before, now)]
        error = float(now["a"].std() / truth / np.sqrt(n))
        found = {"what": f"offer's value too high by, a segment followed shorter {where}", "nominal": 0.0}
        rows.append(found | {"before": off[0], "now": off[1], "error": error, "draws": n})
        holds = [((frame["low"] <= TRUE_PROFIT) & (frame["high"] >= TRUE_PROFIT)).to_numpy() for frame in (before, now)]
        share = [float(each.mean()) for each in holds]
        found = {"what": f"incremental profit within its interval, a segment followed shorter {where}", "nominal": 0.95}
        error = float(np.sqrt(0.95 * 0.05 / n))
        rows.append(found | {"before": share[0], "now": share[1], "error": error, "draws": n})
    return rows
