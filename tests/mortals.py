"""Shops whose customers leave on a day that the tests know, though nobody else does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.base.purchase_days import PurchaseDays

END = 1095  # of the log, three years in which customers come and leave


@dataclass(frozen=True)
class Rhythm:
    """How often customers buy: their mean gaps are around so many days, and each is more or less regular."""

    gap: float  # days, mean over customers
    regular: float = 2.0  # p: 1 is Poisson, more is more regular
    alike: float = 4.0  # q: customers' rates
    life: float = 730.0  # days, exponential


FAST, MIDDLE, SLOW = (Rhythm(gap) for gap in (10.0, 40.0, 120.0))
RHYTHMS = {"every 10 days": FAST, "every 40 days": MIDDLE, "every 120 days": SLOW}


@dataclass(frozen=True)
class Shop:
    """A log, and the day on which each customer left for good."""

    days: PurchaseDays
    left: np.ndarray  # (n,) of the customer with each code; beyond the end for those still here


def shop(rng, n, rhythm, *, until=END, immortal=False, coming=END):
    """Draw a log of customers who buy while they are here, and come evenly over the first ``coming`` days."""
    start = rng.uniform(1, coming, n)
    left = np.full(n, np.inf) if immortal else start + rng.exponential(rhythm.life, n)
    scale = rhythm.gap * (rhythm.alike - 1) / rhythm.regular
    rate = rng.gamma(rhythm.alike, 1 / scale, n)
    clock, active, codes, bought = start.copy(), np.arange(n), [np.arange(n)], [start]
    while len(active):
        clock[active] += rng.gamma(rhythm.regular, 1 / rate[active])
        active = active[(clock[active] < left[active]) & (clock[active] <= until)]
        codes.append(active)
        bought.append(clock[active].copy())
    day = np.ceil(np.concatenate(bought)).astype(int)
    return Shop(PurchaseDays.of(np.concatenate(codes), day, until=until), left)


def together(*shops):
    """Return several shops as one."""
    sizes = np.cumsum([0, *(len(each.left) for each in shops)])
    code = np.concatenate([each.days.code + first for each, first in zip(shops, sizes[:-1], strict=True)])
    day = np.concatenate([each.days.day for each in shops])
    return Shop(PurchaseDays.of(code, day, until=shops[0].days.until), np.concatenate([each.left for each in shops]))
