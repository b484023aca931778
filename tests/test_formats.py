"""Are money, shares and counts rounded as they should, and written in words where there is no number?"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from winback.money import DASH, format_alike, format_money, money_interval
from winback.results import Sentences, format_count, format_percent, join_words

INF, NAN = np.inf, np.nan


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (-0.0, "$0.00"),
        (0.28491, "$0.28"),
        (-0.8194, "-$0.82"),
        (0.0067, "under 1 cent"),
        (0.0049, "under 1 cent"),
        (-0.00001, "just below 0"),
        (-1e-15, "$0.00"),  # what is left where two equal sums are subtracted
        (1, "$1.00"),
        (99.99, "$99.99"),
        (100, "$100"),
        (360.7213, "$361"),
        (10_000.4, "$10,000"),
        (999_999.4, "$999,999"),
        (999_999.6, "$1.00 million"),
        (-3607213, "-$3.61 million"),
        (13_067_570, "$13.1 million"),
        (999_700_000, "$1.00 billion"),
        (2.5e16, "$25,000 trillion"),
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
    assert [format_money(x, signed=True) for x in (2, -2, 0, 1e-5)] == [
        "+$2.00",
        "-$2.00",
        "$0.00",
        "just above 0",
    ]


@given(amount=st.floats(1e6, 1e14), sign=st.sampled_from([1, -1]))
@example(amount=9_849_345, sign=1)
@example(amount=9_495_000, sign=-1)
@example(amount=99_950_000, sign=1)
def test_millions_are_the_amount_to_three_digits_and_whole_in_a_table(amount, sign):
    number, word = format_money(sign * amount).replace("$", "").split()
    shown = float(number.replace(",", "")) * {"million": 1e6, "billion": 1e9, "trillion": 1e12}[word]
    assert abs(shown - sign * amount) <= 0.00501 * amount
    assert len(number.strip("-").replace(".", "").replace(",", "")) == 3
    assert format_alike([sign * amount], exact=True) == [f"{'-' if sign < 0 else ''}${amount:,.0f}"]


@given(amount=st.floats(-1e6 + 1, 1e6 - 1))
def test_shown_money_is_the_amount_to_its_last_digit(amount):
    text = format_money(amount)
    if text.startswith(("under", "just")):
        assert abs(amount) < 0.01
        assert text.startswith("just below") == (amount < 0)
        return
    shown = float(text.replace("$", "").replace(",", ""))
    assert abs(shown - amount) <= 0.5 * 10 ** -len(text.partition(".")[2]) * (1 + 1e-6)


@pytest.mark.parametrize(("amount", "text"), [(99.996, "$100"), (0.99999, "$1.00"), (0.01 - 1e-12, "$0.01")])
def test_money_that_rounds_to_a_bound_is_shown_like_the_bound(amount, text):
    assert format_money(amount) == text


@pytest.mark.parametrize(
    ("amounts", "texts"),
    [
        ([360.72, 19.33, -5], ["$361", "$19", "-$5"]),
        ([99.99, 19.33], ["$99.99", "$19.33"]),
        ([100.4, 0.8, -0.3, 0.0, NAN], ["$100", "under $1", "just below 0", "$0", DASH]),
        ([INF, 12.0], ["no upper limit", "$12.00"]),
        ([], []),
    ],
)
def test_several_amounts_are_written_alike(amounts, texts):
    assert format_alike(amounts) == texts


@pytest.mark.parametrize(
    ("currency", "text"), [("EUR", "under 1 cent"), ("£", "under £0.01"), ("GBP", "under GBP 0.01"), ("", "under 0.01")]
)
def test_only_a_currency_of_cents_has_cents(currency, text):
    assert format_money(0.001, currency) == text


def test_an_interval_has_the_format_of_its_figure():
    assert money_interval(99.5, 95, 104) == "$100 [$95, $104]"
    assert money_interval(19.326, 1.117, 37.536) == "$19.33 [$1.12, $37.54]"
    assert money_interval(250, -0.4, 500, "€") == "€250 [just below 0, €500]"  # which side of 0 it is on decides
    assert money_interval(250, 0.4, 500, "€") == "€250 [under €1, €500]"


def test_ticks_of_an_axis_are_exact():
    assert [format_money(x, digits=2) for x in (0.0, 0.001, 250)] == ["$0.00", "$0.00", "$250.00"]


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
