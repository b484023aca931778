"""Is each customer valued as payments or purchases times money, with intervals that hold?"""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from contract_data import drawn_customers
from coverage_harness import assert_covers
from scipy.special import exprel
from sentences import all_of, hold_to_three
from shoppers import donations, shoppers

import winback as wb
from winback.value.contracts.fits import contract_model

TRUTH, SPENT = (0.9, 8.0, 0.7, 20.0), (6.0, 4.0, 60.0)
ROWS = {"tenure": "tenure", "ended": "ended"}


def shop(rng, n):
    """Draw customers of a Pareto/NBD shop with gamma-gamma spend."""
    table = shoppers(rng, "pareto_nbd", TRUTH, n, (40, 100))
    p, q, v = SPENT
    nu, x = rng.gamma(q, 1 / v, n), table["frequency"].to_numpy()
    spend = rng.gamma(np.maximum(p * x, 1e-3), 1 / (nu * np.maximum(x, 1)))
    return table.assign(mean_spend=np.where(x > 0, spend, np.nan))


TABLE = shop(np.random.default_rng(4), 800).set_index(np.arange(800) * 3)
FIT, SPEND = wb.fit_purchases(TABLE, "pareto_nbd", period="W"), wb.fit_spend(TABLE)
SHOP = {"margin": SPEND, "annual_discount": 0.10}
TERMS = {"margin": 10.0, "annual_discount": 0.10}


# purchases


@pytest.mark.parametrize(("horizon", "periods"), [("2Y", 2 * 365.25 / 7), ("26W", 26.0), (None, np.inf)])
def test_value_is_purchases_times_spend_times_margin(horizon, periods):
    found = wb.lifetime_value(FIT, TABLE, horizon=horizon, margin_share=0.3, **SHOP).to_frame()
    purchases, spend = FIT.predict(TABLE, periods, 0.10), SPEND.predict(TABLE)
    assert found.index.equals(TABLE.index)
    np.testing.assert_allclose(found["expected"], purchases["expected"])
    np.testing.assert_allclose(found["margin"], 0.3 * spend["expected"])
    np.testing.assert_allclose(found["value"], 0.3 * purchases["expected"] * spend["expected"])
    np.testing.assert_allclose(found["chance_active"], FIT.probability_alive(TABLE))
    assert (found["customer_id"].to_numpy() == TABLE["customer_id"].to_numpy()).all()


def test_money_may_be_known():
    money = TABLE.assign(price=np.linspace(5, 50, len(TABLE)))
    each = wb.lifetime_value(FIT, money, margin="price", annual_discount=0.10, horizon="1Y").to_frame()
    bought = FIT.predict(TABLE, 365.25 / 7, 0.10)
    for end, name in (("", "expected"), ("_low", "low"), ("_high", "high")):
        np.testing.assert_allclose(each[f"value{end}"], money["price"] * bought[name])


@pytest.mark.slow
def test_intervals_agree_with_draws_of_the_parameters():
    """The delta method against 4,000 draws of both fits' parameters, for single customers and a total."""
    some, n_draws, rng = TABLE.iloc[:40], 4000, np.random.default_rng(8)
    money = wb.lifetime_value(FIT, some, horizon="1Y", **SHOP)
    purchases = FIT.expectations(some, 365.25 / 7, 0.10)
    spend = SPEND.expectations(some)
    drawn = np.empty((n_draws, len(some)))
    thetas = rng.multivariate_normal(FIT.theta, FIT.covariance, n_draws)
    others = rng.multivariate_normal(SPEND.theta, SPEND.covariance, n_draws)
    for place, (theta, other) in enumerate(zip(thetas, others, strict=True)):
        drawn[place] = purchases.value(theta)[purchases.rows] * spend.value(other)[spend.rows]
    customers = money.to_frame()
    for each, column in zip(drawn.T, customers.itertuples(), strict=True):
        implied = np.log(column.value_high / column.value_low) / (2 * 1.959964)
        assert implied == pytest.approx(np.log(each).std(), rel=0.12)  # 1 / sqrt(8000) is 1.1%; the rest is curvature
    implied = np.log(money.total_high / money.total_low) / (2 * 1.959964)
    assert implied == pytest.approx(np.log(drawn.sum(axis=1)).std(), rel=0.05)


