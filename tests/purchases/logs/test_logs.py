"""Is a log of purchases summarised as stated, with everything dropped counted?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shoppers import purchase_log

import winback as wb
from winback.purchases.logs.checks import LAST_DAY
from winback.purchases.logs.in_memory import LogInMemory

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
    return wb.summarize_purchases(log, period=period, until=until, **names)


def test_by_hand():
    found = summary()
    first, second, third = found.customers.to_dict("records")
    assert (first["customer_id"], first["frequency"], first["recency"], first["age"]) == (1, 2, 4.0, 5.0)
    assert first["mean_spend"] == 15.0  # 10 on the second day, 20 on the third; the first is no repeat
    assert first["n_paid"] == 2
    assert (second["frequency"], second["recency"]) == (0, 0.0)
    assert second["age"] == pytest.approx(26 / 7)
    assert np.isnan(second["mean_spend"])
    assert (third["customer_id"], third["frequency"], third["n_paid"]) == (3, 0, 0)
    n = found.frame.set_index("what")["n"]
    assert n["purchases"] == 6
    assert n["purchases of zero, left out of spend"] == 1
    assert n["second purchases of a day, put together"] == 1
    assert n["customers"] == 3
    assert n["customers without a purchase, left out"] == 2
    for what in ("without a customer", "without a date", "without an amount", "after the end of the data"):
        assert n[what] == 1
    assert found.frame.set_index("what")["amount"]["refunds (below zero)"] == -5.0
    assert n.iloc[:6].sum() == len(LOG)  # every row has one fate


def test_words_name_what_was_dropped():
    said = str(summary().describe())
    assert "3 customers with 6 purchases from 2024-01-01 until 2024-02-05" in said
    assert "Dropped: 1 refund (below zero), -$5.00." in said
    assert "1 purchase of zero, left out of spend." in said
    assert "1 second purchase of a day, put together with the first." in said


def test_the_end_of_the_data_is_the_last_date_unless_given():
    found = summary(until=None)
    assert str(found.until) == "2024-03-01"
    assert "4" in map(str, found.customers["customer_id"].astype(int))


def test_without_amounts_every_row_is_a_purchase():
    found = summary(LOG.drop(columns="amount").dropna(), amount=None)
    assert found.customers["frequency"].tolist() == [3, 0, 0, 0]  # also the day of the refund, and of nothing paid
    assert "mean_spend" not in found.customers
    assert found.frame["amount"].isna().all()
    assert "$" not in str(found.describe())


def test_the_unit_changes_times_and_nothing_else():
    days, weeks = (summary(period=period).customers for period in ("D", "W"))
    pd.testing.assert_frame_equal(days[["recency", "age"]], 7 * weeks[["recency", "age"]])
    pd.testing.assert_frame_equal(days.drop(columns=["recency", "age"]), weeks.drop(columns=["recency", "age"]))


def test_the_log_is_not_changed_and_its_order_does_not_matter():
    before = LOG.copy(deep=True)
    found = summary(LOG.sample(frac=1, random_state=3)).customers.sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(found, summary().customers.sort_values("customer_id", ignore_index=True))
    pd.testing.assert_frame_equal(LOG, before)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_another_way_to_count(seed):
    log = purchase_log(np.random.default_rng(seed), 400, 60, 120)
    end = pd.Timestamp("2024-03-15")
    kept = log[(log["amount"] >= 0) & (log["date"] <= end)]
    daily = kept.groupby(["customer_id", "date"])["amount"].sum().reset_index()
    expected = []
    for name, days in daily.groupby("customer_id"):
        repeat = days["amount"].iloc[1:]
        first, last = days["date"].iloc[0], days["date"].iloc[-1]
        paid = repeat[repeat > 0]
        expected.append((name, len(repeat), (last - first).days, (end - first).days, len(paid), paid.mean()))
    columns = ["customer_id", "frequency", "recency", "age", "n_paid", "mean_spend"]
    found = summary(log, "D", end.date()).customers.sort_values("customer_id", ignore_index=True)[columns]
    pd.testing.assert_frame_equal(found, pd.DataFrame(expected, columns=columns), check_dtype=False)


def ids_of(found):
    return sorted(found.customers["customer_id"])


def test_refunds_are_not_taken_off_purchases():
    log = pd.DataFrame({"customer_id": [1, 1, 2], "date": ["2024-01-05"] * 3, "amount": [10.0, -30.0, -5.0]})
    found = summary(log, "D")
    assert ids_of(found) == [1]  # a day and a customer below zero in sum; the second has no purchase
    counts = found.frame.set_index("what")
    assert counts["n"][["purchases", "refunds (below zero)", "customers without a purchase, left out"]].tolist() == [
        1,
        2,
        1,
    ]
    assert counts["amount"][["purchases", "refunds (below zero)"]].tolist() == [10.0, -35.0]


def test_a_large_first_purchase_does_not_blur_the_small_ones_after_it():
    log = pd.DataFrame({"customer_id": 1, "date": ["2024-01-01", "2024-01-02"], "amount": [1e15, 0.01]})
    assert summary(log).customers["mean_spend"].tolist() == [0.01]


LARGE = 2**63 - 1


@pytest.mark.parametrize(
    ("ids", "dtype"),
    [
        ([0, 1, 2], "int64"),
        ([LARGE, LARGE - 1, LARGE - 2], "int64"),
        ([-LARGE - 1, LARGE, 0], "int64"),  # their range is no int64
        ([2**64 - 1, 2**64 - 2, 2**64 - 3], "uint64"),
        ([-128, 127, 0], "int8"),
        ([LARGE, LARGE - 1, 5], "Int64"),
        (["b", "a", "c"], object),
        (["b", "a", "c"], "category"),
        ([1.5, 2.5, 1e15], float),
        ([pd.Timestamp("2024-01-01"), pd.Timestamp("2024-01-02"), pd.Timestamp("2024-01-03")], None),
    ],
)
@pytest.mark.parametrize("copies", [1, 100])  # ids are codes already when they lie close together
def test_ids_of_every_kind_come_back_as_they_were(ids, dtype, copies):
    log = pd.DataFrame(
        {"customer_id": pd.Series(ids * copies, dtype=dtype), "date": "2024-01-01", "amount": [1.0, 2.0, 4.0] * copies}
    )
    log.loc[log.index[0], "date"] = "2023-12-30"
    log["date"] = pd.to_datetime(log["date"])
    found = summary(log, "D").customers
    assert sorted(found["customer_id"]) == sorted(ids)
    assert found["customer_id"].dtype == log["customer_id"].dtype
    repeat = found.set_index("customer_id")["mean_spend"]
    assert repeat.isna().sum() == (2 if copies > 1 else 3)
    assert copies == 1 or repeat[ids[0]] == copies - 1.0


def test_ids_close_together_and_far_apart_say_the_same():
    log = purchase_log(np.random.default_rng(8), 400, 60, 120).dropna(subset="customer_id")
    close = log.assign(customer_id=log["customer_id"].astype("int64"))
    apart = log.assign(customer_id=close["customer_id"] * 10**12)
    ours, theirs = (summary(each).customers.sort_values("customer_id", ignore_index=True) for each in (close, apart))
    pd.testing.assert_frame_equal(ours.assign(customer_id=ours["customer_id"] * 10**12), theirs)
    pd.testing.assert_frame_equal(summary(close).frame, summary(apart).frame)


def test_small_whole_numbers_over_their_whole_range_are_told_apart():
    ids = np.arange(-128, 128, dtype=np.int8)
    log = pd.DataFrame({"customer_id": ids, "date": pd.Timestamp("2024-01-01"), "amount": 1.0})
    assert ids_of(summary(log)) == ids.tolist()


def test_dates_of_every_kind_are_the_same_days():
    text = pd.Series(["2024-01-01", "2024-01-15 23:59:59", "2024-01-15"])
    expected = summary(LOG.head(3).assign(date=text)).customers
    assert expected["recency"].tolist() == [2.0]
    for dates in (
        pd.to_datetime(text, format="mixed"),
        pd.to_datetime(text, format="mixed").astype("datetime64[s]"),
        pd.to_datetime(text, format="mixed").dt.date,
        pd.to_datetime(text, format="mixed").dt.tz_localize("Pacific/Auckland"),  # the day on the clock there
    ):
        pd.testing.assert_frame_equal(summary(LOG.head(3).assign(date=dates)).customers, expected)


def test_the_whole_calendar_fits():
    dates = np.array(["0001-01-01", "9999-12-31"] * 3, dtype="datetime64[s]")
    log = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3, 3], "date": dates, "amount": 1.0})
    found = LogInMemory.of(log, "customer_id", "date", "amount").summary(LAST_DAY).customers
    assert (found["last_day"] - found["first_day"]).tolist() == [3652058] * 3
    assert found["last_day"].tolist() == [3652059] * 3


def ended(*dates):
    return pd.DataFrame({"customer_id": range(len(dates)), "date": dates, "amount": 1.0})


def test_a_slip_in_the_last_date_does_not_become_the_end_of_the_data():
    slip = ended("2024-01-01", "2024-01-05", "2204-01-01", "2204-02-01")
    with pytest.raises(wb.TableError, match=r"`date` lies in the future; 2 of 4 rows \(first: 2204-01-01\)"):
        summary(slip, until=None)
    assert summary(slip).frame.set_index("what")["n"]["after the end of the data"] == 2
    for wrong in (slip.assign(date=["2024-02-30", *slip["date"][1:]]), slip.assign(amount=["x", 1, 1, 1])):
        with pytest.raises(wb.TableError, match=r"^2 problems(?s:.)*in the future; 2 of [34] rows"):
            summary(wrong, until=None)
        with pytest.raises(wb.TableError, match=r"^1 problem"):
            summary(wrong)
    alone = ended("2024-01-01", "2024-01-05", None, "2025-01-07")
    with pytest.raises(wb.TableError, match="ends 368 days after the date before its last one; 1 of 3 rows"):
        summary(alone, until=None)
    assert str(summary(alone, until="2025-01-07").until) == "2025-01-07"


def test_the_end_may_lie_a_year_after_the_rest_or_tomorrow():
    assert str(summary(ended("2024-01-05", "2025-01-05"), until=None).until) == "2025-01-05"
    tomorrow = pd.Timestamp.today().normalize() + pd.Timedelta(days=1)  # it is tomorrow already further east
    assert summary(ended(tomorrow), until=None).until == tomorrow.date()


def test_words_say_where_the_end_comes_from():
    assert "until 2024-03-01 (the last date of the log);" in str(summary(until=None).describe())
    assert "the last date of the log" not in str(summary().describe())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="date"), "`date` is missing from the table"),
        (lambda t: t.assign(date="yesterday"), "`date` must be a date; 11 of 11 rows"),
        (lambda t: t.assign(date="05/01/2024"), "`date` can be read in two ways: 05/01/2024 with the day or with the"),
        (lambda t: t.assign(date=np.datetime64("12024-01-05", "s")), "`date` must lie in the years 1 to 9999; 11 of"),
        (lambda t: t.assign(amount="three"), "`amount` must be a number; 11 of 11 rows .* Write numbers"),
        (lambda t: t.assign(amount="3,500"), "`amount` can be read in two ways: 3,500 with a decimal mark, or as a"),
        (lambda t: t.assign(amount=True), "`amount` must be a number; 11 of 11 rows"),
        (lambda t: t.assign(customer_id=True), "`customer_id` must be ids, not true or false; 11 of 11 rows"),
        (lambda t: t.assign(customer_id=[True, None] * 5 + [False]), "`customer_id` must be ids, not true or false"),
        (lambda t: t.assign(customer_id=["A1", "A1 ", "B "] + ["C"] * 8), "differ only in blanks around them; 1 of 11"),
        (lambda t: t.assign(amount=np.inf), "`amount` must be a number; 11 of 11 rows"),
        (lambda t: t.assign(amount=-1.0), "`amount` has no purchase in it"),
        (lambda t: t.head(0), "has no purchase in it"),
        (lambda t: t.assign(customer_id=[1, "1"] + [2] * 9), "`customer_id` mixes text and other ids"),
        (lambda t: t.assign(customer_id=[1.5, "1"] + [2] * 9), "`customer_id` mixes text and other ids"),
        (lambda t: t.assign(customer_id=[[1]] * 11), "`customer_id` must be ids, not lists"),
        (lambda t: t.assign(customer_id=[2.0**53 + 2, *range(10)]), "`customer_id` has ids that a float .* 1 of 11"),
        (
            lambda t: t.assign(customer_id=np.float32([2.0**24 + 2, *range(10)])),
            "`customer_id` has ids that a float .* 1 of 11",
        ),
        (lambda t: pd.concat([t, t[["amount"]]], axis=1), "`amount` is the name of more than one column"),
        (lambda t: t.to_dict(), "must be a pandas, polars, DuckDB or Spark frame, not dict"),
        (lambda t: None, "must be a pandas, polars, DuckDB or Spark frame, not NoneType"),
    ],
)
def test_bad_logs_are_refused(change, said):
    with pytest.raises(wb.TableError, match=said):
        summary(change(LOG))


def test_every_problem_of_a_log_is_listed_at_once():
    bad = LOG.drop(columns="customer_id").assign(date="soon", amount="much")
    with pytest.raises(wb.TableError, match="3 problems") as caught:
        summary(bad)
    assert caught.value.problems["column"].tolist() == ["customer_id", "date", "amount"]
    assert caught.value.problems["first"].tolist() == ["", "row 1, soon", "row 1, much"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"customer": "age"}, "`age` is what a column of the result is called"),
        ({"customer": "date"}, "`date` is named for two of customer, date and amount"),
        ({"customer": "who", "amount": "money"}, "2 problems(?s:.*)`who` is missing(?s:.*)`money` is missing"),
        ({"customer": "who"}, r"Name the column that holds it, as customer=\"\.\.\.\"\. Columns: customer_id, date"),
        ({"amount": "money"}, r"Name the column that holds it, as amount=\"\.\.\.\"\. Columns: customer_id, date"),
    ],
)
def test_names_that_cannot_be_meant_are_refused(names, said):
    with pytest.raises(wb.TableError, match=said):
        summary(LOG.assign(age=LOG["customer_id"]), **names)


def test_a_log_without_any_date_has_no_end():
    with pytest.raises(wb.TableError, match="`date` has no date in it"):
        summary(LOG.assign(date=pd.NaT), until=None)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"period": "Q"}, "period must be"),
        ({"period": "fortnight"}, "period must be"),
        ({"until": "soon"}, "until`? must be a date"),
        ({"until": "2024-02-30"}, "until`? must be a date"),
        ({"until": 20240105}, "until`? must be a date"),
        ({"until": pd.NaT}, "until`? must be a date"),
        ({"until": "9999-12-31"}, "until must not lie in the future: 9999-12-31"),
        ({"until": "2023-12-31"}, "no purchase in it. .*`until`"),
    ],
)
def test_bad_settings_are_refused(more, said):
    with pytest.raises(ValueError, match=said):
        summary(**more)
