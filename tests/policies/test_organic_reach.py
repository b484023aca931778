"""How far do intervals reach where what comes back anyway is assumed as a range? The same decisions at both ends."""

import numpy as np
import pytest
from tailored_trials import by_segment, free
from trials import leaning, length_by_loop, own_counts

import winback as wb
from winback.policies.honest import BEST_SINGLE, STATUS_QUO

OFFERS = free("a", "b")
RETURNS = {"a": {"x": 0.7, "y": 0.3}, "b": {"x": 0.1, "y": 0.2}}
LEAVES_Y = {"x": "a", "y": None}


def margins(row):
    """Return how far the interval reaches below and above where nothing is assumed."""
    low, high = leaning(row["honest_gain"], row["std_error"], row["skewness"])
    return row["honest_gain"] - low, high - row["honest_gain"]


@pytest.fixture(scope="module")
def table():
    return by_segment(np.random.default_rng(1), 600, **RETURNS)[0]


def judged(table, organic, rule=LEAVES_Y, **settings):
    trial = wb.read_trial(table, OFFERS, organic=organic, organic_value=150.0)
    return wb.evaluate_policy(trial, rule, by="segment", splits=wb.Splits(repeats=3), **settings)


@pytest.mark.parametrize("against", [BEST_SINGLE, STATUS_QUO])
@pytest.mark.parametrize("rule", [LEAVES_Y, {"x": None, "y": "a"}])
def test_the_interval_reaches_over_the_gains_at_both_ends(table, against, rule):
    middle, low, high = (
        judged(table, share, rule).frame.set_index("against").loc[against] for share in ((0.1, 0.3), 0.1, 0.3)
    )
    assert judged(table, 0.1).best_single == judged(table, 0.3).best_single == "a"
    ends = sorted([low["honest_gain"], high["honest_gain"]])
    assert ends[0] < middle["honest_gain"] < ends[1]
    below, above = margins(middle)
    assert middle["honest_gain_low"] == pytest.approx(ends[0] - below, rel=1e-6)
    assert middle["honest_gain_high"] == pytest.approx(ends[1] + above, rel=1e-6)
    assert middle["honest_total_low"] == pytest.approx(600 * middle["honest_gain_low"], rel=1e-12)


def test_the_reach_is_the_customers_left_alone_times_what_one_brings(table):
    """By hand: half of the customers (y) are left alone who would get a; .1 more return, worth 150 each."""
    frame = judged(table, (0.1, 0.3)).frame.set_index("against")
    share = (table["segment"] == "y").mean()
    for against, reach in ((BEST_SINGLE, share * 0.1 * 150), (STATUS_QUO, (1 - share) * 0.1 * 150)):
        row = frame.loc[against]
        below, above = margins(row)
        assert row["honest_gain"] - row["honest_gain_low"] == pytest.approx(below + reach, rel=1e-6)
        assert row["honest_gain_high"] - row["honest_gain"] == pytest.approx(above + reach, rel=1e-6)


@pytest.mark.parametrize("organic", [0.2, (0.2, 0.2), {"segment": {"x": 0.1, "y": 0.3}}])
def test_a_share_without_a_range_reaches_no_further(table, organic):
    for row in judged(table, organic).frame.to_dict("records"):
        reached = row["honest_gain"] - row["honest_gain_low"], row["honest_gain_high"] - row["honest_gain"]
        assert reached == pytest.approx(margins(row), rel=1e-6)


def test_who_is_left_alone_adds_no_skewness(table):
    """What they bring is assumed, so nobody's own arm counts in it."""
    found, rule = judged(table, 0.2), table["segment"].map({"x": "a", "y": "none"})
    names, money = np.array(found.choices), table["value"].fillna(0)
    lengths = found.repeats.pivot(index="repeat", columns="against", values="skew_length")
    today = length_by_loop(table, money, own_counts(table, rule, ["none"] * 600))
    assert lengths[STATUS_QUO].tolist() == pytest.approx([today] * 3, rel=1e-9)
    for length, single in zip(lengths[BEST_SINGLE], found.gains.single, strict=True):
        counts = own_counts(table, rule, names[single])
        assert length == pytest.approx(length_by_loop(table, money, counts), rel=1e-9)


def test_a_rule_that_sends_everybody_something_does_not_depend_on_it(table):
    """Against the best single offer, which is an offer, too; against no offer it does."""
    frame = judged(table, (0.1, 0.3), {"x": "a", "y": "b"}).frame.set_index("against")
    margin = frame["honest_gain_high"] - frame["honest_gain"] - [margins(frame.loc[name])[1] for name in frame.index]
    assert margin[BEST_SINGLE] == pytest.approx(0, abs=1e-6)
    assert margin[STATUS_QUO] == pytest.approx(0.1 * 150, rel=1e-6)


def test_where_no_offer_may_not_be_chosen_nothing_is_assumed(table):
    row = judged(table, (0.1, 0.3), {"x": "a", "y": "b"}, among=["a", "b"]).frame.iloc[0]
    assert row["honest_gain_high"] - row["honest_gain"] == pytest.approx(margins(row)[1], rel=1e-6)


def test_a_wide_range_takes_the_verdict_back(table):
    """What pays at the middle may not pay at the end."""
    assert judged(table, 0.6).pays
    assert not judged(table, (0.2, 1.0)).pays