@pytest.mark.slow
def test_intervals_of_customers_and_totals_in_money_hold(record_property):
    rng, found, trials = np.random.default_rng(20160304), [], 120
    fixed = shop(np.random.default_rng(5), 300)
    for _ in range(trials):
        table = shop(rng, 2500)
        fit, spend = wb.fit_purchases(table, "pareto_nbd", period="W"), wb.fit_spend(table)
        values = wb.lifetime_value(fit, fixed, margin=spend, annual_discount=0.10, horizon="1Y")
        each = values.customers.iloc[[0, 7, 50]][["value_low", "value_high"]].to_numpy()
        found.append([*each, [values.total_low, values.total_high]])
    log_truth = np.log(TRUTH)
    purchases = fit.expectations(fixed, 365.25 / 7, 0.10)
    money = spend.expectations(fixed)
    value = purchases.value(log_truth)[purchases.rows] * money.value(np.log(SPENT))[money.rows]
    ends = np.array(found)
    for place, truth in enumerate([*value[[0, 7, 50]], value.sum()]):
        record_property(f"place {place}", str(assert_covers(ends[:, place, 0], ends[:, place, 1], truth)))


def test_a_new_customer_and_opportunities_may_be_valued():
    new = pd.DataFrame({"frequency": [0], "recency": [0.0], "age": [0.0], "mean_spend": [np.nan]})
    found = wb.lifetime_value(FIT, new, **SHOP, horizon="1Y")
    alone = FIT.residual_purchases(new, 0.10)["expected"][0]
    assert 0 < found.total < SPEND.mean_spend * alone
    gave = donations()
    fit = wb.fit_purchases(gave, "bg_bb", period="Y", age="opportunities", weights="customers")
    values = wb.lifetime_value(fit, gave, margin=25, annual_discount=0.10, horizon="5Y")
    np.testing.assert_allclose(values.customers["value"], 25 * fit.predict(gave, 5, 0.10)["expected"])
    with pytest.raises(ValueError, match="whole number of periods of one year"):
        wb.lifetime_value(fit, gave, margin=25, annual_discount=0.10, horizon="18M")


def test_nothing_as_large_as_customers_times_draws_is_held():
    many = TABLE.loc[TABLE.index.repeat(125)].reset_index(drop=True)  # 100,000 customers
    tracemalloc.start()
    wb.lifetime_value(FIT, many, horizon="1Y", **SHOP)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(many) * 60  # sixty columns; a thousand draws would be a thousand


def worth_in_truth(shop, customers, margin_share, weeks):
    """Return the expected discounted margin of each customer, from his own rates."""
    known = shop.truth.customers.set_index("customer_id")
    here = ~(known["leaves_on"] <= pd.Timestamp(shop.truth.until))
    ends = known["leaving_per_week"] + np.log(1.10) * 7 / 365.25
    spells = weeks * exprel(-ends * weeks)
    worth = known["purchases_per_week"] * spells * known["mean_spend"] * margin_share
    return worth.where(here, 0.0).loc[customers["customer_id"]].to_numpy()


@pytest.mark.slow
def test_a_shops_base_is_worth_what_its_truth_says(record_property):
    """From raw log to money: the error of the total averages out, and the naive figure's does not."""
    errors, naive = [], []
    for seed in range(12):
        shop = wb.simulate_shop_study(rng=seed)
        log = wb.summarize_purchases(shop.purchases, period="W", until=shop.truth.until)
        fit, spend = wb.fit_purchases(log.customers, "pareto_nbd", period="W"), wb.fit_spend(log.customers)
        terms = {"margin": spend, "margin_share": 0.35, "annual_discount": 0.10, "horizon": "3Y"}
        base = wb.base_value(fit, log.customers, **terms)
        truth = worth_in_truth(shop, log.customers, 0.35, 3 * 365.25 / 7).sum()
        errors.append(base.total / truth - 1)
        naive.append(base.constant_churn / truth - 1)
    standard_error = np.std(errors, ddof=1) / np.sqrt(len(errors))
    record_property("error of the total", f"{np.mean(errors):+.4f} ({standard_error:.4f})")
    record_property("error of constant churn", f"{np.mean(naive):+.4f}")
    assert standard_error < 0.01
    assert abs(np.mean(errors)) < 3 * standard_error
    assert abs(np.mean(naive)) > 10 * standard_error


