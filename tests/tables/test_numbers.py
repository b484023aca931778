"""Is every way of writing a number read as it is meant, and what may mean two numbers asked?"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.tables import TableError, check_lapsed
from winback.tables.numbers import decimal_evidence, parse_number
from winback.tables.parsed import Written


def read(*cells, **written):
    """Return the numbers of a column that can be read."""
    found = parse_number(pd.Series(list(cells), dtype=object), Written(**written))
    assert not found.unread.any()
    assert found.doubt is None
    return found.column.tolist()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50 €", 1234.5),
        ("€ 1.234,50", 1234.5),
        ("EUR 12,5", 12.5),
        ("12,5 EUR", 12.5),
        ("-12,50", -12.5),
        ("\u221212,50", -12.5),
        ("12,50-", -12.5),
        ("(12,50)", -12.5),
        ("-€ 12,50", -12.5),
        ("€ -12,50", -12.5),
        ("$1,234.50", 1234.5),
        ("US$ 0.5", 0.5),
        ("£.5", 0.5),
        ("1,234,567", 1234567),
        ("1.234.567", 1234567),
        ("1 234 567,8", 1234567.8),
        ("1\u00a0234,567", 1234.567),
        ("1\u202f234.5 kr", 1234.5),
        ("1'234.50 CHF", 1234.5),
        ("Fr. 1\u2019234.50", 1234.5),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("12 zł", 12),
        ("12,- €", 12),
        ("12,5 %", 0.125),
        ("1,5e3", 1500),
        (" 7 ", 7),
        ("+7", 7),
    ],
)
def test_a_number_is_read_as_people_write_it(text, number):
    assert read(text) == [pytest.approx(number)]


@pytest.mark.parametrize(
    "text",
    ["1.2.3", "1,23,456", "12-12", "(5", "5)", "€ 5 $", "1,2,3", "1.2,3.4", "5 apples", "12 34", "--5", "x", "€"],
)
def test_what_is_no_number_is_not_read(text):
    assert parse_number(pd.Series([text, "1"])).unread.tolist() == [True, False]


@pytest.mark.parametrize("text", ["1.234", "1,234", "999.000", "-1,234", "1.234 €"])
def test_what_may_be_a_thousand_or_a_little_over_one_is_asked(text):
    problem, remedy = parse_number(pd.Series([text, "12"])).doubt
    assert "can be read in two ways" in problem
    assert 'decimal=","' in remedy


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1.234", "0,5"], [1234, 0.5]),
        (["1,234", "0.5"], [1234, 0.5]),
        (["1.234", "1.234.567"], [1234, 1234567]),
        (["1.234", "12.5"], [1.234, 12.5]),
        (["1,234", "12,5"], [1.234, 12.5]),
        (["1.234", "1 234,5"], [1234, 1234.5]),
    ],
)
def test_another_cell_of_the_column_tells_which(cells, numbers):
    assert read(*cells) == numbers


def test_the_analyst_tells_which():
    assert read("1.234", decimal=",") == read("1,234", decimal=".") == [1234]
    assert read("1.234", decimal=".") == read("1,234", decimal=",") == [1.234]


def test_two_styles_in_one_column_are_asked():
    problem, _ = parse_number(pd.Series(["1,5", "2.5"])).doubt
    assert "written in two ways" in problem
    assert "1,5" in problem
    assert "2.5" in problem


def test_the_other_style_is_no_number_where_the_mark_is_told():
    assert parse_number(pd.Series(["1,5", "2.5"]), Written(",")).unread.tolist() == [False, True]


def test_amounts_in_two_currencies_are_refused():
    problem, remedy = parse_number(pd.Series(["5 €", "5 $"])).doubt
    assert problem == "holds amounts in several currencies (EUR, USD)"
    assert "Convert" in remedy


def test_a_sign_and_its_code_are_one_currency():
    assert read("5 €", "6 EUR") == [5, 6]


def test_percentages_beside_other_numbers_are_refused():
    assert "percentages beside" in parse_number(pd.Series(["5%", "0.5"])).doubt[0]
    assert read("5%", "50 %") == [0.05, 0.5]


@settings(deadline=None, max_examples=200)
@given(
    numbers=st.lists(st.decimals(-(10**9), 10**9, places=2, allow_nan=False), min_size=1, max_size=8),
    style=st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]),
)
def test_what_a_program_writes_with_cents_is_read_back(numbers, style):
    thousands, decimal = style
    texts = [f"{number:,.2f}".replace(",", "_").replace(".", decimal).replace("_", thousands) for number in numbers]
    assert read(*texts) == [pytest.approx(float(number)) for number in numbers]
    assert decimal_evidence(pd.Series(texts, dtype=object)) == {decimal}


@settings(deadline=None, max_examples=200)
@given(texts=st.lists(st.text("0123456789.,-€$% e()'x", max_size=9), min_size=1, max_size=5))
def test_no_text_ends_in_another_error_and_what_is_read_is_finite(texts):
    found = parse_number(pd.Series(texts, dtype=object))
    assert np.isfinite(found.column[~found.unread]).all()


def test_a_doubt_is_one_problem_of_the_table():
    table = pd.DataFrame({"customer_id": [1, 2], "first_margin": ["1,234", "2,500"]})
    with pytest.raises(TableError, match=r"^1 problem .*\n  1\. `first_margin` can be read in two ways: 1,234 with"):
        check_lapsed(table, needs=["first_margin"])


@pytest.mark.parametrize("dash", ["-", "–", "- €", "€ -", "−", " -   € ", "-€", "--"])
def test_a_dash_among_amounts_is_nothing(dash):
    read = parse_number(pd.Series(["1.234,50 €", dash, None, dash], name="mine"))
    assert read.column.tolist()[:2] + read.column.tolist()[3:] == [1234.5, 0, 0]
    assert not read.unread.any()
    assert "a dash is 0, as in accounts (2 cells)" in read.taken_for
    assert read.currencies == {"EUR"}


@pytest.mark.parametrize(("name", "is_zero"), [("value", True), ("second_margin", True), ("first_tenure", False)])
def test_a_dash_without_a_sign_is_nothing_only_in_a_column_of_amounts(name, is_zero):
    assert parse_number(pd.Series(["5", "-"], name=name)).unread.tolist() == [False, not is_zero]


def test_a_dash_does_not_hide_the_decimal_mark():
    assert decimal_evidence(pd.Series(["1,5", "-", "2,25"])) == {","}


def test_a_cell_that_is_no_number_has_one_problem():
    table = pd.DataFrame({"customer_id": [1, 2], "returned": [False, True], "value": ["nix", "5"]})
    with pytest.raises(TableError, match="1 problem in") as caught:
        check_lapsed(table)
    assert caught.value.problems["problem"].tolist() == ["must be a number"]
