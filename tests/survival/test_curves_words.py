"""What do survival curves say, and what do they refuse?"""

import re

import numpy as np
import pandas as pd
import pytest
from lives import freireich, lives, random_lives
from sentences import all_of, hold_to_three

import winback as wb
from winback.second_lifetime.first_and_second import after_an_offer, first_and_second_value
from winback.survival.curves import survival_curve
from winback.survival.curves_text import headline
from winback.tables import TableError

# what is said


def test_sentences_name_the_longer_group_first():
    result = survival_curve(freireich(), by="group", horizon_months=23)
    hold_to_three(result)
    lines = [*result.describe().splitlines(), *result.details().splitlines()]
    assert lines[0].startswith("Group treated: stays 9.2 months longer than group control within 23 months [")
    medians = "The medians are: group control 8.0 months [4.0, 11.0]; group treated 23.0 months"
    assert any(line.startswith(medians) for line in lines)
    assert any("log-rank test, p < 0.001" in line for line in lines)
    assert not any("longest about which" in line for line in lines)


def test_an_interval_with_zero_is_no_clear_difference(rng):
    table = random_lives(rng, n=400)
    result = survival_curve(table.assign(group=table["group"].to_numpy()[::-1]), by="group", horizon_months=24)
    contains = result.differences["low"].iloc[0] <= 0 <= result.differences["high"].iloc[0]
    assert contains
    assert "No clear difference between" in result.describe()
    assert headline(result) == "No clear difference within 24 months"


def test_a_median_not_reached_is_said_and_shown():
    table = lives([5, 9, 10, 10, 10, 1, 2], [True, False, False, False, False, True, True], group=list("aaaaabb"))
    result = survival_curve(table, by="group")
    assert np.isnan(result.frame["median"].iloc[0])
    assert "The medians are: group a not reached; group b 1.0 months [1.0, not reached]." in result.details()
    assert result.table()["Median months"].tolist() == ["not reached [5.0, not reached]", "1.0 [1.0, not reached]"]


def test_the_default_horizon_is_the_shortest_that_groups_support():
    table = lives([5, 30, 12, 20, 8, 9], [True, False, False, True, True, True], group=list("aabbcc"))
    result = survival_curve(table, by="group")
    assert result.horizon_months == 20
    assert result.frame["n_at_horizon"].tolist() == [1, 1, 0]  # 30 months; 20 months exactly; all left before
    assert "20 months is the longest about which the data speak" in result.details()
    assert survival_curve(table[table["group"] == "c"], by="group").horizon_months == 9
    with pytest.raises(ValueError, match=r"in group 'b' nobody was seen for longer than 20 months.*at most 20"):
        survival_curve(table, by="group", horizon_months=24)


def test_a_horizon_found_in_the_data_is_said_rounded():
    table = lives([5, 29.9302, 12, 31.0701, 8, 30.1], [True, False, True, True, False, False], group=list("aabbab"))
    for result in (survival_curve(table, by="group"), survival_curve(table)):
        assert result.horizon_months > 29.9  # the figures are those of the horizon itself
        said = f"{all_of(result)}\n{headline(result)}"
        assert not re.search(r"\d\.\d\d+ months", said)
        assert f"{round(result.horizon_months, 1)} months is the longest" in said


def test_curves_are_unknown_beyond_the_data_unless_everyone_has_left():
    table = lives([5, 30, 8, 9], [True, False, True, True], group=list("aabb"))
    shares = survival_curve(table, by="group").survival_at([0, 5, 8, 40])
    np.testing.assert_array_equal(shares["a"], [1, 0.5, 0.5, np.nan])
    np.testing.assert_array_equal(shares["b"], [1, 1, 0.5, 0])


def test_who_is_left_out_is_said(rng):
    table = random_lives(rng, n=40).assign(eligible=[True] * 30 + [False] * 10)
    table = table.assign(offer=["discount"] * 20 + ["none"] * 20)
    offers = survival_curve(table, by="offer", horizon_months=20)
    assert offers.frame["n"].tolist() == [20, 10]
    assert "10 customers judged not promising beforehand are left out." in offers.details()
    assert "Only those who returned are seen" in offers.details()  # few customers matter more
    assert survival_curve(table, by="group", horizon_months=20).frame["n"].sum() == 40
    groups = pd.Categorical(["a"] * 20 + ["b"] * 19 + ["c"], categories=["d", "b", "a", "c"])
    result = survival_curve(table.assign(group=groups), by="group", horizon_months=20)
    assert result.frame["group"].tolist() == ["b", "a"]
    assert "Left out, nobody to see: d." in result.details()
    assert "Left out, a single customer: c." in result.details()
    assert "Fewer than 30 customers: group b (19) and group a (20); do not trust their intervals." in result.describe()


