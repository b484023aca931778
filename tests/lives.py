"""Which second lifetimes do the tests of survival use? Freireich's patients as customers, and lives drawn at random."""

from __future__ import annotations

import numpy as np
import pandas as pd

# Freireich et al. (1963), Blood 21: weeks of remission of children with leukaemia, and whether it ended
TREATED = (
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
)
CONTROL = ([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [1] * 21)


def lives(months, ended, **columns):
    """Return returned customers with these second lifetimes."""
    return pd.DataFrame(
        {
            "customer_id": np.arange(len(months)),
            "returned": True,
            "second_tenure": np.asarray(months, dtype=float),
            "second_ended": np.asarray(ended, dtype=bool),
            **columns,
        }
    )


def freireich():
    """Return the 42 patients; `group` is treated or control."""
    group = ["treated"] * 21 + ["control"] * 21
    return lives(TREATED[0] + CONTROL[0], TREATED[1] + CONTROL[1], group=group)


def random_lives(rng, n=200, groups=("a", "b"), mean=20.0, longest=60.0):
    """Draw lives of mean length 20 in groups of equal size, cut off after 6 to 60 months."""
    months, followed = rng.exponential(mean, n), rng.uniform(6, longest, n)
    table = lives(np.minimum(months, followed).clip(0.01), months <= followed)
    table = table.assign(group=np.resize(groups, n), first_tenure=rng.lognormal(2.5, 0.7, n))
    cause = rng.choice(["price", "service"], n, p=[0.7, 0.3])
    return table.assign(second_reason=np.where(table["second_ended"], cause, None))


SLOPE, SIGMA = 0.3, 0.75


def errors(rng, family, n):
    """Draw standard errors of log durations of a family."""
    if family == "lognormal":
        return rng.normal(size=n)
    return np.log(rng.exponential(size=n)) if family == "weibull" else rng.logistic(size=n)


def drawn(rng, family="lognormal", n=400):
    """Draw log T = 3 + 0.3 spend - 0.2 [service] + 0.75 error, cut off after 6 to 60 months."""
    spend, service = rng.normal(size=n), rng.random(n) < 0.4
    months = np.exp(3 + SLOPE * spend - 0.2 * service + SIGMA * errors(rng, family, n))
    followed = rng.uniform(6, 60, n)
    reason = np.where(service, "service", "price")
    return lives(np.minimum(months, followed), months <= followed, spend=spend, reason=reason, former=np.exp(spend))
