"""Are lives what contracts come to? By hand, by a plain loop over days, and by laws."""

import contracts_by_hand as by_hand
import numpy as np
import pandas as pd
import pytest
from contracts_by_hand import on, table
from hypothesis import given, settings
from hypothesis import strategies as st

import winback as wb

GRACES = st.sampled_from([0, 1, 10, 30])
UNTIL = 250


def read(rows, until=UNTIL, grace=30, **more):
    return wb.read_contracts(table(rows), until=on(until), grace_days=grace, **more)


def lives(rows, **how):
    """Return (life, start, end, ended, pending) in days of the only customer."""
    frame = read(rows, **how).lives
    days = {name: (frame[name] - pd.Timestamp(by_hand.FIRST_DAY)).dt.days for name in ("start", "end")}
    return list(zip(frame["life"], days["start"], days["end"], frame["ended"], frame["pending"], strict=True))


def started_by(rows, until=UNTIL):
    return any(row[1] <= until for row in rows)


# by hand


def test_a_gap_of_the_grace_period_is_a_change_of_contract_and_one_day_more_a_loss():
    assert [each[:3] for each in lives([(1, 0, 50, 5), (1, 80, 120, 5)])] == [(1, 0, 120)]
    assert [each[:3] for each in lives([(1, 0, 50, 5), (1, 81, 120, 5)])] == [(1, 0, 50), (2, 81, 120)]
    assert [each[:3] for each in lives([(1, 0, 50, 5), (1, 50, 120, 5)], grace=0)] == [(1, 0, 120)]
    assert [each[:3] for each in lives([(1, 0, 50, 5), (1, 51, 120, 5)], grace=0)] == [(1, 0, 50), (2, 51, 120)]


def test_who_left_less_than_the_grace_period_ago_is_pending():
    assert lives([(1, 0, 220, 5)]) == [(1, 0, 220, True, False)]
    assert lives([(1, 0, 221, 5)]) == [(1, 0, 221, False, True)]
    frame = read([(1, 0, 220, 5), (2, 0, 221, 5), (3, 0, None, 5), (4, 0, 90, 5), (4, 200, None, 5)]).to_frame()
    assert dict(zip(frame["state"], frame["n"], strict=True)) == {"here": 1, "back": 1, "lost": 1, "pending": 1}


def test_contracts_that_overlap_are_one_life():
    rows = [(1, 0, 200, 5), (1, 20, 40, 5), (1, 30, 60, 5), (1, 225, 240, 5)]
    assert [each[:3] for each in lives(rows)] == [(1, 0, 240)]  # 25 days after the long one, 165 after the last begun


def test_a_contract_that_ends_after_the_data_still_runs_and_its_reason_is_not_known_yet():
    contracts = table([(1, 0, 251, 5), (2, 0, 250, 5)]).assign(reason=["price", "price"], exit_text=["a", "b"])
    base = wb.read_contracts(contracts, until=on(UNTIL), grace_days=0)
    assert base.lives["end"].isna().tolist() == [True, False]
    assert base.contracts["reason"].isna().tolist() == [True, False]
    assert base.contracts["exit_text"].isna().tolist() == [True, False]


def test_margin_is_money_per_month_under_contract():
    assert read([(1, 0, 30, 10), (1, 30, 90, 40)]).lives["margin"].tolist() == [30]  # a third of the time 10
    assert read([(1, 0, 30, 10), (1, 50, 80, 40)]).lives["margin"].tolist() == [25]  # the gap does not count
    assert read([(1, 0, 100, 10), (1, 50, 100, 40)]).lives["margin"].tolist() == [30]  # half of the time 50
    assert read([(1, 0, 100, 10), (1, 50, 150, None)]).lives["margin"].tolist() == [10]
    assert read([(1, 7, 7, 12)]).lives["margin"].tolist() == [12]
    assert np.isnan(read([(1, 0, 9, None)]).lives["margin"][0])


def test_since_leaves_out_lives_that_ended_by_then_and_numbers_the_others_anew():
    rows = [(1, 0, 50, 5), (1, 100, 200, 5), (2, 0, 90, 5), (3, 20, None, 5)]
    base = read(rows, since=on(90))
    assert base.lives[["customer_id", "life"]].to_numpy().tolist() == [[1, 1], [3, 1]]
    assert base.n == 2
    assert read(rows, since=on(89)).n == 3


def test_the_last_contract_speaks_of_the_loss_and_the_first_of_the_start():
    contracts = table([(1, 0, 60, 5), (1, 30, 90, 5), (1, 85, 90, 5)]).assign(
        manager=["ann", "bob", "cid"], reason=[None, "old", "price"]
    )
    base = wb.read_contracts(contracts, until=on(UNTIL))
    assert base.lapsed().frame[["manager", "reason"]].iloc[0].tolist() == ["cid", "price"]
    assert base.first_lives()[["manager", "reason"]].iloc[0].tolist() == ["ann", "price"]


