"""Customers who came back, some of them for the offer alone, and how often it is found how many left with it."""

import numpy as np
import pandas as pd

import winback as wb
from winback.uncertainty import normal_quantile

OFFERS = wb.OfferCatalog(
    [
        wb.Offer(name="quarter", paid="on_acceptance", amount=5.0, months=3),
        wb.Offer(name="half", paid="on_acceptance", amount=5.0, months=6),
        wb.Offer(name="fitting", tailored_by="reason", tailored={"price": "half", "service": "quarter"}),
    ]
)
ENDS = {"quarter": 3, "half": 6}
SEEKERS, SOON = 0.1, 2.0  # a share leaves within so many months after the end, wherever it would have stayed otherwise


def came_back(n, rng, *, seekers=SEEKERS, decimals=1):
    """Return n customers whose stays are log-normal, in tenths of months, and which of them seek the offer alone."""
    rng = np.random.default_rng(rng)
    offer = rng.choice(OFFERS.names, n)
    reason = rng.choice(["price", "service"], n)
    end = np.array(
        [
            ENDS[OFFERS["fitting"].tailored[why] if what == "fitting" else what]
            for what, why in zip(offer, reason, strict=True)
        ]
    )
    stay = np.exp(3.3 + 0.8 * rng.standard_normal(n) - 0.4 * (offer == "half"))
    seeks = rng.random(n) < seekers
    stay, seen = np.where(seeks, end + SOON * rng.random(n), stay), rng.uniform(34, 128, n)
    ended = stay <= seen
    columns = {"customer_id": np.arange(n), "offer": offer, "reason": reason, "returned": True}
    columns |= {"second_tenure": np.maximum(np.minimum(stay, seen).round(decimals), 0.1), "second_ended": ended}
    return pd.DataFrame(columns), seeks & ended


def found_and_planted(draws, n, *, seed=20161111, **planted):
    """Return, of each draw and offer, how many are found to have left with it, with both ends, and how many did."""
    rows = []
    for number, rng in enumerate(np.random.default_rng(seed).spawn(draws)):
        table, seeks = came_back(n, rng, **planted)
        found = wb.key_moments(table, of="leaving again", offers=OFFERS).frame
        truth = found["moment"].map(table["offer"][seeks].value_counts()).fillna(0)
        rows.append(
            found[["moment", "excess", "excess_low", "excess_high", "excess_error"]].assign(truth=truth, draw=number)
        )
    return pd.concat(rows, ignore_index=True)


def covering(rows, level=0.95):
    """Return how often all intervals of a draw hold together, that of the sum alone does, and the mean error of it."""
    holds = rows["truth"].between(rows["excess_low"], rows["excess_high"]).groupby(rows["draw"]).all()
    total = rows.groupby("draw")[["excess", "truth"]].sum()
    error = rows["excess_error"].pow(2).groupby(rows["draw"]).sum() ** 0.5
    away = total["excess"] - total["truth"]
    return holds, away.abs() < normal_quantile(level) * error, away
