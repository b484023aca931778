"""Is the shop's log what its truth says, are its mistakes only added, and do the models find their parameters in it?"""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

import winback as wb
from winback.datasets.retail.assumptions import (
    BARGAIN_HUNTERS,
    DISCOUNTS,
    FREE,
    NAMELESS,
    ON_DISCOUNT,
    PURCHASES,
    REFERRED,
    REFUNDS,
    SPEND,
)
from winback.datasets.retail.customers import draw_channels

WITHOUT_DISCOUNTS, LATER_WITHOUT_DISCOUNTS = 931_303.09, 7_132  # money of the log, purchases after it
SLOWER = 10  # times in the tests of recovery


@pytest.fixture(scope="module")
def shop():
    return wb.simulate_shop_study()


@pytest.fixture(scope="module")
def clean():
    return wb.simulate_shop_study(mistakes=False)


def summary(study, period="W"):
    return wb.summarize_purchases(study.purchases, period=period, until=study.truth.until)


def distance(fit, truth):
    """Return z values of the logarithms of the parameters, and their joint chi-squared."""
    off = np.log(fit.params["estimate"].to_numpy() / np.array(list(truth.values())))
    return off / np.sqrt(np.diag(fit.covariance)), off @ np.linalg.solve(fit.covariance, off)


# the models


@pytest.fixture(scope="module", params=[1, 2, 3])
def slow_shop(request):
    """Draw 20,000 customers whose year takes ten: a day is then short, and two purchases seldom share one."""
    slow = {**PURCHASES, "alpha": SLOWER * PURCHASES["alpha"], "beta": SLOWER * PURCHASES["beta"]}
    study = wb.simulate_shop_study(
        20_000,
        first_day="2000-01-01",
        until="2024-12-19",
        later_days=0,
        mistakes=False,
        purchases=slow,
        rng=request.param,
    )
    return summary(study, f"{SLOWER}W").customers


def test_pareto_nbd_is_recovered(slow_shop):
    """Counting by day is harmless here only because the shop is slow; the study's own pace is tested below."""
    z, joint = distance(wb.fit_purchases(slow_shop, "pareto_nbd", period=f"{SLOWER}W"), PURCHASES)
    assert (np.abs(z) < 3.5).all(), z
    assert joint < chi2.ppf(0.999, 4)


def test_gamma_gamma_is_recovered(slow_shop):
    z, joint = distance(wb.fit_spend(slow_shop), SPEND)
    assert (np.abs(z) < 3.5).all(), z
    assert joint < chi2.ppf(0.999, 3)


def test_the_study_itself_gives_its_parameters(shop):
    """Here 2 purchases in 100 share a day and count once, which moves alpha up by about one standard error."""
    found = summary(shop)
    together = found.frame.set_index("what")["n"]["second purchases of a day, put together"]
    assert 0.01 < together / found.frame.set_index("what")["n"]["purchases"] < 0.03
    fits = (wb.fit_purchases(found.customers, "pareto_nbd", period="W"), wb.fit_spend(found.customers))
    for fit, truth in zip(fits, (PURCHASES, SPEND), strict=True):
        z, joint = distance(fit, truth)
        assert (np.abs(z) < 3.5).all(), z
        assert joint < chi2.ppf(0.999, len(truth))


def test_spend_and_frequency_are_unrelated_in_the_whole_shop(shop):
    found = wb.fit_spend(summary(shop).customers).correlation
    assert found.low < 0 < found.high


# the truth


def test_nobody_buys_before_joining_or_after_leaving(clean):
    leaves = clean.truth.customers.set_index("customer_id")["leaves_on"].fillna(pd.Timestamp("2260-12-31"))
    for log in (clean.purchases, clean.later):
        assert (log["date"] <= log["customer_id"].map(leaves)).all()
    first = clean.purchases.groupby("customer_id")["date"].min()
    assert (first.index == clean.customers["customer_id"]).all()
    assert first.is_monotonic_increasing
    assert first.max() <= pd.Timestamp("2023-07-02")  # three fifths of 912 days: 18 months


def test_everyone_buys_at_the_true_rate(clean):
    """Repeat purchases over rate x weeks active are Poisson: in all, and of the slow as of the fast."""
    log, known = clean.purchases, clean.truth.customers.set_index("customer_id")
    first = log.groupby("customer_id")["date"].min()
    until = known["leaves_on"].fillna(pd.Timestamp.max).clip(upper=pd.Timestamp("2024-07-01"))
    expected = known["purchases_per_week"] * (until - first) / pd.Timedelta(7, "D")
    bought = log.groupby("customer_id").size() - 1
    quarter = pd.qcut(known["purchases_per_week"], 4, labels=False)
    sums = pd.DataFrame({"bought": bought, "expected": expected}).groupby(quarter).sum()
    assert (np.abs(sums["bought"] - sums["expected"]) < 3.5 * np.sqrt(sums["expected"])).all()


