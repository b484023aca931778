"""Is every cost contract complete before it is used, and do the offers of a campaign fit together?"""

import re

import numpy as np
import pytest

from winback.terms.catalog import Offer, OfferCatalog, as_catalog

CALL = Offer(name="call", amount=5, paid="per_contact")


def offer(**contract):
    return Offer(**{"name": "x", **contract})


def paid(**contract):
    return offer(paid="on_acceptance", **contract)


def tailored(**contract):
    return offer(**{"tailored_by": "reason", "tailored": {"price": "call"}, **contract})


# contracts


def test_when_a_cost_is_due_must_be_said():
    with pytest.raises(
        ValueError, match=r"^Offer 'x': paid is required: say one of on_acceptance, per_contact, while_"
    ):
        offer(amount=5)


@pytest.mark.parametrize(
    ("make", "contract", "said"),
    [
        (offer, {"paid": "monthly", "amount": 5}, "paid cannot be 'monthly': say one of on_acceptance, .*."),
        (paid, {}, "Give either amount, amount_per_month or percent_of_value."),
        (
            paid,
            {"amount": 5, "amount_per_month": 2, "months": 3},
            "Give either amount, amount_per_month or percent_of_value.",
        ),
        (paid, {"amount_per_month": 2}, "amount_per_month needs months."),
        (offer, {"paid": "while_active", "amount": 5}, "Paid while active needs amount_per_month."),
        (paid, {"amount": -5}, "amount must be a number of at least 0, got -5."),
        (paid, {"amount": "5"}, "amount must be a number of at least 0, got '5'."),
        (paid, {"amount": True}, "amount must be a number of at least 0, got True."),
        (paid, {"amount": float("nan")}, "amount must be a number of at least 0, got nan."),
        (paid, {"amount": float("inf")}, "amount must be a number of at least 0, got inf."),
        (paid, {"amount_per_month": -2, "months": 3}, "amount_per_month must be a number of at least 0, got -2."),
        (paid, {"amount": 5, "months": "six"}, "months must be a number of at least 0, got 'six'."),
        (paid, {"amount": 5, "max_cost": -1}, "max_cost must be a number of at least 0, got -1."),
        (paid, {"amount": 5, "contact_cost": -1}, "contact_cost must be a number of at least 0, got -1."),
        (
            paid,
            {"name": "none", "amount": 5},
            "The name must be a word without blanks around it, other than 'none', which means untreated.",
        ),
        (
            paid,
            {"name": "  ", "amount": 5},
            "The name must be a word without blanks around it, other than 'none', which means untreated.",
        ),
        (paid, {"amount": 5, "months_away": 12}, "months_away must be two numbers, the fewest months and the most, "),
        (
            paid,
            {"amount": 5, "months_away": (12, 1)},
            "months_away must be two numbers, the fewest months and the most, such as [1, 12]; got (12, 1).",
        ),
        (
            paid,
            {"amount": 5, "months_away": (1, "12")},
            "months_away must be two numbers, the fewest months and the most, such as [1, 12]; got (1, '12').",
        ),
        (
            paid,
            {"amount": 5, "months_away": (float("nan"), 2)},
            "months_away must be two numbers, the fewest months and the most, such as [1, 12]; got (nan, 2).",
        ),
        (paid, {"amount": 5, "least_tenure": -1}, "least_tenure must be a number of at least 0, got -1."),
        (
            paid,
            {"amount": 5, "wait_months": "3"},
            "wait_months must be a number of at least 0, got '3'. Write 3, without quotation marks.",
        ),
        (paid, {"amount": 5, "tailored": {"price": "call"}}, "tailored is given without tailored_by, the column it "),
        (tailored, {"tailored": {}}, "tailored must map the values of 'reason' to the names of other offers."),
        (tailored, {"tailored": ["call"]}, "tailored must map the values of 'reason' to the names of other offers."),
        (tailored, {"amount": 5, "paid": "per_contact"}, "amount, paid cannot be given: a tailored offer costs what "),
    ],
)
def test_a_broken_contract_says_what_is_wrong(make, contract, said):
    with pytest.raises(ValueError, match=r"^Offer '.*': " + re.escape(said).replace(r"\.\*", ".*")):
        make(**contract)


