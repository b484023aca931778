"""Returned customers who leave again by the law of repeat churn, drawn; for tests and for the proof."""

import numpy as np
import pandas as pd

REASONS = ("price", "service", "both", "moved")
CONTAINS = {"price": {"price"}, "service": {"service"}, "both": {"price", "service"}, "moved": {"moved"}}
SCALES = {"price": 22.0, "service": 26.0, "both": 45.0, "moved": 60.0}  # months
SHAPES = {"price": 1.4, "service": 1.2, "both": 1.6, "moved": 0.9}
GAMMA = {"Intercept": 0.2, "reason[T.service]": -0.7, "reason[T.both]": 0.4, "complaints": 0.3}
BETA = {"fast": 0.4}
FIRST = {"price": 0.5, "service": 0.35, "both": 0.15}
WATCHED = (60.0, 140.0)  # months: longer than those who can leave for their first reason stay


def truth() -> pd.Series:
    """Return the parameters by equation and term, as a fit's ``params`` name them."""
    rows = {("susceptible", term): value for term, value in GAMMA.items()}
    for reason in REASONS:
        rows |= {(reason, "scale"): SCALES[reason], (reason, "shape"): SHAPES[reason]}
    return pd.Series(rows | {("all hazards", term): value for term, value in BETA.items()})


def churners(n, rng, *, first=FIRST, reasons=REASONS, watched=WATCHED, cured=None) -> pd.DataFrame:
    """Return n returned customers as a table of lapsed ones; ``cured``: a share for everybody, in place of the law."""
    rng = np.random.default_rng(rng)
    reason = rng.choice([*first], size=n, p=[*first.values()])
    complaints, fast = rng.integers(0, 3, n), rng.integers(0, 2, n)
    eta = GAMMA["Intercept"] + GAMMA["complaints"] * complaints
    eta = eta + np.array([GAMMA.get(f"reason[T.{each}]", 0.0) for each in reason])
    chance = 1 / (1 + np.exp(-eta)) if cured is None else np.full(n, 1 - cured)
    susceptible = rng.random(n) < chance
    months = np.empty((n, len(reasons)))
    for place, each in enumerate(reasons):
        spread = rng.exponential(size=n) * np.exp(-BETA["fast"] * fast)
        months[:, place] = SCALES[each] * spread ** (1 / SHAPES[each])
        contained = np.isin(reason, [one for one in first if CONTAINS.get(one, {one}) & CONTAINS[each]])
        months[contained & ~susceptible, place] = np.inf
    seen = rng.uniform(*watched, n)
    stay = months.min(axis=1)
    ended = stay <= seen
    again = np.array(reasons, dtype=object)[months.argmin(axis=1)]
    return pd.DataFrame(
        {
            "customer_id": np.arange(1, n + 1),
            "reason": pd.Categorical(reason, categories=[*first]),
            "complaints": complaints,
            "fast": fast,
            "returned": True,
            "second_tenure": np.maximum(np.minimum(stay, seen), 1e-6),
            "second_ended": ended,
            "second_margin": rng.gamma(4, 10, n).round(2),
            "second_reason": pd.Series(again).where(ended, None),
            "susceptible": susceptible,
        }
    )
