r"""Who are the shop's customers? How often they buy, when they leave, what they spend and how they were won.

Rates of purchase are :math:`\Gamma(r, \alpha)`, rates of leaving :math:`\Gamma(s, \beta)`, scales of spend
:math:`\Gamma(q, v)`, all independent: Pareto/NBD and gamma-gamma hold exactly. The channel is drawn last, given the
rate and the spend. So channels differ, and the model of all customers together stays true.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from winback.datasets.retail.assumptions import CHANNEL_EFFECTS, CHANNELS, JOINING

Streams = Mapping[str, np.random.Generator]
DAYS_IN_WEEK = 7.0
SMALLEST = 1e-300  # a rate that underflows to zero is as good as none


def draw_customers(n: int, days: float, purchases: Mapping, spend: Mapping, streams: Streams) -> pd.DataFrame:
    """Draw ``n`` customers in the order of their first purchase, from the parameters of the two models.

    ``days`` go from the first day of the log to the end of its last day; each part has a random stream of its own, so
    that a change of one never changes another. Returned are ``joins`` and ``leaves`` (days since the log began, with
    fractions), ``rate`` and ``leaving`` (per week), ``scale`` of spend and ``mean_spend``, ``channel``.
    """
    joins = np.sort(streams["joins"].uniform(0, JOINING * days, n))
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
    odds = np.ones((len(CHANNELS), len(log_rate)))
    for place, channel in enumerate(CHANNELS):
        if channel in CHANNEL_EFFECTS:
            constant, by_rate, by_spend = CHANNEL_EFFECTS[channel]
            odds[place] = np.exp(constant + by_rate * log_rate + by_spend * log_spend)
    bounds = np.cumsum(odds, axis=0) / odds.sum(axis=0)
    codes = np.minimum((rng.uniform(size=len(log_rate)) >= bounds).sum(axis=0), len(CHANNELS) - 1)
    return pd.Categorical.from_codes(codes, categories=CHANNELS)
