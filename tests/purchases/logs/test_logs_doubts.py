"""Does a summary say what may be wrong with a log, in the same words for every engine?"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import winback as wb

ENGINES = ("pandas", "polars", "polars lazy", "duckdb")


@pytest.fixture(params=ENGINES)
def engine(request):
    """Return what hands a log of pandas' to an engine."""
    if request.param == "pandas":
        return lambda log: log
    if request.param == "duckdb":
        return pytest.importorskip("duckdb").from_df
    from_pandas = pytest.importorskip("polars").from_pandas
    return from_pandas if request.param == "polars" else lambda log: from_pandas(log).lazy()


def a_log(*dates, customer=1, amount=1.0):
    return pd.DataFrame(
        {"customer_id": customer, "date": pd.to_datetime(list(dates), format="ISO8601"), "amount": amount}
    )


def said_of(log, until="2024-03-01", **more):
    return str(wb.summarize_purchases(log, period="W", until=until, **more).describe())


def test_an_end_that_has_not_come_is_refused(engine):
    log = engine(a_log("2024-01-01", "2024-02-01"))
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    assert wb.summarize_purchases(log, period="W", until=tomorrow).until == tomorrow
    later = tomorrow + dt.timedelta(days=1)
    with pytest.raises(ValueError, match=f"until must not lie in the future: {later}. It is the last day on which"):
        wb.summarize_purchases(log, period="W", until=later)
    with pytest.raises(ValueError, match="until must not lie in the future"):
        wb.summarize_purchases(log, period="W", until=later).hold_out("2024-01-15")


def test_an_end_long_after_the_last_purchase_is_said(engine):
    log = engine(a_log("2023-01-01", "2023-01-09", "2023-01-31"))
    caution = "A caution: the last purchase is of 2023-01-31, 517 days before the end: is the log complete until then?"
    assert caution in said_of(log, until="2024-07-01")
    assert "A caution" not in said_of(log, until="2023-03-03")
    assert "32 days before the end" in said_of(log, until="2023-03-04")
    held_out = wb.summarize_purchases(log, period="W", until="2024-07-01").hold_out("2023-01-20")
    assert caution in str(held_out.describe())


def test_a_log_with_long_pauses_may_end_with_one():
    yearly = a_log("2019-12-01", "2020-12-01", "2021-12-01", "2022-12-01")
    assert "A caution" not in said_of(yearly, until="2023-11-30")
    assert "A caution" in said_of(yearly, until="2023-12-31")


def test_the_first_purchase_is_named_and_a_slip_before_the_others_is_said(engine):
    log = engine(a_log("1922-03-01", "2024-01-03", "2024-02-01"))
    said = said_of(log)
    assert "1 customer with 3 purchases from 1922-03-01 until 2024-03-01" in said
    assert "nothing was bought between 1922-03-01 and 2024-01-03, 37,198 days: are these dates right?" in said
    assert "A caution" not in said_of(engine(a_log("2023-01-02", "2024-01-03", "2024-02-01")))  # 366 days


def test_rows_equal_in_everything_are_counted_apart_from_other_second_purchases(engine):
    dates = ["2024-01-01", "2024-01-15 10:00", "2024-01-15 10:00", "2024-01-15 11:00", "2024-01-15 10:00"]
    log = a_log(*dates, amount=[5.0, 7.0, 7.0, 7.0, 8.0])
    said = said_of(engine(log))
    assert "3 second purchases of a day, put together with the first." in said
    assert "1 row equal to another in customer, date and amount: a duplicate? It was added up." in said
    assert "amount: duplicates? They were added up." in said_of(engine(pd.concat([log, log])))
    assert "equal to another" not in said_of(engine(log.drop(index=2)))
    assert "equal to another" not in said_of(engine(log), amount=None)  # without amounts nothing tells them apart


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_rows_are_those_that_pandas_finds(engine, seed):
    rng, n = np.random.default_rng(seed), 2_000
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 20, n), unit="D")
    log = pd.DataFrame({"customer_id": rng.integers(0, 60, n), "date": day, "amount": rng.integers(1, 4, n) * 1.0})
    found = wb.summarize_purchases(engine(log), period="W", until="2024-03-01").frame.set_index("what")["n"]
    assert found["rows equal to another in customer, date and amount"] == log.duplicated().sum() > 100


def test_refunds_that_matter_are_said():
    log = a_log("2024-01-01", "2024-01-15", "2024-01-20", "2024-01-21", amount=[60.0, 40.0, -30.0, -1.0])
    assert "Refunds of 31% of the money are not taken off." in said_of(log)
    assert "of the money" not in said_of(log.assign(amount=[60.0, 40.0, -0.5, -0.5]))
    assert "of the money" not in said_of(log, amount=None)


