"""Does a TableError tell everything, in words and as a frame, and survive its travels?"""

import pickle
import subprocess
import sys

import pandas as pd
import pytest

from winback.tables import Problem, TableError, check_lapsed


@pytest.fixture
def error():
    table = pd.DataFrame({"customer_id": [11, 12, 13], "first_tenure": [1, 0, -1], "returned": ["yes", "no", "?"]})
    with pytest.raises(TableError) as caught:
        check_lapsed(table, needs=["offer"])
    return caught.value


def test_a_table_error_is_a_value_error(error):
    assert isinstance(error, ValueError)


def test_the_message_numbers_every_problem(error):
    heading, *lines = str(error).splitlines()
    assert heading == "3 problems in the table of lapsed customers:"
    assert [line.split()[:2] for line in lines] == [["1.", "`offer`"], ["2.", "`first_tenure`"], ["3.", "`returned`"]]


def test_the_frame_has_a_row_per_problem(error):
    assert error.problems.set_index("column")[["problem", "n_rows", "n_checked", "first"]].to_dict("index") == {
        "offer": {"problem": "is missing from the table", "n_rows": 0, "n_checked": 0, "first": ""},
        "first_tenure": {"problem": "must be > 0", "n_rows": 2, "n_checked": 3, "first": "customer 12, row 2, 0"},
        "returned": {"problem": "must be true or false", "n_rows": 1, "n_checked": 3, "first": "customer 13, row 3, ?"},
    }


def test_every_problem_has_its_remedy_in_the_message(error):
    assert all(remedy and remedy in str(error) for remedy in error.problems["remedy"])


def test_counts_are_written_with_thousands_separated():
    line = str(Problem("value", "must be a number", 3, "row 1, x", "Correct it.", n_checked=17800))
    assert line == "`value` must be a number; 3 of 17,800 rows (first: row 1, x). Correct it."


def test_pickling_keeps_the_message_and_the_problems(error):
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.table) == (TableError, str(error), error.table)
    pd.testing.assert_frame_equal(again.problems, error.problems)


def test_checks_hold_when_python_skips_asserts():
    code = """
import pandas, winback
try:
    winback.tables.check_lapsed(pandas.DataFrame({"customer_id": [1, 1], "first_tenure": [0, 1]}))
except winback.TableError as error:
    print(__debug__, error.problems["column"].tolist())
"""
    run = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False ['first_tenure', 'customer_id']"