def test_loss_by_choice_is_told_from_the_reason():
    contracts = table([(1, 0, 90, 5), (2, 0, 90, 5), (3, 0, 90, 5), (4, 0, None, 5)])
    contracts["reason"] = ["Moved", "price", None, None]
    base = wb.read_contracts(contracts, until=on(UNTIL))
    assert base.lives["involuntary"].tolist() == [True, False, pd.NA, pd.NA]
    assert "Losses by choice: 1; without it (moved, died, payment failed and the like): 1;" in base.details()
    other = wb.read_contracts(contracts, until=on(UNTIL), involuntary=["PRICE"])
    assert other.lives["involuntary"].tolist() == [False, True, pd.NA, pd.NA]
    with pytest.raises(wb.TableError, match=r"`reason` is never 'gone', named by involuntary. Reasons that are there"):
        wb.read_contracts(contracts, until=on(UNTIL), involuntary=["moved", "gone"])
    with pytest.raises(ValueError, match="involuntary must be reasons in text; got 1"):
        wb.read_contracts(contracts, until=on(UNTIL), involuntary=iter([1]))


# by a plain loop over customers and days


@settings(max_examples=150, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), grace=GRACES)
def test_lives_are_those_of_a_plain_loop(rows, grace):
    expected = by_hand.lives(rows, UNTIL, grace)
    found = read(rows, grace=grace).all_lives
    ids = list(dict.fromkeys(row[0] for row in rows if row[1] <= UNTIL))
    start = int(np.datetime64(by_hand.FIRST_DAY, "D").astype(int))
    for place, who in enumerate(ids):
        own = np.flatnonzero(found.customer == place)
        got = [(found.start[k] - start, found.end[k] - start, bool(found.runs[k]), bool(found.ended[k])) for k in own]
        assert got == [each[:4] for each in expected[who]]
        margins = [np.nan if each[4] is None else each[4] for each in expected[who]]
        np.testing.assert_allclose(found.margin[own], margins, rtol=1e-12)
        assert found.number[own].tolist() == list(range(1, len(own) + 1))


# laws


def same(one, other):
    """Compare what two bases say of their customers."""
    for frame, again in ((one.lives, other.lives), (one.to_frame(), other.to_frame())):
        pd.testing.assert_frame_equal(frame, again)
    pd.testing.assert_frame_equal(one.lapsed().frame, other.lapsed().frame)


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts(known=True).filter(started_by), grace=GRACES, data=st.data())
def test_splitting_a_contract_at_a_day_changes_nothing(rows, grace, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    who, start, end, margin = rows[place]
    day = data.draw(st.integers(start, UNTIL if end is None else end)) if start <= UNTIL else start
    parts = [(who, start, day, margin), (who, day, end, margin)]
    same(read(rows, grace=grace), read([*rows[:place], *parts, *rows[place + 1 :]], grace=grace))


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), grace=GRACES, shift=st.integers(1, 400))
def test_shifting_all_dates_shifts_the_lives(rows, grace, shift):
    later = [(who, start + shift, None if end is None else end + shift, margin) for who, start, end, margin in rows]
    one, other = read(rows, grace=grace), read(later, until=UNTIL + shift, grace=grace)
    by = pd.Timedelta(days=shift)
    moved = one.lives.assign(start=one.lives["start"] + by, end=one.lives["end"] + by)
    pd.testing.assert_frame_equal(moved, other.lives)
    left_on = one.lapsed().frame["left_on"] + by
    pd.testing.assert_frame_equal(one.lapsed().frame.assign(left_on=left_on), other.lapsed().frame)


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), later=by_hand.contracts(), grace=GRACES)
def test_what_comes_after_the_end_changes_nothing(rows, later, grace):
    ahead = [
        (who, start + UNTIL + 1, None if end is None else end + UNTIL + 1, margin) for who, start, end, margin in later
    ]
    cut = [(who, start, end if end is not None and end <= UNTIL else None, margin) for who, start, end, margin in rows]
    same(read(cut, grace=grace), read([*rows, *ahead], grace=grace))


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), order=st.randoms(use_true_random=False), grace=GRACES)
def test_the_order_of_rows_changes_only_the_order_of_customers(rows, order, grace):
    mixed = list(rows)
    order.shuffle(mixed)
    one, other = (
        read(each, grace=grace).lives.sort_values(["customer_id", "life"], ignore_index=True) for each in (rows, mixed)
    )
    pd.testing.assert_frame_equal(one, other)


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), grace=GRACES)
def test_since_before_everything_changes_nothing(rows, grace):
    one, other = read(rows, grace=grace), read(rows, grace=grace, since=on(-100))
    pd.testing.assert_frame_equal(one.lives, other.lives)


@settings(max_examples=60, deadline=None)
@given(rows=by_hand.contracts().filter(started_by), grace=GRACES)
def test_a_longer_grace_period_never_makes_more_losses(rows, grace):
    short, long = read(rows, grace=grace), read(rows, grace=grace + 7)
    assert long.all_lives.ended.sum() <= short.all_lives.ended.sum()
    assert len(long.lives) <= len(short.lives)
    assert short.to_frame()["n"].sum() == long.to_frame()["n"].sum() == short.n
