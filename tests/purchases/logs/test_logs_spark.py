"""Is a log summarised the same in Spark? Local, where Java and pyspark are installed."""

import datetime as dt
import os
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from shoppers import purchase_log

import winback as wb

pytestmark = [pytest.mark.spark, pytest.mark.slow]

UNTIL = "2024-03-20"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2",  # 200 by default, each a task of its own
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.session.timeZone": "UTC",
}


@pytest.fixture(scope="module")
def spark():
    """Start Spark in this machine's memory, once."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("there is no Java here; on Debian: apt install openjdk-17-jre-headless")
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: pip install 'winback[spark]'")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def in_spark(spark, log, kinds="customer_id double, date timestamp_ntz, amount double"):
    """Hand a table to Spark, missing cells as its own."""
    columns = [[None if pd.isna(cell) else cell for cell in log[name].tolist()] for name in log]
    plain = [[cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell for cell in cells] for cells in columns]
    return spark.createDataFrame(list(zip(*plain, strict=True)), kinds)


def assert_same(theirs, ours):
    expected = ours.customers.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(theirs.customers, expected, check_dtype=False, rtol=1e-12, atol=1e-9)
    assert str(theirs.describe()) == str(ours.describe())


@pytest.mark.parametrize(("until", "amount"), [(UNTIL, "amount"), (None, None)])
def test_spark_says_the_same(spark, until, amount):
    log = purchase_log(np.random.default_rng(3), 400, 60, 120)
    log = pd.concat([log, log.head(40)])  # rows equal to another
    ours, theirs = (
        wb.summarize_purchases(each, period="W", until=until, amount=amount) for each in (log, in_spark(spark, log))
    )
    assert_same(theirs, ours)
    pd.testing.assert_frame_equal(theirs.frame, ours.frame, rtol=1e-12, atol=1e-6)
    held_out = [each.hold_out("2024-02-20") for each in (theirs, ours)]
    pd.testing.assert_frame_equal(held_out[0].daily, held_out[1].daily)
    assert_same(*held_out)


def test_a_day_is_that_of_the_sessions_time_zone(spark):
    nights = [dt.datetime(2024, 1, 1, 23, 30, tzinfo=dt.UTC), dt.datetime(2024, 1, 2, 0, 30, tzinfo=dt.UTC)]
    log = spark.createDataFrame(
        [("a", night, 1.0) for night in nights], "customer_id string, date timestamp, amount double"
    )
    try:
        for zone, n_repeat in (("UTC", 1), ("America/New_York", 0), ("Pacific/Auckland", 0)):
            spark.conf.set("spark.sql.session.timeZone", zone)
            found = wb.summarize_purchases(log, period="D", until=UNTIL).customers
            assert found["frequency"].tolist() == [n_repeat], zone
    finally:
        spark.conf.set("spark.sql.session.timeZone", "UTC")


def test_what_cannot_be_used_is_refused_in_the_same_words(spark):
    days = [dt.date(2024, 1, 1), dt.date(2024, 1, 8), None]
    log = pd.DataFrame({"customer_id": ["a", "a ", "  "], "date": days, "amount": [1.0, np.inf, 3.0]})
    given = in_spark(spark, log, "customer_id string, date date, amount double")
    with pytest.raises(wb.TableError, match="`amount` must be a number, not infinite; 1 of 3 rows"):
        wb.summarize_purchases(given, period="W")
    with pytest.raises(wb.TableError, match="`customer_id` has ids that differ only in blanks around them"):
        wb.summarize_purchases(given, period="W", amount=None)
    one = wb.summarize_purchases(given.where("customer_id <> 'a '"), period="W", amount=None)
    assert one.frame.set_index("what")["n"][["without a customer", "customers"]].tolist() == [1, 1]
    text = in_spark(spark, log.assign(date="soon"), "customer_id string, date string, amount double")
    with pytest.raises(wb.TableError, match="`date` must be a date or timestamp, not String"):
        wb.summarize_purchases(text, period="W")


def test_contracts_in_spark_are_read_as_those_of_pandas(spark):
    contracts = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 3],
            "start": pd.to_datetime(["2023-01-01", "2024-03-01", "2023-06-01", "2023-02-01"]),
            "end": pd.to_datetime(["2023-12-31", None, None, "2024-05-20"]),
            "margin": [20.0, 24.0, 18.0, None],
        }
    )
    kinds = "customer_id bigint, start timestamp_ntz, end timestamp_ntz, margin double"
    there, here = (
        wb.read_contracts(table, until="2024-06-30") for table in (in_spark(spark, contracts, kinds), contracts)
    )
    pd.testing.assert_frame_equal(there.to_frame(), here.to_frame())
    pd.testing.assert_frame_equal(there.lapsed().to_frame(), here.lapsed().to_frame())


def test_a_base_of_buyers_says_the_same(spark):
    log = purchase_log(np.random.default_rng(8), 500, 70, 180).rename(columns={"date": "Tag"})
    people = pd.DataFrame({"customer_id": range(60), "channel": np.array(["web", "shop"])[np.arange(60) % 2]})
    given = in_spark(spark, log, "customer_id double, Tag timestamp_ntz, amount double")
    asked = {"until": "2024-06-20", "lost": 20, "customers": people, "columns": {"date": "Tag"}}
    ours, theirs = (wb.read_purchases(each, **asked) for each in (log, given))
    tables = [
        (base.customers, base.first_lives(), *(lapsed.frame for lapsed in (base.lapsed(), base.lapsed("2024-04-20"))))
        for base in (theirs, ours)
    ]
    for found in zip(*tables, strict=True):
        one, other = (each.sort_values("customer_id", ignore_index=True) for each in found)
        assert len(other)
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-12, atol=1e-9)
    pd.testing.assert_frame_equal(theirs.to_frame(), ours.to_frame())
    assert str(theirs.describe()) == str(ours.describe())
