"""How far is organic return moved? To a little more than where the offers stop paying, or than was measured.

Where six in a thousand come back without an offer and offers stop paying at ten, steps of 5% up to 40% show nothing but
losses.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

STEPS = {0.01: (20, 10), 0.02: (20, 10), 0.04: (40, 8), 0.1: (20, 10), 0.2: (40, 10), 0.4: (40, 8)}  # many, and few
BEYOND = 1.25  # times that share: what lies a little beyond it is still seen
GRID = (0.0, 0.125, 0.25, 0.5, 0.75, 1.0)  # of the highest share, for tables


def highest_share(break_evens: pd.Series, measured: float = 0.0) -> float:
    """Return up to which organic return to look: 40%, or less where all that matters lies well below.

    Examples
    --------
    >>> highest_share(pd.Series([0.391, 0.311]), 0.07), highest_share(pd.Series([0.010, 0.007]), 0.006)
    (0.4, 0.02)
    """
    shares = [*break_evens[break_evens.between(0, 1)], measured]
    wanted = BEYOND * max(shares)
    return next((share for share in STEPS if 0 < wanted <= share), max(STEPS))


def steps_to(highest: float, *, few: bool) -> np.ndarray:
    """Return the shares that a slider goes through up to the highest, many or few."""
    n = STEPS[highest][few]
    return np.linspace(0.0, highest, n + 1).round(6)


def table_shares(highest: float) -> list[float]:
    """Return the shares that a table has.

    Examples
    --------
    >>> table_shares(0.4), table_shares(0.02)
    ([0.0, 0.05, 0.1, 0.2, 0.3, 0.4], [0.0, 0.0025, 0.005, 0.01, 0.015, 0.02])
    """
    return [round(share * highest, 6) for share in GRID]
