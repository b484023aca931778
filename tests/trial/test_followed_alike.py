"""Are customers who were followed alike told from others, by nothing but how long they were followed?"""

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from uneven_follow_up import HORIZON, draw

from winback.labels import range_words
from winback.trial.followed_alike import (
    FEWEST_IN_LEVEL,
    Watch,
    arms_p_value,
    clearest_split,
    cut_off_test,
    groups_followed_alike,
    levels_of,
)


def watch_of(table, horizon=HORIZON):
    back = table[table["returned"]]
    seen, ended = back["second_tenure"].to_numpy(), back["second_ended"].to_numpy(dtype=bool)
    arm = pd.factorize(back["offer"])[0]
    return Watch(np.minimum(seen, horizon), ~ended & (seen < horizon), arm), back[["segment", "age"]]


def rounded(rng, n=400, levels=3):
    """Draw a watch in whole months, so that many leave and are cut off in the same one."""
    months, cut_off = np.ceil(rng.exponential(6, n)), rng.random(n) < 0.4
    return Watch(months, cut_off, np.zeros(n, dtype=int)), rng.integers(0, levels, n)


@pytest.mark.parametrize("seed", range(5))
def test_the_test_is_the_log_rank_test_of_lifelines(seed):
    watch, codes = rounded(np.random.default_rng(seed))
    score, covariance = cut_off_test(watch, codes, 3)
    after_leaving = watch.months + 1e-6 * watch.cut_off
    with np.errstate():
        theirs = multivariate_logrank_test(after_leaving, codes, watch.cut_off)
    assert score @ np.linalg.pinv(covariance) @ score == pytest.approx(theirs.test_statistic, rel=1e-8)
    assert arms_p_value(Watch(watch.months, watch.cut_off, codes)) == pytest.approx(theirs.p_value, rel=1e-7)


def test_the_share_followed_to_the_end_is_that_of_lifelines(rng):
    watch, _ = rounded(rng)
    after_leaving = watch.months + 1e-6 * watch.cut_off
    with np.errstate():
        theirs = KaplanMeierFitter().fit(after_leaving, watch.cut_off).survival_function_.iloc[-1, 0]
    assert watch.share_to_the_end() == pytest.approx(theirs, rel=1e-10)


def test_a_segment_followed_for_a_shorter_time_is_parted_from_the_other(rng):
    watch, customers = watch_of(draw(rng))
    groups = groups_followed_alike(watch, customers)
    assert [group.words for group in groups] == ["segment x", "segment y"]  # the shortest followed first
    for group, name in zip(groups, "xy", strict=True):
        assert (customers["segment"].iloc[group.rows] == name).all()


def test_a_segment_followed_for_a_shorter_time_under_one_offer_is_parted_too(rng):
    split = clearest_split(*watch_of(draw(rng, shorter_in=("a",))))
    assert split.column == "segment"
    assert split.is_clear


N_EVEN = 1_000


@pytest.mark.slow
def test_how_long_a_segment_stays_is_no_reason_to_part_it():
    """Stays differ threefold between segments, follow-up does not: false alarms are as rare as stated."""
    watches = (watch_of(draw(np.random.default_rng(seed), 800, shorter_in=()), horizon=20.0) for seed in range(N_EVEN))
    alarms = np.mean([clearest_split(*watch).log_p < np.log(0.05) for watch in watches])
    assert alarms < 0.05 + 3 * np.sqrt(0.05 * 0.95 / N_EVEN)


def test_a_number_on_which_follow_up_depends_is_cut_again_until_nothing_is_left(rng):
    n = 4_000
    offered = rng.uniform(0, 12, n)
    tenure, followed = rng.exponential(8, n), 13 - offered
    watch = Watch(np.minimum(tenure, followed), followed < tenure, np.zeros(n, dtype=int))
    customers = pd.DataFrame({"months_away": offered, "region": rng.choice(["n", "s"], n)})
    groups = groups_followed_alike(watch, customers)
    assert len(groups) > 16
    assert sorted(np.concatenate([group.rows for group in groups])) == list(range(n))
    middle = [offered[group.rows].mean() for group in groups]
    assert np.corrcoef(middle, np.arange(len(groups)))[0, 1] < -0.95  # the last offered are followed shortest
    for group in groups:
        assert group.words.count("months away") == 1  # however often it was cut
        above, up_to = bounds(group, "months_away")
        assert range_words("months_away", above, up_to) in group.words
        assert above is None or above < offered[group.rows].min()
        assert up_to is None or offered[group.rows].max() <= up_to