def test_all_that_is_wrong_with_a_contract_is_said_at_once():
    with pytest.raises(ValueError, match=r"months must be .* contact_cost must be .* paid is required.* Give either"):
        offer(months=-1, contact_cost=-1)


def test_a_contact_cost_of_none_is_refused():
    with pytest.raises(ValueError, match="contact_cost must be a number"):
        paid(amount=5, contact_cost=None)


@pytest.mark.parametrize("amount", [np.int64(5), np.float32(5)])
def test_a_number_from_numpy_is_a_number(amount):
    assert paid(amount=amount).full_cost == 5


def test_blanks_around_a_name_are_removed_or_refused():
    try:
        assert paid(name=" call ", amount=5).name == "call"
    except ValueError as error:
        assert "name" in str(error)  # noqa: PT017 (either is fine)


@pytest.mark.parametrize(
    ("contract", "full", "months"),
    [
        ({"paid": "on_acceptance", "amount_per_month": 20, "months": 6}, 120, 6),
        ({"paid": "on_acceptance", "amount": 225, "months": 6}, 225, 6),
        ({"paid": "on_acceptance", "amount_per_month": 20, "months": 6, "max_cost": 70}, 70, 3.5),
        ({"paid": "while_active", "amount_per_month": 20}, np.inf, np.inf),
        ({"paid": "while_active", "amount_per_month": 20, "max_cost": 70}, 70, 3.5),
        ({"paid": "while_active", "amount_per_month": 20, "months": 2, "max_cost": 70}, 40, 2),
        ({"paid": "per_contact", "amount": 5, "contact_cost": 3}, 5, np.inf),
    ],
)
def test_full_cost_and_paid_months_follow_from_the_contract(contract, full, months):
    assert (offer(**contract).full_cost, offer(**contract).paid_months) == (full, months)


# offers together


@pytest.mark.parametrize(
    ("offers", "said"),
    [
        ([], "There is no offer."),
        ([CALL, CALL], "The name 'call' is used twice."),
        ([CALL, tailored(tailored={"price": "mail"})], "Offer 'x' assigns mail, which are not plain offers of this"),
        ([CALL, tailored(tailored={"price": "x"})], "Offer 'x' assigns x, which are not plain offers of this catalog"),
    ],
)
def test_offers_that_do_not_fit_together_are_refused(offers, said):
    with pytest.raises(ValueError, match=f"^Offers: {said}"):
        OfferCatalog(tuple(offers))


def test_a_catalog_finds_its_offers_by_name():
    catalog = as_catalog([CALL, paid(amount=1)])
    assert catalog["call"] is CALL
    assert catalog.names == ("call", "x")
    assert len(catalog) == 2


def test_an_unknown_offer_is_a_key_error():
    with pytest.raises(KeyError, match="There is no offer 'mail'; there are call"):
        OfferCatalog((CALL,))["mail"]


def test_a_path_in_place_of_offers_says_how_to_read_it():
    with pytest.raises(TypeError, match=r"read the file first: load_offers\('offers\.toml'\)"):
        as_catalog("offers.toml")


@pytest.mark.parametrize("offers", [CALL, ["call"], None], ids=["one offer", "names", "None"])
def test_what_is_no_list_of_offers_is_refused_in_words(offers):
    with pytest.raises(TypeError, match="offers must be Offer objects"):
        as_catalog(offers)


@pytest.mark.parametrize(
    ("wrong", "said"), [({"annual_discount": 10}, "Write 0.1 for 10%"), ({"horizon_months": 0}, "0")]
)
def test_a_catalog_refuses_a_wrong_rate_or_horizon(wrong, said):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name} must be .*{said}"):
        OfferCatalog((CALL,), **wrong)