# contracts


def test_customers_under_contract_are_worth_their_residual_value():
    fit = wb.fit_contracts([1000, 869, 743, 653, 593, 551, 517, 491], "bdw", period="M")
    table = pd.DataFrame({"next_renewal": [0, 1, 4], "fee": [20.0, 30.0, -10.0]}, index=list("xyz"))
    values = wb.lifetime_value(fit, table, margin="fee", annual_discount=0.10, horizon="3Y")
    each = fit.residual_value([1, 4], margin=[30.0, -10.0], annual_discount=0.10, horizon_periods=36)
    for name in ("value", "value_low", "value_high"):
        np.testing.assert_allclose(values.customers[name].iloc[1:], each[name])
    new = fit.new_customer_value(margin=20.0, annual_discount=0.10, horizon_periods=36)
    assert values.customers["value"]["x"] == pytest.approx(new["value"][0])
    assert values.total == pytest.approx(values.customers["value"].sum())
    assert values.total_low < values.total < values.total_high


def test_the_tenure_that_a_fit_was_made_on_says_when_the_next_renewal_is():
    table = drawn_customers(np.random.default_rng(6), 900)
    fit = wb.fit_contracts(table, "sbg", period="M", formula="channel", **ROWS)
    here = table[~table["ended"]]
    terms = {"margin": 10, "annual_discount": 0.10}
    by_tenure = wb.lifetime_value(fit, here, **terms)
    named = wb.lifetime_value(fit, here.assign(next_renewal=here["tenure"] + 1), **terms)
    pd.testing.assert_frame_equal(by_tenure.to_frame(), named.to_frame())
    with pytest.raises(wb.TableError, match="`ended` is true: they have left") as error:
        wb.lifetime_value(fit, table, **terms)
    assert error.value.problems["n_rows"].tolist() == [int(table["ended"].sum())]


def test_flags_in_words_are_read_as_the_fit_read_them():
    table = drawn_customers(np.random.default_rng(6), 300)
    words = table.assign(ended=np.where(table["ended"], "yes", "no"))
    terms = {"margin": 10, "annual_discount": 0.10}
    fits = [wb.fit_contracts(some, "sbg", period="M", **ROWS) for some in (table, words)]
    of_words = wb.lifetime_value(fits[1], words[words["ended"] == "no"], **terms)
    assert of_words.total == pytest.approx(wb.lifetime_value(fits[0], table[~table["ended"]], **terms).total)
    named = words.assign(next_renewal=3)
    with pytest.raises(wb.TableError, match="`ended` is true: they have left"):
        wb.lifetime_value(fits[1], named, **terms)
    with pytest.raises(wb.TableError, match="`ended` must not be missing; 1 of 300"):
        wb.lifetime_value(fits[1], named.assign(ended=words["ended"].where(words.index > 0)), **terms)
    with pytest.raises(wb.TableError, match="`ended` is missing from the table"):
        wb.lifetime_value(fits[1], words.drop(columns="ended"), **terms)


def test_new_customers_pay_now_and_have_no_payment_behind_them():
    model, new = contract_model(3.8, 15.2, period="Y"), pd.DataFrame({"next_renewal": [0, 1]})
    assert "new ones pay for the first time now" in all_of(wb.lifetime_value(model, new, **TERMS))
    assert "new ones" not in all_of(wb.lifetime_value(model, new.iloc[1:], **TERMS))
    with pytest.raises(wb.TableError, match="`next_renewal` must be at least 1 just after a payment; 1 of 2"):
        wb.lifetime_value(model, new, moment="after_payment", **TERMS)


