"""Are days at risk and losses counted where they belong, and none twice?"""

from dataclasses import replace

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.retention.exposure import Watched, Windows, cells_of, cut, month_bounds, stretches_of

LIVES = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 60), st.integers(1, 250), st.booleans(), st.integers(0, 2)),
    min_size=1,
    max_size=6,
)
MOMENTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 300)), max_size=20)


def watched_of(lives):
    zero, late, days, ended, segment = (np.array(each) for each in zip(*lives, strict=True))
    n = len(zero)
    return Watched(np.arange(n), zero, zero + late, zero + late + days, ended.astype(bool), np.ones(n)), segment


def by_hand(watched, windows, segment):
    """Return one row per day at risk, with everything that tells cells apart."""
    rows = []
    for life in range(len(watched)):
        for day in range(watched.since[life] + 1, watched.until[life] + 1):
            of = windows.row == life
            after = day - windows.day[of]
            inside = windows.kind[of][(after >= 1) & (after <= windows.days[windows.kind[of]])]
            month = np.searchsorted(month_bounds(2000), day - 1 - watched.zero[life], side="right") - 1
            lost = watched.ended[life] and day == watched.until[life]
            rows.append((segment[life], month, *(np.arange(3) == inside[:, None]).any(axis=0), lost))
    names = ["segment", "month", "one", "two", "three", "lost"]
    return pd.DataFrame(rows, columns=names).groupby(names[:-1])["lost"].agg(["size", "sum"]).astype(float)


@settings(max_examples=25, deadline=None)
@given(LIVES, MOMENTS, st.tuples(*[st.integers(1, 150)] * 3))
def test_every_day_at_risk_and_every_loss_is_in_the_cell_it_belongs_to(lives, moments, days):
    watched, segment = watched_of(lives)
    row, kind, after = np.array(moments, dtype=np.int64).reshape(-1, 3).T
    some = row < len(watched)
    windows = Windows(row[some], kind[some], watched.zero[row[some]] + after[some], np.array(days))
    cells = cells_of(watched, windows, stretches_of(watched, windows), segment)
    assert cells.days.sum() == (watched.until - watched.since).sum()
    assert cells.lost.sum() == watched.ended.sum()
    columns = {"segment": cells.segment, "month": cells.month}
    columns |= {name: cells.open[:, place] for place, name in enumerate(("one", "two", "three"))}
    found = pd.DataFrame({**columns, "size": cells.days, "sum": cells.lost.astype(float)})
    found = found.groupby(["segment", "month", "one", "two", "three"]).sum()
    pd.testing.assert_frame_equal(found, by_hand(watched, windows, segment), check_index_type=False)


def test_a_calendar_that_is_not_known_does_not_tell_cells_apart():
    watched, segment = watched_of([(0, 0, 500, True, 0)] * 3)
    undated = replace(watched, dated=False)
    nothing = Windows(*[np.array([], dtype=np.int64)] * 3, np.array([61]))
    dated, plain = (cells_of(each, nothing, stretches_of(each, nothing), segment) for each in (watched, undated))
    assert len(set(plain.time)) == len(set(plain.month)) < len(set(dated.time))
    assert len(plain.days) == len(set(dated.month))
    assert plain.days.sum() == dated.days.sum()


def test_a_day_of_a_customer_lies_within_the_life_it_falls_into():
    watched = Watched(np.array([0, 0, 2]), np.array([5, 90, 0]), np.array([5, 90, 0]), np.array([50, 99, 9]),
                      np.ones(3, dtype=bool), np.ones(3))  # fmt: skip
    customer, day = np.array([0, 0, 0, 0, 0, 1, 2]), np.array([4, 5, 49, 50, 95, 7, 0])
    assert watched.row_of(customer, day).tolist() == [-1, 0, 0, -1, 1, -1, 2]


def test_pieces_lie_between_bounds():
    bounds = month_bounds(900)
    of, place, begin, end = cut(np.array([0, 29, 700]), np.array([900, 31, 701]), bounds)
    assert (begin >= bounds[place]).all()
    assert (end <= bounds[place + 1]).all()
    assert np.bincount(of, end - begin).tolist() == [900, 2, 1]
