"""Are events counted up to the loss, and a settlement for one complaint?"""

import contracts_by_hand as by_hand
import numpy as np
import pandas as pd
import pytest
from contracts_by_hand import on, table
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import all_of

import winback as wb
from winback.base.events import counts_until

COUNTS = ["referrals", "complaints", "complaints_resolved"]


def log(*rows):
    return pd.DataFrame([(who, on(day), event) for who, day, event in rows], columns=["customer_id", "date", "event"])


def counted(rows, *events, until=400, **more):
    base = wb.read_contracts(table(rows), log(*events), until=on(until), **more)
    frame = base.lapsed().frame
    return [[int(row.get(name, 0)) for name in COUNTS] for _, row in frame.iterrows()]


ONE = [(1, 10, 100, 5), (1, 200, None, 5)]


def test_events_count_from_the_first_day_to_that_of_the_loss():
    days = (9, 10, 100, 101, 250)
    assert counted(ONE, *((1, day, "complaint") for day in days)) == [[0, 2, 0]]
    assert counted(ONE, *((1, day, "referral") for day in days)) == [[2, 0, 0]]
    others = wb.read_contracts(table(ONE), log((1, 50, "volume"), (1, 60, "contact")), until=on(400))
    assert not set(COUNTS) & set(others.lapsed().frame)  # nobody knows whether there were any
    said = "No event is called complaint or complaint_resolved or referral, so none is counted (there are: contact, "
    assert f"{said}volume)" in all_of(others)


def test_a_settlement_settles_one_complaint_made_before_or_on_the_same_day():
    assert counted(ONE, (1, 20, "complaint"), (1, 30, "complaint_resolved")) == [[0, 1, 1]]
    assert counted(ONE, (1, 20, "complaint_resolved"), (1, 20, "complaint")) == [[0, 1, 1]]
    assert counted(ONE, (1, 20, "complaint_resolved"), (1, 21, "complaint")) == [[0, 1, 0]]
    assert counted(ONE, (1, 20, "complaint"), (1, 21, "complaint"), (1, 22, "complaint_resolved")) == [[0, 2, 1]]
    assert counted(ONE, *((1, day, "complaint_resolved") for day in (30, 31)), (1, 20, "complaint")) == [[0, 1, 1]]
    assert counted(ONE, (1, 20, "complaint"), (1, 101, "complaint_resolved")) == [[0, 1, 0]]  # after the loss


def test_events_have_names_in_any_case_and_ids_in_any_type():
    rows = [(1, 10, 100, 5)]
    events = log(("1", 20, "Complaint"), ("1", 30, " COMPLAINT resolved "), ("1", 40, "Referral"))
    frame = wb.read_contracts(table(rows), events, until=on(400)).lapsed().frame
    assert frame[COUNTS].to_numpy().tolist() == [[1, 1, 1]]


def test_an_offer_or_a_day_changes_nothing_of_what_is_counted():
    events = log((1, 20, "complaint"), (1, 150, "complaint"))
    base = wb.read_contracts(table(ONE), events, until=on(400))
    assert base.lapsed(asof=on(180)).frame["complaints"].tolist() == [1]


def plain(events, start, end):
    """Return the counts of one customer by going through the days."""
    found, waiting = [0, 0, 0], 0
    for day in range(start, end + 1):
        names = [name for each, name in events if each == day]
        found[0] += names.count("referral")
        found[1] += names.count("complaint")
        waiting += names.count("complaint")
        settled = min(waiting, names.count("complaint_resolved"))
        found[2], waiting = found[2] + settled, waiting - settled
    return found


STARTED = by_hand.contracts().filter(lambda rows: any(row[1] <= 250 for row in rows))
EVENT = st.tuples(
    st.integers(0, 2), st.integers(0, 12), st.sampled_from(["complaint", "complaint_resolved", "referral"])
)


@settings(max_examples=200)
@given(events=st.lists(EVENT, max_size=14), start=st.integers(0, 4), length=st.integers(0, 9))
def test_counts_are_those_of_a_plain_loop(events, start, length):
    who, day, name = (
        (np.array(each) for each in zip(*events, strict=True)) if events else (np.array([], dtype=int),) * 3
    )
    found = counts_until(who, day, name, np.full(3, start), np.full(3, start + length))
    for customer in range(3):
        own = [(each, event) for person, each, event in events if person == customer]
        expected = dict(zip(COUNTS, plain(own, start, start + length), strict=True))
        assert {name: counts[customer] for name, counts in found.items()} == {name: expected[name] for name in found}
    assert ("referrals" in found) == ("referral" in name)
    assert ("complaints" in found) == ("complaint" in name)
    assert ("complaints_resolved" in found) == ("complaint_resolved" in name)


@settings(max_examples=30)
@given(rows=STARTED, later=st.lists(st.integers(251, 400)))
def test_events_after_the_end_change_nothing(rows, later):
    who = rows[0][0]
    first = [(who, 100, "complaint")]
    assert counted(rows, *first, until=250) == counted(
        rows, *first, *((who, day, "complaint") for day in later), until=250
    )


def test_events_of_others_and_before_the_start_are_said():
    base = wb.read_contracts(
        table(ONE), log((1, 5, "complaint"), (1, 50, "complaint"), (7, 50, "referral")), until=on(400)
    )
    assert base.describe().splitlines()[-1] == (
        "Events before the first contract of their customers are not counted: 1 (first: customer 1, complaint on "
        "2023-01-06)."
    )
    assert (
        "The table of events names 1 customer who has no contract (first: 7): those rows are left out."
        in base.details()
    )
    with pytest.raises(
        wb.TableError, match=r"`events.customer_id` holds none of the customers .* \(there: 1, here: 7\)"
    ):
        wb.read_contracts(table(ONE), log((7, 50, "referral")), until=on(400))