def test_an_endless_value_is_said():
    fit = contract_model(0.5, 2, period="Y")
    values = wb.lifetime_value(fit, pd.DataFrame({"next_renewal": [1, 2]}), margin=1, annual_discount=0.0)
    assert values.total == np.inf
    assert "undiscounted, too many never leave" in all_of(values)


def test_endless_spend_is_named_as_the_reason():
    rng = np.random.default_rng(3)
    some = TABLE[TABLE["frequency"] > 0]
    wild = some.assign(frequency=1, mean_spend=np.exp((4 * rng.standard_cauchy(len(some))).clip(-30, 30)))
    spend = wb.fit_spend(wild)
    assert np.isinf(spend.mean_spend)
    values = wb.lifetime_value(FIT, wild, margin=spend, annual_discount=0.10, horizon="1Y")
    assert values.total == np.inf
    assert "spend per purchase has no finite mean" in all_of(values)


def test_customers_in_another_unit_are_doubted():
    days = TABLE.assign(recency=TABLE["recency"] * 7, age=TABLE["age"] * 7)
    assert "is it the same unit?" in all_of(wb.lifetime_value(FIT, days, horizon="1Y", **SHOP))
    assert "is it the same unit?" not in all_of(wb.lifetime_value(FIT, TABLE, horizon="1Y", **SHOP))


def test_tables_that_cannot_be_valued_are_refused():
    model = contract_model(3.8, 15.2, period="Y")
    for fit, table in ((model, pd.DataFrame({"next_renewal": []})), (FIT, TABLE.head(0))):
        with pytest.raises(wb.TableError, match="has no rows"):
            wb.lifetime_value(fit, table, **TERMS)
    twice = pd.DataFrame([[1, 5.0, 6.0]], columns=["next_renewal", "fee", "fee"])
    with pytest.raises(wb.TableError, match="`fee` is the name of more than one column"):
        wb.lifetime_value(model, twice, margin="fee", annual_discount=0.10)
    with pytest.raises(ValueError, match="best must be a number of customers"):
        wb.lifetime_value(FIT, TABLE, horizon="1Y", **SHOP).show(best=0)


# what is shown


def test_tenths_add_up_and_words_follow_them():
    values = wb.lifetime_value(FIT, TABLE, horizon="2Y", **SHOP)
    tenths = values.frame
    assert tenths["n"].tolist() == [80] * 10
    assert tenths["value"].sum() == pytest.approx(values.total)
    assert tenths["per_customer"].is_monotonic_decreasing
    assert tenths["cumulative_share"].iloc[-1] == pytest.approx(1)
    top = values.customers["value"].nlargest(160).sum() / values.total
    assert f"The most valuable fifth carries {top:.0%} of it" in all_of(values)
    assert "within 2 years" in all_of(values)
    hold_to_three(values)
    assert "a purchase t years after the end" in all_of(values).lower()
    assert len(str(values).splitlines()) <= 12
    best = values.show(best=3).frame
    assert list(best) == ["Customer", "Chance to be active", "Expected purchases, discounted", "Value"]
    assert best["Customer"].tolist() == values.customers.nlargest(3, "value")["customer_id"].astype(str).tolist()
    assert best["Value"].str.startswith("$").all()
    assert len(wb.lifetime_value(FIT, TABLE.head(4), horizon="2Y", **SHOP).frame) == 4


def test_the_table_is_not_changed_and_row_order_does_not_matter():
    before = TABLE.copy()
    first = wb.lifetime_value(FIT, TABLE, horizon="2Y", **SHOP).to_frame()
    pd.testing.assert_frame_equal(TABLE, before)
    mixed = wb.lifetime_value(FIT, TABLE.sample(frac=1, random_state=1), horizon="2Y", **SHOP).to_frame()
    pd.testing.assert_frame_equal(first, mixed.loc[first.index])
