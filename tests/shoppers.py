"""Which customers do the tests of purchases use? CDNOW's, donors, and customers drawn from the models."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

REFERENCE = Path(__file__).parent / "reference"
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd")


def purchases_before(rng, rate, until, leaves, day=None):
    """Draw each customer's repeat purchases until a time, or until leaving with a chance after each.

    ``leaves`` is the chance to drop out after a repeat purchase. With a ``day`` purchases are rounded up to the end of
    their day, and those of one day count once.
    """
    count, last, clock = np.zeros(len(rate), dtype=int), np.zeros(len(rate)), np.zeros(len(rate))
    active = np.arange(len(rate))
    while len(active):
        clock[active] += rng.exponential(1 / np.maximum(rate[active], 1e-300))
        active = active[clock[active] < until[active]]
        at = clock[active] if day is None else np.ceil(clock[active] / day) * day
        new = (at > last[active]) & (at <= until[active])
        count[active] += new
        last[active] = np.where(new, at, last[active])
        active = active[rng.random(len(active)) >= leaves[active]]
    return count, last


def shoppers(rng, model, parameters, n, ages, day=None):
    """Draw customers of a model, observed for times within ``ages``."""
    first, second, third, fourth = parameters
    age = rng.uniform(*ages, n)
    if day is not None:
        age = np.maximum(np.floor(age / day), 1) * day
    rate, until, leaves = rng.gamma(first, 1 / second, n), age, np.zeros(n)
    if model == "pareto_nbd":
        until = np.minimum(age, rng.exponential(1 / np.maximum(rng.gamma(third, 1 / fourth, n), 1e-300)))
    else:
        leaves = rng.beta(third, fourth, n)
        if model == "mbg_nbd":
            until = np.where(rng.random(n) < leaves, 0.0, age)
    frequency, recency = purchases_before(rng, rate, until, leaves, day)
    return pd.DataFrame({"customer_id": np.arange(n), "frequency": frequency, "recency": recency, "age": age})


def purchase_log(rng, n, n_customers, n_days):
    """Draw a log of purchases, with refunds, zeros, several purchases a day and rows that miss something."""
    amount = np.where(rng.random(n) < 0.02, 0.0, rng.normal(40, 15, n).round(2))
    log = pd.DataFrame(
        {
            "customer_id": rng.integers(0, n_customers, n).astype(float),
            "date": pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, n_days, n), unit="D"),
            "amount": amount,
        }
    )
    return log.mask(rng.random(log.shape) < 0.02)


def donors(rng, parameters, n, opportunities):
    """Draw customers of the BG/BB model."""
    alpha, beta, gamma, delta = parameters
    buys, leaves = rng.beta(alpha, beta, n), rng.beta(gamma, delta, n)
    lasts = rng.geometric(np.maximum(leaves, 1e-12)) - 1  # opportunities before dropping out
    number = np.arange(1, opportunities + 1)
    bought = (rng.random((n, opportunities)) < buys[:, None]) & (number <= lasts[:, None])
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "frequency": bought.sum(axis=1),
            "recency": (bought * number).max(axis=1),
            "opportunities": opportunities,
        }
    )


def spenders(rng, parameters, n, most=8):
    """Draw customers of the gamma-gamma model."""
    p, q, v = parameters
    frequency = rng.integers(0, most, n)
    nu = rng.gamma(q, 1 / v, n)
    spend = rng.gamma(np.maximum(p * frequency, 1e-3), 1 / (nu * np.maximum(frequency, 1)))
    return pd.DataFrame(
        {"customer_id": np.arange(n), "frequency": frequency, "mean_spend": np.where(frequency > 0, spend, np.nan)}
    )


def shop_in_channels(n=600, seed=4):
    """Draw customers of a Pareto/NBD shop with spend, in three channels."""
    rng = np.random.default_rng(seed)
    table = shoppers(rng, "pareto_nbd", (0.9, 8.0, 0.7, 20.0), n, (40, 100))
    spend = spenders(rng, (6.0, 4.0, 60.0), n)["mean_spend"].fillna(20.0)
    return table.assign(mean_spend=spend.where(table["frequency"] > 0), channel=rng.choice(["a", "b", "c"], n))


def cdnow(name="cells"):
    """Return CDNOW's 1/10 sample as cells of equal customers, or its repeat buyers' spend."""
    return pd.DataFrame(json.loads((REFERENCE / "cdnow.json").read_text(encoding="utf-8"))[name])


def donations():
    """Return the donors of Fader, Hardie & Shang (2010) as cells of equal ones."""
    return pd.DataFrame(json.loads((REFERENCE / "donations.json").read_text(encoding="utf-8"))["cells"])
