"""Is the same log summarised the same in pandas, polars and DuckDB?"""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from shoppers import purchase_log

import winback as wb
from winback.purchases.logs.log import PurchaseLog

pytestmark = pytest.mark.slow

ENGINES = ("polars", "polars lazy", "duckdb")
UNTIL = "2024-03-20"


def in_engine(engine, log):
    """Hand a log of pandas' to an engine, its missing ids and dates as the engine's own."""
    if engine == "duckdb":
        return pytest.importorskip("duckdb").from_df(log)
    given = pytest.importorskip("polars").from_pandas(log)
    return given.lazy() if engine == "polars lazy" else given


def in_pandas(customers):
    """Bring customers to pandas, in the order of their ids and without pyarrow."""
    frame = customers
    if hasattr(customers, "df"):
        frame = customers.df()
    elif not isinstance(customers, pd.DataFrame):
        frame = customers.lazy().collect()
        frame = pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    return frame.sort_values("customer_id", ignore_index=True)


def by_name(customers):
    """Read customers as a dictionary of id: row, whichever engine holds them."""
    return in_pandas(customers).set_index("customer_id").to_dict("index")


def summary(log, period="W", until=UNTIL, **names):
    return wb.summarize_purchases(log, period=period, until=until, **names)


def assert_same(theirs, ours):
    expected = ours.customers.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(in_pandas(theirs.customers), expected, check_dtype=False, rtol=1e-12, atol=1e-9)
    pd.testing.assert_frame_equal(theirs.frame, ours.frame, rtol=1e-12, atol=1e-6)  # sums of all money
    assert (theirs.until, theirs.until_given, theirs.span) == (ours.until, ours.until_given, ours.span)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("until", [UNTIL, None])
@pytest.mark.parametrize("amount", ["amount", None])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_engine_says_the_same(engine, until, amount, seed):
    log = purchase_log(np.random.default_rng(seed), 400, 60, 120)
    given_log = in_engine(engine, log)
    ours, theirs = (summary(each, until=until, amount=amount) for each in (log, given_log))
    assert_same(theirs, ours)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_says_the_same_of_a_million_purchases(engine):
    log = purchase_log(np.random.default_rng(2016), 1_000_000, 80_000, 900)
    ours, theirs = (summary(each, until="2026-01-01") for each in (log, in_engine(engine, log)))
    assert ours.frame["n"].drop(index=9).gt(0).all()
    assert_same(theirs, ours)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_time_of_day_does_not_count(engine):
    log = purchase_log(np.random.default_rng(3), 400, 60, 120)
    timed = log.assign(date=log["date"] + pd.to_timedelta(np.arange(400) * 215, unit="s"))
    assert timed["date"].dt.hour.max() == 23
    expected = summary(log)
    assert_same(summary(in_engine(engine, timed)), expected)
    assert_same(summary(timed), expected)


NIGHT = [dt.datetime(2024, 1, 1, 23, 30, tzinfo=dt.UTC), dt.datetime(2024, 1, 2, 0, 30, tzinfo=dt.UTC)]


@pytest.mark.parametrize(("zone", "n_repeat"), [("UTC", 1), ("America/New_York", 0), ("Pacific/Auckland", 0)])
def test_a_day_is_that_of_the_clock_in_the_columns_time_zone(zone, n_repeat):
    pl = pytest.importorskip("polars")
    log = pd.DataFrame({"customer_id": 1, "date": pd.to_datetime(NIGHT).tz_convert(zone), "amount": 1.0})
    lazily = pl.DataFrame({"customer_id": [1, 1], "date": NIGHT, "amount": [1.0, 1.0]}).with_columns(
        pl.col("date").dt.convert_time_zone(zone)
    )
    for each in (log, lazily, lazily.lazy()):
        assert by_name(summary(each).customers)[1]["frequency"] == n_repeat
    first = dt.date(2024, 1, 2) if zone == "Pacific/Auckland" else dt.date(2024, 1, 1)
    assert by_name(summary(lazily).customers)[1]["first_day"] == first.toordinal()