def test_that_groups_differ_is_not_called_what_the_group_does(rng):
    table = random_lives(rng, n=400).assign(group=["a", "b"] * 200)
    by_group = survival_curve(table, by="group", horizon_months=12)
    assert by_group.describe().splitlines()[-1].startswith("Groups may differ in more than their name")
    both = table.assign(first_tenure=rng.lognormal(2, 0.5, 400))
    paired = survival_curve(both, by="lifetime", horizon_months=12)
    assert "this is not what coming back does to a stay" in paired.describe().splitlines()[-1]
    alone = survival_curve(table, horizon_months=12)
    hold_to_three(by_group, paired, alone)
    assert "what coming back does" not in all_of(alone)
    assert "Groups" not in all_of(alone)


def test_numbers_and_flags_are_named_with_their_column(rng):
    table = random_lives(rng).assign(referrals=np.resize([10, 2], 200), loyal=np.resize([True, False], 200))
    by_number = survival_curve(table, by="referrals", horizon_months=20)
    assert by_number.frame["group"].tolist() == ["referrals 2", "referrals 10"]
    assert survival_curve(table, by="loyal", horizon_months=20).frame["group"].tolist() == ["loyal no", "loyal yes"]


def test_first_lifetimes_need_no_return():
    table = pd.DataFrame({"customer_id": [1, 2, 3], "first_tenure": [4.0, 8.0, 12.0], "months_away": 1.0})
    result = survival_curve(table, lifetime="first")
    assert result.frame["restricted_mean"].iloc[0] == 8
    assert result.frame["n_ended"].iloc[0] == 3


def test_groups_without_an_end_differ_by_nothing():
    result = survival_curve(lives([5.0] * 4, [False] * 4, group=list("aabb")), by="group")
    assert result.differences[["difference", "std_error", "p_value"]].iloc[0].tolist() == [0, 0, 1]
    assert result.log_rank is None


# bad input


def test_bad_columns_are_named(rng):
    table = random_lives(rng).assign(gap=[None] + ["a"] * 199, money=rng.normal(size=200))
    for by, match in {
        "nothing": "`nothing` is not a column of the table",
        "second_tenure": "`second_tenure` is an outcome",
        "gap": r"`gap` must not be missing .*1 of 200 rows \(first: customer 0, row 1",
        "money": r"200 different numbers, too many.*qcut\(customers\['money'\]",
        "second_reason": r"`second_reason` must not be missing.*competing_risks",
        "customer_id": "different numbers",
    }.items():
        with pytest.raises(TableError, match=match):
            survival_curve(table, by=by)


def test_bad_settings_are_named(rng):
    table = random_lives(rng)
    with pytest.raises(ValueError, match="lifetime must be 'first' or 'second'; got 'third'"):
        survival_curve(table, lifetime="third")
    with pytest.raises(ValueError, match="level must be between 0 and 1"):
        survival_curve(table, level=95)
    with pytest.raises(TableError, match="`returned` is false for every customer"):
        survival_curve(table.assign(returned=False, second_tenure=np.nan, second_ended=pd.NA))
    with pytest.raises(TableError, match="no group of 2 customers"):
        survival_curve(table.assign(name=[f"x{n}" for n in range(200)]), by="name")


def test_lifelines_leaves_numpys_warnings_on(rng):
    with np.errstate(all="raise"):
        survival_curve(random_lives(rng, n=20), by="group")
        assert np.geterr()["divide"] == "raise"


def test_a_group_that_few_were_watched_in_is_not_compared_first():
    trial = after_an_offer(wb.load_telecom_study().trial)
    curves = wb.survival_curve(trial, by="reason", horizon_months=84)
    assert headline(curves).startswith("Left for price: stays ") or headline(curves).startswith(
        "left for price: stays "
    )
    assert "price and service" not in curves.describe().splitlines()[0]
    assert "left for price and service (10)" in curves.describe()
    assert "Left for price and service: stays" in curves.details()
    values = first_and_second_value(trial, by="reason")
    assert "(left for price and service)" not in values.describe()
    assert "left for price and service (221): nothing should be concluded" in values.details()
