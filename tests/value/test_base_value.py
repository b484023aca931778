"""Is a base worth what its customers are worth, and is the naive figure what it says it is?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtri
from sentences import all_of, hold_to_three
from shoppers import cdnow, shop_in_channels

import winback as wb
from winback.value.contracts.fits import contract_model
from winback.value.of_base import two_rules

MONEY = {"margin": 40.0, "annual_discount": 0.10}
SURVIVORS = [1000, 869, 743, 653, 593, 551, 517, 491]


TABLE = shop_in_channels()
FIT, SPEND = wb.fit_purchases(TABLE, "pareto_nbd", period="W"), wb.fit_spend(TABLE)
SHOP = {"margin": SPEND, "annual_discount": 0.10}


# contracts


def test_the_base_is_worth_what_its_customers_are_worth():
    fit, counts = wb.fit_contracts(SURVIVORS, "bdw", period="Y"), [50, 30, 0, 20]
    base = wb.base_value(fit, counts, by="next_renewal", **MONEY)
    each = fit.residual_value([1, 2, 4], **MONEY)
    assert base.frame["segment"].tolist() == [1, 2, 4]
    np.testing.assert_allclose(base.frame["value"], [50, 30, 20] * each["value"])
    np.testing.assert_allclose(base.frame["value_low"], [50, 30, 20] * each["value_low"], rtol=1e-7)
    assert base.total == pytest.approx(base.frame["value"].sum())
    assert base.total_low >= base.frame["value_low"].sum()
    rows = pd.DataFrame({"next_renewal": [1, 2, 4] * 2, "n": [25, 15, 10] * 2})
    others = (
        wb.base_value(fit, {2: 30, 1: 50, 4: 20}, **MONEY),
        wb.base_value(fit, rows, weights="n", **MONEY),
        wb.base_value(fit, pd.Series({1: 50, 2: 30, 4: 20}), **MONEY),
    )
    for other in others:
        figures = (other.total, other.total_low, other.total_high, other.constant_churn, other.n)
        assert figures == pytest.approx((base.total, base.total_low, base.total_high, base.constant_churn, 100))


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 1000), st.integers(1, 40), st.floats(0.0, 0.4))
def test_money_scales_and_waiting_costs(margin, horizon, rate):
    fit, actives = wb.fit_contracts(SURVIVORS, "sbg", period="Y"), [70, 50, 20]
    terms = {"annual_discount": rate, "horizon": f"{horizon}Y"}
    one, more = (wb.base_value(fit, actives, margin=money, **terms) for money in (1, margin))
    for name in ("total", "total_low", "total_high", "constant_churn"):
        assert getattr(more, name) == pytest.approx(margin * getattr(one, name))
    assert more.gap == pytest.approx(one.gap)
    later = wb.base_value(fit, actives, margin=1, moment="after_payment", **terms)
    assert later.total == pytest.approx(one.total / (1 + rate))
    assert later.gap == pytest.approx(one.gap)
    longer = wb.base_value(fit, actives, margin=1, annual_discount=rate, horizon=f"{horizon + 1}Y")
    assert longer.total > one.total
    assert one.total_low < one.total < one.total_high
    loss = wb.base_value(fit, actives, margin=-1, **terms)
    assert (loss.total_low, loss.total_high) == pytest.approx((-one.total_high, -one.total_low))


def test_constant_churn_is_right_where_customers_are_alike():
    fit = wb.fit_contracts([1000, 800, 640, 512], "sbg", period="M")
    assert abs(wb.base_value(fit, [10, 10], **MONEY).gap) < 1e-2
    alike = wb.base_value(wb.fit_contracts([1000, 900, 700], "sbg", period="M"), [10, 10], **MONEY)
    assert alike.gap == pytest.approx(0, abs=1e-8)
    assert "the constant-churn figure is the same" in all_of(alike)


def test_the_annual_churn_in_use_is_the_naive_figures():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="M")
    base = wb.base_value(fit, [10], **MONEY).against_constant_churn(0.3)
    kept = 0.7 ** (1 / 12)
    assert base.constant_churn == pytest.approx(400 * kept / (1 - kept * 1.1 ** (-1 / 12)))
    assert base.annual_churn == pytest.approx(0.3)


def test_timing_and_the_meaning_of_intervals_are_said():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="3M")
    said = all_of(wb.base_value(fit, [20, 10], horizon="2Y", **MONEY))
    assert "within 2 years" in said
    assert "discounted at 10.0% a year" in said
    assert "just before their renewal: the payment due now counts if it is made" in said
    assert "each period is paid at its start" in said
    assert "for the expected value of these customers, not for what they will bring" in said
    assert "costs of keeping customers are not taken off" in said
    after = wb.base_value(fit, [20, 10], moment="after_payment", **MONEY)
    assert "just after a payment, which does not count" in all_of(after)
    assert len(str(after).splitlines()) <= 12


def test_what_lies_beyond_the_data_is_said():
    fit = wb.fit_contracts(SURVIVORS, "sbg", period="Y")  # seven years
    within = wb.base_value(fit, [20, 10], horizon="6Y", **MONEY)
    assert within.beyond_data == pytest.approx(0, abs=1e-12)
    assert "extrapolated" not in all_of(within)
    longer = wb.base_value(fit, [20, 10], **MONEY)
    seen = 20 * fit.residual_value([1], horizon_periods=7, **MONEY)["value"][0]
    seen += 10 * fit.residual_value([2], horizon_periods=6, **MONEY)["value"][0]
    assert longer.beyond_data == pytest.approx(1 - seen / longer.total)
    assert "extrapolated: it lies at ages above 7 years, the longest that anybody was watched" in all_of(longer)
    assert wb.base_value(fit, {9: 5}, **MONEY).beyond_data == 1
    known = wb.base_value(contract_model(1, 4, period="Y"), [20, 10], **MONEY)
    assert np.isnan(known.beyond_data)


# purchases


def test_segments_add_up_and_share_their_error():
    whole = wb.base_value(FIT, TABLE, by="channel", horizon="2Y", **SHOP)
    assert whole.frame["value"].sum() == pytest.approx(whole.total)
    assert whole.frame["n"].sum() == whole.n == len(TABLE)
    assert whole.frame["share"].sum() == pytest.approx(1)
    assert whole.frame["constant_churn"].sum() == pytest.approx(whole.constant_churn)
    assert whole.frame["value_low"].sum() <= whole.total_low < whole.total < whole.total_high
    part = wb.base_value(FIT, TABLE[TABLE["channel"] == "b"], horizon="2Y", **SHOP)
    row = whole.frame.set_index("segment").loc["b"]
    assert (row["value"], row["value_low"], row["value_high"]) == pytest.approx(
        (part.total, part.total_low, part.total_high)
    )
    assert whole.table()["Segment"].tolist() == ["a", "b", "c", "everybody"]


def test_customers_without_a_label_are_a_segment():
    some = TABLE.assign(channel=TABLE["channel"].mask(TABLE["channel"] == "c"))
    assert wb.base_value(FIT, some, by="channel", **SHOP).frame["segment"].tolist() == ["a", "b", "(missing)"]


def test_equal_rows_may_be_counted():
    cells = cdnow().head(200)
    fit = wb.fit_purchases(cells, "bg_nbd", period="W", weights="customers")
    rows = cells.loc[cells.index.repeat(cells["customers"])]
    counted = wb.base_value(fit, cells, weights="customers", horizon="1Y", **MONEY)
    spread = wb.base_value(fit, rows, horizon="1Y", **MONEY)
    for name in ("total", "total_low", "total_high", "constant_churn", "annual_churn", "n"):
        assert getattr(counted, name) == pytest.approx(getattr(spread, name))


def test_the_naive_figure_of_purchases_by_hand():
    table = TABLE.assign(spend=30.0)
    naive = wb.base_value(FIT, table, margin="spend", annual_discount=0.10)
    naive = naive.against_constant_churn(active_within="26W")
    active = table["age"] - table["recency"] <= 26
    weeks = np.where(active, table["age"], table["recency"]).sum()
    buys, leaves = table["frequency"].sum() / weeks, (~active).sum() / weeks
    force = np.log(1.1) * 7 / 365.25
    purchases, _ = quad(lambda t: buys * np.exp(-(leaves + force) * t), 0, np.inf)
    assert naive.constant_churn == pytest.approx(30 * active.sum() * purchases, rel=1e-6)
    assert naive.annual_churn == pytest.approx(1 - np.exp(-leaves * 365.25 / 7))
    assert naive.n_active == active.sum()
    assert f"it counts the {active.sum()} who bought within the last 26 weeks" in all_of(naive)


def test_a_year_without_a_purchase_or_half_of_a_short_log_is_given_up():
    assert str(wb.base_value(FIT, TABLE, **SHOP).active_within) == f"{int(TABLE['age'].max()) // 2}W"
    assert wb.base_value(FIT, TABLE.head(3), **SHOP).active_within == wb.base_value(FIT, TABLE, **SHOP).active_within
    old = TABLE.assign(age=TABLE["age"] + 20)
    assert str(wb.base_value(wb.fit_purchases(old, "pareto_nbd", period="W"), old, **SHOP).active_within) == "Y"
    with pytest.raises(ValueError, match="active_within must be shorter than the fit has watched customers, 99 weeks"):
        wb.base_value(FIT, TABLE, **SHOP).against_constant_churn(active_within="10Y")


def test_word_of_mouth_changes_its_own_table_alone():
    base = wb.base_value(FIT, TABLE, **SHOP)
    found = base.word_of_mouth(0.5)
    each = found.to_frame()
    assert each["others"].tolist() == [0, 0.25, 0.5]
    assert each["per_customer"].tolist() == pytest.approx([base.total / base.n * factor for factor in (1, 1.25, 1.5)])
    assert "is assumed, not estimated" in all_of(found)
    assert found.show().frame["Others taken along"].tolist() == ["0.00", "0.25", "0.50"]
    assert "others along" not in all_of(base)


def test_segments_that_do_not_differ_clearly_are_not_told_apart():
    assert wb.base_value(FIT, TABLE, **SHOP).contrast is None
    twins = TABLE.assign(half="first"), TABLE.assign(half="second")
    same = wb.base_value(FIT, pd.concat(twins), by="half", **SHOP)
    assert same.contrast.difference == pytest.approx(0, abs=1e-9)
    assert same.contrast.low < 0 < same.contrast.high
    assert "Not clearly different" in all_of(same)
    apart = wb.base_value(FIT, TABLE.assign(heavy=TABLE["frequency"] > 3), by="heavy", **SHOP)
    assert apart.contrast.low > 0
    assert "heavy = True is worth most" in all_of(apart)
    hold_to_three(same, apart, apart.word_of_mouth(1))


@pytest.mark.slow
@pytest.mark.parametrize("n_groups", [2, 3, 12])
def test_labels_drawn_at_random_hardly_ever_differ(n_groups):
    """Of 100 random labellings at most 5% and three Monte Carlo standard errors may look different."""
    rng, found = np.random.default_rng(20160305), 0
    for _ in range(100):
        labelled = TABLE.assign(label=rng.integers(0, n_groups, len(TABLE)))
        contrast = wb.base_value(FIT, labelled, by="label", horizon="1Y", margin=30, annual_discount=0.10).contrast
        found += not contrast.low < 0 < contrast.high
    assert found <= 100 * 0.05 + 3 * np.sqrt(100 * 0.05 * 0.95)


def test_the_contrast_allows_for_who_is_in_a_segment_by_hand():
    base = wb.base_value(FIT, TABLE, by="channel", horizon="1Y", margin=30, annual_discount=0.10)
    values = wb.lifetime_value(FIT, TABLE, horizon="1Y", margin=30, annual_discount=0.10).customers["value"]
    pair = base.contrast
    parts = [values[TABLE["channel"] == name] for name in (pair.first, pair.last)]
    spread = sum(part.var(ddof=1) / len(part) for part in parts)
    z = -ndtri(0.025 / 3)  # three pairs of channels
    assert pair.difference == pytest.approx(parts[0].mean() - parts[1].mean())
    assert pair.high - pair.difference == pytest.approx(pair.difference - pair.low)
    assert z * np.sqrt(spread) < pair.high - pair.difference < 1.1 * z * np.sqrt(spread)


def test_what_to_do_names_the_most_that_keeping_a_customer_may_cost():
    plain = wb.base_value(FIT, TABLE, **SHOP)
    each = plain.format(plain.total / plain.n, "money")
    assert plain.what_to_do().startswith(
        f"Let keeping cost each customer it goes to less than this customer is worth, {each} on average, times the "
    )
    assert "who stay only because of it" in plain.what_to_do()
    apart = wb.base_value(FIT, TABLE.assign(heavy=TABLE["frequency"] > 3), by="heavy", **SHOP)
    assert "for heavy yes but " in apart.what_to_do()
    assert "for heavy no, times the share of them" in apart.what_to_do()
    same = wb.base_value(FIT, TABLE.assign(half=np.arange(len(TABLE)) % 2), by="half", **SHOP)
    assert f"{each} on average" in same.what_to_do()  # halves that are not clearly different
    model = contract_model(3.80, 15.20, period="Y")
    endless = wb.base_value(contract_model(0.5, 1.0, period="Y"), [70, 30], margin=1, annual_discount=0)
    assert endless.what_to_do().startswith("Set a discount rate or a horizon first")
    losing = wb.base_value(model, [70, 30], margin=-1, annual_discount=0.10)
    assert losing.what_to_do().startswith("Look at what these customers cost first")


def test_where_no_percentage_makes_sense_money_is_said():
    loss = wb.base_value(FIT, TABLE, horizon="1Y", margin=-5.0, annual_discount=0.10)
    assert np.isnan(loss.gap)
    apart = loss.constant_churn - loss.total
    assert f"the constant-churn figure is ${abs(apart):,.0f} {'lower' if apart < 0 else 'higher'}" in all_of(loss)


def test_a_gap_within_the_values_own_interval_is_no_finding():
    few = TABLE.head(60)
    base = wb.base_value(
        wb.fit_purchases(few, "bg_nbd", period="W"), few, horizon="1Y", **MONEY
    ).against_constant_churn(0.6)
    assert base.total_low < base.constant_churn < base.total_high
    assert "no more than the value itself is uncertain by" in all_of(base)
    clear = wb.base_value(FIT, TABLE, horizon="3Y", **MONEY).against_constant_churn(0.9)
    assert "no more than" not in all_of(clear)


def test_one_customer_and_no_discount_are_said_in_plain_words():
    said = all_of(wb.base_value(contract_model(3.8, 15.2, period="Y"), [1], margin=40, annual_discount=0.0))
    assert said.startswith("1 customer is expected to bring")
    assert "not discounted" in said
    assert "of margin" in all_of(wb.base_value(FIT, TABLE, margin_share=0.3, **SHOP))


# doubts


def test_findings_of_the_fits_are_findings_of_the_value():
    never = TABLE.assign(frequency=0, recency=0.0)
    fit = wb.fit_purchases(never, "pareto_nbd", period="W")
    base = wb.base_value(fit, never, margin=30, annual_discount=0.10, by="channel")
    assert base.total == 0
    assert np.isnan(base.total_high)
    assert "nobody bought again" in all_of(base)
    assert "There is no upper limit to what may come" in all_of(base)
    assert wb.base_value(FIT, TABLE, **SHOP).doubts == ()
    related = TABLE.assign(mean_spend=TABLE["mean_spend"] * (1 + TABLE["frequency"]))
    doubted = wb.lifetime_value(FIT, related, margin=wb.fit_spend(related), annual_discount=0.10)
    assert "frequent buyers spend" in "".join(doubted.doubts)
    assert "frequent buyers spend" in all_of(doubted)
    gone = wb.fit_contracts([1000, 700, 700, 700], "sbg", period="Y")
    assert "the data show no end of the others" in all_of(wb.base_value(gone, [10, 10], **MONEY))


def test_two_rules_for_who_is_lost_are_told_apart():
    base = wb.load_shop_study().base
    worth = wb.base_value(wb.fit_purchases(base, "pareto_nbd"), base, margin=1, annual_discount=0.10, horizon="3Y")
    said = two_rules(worth, base)
    assert f"the {worth.annual_churn:.1%} of constant churn takes for lost who has not bought for 1 year" in said
    assert f"who is {base.rule.in_words} is lost" in said
    assert said.endswith("The value uses neither: everybody counts with the chance to be still a customer.")
    contracts = wb.base_value(contract_model(3.80, 15.20, period="Y"), [70, 30], margin=1, annual_discount=0.10)
    assert two_rules(contracts, [70, 30]) == ""
