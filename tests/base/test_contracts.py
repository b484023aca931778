"""Is a base read once from whatever an analyst has, with one error for all that is wrong, and what is doubtful said?"""

import datetime
import hashlib

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from contracts_by_hand import on, table
from sentences import all_of, hold_to_three

import winback as wb
from winback.base.any_base import read_base

UNTIL = "2024-02-05"  # day 400
ROWS = [(1, 0, 100, 10), (1, 150, 200, 20), (2, 0, 90, 12), (3, 0, None, 15), (4, 0, 375, 15)]
EVENTS = pd.DataFrame({"customer_id": [1, 2], "date": ["2023-02-01"] * 2, "event": ["complaint", "referral"]})


def read(contracts=None, events=None, until=UNTIL, **more):
    return wb.read_contracts(table(ROWS) if contracts is None else contracts, events, until=until, **more)


# from whatever an analyst has


def test_all_frames_and_files_give_the_same_base(tmp_path):
    contracts = table(ROWS)
    contracts.to_csv(tmp_path / "contracts.csv", index=False)
    contracts.to_excel(tmp_path / "contracts.xlsx", index=False)
    contracts.to_parquet(tmp_path / "contracts.parquet")
    EVENTS.to_csv(tmp_path / "events.csv", index=False)
    expected = read(contracts, EVENTS)
    for name in ("contracts.csv", "contracts.xlsx", "contracts.parquet"):
        base = read(tmp_path / name, tmp_path / "events.csv")
        pd.testing.assert_frame_equal(base.lives, expected.lives)
        pd.testing.assert_frame_equal(base.lapsed().frame, expected.lapsed().frame)
        assert base.source == name
        digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
        assert (f"SHA-256 of {name}", digest) in base.provenance.items
    for frame in (pl.from_pandas(contracts), pa.Table.from_pandas(contracts), duckdb.from_df(contracts)):
        pd.testing.assert_frame_equal(read(frame, pl.from_pandas(EVENTS)).lapsed().frame, expected.lapsed().frame)


def test_columns_under_other_names_are_found_or_named(tmp_path):
    contracts = table(ROWS).rename(columns={"customer_id": "Kundennummer", "start": "Vertragsbeginn", "margin": "db"})
    events = EVENTS.rename(columns={"customer_id": "kunde_x", "date": "am"})
    base = read(contracts, events, columns={"margin": "db", "date": "am", "customer_id": "kunde_x"})
    pd.testing.assert_frame_equal(base.lapsed().frame, read(events=EVENTS).lapsed().frame)
    assert '"Kundennummer" was read as customer_id: may repeat: one row per contract.' in base.details()
    with pytest.raises(wb.TableError, match=r"`nowhere` is not a column, so it cannot be used as `margin`"):
        read(contracts, events, columns={"margin": "nowhere", "date": "am", "customer_id": "kunde_x"})
    with pytest.raises(wb.TableError, match=r"`events.am_tag` is not a column, so it cannot be used as `date`"):
        read(contracts, events, columns={"date": "am_tag", "customer_id": "kunde_x"})
    with pytest.raises(wb.TableError, match=r"`marge` is not one of winback's columns. Did you mean `margin`"):
        read(contracts, columns={"marge": "db"})


def test_ids_come_out_as_they_went_in():
    contracts = table(ROWS).assign(customer_id=["0012", "0012", "12", "9" * 20, "x"])
    events = EVENTS.assign(customer_id=["0012", "12"])
    frame = read(contracts, events).lapsed().frame
    assert frame["customer_id"].tolist() == ["0012", "12"]
    assert frame["complaints"].tolist() == [1, 0]
    assert frame["referrals"].tolist() == [0, 1]


def test_times_of_day_and_time_zones_do_not_matter():
    contracts = table(ROWS)
    late = contracts.assign(
        start=contracts["start"] + pd.Timedelta(hours=17), end=contracts["end"] + pd.Timedelta(hours=2)
    )
    zoned = late.assign(start=late["start"].dt.tz_localize("UTC"))
    for frame in (late, zoned):
        pd.testing.assert_frame_equal(read(frame).lapsed().frame, read().lapsed().frame)
    assert read(until=datetime.datetime(2024, 2, 5, 13)).until == datetime.date(2024, 2, 5)


def test_the_analysts_own_table_is_not_changed():
    contracts, before = table(ROWS), table(ROWS)
    base = read(contracts)
    base.lapsed().frame["customer_id"] = 0
    pd.testing.assert_frame_equal(contracts, before)


