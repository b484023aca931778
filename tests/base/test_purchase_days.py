"""Is what was known on an earlier day what the log held by then? Against loops over customers."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.base.purchase_days import Gaps, PurchaseDays, histories

ROWS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), min_size=1, max_size=60)


def by_hand(rows, end):
    """Return each customer's days until one, in order."""
    return {code: sorted({day for who, day in rows if who == code and day <= end}) for code, _ in sorted(rows)}


def log_of(rows, until=None):
    return PurchaseDays.of(*np.array(rows).T, until=until)


@given(ROWS, st.integers(1, 40))
def test_what_is_known_is_what_was_bought_by_then(rows, end):
    known = {code: days for code, days in by_hand(rows, end).items() if days}
    seen = log_of(rows, until=40).asof(end)
    assert seen.code.tolist() == list(known)
    assert seen.n_days.tolist() == [len(days) for days in known.values()]
    assert seen.first_day.tolist() == [days[0] for days in known.values()]
    assert seen.last_day.tolist() == [days[-1] for days in known.values()]
    assert ((seen.span + seen.silent) == end - seen.first_day).all()


@given(ROWS, st.integers(1, 40))
def test_gaps_are_counted_once_each(rows, end):
    found = log_of(rows, until=40).gaps(end)
    counts = dict.fromkeys([], 0)
    for days in by_hand(rows, end).values():
        for gap, finished in [*((b - a, True) for a, b in itertools.pairwise(days))] + (
            [(end - days[-1], False)] if days else []
        ):
            counts[gap, finished] = counts.get((gap, finished), 0) + 1
    keys = zip(found.days.tolist(), found.finished.tolist(), strict=True)
    assert dict(zip(keys, found.n.tolist(), strict=True)) == counts


@given(ROWS, st.integers(1, 30), st.integers(1, 10))
def test_who_buys_again_within_some_days(rows, end, within):
    seen = log_of(rows, until=40).asof(end)
    later = {code for code, day in rows if end < day <= end + within}
    assert log_of(rows, until=40).bought_within(seen, within).tolist() == [code in later for code in seen.code]


@given(ROWS)
def test_order_and_repetition_do_not_matter(rows):
    found, again = log_of(rows), log_of([*reversed(rows), *rows])
    assert (found.code == again.code).all()
    assert (found.day == again.day).all()
    assert found.until == again.until


def test_what_comes_after_the_end_is_left_out():
    assert log_of([(0, 3), (0, 9), (1, 9)], until=8).asof(8).code.tolist() == [0]


def test_a_day_beyond_the_log_is_refused():
    days = log_of([(0, 729000), (1, 729298)])
    with pytest.raises(ValueError, match=r"known until 1997-10-01 only; got 1997-10-02\. Ask earlier"):
        days.asof(729299)
    with pytest.raises(ValueError, match="Ask earlier"):
        days.bought_within(days.asof(729298), 1)


def test_an_empty_log_is_refused():
    with pytest.raises(ValueError, match="no purchase until the end of the data"):
        PurchaseDays.of([1], [10], until=9)
    with pytest.raises(ValueError, match="no purchase"):
        PurchaseDays.of([], [])


def test_before_the_first_purchase_nobody_is_known():
    days = log_of([(0, 10)])
    assert len(days.asof(5)) == 0
    assert isinstance(days.gaps(5), Gaps)
    assert len(days.gaps(5).n) == 0


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 99)), min_size=1))
def test_equal_histories_are_one(rows):
    n_days, span = np.array(rows).T
    found = histories(n_days, span)
    assert (found.n_days[found.row] == n_days).all()
    assert (found.span[found.row] == span).all()
    assert found.n.sum() == len(rows)
    assert len(found.n) == len(set(rows))
