"""Is it said who carries an offer's value, and when one customer makes the ranking?"""

import numpy as np
import pytest
from trials import measured, random_values

import winback as wb
from winback.terms.catalog import Offer

OFFERS = [Offer(name=name, amount=1, paid="per_contact") for name in ("a", "b")]


def values(rng, n, sigma, returns=0.25):
    return [
        value if back else None for back, value in zip(rng.random(n) < returns, rng.lognormal(3, sigma, n), strict=True)
    ]


def compared(**arms):
    return wb.compare_offers(wb.read_trial(measured(**arms), OFFERS))


def test_shares_of_the_largest_are_those_counted_by_hand():
    found = compared(a=[1.0] * 98 + [100.0, 2.0] + [None] * 100, b=[1.0] * 200, none=[1.0] * 20 + [None] * 80).carriers
    row = found.frame.set_index("offer").loc["a"]
    assert row["top_share"] == row["largest_share"] == pytest.approx(100 / 200)
    assert row["largest"] == 99
    assert row["heavy"]
    assert not found.frame.set_index("offer").loc["b", "heavy"]


def test_without_a_cap_that_bites_profit_is_the_comparisons(rng):
    result = wb.compare_offers(wb.read_trial(random_values(rng, 300, a=0.5, b=0.4, none=0.3), OFFERS))
    frame = result.carriers.frame
    assert frame["profit"].to_numpy() == pytest.approx(result.frame["incremental_profit"].to_numpy(), rel=1e-12)
    assert frame["offer"].tolist() == result.frame["offer"].tolist()
    even = compared(a=[10.0] * 60 + [None] * 60, b=[10.0] * 50 + [None] * 70)
    capped, gross = even.carriers.frame, even.frame
    for end in ("", "_low", "_high"):
        assert capped[f"capped_profit{end}"].to_numpy() == pytest.approx(
            gross[f"gross_profit{end}"].to_numpy(), rel=1e-12
        )


def test_amounts_are_capped_at_the_percentile_of_all_who_returned(rng):
    arms = {"a": values(rng, 2_000, 1.5), "b": values(rng, 2_000, 1.5)}
    found = compared(**arms).carriers
    back = np.array([value for arm in arms.values() for value in arm if value is not None])
    assert found.cap == pytest.approx(np.quantile(back, 0.995))
    own = [min(value or 0.0, found.cap) for value in arms["a"]]
    assert found.frame.set_index("offer").loc["a", "capped_profit"] == pytest.approx(np.mean(own) - 1)


def test_one_customer_who_makes_an_offer_first_is_named():
    found = compared(a=[10.0] * 60 + [5_000.0] + [None] * 139, b=[12.0] * 60 + [None] * 140)
    assert found.frame["offer"].iloc[0] == "a"
    assert "One customer decides: without 61, b would be ahead of a." in found.describe()
    assert "hangs on a few customers" in found.frame["remark"].iloc[0]


def test_mild_money_is_not_marked(rng):
    found = compared(a=values(rng, 4_000, 0.8), b=values(rng, 4_000, 0.8), none=values(rng, 4_000, 0.8, 0.1))
    assert not found.carriers.frame["heavy"].any()
    assert "few customers" not in found.describe() + found.details()


@pytest.mark.parametrize("sigma", [2.0, 2.5])
def test_heavy_tails_are_marked(rng, sigma):
    found = compared(a=values(rng, 4_000, sigma), b=values(rng, 4_000, sigma), none=values(rng, 4_000, sigma, 0.1))
    assert found.carriers.frame["heavy"].all()
    assert "no interval holds there" in found.describe() + found.details()
    assert "99.5th percentile" in found.carriers.describe()
