"""Stages of buyers: by loops over the shop's log, against the truth behind it, and laws of transitions."""

import datetime
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

import winback as wb
from winback.doors import ArgumentError

STAGES = ["partner", "regular", "price shopper", "one-off", "occasional"]


@pytest.fixture(scope="module")
def shop():
    return wb.load_shop_study()


@pytest.fixture(scope="module")
def found(shop):
    return wb.base_stages(shop.base)


def stage_by_hand(days):
    """Say in which stage the rows of a customer's purchase days put them: date, discount, referrals."""
    dates = [row[0] for row in days]
    gaps = [(later - one).days for one, later in pairwise(dates)]
    regular = len(dates) >= 4 and np.std(gaps, ddof=1) / np.mean(gaps) < 1
    if regular and sum(row[2] for row in days) > 0:
        return "partner"
    if regular:
        return "regular"
    if len(dates) >= 2 and sum(row[1] > 0 for row in days) > len(dates) / 2:
        return "price shopper"
    return "one-off" if len(dates) == 1 else "occasional"


def by_loop(log, day, silent_days):
    log = log[(log["amount"] >= 0) & log["customer_id"].notna() & (log["date"] <= pd.Timestamp(day))]
    rows = {}
    for who, date, discount, referrals in log[["customer_id", "date", "discount", "referrals"]].itertuples(index=False):
        old = rows.setdefault(who, {}).get(date, (0, 0))
        rows[who][date] = (old[0] + discount, old[1] + referrals)
    stages = {}
    for who, dated in rows.items():
        days = [(date, *dated[date]) for date in sorted(dated)]
        silent = (pd.Timestamp(day) - days[-1][0]).days
        stages[who] = "lost" if silent > silent_days else stage_by_hand(days)
    return stages


def test_stages_and_moves_by_loops(shop, found):
    silent = shop.base.rule.setting.days
    now, then = (by_loop(shop.purchases, day, silent) for day in (shop.until, datetime.date(2023, 7, 1)))
    assert found.customers.set_index("customer_id")["stage"].to_dict() == now
    assert found.before == datetime.date(2023, 7, 1)
    wanted = pd.crosstab(pd.Series({who: then.get(who, "not yet a customer") for who in now}), pd.Series(now))
    for row in found.transitions.itertuples():
        n = wanted[row.after].get(row.before, 0) if row.after in wanted else 0
        assert row.n == n
        assert row.share == pytest.approx(n / wanted.loc[row.before].sum())


def test_shares_add_up_and_rows_of_transitions_sum_to_one(found):
    assert found.frame["n"].sum() == 3000
    assert found.frame["share"].sum() == pytest.approx(1)
    assert found.frame["money_share"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found.moves().sum(axis=1), 1)
    assert found.transitions["n"].sum() == 3000
    assert (found.frame["share_low"] <= found.frame["share"] + 1e-12).all()
    assert (found.frame["share"] <= found.frame["share_high"]).all()


def test_partners_are_promoters_in_truth(shop, found):
    partners = found.customers.query("stage == 'partner'")["customer_id"]
    truth = shop.truth.customers.set_index("customer_id")
    assert len(partners) > 50
    assert truth.loc[partners, "promoter"].all()


def test_as_many_price_shoppers_as_the_truth_asks_for(shop, found):
    """Given who is no regular, each purchase is on discount by the customer's true chance, alone."""
    kept = found.customers[found.customers["stage"].isin(["price shopper", "occasional"])]
    log = shop.purchases[shop.purchases["amount"] >= 0]
    rows, days = (log.groupby("customer_id")["date"].agg(each) for each in ("size", "nunique"))
    ids = [who for who in kept["customer_id"] if rows[who] == days[who]]  # no second purchase of a day
    chance = shop.truth.customers.set_index("customer_id").loc[ids, "on_discount"].to_numpy()
    n = days.loc[ids].to_numpy()
    each = binom.sf(n // 2, n, chance)
    called = int((kept.set_index("customer_id").loc[ids, "stage"] == "price shopper").sum())
    assert len(ids) > 200
    assert abs(called - each.sum()) < 3 * np.sqrt((each * (1 - each)).sum())


def test_nothing_that_came_later_changes_a_day(shop):
    day = "2023-06-30"
    whole = wb.base_stages(wb.read_purchases(shop.purchases, until=shop.until, lost=120), asof=day)
    known = shop.purchases[shop.purchases["date"] <= pd.Timestamp(day)]
    cut = wb.base_stages(wb.read_purchases(known, until=day, lost=120))
    pd.testing.assert_frame_equal(whole.frame, cut.frame)
    pd.testing.assert_frame_equal(
        whole.transitions.query("before != 'not yet a customer'").reset_index(drop=True),
        cut.transitions.query("before != 'not yet a customer'").reset_index(drop=True),
    )


purchases = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 700), st.booleans(), st.integers(0, 1)), min_size=2, max_size=80
)


