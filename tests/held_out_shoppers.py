"""Which held-out purchases do the tests of validation use? Customers drawn from the models, followed further."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import numpy as np
import pandas as pd

import winback as wb


@cache
def small_held_out():
    """Return a held-out log of two customers: what simulated customers are put into."""
    log = pd.DataFrame({"customer_id": [1, 2, 1], "date": ["2024-01-01", "2024-01-08", "2024-06-03"], "amount": 1.0})
    return wb.summarize_purchases(log, period="W").hold_out("2024-03-31")


def followed(rng, model, parameters, n, ages, ahead, slower=1.0):
    """Draw customers of a model for times within ``ages``, and count their purchases ``ahead`` of the end.

    From the end on they buy at ``slower`` times their rate.
    """
    first, second, third, fourth = parameters
    age, rate, leaves = rng.uniform(*ages, n), rng.gamma(first, 1 / second, n), np.zeros(n)
    lasts = np.full(n, np.inf)
    if model == "pareto_nbd":
        lasts = rng.exponential(1 / np.maximum(rng.gamma(third, 1 / fourth, n), 1e-300))
    else:
        leaves = rng.beta(third, fourth, n)
        if model == "mbg_nbd":
            lasts = np.where(rng.random(n) < leaves, 0.0, np.inf)
    count, later, recency = np.zeros(n, dtype=int), np.zeros(n, dtype=int), np.zeros(n)
    clock, active = np.zeros(n), np.arange(n)
    while len(active):
        before = clock[active] < age[active]
        gap = rng.exponential(1 / np.maximum(rate[active], 1e-300))
        at = clock[active] + np.where(before, gap, gap / slower)
        crosses = before & (at > age[active])  # what is left of the wait takes longer after the end
        at = np.where(crosses, age[active] + (at - age[active]) / slower, at)
        kept = at < np.minimum(lasts[active], age[active] + ahead)
        active, at = active[kept], at[kept]
        clock[active] = at
        seen = at < age[active]
        count[active] += seen
        later[active] += ~seen
        recency[active] = np.where(seen, at, recency[active])
        active = active[rng.random(len(active)) >= leaves[active]]
    return pd.DataFrame(
        {"customer_id": np.arange(n), "frequency": count, "recency": recency, "age": age, "held_out_frequency": later}
    )


def with_spend(rng, customers, parameters):
    """Add what they spend, of the gamma-gamma model."""
    p, q, v = parameters
    nu = rng.gamma(q, 1 / v, len(customers))
    times, later = customers["frequency"].to_numpy(), customers["held_out_frequency"].to_numpy()
    mean = rng.gamma(np.maximum(p * times, 1e-9), 1 / (nu * np.maximum(times, 1)))
    paid = np.where(later > 0, rng.gamma(np.maximum(p * later, 1e-9), 1 / nu), 0.0)
    return customers.assign(mean_spend=np.where(times > 0, mean, np.nan), held_out_spend=paid)


def held_out(customers, periods):
    """Return held-out purchases of these customers; nothing is said of days."""
    return replace(small_held_out(), customers=customers, periods=periods)


CASES = {
    "bg_nbd": (partial(wb.fit_purchases, model="bg_nbd"), (0.6, 4.0, 0.9, 2.4)),
    "mbg_nbd": (partial(wb.fit_purchases, model="mbg_nbd"), (0.9, 4.0, 0.9, 2.4)),
    "pareto_nbd": (partial(wb.fit_purchases, model="pareto_nbd"), (0.8, 5.0, 0.9, 10.0)),
}
SPEND, AHEAD = (6.0, 4.0, 15.0), 26.0


def drawn(rng, name="bg_nbd", n=1500, slower=1.0):
    """Draw customers of a model with spend, and what they bought in the held-out part."""
    customers = followed(rng, name, CASES[name][1], n, (30, 50), AHEAD, slower)
    return held_out(with_spend(rng, customers, SPEND), AHEAD)


def judged(given, name="bg_nbd", spend=False):
    """Return the validation of a model fitted to the calibration."""
    fit = CASES[name][0](given.customers, period="W")
    return fit.check(given, spend=wb.fit_spend(given.customers) if spend else None)