def test_far_dates_mean_that_a_contract_still_runs():
    contracts = table(ROWS).astype({"end": object})
    contracts["end"] = ["2023-04-11", "9999-12-31", "2023-04-01", "31.12.2999", None]
    assert read(contracts).lives["end"].isna().tolist() == [False, True, False, True, True]


# what is wrong is said at once


def test_all_problems_of_all_tables_come_in_one_error():
    contracts = table(ROWS).astype({"margin": object})
    contracts.loc[0, ["start", "end"]] = contracts.loc[0, ["end", "start"]].to_numpy()
    contracts.loc[1, "margin"] = "much"
    events = EVENTS.assign(date=["2023-02-30", "2023-02-01"])
    served_by = pd.DataFrame({"customer_id": [1], "manager": ["ann"], "from": [on(9)], "to": [on(3)]})
    with pytest.raises(wb.TableError) as error:
        read(contracts, events, served_by=served_by)
    text = str(error.value)
    assert text.startswith(
        "4 problems in the table of contracts and the table of events and the table of who serves whom:"
    )
    assert "`margin` must be a number; 1 of 5 rows (first: customer 1, row 2, much)" in text
    assert "`end` must not be before `start`; 1 of 5 rows (first: customer 1, row 1" in text
    assert "`events.date` must be a date; 1 of 2 rows" in text
    assert "`served_by.to` must not be before `from`; 1 of 1 rows" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": None}, "`start` must not be missing; 5 of 5 rows"),
        ({"customer_id": None}, "`customer_id` must not be missing; 5 of 5 rows"),
        ({"margin": 1e13}, "`margin` is too large for money per month; 5 of 5 rows"),
        ({"start": "9999-12-31"}, "`start` holds dates that stand for none"),
    ],
)
def test_cells_that_cannot_be_used(change, message):
    with pytest.raises(wb.TableError, match=message):
        read(table(ROWS).astype(object).assign(**change))


def test_tables_that_cannot_be_used(tmp_path):
    with pytest.raises(
        wb.TableError, match=r"`end` is missing from the table\. Add it \(last day; missing = still active"
    ):
        read(table(ROWS).drop(columns="end"))
    with pytest.raises(wb.TableError, match="must be a frame of pandas, polars, pyarrow or DuckDB, or a path"):
        read([1, 2])
    with pytest.raises(wb.TableError, match="`table` has no rows"):
        read(table(ROWS).head(0))
    with pytest.raises(FileNotFoundError, match="There is no file"):
        read(tmp_path / "none.csv")
    with pytest.raises(wb.TableError, match="1 problem in the table of events:"):
        read(events=EVENTS.drop(columns="event"))
    with pytest.raises(ValueError, match="A trial has a table of lapsed customers, and no table of contracts"):
        read(_trial())


def _trial():
    lapsed = pd.DataFrame({"customer_id": range(8), "offer": ["a", "none"] * 4, "returned": [True] * 8, "value": 5.0})
    return wb.read_trial(lapsed, [wb.Offer(name="a", amount=1, paid="per_contact")])


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"until": "soon"}, "until must be a date, such as 2024-12-31; got 'soon'"),
        ({"since": "once"}, "since must be a date, such as 2024-12-31; got 'once'"),
        ({"until": "2022-12-31"}, r"`start` is after until \(2022-12-31\) in every row: nobody is a customer yet"),
        ({"since": "2024-01-06"}, r"since \(2024-01-06\) must be more than the grace period of 30 days before until"),
        ({"grace_days": -1}, "grace_days must be between 0 and 3650; got -1"),
        ({"decimal": ";"}, "decimal must be"),
        ({"grace_days": 2.5}, "`grace_days` must be a whole number"),
    ],
)
def test_settings_that_make_no_sense(how, message):
    with pytest.raises(ValueError, match=message):
        read(**how)


# stated behaviour at the edges


def test_one_customer_everyone_lost_nobody_lost():
    one = read(table([(7, 0, None, 5)]))
    assert one.describe().startswith("A table: 1 customer watched to 2024-02-05; nobody was lost.")
    assert one.lapsed().frame.empty
    assert one.lapsed().describe().startswith("A table: nobody is in the table of lost customers so far")
    everyone = read(table([(1, 0, 100, 5), (2, 0, 200, 6)]))
    assert everyone.describe().startswith(
        "A table: 2 customers watched to 2024-02-05; 2 were lost (100.0%), of whom none"
    )
    assert wb.survival_curve(everyone).frame["n_ended"].tolist() == [2]
    with pytest.raises(wb.TableError, match="is false for everyone: nobody has left"):
        wb.fit_duration(read(table([(1, 0, None, 5), (2, 0, None, 6)])), "1")
    hold_to_three(one, one.lapsed(), everyone, everyone.lapsed())


