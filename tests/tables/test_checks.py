"""Is every fault of a table of lapsed customers found, counted and told with its remedy?"""

import re

import numpy as np
import pandas as pd
import pytest

from winback.tables import TableError, check_lapsed

LEAVERS = {
    "customer_id": [11, 12, 13],
    "first_tenure": [10.0, 20.0, 30.0],
    "first_margin": [5.0, 6.0, 7.0],
    "complaints": [0, 1, 2],
    "complaints_resolved": [0, 1, 1],
    "offer": ["none", "discount", "bundle"],
    "offer_probability": [0.5, 0.3, 1.0],
    "followed": [24.0, 24.0, 24.0],
    "returned": [False, True, True],
    "second_tenure": [None, 3.0, 24.0],
    "second_ended": [None, True, False],
    "second_margin": [None, 4.0, 5.0],
}


def leavers(**changes):
    """Three lost customers without a fault, but for the columns given; None drops a column."""
    return pd.DataFrame({name: values for name, values in {**LEAVERS, **changes}.items() if values is not None})


def problems_of(table, needs=()):
    """Column and number of rows of every problem found, in order of the columns' names."""
    with pytest.raises(TableError) as caught:
        check_lapsed(table, needs)
    return sorted(caught.value.problems[["column", "n_rows"]].itertuples(index=False, name=None))


def test_a_clean_table_has_no_problems():
    assert len(check_lapsed(leavers(), needs=["offer", "returned", "first_margin"])) == 3


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"first_margin": [5, "€6", "7 $"]},
            "holds amounts in several currencies (EUR, USD). Convert them to one currency first.",
        ),
        (
            {"first_margin": [5, "about 6", "7 or 8"]},
            "must be a number; 2 of 3 rows (first: customer 12, row 2, about 6). Write numbers",
        ),
        (
            {"first_margin": [5, np.inf, -np.inf]},
            "must be a number; 2 of 3 rows (first: customer 12, row 2, inf). Write",
        ),
        ({"first_tenure": [1, 0, -2]}, "must be > 0; 2 of 3 rows (first: customer 12, row 2, 0). Drop these rows, or"),
        (
            {"second_tenure": [None, 3, -1]},
            "must be > 0; 1 of 3 rows (first: customer 13, row 3, -1). Drop these rows",
        ),
        ({"months_away": [3, -1, 0]}, "must be >= 0; 1 of 3 rows (first: customer 12, row 2, -1). Correct them."),
        ({"offer_probability": [0.5, 30, 1]}, "must be <= 1; 1 of 3 rows (first: customer 12, row 2, 30). Correct"),
        (
            {"offer_probability": [0, 0.3, 1]},
            "must be > 0; 1 of 3 rows (first: customer 11, row 1, 0). Correct them.",
        ),
        (
            {"complaints": [0.5, 1, -2]},
            "must be a whole number of at least 0; 2 of 3 rows (first: customer 11, row 1, 0.5). Write counts as 0, 1,",
        ),
        (
            {"complaints_resolved": [0, 2, 3]},
            "must be <= `complaints`; 2 of 3 rows (first: customer 12, row 2, 2). Correct one of the two counts.",
        ),
        (
            {"returned": ["no", "maybe", "perhaps"]},
            "must be true or false; 2 of 3 rows (first: customer 12, row 2, maybe). Write true/false, yes/no or 1/0",
        ),
        (
            {"second_tenure": [9, 3, 24]},
            "must be empty unless `returned`; 1 of 1 rows (first: customer 11, row 1, 9). Set `returned` to true, or",
        ),
        (
            {"second_tenure": [None, 3, None]},
            "must be there for returned customers; 1 of 2 rows (first: customer 13, row 3, missing). Fill it in, or",
        ),
        (
            {"second_ended": [None, None, True]},
            "must be there for returned customers; 1 of 2 rows (first: customer 12, row 2, missing). Fill it in, or",
        ),
        (
            {"second_tenure": [None, 3, 24.01]},
            "must not be longer than `followed`; 1 of 3 rows (first: customer 13, row 3, 24.01). Correct one of the",
        ),
        (
            {"customer_id": [11, 12, 12]},
            "must be unique: one row per customer; 1 of 3 rows (first: row 3, 12). Keep one row per customer, or",
        ),
        (
            {"customer_id": [11, 12, None]},
            "must not be missing; 1 of 3 rows (first: row 3, missing). Fill it in or drop",
        ),
    ],
)
def test_a_fault_is_the_one_problem_listed(changes, line):
    (column,) = changes
    with pytest.raises(TableError, match=rf"^1 problem in the .*\n  1\. `{column}` {re.escape(line)}"):
        check_lapsed(leavers(**changes))


def test_missing_columns_are_named_with_their_meaning_and_what_is_there():
    with pytest.raises(TableError, match=r"`returned` is missing .* Add it \(came back\).* Columns: person, offer"):
        check_lapsed(pd.DataFrame({"person": [1], "offer": ["none"]}), needs=["returned"])


