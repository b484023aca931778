"""Are exit texts read wherever an analyst has them, and all else refused in one message?"""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import valid_calls

import winback as wb
from winback.lost.exit_texts import read_exit_texts
from winback.tables import TableError

TEXTS = ["Too dear", None, " Too dear ", "", "slow\n"]


@pytest.mark.parametrize(
    "given",
    [
        TEXTS,
        tuple(TEXTS),
        pd.Series(TEXTS, index=[3, 3, 1, 2, 2]),
        pd.Series(TEXTS, dtype="string"),
        pd.Series(TEXTS, dtype="category"),
        np.array(TEXTS, dtype=object),
        pl.Series(TEXTS),
        iter(TEXTS),
        pd.DataFrame({"exit_text": TEXTS}, index=[3, 3, 1, 2, 2]),
        pl.DataFrame({"exit_text": TEXTS, "customer_id": range(5)}),
        pd.DataFrame({"Kommentar": TEXTS, "Kundennr.": range(5)}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_lists_columns_and_tables_hold_the_same_texts(given):
    read = read_exit_texts(given)
    assert read.distinct == ["Too dear", "slow"]
    assert read.codes.tolist() == [0, -1, 0, -1, 1]


def test_a_file_is_read(tmp_path):
    path = tmp_path / "leavers.csv"
    path.write_text("Kundennummer;Kommentar\n007;zu teuer\n008;\n", encoding="utf-8")
    read = read_exit_texts(path)
    assert read.distinct == ["zu teuer"]
    assert read.ids.tolist() == ["007", "008"]
    assert any("exit_text" in note for note in read.notes)


def test_a_noun_hands_out_its_own():
    customers = valid_calls.measured().assign(exit_text="zu teuer")
    read = read_exit_texts(wb.read_trial(customers, valid_calls.OFFERS))
    assert read.distinct == ["zu teuer"]
    assert len(read.codes) == len(customers)


def test_numbers_are_the_texts_they_are_written_as():
    assert read_exit_texts([1.0, 3, "1", np.nan, 2.5]).distinct == ["1", "3", "2.5"]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ([], "`exit_text` has no rows"),
        (pd.DataFrame({"exit_text": []}), "`exit_text` has no rows"),
        (pd.DataFrame({"reason": ["x"], "exit_txt": ["y"]}), r"`exit_text` is missing .* Did you mean `exit_txt`\?"),
        (pd.DataFrame([["a", "b"]], columns=["exit_text"] * 2), "is the name of more than one column"),
        (pd.DataFrame({"Kommentar": ["a"], "comment": ["b"]}), "may be `Kommentar` and `comment`"),
        (["x", b"y", ["z"], {}], r"must be text; 3 of 4 rows \(first: row 2, b'y'\)\. Write one text per cell"),
        (pd.DataFrame({"customer_id": [7, 8], "exit_text": ["x", ("y",)]}), r"1 of 2 rows \(first: customer 8"),
        (3, "must be texts, not int. Give a table"),
        (b"too dear", "must be texts, not bytes"),
        ({"a": "b"}, "must be texts, not dict"),
        (np.array([["a"]]), "must be texts, not ndarray"),
        (
            pd.DataFrame([["a"]], columns=pd.MultiIndex.from_tuples([("exit_text", "x")])),
            "must have one row of headings",
        ),
    ],
)
def test_what_holds_no_texts_is_refused(given, problem):
    with pytest.raises(TableError, match=problem):
        read_exit_texts(given)
