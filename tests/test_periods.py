"""Is a period as long as it says, and is what has no unit refused?"""

import ast
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.discounting import discount_factor
from winback.periods import Period, parse_period
from winback.tables.months_from_dates import with_months
from winback.tables.reading import Reading

UNITS = st.sampled_from("DWMY")
COUNTS = st.integers(1, 99_999)


@pytest.mark.parametrize(
    ("written", "days", "years", "words"),
    [
        ("D", 1, 1 / 365.25, "day"),
        ("W", 7, 7 / 365.25, "week"),
        ("30D", 30, 30 / 365.25, "30 days"),
        ("2W", 14, 14 / 365.25, "2 weeks"),
        ("4W", 28, 28 / 365.25, "4 weeks"),
        ("M", 365.25 / 12, 1 / 12, "month"),
        ("3M", 365.25 / 4, 1 / 4, "3 months"),
        ("12M", 365.25, 1, "12 months"),
        ("Y", 365.25, 1, "year"),
    ],
)
def test_lengths_and_words(written, days, years, words):
    period = parse_period(written)
    assert (period.days, period.in_words, str(period)) == (pytest.approx(days), words, written)
    assert period.years == pytest.approx(years, rel=1e-15)
    assert parse_period(period) is period


def test_a_month_is_as_long_in_tables_of_dates_as_in_periods(pytestconfig):
    table = pd.DataFrame({"left_on": ["2020-01-01"], "offered_on": ["2024-01-01"]})
    away = with_months(Reading(table), None).frame["months_away"][0]
    assert away == pytest.approx(1461 / Period(1, "M").days, rel=1e-15) == pytest.approx(48)
    sources = {path.name: path.read_text("utf-8") for path in (pytestconfig.rootpath / "src").rglob("*.py")}
    spoken_of = {name: source for name, source in sources.items() if "365" in source}  # reading all takes seconds
    nodes = [(name, node) for name, source in spoken_of.items() for node in ast.walk(ast.parse(source))]
    assert [name for name, node in nodes if isinstance(node, ast.Constant) and node.value == 365.25] == ["periods.py"]


@pytest.mark.parametrize(
    ("period", "number", "said"),
    [
        ("W", 1, "1 week"),
        ("W", 5, "5 weeks"),
        ("Y", 5.92, "5.9 years"),
        ("Y", 1.04, "1.0 years"),
        ("30D", 3, "3 periods of 30 days"),
        ("30D", 1, "1 period of 30 days"),
        ("D", 1234, "1,234 days"),
        ("M", float("inf"), "inf months"),
    ],
)
def test_counts_in_words(period, number, said):
    assert parse_period(period).count(number) == said


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (30, 'A bare number has no unit: write "30D" for 30 days.'),
        ("7", 'write "7D" for 7 days.'),
        (1.5, "A bare number has no unit"),
        (None, "got None."),
        ("", "got ''."),
        ("Q", 'Write "3M".'),
        ("m", 'Write "M".'),
        ("30d", 'Use the unit in "D".'),
        ("0D", "got '0D'."),
        ("-1W", "got '-1W'."),
        ("1.5W", "got '1.5W'."),
        ("week", "got 'week'."),
        ("WW", "got 'WW'."),
        (["W"], "got ['W']."),
    ],
)
def test_what_is_no_period_is_refused(wrong, hint):
    with pytest.raises(ValueError, match=r'^period must be written .* such as "W", "30D" or "M"; got .*') as error:
        parse_period(wrong)
    assert str(error.value).endswith(hint) or hint in str(error.value)


def test_a_period_is_checked_however_it_is_made():
    with pytest.raises(ValueError, match=re.escape("got '0W'")):
        Period(0, "W")
    with pytest.raises(ValueError, match=re.escape("got '1Q'")):
        Period(1, "Q")


@given(COUNTS, UNITS)
def test_what_is_written_is_read_again(count, unit):
    period = Period(count, unit)
    assert parse_period(str(period)) == period
    assert period.days / period.years == pytest.approx(365.25)


@given(COUNTS, UNITS, st.floats(0, 0.99), st.integers(0, 50))
def test_factors_compound_and_depend_on_time_alone(count, unit, rate, k):
    period = Period(count, unit)
    one = period.discount_factor(rate)
    assert period.discount_factor(rate, k) == pytest.approx(one**k, rel=1e-9, abs=1e-300)
    assert period.discount_factor(rate, k) == pytest.approx((1 + rate) ** (-k * period.years), rel=1e-9, abs=1e-300)
    assert 0 <= one <= 1


def test_months_are_discounted_as_everywhere_in_the_package():
    months = np.arange(25)
    np.testing.assert_allclose(parse_period("M").discount_factor(0.1, months), discount_factor(months, 0.1), rtol=1e-14)
    assert parse_period("Y").discount_factor(0.25, 2) == pytest.approx(0.64, rel=1e-15)
    assert parse_period("W").discount_factor(0.0, [1, 2]).tolist() == [1, 1]


def test_a_rate_is_checked():
    with pytest.raises(ValueError, match=r"annual_discount .*Write 0\.1 for 10%"):
        parse_period("W").discount_factor(10)