def test_all_missing_columns_are_listed_also_the_analysts_own():
    found = problems_of(pd.DataFrame({"offer": ["none"]}), needs=["offer", "region", "returned"])
    assert found == [("customer_id", 0), ("region", 0), ("returned", 0)]


def test_a_needed_value_must_not_be_missing():
    with pytest.raises(
        TableError, match=r"`first_margin` must not be missing; 2 of 3 rows \(first: customer 12, row 2"
    ):
        check_lapsed(leavers(first_margin=[5, None, None]), needs=["first_margin"])


def test_a_needed_value_of_the_analysts_own_column_must_not_be_missing():
    assert problems_of(leavers(region=["north", None, None]), needs=["region"]) == [("region", 2)]


def test_a_single_needed_column_may_be_given_as_a_word():
    assert len(check_lapsed(leavers(), needs="offer")) == 3


def test_a_value_that_is_not_needed_may_be_missing():
    assert check_lapsed(leavers(first_margin=[5, None, None]))["first_margin"].isna().sum() == 2


def test_an_empty_offer_is_not_taken_for_untreated():
    with pytest.raises(TableError, match=r"`offer` must not be missing.*Write none for untreated customers"):
        check_lapsed(leavers(offer=["none", None, "bundle"]), needs=["offer"])


def test_a_blank_offer_is_missing():
    assert problems_of(leavers(offer=["none", "", "  "]), needs=["offer"]) == [("offer", 2)]


@pytest.mark.parametrize("dtype", ["Float64", "Int64"])
def test_a_missing_value_of_a_nullable_column_is_a_problem_and_not_a_crash(dtype):
    assert problems_of(leavers(first_margin=pd.array([5, None, 7], dtype)), ["first_margin"]) == [("first_margin", 1)]


def test_a_frame_without_rows_is_refused():
    with pytest.raises(TableError, match=r"`table` has no rows\. Check that the right file was exported"):
        check_lapsed(leavers().head(0))


def test_repeated_column_names_are_all_named():
    twice = pd.DataFrame([[1, "a", "b", 2, 3]], columns=["customer_id", "offer", "offer", "value", "value"])
    with pytest.raises(
        TableError, match=r"`offer` is the name of more than one column\. Rename or drop.*\n.*`value` is the name"
    ):
        check_lapsed(twice)


def test_missing_columns_are_listed_beside_repeated_ones():
    twice = pd.DataFrame([[1, 2]], columns=["offer", "offer"])
    assert problems_of(twice) == [("customer_id", 0), ("offer", 0)]


def test_several_problems_are_listed_together():
    table = leavers(
        customer_id=[11, 11, 11], first_tenure=[0, "long", 3], complaints=[-1, 0.5, 1], offer_probability=[2, 0, 1]
    )
    assert problems_of(table, needs=["reason"]) == [
        ("complaints", 2),
        ("customer_id", 2),
        ("first_tenure", 1),
        ("first_tenure", 1),
        ("offer_probability", 1),
        ("offer_probability", 1),
        ("reason", 0),
    ]


def test_too_many_resolved_complaints_are_listed_beside_another_problem():
    table = leavers(first_tenure=[0, 20, 30], complaints_resolved=[0, 2, 1])
    assert problems_of(table) == [("complaints_resolved", 1), ("first_tenure", 1)]


def test_a_negative_tenure_does_not_hide_a_tenure_without_return():
    assert problems_of(leavers(second_tenure=[9, -3, 24])) == [("second_tenure", 1), ("second_tenure", 1)]


def test_an_unreadable_return_does_not_hide_another_rows_missing_tenure():
    table = leavers(returned=["maybe", True, True], second_tenure=[None, None, 24])
    assert problems_of(table) == [("returned", 1), ("second_tenure", 1)]


def test_a_tenure_longer_than_followed_is_found_without_the_column_returned():
    assert problems_of(leavers(returned=None, second_tenure=[None, 3, 25])) == [("second_tenure", 1)]


def test_a_tenure_as_long_as_it_was_followed_is_accepted():
    assert check_lapsed(leavers(second_tenure=[None, 3, 24]))["second_tenure"].max() == 24


def test_missing_ids_are_not_duplicates():
    assert problems_of(leavers(customer_id=[None, None, 13])) == [("customer_id", 2)]


def test_an_offender_without_id_is_named_by_its_row():
    with pytest.raises(TableError, match=r"first: row 3, 0\)"):
        check_lapsed(leavers(customer_id=[11, 12, None], first_tenure=[10, 20, 0.0]))


def test_the_first_offender_is_counted_by_row_and_not_by_index():
    with pytest.raises(TableError, match=r"`first_tenure`.*1 of 3 rows \(first: customer 13, row 3, 0\)"):
        check_lapsed(leavers(first_tenure=[10, 20, 0]).set_axis([5, 5, 5], axis=0))
