r"""Who are the shop's customers, and what do they buy? Beside purchases the log has what real logs have.

Rates of purchase are :math:`\Gamma(r, \alpha)`, rates of leaving :math:`\Gamma(s, \beta)`, scales of spend
:math:`\Gamma(q, v)`, all independent: Pareto/NBD and gamma-gamma hold exactly. The channel is drawn last, given the
rate and the spend. So channels differ, and the model of all customers together stays true.

Purchases come at random times while a customer is active. Refunds, things sent for nothing and buyers without an id are
rows added to them: every purchase stays as it is, and so does the truth behind them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.datasets.retail import assumptions as assumed

Streams = Mapping[str, np.random.Generator]
DAYS_IN_WEEK = 7.0
SMALLEST = 1e-300  # a rate that underflows to zero is as good as none
SMALLEST_AMOUNT = 0.01
NOBODY = -1  # the place of a customer who is not known


def draw_customers(n: int, days: float, purchases: Mapping, spend: Mapping, streams: Streams) -> pd.DataFrame:
    """Draw ``n`` customers in the order of their first purchase, from the parameters of the two models.

    ``days`` go from the first day of the log to the end of its last day; each part has a random stream of its own, so
    that a change of one never changes another. Returned are ``joins`` and ``leaves`` (days since the log began, with
    fractions), ``rate`` and ``leaving`` (per week), ``scale`` of spend and ``mean_spend``, ``channel``.
    """
    joins = np.sort(streams["joins"].uniform(0, assumed.JOINING * days, n))
    rate = streams["rate"].gamma(purchases["r"], 1 / purchases["alpha"], n)
    leaving = np.maximum(streams["leaving"].gamma(purchases["s"], 1 / purchases["beta"], n), SMALLEST)
    scale = np.maximum(streams["scale"].gamma(spend["q"], 1 / spend["v"], n), SMALLEST)
    mean_spend = spend["p"] / scale
    log_rate = np.log(np.maximum(rate, SMALLEST) / (purchases["r"] / purchases["alpha"]))
    log_spend = np.log(mean_spend / (spend["p"] * spend["v"] / (spend["q"] - 1)))
    return pd.DataFrame(
        {
            "joins": joins,
            "leaves": joins + DAYS_IN_WEEK * streams["leaves"].exponential(size=n) / leaving,
            "rate": rate,
            "leaving": leaving,
            "scale": scale,
            "mean_spend": mean_spend,
            "channel": draw_channels(log_rate, log_spend, streams["channel"]),
        }
    )


def draw_channels(log_rate: np.ndarray, log_spend: np.ndarray, rng: np.random.Generator) -> pd.Categorical:
    """Draw each customer's channel by its odds against the shop, which depend on rate and spend."""
    odds = np.ones((len(assumed.CHANNELS), len(log_rate)))
    for place, channel in enumerate(assumed.CHANNELS):
        if channel in assumed.CHANNEL_EFFECTS:
            constant, by_rate, by_spend = assumed.CHANNEL_EFFECTS[channel]
            odds[place] = np.exp(constant + by_rate * log_rate + by_spend * log_spend)
    bounds = np.cumsum(odds, axis=0) / odds.sum(axis=0)
    codes = np.minimum((rng.uniform(size=len(log_rate)) >= bounds).sum(axis=0), len(assumed.CHANNELS) - 1)
    return pd.Categorical.from_codes(codes, categories=assumed.CHANNELS)


def first_purchases(customers: pd.DataFrame, shape: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return each customer's first purchase, as `purchases_between` does."""
    who = np.arange(len(customers))
    return _priced(customers, who, customers["joins"].to_numpy(), shape, rng)


def purchases_between(
    customers: pd.DataFrame, begin: float, end: float, shape: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw all repeat purchases between two times: a Poisson number each, at times spread evenly.

    Returned are ``who`` (place of the customer), ``time`` (days since the log began, as are both ends) and ``amount``
    (cents); the shape says how alike one customer's purchases are.
    """
    start = np.maximum(customers["joins"].to_numpy(), begin)
    active = np.maximum(np.minimum(customers["leaves"].to_numpy(), end) - start, 0.0)
    counts = rng.poisson(customers["rate"].to_numpy() / DAYS_IN_WEEK * active)
    who = np.repeat(np.arange(len(customers)), counts)
    return _priced(customers, who, start[who] + rng.uniform(size=len(who)) * active[who], shape, rng)


def _priced(customers, who, time, shape, rng) -> pd.DataFrame:
    amount = rng.gamma(shape, 1 / customers["scale"].to_numpy()[who])
    return pd.DataFrame({"who": who, "time": time, "amount": np.maximum(amount, SMALLEST_AMOUNT).round(2)})


def add_mistakes(log: pd.DataFrame, end: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return a log of purchases with further rows that end before ``end``.

    Its columns are those of `purchases_between`, with ``discount`` and ``referrals``.
    """
    n = len(log)
    refunds = log[rng.uniform(size=n) < assumed.REFUNDS]
    free = log[rng.uniform(size=n) < assumed.FREE]
    n_nameless = int((rng.uniform(size=n) < assumed.NAMELESS).sum())
    drawn = {name: log[name].to_numpy()[rng.integers(0, n, n_nameless)] for name in ("time", "amount")}
    nameless = pd.DataFrame({"who": NOBODY, **drawn, "discount": 0.0, "referrals": 0})
    more = [
        refunds.assign(amount=-refunds["amount"], time=_later(refunds, rng), referrals=0),
        free.assign(amount=0.0, time=_later(free, rng), discount=0.0, referrals=0),
        nameless,
    ]
    found = pd.concat([log, *(part for part in more if len(part))], ignore_index=True)
    return found[found["time"] < end]


def _later(rows, rng) -> np.ndarray:
    return rows["time"].to_numpy() + rng.integers(1, assumed.LATEST_AFTER + 1, len(rows))
