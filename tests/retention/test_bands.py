"""Is one value in the same band as many, and are rare bands joined with their neighbours?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.retention import bands
from winback.retention.bands import OTHER, own_column, since_column, trend_column, without_rare

COLUMNS = [
    bands.tenure_column(),
    since_column("since_x"),
    trend_column("trend_x"),
    bands.season_column(),
    own_column("margin", pd.Series(np.arange(50.0))),
]


@given(st.sampled_from(COLUMNS), st.floats(0, 400) | st.just(np.nan))
def test_one_value_has_the_place_of_many(column, value):
    assert column.place_of(value) == column.places(np.array([value]))[0]
    assert column.place_of(None) == 0


def test_months_since_are_counted_in_bands_without_gaps():
    found = since_column("since_x").places(np.array([1, 2, 3, 4, 6, 7, 12, 13, 99.0]))
    assert found.tolist() == [1, 2, 3, 4, 4, 5, 5, 6, 6]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=7, max_size=7))
def test_each_level_has_losses_enough_or_there_is_one(counts):
    lost, stayed = np.array(counts).T
    column = without_rare(since_column("since_x"), lost, stayed)
    places = sorted(place for group in column.groups for place in group)
    assert places == list(range(7))
    told = np.minimum(lost, stayed)
    assert len(column.groups) == 1 or all(told[list(group)].sum() >= bands.LEVEL_OF_ITS_OWN for group in column.groups)
    assert len(set(column.levels)) == len(column.levels)


@pytest.mark.parametrize(
    ("lost", "levels"),
    [
        ([9, 9, 9, 9, 9, 9, 9], ("never", "1 month", "2 months", "3 months", "4 to 6 months", "7 to 12 months",
                                 "over 12 months")),
        ([9, 0, 0, 0, 0, 0, 0], ("ever or never",)),
        ([9, 2, 4, 0, 0, 0, 9], ("never", "1 to 2 months", "over 2 months")),
        ([0, 9, 9, 0, 0, 0, 9], ("over 2 months or never", "1 month", "2 months")),
    ],
)  # fmt: skip
def test_rare_bands_are_joined_and_named(lost, levels):
    lost = np.array(lost)
    found = without_rare(since_column("since_x"), lost, np.full(7, 100)).levels
    assert found == (levels if levels != ("never or ever",) else found)
    assert len(found) == len(levels)


def test_rare_labels_are_one_and_those_not_seen_go_with_them():
    column = own_column("plan", pd.Series(["a", "b", "c", "d"]))
    lost = np.array([0, 40, 30, 3, 3, 0])
    joined = without_rare(column, lost, np.full(6, 100))
    assert joined.levels == ("a", "b", OTHER)
    assert [int(joined.level_of[joined.place_of(each)]) for each in ("a", "c", "new", None)] == [0, 2, 2, 2]
    alone = without_rare(column, np.array([0, 40, 30, 9, 9, 0]), np.full(6, 100))
    assert alone.level_of[alone.place_of("new")] == -1


def test_the_trend_is_compared_with_hardly_any_change():
    column = without_rare(trend_column("trend_volume"), np.full(5, 50), np.full(5, 500))
    assert column.levels[0] == "about the same"
    assert set(column.levels) == {bands.NOT_KNOWN, *bands.TREND_WORDS}


def test_whole_numbers_as_labels_are_found_however_they_are_written():
    column = own_column("tier", pd.Series([1.0, 2.0, np.nan, 2.0]))
    assert column.levels == ("1", "2", "not known")
    assert [column.place_of(each) for each in (1, 1.0, "2", np.nan)] == [1, 1, 2, 0]
    assert column.values_of(pd.Series([2, 1])).tolist() == [2, 1]
