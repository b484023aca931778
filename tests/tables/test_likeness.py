"""Is a column found by what it is called, and never by a guess between two?"""

import pandas as pd
import pytest

from winback.tables import (
    CONTRACTS,
    EVENTS,
    LAPSED,
    PURCHASES,
    SENT,
    SERVED_BY,
    TableError,
    check_contracts,
    check_lapsed,
    check_purchases,
    map_columns,
)
from winback.tables.columns import KNOWN
from winback.tables.likeness import (
    MOST_SHOWN,
    ONLY_BESIDE,
    SYNONYMS,
    alike,
    bare_name,
    matched,
    names_columns,
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
    every = set()
    for table in (LAPSED, CONTRACTS, EVENTS, PURCHASES, SENT, SERVED_BY):
        ours = [column.name for column in table]
        meant = [SYNONYMS.get(name, "") for name in ours] + [ONLY_BESIDE.get(name, ("",))[0] for name in ours]
        words = [word for each in meant for word in each.split() if word != "|"]
        assert len(words) == len(set(words))
        every |= set(words)
    assert all(word == bare_name(word) for word in every)
    assert set(SYNONYMS) | set(ONLY_BESIDE) <= set(KNOWN)
    assert not {bare_name(name) for name in KNOWN} & every


def columns_of(kind, *given):
    return list(matched(Reading(pd.DataFrame([[1] * len(given)], columns=given)), kind).frame)


@pytest.mark.parametrize(
    "name", ["Umsatz", "Revenue", "sales", "Order Total", "Rechnungsbetrag", "Gesamtbetrag", "Summe", "Betrag"]
)
def test_what_was_paid_is_found_in_a_log_of_purchases_alone(name):
    assert columns_of(PURCHASES, "customer_id", "Datum", name) == ["customer_id", "date", "amount"]
    assert columns_of(PURCHASES, "customer_id", "date", name, "Amount")[2:] == [name, "amount"]
    if name != "Betrag":
        assert columns_of(PURCHASES, "customer_id", "date", name, "Betrag")[2:] == [name, "amount"]
        assert columns_of(EVENTS, "customer_id", "date", "event", name)[-1] == name
        assert columns_of(LAPSED, "customer_id", "date", name)[-1] == name


@pytest.mark.parametrize("name", ["Deckungsbeitrag", "Marge", "Monatsmarge", "monthly margin"])
def test_the_margin_of_a_contract_is_found(name):
    assert columns_of(CONTRACTS, "customer_id", "start", name)[-1] == "margin"
    assert columns_of(LAPSED, "customer_id", name)[-1] == ("value" if name == "Deckungsbeitrag" else name)


def test_two_that_may_be_what_was_paid_are_asked():
    log = Reading(pd.DataFrame([[1, 1, 1, 1]], columns=["customer_id", "date", "Umsatz", "Summe"]))
    (problem,) = matched(log, PURCHASES).problems
    assert "`amount` may be `Umsatz` and `Summe`" in str(problem)


@pytest.mark.parametrize("word", ["Sales", "Summe"])
def test_a_department_or_a_sum_in_a_cell_is_no_heading(word):
    assert not names_columns([word, "12"])


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
