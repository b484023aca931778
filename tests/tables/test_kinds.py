"""Are the columns of a checked table of one type each, and is nothing misread in silence?"""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from winback.tables import TableError, check_lapsed, check_purchases


def read(column, values):
    """One column as check_lapsed returns it."""
    return check_lapsed(pd.DataFrame({"customer_id": range(len(values)), column: values}))[column]


def days(values):
    """Dates as check_purchases returns them, written out."""
    log = pd.DataFrame({"customer_id": range(len(values)), "date": values})
    return check_purchases(log, needs=[])["date"].dt.strftime("%Y-%m-%d").tolist()


@pytest.mark.parametrize(
    ("column", "values", "dtype"),
    [
        ("first_margin", [1, 2], "float64"),
        ("first_margin", ["1.5", None], "float64"),
        ("first_margin", pd.array([1, None], "Int64"), "float64"),
        ("complaints", ["1", 2.0], "int64"),
        ("complaints", pd.array([1, 2], "Int8"), "int64"),
        ("complaints", [1, None], "float64"),
        ("returned", [True, False], "bool"),
        ("returned", ["yes", "no"], "bool"),
        ("returned", ["yes", None], "boolean"),
        ("returned", pd.array([True, False], "boolean"), "bool"),
        ("offer", ["none", None], "category"),
        ("reason", pd.array(["price", None], "string"), "category"),
        ("exit_text", ["too dear", None], "object"),
    ],
)
def test_a_column_has_the_type_of_its_kind(column, values, dtype):
    assert read(column, values).dtype == dtype


def test_ids_and_further_columns_keep_their_type():
    table = pd.DataFrame({"customer_id": ["0012", "0013"], "region": pd.array([1, None], "Int8")})
    pd.testing.assert_frame_equal(check_lapsed(table), table)


@pytest.mark.parametrize("word", [True, "yes", "Y", " true ", "TRUE", 1, 1.0, "1"])
def test_a_word_for_yes_is_read(word):
    assert read("returned", [word, None]).tolist() == [True, pd.NA]


@pytest.mark.parametrize("word", [False, "no", "N", " false ", "FALSE", 0, 0.0, "0"])
def test_a_word_for_no_is_read(word):
    assert read("returned", [word, None]).tolist() == [False, pd.NA]


def test_numbers_written_as_text_are_read():
    assert read("first_margin", [" 12 ", "1e3", "-0.5", 7]).tolist() == [12, 1000, -0.5, 7]


@pytest.mark.parametrize("text", ["1_000", "5 apples", "", "n/a", "inf", "1.2.3", "1,23,456", "12-12", "(5", "€ 5 $"])
def test_text_that_is_no_plain_number_is_refused(text):
    with pytest.raises(TableError, match=r"`first_margin` must be a number; 1 of 2 rows \(first: customer 1, row 2"):
        read("first_margin", [1, text])


@pytest.mark.parametrize("dtype", ["datetime64[ns]", "timedelta64[ns]"])
def test_dates_are_not_numbers(dtype):
    with pytest.raises(TableError, match="`first_margin` must be a number"):
        read("first_margin", np.array([1, 2]).astype(dtype))


@pytest.mark.parametrize("values", [[True, False], pd.array([True, None], dtype="boolean"), [True, None]])
def test_true_and_false_are_not_numbers(values):
    log = pd.DataFrame({"customer_id": [1, 2], "date": "2024-01-01", "amount": values})
    with pytest.raises(TableError, match=r"`amount` must be a number; [12] of 2 rows"):
        check_purchases(log)


def test_a_count_too_large_to_hold_is_refused():
    with pytest.raises(
        TableError,
        match=r"`complaints` must be a whole number of at least 0; 1 of 2 rows \(first: customer 1, row 2, 1e\+19\)",
    ):
        read("complaints", [1, 1e19])


def test_labels_are_stripped_and_numbers_become_labels():
    assert read("offer", [" bundle", "bundle ", 7, None]).tolist() == ["bundle", "bundle", "7", np.nan]


def test_labels_of_a_category_are_stripped():
    assert read("offer", pd.Categorical([" bundle", "bundle "])).tolist() == ["bundle", "bundle"]


@pytest.mark.parametrize("column", ["offer", "returned"])
def test_lists_in_cells_are_refused(column):
    with pytest.raises(TableError, match=column):
        read(column, [["yes"], ["no"]])


@pytest.mark.parametrize(
    "values",
    [
        ["2024-02-03", None],
        ["2024-02-03 23:59", "2024-02-03"],
        [date(2024, 2, 3), None],
        pd.to_datetime(["2024-02-03", None]),
        pd.to_datetime(["2024-02-03 23:30"]).tz_localize("America/New_York"),
        ["2024-02-03T23:30:00+05:00"],
    ],
)
def test_dates_are_read_as_the_day_they_name(values):
    assert days(values)[0] == "2024-02-03"


@pytest.mark.parametrize("values", [[2024], [45325.0, None], [2024.5]])
def test_numbers_are_not_dates(values):
    with pytest.raises(TableError, match=r"`date` .*Write dates as YYYY-MM-DD"):
        days(values)


def test_dates_of_several_zones_are_read_as_the_day_they_name():
    assert days(["2024-02-03T23:30:00+01:00", "2024-07-03T23:30:00+02:00"]) == ["2024-02-03", "2024-07-03"]


@pytest.mark.parametrize("dtype", ["string", "category"])
def test_dates_are_read_alike_from_every_type_of_text(dtype):
    assert days(pd.array(["2024-02-03", "2024-02-04 10:00"], dtype)) == ["2024-02-03", "2024-02-04"]


def test_words_for_a_day_are_refused():
    with pytest.raises(TableError, match="`date` must be a date"):
        days(["2024-02-03", "today"])
