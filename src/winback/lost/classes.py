"""Who brings most, and how regularly? ABC by money, XYZ by regularity, and the priority of each of the nine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

NOT_KNOWN = -1
ABC, XYZ = "ABC", "XYZ"
FIRST, MUST, MAYBE, LET_GO = "bring back first", "must come back", "if possible", "let go"
ORDER = (FIRST, MUST, MAYBE, LET_GO)
PRIORITIES: Mapping[str, str] = {
    **{"AX": FIRST, "AY": FIRST, "AZ": MUST},
    **{"BX": FIRST, "BY": MUST, "BZ": MAYBE},
    **{"CX": MAYBE, "CY": MAYBE, "CZ": LET_GO},
    **{"A": FIRST, "B": MAYBE, "C": LET_GO},  # where nothing tells how regularly
}


@dataclass(frozen=True)
class Classes:
    """Where classes end, and which priority each has.

    Attributes
    ----------
    money : tuple of float
        Shares of the money up to which customers are A, and B.
    regularity : tuple of float
        Coefficients of variation up to which customers are X, and Y.
    period_days : int
        Length of the periods over which a buyer's purchases are added up.
    priorities : mapping
        Class (AX to CZ; A to C where regularity is not known) -> priority; others stay as in the four of the article.
    """

    money: tuple[float, float] = (0.8, 0.95)
    regularity: tuple[float, float] = (0.5, 1.0)
    period_days: int = 30
    priorities: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse boundaries that are out of order, and classes or priorities that there are not."""
        first, second = self.money
        if not 0 < first <= second <= 1:
            raise ValueError(f"money must be two shares in ascending order, such as (0.8, 0.95); got {self.money!r}.")
        if not 0 <= self.regularity[0] <= self.regularity[1]:
            raise ValueError(f"regularity must be two numbers in ascending order from 0; got {self.regularity!r}.")
        if self.period_days < 1:
            raise ValueError(f"period_days must be at least 1; got {self.period_days!r}.")
        if odd := [name for name in self.priorities if name not in PRIORITIES]:
            raise ValueError(f"There is no class {odd[0]!r}; there are {', '.join(PRIORITIES)}.")
        if odd := [name for name in self.priorities.values() if name not in ORDER]:
            raise ValueError(f"There is no priority {odd[0]!r}; there are {', '.join(ORDER)}.")


def abc_classes(money: np.ndarray, bounds: tuple[float, float] = (0.8, 0.95)) -> np.ndarray:
    r"""Return each customer's class by money: 0 = A, 1 = B, 2 = C, -1 where money is not known, (n,).

    In descending order customers are A until the first share of all money is reached, B until the second, C from there
    on; the one with whom a share is reached belongs to the class before it. Those who bring alike are classed alike,
    as the first of them; whoever brings nothing is C. Losses do not lessen what all bring.

    Examples
    --------
    >>> abc_classes(np.array([50.0, 30.0, 14.0, 4.0, 2.0, np.nan])).tolist()
    [0, 0, 1, 1, 2, -1]
    >>> abc_classes(np.array([5.0, 5.0, 5.0, 0.0])).tolist()
    [0, 0, 0, 2]
    """
    known = np.where(np.isnan(money), 0.0, np.maximum(money, 0.0))
    order = np.argsort(-known, kind="stable")
    ordered = known[order]
    total = ordered.sum()
    if not total > 0:
        return np.where(np.isnan(money), NOT_KNOWN, 2)
    first = np.searchsorted(-ordered, -ordered, side="left")  # of those who bring alike
    before = np.append(0.0, np.cumsum(ordered / total))[first]
    # shares are sums of floats: what is reached but for rounding is reached
    found = np.empty(len(money), dtype=int)
    found[order] = np.searchsorted(np.asarray(bounds) - 1e-12, before, side="right")
    return np.where(np.isnan(money), NOT_KNOWN, np.where(known > 0, found, 2))


def xyz_classes(variation: np.ndarray, bounds: tuple[float, float] = (0.5, 1.0)) -> np.ndarray:
    """Return each customer's class by regularity: 0 = X, 1 = Y, 2 = Z, -1 where it is not known, (n,).

    Examples
    --------
    >>> xyz_classes(np.array([0.0, 0.5, 0.7, 1.4, np.nan])).tolist()
    [0, 0, 1, 2, -1]
    """
    found = np.searchsorted(np.asarray(bounds, dtype=float), variation, side="left")
    return np.where(np.isnan(variation), NOT_KNOWN, found)


def variation(customer: np.ndarray, amount: np.ndarray, n_customers: int, *, least: int = 3, zeros=0) -> np.ndarray:
    r"""Return each customer's coefficient of variation, (n_customers,); missing with fewer than ``least`` amounts.

    To those listed come so many ``zeros`` of each customer.

    .. math:: c = \sqrt{\sum_k (a_k - \bar a)^2 / (n - 1)} \Big/ \bar a

    Examples
    --------
    >>> variation(np.array([0, 0, 0, 1]), np.array([2.0, 4.0, 6.0, 5.0]), 2).tolist()
    [0.5, nan]
    """
    n = np.bincount(customer, minlength=n_customers) + zeros
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(customer, weights=amount, minlength=n_customers) / n
        square = np.bincount(customer, weights=(amount - mean[customer]) ** 2, minlength=n_customers)
        square = square + zeros * mean**2
        found = np.sqrt(square / (n - 1)) / mean
    return np.where((n >= least) & (mean > 0), found, np.nan)


def class_words(abc: np.ndarray, xyz: np.ndarray) -> pd.Series:
    """Return both classes as a label, such as "AX"; "A" where regularity is not known; missing without the first.

    Examples
    --------
    >>> class_words(np.array([0, 1, -1]), np.array([0, -1, 2])).tolist()
    ['AX', 'B', None]
    """
    table = np.array([[a + x for x in (*XYZ, "")] for a in ABC] + [[None] * 4], dtype=object)
    return pd.Series(table[abc, xyz], dtype=object)