def bounds(group, column):
    """Return the narrowest bounds of all cuts that led to a group."""
    levels = [level for level in group.path if level.column == column]
    above, up_to = ([getattr(level, end) for level in levels] for end in ("above", "up_to"))
    return max((end for end in above if end is not None), default=None), min(
        (end for end in up_to if end is not None), default=None
    )


@pytest.mark.parametrize("seed", range(3))
def test_groups_do_not_depend_on_the_order_of_customers(seed):
    rng = np.random.default_rng(seed)
    watch, customers = watch_of(draw(rng))
    order = rng.permutation(len(customers))
    turned = groups_followed_alike(watch.part(order), customers.iloc[order])
    for group, same in zip(groups_followed_alike(watch, customers), turned, strict=True):
        assert group.words == same.words
        assert set(group.rows) == set(order[same.rows])


def test_where_few_were_cut_off_nothing_is_tested():
    watch = Watch(np.arange(1.0, 101), np.arange(100) < 9, np.zeros(100, dtype=int))
    assert clearest_split(watch, pd.DataFrame({"region": ["n"] * 50 + ["s"] * 50})) is None


def said_levels(column):
    codes, levels = levels_of(column)
    return codes, tuple(level.words for level in levels)


def column(**counts):
    return pd.Series(np.repeat(list(counts), list(counts.values())), name="region")


def test_levels_of_few_customers_stand_together():
    codes, words = said_levels(column(north=200, south=100, east=30, west=30))
    assert words == ("region north", "region south", "another region")
    assert np.bincount(codes).tolist() == [200, 100, 60]


def test_a_few_alone_go_with_the_most_frequent_level():
    codes, words = said_levels(column(north=100, south=200, east=FEWEST_IN_LEVEL - 1))
    assert words == ("region north", "region south")
    assert np.bincount(codes).tolist() == [100, 249]


def test_what_is_not_known_is_a_level():
    known = pd.Series([*np.linspace(0, 40, 401), *[np.nan] * 60], name="age")
    codes, words = said_levels(known)
    assert words == (
        "age up to 10",
        "age above 10 and up to 20",
        "age above 20 and up to 30",
        "age above 30",
        "age not known",
    )
    assert np.bincount(codes).tolist() == [101, 100, 100, 100, 60]


def test_dates_are_cut_in_days():
    days = pd.Series(pd.date_range("2024-01-01 18:00", periods=200, freq="D"), name="offered_on")
    codes, words = said_levels(days)
    assert words[0] == "day of the offer up to 2024-02-19"
    assert words[1] == "day of the offer after 2024-02-19 and up to 2024-04-09"
    assert np.bincount(codes).tolist() == [50, 50, 50, 50]
    missing = pd.concat([days, pd.Series([pd.NaT] * 60)], ignore_index=True).rename("offered_on").dt.tz_localize("UTC")
    codes, words = said_levels(missing)
    assert words[-1] == "day of the offer not known"
    assert np.bincount(codes).tolist() == [50, 50, 50, 50, 60]


def test_rare_numbers_go_with_their_neighbours():
    codes, words = said_levels(pd.Series(np.repeat([0, 1, 2, 3], [200, 80, 30, 30]), name="complaints"))
    assert words == ("no complaints", "1 complaint", "2 or more complaints")
    assert np.bincount(codes).tolist() == [200, 80, 60]


def test_a_number_of_few_values_has_one_level_each():
    codes, words = said_levels(pd.Series(np.repeat([0, 1, 2], 80), name="complaints"))
    assert words == ("no complaints", "1 complaint", "2 or more complaints")
    assert np.bincount(codes).tolist() == [80, 80, 80]