@settings(max_examples=25, deadline=None)
@given(purchases, st.integers(60, 699))
def test_laws_of_any_log(rows, day):
    log = pd.DataFrame(rows, columns=["customer_id", "day", "discount", "referrals"])
    log["date"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(log["day"], unit="D")
    log = log.assign(amount=5.0, discount=log["discount"] * 0.2).drop(columns="day")
    base = wb.read_purchases(log, until="2023-12-31", lost=90)
    asof = max(log["date"].min(), pd.Timestamp("2022-01-01") + pd.Timedelta(days=day)).date()
    stages = wb.base_stages(base, asof=asof)
    here = by_loop(log, asof, 90)
    assert (
        stages.customers[stages.customers["stage"] != "not yet a customer"].set_index("customer_id")["stage"].to_dict()
        == here
    )
    assert stages.frame["n"].sum() == len(here)
    if len(stages.transitions):
        np.testing.assert_allclose(stages.moves().sum(axis=1), 1)
    dear = wb.base_stages(wb.read_purchases(log.assign(amount=700.0), until="2023-12-31", lost=90), asof=asof)
    assert dear.customers.equals(stages.customers)


def test_a_stage_that_cannot_be_told_is_not_shown_and_said(shop):
    log = shop.purchases.drop(columns=["discount", "referrals"])
    found = wb.base_stages(wb.read_purchases(log, until=shop.until, lost=220))
    assert found.to_frame()["stage"].tolist() == ["regular", "one-off", "occasional", "lost"]
    assert found.without == ("partner", "price shopper")
    said = found.describe() + found.details()
    assert "does not say who brought others" in said
    assert "does not say what was bought on discount" in said


def test_no_amounts_one_customer_and_a_short_log(shop):
    log = pd.DataFrame({"customer_id": [1, 1], "date": ["2024-01-01", "2024-02-01"]})
    found = wb.base_stages(wb.read_purchases(log, until="2024-03-01", lost=90))
    assert found.to_frame()["n"].tolist() == [0, 0, 1, 0]
    assert "money" not in found.to_frame()
    assert "does not reach back a year" in found.describe() + found.details()
    with pytest.raises(ValueError, match="too short for an earlier day: say one with before"):
        found.moves()
    gone = wb.base_stages(wb.read_purchases(log, until="2025-03-01", lost=90))
    assert "all customers are lost" in gone.describe()


def test_three_sentences_and_twelve_lines(found):
    assert len(found.describe().splitlines()) == 3
    assert len(str(found).splitlines()) <= 12
    assert "are partners" in found.describe()


def test_days_and_bases_that_make_no_sense_are_refused(shop):
    contracts = pd.DataFrame({"customer_id": [1], "start": "2023-01-01", "end": None})
    with pytest.raises(ValueError, match="asof must lie within the data, from 2022-01-01 to 2024-06-30; got 2025"):
        wb.base_stages(shop.base, "2025-01-01")
    with pytest.raises(ValueError, match="before must lie within the data and before asof"):
        wb.base_stages(shop.base, "2023-01-01", before="2023-06-01")
    with pytest.raises(ArgumentError, match="must be one of read_purchases, as stages are told from purchases"):
        wb.base_stages(wb.read_contracts(contracts, until="2024-01-01"))


@pytest.mark.slow
def test_shares_of_stages_and_moves_hold_those_of_a_shop_twenty_times_as_large():
    """Each cell's interval holds in .95 of 30 shops. Cells of one shop go together: the error is between shops."""
    terms, key = {"until": "2024-06-30", "lost": 120}, ["before", "after"]

    def stages_of(n, seed):
        shop = wb.simulate_shop_study(n_customers=n, mistakes=False, rng=seed)
        return wb.base_stages(wb.read_purchases(shop.purchases, **terms))

    large, held, moved = stages_of(60_000, 1), [], []
    truth, shares = large.frame.set_index("stage")["share"], large.transitions.set_index(key)["share"]
    for seed in range(2, 32):
        found = stages_of(3_000, seed)
        rows = found.frame.set_index("stage")
        inside = (rows["share_low"] <= truth) & (truth <= rows["share_high"])
        assert inside[truth == 0].all()
        held.append(inside[truth > 0].mean())
        cells = found.transitions.set_index(key)
        known = shares.reindex(cells.index).fillna(0.0)
        kept = cells["n"].groupby("before").transform("sum") * known >= 5
        moved.append(((cells["share_low"] <= known) & (known <= cells["share_high"]))[kept].mean())
    for each in (held, moved):
        assert np.mean(each) > 0.95 - 3 * np.std(each, ddof=1) / np.sqrt(len(each)) - 0.005
        assert np.mean(each) < 0.99
