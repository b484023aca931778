"""Does a base know the same of a log of pandas', polars', DuckDB's and Spark's?"""

import numpy as np
import pandas as pd
import pytest
from shoppers import purchase_log

import winback as wb

UNTIL = "2024-06-20"
PEOPLE = pd.DataFrame({"customer_id": range(60), "channel": np.array(["web", "shop"])[np.arange(60) % 2]})


@pytest.fixture(scope="module")
def log():
    """Return a log with every kind of row that is left out."""
    return purchase_log(np.random.default_rng(8), 500, 70, 180)


def in_engine(log, engine):
    module = pytest.importorskip(engine)
    return module.from_df(log) if engine == "duckdb" else module.from_pandas(log)


def assert_same(theirs, ours, rtol=1e-12):
    """Hold all that two bases know to each other."""
    assert theirs.rule.setting == ours.rule.setting
    pd.testing.assert_frame_equal(theirs.to_frame(), ours.to_frame())
    tables = [(each.customers, each.first_lives(), each.lapsed().frame, _on_days(each)) for each in (theirs, ours)]
    for one, other in zip(*tables, strict=True):
        assert len(other) > 1
        one, other = (each.sort_values(["customer_id"], kind="stable", ignore_index=True) for each in (one, other))
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=rtol, atol=1e-9)
    assert theirs.lapsed("2024-04-20").left_out == ours.lapsed("2024-04-20").left_out
    pd.testing.assert_frame_equal(theirs.false_alarms(40).to_frame(), ours.false_alarms(40).to_frame(), rtol=1e-6)
    assert str(theirs.describe()) == str(ours.describe())
    assert str(theirs.details()) == str(ours.details())


def _on_days(base):
    offers = pd.DataFrame({"customer_id": range(70), "offer": "gift", "offered_on": "2024-05-20"})
    return pd.concat(
        [base.lapsed("2024-04-20").frame, base.lapsed(sent=offers, within_months=0.3).frame], ignore_index=True
    )


@pytest.mark.parametrize("lost", ["rhythm", "personal", 20, None])
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_engines_say_the_same(log, engine, lost):
    asked = {"until": UNTIL, "lost": lost, "customers": PEOPLE}
    ours, theirs = (wb.read_purchases(each, **asked) for each in (log, in_engine(log, engine)))
    assert_same(theirs, ours, rtol=1e-12 if lost == 20 else 1e-5)


def test_a_lazy_frame_and_names_of_ones_own(log):
    polars = pytest.importorskip("polars")
    ours = wb.read_purchases(log, until=UNTIL, lost=20)
    own = polars.from_pandas(log.rename(columns={"customer_id": "Kundennummer", "date": "Tag"})).lazy()
    theirs = wb.read_purchases(own, until=UNTIL, lost=20, columns={"date": "Tag"})
    assert '"Kundennummer" was read as customer_id' in " ".join(theirs.reading)
    for one, other in ((theirs.customers, ours.customers), (theirs.lapsed().frame, ours.lapsed().frame)):
        one, other = (each.sort_values("customer_id", ignore_index=True) for each in (one, other))
        pd.testing.assert_frame_equal(one, other, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_ids_of_text_are_joined_with_a_table_of_customers(engine):
    days = pd.to_datetime(["2024-01-01", "2024-01-20", "2024-01-03"])
    log = pd.DataFrame({"customer_id": ["A", "A", "B"], "date": days, "amount": [10.0, 5.0, 7.0]})
    people = pd.DataFrame({"customer_id": ["B", "A"], "channel": ["shop", "web"]})
    base = wb.read_purchases(in_engine(log, engine), customers=in_engine(people, engine), until="2024-02-01", lost=9)
    assert base.customers.set_index("customer_id")["channel"].to_dict() == {"A": "web", "B": "shop"}
    assert base.lapsed().frame.set_index("customer_id")["channel"].to_dict() == {"A": "web", "B": "shop"}


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_what_is_missing_is_said_in_the_same_words(log, engine):
    with pytest.raises(wb.TableError) as ours:
        wb.read_purchases(log.drop(columns="date"))
    with pytest.raises(wb.TableError) as theirs:
        wb.read_purchases(
            in_engine(log, engine).select("customer_id, amount" if engine == "duckdb" else ["customer_id", "amount"])
        )
    # of a table in memory it is also said at once which rows would be dropped
    pd.testing.assert_frame_equal(theirs.value.problems, ours.value.problems.head(1))