def test_one_is_singular(engine):
    log = a_log("2024-01-01", "2024-01-15", "2024-01-20", customer=[1, 2, None], amount=[60.0, -40.0, 1.0])
    said = said_of(engine(log))
    assert "1 customer with 1 purchase from" in said
    assert "Dropped: 1 refund (below zero), -$40.00." in said
    assert "Dropped: 1 customer without a purchase, left out." in said
    free = a_log("2024-01-01", "2024-01-15", amount=[60.0, 0.0])
    assert "1 purchase of zero, left out of spend." in said_of(engine(free))


def test_the_currency_is_the_shops():
    log = a_log("2024-01-01", "2024-01-15", "2024-01-20", amount=[60.0, 40.0, -30.0])
    assert "-€30.00" in said_of(log, currency="€")
    found = wb.summarize_purchases(log, period="W", until="2024-01-31", currency="€").hold_out("2024-01-10")
    assert "worth €40.00" in str(found.describe())
    assert found.table()["Spend each"].tolist() == ["€40.00"]
    assert found.summary.currency == "€"


def shoppers_log():
    rng, n = np.random.default_rng(5), 900
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 360, n)), unit="D")
    who = np.char.add("K", rng.integers(0, 120, n).astype(str))
    return pd.DataFrame({"customer_id": who, "date": day, "amount": rng.gamma(3, 10, n) + 0.01})


def test_a_summary_of_every_engine_can_be_fitted_and_valued(engine):
    found = wb.summarize_purchases(engine(shoppers_log()), period="W", until="2023-12-31", currency="€")
    seen = found.customers
    assert isinstance(seen, pd.DataFrame)
    fit, spend = wb.fit_purchases(seen, "mbg_nbd", period="W"), wb.fit_spend(seen, currency="€")
    assert "purchase is worth €" in str(spend.describe())
    value = wb.lifetime_value(fit, seen, margin=spend, annual_discount=0.1, horizon="1Y")
    assert value.n == len(seen)
    base = wb.base_value(fit, seen, margin=spend, annual_discount=0.1, horizon="1Y")
    assert base.total == pytest.approx(value.total)


def test_fits_take_the_summary_itself_and_its_period(engine):
    found = wb.summarize_purchases(engine(shoppers_log()), period="W", until="2023-12-31", currency="€")
    table = found.customers
    taken, given = wb.fit_purchases(found, "mbg_nbd"), wb.fit_purchases(table, "mbg_nbd", period="W")
    pd.testing.assert_frame_equal(taken.params, given.params)
    assert taken.period == given.period == found.period
    pd.testing.assert_frame_equal(wb.fit_spend(found).params, wb.fit_spend(table).params)
    assert (wb.fit_spend(found).currency, wb.fit_spend(table).currency) == ("€", "$")
    held_out = found.hold_out("2023-06-30")
    assert wb.fit_purchases(held_out, "mbg_nbd").n == len(held_out.customers)
    with pytest.raises(ValueError, match="The summary counts time in W, not in D: leave period out"):
        wb.fit_purchases(found, "mbg_nbd", period="D")
    own = wb.fit_spend(engine(found.customers))  # a frame of the engine's own
    assert own.params["estimate"].to_numpy() == pytest.approx(
        wb.fit_spend(table).params["estimate"].to_numpy(), rel=1e-6
    )


def test_a_model_that_is_none_and_a_period_that_is_missing_are_refused():
    seen = wb.summarize_purchases(shoppers_log(), period="W").customers
    with pytest.raises(ValueError, match="model must be one of pareto_nbd, bg_nbd, mbg_nbd, bg_bb; got 'nbd'"):
        wb.fit_purchases(seen, "nbd", period="W")
    with pytest.raises(ValueError, match=r"period must be written as a count and one of D, W, M, Y.*got None"):
        wb.fit_purchases(seen)
    with pytest.raises(ValueError, match="model must be sbg or bdw; got 'weibull'"):
        wb.fit_contracts([10, 9, 8], "weibull", period="Y")


def test_one_customer_without_a_repeat_purchase_is_singular():
    seen = pd.DataFrame({"frequency": [0, *[1, 3, 2, 5] * 9], "mean_spend": [None, *[20, 35, 9, 14] * 9]})
    assert "1 customer without a repeat purchase is left out" in str(wb.fit_spend(seen).describe())


def test_one_customer_held_out_is_singular():
    found = wb.summarize_purchases(a_log("2024-01-01", "2024-01-15"), period="W").hold_out("2024-01-08")
    assert "1 customer bought until" in str(found.describe())
    assert "Of them, 1 (100.0%) made 1 purchase then" in str(found.describe())
