"""Are money, shares and counts rounded as they should, and written in words where there is no number?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.results import DASH, Sentences, format_count, format_money, format_percent, join_words

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (-0.0, "$0.00"),
        (0.28491, "$0.2849"),
        (-0.28491, "-$0.2849"),
        (-0.00001, "$0.0000"),
        (1, "$1.00"),
        (9999.99, "$9,999.99"),
        (10_000.4, "$10,000"),
        (-3607213, "-$3,607,213"),
        (INF, "no upper limit"),
        (-INF, "no lower limit"),
        (NAN, DASH),
    ],
)
def test_money_is_rounded_by_its_size(amount, text):
    assert format_money(amount) == text


@pytest.mark.parametrize(("currency", "text"), [("$", "-$2.50"), ("€", "-€2.50"), ("EUR", "-EUR 2.50"), ("", "-2.50")])
def test_a_currency_code_is_set_apart_and_a_sign_is_not(currency, text):
    assert format_money(-2.5, currency) == text


def test_a_gain_shows_its_plus_where_asked_but_nothing_does_not():
    assert [format_money(x, signed=True) for x in (2, -2, 0, 0.00001)] == ["+$2.00", "-$2.00", "$0.00", "$0.0000"]


@given(amount=st.floats(-1e9, 1e9))
def test_shown_money_is_the_amount_to_its_last_digit(amount):
    text = format_money(amount)
    shown = float(text.replace("$", "").replace(",", ""))
    assert abs(shown - amount) <= 0.5 * 10 ** -len(text.partition(".")[2]) * (1 + 1e-6)


@pytest.mark.parametrize(("amount", "text"), [(9999.999, "$10,000"), (0.99999, "$1.00")])
def test_money_that_rounds_to_a_bound_is_shown_like_the_bound(amount, text):
    assert format_money(amount) == text


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [
        (0.45, 1, "45.0%"),
        (7.934, 0, "793%"),
        (-0.05, 1, "-5.0%"),
        (123.456, 1, "12,345.6%"),
        (INF, 1, "no upper limit"),
        (-INF, 1, "no lower limit"),
        (NAN, 1, DASH),
    ],
)
def test_a_share_is_shown_as_a_percentage(share, digits, text):
    assert format_percent(share, digits) == text


@pytest.mark.parametrize(("number", "text"), [(53000, "53,000"), (-3, "-3"), (0.0, "0"), (NAN, DASH)])
def test_a_count_is_shown_whole(number, text):
    assert format_count(number) == text


@pytest.mark.parametrize(("shown", "text"), [(format_percent(-0.0001), "0.0%"), (format_count(-0.4), "0")])
def test_nothing_has_no_minus(shown, text):
    assert shown == text


@pytest.mark.parametrize(
    ("words", "text"), [([], "none"), (["a"], "a"), (["a", "b"], "a and b"), ("abc", "a, b and c")]
)
def test_words_are_joined_as_in_a_sentence(words, text):
    assert join_words(words) == text


def test_sentences_are_text_that_shows_itself():
    assert repr(Sentences("One.\nTwo.")) == "One.\nTwo."


def test_sentences_are_paragraphs_in_html_and_escaped():
    assert "<p>A &lt; B &amp; C.</p><p>Two.</p>" in Sentences("A < B & C.\nTwo.")._repr_html_()


def test_sentences_begin_with_a_capital_letter():
    assert Sentences.of(["discount wins.", "It is close."]) == "Discount wins.\nIt is close."