def test_everyone_spends_the_true_mean(clean):
    known = clean.truth.customers.set_index("customer_id")
    log = clean.purchases
    off = log["amount"] - log["customer_id"].map(known["mean_spend"])
    spread = log["customer_id"].map(known["mean_spend"]) / np.sqrt(SPEND["p"])
    z = (off / spread).groupby(pd.qcut(spread, 4, labels=False)).agg(["mean", "std", "size"])
    assert (np.abs(z["mean"]) * np.sqrt(z["size"]) < 3.5).all()
    assert z["std"].to_numpy() == pytest.approx(1, abs=0.05)


def test_customers_differ_as_a_shop_s_do(clean):
    known = clean.truth.customers
    assert 6 < known["purchases_per_week"].mean() * 365.25 / 7 < 8
    assert known["mean_spend"].mean() == pytest.approx(40, rel=0.05)
    first = clean.purchases.groupby("customer_id")["date"].min().to_numpy()
    stay = (known["leaves_on"].fillna(pd.Timestamp.max) - first).dt.days
    assert (stay < 365).mean() == pytest.approx(0.5, abs=0.03)


def test_later_purchases_are_those_expected(clean):
    expected = clean.truth.expected_purchases(365 / 7)
    assert abs(len(clean.later) - expected.sum()) < 4 * np.sqrt(expected.sum())
    gone = clean.truth.customers["leaves_on"] <= pd.Timestamp(clean.truth.until)
    assert (expected.to_numpy()[gone] == 0).all()
    assert (expected.to_numpy()[~gone] > 0).all()
    assert (clean.truth.expected_purchases(0) == 0).all()
    assert clean.later["date"].between("2024-07-01", "2025-06-30").all()
    assert set(clean.later["customer_id"]) <= set(clean.customers["customer_id"])


def test_the_fit_forecasts_the_later_year(shop):
    """The interval is for what is expected; what was bought varies around it by a Poisson's root and a bit more."""
    found = summary(shop).customers
    total = wb.fit_purchases(found, "pareto_nbd", period="W").total(found, 365 / 7).iloc[0]
    error = np.hypot(total["std_error"], 2 * np.sqrt(total["expected"]))
    assert abs(len(shop.later) - total["expected"]) < 3 * error


def test_the_parameters_are_named(shop, clean):
    found = shop.truth.parameters.set_index("parameter")
    assert found["value"][[*PURCHASES, *SPEND]].to_dict() == {**PURCHASES, **SPEND}
    assert (found["meaning"].str.len() > 5).all()
    assert set(found.index) - set(clean.truth.parameters["parameter"]) == {"refunds", "free", "nameless"}


# channels


def test_channels_differ_in_rate_and_spend(shop):
    known = shop.customers.merge(shop.truth.customers, on="customer_id")
    by = known.groupby("channel", observed=True)[["purchases_per_week", "mean_spend"]].agg(["mean", "sem", "size"])
    assert list(by.index) == ["shop", "web", "newsletter"]
    assert (by["purchases_per_week", "size"] > 500).all()
    for measure, high, low in (("purchases_per_week", "newsletter", "web"), ("mean_spend", "web", "shop")):
        gap = by.loc[high, (measure, "mean")] - by.loc[low, (measure, "mean")]
        assert gap > 4 * np.hypot(by.loc[high, (measure, "sem")], by.loc[low, (measure, "sem")])


def test_the_average_customer_takes_each_channel_by_its_odds(rng):
    n = 100_000
    shares = pd.Series(draw_channels(np.zeros(n), np.zeros(n), rng)).value_counts(normalize=True)
    odds = pd.Series({"shop": 1.0, "web": np.exp(-0.2), "newsletter": 1.0})
    assert shares[odds.index].to_numpy() == pytest.approx((odds / odds.sum()).to_numpy(), abs=0.006)


# discounts and referrals


