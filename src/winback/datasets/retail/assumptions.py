"""Which figures are behind the shop's log? All are assumed; an estimator should find the first seven."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

# About 7 purchases a year while active, half of the customers gone after a year, $40 a purchase
PURCHASES = MappingProxyType({"r": 0.8, "alpha": 6.0, "s": 0.7, "beta": 31.0})  # Pareto/NBD, in weeks
SPEND = MappingProxyType({"p": 5.0, "q": 4.0, "v": 24.0})  # gamma-gamma, in $
MEANINGS = {
    "r": "how alike customers are in how often they buy (shape)",
    "alpha": "weeks; mean purchases a week while active = r / alpha",
    "s": "how alike customers are in how soon they leave (shape)",
    "beta": "weeks; share still active after t weeks = (beta / (beta + t))^s",
    "p": "how alike one customer's purchases are (shape)",
    "q": "how alike customers are in what they spend (shape)",
    "v": "$; mean spend per purchase = p v / (q - 1)",
}

JOINING = 0.6  # share of the time from the first day to the last within which customers join: 18 months of 30

# Log odds against the shop: of the average customer, and per unit of log rate and log spend relative to the mean
CHANNELS = ("shop", "web", "newsletter")
CHANNEL_EFFECTS = {"web": (-0.2, -0.1, 0.9), "newsletter": (0.0, 0.6, 0.3)}
EFFECTS = (
    "of the average customer",
    "per log of purchases a week, relative to the mean",
    "per log of mean spend, relative to the mean",
)

BARGAIN_HUNTERS, PROMOTERS, REFERRED = 0.15, 0.30, 0.20  # shares of customers
ON_DISCOUNT = {"bargain hunters": 0.80, "others": 0.10}  # share of purchases
DISCOUNTS = (0.10, 0.20, 0.30)  # taken off the price, each as often

REFUNDS = 0.02  # share of purchases that are given back later
FREE = 0.003  # share of purchases after which something is sent for nothing
NAMELESS = 0.01  # share of purchases beside which someone buys without a customer id
LATEST_AFTER = 30  # days after a purchase


def parameters_frame(purchases: Mapping, spend: Mapping, mistakes: bool) -> pd.DataFrame:
    """Return every figure behind a log: parameter, value and meaning.

    Examples
    --------
    >>> parameters_frame(PURCHASES, SPEND, mistakes=True)["parameter"].tolist()[:7]
    ['r', 'alpha', 's', 'beta', 'p', 'q', 'v']
    """
    rows = [(name, value, MEANINGS[name]) for name, value in {**purchases, **spend}.items()]
    rows.append(("joining", JOINING, "share of the time within which customers first buy, evenly"))
    for channel, sizes in CHANNEL_EFFECTS.items():
        names = ("constant", "rate", "spend")
        rows += [
            (f"{channel}: {name}", size, f"log odds against shop {effect}")
            for name, size, effect in zip(names, sizes, EFFECTS, strict=True)
        ]
    rows += [
        ("bargain hunters", BARGAIN_HUNTERS, "share of customers who buy on discount most of the time"),
        *((f"on discount, {who}", share, "share of purchases") for who, share in ON_DISCOUNT.items()),
        ("promoters", PROMOTERS, "share of customers who bring others"),
        (
            "referred",
            REFERRED,
            "share of customers whom a promoter brought who had bought in the 60 days before",
        ),
    ]
    if mistakes:
        rows += [
            ("refunds", REFUNDS, "share of purchases given back in full, 1 to 30 days later"),
            ("free", FREE, "share of purchases followed by a row of amount 0, 1 to 30 days later"),
            ("nameless", NAMELESS, "rows without a customer, as a share of purchases"),
        ]
    return pd.DataFrame(rows, columns=["parameter", "value", "meaning"]).astype({"value": float})
