"""Is it the analyst's word which row of a customer counts?"""

import pandas as pd
import pytest

import winback as wb
from winback.tables.parsed import Written
from winback.tables.reading import Reading
from winback.trial.contacted_twice import one_row_each

ROWS = {"customer_id": [1, 2, 1, 3, 1, None, None], "x": list("abcdefg")}


def kept(keep, **more):
    reading = one_row_each(Reading(pd.DataFrame({**ROWS, **more})), keep, Written())
    return "".join(reading.frame["x"]), reading.notes


def test_the_first_or_the_last_row_counts_and_is_said():
    assert kept("first")[0] == "abdfg"
    assert kept("last")[0] == "bdefg"
    (said,) = kept("first")[1]
    assert said.startswith("1 customer was contacted more than once: the first row counts (as the rows stand), 2 rows")


def test_the_day_of_the_offer_decides_where_it_is_there():
    days = ["2024-03-01", "2024-01-01", "2024-01-01", "2024-01-01", "2024-02-01", None, None]
    assert kept("first", offered_on=days)[0] == "bcdfg"
    assert kept("last", offered_on=days)[0] == "abdfg"


def test_without_a_word_they_are_refused_with_the_way_out():
    table = pd.DataFrame({"customer_id": [1, 1, 2], "offer": "a", "returned": True, "value": 1.0})
    with pytest.raises(wb.TableError, match=r'must be unique: one row per customer; 1 of 3 .*keep="first" or keep='):
        wb.read_trial(table, [wb.Offer(name="a", amount=1, paid="per_contact")])
    offers = [wb.Offer(name="a", amount=1, paid="per_contact")]
    assert wb.read_trial(table, offers, keep="first").lapsed["customer_id"].tolist() == [1, 2]


def test_another_word_is_refused():
    with pytest.raises(ValueError, match="keep must be 'first' or 'last'"):
        kept("both")