@pytest.mark.parametrize(("zone", "n_repeat"), [("UTC", 1), ("America/New_York", 0), ("Pacific/Auckland", 0)])
def test_in_duckdb_a_day_is_that_of_the_sessions_time_zone(zone, n_repeat):
    duckdb = pytest.importorskip("duckdb")
    with duckdb.connect() as session:
        session.execute(f"SET TimeZone = '{zone}'")
        values = ", ".join(f"(1, TIMESTAMPTZ '{when:%Y-%m-%d %H:%M:%S}+00', 1.0)" for when in NIGHT)
        log = session.sql(f"SELECT * FROM (VALUES {values}) log(customer_id, date, amount)")
        assert by_name(summary(log).customers)[1]["frequency"] == n_repeat


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_customers_days_are_the_same_sorted_numbers(engine):
    log = purchase_log(np.random.default_rng(11), 400, 60, 120)
    end = dt.date(2024, 3, 1)
    rows = PurchaseLog(log if engine == "pandas" else in_engine(engine, log), "customer_id", "date", "amount").read()
    kept = log[(log["date"] <= pd.Timestamp(end)) & (log["amount"] >= 0)]
    expected = kept.groupby(["customer_id", "date"])["amount"].sum().reset_index()
    found = rows.customer_days(end.toordinal())
    assert all((np.diff(found.customer) > 0) | (np.diff(found.day) > 0))
    table = pd.DataFrame({"customer_id": found.ids[found.customer], "day": found.day, "amount": found.amount})
    table = table.sort_values(["customer_id", "day"], ignore_index=True)
    assert table["customer_id"].tolist() == expected["customer_id"].tolist()
    assert table["day"].tolist() == [day.toordinal() for day in expected["date"]]
    np.testing.assert_allclose(table["amount"], expected["amount"], rtol=1e-12)
    if engine != "pandas":  # the same, not computed
        lazily = rows.lazy_days(end.toordinal())
        assert lazily.collect_schema().names() == ["customer", "day", "amount"]
        assert len(lazily.collect()) == len(expected)


