"""Are times, chances and shares of purchases said in plain words?"""

import numpy as np
import pandas as pd
import pytest

import winback as wb
from winback.periods import Period
from winback.purchases.pareto_nbd import describe_dropout


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (0.001, "within a week"),
        (0.3445, "after 18 weeks"),
        (0.09, "after 4.7 weeks"),
        (1.025, "after 12 months"),
        (0.55, "after 6.6 months"),
        (3.333, "after 3.3 years"),
        (41.7, "after 42 years"),
    ],
)
def test_half_a_life_is_told_in_a_unit_that_fits(years, said):
    weeks = years * 365.25 / 7
    words = describe_dropout(np.array([1.0, 1.0, 1.0, weeks]), Period(1, "W"))
    assert words == f"half of all new customers have dropped out {said}"


def test_the_first_opportunity_is_told_as_a_chance():
    gave = pd.DataFrame({"frequency": [0, 1, 3, 2, 5] * 9, "recency": [0, 4, 5, 2, 6] * 9, "opportunities": 6})
    fit = wb.fit_purchases(gave, "bg_bb", period="Y")
    chance, low, high = fit.expected_purchases(1.0).iloc[0, 1:]
    said = str(fit.describe())
    assert f"A new customer buys at the first opportunity with chance {chance:.1%} [{low:.1%}, {high:.1%}]." in said
    assert "within the first year" in str(wb.fit_purchases(gave, "bg_bb", period="M").describe())


def regulars_and_leavers(rng, n, share):
    """Draw customers of one rate of whom a share leaves after the first repeat purchase, the others never."""
    gaps = np.cumsum(rng.exponential(1 / rng.gamma(2.0, 0.1, n)[:, None], (n, 400)), axis=1)
    gaps[rng.random(n) < share, 1:] = np.inf
    seen = np.where(gaps < 80.0, gaps, 0.0)
    return pd.DataFrame({"frequency": (seen > 0).sum(axis=1), "recency": seen.max(axis=1), "age": 80.0})


def test_the_share_that_leaves_at_once_is_said():
    table = regulars_and_leavers(np.random.default_rng(4), 3000, 0.3)
    fit = wb.fit_purchases(table, "bg_nbd", period="W")
    assert "either drops out at the first chance or never" in fit.edge
    a, b = fit.params["estimate"][2:]
    assert a / (a + b) == pytest.approx(0.3, abs=0.04)
    assert f"; {a / (a + b):.1%} of customers drop out then, the others never. The intervals" in str(fit.describe())
    assert "drop out then" not in str(wb.fit_purchases(table, "pareto_nbd", period="W").describe())