def test_bargain_hunters_buy_on_discount_most_of_the_time_and_others_seldom(clean):
    logs = pd.concat([clean.purchases, clean.later])
    chance = logs["customer_id"].map(clean.truth.customers.set_index("customer_id")["on_discount"])
    for share in ON_DISCOUNT.values():
        reduced = logs.loc[chance == share, "discount"] > 0
        assert abs(reduced.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(reduced))
    assert set(logs["discount"]) == {0.0, *DISCOUNTS}
    hunters = (clean.truth.customers["on_discount"] > 0.5).mean()
    assert abs(hunters - BARGAIN_HUNTERS) < 4 * np.sqrt(BARGAIN_HUNTERS * (1 - BARGAIN_HUNTERS) / 3000)


def test_only_promoters_bring_others_and_everyone_brought_is_counted_once(clean):
    known, log = clean.truth.customers.set_index("customer_id"), clean.purchases
    brought = clean.customers["referred"] == "yes"
    assert log["referrals"].sum() == brought.sum() > 400
    assert log.loc[log["referrals"] > 0, "customer_id"].map(known["promoter"]).all()
    assert (clean.later["referrals"] == 0).all()
    assert abs(brought.mean() - REFERRED) < 4 * np.sqrt(REFERRED * (1 - REFERRED) / 3000)


def test_who_was_brought_came_within_60_days_of_a_promoter_s_purchase(clean):
    log = clean.purchases
    referrals = log.loc[log["referrals"] > 0].assign(n=lambda rows: rows["referrals"])
    brought = clean.customers.loc[clean.customers["referred"] == "yes", "customer_id"]
    joined = log[log["customer_id"].isin(brought)].groupby("customer_id")["date"].min().sort_values()
    by_day = pd.DataFrame({"brought": joined.value_counts(), "by": referrals.groupby("date")["n"].sum()})
    totals = by_day.fillna(0).sort_index().cumsum()
    assert (totals["by"] >= totals["brought"]).all()  # nobody is brought before the purchase that brought them
    two_months_ago = totals["by"].reindex(totals.index - pd.Timedelta(61, "D"), method="ffill").fillna(0)
    assert (totals["brought"].to_numpy() >= two_months_ago.to_numpy()).all()


def test_discounts_and_referrals_change_no_older_draw(clean):
    """What the log was before it had these columns: its purchases, in number, money and last day."""
    assert len(clean.purchases) == 23_642
    assert clean.purchases["amount"].sum() == pytest.approx(WITHOUT_DISCOUNTS, abs=0.005)
    assert len(clean.later) == LATER_WITHOUT_DISCOUNTS


# mistakes


