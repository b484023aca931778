"""Are columns and values said in words that people use, and never by the names that the code gives them?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.labels import (
    OWN,
    contrast_words,
    known_words,
    label_of,
    number_words,
    one_more_words,
    other_words,
    range_words,
    value_words,
)
from winback.tables.columns import LAPSED


@pytest.mark.parametrize("column", [column.name for column in LAPSED if column.name != "value"])
def test_every_column_of_lapsed_customers_has_words_of_its_own(column):
    assert column in OWN
    assert "_" not in label_of(column)


@pytest.mark.parametrize(
    ("column", "values", "text"),
    [
        ("reason", ["price"], "left for price"),
        ("reason", ["needs changed", "quality"], "left for changed needs or for quality"),
        ("reason", ["other", "both"], "left for another reason or for price and service"),
        ("reason", ["price", "moved"], "reason for leaving price or moved"),  # one has no words: all are said plainly
        ("second_reason", ["service"], "left again for service"),
        ("offer", ["none"], "with nothing offered"),
        ("offer", ["none", "bundle"], "with nothing or the bundle offered"),
        ("complaints", [1], "1 complaint"),
        ("complaints", [0, 2], "no complaints or 2 complaints"),
        ("complaints_resolved", [0], "no complaints settled"),
        ("eligible", [True], "judged promising"),
        ("returned", [np.False_], "did not come back"),
        ("first_tenure", [12.0], "first stay 12 months"),
        ("region", ["north"], "region north"),
        ("old_tariff", [False], "old tariff no"),
        ("old_tariff", [True, None], "old tariff yes or not known"),
        ("reason", [pd.NA], "reason for leaving not known"),
        ("region", [" north"], "region ' north'"),
        ("size", [2.5, np.nan], "size 2.5 or not known"),
    ],
)
def test_values_are_said_in_words(column, values, text):
    assert value_words(column, *values) == text


@pytest.mark.parametrize(
    ("column", "values", "text"),
    [
        ("reason", ["price", "service"], "did not leave for price or for service"),
        ("offer", ["bundle"], "without the bundle offered"),
        ("eligible", [True], "judged not promising"),
        ("old_tariff", [True], "old tariff no"),
        ("region", ["north"], "region not north"),
    ],
)
def test_all_other_values_are_said_in_words(column, values, text):
    assert other_words(column, *values) == text


@pytest.mark.parametrize(
    ("column", "above", "up_to", "text"),
    [
        ("months_away", 5, 6.7, "months away above 5 and up to 6.7"),
        ("first_margin", 40, None, "first margin above 40 a month"),
        ("complaints", 1.5, None, "2 or more complaints"),
        ("complaints", None, 0.5, "no complaints"),
        ("complaints", 0, 1, "1 complaint"),
        ("complaints", None, 1, "at most 1 complaint"),
        ("contact_attempts", None, 1234, "at most 1,234 planned contact attempts"),
        ("old_price", None, -1234.5, "old price up to -1,234.5"),
    ],
)
def test_ranges_are_said_in_words_and_counts_are_whole(column, above, up_to, text):
    assert range_words(column, above, up_to) == text


def test_a_range_without_ends_is_refused():
    with pytest.raises(ValueError, match="above, up_to or both"):
        range_words("age")


@pytest.mark.parametrize(
    ("column", "level", "reference", "text"),
    [
        ("offer", "bundle", "none", "with the bundle offered rather than nothing"),
        ("offer", "bundle", "upgrade", "with the bundle offered rather than the upgrade"),
        ("reason", "service", "price", "left for service rather than for price"),
        ("reason", "moved", "price", "reason for leaving moved rather than price"),
        ("complaints", 1, 0, "1 complaint rather than no complaints"),
        ("old_tariff", True, False, "old tariff yes rather than no"),
    ],
)
def test_a_contrast_names_both_sides(column, level, reference, text):
    assert contrast_words(column, level, reference) == text


def test_one_more_is_said_in_the_columns_unit():
    said = [one_more_words(name) for name in ("referrals", "months_away", "first_margin", "old_price")]
    assert said == [
        "1 more referral",
        "months away higher by 1",
        "first margin higher by 1 a month",
        "old price higher by 1",
    ]


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_decides_is_said_to_its_last_digit(number):
    assert float(number_words(number).replace(",", "")) == number


@pytest.mark.parametrize("column", ["_", "", 7, "__x"])
def test_a_column_always_has_words(column):
    assert label_of(column)
    assert known_words(column, known=False).endswith("not known")
