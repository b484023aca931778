"""Is a log split at the right day, the same in every engine, and is nothing of the held-out part known before?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb

LOG = pd.DataFrame(
    [
        (1, "2024-01-01", 10.0),  # starts the clock
        (1, "2024-01-15", 4.0),
        (1, "2024-01-29", 20.0),  # the last day of the calibration
        (1, "2024-01-30", 5.0),  # held out
        (1, "2024-02-05", 2.0),
        (1, "2024-02-05", 3.0),  # the same day
        (1, "2024-02-06", -3.0),  # a refund
        (1, "2024-02-13", 9.0),  # after the end
        (2, "2024-01-03", 7.5),
        (2, "2024-02-12", 6.0),
        (3, "2024-01-01", 1.0),
        (4, "2024-02-01", 8.0),  # first seen in the held-out part
        (4, "2024-02-03", 8.0),
        (5, "2024-01-20", 0.0),  # nothing was paid, but bought it was
        (5, "2024-02-04", 0.0),
        (None, "2024-02-02", 3.0),
        (5, None, 3.0),
    ],
    columns=["customer_id", "date", "amount"],
)


def split(log=LOG, period="W", after="2024-01-29", until="2024-02-12", **names):
    return wb.summarize_purchases(log, period=period, until=until, **names).hold_out(after)


def test_by_hand():
    found = split()
    rows = found.customers.set_index("customer_id")
    assert rows["frequency"].to_dict() == {1: 2, 2: 0, 3: 0, 5: 0}
    assert rows["held_out_frequency"].to_dict() == {1: 2, 2: 1, 3: 0, 5: 1}
    assert rows["held_out_spend"].to_dict() == {1: 10.0, 2: 6.0, 3: 0.0, 5: 0.0}
    assert (found.periods, found.n_later, str(found.period)) == (2.0, 1, "W")
    daily = found.daily.set_index("day")
    first = pd.Timestamp("2024-01-01").toordinal()
    assert daily.index.tolist() == list(range(first, first + 43))
    assert daily["new_customers"].loc[[first, first + 2]].tolist() == [2, 1]
    assert daily["new_customers"].sum() == 4
    assert daily.index[daily["repeat_purchases"] > 0].tolist() == [first + day for day in (14, 28, 29, 34, 35, 42)]


def test_the_calibration_is_the_summary_of_what_was_known_then():
    ours, theirs = split(), wb.summarize_purchases(LOG, period="W", until="2024-01-29")
    held_out = ["held_out_frequency", "held_out_spend"]
    pd.testing.assert_frame_equal(ours.customers.drop(columns=held_out), theirs.customers)
    pd.testing.assert_frame_equal(ours.summary.frame, theirs.frame)


def test_words_and_table():
    found = split()
    said = str(found.describe())
    assert "4 customers bought until 2024-01-29; held out are 2 weeks, until 2024-02-12." in said
    assert "Of them, 3 (75.0%) made 4 purchases then, worth $16.00." in said
    assert "1 customer first seen in the held-out part" in said
    assert found.table()["Repeat purchases so far"].tolist() == ["0", "2"]
    assert found.table()["Spend each"].tolist() == ["$2.00", "$10.00"]


def test_without_amounts_nothing_is_said_of_spend():
    found = split(LOG.dropna().drop(columns="amount"), amount=None)
    assert "held_out_spend" not in found.customers
    assert "worth" not in str(found.describe())
    assert found.customers.set_index("customer_id")["held_out_frequency"][1] == 3  # also the day of the refund


@pytest.mark.parametrize("name", ["customer", "day", "Kunde"])
@pytest.mark.parametrize("kind", ["str", "category", "Int64"])
def test_columns_of_any_name_and_customers_of_any_kind(name, kind):
    log = LOG.dropna().astype({"customer_id": int}).astype({"customer_id": kind})
    found = split(log.rename(columns={"customer_id": name}), customer=name)
    expected = split().customers["held_out_frequency"].tolist()
    assert found.customers["held_out_frequency"].tolist() == expected
    assert found.customers[name].astype(str).tolist() == ["1", "2", "3", "5"]
    assert found.n_later == 1


def test_the_end_is_the_last_date_unless_given():
    found = split(until=None)
    assert str(found.until) == "2024-02-13"
    assert "until 2024-02-13 (the last date of the log)." in str(found.describe())
    assert "last date" not in str(split().describe())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"after": "2024-02-12"},
            r"no day is held out: 2024-02-12, and the data end on 2024-02-12\. Split",
        ),
        ({"after": "2024-03-12", "until": None}, "no day is held out: .* end on 2024-02-13"),
        ({"after": "2023-12-31"}, r"no purchase to fit to: 2023-12-31, and the first is of 2024-01-01\."),
        ({"after": "soon"}, "after must be a date, such as"),
        ({"log": LOG.head(0)}, "has no purchase in it"),
        ({"date": "day"}, "`day` is missing from the table"),
    ],
)
def test_a_split_that_cannot_be_used_is_refused(asked, said):
    with pytest.raises(ValueError, match=said):
        split(**asked)


def random_log(seed, n=400):
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, 120, n), unit="D")
    log = pd.DataFrame({"customer_id": rng.integers(0, 80, n), "date": day, "amount": rng.normal(20, 15, n).round(2)})
    log.loc[rng.random(n) < 0.02, "amount"] = np.nan
    log.loc[rng.random(n) < 0.02, "date"] = pd.NaT
    return log


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_both_parts_together_are_the_whole(seed):
    """Another way to the same: what the whole log's summary has more than the calibration's."""
    log = random_log(seed)
    found = split(log).customers.set_index("customer_id").sort_index()
    whole = wb.summarize_purchases(log, period="W", until="2024-02-12").customers.set_index("customer_id")
    assert split(log).n_later == len(whole) - len(found)
    whole = whole.loc[found.index]
    np.testing.assert_array_equal(found["frequency"] + found["held_out_frequency"], whole["frequency"])
    spend = (whole["n_paid"] * whole["mean_spend"]).fillna(0) - (found["n_paid"] * found["mean_spend"]).fillna(0)
    np.testing.assert_allclose(found["held_out_spend"], spend, atol=1e-9)
    daily = split(log).daily
    assert daily["repeat_purchases"].sum() == whole["frequency"].sum()
    calibration = daily["day"] <= pd.Timestamp("2024-01-29").toordinal()
    assert daily["repeat_purchases"][calibration].sum() == found["frequency"].sum()


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_row_order_does_not_matter(seed):
    log = random_log(seed)
    one, other = split(log), split(log.sample(frac=1, random_state=seed))
    tables = [each.customers.sort_values("customer_id", ignore_index=True) for each in (one, other)]
    pd.testing.assert_frame_equal(*tables)
    pd.testing.assert_frame_equal(one.daily, other.daily)


@pytest.mark.parametrize("engine", ["polars", "polars lazy", "duckdb"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_engine_says_the_same(engine, seed):
    log = random_log(seed)
    if engine == "duckdb":
        given_log = pytest.importorskip("duckdb").from_df(log)
    else:
        given_log = pytest.importorskip("polars").from_pandas(log)
        given_log = given_log.lazy() if engine == "polars lazy" else given_log
    ours, theirs = split(log), split(given_log)
    tables = [each.customers.sort_values("customer_id", ignore_index=True) for each in (ours, theirs)]
    pd.testing.assert_frame_equal(*tables, check_dtype=False, atol=1e-9)
    pd.testing.assert_frame_equal(ours.daily, theirs.daily)
    assert ours.n_later == theirs.n_later
    assert str(ours.describe()) == str(theirs.describe())
    nothing = given_log.filter("false") if engine == "duckdb" else given_log.head(0)
    with pytest.raises(ValueError, match="has no purchase in it"):
        split(nothing)


def test_the_last_fifth_of_the_days_is_held_out_unless_said():
    days = pd.date_range("2024-01-01", "2024-04-10")  # 100 days after the first one
    log = pd.DataFrame({"customer_id": np.arange(len(days)) % 7, "date": days, "amount": 5.0})
    found = wb.summarize_purchases(log, period="D").hold_out()
    assert (str(found.calibration_until), found.periods) == ("2024-03-21", 20.0)
    with pytest.raises(ValueError, match="no day is held out"):
        wb.summarize_purchases(log.head(3), period="D").hold_out()