def test_mistakes_are_added_and_take_nothing_away(shop, clean):
    pd.testing.assert_frame_equal(shop.later, clean.later)
    pd.testing.assert_frame_equal(shop.customers, clean.customers)
    pd.testing.assert_frame_equal(shop.truth.customers, clean.truth.customers)
    named = shop.purchases.dropna(subset="customer_id")
    kept = named[named["amount"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, clean.purchases)
    assert not clean.purchases.isna().any(axis=None)
    assert (clean.purchases["amount"] > 0).all()


def test_mistakes_are_as_frequent_as_stated(shop, clean):
    n = summary(shop).frame.set_index("what")["n"]
    purchases = len(clean.purchases)
    for what, share in (
        ("refunds (below zero)", REFUNDS),
        ("purchases of zero, left out of spend", FREE),
        ("without a customer", NAMELESS),
    ):
        assert abs(n[what] - share * purchases) < 4 * np.sqrt(share * purchases)
    assert n["customers"] == 3000
    assert n["customers without a purchase, left out"] == 0


def test_a_refund_gives_back_a_purchase_of_the_days_before(shop):
    named = shop.purchases.dropna(subset="customer_id")
    refunds = named[named["amount"] < 0].assign(amount=lambda t: -t["amount"])
    pairs = refunds.merge(named, on=["customer_id", "amount"], suffixes=("", "_bought"))
    days = (pairs["date"] - pairs["date_bought"]).dt.days
    assert pairs[days.between(1, 30)].drop_duplicates(["customer_id", "date", "amount"]).shape[0] == len(
        refunds.drop_duplicates(["customer_id", "date", "amount"])
    )


@pytest.mark.parametrize("name", ["purchases", "later"])
def test_the_logs_are_purchases_in_order_of_date(shop, name):
    log = getattr(shop, name)
    assert list(log) == ["customer_id", "date", "amount", "discount", "referrals"]
    assert log["date"].is_monotonic_increasing
    assert (log["date"] == log["date"].dt.normalize()).all()
    assert log["date"].max() <= pd.Timestamp(shop.truth.until if name == "purchases" else "2025-06-30")
    assert (log["amount"] == log["amount"].round(2)).all()
    checked = wb.tables.check_purchases(log.dropna(), needs=["date", "amount"])
    assert len(checked) == len(log.dropna())


# seeds and arguments


def test_the_same_seed_gives_the_same_log_and_another_another(shop):
    pd.testing.assert_frame_equal(wb.simulate_shop_study(rng=20160301).purchases, shop.purchases)
    drawn = wb.simulate_shop_study(rng=np.random.default_rng(20160301))
    pd.testing.assert_frame_equal(drawn.purchases, shop.purchases)
    assert len(wb.simulate_shop_study(rng=1).purchases) != len(shop.purchases)
    assert len(wb.simulate_shop_study(rng=None).purchases) != len(wb.simulate_shop_study(rng=None).purchases)


def test_the_days_after_change_nothing_else(shop):
    short = wb.simulate_shop_study(later_days=0)
    assert short.later.empty
    assert short.later.dtypes.to_dict() == shop.later.dtypes.to_dict()
    pd.testing.assert_frame_equal(short.purchases, shop.purchases)


def test_dates_may_be_dates(shop):
    begin, end = pd.Timestamp("2022-01-01"), pd.Timestamp("2024-06-30").date()
    pd.testing.assert_frame_equal(wb.simulate_shop_study(first_day=begin, until=end).purchases, shop.purchases)


@pytest.mark.parametrize("mistakes", [True, False])
def test_the_smallest_shop(mistakes):
    study = wb.simulate_shop_study(1, until="2022-01-29", later_days=0, mistakes=mistakes)
    assert study.customers["customer_id"].tolist() == ["C00001"]
    assert len(study.purchases) >= 1


def test_hardly_anybody_leaves_or_buys_again():
    rare = {"r": 1e-3, "alpha": 100.0, "s": 1e-3, "beta": 1e6}
    study = wb.simulate_shop_study(500, purchases=rare, mistakes=False)
    assert study.truth.customers["leaves_on"].isna().mean() > 0.9
    assert len(study.purchases) < 520
    assert np.isfinite(study.truth.expected_purchases(52)).all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"n_customers": 0}, r"^n_customers must be a whole number from 1 to 10,000,000; got 0\.$"),
        ({"n_customers": 2.5}, "n_customers must be a whole number"),
        ({"n_customers": True}, "n_customers must be a whole number"),
        ({"later_days": -1}, "later_days must be a whole number from 0 to 36,500; got -1"),
        ({"first_day": "1 May"}, "first_day must be a date such as 2024-06-30, in the years 1900 to 2150; got '1 May'"),
        ({"until": 20240630}, "until must be a date"),
        ({"until": "2300-01-01"}, "until must be a date such as 2024-06-30, in the years 1900 to 2150"),
        ({"until": "2022-01-20"}, "until must be at least 28 days after first_day; got 19 days, 2022-01-01 to 2022"),
        ({"mistakes": "some"}, "mistakes must be True or False; got 'some'"),
        ({"purchases": {"r": 1.0}}, "purchases must name r, alpha, s, beta and nothing else; got r"),
        ({"purchases": {**PURCHASES, "p": 1}}, "purchases must name r, alpha, s, beta and nothing else"),
        ({"purchases": {**PURCHASES, "s": 0.0}}, r"purchases: s must be a number above 0 \(how alike .* got 0\.0"),
        ({"purchases": {**PURCHASES, "s": float("nan")}}, "purchases: s must be a number above 0"),
        ({"purchases": {**PURCHASES, "r": "1"}}, "purchases: r must be a number above 0"),
        ({"purchases": {**PURCHASES, "r": 60.0}}, "r / alpha must be at most 7 purchases a week; got 10"),
        ({"spend": [5, 4, 24]}, r"spend must name p, q, v, such as .* got \[5, 4, 24\]"),
        ({"spend": {**SPEND, "q": 1.0}}, "q must be above 1, or customers have no mean spend; got 1"),
    ],
)
def test_bad_arguments_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wb.simulate_shop_study(**wrong)


def test_every_problem_is_named_at_once():
    with pytest.raises(ValueError, match=r"until must be a date .* got 'never'") as error:
        wb.simulate_shop_study(0, until="never", later_days=0.5, mistakes=1, purchases={}, spend={**SPEND, "v": -1})
    starts = [line.split()[0] for line in str(error.value).splitlines()]
    assert starts == ["until", "n_customers", "later_days", "mistakes", "purchases", "spend:"]
