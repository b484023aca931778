"""Do intervals of repeat churn cover as often as they say, and is a cure claimed only where there is one?"""

from __future__ import annotations

import numpy as np
from repeat_churners import churners, truth
from test_counted_months import listed
from test_long_enough import said
from test_repeat_churn import FORMULAS, covering, of_cures

import winback as wb
from winback.retention.repeat_churn_sample import CURED

SEED = 20160301
SHORT = (6.0, 14.0)  # months watched: far from the end of what is to come


def repeat_churn(draws: int = 1_000) -> list[dict]:
    """Return coverage by parameter, at 5,000 and 50,000 customers and where follow-up is short, and false claims."""
    names = ["; ".join(index) for index in truth().index]
    settings = (
        ("5,000 customers", 5_000, draws, {}),
        ("50,000 customers", 50_000, draws // 5, {}),
        ("5,000 watched for 6 to 14 months", 5_000, draws // 2, {"watched": SHORT}),
    )
    rows = []
    for what, n, how_many, watched in settings:
        covered = covering(n, how_many, SEED, **watched)
        shares = zip(names, covered.mean(axis=0), strict=True)
        rows += [_row(f"interval covers, {what}: {name}", 0.95, share, how_many) for name, share in shares]
    share = of_cures(5_000, draws, SEED).mean()
    rows.append(_row("interval covers, 5,000 customers: share cured", 0.95, share, draws))
    found, true = listed(4_000, draws // 5, SEED)
    held = ((found[:, 1] <= true) & (true <= found[:, 2]))[:, true > 0].mean()
    rows.append(_row("interval of the chance to leave soon covers where hazards jump by month", 0.95, held, draws // 5))
    what = "a cure is said to be shown where nobody is cured, 2,000 customers"
    rows.append(_row(what, 0.05, _claims(draws).mean(), draws))
    ours, alone = said(np.random.default_rng(SEED), 5 * draws, lambda rng, n: rng.uniform(5, 10, n))
    what = "watched for long enough is said where exits go on (before: by the figure of Maller and Zhou alone)"
    return [*rows, {**_row(what, 0.05, ours, 5 * draws), "before": float(alone)}]


def _claims(draws: int) -> np.ndarray:
    rng, claimed = np.random.default_rng(SEED), []
    for _ in range(draws):
        fit = wb.fit_repeat_churn(churners(2_000, rng, cured=0.0), "1", hazards=FORMULAS["hazards"])
        claimed.append(fit.state == CURED and fit.no_cure.p_value < 0.05)
    return np.array(claimed)


def _row(what: str, nominal: float, now: float, draws: int) -> dict:
    error = float(np.sqrt(nominal * (1 - nominal) / draws))
    return {"what": what, "nominal": nominal, "before": None, "now": float(now), "error": error, "draws": draws}
