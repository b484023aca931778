"""Is every mistake in an offers file told at once, and does a written file read the same?"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.offers_file import load_offers, write_offers
from winback.terms.template import UNFILLED

CALL = Offer(name="call", amount=5, paid="per_contact")
GOOD = '[[offer]]\nname = "call"\namount = 5\npaid = "per_contact"\n'


@pytest.fixture
def toml(tmp_path):
    """Write a text as offers.toml and read it."""

    def read(text):
        path = tmp_path / "offers.toml"
        path.write_text(text, encoding="utf-8")
        return load_offers(path)

    return read


def test_a_file_gives_its_offers_and_what_they_have_in_common(toml):
    read = toml('currency = "€"\nhorizon_months = 24\nannual_discount = 0.1\n' + GOOD)
    assert read == OfferCatalog((CALL,), currency="€", horizon_months=24, annual_discount=0.1)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*no\.toml\. Check the name and the folder\."):
        load_offers(tmp_path / "no.toml")


@pytest.mark.parametrize("content", [b"name: call\n", b"\xff\xfe\x00", GOOD.encode("utf-16")])
def test_what_is_not_toml_is_told_with_an_example(tmp_path, content):
    (tmp_path / "offers.toml").write_bytes(content)
    with pytest.raises(ValueError, match=r"^offers\.toml is not a TOML file: .*winback offers FILE"):
        load_offers(tmp_path / "offers.toml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no [[offer]] in the file."),
        ("offer = 3", "There is no [[offer]] in the file."),
        (GOOD + GOOD, "The name 'call' is used twice."),
        (
            GOOD + "cost = 4",
            "Unknown key 'cost' in offer 'call'; known: amount, amount_per_month, contact_cost, least_tenure, max_cost",
        ),
        ("horizon = 24\n" + GOOD, "Unknown key 'horizon' on top; known: adjust, annual_discount, columns, control"),
        (
            "annual_discount = 10\n" + GOOD,
            "annual_discount must be a rate from 0 to under 1 a year; got 10. Write 0.1 ",
        ),
        ('horizon_months = "24"\n' + GOOD, "horizon_months must be a number of months, such as 24; got '24'."),
        (GOOD.replace("5", '"5"'), "Offer 'call': amount must be a number of at least 0, got '5'."),
        (
            '[[offer]]\nname = "t"\ntailored_by = "reason"\ntailored = { price = "call" }',
            "Offer 't' assigns call, which",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_why(toml, text, said):
    with pytest.raises(ValueError, match=rf"^offers\.toml cannot be used:\n  - {re.escape(said)}"):
        toml(text)


def test_all_broken_offers_and_unknown_keys_are_listed_together(toml):
    text = 'horizon = 3\n[[offer]]\nname = "a"\n[[offer]]\nname = "b"\ncost = 1\nprice = 2\n[[offer]]\namount = 1\n'
    with pytest.raises(ValueError, match="cannot be used") as caught:
        toml(text)
    starts = ("Unknown key 'horizon'", "Offer 'a'", "Unknown key 'cost'", "Unknown key 'price'", "Offer number 3")
    lines = str(caught.value).splitlines()[1:]
    assert all(line.startswith(f"  - {start}") for line, start in zip(lines, starts, strict=True))


@pytest.mark.parametrize("offers", [GOOD, '[[offer]]\nname = "a"\n'], ids=["good offers", "broken offers"])
def test_a_wrong_rate_and_a_wrong_horizon_are_listed_with_all_else(toml, offers):
    with pytest.raises(ValueError, match="cannot be used") as caught:
        toml("annual_discount = 10\nhorizon_months = -2\n" + offers)
    assert "annual_discount" in str(caught.value)
    assert "horizon_months" in str(caught.value)


def test_an_offer_in_a_file_needs_a_name(toml):
    with pytest.raises(ValueError, match="Offer number 1: The name must be a word"):
        toml(GOOD.replace('name = "call"', ""))


@pytest.mark.parametrize(
    "text", ['[[offer]]\nname = "t"\ntailored_by = "r"\ntailored = { p = 5 }\n' + GOOD, "currency = 5\n" + GOOD]
)
def test_a_number_where_a_word_belongs_is_refused(toml, text):
    with pytest.raises(ValueError, match="cannot be used"):
        toml(text)


@pytest.mark.parametrize(
    ("text", "organic"),
    [
        ("organic = 0.05\n", 0.05),
        ("organic = [0.02, 0.08]\n", (0.02, 0.08)),
        ("[organic.region]\nnorth = 0.02\nsouth = 0.1\n", {"region": {"north": 0.02, "south": 0.1}}),
    ],
)
def test_a_file_may_say_what_organic_return_is_assumed(toml, tmp_path, text, organic):
    catalog = toml("organic_value = 300\n" + text + GOOD)
    assert (catalog.organic, catalog.organic_value) == (organic, 300)
    assert there_and_back(catalog, tmp_path) == catalog


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("organic = 5\n", "organic must be a share from 0 to 1; got 5"),
        ('organic = "5%"\n', "organic must be a share from 0 to 1; got '5%'"),
        ("organic = [0.3, 0.1]\n", r"organic must be \(low, high\); got \(0\.3, 0\.1\)"),
        ("organic = [0.1]\n", "organic must be one share"),
        ("organic_value = 0\n", "organic_value must be an amount of money above 0; got 0"),
        ("[organic]\nregion = 0.1\n", "organic by segment must be"),
        ("[organic.region]\n", "organic by segment must be"),
    ],
)
def test_an_organic_return_that_cannot_be_used_is_listed(toml, text, said):
    with pytest.raises(ValueError, match=rf"cannot be used:\n  - {said}"):
        toml(text + GOOD)


# there and back

MONEY = st.floats(0.01, 1e6) | st.integers(1, 10**6)
WORDS = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF, exclude_characters="\x7f"), min_size=1).filter(
    lambda word: word == word.strip() and word != UNFILLED
)
WHO = {
    "months_away": st.tuples(st.floats(0, 12), st.floats(12, 60) | st.just(float("inf"))),
    "least_tenure": MONEY,
    "wait_months": MONEY,
}
PLAIN = st.fixed_dictionaries(
    {"paid": st.sampled_from(["on_acceptance", "per_contact"]), "amount": MONEY},
    optional={"months": MONEY, "max_cost": MONEY, "contact_cost": MONEY, **WHO},
) | st.fixed_dictionaries(
    {"paid": st.just("while_active"), "amount_per_month": MONEY}, optional={"months": MONEY, "contact_cost": MONEY}
)


@st.composite
def catalogs(draw, words=WORDS):
    names = draw(st.lists(words.filter(lambda name: name != "none"), min_size=2, max_size=4, unique=True))
    plain = [Offer(name=name, **draw(PLAIN)) for name in names[1:]]
    by_value = draw(st.dictionaries(words, st.sampled_from(names[1:]), min_size=1, max_size=3))
    common = draw(
        st.fixed_dictionaries(
            {"currency": words}, optional={"horizon_months": MONEY, "annual_discount": st.floats(0, 0.99)}
        )
    )
    return OfferCatalog((Offer(name=names[0], tailored_by=draw(words), tailored=by_value), *plain), **common)


def there_and_back(catalog, folder):
    write_offers(catalog, folder / "offers.toml")
    return load_offers(folder / "offers.toml")


@settings(max_examples=15, deadline=None)
@given(catalog=catalogs())
def test_offers_written_are_offers_read(catalog, tmp_path_factory):
    assert there_and_back(catalog, tmp_path_factory.getbasetemp()) == catalog


@pytest.mark.parametrize("contract", [{"amount": 0}, {"amount": 5, "max_cost": 0}, {"amount": 5, "months": 0}])
def test_a_zero_survives_being_written(contract, tmp_path):
    catalog = OfferCatalog((Offer(name="x", paid="on_acceptance", **contract),))
    assert there_and_back(catalog, tmp_path) == catalog


@pytest.mark.parametrize(("name", "value"), [("mail", "\U0001f600"), ("\x7f", "price")])
def test_any_character_survives_being_written(name, value, tmp_path):
    catalog = OfferCatalog((CALL, Offer(name=name, tailored_by="reason", tailored={value: "call"})))
    assert there_and_back(catalog, tmp_path) == catalog


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("amount = 0,10  # each", r"Line 3: write amount = 0\.10, with a point\."),
        ("paid = per contact", 'Line 3: write paid = "per contact", with quotation marks'),
    ],
)
def test_a_decimal_comma_and_bare_words_are_told_by_their_line(tmp_path, line, said):
    (tmp_path / "offers.toml").write_text(f'[[offer]]\nname = "call"\n{line}\n')
    with pytest.raises(ValueError, match=said):
        load_offers(tmp_path / "offers.toml")


def test_a_number_in_quotation_marks_is_told_how_it_is_written(tmp_path):
    (tmp_path / "offers.toml").write_text('[[offer]]\nname = "call"\namount = "0,10"\npaid = "per_contact"\n')
    with pytest.raises(ValueError, match=r"got '0,10'\. Write 0\.10, without quotation marks\."):
        load_offers(tmp_path / "offers.toml")
