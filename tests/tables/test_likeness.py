"""Is a column found by what it is called, and never by a guess between two?"""

import pandas as pd
import pytest

from winback.tables import CONTRACTS, LAPSED, TableError, check_contracts, check_lapsed, check_purchases, map_columns
from winback.tables.columns import KNOWN
from winback.tables.likeness import (
    MOST_SHOWN,
    ONLY_BESIDE,
    SYNONYMS,
    alike,
    bare_name,
    matched,
    nearest,
    to_choose_from,
)
from winback.tables.reading import Reading


def names(*given):
    return list(matched(Reading(pd.DataFrame([[1] * len(given)], columns=given)), LAPSED).frame)


@pytest.mark.parametrize("name", ["Customer Id", "customerID", "CUSTOMER-ID", "customer ids", "Kunden-Nr.", "Kunde"])
def test_a_customer_is_found(name):
    assert names(name) == ["customer_id"]


@pytest.mark.parametrize(
    ("name", "ours"), [("Kündigungsgrund", "reason"), ("Months Away", "months_away"), ("Came back", "returned")]
)
def test_other_columns_are_found(name, ours):
    assert names("customer_id", name) == ["customer_id", ours]


def test_the_exact_name_wins():
    assert names("Customer Id", "customer_id") == ["Customer Id", "customer_id"]


def test_a_name_that_is_alike_beats_one_that_means_the_same():
    assert names("Kunde", "Customer-ID") == ["Kunde", "customer_id"]


def test_two_that_fit_are_asked():
    table = pd.DataFrame({"Customer Id": [1], "customerID": [1]})
    with pytest.raises(TableError, match=r"`customer_id` may be `Customer Id` and `customerID`\. Say which one"):
        check_lapsed(table)


def test_other_columns_keep_their_names():
    assert names("customer_id", "Region", "my value") == ["customer_id", "Region", "my value"]


def test_what_was_taken_for_what_is_said():
    notes = matched(Reading(pd.DataFrame({"Kunde": [1]})), LAPSED).notes
    assert notes == ('"Kunde" was read as customer_id: one row per lost customer.',)


def test_each_table_has_its_own_columns():
    assert list(check_contracts(pd.DataFrame({"Kundennr": [1], "Vertragsbeginn": ["1.2.2024"]}))) == [
        "customer_id",
        "start",
    ]
    assert list(matched(Reading(pd.DataFrame({"Offer": ["a"]})), CONTRACTS).frame) == ["Offer"]


def test_a_name_given_with_other_capitals_is_found():
    assert list(map_columns(pd.DataFrame({"Mein Kunde": [1]}), {"customer_id": "mein kunde"})) == ["customer_id"]


def test_no_synonym_stands_for_two_columns_of_a_table():
    meant = [*SYNONYMS.values(), *(words for words, *_ in ONLY_BESIDE.values())]
    words = [word for each in meant for word in each.split() if word != "|"]
    assert len(words) == len(set(words))
    assert all(word == bare_name(word) for word in words)
    assert set(SYNONYMS) <= set(KNOWN)
    assert not {bare_name(name) for name in KNOWN} & set(words)


def test_the_callers_names_may_be_numbers():
    assert alike("customer_id", [1, ("a", "b"), None]) == []


def test_a_number_is_meant_rather_than_a_name():
    assert names("Kunde", "Kundennummer") == ["Kunde", "customer_id"]
    assert names("id", "Customer") == ["id", "customer_id"]


def test_the_id_of_a_purchase_is_no_customer():
    assert names("id", "x") == ["customer_id", "x"]
    log = pd.DataFrame({"id": [1, 2], "date": ["2024-01-01"] * 2})
    with pytest.raises(TableError, match="`customer_id` is missing"):
        check_purchases(log)


@pytest.mark.parametrize(
    ("name", "names", "meant"),
    [
        ("resaon", ["reason", "region"], "reason"),
        ("Reeson", ["REASON"], "REASON"),
        ("reasons", ["reason"], "reason"),
        ("region", ["reason", "offer"], None),
        ("second_tenure", ["first_tenure"], None),  # both are winback's own
        ("second_tenre", ["first_tenure", "second_tenure"], "second_tenure"),
        ("returned", ["retruned", "returned_on"], "retruned"),
        (["reason"], [], None),
        ("x", [1, 2.5, None], None),
        ("", ["a"], None),
    ],
)
def test_only_a_near_name_may_be_meant(name, names, meant):
    assert nearest(name, names) == meant


def test_what_there_is_to_choose_from():
    assert to_choose_from("x", []) == "Columns: none."
    many = [f"m{number}" for number in range(MOST_SHOWN + 3)]
    assert to_choose_from("mm2", many).startswith("Did you mean `m")
    assert to_choose_from("question", many) == f"Columns: {', '.join(many[:MOST_SHOWN])}, and 3 more."