def test_a_first_purchase_a_thousand_times_as_large_leaves_the_cents_of_those_after_it():
    amounts = [123_456.78, 0.10, 0.20]
    log = pd.DataFrame({"customer_id": 1, "date": pd.date_range("2024-01-01", periods=3), "amount": amounts})
    for each in (log, *(in_engine(engine, log) for engine in ENGINES)):
        assert summary(each).customers["mean_spend"].tolist() == [pytest.approx(0.15, rel=1e-9)]


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_ids_of_blanks_are_none(engine):
    found = summary(short(engine, customer_id=["a", " ", "", "b"]))
    assert by_name(found.customers).keys() == {"a"}
    n = found.frame.set_index("what")["n"]
    assert (n["without a customer"], n["without an amount"], n["customers without a purchase, left out"]) == (2, 1, 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("n_customers", [40, 20_000])  # few are named in a query, many are not
def test_equal_rows_of_few_customers_and_of_many(engine, n_customers):
    log = purchase_log(np.random.default_rng(4), 60_000, n_customers, 30)
    log = pd.concat([log, log.head(25_000)], ignore_index=True)
    assert_same(summary(in_engine(engine, log)), summary(log))


EMPTY = purchase_log(np.random.default_rng(1), 1, 1, 1).head(0)
SHORT = {
    "customer_id": ["a", "a", None, "b"],
    "date": [dt.date(2024, 1, 1), dt.date(2024, 1, 8), dt.date(2024, 1, 8), dt.date(2024, 1, 8)],
    "amount": [Decimal("10.10"), Decimal("0.30"), Decimal("1.00"), None],
}


def short(engine, **more):
    """Make a small table of text ids, dates and decimal amounts in an engine, without pandas."""
    columns = {**SHORT, **more}
    if engine == "pandas":
        return pd.DataFrame(columns)
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    if engine == "duckdb":
        rows = list(zip(*columns.values(), strict=True))
        values = ", ".join("(" + ", ".join("?" for _ in columns) + ")" for _ in rows)
        cells = [cell for row in rows for cell in row]
        return duckdb.sql(f"SELECT * FROM (VALUES {values}) log({', '.join(columns)})", params=cells)
    return pl.LazyFrame(columns) if engine == "polars lazy" else pl.DataFrame(columns)


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_decimal_amounts_and_text_ids_are_read(engine):
    found = summary(short(engine))
    (row,) = by_name(found.customers).items()
    assert row[0] == "a"
    assert (row[1]["frequency"], row[1]["recency"], row[1]["mean_spend"]) == (1, 1.0, 0.3)
    counts = found.frame.set_index("what")["n"]
    for what in ("without a customer", "without an amount", "customers without a purchase, left out"):
        assert counts[what] == 1


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_not_a_number_is_no_customer(engine):
    found = summary(short(engine, customer_id=[1.0, float("nan"), 2.0, 2.0]))
    assert sorted(by_name(found.customers)) == [1.0, 2.0]
    assert found.frame.set_index("what")["n"]["without a customer"] == 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("date", ["2024-01-01"] * 4, r"`date` must be a date or timestamp, not String. Cast it first: str.to_date"),
        ("date", [20240101] * 4, "`date` must be a date or timestamp, not Int"),
        ("amount", ["1.5"] * 4, "`amount` must be a number, not String. Cast it first"),
        ("amount", [1.0, float("inf"), 2.0, -float("inf")], "`amount` must be a number, not infinite; 2 of 4 rows"),
        ("customer_id", [1.0, 2.0**53 + 2, 3.0, None], "`customer_id` has ids that a float cannot tell apart; 1 of 4"),
        ("customer_id", [True, False, None, True], "`customer_id` must be ids, not true or false"),
        ("customer_id", ["a", "a ", None, "b"], "`customer_id` has ids that differ only in blanks around them. Strip"),
        ("amount", [True] * 4, "`amount` must be a number, not Boolean"),
        ("date", [dt.date(2024, 1, 1), None, dt.date(2204, 1, 1), None], "`date` lies in the future; 1 of 2 rows"),
        ("date", [None, dt.date(2021, 1, 1), None, dt.date(2024, 1, 8)], "ends 1,102 days after the date before"),
        ("date", [dt.date(2999, 1, 1)] * 4, "lies in the future; 4 of 4 rows"),
    ],
)
def test_bad_columns_are_refused(engine, column, values, said):
    with pytest.raises(wb.TableError, match=said):
        summary(short(engine, **{column: values}), until=None)


@pytest.mark.parametrize("engine", ENGINES)
def test_every_problem_of_a_log_is_listed_at_once(engine):
    with pytest.raises(wb.TableError, match="3 problems") as caught:
        summary(short(engine, date=["soon"] * 4, amount=["$3"] * 4), customer="who")
    assert caught.value.problems["column"].tolist() == ["who", "date", "amount"]
    with pytest.raises(wb.TableError, match="has no purchase in it"):
        summary(short(engine), until="2023-01-01")


@pytest.mark.parametrize("engine", ["pandas", *ENGINES])
def test_an_empty_log_is_refused(engine):
    log = in_engine(engine, EMPTY) if engine != "pandas" else EMPTY
    for until, said in ((UNTIL, "`amount` has no purchase in it"), (None, "`date` has no date in it")):
        with pytest.raises(wb.TableError, match=said):
            summary(log, until=until)


def test_years_that_no_calendar_holds_are_refused():
    pl = pytest.importorskip("polars")
    log = pl.DataFrame(SHORT).with_columns(date=pl.lit(4_000_000).cast(pl.Date))
    for each in (log, log.lazy()):
        with pytest.raises(wb.TableError, match="`date` must lie in the years 1 to 9999; 4 of 4 rows"):
            summary(each)
        with pytest.raises(wb.TableError, match="lies in the future; 4 of 4 rows"):
            summary(each, until=None)
