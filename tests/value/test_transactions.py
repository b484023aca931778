"""Is a log of purchases summarised as stated, the same in every engine, with everything dropped counted?"""

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
        (1, "2024-01-15", 6.0),  # the same day: one purchase of 10
        (1, "2024-01-29", 20.0),
        (1, "2024-02-02", -5.0),  # a refund
        (2, "2024-01-10", 7.5),
        (3, "2024-01-05", 0.0),  # nothing was paid
        (4, "2024-03-01", 9.0),  # after the end
        (None, "2024-01-02", 3.0),
        (5, None, 3.0),
        (5, "2024-01-03", None),
    ],
    columns=["customer_id", "date", "amount"],
)


def summary(log=LOG, period="W", until="2024-02-05", **names):
    return wb.summarize_transactions(log, period=period, until=until, **names)


def test_by_hand():
    found = summary()
    first, second = found.customers.to_dict("records")
    assert (first["customer_id"], first["frequency"], first["recency"], first["age"]) == (1, 2, 4.0, 5.0)
    assert first["mean_spend"] == 15.0  # 10 on the second day, 20 on the third; the first is no repeat
    assert (second["frequency"], second["recency"]) == (0, 0.0)
    assert second["age"] == pytest.approx(26 / 7)
    assert np.isnan(second["mean_spend"])
    n = found.frame.set_index("what")["n"]
    assert n["purchases"] == 5
    assert n["second purchases of a day, put together"] == 1
    assert n["customers"] == 2
    assert n["customers without a purchase, left out"] == 3
    for what in ("without a customer", "without a date", "without an amount", "of zero", "after the end of the data"):
        assert n[what] == 1
    assert found.frame.set_index("what")["amount"]["refunds (below zero)"] == -5.0
    assert n.iloc[:7].sum() == len(LOG)  # every row has one fate


def test_words_name_what_was_dropped():
    said = str(summary().describe())
    assert "2 customers with 5 purchases until 2024-02-05" in said
    assert "Dropped: 1 refunds (below zero), -$5.00." in said
    assert "1 second purchases of a day, put together with the first." in said


def test_the_end_of_the_data_is_the_last_date_unless_given():
    found = summary(until=None)
    assert str(found.until) == "2024-03-01"
    assert "4" in map(str, found.customers["customer_id"].astype(int))


def test_without_amounts_every_row_is_a_purchase():
    found = summary(LOG.drop(columns="amount").dropna(), amount=None)
    assert found.customers["frequency"].tolist() == [3, 0, 0, 0]  # also the day of the refund, and of nothing paid


def test_the_unit_changes_times_and_nothing_else():
    days, weeks = (summary(period=period).customers for period in ("D", "W"))
    pd.testing.assert_frame_equal(days[["recency", "age"]], 7 * weeks[["recency", "age"]])
    pd.testing.assert_frame_equal(days.drop(columns=["recency", "age"]), weeks.drop(columns=["recency", "age"]))


def test_the_log_is_not_changed_and_its_order_does_not_matter():
    before = LOG.copy(deep=True)
    found = summary(LOG.sample(frac=1, random_state=3)).customers.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, summary().customers.sort_values("customer_id", ignore_index=True))
    pd.testing.assert_frame_equal(LOG, before)


def random_log(seed, n=400):
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2023-12-20") + pd.to_timedelta(rng.integers(0, 120, n), unit="D")
    log = pd.DataFrame({"customer_id": rng.integers(0, 60, n), "date": day, "amount": rng.normal(20, 15, n).round(2)})
    log.loc[rng.random(n) < 0.02, "amount"] = np.nan
    log.loc[rng.random(n) < 0.02, "date"] = pd.NaT
    return log


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_another_way_to_count(seed):
    log = random_log(seed)
    end = pd.Timestamp("2024-03-15")
    kept = log[(log["amount"] > 0) & (log["date"] <= end)]
    daily = kept.groupby(["customer_id", "date"])["amount"].sum().reset_index()
    expected = []
    for name, days in daily.groupby("customer_id"):
        repeat = days["amount"].iloc[1:]
        first, last = days["date"].iloc[0], days["date"].iloc[-1]
        expected.append((name, len(repeat), (last - first).days, (end - first).days, repeat.mean()))
    columns = ["customer_id", "frequency", "recency", "age", "mean_spend"]
    found = summary(log, "D", end.date()).customers.sort_values("customer_id", ignore_index=True)[columns]
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, columns=columns), check_dtype=False)


@pytest.mark.parametrize("engine", ["polars", "polars lazy", "duckdb"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_engine_says_the_same(engine, seed):
    log = random_log(seed)
    if engine == "duckdb":
        given_log = pytest.importorskip("duckdb").from_df(log)
    else:
        given_log = pytest.importorskip("polars").from_pandas(log)
        given_log = given_log.lazy() if engine == "polars lazy" else given_log
    ours, theirs = summary(log), summary(given_log)
    assert type(theirs.customers) is type(given_log)
    collected = theirs.customers.df() if engine == "duckdb" else theirs.customers.lazy().collect().to_pandas()
    found = collected.sort_values("customer_id", ignore_index=True)
    expected = ours.customers.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, atol=1e-9)
    pd.testing.assert_frame_equal(theirs.frame, ours.frame, check_dtype=False, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="date"), "`date` is missing from the table"),
        (lambda t: t.assign(date="yesterday"), "`date` must be a date; 11 of 11 rows"),
        (lambda t: t.assign(amount="$3"), "`amount` must be a number; 11 of 11 rows"),
        (lambda t: t.assign(amount=-1.0), "`amount` has no purchase in it"),
        (lambda t: t.head(0), "has no purchase in it"),
        (lambda t: t.to_dict(), "must be a pandas, polars, DuckDB or Spark frame, not dict"),
    ],
)
def test_bad_logs_are_refused(change, said):
    with pytest.raises(wb.TableError, match=said):
        summary(change(LOG))


@pytest.mark.parametrize(
    ("more", "said"), [({"period": 7}, "period must be"), ({"until": "soon"}, "until must be a date")]
)
def test_bad_settings_are_refused(more, said):
    with pytest.raises(ValueError, match=said):
        summary(**more)