def test_what_a_base_says_of_itself():
    base = read(since="2023-01-05")
    assert base.describe().splitlines() == [
        "A table: 4 customers watched from 2023-01-05 to 2024-02-05; 2 were lost (50.0%), of whom 1 came back.",
        "A loss is the end of a contract that no other one follows within 30 days; 1 is pending, without a contract "
        "for less than that.",
        "Contracts that ended by 2023-01-05 are not looked at; how long customers had stayed by then is known, and "
        "that time is not at risk.",
    ]
    assert "nobody is pending" in read(table(ROWS[:4])).describe()
    assert base.table()["Number"].tolist() == ["1", "0", "2", "1"]
    late = [(5, 500, None, 9)]
    assert "Contracts that begin after 2024-02-05 are not looked at: 1." in read(table(ROWS + late)).details()


def test_several_employees_of_one_customer_are_kept():
    served_by = pd.DataFrame(
        {"customer_id": [1, 9], "manager": ["ann", "bob"], "from": [on(0)] * 2, "to": [on(9), None]}
    )
    base = read(served_by=served_by)
    assert base.served_by["manager"].tolist() == ["ann"]
    assert "The table of who serves whom names 1 customer who has no contract (first: 9)" in all_of(base)


def test_a_base_of_which_nobody_was_watched_is_refused():
    rows = [(1, 0, 100, 5), (2, 300, None, 5)]
    with pytest.raises(wb.TableError, match=r"`end` is not after since \(2023-04-11\) in any row: nobody was watched"):
        read(table(rows[:1]), since=on(100))
    with pytest.raises(ValueError, match="Nobody was watched by 2023-07-20: all contracts had ended by 2023-04-11"):
        read(table(rows), since=on(100)).as_of(on(200))


def test_settings_that_change_nothing_are_said(tmp_path):
    said = "The order of day and month was stated, but no date is like 03/02/2024: it changed nothing."
    assert said in read(day_first=True).details()
    contracts = table(ROWS).assign(start=table(ROWS)["start"].dt.strftime("%d/%m/%Y"))
    contracts.to_csv(tmp_path / "contracts.csv", index=False)
    base = read(tmp_path / "contracts.csv", EVENTS, until="05/02/2024", day_first=True)
    assert said not in base.details()
    pd.testing.assert_frame_equal(base.lapsed().frame, read(events=EVENTS).lapsed().frame)


def test_nothing_after_the_end_is_kept():
    served_by = pd.DataFrame({"customer_id": 1, "manager": ["a", "b"], "from": [on(0), on(401)], "to": [on(500), None]})
    events = EVENTS.assign(date=["2023-02-01", "2024-02-06"])
    base = read(events=events, served_by=served_by)
    assert (len(base.events), len(base.served_by), base.served_by["to"].isna().tolist()) == (1, 1, [True])
    assert len(base.as_of("2023-01-20").events) == 0


# what is doubtful is said


def test_a_table_without_those_who_left_early_is_doubted(rng):
    start = rng.integers(0, 300, 400)
    end = start + rng.exponential(200, 400).astype(int)
    until = on(900)
    whole = table([(who, int(start[who]), int(end[who]), 5) for who in range(400)])
    assert "Nobody left before" not in all_of(read(whole, until=until))
    known = whole[(whole["end"] > pd.Timestamp(on(250))).to_numpy()]
    said = read(known, until=until).describe()
    assert "Nobody left before 2023-09-" in said
    assert "Nobody left before" not in all_of(read(known, until=until, since=on(250)))


def test_an_end_of_the_data_long_after_the_last_change_is_doubted(rng):
    rows = [(who, int(day), int(day) + 60, 5) for who, day in enumerate(rng.integers(0, 300, 200))]
    said = "is that the last day of the data? Too late a day makes customers stay longer than they do."
    assert said in all_of(read(table(rows), until=on(700)))
    assert said not in all_of(read(table(rows), until=on(380)))


def test_contracts_that_are_there_twice_are_said():
    said = all_of(read(pd.concat([table(ROWS), table(ROWS).head(1)])))
    assert (
        "Contracts in the table twice, alike in every cell: 1 (first: customer 1); what both bring is added up." in said
    )
    assert np.isclose(read(pd.concat([table(ROWS), table(ROWS).head(1)])).lives["margin"][0], 20)


