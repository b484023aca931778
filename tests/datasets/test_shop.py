"""Is the simulated shop's base that of its log and its customers?"""

import pandas as pd

import winback as wb


def test_the_base_of_the_shop_is_read_from_its_log_and_customers():
    shop = wb.load_shop_study()
    base = shop.base
    expected = wb.read_purchases(shop.purchases, until=shop.until, customers=shop.customers)
    pd.testing.assert_frame_equal(base.customers, expected.customers)
    pd.testing.assert_frame_equal(base.lapsed().frame, expected.lapsed().frame)
    assert base.source == "A simulated shop"
    assert base.until == shop.until
    assert set(shop.made_with) <= set(base.made_with)
    assert base.customers.set_index("customer_id")["channel"].to_dict() == (
        shop.customers.set_index("customer_id")["channel"].to_dict()
    )
    assert shop.base is base


def test_the_shop_comes_as_it_is_drawn():
    assert len(wb.load_shop_study().purchases) == len(wb.simulate_shop_study().purchases)
    assert "simulated" in wb.load_shop_study().caveat


def test_whom_the_rule_calls_lost_is_held_to_the_truth():
    """Who has left may be told from who stays: the rule calls far more of the one lost than of the other."""
    shop = wb.load_shop_study()
    leaves = shop.truth.customers.set_index("customer_id")["leaves_on"]
    lost = shop.base.customers.set_index("customer_id")["lost"]
    gone = (leaves <= pd.Timestamp(shop.until) - pd.Timedelta(days=shop.base.rule.setting.days + 1)).reindex(lost.index)
    stays = (~(leaves <= pd.Timestamp(shop.until))).reindex(lost.index)
    assert lost[gone].all()  # nobody buys after leaving
    assert lost[stays].mean() < 0.5
