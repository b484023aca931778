"""Is the next step after a frontier true: measured or not, dear or for nothing, when nobody is worth a contact?"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.budgets.measured import Measured
from winback.uncertainty import RatioInterval

CHANCE = pd.DataFrame({"upgrade": [0.4, 0.2], "bundle": [0.5, 0.3], "none": [0.1, 0.1]})
PRICE = (40.0, 290.0)
PROFIT = pd.DataFrame({"upgrade": [90.0, 20.0], "bundle": [80.0, -5.0], "none": [10.0, 10.0]})


def frontier_of(profit=PROFIT, chances=CHANCE):
    return wb.profit_share_frontier(profit, chances=chances)


def measured(profit, regained, bounded=True):
    ends = {"profit": Measured(*profit, n=100), "regained": Measured(*regained, n=100)}
    price = RatioInterval(profit[0] / regained[0], *(PRICE if bounded else (-np.inf, np.inf)), bounded)
    return replace(frontier_of(), measured_ends=ends, measured_price=price)


@pytest.mark.parametrize(
    ("frontier", "step"),
    [
        (lambda: frontier_of(), "Choose for profit, and measure in a trial"),
        (
            lambda: measured((1000, 500, 1500), (10, 5, 15)),
            "Choose for profit, unless one more customer is worth over $100 [$40, $290] to you",
        ),
        (
            lambda: measured((1000, 500, 1500), (10, 5, 15), bounded=False),
            "Choose for profit, unless one more customer is worth over $100 (how much more or less, the trial does not",
        ),
        (lambda: measured((1000, -500, 1500), (10, 5, 15)), "Choose for profit, or for customers where these count"),
        (lambda: measured((1000, 500, 1500), (1, -5, 15)), "Choose for profit: that these offers can buy"),
        (lambda: frontier_of(PROFIT - [200, 200, 0]), "For profit contact nobody, and measure"),
        (lambda: frontier_of(PROFIT[["bundle", "none"]], CHANCE[["bundle", "none"]].head(2)), "Choose for profit, and"),
        (
            lambda: frontier_of(PROFIT.head(1)[["bundle", "none"]], CHANCE.head(1)[["bundle", "none"]]),
            "Choose for profit: no",
        ),
        (
            lambda: frontier_of(PROFIT[["upgrade", "bundle"]], CHANCE[["upgrade", "bundle"]]),
            "Before choosing for either",
        ),
    ],
)
def test_the_next_step_follows_from_what_was_found(frontier, step):
    said = str(frontier().what_to_do())
    assert said.startswith(step)
    assert said.count(". ") == 0
    assert len(said.splitlines()) == 1