# what runs at the same time, what it brings, what comes later


def test_contracts_at_the_same_time_are_counted_as_a_loop_counts_them():
    rng = np.random.default_rng(11)
    start = rng.integers(0, 380, 120)
    rows = [
        (i % 40, int(s), int(s + d), 10) for i, (s, d) in enumerate(zip(start, rng.integers(0, 60, 120), strict=True))
    ]
    rows = list(dict.fromkeys(rows))
    expected = sum(
        any(
            (i != j and who == other and max(first, begin) < min(last, stop))
            or (i != j and who == other and (begin < first == last < stop or first < begin == stop < last))
            for j, (other, begin, stop, _) in enumerate(rows)
        )
        for i, (who, first, last, _) in enumerate(rows)
    )
    (doubt,) = [each for each in read(table(rows)).doubts if "at the same time" in each]
    assert 0 < expected < len(rows)
    assert f": {expected} (first: customer" in doubt
    assert doubt.endswith("what they bring adds up")


def test_a_contract_that_follows_on_the_day_is_no_overlap():
    base = read(table([(1, 0, 100, 10), (1, 100, 200, 10), (2, 0, None, 10), (2, 0, None, 10)]))
    assert not [each for each in base.doubts if "at the same time" in each]
    assert any(each.startswith("Contracts in the table twice") for each in base.doubts)


def test_contracts_without_a_margin_are_counted():
    rows = [(1, 0, 100, 10), (2, 0, 100, None), (3, 0, None, None)]
    (doubt,) = [each for each in read(table(rows)).doubts if "without a margin" in each]
    assert "others have one: 2 (first: customer 2)" in doubt
    for margins in ([10, 10, 10], [None] * 3):
        known = table([(*row[:3], margin) for row, margin in zip(rows, margins, strict=True)])
        assert not [each for each in read(known).doubts if "without a margin" in each]


def test_events_after_the_end_are_counted():
    events = pd.concat([EVENTS, EVENTS.assign(date="2024-02-06")])
    assert "Events after 2024-02-05 are not looked at: 2." in read(events=events).details()
    assert "Events after" not in read(events=EVENTS).details()


@pytest.mark.parametrize(("asked", "shown"), [(None, "€"), ("€", "€"), ("EUR", "EUR"), ("$", "$")])
def test_the_currency_is_that_of_the_margins(asked, shown):
    contracts = table(ROWS).assign(margin=[f"{each[3]},50 €" for each in ROWS])
    base = read(contracts, currency=asked)
    assert base.currency == base.lapsed().currency == shown
    assert any("which are shown in $" in each for each in base.doubts) == (asked == "$")
    assert read().currency == "$"


def test_no_reader_takes_a_last_day_that_is_still_to_come():
    """Until a later day everybody would seem to have stayed on, whatever the table is."""
    later = f"{datetime.date.today() + datetime.timedelta(days=40)}"
    contracts = pd.DataFrame({"customer_id": [1, 2], "start": "2023-01-01", "end": ["2023-06-30", None]})
    trial = pd.DataFrame(
        {"customer_id": [1, 2], "offer": ["a", "none"], "offered_on": "2023-01-01", "returned_on": None}
    )
    readers = [
        lambda: wb.read_contracts(contracts, until=later),
        lambda: read_base(contracts, until=later),
        lambda: wb.read_trial(trial, [wb.Offer(name="a", amount=1.0, paid="on_acceptance")], until=later),
        lambda: wb.read_purchases(contracts.rename(columns={"start": "date"})[["customer_id", "date"]], until=later),
    ]
    for read in readers:
        with pytest.raises(ValueError, match=f"until must not lie in the future: {later}"):
            read()


def test_dates_as_ids_of_a_column_of_any_objects_stay_what_they_are():
    ids = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"]), dtype=object)  # pandas would guess, and warns of it
    contracts = pd.DataFrame({"customer_id": ids, "start": "2023-01-01", "end": [None, "2024-01-31"]})
    events = pd.DataFrame({"customer_id": ids, "date": "2023-05-01", "event": "complaint"})
    base = wb.read_contracts(contracts, events=events, until="2024-12-31")
    assert base.lapsed().to_frame()["customer_id"].tolist() == [ids[1]]
    log = pd.DataFrame({"customer_id": pd.concat([ids] * 3), "date": "2023-05-01", "amount": 1.0})
    assert wb.read_purchases(log, until="2024-06-30").n == 2
